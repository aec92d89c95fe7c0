"""Tables whose cells were read line by line: a line of names over a line of values becomes "name: value".

PDF readers and OCR give a table of three columns as lines of three cells. Each such pair of lines is written anew, in the same
number of characters, so that all offsets outside it stay; offsets inside are taken back to the value's own place.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate, pairwise

from pathmtl.oracle.canonical import fold
from pathmtl.oracle.receptors import column_patterns as table
from pathmtl.oracle.receptors.patterns import METHOD

#: A longer cell is prose.
LONGEST_NAME = 70


@dataclass(frozen=True, slots=True)
class Piece:
    """A value's place in the unfolded text (from its name on) and in the report; ``value``: where it begins in the former."""

    start: int
    value: int
    end: int
    origin: int


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A report with its tables unfolded, of the same length, and the values that moved, in order."""

    text: str
    pieces: tuple[Piece, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the unfolded text stands in the report; of a name and its value, the value."""
        first, last = self._piece(start), self._piece(end - 1)
        begin = start if first is None else first.origin + max(start - first.value, 0)
        finish = end if last is None else last.origin + max(end - last.value, 0)
        if first is not last and last is not None:
            begin = min(begin, last.origin)
        return begin, max(begin, finish)

    def _piece(self, offset: int) -> Piece | None:
        index = bisect_right(self.pieces, offset, key=lambda piece: piece.start) - 1
        piece = self.pieces[index] if index >= 0 else None
        return piece if piece and offset < piece.end else None


def unfold(text: str) -> Unfolded:
    """Write each line of names and its line of values as names with their values.

    Parameters
    ----------
    text : str
        The report.

    Returns
    -------
    Unfolded
        The new text, of the same length, and where each moved value came from.
    """
    lines = text.split("\n")
    rows = [index for index, line in enumerate(lines) if "  " in line or "\t" in line or "|" in line]
    pairs = [index for index, following in pairwise(rows) if following == index + 1]
    if not pairs:
        return Unfolded(text, ())
    starts = [0, *accumulate(len(line) + 1 for line in lines)]
    cells = {index: _cells(text, starts[index], starts[index + 1] - 1) for index in {*pairs, *(index + 1 for index in pairs)}}
    out, pieces, free = text, [], 0
    for index in pairs:
        names, values = cells[index], cells[index + 1]
        if index < free or len(names) < 2 or len(names) != len(values) or not _are_names([text[a:b] for a, b in names]):
            continue
        start, end = starts[index], starts[index + 2] - 1
        row = [(text[a:b].rstrip(" :"), text[c:d], c) for (a, b), (c, d) in zip(names, values, strict=True)]
        # Between tabs there is room for the colon alone.
        colon = ": " if sum(len(name) + len(value) + 3 for name, value, _ in row) - 1 <= end - start else ":"
        written = "\n".join(f"{name}{colon}{value}" for name, value, _ in row)
        if len(written) <= end - start:
            out = out[:start] + written.ljust(end - start) + out[end:]
            at = start
            for name, value, origin in row:
                begin = at + len(name) + len(colon)
                pieces.append(Piece(at, begin, begin + len(value), origin))
                at = begin + len(value) + 1
            free = index + 2
    return Unfolded(out, tuple(pieces))


def _cells(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Offsets of a line's cells; a line of one cell has none."""
    while start < end and text[start] in " \t|":
        start += 1
    while end > start and text[end - 1] in " \t|":
        end -= 1
    if not (text.find("  ", start, end) >= 0 or text.find("\t", start, end) >= 0 or text.find("|", start, end) >= 0):
        return []
    cells = []
    for gap in table.CELL_GAP.finditer(text, start, end):
        cells.append((start, gap.start()))
        start = gap.end()
    return [*cells, (start, end)]


def _are_names(cells: list[str]) -> bool:
    folded = [METHOD.sub("", fold(cell)) for cell in cells]
    if any(len(cell) > LONGEST_NAME for cell in folded):
        return False
    ours = sum(bool(table.LABEL.search(cell)) for cell in folded)
    # Two cells are more often a name with its value: only names of ours make them a line of names.
    return ours >= (2 if len(cells) == 2 else 1) and not any(table.NO_LABEL.search(table.NAMED.sub("", cell)) for cell in folded)
