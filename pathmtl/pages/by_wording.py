"""Which wording breaks which method: accuracy on the reports in which a phenomenon fired, beside the same tasks elsewhere.

A low score beside a phenomenon may only say that its tasks are hard. So each is compared with the reports without it, task by
task, the tasks weighted alike on both sides; a method *breaks* where the interval of that drop lies below zero. Phenomena
share reports: a drop is a place to look, not a cause.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl.analysis.compare import gap_text, shared
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.evaluate import interval, patient_counts

#: Below this many answers a row says too little to be coloured.
FEW = 10


def records_phenomena(reports: pd.DataFrame) -> bool:
    """Whether the reports say which of the known phenomena were written into them."""
    return "phenomena" in reports and any(names & set(PHENOMENA) for names in _names(reports))


def _names(reports: pd.DataFrame) -> list[set[str]]:
    return [set(str(value or "").split(";")) for value in reports["phenomena"]]


def by_wording(reports: pd.DataFrame, frames: Mapping[str, pd.DataFrame], *, resamples: int = 200, seed: int = 0) -> pd.DataFrame:
    """A row for each phenomenon and method, on the labelled answers that all methods share.

    Columns: answers, patients; accuracy with low, high (Wilson's interval counting patients, because a report's answers are not
    independent); elsewhere (accuracy on the same tasks of the other reports, weighted alike); drop = accuracy - elsewhere, with
    drop_low, drop_high (bootstrap by patient; NaN where there is no elsewhere). Index: phenomenon, method.
    """
    cut = shared(list(frames.values()))
    fired_in = dict(zip(reports["report_id"], _names(reports), strict=True))
    names = [fired_in.get(report, set()) for report in cut[0]["report_id"]]
    task = cut[0]["task"].to_numpy()
    owner, patients = pd.factorize(cut[0]["patient_id"])
    weights = patient_counts(len(patients), resamples, seed)[:, owner]
    rows = {}
    for phenomenon, about in PHENOMENA.items():
        touched = np.isin(task, about.tasks)
        fired = np.array([phenomenon in each for each in names], dtype=bool) & touched
        if not fired.any():
            continue
        for method, frame in zip(frames, cut, strict=True):
            right = (frame["predicted"] == frame["truth"]).to_numpy(dtype=float)
            count, share = len(set(owner[fired])), right[fired].mean()
            low, high = _wilson(share, count)
            gap, elsewhere = _gap(right, fired, touched & ~fired, task, np.ones((1, len(right))))
            drop_low, drop_high = interval(_gap(right, fired, touched & ~fired, task, weights)[0])
            rows[phenomenon, method] = {
                "answers": int(fired.sum()),
                "patients": count,
                "accuracy": share,
                "low": low,
                "high": high,
                "elsewhere": elsewhere[0],
                "drop": gap[0],
                "drop_low": drop_low,
                "drop_high": drop_high,
            }
    index = pd.MultiIndex.from_tuples(rows, names=["phenomenon", "method"])
    return pd.DataFrame(list(rows.values()), index=index)


def _wilson(share: float, patients: int) -> tuple[float, float]:
    return wilson(round(share * patients), patients)


def _gap(
    right: np.ndarray, fired: np.ndarray, other: np.ndarray, task: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Accuracy with a phenomenon minus that without, and the latter; tasks weighted as where it fired: (draws,) each."""
    gap, elsewhere, total = (np.zeros(len(weights)) for _ in range(3))
    with np.errstate(invalid="ignore", divide="ignore"):
        for name in np.unique(task[fired]):
            inside, outside = fired & (task == name), other & (task == name)
            share = weights[:, inside].sum(axis=1)
            without = weights[:, outside] @ right[outside] / weights[:, outside].sum(axis=1)
            within = weights[:, inside] @ right[inside] / share
            known = (share > 0) & ~np.isnan(without)
            gap += np.where(known, share * (within - without), 0)
            elsewhere += np.where(known, share * without, 0)
            total += np.where(known, share, 0)
        return gap / np.where(total, total, np.nan), elsewhere / np.where(total, total, np.nan)


def breaks(table: pd.DataFrame, fewest: int = FEW) -> pd.DataFrame:
    """The rows of ``by_wording`` whose drop lies below zero, interval and all, the deepest first."""
    found = table[(table["drop_high"] < 0) & (table["answers"] >= fewest)]
    return found.sort_values("drop", kind="stable")


def expected_by_chance(table: pd.DataFrame, fewest: int = FEW) -> float:
    """How many rows would lie wholly below zero if no phenomenon mattered: one in forty of those tested."""
    return 0.025 * int((table["answers"] >= fewest).sum())


def paired_within(
    reports: pd.DataFrame, a: pd.DataFrame, b: pd.DataFrame, phenomenon: str, *, resamples: int = 200, seed: int = 0
) -> tuple[float, float, float, int]:
    """Accuracy of ``a`` minus that of ``b`` on the tasks of ``phenomenon`` where it fired: difference, low, high, answers."""
    ours, theirs = shared([a, b])
    fired_in = dict(zip(reports["report_id"], _names(reports), strict=True))
    fired = np.array([phenomenon in fired_in.get(report, ()) for report in ours["report_id"]], dtype=bool)
    fired &= np.isin(ours["task"].to_numpy(), PHENOMENA[phenomenon].tasks)
    if not fired.any():
        return float("nan"), float("nan"), float("nan"), 0
    gap = (ours["predicted"] == ours["truth"]).to_numpy(dtype=float) - (theirs["predicted"] == theirs["truth"]).to_numpy()
    owner, patients = pd.factorize(ours.loc[fired, "patient_id"])
    weights = patient_counts(len(patients), resamples, seed)[:, owner]
    low, high = interval(weights @ gap[fired] / weights.sum(axis=1))
    return float(gap[fired].mean()), low, high, int(fired.sum())


#: Wordings that the paper blames for the naive rules' errors.
BLAMED = ("prior_stage_history", "nuclear_grade_beside", "her2_equivocal_wording", "negated_malignancy", "ocr_noise")


def tested(
    reports: pd.DataFrame, frames: Mapping[str, pd.DataFrame], *, resamples: int = 200
) -> dict[str, tuple[str, float, float, float, str]]:
    """What predictions by row say to the claims about wording: does it break the naive rules, does the LLM do better there?

    Returns
    -------
    dict
        Claim id -> the fields of ``paper.evidence.Measured``: text, value, low, high, why it decides nothing. The first claim
        is judged by the drop in accuracy, turned around; the second by the paired difference.
    """
    table = by_wording(reports, frames, resamples=resamples) if "naive" in frames else pd.DataFrame()
    measured = {}
    for name in BLAMED:
        if (name, "naive") in table.index:
            row = table.loc[name, "naive"]
            drop, low, high, answers = row["drop"], row["drop_low"], row["drop_high"], int(row["answers"])
            measured[f"wording-{name}-breaks"] = (_shown(drop, low, high, answers), -drop, -high, -low, _few(answers))
        if "lora" in frames and "naive" in frames:
            gap, low, high, answers = paired_within(reports, frames["lora"], frames["naive"], name, resamples=resamples)
            measured[f"wording-{name}-llm"] = (_shown(gap, low, high, answers), gap, low, high, _few(answers))
    return measured


def _shown(value: float, low: float, high: float, answers: int) -> str:
    return "–" if np.isnan(value) else f"{gap_text(value, low, high)}, {answers:,} answers"


def _few(answers: int) -> str:
    return "" if answers >= FEW else "too few answers"
