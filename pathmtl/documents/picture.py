"""Does a text layer say what the picture shows? First by the ink, which is free, then by OCR of a small sample.

A scanner's OCR layer lies under or over a full-page picture. A wrong layer (of another document, a stamp, a header) reads as
good text, so only the picture can show that it is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from itertools import pairwise

import numpy as np

Box = tuple[float, float, float, float]

DARK = 160  # gray levels below this are ink
_BLOCK = 24  # a page is examined in blocks of this many pixels
_BLOCK_INK = 0.04  # share of ink that makes a block printed: a letter's stroke, not a speck of dust
_MIN_BLOCKS = 2  # printed blocks of the shortest text
MIN_COVERED = 0.2  # with a smaller share of the ink under its boxes, a layer is another text; stamps and frames are ink too
# Share of sampled words that the layer has beside the same neighbors. On synthetic reports, another report's layer has 0.2, at
# most 0.57; the right one, with 5 % of the letters misread in both, at least 0.64. Too high costs OCR; too low, wrong labels.
MIN_AGREEMENT = 0.6
_REACH = 2  # one word between neighbors may be lost
_ZONES = 3  # parts of the page that are sampled
_LINES_A_ZONE = 2  # printed lines from each
_RULE = 0.6  # rows darker than this are rules and black margins
_LINE_INK = 0.002  # rows lighter than this are white between lines
_SHORTEST, _TALLEST = 6, 60  # pixels of a printed line
_SPACE = 14  # white pixels between the sampled lines
_MIN_WORDS = 6  # fewer sampled words prove nothing
_WORD = re.compile(r"[A-Za-z0-9]{3,}")


def printed_box(image: np.ndarray) -> tuple[int, int, int, int] | None:
    """Return the box (top, bottom, left, right), in pixels, of everything printed, with a margin; None for a blank page.

    Specks are ignored: a block counts as printed if enough of it is ink.
    """
    height, width = image.shape
    padded = np.zeros((-(-height // _BLOCK) * _BLOCK, -(-width // _BLOCK) * _BLOCK), dtype=bool)
    padded[:height, :width] = image < DARK
    shares = padded.reshape(padded.shape[0] // _BLOCK, _BLOCK, -1, _BLOCK).mean(axis=(1, 3))
    rows, columns = np.nonzero(shares > _BLOCK_INK)
    if len(rows) < _MIN_BLOCKS:
        return None
    return (
        max(0, int(rows.min() - 1) * _BLOCK),
        min(height, int(rows.max() + 2) * _BLOCK),
        max(0, int(columns.min() - 1) * _BLOCK),
        min(width, int(columns.max() + 2) * _BLOCK),
    )


def is_blank(image: np.ndarray) -> bool:
    """Return True for a page with nothing on it but specks."""
    return printed_box(image) is None


def covered_ink(image: np.ndarray, boxes: list[Box]) -> float:
    """Return the share of the picture's ink under the text layer's boxes (with slack), 0 to 1; 1 if there is no ink."""
    dark = image < DARK
    total = int(dark.sum())
    if total == 0:
        return 1.0
    height, width = dark.shape
    seen = np.zeros_like(dark)
    for x0, y0, x1, y1 in boxes:
        slack = 0.3 * (y1 - y0)
        top, bottom = _pixels(y0 - slack, y1 + slack, height)
        left, right = _pixels(x0 - slack, x1 + slack, width)
        seen[top:bottom, left:right] = True
    return int((dark & seen).sum()) / total


def _pixels(low: float, high: float, size: int) -> tuple[int, int]:
    return max(0, int(low * size)), min(size, int(np.ceil(high * size)))


def sample(image: np.ndarray) -> np.ndarray:
    """Stack the printed lines with the most ink, some from each part of the page, into one small picture."""
    share = (image < DARK).mean(axis=1)
    share[share > _RULE] = 0.0
    zones = np.linspace(0, len(share), _ZONES + 1)
    white = np.full((_SPACE, image.shape[1]), 255, dtype=np.uint8)
    parts = []
    lines = _printed_lines(share > _LINE_INK, max(_TALLEST, int(0.04 * len(share))))
    for low, high in pairwise(zones):
        here = sorted((line for line in lines if low <= line[0] < high), key=lambda line: -share[line[0] : line[1]].sum())
        for top, bottom in sorted(here[:_LINES_A_ZONE]):
            parts += [white, image[max(0, top - 3) : bottom + 3]]
    return np.vstack([*parts, white]) if parts else image[:0]


def _printed_lines(printed: np.ndarray, tallest: int) -> list[tuple[int, int]]:
    """Runs of printed rows as (top, bottom), cut at ``tallest`` if a tilted page has no white between its lines."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], printed.astype(np.int8), [0]))))
    return [(int(top), int(min(bottom, top + tallest))) for top, bottom in edges.reshape(-1, 2) if bottom - top >= _SHORTEST]


def agreement(sampled: str, layer: str) -> float | None:
    """Compare words sampled from the picture with a text layer.

    Words alone prove little: two pathology reports share up to three quarters of their words, but not their neighbors.

    Returns
    -------
    float or None
        Share of the sampled words (three characters or more) that the layer has beside the same neighbor, 0 to 1, allowing
        spelling errors; None if there are too few words.
    """
    words = [word.lower() for word in _WORD.findall(sampled)]
    if len(words) < _MIN_WORDS:
        return None
    sequence = [word.lower() for word in _WORD.findall(layer)]
    known = set(sequence)
    neighbors = {(word, other) for i, word in enumerate(sequence) for other in sequence[i + 1 : i + 1 + _REACH]}
    same = {word: {word} if word in known else _nearly(word, known) for word in set(words)}
    beside = [any((x, y) in neighbors for x in same[a] for y in same[b]) for a, b in pairwise(words)]
    agreeing = sum(before or behind for before, behind in zip([False, *beside], [*beside, False], strict=True))
    return agreeing / len(words)


def _nearly(word: str, known: set[str]) -> set[str]:
    """The known words that differ from ``word`` by no more than typical OCR errors."""
    matcher = SequenceMatcher(autojunk=False)
    matcher.set_seq2(word)
    near = set()
    for other in known:
        if abs(len(other) - len(word)) <= 2:
            matcher.set_seq1(other)
            if matcher.quick_ratio() >= 0.75 and matcher.ratio() >= 0.75:
                near.add(other)
    return near


def uncovered(image: np.ndarray, boxes: list[Box]) -> str:
    """Say why a text layer does not belong to this picture, judged by its boxes; empty if they lie on the ink."""
    covered = covered_ink(image, boxes)
    return f"text layer covers {covered:.0%} of the ink" if covered < MIN_COVERED else ""


def misread(image: np.ndarray, layer: str, read: Callable[[np.ndarray], str]) -> str:
    """Say why a text layer does not belong to this picture, judged by OCR (``read``) of a sample; empty if they agree."""
    strips = sample(image)
    share = agreement(read(strips), layer) if strips.size else None
    if share is None or share >= MIN_AGREEMENT:
        return ""
    return f"text layer has {share:.0%} of the words sampled from the picture, in their order"
