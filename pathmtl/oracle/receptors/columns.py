"""Receptors of a table whose lines were lost: the n-th result behind a header belongs to the n-th name of the header.

Where there are not as many results as names, nobody knows which is whose, and the table gives none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pathmtl.oracle.common import Candidate
from pathmtl.oracle.receptors import column_patterns as table
from pathmtl.oracle.receptors.her2_ihc import her2_results
from pathmtl.oracle.receptors.hormone import hormone_result

#: Most columns that a table may have, ours and others.
WIDEST = 8


@dataclass(frozen=True, slots=True)
class Cell:
    """One result behind a header, and its kind: word, figure or sign; ``parted``: a line or a sentence ends before it."""

    start: int
    end: int
    kind: str
    parted: bool


def header(low: str, groups: Sequence[Sequence[re.Match]], index: int) -> int:
    """How many groups of marker names, from ``index`` on, follow each other without a result between them."""
    last = index
    while last + 1 < len(groups) and last - index < WIDEST:
        start, end = groups[last][-1].end(), groups[last + 1][0].start()
        if end - start > 60 or not (start == end or table.GAP.fullmatch(low, start, end)):
            break
        last += 1
    return last - index + 1


def read_columns(low: str, marks: Sequence[re.Match], stop: int) -> list[Candidate] | None:
    """Results of a header of ``marks`` (names in order); empty if they cannot be told apart, None if there is no table."""
    names, end = _names(low, marks, stop)
    if not 2 <= len(names) <= WIDEST:
        return None
    cells = list(_cells(low, end, stop))
    rows = _rows(cells)
    if len(rows) < 2 and len(cells) != len(names):
        return None  # one result, which is that of the last name or that of all
    columns = _columns(cells, rows, len(names))
    found: list[Candidate] = []
    for name, own in zip(names, columns, strict=False):
        found += _read(low, name, own)
    return found


def _names(low: str, marks: Sequence[re.Match], stop: int) -> tuple[list[str], int]:
    """The columns in order ("ISH" is HER2 by hybridization, "" another marker), and where the results begin."""
    names: list[str] = []
    end = marks[0].start()
    for mark in marks:
        between = low[end : mark.start()]
        names += [""] * sum(1 for _ in table.OTHER.finditer(between))
        name = str(mark.lastgroup)
        if name == "ISH" and names and names[-1] == "HER2" and table.SAME_COLUMN.fullmatch(between):
            names[-1] = "ISH"
        else:
            names.append(name)
        end = mark.end()
    if behind := table.BEHIND.match(low, end, stop):
        names += [""] * sum(1 for _ in table.OTHER.finditer(behind[0]))
        end = behind.end()
    if lead := table.LEAD.match(low, end, stop):
        end = lead.end()
    return names, end


def _cells(low: str, at: int, stop: int) -> Iterator[Cell]:
    previous = at
    while match := table.CELL.match(low, at, stop):
        if not table.CLOSED.match(low, match.end(), stop):
            return
        yield Cell(at, match.end(), str(match.lastgroup), bool(table.LINE.search(low, previous, at)))
        previous = match.end()
        at = table.COMMA.match(low, previous, stop).end()


def _rows(cells: list[Cell]) -> list[list[Cell]]:
    """The cells with figures joined to the word before them: "Positive 95% Negative 0%" is two results."""
    rows: list[list[Cell]] = []
    for cell in cells:
        if cell.kind == "figure" and rows and rows[-1][0].kind == "word" and not cell.parted:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return rows


def _columns(cells: list[Cell], rows: list[list[Cell]], count: int) -> list[list[Cell]]:
    """The cells of each column; none where their number does not fit."""
    kinds = [cell.kind for cell in cells]
    parted = all(cell.parted for cell in cells[1:])  # a figure and a word side by side may be one result
    if len(cells) == count and (len(set(kinds)) == 1 or parted or count > 2):
        return [[cell] for cell in cells]
    if len(rows) == count and len({row[0].kind for row in rows}) == 1:
        return rows
    if cells and len(cells) % count == 0 and len(set(kinds[:count])) == 1 and kinds[count] != kinds[0]:
        return [cells[column::count] for column in range(count)]
    return []


def _read(low: str, name: str, cells: list[Cell]) -> Iterator[Candidate]:
    result = " ".join(low[cell.start : cell.end] for cell in cells)
    start, end = cells[0].start, cells[0].end
    if name in ("ER", "PR"):
        if found := hormone_result("", result):
            yield Candidate(name, found[0], start, end, f"{name} {'column of results' if found[0] else found[2]}")
    elif name:
        for value, _, assay, rule in her2_results("", result, name == "ISH"):
            yield Candidate("HER2", value, start, end, f"HER2 {rule}", assay=assay)
