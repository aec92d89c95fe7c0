# %% [markdown]
# # Table IV: which part of the report to read
#
# **Reproduces** Table IV and section V-D of the paper: a window of lines around the relevant headers, the full text cut
# off at the token limit, and a random window of the same length. The paper keeps the hints in all three. Here each is
# also run without them.
#
# **You will learn** why an ablation must vary one thing at a time, and what it means when the input already contains
# the rules' answer.
#
# **Runtime and hardware**: six short trainings in the `quick` profile, minutes on two CPU cores; the window with hints
# is the multi-task model of Table I and read from the store.
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
# The imports: settings and runs as in [](table1_baseline.ipynb), the paired differences and the verdicts.

# %%
from dataclasses import asdict

import pandas as pd
from IPython.display import Markdown, display

from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import LONGER, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import OVERALL, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import (
    at_chance_note,
    beside,
    by_task,
    score_tables,
    window_by_hints,
)
from pathmtl.viz.cost_tables import cost_notes, costs, trained_with
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Six inputs, one model
#
# The **hints** are what the pattern engine found for the field, raw: `T_hint: pT2`. That engine also made the labels.
# With the hints in the prompt, even a random window lets the model read the answer off its last line; without them, it
# depends on the text alone. So `slicing` is crossed with `hints`:

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("full", "random", "window", "full-nohints", "random-nohints", "window-nohints")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
by_row = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
by_row[by_row.nunique(axis=1, dropna=False) > 1]

# %% [markdown]
# ## Train and predict

# %%
data = read_data(reports, train_reports, settings["window"])
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
this_run = table_result("table4", profile, data, predictions, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table4")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if this_run.labeled:
    caption = (f"Table IV. Rows without hints are ours: the paper has none. "
               f"Here: {reports} reports, {this_run.made_with}.")
    display(plain_table(beside("table4", shown, recorded_scores), caption))
    caption = f"Macro-F1 by task and input, {this_run.source}, seed {seed}."
    display(plain_table(by_task(scores, this_run.titles), caption))
    display(Markdown(at_chance_note("table4", shown, recorded_scores)))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# ## How much of the evidence each input still holds
#
# The bundled reports mark where each finding is stated. The share of findings whose wording is still in the
# Report block, by task; a task counts in the verdicts only where it is at least one half.

# %%
shares = pd.DataFrame({this_run.titles[row]: this_run[row].evidence for row in ROWS})
if len(shares):
    shares = shares.reindex(TASKS).rename(index=task_title)
    display(plain_table(
        shares.map("{:.0%}".format),
        f"Evidence in the input, {this_run.made_with}, bundled test split."))

# %% [markdown]
# ## What the hints are worth
#
# For each way of slicing, the overall macro-F1 with hints minus that without, paired by patient. Then the paper's two
# comparisons, made again where no hint can help.

# %%
if this_run.labeled:
    table = window_by_hints(this_run, resamples=resamples)
    display(plain_table(table, "Crossing the windows with the hints: not in the paper."))

# %% [markdown]
# ## Without hints, trained longer
#
# A hint is a shortcut: with it, one pass over a few hundred reports is enough. Finding the answer in the text takes
# more. So the rows without hints, and the window with them, are also recorded in the profile `longer`: the same model,
# more reports, more passes, a lower learning rate. Mind the token limit: the full text is cut at this profile's, well
# below the paper's, and the window is chosen to fit. What the row of the full text shows is first of all that cut.

# %%
longer = recorded("table4", LONGER)
longer_scores = score_tables(longer, resamples=resamples)
if longer_scores:
    first_seed = longer["window-nohints"].seed
    caption = (f"Macro-F1 by task and input, recorded in profile longer, seed {first_seed}: "
               f"{trained_with(longer)}.")
    display(plain_table(by_task(longer_scores, longer.titles), caption))
    caption = "Windows and hints after longer training. " + cost_notes(longer)
    display(plain_table(window_by_hints(longer, resamples=resamples), caption))
    display(Markdown(at_chance_note("table4", {}, longer_scores)))

# %% [markdown]
# ## Costs
#
# A window is shorter than the full text, so each step is cheaper. The paper gives no times for this table.

# %% tags=["full-width"]
caption = "Costs of the six inputs. " + cost_notes(recorded_run)
plain_table(costs("table4", this_run, recorded_run), caption)

# %% [markdown]
# ## Verdict

# %% tags=["full-width"]
if this_run.labeled:
    sources = sources_of(this_run, recorded_run, resamples=resamples)
    judged = verdict_table(on_page("table4_slicing"), sources)
    display(plain_table(
        judged, "The claims of section V-D: paper, recorded run (if there is one), this run."))
else:
    display(Markdown("Without labels, no claim can be tested."))

# %% [markdown]
# ## Exercises
#
# **1.** On which tasks does the random window lose most against the proper one when there are no hints? Why those?

# %% tags=["hide-cell", "solution"]
if this_run.labeled:
    labeled = this_run.predictions()
    lost = paired_difference(labeled["window-nohints"], labeled["random-nohints"], resamples=20)
    print(lost["difference"].drop(OVERALL).sort_values(ascending=False).round(3).to_string())

# %% [markdown]
# **2.** How often does a model with hints simply repeat the oracle, and how often one without?

# %% tags=["hide-cell", "solution"]
for row in ROWS:
    stated = predictions[row].dropna(subset="oracle")
    print(f"{this_run.titles[row]:26s} {(stated['predicted'] == stated['oracle']).mean():.3f}")
