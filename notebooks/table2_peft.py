# %% [markdown]
# # Table II: which parameters to train
#
# **Reproduces** Table II and section V-B of the paper: the same frozen language model, adapted in different ways, each training a different, small set
# of parameters.
#
# **You will learn** what linear probing, LoRA, (IA)³, prefix and prompt tuning change in a transformer, how much each costs, and why a table that compares
# one epoch with three says less about speed than it seems to.
#
# **Runtime and hardware**: five short trainings in the `quick` profile, minutes on two CPU cores; those that the store has are read, not trained again.
# A GPU is used where there is one.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick profile, with a 135-million-parameter model cut to its
# first layers. The paper's numbers come from Llama-3-8B and private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA row (Eq. 2)
changes = ""               # other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 500            # bootstrap resamples behind each interval

# %% [markdown]
# We need the experiment (it trains what is missing), the tables, and the verdicts.

# %%
from IPython.display import Markdown, display

from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import recorded, table
from pathmtl.notebook import check_parameters, pairs
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import OVERALL_WEIGHTED
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
# All five leave the pretrained weights as they are and train linear heads on the last token's state. They differ in what else is trained:
#
# - **Frozen**: nothing else. The heads must do with what the pretrained model already says.
# - **(IA)³**: one factor per channel of the keys, the values and the feed-forward layer: activations are rescaled, not recombined.
# - **Prefix tuning**: two invented tokens in every layer, as keys and values that every real token can attend to.
# - **Prompt tuning**: 32 invented embeddings before the input. The paper's parameter count fits this reading as well as the one before; both are run.
# - **LoRA**: two thin matrices beside each attention projection (Equation 2).
#
# Each row is one run. This page asks for all of them at once; the commands that it prints make them one by one.

# %%
live = table("table2", profile, reports, train_reports, seeds=[seed], rank=rank, **pairs(changes.split()))
print("\n".join(live[row].command for row in live.titles))
kept = recorded("table2")
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
display(Markdown(f"Evaluated on **{len(live.reports):,} reports** from `{reports}` ({'the held-out test split' if live.held_out else 'none of them trained on'})."))

# %% [markdown]
# ## Scores
#
# Overall means over the paper's six tasks, with 95 % bootstrap intervals by patient. *Recorded* is a longer run kept in the repository, where there is one.

# %% tags=["full-width"]
if live.labelled:
    display(plain_table(beside("table2", tables, kept_tables), f"Table II, scores. Paper: Llama-3-8B, private reports. This run: {reports} reports, {live.made_with}."))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored."))

# %% [markdown]
# The mean above counts each task once. The paper's own overall rows fit a mean weighted by how many reports state each task better; that one is:

# %% tags=["full-width"]
if live.labelled:
    display(plain_table(beside("table2", tables, kept_tables, average=OVERALL_WEIGHTED), "The same, each task weighted by its labelled reports."))

# %% [markdown]
# Where does a weak strategy lose? Task by task, macro-F1:

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for five adaptation strategies, with 95 % intervals"}}
if live.labelled:
    display(plain_table(by_task(tables, live.titles), "Macro-F1 by task and strategy, this run."))
    display(forest(tables, "macro_f1", names=live.titles, paper={}))

# %% [markdown]
# ## Costs
#
# Parameters are exact. Time and memory are of the machine named in each run, and of this implementation: frozen features, for example, are computed once and
# kept. The paper lets LoRA stop after one epoch and gives the others three, so its time column compares different amounts of training; here all five get the same.

# %% tags=["full-width"]
plain_table(
    costs("table2", live, kept),
    "Table II, costs. Paper: one L40S GPU, Llama-3-8B. " + cost_notes(kept))

# %% [markdown]
# The small model's memory says little about the paper's 8 billion parameters. So a model of *that shape* was timed once: Llama-3-8B's configuration, weights in
# NF4 with double quantisation, bf16 arithmetic, a paged 8-bit optimiser, batches of 2 × 512 tokens accumulated 8 times. Its weights are random: they compute as
# fast as trained ones and learn nothing. `benchmarks/gpu.py --only efficiency` makes these rows.

# %%
shape, place = paper_shape()
if len(shape):
    display(plain_table(shape, f"A model of the paper's shape with random weights on one {place}, beside the paper's column (one L40S). Strategies not in the table were not timed."))
else:
    display(Markdown("No such run is recorded."))

# %% [markdown]
# ## Verdict
#
# *Held*: the paired interval of the difference lies above zero (for "on par": within 0.02 of zero). *Tie*: it contains zero. Costs are single measurements, compared
# as ratios; within a tenth they tie.

# %% tags=["full-width"]
if live.labelled:
    sources = sources_of(live, kept, resamples=resamples)
    judged = verdict_table(on_page("table2_peft"), sources)
    display(plain_table(
        judged, "The claims of section V-B: paper, recorded where there is one, this run."))
else:
    display(Markdown("Without labels no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** LoRA has the most parameters here. Divide the gain over the frozen backbone by the parameters spent: which strategy gains most per thousand?

# %% tags=["hide-cell", "solution"]
if live.labelled:
    base = tables["frozen"].loc["Overall", "macro_f1"]
    heads = live["frozen"].cost["trainable_parameters"]
    for row in tables:
        extra = live[row].cost["trainable_parameters"] - heads
        if extra:
            print(f"{live.titles[row]:32s} {1000 * (tables[row].loc['Overall', 'macro_f1'] - base) / extra:+.4f} a thousand")

# %% [markdown]
# **2.** Is the ranking of the strategies the same against the oracle, which taught them, as against the truth?

# %% tags=["hide-cell", "solution"]
against = score_tables(live, truth="oracle", resamples=20)
for row in against:
    truth = tables[row].loc["Overall", "macro_f1"] if row in tables else float("nan")
    print(f"{live.titles[row]:32s} oracle {against[row].loc['Overall', 'macro_f1']:.3f}   truth {truth:.3f}")
