# %% [markdown]
# # Table II: which parameters are worth training?
#
# The paper adapts one frozen language model in several ways, each of which trains a different small set of parameters, and finds LoRA
# best and fastest. This page measures what each way costs and what it scores.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Table II and section V-B of the paper. **You will learn** what linear probing, LoRA, (IA)³, prefix and prompt tuning change in a transformer, what each costs, and why a
# table that compares one epoch with three says less about speed than it seems to.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; five short trainings, minutes on two CPU cores, in the `quick` profile.
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
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import OVERALL_WEIGHTED
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import beside, by_task, score_tables
from pathmtl.viz.cost_tables import cheapest, cost_notes, cost_points, costs, hardware, paper_shape
from pathmtl.viz.overview_figures import cost_against_score
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.score_figures import forest
from pathmtl.viz.sentences import compared, difference, sentence, source_note, what_counts
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, verdict_block

check_parameters()
use_style()
number = Captions("II")

# %% tags=["hide-input"]
# One setting, `peft_method`, names the way; everything else is the same for all rows.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("frozen", "ia3", "prefix", "prompt", "lora")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
data = read_data(reports, train_reports, settings["lora"])
# One run per row: read from the store, or trained ("announced" says how long).
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
predictions = {row: predict(run, data.test) for row, run in runs.items()}

# %% tags=["hide-input"]
# The rows as one table with their controls, the recorded runs beside them, and the scores of both.
this_run = table_result("table2", profile, data, predictions, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table2")
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
                compared("LoRA", "the frozen backbone", difference("table2-frozen", evidence))
            ),
            what_counts("table2", "lora", evidence, "LoRA"),
            cheapest(best, best_scores),
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
    points = cost_points("table2", best, best_scores)
    display(
        captioned(
            cost_against_score(
                points, f"Training time in seconds\n(here: {hardware(best)}; paper: one L40S GPU)"
            ),
            number.figure(
                f"Training time against overall macro-F1. {note}: filled, with 95 % intervals; "
                "the times are "
                f"medians over the seeds. {cost_notes(best)} Hollow: the paper, where LoRA "
                "trains for "
                f"{paper.EPOCHS['lora']} epoch and the others for {paper.EPOCHS['frozen']}."
            ),
            "Scatter plot with one mark per adaptation strategy: training seconds on a "
            "logarithmic axis "
            "against overall macro-F1, filled marks for the runs here and hollow ones for the "
            "paper",
        )
    )

# %% [markdown]
# ## Scores
#
# Each score is the mean over the paper's six tasks; under it, its 95 % interval or its spread over seeds. The **controls** are no
# language models: they show what can be had without one.

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    display(
        plain_table(
            beside("table2", shown, recorded_scores),
            number.table(
                "Scores by strategy. Paper: Llama-3-8B, private reports. Here: "
                f"{note[0].lower()}{note[1:]}."
            ),
        )
    )

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    weighted = plain_table(
        beside("table2", shown, recorded_scores, average=OVERALL_WEIGHTED),
        number.table(
            "Scores with each task weighted by its labeled reports, which fits the paper's "
            "overall rows better."
        ),
    )
    tasks = plain_table(
        by_task(best_scores, best.titles), number.table(f"Macro-F1 by task and strategy. {note}.")
    )
    picture = captioned(
        forest(
            {row: best_scores[row] for row in ROWS if row in best_scores},
            "macro_f1",
            names=best.titles,
            paper={},
        ),
        number.figure(f"Macro-F1 by task for each strategy, with 95 % intervals. {note}."),
        "One row per task with one mark and interval for each adaptation strategy",
    )
    display(folded("Evidence: task by task, and weighted by reports", tasks, picture, weighted))

# %% [markdown]
# ## Costs
#
# Parameters are exact. Time and memory are those of the machine named in the heading, and of this implementation. The paper
# lets LoRA stop after one epoch and trains the others for three, so its time column compares different amounts of training; here
# all five get the same.

# %% tags=["full-width", "hide-input"]
display(
    plain_table(
        costs("table2", this_run, recorded_run),
        number.table(
            "Costs by strategy. Paper: one L40S GPU, Llama-3-8B. Times here: the median over "
            "seeds and their range. " + cost_notes(recorded_run)
        ),
    )
)

# %% [markdown]
# A small model's memory says little about the paper's 8 billion parameters. So a model of *that shape* was timed: Llama-3-8B's
# configuration, weights in NF4 with double quantization, bf16 arithmetic, a paged 8-bit optimizer, and random weights, which compute
# as fast as trained ones and learn nothing.

# %% tags=["hide-input"]
shape, place = paper_shape()
if len(shape):
    display(
        folded(
            "Evidence: speed and memory at the paper's size",
            plain_table(
                shape,
                number.table(
                    f"A model of the paper's shape with random weights on one {place}, beside "
                    "the paper's column "
                    "(one L40S). Strategies that are not listed were not timed."
                ),
            ),
        )
    )
else:
    display(Markdown("No such run is recorded."))

# %% [markdown]
# ## Verdict
#
# *Held* means that the whole interval of the difference is above zero (for "comes close": within 0.02 of zero). Speed is judged only where several
# timings on one machine agree; a single timing varies too much to decide anything.

# %% tags=["full-width", "hide-input"]
if not this_run.labeled:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("table2_peft"),
    *judged_on(this_run, recorded_run, resamples=resamples),
    caption=number.table(
        "The claims of section V-B: the paper's numbers, ours, and one verdict each."
    ),
)

# %% [markdown]
# ## How it was made
#
# All five strategies leave the pretrained weights as they are and train linear heads on the last token's state. They differ in what
# else is trained:
#
# - **Frozen**: nothing else. The heads must make do with what the pretrained model already represents.
# - **(IA)³**: one factor per channel of the keys, the values and the feed-forward layer. Activations are rescaled, not recombined.
# - **Prefix tuning**: two invented tokens in every layer, as keys and values that every real token can attend to.
# - **Prompt tuning**: 32 invented embeddings before the input. The paper's parameter count fits this reading as well as the one
#   before, so both are run.
# - **LoRA**: two thin matrices beside each attention projection (Equation 2). Its update is scaled by alpha/r, so to compare
#   ranks fairly, change both: `rank = 8` with `changes = "alpha=8"`.

# %% tags=["hide-input"]
by_row = pd.DataFrame({row: asdict(one) for row, one in settings.items()})
differing = by_row[by_row.nunique(axis=1, dropna=False) > 1].map(str)
display(
    folded(
        "The settings in which the rows differ",
        plain_table(differing, number.table("Settings by strategy; all others are the same.")),
    )
)
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

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
