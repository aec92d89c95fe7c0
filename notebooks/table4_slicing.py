# %% [markdown]
# # Table IV: which part of the report to read
#
# **Reproduces** Table IV and section V-D of the paper: a window of lines around the relevant headers, the full text cut off at the token limit, and a random
# window of the same length. The paper keeps the hints in all three. Here each is also run without them.
#
# **You will learn** why an ablation must vary one thing at a time, and what it means when the input already contains the rules' answer.
#
# **Runtime and hardware**: six short trainings in the `quick` profile, minutes on two CPU cores; the window with hints is the multi-task model of Table I and read from the store.
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
# We need the experiment (it trains what is missing), the tables, the paired differences and the verdicts.

# %%
from IPython.display import Markdown, display

from pathmtl.analysis.compare import paired_difference
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import LONGER, recorded, table
from pathmtl.notebook import check_parameters, pairs
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import OVERALL
from pathmtl.viz.comparison_tables import at_chance_note, beside, by_task, score_tables, window_by_hints
from pathmtl.viz.cost_tables import cost_notes, costs, trained_with
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Six inputs, one model
#
# The **hints** are what the pattern engine found for the field, raw: `T_hint: pT2`. That engine also made the labels. With the hints in the prompt, even a random window lets the model
# read the answer off its last line; without them, it depends on the text alone.

# %%
live = table("table4", profile, reports, train_reports, seeds=[seed], **pairs(changes.split()))
kept = recorded("table4")
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
display(Markdown(f"Evaluated on **{len(live.reports):,} reports** from `{reports}`."))

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if live.labelled:
    display(plain_table(beside("table4", tables, kept_tables), f"Table IV. Rows without hints are ours: the paper has none. This run: {reports} reports, {live.made_with}."))
    display(plain_table(by_task(tables, live.titles), "Macro-F1 by task and input, this run."))
    display(Markdown(at_chance_note("table4", tables, kept_tables)))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored."))

# %% [markdown]
# ## What the hints are worth
#
# For each way of slicing, the overall macro-F1 with hints minus that without, paired by patient. Then the paper's two comparisons, made again where no hint can help.

# %%
if live.labelled:
    display(plain_table(window_by_hints(live, resamples=resamples), "Crossing the windows with the hints: not in the paper."))

# %% [markdown]
# ## Without hints, trained longer
#
# A hint is a short cut: with it, one pass over a few hundred reports is enough. Finding the answer in the text takes more. So the rows without hints, and the window with them, are also recorded
# in the profile `longer`: the same model, more reports, more passes, a lower learning rate.
# Mind the token limit: the full text is cut at this profile's, well below the paper's, and the window is chosen to fit. What the row of the full text shows is first of all that cut.

# %%
longer = recorded("table4", LONGER)
longer_tables = score_tables(longer, resamples=resamples)
if longer_tables:
    display(plain_table(by_task(longer_tables, longer.titles), f"Macro-F1 by task and input, recorded in profile longer, seed {longer['window-nohints'].seed}: {trained_with(longer)}."))
    display(plain_table(window_by_hints(longer, resamples=resamples), "Windows and hints after longer training. " + cost_notes(longer)))
    display(Markdown(at_chance_note("table4", {}, longer_tables)))

# %% [markdown]
# ## Costs
#
# A window is shorter than the full text, so each step is cheaper. The paper gives no times for this table.

# %% tags=["full-width"]
plain_table(
    costs("table4", live, kept),
    "Costs of the six inputs. " + cost_notes(kept))

# %% [markdown]
# ## Verdict

# %% tags=["full-width"]
if live.labelled:
    sources = sources_of(live, kept, resamples=resamples)
    judged = verdict_table(on_page("table4_slicing"), sources)
    display(plain_table(
        judged, "The claims of section V-D: paper, recorded where there is one, this run."))
else:
    display(Markdown("Without labels no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** On which tasks does the random window lose most against the proper one when there are no hints? Why those?

# %% tags=["hide-cell", "solution"]
if live.labelled:
    found = live.predictions()
    lost = paired_difference(found["window-nohints"], found["random-nohints"], resamples=20)["difference"].drop(OVERALL)
    print(lost.sort_values(ascending=False).round(3).to_string())

# %% [markdown]
# **2.** How often does a model with hints simply repeat the oracle, and how often one without?

# %% tags=["hide-cell", "solution"]
for row, title in live.titles.items():
    stated = live[row].predictions.dropna(subset="oracle")
    print(f"{title:26s} {(stated['predicted'] == stated['oracle']).mean():.3f}")
