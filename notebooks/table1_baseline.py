# %% [markdown]
# # Table I: naive rules against the multi-task LLM
#
# **Reproduces** Table I and section V-A of the paper: how well a rule-based extractor and the multi-task language model recover
# T, N, grade, ER, PR and HER2 from pathology reports.
#
# **You will learn** what the three metrics say and hide, why a rule that looks right on one line fails on a whole report, and how
# to read an interval before believing a difference.
#
# **Runtime and hardware**: a few minutes on two CPU cores in the `quick` profile; the model is trained while you watch, unless the
# same run is in the store already. A GPU is used where there is one.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports, and the quick profile's model is
# a 135-million-parameter one cut to its first layers. The paper's numbers come from Llama-3-8B and private reports. They stand side by side
# to compare *patterns*, not to compete.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 2000           # bootstrap resamples behind each interval

# %% [markdown]
# The imports name the path of this page: settings, a run, its predictions, their scores.

# %%
from dataclasses import asdict

import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.evaluate import diluted_macro_f1
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.experiments.data import Reports, test_reports
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import CONTROLS, resolve
from pathmtl.experiments.results import recorded, rule_predictions, table_result
from pathmtl.experiments.runner import get_or_train, how_long, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import TASKS
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.class_distribution import class_bars
from pathmtl.viz.comparison_tables import beside_teacher, coverage, score_tables
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, score_table

check_parameters()  # a misspelled parameter ends here, not after an hour on the default
use_style()

# %% [markdown]
# ## Settings
#
# Three methods are compared. The **naive rules** take the first match anywhere in the report. The **multi-task LLM**
# reads a four-block prompt per field, cut around the relevant headers, and answers through one linear head per task.
# The **regex oracle** is the engine whose answers the model was trained on; a model taught by rules should be
# compared with its teacher too. Only the model has settings: those of the profile, with the parameters above over
# them.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
settings = resolve(profile, "lora", **overrides)
pd.Series(asdict(settings), name="multi-task LLM").to_frame()

# %% [markdown]
# Mind `rank` and `alpha`. LoRA adds $\frac{\alpha}{r} B A$ to a weight (Equation 2), so the size of the update
# depends on their *ratio*. A change of `rank` alone also changes that factor: `alpha` stays 16 here, as in every
# profile. To compare ranks at the same factor, change both, for example `rank = 8` with `changes = "alpha=8"`.

# %%
factor = settings.alpha / settings.rank
print(f"r = {settings.rank}, alpha = {settings.alpha}: the update is scaled by {factor:g}")

# %% [markdown]
# ## Reports
#
# The model is trained on the training split of `train_reports`. If `reports` are the same, all methods are
# evaluated on the test split, which no model has seen; otherwise on all of `reports`.

# %%
train = cohort.read_reports(train_reports)
held_out = reports == train_reports
test = test_reports(settings, train) if held_out else cohort.read_reports(reports)
data = Reports(train, test, held_out)
display(Markdown(data.summary))

# %% [markdown]
# ## Train, or read from the store
#
# A run is stored under a key made of its settings, its data and the library's code, so training the same model again
# would give the same numbers: it is read instead. In a profile whose runs are recorded in the repository, a recorded
# run is used where its settings and data are the same. What training does, step by step, is the subject of the pages
# before this one. Is the run there, and if not, how long will it take?

# %%
print(how_long({"lora": settings}, train, weights=not held_out))

# %% [markdown]
# Interrupt the next cell whenever you like: training resumes where it stopped.

# %%
run = get_or_train(settings, train, weights=not held_out)

# %% [markdown]
# A run is a folder with a record. Part of it:

# %%
record = run.record
pd.Series({
    "key": record["key"],
    "recorded in the repository": run.recorded,
    "training reports": record["data"]["train"],
    "report-field pairs labeled by the oracle": record["data"]["examples"],
    "trainable parameters": record["cost"]["trainable_parameters"],
    "training, seconds": record["cost"]["train_seconds"],
    "device": record["provenance"]["hardware"]["device"],
}, name=run.name).to_frame()

# %% [markdown]
# ## Predict
#
# Each method answers every labeled (report, task) pair. The predictions have one line per pair.

# %%
predictions = {
    "naive": rule_predictions("naive", test),
    "lora": predict(run, test),
    "oracle": rule_predictions("oracle", test),
}
predictions["lora"].drop(columns=["report_id", "patient_id"]).head(4)

# %% [markdown]
# The other pages make these steps row by row with the same functions. `table_result` keeps the three rows together,
# `with_controls` adds simple models that are shown further down, and `recorded` reads the recorded runs to stand
# beside them.

# %%
this_run = table_result("table1", profile, data, predictions, {"lora": run}, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table1")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)

# %% [markdown]
# ## Who answers at all?
#
# A rule can stay silent; the classification heads cannot. Look at the share of reports in which each method gives an
# answer before any score. ("Always": the heads answer wherever they are asked. Without labels, the LLM's share is
# that of reports which mention the field at all.)

# %%
plain_table(coverage(this_run), "Share of evaluated reports with an answer, by task and method.")

# %% [markdown]
# ## Scores against the labels
#
# *Accuracy* is the share of labeled reports answered correctly; silence counts as wrong. *Macro-F1* averages F1 over
# the classes, so a rare class weighs as much as a common one. *AUROC* asks how well the probabilities rank, one class
# against the rest. In small print: the 95 % bootstrap interval, resampling patients; where several seeds are recorded
# (profile `standard`, a larger model than `quick`'s), their mean with the spread over seeds. "Overall" is the
# unweighted mean over the paper's six tasks; the row below it weighs each task by its labeled reports. Where this
# page was built from the recorded runs, they have one column: there is no other run.

# %% tags=["full-width"]
columns = {f"{this_run.titles[row]}, paper": table for row, table in paper.TABLE_1.items()}
for row, table in recorded_scores.items():
    if row not in CONTROLS and (row != "oracle" or this_run.is_recorded):
        columns[f"{this_run.titles[row]}, recorded"] = table
if not this_run.is_recorded:
    columns |= {
        f"{this_run.titles[row]}, this run": scores[row]
        for row in predictions if row in scores}
if this_run.labeled:
    for metric, title in METRIC_TITLES.items():
        caption = (f"Table I, {title}. Paper: Llama-3-8B, private reports. "
                   f"Here: {reports} reports, {this_run.made_with}.")
        display(score_table(columns, metric, caption))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# Without labels nothing can be scored; then what each method extracted is shown in aggregate.

# %%
if not this_run.labeled:
    display(Markdown(f"`{reports}` carries **no labels**. What the methods extracted:"))
    for row, frame in predictions.items():
        answers = frame[frame["mentioned"]] if "mentioned" in frame else frame
        counts = {
            task: answers.loc[answers["task"] == task, "predicted"].value_counts() for task in TASKS
        }
        display(Markdown(f"**{this_run.titles[row]}**: answers by class"), class_bars(counts))

# %% [markdown]
# ## What can be scored without a language model
#
# The prompt holds *hints*, which come from the engine that made the labels. So how well does a model that reads the
# hints and not the report? The **controls** are taught on the same reports and labels: always the commonest class; a
# linear model of the hints alone; a linear model of the report's words (TF-IDF), without the hints and with them.
# Where the language model is not above the second, its score may come from copying hints, and no claim is judged by it.

# %% tags=["full-width"]
if this_run.labeled:
    shown = {f"{this_run.titles[row]}": scores[row] for row in ("lora", *CONTROLS)}
    caption = f"Controls beside the LLM, macro-F1, {this_run.source}, {this_run.made_with}."
    display(score_table(shown, "macro_f1", caption))

# %% [markdown]
# The same macro-F1 as a picture. A claim of "better" needs the intervals apart, or the paired test below.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for naive rules, multi-task LLM and oracle, with 95 % intervals and the paper's values"}}
if this_run.labeled:
    own = {row: scores[row] for row in predictions}
    display(forest(own, "macro_f1", names=this_run.titles, paper=paper.TABLE_1))

# %% [markdown]
# ## The model beside its teacher
#
# The paper compares its model with naive rules only. The oracle, whose answers the model was taught, is a set of
# rules too. It answers in a thousandth of a second, and the model can repeat its errors. So a hospital would ask
# whether the model adds anything to it:

# %%
if this_run.labeled:
    gap, conclusion = beside_teacher(this_run, resamples=resamples)
    caption = ("The multi-task LLM minus the oracle, paired by patient "
               f"({this_run.source}, {this_run.made_with}).")
    display(plain_table(gap, caption), Markdown(conclusion))

# %% [markdown]
# ## How silence is counted
#
# The paper does not say how its naive rules' silence enters macro-F1. Its ER row fits "no answer" counted as one more
# class with F1 = 0: that would make 0.618 out of two classes at 0.927. Both readings, on the evaluated reports:

# %%
if this_run.labeled:
    naive = this_run.predictions()["naive"]
    readings = {
        task: {
            "wrong answer": scores["naive"].loc[task, "macro_f1"],
            "one more class": diluted_macro_f1(naive[naive["task"] == task], task),
            "paper": paper.TABLE_1["naive"]["macro_f1"].get(task),
        }
        for task in scores["naive"].index if task in TASKS
    }
    shown = pd.DataFrame(readings).T.map(lambda value: "–" if pd.isna(value) else f"{value:.3f}")
    caption = "Naive macro-F1 with silence counted as a wrong answer, and as one more class."
    display(plain_table(shown, caption))

# %% [markdown]
# ## Verdict
#
# The paper's claim (section V-A): the multi-task LLM beats the naive baseline on every task. *Held* means that the
# paired bootstrap interval of the macro-F1 difference lies above zero; *tie* that it contains zero; *not held* that
# it lies below. A task counts only where the model is above the linear model of its hints ([](../book/verdicts.md)).

# %%
if this_run.labeled:
    sources = sources_of(this_run, recorded_run, resamples=resamples)
    display(plain_table(
        verdict_table(on_page("table1_baseline"), sources),
        "Macro-F1 of the multi-task LLM minus that of the naive rules, "
        "with paired 95 % intervals, and whether the claim held."))
else:
    display(Markdown("Without labels, no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** Accuracy flatters a method that always answers the commonest class. How would such a method score in accuracy
# and in macro-F1 on HER2, on the labels above?

# %% tags=["hide-cell", "solution"]
if this_run.labeled:
    for task in TASKS:
        truth = test[task].dropna()
        if truth.nunique() > 1:
            share = truth.value_counts(normalize=True).iloc[0]
            # Recall 1 and precision `share` for one class, 0 for every other.
            macro_f1 = 2 * share / (1 + share) / truth.nunique()
            print(f"{task:6s} accuracy {share:.3f}   macro-F1 {macro_f1:.3f}")

# %% [markdown]
# **2.** The oracle taught the model. On which tasks do the model and the oracle disagree most often, and who is right
# there?

# %% tags=["hide-cell", "solution"]
if this_run.labeled:
    by_oracle = predictions["oracle"][["report_id", "task", "predicted"]]
    both = this_run.predictions()["lora"].merge(
        by_oracle, on=["report_id", "task"], suffixes=("", "_oracle"))
    both = both[both["predicted"] != both["predicted_oracle"]]
    both["model right"] = both["predicted"] == both["truth"]
    both["oracle right"] = both["predicted_oracle"] == both["truth"]
    grouped = both.groupby("task")[["model right", "oracle right"]]
    display(grouped.sum().assign(disagreements=grouped.size()))

# %% [markdown]
# **3.** Train with another rank: run this notebook again with `rank = 4`, once with `alpha` as it is and once with
# `alpha = 4`, so that the factor alpha/r stays the same. Does any interval separate from the one above?
#
# ```{code-block} shell
# pathmtl notebook table1_baseline -p rank 4 --out rank4.ipynb
# pathmtl notebook table1_baseline -p rank 4 -p changes alpha=4 --out rank4_alpha4.ipynb
# ```
#
# Every other page takes the same parameters. `pathmtl notebook uncertainty -p rank 4` opens the model that you have
# just trained: it is read from the store.

# %% tags=["hide-cell", "solution"]
for alpha in (settings.alpha, 4):
    other = resolve(profile, "lora", **{**overrides, "rank": 4, "alpha": alpha})
    print(f"rank {other.rank}, alpha {other.alpha}: factor {other.alpha / other.rank:g}")

# %% [markdown]
# **4.** What do the naive rules trip over? Write one sentence about a grade 2 tumor that they read as grade 3. You can
# try it here, in the page, as soon as the book is served (`make serve`); the switch shows the oracle's reading.
#
# :::{container} live-reader live-naive
# ```text
# Invasive ductal carcinoma, Nottingham grade 2. ER positive, PR negative.
# ```
# :::

# %% tags=["hide-cell", "solution"]
from pathmtl import oracle
from pathmtl.baselines.naive import naive_labels

sentence = "Invasive ductal carcinoma, nuclear grade 3, Nottingham grade 2."
print("naive:", naive_labels(sentence)["grade"], "  oracle:", oracle.label(sentence)["grade"])
