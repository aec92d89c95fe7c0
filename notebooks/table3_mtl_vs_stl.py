# %% [markdown]
# # Table III: one model for six tasks, or six models
#
# **Reproduces** Table III and section V-C of the paper: multi-task learning (one LoRA adapter, six heads) against
# single-task learning (an adapter for each task).
#
# **You will learn** what sharing an encoder buys when one task has few labels, what a macro-F1 of one third of a good
# one betrays, and how to count a cost fairly.
#
# **Runtime and hardware**: seven short trainings in the `quick` profile, minutes on two CPU cores; the multi-task model
# is shared with Table I and read from the store.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick profile,
# with a 135-million-parameter model cut to its first layers. The paper's numbers come from Llama-3-8B and private
# reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 2000           # bootstrap resamples behind each interval

# %% [markdown]
# The imports: settings and runs as in [](table1_baseline.ipynb), the paired tests and the verdicts.

# %%
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
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import PAPER_TASKS, TASK
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import beside, score_tables
from pathmtl.viz.cost_tables import cost_notes, costs
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Seven models
#
# The six single-task models see the same reports, the same settings and as many passes; each sees only its own field's
# prompts. So their settings differ from those of the multi-task model in `tasks` alone.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
settings = {
    task: resolve(profile, "stl", **{**overrides, "tasks": (task,)}) for task in PAPER_TASKS
}
settings["all tasks"] = resolve(profile, "mtl", **overrides)

# %%
by_row = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
by_row[by_row.nunique(axis=1, dropna=False) > 1]

# %% [markdown]
# ## Train and predict

# %%
data = read_data(reports, train_reports, settings["all tasks"])
display(Markdown(data.summary))

# %% [markdown]
# One run per model: read from the store if it is there, trained otherwise. `announced` only says how long that
# takes.

# %%
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)

# %% [markdown]
# Each run predicts the evaluated reports.

# %%
predictions = {row: predict(run, data.test) for row, run in runs.items()}

# %% [markdown]
# The answers of the six single-task models are put together into one row, and their costs are summed.

# %%
by_row = {
    "stl": pd.concat([predictions[task] for task in PAPER_TASKS], ignore_index=True),
    "mtl": predictions["all tasks"],
}
runs_by_row = {"stl": [runs[task] for task in PAPER_TASKS], "mtl": runs["all tasks"]}
{row: len(frame) for row, frame in by_row.items()}

# %% [markdown]
# The rows as one table, the recorded runs beside it, and the scores of both.
#
# Under the paper's rows stand **controls**, which are no language models: always the commonest class; a linear
# model of the hints alone; and a linear model of the report's words (TF-IDF), without the hints and with them. They
# are taught on the same reports and labels, in seconds. A language model that is not above them has shown little.

# %%
this_run = table_result("table3", profile, data, by_row, runs_by_row, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table3")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if this_run.labeled:
    caption = f"Table III, aggregate scores. Here: {reports} reports, {this_run.made_with}."
    display(plain_table(beside("table3", shown, recorded_scores), caption))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# Task by task, macro-F1. The paper's HER2 row is the one to look at: 0.309 is what a model scores that answers
# "Negative" to everybody.

# %%
if this_run.labeled:
    by_task = {}
    for row in by_row:
        title = this_run.titles[row]
        by_task[f"{title}, paper"] = paper.TABLE_3.loc[row, list(PAPER_TASKS)]
        for source, tables in (("recorded", recorded_scores), ("this run", shown)):
            if row in tables:
                by_task[f"{title}, {source}"] = tables[row]["macro_f1"].reindex(list(PAPER_TASKS))
    frame = pd.DataFrame(by_task).map(lambda value: "–" if pd.isna(value) else f"{value:.3f}")
    frame = frame.rename(index=lambda task: TASK[task].title)
    display(plain_table(frame, "Table III, macro-F1 by task."))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task of six single-task models and one multi-task model, with 95 % intervals"}}
if this_run.labeled:
    display(forest(scores, "macro_f1", names=this_run.titles, paper={}))

# %% [markdown]
# ## Is the difference real?
#
# Both were asked about the same reports, so they are compared pair by pair. The interval resamples patients; *p* is
# from a permutation test in which each patient's answers are swapped between the two or not. McNemar's test counts the
# reports that only one of the two answered correctly.

# %%
if this_run.labeled:
    labeled = this_run.predictions()
    difference = paired_difference(
        labeled["mtl"], labeled["stl"], resamples=resamples, permutations=resamples)
    counts = mcnemar(labeled["mtl"], labeled["stl"]).reindex(difference.index)

# %% [markdown]
# Both tests side by side. The overall row has no counts: a report is not right or wrong overall.

# %%
if this_run.labeled:
    def text(values, form):
        return ["" if pd.isna(value) else form.format(value) for value in values]

    gaps = [gap_text(r.difference, r.low, r.high) for r in difference.itertuples()]
    tests = pd.DataFrame({
        "Macro-F1, MTL minus STL": gaps,
        "p (permutation)": text(difference["p"], "{:.3f}"),
        "Only MTL right": text(counts["only_a"], "{:.0f}"),
        "Only STL right": text(counts["only_b"], "{:.0f}"),
        "p (McNemar)": text(counts["p"], "{:.3f}"),
    }, index=[TASK[task].title if task in TASK else task for task in difference.index])
    caption = f"Multi-task against single-task, paired, {this_run.source}, seed {seed}."
    display(plain_table(tests, caption))

# %% [markdown]
# ## Costs

# %% tags=["full-width"]
caption = ("Table III, costs: the six single-task models' sums. Paper: one L40S GPU, Llama-3-8B. "
           + cost_notes(recorded_run))
plain_table(costs("table3", this_run, recorded_run), caption)

# %% [markdown]
# ## Verdict

# %% tags=["full-width"]
if this_run.labeled:
    sources = sources_of(this_run, recorded_run, resamples=resamples)
    judged = verdict_table(on_page("table3_mtl_vs_stl"), sources)
    display(plain_table(
        judged, "The claims of section V-C: paper, recorded run (if there is one), this run."))
else:
    display(Markdown("Without labels, no claim can be tested."))

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
