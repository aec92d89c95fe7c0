# %% [markdown]
# # The printed numbers, recomputed
#
# **Reproduces** nothing new: it takes Tables I to IV and the figures quoted in the text of Shao et al. 2026
# and asks what follows from each number and whether the others agree with it.
#
# **You will learn** how much a table says beyond its cells: what kind of average an "overall" row is, how
# many reports a three-digit accuracy allows, why a macro-F1 of 0.309 is not a weak model but a model that
# gave up, and how to count a model's parameters on paper.
#
# **Runtime and hardware**: seconds, on any machine. Nothing is trained.
#
# **Numbers**: the paper's, as printed, and arithmetic on them. No report is read. Two words are used with
# care. A printed number is *consistent* with another if some pair of true values rounds to both. A *fit* is
# one explanation that would print the same digits: it is not evidence that things were done that way, and it
# is not an accusation. The authors have the data; we have three decimals.

# %% tags=["parameters"]
er_pr_within = 0.2  # fit of the overall rows: largest relative difference of ER and PR support
most_equivocal = 7  # HER2 test sets with up to this many equivocal reports are tried

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.notebook import check_parameters
from pathmtl.paper import arithmetic
from pathmtl.paper.claims import Evidence, on_page, verdict_table
from pathmtl.schema import CLASSES, PAPER_TASKS, task_title
from pathmtl.viz.style import COLORS, use_style
from pathmtl.viz.tables import plain_table

check_parameters()
use_style()
ROW = {
    "naive": "Naive rules",
    "lora": "Multi-task LLM",
    "stl": "Single-task LLMs",
    "frozen": "Frozen",
    "ia3": "(IA)³",
    "prefix": "Prefix tuning",
}
agree = {True: "agrees", False: "differs"}

# %% [markdown]
# ## Do the tables agree with the text and with each other?
#
# The quickest check comes first: numbers that appear in two places. The same model appears in all four
# tables.

# %% tags=["hide-input"]
quoted = arithmetic.quoted()
plain_table(
    quoted.assign(
        quoted=quoted["quoted"].map("{:,.4g}".format),
        computed=quoted["computed"].map("{:,.4g}".format),
        agrees=quoted["agrees"].map(agree),
    ).rename(columns=str.capitalize),
    "Numbers that appear in two places: as quoted, and as computed from the other place.",
    index=False,
)

# %% [markdown]
# ## What kind of average is "Overall"?
#
# The last row of Table I is called *Overall Average*. The obvious reading is the mean of the six tasks above
# it. Each cell is rounded to three decimals, so a mean can differ from the printed one by at most one unit of
# the last digit.

# %% tags=["hide-input"]
overall = arithmetic.overall_rows()
shown = overall.reset_index(names=["row", "metric"])
plain_table(
    pd.DataFrame(
        {
            "Row": shown["row"].map(ROW),
            "Metric": shown["metric"].map(METRIC_TITLES),
            "Printed": shown["printed"].map("{:.3f}".format),
            "Mean of the six tasks": shown["mean_of_tasks"].map("{:.4f}".format),
            "Printed minus mean": shown["difference"].map("{:+.4f}".format),
            "A plain mean?": shown["mean_fits"].map({True: "consistent", False: "not consistent"}),
        }
    ),
    "Overall rows of Tables I and III next to the mean of their tasks.",
    index=False,
)

# %% tags=["hide-input"] mystnb={"image": {"alt": "Dot plot of printed overall minus mean of tasks: the three naive rows and the LLM's accuracy lie within rounding of zero; the LLM's macro-F1 and AUROC and above all the single-task macro-F1 lie to its right"}}
figure, axes = plt.subplots(figsize=(7.0, 2.9))
names = [f"{ROW[row]}, {METRIC_TITLES[metric]}" for row, metric in overall.index]
colors = [COLORS["blue"] if fits else COLORS["vermilion"] for fits in overall["mean_fits"]]
axes.axvspan(
    -2 * arithmetic.HALF, 2 * arithmetic.HALF, color="#dddddd", label="explained by rounding"
)
axes.scatter(overall["difference"], range(len(names)), c=colors, s=42, zorder=3)
axes.set_yticks(range(len(names)), names)
axes.invert_yaxis()
axes.set_xscale("symlog", linthresh=0.002)
axes.set_xticks([0, 0.001, 0.002, 0.01, 0.05], ["0", "0.001", "0.002", "0.01", "0.05"])
axes.set_xlabel("printed overall minus mean of the six tasks")
axes.set_xlim(-0.002, 0.15)
_ = axes.legend(loc="upper right", fontsize=8.5)

# %% [markdown]
# The naive row is a plain mean. The neural rows are not, and the gap in the single-task row is large: its one
# failing task, HER2, pulls a plain mean down much further than the printed value shows. An average *weighted
# by the number of reports* would do that, because few reports state HER2. Is there one that fits? The paper
# gives the number of training labels for three tasks. For the other three, a linear program searches for any
# numbers that would print the overall rows, with ER and PR close to each other and no rarer than HER2.

# %% tags=["hide-input"]
keys = {
    "LLM accuracy and F1, STL F1": [
        ("lora", "accuracy"),
        ("lora", "macro_f1"),
        ("stl", "macro_f1"),
    ],
    "the same and LLM AUROC": [
        ("lora", "accuracy"),
        ("lora", "macro_f1"),
        ("stl", "macro_f1"),
        ("lora", "auroc"),
    ],
    "naive row": [("naive", metric) for metric in METRIC_TITLES],
}
fits = {
    name: arithmetic.support_fit(rows, er_pr_within=er_pr_within) for name, rows in keys.items()
}
plain_table(
    pd.DataFrame(
        [
            {
                "Overall rows to print": name,
                **(
                    {task_title(t): f"{fit[t]:,}" for t in PAPER_TASKS}
                    if fit is not None
                    else dict.fromkeys(map(task_title, PAPER_TASKS), "–")
                ),
                "Found": "one fit of many" if fit is not None else "none exists",
            }
            for name, fit in fits.items()
        ]
    ),
    "Training labels with which means weighted by support would print the overall rows. "
    "T, N and HER2 are the paper's; the others are fitted.",
    index=False,
)

# %% tags=["hide-input"]
weighted = fits["LLM accuracy and F1, STL F1"]
with_auroc = fits["the same and LLM AUROC"]
if weighted is None:
    conclusion = "No weights within these bounds print the neural rows."
else:
    conclusion = (
        "So a mean weighted by support **fits** the neural accuracy and F1 rows with plausible "
        "numbers. "
        + ("No such weights" if with_auroc is None else "Such weights")
        + " also print the AUROC. The naive row is a plain mean: "
        + ("it needs no weights." if fits["naive row"] is not None else "no such weights print it.")
    )
display(Markdown(conclusion))

# %% [markdown]
# For a reader this means that the two halves of the last line of Table I are **averaged differently**, so
# their difference mixes two things. How large are the differences as printed, and between plain means?

# %% tags=["hide-input"]
means = overall["mean_of_tasks"]
others = ["T", "N", "grade", "ER", "PR"]
llm, stl, rules = (means[row, "macro_f1"] for row in ("lora", "stl", "naive"))
table_1 = [paper.TABLE_1[row].loc["Overall", "macro_f1"] for row in ("lora", "naive")]
table_3 = paper.TABLE_3.loc[["mtl", "stl"], "macro_f1"]
without_her2 = paper.TABLE_3.loc[["mtl", "stl"], others].mean(axis=1)
plain_table(
    pd.DataFrame(
        [
            ("Table I, LLM minus naive rules", table_1[0] - table_1[1], llm - rules),
            ("Table III, multi-task minus single-task", table_3["mtl"] - table_3["stl"], llm - stl),
            ("the same without HER2", "–", without_her2["mtl"] - without_her2["stl"]),
        ],
        columns=["Difference in macro-F1", "As printed", "Plain means"],
    ).map(lambda value: value if isinstance(value, str) else f"{value:+.3f}"),
    "Differences between overall rows, as printed and between plain means.",
    index=False,
)

# %% [markdown]
# The conclusion of Table I holds either way. In Table III, plain means make the advantage of multi-task
# learning *larger*, but all of it comes from HER2. This book always prints plain means, and says so.

# %% [markdown]
# ## The naive F1 that looks diluted
#
# A rule may give no answer. If "no answer" becomes one more class in the average, the F1 of that class is
# zero (no report truly belongs to it), and the score of a task with $C$ classes is multiplied by $C/(C+1)$.
# Here is each naive F1 as printed, and with that factor removed:

# %% tags=["hide-input"]
naive = arithmetic.undiluted_naive()
plain_table(
    pd.DataFrame(
        {
            "Classes": [len(CLASSES[t]) for t in naive.index],
            "Accuracy, printed": naive["accuracy"].map("{:.3f}".format).to_numpy(),
            "Macro-F1, printed": naive["printed"].map("{:.3f}".format).to_numpy(),
            "With the factor removed": naive["undiluted"].map("{:.3f}".format).to_numpy(),
        },
        index=[task_title(t) for t in naive.index],
    ),
    "Naive macro-F1 as printed, and times (C + 1) / C.",
)

# %% [markdown]
# ER and PR are the most informative: two classes, accuracy above 0.9, and yet a macro-F1 near 0.6. Could two
# classes alone produce that? Suppose that the rules always answer. A hard answer has a single operating
# point, where AUROC is the mean of the two recalls. Accuracy, AUROC and macro-F1 then leave one unknown: how
# rare the rarer class is. The figure solves for it.

# %% tags=["hide-input"] mystnb={"image": {"alt": "Two curves, macro-F1 against the share of receptor-negative reports given the printed accuracy and AUROC; each crosses the printed macro-F1 where fewer than two reports in a hundred are negative"}}
figure, axes = plt.subplots(figsize=(7.0, 3.0))
shares = np.arange(0.001, 0.21, 0.001)
for task, color in (("ER", COLORS["blue"]), ("PR", COLORS["orange"])):
    row = paper.TABLE_1["naive"].loc[task]
    axes.plot(
        100 * shares,
        [arithmetic.two_class_macro_f1(row["accuracy"], row["auroc"], s) for s in shares],
        color=color,
        label=f"{task}, from its accuracy and AUROC",
    )
    axes.axhline(row["macro_f1"], color=color, linestyle=":", linewidth=1.4)
axes.set_xlabel("negative reports, %")
axes.set_ylabel("macro-F1 over two classes")
axes.plot([], [], color="#333333", linestyle=":", label="macro-F1 as printed")
axes.set_ylim(0.4, 0.95)
_ = axes.legend(fontsize=8.5, loc="lower right", ncols=3)

# %% tags=["hide-input"]
needed = {task: arithmetic.minority_share_that_prints(task) for task in ("ER", "PR")}
cohort = " and ".join(
    f"**{rare:.1%}** of reports are {task}-negative" for task, rare in needed.items()
)
display(Markdown(f"Two classes alone would need a cohort in which only {cohort}."))

# %% [markdown]
# Far more breast cancers than that are receptor-negative. One more class, "no answer", with an F1 of zero
# explains the row without an unusual cohort: the printed ER score is two thirds of the one in the last column
# above. Again, this is a fit. If it is right, the naive rules classify better than the table suggests
# wherever they answer, and the paper's sentence that the F1 shows "a severe bias toward the majority class"
# (section V-A) has another explanation.

# %% [markdown]
# [](table1_baseline.ipynb) computes both readings on the evaluated reports.

# %% [markdown]
# ## What a macro-F1 of 0.309 means
#
# The most striking number in Table III is the HER2 F1 of the single-task model. Section V-C gives the ratio
# of negatives to positives as 6.4 to 1. Take a model that answers *Negative* to everything. For that class
# its recall is 1 and its precision is the share $s$ of the class, so its F1 is $2s/(1+s)$; for the other
# classes F1 is 0.

# %% tags=["hide-input"]
share = paper.HER2_RATIO / (1 + paper.HER2_RATIO)
collapse = {classes: arithmetic.majority_macro_f1(share, classes) for classes in (2, 3)}
printed = paper.TABLE_3.loc["stl", "HER2"]
display(
    Markdown(
        f"With s = 6.4/7.4 = {share:.3f} the macro-F1 is **{collapse[3]:.3f}** when averaged over "
        f"three classes ({collapse[2]:.3f} over two); the table prints **{printed}**."
    )
)

# %% [markdown]
# So the number fits a model that learned *nothing but the majority class*, with HER2 averaged over three
# classes. The accuracy of such a model would still be the share *s*.
#
# The paper explains this by missing supervision that multi-task learning supplies. That may be true. But a
# constant answer is also what the class weights of Equation 7 are meant to prevent, and what a training run
# that diverged or barely started looks like. One seed cannot distinguish these explanations;
# [](heads_and_loss.ipynb) shows what the weights do.

# %% [markdown]
# ## How many reports were there?
#
# An accuracy of 0.985 is one whole number of reports divided by another. With few reports, most three-digit
# numbers cannot occur at all: with 10 reports, only 0.1, 0.2 and so on. The test split is one tenth of the
# data, which gives an expected number of test labels; both methods of Table I were scored on the same
# reports. Which sizes near the expected one can print both accuracies?

# %% tags=["hide-input"]
rows = []
for task, labels in paper.TRAINING_LABELS.items():
    expected = labels * paper.SPLIT[2] / paper.SPLIT[0]
    low, high = round(0.95 * expected), round(1.05 * expected)
    accuracies = [paper.TABLE_1[row].loc[task, "accuracy"] for row in ("naive", "lora")]
    sizes = arithmetic.sizes_that_print(accuracies, low, high)
    rows.append(
        {
            "Task": task_title(task),
            "Training labels": f"{labels:,}",
            "Expected test labels": f"{expected:,.0f}",
            "Accuracies": " and ".join(f"{a:.3f}" for a in accuracies),
            "Sizes tried": f"{low}–{high}",
            "Can print both": len(sizes),
            "Which": ", ".join(map(str, sizes[:8])) + (" …" if len(sizes) > 8 else ""),
        }
    )
plain_table(
    pd.DataFrame(rows),
    "Test-set sizes within 5 % of the expected one that can print both accuracies of Table I.",
    index=False,
)

# %% [markdown]
# HER2 is small enough to go further. We try *every* test set of 150 to 260 reports and every way to get a few
# of them wrong, and keep those that print all of these at once: the ratio 6.4 : 1, a collapse to 0.309, the
# multi-task accuracy and macro-F1, and the 92.6 % of positives found (S3).

# %% tags=["hide-input"]
fitting_sets = list(arithmetic.her2_fits(most_equivocal=most_equivocal))
plain_table(
    pd.DataFrame(
        [
            {
                "Reports": f.reports,
                "Negative": f.negatives,
                "Positive": f.positives,
                "Equivocal": f.equivocals,
                "Positives missed": f.missed,
                "Negatives called positive": f.false,
                "Macro-F1": f"{f.macro_f1:.4f}",
                "Constant answer": f"{f.constant_macro_f1:.4f}",
                "Prints the naive accuracy too": "yes" if f.naive else "no",
            }
            for f in fitting_sets
        ]
    ),
    "HER2 test sets that print every HER2 number of the paper "
    f"({len(fitting_sets)} of all with up to {most_equivocal} equivocal reports).",
    index=False,
)

# %% tags=["hide-input"]
best = [f for f in fitting_sets if f.naive]
expected = paper.TRAINING_LABELS["HER2"] / 8
if len(best) == 1:
    f = best[0]
    low, high = wilson(f.positives - f.missed, f.positives)
    conclusion = (
        f"Only one also prints the naive accuracy: **{f.reports} reports, {f.positives} of them "
        f"positive**, where the expected size was {expected:.0f}. In it the multi-task model makes "
        f"{f.missed + f.false} errors, and 92.6 % is {f.positives - f.missed} of {f.positives}, "
        f"whose 95 % interval (Wilson) reaches from {low:.0%} to {high:.0%}."
    )
else:
    conclusion = f"{len(best)} of these also print the naive accuracy."
display(Markdown(conclusion))

# %% [markdown]
# Three numbers from different pages lead to one table: this is what careful reporting looks like from
# outside. It also shows how few reports so much depends on.
#
# One point remains open: none of these sets has an equivocal report, so the multi-task F1 was averaged over
# two classes and the single-task F1 over three. A library that averages over the classes *seen* in truth or
# answers can do that, but then one model must have answered Equivocal, and its F1 would not be exactly that
# of a constant answer.

# %% [markdown]
# The *N stage scores 1.000 in all three metrics*: below a thousand reports this is not rounding but **no
# error at all**. With about as many reports as expected, how high could the true error rate still be? The
# "rule of three" gives the upper end of a 95 % interval when no error was observed: 3 / n.

# %% tags=["hide-input"]
n_test = round(paper.TRAINING_LABELS["N"] / 8)
display(
    Markdown(
        f"With about {n_test} test reports, zero errors still allow a true error rate of up to "
        f"{3 / n_test:.1%}, about {3 / n_test * 1000:.0f} in 1,000."
    )
)

# %% [markdown]
# ## Time per epoch
#
# Table II says that LoRA trained in 3,434 s and prefix tuning in 8,517 s. The text (section V-B) adds that
# LoRA's time is for *one* epoch and the others' for *three*.

# %% tags=["hide-input"]
epochs = arithmetic.per_epoch()
plain_table(
    pd.DataFrame(
        {
            "Seconds, printed": epochs["seconds"].map("{:,.0f}".format),
            "Epochs": epochs["epochs"],
            "Seconds per epoch": epochs["seconds_per_epoch"].map("{:,.0f}".format),
            "Relative to LoRA": (
                epochs["seconds_per_epoch"] / epochs.loc["lora", "seconds_per_epoch"]
            ).map("{:.2f}".format),
        }
    )
    .rename(index={**ROW, "lora": "LoRA"})
    .rename_axis(None),
    "The times of Table II divided by their epochs.",
)

# %% tags=["hide-input"]
seconds = epochs["seconds_per_epoch"]
slowest = "the **slowest**" if seconds.idxmax() == "lora" else "not the slowest"
relative = seconds["prefix"] / seconds["lora"]
display(
    Markdown(
        f"Per epoch, LoRA is {slowest} of the four: prefix tuning needs {relative:.0%} of its time."
    )
)

# %% [markdown]
# The text says this in half a sentence ("the per-step computational cost of LoRA is marginally higher"); the
# table alone suggests the opposite. The fair comparison would be the time to the *same quality*, which needs
# the curves of all four. So always read a time together with its number of epochs.

# %% [markdown]
# ## Counting parameters exactly
#
# Here the arithmetic is exact, and it recovers settings that the text does not give. LoRA adds
# $r\,(d_\text{in} + d_\text{out})$ parameters to a matrix; a linear head has $(4096 + 1)$ for each class.

# %% tags=["hide-input"]
counts = arithmetic.parameter_rows()
plain_table(
    pd.DataFrame(
        {
            "Method": counts["strategy"].map({**ROW, "lora": "LoRA"}),
            "Reading": counts["reading"],
            "Adapters": counts["adapters"].map("{:,}".format),
            "Heads": counts["heads"].map("{:,}".format),
            "Total": counts["total"].map("{:,}".format),
            "Table II": counts["printed"].map("{:,}".format),
            "": np.where(counts["total"] == counts["printed"], "exactly", "differs"),
        }
    ),
    "Trainable parameters by reading, for Llama-3-8B's shape. "
    "Prefix tuning has two readings with the same count.",
    index=False,
)

# %% [markdown]
# What about the *82.2 M* of Table III for six single-task models?

# %% tags=["hide-input"]
readings = arithmetic.single_task_readings()
plain_table(
    pd.DataFrame(
        {
            "Parameters": readings.map("{:,}".format),
            "In millions": (readings / 1e6).map("{:.1f}".format),
            "Table III": np.where(
                (readings / 1e6).round(1) == paper.TABLE_3.loc["stl", "trainable_parameters"] / 1e6,
                "matches",
                "does not match",
            ),
        }
    ),
    "Readings of the single-task row's parameter count.",
)

# %% [markdown]
# It is six times the *rounded* number: harmless, and a small warning about rounding before multiplying.
# (Section III-B2 speaks of *seven* standalone models that are replaced by one; the experiment trains six,
# because M has one class.)

# %% [markdown]
# ## Is 0.982 more than 0.981?
#
# In Table IV, the full text reaches an accuracy of 0.982 and the window 0.981. The text calls them
# "statistically on par", without an interval. A lower bound for the number of test labels is known, so an
# upper bound for the standard error is known too.

# %% tags=["hide-input"]
labels = sum(paper.TRAINING_LABELS.values()) / 8
p = paper.TABLE_4.loc["window", "accuracy"]
error = np.sqrt(p * (1 - p) / labels)
gap = paper.TABLE_4.loc["full", "accuracy"] - p
random_gap = p - paper.TABLE_4.loc["random", "accuracy"]
display(
    Markdown(
        f"T, N and HER2 alone give about {labels:,.0f} test labels, so the standard error of an "
        f"accuracy over all of them is at most about {error:.4f}. Full text against window, "
        f"{gap:.3f}, is **{gap / error:.1f}** of it: a tie, as the paper says. "
        f"Window against random window, {random_gap:.3f}, is {random_gap / error:.0f} of it: "
        "not a chance difference."
    )
)

# %% [markdown]
# Both rows answer the same reports, so the exact test is paired and needs the data.

# %% [markdown]
# ## Verdict
#
# Each row is computed from the printed numbers alone. A *fit* is an explanation that prints the same digits;
# it need not be the right one.

# %% tags=["hide-input"]
judged = verdict_table(on_page("paper_audit"), {"Printed numbers": Evidence()})
plain_table(judged, "Verdicts from the paper's numbers alone.")

# %% [markdown]
# ## Exercises
#
# **1.** For which number of classes in the heads, other than 20, would the (IA)³ row still have exactly the
# printed count, if the adapters were on other matrices? In other words: do the four rows of Table II *prove*
# 20 classes? Find out what the four totals have in common.

# %% tags=["hide-cell", "solution"]
# Each total minus an adapter count that is a multiple of 1,024 must leave heads = classes * 4,097;
# modulo 1,024 that is classes * 1, because 4,097 = 4 * 1,024 + 1.
remainders = {arithmetic.head_parameters(classes) % 1024: classes for classes in range(1, 40)}
for strategy, total in paper.TABLE_2["trainable_parameters"].items():
    print(
        f"{strategy:7s} {total:>11,} mod 1,024 = {total % 1024:3d}  ->  "
        f"{remainders.get(total % 1024)} classes"
    )
print(
    "Adapters on Llama-3-8B come in multiples of 1,024, "
    "so every row says 20, whatever the adapters are."
)

# %% [markdown]
# **2.** If the HER2 average ran over two classes, what would a collapsed model print, and which imbalance
# would be needed to print 0.309 anyway?

# %% tags=["hide-cell", "solution"]
print(f"6.4 : 1 over two classes prints {arithmetic.majority_macro_f1(share, 2):.3f}")
fitting = [
    s
    for s in np.arange(0.05, 1, 0.001)
    if arithmetic.rounds_to(arithmetic.majority_macro_f1(s, 2), printed, 0.001)
]
print(
    f"0.309 over two classes needs a 'majority' of {np.mean(fitting):.2f}: "
    "less than half. So three classes it is."
)

# %% [markdown]
# **3.** A colleague prints accuracies of 0.913 and 0.927 on "about forty" test reports. Is that possible?

# %% tags=["hide-cell", "solution"]
print(
    "sizes that print both:",
    arithmetic.sizes_that_print([0.913, 0.927], 30, 60) or "none between 30 and 60",
)
print("0.927 alone:", arithmetic.sizes_that_print([0.927], 30, 60))
