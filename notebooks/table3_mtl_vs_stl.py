# %% [markdown]
# # Table III: one model for six tasks, or six models
#
# **Reproduces** Table III and section V-C of the paper: multi-task learning (one LoRA adapter, six heads) against single-task learning (an adapter for each task).
#
# **You will learn** what sharing an encoder buys when one task has few labels, what a macro-F1 of one third of a good one betrays, and how to count a cost fairly.
#
# **Runtime and hardware**: seven short trainings in the `quick` profile, minutes on two CPU cores; the multi-task model is shared with Table I and read from the store.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick profile, with a 135-million-parameter model cut to its
# first layers. The paper's numbers come from Llama-3-8B and private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
changes = ""               # other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 500            # bootstrap resamples behind each interval

# %% [markdown]
# We need the experiment (it trains what is missing), the tables, the paired tests and the verdicts.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.compare import gap_text, mcnemar, paired_difference
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import recorded, table
from pathmtl.notebook import check_parameters, pairs
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import PAPER_TASKS, TASK
from pathmtl.viz.comparison_tables import beside, score_tables
from pathmtl.viz.cost_tables import cost_notes, costs
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Train both
#
# The six single-task models see the same reports, the same settings and as many passes; each sees only its own field's prompts. Their answers are put together
# into one table, and their costs are summed.

# %%
live = table("table3", profile, reports, train_reports, seeds=[seed], **pairs(changes.split()))
kept = recorded("table3")
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
display(Markdown(f"Evaluated on **{len(live.reports):,} reports** from `{reports}`; {live['stl'].cost['models']} single-task models against "
                 f"{live['mtl'].cost['models']} multi-task model."))

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if live.labelled:
    display(plain_table(beside("table3", tables, kept_tables), f"Table III, aggregate scores. This run: {reports} reports, {live.made_with}."))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored."))

# %% [markdown]
# Task by task, macro-F1. The paper's HER2 row is the one to look at: 0.309 is what a model scores that answers "Negative" to everybody.

# %%
if live.labelled:
    rows = {}
    for task in PAPER_TASKS:
        line = {f"{live.titles[row]}, paper": paper.TABLE_3.loc[row, task] for row in tables}
        line |= {f"{live.titles[row]}, recorded": scores.loc[task, "macro_f1"] for row, scores in kept_tables.items() if task in scores.index}
        line |= {f"{live.titles[row]}, this run": scores.loc[task, "macro_f1"] for row, scores in tables.items() if task in scores.index}
        rows[TASK[task].title] = line
    display(plain_table(pd.DataFrame.from_dict(rows, orient="index").map(lambda v: "–" if pd.isna(v) else f"{v:.3f}"), "Table III, macro-F1 by task."))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task of six single-task models and one multi-task model, with 95 % intervals"}}
if live.labelled:
    display(forest(tables, "macro_f1", names=live.titles, paper={}))

# %% [markdown]
# ## Is the difference real?
#
# Both were asked about the same reports, so they are compared pair by pair. The interval resamples patients; *p* is from a permutation test in which each patient's answers
# are swapped between the two or not. McNemar's test counts the reports that only one of the two answered rightly.

# %%
if live.labelled:
    found = live.predictions()
    difference = paired_difference(found["mtl"], found["stl"], resamples=resamples, permutations=resamples)
    counted = mcnemar(found["mtl"], found["stl"])
    shown = pd.DataFrame({
        "Macro-F1, MTL minus STL": [gap_text(row.difference, row.low, row.high) for row in difference.itertuples()],
        "p (permutation)": difference["p"].map("{:.3f}".format).to_numpy(),
        "Only MTL right": [f"{counted.loc[t, 'only_a']:.0f}" if t in counted.index else "" for t in difference.index],
        "Only STL right": [f"{counted.loc[t, 'only_b']:.0f}" if t in counted.index else "" for t in difference.index],
        "p (McNemar)": [f"{counted.loc[t, 'p']:.3f}" if t in counted.index else "" for t in difference.index],
    }, index=[TASK[t].title if t in TASK else t for t in difference.index])
    display(plain_table(shown, "Multi-task against single-task, paired, this run."))

# %% [markdown]
# ## Costs

# %% tags=["full-width"]
plain_table(
    costs("table3", live, kept),
    "Table III, costs: the six single-task models' sums. Paper: one L40S GPU, Llama-3-8B. " + cost_notes(kept))

# %% [markdown]
# ## Verdict

# %% tags=["full-width"]
if live.labelled:
    sources = sources_of(live, kept, resamples=resamples)
    judged = verdict_table(on_page("table3_mtl_vs_stl"), sources)
    display(plain_table(
        judged, "The claims of section V-C: paper, recorded where there is one, this run."))
else:
    display(Markdown("Without labels no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** Which class does the single-task HER2 model answer, and how often? Compare with the labels.

# %% tags=["hide-cell", "solution"]
her2 = {row: live[row].predictions.query("task == 'HER2'")["predicted"].value_counts() for row in ("stl", "mtl")}
her2["labels"] = live.reports["HER2"].value_counts()
pd.DataFrame(her2).fillna(0).astype(int)

# %% [markdown]
# **2.** How many training labels did each single-task model have, and does its macro-F1 follow?

# %% tags=["hide-cell", "solution"]
for task, run in zip(PAPER_TASKS, live["stl"].runs, strict=True):
    score = tables["stl"].loc[task, "macro_f1"] if tables and task in tables["stl"].index else float("nan")
    print(f"{task:6s} {run.record['data']['examples']:6,d} labels   macro-F1 {score:.3f}")
