"""What moves a score: which patients happen to be in the test set."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis.evaluate import scores
from pathmtl.schema import OVERALL


def by_unit(frame: pd.DataFrame, metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0) -> pd.DataFrame:
    """The interval of the overall score when patients, reports or single answers are resampled.

    Only the first is honest: the answers to one report, and the reports of one patient, share their wording.

    Parameters
    ----------
    frame
        Labeled predictions in long form, as ``scores`` takes them.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Indexed by unit (patients, reports, answers); columns units (their number), score, low, high.
    """
    answers = frame["report_id"].astype(str) + "/" + frame["task"].astype(str)
    rows = {}
    for unit, owner in (("patients", frame["patient_id"]), ("reports", frame["report_id"]), ("answers", answers)):
        rows[unit] = {"units": owner.nunique(), **_overall(frame.assign(patient_id=owner), metric, resamples, seed)}
    return pd.DataFrame.from_dict(rows, orient="index")


def by_size(
    frame: pd.DataFrame, sizes: Sequence[int], metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """The overall score and its interval on growing numbers of patients, in random order.

    Parameters
    ----------
    frame, metric, resamples, seed
        As in ``by_unit``.
    sizes
        Numbers of patients; those larger than the number available become all of them, once.

    Returns
    -------
    pandas.DataFrame
        Columns patients, score, low, high; one row per size.
    """
    order = np.random.default_rng(seed).permutation(frame["patient_id"].unique())
    rows = [
        {"patients": size, **_overall(frame[frame["patient_id"].isin(set(order[:size]))], metric, resamples, seed)}
        for size in sorted({min(size, len(order)) for size in sizes})
    ]
    return pd.DataFrame(rows)


def interval_coverage(
    frame: pd.DataFrame,
    patients: int,
    metric: str = "accuracy",
    *,
    samples: int = 50,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """How often a 95 % interval covers the truth, by drawing test sets from a population whose score is known.

    The score on all of ``frame`` plays the truth; each test set is drawn from its patients with replacement.

    Parameters
    ----------
    frame, metric, resamples, seed
        As in ``by_unit``.
    patients
        Patients per test set.
    samples
        Number of test sets.

    Returns
    -------
    pandas.DataFrame
        Columns score, low, high and ``hit`` (whether the interval covers the truth); one row per test set. ``attrs["truth"]``
        holds the score on all of ``frame``.
    """
    rng = np.random.default_rng(seed)
    by_patient = {patient: part for patient, part in frame.groupby("patient_id", sort=False)}
    names = list(by_patient)
    truth = _overall(frame, metric, 1, seed)["score"]
    rows = []
    for sample in range(samples):
        drawn = rng.choice(len(names), size=patients)
        # A patient drawn twice counts as two patients of the new test set.
        parts = [by_patient[names[number]].assign(patient_id=f"{place}") for place, number in enumerate(drawn)]
        rows.append(_overall(pd.concat(parts, ignore_index=True), metric, resamples, seed + sample))
    table = pd.DataFrame(rows)
    table["hit"] = (table["low"] <= truth) & (truth <= table["high"])
    table.attrs["truth"] = truth
    return table


def _overall(frame: pd.DataFrame, metric: str, resamples: int, seed: int) -> dict[str, float]:
    table = scores(frame, resamples=resamples, seed=seed)
    if OVERALL not in table.index:
        return dict.fromkeys(("score", "low", "high"), float("nan"))
    row = table.loc[OVERALL]
    return {"score": row[metric], "low": row[f"{metric}_low"], "high": row[f"{metric}_high"]}
