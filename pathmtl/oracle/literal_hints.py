"""Hints as the paper describes them: the raw text right after a task-relevant header, every match joined (section S1-B).

Nothing is ranked, negated, or decided, and the clinical history counts like any other section: a hint may hold an outdated
stage beside the current one, or nothing at all where a report states its findings in running text without a header.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pathmtl.schema import BIOMARKERS, TASKS

#: Characters taken after one header, and of all matches of a task together.
MAX_MATCH, MAX_LITERAL = 48, 120

_STAGE = r"\b(?:TNM|stage|staging)(?: (?:classification|category|descriptors?))?"


def _letter(letter: str) -> str:
    return rf"(?-i:\bp?{letter}(?=\s?[:=]| (?:stage|category)\b))(?: (?:stage|category))?"


#: Task -> the headers and field names that its value follows, as the CAP checklists and common report forms print them. What
#: may stand before such a name ("pathologic stage", "histologic grade") makes no difference.
_HEADERS = {
    "T": rf"\bprimary tumou?r(?: \(?p?T\)?)?|{_STAGE}|{_letter('T')}",
    "N": rf"\blymph nodes?(?: \(?p?N\)?)?|{_STAGE}|{_letter('N')}",
    "M": rf"\bdistant metasta(?:sis|ses)(?: \(?p?M\)?)?|{_STAGE}|{_letter('M')}",
    "grade": r"\b(?:grade|grading|differentiation)",
    "ER": r"\bo?estrogen(?: receptors?)?(?: \(?ER\)?)?|(?-i:\bER\b)",
    "PR": r"\bprogest[eo]r?one(?: receptors?)?(?: \(?P[Gg]?R\)?)?|(?-i:\bP[Gg]?R\b)",
    "HER2": r"\b(?:c-?erb-?b-?2|her-?2)(?:[ /-]?neu)?(?: \(?(?:by )?(?:IHC|FISH|ISH|CISH)\)?)?|(?-i:\b(?:IHC|FISH|CISH)\b)",
}
#: A field ends its name with a colon, a dash, an equals sign, or a wide gap; a receptor's result may follow its name directly.
_FIELD = r"\)?(?:\s?[:=]|\s-|\t| {2,}|\.{3,})[\s:=.-]*"
_DIRECT = r"\)?[\s:=,.-]*(?:(?:is|are|was|were)\s)?"
_PATTERNS = {
    task: re.compile(
        # The value is looked at, not consumed: another header may stand in it.
        rf"(?:{headers}){_DIRECT if task in BIOMARKERS else _FIELD}(?=(?P<value>[^\n;]{{1,{MAX_MATCH}}}))",
        re.IGNORECASE,
    )
    for task, headers in _HEADERS.items()
}
#: Where the raw text of a match ends early: at a sentence's end.
_END = re.compile(r"(?<=[^\s.])\.(?=\s|$)")


def literal_hints(text: str, tasks: Sequence[str] = TASKS) -> dict[str, str]:
    """Raw text behind each task's headers, every match joined (paper, S1-B).

    Parameters
    ----------
    text : str
        A report.
    tasks : sequence of str
        Tasks of :data:`pathmtl.schema.TASKS`.

    Returns
    -------
    dict of str to str
        At most ``MAX_LITERAL`` characters on one line for each task, matches in reading order and separated by ``" | "``;
        "" where no header of the task is followed by anything.

    Examples
    --------
    >>> literal_hints("HISTORY: T stage: T1. Primary Tumor (pT): pT2. HER2: IHC 2+; FISH: amplified", ["T", "ER", "HER2"])
    {'T': 'T1 | pT2', 'ER': '', 'HER2': 'IHC 2+ | amplified'}
    """
    return {task: _joined(match["value"] for match in _PATTERNS[task].finditer(text)) for task in tasks}


def _joined(values) -> str:
    raw = dict.fromkeys(" ".join(_END.split(value, maxsplit=1)[0].split()).strip(" ,:-") for value in values)
    return " | ".join(value for value in raw if value)[:MAX_LITERAL].rstrip(" |")
