"""N by the station of the positive nodes, where their number does not decide it: uterus and lung (AJCC-8)."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl.oracle.nodes import station_patterns as table
from pathmtl.oracle.nodes.counts import Count

#: The name of a station stands at most this far behind its count, in characters, and its heading this far in front.
BEHIND, BEFORE = 50, 200
#: Two stations named this near each other, in characters, share the count: "pelvic and para-aortic lymph nodes".
TOGETHER = 20

Span = tuple[int, int]


def n_of_uterus(low: str, counts: Sequence[Count]) -> str | None:
    """N of the corpus: para-aortic nodes N2, pelvic ones N1; None where it is not said which of them are positive.

    Parameters
    ----------
    low : str
        The folded report.
    counts : sequence of Count
        Its counts of nodes.
    """
    stations = set()
    for count in counts:
        if count.positive:
            start = max(low.rfind(mark, max(0, count.start - BEFORE), count.start) for mark in (". ", ";", "\n", "), ")) + 1
            before = low[start : count.end]
            aortic, pelvic = (max((m.end() for m in word.finditer(before)), default=-1) for word in (table.AORTIC, table.PELVIC))
            together = min(aortic, pelvic) >= 0 and abs(aortic - pelvic) < TOGETHER
            stations.add("" if together or aortic == pelvic else "N2" if aortic > pelvic else "N1")
    if "N2" in stations:
        return "N2"
    return "N1" if "" not in stations or not table.AORTIC.search(low) else None


def n_of_lung(low: str, positive: Sequence[Span], negative: Sequence[Span]) -> tuple[str, Span] | None:
    """N of the lung by the farthest station with a positive node, and where it is stated; None where no station is named.

    Hilar, interlobar, lobar and peribronchial nodes (stations 10 to 14) are N1; mediastinal and subcarinal ones (2 to 9) N2;
    supraclavicular, scalene and contralateral ones N3 (AJCC-8, chapter 36; the map of the IASLC).

    Parameters
    ----------
    low : str
        The folded report.
    positive, negative : sequence of (int, int)
        Offsets of the statements about nodes with and without a metastasis.
    """
    ends = sorted(end for _, end in (*positive, *negative))
    found: list[tuple[str, Span]] = []
    unknown = False
    primary = {match["first"] or match["second"] for match in table.PRIMARY_SIDE.finditer(low)}
    for start, end in positive:
        if (verdict := table.VERDICT.search(low, start, _clause_end(low, end))) and verdict["negative"]:
            continue
        last = max((own for own in ends if own <= start), default=0)
        values = _behind(low, start, end, primary) or _in_front(low, max(last, start - BEFORE), start, primary)
        if len(values) == 1:
            found.append((values.pop(), (start, end)))
        else:
            unknown = True
    if not found or (unknown and max(found)[0] == "N1" and table.MEDIASTINAL.search(low)):
        return None
    return max(found, key=lambda one: (one[0], -one[1][0]))


def _clause_end(low: str, at: int) -> int:
    return min([found for mark in (". ", ";", ".\n") if (found := low.find(mark, at, at + BEFORE)) >= 0], default=at + BEFORE)


def _behind(low: str, start: int, end: int, primary: set[str]) -> set[str]:
    """Stations in the statement itself, and between it and the next figure, clause or comma."""
    stop = table.NEXT.search(low, end, end + BEHIND)
    return _values(low, start, stop.start() if stop else min(end + BEHIND, len(low)), primary)


def _in_front(low: str, first: int, start: int, primary: set[str]) -> set[str]:
    """Stations of the heading or of the clause in front of it."""
    first = max(first, *(low.rfind(mark, first, start) + 1 for mark in (". ", ";", "\n\n")))
    return _values(low, first, start, primary)


def _values(low: str, start: int, end: int, primary: set[str]) -> set[str]:
    values = set()
    for match in table.LUNG_STATION.finditer(low, start, end):
        side = match["side"] or {"l": "left", "r": "right"}.get(match["letter"] or "")
        other = side and len(primary) == 1 and side not in primary
        values.add("N3" if other else next(name.upper() for name in ("n1", "n2", "n3") if match[name]))
    return values
