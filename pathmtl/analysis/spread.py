"""What moves a score: which reports happen to be in the test set, and which seed trained the model."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis.evaluate import scores
from pathmtl.schema import OVERALL


def by_unit(frame: pd.DataFrame, metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0) -> pd.DataFrame:
    """The interval of the overall score when patients, reports or single answers are resampled.

    Only the first is honest: answers to one report, and reports of one patient, share their wording. Returns columns units
    (how many there are), score, low, high, indexed by unit.
    """
    single = frame["report_id"].astype(str) + "/" + frame["task"].astype(str)
    rows = {}
    for unit, owner in (("patients", frame["patient_id"]), ("reports", frame["report_id"]), ("answers", single)):
        rows[unit] = {"units": owner.nunique(), **_overall(frame.assign(patient_id=owner), metric, resamples, seed)}
    return pd.DataFrame.from_dict(rows, orient="index")


def by_size(
    frame: pd.DataFrame, sizes: Sequence[int], metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """The overall score and its interval on the first 10, 20, … of the patients in random order: patients, score, low, high.

    Sizes beyond the patients there are become all of them, once.
    """
    order = np.random.default_rng(seed).permutation(frame["patient_id"].unique())
    rows = [
        {"patients": size, **_overall(frame[frame["patient_id"].isin(set(order[:size]))], metric, resamples, seed)}
        for size in sorted({min(size, len(order)) for size in sizes})
    ]
    return pd.DataFrame(rows)


def hit_rate(
    frame: pd.DataFrame,
    patients: int,
    metric: str = "accuracy",
    *,
    samples: int = 50,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """What "95 %" means: ``samples`` test sets of ``patients`` each are drawn from ``frame``, an interval is made of each.

    The score on all of ``frame`` plays the truth. Returns columns score, low, high and ``hit`` (does it hold the truth), a row a
    sample; the truth is in ``attrs["truth"]``.
    """
    rng = np.random.default_rng(seed)
    by_patient = {patient: part for patient, part in frame.groupby("patient_id", sort=False)}
    names = list(by_patient)
    truth = _overall(frame, metric, 1, seed)["score"]
    rows = []
    for sample in range(samples):
        drawn = rng.choice(len(names), size=patients)
        # Somebody drawn twice is two patients of the new test set.
        parts = [by_patient[names[one]].assign(patient_id=f"{place}") for place, one in enumerate(drawn)]
        rows.append(_overall(pd.concat(parts, ignore_index=True), metric, resamples, seed + sample))
    found = pd.DataFrame(rows)
    found["hit"] = (found["low"] <= truth) & (truth <= found["high"])
    found.attrs["truth"] = truth
    return found


def _overall(frame: pd.DataFrame, metric: str, resamples: int, seed: int) -> dict[str, float]:
    table = scores(frame, resamples=resamples, seed=seed)
    if OVERALL not in table.index:
        return dict.fromkeys(("score", "low", "high"), float("nan"))
    row = table.loc[OVERALL]
    return {"score": row[metric], "low": row[f"{metric}_low"], "high": row[f"{metric}_high"]}
