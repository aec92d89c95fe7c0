"""What a model's probabilities are worth: reliability, expected calibration error, and the accuracy gained by abstaining.

Probabilities are *calibrated* if eight in ten of the answers given with 0.8 are right (Guo et al. 2017). The expected
calibration error is the mean gap between the two over bins of probability, weighted by their answers; because bins are small, it
is above 0 for a perfect model too, and is therefore compared with what it would be by chance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.calibration import calibration_curve

from pathmtl.analysis.bootstrap import interval, report_weights
from pathmtl.analysis.metrics import NO_ANSWER

#: A bin with fewer answers than this is too small to be interpreted.
FEW = 10


def answers(frame: pd.DataFrame, truth: str = "truth") -> pd.DataFrame:
    """The labeled answers of predictions in long form; reports that a method left unanswered are not among them.

    Returns
    -------
    pandas.DataFrame
        Columns patient_id, task, probability (of the class answered, 0-1), right (bool).
    """
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
    """Mean probability and share right in equally wide bins of probability (reliability diagram; Guo et al. 2017).

    Parameters
    ----------
    given
        As ``answers`` returns it.
    bins
        Number of bins between 0 and 1.

    Returns
    -------
    pandas.DataFrame
        One row per bin that is not empty; columns low, high (edges), answers (count), probability (mean), accuracy, accuracy_low,
        accuracy_high (95 %, Wilson 1927).
    """
    if given.empty:
        names = ["low", "high", "answers", "probability", "accuracy", "accuracy_low", "accuracy_high"]
        return pd.DataFrame(columns=names, dtype=float)
    probability, right = given["probability"].to_numpy(), given["right"].to_numpy(dtype=int)
    share, mean = calibration_curve(right, probability, n_bins=bins, strategy="uniform")
    edges = np.linspace(0, 1, bins + 1)
    counts = np.bincount(_bin(probability, bins), minlength=bins)
    full = np.flatnonzero(counts)
    return pd.DataFrame(
        {
            "low": edges[full],
            "high": edges[full + 1],
            "answers": counts[full],
            "probability": mean,
        }
    ).join(shares_with_intervals([round(float(s) * n) for s, n in zip(share, counts[full], strict=True)], counts[full]))


def calibration_error(curve: pd.DataFrame) -> float:
    """Expected calibration error (Guo et al. 2017): mean of ``|accuracy - probability|`` over bins, weighted by answers.

    curve: as ``reliability`` returns it. NaN without answers.
    """
    if curve.empty:
        return float("nan")
    return float(np.average((curve["accuracy"] - curve["probability"]).abs(), weights=curve["answers"]))


def calibration_error_by_chance(given: pd.DataFrame, bins: int = 10, *, draws: int = 200, seed: int = 0) -> np.ndarray:
    """How large the expected calibration error would be if every probability were true.

    A parametric simulation: in each world, an answer with probability p is right with probability p.

    Parameters
    ----------
    given
        As ``answers`` returns it; only the column probability is used.
    bins
        Number of equally wide bins.
    draws, seed
        Number of simulated worlds, and their seed.

    Returns
    -------
    numpy.ndarray
        (draws,) errors.
    """
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
    """Accuracy of the most confident answers as the threshold rises (risk-coverage curve; El-Yaniv and Wiener 2010).

    Parameters
    ----------
    given
        As ``answers`` returns it. Answers of equal probability are kept or dropped together.
    resamples, seed
        Number of bootstrap draws over patients at a fixed threshold, and the seed of the draws.
    steps
        Number of thresholds, evenly spaced in coverage.

    Returns
    -------
    pandas.DataFrame
        Columns coverage (share of answers kept), threshold (probability), accuracy, low, high.
    """
    names = ["coverage", "threshold", "accuracy", "low", "high"]
    if given.empty:
        return pd.DataFrame(columns=names, dtype=float)
    ordered = given.sort_values("probability", ascending=False, kind="stable")
    probability, right = ordered["probability"].to_numpy(), ordered["right"].to_numpy(dtype=float)
    weights = report_weights(ordered["patient_id"], resamples, seed)
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
    """The rows of ``abstention`` whose coverage is nearest to each of ``shares`` (0-1), without repeats."""
    nearest = [(curve["coverage"] - share).abs().idxmin() for share in shares]
    return curve.loc[list(dict.fromkeys(nearest))]


def gain_of_abstaining(
    given: pd.DataFrame, share: float = 0.5, *, resamples: int = 200, seed: int = 0
) -> tuple[float, float, float]:
    """Accuracy of the most confident answers minus that of all answers.

    Parameters
    ----------
    given
        As ``answers`` returns it.
    share
        Share of the answers that are kept, 0-1.
    resamples, seed
        Number of bootstrap draws over patients, and the seed of the draws.

    Returns
    -------
    tuple
        Value, low, high (95 %); NaN without answers.
    """
    if given.empty:
        return (float("nan"),) * 3
    kept = (given["probability"] >= given["probability"].quantile(1 - share)).to_numpy()
    right = given["right"].to_numpy(dtype=float)
    weights = report_weights(given["patient_id"], resamples, seed)
    with np.errstate(invalid="ignore"):
        drawn = weights @ (right * kept) / (weights @ kept) - weights @ right / weights.sum(axis=1)
    return (float(right[kept].mean() - right.mean()), *interval(drawn))


def wilson(right: int, trials: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927).

    Parameters
    ----------
    right, trials
        Number of successes, and of trials.

    Returns
    -------
    tuple
        low, high between 0 and 1; NaN without trials.

    Examples
    --------
    >>> low, high = wilson(8, 10)
    >>> round(low, 2), round(high, 2)
    (0.49, 0.94)
    """
    if not trials:
        return float("nan"), float("nan")
    bounds = binomtest(right, trials).proportion_ci(method="wilson")
    return float(bounds.low), float(bounds.high)


def shares_with_intervals(right: Sequence[int], answers: Sequence[int]) -> pd.DataFrame:
    """Shares with their 95 % intervals (``wilson``); NaN where nothing was answered.

    Parameters
    ----------
    right, answers
        Counts: the right answers, and all answers.

    Returns
    -------
    pandas.DataFrame
        Columns accuracy, accuracy_low, accuracy_high; one row per pair of ``right`` and ``answers``.
    """
    rows = [(r / n if n else float("nan"), *wilson(int(r), int(n))) for r, n in zip(right, answers, strict=True)]
    return pd.DataFrame(rows, columns=["accuracy", "accuracy_low", "accuracy_high"])
