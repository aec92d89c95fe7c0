"""Scores against two references, the truth and the oracle, and how much of the agreement with the oracle is the oracle's own.

The oracle made the labels, and its readings stand in the prompt as hints. Where it is wrong, a model that repeats it scores
against the oracle and fails against the truth; where no truth is known, nobody sees the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis.compare import shared
from pathmtl.analysis.evaluate import bootstrap, interval, patient_counts
from pathmtl.schema import CLASSES, PAPER_TASKS

REFERENCES = ("oracle", "truth")


def both_known(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The frames cut to the (report, task) pairs that all answer and whose truth and oracle's answer are both known."""
    return dict(zip(frames, with_references(list(frames.values()), REFERENCES), strict=True))


def with_references(frames: Sequence[pd.DataFrame], references: Sequence[str]) -> list[pd.DataFrame]:
    """The frames cut to the pairs that all answer and that carry each of the references, in the same order."""
    cut = shared([frames[0][frames[0][list(references)].notna().all(axis=1)], *frames[1:]], references[0])
    # Labels are those of the reports: the same in each frame, whichever of them carries the column first.
    return [frame.reset_index(drop=True) for frame in cut]


def contrast(
    terms: Sequence[tuple[float, pd.DataFrame, str]], metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """A weighted sum of scores, each with a reference of its own, by task and overall with 95 % intervals, paired by patient.

    terms: (weight, predictions, reference). With weights 1 and -1 and one reference it is ``paired_difference``; with four terms
    it is a difference of differences. All are cut to the pairs that carry every reference named.
    Returns columns difference, low, high, n by task, then the overall rows; empty where no pair is left.
    """
    references = list(dict.fromkeys(reference for *_, reference in terms))
    frames = with_references([frame for _, frame, _ in terms], references)
    patients = pd.Index(frames[0]["patient_id"].unique())
    if not len(patients):
        return pd.DataFrame(columns=["difference", "low", "high", "n"], dtype=float)
    counts = patient_counts(len(patients), resamples, seed)
    tasks = [task for task in CLASSES if (frames[0]["task"] == task).any()]
    sizes = {task: int((frames[0]["task"] == task).sum()) for task in tasks}
    points, draws = [], []
    for (_, _, reference), frame in zip(terms, frames, strict=True):
        parts = {task: frame[frame["task"] == task] for task in tasks}
        point, drawn = bootstrap(parts, patients, counts, reference)
        points.append(point)
        draws.append(drawn)
    six = sum(n for task, n in sizes.items() if task in PAPER_TASKS)
    weights = [weight for weight, *_ in terms]
    rows = {}
    for name in points[0]:
        low, high = interval(sum(w * each[name][metric] for w, each in zip(weights, draws, strict=True)))
        value = float(sum(w * each[name][metric][0] for w, each in zip(weights, points, strict=True)))
        rows[name] = {"difference": value, "low": low, "high": high, "n": sizes.get(name, six)}
    return pd.DataFrame.from_dict(rows, orient="index")


def share(part: np.ndarray, whole: np.ndarray, patients: pd.Series, *, resamples: int = 200, seed: int = 0) -> dict[str, float]:
    """Sum of ``part`` over sum of ``whole`` (one entry a pair each), with a 95 % interval that resamples patients.

    Returns value, low, high, of (the whole), count (the part); NaN where the whole is nothing.
    """
    owner, names = pd.factorize(patients)
    counts = patient_counts(len(names), resamples, seed) if len(names) else np.zeros((resamples, 0))
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(np.float64(part.sum()) / np.float64(whole.sum()))
        low, high = interval(counts[:, owner] @ part / (counts[:, owner] @ whole))
    return {"value": value, "low": low, "high": high, "count": part.sum(), "of": whole.sum()}


def agreement(frame: pd.DataFrame, *, resamples: int = 200) -> pd.DataFrame:
    """Agreement of one method with the oracle taken apart; ``frame`` holds pairs with both references (``both_known``).

    Rows, each a share with its interval (see ``share``): ``agree`` (with the oracle, of all pairs), ``right`` (with the truth,
    of all), ``in_error`` (of the pairs agreed upon, those where both are wrong), ``repeated`` (of the oracle's errors, those
    that the method gives too), ``corrected`` (of them, those where it is right).
    """
    same = (frame["predicted"] == frame["oracle"]).to_numpy()
    right = (frame["predicted"] == frame["truth"]).to_numpy()
    wrong = (frame["oracle"] != frame["truth"]).to_numpy()
    every = np.ones(len(frame))
    parts = {
        "agree": (same, every),
        "right": (right, every),
        "in_error": (same & wrong, same),
        "repeated": (same & wrong, wrong),
        "corrected": (right & wrong, wrong),
    }
    found = {name: share(part, whole, frame["patient_id"], resamples=resamples) for name, (part, whole) in parts.items()}
    return pd.DataFrame.from_dict(found, orient="index")


def from_hints(on: pd.DataFrame, off: pd.DataFrame, *, resamples: int = 200) -> dict[str, float]:
    """Share of the agreement with the oracle that is gone without hints: (agree on - agree off) / agree on, paired by patient.

    It needs no truth. Below 0 where the model agrees more often without them.
    """
    on, off = with_references([on, off], ["oracle"])
    with_hints = (on["predicted"] == on["oracle"]).to_numpy().astype(float)
    without = (off["predicted"] == off["oracle"]).to_numpy().astype(float)
    return share(with_hints - without, with_hints, on["patient_id"], resamples=resamples)
