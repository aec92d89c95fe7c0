"""Score an audit: agreement by task with Wilson intervals, and the audited share of the cohort (70.1 % in the paper)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from pathmtl.analysis.confidence import wilson
from pathmtl.schema import CLASSES, TASKS

#: Columns of the CSV that an audit sheet saves.
COLUMNS = (*("sheet", "report_id", "task", "answer", "status", "verdict", "correction", "cohort_reports", "cohort_answer"),)
VERDICTS: tuple[str, ...] = ("agree", "correct", "unsure")
NOT_STATED = "not stated"


@dataclass(frozen=True)
class AuditScore:
    """The result of an audit.

    Attributes
    ----------
    by_task
        One row per task: task, audited (judged agree or correct), agree, corrected, unsure (counts), agreement, low, high (95 %,
        Wilson 1927), weighted (agreement weighted by how often the cohort has each answer, because the sheet shows rare answers
        more often than they occur).
    reports, cohort, share
        Audited reports, reports of the cohort, and their ratio.
    """

    by_task: pd.DataFrame
    reports: int
    cohort: int
    share: float


def score(audit: str | Path | pd.DataFrame, *, cohort: int | None = None) -> AuditScore:
    """Score the CSV that an audit sheet saved (or several, concatenated: the last verdict on a report and task counts).

    Parameters
    ----------
    audit
        File or table with ``COLUMNS``; items without a verdict are left out.
    cohort
        Number of reports of the cohort, if it differs from what the sheet recorded.

    Returns
    -------
    AuditScore

    Raises
    ------
    ValueError
        A column is missing, or a verdict, task or correction is unknown; the message names the file, the bad value and how to
        fix it.
    """
    name = "audit" if isinstance(audit, pd.DataFrame) else str(audit)
    table = audit.copy() if isinstance(audit, pd.DataFrame) else pd.read_csv(audit, dtype=str, keep_default_na=False)
    table = _checked(table.fillna("").astype(str), name)
    size = cohort if cohort is not None else int(table["cohort_reports"].iloc[-1]) if len(table) else 0
    by_task = pd.DataFrame([_task_row(task, table[table["task"] == task]) for task in TASKS if (table["task"] == task).any()])
    reports = table["report_id"].nunique()
    return AuditScore(by_task, reports, size, reports / size if size else float("nan"))


def _checked(table: pd.DataFrame, name: str) -> pd.DataFrame:
    missing = [column for column in COLUMNS if column not in table]
    if missing:
        raise ValueError(f"{name}: no column {', '.join(missing)}; give the CSV that an audit sheet saved")
    table = table[table["verdict"] != ""].drop_duplicates(["report_id", "task"], keep="last")
    for column, known in (("verdict", VERDICTS), ("task", TASKS)):
        unknown = table[column][~table[column].isin(known)]
        if len(unknown):
            raise ValueError(f"{name}: {column} {unknown.iloc[0]!r} is not one of {', '.join(known)}")
    for row in table[table["verdict"] == "correct"].itertuples():
        if row.correction not in (*CLASSES[row.task], NOT_STATED, ""):
            raise ValueError(
                f"{name}: correction {row.correction!r} is no class of {row.task}; write one of "
                f"{', '.join((*CLASSES[row.task], NOT_STATED))}"
            )
        if row.correction == row.answer:
            raise ValueError(f"{name}: the correction of report {row.report_id}, {row.task}, equals its answer; mark it as agree")
    return table


def _task_row(task: str, items: pd.DataFrame) -> dict[str, object]:
    counts = items["verdict"].value_counts()
    agree, corrected, unsure = (int(counts.get(verdict, 0)) for verdict in VERDICTS)
    audited = agree + corrected
    low, high = wilson(agree, audited)
    return {
        "task": task,
        "audited": audited,
        "agree": agree,
        "corrected": corrected,
        "unsure": unsure,
        "agreement": agree / audited if audited else float("nan"),
        "low": low,
        "high": high,
        "weighted": _weighted(items),
    }


def _weighted(items: pd.DataFrame) -> float:
    """Agreement within each answer, weighted by that answer's count in the cohort; answers without a judgment are left out."""
    judged = items[items["verdict"] != "unsure"]
    if judged.empty:
        return float("nan")
    strata = judged.assign(agreed=judged["verdict"] == "agree", weight=judged["cohort_answer"].astype(float)).groupby("answer")
    shares, weights = strata["agreed"].mean(), strata["weight"].first()
    return float((shares * weights).sum() / weights.sum())
