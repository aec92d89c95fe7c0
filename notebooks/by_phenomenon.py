# %% [markdown]
# # Which wording breaks which method?
#
# The paper blames certain wordings for the errors of rules: an older stage in the history, a nuclear grade, an equivocal HER2, a negation,
# a scanned page. It describes these cases in words and prints no numbers. Here each wording is a *phenomenon* that is known to be
# present in a report or absent from it, so it can be counted.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** the error analysis of section V-A and the problem described in the introduction. **You will learn** to break one score down into the situations behind it, why a low score next to a phenomenon is not necessarily
# caused by it, and how many "findings" chance alone produces when you look at a hundred cells.
#
# **Runtime**: seconds in a build of the book; the multi-task model of Table I is trained once in the `quick` profile.
#
# **Numbers**: *synthetic*. Only reports that were written by a program record which difficulty they contain; [](corpus.ipynb) shows an
# example of each.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", or a synthetic corpus of your own
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
fewest = 10  # rows with fewer answers are printed but not colored
resamples = 500  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown, display
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl import cohort
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.wording import (
    breaks,
    by_wording,
    expected_by_chance,
    records_phenomena,
    tested,
)
from pathmtl.experiments.evidence import measured_by
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.review.final_verdicts import final_verdicts
from pathmtl.schema import TASK
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.page import Captions, captioned, finding, folded, listed
from pathmtl.viz.score_figures import heat_map
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, share
from pathmtl.viz.verdict_cards import judged_on, verdict_block

check_parameters()
use_style()
number = Captions("Wording")
METHODS = {"naive": "Naive rules", "lora": "Multi-task LLM", "oracle": "Oracle"}

# %% tags=["hide-input"]
# Each bundled report lists the difficulties written into it, and each has the tasks it affects:
# an earlier stage in the history counts for T and N, but not for ER.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
all_reports = cohort.read_reports(reports)
has_phenomena = records_phenomena(all_reports, PHENOMENA) and cohort.has_labels(all_reports)
if has_phenomena:
    this_run = run_table("table1", profile, reports, train_reports, rows=list(METHODS), **overrides)
    has_phenomena = records_phenomena(this_run.reports, PHENOMENA)
if has_phenomena:
    scored = by_wording(this_run.reports, this_run.predictions(), PHENOMENA, resamples=resamples)
    title = {name: about.title for name, about in PHENOMENA.items()}
    broken = breaks(scored, fewest)

# %% tags=["hide-input"]
if has_phenomena:
    worst = {
        method: [title[name] for name in broken.xs(method, level="method").index[:2]]
        if method in broken.index.get_level_values("method")
        else []
        for method in METHODS
    }
    enough_answers = int((scored["answers"] >= fewest).sum())
    display(
        finding(
            "What hurts the **naive rules** most: "
            f"{listed(worst['naive'], 'nothing that stands out')}. "
            "What hurts the **language model** most: "
            f"{listed(worst['lora'], 'nothing that stands out')}.",
            f"In all, {len(broken)} of {enough_answers} combinations of wording and method show "
            "a drop whose whole interval is "
            f"below zero; chance alone would give about {expected_by_chance(scored, fewest):.0f}.",
        )
    )
else:
    display(
        finding(
            f"`{reports}` does not have both recorded phenomena and **labels**: only a "
            "synthetic corpus knows which "
            'difficulty was written into a report. Use `reports = "bundled"`, or generate a '
            "corpus with "
            "`pathmtl-synthetic synthesize`. Only the verdicts on the recorded runs follow."
        )
    )

# %% tags=["hide-input"]
if has_phenomena:
    wide = scored["accuracy"].unstack("method")[list(METHODS)].rename(columns=METHODS)
    counts = scored["answers"].groupby("phenomenon").first()
    enough = counts.reindex(wide.index) >= fewest
    wide = wide.assign(few=~enough).sort_values(["few", METHODS["naive"]]).drop(columns="few")
    display(
        captioned(
            heat_map(wide.rename(index=title), counts.rename(index=title), "Accuracy", fewest),
            number.figure(
                "Accuracy by phenomenon and method on the tasks that it affects "
                f"({len(this_run.reports):,} synthetic reports, "
                f"{this_run.made_with}, {this_run.source}). The hardest for the naive rules are "
                "at the top; number of answers in "
                f"parentheses; rows with fewer than {fewest} are white."
            ),
            "Heat map of accuracy: one row per phenomenon, one column each for naive rules, "
            "multi-task LLM and "
            "oracle; rows with few answers are white",
        )
    )

# %% [markdown]
# ## Which wordings stand out
#
# A method *breaks* on a wording if its accuracy there is lower than on the same tasks elsewhere, with the whole interval of that drop below
# zero. With enough cells, some will do so by chance: one in forty. Reports contain several phenomena at once: a drop shows where to look,
# not the cause.

# %% tags=["hide-input"]
if has_phenomena:
    rows = pd.DataFrame(
        {
            METHODS[method]: [
                ", ".join(f"{title[name]} ({row['drop']:+.2f})" for name, row in part.iterrows())
                or "nothing"
            ]
            for method in METHODS
            for part in [
                broken.xs(method, level="method")
                if method in broken.index.get_level_values("method")
                else broken.head(0)
            ]
        },
        index=["breaks on"],
    ).T
    display(
        plain_table(
            rows, number.table("Wordings whose whole interval is below zero, largest drop first.")
        )
    )

# %% [markdown]
# ## Is the phenomenon hard, or are its tasks?
#
# A low cell can mean two things: the phenomenon is hard, or its tasks are. So each cell is compared with the *same tasks in the reports
# without the phenomenon*. The **drop** is the accuracy with the phenomenon minus the accuracy without it; its interval resamples patients.
# The interval of an accuracy is Wilson's and counts patients, not answers, because what one report says about ER and PR is hardly two
# independent observations.

# %% tags=["hide-input"]
if has_phenomena:
    compared = scored[scored["answers"] >= fewest].reset_index()
    shown = pd.DataFrame(
        {
            "Phenomenon": compared["phenomenon"].map(title),
            "Method": compared["method"].map(METHODS),
            "Answers": compared["answers"].map("{:,}".format),
            "Patients": compared["patients"].map("{:,}".format),
            "Accuracy": [
                f"{share(r.accuracy)} ({share(r.low)}–{share(r.high)})"
                for r in compared.itertuples()
            ],
            "Elsewhere": compared["elsewhere"].map(share),
            "Drop": [
                "–" if np.isnan(r.drop) else gap_text(r.drop, r.drop_low, r.drop_high)
                for r in compared.itertuples()
            ],
        }
    )
    rare = counts[counts < fewest].rename(index=title)
    display(
        folded(
            "Evidence: accuracy with and without each phenomenon",
            plain_table(
                shown,
                number.table(
                    f"Accuracy with and without each phenomenon ({fewest} or more answers)."
                ),
                index=False,
            ),
            "Too few answers to interpret: "
            + (", ".join(f"{name} ({n})" for name, n in rare.items()) or "none")
            + ".",
        )
    )

# %% [markdown]
# ## Verdict
#
# There are two rows per wording. Does it break the naive rules (*held*: the interval of the drop lies below zero)? And does the language
# model do better on it (*held*: the paired interval of LLM minus naive lies above zero)? The paper prints no figure for single wordings, so
# its figure in the second row is the accuracy of the task in Table I over all reports. With too few answers, nothing is tested.

# %% tags=["full-width", "hide-input"]
recorded_run = recorded("table1", rows=list(METHODS))
if has_phenomena:
    measured = (
        {}
        if this_run.is_recorded
        else measured_by(
            tested(this_run.reports, this_run.predictions(), PHENOMENA, resamples=resamples)
        )
    )
    verdicts = judged_on(this_run, recorded_run, measured=measured, resamples=resamples)
else:
    display(
        Markdown(
            "Without recorded phenomena, no claim about wording can be tested on these reports. "
            "The verdicts on the recorded runs:"
        )
    )
    verdicts = (final_verdicts() if recorded_run.outcomes else {}, None)
verdict_block(
    on_page("by_phenomenon"),
    *verdicts,
    caption=number.table(
        "Error analysis (accuracy): the paper's numbers, ours, and one verdict each."
    ),
)

# %% [markdown]
# ## Exercises
#
# **1.** A report can contain several phenomena. Which two occur together most often, compared with what
# chance would give? What does that mean for the table of drops?

# %% tags=["hide-cell", "solution"]
if has_phenomena:
    flags = this_run.reports["phenomena"].fillna("").str.get_dummies(";")
    flags = flags.loc[:, flags.sum() >= fewest]
    together, alone = flags.T @ flags, flags.mean()
    lift = together / len(flags) / np.outer(alone, alone)
    pairs = lift.where(np.triu(np.ones(lift.shape, dtype=bool), 1)).stack()
    for (one, other), value in pairs.sort_values(ascending=False).head(5).items():
        print(f"{value:4.1f} times chance: {one} + {other} ({together.loc[one, other]} reports)")

# %% [markdown]
# **2.** Separate the phenomena: fit one logistic regression of "the naive answer is wrong" on all phenomena
# at once, together with the task. Which phenomena keep their weight?

# %% tags=["hide-cell", "solution"]
if has_phenomena:
    from sklearn.linear_model import LogisticRegression

    naive = this_run.predictions()["naive"].merge(
        this_run.reports[["report_id"]].join(flags), on="report_id"
    )
    wrong = naive["predicted"] != naive["truth"]
    features = pd.concat([naive[flags.columns], pd.get_dummies(naive["task"])], axis=1).astype(
        float
    )
    if wrong.any() and not wrong.all():
        weights = pd.Series(
            LogisticRegression(max_iter=2000).fit(features, wrong).coef_[0], features.columns
        )
        print(weights[flags.columns].sort_values(ascending=False).head(8).round(2).to_string())

# %% [markdown]
# **3.** On which phenomena do the model and the oracle differ most? The model learned from the oracle: where
# it is worse, it has not learned the rule; where it is better, the rule was wrong.

# %% tags=["hide-cell", "solution"]
if has_phenomena:
    both = scored["accuracy"].unstack("method")[enough]
    gap = (both["lora"] - both["oracle"]).rename(index=title).sort_values()
    affected = {about.title: about.tasks for about in PHENOMENA.values()}
    for name in dict.fromkeys([*gap.head(4).index, *gap.tail(2).index]):
        tasks = ", ".join(TASK[task].title for task in affected[name])
        print(f"{gap[name]:+.3f}  {name}: {tasks}")
