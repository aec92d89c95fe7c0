# %% [markdown]
# # Layouts: one prompt a field, or one for all
#
# **Reproduces** no table of the paper. It tests an assumption behind all of them: the schema of section III-A1 begins with `Field: {Task Name}`, which we read as one prompt for
# each report *and field*. The paper never says how many passes a report takes. The alternative is one joint prompt a report, whose last token answers every field.
#
# **You will learn** what it costs to ask one question at a time, what a single summary vector has to hold when it must answer seven, and how a printed training time can tell a design apart.
#
# **Runtime and hardware**: two short trainings in the `quick` profile; the first is the multi-task model of Table I and read from the store where it is there.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports and, in the quick profile, with a 135-million-parameter model cut to its
# first layers. The paper's numbers come from Llama-3-8B and private reports.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
show_text = False          # show prompts even if the reports are not bundled
sample = 60                # reports whose prompts are built and counted
changes = ""               # other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 500            # bootstrap resamples behind each interval

# %% [markdown]
# We need the two runs, the prompt builder, and the scores.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis.compare import gap_text, paired_difference
from pathmtl.analysis.layouts import passes, prompt_sizes
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import LONGER, recorded, table
from pathmtl.model.backbone import load_tokenizer
from pathmtl.notebook import check_parameters, pairs
from pathmtl.paper.arithmetic import least_joint_ratio, printed_ratio
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import task_title
from pathmtl.training.data import training_labels
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
# The same four blocks, the same encoder, the same heads. **One prompt a field** asks for one task at a time: seven passes, each with the whole prompt for its own field, and only that field's
# head is asked. **One joint prompt** names every task, with all classes and all hints in it: a single pass, and every head reads the same last state.

# %%
live = table("layouts", profile, reports, train_reports, seeds=[seed], **pairs(changes.split()))
kept = recorded("layouts")
tables, kept_tables = score_tables(live, resamples=resamples), score_tables(kept, resamples=resamples)
settings = {title: live[row].runs[0].settings for row, title in live.titles.items()}
slicings = {title: one.input for title, one in settings.items()}
display(Markdown(f"Evaluated on **{len(live.reports):,} reports** from `{reports}`. " + "; ".join(
    f"{title}: up to {one.max_length} tokens" for title, one in slicings.items()) + "."))

# %% [markdown]
# The joint prompt of a short report, as the model reads it:

# %% tags=["hide-input"]
builder = {title: PromptBuilder(load_tokenizer(settings[title].backbone), one) for title, one in slicings.items()}
if reports == cohort.BUNDLED or show_text:
    short = live.reports["text"].loc[live.reports["text"].str.len().sort_values().index[len(live.reports) // 4]]
    tasks = live["joint"].runs[0].tasks
    shown = {title: one.build(short, tasks)[0] for title, one in builder.items()}
    for title, prompt in shown.items():
        read = builder[title].tokenizer.decode(prompt.input_ids)
        display(Markdown(f"**{title}** (the first of {len(builder[title].build(short, tasks))}, {len(prompt.input_ids)} tokens)\n\n```text\n{read}\n```"))
else:
    display(Markdown("*Text is not shown: these are not the bundled reports. Set `show_text = true` to see a prompt.*"))

# %% [markdown]
# ## What is read
#
# Prompts and tokens that answering all tasks of a report takes. *Full* prompts use their whole length: of most of them, report text was left out. Attention grows with the square of the length, and the other
# layers in proportion to the tokens, so tokens a report are a fair first guess at the time.

# %%
some = live.reports["text"].head(sample).tolist()
sizes = prompt_sizes(some, builder[live.titles["joint"]].tokenizer, slicings, live["joint"].runs[0].tasks)
plain_table(pd.DataFrame({
    "Prompts a report": sizes["prompts"].map("{:.2f}".format),
    "Tokens a prompt": sizes["each"].map("{:.0f}".format),
    "Limit": sizes["limit"].map("{:.0f}".format),
    "Full prompts": sizes["full"].map("{:.0%}".format),
    "Tokens a report": sizes["tokens"].map("{:.0f}".format),
}), f"Answering every task of a report: means over {len(some)} reports.")

# %% [markdown]
# ## What it costs
#
# Both runs pass over the same reports as often. They do **not** make as many optimisation steps: a batch holds so many *prompts*, and the joint layout has fewer of them. So the joint model trains less
# often on more labels at a time; exercise 2 gives it as many steps. Seconds are single measurements on the machine named in each run.

# %%
display(plain_table(costs_of_layouts(live), f"Costs of the two layouts, {live.made_with}, this run."))
if kept.outcomes:
    display(plain_table(costs_of_layouts(kept), "The same, recorded."))

# %% [markdown]
# ## Scores

# %% tags=["full-width"]
if live.labelled:
    display(plain_table(beside("layouts", tables, kept_tables), f"The two layouts. The paper compares none. This run: {reports} reports, {live.made_with}."))
    display(plain_table(by_task(tables, live.titles), "Macro-F1 by task and layout, this run."))
    display(Markdown(at_chance_note("layouts", tables, kept_tables)))
    longer = recorded("layouts", LONGER)
    if longer.outcomes:
        longer_tables = score_tables(longer, resamples=resamples)
        display(plain_table(by_task(longer_tables, longer.titles), f"Macro-F1 by task and layout, recorded in profile longer, one seed. One a field: {trained_with(longer)}."))
        display(Markdown(at_chance_note("layouts", {}, longer_tables)))
else:
    display(Markdown(f"`{reports}` carries **no labels**, so nothing can be scored. What the layouts cost is above."))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 by task of one prompt a field and of one joint prompt, with 95 % intervals"}}
if live.labelled:
    display(forest(tables, "macro_f1", names=live.titles, paper={}))

# %% [markdown]
# Paired by patient, joint minus one a field:

# %%
if live.labelled:
    found = live.predictions()
    gap = paired_difference(found["joint"], found["per_field"], resamples=resamples)
    display(plain_table(pd.DataFrame({
        "Pairs": gap["n"].map("{:,.0f}".format),
        "Macro-F1 difference": [gap_text(row.difference, row.low, row.high) for row in gap.itertuples()],
    }, index=gap.index).rename(index=task_title), "The joint prompt against one prompt a field, this run."))

# %% [markdown]
# ## Which one did the paper use?
#
# Table III prints a training time for one multi-task model and one for six single-task models, with the same settings. Count the passes of an epoch. With one prompt a field, the multi-task model makes a pass for
# each label, and so do the six single-task models together: the ratio is one. With joint prompts, the multi-task model makes a pass for each *report*, and the six make one for each *label*: the ratio is the
# number of labels a report.

# %%
taught = training_labels(settings[live.titles["per_field"]], cohort.read_reports(train_reports, progress=False))
counted = passes(taught).rename(index=live.titles)
display(plain_table(pd.DataFrame({
    "One multi-task model": counted["mtl"].map("{:,}".format),
    "Six single-task models": counted["stl"].map("{:,}".format),
    "Ratio": counted["ratio"].map("× {:.2f}".format),
}), "Passes of one epoch over this run's training reports, the paper's six tasks."))
display(Markdown(
    f"The paper prints {paper.TABLE_3.loc['stl', 'seconds']:,.0f} s against {paper.TABLE_3.loc['mtl', 'seconds']:,.0f} s, **× {printed_ratio():.2f}**. From its own counts, joint prompts would make it at least "
    f"× {least_joint_ratio():.2f}: three of the six tasks alone have {sum(paper.TRAINING_LABELS.values()):,} training labels, on about {paper.COHORT * paper.SPLIT[0]:,.0f} training reports."))

# %% [markdown]
# That is an inference from two printed times, not a statement of the paper's; different numbers of epochs, or early stopping, could also bring them together.

# %% [markdown]
# ## Verdict
#
# *Held*: for "alike", the paired interval lies within 0.02 of zero; for costs, a ratio (joint over one a field) below nine tenths. Costs are single measurements without an interval; within a tenth they tie.

# %%
sources = sources_of(live, kept, live_only={"labels": taught}, resamples=resamples)
judged = verdict_table(on_page("layouts"), sources)
plain_table(judged, "The two layouts: paper, recorded where there is one, this run.")

# %% [markdown]
# ## Exercises
#
# **1.** How many tokens of a joint prompt are left for the report, once the classes and the hints are in?

# %% tags=["hide-cell", "solution"]
from dataclasses import replace

from pathmtl.oracle.hints import hints

joint = slicings[live.titles["joint"]]
tokenizer = builder[live.titles["joint"]].tokenizer
every_task = live["joint"].runs[0].tasks
bare = PromptBuilder(tokenizer, replace(joint, hints="none", max_length=10_000)).build("", every_task)[0]
lines = ["\n".join(f"{task}_hint: {hint or 'none'}" for task, hint in hints(text, every_task).items()) for text in some]
filled = sum(len(tokenizer(text)["input_ids"]) for text in lines) / len(lines)
print(f"of {joint.max_length} tokens, {len(bare.input_ids)} go to fields and classes, about {filled:.0f} to hints: "
      f"{max(0, joint.max_length - len(bare.input_ids) - filled):.0f} are left for the report")

# %% [markdown]
# **2.** Give the joint layout as many optimisation steps as the other had. How many epochs is that? Train it so.

# %% tags=["hide-cell", "solution"]
steps = {row: int(live[row].runs[0].history["step"].max()) for row in live.titles}
epochs = live["joint"].runs[0].settings.epochs * steps["per_field"] / steps["joint"]
print(f"{steps}: {epochs:.1f} epochs")
print(f"from pathmtl.experiments.tables import table\ntable('layouts', '{profile}', rows=['joint'], epochs={epochs:.1f})")

# %% [markdown]
# **3.** A hospital reads 1,000 reports a day. What does each layout take for them on this machine?

# %% tags=["hide-cell", "solution"]
for row, title in live.titles.items():
    run = live[row].runs[0]
    seconds = 1000 * run.record["cost"]["predict_seconds"] / run.record["data"]["test"]
    print(f"{title:22s} {seconds / 60:.1f} minutes")
