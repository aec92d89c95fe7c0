# %% [markdown]
# # Table III: one model for six tasks, or six models?
#
# The paper compares multi-task learning (one LoRA adapter with six heads) with single-task learning (one adapter per task), and
# reports that the single-task model collapses on HER2, the task with the fewest labels.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Table III and section V-C of the paper. **You will learn** what sharing an encoder buys when one task has few labels, how to recognize a collapsed model, and how to count
# a cost fairly.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; seven short trainings, minutes on two CPU cores, in the `quick` profile.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, with a small model. The paper's numbers
# come from Llama-3-8B and private reports.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
from dataclasses import asdict

import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.compare import gap_text, mcnemar
from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import PAPER_TASKS, TASK, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import beside, score_tables
from pathmtl.viz.cost_tables import cost_notes, costs
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.score_figures import forest
from pathmtl.viz.sentences import (
    answers_most,
    compared,
    difference,
    sentence,
    source_note,
    what_counts,
)
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, verdict_block

check_parameters()
use_style()
number = Captions("III")

# %% tags=["hide-input"]
# Seven models: the settings of the six single-task models differ from the other's in `tasks` alone.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
settings = {
    task: resolve(profile, "stl", **{**overrides, "tasks": (task,)}) for task in PAPER_TASKS
}
settings["all tasks"] = resolve(profile, "mtl", **overrides)
data = read_data(reports, train_reports, settings["all tasks"])
# One run per row: read from the store, or trained ("announced" says how long).
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
predictions = {row: predict(run, data.test) for row, run in runs.items()}
# The six single-task models' answers make one row, and their costs are summed.
by_row = {
    "stl": pd.concat([predictions[task] for task in PAPER_TASKS], ignore_index=True),
    "mtl": predictions["all tasks"],
}
runs_by_row = {"stl": [runs[task] for task in PAPER_TASKS], "mtl": runs["all tasks"]}

# %% tags=["hide-input"]
# The rows as one table with their controls, the recorded runs beside them, and the scores of both.
this_run = table_result("table3", profile, data, by_row, runs_by_row, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table3")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own
source, evidence = next(iter(sources_of(this_run, recorded_run, resamples=resamples).items()))
best = recorded_run if recorded_run.outcomes else this_run
best_scores = recorded_scores or scores
note = source_note(this_run, recorded_run)

# %% tags=["hide-input"]
if this_run.labeled:
    display(
        finding(
            sentence(
                compared(
                    "one multi-task model",
                    "six single-task models",
                    difference("table3-overall", evidence),
                )
            ),
            what_counts("table3", "mtl", evidence, "the multi-task model"),
            answers_most(
                best["stl"].predictions, "HER2", "the single-task model", best_scores.get("stl")
            ),
        )
    )
else:
    display(
        finding(
            f"`{reports}` carries **no labels**, so nothing can be scored on these reports; the "
            "verdicts below "
            "rest on the recorded runs."
        )
    )

# %% tags=["hide-input"]
if this_run.labeled:
    printed = paper.TABLE_3.loc[["stl", "mtl"], list(PAPER_TASKS)]
    per_task = {
        row: pd.DataFrame({"macro_f1": printed.loc[row].astype(float)}) for row in printed.index
    }
    shown_rows = {row: best_scores[row] for row in by_row if row in best_scores}
    display(
        captioned(
            forest(shown_rows, "macro_f1", names=best.titles, paper=per_task),
            number.figure(f"Macro-F1 by task with 95 % intervals. {note}; hollow: the paper."),
            "One row per task with a mark and an interval each for the six single-task models "
            "and the "
            "multi-task model, and hollow marks for the paper",
        )
    )

# %% [markdown]
# ## Scores
#
# Macro-F1 by task, and its mean over the paper's six tasks, with 95 % intervals or the spread over seeds.

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    display(
        plain_table(
            beside("table3", shown, recorded_scores),
            number.table(
                "Overall scores. Paper: Llama-3-8B, private reports. Here: "
                f"{note[0].lower()}{note[1:]}."
            ),
        )
    )

# %% tags=["hide-input"]
if this_run.labeled:
    by_task = {}
    for row in by_row:
        title = this_run.titles[row]
        by_task[f"{title}, paper"] = paper.TABLE_3.loc[row, list(PAPER_TASKS)]
        for origin, tables in (("recorded", recorded_scores), ("this run", shown)):
            if row in tables:
                by_task[f"{title}, {origin}"] = tables[row]["macro_f1"].reindex(list(PAPER_TASKS))
    frame = pd.DataFrame(by_task).map(lambda value: "–" if pd.isna(value) else f"{value:.3f}")
    frame = frame.rename(index=lambda task: TASK[task].title)
    display(folded("Evidence: task by task", plain_table(frame, number.table("Macro-F1 by task."))))

# %% [markdown]
# ## Is the difference real?
#
# Both were asked about the same reports, so they are compared pair by pair. The interval resamples patients; *p* comes from a
# permutation test in which each patient's answers are swapped between the two or not. McNemar's test counts the reports that only one
# of the two answered correctly; there is no such count for the overall row.

# %% tags=["hide-input"]
if this_run.labeled:
    labeled = best.predictions()
    gaps = paired_difference(
        labeled["mtl"], labeled["stl"], resamples=resamples, permutations=resamples
    )
    counts = mcnemar(labeled["mtl"], labeled["stl"]).reindex(gaps.index)

    def text(values, form):
        return ["" if pd.isna(value) else form.format(value) for value in values]

    tests = pd.DataFrame(
        {
            "Macro-F1, MTL minus STL": [
                gap_text(r.difference, r.low, r.high) for r in gaps.itertuples()
            ],
            "p (permutation)": text(gaps["p"], "{:.3f}"),
            "Only MTL right": text(counts["only_a"], "{:.0f}"),
            "Only STL right": text(counts["only_b"], "{:.0f}"),
            "p (McNemar)": text(counts["p"], "{:.3f}"),
        },
        index=[task_title(task) for task in gaps.index],
    )
    display(
        folded(
            "Evidence: paired tests by task, first seed",
            plain_table(
                tests,
                number.table(
                    f"Multi-task (MTL) against single-task (STL), paired, first seed. {note}."
                ),
            ),
        )
    )

# %% [markdown]
# ## Costs
#
# The paper's times for one model and for six are nearly equal; [](layouts.ipynb) shows what follows from that.

# %% tags=["full-width", "hide-input"]
display(
    plain_table(
        costs("table3", this_run, recorded_run),
        number.table(
            "Costs: the six single-task models' sums. Paper: one L40S GPU, Llama-3-8B. Times "
            "here: the median over "
            "seeds and their range. " + cost_notes(recorded_run)
        ),
    )
)

# %% [markdown]
# ## Verdict
#
# *Held* means that the whole interval of the difference is above zero; "falls to the majority's answer" means within 0.02 of the score of a
# constant answer. Time is judged only where several timings on one machine agree.

# %% tags=["full-width", "hide-input"]
if not this_run.labeled:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("table3_mtl_vs_stl"),
    *judged_on(this_run, recorded_run, resamples=resamples),
    caption=number.table(
        "The claims of section V-C: the paper's numbers, ours, and one verdict each."
    ),
)

# %% [markdown]
# ## What a collapse looks like
#
# A model has collapsed if it gives (nearly) everybody the same answer, whichever that is. The paper's HER2 score for the single-task model
# is exactly what a constant *Negative* would score ([](paper_audit.ipynb)). Ours need not collapse in the same way: with the class weights
# of Equation 7, a model that learned little can settle on a rare class instead.

# %% tags=["hide-input"]
her2 = {row: best[row].predictions for row in by_row}
her2 = {
    best.titles[row]: frame.loc[frame["task"] == "HER2", "predicted"].value_counts()
    for row, frame in her2.items()
}
her2["labels"] = (
    best.reports["HER2"].value_counts() if "HER2" in best.reports else pd.Series(dtype=int)
)
display(
    folded(
        "Evidence: what each model answers on HER2",
        plain_table(
            pd.DataFrame(her2).fillna(0).astype(int),
            number.table(f"Answers on HER2 by class, first seed, beside the labels. {note}."),
        ),
    )
)

# %% [markdown]
# ## How it was made
#
# The six single-task models see the same reports with the same settings and as many passes; each sees only its own field's prompts.

# %% tags=["hide-input"]
differing = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
differing = differing[differing.map(str).nunique(axis=1) > 1].map(str)
display(
    folded(
        "The settings in which the models differ",
        plain_table(differing, number.table("Settings by model; all others are the same.")),
    )
)
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

# %% [markdown]
# ## Exercises
#
# **1.** Which class does the single-task HER2 model answer, and how often? Compare with the labels.

# %% tags=["hide-cell", "solution"]
her2 = {
    row: frame.loc[frame["task"] == "HER2", "predicted"].value_counts()
    for row, frame in by_row.items()
}
her2["labels"] = data.test["HER2"].value_counts()
pd.DataFrame(her2).fillna(0).astype(int)

# %% [markdown]
# **2.** How many training labels did each single-task model have, and does its macro-F1 follow?

# %% tags=["hide-cell", "solution"]
for task in PAPER_TASKS:
    scored = "stl" in scores and task in scores["stl"].index
    score = scores["stl"].loc[task, "macro_f1"] if scored else float("nan")
    print(f"{task:6s} {runs[task].record['data']['examples']:6,d} labels   macro-F1 {score:.3f}")
