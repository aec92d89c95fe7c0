"""What a model's probabilities are worth: reliability, expected calibration error, and the accuracy bought by abstaining.

A probability is *calibrated* if of the answers given with 0.8, eight in ten are right (Guo et al. 2017). The expected
calibration error is the mean gap between the two, over bins of probability weighted by their answers; it is above 0 for a
perfect model too, because bins are small, so it is read beside what it would be by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve

from pathmtl.analysis.evaluate import interval, patient_counts
from pathmtl.analysis.metrics import NO_ANSWER

#: A bin with fewer answers than this says little.
FEW = 10


def answers(frame: pd.DataFrame, truth: str = "truth") -> pd.DataFrame:
    """The labelled answers of long-form predictions: patient_id, task, ``probability`` of the class answered, and ``right``."""
    known = frame[frame[truth].notna() & (frame["predicted"] != NO_ANSWER)]
    probability = known["probability"] if "probability" in known else [max(row) for row in known["probabilities"]]
    return pd.DataFrame(
        {
            "patient_id": known["patient_id"],
            "task": known["task"],
            "probability": np.clip(np.asarray(probability, dtype=float), 0, 1),  # bf16 rounding may pass 1
            "right": known["predicted"] == known[truth],
        }
    ).reset_index(drop=True)


def reliability(given: pd.DataFrame, bins: int = 10) -> pd.DataFrame:
    """Mean probability and share right in ``bins`` equally wide bins of probability; empty bins are left out.

    Returns columns low, high (edges), answers, probability, accuracy, and accuracy_low, accuracy_high (Wilson, 95 %).
    """
    if given.empty:
        names = ["low", "high", "answers", "probability", "accuracy", "accuracy_low", "accuracy_high"]
        return pd.DataFrame(columns=names, dtype=float)
    probability, right = given["probability"].to_numpy(), given["right"].to_numpy(dtype=int)
    share, mean = calibration_curve(right, probability, n_bins=bins, strategy="uniform")
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(_bin(probability, bins), minlength=bins)
    full = np.flatnonzero(counts)
    bounds = [wilson(round(float(s) * n), int(n)) for s, n in zip(share, counts[full], strict=True)]
    return pd.DataFrame(
        {
            "low": edges[full],
            "high": edges[full + 1],
            "answers": counts[full],
            "probability": mean,
            "accuracy": share,
            "accuracy_low": [low for low, _ in bounds],
            "accuracy_high": [high for _, high in bounds],
        }
    )


def calibration_error(curve: pd.DataFrame) -> float:
    """Expected calibration error of a ``reliability`` table: mean of |accuracy - probability|, weighted by answers."""
    if curve.empty:
        return float("nan")
    return float(np.average((curve["accuracy"] - curve["probability"]).abs(), weights=curve["answers"]))


def calibration_error_by_chance(given: pd.DataFrame, bins: int = 10, *, draws: int = 200, seed: int = 0) -> np.ndarray:
    """The same error in ``draws`` worlds in which every probability is true: (draws,)."""
    rng = np.random.default_rng(seed)
    probability = given["probability"].to_numpy()
    worlds = rng.random((draws, len(probability))) < probability
    # A bin's answers times its gap is the sum of (right - probability) in it: all worlds are one matrix product.
    member = np.equal.outer(_bin(probability, bins), np.arange(bins)).astype(float)
    return np.abs((worlds - probability) @ member).sum(axis=1) / max(len(probability), 1)


def _bin(probability: np.ndarray, bins: int) -> np.ndarray:
    """The bin of each probability, by scikit-learn's own rule for edges."""
    return np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], probability)


def abstention(given: pd.DataFrame, *, resamples: int = 200, seed: int = 0, steps: int = 50) -> pd.DataFrame:
    """Accuracy of the surest answers, as fewer are kept: columns coverage, threshold, accuracy, low, high.

    Answers are kept from the surest on, those of equal probability together. Intervals resample patients at a fixed threshold.
    """
    names = ["coverage", "threshold", "accuracy", "low", "high"]
    if given.empty:
        return pd.DataFrame(columns=names, dtype=float)
    ordered = given.sort_values("probability", ascending=False, kind="stable")
    probability, right = ordered["probability"].to_numpy(), ordered["right"].to_numpy(dtype=float)
    owner, patients = pd.factorize(ordered["patient_id"])
    weights = patient_counts(len(patients), resamples, seed)[:, owner]
    ends = np.flatnonzero(np.r_[np.diff(probability) != 0, True])  # the last answer of each probability
    # The nearest possible cut to each of `steps` even ones.
    chosen = np.unique(ends[np.searchsorted(ends, np.linspace(0, len(ordered) - 1, steps).round().astype(int))])
    kept, hits = np.cumsum(weights, axis=1)[:, chosen], np.cumsum(weights * right, axis=1)[:, chosen]
    with np.errstate(invalid="ignore"):
        bounds = [interval(column) for column in (hits / kept).T]
    rows = [
        ((end + 1) / len(ordered), probability[end], right[: end + 1].mean(), *bound)
        for end, bound in zip(chosen, bounds, strict=True)
    ]
    return pd.DataFrame(rows, columns=names)


def at_coverage(curve: pd.DataFrame, shares: Sequence[float]) -> pd.DataFrame:
    """The rows of ``abstention`` nearest to each share of answers kept, without repeats."""
    nearest = [(curve["coverage"] - share).abs().idxmin() for share in shares]
    return curve.loc[list(dict.fromkeys(nearest))]


def gain_of_abstaining(
    given: pd.DataFrame, share: float = 0.5, *, resamples: int = 200, seed: int = 0
) -> tuple[float, float, float]:
    """Accuracy of the surest ``share`` of the answers minus that of all, with its 95 % interval by patient."""
    if given.empty:
        return (float("nan"),) * 3
    kept = (given["probability"] >= given["probability"].quantile(1 - share)).to_numpy()
    right = given["right"].to_numpy(dtype=float)
    owner, patients = pd.factorize(given["patient_id"])
    weights = patient_counts(len(patients), resamples, seed)[:, owner]
    with np.errstate(invalid="ignore"):
        drawn = weights @ (right * kept) / (weights @ kept) - weights @ right / weights.sum(axis=1)
    return (float(right[kept].mean() - right.mean()), *interval(drawn))


def wilson(right: int, trials: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; (nan, nan) without trials."""
    if not trials:
        return float("nan"), float("nan")
    bounds = binomtest(right, trials).proportion_ci(method="wilson")
    return float(bounds.low), float(bounds.high)
