# %% [markdown]
# # Figure S2b: how many HER2 positives does the model miss?
#
# HER2 is the task with the fewest labels and the rarest positives, and a missed positive is a patient who is not offered a treatment.
# The paper prints one confusion matrix and one number, the share of positives found. This page counts the positives that are missed,
# with their intervals, beside naive rules and a constant answer.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** Figure S2b and the HER2 sentences of sections S3, V-A and III-B2. **You will learn** to read a confusion matrix by rows, why a high accuracy can hide a model that has learned nothing, what the class
# weights of Equation 7 do to the answers, and how wide an interval becomes when the class of interest is rare.
#
# **Runtime**: seconds in a build of the book, which reads recorded runs; one short training in the `quick` profile. With
# `single_task = true`, six more, shared with Table III.
#
# **Numbers**: with `reports = "bundled"`, everything measured here is on *synthetic* reports, with a small model. The paper's numbers
# come from Llama-3-8B and private reports.
# :::

# %% tags=["parameters", "hide-input"]
profile = "quick"  # quick | standard | paper: size of model and data
reports = "bundled"  # evaluated: "bundled", a folder, or a table file
train_reports = "bundled"  # trained on; if the same: train split, test split
single_task = False  # also the single-task models of Table III (six trainings)
rank = 16  # rank r of the LoRA adapters (Eq. 2); alpha stays 16 unless changed
changes = ""  # any other settings, as for pathmtl train --set
seed = 42  # draws training reports, weights and batches
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import cohort, paper
from pathmtl.analysis import confusion as cm
from pathmtl.analysis.confusion import constant_score
from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import CLASSES
from pathmtl.training.data import class_weights, training_labels
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.confusion_panels import class_table, confusion_panels
from pathmtl.viz.page import Captions, captioned, finding, folded
from pathmtl.viz.sentences import missed
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("S2b")
HER2 = "HER2"  # the task of this page

# %% tags=["hide-input"]
# The multi-task model and the naive rules of Table I. Where the reports carry no HER2 label, the
# oracle's stated answers replace it: a matrix then shows agreement with the labeling engine.
overrides = {"rank": rank, "seed": seed} | parse_overrides(changes)
this_run = run_table("table1", profile, reports, train_reports, **overrides)
recorded_run = recorded("table1")
labeled = bool(this_run.reports[HER2].notna().any())
truth = "truth" if labeled else "oracle"
ROWS = [row for row in ("naive", "lora") if row in this_run]
answers = {this_run.titles[row]: this_run[row].predictions for row in ROWS}
if single_task:
    stl = run_table("table3", profile, reports, train_reports, rows=["stl"], **overrides)
    answers[stl.titles["stl"]] = stl["stl"].predictions
most = cm.commonest(this_run["lora"].predictions, HER2, truth)
if most:
    answers["Constant answer"] = cm.constant_predictions(this_run["lora"].predictions, HER2, most)
matrices = {title: cm.confusion(frame, HER2, truth) for title, frame in answers.items()}
if recorded_run.outcomes and not this_run.is_recorded:
    title = f"{this_run.titles['lora']}, recorded"
    matrices = {title: cm.confusion(recorded_run["lora"].predictions, HER2), **matrices}
best = recorded_run if recorded_run.outcomes else this_run
best_truth = "truth" if best is recorded_run else truth
best_matrix = cm.confusion(best["lora"].predictions, HER2, best_truth)
verdicts = judged_on(this_run, recorded_run, resamples=resamples)

# %% tags=["hide-input"]
counted = len(cm.of_task(this_run["lora"].predictions, HER2, truth))
note = (
    ""
    if labeled
    else (f" `{reports}` carries **no HER2 labels**: the oracle's answers are the reference here.")
)
display(
    finding(
        missed(best_matrix, "Positive", "the multi-task model", printed=paper.HER2_POSITIVES_FOUND),
        said("her2-constant", *verdicts),
        note,
    )
)

# %% tags=["hide-input"]
if most:
    whose = "labels" if labeled else "the oracle's answers"
    display(
        captioned(
            confusion_panels(matrices),
            number.figure(
                f"HER2 by class, {counted:,} of {len(this_run.reports):,} {reports} reports, "
                f"{this_run.made_with}, "
                f"{this_run.source}, against {whose}: share of each row, with the number of "
                "reports in parentheses. A "
                'dash marks a class that no report has; "none" are reports that the method left '
                "unanswered."
            ),
            "HER2 confusion matrices, true class down and answer across, of naive rules, of the "
            "multi-task "
            "model and of a constant answer: shares of each row with counts",
        )
    )
else:
    display(Markdown("No report has a HER2 reference, so there is no matrix to draw."))

# %% [markdown]
# ## Recall by class
#
# A **row** of a matrix holds the reports of one true class and shows how they were answered; the share on the diagonal is that class's
# *recall*. The interval of a recall is Wilson's and takes reports as independent. It rests on that row's reports alone, so look at the
# column of labels first. The *constant answer* gives the most common class to everybody: a model whose matrix resembles it has learned the
# class frequencies and nothing else.

# %% tags=["full-width", "hide-input"]
if most:
    display(
        plain_table(
            class_table(matrices),
            number.table("HER2 by class: recall with its 95 % interval, precision and F1."),
            index=False,
        )
    )

# %% [markdown]
# ## Verdict
#
# *Held*: the whole interval is above the paper's share (for the positives found) or above zero (for differences); for "hardly better", within
# 0.02 of zero. The paper's numbers come from other reports and a larger model.

# %% tags=["full-width", "hide-input"]
if not labeled:
    display(
        Markdown(
            f"`{reports}` has no HER2 labels. Agreement with the oracle is not correctness, so "
            "these reports "
            "test none of the claims. The verdicts on the recorded runs:"
        )
    )
verdict_block(
    on_page("fig_s2b_her2_confusion"),
    *verdicts,
    caption=number.table(
        "HER2 and rare classes: the paper's numbers, ours, and one verdict each. Differences in "
        "macro-F1 are paired by patient."
    ),
)

# %% [markdown]
# ## What a collapse looks like
#
# Section V-C gives the number of negatives for each positive, and Table III an F1 for the
# single-task model. Both follow from a constant answer: its recall is 1 in one row and 0 in the
# others, and macro-F1 averages over the rows.

# %% tags=["hide-input"]
ratio, printed = paper.HER2_RATIO, paper.TABLE_3.loc["stl", HER2]
rows = {
    f"Paper, {ratio} : 1, averaged over {n} classes": (
        ratio / (1 + ratio),
        constant_score(ratio, n),
    )
    for n in (2, 3)
}
if most:
    counts = matrices["Constant answer"]
    share = counts.loc[most].sum() / counts.to_numpy().sum()
    rows["These reports"] = (share, cm.by_class(counts)["f1"].mean())
display(
    plain_table(
        pd.DataFrame(
            {
                name: {"Accuracy": f"{a:.3f}", "Macro-F1": f"{f:.3f}"}
                for name, (a, f) in rows.items()
            }
        ).T,
        number.table(
            f"The most common class for every report. Table III prints {printed} for the "
            "single-task "
            "model."
        ),
    )
)

# %% [markdown]
# The accuracy of the constant answer is a warning: it takes no model to reach it.
# [](paper_audit.ipynb) shows which HER2 test sets would print all of the paper's HER2 numbers at
# once, and [](table3_mtl_vs_stl.ipynb) runs the single-task models.

# %% [markdown]
# ## What the weights do (Equation 7)
#
# HER2 is the only weighted task: a class with $n_c$ of $N$ training labels counts $w_c = N / (C\,
# n_c)$ times. The labels that this model was trained on, and their weights:

# %% tags=["hide-input"]
run = this_run["lora"].runs[0]
source = cohort.read_reports(train_reports, progress=False)
training_classes = training_labels(run.settings, source)[HER2]
weights = class_weights(training_classes, HER2)
seen = training_classes.value_counts().reindex(CLASSES[HER2]).fillna(0).astype(int)
plain_table(
    pd.DataFrame(
        {
            "Training labels": seen.map("{:,}".format),
            "Weight": {name: f"{weight:.2f}" for name, weight in weights.items()},
            "Labels × weight": {name: f"{seen[name] * weights[name]:.1f}" for name in seen.index},
        }
    ),
    number.table(
        "HER2 labels of this run's training reports. A class that none of them has gets weight "
        "1 and "
        "has no influence."
    ),
)

# %% [markdown]
# What would the model have answered without them? At its minimum, the weighted loss makes the
# probability of class $c$ proportional to $w_c\, p(c \mid \text{report})$. So dividing the model's
# probabilities by the weights estimates what unweighted training would aim at, without training
# again. It is an estimate: a model that was really trained without weights would also have learned
# other features. The reports that change sides are the *doubtful* ones; where the text is plain, no
# weight matters.

# %% tags=["hide-input"]
if most:
    trained = this_run["lora"].predictions
    divided = cm.without_weights(trained, HER2, weights)
    pair = {
        "With the weights (as trained)": cm.confusion(trained, HER2, truth),
        "Weights divided out": cm.confusion(divided, HER2, truth),
    }
    her2_answers = cm.of_task(trained, HER2, truth)
    changed = int((her2_answers["predicted"] != divided.loc[her2_answers.index, "predicted"]).sum())
    display(
        Markdown(
            f"**{changed:,} of {len(her2_answers):,}** answers change when the weights are "
            "divided out."
        )
    )
    display(
        folded(
            "Evidence: the answers with and without the weights",
            captioned(
                confusion_panels(pair),
                number.figure("HER2 with and without the weights of Equation 7, the same run."),
                "Two HER2 confusion matrices of the multi-task model: as trained, with the "
                "weights of Equation 7, "
                "and with the weights divided out of its probabilities",
            ),
            plain_table(
                class_table(pair),
                number.table("Recall of rare classes against precision."),
                index=False,
            ),
        )
    )

# %% [markdown]
# ## Exercises
#
# **1.** Accuracy and macro-F1 of every panel: which of the two sets the constant answer apart?

# %% tags=["hide-cell", "solution"]
for title, counts in matrices.items():
    right = sum(counts.loc[name, name] for name in counts.index)
    total = counts.to_numpy().sum()
    if total:
        print(
            f"{title:30s} accuracy {right / total:.3f}   macro-F1 "
            f"{cm.by_class(counts)['f1'].mean():.3f}"
        )

# %% [markdown]
# **2.** How many positives would the test set need for an interval of the recall that is at most
# five points wide, if the model found the paper's share of them?

# %% tags=["hide-cell", "solution"]
from pathmtl.analysis.confidence import wilson

share = paper.HER2_POSITIVES_FOUND
for n in (25, 50, 100, 200, 400, 800):
    low, high = wilson(round(share * n), n)
    print(f"{n:4d} positives: {low:.3f} to {high:.3f}, {100 * (high - low):.1f} points wide")

# %% [markdown]
# **3.** Where do the naive rules lose: do they answer wrongly, or not at all?

# %% tags=["hide-cell", "solution"]
naive = matrices[this_run.titles["naive"]]
silent = naive[NO_ANSWER].sum() if NO_ANSWER in naive else 0
right = sum(naive.loc[name, name] for name in naive.index)
print(
    f"{silent:,} without an answer, {naive.to_numpy().sum() - silent - right:,} wrong, {right:,} "
    "right"
)
