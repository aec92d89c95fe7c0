# %% [markdown]
# # Hints and circularity: who marks the exam?
#
# **Reproduces** no table of the paper. It takes Table IV and sections S1-A, S1-B and V-D further: windows crossed with hints, each scored twice, against the labelling engine
# (the *oracle*) and against the truth.
#
# **You will learn** why labels that come from an engine cannot judge a model that reads that engine's notes, how to take an agreement apart, and what a difference of differences is.
#
# **Runtime and hardware**: the six trainings of Table IV in the `quick` profile, read from the store where they are there.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports, whose truth is known because a program wrote them from it. In a hospital's archive the truth is
# what is missing: there, only the columns on the oracle can be filled.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
seed = 42                  # draws training reports, weights and batches
resamples = 500            # bootstrap resamples behind each interval

# %% [markdown]
# We need the runs, the scores against two references, and a reader that sees hints only.

# %%
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort
from pathmtl.analysis.evaluate import scores, with_labels
from pathmtl.analysis.hint_ablation import contrast, two_way_scores
from pathmtl.analysis.oracle_agreement import both_known
from pathmtl.baselines import hint_reader
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.tables import LONGER, recorded, rule_answers, table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import OVERALL, task_title
from pathmtl.training.data import training_reports
from pathmtl.viz.hint_ablation import agreement_table, gone_without_hints, two_way_figure, two_way_table, worth_of_hints
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## The circle
#
# 1. The oracle reads a report and says T2. That answer becomes the **label**, of training reports and of test reports.
# 2. The same engine writes what it read into the prompt: the **hint** `T_hint: pT2`.
# 3. The model is trained to give the label, reads the hint, and is **scored** against the label.
#
# Where the oracle is right, no harm is done. Where it is wrong, so are label and hint, in the same way: repeating the error scores. The paper kept the hints in every row of
# Table IV, and audited the labels; whether the audited reports are those of the test set is not said.

# %%
live = table("table4", profile, reports, train_reports, seeds=[seed])
kept = recorded("table4")
every = {row: live[row].predictions for row in live.titles}
first = next(iter(every.values()))
references = tuple(name for name in ("oracle", "truth") if first[name].notna().any())
frames = both_known(every) if len(references) == 2 else every
pairs = next(iter(frames.values()))
display(Markdown(f"Evaluated on **{len(live.reports):,} reports** from `{reports}`. "))
if len(references) == 2:
    apart = (pairs["oracle"] != pairs["truth"]).mean() if len(pairs) else float("nan")
    display(Markdown(
        f"Both references are known for **{len(pairs):,}** (report, task) pairs, of {first['truth'].notna().sum():,} with a label and {first['oracle'].notna().sum():,} with an answer of the oracle. "
        f"Everything below is on those, so that only the reference changes. They differ on **{apart:.1%}** of them: the most that circularity can hide here."))
else:
    display(Markdown(f"`{reports}` carries **no labels** (or the oracle answers nothing): scores against the truth cannot be computed, nor can agreement be taken apart. What needs only the oracle is shown."))

# %% [markdown]
# ## Two ways to score, two ways to prompt
#
# Read it along a row. If the first pair of columns (the paper's way to score) falls more without hints than the second pair does, part of what the hints gave was agreement, not correctness.

# %%
cells = two_way_scores(frames, references, resamples=resamples)
if cells:
    display(plain_table(two_way_table(cells), f"Macro-F1, mean of the paper's six tasks, with 95 % intervals. {reports} reports, {profile} profile."))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 of three windows with hints (filled) and without (hollow), against the oracle (circles) and against the truth (squares), with 95 % intervals"}}
if cells:
    display(two_way_figure(cells))

# %% tags=["hide-input"]
if cells:
    display(Markdown(f"*Windows crossed with hints, {reports} reports, {profile} profile, 95 % intervals. Filled marks: with hints; hollow: without. Circles: against the oracle; squares: against the truth.*"))

# %% [markdown]
# ## What the hints are worth, to each judge
#
# Macro-F1 with hints minus that without, paired by patient. The last column is a *difference of differences*: the gain that the oracle sees minus the gain that the truth sees, resampled
# together. An interval above zero is inflation by circularity; one that contains zero is a tie.

# %%
if cells:
    display(plain_table(worth_of_hints(frames, references, resamples=resamples), "The gain from hints, against each reference."))

# %% [markdown]
# Task by task, for the proper window. Hints can only mislead where the oracle errs, and its errors are not spread evenly.

# %%
if len(references) == 2 and len(pairs):
    on, off = frames["window"], frames["window-nohints"]
    by_reference = {r: contrast([(1, on, r), (-1, off, r)], resamples=resamples) for r in references}
    wrong = (pairs["oracle"] != pairs["truth"]).groupby(pairs["task"]).agg(["sum", "size"])
    tasks = [task for task in by_reference["truth"].index if task in wrong.index]
    display(plain_table(pd.DataFrame({
        "Oracle's errors": {t: f"{wrong.loc[t, 'sum']:.0f} of {wrong.loc[t, 'size']:.0f}" for t in tasks},
        **{f"Gain against the {r}": {t: "{difference:+.3f} ({low:+.3f} to {high:+.3f})".format(**found.loc[t]) for t in tasks} for r, found in by_reference.items()},
    }).rename(index=task_title), "The gain from hints by task, proper window."))

# %% [markdown]
# ## Agreement, taken apart
#
# Agreeing with the oracle is two things in one: both right, or both wrong in the same way. *Agreed, both wrong* is the share of the agreement that is surely no merit. *Oracle's
# errors repeated* asks it the other way round: of the pairs on which the engine errs, how many does the model get wrong in the same words? A model that had learnt to read better than its teacher would
# correct some of them.

# %%
if len(references) == 2 and len(pairs):
    display(plain_table(agreement_table(frames, live.titles, resamples=resamples), "Agreement with the oracle, shares with 95 % intervals by patient."))

# %% [markdown]
# And how much of the agreement hangs on the hints? Without truth this is all that can be asked: the share of the agreement that is gone when the hints are taken out. For the random window, which seldom holds
# the answer, it is the share that was read off the hints.

# %%
display(plain_table(gone_without_hints(every, resamples=resamples), "Agreement lost without hints: (with - without) / with; below zero, there is more without."))

# %% [markdown]
# ## The same, trained longer
#
# Where training is short, a model without hints has not learnt to read yet, and the hints seem to be worth everything. In the recorded profile `longer` ([](table4_slicing.ipynb)) it has: what is left of their gain
# there is a fairer price.

# %%
longer = recorded("table4", LONGER)
if "window" in longer and "window-nohints" in longer:
    known = both_known({row: longer[row].predictions for row in longer.titles})
    display(plain_table(worth_of_hints(known, resamples=resamples), "The gain from hints after longer training, bundled test split, one seed."))
    display(plain_table(agreement_table(known, longer.titles, resamples=resamples), "Agreement with the oracle after longer training, shares with 95 % intervals by patient."))

# %% [markdown]
# ## A reader of hints only
#
# How much is there to read off? The classifier below sees the hint of a field, a few letters, and nothing else: no report, no language model. It is linear, and learns from the same reports and the same labels.

# %%
run = live["window"].runs[0]
source = cohort.read_reports(train_reports, progress=False)
taught = training_reports(run.settings, source)
oracle_says = rule_answers("oracle", taught)
models = hint_reader.fit(hint_reader.hint_table(taught), oracle_says)
alone = hint_reader.predict(models, live.reports, hint_reader.hint_table(live.reports))
alone = with_labels(alone, live.reports, rule_answers("oracle", live.reports))
chosen = {"Hints only, linear": alone, **{live.titles[row]: every[row] for row in ("window", "window-nohints")}}
compared = both_known(chosen) if len(references) == 2 else chosen
rows = {}
for title, frame in compared.items():
    for reference in references:
        found = scores(frame, truth=reference, resamples=resamples)
        if OVERALL in found.index:
            value = found.loc[OVERALL]
            rows.setdefault(title, {})[f"Macro-F1 against the {reference}"] = f"{value['macro_f1']:.3f} ({value['macro_f1_low']:.3f}–{value['macro_f1_high']:.3f})"
if rows:
    display(plain_table(pd.DataFrame.from_dict(rows, orient="index"), f"A linear reader of hints beside the language model, both taught on {len(taught):,} reports."))

# %% [markdown]
# What this reader scores is there before the language model has read a line. What the model adds is the distance to it. Its score against the *oracle* is what
# can be had without reading when the engine marks its own exam.

# %% [markdown]
# ## Verdict
#
# All but the last row are against the truth, on the pairs whose two references are known ([](table4_slicing.ipynb) also counts those on which the oracle is silent). *Held*: the paired interval lies above zero, or, for "as good", within 0.02 of it. The paper says both that hints guide the model and that the engine
# need not be deployed at inference. With hints in the prompt the engine does run on every report, so the second can only be tested without them. "Not tested" is what Table IV leaves open.

# %%
if len(references) == 2 and len(pairs):
    sources = sources_of(live, kept, resamples=resamples)
    judged = verdict_table(on_page("hints_and_circularity"), sources)
    display(plain_table(judged, "Windows and hints: paper, recorded where there is one, this run."))
else:
    display(Markdown("Without labels no claim can be tested: they are about correctness, and the oracle is no judge of that."))

# %% [markdown]
# ## Exercises
#
# **1.** Where oracle and truth differ, which does the model with hints follow, and which the model without?

# %% tags=["hide-cell", "solution"]
if len(references) == 2:
    for row in ("window", "window-nohints"):
        own = frames[row][frames[row]["oracle"] != frames[row]["truth"]]
        said = own["predicted"]
        print(f"{live.titles[row]:20s} oracle {(said == own['oracle']).sum():4d}   truth {(said == own['truth']).sum():4d}   neither {((said != own['oracle']) & (said != own['truth'])).sum():4d}")

# %% [markdown]
# **2.** If you could audit only 50 (report, task) pairs of an unlabelled archive, which would you choose to learn most about circularity? Count how many candidates there are.

# %% tags=["hide-cell", "solution"]
# Those on which the models with and without hints disagree: there the hint decided.
both = every["window"].merge(every["window-nohints"], on=["report_id", "task"], suffixes=("", "_off")).dropna(subset="oracle")
print(f"{(both['predicted'] != both['predicted_off']).sum():,} of {len(both):,} pairs")

# %% [markdown]
# **3.** Suppose the oracle erred twice as often and the model repeated it as faithfully. What would the paper's way of scoring notice?

# %% tags=["hide-cell", "solution"]
# Nothing: a repeated error counts as right. Only the score against the truth falls, by the repeated errors.
if len(references) == 2 and len(pairs):
    own = frames["window"]
    repeated = ((own["predicted"] == own["oracle"]) & (own["oracle"] != own["truth"])).mean()
    print(f"accuracy against the oracle unchanged; against the truth lower by about {repeated:.3f}")
