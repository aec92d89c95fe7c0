"""T from the stated extent of the tumor: AJCC's own criterion in words ("tumor extent: muscularis propria" of a colon is T2).

Like a count of nodes, the extent is a statement; a code always outranks it. Organs whose T needs a size give nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator

from pathmtl.oracle.common import EXTENT, Candidate, anchored
from pathmtl.oracle.extent import patterns as table
from pathmtl.oracle.nodes.candidates import site
from pathmtl.oracle.stems import places

#: A phrase this near to the end of its clause, in characters, is what the answer behind the clause answers.
NEAR_END = 12


def extent_candidates(low: str) -> Iterator[Candidate]:
    """Read T from fields of extent and from clauses that carry the tumor into a named structure (AJCC-8, the organ's chapter).

    Parameters
    ----------
    low : str
        The folded report.
    """
    yield from _breast_t4(low)
    if not places(low).any(table.QUICK):
        return
    for pattern, anchors, organs in (
        (table.FIELD, table.FIELD_ANCHORS, table.BY_FIELD),
        (table.VERB, table.VERB_ANCHORS, table.BY_VERB),
    ):
        for match in anchored(pattern, low, anchors):
            depths = organs.get(site(low) or "")
            if not depths:
                break
            if _negated(low, match.start(), match["extent"]):
                continue
            for value, phrases in depths:
                if found := phrases.search(match["extent"]):
                    closes = len(match["extent"]) - found.end() < NEAR_END
                    if closes and table.NEGATED_BEHIND.match(low, match.end()):
                        break
                    if limited := _within_size(low, site(low), value):
                        yield Candidate("T", limited, match.start(), match.start("extent") + found.end(), EXTENT)
                    break


def _within_size(low: str, organ: str | None, value: str) -> str | None:
    """The category where a size limits it (AJCC-8): a lung tumor above 5 cm is beyond T2; liver up to 2 cm is T1a."""
    if (organ, value) not in (("lung", "T2"), ("liver", "T2")):
        return value
    sizes = [float(m["size"].replace(",", ".")) * (10 if m["unit"] == "cm" else 1) for m in table.SIZE.finditer(low)]
    if not sizes:
        return value
    if organ == "lung":
        return value if max(sizes) <= table.LUNG_T2 else None
    return value if max(sizes) > table.LIVER_T1A else "T1"


def _breast_t4(low: str) -> Iterator[Candidate]:
    if not places(low).any(table.BREAST_T4_ANCHORS) or site(low) != "breast":
        return
    for match in table.BREAST_T4.finditer(low):
        if not _negated(low, match.start(), match[0]):
            yield Candidate("T", "T4", match.start(), match.end(), EXTENT)


def _negated(low: str, start: int, extent: str) -> bool:
    """Whether the clause before the match, or the extent itself, takes it back."""
    window = max(0, start - 50)
    window = max(window, *(low.rfind(mark, window, start) + 1 for mark in ".;:"))
    return bool(
        table.NEGATED.search(low, window, start)
        or table.NEGATED.search(extent)
        or table.NOT_BEFORE.search(low, max(0, start - 8), start)
    )
