"""Readings of T, N and M codes: single codes, runs ("pT2 N0 MX") and labelled fields ("Primary tumor: 2")."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.report.candidates.common import Candidate, anchored
from pathmtl.report.canonical import stage_digit
from pathmtl.report.patterns import context
from pathmtl.report.patterns import stage as table


def stage_candidates(text: str, low: str) -> Iterator[Candidate]:
    """Every T, N and M code of the report; clinical T and N codes (prefix c) and historical ones are left out."""
    for task, pattern, words in (
        ("T", table.T_LABELLED, table.T_ANCHORS),
        ("N", table.N_LABELLED, table.N_ANCHORS),
        ("M", table.M_LABELLED, table.M_ANCHORS),
    ):
        present = [word for fragment, group in words.items() if fragment in low for word in group]
        for match in anchored(pattern, low, present):
            if (
                ("c" not in (match["prefix"] or "") or task == "M")
                and _current(low, match.start(), match.end())
                and _labelled_digit(text, match, task)
            ):
                starts = [match.start(group) for group in ("prefix", "letter", task.lower()) if match[group]]
                yield _candidate(task, match, "labelled field", min(starts))
    for match in table.T_CODE.finditer(low):
        before = table.PREFIX_BEFORE.search(low, max(0, match.start() - 8), match.start())
        if before and "c" not in before["prefix"] and _current(low, match.start(), match.end()):
            yield from _run(text, low, match, before["prefix"])
    for task, pattern in (("N", table.N_CODE), ("M", table.M_CODE)):
        for match in pattern.finditer(low):
            before = table.PREFIX_BEFORE.search(low, max(0, match.start() - 8), match.start())
            if before and _current(low, match.start(), match.end()) and _code_case(text, match, task):
                yield _candidate(task, match, "code")
    if "distant metasta" in low:
        for pattern, value in ((table.M_NEGATED, "M0"), (table.M_PRESENT, "M1")):
            for match in pattern.finditer(low):
                yield Candidate("M", value, match.start(), match.end(), "M in words")


def _run(text: str, low: str, match: re.Match, prefix: str) -> Iterator[Candidate]:
    """A T code with the N and M codes behind it; alone and without its p it counts only in a stage's company."""
    n_match = table.N_AFTER_T.match(low, match.end())
    if n_match and not _plausible_n(text, low, n_match):
        n_match = None
    prefixed = "p" in prefix or "y" in prefix
    capital = text[match.start()] == "T"
    if match["t"] == "o" and not (prefixed and text[match.start() : match.end("t")] == "TO"):
        return
    if not n_match and not (prefixed and (capital or match.end("t") - match.start() == 1 + len(match["t"]))):
        before = low[max(0, match.start() - 70) : match.start()]
        if not capital or not table.T_COMPANY.search(before) or table.T_OTHER_SENSE.match(low, match.end()):
            return
    start = match.start() - len(prefix)
    yield _candidate("T", match, "code", start)
    if n_match and "c" not in (n_match["prefix"] or ""):
        yield _candidate("N", n_match, "code after T")
    m_match = table.M_AFTER_N.match(low, n_match.end() if n_match else match.end())
    if m_match and "M" in text[m_match.start() : m_match.start("m")]:
        yield _candidate("M", m_match, "code after T or N")


def unmarked_options(low: str, found: list[Candidate]) -> list[Candidate]:
    """``found`` without a checklist's unmarked lines: three or more categories of one task, each with its definition."""
    kept = found
    for task in ("T", "N", "M"):
        options = [c for c in found if c.task == task and c.value and table.OPTION.match(low, c.end)]
        listed = len({c.value for c in options}) >= 3
        lone_m = task == "M" and any(table.NOT_APPLICABLE.search(low, max(0, c.start - 24), c.start) for c in options)
        if listed or lone_m:
            unmarked = {id(c) for c in options if not table.CHOSEN.search(low, max(0, c.start - 8), c.start)}
            kept = [c for c in kept if id(c) not in unmarked]
    return kept


def _current(low: str, start: int, end: int) -> bool:
    """Whether a code speaks of the present tumour: no word of history before it, no year of an earlier one behind it."""
    return not context.HISTORY.search(low, max(0, start - 100), start) and not context.HISTORY_BEHIND.match(low, end)


def _code_case(text: str, match: re.Match, task: str) -> bool:
    """``pN 0`` and ``PN0`` are codes; ``pn 0`` in running lower case is one only where it is tight."""
    value = match.start(task.lower())
    return task in text[match.start() : value] or value - match.start() == 2


def _plausible_n(text: str, low: str, match: re.Match) -> bool:
    """``NO`` after a T code is N0 unless it begins a phrase ("pT2. NO METASTASIS")."""
    if match["n"] != "o":
        return True
    start = match.start("n") - 1
    if text[start : match.end("n")] not in ("NO", "No", "nO"):
        return False
    if "p" in (match["prefix"] or "") or match.start() == match.start("n") - 1:
        return True
    return bool(
        re.match(
            r"\s*(?:[,;/.)\](]|$|p?m\s?[x0o1]|stage|ajcc|grade|g\s?[1-3x]|l\s?[01]|v\s?[01]|r\s?[0-2x])",
            low[match.end() : match.end() + 12],
        )
    )


def _labelled_digit(text: str, match: re.Match, task: str) -> bool:
    """A labelled value without its letter must be a digit or X: "Lymph nodes: 1 of 3" and "Lymph nodes: no" are not codes."""
    value = match[task.lower()]
    if not match["letter"] and not match["named"]:
        return False
    if match["letter"]:
        return value != "o" or (text[match.start("letter")].isupper() and text[match.start(task.lower())] == "O")
    tail = text[match.end() : match.end() + 24].lower()
    return value in "0123x" and not re.match(r"\s*(?:of\b|/|out of|\.\d|,\d|cm|mm|x\s?\d|lymph|node|\w+ lymph|\(?\d)", tail)


def _candidate(task: str, match: re.Match, rule: str, start: int | None = None) -> Candidate:
    digit = stage_digit(match[task.lower()]) if match[task.lower()] != "is" else "is"
    note = match[f"{task.lower()}_sub"] or ""
    value = None if digit == "x" else task + digit
    start = match.start() + len(match[0]) - len(match[0].lstrip(" ,;:/.()[]-\n")) if start is None else start
    return Candidate(task, value, start, match.end(), f"{task} {rule}", note=f"{task}X" if digit == "x" else note)
