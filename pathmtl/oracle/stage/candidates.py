"""Readings of T, N and M codes: single codes, runs ("pT2 N0 MX") and labeled fields ("Primary tumor: 2")."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from pathmtl import schema
from pathmtl.oracle import context
from pathmtl.oracle.canonical import nottingham_grade, roman, stage_digit
from pathmtl.oracle.common import Candidate, anchored, historical, names_any, taken_back
from pathmtl.oracle.nodes.candidates import site
from pathmtl.oracle.stage import patterns as table
from pathmtl.oracle.stems import places

_ROMAN = {"ii": 2, "iii": 3, "iv": 4}


def stage_candidates(text: str, low: str) -> Iterator[Candidate]:
    """Collect every T, N and M code of a report.

    Clinical T and N codes (prefix c) and historical ones are left out. Source: AJCC-8, chapter 1 (prefixes, suffixes).

    Parameters
    ----------
    text, low : str
        The report and its folded form, of the same length.

    Yields
    ------
    Candidate
        Of T, N or M; TX, NX and MX have no value.
    """
    words_at = places(low)
    for task, pattern, words in (
        ("T", table.T_LABELED, table.T_ANCHORS),
        ("N", table.N_LABELED, table.N_ANCHORS),
        ("M", table.M_LABELED, table.M_ANCHORS),
    ):
        present = [word for fragment, group in words.items() if words_at[fragment] for word in group]
        for match in anchored(pattern, low, present):
            if (
                ("c" not in (match["prefix"] or "") or task == "M")
                and _current(low, match.start(), match.end())
                and _labeled_digit(text, low, match, task)
                and not (task == "T" and table.T_OTHER_SENSE.match(low, match.end()))
            ):
                starts = [match.start(group) for group in ("prefix", "letter", task.lower()) if match[group]]
                yield _candidate(task, match, "labelled field", min(starts))
    for match in table.T_CODE.finditer(low):
        if match["t"] == "o" and text[match.start() : match.end("t")] != "TO":
            continue  # the word "to"
        prefix = _prefix(text, low, match)
        if prefix is not None and "c" not in prefix and _current(low, match.start() - len(prefix), match.end()):
            yield from _run(text, low, match, prefix)
    quoted = any(mark in low for mark in table.QUOTES)
    for match in anchored(table.T_QUOTED, low, table.T_QUOTED_ANCHORS) if quoted else ():
        if _current(low, match.start(), match.end()):
            yield _candidate("T", match, "code", match.start())
            yield from _followers(text, low, match)
    for task, pattern in (("N", table.N_CODE), ("M", table.M_CODE), ("M", table.M_CLINICAL)):
        for match in pattern.finditer(low):
            before = table.PREFIX_BEFORE.search(low, max(0, match.start() - 8), match.start())
            if before and _current(low, before.start(), match.end()) and _code_case(text, low, match, task):
                yield _candidate(task, match, "code")
    for match in anchored(table.BRACKETED, low, table.BRACKETED_ANCHORS):
        task = match["letter"].upper()
        value = None if match["digit"] == "x" else task + match["digit"]
        if (value is None or value in schema.CLASSES[task]) and _current(low, match.start(), match.end()):
            yield Candidate(task, value, match.start(), match.end(), f"{task} code")
    if words_at["distant metasta"]:
        for pattern, value in ((table.M_NEGATED, "M0"), (table.M_PRESENT, "M1")):
            for match in pattern.finditer(low):
                if not historical(low, match.start()):
                    yield Candidate("M", value, match.start(), match.end(), "M in words")
    yield from _proven_metastases(low)


def _around_metastases(low: str) -> Iterator[re.Match]:
    """Matches of ``M_PROVEN``, sought only near the word, which is rarer than its organs."""
    done = 0
    for at in places(low)["metasta"]:
        if at < done:
            continue
        start = max(done, at - 90)
        nearby = low[start : at + 90]
        if names_any(nearby, table.M_ORGANS):
            match = table.M_PROVEN.search(low, start, min(len(low), at + 130))
            if match:
                done = match.end()
                yield match


def _proven_metastases(low: str) -> Iterator[Candidate]:
    """M1 of a metastasis proven in a distant organ; never in the organ that the report is about."""
    for match in _around_metastases(low):
        organ = match["organ"] or match["place"] or match["named"] or match["site"]
        start = match.start()
        before = low[max(low.rfind(mark, max(0, start - 80), start) for mark in (". ", ";", "\n")) + 1 : start]
        primary = site(low)
        if primary in ("lung", "liver") and primary in organ and not table.M_FROM_ELSEWHERE.match(low, match.end()):
            continue
        if not table.M_TAKEN_BACK.search(before) and not historical(low, start) and not taken_back(low, start, match.end()):
            yield Candidate("M", "M1", start, match.end(), "M in words", note=organ)


def _prefix(text: str, low: str, match: re.Match) -> str | None:
    """The letters before a T that belong to its code ("yp"); None where the T ends a word."""
    before = table.PREFIX_BEFORE.search(low, max(0, match.start() - 8), match.start())
    if before:
        return before["prefix"]
    tight = match["t"] in "1234" and table.TIGHT_PREFIX.search(text, max(0, match.start() - 2), match.start() + 1)
    # OCR's "oT2" may as well be a block's name: it needs company like a T without a prefix.
    return None if not tight else "p" if tight[0] == "pT" else ""


def _run(text: str, low: str, match: re.Match, prefix: str) -> Iterator[Candidate]:
    """A T code with the N and M codes behind it; without its p it counts only in the company of other staging words."""
    followers = list(_followers(text, low, match))
    prefixed = "p" in prefix or "y" in prefix
    capital = text[match.start()] == "T"
    if match["t"] == "o" and not prefixed:
        return
    if not prefixed and _are_components(low, match.start()):
        return
    if match["t"] in _ROMAN and text[match.start("t") : match.end("t")].islower():
        return
    if table.NO_STAGE_BEHIND.match(low, match.end()):
        return
    if match["t"] == "z" and text[match.start() - 1 : match.end("t")] != "pTZ":
        return
    tight = prefixed and (capital or match.end("t") - match.start() == 1 + len(match["t"]))
    # An M0 or MX behind a figure is company as well; an M1 may be the next block's name.
    company = tight or any(f.task == "N" or (f.value != "M1" and match["t"].isdigit()) for f in followers)
    if not company and (not capital or not _in_company(low, match) or table.T_OTHER_SENSE.match(low, match.end())):
        return
    if match["t"] in "li" and places(low)["gleason"]:
        # There is no pathologic T1 of the prostate (AJCC): what OCR read as a stroke was a 2 or a 3.
        yield Candidate("T", None, match.start() - len(prefix), match.end(), "T code", note="illegible")
    else:
        yield _candidate("T", match, "code", match.start() - len(prefix))
    yield from followers


def _are_components(low: str, start: int) -> bool:
    """Whether "T3, N2, M1" are the Nottingham components: beside a score or a sum, or behind the grade that their sum gives."""
    match = table.COMPONENTS.match(low, start)
    if not match:
        return False
    if "+" in match[0] or table.COMPONENTS_BEHIND.match(low, match.end()):
        return True
    before = table.COMPONENTS_BEFORE.search(low, max(0, start - 40), start)
    if not before or not before["grade"]:
        return bool(before)
    return nottingham_grade(sum(map(int, match.groups()))) == f"G{roman(before['grade'])}"


def _in_company(low: str, match: re.Match) -> bool:
    """Whether words of staging stand before a bare "T2", its edition behind it, or it closes a field in parentheses."""
    start = match.start()
    if table.T_COMPANY.search(low, max(0, start - 70), start) or table.T_COMPANY_BEHIND.match(low, match.end()):
        return True
    return low[max(0, start - 1) : start] == "(" and bool(table.T_FIELD_BEFORE.search(low, max(0, start - 220), start))


def _followers(text: str, low: str, match: re.Match) -> Iterator[Candidate]:
    """The N and M codes directly behind a T code."""
    n_match = table.N_AFTER_T.match(low, match.end())
    if n_match and (not _plausible_n(text, low, n_match) or _perineural(text, low, n_match)):
        n_match = None
    if n_match and "c" not in (n_match["prefix"] or ""):
        yield _candidate("N", n_match, "code after T")
    m_match = table.M_AFTER_N.match(low, n_match.end() if n_match else match.end())
    if m_match and "M" in text[m_match.start() : m_match.start("m")]:
        yield _candidate("M", m_match, "code after T or N")


def lower_in_doubt(low: str, found: list[Candidate]) -> list[Candidate]:
    """``found`` without the higher of two categories of which the report leaves it open which one holds (AJCC-8, chapter 1)."""
    dropped = set()
    for task in ("T", "N"):
        own = sorted((one for one in found if one.task == task and one.value), key=lambda one: one.start)
        for first, second in pairwise(own):
            between = low[first.end : second.start]
            if len(between) < 24 and table.IN_DOUBT.search(between) and first.value != second.value:
                dropped.add(id(max(first, second, key=lambda one: schema.CLASSES[task].index(str(one.value)))))
    return [one for one in found if id(one) not in dropped] if dropped else found


def unmarked_options(low: str, found: list[Candidate]) -> list[Candidate]:
    """``found`` without a checklist's unmarked lines: three or more categories of one task, each with its definition."""
    kept = found
    for task in ("T", "N", "M"):
        options = [c for c in found if c.task == task and table.OPTION.match(low, c.end)]
        values = {c.value for c in options}
        # "NX: cannot be assessed" beside a category is a list as well: a report chooses one of them.
        listed = len(values - {None}) >= 3 or (None in values and len(values) >= 2 and task != "T")
        lone_m = task == "M" and any(
            table.NOT_APPLICABLE.search(low, max(0, c.start - 24), c.start) or table.OPEN_SITE.match(low, c.end) for c in options
        )
        if listed or lone_m:
            unmarked = {id(c) for c in options if not table.CHOSEN.search(low, max(0, c.start - 8), c.start)}
            kept = [c for c in kept if id(c) not in unmarked]
    return kept


def _current(low: str, start: int, end: int) -> bool:
    """Whether a code speaks of the present tumor: no word of history or of another case before it, no earlier year behind it."""
    if historical(low, start) or context.HISTORY_BEHIND.match(low, end) or taken_back(low, start, end):
        return False
    supposed = low.find("would", max(0, start - 60), start) >= 0
    return not (supposed and table.HYPOTHETICAL.search(low, max(0, start - 280), start))


def _code_case(text: str, low: str, match: re.Match, task: str) -> bool:
    """``pN 0`` and ``PN0`` are codes, ``pn 0`` in lower case is one only where it is tight; ``PM 1`` is a block's name."""
    value = match.start(task.lower())
    if task == "M":
        code = text[match.start() : value]
        # "PM: 1" is a block's name.
        return code in ("pM", "cM", "PM", "pM ", "p M", "cM ") or (code[-2:] in (": ", "= ") and code[:2] == "pM")
    if _perineural(text, low, match):
        return False
    return task in text[match.start() : value] or value - match.start() == 2


def _perineural(text: str, low: str, match: re.Match) -> bool:
    """Whether a "Pn1" is perineural invasion: by its case, or by L and V before it; categories have subclasses, it has none."""
    at = match.start("n") - 2
    if text[at : at + 3] == "PNI":
        return not re.search(r"\bPT\s?\S{1,4}\W{1,3}$", text[max(0, at - 12) : at])
    if match["n_sub"] or match["n"] not in "01x":
        return False
    if text[at : at + 2] == "Pn":
        return text[at - 4 : at - 2] != "Pt"
    small = text[at : at + 2] == "pn" and "pT" in text
    behind = table.PERINEURAL_BEFORE.search(low, max(0, at - 45), at)
    return bool(behind and (small or "p" in behind[0]))


def _plausible_n(text: str, low: str, match: re.Match) -> bool:
    """``NO`` after a T code is N0 unless it begins a phrase ("pT2. NO METASTASIS")."""
    if match["n"] != "o":
        return True
    start = match.start("n") - 1
    if text[start : match.end("n")] not in ("NO", "No", "nO"):
        return False
    if "p" in (match["prefix"] or "") or match.start() == match.start("n") - 1:
        return True
    line_ends = text[match.end() : match.end() + 1] == "\n"
    if line_ends and (text[start - 1 : start] == "\n" or "." not in text[match.start() : start]):
        return True
    return bool(table.NO_CODE_BEHIND.match(low, match.end(), match.end() + 12))


def _labeled_digit(text: str, low: str, match: re.Match, task: str) -> bool:
    """A labeled value without its letter must be a digit or X: "Lymph nodes: 1 of 3" and "Lymph nodes: no" are not codes."""
    value, start = match[task.lower()], match.start()
    if start and low[start] == "p" and low[start + 1] == task.lower() and text[start - 1] != "\n" and text[start + 1] != task:
        return False  # "4 pm  M1"
    if not match["letter"] and not match["named"]:
        return False
    if task == "N" and not match["prefix"] and table.N_KEY_BEHIND.match(low, match.end()):
        return False
    if match["letter"] and value == "o":
        code = text[match.start("letter")].isupper() and text[match.start(task.lower())] == "O"
        return code and bool(match["prefix"] or task != "N" or table.NO_CODE_BEHIND.match(low, match.end(), match.end() + 12))
    if match["letter"]:
        return value not in _ROMAN or text[match.start("t") : match.end("t")].isupper()
    tail = text[match.end() : match.end() + 24].lower()
    counted = r"[^\S\n]*(?:lymph|node|\w+ lymph|\(?\d)|\s*(?:of\b|/|out of|\.\d|,\d|cm|mm|x\s?\d)"
    return value in "0123x" and not re.match(counted, tail)


def _candidate(task: str, match: re.Match, rule: str, start: int | None = None) -> Candidate:
    digit = match[task.lower()]
    digit = str(_ROMAN.get(digit) or (digit if digit == "is" else stage_digit(digit)))
    note = match[f"{task.lower()}_sub"] or ""
    value = None if digit == "x" else task + digit
    start = match.start() + len(match[0]) - len(match[0].lstrip(" ,;:/.()[]-\n")) if start is None else start
    return Candidate(task, value, start, match.end(), f"{task} {rule}", note=f"{task}X" if digit == "x" else note)
