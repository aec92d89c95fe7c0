"""Readings of the histologic grade of the invasive tumor; nuclear and in-situ grades do not count."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.oracle.canonical import nottingham_grade, roman
from pathmtl.oracle.common import Candidate, anchored, historical, names_any, of_family
from pathmtl.oracle.grade import patterns as table
from pathmtl.oracle.stems import places

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
    found = places(low)
    for at in found["grade"]:
        if match := table.WORD_GRADE.match(low, at):
            word = table.WORD_BEFORE.search(low, max(0, at - 14), at)
            if word and _histologic(low, word.start()) and _words_grade_it(low, word, match.end()):
                yield Candidate("grade", table.WORDS[word["value"]], word.start(), match.end(), "high or low grade")
        if match := table.CHANGED.match(low, at) or table.GRADE_OF_NINE.match(low, at):
            if _histologic(low, at):
                value = match["value"]
                changed = match.re is table.CHANGED
                yield _made(
                    match,
                    _value(value) if changed else nottingham_grade(int(value)),
                    "named grade" if changed else "plain grade",
                )
            continue
        match = table.GRADE.match(low, at)
        if not match or table.OTHER_BEHIND.match(low, match.end()) or _not_this(low, at):
            continue
        named = table.SYSTEM_BEFORE.search(low, max(0, at - 60), at) or table.SYSTEM_BEHIND.match(match[0])
        if named and _current(low, at):
            yield _made(match, _highest(match["value"], match["second"]), "named grade")
        elif not named and _histologic(low, at):
            yield _made(match, _highest(match["value"], match["second"]), "plain grade")
    systems = [word for word in table.SYSTEM_ANCHORS if found[word]]
    systems += ["msbr", "nsbr"] if "sbr" in systems else []
    systems += ["scarff"] if "bloom" in systems else []
    for match in anchored(table.SYSTEM_GRADE, low, systems):
        if _current(low, match.start()):
            yield _made(match, _value(match["value"] or match["digit"]), "named grade")
    for match in anchored(table.NAMED_SCORE, low, (*systems, *table.SCORE_ANCHORS)):
        if _current(low, match.start()) and not _other_total(low, match) and (value := _score_value(match)):
            yield _made(match, value, "Nottingham score")
    if found["mito"]:
        for match in anchored(table.COMPONENTS, low, table.COMPONENT_ANCHORS):
            total = sum(int(match[part]) for part in ("tubule", "nuclear", "mitotic"))
            yield _made(match, nottingham_grade(total), "Nottingham components")
    if found["diff"]:
        for match in anchored(table.DIFFERENTIATION, low, table.DIFFERENTIATION_ANCHORS):
            if _histologic(low, match.start()) and not _not_this(low, match.start()):
                yield _made(match, _highest(*(word for word in match.groups() if word)), "differentiation")
    for match in table.SHORT_GRADE.finditer(low):
        if match["glued"]:
            if table.STAGE_TOKEN.search(low, max(0, match.start() - 30), match.start()):
                yield _made(match, _value(match["glued"]), "short grade")
        elif (text[match.start()] == "G" or match["gr"]) and _in_company(low, match):
            yield _made(match, _highest(match["value"] or match["roman"] or match["gr"], match["second"]), "short grade")
    for match in table.SCALE_GRADE.finditer(low):
        if _histologic(low, match.start() - 1):
            yield Candidate("grade", _value(match["value"]), match.start("value"), match.end(), "grade on a scale")


def _value(word: str) -> str | None:
    if value := table.WORDS.get(word) or table.WORDS.get(word.removesuffix("ly")):
        return value
    digit = roman(word)
    return f"G{digit}" if digit and digit <= 3 else None


def _highest(*words: str | None) -> str | None:
    """Of a range the higher grade (SEER, grade coding instructions)."""
    values = [value for word in words if word and (value := _value(word))]
    return max(values, key=_ORDER.index, default=None)


def _score_value(match: re.Match) -> str | None:
    """A sum, and a score out of nine, is the Nottingham total (3 to 5 is G1); one out of three the grade.

    Without a scale, 1 and 2 can only be grades; 3 is a total where the words say so and undecided behind "score".
    """
    score, scale = int(match["score"]), match["scale"]
    if match["sum"] or scale == "9" or score > 3:
        return nottingham_grade(score)
    if scale is None and score == 3:
        if table.TOTAL.search(match[0]):
            return "G1"
        return None if "score" in match[0] else "G3"
    return f"G{score}"


def _other_total(low: str, match: re.Match) -> bool:
    return match[0].startswith(("total", "overall", "combined")) and bool(
        table.OTHER_TOTAL.search(low, max(0, match.start() - 100), match.start())
    )


def _in_company(low: str, match: re.Match) -> bool:
    before = low[max(0, match.start() - 70) : match.start()]
    return _histologic(low, match.start()) and bool(
        table.SHORT_COMPANY_BEFORE.search(before) or table.SHORT_COMPANY_AFTER.match(low, match.end())
    )


def _words_grade_it(low: str, word: re.Match, end: int) -> bool:
    """Whether "high grade" is the histologic grade: alone only in urothelial carcinoma; "intermediate" is one of three."""
    start = word.start()
    return (
        word["value"] == "intermediate"
        or bool(table.SYSTEM_WORDS.search(low, max(0, start - 90), start))
        or bool(table.UROTHELIAL_BEHIND.match(low, end))
        or bool(table.UROTHELIAL_BEFORE.search(low, max(0, start - 70), start))
    )


def _not_this(low: str, start: int) -> bool:
    return bool(table.NOT_THIS.search(low, max(0, start - 50), start))


def _current(low: str, start: int) -> bool:
    return not historical(low, start, 70) and not of_family(low, start)


def _histologic(low: str, start: int) -> bool:
    window = max(0, start - 130)
    first = max(0, start - 190)
    before = low[first:start]
    named = names_any(before, table.OTHER_GRADE_QUICK) or before.count("cin") > before.count("carcin")
    if named and table.OTHER_GRADE.search(low, first, start):
        return False
    if not _current(low, start):
        return False
    in_situ = table.IN_SITU_SENTENCE.search(low, window, start)
    return not in_situ or bool(table.INVASIVE_AFTER.search(low, in_situ.start(), start))


def _made(match: re.Match, value: str | None, rule: str) -> Candidate:
    return Candidate("grade", value, match.start(), match.end(), rule)
