"""N from node counts.

A count is a statement ("stated"): Table S1 defines N1 to N3 of the breast by it, and no positive node is N0 everywhere.
Counts of one section add up over its specimens unless the report gives its own total; codes always outrank counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice, pairwise

from pathmtl.oracle.common import COUNTED, Candidate, anchored, historical
from pathmtl.oracle.nodes import patterns as table
from pathmtl.oracle.nodes.counts import Count, node_counts
from pathmtl.oracle.nodes.stations import n_of_lung, n_of_uterus
from pathmtl.oracle.stems import places

#: Worst rank of a section whose counts are used together with those of the diagnosis.
DIAGNOSTIC = 2
#: The parts of a count stand at most this many characters behind it.
BREAKDOWN = 260
#: The same positive count out of at least this many nodes is taken for the same nodes named again.
RESTATED = 3
#: Words and figures of one count stand at most this far apart, in characters, and so do the two parts of a count by deposits.
NEAR, PARTS = 90, 200
#: Most named basins that are read: a report names few.
BASINS = 40


def node_candidates(low: str, rank: Callable[[int], int]) -> Iterator[Candidate]:
    """Read N from the counts of positive lymph nodes; at most one candidate.

    Sources: AJCC-8, the N categories of each organ's chapter (breast: 1, 4 and 10 positive nodes; table S1 of the paper).

    Parameters
    ----------
    low : str
        The folded report.
    rank : callable
        From an offset to the rank of its section for counts (:data:`pathmtl.oracle.sections.SECTIONS`); lower is better.
    """
    if not places(low).any(table.QUICK):
        return
    counts = [count for count in node_counts(low) if rank(count.start) < 90 and not historical(low, count.start)]
    if beyond := _beyond_axilla(low, rank, counts):
        yield beyond
        return
    if lung := _of_lung(low, rank, counts):
        yield lung
        return
    if not counts:
        return
    counts = _distinct(_by_both_deposits(_fullest(_named_again(low, counts), rank)))
    totals = [count for count in counts if count.total]
    used = [max(totals, key=lambda count: count.positive)] if totals else counts
    positive = max(sum(count.positive for count in used), max(count.positive for count in counts))
    lead = max(used, key=lambda count: count.positive)
    if positive == 0 and (mention := _uncounted(low, rank)):
        organ = site(low)
        # A micrometastasis of the breast is N1mi at the least (AJCC-8), however many nodes hold one.
        micro = organ == "breast" and "micrometasta" in mention[0]
        # So is one node, said to be positive without a number: "sentinel node positive; axillary dissection 0/12".
        single = organ in table.THRESHOLDS and table.ONE_NODE.search(mention[0]) and _only_mention(low, rank)
        if micro or single or len(table.THRESHOLDS.get(organ or "", ())) == 1:
            yield Candidate("N", "N1", mention.start(), mention.end(), COUNTED, note="positive, not counted")
        return
    organ = site(low)
    if organ == "uterus" and positive:
        # Of the cervix every regional node is N1; the stations are those of the corpus.
        value = "N1" if _mentions(low, "cervi") > 2 * _mentions(low, "endometri") else n_of_uterus(low, used)
    elif positive == 0:
        value = "N1" if organ == "colorectal" and _tumor_deposits(low, rank) else "N0"
    else:
        value = _category(positive, organ)
    if value == "N2" and organ == "breast" and all(count.deposit == "micro" for count in used if count.positive):
        value = "N1"  # N2a needs a node with more than 2 mm; micrometastases alone are N1mi (AJCC-8)
    if value:
        note = f"{positive} positive" + (f" of {sum(c.examined or 0 for c in used)}" if all(c.examined for c in used) else "")
        told_apart = any(count.deposit for count in used)
        if positive and table.ALL_ISOLATED.search(low):
            value, note = "N0", "isolated tumor cells"
        elif positive and not told_apart and table.ISOLATED.search(low) and not table.ISOLATED_NEGATED.search(low):
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
    found = places(low)
    mentions = {name: sum(_mentions(low, word) for word in words if found[word]) for name, words in table.SITES.items()}
    best = max(mentions, key=mentions.__getitem__)
    return best if mentions[best] else None


def _mentions(low: str, word: str) -> int:
    """How often ``word`` begins a word: "Tolliver" is not a liver."""
    return sum(at == 0 or not (low[at - 1].isalnum() or low[at - 1] == "_") for at in places(low)[word])


def _category(positive: int, organ: str | None) -> str | None:
    """N of a number of positive nodes by the organ's own limits; None where that organ's N is not a count."""
    reached = [n for n, fewest in enumerate(table.THRESHOLDS.get(organ or "", ()), start=1) if positive >= fewest]
    return f"N{reached[-1]}" if reached else None


def _of_lung(low: str, rank: Callable[[int], int], counts: list[Count]) -> Candidate | None:
    """N of the lung by its stations, from counts and from nodes that are positive without one."""
    if site(low) != "lung":
        return None
    own = [count for count in counts if rank(count.start) <= DIAGNOSTIC]
    positive = [(count.start, count.end) for count in own if count.positive]
    # Lines broken within a sentence hide the mention; offsets stay.
    positive += [mention.span() for mention in islice(_mentioned(low.replace("\n", " "), rank), BASINS)]
    found = n_of_lung(low, positive, [(count.start, count.end) for count in own if not count.positive])
    return Candidate("N", found[0], *found[1], COUNTED, note="by station") if found else None


def _tumor_deposits(low: str, rank: Callable[[int], int]) -> bool:
    if not places(low)["deposit"]:
        return False
    return any(
        rank(match.start()) <= DIAGNOSTIC and not table.DEPOSITS_NEGATED.search(low, max(0, match.start() - 45), match.start())
        for match in table.TUMOR_DEPOSITS.finditer(low)
    )


def _only_mention(low: str, rank: Callable[[int], int]) -> bool:
    return sum(1 for _ in islice(_mentioned(low, rank), 3)) == 1


def _uncounted(low: str, rank: Callable[[int], int]) -> re.Match | None:
    """A metastasis in a node that no count covers: with it, a zero elsewhere is not N0."""
    return next(_mentioned(low, rank), None)


def _mentioned(low: str, rank: Callable[[int], int]) -> Iterator[re.Match]:
    for match in anchored(table.POSITIVE_MENTION, low, table.MENTION_ANCHORS):
        # Only words of the same sentence take a mention back.
        start = max(match.start() - 60, 0)
        start = max(start, low.rfind(". ", start, match.start()) + 1)
        if (
            rank(match.start()) <= DIAGNOSTIC
            and not table.MENTION_NEGATED.search(low, start, match.end())
            and not table.MENTION_ZERO.match(low, match.end())
            and not table.UNCERTAIN.search(low, start, match.end())
        ):
            yield match


def _beyond_axilla(low: str, rank: Callable[[int], int], counts: list[Count]) -> Candidate | None:
    """N of a breast tumor by the basin of a positive node, whatever the number (AJCC-8).

    Infra- or supraclavicular: N3; internal mammary: N3 with a positive axillary node, N2 without.
    """
    if not places(low).any(table.BASIN_ANCHORS) or site(low) != "breast":
        return None
    best: Candidate | None = None
    positive = [count.start for count in counts if count.positive] + [mention.start() for mention in _mentioned(low, rank)]
    for match in islice(table.BASIN.finditer(low), BASINS):
        start = max(low.rfind(mark, max(0, match.start() - PARTS), match.start()) + 1 for mark in (". ", ";", "\n"))
        closed = table.CLAUSE_END.search(low, match.end(), match.end() + PARTS)
        end = closed.start() if closed else min(len(low), match.end() + PARTS)
        if (
            rank(match.start()) > DIAGNOSTIC
            or table.BASIN_NOT.search(low, start, end)
            or not table.BASIN_NODE.search(low, start, end)
            or not table.BASIN_POSITIVE.search(low, start, end)
            or historical(low, match.start())
        ):
            continue
        mammary = match["basin"].startswith("internal")
        if mammary and table.SENTINEL.search(low, start, end):
            continue
        axilla = mammary and any(not start <= place < end for place in positive)
        value = "N2" if mammary and not axilla else "N3"
        if best is None or value > str(best.value):
            first = start + len(low[start:end]) - len(low[start:end].lstrip())
            best = Candidate("N", value, first, end, COUNTED, note=match["basin"])
    return best


def _by_both_deposits(counts: list[Count]) -> list[Count]:
    """Nodes with macrometastases and those with micrometastases beside them as one count, their sum."""
    kept = [count for count in counts if not count.deposit]
    parts: dict[str, list[Count]] = {"macro": [], "micro": []}
    for count in sorted((count for count in counts if count.deposit), key=lambda c: c.start):
        own = parts[count.deposit]
        if not own or count.start >= own[-1].end:
            own.append(count)
    for macro in parts["macro"]:
        near = [c for c in parts["micro"] if max(c.start, macro.start) - min(c.end, macro.end) < PARTS and c.total == macro.total]
        if not near:
            kept.append(macro)
            continue
        micro = min(near, key=lambda c: abs(c.start - macro.start))
        parts["micro"].remove(micro)
        first, last = sorted((macro, micro), key=lambda c: c.start)
        kind = "all" if macro.positive else "micro"
        kept.append(Count(macro.positive + micro.positive, None, first.start, last.end, macro.total, kind, macro.notation))
    return kept + parts["micro"]


def _distinct(counts: list[Count]) -> list[Count]:
    """One count where a report says the same twice.

    Words and figures ("seven of eight lymph nodes (7/8)"): same numbers, near each other. A count of positive nodes out of
    three or more that comes again with the same numbers is the same nodes (diagnosis and summary), wherever it stands.
    """
    kept: list[Count] = []
    for count in sorted(counts, key=lambda c: (c.start, -(c.examined or 0))):
        if not any(_twins(other, count) for other in kept) and not _told_again(count, counts):
            kept.append(count)
    return [count for count in kept if not _in_breakdown(count, kept)]


def _named_again(low: str, counts: list[Count]) -> list[Count]:
    """Without a count that parentheses give again for its station: "1/2 positive for metastasis (inguinal node 1/2)"."""
    figures = sorted((count for count in counts if count.notation == "figures"), key=lambda c: c.start)
    again = set()
    for first, second in pairwise(figures):
        between = low[first.end : second.start]
        same = (first.positive, first.examined) == (second.positive, second.examined)
        if same and len(between) < NEAR and between.count("(") > between.count(")"):
            again.add(id(second))
    return [count for count in counts if id(count) not in again]


def _twins(first: Count, second: Count) -> bool:
    """Whether the second count says again what the first said."""
    if second.positive != first.positive or not (second.examined == first.examined or None in (second.examined, first.examined)):
        return False
    if second.start < first.end or (second.positive and (second.examined or 0) >= RESTATED):
        return True
    # "Node A (1/1), node B (1/1)" are two nodes; "one of one (1/1)" is one.
    return second.start - first.end < NEAR and second.notation != first.notation


def _told_again(count: Count, counts: list[Count]) -> bool:
    """Whether a numbered node has its count behind it: "Node #1: metastatic carcinoma, 2/2"."""
    if count.notation != "numbered":
        return False
    behind = [c.start for c in counts if c.notation == "numbered" and c.start > count.start]
    stop = min([*behind, count.end + NEAR])
    return any(c.positive and c.notation != "numbered" and count.start < c.start < stop for c in counts)


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
