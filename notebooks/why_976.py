# %% [markdown]
# # Why .976 is not what it seems
#
# One number stands for the paper: a macro-F1 of .976. This page takes it apart: what is averaged, how silence counts, who
# grades the exam, what the hints alone reach, and how few reports decide. Everything is read from recorded runs, on
# *synthetic* reports unless it says otherwise.

# %% tags=["parameters", "hide-input"]
resamples = 2000  # bootstrap resamples behind each interval

# %% tags=["hide-cell"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis import registry
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments import store
from pathmtl.experiments.results import recorded
from pathmtl.notebook import check_parameters
from pathmtl.paper import arithmetic
from pathmtl.paper.claims import CLAIMS
from pathmtl.review.final_verdicts import final_verdicts
from pathmtl.schema import OVERALL, PAPER_TASKS, task_title
from pathmtl.viz.findings import f1
from pathmtl.viz.overview import over_seeds
from pathmtl.viz.page import Captions, captioned, finding
from pathmtl.viz.style import COLORS, closed, use_style
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import verdict_block

check_parameters()
use_style()
number = Captions("Why")

# Recorded runs: the model, a linear model of its hints, and both sides of the exam.
printed = paper.TABLE_1["lora"]["macro_f1"]
table1 = recorded("table1", rows=["lora", "oracle", "hint-linear", "constant"])
frames = {row: [one.predictions for one in seeds] for row, seeds in table1.outcomes.items()}
by_task = {row: over_seeds(each, resamples=resamples) for row, each in frames.items()}
ours = {row: table.loc[OVERALL] for row, table in by_task.items()}
against_oracle = over_seeds(frames["lora"], truth="oracle", resamples=resamples).loc[OVERALL]
fits = [fit for fit in arithmetic.her2_fits() if fit.naive]
real = registry.recorded(store.results() / registry.RECORD)
real_scores = registry.score_tables(real, "stated") if real else {}

# %% tags=["hide-input"]
above = ours["lora"]["macro_f1_low"] > ours["hint-linear"]["macro_f1"]
sentences = [
    f"The printed macro-F1 of **{f1(printed[OVERALL])}** is a mean of six scores, from "
    f"{f1(printed.drop(OVERALL).min())} to {f1(printed.drop(OVERALL).max())}, given by the rules "
    "that also wrote the labels and the hints.",
    "On our reports a linear model that sees only such hints gets "
    f"**{f1(ours['hint-linear']['macro_f1'])}**, the language "
    f"model {f1(ours['lora']['macro_f1'])}: the score "
    + ("takes more than copying." if above else "can be reached without reading a report."),
]
if real_scores:
    sentences.append(
        "On real reports the small model gets "
        f"**{f1(real_scores['lora'].loc[OVERALL, 'macro_f1'])}**, "
        f"its teacher {f1(real_scores['oracle'].loc[OVERALL, 'macro_f1'])}."
    )
display(finding(*sentences))

# %% tags=["hide-input"]
bars = {
    "Printed: multi-task LLM, against its teacher": (printed[OVERALL], None),
    "Ours, against its teacher (the oracle)": (against_oracle["macro_f1"], against_oracle),
    "Ours, against the truth": (ours["lora"]["macro_f1"], ours["lora"]),
    "Hints alone, linear, against the truth": (
        ours["hint-linear"]["macro_f1"],
        ours["hint-linear"],
    ),
    "Always the commonest class": (ours["constant"]["macro_f1"], ours["constant"]),
}
if real_scores:
    line = real_scores["lora"].loc[OVERALL]
    bars["Ours, on real reports that state the field"] = (line["macro_f1"], line)
figure, axes = plt.subplots(figsize=(7.2, 0.5 * len(bars) + 0.9))
for y, (name, (value, line)) in enumerate(reversed(bars.items())):
    color = (
        COLORS["vermilion"]
        if line is None
        else COLORS["gray" if "Always" in name or "alone" in name else "blue"]
    )
    spread = None
    if line is not None:
        spread = [[value - line["macro_f1_low"]], [line["macro_f1_high"] - value]]
    axes.errorbar(value, y, xerr=spread, fmt="o", color=color, capsize=3, markersize=7)
    axes.annotate(
        f1(value), (value, y), xytext=(0, 8), textcoords="offset points", ha="center", fontsize=9
    )
axes.set_yticks(range(len(bars)), list(reversed(bars)))
axes.set_ylim(-0.6, len(bars) - 0.3)
axes.set_xlim(0, 1.05)
axes.set_xlabel("Macro-F1, mean of six tasks")
caption = number.figure(
    "One score, several meanings: who answers, who marks, and on which reports. "
    "95 % intervals by patient."
)
alt = "; ".join(f"{name}: {value:.3f}" for name, (value, _) in bars.items())
captioned(closed(figure), caption, alt)

# %% [markdown]
# ## An average hides its weakest part
#
# The mean of six tasks counts N (1.000 printed) as much as HER2, although one patient's treatment may depend on
# HER2 alone. The paper's rows named "Overall Average" are not even all the same kind of mean: the naive row is
# the plain mean over tasks, while some of the model's fit a mean weighted by the number of reports
# ([](paper_audit.ipynb)).

# %% tags=["hide-input"]
table = pd.DataFrame(
    {
        "Printed": printed.drop(OVERALL).map(f1),
        "Ours": by_task["lora"]["macro_f1"].reindex(PAPER_TASKS).map(f1),
    }
).rename(index=task_title)
plain_table(table, number.table("Macro-F1 of the multi-task model by task."))

# %% [markdown]
# ## Silence counts against the rules, and never against the model
#
# Rules say nothing where they find nothing; a classification head always answers. Scored over all classes, a
# missing answer is an error, and it can enter the average as one more class with an F1 of zero. If it did, the
# naive rules of Table I would print without that class:

# %% tags=["hide-input"]
naive = arithmetic.undiluted_naive()
table = naive[["printed", "undiluted"]].map(f1).rename(index=task_title)
table.columns = ["As printed", "Without a class for silence"]
gain = (naive["undiluted"] - naive["printed"]).mean()
display(
    plain_table(
        table,
        number.table("The naive rules of Table I, and what silence may have cost them."),
    )
)
display(
    Markdown(
        f"If silence was a class, leaving it out lifts the rules by {gain:.3f} on average. "
        "The paper does not say how it counted a missing answer."
    )
)

# %% [markdown]
# ## The teacher grades the exam, and whispers
#
# The rules (the *oracle*) label the training reports and the test reports, and they also write the hints at the
# end of every prompt. A model that copies the hint then agrees with the label, right or wrong. Two checks tell
# copying from reading: score the same answers against a truth that the rules did not write, and ask what can be
# had from the hints alone ([](hints_and_circularity.ipynb)).

# %% tags=["hide-input"]
rows = {
    "The model, against the oracle": against_oracle,
    "The model, against the truth": ours["lora"],
    "Hints alone, against the truth": ours["hint-linear"],
    "The oracle itself, against the truth": ours["oracle"],
}
cells = {
    name: f"{f1(row['macro_f1'])} ({f1(row['macro_f1_low'])} to {f1(row['macro_f1_high'])})"
    for name, row in rows.items()
}
plain_table(
    pd.Series(cells, name="Macro-F1").to_frame(),
    number.table("The same reports, marked by different references."),
)

# %% [markdown]
# ## A few reports decide
#
# The paper's HER2 numbers can be searched for: which test sets would print the class ratio, the single-task
# score, and the model's accuracy, F1 and share of positives found, all at once?

# %% tags=["hide-input"]
if fits:
    fit = fits[0]
    low, high = wilson(fit.positives - fit.missed, fit.positives)
    display(
        Markdown(
            f"The only one found has **n = {fit.positives} positives** among {fit.reports}, "
            f"of which the model finds {fit.positives - fit.missed}. That is a share of "
            f"{1 - fit.missed / fit.positives:.1%}, with a 95 % interval from "
            f"{low:.0%} to {high:.0%}: one report more or less moves it by {1 / fit.positives:.1%}."
        )
    )

# %% [markdown]
# ## Verdict
#
# The claims behind the score, each with its final verdict from the [ledger](claims_ledger.ipynb):

# %% tags=["hide-input"]
chosen = (
    "table1-overall",
    "table1-strong-rules",
    "hints-credit",
    "hints-engine",
    "audit-overall",
    "audit-bias",
    "audit-her2-found",
    "audit-verified",
    "real-Overall",
    "real-oracle",
)
claims = [claim for claim in CLAIMS if claim.id in chosen]
verdict_block(claims, final_verdicts(), caption="Claims that .976 rests on.", links=True)

# %% [markdown]
# ## Exercises
#
# **1.** *(medium)* A model is right on every report of five tasks and on none of the sixth. What macro-F1 would a
# table with only "Overall" print, and what would you have to see to notice?

# %% tags=["hide-cell", "solution"]
print(f"{np.mean([1, 1, 1, 1, 1, 0]):.3f}: the score by task, or a confusion matrix, shows it")

# %% [markdown]
# **2.** *(hard)* Find how wrong the oracle may be before the model's score *against the oracle* notices. Replace a
# share of the oracle's answers and of the model's answers by the same wrong class.

# %% tags=["hide-cell", "solution"]
frame = frames["lora"][0].dropna(subset=["truth", "oracle"]).copy()
frame = frame[frame["task"] == "grade"]
generator = np.random.default_rng(0)
for share in (0.0, 0.1, 0.2, 0.4):
    spoiled = frame.copy()
    hit = generator.random(len(spoiled)) < share
    spoiled.loc[hit, ["oracle", "predicted"]] = "G1"
    by = {
        name: scores(spoiled, truth=name, resamples=1).loc["grade", "accuracy"]
        for name in ("oracle", "truth")
    }
    print(
        f"{share:.0%} spoiled: accuracy {by['oracle']:.3f} against the oracle, "
        f"{by['truth']:.3f} against the truth"
    )
