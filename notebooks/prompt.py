# %% [markdown]
# # The prompt, token by token
#
# **Reproduces** sections III-A1 and S1-B of the paper: how a report is cut down to a window of
# lines and laid out in the four blocks that the model reads. It prepares Table IV, which compares
# ways of cutting.
#
# **You will learn** what a token is, why a report must be cut, where the hints come from, what the
# prompt that this book's models are trained on keeps of a report, and what the hints carry past
# the cut.
#
# **Runtime and hardware**: under two minutes on one CPU core. No model runs, only its tokenizer.
#
# **Numbers**: with `reports = "bundled"` the reports are *synthetic*, and it is known exactly where
# each label is written, which no real archive offers. For your own reports this page shows counts
# only, no text.

# %% tags=["parameters"]
reports = "bundled"  # "bundled", a folder, or a table file
show_text = False  # show a report's text even if it is not bundled
profile = "quick"  # whose prompt is shown: quick, standard, longer or paper
backbone = "smollm2-135m"  # whose tokenizer cuts the text
task = "T"  # T, N, M, grade, ER, PR or HER2: the task of the worked example
lines = 10  # k of the wide window (assumed: the paper's value was lost)
sample = 60  # reports behind the averages

# %%
import pandas as pd
from IPython.display import HTML, Markdown, display

from pathmtl import cohort
from pathmtl.notebook import check_parameters
from pathmtl.schema import CLASSES, TASK, TASKS, task_title
from pathmtl.viz.prompt_lines import colored_lines
from pathmtl.viz.style import COLORS, use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
table = cohort.read_reports(reports, progress=False)
part = table[table["split"] == "test"] if "split" in table else table
part = part.sample(min(sample, len(part)), random_state=42).reset_index(drop=True)
public = reports == cohort.BUNDLED or show_text

# %% [markdown]
# From the library: the prompt builder, the settings of each profile, and functions that look into a
# finished prompt.

# %%
import matplotlib.pyplot as plt

from pathmtl import oracle
from pathmtl.analysis import prompt_contents
from pathmtl.model.backbone import load_tokenizer
from pathmtl.oracle.hints import hints
from pathmtl.prompt import SLICINGS, PromptBuilder, Slicing, anchors, line_spans
from pathmtl.schema import canonical
from pathmtl.training.settings import PROFILES

tokenizer = load_tokenizer(backbone)
trained = PROFILES[profile].input  # window, k, tokens and hints, as the tables train on them
print(trained)

# %% [markdown]
# ## What a token is
#
# A language model does not read letters or words but *tokens*: pieces of text from a fixed
# vocabulary, chosen by how frequent they are in its training text. Common words are one or two
# tokens. Stage codes and marker names are rare there and fall to pieces:

# %%
for words in ("tumor", "lymph node", "carcinoma", "pT1c", "pN1mi", "HER2 2+", "progesterone"):
    print(f"{words:14s}", " | ".join(tokenizer.tokenize(words)).replace("Ġ", "·"))

# %% [markdown]
# Every token costs memory and time in every layer, and attention compares all pairs of them. The
# paper therefore limits a prompt to 512 tokens (section IV-B). How long are whole reports?

# %% tags=["hide-input"]
lengths = pd.Series(
    [len(ids) for ids in tokenizer(part["text"].tolist(), add_special_tokens=False)["input_ids"]]
)
display(
    Markdown(
        f"In {len(part)} reports: **{lengths.median():.0f} tokens** in the median, one in ten has "
        f"more than {lengths.quantile(0.9):.0f}. {(lengths > 512).mean():.0%} are longer than 512 "
        f"tokens, and {(lengths > trained.max_length).mean():.0%} are longer than the "
        f"{trained.max_length} tokens of the {profile} profile, before anything is added."
    )
)

# %% [markdown]
# ## One report and its anchors
#
# Window slicing looks for lines that mention the task: a synoptic header, a code, the usual
# wording. These lines are *anchors*. The nearer a line is to an anchor, the more it is worth. Each
# line below carries its number and its distance from the nearest anchor; anchors are darkest. Lines
# farther than k are only counted.

# %% tags=["hide-input"]
if public:
    stated = part[part[task].notna()] if part[task].notna().any() else part
    middle = (stated["text"].str.len() - stated["text"].str.len().median()).abs().idxmin()
    example = stated.loc[middle, "text"]
    label = stated.loc[middle, task] or "not stated"
    display(Markdown(f"Task: **{TASK[task].title}**. True label: **{label}**."))
    display(HTML(colored_lines(example, task, within=lines)))
else:
    display(
        Markdown(
            "*Text is not shown: these are not the bundled reports. Set `show_text = true` to see "
            "one; without it, no label and no line of a report is on this page.*"
        )
    )

# %% [markdown]
# Anchors are ranked by the section they are in: synoptic and final diagnosis first, clinical
# history only if nothing else mentions the task, because the history is about *earlier* tumors.

# %% tags=["hide-input"]
if public:
    order = anchors(example, task, line_spans(example))
    ranked = ", ".join(str(line + 1) for line in order[:8])
    display(
        Markdown(
            f"{len(order)} anchors among {len(line_spans(example))} lines; best first: {ranked}"
            f"{', …' if len(order) > 8 else ''}."
            if order
            else "This report has no anchor for the task."
        )
    )

# %% [markdown]
# ## Where hints come from
#
# The last block of the prompt holds a *hint*. It is not written by a person. The oracle, the regex
# engine of [](oracle.ipynb), collects candidates for each task, and the **raw text of its best
# candidate** becomes the hint; for HER2, the results of all assays in reading order. The hint is
# drawn from the whole report, whatever the window shows. Remember whose answers the models of this
# book are trained on: the same oracle's.

# %%
if public:
    print(f"{task}_hint: ", hints(example, [task])[task] or "none")
    print("oracle's label: ", oracle.label(example)[task])

# %% [markdown]
# The hint is meant to be raw: `IHC 2+ (equivocal), FISH: amplified` leaves it to the model to work
# out what follows. But how often is the hint the label itself, in other letters? Fold each hint
# with the function that folds labels, and compare it with the label that the model is trained on:


# %%
def fold(task, hint):
    """The class that a hint is on its own, None if the hint is not simply a class."""
    try:
        return canonical(task, hint)
    except ValueError:
        return None


copied = []
for text in part["text"]:
    oracle_labels, hint_texts = oracle.label(text), hints(text, TASKS)
    for name in TASKS:
        if oracle_labels[name]:
            hint = hint_texts[name]
            same = fold(name, hint) == oracle_labels[name] if hint else False
            copied.append({"task": name, "there is a hint": bool(hint), "equal": same})
copied = pd.DataFrame(copied, columns=["task", "there is a hint", "equal"])
by_task = copied.groupby("task")[["there is a hint", "equal"]].mean()
known = [name for name in TASKS if name in by_task.index]
plain_table(
    by_task.loc[known]
    .map("{:.0%}".format)
    .rename(columns={"equal": "the hint, folded, is the label"}, index=task_title)
    .rename_axis(None),
    f"Hints of the {len(copied)} labeled fields of {len(part)} reports.",
)

# %% [markdown]
# The rest are hints in words or percentages (`moderately differentiated`, `90%`), one small step from
# the label. Where the last column is high, a model can lower its loss by **copying the hint**, without reading
# the report at all. Whether it does is a question for an experiment. [](train_the_model.ipynb) swaps
# hints under a trained model, and [](hints_and_circularity.ipynb) measures what is left without
# them.

# %% [markdown]
# ## The prompt that the tables train on
#
# This is the paper's template (section III-A1). **Field** names the task, **Classes** lists the
# possible answers, **Report** holds the slice, and **Hints** the raw find. The builder gets the
# settings of the profile, the same ones that Tables I and II are trained with.

# %%
builder = PromptBuilder(tokenizer, trained)
if public:
    prompt = builder.build(example, [task])[0]
    display(Markdown(f"```text\n{tokenizer.decode(prompt.input_ids)}\n```"))

# %% [markdown]
# The block hides that its lines were not neighbors. The next cell numbers them as in the report,
# and puts a mark where lines were left out:


# %%
def numbered(prompt):
    """The Report block with the report's line numbers; … where lines are left out."""
    rows, before = [], -1
    for number, line in prompt_contents.kept_lines(example, prompt, tokenizer).items():
        rows += ["   …"] if number > before + 1 else []
        rows.append(f"{number + 1:4d}  {line}")
        before = number
    return "\n".join(rows + (["   …"] if before + 1 < len(line_spans(example)) else []))


if public:
    print(numbered(prompt))

# %% tags=["hide-input"]
if public:
    counts = prompt_contents.block_tokens(prompt, tokenizer)
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Tokens": [counts[b] for b in prompt_contents.BLOCKS],
                    "Share": [f"{counts[b] / counts['total']:.0%}" for b in prompt_contents.BLOCKS],
                },
                index=list(prompt_contents.BLOCKS),
            ),
            f"Tokens of each block: {counts['total']} in all, at most {trained.max_length} "
            f"({profile} profile, window of {trained.window_lines} line(s) on either side).",
        )
    )

# %% [markdown]
# The last token of this text is the one whose state the heads see. That is why the hints come last,
# and why a prompt that is too long loses *report* lines and never its end.

# %% [markdown]
# ## The same report in every profile
#
# The quick profile is meant to prove that the machinery works on a laptop, and pays for that with
# a very short prompt. The other profiles have more room. The numbers are read from the settings; all
# are counted with the tokenizer of `backbone`, also those of `paper`, whose model has its own.

# %%
asked = {name: PROFILES[name].input for name in ("quick", "standard", "longer", "paper")}
if public:
    rows = {}
    for name, slicing in asked.items():
        wider = PromptBuilder(tokenizer, slicing).build(example, [task])[0]
        rows[name] = {
            "k": slicing.window_lines,
            "tokens allowed": slicing.max_length,
            "tokens used": len(wider.input_ids),
            "lines kept": len(prompt_contents.kept_lines(example, wider, tokenizer)),
        }
    display(
        plain_table(
            pd.DataFrame(rows).T,
            f"One prompt in four profiles; the report has {len(line_spans(example))} lines.",
        )
    )

# %% [markdown]
# In the `standard` profile, whose recorded runs the book's tables show, the Report block reads:

# %%
if public:
    roomy = PromptBuilder(tokenizer, asked["standard"]).build(example, [task])[0]
    print(numbered(roomy))

# %% [markdown]
# ## What is dropped
#
# The budget decides how many lines fit. They are taken nearest first, anchor by anchor, so a tight
# budget loses the margin before it loses an anchor. But an anchor may be a mere heading whose value
# is on the *next* line: then a budget that holds all the headings holds none of the values. Lines
# that are struck through are not in the prompt:

# %% tags=["hide-input"]
if public:
    in_prompt = prompt_contents.kept_lines(example, prompt, tokenizer)
    display(
        Markdown(
            f"With **{trained.max_length} tokens**, {len(in_prompt)} of "
            f"{len(line_spans(example))} lines are kept:"
        )
    )
    display(HTML(colored_lines(example, task, in_prompt, within=2)))

# %% tags=["hide-input"]
budgets = (64, 96, 128, 256, 512)
if public:
    rows = {}
    for budget in budgets:
        small = PromptBuilder(
            tokenizer, Slicing("window", window_lines=lines, max_length=budget)
        ).build(example, [task])[0]
        rows[f"{budget} tokens"] = {
            **prompt_contents.block_tokens(small, tokenizer),
            "lines kept": len(prompt_contents.kept_lines(example, small, tokenizer)),
        }
    display(
        plain_table(
            pd.DataFrame(rows).T,
            f"The same report under {len(budgets)} budgets, window of {lines} lines: tokens of "
            f"each block, and lines kept of {len(line_spans(example))}.",
        )
    )

# %% [markdown]
# ## Window, full text, random window
#
# Table IV compares three ways to spend the budget: the **window**; the **full** text from its first
# line until the budget is used up; and a **random** run of lines, the control that shows whether it
# matters *which* lines are read. The same report, each way, with the tokens of the profile:

# %% tags=["hide-input"]
if public:
    for kind in SLICINGS:
        slicing = Slicing(kind, trained.window_lines, trained.max_length)
        other = PromptBuilder(tokenizer, slicing).build(example, [task])[0]
        display(
            Markdown(f"**{kind}**, {trained.max_length} tokens\n```text\n{numbered(other)}\n```")
        )

# %% [markdown]
# ## Does the evidence survive?
#
# The bundled corpus records where each label is written (column `evidence`). So for every report and
# stated task we can ask whether that stretch of text is still in the Report block. If it is not, the
# model can only guess, or use the hint. First for the prompts that are trained:

# %%
if "evidence" in part:
    survived = {
        name: prompt_contents.evidence_survival(part, PromptBuilder(tokenizer, slicing))
        for name, slicing in asked.items()
    }
    rows = {
        f"{name}: {asked[name].max_length} tokens, k = {asked[name].window_lines}": {
            "in the slice": f"{found['report'].mean():.1%}",
            "in the hint": f"{found['hint'].mean():.1%}",
            "in neither": f"{(~found['report'] & ~found['hint']).mean():.1%}",
        }
        for name, found in survived.items()
    }
    display(
        plain_table(
            pd.DataFrame(rows).T,
            f"Where the evidence of {len(survived['quick'])} stated labels "
            f"({survived['quick']['report_id'].nunique()} reports) is found, by profile.",
        )
    )

# %% [markdown]
# If the slice holds the evidence less often than the hint does, then the hint is the best thing to
# read in that prompt, and a model trained on it learns just that. By task, for the profile chosen
# above:

# %%
if "evidence" in part:
    chosen = prompt_contents.evidence_survival(part, builder)
    where = chosen.groupby("task")[["report", "hint"]].mean()
    known = [name for name in TASKS if name in where.index]
    display(
        plain_table(
            where.loc[known]
            .map("{:.0%}".format)
            .rename(index=task_title, columns={"report": "in the slice", "hint": "in the hint"})
            .rename_axis(None),
            f"Evidence in the slice and in the hint, {profile} profile "
            f"({trained.max_length} tokens), by task.",
        )
    )

# %% [markdown]
# Now the three ways of Table IV, over a range of budgets, with a window of `lines` lines:

# %% tags=["hide-input"]
slicings = {
    "window": Slicing("window", window_lines=lines),
    "full": Slicing("full"),
    "random": Slicing("random", window_lines=lines),
}
if "evidence" in part:
    import dataclasses

    survival = pd.concat(
        prompt_contents.evidence_survival(
            part, PromptBuilder(tokenizer, dataclasses.replace(slicing, max_length=budget))
        ).assign(slicing=name, budget=budget)
        for name, slicing in slicings.items()
        for budget in budgets
    )
    shares = (
        survival.groupby(["slicing", "budget"])["report"].mean().unstack().loc[list(slicings)]
    )
    display(
        plain_table(
            shares.map("{:.1%}".format)
            .rename_axis(None)
            .rename_axis(None, axis=1)
            .rename(columns="{} tokens".format),
            "Share of stated labels whose evidence is in the Report block "
            f"({survival['report_id'].nunique()} reports, "
            f"{len(survival) // len(budgets) // len(slicings)} labels).",
        )
    )
else:
    display(
        Markdown(
            "These reports have no `evidence` column, so it is not known where their labels are "
            "written. Tokens can still be counted, below."
        )
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Line plot of the share of labels whose evidence survives against the token budget: the window lies above full text and random runs, most clearly at small budgets"}}
if "evidence" in part:
    figure, axes = plt.subplots(figsize=(6.6, 3.1))
    for (name, row), color, marker in zip(
        shares.iterrows(),
        (COLORS["blue"], COLORS["green"], COLORS["orange"]),
        "osD",
        strict=True,
    ):
        axes.plot(
            range(len(budgets)), 100 * row[list(budgets)], color=color, marker=marker, label=name
        )
    axes.set_xticks(range(len(budgets)), [str(b) for b in budgets])
    axes.set_xlabel("budget, tokens")
    axes.set_ylabel("evidence kept, %")
    axes.set_ylim(0, 103)
    axes.legend(loc="lower right")

# %% [markdown]
# By task, for the budget of the profile's prompt. What a window misses is evidence that is far from
# every word its anchor patterns know.

# %% tags=["hide-input"]
if "evidence" in part:
    nearest = min(budgets, key=lambda budget: abs(budget - trained.max_length))
    tight = (
        survival[survival["budget"] == nearest]
        .groupby(["task", "slicing"])["report"]
        .mean()
        .unstack()
    )
    known = [t for t in TASKS if t in tight.index]
    display(
        plain_table(
            tight.loc[known, list(slicings)]
            .map("{:.0%}".format)
            .rename(index=task_title)
            .rename_axis(None)
            .rename_axis(None, axis=1),
            f"Evidence kept with {nearest} tokens, by task.",
        )
    )

# %% [markdown]
# ## What the hints carry past the cut
#
# The paper keeps the Hints block in *every* row of Table IV (section IV-B), and hints are drawn from
# the **whole** report. So even where the slice lost the evidence, the hint may hold its words, or
# the part of them that decides:

# %% tags=["hide-input"]
if "evidence" in part:
    lost = survival[~survival["report"]]
    carried = (
        lost.groupby(["slicing", "budget"])["hint"].mean().unstack().reindex(list(slicings))
    )
    either = (
        survival.assign(any=survival["report"] | survival["hint"])
        .groupby(["slicing", "budget"])["any"]
        .mean()
        .unstack()
        .loc[list(slicings)]
    )
    display(
        plain_table(
            pd.concat(
                {
                    "evidence lost from the slice, but in the hint": carried,
                    "in the slice or in the hint": either,
                },
                axis=1,
            )
            .map(lambda v: "–" if v != v else f"{v:.0%}")
            .rename_axis(None)
            .rename_axis([None, None], axis=1),
            "Hints and evidence, by slicing and budget (tokens).",
        )
    )

# %% [markdown]
# An experiment on slicing that leaves the hints on measures two things at once. To measure only one,
# turn the hints off as well: `Slicing(hints="none")`.

# %% [markdown]
# ## Tokens, and the latency argument
#
# With full text and windows equal in quality, the paper prefers the window (section V-D) because it
# shortens the input, and the cost of attention grows with the square of the length. How much shorter
# is it? Prompts of all tasks are counted here, stated or not, since a deployed model is asked all of
# them.

# %% tags=["hide-input"]
tokens = {}
for name, slicing in slicings.items():
    build = PromptBuilder(tokenizer, slicing).build
    tokens[name] = pd.Series(
        [len(p.input_ids) for text in part["text"] for p in build(text, list(TASKS))]
    )
width = {name: series.mean() for name, series in tokens.items()}
squares = {name: (series.astype(float) ** 2).mean() for name, series in tokens.items()}
plain_table(
    pd.DataFrame(
        {
            "Tokens, mean": {n: f"{v:.0f}" for n, v in width.items()},
            "relative to full": {n: f"{v / width['full']:.2f}" for n, v in width.items()},
            "Attention pairs, relative": {
                n: f"{v / squares['full']:.2f}" for n, v in squares.items()
            },
            "at the limit of 512": {n: f"{(s >= 512).mean():.0%}" for n, s in tokens.items()},
        }
    ),
    f"Length of a prompt by slicing, limit 512 tokens, window of {lines} lines, "
    f"{len(part)} reports and {len(TASKS)} tasks.",
)

# %% [markdown]
# ## Verdict
#
# What this notebook can say about the paper's claims on slicing without training anything. Accuracy
# is a matter for Table IV.

# %% tags=["hide-input"]
from pathmtl.experiments.evidence import keep_measured
from pathmtl.paper.claims import Evidence, Measured, on_page, verdict_table

saved, pairs_saved = 1 - width["window"] / width["full"], 1 - squares["window"] / squares["full"]
measured = {
    "window-shorter": Measured(
        f"{saved:.0%} fewer tokens, {pairs_saved:.0%} fewer attention pairs at k = {lines}",
        width["window"] / width["full"])
}
if "evidence" in part:
    window, random = shares.loc["window"], shares.loc["random"]
    measured |= {
        "window-context": Measured(
            f"evidence kept: {window[512]:.1%} at 512 tokens, {window[96]:.1%} at 96", window[512]),
        "window-random": Measured(
            f"at 96 tokens {random[96]:.1%} against {window[96]:.1%}", window[96] - random[96]),
        "window-isolated": Measured(
            "of evidence that random windows lose at 96 tokens, hints carry "
            f"{carried.loc['random', 96]:.0%}",
            carried.loc["random", 96]),
    }

# %%
if reports == cohort.BUNDLED:
    keep_measured("prompt", measured)
judged = verdict_table(on_page("prompt"), {"These reports": Evidence(measured=measured)})
plain_table(
    judged,
    f"Slicing without training, on {len(part)} reports, labeled evidence where there is any.")

# %% [markdown]
# ## Exercises
#
# **1.** How does the length of the window's prompt depend on `lines`? From which k on does the
# window hardly differ from full text?

# %% tags=["hide-cell", "solution"]
few = part["text"].head(25)
whole = PromptBuilder(tokenizer, Slicing("full")).build
full = pd.Series([len(p.input_ids) for text in few for p in whole(text, list(TASKS))]).mean()
for k in (0, 1, 2, 5, 10, 20, 40):
    build = PromptBuilder(tokenizer, Slicing("window", window_lines=k)).build
    mean = pd.Series([len(p.input_ids) for text in few for p in build(text, list(TASKS))]).mean()
    print(f"k = {k:2d}: {mean:5.0f} tokens, {mean / full:.0%} of full text")

# %% [markdown]
# **2.** How many tokens do Field, Classes and an empty Hints block cost for each task? How much is
# left for the report and its hint with the profile's `max_length`?

# %% tags=["hide-cell", "solution"]
for name in TASKS:
    empty = PromptBuilder(tokenizer, Slicing(hints="none")).build("", [name])[0]
    fixed = len(empty.input_ids)
    print(
        f"{name:6s} {fixed:3d} tokens before any report text ({len(CLASSES[name])} classes); "
        f"{trained.max_length - fixed:3d} of {trained.max_length} are left"
    )

# %% [markdown]
# **3.** One prompt per field repeats report lines for every task. Build the one *joint* prompt that
# asks for all tasks at once, with all hints and the whole text (`prompt_mode="joint"`), and compare
# its tokens with those of the seven. Which blocks are paid for seven times? Raise `max_length` so
# that the limit does not hide the answer.

# %% tags=["hide-cell", "solution"]
seven = PromptBuilder(tokenizer, Slicing("full", max_length=8192)).build
joint = PromptBuilder(tokenizer, Slicing("full", max_length=8192, prompt_mode="joint")).build
cost = pd.DataFrame(
    {
        "seven": sum(len(p.input_ids) for p in seven(text, list(TASKS))),
        "joint": sum(len(p.input_ids) for p in joint(text, list(TASKS))),
    }
    for text in few
).mean()
print(
    f"per report: seven prompts {cost['seven']:,.0f} tokens, one joint prompt {cost['joint']:,.0f} "
    f"({cost['seven'] / cost['joint']:.1f} times fewer)"
)
print(
    "Only the Report block is repeated: each task's Field, Classes and hint are paid for once in "
    "both layouts. With a narrow window the seven slices differ, and the saving shrinks."
)
