"""Readings of the histologic grade of the invasive tumor; nuclear and in-situ grades do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.oracle.canonical import nottingham_grade, roman
from pathmtl.oracle.common import Candidate, anchored, historical
from pathmtl.oracle.grade import patterns as table

_ORDER = ("G1", "G2", "G3")


def grade_candidates(text: str, low: str) -> Iterator[Candidate]:
    """Collect every statement of histologic grade.

    Sources: CAP breast protocol (Nottingham score 3-5 G1, 6-7 G2, 8-9 G3); differentiation where no system is named.

    Parameters
    ----------
    text, low : str
        The report and its folded form, of the same length.

    Yields
    ------
    Candidate
        Of the task "grade"; its rule names the system.
    """
    for match in table.GRADE.finditer(low):
        named = table.SYSTEM_BEFORE.search(low, max(0, match.start() - 60), match.start()) or table.SYSTEM_BEHIND.match(match[0])
        if named and _current(low, match.start()):
            yield _made(match, _value(match["value"]), "named grade")
        elif not named and _histologic(low, match.start()):
            yield _made(match, _value(match["value"]), "plain grade")
    for match in table.WORD_GRADE.finditer(low):
        word = table.WORD_BEFORE.search(low, max(0, match.start() - 14), match.start())
        if word and _histologic(low, word.start()):
            yield Candidate("grade", table.WORDS[word["value"]], word.start(), match.end(), "high or low grade")
    for match in anchored(table.NAMED_SCORE, low, table.SCORE_ANCHORS):
        if _current(low, match.start()) and (value := _score_value(match)):
            yield _made(match, value, "Nottingham score")
    if "mito" in low:
        for match in anchored(table.COMPONENTS, low, table.COMPONENT_ANCHORS):
            total = sum(int(match[part]) for part in ("tubule", "nuclear", "mitotic"))
            yield _made(match, nottingham_grade(total), "Nottingham components")
    if "diff" in low:
        for match in anchored(table.DIFFERENTIATION, low, table.DIFFERENTIATION_ANCHORS):
            if _histologic(low, match.start()):
                values = [table.WORDS[word] for word in (match["value"], match["second"]) if word]
                yield _made(match, max(values, key=_ORDER.index), "differentiation")
    for match in table.SHORT_GRADE.finditer(low):
        before = low[max(0, match.start() - 30) : match.start()]
        if (
            text[match.start()] == "G"
            and _histologic(low, match.start())
            and (table.SHORT_COMPANY_BEFORE.search(before) or table.SHORT_COMPANY_AFTER.match(low, match.end()))
        ):
            yield _made(match, _value(match["value"] or match["roman"]), "short grade")
    for match in table.SCALE_GRADE.finditer(low):
        if _histologic(low, match.start() - 1):
            yield Candidate("grade", _value(match["value"]), match.start("value"), match.end(), "grade on a scale")


def _value(word: str) -> str | None:
    if word in table.WORDS:
        return table.WORDS[word]
    digit = roman(word)
    return f"G{digit}" if digit and digit <= 3 else None


def _score_value(match: re.Match) -> str | None:
    """A score out of nine is the Nottingham sum, one out of three the grade; without a scale, up to three can only be a grade."""
    score, scale = int(match["score"]), match["scale"]
    if scale == "3" or (scale is None and score <= 3):
        return f"G{score}" if score <= 3 else None
    return nottingham_grade(score)


def _current(low: str, start: int) -> bool:
    return not historical(low, start, 70)


def _histologic(low: str, start: int) -> bool:
    window = max(0, start - 130)
    if table.OTHER_GRADE.search(low, max(0, start - 190), start) or not _current(low, start):
        return False
    in_situ = table.IN_SITU_SENTENCE.search(low, window, start)
    return not in_situ or bool(table.INVASIVE_AFTER.search(low, in_situ.start(), start))


def _made(match: re.Match, value: str | None, rule: str) -> Candidate:
    return Candidate("grade", value, match.start(), match.end(), rule)
