"""Replace the identifiers in a report by typed tags (paper, Supplementary Appendix I; HIPAA Safe Harbor, 45 CFR 164.514(b)(2)).

``RECOGNIZERS`` propose spans. Where spans overlap, the more specific kind wins (the order of ``KINDS``). What medicine needs
(``PROTECTED``: sizes, percentages, TNM, scores, counts) is never replaced. This is repeated on its own output until nothing more
is found, so ``deidentify`` is idempotent by construction.

Our recognizers read a report once, word by word. A word that can open an identifier (``MRN``, ``Dr``, ``Hospital``, a month, a
given name) calls the rules for it, and runs of digits call the rules for numbers. The cost therefore grows with the number of
suspicious places, not with the number of rules.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from pathmtl.deid import patterns as table
from pathmtl.deid.hl7 import hl7
from pathmtl.deid.identifiers import digits_restored, emails, labeled, numbers, shapes
from pathmtl.deid.patterns import KINDS
from pathmtl.deid.people import people
from pathmtl.deid.spans import Recognizer, Span

__all__ = ["KINDS", "RECOGNIZERS", "Deidentified", "Recognizer", "Span", "deidentify"]

RECOGNIZERS: tuple[Recognizer, ...] = (numbers, labeled, shapes, hl7, people, emails)
_NEAR = 24  # characters on both sides of a span within which a protected span that overlaps it starts and ends
_RANK = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Deidentified:
    """A report without its identifiers.

    Attributes
    ----------
    text : str
        The report with a tag such as ``[NAME]`` in place of each identifier.
    redactions : tuple of Span
        The identifiers, as offsets into the source text, in order.
    """

    text: str
    redactions: tuple[Span, ...]

    def to_source(self, offset: int) -> int:
        """Return the offset in the source of an offset into ``text``; within a tag, the start of what the tag replaces."""
        starts, shifts = self._shifts()
        at = bisect_right(starts, offset) - 1
        if at < 0:
            return offset
        redaction = self.redactions[at]
        into = offset - starts[at]
        return redaction.start if into < len(redaction.kind) + 2 else offset + shifts[at]

    def _shifts(self) -> tuple[list[int], list[int]]:
        """Where each tag starts in ``text``, and what to add to an offset after it."""
        starts, shifts, shift = [], [], 0
        for redaction in self.redactions:
            starts.append(redaction.start - shift)
            shift += redaction.end - redaction.start - len(redaction.kind) - 2
            shifts.append(shift)
        return starts, shifts


def deidentify(text: str, recognizers: Iterable[Recognizer] = RECOGNIZERS) -> Deidentified:
    """Replace the identifiers in one report by typed tags (paper, S1).

    Parameters
    ----------
    text : str
        One report, as extracted. It may already contain tags.
    recognizers : iterable of Recognizer
        What finds identifiers; add your own to ``RECOGNIZERS``.

    Returns
    -------
    Deidentified
        The tagged text, and the redactions as offsets into ``text``. De-identifying the tagged text again changes nothing.

    Raises
    ------
    ValueError
        A recognizer returned a kind that is not in ``KINDS``.

    Examples
    --------
    >>> deidentify("Patient: FIELDING, MARGOT. MRN: 4471902. Stage pT2 pN0.").text
    'Patient: [NAME]. MRN: [MRN]. Stage pT2 pN0.'
    """
    recognizers = tuple(recognizers)
    redactions: tuple[Span, ...] = ()
    current = text
    while spans := _find(current, recognizers):
        view = Deidentified(current, redactions)
        mapped = [Span(view.to_source(start), view.to_source(end - 1) + 1, kind) for start, end, kind in spans]
        redactions = tuple(sorted([*redactions, *mapped]))
        current = _apply(text, redactions)
    return Deidentified(current, redactions)


def _apply(text: str, redactions: tuple[Span, ...]) -> str:
    out, at = [], 0
    for redaction in redactions:
        out += (text[at : redaction.start], f"[{redaction.kind}]")
        at = redaction.end
    out.append(text[at:])
    return "".join(out)


def _find(text: str, recognizers: tuple[Recognizer, ...]) -> list[Span]:
    """Spans that overlap neither each other, nor a tag, nor a protected span; in text order."""
    candidates = [span for recognizer in recognizers for span in recognizer(text)]
    if unknown := {span.kind for span in candidates} - _RANK.keys():
        raise ValueError(f"a recognizer returned the kind {min(unknown)!r}: use one of {', '.join(KINDS)}")
    if not candidates:
        return []
    taken = [match.span() for match in table.TAG.finditer(text)] if "[" in text else []
    accepted = []
    for start, end, kind in sorted(candidates, key=lambda span: (_RANK[span.kind], span.start - span.end, span.start)):
        for piece in _outside(text, start, end, taken):
            if kind in table.UNPROTECTED or not _protected(text, *piece):
                taken.append(piece)
                accepted.append(Span(*piece, kind))
    return sorted(accepted)


def _outside(text: str, start: int, end: int, taken: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """What is left of a span beside those that stronger kinds have taken: pieces with at least two letters or digits."""
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
    near = table.PROTECTED.finditer(digits_restored(text[before : end + _NEAR]))
    return any(match.start() < end - before and start - before < match.end() for match in near)
