# %% [markdown]
# # Table IV: which part of the report must the model see?
#
# The paper compares a window of lines around the relevant headers with the full text, cut off at the token limit, and with a random window.
# It keeps the {term}`hints <hint>` in all three, and hints already contain the rules' answer. So here each input is
# also run without them.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Table IV and section V-D of the paper. **You will learn** why an ablation must vary one thing at a time, and what it means when the input already contains the rules' answer.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; six short trainings, minutes on two CPU cores, in the `quick` profile.
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
from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import LONGER, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import OVERALL, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import (
    at_chance_note,
    beside,
    by_task,
    learned,
    score_tables,
    window_by_hints,
)
from pathmtl.viz.cost_tables import cost_notes, costs, trained_with
from pathmtl.viz.overview_figures import overall_dots
from pathmtl.viz.page import Captions, captioned, finding, folded, listed
from pathmtl.viz.sentences import compared, difference, source_note
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("IV")

# %% tags=["hide-input"]
# Six inputs, one model: `slicing` is crossed with `hints`.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("full", "random", "window", "full-nohints", "random-nohints", "window-nohints")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
data = read_data(reports, train_reports, settings["window"])
# One run per row: read from the store, or trained ("announced" says how long).
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
predictions = {row: predict(run, data.test) for row, run in runs.items()}

# %% tags=["hide-input"]
# The rows as one table with their controls, the recorded runs beside them, and the scores of both.
this_run = table_result("table4", profile, data, predictions, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table4")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own
source, evidence = next(iter(sources_of(this_run, recorded_run, resamples=resamples).items()))
best = recorded_run if recorded_run.outcomes else this_run
best_scores = recorded_scores or scores
note = source_note(this_run, recorded_run)
longer = recorded("table4", LONGER)  # the same rows with more reports and passes
longer_scores = score_tables(longer, resamples=resamples)
verdicts = judged_on(this_run, recorded_run, resamples=resamples)

# %% tags=["hide-input"]
if this_run.labeled:
    display(
        finding(
            "With hints in the prompt, "
            + compared("the proper window", "a random one", difference("table4-random", evidence))
            + ". Where no hint carries the answer, the question becomes a real one.",
            said("table4-random-nohints", *verdicts),
            said("table4-full", *verdicts),
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
    trained, names, untrained = learned(
        {row: best_scores[row] for row in ROWS if row in best_scores}, longer_scores, best.titles
    )
    left_out = (
        f" Not shown, because they learned nothing: {listed(untrained)}." if untrained else ""
    )
    display(
        captioned(
            overall_dots(
                trained,
                names,
                {row: float(paper.TABLE_4.loc[row, "macro_f1"]) for row in paper.TABLE_4.index},
            ),
            number.figure(
                f"Overall macro-F1 by input, with 95 % intervals. {note}.{left_out} Diamonds: "
                "the paper, with hints."
            ),
            "One row per input with its overall macro-F1 and interval, and hollow diamonds for "
            "the paper's "
            "three inputs",
        )
    )

# %% [markdown]
# ## Scores
#
# Rows without hints are ours: the paper has none. The **controls** are no language models.

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    display(
        plain_table(
            beside("table4", shown, recorded_scores),
            number.table(
                "Overall scores by input. Paper: Llama-3-8B, private reports. Here: "
                f"{note[0].lower()}{note[1:]}."
            ),
        )
    )
    display(Markdown(at_chance_note("table4", shown, recorded_scores)))

# %% tags=["full-width", "hide-input"]
shares = pd.DataFrame({this_run.titles[row]: this_run[row].evidence for row in ROWS})
tables = []
if this_run.labeled:
    tables.append(
        plain_table(
            by_task(trained, names), number.table(f"Macro-F1 by task and input. {note}.{left_out}")
        )
    )
if len(shares):
    shares = shares.reindex(TASKS).rename(index=task_title)
    tables.append(
        plain_table(
            shares.map("{:.0%}".format),
            number.table(
                "Share of stated findings whose wording is still in the input, bundled test split. "
                "A task counts in the verdicts only where it is at least one half."
            ),
        )
    )
display(folded("Evidence: task by task, and what each input still contains", *tables))

# %% [markdown]
# ## What the hints are worth
#
# A hint is a shortcut: with it, one pass over a few hundred reports is enough. Finding the answer in the text takes more training. So
# the rows without hints, and the window with them, are also recorded in the profile `longer`: the same model with more reports, more
# passes and a lower learning rate. The full text is cut at the token limit, well below the paper's; what its row shows is first of all
# that cut.

# %% tags=["full-width", "hide-input"]
tables = []
if this_run.labeled:
    tables.append(
        plain_table(
            window_by_hints(evidence),
            number.table(
                "With hints minus without, and the paper's two comparisons without hints. "
                f"{note}; a row that "
                "learned nothing decides nothing, and longer training is asked instead."
            ),
        )
    )
if longer_scores:
    tables.append(
        plain_table(
            by_task(longer_scores, longer.titles),
            number.table(
                f"Macro-F1 by task and input after longer training: {trained_with(longer)}. "
                f"{cost_notes(longer)}"
            ),
        )
    )
    tables.append(at_chance_note("table4", {}, longer_scores))
display(folded("Evidence: windows crossed with hints, and longer training", *tables))

# %% [markdown]
# ## Costs
#
# A window is shorter than the full text, so each step is cheaper. The paper gives no times for this table.

# %% tags=["full-width", "hide-input"]
display(
    folded(
        "Evidence: costs of the six inputs",
        plain_table(
            costs("table4", this_run, recorded_run),
            number.table(
                "Costs of the six inputs; times are the median over seeds and their range. "
                + cost_notes(recorded_run)
            ),
        ),
    )
)

# %% [markdown]
# ## Verdict
#
# *Held* means that the whole interval of the difference is above zero, or for "on par" within 0.02 of it. A row that learned nothing decides
# nothing; where longer training decides, the number says so.

# %% tags=["full-width", "hide-input"]
if not this_run.labeled:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("table4_slicing"),
    *verdicts,
    caption=number.table(
        "The claims of section V-D: the paper's numbers, ours, and one verdict each."
    ),
)

# %% [markdown]
# ## How it was made
#
# Six inputs, one model. The hints are what the pattern engine found for a field, such as `T_hint: pT2`, and that engine also wrote the
# labels. With the hints in the prompt, even a random window lets the model read the answer off its last line.

# %% tags=["hide-input"]
differing = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
differing = differing[differing.map(str).nunique(axis=1) > 1].map(str)
display(
    folded(
        "The settings in which the inputs differ",
        plain_table(differing, number.table("Settings by input; all others are the same.")),
    )
)
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

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
