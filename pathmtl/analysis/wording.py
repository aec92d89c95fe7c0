"""Which wording breaks which method: accuracy where a phenomenon occurs, compared with the same tasks elsewhere.

A low score next to a phenomenon may only mean that its tasks are hard. So each phenomenon is compared with the reports without
it, task by task, with the same task weights on both sides; a method *breaks* where the interval of that drop lies below zero.
Reports carry several phenomena at once: a drop shows where to look, not what caused it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from pathmtl.analysis.bootstrap import interval, report_weights
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.confidence import FEW, wilson
from pathmtl.analysis.paired import shared

#: Wordings that the paper blames for the naive rules' errors (sections I and V-A).
BLAMED = ("prior_stage_history", "nuclear_grade_beside", "her2_equivocal_wording", "negated_malignancy", "ocr_noise")


class Phenomenon(Protocol):
    """A difficulty that a generator can write into a report, such as those of `pathmtl_synthetic.phenomena.PHENOMENA`."""

    @property
    def tasks(self) -> Sequence[str]:
        """The tasks that it can mislead."""


def records_phenomena(reports: pd.DataFrame, phenomena: Mapping[str, Phenomenon]) -> bool:
    """Whether the reports have a column ``phenomena`` that names any of the given ones (names separated by semicolons)."""
    return "phenomena" in reports and any(names & set(phenomena) for names in phenomena_of(reports))


def phenomena_of(reports: pd.DataFrame) -> list[set[str]]:
    """The names in each report's column ``phenomena``, separated there by semicolons."""
    return [set(str(value or "").split(";")) for value in reports["phenomena"]]


def by_wording(
    reports: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    phenomena: Mapping[str, Phenomenon],
    *,
    resamples: int = 200,
    seed: int = 0,
) -> pd.DataFrame:
    """Accuracy of each method where each phenomenon occurs, and on the same tasks elsewhere.

    All methods are scored on the labeled answers that they share. The interval of an accuracy is Wilson's (1927) and counts
    patients, because the answers to one report are not independent; that of a drop is a percentile bootstrap over patients.

    Parameters
    ----------
    reports
        Columns report_id and phenomena.
    frames
        Method -> predictions in long form with ``truth``.
    phenomena
        Name -> phenomenon, of which the attribute ``tasks`` is used.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Indexed by (phenomenon, method); columns answers, patients (counts), accuracy, low, high, elsewhere (accuracy on the same
        tasks of the other reports, with the same task weights), drop (accuracy - elsewhere), drop_low, drop_high (NaN where
        every report has the phenomenon). Phenomena that do not occur are left out.
    """
    frames_cut = shared(list(frames.values()))
    names_of = dict(zip(reports["report_id"], phenomena_of(reports), strict=True))
    names = [names_of.get(report, set()) for report in frames_cut[0]["report_id"]]
    task = frames_cut[0]["task"].to_numpy()
    owner = frames_cut[0]["patient_id"].to_numpy()
    weights = report_weights(frames_cut[0]["patient_id"], resamples, seed)
    rows = {}
    for name, phenomenon in phenomena.items():
        of_its_tasks = np.isin(task, list(phenomenon.tasks))
        present = np.array([name in of_report for of_report in names], dtype=bool) & of_its_tasks
        if not present.any():
            continue
        for method, frame in zip(frames, frames_cut, strict=True):
            right = (frame["predicted"] == frame["truth"]).to_numpy(dtype=float)
            n_patients, accuracy = len(set(owner[present])), right[present].mean()
            low, high = wilson(round(accuracy * n_patients), n_patients)
            gap, elsewhere = _gap(right, present, of_its_tasks & ~present, task, np.ones((1, len(right))))
            drop_low, drop_high = interval(_gap(right, present, of_its_tasks & ~present, task, weights)[0])
            rows[name, method] = {
                "answers": int(present.sum()),
                "patients": n_patients,
                "accuracy": accuracy,
                "low": low,
                "high": high,
                "elsewhere": elsewhere[0],
                "drop": gap[0],
                "drop_low": drop_low,
                "drop_high": drop_high,
            }
    index = pd.MultiIndex.from_tuples(rows, names=["phenomenon", "method"])
    return pd.DataFrame(list(rows.values()), index=index)


def _gap(
    right: np.ndarray, present: np.ndarray, absent: np.ndarray, task: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy with a phenomenon minus that without, and the latter, both with the task weights of the former: (draws,) each."""
    gap, elsewhere, total = (np.zeros(len(weights)) for _ in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in np.unique(task[present]):
            inside, outside = present & (task == name), absent & (task == name)
            task_weight = weights[:, inside].sum(axis=1)
            without = weights[:, outside] @ right[outside] / weights[:, outside].sum(axis=1)
            within = weights[:, inside] @ right[inside] / task_weight
            known = (task_weight > 0) & ~np.isnan(without)
            gap += np.where(known, task_weight * (within - without), 0)
            elsewhere += np.where(known, task_weight * without, 0)
            total += np.where(known, task_weight, 0)
        return gap / np.where(total, total, np.nan), elsewhere / np.where(total, total, np.nan)


def breaks(table: pd.DataFrame, fewest: int = FEW) -> pd.DataFrame:
    """The rows of ``by_wording`` with ``fewest`` answers or more whose whole drop interval is below zero, largest drop first."""
    broken = table[(table["drop_high"] < 0) & (table["answers"] >= fewest)]
    return broken.sort_values("drop", kind="stable")


def expected_by_chance(table: pd.DataFrame, fewest: int = FEW) -> float:
    """Number of rows that ``breaks`` would return if no phenomenon mattered: 2.5 % of those tested."""
    return 0.025 * int((table["answers"] >= fewest).sum())


def paired_within(
    reports: pd.DataFrame,
    a: pd.DataFrame,
    b: pd.DataFrame,
    name: str,
    phenomenon: Phenomenon,
    *,
    resamples: int = 200,
    seed: int = 0,
) -> tuple[float, float, float, int]:
    """Accuracy of ``a`` minus that of ``b`` where a phenomenon occurs, on its tasks, paired by answer.

    Parameters
    ----------
    reports
        Columns report_id and phenomena.
    a, b
        Predictions in long form with ``truth``.
    name, phenomenon
        An item of the mapping that ``by_wording`` takes.
    resamples, seed
        Number of bootstrap draws over patients, and the seed of the draws.

    Returns
    -------
    tuple
        Difference, low, high (95 % interval), and the number of answers; (NaN, NaN, NaN, 0) where it does not occur.
    """
    ours, theirs = shared([a, b])
    names_of = dict(zip(reports["report_id"], phenomena_of(reports), strict=True))
    present = np.array([name in names_of.get(report, ()) for report in ours["report_id"]], dtype=bool)
    present &= np.isin(ours["task"].to_numpy(), list(phenomenon.tasks))
    if not present.any():
        return float("nan"), float("nan"), float("nan"), 0
    gap = (ours["predicted"] == ours["truth"]).to_numpy(dtype=float) - (theirs["predicted"] == theirs["truth"]).to_numpy()
    weights = report_weights(ours.loc[present, "patient_id"], resamples, seed)
    low, high = interval(weights @ gap[present] / weights.sum(axis=1))
    return float(gap[present].mean()), low, high, int(present.sum())


def tested(
    reports: pd.DataFrame,
    frames: Mapping[str, pd.DataFrame],
    phenomena: Mapping[str, Phenomenon],
    *,
    resamples: int = 200,
) -> dict[str, tuple[str, float, float, float, str]]:
    """Measure the claims about wording: does it break the naive rules, and does the LLM do better there?

    Parameters
    ----------
    reports, frames, phenomena, resamples
        As in ``by_wording``; the methods ``naive`` and ``lora`` are used.

    Returns
    -------
    dict
        Claim id -> the fields of ``paper.evidence.Measured``: text, value, low, high, why it decides nothing. The first claim
        is judged by the drop in accuracy with its sign reversed, the second by the paired difference.
    """
    table = by_wording(reports, frames, phenomena, resamples=resamples) if "naive" in frames else pd.DataFrame()
    measured = {}
    for name in BLAMED:
        if (name, "naive") in table.index:
            row = table.loc[name, "naive"]
            drop, low, high, answers = row["drop"], row["drop_low"], row["drop_high"], int(row["answers"])
            measured[f"wording-{name}-breaks"] = (_shown(drop, low, high, answers), -drop, -high, -low, _few(answers))
        if "lora" in frames and "naive" in frames:
            gap, low, high, answers = paired_within(
                reports, frames["lora"], frames["naive"], name, phenomena[name], resamples=resamples
            )
            measured[f"wording-{name}-llm"] = (_shown(gap, low, high, answers), gap, low, high, _few(answers))
    return measured


def _shown(value: float, low: float, high: float, answers: int) -> str:
    return "–" if np.isnan(value) else f"{gap_text(value, low, high)}, {answers:,} answers"


def _few(answers: int) -> str:
    return "" if answers >= FEW else "too few answers"
