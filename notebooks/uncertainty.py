# %% [markdown]
# # How sure is a score?
#
# The paper gives every score as one number from one seed. This page shows what such a number leaves out, for the language model of Table
# I: other patients, other seeds, and whether the model knows when it is wrong.
#
# :::{dropdown} What is reproduced, how long it takes, and where the numbers come from
# **Reproduces** nothing printed; it asks what the paper's claims need in the way of certainty. **You will learn** to write a bootstrap that resamples patients instead of reports, what the 95 % of an interval promise, whether a
# probability may be read as one (*calibration*), what a model gains that may say "I do not know" (*abstention*), and why two seeds are
# needed before a small difference means anything.
#
# **Runtime**: under a minute in a build of the book; the multi-task model of Table I is trained once in the `quick` profile. More
# seeds train more models.
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
seeds = [42]  # one model is trained for each; [42, 43, 44] shows their spread
repeats = 40  # test sets drawn to see how often an interval holds
bins = 10  # bins of the reliability curve
resamples = 300  # bootstrap resamples behind each interval

# %% tags=["hide-input"]
import numpy as np
import pandas as pd
from IPython.display import Markdown, display

from pathmtl import paper
from pathmtl.analysis import confidence, resampling, uncertainty
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.metrics import METRIC_TITLES, NO_ANSWER
from pathmtl.experiments.recipes import command
from pathmtl.experiments.results import recorded
from pathmtl.experiments.runner import run_table
from pathmtl.notebook import check_parameters
from pathmtl.paper.claims import on_page
from pathmtl.schema import PAPER_TASKS, TASKS, task_title
from pathmtl.training.settings import parse_overrides
from pathmtl.viz.page import Captions, captioned, finding
from pathmtl.viz.score_figures import (
    abstention_curve,
    interval_funnel,
    interval_stack,
    reliability_curve,
)
from pathmtl.viz.style import use_style
from pathmtl.viz.tables import plain_table, share
from pathmtl.viz.verdict_cards import judged_on, said, verdict_block

check_parameters()
use_style()
number = Captions("Certainty")

# %% tags=["hide-input"]
overrides = {"rank": rank} | parse_overrides(changes)
this_run = run_table("table1", profile, reports, train_reports, seeds=seeds, **overrides)
recorded_run = recorded("table1")
frame = this_run.predictions()["lora"]
scored = this_run.labeled and len(frame) > 0
patients = frame["patient_id"].nunique()
given = confidence.answers(frame)
curve = confidence.reliability(given, bins)
verdicts = judged_on(this_run, recorded_run, live_only={"bins": bins}, resamples=resamples)

# %% tags=["hide-input"]
if scored:
    display(
        finding(
            said("certain-gap", *verdicts),
            said("certain-seed", *verdicts),
            said("certain-abstain", *verdicts),
        )
    )
else:
    display(
        finding(
            f"`{reports}` carries **no labels**: there is no score, so no interval of one. What "
            "needs no labels is shown, and the "
            "verdicts on the recorded runs."
        )
    )

# %% tags=["hide-input"]
if scored:
    sizes = [size for size in (20, 40, 80, 160, 320, 640, 1280) if size < patients] + [patients]
    grown = {
        METRIC_TITLES[metric]: resampling.by_size(frame, sizes, metric, resamples=resamples)
        for metric in ("accuracy", "macro_f1")
    }
    display(
        captioned(
            interval_funnel(grown),
            number.figure(
                "Overall score of the multi-task LLM on the first patients of a random order, "
                f"with 95 % intervals ({this_run.made_with}, "
                f"{this_run.source}, `{reports}` reports); dashed: on all {patients:,}."
            ),
            "Overall accuracy and macro-F1 with 95 % intervals against the number of patients "
            "in the test set",
        )
    )

# %% [markdown]
# The width of the interval shrinks with the square root of the number of patients. Macro-F1 has a second trap: it averages over the classes
# that are *present*, and a small test set holds none of the rare ones, so it can be too kind to a model that never learned them.

# %% [markdown]
# ## The bootstrap, in a few lines
#
# A bootstrap asks: what if other patients had been in the test set? It draws as many patients as
# there are, with replacement, so that some count twice and others not at all, and scores again. The
# middle 95 % of a few hundred such scores are the interval. Here for the overall accuracy: the mean
# over the paper's six tasks of the share of right answers.

# %%
if scored:
    six = frame[frame["task"].isin(PAPER_TASKS)]
    right = (six["predicted"] == six["truth"]).astype(float)
    names = sorted(frame["patient_id"].unique())
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(resamples):
        times = rng.multinomial(len(names), np.full(len(names), 1 / len(names)))  # by patient
        count = six["patient_id"].map(dict(zip(names, times, strict=True)))
        by_task = (right * count).groupby(six["task"]).sum() / count.groupby(six["task"]).sum()
        drawn.append(by_task.mean())
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    measured = right.groupby(six["task"]).mean().mean()
    print(f"overall accuracy {measured:.3f}, 95 % interval {low:.3f} to {high:.3f}")

# %% [markdown]
# The library's `scores` does the same for every metric at once, with one refinement: it draws patients
# within strata of their rarest class, so that no class is missing from a draw (a macro-F1 over other
# classes would be another score). The interval is nearly the same:

# %% tags=["hide-input"]
if scored and len(six):
    library = scores(frame, resamples=resamples, seed=0).loc[paper.OVERALL]
    assert np.isclose(measured, library["accuracy"], equal_nan=True)
    print(f"the library: {library['accuracy_low']:.3f} to {library['accuracy_high']:.3f}")

# %% [markdown]
# ## Resample patients, not answers
#
# The unit matters. Reports of one patient repeat each other, and the answers to one report are right or
# wrong together. Drawing *answers* treats them as independent and makes the interval too narrow.

# %% tags=["hide-input"]
if scored:
    units = resampling.by_unit(frame, resamples=resamples)
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Units": units["units"].map("{:,}".format),
                    "Macro-F1": units["score"].map(share),
                    "95 % interval": [
                        f"{share(r.low)}–{share(r.high)}" for r in units.itertuples()
                    ],
                    "Width": (units["high"] - units["low"]).map(share),
                }
            ).rename(index=str.capitalize),
            number.table(
                "One score, three intervals: overall macro-F1 of the multi-task LLM with patients, "
                "reports or answers resampled."
            ),
        )
    )

# %% [markdown]
# ## What "95 %" means
#
# Not that the truth lies in this interval with 95 % probability, but that of many intervals made
# this way, nineteen in twenty contain it. Here it can be tried: let the whole test set be the truth,
# draw test sets of half as many patients from it, and see which intervals miss.

# %% tags=["hide-input"]
if scored:
    tried = resampling.interval_coverage(
        frame, max(2, patients // 2), samples=repeats, resamples=min(resamples, 200)
    )
    display(
        captioned(
            interval_stack(tried, "Overall accuracy"),
            number.figure(
                f"{int(tried['hit'].sum())} of {len(tried)} intervals contain the accuracy on "
                "all patients (the line). Each is "
                f"of one test set of {max(2, patients // 2):,} patients."
            ),
            "One interval for each repeated test set, sorted; those that miss the true score "
            "are dashed",
        )
    )

# %% [markdown]
# ## Are the probabilities calibrated?
#
# The heads end in a softmax, so every answer comes with a number between 0 and 1. It is
# *calibrated* if of the answers given with 0.8 eight in ten are right. Points below the diagonal
# promise too much. AUROC says nothing about this: it asks only for the order.

# %% tags=["hide-input"]
if scored:
    display(
        captioned(
            reliability_curve(curve, "Multi-task LLM, all tasks"),
            number.figure(
                f"Share right against probability, {len(given):,} answers in {bins} bins, 95 % "
                "Wilson intervals "
                f"({this_run.made_with}, `{reports}` reports)."
            ),
            "Reliability curve: share of answers that are right against the probability given, "
            "with a diagonal, and "
            "the number of answers in each bin below",
        )
    )

# %% [markdown]
# The **expected calibration error** is the mean distance from the diagonal, weighted by answers. It
# is never zero, even for a perfect model: a bin of ten answers is off by chance. So it is read
# beside what a model with true probabilities would get from as many answers.

# %% tags=["hide-input"]
if scored:
    rows = {
        "All tasks": given,
        **{task_title(t): given[given["task"] == t] for t in TASKS if (given["task"] == t).any()},
    }
    calibrated = pd.DataFrame(
        {name: uncertainty.calibration(part, bins) for name, part in rows.items()}
    ).T
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Answers": calibrated["answers"].map("{:,.0f}".format),
                    "Mean probability": calibrated["probability"].map(share),
                    "Accuracy": calibrated["accuracy"].map(share),
                    "Calibration error": calibrated["error"].map(share),
                    "By chance, up to": calibrated["chance"].map(share),
                }
            ),
            number.table(
                "Expected calibration error, and the 97.5th percentile of what true probabilities "
                "would give."
            ),
        )
    )
    few = [name for name, row in calibrated.iterrows() if row["answers"] < confidence.FEW * bins]
    if few:
        display(
            Markdown(
                f"**Few answers**: {', '.join(few)} have fewer than {confidence.FEW} for each bin. "
                "Much of their error can be chance; the last column says how much."
            )
        )

# %% [markdown]
# ## What a model gains by staying silent
#
# Rules can be silent, the heads cannot; but a model may abstain below a threshold, and leave those
# reports to a person. Each point of the curve is a threshold: how many questions are still
# answered, and how many of these answers are right. A mark shows the rules: their share of silence
# is not a choice.

# %% tags=["hide-input"]
if scored:
    kept_answers = confidence.abstention(given, resamples=resamples)
    points = {}
    for row in ("naive", "oracle"):
        rules = this_run.predictions()[row]
        answered = rules[rules["predicted"] != NO_ANSWER]
        if len(answered):
            share_right = (answered["predicted"] == answered["truth"]).mean()
            points[row] = (len(answered) / len(rules), share_right)
    display(
        captioned(
            abstention_curve(kept_answers, points, this_run.titles),
            number.figure(
                f"Accuracy of the answers given against the share of the {len(given):,} labeled "
                "questions answered; band: "
                f"95 %, patients resampled ({this_run.made_with}, `{reports}` reports)."
            ),
            "Accuracy of the answers given against the share of questions answered as the "
            "threshold rises, with a "
            "band, and the naive rules and the oracle as points",
        )
    )

# %% tags=["hide-input"]
if scored:
    shown = confidence.at_coverage(kept_answers, [1, 0.95, 0.9, 0.8, 0.7, 0.5])
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Questions answered": shown["coverage"].map("{:.0%}".format),
                    "Threshold": shown["threshold"].map(share),
                    "Accuracy": [
                        f"{share(r.accuracy)} ({share(r.low)}–{share(r.high)})"
                        for r in shown.itertuples()
                    ],
                }
            ),
            number.table("What a threshold buys."),
            index=False,
        )
    )
else:
    display(
        Markdown(
            "How many answers a threshold would keep (without labels, not how many of them are "
            "right):"
        )
    )
    every = this_run["lora"].predictions["probability"].astype(float)
    display(
        plain_table(
            pd.DataFrame(
                {
                    "Threshold": ["0.50", "0.80", "0.95"],
                    "Answers kept": [f"{(every >= t).mean():.0%}" for t in (0.5, 0.8, 0.95)],
                }
            ),
            number.table("Answers by threshold."),
            index=False,
        )
    )

# %% [markdown]
# ## What no threshold here shows
#
# Every number above is about fields that a report **states**; the others are left out of the scores. But
# a deployed model is asked about them too, and no head has a class for "not stated"
# ([](heads_and_loss.ipynb)): it names a class for every report, often with a high probability. A
# threshold chosen on stated fields says nothing about those. [](train_the_model.ipynb) lets you ask a
# trained model about a field that a report does not mention.

# %% [markdown]
# ## What a seed changes
#
# The interval above is about *patients*; the model was fixed. Another seed gives other start values
# and another order of the reports, hence another model. The spread over seeds (standard deviation)
# is a second source of chance, which no number of test reports reduces.

# %% tags=["hide-input"]
if scored:
    by_source = {f"recorded, {recorded_run.profile}": recorded_run}
    if not this_run.is_recorded or not recorded_run.outcomes:
        by_source[f"this run, {profile}"] = this_run
    seeds_of = {
        name: [outcome.predictions for outcome in source.outcomes.get("lora", ())]
        for name, source in by_source.items()
    }
    spreads = uncertainty.over_seeds(seeds_of, resamples=resamples)
    display(
        plain_table(
            spreads,
            number.table(
                "Overall macro-F1 of the multi-task LLM: each source's seeds, their mean and "
                "spread, "
                "and half the width of the interval over patients."
            ),
        )
    )
    if not (spreads["Seeds"] > 1).any():
        display(
            Markdown(
                "**Only one seed each**, so no spread can be shown. To make two more (each is one "
                "training), and have this page read them:"
            )
        )
        print("\n".join(command("table1", "lora", profile, seed) for seed in (43, 44)))
        print(f"pathmtl notebook uncertainty -p profile {profile} -p seeds '[42, 43, 44]'")

# %% [markdown]
# ## Verdict
#
# What the paper's claims need in the way of certainty. For calibration, *held* means: not further from the diagonal than true probabilities
# would be.

# %% tags=["full-width", "hide-input"]
if not scored:
    display(
        Markdown(
            "Without labels, no claim can be tested on these reports. The verdicts on the "
            "recorded runs:"
        )
    )
verdict_block(
    on_page("uncertainty"),
    *verdicts,
    caption=number.table("Certainty: the paper's numbers, ours, and one verdict each."),
)

# %% [markdown]
# ## Exercises
#
# **1.** The paper's test split is a tenth of its cohort. If one in ten of its HER2-labeled reports
# is in it, what interval does its HER2 accuracy have, and how many errors is it away from the ER
# accuracy?

# %% tags=["hide-cell", "solution"]
n = round(paper.TRAINING_LABELS["HER2"] * paper.SPLIT[2] / paper.SPLIT[0])
accuracy = paper.TABLE_1["lora"]["accuracy"]
low, high = confidence.wilson(round(accuracy["HER2"] * n), n)
print(
    f"about {n} reports: {accuracy['HER2']:.3f} ({low:.3f} to {high:.3f}); "
    f"{abs(accuracy['HER2'] - accuracy['ER']) * n:.1f} errors from {accuracy['ER']:.3f}"
)

# %% [markdown]
# **2.** How does the calibration error depend on the number of bins? Try 2, 5, 10, 20 and 50, and
# compare each with chance.

# %% tags=["hide-cell", "solution"]
if scored:
    for number in (2, 5, 10, 20, 50):
        found = uncertainty.calibration(given, number)
        print(
            f"{number:2d} bins: error {found['error']:.3f}, by chance up to {found['chance']:.3f}"
        )

# %% [markdown]
# **3.** A hospital wants 99 % of the answers right. Which threshold does that take, what share of the
# questions is then left to people, and how sure are you of it? A threshold chosen on the same reports
# that it is judged on looks better than it is. Validation predictions are not stored, so choose on one
# half of the test patients and judge on the other.

# %% tags=["hide-cell", "solution"]
if scored:
    shuffled = np.random.default_rng(0).permutation(given["patient_id"].unique())
    to_choose = given["patient_id"].isin(shuffled[: len(shuffled) // 2])
    curve_of_half = confidence.abstention(given[to_choose], resamples=resamples)
    enough = curve_of_half[curve_of_half["accuracy"] >= 0.99]
    if len(enough):
        best = enough.loc[enough["coverage"].idxmax()]
        other = given[~to_choose]
        kept_there = other[other["probability"] >= best["threshold"]]
        low, high = confidence.wilson(int(kept_there["right"].sum()), len(kept_there))
        print(f"chosen on {to_choose.sum():,} answers: threshold {best['threshold']:.3f}")
        print(f"there: accuracy {best['accuracy']:.3f}, {1 - best['coverage']:.0%} left to people")
        print(
            f"on the other {len(other):,}: accuracy {kept_there['right'].mean():.3f} "
            f"({low:.3f} to {high:.3f}), {1 - len(kept_there) / max(1, len(other)):.0%} left"
        )
    else:
        print("no threshold reaches it on the first half")
