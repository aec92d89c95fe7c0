"""The naive rule-based baseline of section IV-B: unsegmented text, the first match, keywords within a window of a marker.

It has no sections, no negation and no history on purpose: it takes a prior T stage from the clinical history, "Nuclear grade"
for the grade, and misses "Equivocal (2+)". The window of 50 characters is an assumption (the paper's own is lost).
"""

from __future__ import annotations

import re

from pathmtl import schema

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


def naive_labels(text: str, *, window: int = 50) -> dict[str, str | None]:
    """Label a report by first matches (paper, IV-B).

    Parameters
    ----------
    text : str
        The report.
    window : int
        Characters that are searched for "positive" or "negative" on either side of a marker's first mention.

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
    labels: dict[str, str | None] = dict.fromkeys(schema.TASKS)
    for task, pattern in _STAGE.items():
        match = pattern.search(text)
        labels[task] = task + match[1] if match else None
    match = _GRADE.search(text)
    labels["grade"] = f"G{_ROMAN.get(match[1].upper(), match[1])}" if match else None
    for task, pattern in _MARKERS.items():
        labels[task] = _keyword_near(text, pattern, window)
    return labels


def _keyword_near(text: str, marker: re.Pattern, window: int) -> str | None:
    match = marker.search(text)
    if not match:
        return None
    keyword = _KEYWORD.search(text, max(0, match.start() - window), match.end() + window)
    return keyword[0].capitalize() if keyword else None
