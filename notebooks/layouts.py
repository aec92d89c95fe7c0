# %% [markdown]
# # Layouts: one prompt per field, one report for all fields, or one prompt for all?
#
# The paper never says how many passes through the model a report takes. Its schema begins with `Field: {Task Name}`, which we read as one
# prompt for each report *and field*. There are two alternatives: the report comes first and is *shared*, read once, with a short suffix
# per field behind it; or one *joint* prompt names every field, and its last token answers them all. This page measures what each costs and
# scores, and asks which one the paper's own training times point to.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** no table of the paper; it tests an assumption behind all of them (section III-A1). **You will learn** what it costs to ask one question at a time, what a single summary vector has to hold when it must answer seven
# questions, and how a printed training time can reveal which design was used.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; three short trainings in the `quick` profile.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, with a small model. The paper's numbers
# come from Llama-3-8B and private reports.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
show_text = False  # show prompts even if the reports are not bundled
sample = 60  # reports whose prompts are built and counted
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
from html import escape

import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.layouts import passes, prompt_sizes
from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import CONTROLS, LONGER, command, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.model.backbone import load_tokenizer
from pathmtl.notebook import check_parameters
from pathmtl.paper.arithmetic import least_joint_ratio, printed_ratio
from pathmtl.paper.claims import on_page
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import task_title
from pathmtl.training.data import training_labels
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import at_chance_note, beside, by_task, learned, score_tables
from pathmtl.viz.cost_tables import cost_notes, costs_of_layouts, hardware, trained_with
from pathmtl.viz.page import Captions, captioned, finding, folded, listed
from pathmtl.viz.score_figures import forest
from pathmtl.viz.sentences import source_note
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("Layouts")

# %% tags=["hide-input"]
# The same blocks, encoder and heads; only `prompt_mode` (and the length it needs) differs.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
settings = {row: resolve(profile, row, **overrides) for row in ("per_field", "shared", "joint")}
data = read_data(reports, train_reports, settings["per_field"])
# One run per row: read from the store, or trained ("announced" says how long).
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
predictions = {row: predict(run, data.test) for row, run in runs.items()}

# %% tags=["hide-input"]
# The rows as one table with their controls, the recorded runs beside them, and the scores of both.
this_run = table_result("layouts", profile, data, predictions, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("layouts")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own
source, evidence = next(iter(sources_of(this_run, recorded_run, resamples=resamples).items()))
best = recorded_run if recorded_run.outcomes else this_run
best_scores = recorded_scores or scores
note = source_note(this_run, recorded_run)
slicings = {this_run.titles[row]: one.input for row, one in settings.items()}
training = training_labels(settings["per_field"], data.train)
tokenizer = load_tokenizer(settings["joint"].backbone)
sampled_texts = data.test["text"].head(sample).tolist()
sizes = prompt_sizes(sampled_texts, tokenizer, slicings, runs["joint"].tasks)
longer = recorded("layouts", LONGER)
longer_scores = score_tables(longer, resamples=resamples)
verdicts = judged_on(this_run, recorded_run, live_only={"labels": training}, resamples=resamples)

# %% tags=["hide-input"]
field, shared, joint = (
    sizes.loc[this_run.titles[row], "computed"] for row in ("per_field", "shared", "joint")
)
display(
    finding(
        said("layout-times", *verdicts),
        f"To answer every field, the model computes **{shared / field:.0%}** of the tokens that "
        "one prompt per field takes if it reads the report once, "
        f"and **{joint / field:.0%}** with one joint prompt.",
        said("layout-shared-alike", *verdicts),
        said("layout-alike", *verdicts),
    )
)

# %% tags=["hide-input"]
if this_run.labeled:
    trained, names, untrained = learned(
        {row: best_scores[row] for row in settings if row in best_scores},
        longer_scores,
        best.titles,
    )
    left_out = f" Not shown, because it learned nothing: {listed(untrained)}." if untrained else ""
    if trained:
        display(
            captioned(
                forest(trained, "macro_f1", names=names, paper={}),
                number.figure(
                    f"Macro-F1 by task and layout, with 95 % intervals. {note}.{left_out}"
                ),
                "One row per task with a mark and an interval for each layout that learned: one "
                "prompt per field, one report with a suffix per field, one joint prompt",
            )
        )
    else:
        display(
            Markdown("No layout learned anything in this training, so there is nothing to draw.")
        )

# %% [markdown]
# ## Scores
#
# Overall means over the paper's six tasks. The paper does not compare layouts.

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    display(
        plain_table(
            beside("layouts", shown, recorded_scores),
            number.table(f"Scores of the layouts and of the controls. {note}."),
        )
    )
    display(Markdown(at_chance_note("layouts", shown, recorded_scores)))
else:
    display(
        Markdown(f"`{reports}` has **no labels**, so nothing can be scored. The costs are below.")
    )

# %% tags=["full-width", "hide-input"]
if this_run.labeled:
    own = {row: table for row, table in best_scores.items() if row not in CONTROLS}
    tables = [
        plain_table(
            by_task(own, best.titles), number.table(f"Macro-F1 by task and layout. {note}.")
        )
    ]
    labeled = best.predictions()
    gaps = {
        best.titles[row]: paired_difference(labeled[row], labeled["per_field"], resamples=resamples)
        for row in ("shared", "joint")
        if row in labeled and "per_field" in labeled
    }
    tables.append(
        plain_table(
            pd.DataFrame(
                {
                    title: [gap_text(r.difference, r.low, r.high) for r in gap.itertuples()]
                    for title, gap in gaps.items()
                },
                index=next(iter(gaps.values())).index,
            ).rename(index=task_title),
            number.table(
                "Macro-F1 minus that of one prompt per field, paired by patient, first seed. "
                f"{note}."
            ),
        )
    )
    if longer_scores:
        tables.append(
            plain_table(
                by_task(longer_scores, longer.titles),
                number.table(
                    "Macro-F1 by task and layout after longer training, one seed: "
                    f"{trained_with(longer)}."
                ),
            )
        )
        tables.append(at_chance_note("layouts", {}, longer_scores))
    display(folded("Evidence: task by task, paired, and after longer training", *tables))

# %% [markdown]
# ## Verdict
#
# For "alike", *held* means that the paired interval lies within 0.02 of zero; for costs, that the ratio (to one prompt per field) is below
# nine tenths. Times are judged only where several timings on one machine agree.

# %% tags=["full-width", "hide-input"]
if not this_run.labeled:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("layouts"),
    *verdicts,
    caption=number.table("The layouts: the paper's numbers, ours, and one verdict each."),
)

# %% [markdown]
# ## Which layout did the paper use?
#
# Table III prints a training time for one multi-task model and one for six single-task models, with the same settings. Count the passes of
# one epoch. With one prompt per field, the multi-task model makes one pass per label, and so do the six single-task models together: the
# ratio is one. With joint prompts, the multi-task model makes one pass per *report*, and the six models make one per *label*: the ratio is
# the number of labels per report. This is an inference from two printed times, not a statement in the paper; different numbers of epochs,
# or early stopping, could also explain why the two times are close.

# %% tags=["hide-input"]
counted = passes(training).rename(index=this_run.titles)
display(
    Markdown(
        f"The paper prints {paper.TABLE_3.loc['stl', 'seconds']:,.0f} s against "
        f"{paper.TABLE_3.loc['mtl', 'seconds']:,.0f} s, **× {printed_ratio():.2f}**. "
        "From its own counts, joint prompts would make it at least "
        f"× {least_joint_ratio():.2f}: three of the six tasks alone have "
        f"{sum(paper.TRAINING_LABELS.values()):,} training labels, on about "
        f"{paper.COHORT * paper.SPLIT[0]:,.0f} training reports."
    )
)
display(
    folded(
        "Evidence: passes of one epoch",
        plain_table(
            pd.DataFrame(
                {
                    "One multi-task model": counted["mtl"].map("{:,}".format),
                    "Six single-task models": counted["stl"].map("{:,}".format),
                    "Ratio": counted["ratio"].map("× {:.2f}".format),
                }
            ),
            number.table(
                "Passes of one epoch over this run's training reports, the paper's six tasks."
            ),
        ),
    )
)

# %% [markdown]
# ## What each layout costs
#
# *Full* prompts use their whole length: for most of them, some report text was left out. With causal attention, a token's state depends
# only on what precedes it, so what several prompts begin with is computed once (*Tokens computed*); that number is a fair first estimate of
# the time. All runs make the same number of passes over the same reports, but **not** the same number of optimization steps: a batch holds
# a fixed number of *prompts*, of which the joint layout has fewer, or of *reports* in the shared layout. Exercise 2 gives the joint layout
# the same number of steps.

# %% tags=["full-width", "hide-input"]
display(
    folded(
        "Evidence: tokens, steps, time and memory",
        plain_table(
            pd.DataFrame(
                {
                    "Prompts per report": sizes["prompts"].map("{:.2f}".format),
                    "Tokens per prompt": sizes["each"].map("{:.0f}".format),
                    "Limit": sizes["limit"].map("{:.0f}".format),
                    "Full prompts": sizes["full"].map("{:.0%}".format),
                    "Tokens per report": sizes["tokens"].map("{:.0f}".format),
                    "Tokens computed": sizes["computed"].map("{:.0f}".format),
                }
            ),
            number.table(
                f"Answering every task of a report: means over {len(sampled_texts)} reports."
            ),
        ),
        plain_table(
            costs_of_layouts(best),
            number.table(
                f"Costs of the layouts, first seed, timed on {hardware(best)}. "
                f"{note}. {cost_notes(best)}"
            ),
        ),
        None
        if best is this_run or this_run.is_recorded
        else plain_table(
            costs_of_layouts(this_run),
            number.table(f"The same for this run, timed on {hardware(this_run)}."),
        ),
    )
)

# %% [markdown]
# ## How it was made
#
# All layouts use the same four blocks, the same encoder and the same heads. **One prompt per field** asks for one task at a time: seven
# passes, each with the whole prompt for its own field, and only the head of that field answers. **One report, a suffix per field** turns the
# order around: the report, cut once for all fields, comes first, and field, classes and hints follow; the seven prompts begin alike, so
# the report is computed once. **One joint prompt** names every task, with all classes and all hints in it: a single pass, and every head
# reads the same last state. The prompts of a short report, as the model reads them:

# %% tags=["hide-input"]
builder = {title: PromptBuilder(tokenizer, one) for title, one in slicings.items()}
if reports == cohort.BUNDLED or show_text:
    by_length = data.test["text"].str.len().sort_values().index
    short = data.test["text"].loc[by_length[len(by_length) // 4]]
    tasks = runs["joint"].tasks
    shown_prompts = []
    for title, one in builder.items():
        built = one.build(short, tasks)
        read = escape(one.tokenizer.decode(built[0].input_ids))
        shown_prompts += [
            f"**{title}** (the first of {len(built)}, {len(built[0].input_ids)} tokens)",
            f"<pre>{read}</pre>",
        ]
    display(folded("The prompts of one report", *shown_prompts))
else:
    display(
        Markdown(
            "*Text is not shown: these are not the bundled reports. "
            "Set `show_text = true` to see a prompt.*"
        )
    )
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

# %% [markdown]
# ## Exercises
#
# **1.** How many tokens of a joint prompt are left for the report after the classes and the hints?

# %% tags=["hide-cell", "solution"]
from dataclasses import replace

from pathmtl.oracle.hints import hints

joint = settings["joint"].input
every_task = runs["joint"].tasks
unlimited = PromptBuilder(tokenizer, replace(joint, hints="none", max_length=10_000))
bare = len(unlimited.build("", every_task)[0].input_ids)
lines = [
    "\n".join(f"{task}_hint: {hint or 'none'}" for task, hint in hints(text, every_task).items())
    for text in sampled_texts
]
filled = sum(len(tokenizer(text)["input_ids"]) for text in lines) / len(lines)
left = max(0, joint.max_length - bare - filled)
print(
    f"of {joint.max_length} tokens, fields and classes take {bare} and hints about "
    f"{filled:.0f}: {left:.0f} are left for the report"
)

# %% [markdown]
# **2.** Give the joint layout as many optimization steps as the other one had. How many epochs is that? Print
# the command that trains it.

# %% tags=["hide-cell", "solution"]
steps = {row: int(run.history["step"].max()) for row, run in runs.items()}
epochs = settings["joint"].epochs * steps["per_field"] / steps["joint"]
print(f"{steps}: {epochs:.1f} epochs")
print(command("layouts", "joint", profile, seed, {**this_run.changes, "epochs": round(epochs, 1)}))

# %% [markdown]
# **3.** A hospital reads 1,000 reports per day. How long does each layout take for them on this machine?

# %% tags=["hide-cell", "solution"]
for row, one in runs.items():
    record, title = one.record, this_run.titles[row]
    seconds = 1000 * record["cost"]["predict_seconds"] / record["data"]["test"]
    print(f"{title:22s} {seconds / 60:.1f} minutes")
