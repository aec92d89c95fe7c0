"""The oracle's evidence: its answers and the candidates behind them on one report, and how often its answers are right.

The caller chooses what is shown of a report's text; the measures are aggregates.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from pathmtl.analysis.confidence import shares_with_intervals
from pathmtl.oracle.common import Candidate
from pathmtl.oracle.engine import Answer, candidates, label_reports, read_report
from pathmtl.schema import TASKS, task_title


def evidence_table(answers: Mapping[str, Answer], *, show_text: bool = True) -> pd.DataFrame:
    """The oracle's answers on one report as a table, one row per task.

    Parameters
    ----------
    answers
        Task -> answer (``oracle.engine.read_report``).
    show_text
        Whether to include the evidence, which is report text.

    Returns
    -------
    pandas.DataFrame
        Columns Answer (or the status), Evidence, Section, Rule, Note.
    """
    rows = {
        task_title(task): {
            "Answer": answer.value or answer.status.replace("_", " "),
            **({"Evidence": " ".join(answer.evidence.split())} if show_text else {}),
            "Section": (answer.section or "–").replace("_", " "),
            "Rule": answer.rule,
            "Note": answer.note,
        }
        for task, answer in answers.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def decision_path(text: str, task: str, *, infer: bool = False) -> pd.DataFrame:
    """Every candidate for one task and which of them became the answer, best section first.

    Statements in the clinical history are not included, because they are never candidates.

    Parameters
    ----------
    text
        The report.
    task
        One of ``schema.TASKS``.
    infer
        As in ``oracle.engine.read_report``.

    Returns
    -------
    pandas.DataFrame
        Columns Wording (report text), Reads as (class), Rule, Section, Side, Rank (of the section; lower is better), Answer
        ("chosen" or "").
    """
    answer = read_report(text, infer=infer)[task]
    placed = sorted(
        (p for p in candidates(text, infer=infer) if p.candidate.task == task), key=lambda p: (p.rank, p.candidate.start)
    )
    rows = [
        {
            "Wording": " ".join(text[p.candidate.start : p.candidate.end].split()),
            "Reads as": p.candidate.value or p.candidate.note or "no class",
            "Rule": p.candidate.rule,
            "Section": p.block.section.replace("_", " "),
            "Side": p.block.side or "–",
            "Rank": p.rank,
            "Answer": "chosen" if answer.value and _is_answer(p.candidate, answer) else "",
        }
        for p in placed
    ]
    return pd.DataFrame(rows, columns=["Wording", "Reads as", "Rule", "Section", "Side", "Rank", "Answer"])


def _is_answer(reading: Candidate, answer: Answer) -> bool:
    same = (reading.start, reading.end) == (answer.start, answer.end)
    return same and answer.rule.removeprefix("grade ").startswith(reading.rule)


def worked_example(reports: pd.DataFrame, task: str, among: int = 150) -> str:
    """The text of the most instructive report: one whose candidates for a task differ, with many answers, and short.

    Parameters
    ----------
    reports
        Column ``text``.
    task
        One of ``schema.TASKS``.
    among
        How many of the first reports to choose from.
    """

    def worth(text: str) -> tuple[bool, int, int]:
        values = {p.candidate.value for p in candidates(text) if p.candidate.task == task and p.candidate.value}
        return len(values) > 1, sum(answer.value is not None for answer in read_report(text).values()), -len(text)

    return max(reports["text"].head(among), key=worth)


def read_all(reports: pd.DataFrame, tasks: Sequence[str] = TASKS, *, progress: bool = True) -> pd.DataFrame:
    """The oracle's answers on every report, without any text.

    Parameters
    ----------
    reports
        Columns report_id, text, and perhaps one of labels per task.
    tasks
        The tasks to answer.
    progress
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        One row per report and task: report_id, task, truth (None without a label), value, status, rule, section.
    """
    answers = label_reports(reports, read_report, progress=progress)
    rows = [
        {
            "report_id": report["report_id"],
            "task": task,
            "truth": report[task] if isinstance(report.get(task), str) else None,
            "value": answer[task].value,
            "status": answer[task].status,
            "rule": answer[task].rule,
            "section": answer[task].section,
        }
        for report, answer in zip(reports.to_dict("records"), answers.to_dict("records"), strict=True)
        for task in tasks
    ]
    return pd.DataFrame(rows)


def coverage_by_task(read: pd.DataFrame) -> pd.DataFrame:
    """How often the oracle answers each task, and how often the answers are right.

    Parameters
    ----------
    read
        As ``read_all`` returns it.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; columns labeled (reports), coverage (share of these answered; of all reports if none is labeled),
        answered (count), accuracy, accuracy_low, accuracy_high (of the answers; 95 %, Wilson 1927), conflicts (count), needless
        (share of the reports without a label that get an answer; NaN if no report is labeled).
    """
    rows = {}
    for task, part in read.groupby("task", sort=False):
        labeled, unlabeled = part[part["truth"].notna()], part[part["truth"].isna()]
        known = len(labeled) > 0
        stated = (labeled if known else part)["value"].notna()
        given = int(labeled["value"].notna().sum())
        rows[task] = {
            "labeled": len(labeled),
            "coverage": stated.mean(),
            "answered": given,
            **shares_with_intervals([(labeled["value"] == labeled["truth"]).sum()], [given]).iloc[0],
            "conflicts": int(part["status"].eq("conflict").sum()),
            "needless": unlabeled["value"].notna().mean() if known and len(unlabeled) else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def accuracy_by(read: pd.DataFrame, columns: str | Iterable[str]) -> pd.DataFrame:
    """Accuracy of the answers to labeled reports, by group.

    Parameters
    ----------
    read
        As ``read_all`` returns it.
    columns
        What to group by: "section", "rule", ...

    Returns
    -------
    pandas.DataFrame
        Indexed by group, the most frequent first; columns answers (count), accuracy, accuracy_low, accuracy_high (95 %, Wilson
        1927).
    """
    stated = read[read["value"].notna() & read["truth"].notna()]
    groups = stated.assign(right=stated["value"] == stated["truth"]).groupby(columns)["right"]
    table = pd.DataFrame({"answers": groups.size(), "right": groups.sum()}).sort_values("answers", ascending=False, kind="stable")
    return table[["answers"]].join(shares_with_intervals(table["right"], table["answers"]).set_index(table.index))
