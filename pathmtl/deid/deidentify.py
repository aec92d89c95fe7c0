"""Replace the identifiers in a report by typed tags (paper, Supplementary Appendix I; HIPAA Safe Harbor, 45 CFR 164.514(b)(2)).

A report is read once, word by word; a word that can open an identifier (``MRN``, ``Dr``, ``Hospital``, a month, a given name)
calls the rules for it, and runs of digits call the rules for numbers. So the cost grows with the suspicious places and not with
the number of rules. Where finds overlap the more specific kind wins (the order of ``KINDS``). What medicine needs (``PROTECTED``:
sizes, percentages, TNM, scores, counts) is never replaced. Reading repeats on its own output until nothing is found, so
``deidentify`` is idempotent by construction.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from pathmtl.deid import identifiers
from pathmtl.deid import patterns as table
from pathmtl.deid.anchors import anchors
from pathmtl.deid.patterns import KINDS
from pathmtl.deid.people import people

__all__ = ["KINDS", "Deidentified", "Redaction", "deidentify"]

_NEAR = 24  # characters beside a find in which a protected span that overlaps it starts and ends
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Redaction:
    """``source[start:end]`` was an identifier of this kind (one of ``KINDS``)."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A report without its identifiers: ``text`` holds a tag such as ``[NAME]`` for each of ``redactions``, in source order."""

    text: str
    redactions: tuple[Redaction, ...]

    def to_source(self, offset: int) -> int:
        """The source offset of an offset into ``text``; within a tag, the start of what it replaces."""
        starts, shifts = self._shifts()
        at = bisect_right(starts, offset) - 1
        if at < 0:
            return offset
        redaction = self.redactions[at]
        into = offset - starts[at]
        return redaction.start if into < len(redaction.kind) + 2 else offset + shifts[at]

    def _shifts(self) -> tuple[list[int], list[int]]:
        """Where each tag starts in ``text``, and what to add to an offset behind it."""
        starts, shifts, shift = [], [], 0
        for redaction in self.redactions:
            starts.append(redaction.start - shift)
            shift += redaction.end - redaction.start - len(redaction.kind) - 2
            shifts.append(shift)
        return starts, shifts


def deidentify(text: str) -> Deidentified:
    """Replace identifiers by typed tags.

    Args:
        text: one report, as extracted; may already hold tags.

    Returns:
        The tagged text, and the redactions as offsets into ``text``. Applying it again to the tagged text changes nothing.
    """
    redactions: tuple[Redaction, ...] = ()
    current = text
    while found := _find(current):
        view = Deidentified(current, redactions)
        mapped = [Redaction(view.to_source(start), view.to_source(end - 1) + 1, kind) for start, end, kind in found]
        redactions = tuple(sorted([*redactions, *mapped], key=lambda r: r.start))
        current = _apply(text, redactions)
    return Deidentified(current, redactions)


def _apply(text: str, redactions: tuple[Redaction, ...]) -> str:
    out, at = [], 0
    for redaction in redactions:
        out += (text[at : redaction.start], f"[{redaction.kind}]")
        at = redaction.end
    out.append(text[at:])
    return "".join(out)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    seen = anchors(text)
    yield from identifiers.numbers(text)
    for rule, places in seen.places.items():
        for start, end in places:
            yield from identifiers.RULES[rule](text, start, end)
    yield from people(text, seen)
    yield from identifiers.unanchored(text)


def _find(text: str) -> list[tuple[int, int, str]]:
    """Finds that overlap neither each other, nor a tag, nor a protected span; in text order."""
    finds = sorted(_candidates(text), key=lambda find: (_RANK[find[2]], find[0] - find[1], find[0]))
    if not finds:
        return []
    taken = [match.span() for match in table.TAG.finditer(text)] if "[" in text else []
    accepted = []
    for start, end, kind in finds:
        for piece in _outside(text, start, end, taken):
            if kind in table.UNPROTECTED or not _protected(text, *piece):
                taken.append(piece)
                accepted.append((*piece, kind))
    return sorted(accepted)


def _outside(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What a find keeps of its span beside what stronger finds have taken: pieces with at least two letters or digits."""
    overlaps = sorted(span for span in taken if span[0] < end and start < span[1])
    edges = [start, *(edge for span in overlaps for edge in span), end]
    pieces = []
    for left, right in zip(edges[::2], edges[1::2], strict=True):
        if overlaps:
            while left < right and not text[left].isalnum():
                left += 1
            while left < right and not text[right - 1].isalnum():
                right -= 1
        if left < right and (not overlaps or sum(map(str.isalnum, text[left:right])) > 1):
            pieces.append((left, right))
    return pieces


def _protected(text: str, start: int, end: int) -> bool:
    before = max(0, start - _NEAR)
    near = table.PROTECTED.finditer(identifiers.mend_digits(text[before : end + _NEAR]))
    return any(match.start() < end - before and start - before < match.end() for match in near)
