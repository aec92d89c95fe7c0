"""Hints of the receptors (paper, S1-B): the text of a result behind the marker's name; of HER2, all its assays in a row."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl.oracle.common import RankedCandidate, one_line
from pathmtl.oracle.receptors import patterns as table


def her2_hint(ranked: Sequence[RankedCandidate], text: str) -> str:
    """Fragments of every HER2 result in the given order, none inside another: "IHC 2+, FISH amplified"."""
    fragments: list[str] = []
    for one in ranked:
        fragment = one_line(result_text(one, text))
        if fragment and not any(fragment in other for other in fragments):
            fragments = [other for other in fragments if other not in fragment] + [fragment]
    return ", ".join(fragments)


def result_text(ranked: RankedCandidate, text: str) -> str:
    """The evidence behind the marker's name, or all of it where the result stands in front."""
    raw = text[ranked.candidate.start : ranked.candidate.end]
    ends = [match.end() for match in table.MARKER.finditer(raw.lower()) if match.lastgroup != "ISH"]
    return raw[ends[-1] if ends else 0 :].strip(" \t\n:.,;-=/") or raw
