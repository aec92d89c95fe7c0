"""N from node counts.

A count is a statement ("stated"): Table S1 defines N1, N2 and N3 of the breast by it, and none positive is N0 everywhere.
Counts of one section add up over its specimens unless the report gives its own total; codes always outrank counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from pathmtl.report.candidates.common import COUNTED, Candidate, anchored, historical
from pathmtl.report.canonical import number
from pathmtl.report.patterns import nodes as table

#: Worst rank of a section whose counts are taken beside those of the diagnosis.
DIAGNOSTIC = 2
#: The parts of a count stand at most this many characters behind it.
BREAKDOWN = 260
#: The same positive count out of at least this many nodes is taken for the same nodes named again.
RESTATED = 3


@dataclass(frozen=True, slots=True)
class Count:
    """Positive nodes stated at one place; ``examined`` is None where the text does not say; ``total``: the report's own sum."""

    positive: int
    examined: int | None
    start: int
    end: int
    total: bool


def node_candidates(low: str, rank: Callable[[int], int]) -> Iterator[Candidate]:
    """At most one candidate for N: from the counts of the best section that has any (``rank(offset)``, lower is better)."""
    if "node" not in low and "nodal" not in low and "lns" not in low:
        return
    counts = [count for count in _counts(low) if rank(count.start) < 90 and not historical(low, count.start)]
    if not counts:
        return
    counts = _distinct(_fullest(counts, rank))
    totals = [count for count in counts if count.total]
    used = [max(totals, key=lambda count: count.positive)] if totals else counts
    positive = max(sum(count.positive for count in used), max(count.positive for count in counts))
    lead = max(used, key=lambda count: count.positive)
    if positive == 0 and (mention := _uncounted(low, rank)):
        organ = site(low)
        # A micrometastasis of the breast is N1mi at the least (AJCC-8), however many nodes hold one.
        micro = organ == "breast" and "micrometasta" in mention[0]
        if micro or len(table.THRESHOLDS.get(organ or "", ())) == 1:
            yield Candidate("N", "N1", mention.start(), mention.end(), COUNTED, note="positive, not counted")
        return
    value = "N0" if positive == 0 else _category(positive, site(low))
    if value:
        note = f"{positive} positive" + (f" of {sum(c.examined or 0 for c in used)}" if all(c.examined for c in used) else "")
        if positive and table.ISOLATED.search(low) and not table.ISOLATED_NEGATED.search(low):
            # Isolated cells alone are N0(i+); beside metastases the count does not tell which nodes hold which.
            if table.BEYOND_ISOLATED.search(low):
                return
            value, note = "N0", "isolated tumor cells"
        yield Candidate("N", value, lead.start, lead.end, COUNTED, note=note)


def _fullest(counts: list[Count], rank: Callable[[int], int]) -> list[Count]:
    """Counts of the section that accounts for most positive nodes: diagnosis and microscopy before gross, ties to the best."""
    ranks = sorted({rank(count.start) for count in counts})
    diagnostic = [r for r in ranks if r <= DIAGNOSTIC] or ranks[:1]
    by_rank = {r: [count for count in counts if rank(count.start) == r] for r in diagnostic}
    return max(by_rank.values(), key=lambda own: sum(count.positive for count in own))


@lru_cache(maxsize=1)
def site(low: str) -> str | None:
    """The organ the report is about: the one named most often; None where none is."""
    mentions = {name: sum(_mentions(low, word) for word in words) for name, words in table.SITES.items()}
    best = max(mentions, key=mentions.__getitem__)
    return best if mentions[best] else None


def _mentions(low: str, word: str) -> int:
    """How often ``word`` begins a word: a surgeon called Tolliver is no liver. Plain searches are much faster than a pattern."""
    count, at = 0, low.find(word)
    while at >= 0:
        count += at == 0 or not (low[at - 1].isalnum() or low[at - 1] == "_")
        at = low.find(word, at + len(word))
    return count


def _category(positive: int, organ: str | None) -> str | None:
    """N of a number of positive nodes by the organ's own limits; None where that organ's N is not a count."""
    reached = [n for n, fewest in enumerate(table.THRESHOLDS.get(organ or "", ()), start=1) if positive >= fewest]
    return f"N{reached[-1]}" if reached else None


def _counts(low: str) -> Iterator[Count]:
    for match in table.FRACTION.finditer(low):
        front = table.BEFORE_STROKE.search(low, max(0, match.start() - 5), match.start())
        if not front:
            continue
        start, positive, examined = front.start(), int(front["positive"]), int(match["examined"])
        if positive <= examined and 0 < examined <= 130 and _about_nodes(low, start, match.end()):
            if positive == examined and table.NEGATIVE_IN_FRONT.search(low, max(0, start - 60), start):
                positive = 0
            yield _count(low, start, match.end(), positive, examined)
    for match in table.OF.finditer(low):
        before = table.BEFORE_OF.search(low, max(0, match.start() - 40), match.start())
        if before:
            yield from _ratio(low, before["positive"], match["examined"], before.start(), match.end())
    for match in anchored(table.OF_AFTER, low, table.NODE):
        yield from _ratio(low, match["positive"], match["examined"], match.start(), match.end())
    for match in anchored(table.FIELD_POSITIVE, low, table.FIELD_ANCHORS):
        positive = 0 if match["positive"] == "none" else number(match["positive"])
        if positive is not None:
            yield Count(positive, None, match.start(), match.end(), True)
    for match in (*anchored(table.POSITIVE_COUNT, low, table.METASTASIS), *_positive_after(low)):
        positive = number(match["positive"])
        if positive and not table.NEGATED_BEFORE.search(low, max(0, match.start() - 25), match.start()):
            yield _count(low, match.start(), match.end(), positive, None)
    for match in (
        *anchored(table.NEGATIVE, low, table.NEGATIVE_ANCHORS),
        *anchored(table.NEGATIVE_BEFORE, low, table.NEGATIVE_BEFORE_ANCHORS),
    ):
        yield Count(0, None, match.start(), match.end(), False)


def _positive_after(low: str) -> Iterator[re.Match]:
    """ "Three lymph nodes positive ...": looked for only in the 60 characters before a node's result."""
    for result in table.POSITIVE_RESULT.finditer(low):
        match = table.POSITIVE_AFTER.search(low, max(0, result.start() - 90), result.end() + 8)
        if match:
            yield match


def _ratio(low: str, positive_words: str, examined_words: str, start: int, end: int) -> Iterator[Count]:
    positive = 0 if positive_words in ("none", "no") else number(positive_words)
    examined = number(examined_words)
    if positive is not None and examined and positive <= examined:
        if positive and (table.NEGATED_BEHIND.match(low, end) or table.NEGATED_COUNT.search(low, max(0, start - 50), start)):
            # "Fourteen of fourteen lymph nodes are negative" counts the negative ones.
            positive = 0
        yield _count(low, start, end, positive, examined)


def _count(low: str, start: int, end: int, positive: int, examined: int | None) -> Count:
    return Count(positive, examined, start, end, bool(table.TOTAL.search(low, max(0, start - 70), start)))


def _uncounted(low: str, rank: Callable[[int], int]) -> re.Match | None:
    """A metastasis in a node that no count covers: with it, a zero elsewhere is not N0."""
    for match in anchored(table.POSITIVE_MENTION, low, table.MENTION_ANCHORS):
        # Only words of the same sentence take a mention back.
        start = max(match.start() - 60, 0)
        start = max(start, low.rfind(". ", start, match.start()) + 1)
        if (
            rank(match.start()) <= DIAGNOSTIC
            and not table.MENTION_NEGATED.search(low, start, match.end())
            and not table.MENTION_ZERO.match(low, match.end())
        ):
            return match
    return None


def _about_nodes(low: str, start: int, end: int) -> bool:
    before = low[max(0, start - 110) : start]
    if table.NOT_NODES.search(before[-40:]) or table.NOT_NODES_BEHIND.match(low, end):
        return False
    after = low[end : end + 50]
    return bool(table.NODE_WORD.search(before) or table.NODE_WORD.search(after))


def _distinct(counts: list[Count]) -> list[Count]:
    """One count where a report says the same twice.

    Words and figures ("seven of eight lymph nodes (7/8)"): same numbers within 90 characters. A count of positive nodes out of
    three or more that comes again with the same numbers is the same nodes (diagnosis and summary), wherever it stands.
    """
    kept: list[Count] = []
    for count in sorted(counts, key=lambda c: (c.start, -(c.examined or 0))):
        twin = any(
            other.positive == count.positive
            and (other.examined == count.examined or None in (other.examined, count.examined))
            and (count.start - other.end < 90 or (count.positive and (count.examined or 0) >= RESTATED))
            for other in kept
        )
        if not twin:
            kept.append(count)
    return [count for count in kept if not _in_breakdown(count, kept)]


def _in_breakdown(count: Count, counts: list[Count]) -> bool:
    """Whether a count is part of one before it: "2 of 26 nodes (1/8 level I, 0/7 level II, 1/11 level III)"."""
    for whole in counts:
        if whole.examined is None or not 0 < count.start - whole.end < BREAKDOWN:
            continue
        parts = [c for c in counts if c.examined is not None and whole.end < c.start < whole.end + BREAKDOWN]
        positive = examined = 0
        for size, part in enumerate(parts, start=1):
            positive, examined = positive + part.positive, examined + part.examined
            if size > 1 and positive == whole.positive and examined <= whole.examined and examined > 0.6 * whole.examined:
                return count.start <= part.start
    return False
