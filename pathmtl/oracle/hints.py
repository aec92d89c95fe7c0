"""Symbolic hints of the prompt (paper, S1-B): raw strings found by pattern matching, never reconciled into a class.

T, N, M and grade: the raw wording of the reading in the best section. ER and PR: the text of the result behind the marker. HER2:
the fragments of its assays in reading order, concatenated ("IHC 2+, FISH amplified").
"""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl import schema
from pathmtl.oracle.common import COUNTED, EXTENT
from pathmtl.oracle.engine import Placed, candidates
from pathmtl.oracle.receptors import patterns as table

MAX_HINT = 80


def hints(text: str, tasks: Sequence[str] = schema.TASKS) -> dict[str, str]:
    """Raw hint of each task, at most 80 characters on one line; "" where the report has none."""
    placed = candidates(text)
    found = {}
    for task in tasks:
        own = sorted((p for p in placed if p.candidate.task == task), key=lambda p: (p.rank, p.candidate.start))
        found[task] = _her2_hint(own, text) if task == "HER2" else _first_hint(own, text)
    return found


def _first_hint(own: list[Placed], text: str) -> str:
    with_value = [p for p in own if p.candidate.value is not None] or own
    # The raw code is the cue that S1-B describes; a count of nodes or an extent serves where there is none.
    with_value.sort(key=lambda p: p.candidate.rule in (COUNTED, EXTENT))
    return _raw(with_value[0], text) if with_value else ""


def _her2_hint(own: list[Placed], text: str) -> str:
    fragments: list[str] = []
    for placed in own:
        fragment = _raw(placed, text)
        if fragment and not any(fragment in kept for kept in fragments):
            fragments = [kept for kept in fragments if kept not in fragment] + [fragment]
    return _short(", ".join(fragments))


def _raw(placed: Placed, text: str) -> str:
    """The evidence; of a receptor the part behind its name, or the whole where the result stands in front."""
    reading = placed.candidate
    raw = text[reading.start : reading.end]
    if reading.task in schema.BIOMARKERS:
        raw = _behind_names(raw) or raw
    return _short(raw)


def _behind_names(raw: str) -> str:
    last = 0
    for match in table.MARKER.finditer(raw.lower()):
        if match.lastgroup != "ISH":
            last = match.end()
    return raw[last:].strip(" \t\n:.,;-=/")


def _short(raw: str) -> str:
    line = " ".join(raw.split()).strip(" ,;")
    return line if len(line) <= MAX_HINT else line[:MAX_HINT].rsplit(" ", 1)[0]
