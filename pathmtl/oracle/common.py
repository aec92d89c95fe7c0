"""What the rooms of the oracle hand to each other: a candidate, its rank in the report, and the decision among several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathmtl.oracle import context
from pathmtl.oracle.sections import AMENDED
from pathmtl.oracle.segment import Block
from pathmtl.oracle.stems import places

#: Rule of an N read from a count of nodes: codes outrank it.
COUNTED = "N from node count"
#: Rule of a T read from the stated extent of the tumor: codes outrank it.
EXTENT = "T from stated extent"
#: Longest hint, in characters.
MAX_HINT = 80


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of one stretch of text, with the rule that made it.

    ``value`` is a canonical class, or None for a statement that names none (TX, pending, not performed); ``start`` and ``end``
    are offsets into the report. ``assay`` is "ihc" or "ish" for HER2, else ""; ``focus`` is the tumor that a receptor result is
    for, where the report numbers several. ``inferred`` marks a value that the text does not state itself.
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


@dataclass(frozen=True, slots=True)
class RankedCandidate:
    """A candidate with the block that holds it and the rank of that block's section (lower is better)."""

    candidate: Candidate
    block: Block
    rank: int


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided for one task: the candidate that decided, the value (None: no class), its status, the rule, a note."""

    chosen: RankedCandidate
    value: str | None
    status: str
    rule: str
    note: str


def of_best_rank(ranked: Sequence[RankedCandidate]) -> list[RankedCandidate]:
    """Those of the best section among them; where they are of both sides, of the best section of each."""
    return [one for own in by_side(ranked) for one in own if one.rank == min(other.rank for other in own)]


def by_side(ranked: Sequence[RankedCandidate]) -> list[Sequence[RankedCandidate]]:
    """The readings of each side, where both sides have some: each breast is staged by its own sections (AJCC-8, chapter 48).

    Those without a side stay where their section is the best of all; an amendment outranks both sides.
    """
    sides = [[one for one in ranked if one.block.side == side] for side in ("left", "right")]
    best = min(one.rank for one in ranked)
    if not all(sides) or best == AMENDED:
        return [ranked]
    neither = [one for one in ranked if one.block.side is None and one.rank == best]
    return [own for own in (*sides, neither) if own]


def several_values(ranked: Sequence[RankedCandidate]) -> bool:
    """Whether they disagree."""
    return len({one.candidate.value for one in ranked}) > 1


def one_line(raw: str) -> str:
    """A hint on one line, cut at a word's end after ``MAX_HINT`` characters."""
    line = " ".join(raw.split()).strip(" ,;")
    return line if len(line) <= MAX_HINT else line[:MAX_HINT].rsplit(" ", 1)[0]


def names_any(low: str, words: Sequence[str]) -> bool:
    """Whether one of ``words`` occurs; looking for them is many times faster than a pattern that fails."""
    return any(map(low.__contains__, words))


def historical(low: str, start: int, reach: int = 100) -> bool:
    """Whether a word of history or of clinical staging stands in the clause before ``start``."""
    window = max(0, start - reach)
    if not names_any(low[window:start], context.HISTORY_QUICK):
        return False
    match = context.HISTORY.search(low, window, start)
    return bool(match) and not context.CORRECTED.search(match[0])


def of_family(low: str, start: int) -> bool:
    """Whether the sentence before ``start`` is about a relative of the patient."""
    window = max(0, start - 160)
    before = low[window:start]
    return names_any(before, context.FAMILY_QUICK) and bool(context.FAMILY.search(before))


def taken_back(low: str, start: int, end: int) -> bool:
    """Whether the words around a value deny it, only suppose it, or say that it was replaced (SEER: code what is assigned)."""
    if context.TAKEN_BACK_BEHIND.match(low, end):
        return True
    window = max(0, start - 80)
    before = low[window:start]
    if "would" in before and context.SUPPOSED.search(before):
        first = max(low.rfind(mark, max(0, start - 200), start) for mark in (". ", ";", "\n")) + 1
        close = [at for mark in (". ", ";", "\n") if (at := low.find(mark, end, end + 160)) >= 0]
        last = min(close, default=min(len(low), end + 160))
        return bool(context.CONDITION.search(low, first, start) or context.CONDITION.search(low, end, last))
    return names_any(before, context.TAKEN_BACK_QUICK) and bool(context.TAKEN_BACK.search(before))


def anchored(pattern: re.Pattern, low: str, words: Sequence[str]) -> Iterator[re.Match]:
    """Matches of ``pattern`` that begin at one of ``words``.

    Looking up a plain word is many times faster than trying a pattern at every character of a report.
    """
    found = places(low)
    for word in words:
        for at in found[word]:
            if match := pattern.match(low, at):
                yield match


def of_another(low: str, start: int, receptor: bool) -> bool:
    """Whether the sentence speaks of a relative or, for a receptor, of an earlier tumor ("history of ER-positive carcinoma")."""
    window = max(0, start - 120)
    before = low[window:start]
    if names_any(before, context.RELATIVE_QUICK) and context.RELATIVE.search(before):
        return True
    if not receptor or not names_any(before, context.EARLIER_TUMOR_QUICK):
        return False
    return bool(context.EARLIER_TUMOR.search(before) and context.TUMOR_BEHIND.match(low, start))
