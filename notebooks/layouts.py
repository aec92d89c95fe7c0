# %% [markdown]
# # Layouts: one prompt per field, or one for all
#
# **Reproduces** no table of the paper. It tests an assumption behind all of them: the schema of section
# III-A1 begins with `Field: {Task Name}`, which we read as one prompt for each report *and field*. The paper
# never says how many passes a report takes. The alternative is one joint prompt per report, whose last token
# answers every field.
#
# **You will learn** what it costs to ask one question at a time, what a single summary vector has to hold
# when it must answer seven questions, and how a printed training time can reveal which design was used.
#
# **Runtime and hardware**: two short trainings in the `quick` profile; the first is the multi-task model of
# Table I, which is read from the store if it is there.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick
# profile, with a 135-million-parameter model cut to its first layers. The paper's numbers come from
# Llama-3-8B and private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
show_text = False          # show prompts even if the reports are not bundled
sample = 60                # reports whose prompts are built and counted
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 2000           # bootstrap resamples behind each interval

# %% [markdown]
# The imports: settings and runs as in [](table1_baseline.ipynb), the prompt builder, and the scores.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.layouts import passes, prompt_sizes
from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.data import read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import LONGER, command, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.model.backbone import load_tokenizer
from pathmtl.notebook import check_parameters
from pathmtl.paper.arithmetic import least_joint_ratio, printed_ratio
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import task_title
from pathmtl.training.data import training_labels
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.comparison_tables import at_chance_note, beside, by_task, score_tables
from pathmtl.viz.cost_tables import costs_of_layouts, trained_with
from pathmtl.viz.score_figures import forest
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Two layouts
#
# Both layouts use the same four blocks, the same encoder and the same heads. **One prompt per field** asks
# for one task at a time: seven passes, each with the whole prompt for its own field, and only the head of
# that field answers. **One joint prompt** names every task, with all classes and all hints in it: a single
# pass, and every head reads the same last state.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
settings = {row: resolve(profile, row, **overrides) for row in ("per_field", "joint")}
pd.DataFrame({row: [one.prompt_mode, one.max_length] for row, one in settings.items()},
             index=["prompt_mode", "max_length"])

# %% [markdown]
# The reports, and one run per layout: read from the store if it is there, trained otherwise.

# %%
data = read_data(reports, train_reports, settings["per_field"])
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)

# %% [markdown]
# Each run predicts the evaluated reports.

# %%
predictions = {row: predict(run, data.test) for row, run in runs.items()}
display(Markdown(data.summary))

# %% [markdown]
# The rows as one table, the recorded runs, and the scores of both.

# %%
this_run = table_result("layouts", profile, data, predictions, runs, overrides)
recorded_run = recorded("layouts")
scores = score_tables(this_run, resamples=resamples)
recorded_scores = score_tables(recorded_run, resamples=resamples)
shown = {} if this_run.is_recorded else scores  # recorded runs have a column of their own
slicings = {this_run.titles[row]: one.input for row, one in settings.items()}

# %% [markdown]
# The joint prompt of a short report, as the model reads it:

# %% tags=["hide-input"]
tokenizer = load_tokenizer(settings["joint"].backbone)
builder = {title: PromptBuilder(tokenizer, one) for title, one in slicings.items()}
if reports == cohort.BUNDLED or show_text:
    by_length = data.test["text"].str.len().sort_values().index
    short = data.test["text"].loc[by_length[len(by_length) // 4]]
    tasks = runs["joint"].tasks
    prompts = {title: one.build(short, tasks)[0] for title, one in builder.items()}
    for title, prompt in prompts.items():
        read = builder[title].tokenizer.decode(prompt.input_ids)
        number = len(builder[title].build(short, tasks))
        head = f"**{title}** (the first of {number}, {len(prompt.input_ids)} tokens)"
        display(Markdown(f"{head}\n\n```text\n{read}\n```"))
else:
    display(Markdown(
        "*Text is not shown: these are not the bundled reports. "
        "Set `show_text = true` to see a prompt.*"))

# %% [markdown]
# ## How much the model reads
#
# The number of prompts and tokens needed to answer all tasks of a report. *Full* prompts use their whole
# length: for most of them, some report text was left out. Attention grows with the square of the length, and
# the other layers in proportion to the tokens, so the number of tokens per report is a fair first estimate of
# the time.

# %%
sampled_texts = data.test["text"].head(sample).tolist()
sizes = prompt_sizes(sampled_texts, tokenizer, slicings, runs["joint"].tasks)
plain_table(pd.DataFrame({
    "Prompts per report": sizes["prompts"].map("{:.2f}".format),
    "Tokens per prompt": sizes["each"].map("{:.0f}".format),
    "Limit": sizes["limit"].map("{:.0f}".format),
    "Full prompts": sizes["full"].map("{:.0%}".format),
    "Tokens per report": sizes["tokens"].map("{:.0f}".format),
}), f"Answering every task of a report: means over {len(sampled_texts)} reports.")

# %% [markdown]
# ## What each layout costs
#
# Both runs make the same number of passes over the same reports. They do **not** make the same number of
# optimization steps: a batch holds a fixed number of *prompts*, and the joint layout has fewer of them. So
# the joint model takes fewer steps with more labels in each; exercise 2 gives it the same number of steps.
# Seconds are single measurements on the machine named in each run.

# %%
caption = f"Costs of the two layouts, {this_run.made_with}, {this_run.source}, seed {seed}."
display(plain_table(costs_of_layouts(this_run), caption))
if recorded_run.outcomes and not this_run.is_recorded:
    display(plain_table(costs_of_layouts(recorded_run), "The same, recorded."))

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if this_run.labeled:
    caption = ("The two layouts. The paper does not compare them. "
               f"Here: {reports} reports, {this_run.made_with}.")
    display(plain_table(beside("layouts", shown, recorded_scores), caption))
    caption = f"Macro-F1 by task and layout, {this_run.source}, seed {seed}."
    display(plain_table(by_task(scores, this_run.titles), caption))
    display(Markdown(at_chance_note("layouts", shown, recorded_scores)))
else:
    display(Markdown(
        f"`{reports}` has **no labels**, so nothing can be scored. The costs are above."))
display(Markdown(this_run.how_to_remake))

# %% [markdown]
# The same after longer training (profile `longer`), if it is recorded:

# %%
longer = recorded("layouts", LONGER)
if this_run.labeled and longer.outcomes:
    longer_scores = score_tables(longer, resamples=resamples)
    caption = ("Macro-F1 by task and layout, recorded in profile longer, one seed. "
               f"One per field: {trained_with(longer)}.")
    display(plain_table(by_task(longer_scores, longer.titles), caption))
    display(Markdown(at_chance_note("layouts", {}, longer_scores)))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task for one prompt per field and for one joint prompt, with 95 % intervals"}}
if this_run.labeled:
    display(forest(scores, "macro_f1", names=this_run.titles, paper={}))

# %% [markdown]
# The difference, paired by patient: joint minus one per field.

# %%
if this_run.labeled:
    with_truth = this_run.predictions()
    gap = paired_difference(with_truth["joint"], with_truth["per_field"], resamples=resamples)
    table = pd.DataFrame({
        "Pairs": gap["n"].map("{:,.0f}".format),
        "Macro-F1 difference": [gap_text(r.difference, r.low, r.high) for r in gap.itertuples()],
    }, index=gap.index).rename(index=task_title)
    caption = f"The joint prompt against one prompt per field, {this_run.source}, seed {seed}."
    display(plain_table(table, caption))

# %% [markdown]
# ## Which one did the paper use?
#
# Table III prints a training time for one multi-task model and one for six single-task models, with the same
# settings. Count the passes of one epoch. With one prompt per field, the multi-task model makes one pass per
# label, and so do the six single-task models together: the ratio is one. With joint prompts, the multi-task
# model makes one pass per *report*, and the six models make one per *label*: the ratio is the number of
# labels per report.

# %%
training = training_labels(settings["per_field"], data.train)
counted = passes(training).rename(index=this_run.titles)
display(plain_table(pd.DataFrame({
    "One multi-task model": counted["mtl"].map("{:,}".format),
    "Six single-task models": counted["stl"].map("{:,}".format),
    "Ratio": counted["ratio"].map("× {:.2f}".format),
}), "Passes of one epoch over this run's training reports, the paper's six tasks."))
display(Markdown(
    f"The paper prints {paper.TABLE_3.loc['stl', 'seconds']:,.0f} s against "
    f"{paper.TABLE_3.loc['mtl', 'seconds']:,.0f} s, **× {printed_ratio():.2f}**. "
    "From its own counts, joint prompts would make it at least "
    f"× {least_joint_ratio():.2f}: three of the six tasks alone have "
    f"{sum(paper.TRAINING_LABELS.values()):,} training labels, on about "
    f"{paper.COHORT * paper.SPLIT[0]:,.0f} training reports."))

# %% [markdown]
# That is an inference from two printed times, not a statement in the paper; different numbers of epochs, or
# early stopping, could also explain why the two times are close.

# %% [markdown]
# ## Verdict
#
# *Held* means, for "alike", that the paired interval lies within 0.02 of zero; for costs, that the ratio
# (joint over one per field) is below nine tenths. Costs are single measurements without an interval; within a
# tenth they tie.

# %%
judged_run = with_controls(this_run, data, overrides)
sources = sources_of(judged_run, recorded_run, live_only={"labels": training}, resamples=resamples)
judged = verdict_table(on_page("layouts"), sources)
plain_table(judged, "The two layouts: paper, recorded run (if there is one), this run.")

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
print(f"of {joint.max_length} tokens, fields and classes take {bare} and hints about "
      f"{filled:.0f}: {left:.0f} are left for the report")

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
for row, title in this_run.titles.items():
    record = runs[row].record
    seconds = 1000 * record["cost"]["predict_seconds"] / record["data"]["test"]
    print(f"{title:22s} {seconds / 60:.1f} minutes")
