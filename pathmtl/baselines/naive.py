"""The naive rule-based baseline of section IV-B: unsegmented text, the first match, keywords within a window of a marker.

It has no sections, no negation and no history on purpose: it takes a prior T stage from the clinical history, "Nuclear grade"
for the grade, and misses "Equivocal (2+)". The window of 50 characters is an assumption (the paper's own is lost).
"""

from __future__ import annotations

import re

from pathmtl import schema
from pathmtl.oracle.engine import Answer

_STAGE = {
    "T": re.compile(r"\bp?T\s?(is\b|[0-4])"),
    "N": re.compile(r"\bp?N\s?([0-3])"),
    "M": re.compile(r"\bp?M\s?([01])"),
}
_GRADE = re.compile(r"\bgrade\W{0,3}(III|II|I|[1-3])\b", re.IGNORECASE)
_ROMAN = {"I": "1", "II": "2", "III": "3"}
_MARKERS = {
    "ER": re.compile(r"\bER\b|\bestrogen receptor", re.IGNORECASE),
    "PR": re.compile(r"\bPR\b|\bprogesterone receptor", re.IGNORECASE),
    "HER2": re.compile(r"\bHER-?2", re.IGNORECASE),
}
_KEYWORD = re.compile(r"positive|negative", re.IGNORECASE)


def naive_answers(text: str, *, window: int = 50) -> dict[str, Answer]:
    """Answer every task by first matches (paper, IV-B), each answer with the words that it was taken from.

    Parameters
    ----------
    text : str
        The report.
    window : int
        Characters that are searched for "positive" or "negative" on either side of a marker's first mention.

    Returns
    -------
    dict of str to Answer
        One answer per task, "stated" or "not_stated"; a receptor's evidence includes the marker and the keyword. There are no
        sections.

    Examples
    --------
    >>> naive_answers("History: pT3. DIAGNOSIS: pT1c. HER2 is negative.")["HER2"].evidence
    'HER2 is negative'
    """
    answers = {}
    for task in schema.TASKS:
        if task in _MARKERS:
            value, start, end = _keyword_near(text, _MARKERS[task], window)
        else:
            value, start, end = _first_code(text, task)
        status = "stated" if value else "not_stated"
        answers[task] = Answer(task, value, status, start, end, text[start:end] if value else "", "first match", None)
    return answers


def naive_labels(text: str, *, window: int = 50) -> dict[str, str | None]:
    """Label a report by first matches: the values of :func:`naive_answers`.

    Parameters
    ----------
    text : str
        The report.
    window : int
        As in :func:`naive_answers`.

    Returns
    -------
    dict of str to (str or None)
        One class per task; None where nothing matches.

    Examples
    --------
    >>> labels = naive_labels("History: pT3, ER positive. DIAGNOSIS: pT1c. ER negative.")
    >>> labels["T"], labels["ER"]
    ('T3', 'Positive')
    """
    return {task: answer.value for task, answer in naive_answers(text, window=window).items()}


_NOTHING = (None, -1, -1)


def _first_code(text: str, task: str) -> tuple[str | None, int, int]:
    match = _GRADE.search(text) if task == "grade" else _STAGE[task].search(text)
    if not match:
        return _NOTHING
    value = f"G{_ROMAN.get(match[1].upper(), match[1])}" if task == "grade" else task + match[1]
    return value, *match.span()


def _keyword_near(text: str, marker: re.Pattern, window: int) -> tuple[str | None, int, int]:
    match = marker.search(text)
    keyword = match and _KEYWORD.search(text, max(0, match.start() - window), match.end() + window)
    if not keyword:
        return _NOTHING
    return keyword[0].capitalize(), min(match.start(), keyword.start()), max(match.end(), keyword.end())
