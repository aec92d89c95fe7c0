# %% [markdown]
# # Table II: which parameters to train
#
# **Reproduces** Table II and section V-B of the paper: the same frozen language model, adapted in different ways, each
# training a different, small set of parameters.
#
# **You will learn** what linear probing, LoRA, (IA)³, prefix and prompt tuning change in a transformer, how much each
# costs, and why a table that compares one epoch with three says less about speed than it seems to.
#
# **Runtime and hardware**: five short trainings in the `quick` profile, minutes on two CPU cores; those that the store
# has are read, not trained again. A GPU is used where there is one.
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
# The imports: settings and runs as in [](table1_baseline.ipynb), then tables and verdicts.

# %%
from dataclasses import asdict

import pandas as pd
from IPython.display import Markdown, display

from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import OVERALL_WEIGHTED
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import beside, by_task, score_tables
from pathmtl.viz.cost_tables import cost_notes, costs, paper_shape
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Five ways to adapt a frozen model
#
# All five leave the pretrained weights as they are and train linear heads on the last token's state. They differ in
# what else is trained:
#
# - **Frozen**: nothing else. The heads must make do with what the pretrained model already says.
# - **(IA)³**: one factor per channel of the keys, the values and the feed-forward layer: activations are rescaled, not
#   recombined.
# - **Prefix tuning**: two invented tokens in every layer, as keys and values that every real token can attend to.
# - **Prompt tuning**: 32 invented embeddings before the input. The paper's parameter count fits this reading as well
#   as the one before; both are run.
# - **LoRA**: two thin matrices beside each attention projection (Equation 2).
#
# One setting, `peft_method`, names the way; everything else is the same for all rows.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("frozen", "ia3", "prefix", "prompt", "lora")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}

# %% [markdown]
# The settings in which the rows differ. `rank` and `alpha` belong to LoRA alone: a change of either makes only that
# row again. The update is scaled by alpha/r, so a smaller rank with the same alpha also means larger steps; to compare
# ranks fairly, change both (`rank = 8` with `changes = "alpha=8"`).

# %%
by_row = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
by_row[by_row.nunique(axis=1, dropna=False) > 1]

# %% [markdown]
# ## Train and predict
#
# The reports are the same for every row: the training split of `train_reports` to train on, the test split to evaluate
# on (or all of `reports`, where they are others).

# %%
data = read_data(reports, train_reports, settings["lora"])
display(Markdown(data.summary))

# %% [markdown]
# One run per row: read from the store if it is there, trained otherwise. `announced` only says how long that
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
# The rows as one table, the recorded runs beside it, and the scores of both.
#
# Under the paper's rows stand **controls**, which are no language models: always the commonest class; a linear
# model of the hints alone; and a linear model of the report's words (TF-IDF), without the hints and with them. They
# are taught on the same reports and labels, in seconds. A language model that is not above them has shown little.

# %%
this_run = table_result("table2", profile, data, predictions, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table2")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own

# %% [markdown]
# ## Scores
#
# Overall means over the paper's six tasks, with 95 % bootstrap intervals by patient. *Recorded* is a longer run kept in
# the repository.

# %% tags=["full-width"]
if this_run.labeled:
    caption = ("Table II, scores. Paper: Llama-3-8B, private reports. "
               f"Here: {reports} reports, {this_run.made_with}.")
    display(plain_table(beside("table2", shown, recorded_scores), caption))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# The mean above counts each task once. The paper's own overall rows fit a mean weighted by how many reports state each
# task better; that one is:

# %% tags=["full-width"]
if this_run.labeled:
    weighted = beside("table2", shown, recorded_scores, average=OVERALL_WEIGHTED)
    display(plain_table(weighted, "The same, each task weighted by its labeled reports."))

# %% [markdown]
# Where does a weak strategy lose? Task by task, macro-F1:

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for five adaptation strategies, with 95 % intervals"}}
if this_run.labeled:
    caption = f"Macro-F1 by task and strategy, {this_run.source}, seed {seed}."
    display(plain_table(by_task(scores, this_run.titles), caption))
    display(forest(scores, "macro_f1", names=this_run.titles, paper={}))

# %% [markdown]
# ## Costs
#
# Parameters are exact. Time and memory are of the machine named in each run, and of this implementation: frozen
# features, for example, are computed once and kept. The paper lets LoRA stop after one epoch and gives the others
# three, so its time column compares different amounts of training; here all five get the same.

# %% tags=["full-width"]
caption = "Table II, costs. Paper: one L40S GPU, Llama-3-8B. " + cost_notes(recorded_run)
plain_table(costs("table2", this_run, recorded_run), caption)

# %% [markdown]
# The small model's memory says little about the paper's 8 billion parameters. So a model of *that shape* was timed
# once: Llama-3-8B's configuration, weights in NF4 with double quantization, bf16 arithmetic, a paged 8-bit optimizer,
# batches of 2 × 512 tokens accumulated 8 times. Its weights are random: they compute as fast as trained ones and learn
# nothing. `benchmarks/paper_shape.py` makes these rows.

# %%
shape, place = paper_shape()
if len(shape):
    caption = (f"A model of the paper's shape with random weights on one {place}, beside the "
               "paper's column (one L40S). Strategies not in the table were not timed.")
    display(plain_table(shape, caption))
else:
    display(Markdown("No such run is recorded."))

# %% [markdown]
# ## Verdict
#
# *Held*: the paired interval of the difference lies above zero (for "on par": within 0.02 of zero). *Tie*: it contains
# zero. Costs are single measurements, compared as ratios; within a tenth they tie.

# %% tags=["full-width"]
if this_run.labeled:
    sources = sources_of(this_run, recorded_run, resamples=resamples)
    judged = verdict_table(on_page("table2_peft"), sources)
    display(plain_table(
        judged, "The claims of section V-B: paper, recorded run (if there is one), this run."))
else:
    display(Markdown("Without labels, no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** LoRA has the most parameters here. Divide the gain over the frozen backbone by the parameters spent: which
# strategy gains most per thousand?

# %% tags=["hide-cell", "solution"]
if this_run.labeled:
    base = scores["frozen"].loc["Overall", "macro_f1"]
    heads = this_run["frozen"].cost["trainable_parameters"]
    for row in runs:
        extra = this_run[row].cost["trainable_parameters"] - heads
        if extra:
            gain = 1000 * (scores[row].loc["Overall", "macro_f1"] - base) / extra
            print(f"{this_run.titles[row]:32s} {gain:+.4f} per thousand")

# %% [markdown]
# **2.** Is the ranking of the strategies the same against the oracle, which taught them, as against the truth?

# %% tags=["hide-cell", "solution"]
against_oracle = score_tables(this_run, truth="oracle", resamples=20)
for row, table in against_oracle.items():
    truth = scores[row].loc["Overall", "macro_f1"] if row in scores else float("nan")
    oracle = table.loc["Overall", "macro_f1"]
    print(f"{this_run.titles[row]:32s} oracle {oracle:.3f}   truth {truth:.3f}")
