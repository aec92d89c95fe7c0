# %% [markdown]
# # Hints and circularity: who marks the exam?
#
# **Reproduces** no table of the paper. It extends Table IV and sections S1-A, S1-B and V-D: windows crossed
# with hints, each scored twice, against the labeling engine (the *oracle*) and against the truth.
#
# **You will learn** why labels that come from an engine cannot judge a model that reads that engine's output,
# how to break down an agreement, and what a difference of differences is.
#
# **Runtime and hardware**: the six trainings of Table IV in the `quick` profile, read from the store if they
# are there.
#
# **Numbers**: with `reports = "bundled"` everything measured here is on *synthetic* reports, whose truth is
# known because a program wrote them from it. In a hospital's archive the truth is missing: there, only the
# columns for the oracle can be filled in.

# %% tags=["parameters"]
profile = "quick"          # quick | standard | paper: size of model and data
reports = "bundled"        # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
rank = 16                  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""               # any other settings, as for pathmtl train --set
seed = 42                  # draws training reports, weights and batches
resamples = 2000           # bootstrap resamples behind each interval

# %% [markdown]
# The imports: settings and runs as in [](table4_slicing.ipynb), scores against two references, and a reader that sees
# hints only.

# %%
from dataclasses import replace

import pandas as pd
from IPython.display import Markdown, display

from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.hint_ablation import two_way_scores
from pathmtl.analysis.oracle_agreement import both_known
from pathmtl.analysis.paired import contrast
from pathmtl.analysis.prompt_contents import evidence_survival
from pathmtl.experiments.data import bundled_test, read_data
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import LONGER, resolve
from pathmtl.experiments.results import recorded, table_result
from pathmtl.experiments.runner import announced, get_or_train, predict, with_controls
from pathmtl.model.backbone import load_tokenizer
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.prompt import PromptBuilder, hints_of
from pathmtl.schema import OVERALL, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.hint_ablation import (
    agreement_table,
    gone_without_hints,
    two_way_figure,
    two_way_table,
    worth_of_hints,
)
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()

# %% [markdown]
# ## Why the evaluation can be circular
#
# 1. The oracle reads a report and answers T2. That answer becomes the **label**, for training reports and for
#    test reports.
# 2. The same engine writes what it found into the prompt: the **hint** `T_hint: pT2`.
# 3. The model is trained to give the label, reads the hint, and is **scored** against the label.
#
# Where the oracle is right, this does no harm. Where it is wrong, the label and the hint are wrong in the
# same way, and repeating the error raises the score. The paper keeps the hints in every row of Table IV. It
# audited the labels, but does not say whether the audited reports are those of the test set.

# %%
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("full", "random", "window", "full-nohints", "random-nohints", "window-nohints")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
inputs = {row: [one.slicing, one.hints] for row, one in settings.items()}
pd.DataFrame(inputs, index=["slicing", "hints"])

# %% [markdown]
# The runs of Table IV: read from the store if they are there, trained otherwise.

# %%
data = read_data(reports, train_reports, settings["window"])
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)

# %% [markdown]
# Their predictions as one table, together with the recorded runs.

# %%
every = {row: predict(run, data.test) for row, run in runs.items()}
this_run = table_result("table4", profile, data, every, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table4")
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

# %% [markdown]
# Which references are known for the evaluated reports: the truth, the oracle's answer, or both?

# %%
of_window = every["window"]
references = tuple(name for name in ("oracle", "truth") if of_window[name].notna().any())
frames = both_known(every) if len(references) == 2 else every
pairs = next(iter(frames.values()))
if len(references) == 2:
    differing = (pairs["oracle"] != pairs["truth"]).mean() if len(pairs) else float("nan")
    display(Markdown(
        f"Both references are known for **{len(pairs):,}** (report, task) pairs, of "
        f"{of_window['truth'].notna().sum():,} with a label and "
        f"{of_window['oracle'].notna().sum():,} with an answer of the oracle. "
        "Everything below uses only those pairs, so that only the reference changes. "
        f"They differ on **{differing:.1%}** of them: circularity can hide no more than that."))
else:
    display(Markdown(
        f"`{reports}` has **no labels** (or the oracle answers nothing): scores against the "
        "truth cannot be computed, and the agreement cannot be broken down. "
        "Only what the oracle alone can show follows."))

# %% [markdown]
# ## Two ways to score, two ways to prompt
#
# Read the table along a row. If the first pair of columns (the paper's way to score) drops more without hints
# than the second pair does, then part of what the hints added was agreement, not correctness.

# %%
cells = two_way_scores(frames, references, resamples=resamples)
if cells:
    caption = ("Macro-F1, mean of the paper's six tasks, with 95 % intervals. "
               f"{reports} reports, {this_run.made_with}.")
    display(plain_table(two_way_table(cells), caption))

# %% tags=["hide-input"] mystnb={"image": {"alt": "Macro-F1 of three windows with hints (filled) and without (hollow), against the oracle (circles) and against the truth (squares), with 95 % intervals"}}
if cells:
    display(two_way_figure(cells))

# %% tags=["hide-input"]
if cells:
    display(Markdown(
        f"*Windows crossed with hints, {reports} reports, {this_run.made_with}, 95 % intervals. "
        "Filled marks: with hints; hollow: without. "
        "Circles: against the oracle; squares: against the truth.*"))

# %% [markdown]
# ## What the hints are worth, by each reference
#
# Macro-F1 with hints minus macro-F1 without, paired by patient. The last column is a *difference of
# differences*: the gain measured against the oracle minus the gain measured against the truth, resampled
# together. An interval above zero is inflation caused by circularity; an interval that contains zero is a
# tie.

# %%
if cells:
    table = worth_of_hints(frames, references, resamples=resamples)
    display(plain_table(table, "The gain from hints, against each reference."))

# %% [markdown]
# Task by task, for the proper window. Hints can only mislead where the oracle is wrong, and its errors are
# not evenly distributed over the tasks.

# %%
if len(references) == 2 and len(pairs):
    on, off = frames["window"], frames["window-nohints"]
    wrong = (pairs["oracle"] != pairs["truth"]).groupby(pairs["task"]).agg(["sum", "size"])
    errors = [f"{r['sum']:.0f} of {r['size']:.0f}" for _, r in wrong.iterrows()]
    table = pd.DataFrame({"Oracle's errors": errors}, index=wrong.index)
    for reference in references:
        gain = contrast([(1, on, reference), (-1, off, reference)], resamples=resamples)
        gain = gain.reindex(table.index)
        table[f"Gain against the {reference}"] = [
            gap_text(r.difference, r.low, r.high) for r in gain.itertuples()]
    table = table.rename(index=task_title).rename_axis(None)
    display(plain_table(table, "The gain from hints by task, proper window."))

# %% [markdown]
# ## What agreement with the oracle consists of
#
# Agreement with the oracle has two parts: both are right, or both are wrong in the same way. *Agreed, both
# wrong* is the share of the agreement that certainly deserves no credit. *Oracle's errors repeated* asks the
# opposite question: of the pairs on which the engine is wrong, on how many does the model give the same wrong
# answer? A model that had learned to read better than its teacher would correct some of them.

# %%
if len(references) == 2 and len(pairs):
    table = agreement_table(frames, this_run.titles, resamples=resamples)
    display(plain_table(table, "Agreement with the oracle, shares with 95 % intervals by patient."))

# %% [markdown]
# How much of the agreement depends on the hints? Without the truth, this is the only question that can be
# asked: the share of the agreement that disappears when the hints are removed. For the random window, which
# rarely contains the answer, it is the share that was copied from the hints.

# %%
table = gone_without_hints(every, resamples=resamples)
caption = "Agreement lost without hints: (with - without) / with; negative: more without."
plain_table(table, caption)

# %% [markdown]
# ## After longer training
#
# If training is short, a model without hints has not yet learned to read, and the hints seem to be worth
# everything. In the recorded profile `longer` ([](table4_slicing.ipynb)) it has learned to read, so the
# remaining gain from hints is a fairer estimate of their value.

# %%
longer = recorded("table4", LONGER)
if "window" in longer and "window-nohints" in longer:
    both_known_pairs = both_known({row: longer[row].predictions for row in longer.titles})
    table = worth_of_hints(both_known_pairs, resamples=resamples)
    caption = "The gain from hints after longer training, bundled test split, one seed."
    display(plain_table(table, caption))
    table = agreement_table(both_known_pairs, longer.titles, resamples=resamples)
    caption = "Agreement with the oracle after longer training, shares with 95 % intervals."
    display(plain_table(table, caption))

# %% [markdown]
# ## Two kinds of hints: the oracle's, and the text behind a header
#
# The paper describes a weaker hint than the one used so far: the raw text right after a task's header, with
# every match joined and the history included (section S1-B). `hints="literal"` builds it. Here are both for
# a synthetic report in which more than one header of T is found:

# %%
example = next(
    text for text in bundled_test()["text"] if "|" in hints_of(text, ["T"], "literal")["T"])
both_kinds = {kind: hints_of(example, TASKS, kind) for kind in ("literal", "oracle")}
pd.DataFrame(both_kinds).replace("", "none")

# %% [markdown]
# How often does each kind contain the right answer? Where a report's evidence is known, we can count: the
# share of stated findings whose wording is in the hint.

# %%
if "evidence" in data.test:
    tokenizer = load_tokenizer(settings["window"].backbone)
    shares = {}
    for kind in ("literal", "oracle"):
        one_input = replace(settings["window"].input, hints=kind)
        builder = PromptBuilder(tokenizer, one_input)
        shares[kind] = evidence_survival(data.test, builder).groupby("task")["hint"].mean()
    table = pd.DataFrame(shares).reindex(TASKS).map("{:.0%}".format).rename(index=task_title)
    display(plain_table(table, "Stated findings whose wording is in the hint, by kind of hint."))

# %% [markdown]
# A linear model of either kind, taught on the same reports, shows what copying alone reaches:

# %%
copied = {}
for kind in ("literal", "oracle") if data.labeled else ():
    control = resolve(profile, "hint-linear", **{**overrides, "hints": kind})
    control_run = get_or_train(control, data.train, progress=False)
    answers = predict(control_run, data.test, trained_on=data.train)
    scored = scores(answers[answers["truth"].notna()], resamples=resamples)
    if OVERALL in scored.index:
        copied[kind] = scored.loc[OVERALL, ["macro_f1", "macro_f1_low", "macro_f1_high"]]
if copied:
    table = pd.DataFrame(copied).T.map("{:.3f}".format)
    display(plain_table(table, "Macro-F1 of a linear model of the hints alone, 95 % intervals."))

# %% [markdown]
# ## A reader that sees only the hints
#
# How much can be read from the hints alone? The classifier below sees the hint of a field, a few letters, and
# nothing else: no report and no language model. It is linear and learns from the same reports and the same
# labels.

# %%
hints_only = this_run["hint-linear"]
n_training = hints_only.runs[0].record["data"]["train"]
print(f"taught on {n_training:,} reports in {hints_only.cost['train_seconds']:.0f} s")

# %% [markdown]
# Its scores next to those of the language model, with and without hints:

# %%
chosen = {"Hints only, linear": hints_only.predictions}
chosen |= {this_run.titles[row]: every[row] for row in ("window", "window-nohints")}
compared = both_known(chosen) if len(references) == 2 else chosen
rows = {}
for title, frame in compared.items():
    for reference in references:
        scored = scores(frame, truth=reference, resamples=resamples)
        if OVERALL in scored.index:
            value, low, high = scored.loc[OVERALL, ["macro_f1", "macro_f1_low", "macro_f1_high"]]
            text = f"{value:.3f} ({low:.3f}–{high:.3f})"
            rows.setdefault(title, {})[f"Macro-F1 against the {reference}"] = text
if rows:
    table = pd.DataFrame.from_dict(rows, orient="index")
    caption = ("A linear reader of hints and the language model, "
               f"both trained on {n_training:,} reports.")
    display(plain_table(table, caption))

# %% [markdown]
# The score of this reader is available before the language model has read a single line. The difference
# between the two is what the model adds: where it is not above zero, no comparison of models with hints counts
# ([](../book/verdicts.md)). The score against the *oracle* is what can be reached without
# reading when the engine marks its own exam.

# %% [markdown]
# ## Verdict
#
# All rows but the last are scored against the truth, on the pairs for which both references are known
# ([](table4_slicing.ipynb) also counts those on which the oracle gives no answer). *Held*: the paired
# interval lies above zero or, for "as good", within 0.02 of it. The paper says both that hints guide the
# model and that the engine need not be deployed at inference. With hints in the prompt the engine does run on
# every report, so the second claim can only be tested without them. "Not tested" marks what Table IV leaves
# open.

# %%
if len(references) == 2 and len(pairs):
    sources = sources_of(this_run, recorded_run, resamples=resamples)
    judged = verdict_table(on_page("hints_and_circularity"), sources)
    caption = "Windows and hints: paper, recorded run (if there is one), this run."
    display(plain_table(judged, caption))
else:
    display(Markdown(
        "Without labels, no claim can be tested: the claims are about correctness, "
        "and the oracle cannot judge that."))

# %% [markdown]
# ## Exercises
#
# **1.** Where the oracle and the truth differ, which does the model with hints follow, and which the model
# without hints?

# %% tags=["hide-cell", "solution"]
if len(references) == 2:
    for row in ("window", "window-nohints"):
        disputed = frames[row][frames[row]["oracle"] != frames[row]["truth"]]
        as_oracle = (disputed["predicted"] == disputed["oracle"]).sum()
        as_truth = (disputed["predicted"] == disputed["truth"]).sum()
        neither = len(disputed) - as_oracle - as_truth
        print(f"{this_run.titles[row]:20s} oracle {as_oracle:4d}   truth {as_truth:4d}   "
              f"neither {neither:4d}")

# %% [markdown]
# **2.** If you could audit only 50 (report, task) pairs of an unlabeled archive, which would you choose to
# learn the most about circularity? Count how many candidates there are.

# %% tags=["hide-cell", "solution"]
# Those on which the models with and without hints disagree: the hint decided the answer there.
both = every["window"].merge(
    every["window-nohints"], on=["report_id", "task"], suffixes=("", "_off"))
both = both.dropna(subset="oracle")
print(f"{(both['predicted'] != both['predicted_off']).sum():,} of {len(both):,} pairs")

# %% [markdown]
# **3.** Suppose the oracle were wrong twice as often and the model repeated its errors just as faithfully.
# What would the paper's way of scoring notice?

# %% tags=["hide-cell", "solution"]
# Nothing: a repeated error counts as right. Only the score against the truth drops.
if len(references) == 2 and len(pairs):
    own = frames["window"]
    repeated = ((own["predicted"] == own["oracle"]) & (own["oracle"] != own["truth"])).mean()
    print("accuracy against the oracle: unchanged; "
          f"against the truth: lower by about {repeated:.3f}")
