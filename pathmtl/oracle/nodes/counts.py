"""Where a report states how many lymph nodes hold metastases: in figures, in words, in fields."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pathmtl.oracle.canonical import number, roman_number
from pathmtl.oracle.common import anchored
from pathmtl.oracle.nodes import patterns as table
from pathmtl.oracle.stems import places


@dataclass(frozen=True, slots=True)
class Count:
    """Positive nodes stated at one place; ``examined`` is None where the text does not say; ``total``: the report's own sum.

    ``deposit``: "macro" or "micro" where only nodes with such metastases are counted; "all" where both are, added up.
    ``notation`` tells figures from words.
    """

    positive: int
    examined: int | None
    start: int
    end: int
    total: bool
    deposit: str = ""
    notation: str = ""


def node_counts(low: str) -> Iterator[Count]:
    """Every count of positive nodes, including zero, as often as the report gives it."""
    for match in table.FRACTION.finditer(low):
        front = table.BEFORE_STROKE.search(low, max(0, match.start() - 5), match.start())
        if not front:
            continue
        start, positive, examined = front.start(), int(front["positive"]), int(match["examined"])
        if positive <= examined and 0 < examined <= 130 and _about_nodes(low, start, match.end()):
            if positive == examined and table.NEGATIVE_IN_FRONT.search(low, max(0, start - 60), start):
                positive = 0
            yield _count(low, start, match.end(), positive, examined, "figures")
    for match in table.OF.finditer(low):
        before = table.BEFORE_OF.search(low, max(0, match.start() - 40), match.start())
        if before:
            yield from _ratio(low, before["positive"], match["examined"], before.start(), match.end())
    for match in anchored(table.OF_AFTER, low, table.NODE_SHORT):
        if table.NODE_NUMBER.search(low, match.start(), match.start("positive")) and not low.startswith("nodes", match.start()):
            continue
        yield from _ratio(low, match["positive"], match["examined"], match.start(), match.end())
    for match in _of_which(low):
        positive = 0 if match["positive"] == "none" else number(match["positive"])
        if positive is not None and " no " not in match[0]:
            yield _count(low, match.start(), match.end(), positive, None, "words")
    for match in anchored(table.FIELD_POSITIVE, low, table.FIELD_ANCHORS):
        positive = 0 if match["positive"] == "none" else number(match["positive"])
        if positive is not None:
            deposit = table.DEPOSIT.search(match[0])
            yield Count(positive, None, match.start(), match.end(), True, deposit["kind"] if deposit else "", "field")
    for match in anchored(table.FIRST_NUMBER, low, table.NODE_SHORT) if places(low).any(("positive", "involved")) else ():
        second = match["positive"] or match["behind"]
        positive, examined = (second, match["first"]) if second else (match["first"], match["examined"])
        if examined:
            yield from _ratio(low, positive, examined, match.start(), match.end())
        elif count := number(positive):
            yield _count(low, match.start(), match.end(), count, None, "words")
    for match in table.PAREN_OF.finditer(low):
        if _about_nodes(low, match.start(), match.end()) and not table.NEGATIVE_IN_FRONT.search(
            low, max(0, match.start() - 60), match.start() + 1
        ):
            yield from _ratio(low, match["positive"], match["examined"], match.start(), match.end())
    yield from _roman_ratios(low)
    for match in (*anchored(table.POSITIVE_COUNT, low, table.METASTASIS), *_positive_after(low), *_positive_between(low)):
        positive = number(match["positive"])
        if (
            positive
            and not _uncertain(low, match.start(), match.end())
            and not table.NEGATED_BEFORE.search(low, max(0, match.start() - 25), match.start())
        ):
            deposit = table.DEPOSIT.search(low, max(0, match.start() - 7), match.end())
            yield _count(low, match.start(), match.end(), positive, None, "words", deposit["kind"] if deposit else "")
    yield from _by_deposit(low)
    for match in anchored(table.NUMBERED, low, table.NODE):
        yield Count(1, None, match.start(), match.end(), False, notation="numbered")
    for match in (
        *anchored(table.NEGATIVE, low, table.NEGATIVE_ANCHORS),
        *anchored(table.NEGATIVE_BEFORE, low, table.NEGATIVE_BEFORE_ANCHORS),
    ):
        yield Count(0, None, match.start(), match.end(), False, notation="words")


def _uncertain(low: str, start: int, end: int) -> bool:
    """Whether the sentence leaves it open: "cannot be excluded in two nodes"."""
    first = max(low.rfind(mark, max(0, start - 60), start) for mark in (". ", ";", "\n")) + 1
    return bool(table.UNCERTAIN.search(low, max(first, start - 60), end))


def _roman_ratios(low: str) -> Iterator[Count]:
    """ "III of XIV lymph nodes", "lymph nodes (VI/XIX)"."""
    hits = [hit for pattern in table.ROMAN_QUICK for hit in pattern.finditer(low)]
    for hit in sorted(hits, key=re.Match.end):
        match = table.ROMAN.search(low, max(0, hit.start() - 12), hit.end())
        if not match or match.end() != hit.end():
            continue
        positive = 0 if match["positive"] in ("0", "none") else roman_number(match["positive"])
        examined = roman_number(match["examined"])
        if (
            positive is not None
            and examined
            and positive <= examined
            and examined >= 5
            and not table.ROMAN_LEVELS.search(low, max(0, match.start() - 45), match.start())
            and _about_nodes(low, match.start(), match.end())
        ):
            yield from _ratio(low, str(positive), str(examined), match.start(), match.end())


def _of_which(low: str) -> Iterator[re.Match]:
    """ "15 nodes were found, 2 of which contain metastases": sought only before the words that are rare."""
    for word in ("of which", "of these", "of them", "of those"):
        for at in places(low)[word]:
            if match := table.OF_WHICH.search(low, max(0, at - 80), min(len(low), at + 70)):
                yield match


def _positive_between(low: str) -> Iterator[re.Match]:
    """ "Two positive sentinel nodes": sought only around the word that stands between."""
    for word in ("positive ", "involved ", "metastatic "):
        for at in places(low)[word]:
            near = low.find("node", at, at + 80) >= 0
            match = table.POSITIVE_BETWEEN.search(low, max(0, at - 20), min(len(low), at + 90)) if near else None
            if match and match.start() < at < match.end():
                yield match


def _positive_after(low: str) -> Iterator[re.Match]:
    """ "Three lymph nodes positive ...": sought only in the 60 characters before a node's result."""
    for result in table.POSITIVE_RESULT.finditer(low):
        match = table.POSITIVE_AFTER.search(low, max(0, result.start() - 90), result.end() + 8)
        if match:
            yield match


def _ratio(low: str, positive_words: str, examined_words: str, start: int, end: int) -> Iterator[Count]:
    positive = 0 if positive_words in ("none", "no") else 1 if positive_words == "single" else number(positive_words)
    examined = number(examined_words)
    if positive is not None and examined and positive <= examined:
        if positive and (table.NEGATED_BEHIND.match(low, end) or table.NEGATED_COUNT.search(low, max(0, start - 50), start)):
            # "Fourteen of fourteen lymph nodes are negative" counts the negative ones.
            positive = 0
        if positive and _uncertain(low, start, end):
            return
        yield _count(low, start, end, positive, examined, "of")


def _by_deposit(low: str) -> Iterator[Count]:
    """ "Two nodes with macrometastases, one with micrometastasis": the second does not name its node again."""
    for match in table.DEPOSIT.finditer(low) if places(low)["metast"] else ():
        found = table.DEPOSIT_COUNT.match(low, match.start())
        start, end = match.span()
        if found:
            end = found.end()
        elif table.FIELD_BEHIND.match(low, end):
            continue
        elif found := table.DEPOSIT_WITH.search(low, max(0, start - 60), start):
            start = found.start()
        if found and not table.NEGATED_BEFORE.search(low, max(0, start - 25), start) and (positive := number(found["positive"])):
            yield _count(low, start, end, positive, None, "words", match["kind"])


def _count(low: str, start: int, end: int, positive: int, examined: int | None, notation: str, deposit: str = "") -> Count:
    total = bool(table.TOTAL.search(low, max(0, start - 70), start))
    return Count(positive, examined, start, end, total, deposit, notation)


def _about_nodes(low: str, start: int, end: int) -> bool:
    before = low[max(0, start - 110) : start]
    if table.NOT_NODES.search(before[-40:]) or table.NOT_NODES_BEHIND.match(low, end):
        return False
    after = low[end : end + 50]
    return bool(table.NODE_WORD.search(before) or table.NODE_WORD.search(after))
