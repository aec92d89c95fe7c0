# %% [markdown]
# # Does a language model need training at all?
#
# The paper's abstract sets its fine-tuned model against *zero-shot LLMs*, language models that are simply asked in words, but prints no
# score for them and no prompt. Here a small instruct model is asked, with a prompt of ours.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** the comparison that the paper's abstract draws. **You will learn** how a generative model answers a question of fixed choices, what a *schema violation* is, and why scoring the choices is
# not the same as letting the model write.
#
# **Runtime**: seconds in a build of the book, which reads recorded answers; a few minutes on two CPU cores in the `quick` profile,
# which asks about a small random part of the test reports: writing takes one pass through the model per token.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, with SmolLM2-135M, a very
# small instruct model: what it cannot do, Llama-3-8B may.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # what the fine-tuned model was trained on
rank = 16  # rank r of the fine-tuned model (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws the reports that are asked about
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
import pandas as pd
import torch
from IPython.display import Markdown, display

from pathmtl import cohort
from pathmtl.baselines.zero_shot import Questioner, ZeroShot, parse, violations
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import CONTROLS
from pathmtl.experiments.results import on_same_reports, recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import CLASSES, TASK, TASKS
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import beside, by_task, score_tables
from pathmtl.viz.overview_figures import overall_dots
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.sentences import source_note, what_counts
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("Zero-shot")

# %% tags=["hide-input"]
# The other methods are scored on the same reports that the zero-shot model was asked about.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
live = on_same_reports(run_table("zero_shot", profile, reports, train_reports, **overrides))
kept = on_same_reports(recorded("zero_shot"))
asked = live["generate"].predictions
tables, kept_tables = (
    score_tables(live, resamples=resamples),
    score_tables(kept, resamples=resamples),
)
shown = {} if live.is_recorded else tables  # recorded runs have a column of their own
best, best_tables = (kept, kept_tables) if kept.outcomes else (live, tables)
source, evidence = next(iter(sources_of(live, kept, resamples=resamples).items()))
verdicts = judged_on(live, kept, resamples=resamples)
counted = violations(asked)
answered = best["generate"].predictions["report_id"].nunique()
note = source_note(live, kept).rpartition(" on ")[0]

# %% tags=["hide-input"]
valid = float(
    (asked["predicted"].isin([name for each in CLASSES.values() for name in each])).mean()
)
display(
    finding(
        f"Asked in words, the untrained model **writes a valid class in {valid:.0%}** of its "
        "answers.",
        what_counts("zero_shot", "generate", evidence, "the model that writes")
        if live.labeled
        else "",
        said("zero-likelihood", *verdicts),
    )
)

# %% tags=["hide-input"]
if live.labeled:
    rows = {row: table for row, table in best_tables.items() if row not in CONTROLS}
    display(
        captioned(
            overall_dots(rows, best.titles),
            number.figure(
                f"Overall macro-F1 with 95 % intervals of each method, on the {answered:,} "
                "reports that the zero-shot model was "
                f"asked about. {note}. The paper prints no score for zero-shot models."
            ),
            "One row per method with its overall macro-F1 and interval: zero-shot writing, "
            "zero-shot likelihood, "
            "naive rules, the fine-tuned LLM and the oracle",
        )
    )

# %% [markdown]
# ## Scores
#
# Two ways to an answer: the model **writes**, and a strict parser accepts exactly one class and nothing else; or each class is scored by its
# **likelihood** after the question, and the likeliest is taken.

# %% tags=["full-width", "hide-input"]
if live.labeled:
    display(
        plain_table(
            beside("zero_shot", shown, kept_tables),
            number.table(
                f"Zero-shot LLM beside the other methods, overall. {note}, {answered:,} reports."
            ),
        )
    )
    display(
        folded(
            "Evidence: macro-F1 by task",
            plain_table(
                by_task(best_tables, best.titles),
                number.table(f"Macro-F1 by task. {note}, {answered:,} reports."),
            ),
        )
    )
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored."))

# %% [markdown]
# ## Verdict
#
# *Held* means that the whole interval of the difference is above zero. The comparison counts only if both models learned or know
# something: the fine-tuned one must beat a linear model of its hints, the zero-shot one a constant answer.

# %% tags=["full-width", "hide-input"]
if not live.labeled:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("zero_shot"),
    *verdicts,
    caption=number.table("The abstract's claim: the paper's numbers, ours, and one verdict each."),
)

# %% [markdown]
# ## How often it breaks the rules of the answer
#
# A strict parser accepts exactly one of the classes and nothing else, but for case and a final period. Everything else is a **schema
# violation**: *empty*; *no class*, such as "Stage 2"; *several classes*, a list; or *extra words*, a sentence around one class. `none` means
# no violation: a valid answer, right or wrong. Classification heads cannot produce any.

# %% tags=["hide-input"]
if live.labeled:
    stated = asked.dropna(subset="truth")
    strict, lenient = (
        (stated["predicted"] == stated["truth"]).mean(),
        (stated["lenient"] == stated["truth"]).mean(),
    )
    display(
        Markdown(
            f"Right under the strict parser: **{strict:.1%}**; under a forgiving one, which "
            "takes the class out of the "
            f"extra words: **{lenient:.1%}**."
        )
    )
display(
    folded(
        "Evidence: answers by kind of violation",
        plain_table(
            counted.rename(index=lambda task: TASK[task].title),
            number.table("Answers by kind of schema violation, by task."),
        ),
    )
)

# %% [markdown]
# ## How it was made: one prompt, one raw answer
#
# Here is one question in full, as the model receives it: its own chat markup, our instruction, the
# window of the report, and the question. Nothing follows `assistant`: what comes next is the model's.

# %% tags=["hide-input"]
public = reports == cohort.BUNDLED
settings = ZeroShot(**live["generate"].runs[0].record["settings"])
questioner = Questioner(settings)
first = live.reports[live.reports["report_id"] == asked["report_id"].iloc[0]].iloc[0]
questions = dict(zip(TASKS, questioner.questions(first["text"], TASKS), strict=True))
if public:
    print(questioner.tokenizer.decode(questions["T"]))

# %% [markdown]
# **Writing.** The model gives every token $v$ of its vocabulary a probability, given the question $q$
# and the tokens written so far. Greedy decoding takes the likeliest, appends it, and repeats:
#
# $$
# a_j = \operatorname{arg\,max}_v \; p(v \mid q, a_1, \dots, a_{j-1})
# $$

# %%


def write(question, longest):
    """Greedy decoding: one pass over the question, then one per new token."""
    end, device = questioner.tokenizer.eos_token_id, questioner.model.device
    answer, tokens, cache = [], list(question), None
    for _ in range(longest):
        with torch.inference_mode():
            # The cache holds the keys and values of everything read so far.
            out = questioner.model(
                torch.tensor([tokens], device=device), past_key_values=cache, use_cache=True
            )
        cache, tokens = out.past_key_values, [out.logits[0, -1].argmax().item()]
        if tokens == [end]:
            break
        answer += tokens
    return questioner.tokenizer.decode(answer, skip_special_tokens=True)


longest = settings.max_new_tokens
by_hand = write(questions["T"], longest)
print("the same text as the library's:", by_hand == questioner.write([questions["T"]])[0])

# %% [markdown]
# The parser reads the text: made-up answers first, then the model's own, one for each task.

# %%
for answer in ("T2", "t2.", "Stage 2", "T1 or T2", "The T stage is T2", ""):
    label, violation = parse(answer, "T")
    print(f"{answer!r:22} -> {label or '-':3} {violation or 'valid'}")

# %%
if public:
    raw = dict(zip(TASKS, questioner.write(list(questions.values())), strict=True))
    rows = {
        TASK[task].title: {
            "It wrote": repr(answer),
            "Class": parse(answer, task)[0] or "–",
            "Violation": parse(answer, task)[1] or "none",
            "Truth": first[task] or "not stated",
        }
        for task, answer in raw.items()
    }
    display(
        plain_table(pd.DataFrame(rows).T, number.table("What the model wrote about one report."))
    )

# %% [markdown]
# **Scoring.** Instead, ask how likely each class is as the continuation. A class $c$ of tokens
# $c_1, \dots, c_n$ gets the sum of their log-probabilities; the class with the largest sum is the
# answer, so there is always one, and never a violation:
#
# $$
# s_c = \sum_{j=1}^{n} \log p(c_j \mid q, c_1, \dots, c_{j-1})
# $$


# %%
def log_likelihood(question, label):
    tokens = questioner.tokenizer(label, add_special_tokens=False)["input_ids"]
    whole = torch.tensor([question + tokens], device=questioner.model.device)
    with torch.inference_mode():
        logp = questioner.model(whole).logits[0].float().log_softmax(-1)
    return sum(logp[len(question) - 1 + j, token].item() for j, token in enumerate(tokens))


likelihoods = {label: log_likelihood(questions["T"], label) for label in CLASSES["T"]}
in_one_batch = questioner.class_logprobs(questions["T"], CLASSES["T"]).tolist()
gap = max(abs(a - b) for a, b in zip(likelihoods.values(), in_one_batch, strict=True))
print("largest difference to the library's:", f"{gap:.0e}" if gap else "none")
if public:
    print({label: round(value, 2) for label, value in likelihoods.items()})

# %% [markdown]
# ## Exercises
#
# **1.** A likelihood favors classes that are common in the model's own reading. Which class does it
# prefer for each task, whatever the report says?

# %% tags=["hide-cell", "solution"]
preferred = (
    live["likelihood"]
    .predictions.groupby("task")["predicted"]
    .agg(lambda answers: answers.mode()[0])
)
share = (
    live["likelihood"]
    .predictions.groupby("task")["predicted"]
    .agg(lambda answers: answers.value_counts(normalize=True).iloc[0])
)
print(pd.DataFrame({"preferred": preferred, "share": share.round(2)}).to_string())

# %% [markdown]
# **2.** What does a question cost? Count the passes that one written answer takes and those that
# scoring the classes takes, and compare with the measured speed.

# %% tags=["hide-cell", "solution"]
for row in ("generate", "likelihood"):
    cost = live[row].runs[0].record["cost"]
    print(f"{live.titles[row]:34s} {cost['examples_per_second']:.2f} questions/s")
print(
    f"writing: one pass per token, at most {longest}; "
    "scoring: the question, then all classes at once"
)
