"""The candidate: one reading of one stretch of text, with the rule that made it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathmtl.oracle import context

#: Rule of an N read off a count of nodes: codes outrank it.
COUNTED = "N from node count"
#: Rule of a T read off the stated extent of the tumour: codes outrank it.
EXTENT = "T from stated extent"


@dataclass(frozen=True, slots=True)
class Candidate:
    """``value`` is a canonical class, or None for a statement that names none (TX, pending, not performed).

    ``assay`` is "ihc" or "ish" for HER2, else ""; ``focus`` the tumour that a receptor's result is for, where the report numbers
    several. ``inferred`` marks a value that the text does not state itself.
    """

    task: str
    value: str | None
    start: int
    end: int
    rule: str
    inferred: bool = False
    assay: str = ""
    note: str = ""
    focus: str = ""


def historical(low: str, start: int, reach: int = 100) -> bool:
    """Whether a word of history or of clinical staging stands in the clause before ``start``."""
    window = max(0, start - reach)
    before = low[window:start]
    for word in context.HISTORY_QUICK:
        if word in before:
            return bool(context.HISTORY.search(low, window, start))
    return False


def anchored(pattern: re.Pattern, low: str, words: Sequence[str]) -> Iterator[re.Match]:
    """Matches of ``pattern`` that begin at one of ``words``.

    Looking for a plain word is many times faster than trying a pattern at every character of a report.
    """
    for word in words:
        at = low.find(word)
        while at >= 0:
            match = pattern.match(low, at)
            if match:
                yield match
            at = low.find(word, at + 1)
