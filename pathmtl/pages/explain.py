"""The oracle shown at work: evidence highlighted by task, the readings behind an answer, how often answers are right.

Used by the notebook ``oracle``; what is shown of a report's text is the caller's choice, the measures are aggregates.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import pandas as pd

from pathmtl.analysis.confidence import wilson
from pathmtl.oracle.common import Candidate
from pathmtl.oracle.engine import Answer, candidates, label_reports, read_report
from pathmtl.pages.figures import TASK_COLOURS, task_title
from pathmtl.schema import TASKS

_PAGE = (
    "background:#ffffff;color:#111111;border:1px solid #cccccc;padding:0.8em;white-space:pre-wrap;"
    "font-family:monospace;font-size:0.85em;line-height:1.65"
)
#: Share of the colour behind a word, in hexadecimal: dark text stays readable on it.
_TINT = "38"


def annotated(text: str, answers: Mapping[str, Answer], tasks: Sequence[str] = TASKS) -> str:
    """A report as HTML, the evidence of each answer underlined and tinted in its task's colour and named behind it.

    Evidence that several tasks share ("triple negative") carries all their names. The text is escaped; nothing is loaded.
    """
    spans = {task: answers[task] for task in tasks if task in answers and answers[task].value and answers[task].start >= 0}
    edges = sorted({0, len(text), *(edge for answer in spans.values() for edge in (answer.start, answer.end))})
    parts = []
    for start, end in pairwise(edges):
        piece = html.escape(text[start:end])
        own = [task for task, answer in spans.items() if answer.start <= start and end <= answer.end]
        ending = [task for task in own if spans[task].end == end]
        parts.append(_mark(piece, own, ending, spans) if own else piece)
    return f'<pre class="pathmtl-report" style="{_PAGE}">{"".join(parts)}</pre>'


def _mark(piece: str, own: Sequence[str], ending: Sequence[str], answers: Mapping[str, Answer]) -> str:
    colour = TASK_COLOURS[own[0]]
    names = "".join(
        f'<sup style="color:#111111;font-weight:bold"> {task} = {html.escape(answers[task].value or "")}</sup>' for task in ending
    )
    rules = html.escape("; ".join(answers[task].rule for task in own), quote=True)
    style = f"background:{colour}{_TINT};border-bottom:2px solid {colour};color:#111111"
    return f'<mark title="{rules}" style="{style}">{piece}</mark>{names}'


def answer_table(answers: Mapping[str, Answer], *, show_text: bool = True) -> pd.DataFrame:
    """One row per task: answer, status, section, rule, note, and (with ``show_text``) the evidence."""
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
    """Every reading of one task, best section first: what it says, where it stands, its rank, and whether it became the answer.

    Readings from the clinical history are not among them: they are never candidates.
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
    """Text of the report, of the first ``among``, with most to show: readings of ``task`` that differ, then many answers."""

    def worth(text: str) -> tuple[bool, int, int]:
        values = {p.candidate.value for p in candidates(text) if p.candidate.task == task and p.candidate.value}
        return len(values) > 1, sum(answer.value is not None for answer in read_report(text).values()), -len(text)

    return max(reports["text"].head(among), key=worth)


def read_all(reports: pd.DataFrame, tasks: Sequence[str] = TASKS, *, progress: bool = True) -> pd.DataFrame:
    """The oracle on every report, long: report_id, task, truth (None: no label), value, status, rule and section; no text."""
    rows = [
        {
            "report_id": report["report_id"],
            "task": task,
            "truth": report[task] if isinstance(report.get(task), str) else None,
            "value": answers[task].value,
            "status": answers[task].status,
            "rule": answers[task].rule,
            "section": answers[task].section,
        }
        for report, answers in zip(
            reports.to_dict("records"), label_reports(reports, read_report, progress=progress).to_dict("records"), strict=True
        )
        for task in tasks
    ]
    return pd.DataFrame(rows)


def coverage_by_task(read: pd.DataFrame) -> pd.DataFrame:
    """Per task: labelled reports, coverage, accuracy of what is answered with its 95 % Wilson interval, and needless answers.

    ``needless``: answers to reports that carry no label for the task, as a share of those reports; what a report does not state
    should get none. NaN where no report is labelled (coverage is then over all reports).
    """
    rows = {}
    for task, part in read.groupby("task", sort=False):
        labelled, other = part[part["truth"].notna()], part[part["truth"].isna()]
        known = len(labelled) > 0
        stated = (labelled if known else part)["value"].notna()
        right = int((labelled["value"] == labelled["truth"]).sum())
        given = int(labelled["value"].notna().sum())
        low, high = wilson(right, given)
        rows[task] = {
            "labelled": len(labelled),
            "coverage": stated.mean(),
            "answered": given,
            "accuracy": right / given if given else float("nan"),
            "accuracy_low": low,
            "accuracy_high": high,
            "conflicts": int(part["status"].eq("conflict").sum()),
            "needless": other["value"].notna().mean() if known and len(other) else float("nan"),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def accuracy_by(read: pd.DataFrame, columns: str | Iterable[str]) -> pd.DataFrame:
    """Stated answers to labelled reports grouped by ``columns`` ("section", "rule", ...), most frequent first."""
    stated = read[read["value"].notna() & read["truth"].notna()]
    groups = stated.assign(right=stated["value"] == stated["truth"]).groupby(columns)["right"]
    table = pd.DataFrame({"answers": groups.size(), "right": groups.sum()}).sort_values("answers", ascending=False, kind="stable")
    bounds = [wilson(int(row.right), int(row.answers)) for row in table.itertuples()]
    table["accuracy"] = table["right"] / table["answers"]
    table["accuracy_low"], table["accuracy_high"] = [b[0] for b in bounds], [b[1] for b in bounds]
    return table.drop(columns="right")
