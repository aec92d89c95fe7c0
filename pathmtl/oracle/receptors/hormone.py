"""From the words around ER or PR to its class (ASCO/CAP 2020).

At least 1 % of nuclei is Positive. Allred scores of 3 to 8 are Positive, 0 and 2 are Negative; a share below 1 % outranks them. A
bound above 1 % ("< 5 %") decides nothing.
"""

from __future__ import annotations

import re

from pathmtl.oracle import context
from pathmtl.oracle.canonical import number
from pathmtl.oracle.common import names_any
from pathmtl.oracle.receptors import hormone_patterns as table
from pathmtl.oracle.receptors import status_patterns as words
from pathmtl.oracle.receptors.status import NEAR, status_before

#: A status word this close behind a percentage is about it: "(< 5 %) negative".
NEXT_TO = 25


def hormone_result(before: str, after: str) -> tuple[str | None, int, str] | None:
    """Result of ER or PR around one mention of its name.

    Parameters
    ----------
    before, after : str
        Folded text in front of the name and behind it.

    Returns
    -------
    tuple or None
        (class, or None for pending; reach of the evidence; rule). The reach counts characters into ``after``, or back into
        ``before`` where it is negative. None where the words hold no result.
    """
    if front := status_before(before, after):
        return *front, "result before name"
    if elsewhere := words.ELSEWHERE.match(after):
        return None, elsewhere.end(), "reported elsewhere"
    near = after[:NEAR]
    if "ed " in near and (changed := words.CHANGED.search(near)) and changed["value"] != "equivocal":
        return changed["value"].capitalize(), changed.end(), "status word"
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near) or words.NO_RESULT.search(near)
    statuses = (match for pattern in (words.NEGATIVE, words.POSITIVE) if (match := pattern.search(near)))
    status = min(statuses, key=lambda match: match.start(), default=None)
    score = _score(near)
    if stop and (not status or stop.start() < status.start()) and (not score or stop.start() < score[1]):
        return None, stop.end(), "pending or not performed"
    if score and status and score[2] == "percentage" and score[1] <= status.start() and score[0] == _class(status):
        return score
    if score and (
        not status
        or score[0] == "Negative"
        or score[2] != "percentage"
        or score[1] + NEXT_TO < status.start()
        or table.OTHER_FIELD.search(near, score[1], status.start())
    ):
        value, end, rule = score
        within = status and status.start() < end and status.re is words.NEGATIVE
        return value, end, "status word" if within and value == "Negative" and rule == "percentage" else rule
    if status:
        return _class(status), status.end(), "status word"
    if concluded := words.CONCLUSION.search(after):
        return concluded["value"].capitalize(), concluded.end(), "conclusion"
    if expressed := table.BEFORE_EXPRESSED.search(before):
        return "Positive", expressed.start() - len(before), "result before name"
    return None


def _class(status: re.Match) -> str:
    return "Negative" if status.re is words.NEGATIVE else "Positive"


def _score(near: str) -> tuple[str, int, str] | None:
    share = _share(near)
    points = _points(near)
    return share if points is None or (share and share[0] == "Negative" and points[0] == "Positive") else points


def _points(near: str) -> tuple[str, int, str] | None:
    """Allred, H- and immunoreactive scores."""
    if names_any(near, table.ALLRED_QUICK) and (match := table.ALLRED.search(near)):
        return ("Positive" if int(match[match.lastgroup or 0]) >= 3 else "Negative"), match.end(), "Allred score"
    if "score" in near and (match := table.H_SCORE.search(near)):
        return ("Positive" if int(match["score"]) >= 1 else "Negative"), match.end(), "H-score"
    if ("12" in near or "irs" in near or "stegner" in near) and (match := table.IRS.search(near)):
        score = int(match["score"] or match["leading"])
        if score != 1:
            return ("Positive" if score else "Negative"), match.end(), "immunoreactive score"
    return None


def _share(near: str) -> tuple[str, int, str] | None:
    """Shares of nuclei and intensities."""
    if (match := table.PERCENT.search(near)) and (bottom := _percent(match["low"])) <= 100:
        top = float(match["high"]) if match["high"] else bottom
        if match["below"]:
            value = "Negative" if bottom <= 1 else None
        else:
            value = "Negative" if top < 1 else "Positive" if bottom >= 1 else None
        return (value, match.end(), "percentage") if value else None
    if match := table.INTENSITY.search(near):
        return ("Positive" if (match["score"] or "0") != "0" else "Negative"), match.end(), "intensity"
    return None


def _percent(words: str) -> float:
    return float(number(words) if words.isalpha() and words != "o" else words.replace(",", ".").replace("o", "0"))
