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
rank = 16                  # rank r of the LoRA adapters (Eq. 2)
changes = ""               # other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 200            # bootstrap resamples behind each interval

# %% [markdown]
# We need the comparison itself (it loads, trains and predicts), the metrics, and the book's figure style.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.evaluate import diluted_macro_f1
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import recorded, table
from pathmtl.notebook import check_parameters, pairs
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import TASKS
from pathmtl.viz.class_distribution import class_bars
from pathmtl.viz.comparison_tables import beside_teacher, coverage, score_tables
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, score_table

check_parameters()  # a misspelt parameter ends here, not after an hour on the default
use_style()

# %% [markdown]
# ## Train and predict
#
# One call does what the paper's Figure 1 shows. The **naive rules** take the first match anywhere in the report. The **multi-task LLM**
# reads a four-block prompt per field, cut around the relevant headers, and answers through one linear head per task. The **regex oracle** is
# the engine whose answers the model was trained on; it is listed because a model taught by rules should be compared with its teacher too.

# %%
live = table("table1", profile, reports, train_reports, seeds=[seed], rank=rank, **pairs(changes.split()))
kept = recorded("table1")
run = live["lora"].runs[0].record
display(Markdown(
    f"Evaluated on **{len(live.reports):,} reports** of {live.reports['patient_id'].nunique():,} patients from `{reports}` "
    f"({'the held-out test split' if live.held_out else 'none of them used for training'}). "
    f"The model learnt from {run['data']['train']:,} reports ({run['data']['examples']:,} report-field pairs labelled by the oracle) in "
    f"{run['cost']['train_seconds']:,.0f} s on {run['provenance']['hardware']['device']}, with "
    f"{run['cost']['trainable_parameters']:,} trainable parameters, seed {run['settings']['seed']}; run `{run['key']}`."))

# %% [markdown]
# ## Who answers at all?
#
# A rule can stay silent; the classification heads cannot. The share of reports in which each method gives an answer is worth a look before
# any score. ("Always": the heads answer wherever they are asked. Without labels, the LLM's share is that of reports which mention the field at all.)

# %%
plain_table(coverage(live), "Share of evaluated reports with an answer, by task and method.")

# %% [markdown]
# ## Scores against the labels
#
# *Accuracy* is the share of labelled reports answered correctly; silence counts as wrong. *Macro-F1* averages F1 over the classes, so a rare class
# weighs as much as a common one. *AUROC* asks how well the probabilities rank, one class against the rest. In small print: the 95 % bootstrap
# interval, resampling patients; where several seeds are recorded (profile `standard`, a larger model than `quick`'s), their mean with the spread over seeds. "Overall" is the unweighted mean over the paper's six tasks; the row below it weighs each task by its labelled reports.

# %% tags=["full-width"]
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
if live.labelled:
    for metric in METRIC_TITLES:
        display(score_table(
            {**{f"{live.titles[row]}, paper": scores for row, scores in paper.TABLE_1.items()},
             **{f"{live.titles[row]}, recorded": scores for row, scores in kept_tables.items() if row != "oracle"},
             **{f"{live.titles[row]}, this run": scores for row, scores in tables.items()}},
            metric, f"Table I, {METRIC_TITLES[metric]}. Paper: Llama-3-8B, private reports. This run: {reports} reports, {live.made_with}."))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored. What the methods extracted is shown in aggregate instead."))
    for row, title in live.titles.items():
        long = live[row].predictions
        found = long if "mentioned" not in long else long[long["mentioned"]]
        display(Markdown(f"**{title}**: answers by class"))
        display(class_bars(found.pivot(index="report_id", columns="task", values="predicted").reindex(columns=TASKS)))

# %% [markdown]
# The same macro-F1 as a picture. A claim of "better" needs the intervals apart, or the paired test below.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for naive rules, multi-task LLM and oracle, with 95 % intervals and the paper's values"}}
if live.labelled:
    display(forest(tables, "macro_f1", names=live.titles, paper=paper.TABLE_1))

# %% [markdown]
# ## The model beside its teacher
#
# The paper compares its model with naive rules only. The oracle, whose answers the model was taught, is a set of rules too. Its answers are ready in a thousandth of a second, and the model can repeat its
# errors. So the question that a hospital would ask is whether the model adds anything to it:

# %%
if live.labelled:
    gap, told = beside_teacher(live, resamples=resamples)
    display(plain_table(gap, f"The multi-task LLM minus the oracle, paired by patient, on labelled reports. This run: {reports} reports, {live.made_with}."))
    display(Markdown(told))

# %% [markdown]
# ## How silence is counted
#
# The paper does not say how its naive rules' silence enters macro-F1. Its ER row fits "no answer" counted as one more class with F1 = 0: that
# would make 0.618 out of two classes at 0.927. Both readings, on the reports at hand:

# %%
if live.labelled:
    naive = live.predictions()["naive"]
    rows = {task: {"wrong answer": tables["naive"].loc[task, "macro_f1"],
                   "one more class": diluted_macro_f1(naive[naive["task"] == task], task),
                   "paper": paper.TABLE_1["naive"]["macro_f1"].get(task)} for task in tables["naive"].index if task in TASKS}
    display(plain_table(pd.DataFrame(rows).T.round(3).map(lambda v: "–" if v != v else f"{v:.3f}"),
                        "Naive macro-F1 with silence counted as a wrong answer, and as one more class."))

# %% [markdown]
# ## Verdict
#
# The paper's claim (section V-A): the multi-task LLM beats the naive baseline on every task. *Held* means that the paired bootstrap interval of
# the macro-F1 difference lies above zero; *tie* that it contains zero; *not held* that it lies below.

# %%
if live.labelled:
    sources = sources_of(live, kept, resamples=resamples)
    display(plain_table(
        verdict_table(on_page("table1_baseline"), sources),
        "Macro-F1 of the multi-task LLM minus that of the naive rules, with paired 95 % intervals, and whether the claim held."))
else:
    display(Markdown("Without labels no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** Accuracy flatters a method that always answers the commonest class. How would such a method score in accuracy and in macro-F1 on HER2,
# on the labels above?

# %% tags=["hide-cell", "solution"]
if live.labelled:
    for task in TASKS:
        truth = live.reports[task].dropna()
        if truth.nunique() > 1:
            share = truth.value_counts(normalize=True).iloc[0]
            # Recall 1 and precision `share` for one class, 0 for every other.
            print(f"{task:6s} accuracy {share:.3f}   macro-F1 {2 * share / (1 + share) / truth.nunique():.3f}")

# %% [markdown]
# **2.** The oracle taught the model. On which tasks do the model and the oracle disagree most often, and who is right there?

# %% tags=["hide-cell", "solution"]
if live.labelled:
    both = live.predictions()["lora"].merge(
        live["oracle"].predictions[["report_id", "task", "predicted"]], on=["report_id", "task"], suffixes=("", "_oracle"))
    apart = both[both["predicted"] != both["predicted_oracle"]]
    display(apart.groupby("task").apply(lambda part: pd.Series({
        "disagreements": len(part), "model right": (part["predicted"] == part["truth"]).sum(),
        "oracle right": (part["predicted_oracle"] == part["truth"]).sum()}), include_groups=False))

# %% [markdown]
# **3.** Train with another rank: run this notebook again with `rank = 4`. Does any interval separate from the one above?
#
# ```{code-block} shell
# pathmtl notebook table1_baseline -p rank 4 --out rank4.ipynb
# ```
