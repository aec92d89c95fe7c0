# %% [markdown]
# # Hints and circularity: does the model read, or copy?
#
# One engine of rules, the {term}`oracle`, labels the reports *and* writes {term}`hints <hint>` into the prompt. So a model could score
# well by copying its hints, and where the engine is wrong, the label would reward the error. This page removes the hints, replaces
# the reference by the truth, and lets a linear model read the hints alone.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** no table of the paper. It extends Table IV and sections S1-A, S1-B and V-D. **You will learn** why labels that come from an engine cannot judge a model that reads that engine's output, how to break down an
# agreement, and what a difference of differences is.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; the six trainings of Table IV in the `quick` profile.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, whose truth is known because a
# program wrote them from it. In a hospital's archive the truth is missing: there, only the columns for the oracle can be filled in.
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
from pathmtl.paper.claims import on_page
from pathmtl.prompt import PromptBuilder, hints_of
from pathmtl.schema import OVERALL, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.hint_ablation import (
    agreement_table,
    copying,
    gone_without_hints,
    two_way_figure,
    two_way_table,
    worth_of_hints,
)
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.sentences import source_note, what_counts
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("Hints")

# %% tags=["hide-input"]
# The six runs of Table IV: slicing crossed with hints.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
ROWS = ("full", "random", "window", "full-nohints", "random-nohints", "window-nohints")
settings = {row: resolve(profile, row, **overrides) for row in ROWS}
data = read_data(reports, train_reports, settings["window"])
runs = {}
for row, one in announced(settings, data.train, weights=data.needs_weights):
    runs[row] = get_or_train(one, data.train, weights=data.needs_weights)
every = {row: predict(run, data.test) for row, run in runs.items()}
this_run = table_result("table4", profile, data, every, runs, overrides)
this_run = with_controls(this_run, data, overrides)
recorded_run = recorded("table4")
longer = recorded("table4", LONGER)
source, evidence = next(iter(sources_of(this_run, recorded_run, resamples=resamples).items()))
note = source_note(this_run, recorded_run)

# %% tags=["hide-input"]
# Which references are known: the truth, the oracle's answer, or both? Where both are, everything
# below uses only the pairs that have both, so that only the reference changes.
of_window = every["window"]
references = tuple(name for name in ("oracle", "truth") if of_window[name].notna().any())
frames = both_known(every) if len(references) == 2 else every
pairs = next(iter(frames.values()))
testable = len(references) == 2 and len(pairs) > 0
final, live = judged_on(this_run, recorded_run, resamples=resamples)
verdicts = (final, live if testable else None)
cells = two_way_scores(frames, references, resamples=resamples)

# The classifier that sees the hint of a field and nothing else, beside the language model.
hints_only = this_run["hint-linear"]
n_training = hints_only.runs[0].record["data"]["train"]
chosen = {"Hints only, linear": hints_only.predictions}
chosen |= {this_run.titles[row]: every[row] for row in ("window", "window-nohints")}
compared_rows = both_known(chosen) if len(references) == 2 else chosen
by_reference = {}
for title, frame in compared_rows.items():
    for reference in references:
        scored = scores(frame, truth=reference, resamples=resamples)
        if OVERALL in scored.index:
            by_reference[title, reference] = scored.loc[OVERALL]

# %% tags=["hide-input"]
display(
    finding(
        copying(by_reference, references),
        what_counts("table4", "window", evidence, "the language model") if this_run.labeled else "",
        said("hints-credit", *verdicts),
    )
)

# %% tags=["hide-input"]
if cells:
    display(
        captioned(
            two_way_figure(cells),
            number.figure(
                f"Windows crossed with hints, {len(data.test):,} {reports} reports, "
                f"{this_run.made_with}, {this_run.source}, "
                "95 % intervals. Filled marks: with hints; hollow: without. Circles: against "
                "the oracle; squares: "
                "against the truth. Without hints, a model that was trained briefly may have "
                "learned nothing; see "
                "the longer training below."
            ),
            "Macro-F1 of three windows with hints (filled) and without (hollow), against the "
            "oracle (circles) and "
            "against the truth (squares), with 95 % intervals",
        )
    )

# %% [markdown]
# ## Scores: a reader of hints alone against the language model
#
# The classifier in the first row sees the hint of a field, a few letters, and nothing else: no report and no language model. It is linear
# and learns from the same reports and labels. Its score is known before the language model has read a single line; the gap between the two
# is what the model adds. Where that gap is not above zero, no comparison of models with hints counts ([](../book/verdicts.md)).

# %% tags=["full-width", "hide-input"]
rows = {}
for (title, reference), each in by_reference.items():
    value, low, high = each[["macro_f1", "macro_f1_low", "macro_f1_high"]]
    rows.setdefault(title, {})[f"Macro-F1 against the {reference}"] = (
        f"{value:.3f} ({low:.3f}–{high:.3f})"
    )
if rows:
    display(
        plain_table(
            pd.DataFrame.from_dict(rows, orient="index"),
            number.table(
                "A linear reader of hints and the language model, both trained on "
                f"{n_training:,} reports "
                f"({this_run.made_with}, {this_run.source}), with 95 % intervals."
            ),
        )
    )
else:
    display(Markdown("No reference is known for these reports, so nothing can be scored."))

# %% tags=["hide-input"]
if testable:
    differing = (pairs["oracle"] != pairs["truth"]).mean()
    display(
        Markdown(
            f"Both references are known for **{len(pairs):,}** (report, task) pairs, of "
            f"{of_window['truth'].notna().sum():,} with a label and "
            f"{of_window['oracle'].notna().sum():,} with an answer of the oracle. "
            f"They differ on **{differing:.1%}** of them: circularity can hide no more than that."
        )
    )
else:
    display(
        Markdown(
            f"`{reports}` has **no labels** (or the oracle answers nothing): scores against the "
            "truth cannot be "
            "computed, and the agreement cannot be broken down. Only what the oracle alone can "
            "show follows."
        )
    )

# %% [markdown]
# ## Verdict
#
# All rows but the last are scored against the truth, on the pairs for which both references are known. *Held*: the whole interval is above
# zero or, for "as good", within 0.02 of it. The paper says both that hints guide the model and that the engine need not be deployed at
# inference. With hints in the prompt the engine does run on every report, so the second claim can only be tested without them.

# %% tags=["full-width", "hide-input"]
if not testable:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("hints_and_circularity"),
    *verdicts,
    caption=number.table("Windows and hints: the paper's numbers, ours, and one verdict each."),
)

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

# %% [markdown]
# ## What the hints are worth, by each reference
#
# Macro-F1 with hints minus macro-F1 without, paired by patient. The last column is a *difference of differences*: the gain measured
# against the oracle minus the gain measured against the truth, resampled together. An interval above zero is inflation caused by
# circularity; an interval that contains zero is a tie. Hints can only mislead where the oracle is wrong, and its errors are not evenly
# distributed over the tasks.

# %% tags=["full-width", "hide-input"]
tables = []
if cells:
    tables.append(
        plain_table(
            two_way_table(cells),
            number.table(
                f"Macro-F1, mean of the paper's six tasks, with 95 % intervals. {reports} "
                f"reports, {this_run.made_with}."
            ),
        )
    )
    tables.append(
        plain_table(
            worth_of_hints(frames, references, resamples=resamples),
            number.table("The gain from hints, against each reference."),
        )
    )
if testable:
    on, off = frames["window"], frames["window-nohints"]
    wrong = (pairs["oracle"] != pairs["truth"]).groupby(pairs["task"]).agg(["sum", "size"])
    errors = [f"{r['sum']:.0f} of {r['size']:.0f}" for _, r in wrong.iterrows()]
    table = pd.DataFrame({"Oracle's errors": errors}, index=wrong.index)
    for reference in references:
        gain = contrast([(1, on, reference), (-1, off, reference)], resamples=resamples)
        gain = gain.reindex(table.index)
        table[f"Gain against the {reference}"] = [
            gap_text(r.difference, r.low, r.high) for r in gain.itertuples()
        ]
    table = table.rename(index=task_title).rename_axis(None)
    tables.append(plain_table(table, number.table("The gain from hints by task, proper window.")))
if tables:
    display(folded("Evidence: the gain from hints, overall and by task", *tables))

# %% [markdown]
# ## What agreement with the oracle consists of
#
# Agreement with the oracle has two parts: both are right, or both are wrong in the same way. *Agreed, both wrong* is the share of the
# agreement that certainly deserves no credit. *Oracle's errors repeated* asks the opposite question: of the pairs on which the engine is
# wrong, on how many does the model give the same wrong answer? A model that had learned to read better than its teacher would correct some
# of them. Without the truth, only one question is left: what share of the agreement disappears when the hints are removed? For the random
# window, which rarely contains the answer, it is the share that was copied from the hints.

# %% tags=["full-width", "hide-input"]
tables = []
if testable:
    tables.append(
        plain_table(
            agreement_table(frames, this_run.titles, resamples=resamples),
            number.table("Agreement with the oracle, shares with 95 % intervals by patient."),
        )
    )
tables.append(
    plain_table(
        gone_without_hints(every, resamples=resamples),
        number.table(
            "Agreement lost without hints: (with − without) / with; negative: more without."
        ),
    )
)
display(folded("Evidence: the parts of the agreement", *tables))

# %% [markdown]
# ## After longer training
#
# If training is short, a model without hints has not yet learned to read, and the hints seem to be worth everything. In the recorded
# profile `longer` ([](table4_slicing.ipynb)) it has seen more reports, so the remaining gain from hints is a fairer estimate of their
# value.

# %% tags=["full-width", "hide-input"]
if "window" in longer and "window-nohints" in longer:
    both_known_pairs = both_known(
        {row: longer[row].predictions for row in longer.titles if row in ROWS}
    )
    display(
        folded(
            "Evidence: the same after longer training",
            plain_table(
                worth_of_hints(both_known_pairs, resamples=resamples),
                number.table(
                    "The gain from hints after longer training, bundled test split, one seed."
                ),
            ),
            plain_table(
                agreement_table(both_known_pairs, longer.titles, resamples=resamples),
                number.table(
                    "Agreement with the oracle after longer training, shares with 95 % intervals."
                ),
            ),
        )
    )
else:
    display(Markdown("No longer training is recorded."))

# %% [markdown]
# ## Two kinds of hints: the oracle's, and the text behind a header
#
# The paper describes a weaker hint: the raw text right after a task's header, with every match joined and the history included (section
# S1-B). `hints="literal"` builds it; `hints="oracle"` gives the engine's own answer. Here are both for a synthetic report in which more than one header of T is found, how
# often each holds the wording of a stated finding, and what a linear model reaches by copying either.

# %% tags=["hide-input"]
example = next(
    text for text in bundled_test()["text"] if "|" in hints_of(text, ["T"], "literal")["T"]
)
both_kinds = {kind: hints_of(example, TASKS, kind) for kind in ("literal", "oracle")}
tables = [
    plain_table(
        pd.DataFrame(both_kinds).replace("", "none"),
        number.table("Both kinds of hints for one synthetic report."),
    )
]
if "evidence" in data.test:
    tokenizer = load_tokenizer(settings["window"].backbone)
    shares = {}
    for kind in ("literal", "oracle"):
        builder = PromptBuilder(tokenizer, replace(settings["window"].input, hints=kind))
        shares[kind] = evidence_survival(data.test, builder).groupby("task")["hint"].mean()
    table = pd.DataFrame(shares).reindex(TASKS).map("{:.0%}".format).rename(index=task_title)
    tables.append(
        plain_table(
            table, number.table("Stated findings whose wording is in the hint, by kind of hint.")
        )
    )
copied = {}
for kind in ("literal", "oracle") if data.labeled else ():
    control = resolve(profile, "hint-linear", **{**overrides, "hints": kind})
    control_run = get_or_train(control, data.train, progress=False)
    answers = predict(control_run, data.test, trained_on=data.train)
    scored = scores(answers[answers["truth"].notna()], resamples=resamples)
    if OVERALL in scored.index:
        copied[kind] = scored.loc[OVERALL, ["macro_f1", "macro_f1_low", "macro_f1_high"]]
if copied:
    tables.append(
        plain_table(
            pd.DataFrame(copied).T.map("{:.3f}".format),
            number.table("Macro-F1 of a linear model of the hints alone, 95 % intervals."),
        )
    )
display(folded("Evidence: both kinds of hints", *tables))
display(Markdown(data.summary), Markdown(this_run.how_to_remake))

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
        print(
            f"{this_run.titles[row]:20s} oracle {as_oracle:4d}   truth {as_truth:4d}   "
            f"neither {neither:4d}"
        )

# %% [markdown]
# **2.** If you could audit only 50 (report, task) pairs of an unlabeled archive, which would you choose to
# learn the most about circularity? Count how many candidates there are.

# %% tags=["hide-cell", "solution"]
# Those on which the models with and without hints disagree: the hint decided the answer there.
both = every["window"].merge(
    every["window-nohints"], on=["report_id", "task"], suffixes=("", "_off")
)
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
    print(
        f"accuracy against the oracle: unchanged; against the truth: lower by about {repeated:.3f}"
    )
