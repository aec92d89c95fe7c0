"""From words with boxes to lines, from lines to columns, from columns to text.

OCR engines return boxes in order of detection. A page is first cut into rows (boxes that overlap vertically); a run of
rows sharing one white gutter is two columns when both sides read as prose, and is left row by row otherwise: a form
("Tumor size:    2.3 cm") must keep each label with its value.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

_OVERLAP = 0.5  # boxes on one line share half of the smaller height
_GUTTER = 1.3  # a gutter is wider than this many line heights
_COLUMN_LINES = 4  # fewer lines are a table row, not a column
_FILL = 0.6  # the lines of a prose column reach across most of it
_RUN_ON = 0.25  # share of a prose column's lines that begin in lower case, in the middle of a sentence
_FILL_OF_CAPITALS = 0.85  # in a report in capitals: the fill, and the characters per line, that only prose has
_LONG = 20
_TORN_ROWS = 4  # rows whose boxes do not follow each other: this many, and this share of all rows, make a torn page
_TORN_SHARE = 0.2
_PARAGRAPH = 1.9  # a step of this many line heights is a blank line


@dataclass(frozen=True)
class Word:
    """A word or phrase and its box, in pixels from the top left."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: float = 1.0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


Line = list[Word]


def to_text(words: list[Word]) -> str:
    """Return the page's text in reading order: one line per row, blank lines between paragraphs, one column after another."""
    words = [word for word in words if word.text.strip()]
    if not words:
        return ""
    height = median(word.height for word in words)
    return "\n\n".join(_paragraphs(block, height) for block in _blocks(words, height))


def lines(words: list[Word]) -> list[Line]:
    """Group boxes into lines, from top to bottom, each from left to right."""
    rows: list[Line] = []
    for word in sorted(words, key=lambda w: (w.middle, w.x0)):
        best = max(reversed(rows[-6:]), key=lambda row: _shared(row, word), default=None)
        if best is not None and _shared(best, word) >= _OVERLAP:
            best.append(word)
        else:
            rows.append([word])
    rows.sort(key=lambda row: median(word.middle for word in row))
    return [sorted(row, key=lambda w: w.x0) for row in rows]


def is_torn(words: list[Word]) -> bool:
    """Return True if the order of the boxes tears the page's rows apart: all labels of a form, then all of its values.

    A stamp or a note beside the text tears a few rows; a form tears most of them.
    """
    order = {id(word): position for position, word in enumerate(words)}
    rows = lines(words)
    torn = 0
    for row in rows:
        positions = [order[id(word)] for word in row]
        torn += max(positions) - min(positions) >= len(positions)
    return torn >= _TORN_ROWS and torn >= _TORN_SHARE * len(rows)


def has_gutter(words: list[Word]) -> bool:
    """Return True if some rows share a white gutter with words on both sides, by the boxes alone: a quick look for columns."""
    words = [word for word in words if word.x1 > word.x0]
    if not words:
        return False
    rows, height = lines(words), median(word.height for word in words)
    start = 0
    while start < len(rows):
        stop, gutter = _longest_gutter(rows, start, height)
        if gutter and stop - start >= _COLUMN_LINES:
            return True
        start += 1
    return False


def has_columns(words: list[Word]) -> bool:
    """Return True if ``to_text`` reads two columns of prose one after the other."""
    words = [word for word in words if word.text.strip()]
    return bool(words) and len(_blocks(words, median(word.height for word in words))) > 1


def _shared(row: Line, word: Word) -> float:
    """Vertical overlap of a word with its nearest neighbor in a row, as a share of the smaller height.

    The nearest neighbor and not the whole row, because a row climbs on a tilted scan. A word above or below another one,
    overlapping it horizontally, is not on its line.
    """
    near = min(row, key=lambda w: max(w.x0 - word.x1, word.x0 - w.x1, 0.0))
    if min(near.x1, word.x1) - max(near.x0, word.x0) > 0.5 * min(near.x1 - near.x0, word.x1 - word.x0):
        return 0.0
    overlap = min(near.y1, word.y1) - max(near.y0, word.y0)
    return overlap / max(min(near.height, word.height), 1e-6)


def _blocks(words: list[Word], height: float) -> list[list[Line]]:
    """Cut a page into blocks of lines, in reading order."""
    rows = lines(words)
    blocks: list[list[Line]] = []
    single: list[Line] = []
    start = 0
    while start < len(rows):
        stop, gutter = _longest_gutter(rows, start, height)
        columns = _columns(rows[start:stop], gutter) if gutter else None
        if columns is None:
            single.append(rows[start])
            start += 1
            continue
        if single:
            blocks.append(single)
            single = []
        for column in columns:
            blocks.extend(_blocks(column, height))
        start = stop
    if single:
        blocks.append(single)
    return blocks


def _gaps(row: Line, width: float) -> list[tuple[float, float]]:
    """White intervals of a row, including its open margins, that are at least ``width`` wide."""
    edges = [float("-inf")]
    gaps = []
    for word in row:
        gaps.append((edges[-1], word.x0))
        edges.append(max(edges[-1], word.x1))
    gaps.append((edges[-1], float("inf")))
    return [gap for gap in gaps if gap[1] - gap[0] >= width]


def _longest_gutter(rows: list[Line], start: int, height: float) -> tuple[int, tuple[float, float] | None]:
    """The longest run of rows from ``start`` that share a white interval with words on both sides."""
    width = _GUTTER * height
    shared = _gaps(rows[start], width)
    best: tuple[int, tuple[float, float] | None] = (start, None)
    for stop in range(start + 1, len(rows) + 1):
        left = min(word.x0 for row in rows[start:stop] for word in row)
        right = max(word.x1 for row in rows[start:stop] for word in row)
        inside = [gap for gap in shared if gap[0] > left and gap[1] < right]
        if inside:
            best = (stop, max(inside, key=lambda gap: gap[1] - gap[0]))
        if stop == len(rows):
            break
        following = _gaps(rows[stop], width)
        shared = [(max(a, c), min(b, d)) for a, b in shared for c, d in following if min(b, d) - max(a, c) >= width]
        if not shared:
            break
    return best


def _columns(rows: list[Line], gutter: tuple[float, float]) -> tuple[list[Word], list[Word]] | None:
    """The words left and right of a gutter if both sides are prose, otherwise None."""
    cut = (gutter[0] + gutter[1]) / 2
    words = [word for row in rows for word in row]
    left = [word for word in words if (word.x0 + word.x1) / 2 < cut]
    right = [word for word in words if (word.x0 + word.x1) / 2 >= cut]
    return (left, right) if _is_prose(left) and _is_prose(right) else None


def _is_prose(words: list[Word]) -> bool:
    """Whether lines fill their column and run on; labels are short, or each begins with a capital."""
    rows = lines(words)
    if len(rows) < _COLUMN_LINES:
        return False
    width = max(w.x1 for w in words) - min(w.x0 for w in words)
    fill = median(row[-1].x1 - row[0].x0 for row in rows) / width
    run_on = sum(row[0].text[0].islower() for row in rows) / len(rows)
    length = median(sum(len(word.text) + 1 for word in row) for row in rows)
    return (fill >= _FILL and run_on >= _RUN_ON) or (fill >= _FILL_OF_CAPITALS and length >= _LONG)


def _paragraphs(block: list[Line], height: float) -> str:
    text = ""
    previous = None
    for row in block:
        middle = median(word.middle for word in row)
        if previous is not None:
            text += "\n\n" if middle - previous > _PARAGRAPH * height else "\n"
        text += " ".join(word.text.strip() for word in row)
        previous = middle
    return text
