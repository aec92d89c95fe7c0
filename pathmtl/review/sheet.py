"""The accuracy loop: an audit sheet, one HTML file that an expert opens offline to judge the oracle's answers.

The file loads nothing from anywhere (its content security policy forbids it), shows text as text, keeps verdicts in memory and,
where the browser allows, in localStorage under a key made of a digest; it saves them as a CSV for ``pathmtl audit score``.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import pandas as pd

from pathmtl.deid.deidentify import deidentify
from pathmtl.oracle.engine import Answer, read_report
from pathmtl.review.score import COLUMNS, NOT_STATED
from pathmtl.schema import CLASSES, TASK, TASKS

Reader = Callable[[str], dict[str, Answer]]


def sheet(
    reports: pd.DataFrame,
    out: str | Path,
    *,
    size: int = 200,
    tasks: Sequence[str] = TASKS,
    seed: int = 42,
    identified: bool = False,
    read: Reader = read_report,
) -> Path:
    """Write an audit sheet of a stratified sample of reports.

    Parameters
    ----------
    reports
        The cohort: columns report_id and text.
    out
        The HTML file to write.
    size
        Number of reports to show; the rarest answers of each task come first, in turn.
    tasks
        The tasks to judge.
    seed
        Seed of the sample.
    identified
        Show the text as it is; by default identifiers are replaced by tags before the oracle reads it.
    read
        The oracle.

    Returns
    -------
    pathlib.Path
        The file, which holds report text: keep it where reports may be kept.

    Raises
    ------
    ValueError
        There are no reports, or a report_id is not unique.
    """
    if reports.empty:
        raise ValueError("audit sheet: the table has no reports")
    identifiers = reports["report_id"].astype(str)
    if identifiers.duplicated().any():
        raise ValueError(
            f"audit sheet: report_id {identifiers[identifiers.duplicated()].iloc[0]!r} occurs more than once; make it unique"
        )
    texts = [text if identified else deidentify(text).text for text in reports["text"].astype(str)]
    answers = [{task: answer for task, answer in read(text).items() if task in tasks} for text in texts]
    counts = {task: Counter(_shown(answer[task]) for answer in answers) for task in tasks}
    chosen = stratified([{task: _shown(answer[task]) for task in tasks} for answer in answers], size, seed)
    shown = [
        {"id": identifiers.iloc[i], "text": texts[i], "answers": [_answer(answers[i][task], counts[task]) for task in tasks]}
        for i in chosen
    ]
    digest = hashlib.sha256(json.dumps([[s["id"], [a["answer"] for a in s["answers"]]] for s in shown]).encode()).hexdigest()[:16]
    data = {
        "sheet": digest,
        "cohort": len(reports),
        "columns": COLUMNS,
        "reports": shown,
        "notStated": NOT_STATED,
        "tasks": [{"name": task, "title": TASK[task].title, "classes": list(CLASSES[task])} for task in tasks],
    }
    # "<" is escaped so that no report can end the script element that holds it.
    payload = (
        json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    )
    template = resources.files("pathmtl.review").joinpath("sheet.html").read_text(encoding="utf-8")
    path = Path(out)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(template.replace("/*DATA*/", payload), encoding="utf-8")
    return path


def stratified(answers: Sequence[dict[str, str]], size: int, seed: int) -> list[int]:
    """Draw a sample in which the strata (task, answer) take turns, the rarest first, so that each answer is shown.

    Parameters
    ----------
    answers
        For each report, task -> answer.
    size
        The largest number of reports to draw.
    seed
        Seed of the draw.

    Returns
    -------
    list of int
        Positions of the reports drawn, in ascending order.
    """
    rng = random.Random(seed)
    strata: dict[tuple[str, str], list[int]] = defaultdict(list)
    for position, answer in enumerate(answers):
        for task, value in answer.items():
            strata[task, value].append(position)
    queues = [members for _, members in sorted(strata.items(), key=lambda item: (len(item[1]), item[0]))]
    for queue in queues:
        rng.shuffle(queue)
    chosen: dict[int, None] = {}
    size = min(size, len(answers))
    while len(chosen) < size:
        for queue in queues:
            while queue and queue[-1] in chosen:
                queue.pop()
            if queue and len(chosen) < size:
                chosen[queue.pop()] = None
    return sorted(chosen)


def _shown(answer: Answer) -> str:
    """An answer in words: its class, "not stated" or "conflict"."""
    return answer.value or (NOT_STATED if answer.status == "not_stated" else answer.status)


def _answer(answer: Answer, counts: Counter[str]) -> dict[str, object]:
    shown = _shown(answer)
    return {
        "answer": shown,
        "status": answer.status,
        "start": answer.start,
        "end": answer.end,
        "rule": answer.rule,
        "section": answer.section or "",
        "note": answer.note,
        "count": counts[shown],
    }
