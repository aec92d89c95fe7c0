"""Agreement with the oracle, and how much of it is the oracle's own errors repeated.

The oracle made the labels, and its readings are in the prompt as hints. Where it is wrong, a model that repeats it is right
against the oracle and wrong against the truth; where the truth is unknown, nobody sees the difference.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pathmtl.analysis.bootstrap import interval, report_weights
from pathmtl.analysis.paired import with_references

REFERENCES = ("oracle", "truth")


def both_known(frames: Mapping[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Cut predictions to the (report, task) pairs that all methods answer and whose truth and oracle answer are both known.

    Parameters
    ----------
    frames
        Method -> predictions in long form with columns report_id, task, predicted, truth, oracle.

    Returns
    -------
    dict
        The same methods, with their rows in the same order.
    """
    return dict(zip(frames, with_references(list(frames.values()), REFERENCES), strict=True))


def ratio_with_ci(
    part: np.ndarray, whole: np.ndarray, patients: pd.Series, *, resamples: int = 200, seed: int = 0
) -> dict[str, float]:
    """Sum of ``part`` over sum of ``whole``, with a 95 % bootstrap interval that resamples patients.

    Percentile bootstrap of a ratio of sums with patients as the units (Efron and Tibshirani 1993, chapters 8 and 13).

    Parameters
    ----------
    part, whole
        (n,) numerator and denominator of each (report, task) pair; often 0 or 1.
    patients
        (n,) the patient of each pair.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    dict
        value, low, high (the ratio; NaN where the whole is zero), count (sum of ``part``), of (sum of ``whole``).
    """
    weights = report_weights(patients, resamples, seed)
    part, whole = np.asarray(part, dtype=float), np.asarray(whole, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        value = float(np.float64(part.sum()) / np.float64(whole.sum()))
        low, high = interval(weights @ part / (weights @ whole))
    return {"value": value, "low": low, "high": high, "count": part.sum(), "of": whole.sum()}


def agreement(frame: pd.DataFrame, *, resamples: int = 200) -> pd.DataFrame:
    """One method's agreement with the oracle, split into agreement that is right and agreement that is wrong.

    Parameters
    ----------
    frame
        Predictions on pairs with both references (``both_known``).
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    pandas.DataFrame
        Columns of ``ratio_with_ci``; rows ``agree`` (agrees with the oracle, of all pairs), ``right`` (agrees with the truth, of
        all pairs), ``in_error`` (both wrong, of the pairs agreed upon), ``repeated`` (the method gives the oracle's wrong
        answer, of the oracle's errors), ``corrected`` (the method is right, of the oracle's errors).
    """
    same = (frame["predicted"] == frame["oracle"]).to_numpy()
    right = (frame["predicted"] == frame["truth"]).to_numpy()
    oracle_wrong = (frame["oracle"] != frame["truth"]).to_numpy()
    every = np.ones(len(frame))
    parts = {
        "agree": (same, every),
        "right": (right, every),
        "in_error": (same & oracle_wrong, same),
        "repeated": (same & oracle_wrong, oracle_wrong),
        "corrected": (right & oracle_wrong, oracle_wrong),
    }
    rows = {name: ratio_with_ci(part, whole, frame["patient_id"], resamples=resamples) for name, (part, whole) in parts.items()}
    return pd.DataFrame.from_dict(rows, orient="index")
