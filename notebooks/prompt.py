# %% [markdown]
# # The prompt, token by token
#
# **Reproduces** sections III-A1 and S1-B of the paper: how a report is cut down to a window of lines, and laid out in four blocks that the model reads. It
# prepares Table IV, which compares ways of cutting.
#
# **You will learn** what a token is, why a report must be cut at all, what a window keeps and what it drops at each budget, and what the Hints block quietly
# carries past the cut.
#
# **Runtime and hardware**: about half a minute on two CPU cores. No model is run, only its tokenizer.
#
# **Numbers**: with `reports = "bundled"` the reports are *synthetic*; where the truth stands in each of them is known exactly, which no real archive offers. With
# your own reports the pages show counts only, no text.

# %% tags=["parameters"]
reports = "bundled"  # "bundled", a folder, or a table file
show_text = False  # show a report's text even if it is not bundled
backbone = "smollm2-135m"  # whose tokenizer cuts the text
task = "T"  # T, N, M, grade, ER, PR or HER2: the task of the worked example
lines = 10  # k of the window (assumed: the paper's value was lost)
max_length = 256  # tokens of a prompt in the worked example
sample = 60  # reports behind the averages

# %%
import pandas as pd
from IPython.display import HTML, Markdown, display

from pathmtl import cohort
from pathmtl.notebook import check_parameters
from pathmtl.pages.figures import COLOURS, plain_table, task_title, use_style
from pathmtl.schema import CLASSES, TASK, TASKS

check_parameters()
use_style()
table = cohort.read_reports(reports, progress=False)
part = table[table["split"] == "test"] if "split" in table else table
part = part.sample(min(sample, len(part)), random_state=42).reset_index(drop=True)
public = reports == cohort.BUNDLED or show_text

# %% [markdown]
# From the library: the prompt builder, and what looks into a finished prompt.

# %%
import matplotlib.pyplot as plt

from pathmtl.model.backbone import load_tokenizer
from pathmtl.pages import prompt_view
from pathmtl.prompt import SLICINGS, PromptBuilder, Slicing, anchors, line_spans

tokenizer = load_tokenizer(backbone)

# %% [markdown]
# ## What a token is
#
# A language model does not read letters or words but *tokens*: pieces of text from a fixed vocabulary, found by counting what is frequent in its training text. Common
# words are one token or two. Stage codes and marker names are rare there, and fall to pieces:

# %%
for words in ("tumor", "lymph node", "carcinoma", "pT1c", "pN1mi", "HER2 2+", "progesterone"):
    print(f"{words:14s}", " | ".join(tokenizer.tokenize(words)).replace("Ġ", "·"))

# %% [markdown]
# Every token costs memory and time in every layer, and attention compares all pairs of them. The paper therefore limits a prompt to 512 tokens (section IV-B). How long are whole reports?

# %% tags=["hide-input"]
lengths = pd.Series(
    [len(ids) for ids in tokenizer(part["text"].tolist(), add_special_tokens=False)["input_ids"]]
)
display(
    Markdown(
        f"In {len(part)} reports: **{lengths.median():.0f} tokens** in the median, {lengths.quantile(0.9):.0f} in the longest tenth; "
        f"{(lengths > 512).mean():.0%} are longer than 512 tokens before anything is added."
    )
)

# %% [markdown]
# ## One report and its anchors
#
# Window slicing looks for lines that speak of the task: a synoptic header, a code, the usual wording. These are *anchors*. Lines near them are worth more than lines far away. Below,
# each line carries its distance from the nearest anchor; anchors are darkest. Lines out
# of the window's reach are only counted.

# %% tags=["hide-input"]
if public:
    stated = part[part[task].notna()] if part[task].notna().any() else part
    middle = (stated["text"].str.len() - stated["text"].str.len().median()).abs().idxmin()
    example = stated.loc[middle, "text"]
    display(
        Markdown(
            f"Task: **{TASK[task].title}**. Label: **{stated.loc[middle, task] or 'not stated'}**."
        )
    )
    display(HTML(prompt_view.coloured_lines(example, task, within=lines)))
else:
    display(
        Markdown(
            "*Text is not shown: these are not the bundled reports. Set `show_text = true` to see one; without it, no label and no line of a report is on this page.*"
        )
    )

# %% [markdown]
# Anchors are ranked by the section they stand in: synoptic and final diagnosis first, clinical history only if nothing else speaks of the task, because history is about *earlier* tumours.

# %% tags=["hide-input"]
if public:
    order = anchors(example, task, line_spans(example))
    display(
        Markdown(
            f"{len(order)} anchors; the best stands in line {order[0] + 1} of {len(line_spans(example))}."
            if order
            else "This report has no anchor for the task."
        )
    )

# %% [markdown]
# ## The four blocks
#
# The prompt is the paper's template (section III-A1): **Field** says which task is asked, **Classes** which answers there are, **Report** holds the slice, and **Hints** the raw finds of a
# pattern matcher. The hint is deliberately not a decision: for HER2 it may read `IHC 2+, FISH amplified`, and the model has to know what follows.

# %%
builder = PromptBuilder(tokenizer, Slicing("window", window_lines=lines, max_length=max_length))
if public:
    prompt = builder.build(example, [task])[0]
    display(Markdown(f"```text\n{tokenizer.decode(prompt.input_ids)}\n```"))
    counts = prompt_view.block_tokens(prompt, tokenizer)
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Tokens": [counts[b] for b in prompt_view.BLOCKS],
                    "Share": [f"{counts[b] / counts['total']:.0%}" for b in prompt_view.BLOCKS],
                },
                index=list(prompt_view.BLOCKS),
            ),
            f"Tokens of each block; {counts['total']} in all, at most {max_length}.",
        )
    )

# %% [markdown]
# The last token of this text is the one whose state the heads see. That is why the hints come last and why, when a prompt is too long, *report* lines are dropped and never the end.

# %% [markdown]
# ## What is dropped
#
# The budget decides how many lines fit. They are taken nearest first, anchor by anchor, so a tight budget loses the margin before it loses the anchor. Struck lines are not in the prompt:

# %% tags=["hide-input"]
if public:
    kept = prompt_view.kept_lines(example, prompt, tokenizer)
    display(
        Markdown(
            f"At **{max_length} tokens**, {len(kept)} of {len(line_spans(example))} lines are kept:"
        )
    )
    display(HTML(prompt_view.coloured_lines(example, task, kept)))

# %% tags=["hide-input"]
budgets = (64, 96, 256, 512)
if public:
    rows = {}
    for budget in budgets:
        small = PromptBuilder(tokenizer, Slicing("window", window_lines=lines, max_length=budget)).build(
            example, [task]
        )[0]
        counts = prompt_view.block_tokens(small, tokenizer)
        rows[f"{budget} tokens"] = {
            **counts,
            "lines kept": len(prompt_view.kept_lines(example, small, tokenizer)),
        }
    display(
        plain_table(
            pd.DataFrame(rows).T,
            f"The same report under four budgets, window of {lines} lines: tokens of each block, and lines kept of {len(line_spans(example))}.",
        )
    )

# %% [markdown]
# ## Window, full text, random window
#
# Table IV compares three ways to spend the budget: the **window**; the **full** text from its first line until the budget is used up; and a **random** run of lines, the control that shows
# whether it matters *which* lines are read. The same report, each way:

# %% tags=["hide-input"]
if public:
    for kind in SLICINGS:
        other = PromptBuilder(tokenizer, Slicing(kind, window_lines=lines, max_length=96)).build(
            example, [task]
        )[0]
        display(
            Markdown(
                f"**{kind}**, 96 tokens\n```text\n{prompt_view.blocks(other, tokenizer)['Report'].strip()}\n```"
            )
        )

# %% [markdown]
# ## Does the evidence survive?
#
# The bundled corpus knows where each label is written (column `evidence`). So one can ask, for every report and stated task, whether that stretch of text is still in the Report block. If it is
# gone, the model can only guess, or read the hint.

# %% tags=["hide-input"]
strategies = {
    "window": Slicing("window", window_lines=lines),
    "full": Slicing("full"),
    "random": Slicing("random", window_lines=lines),
}
if "evidence" in part:
    import dataclasses

    survival = pd.concat(
        prompt_view.evidence_survival(
            part, PromptBuilder(tokenizer, dataclasses.replace(slicing, max_length=budget))
        ).assign(strategy=name, budget=budget)
        for name, slicing in strategies.items()
        for budget in budgets
    )
    shares = (
        survival.groupby(["strategy", "budget"])["report"].mean().unstack().loc[list(strategies)]
    )
    display(
        plain_table(
            shares.map("{:.1%}".format)
            .rename_axis(None)
            .rename_axis(None, axis=1)
            .rename(columns="{} tokens".format),
            f"Share of stated labels whose evidence is in the Report block ({survival['report_id'].nunique()} reports, {len(survival) // len(budgets) // len(strategies)} labels).",
        )
    )
else:
    display(
        Markdown(
            "These reports have no `evidence` column, so nobody knows where their labels stand. Tokens can still be counted, below."
        )
    )

# %% tags=["hide-input"] mystnb={"image": {"alt": "Line plot of the share of labels whose evidence survives against the token budget: the window lies above full text and random runs, most clearly at small budgets"}}
if "evidence" in part:
    figure, axes = plt.subplots(figsize=(6.6, 3.1))
    for (name, row), colour, marker in zip(
        shares.iterrows(),
        (COLOURS["blue"], COLOURS["green"], COLOURS["orange"]),
        "osD",
        strict=True,
    ):
        axes.plot(
            range(len(budgets)), 100 * row[list(budgets)], color=colour, marker=marker, label=name
        )
    axes.set_xticks(range(len(budgets)), [str(b) for b in budgets])
    axes.set_xlabel("budget, tokens")
    axes.set_ylabel("evidence kept, %")
    axes.set_ylim(0, 103)
    axes.legend(loc="lower right")

# %% [markdown]
# By task, at the budget of the quick profile (96 tokens). What a window misses there is evidence far from every word that its anchor patterns know.

# %% tags=["hide-input"]
if "evidence" in part:
    tight = (
        survival[survival["budget"] == 96].groupby(["task", "strategy"])["report"].mean().unstack()
    )
    known = [t for t in TASKS if t in tight.index]
    display(
        plain_table(
            tight.loc[known, list(strategies)]
            .map("{:.0%}".format)
            .rename(index=task_title)
            .rename_axis(None)
            .rename_axis(None, axis=1),
            "Evidence kept at 96 tokens, by task.",
        )
    )

# %% [markdown]
# ## What the hints carry past the cut
#
# The paper keeps the Hints block in *every* row of Table IV (section IV-B). Hints are drawn from the **whole** report. So even where the slice lost the evidence, the hint may hold its words, or the part of them that decides:

# %% tags=["hide-input"]
if "evidence" in part:
    lost = survival[~survival["report"]]
    carried = (
        lost.groupby(["strategy", "budget"])["hint"].mean().unstack().reindex(list(strategies))
    )
    either = (
        survival.assign(any=survival["report"] | survival["hint"])
        .groupby(["strategy", "budget"])["any"]
        .mean()
        .unstack()
        .loc[list(strategies)]
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
            "Hints and evidence, by strategy and budget (tokens).",
        )
    )

# %% [markdown]
# An experiment on slicing that leaves the hints on measures two things at once. To measure one, hints must be turned off as well: `Slicing(hints="none")`.

# %% [markdown]
# ## Tokens, and the latency argument
#
# With full text and windows equal in quality, the paper prefers the window (section V-D) because it shortens the input, and attention's cost grows with the square of the length. How much shorter is it, per task? Prompts of all tasks
# are counted here, stated or not, since a deployed model is asked all of them.

# %% tags=["hide-input"]
tokens = {}
for name, slicing in strategies.items():
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
    f"Length of a prompt by strategy, limit 512 tokens, window of {lines} lines, {len(part)} reports and {len(TASKS)} tasks.",
)

# %% [markdown]
# ## Verdict
#
# What this notebook can say about the paper's claims on slicing without training anything; accuracy is Table IV's matter.

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
plain_table(judged, f"Slicing without training, on {len(part)} reports, labeled evidence where there is any.")

# %% [markdown]
# ## Exercises
#
# **1.** How does the length of the window's prompt depend on `lines`? From which k on does the window hardly differ from full text?

# %% tags=["hide-cell", "solution"]
few = part["text"].head(25)
for k in (0, 1, 2, 5, 10, 20, 40):
    build = PromptBuilder(tokenizer, Slicing("window", window_lines=k)).build
    print(
        f"k = {k:2d}: {pd.Series([len(p.input_ids) for text in few for p in build(text, list(TASKS))]).mean():5.0f} tokens"
    )

# %% [markdown]
# **2.** How many tokens do Field, Classes and an empty Hints block cost for each task? What does that say about a budget of 64?

# %% tags=["hide-cell", "solution"]
for name in TASKS:
    empty = PromptBuilder(tokenizer, Slicing(hints="none")).build("", [name])[0]
    print(
        f"{name:6s} {len(empty.input_ids):3d} tokens before any report text ({len(CLASSES[name])} classes)"
    )

# %% [markdown]
# **3.** One prompt per field repeats report lines for every task. How many tokens would one shared prompt with all hints cost, compared with seven?

# %% tags=["hide-cell", "solution"]
build = PromptBuilder(tokenizer, Slicing("full")).build
seven = pd.Series([sum(len(p.input_ids) for p in build(text, list(TASKS))) for text in few])
once = pd.Series(
    [len(ids) for ids in tokenizer(few.tolist(), add_special_tokens=False)["input_ids"]]
).clip(upper=512)
print(f"seven prompts: {seven.mean():,.0f} tokens a report; its text once: {once.mean():,.0f}")
