"""What is measured for a claim about the cohort, from labels alone: class shares, ratios, and how often a finding is stated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pathmtl.analysis.confidence import wilson
from pathmtl.paper.arithmetic import printed_ratio
from pathmtl.paper.evidence import Claim, Evidence, Measured
from pathmtl.paper.kinds import near
from pathmtl.paper.measures import share_text
from pathmtl.schema import CLASSES, PAPER_TASKS

Measure = Callable[[Claim, Evidence], Measured | None]


def _counts(evidence: Evidence, task: str) -> pd.Series | None:
    """Reports by class of the task; None where no report states it."""
    if evidence.labels is None:
        return None
    counts = evidence.labels[task].value_counts().reindex(CLASSES[task]).fillna(0).astype(int)
    return counts if counts.sum() else None


def dominates(task: str, name: str) -> Measure:
    """The share of a class among itself and its strongest rival, with its Wilson interval."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        counts = _counts(evidence, task)
        if counts is None:
            return None
        both = int(counts[name]) + int(counts.drop(name).max())
        text = f"{counts.idxmax()}, {share_text(counts.max(), counts.sum())}"
        return Measured(text, counts[name] / both if both else 0.0, *wilson(int(counts[name]), both))

    return measure


def rarer_than_even(task: str, name: str) -> Measure:
    """An even share of all classes minus the share of this one."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        counts = _counts(evidence, task)
        if counts is None:
            return None
        total, even = int(counts.sum()), 1 / len(counts)
        low, high = wilson(int(counts[name]), total)
        return Measured(share_text(counts[name], total), even - counts[name] / total, even - high, even - low)

    return measure


def her2_ratio(claim: Claim, evidence: Evidence) -> Measured | None:
    """The share of positives among HER2 positives and negatives."""
    counts = _counts(evidence, "HER2")
    if counts is None:
        return None
    positive, both = int(counts["Positive"]), int(counts["Positive"] + counts["Negative"])
    if not both:
        return None
    text = f"{counts['Negative'] / positive:.1f} : 1" if positive else "–"
    return Measured(text, positive / both, *wilson(positive, both))


def distant_metastases(claim: Claim, evidence: Evidence) -> Measured | None:
    """How many reports state M1."""
    counts = _counts(evidence, "M")
    if counts is None:
        return None
    text = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    return Measured(text, float(counts["M1"]))


def stated(task: str) -> Measure:
    """The share of reports that state the task; if no report does, the column is missing rather than the finding."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        counts = _counts(evidence, task)
        if counts is None:
            return None
        known, total = int(counts.sum()), len(evidence.labels)
        return Measured(share_text(known, total), known / total, *wilson(known, total))

    return measure


def one_per_field(printed: float, joint: float) -> Measured:
    """Whether a ratio of times fits one prompt per field, where it would be 1, and not ``joint``, that of joint prompts."""
    if np.isnan(joint):
        return Measured("–", why="no report states anything")
    text = f"× 1.00 a field, × {joint:.2f} jointly"
    fits = near(printed), near(printed / joint)
    return Measured(text, float(fits[0]), why="both readings fit" if all(fits) else "")


def times_point_to_a_field(claim: Claim, evidence: Evidence) -> Measured | None:
    """Whether Table III's ratio of times fits one prompt per field and not one joint prompt.

    Six single-task models read as many prompts as one multi-task model with one prompt per field, and as many times more than
    one with joint prompts as a report states findings.
    """
    if evidence.labels is None:
        return None
    known = evidence.labels[list(PAPER_TASKS)].notna()
    fields, reports = int(known.to_numpy().sum()), int(known.any(axis=1).sum())
    return one_per_field(printed_ratio(), fields / reports if reports else float("nan"))
