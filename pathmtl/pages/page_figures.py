"""Pictures of pages: what was read off them beside them, the boxes of words on them, the lines a check looks at."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from pathmtl.documents.reading_order import Word
from pathmtl.pages.figures import COLOURS, closed

#: Confidence from which a box has this colour, and what the legend says of it.
_CONFIDENCE = ((0.8, "blue", "0.8 and more"), (0.5, "orange", "0.5 to 0.8"), (0.0, "vermilion", "below 0.5"))
_COLUMNS, _LINES = 92, 66  # of text that fit beside a page


def page_and_text(image: np.ndarray, text: str, *, page_title: str, text_title: str) -> Figure:
    """A page (height, width), uint8, and beside it the text that was read off it, cut where it no longer fits."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(10.0, 6.6))
    _page(left, image, page_title)
    right.set_title(text_title, fontsize=9.5)
    right.set_axis_off()
    lines = [part for line in text.split("\n") for part in (textwrap.wrap(line, _COLUMNS) or [""])]
    if len(lines) > _LINES:
        lines = [*lines[: _LINES - 1], "[…]"]
    right.text(0, 1, "\n".join(line.replace("$", r"\$") for line in lines), va="top", family="monospace", fontsize=5.2)
    return closed(figure)


def boxes_on_page(image: np.ndarray, words: Sequence[Word], title: str) -> Figure:
    """A page with a box around every word or phrase that OCR found, coloured by its confidence."""
    figure, axes = plt.subplots(figsize=(7.0, 8.6))
    _page(axes, image, title)
    for word in words:
        colour = COLOURS[next(name for least, name, _ in _CONFIDENCE if word.confidence >= least)]
        width, height = word.x1 - word.x0, word.y1 - word.y0
        axes.add_patch(Rectangle((word.x0, word.y0), width, height, facecolor=colour + "22", edgecolor=colour, linewidth=0.9))
    entries = [Patch(facecolor=COLOURS[name] + "22", edgecolor=COLOURS[name], label=says) for _, name, says in _CONFIDENCE]
    figure.legend(handles=entries, loc="outside lower center", ncols=3, fontsize=8.5, title="Confidence of the box")
    return closed(figure)


def strip_of_page(strips: np.ndarray, title: str) -> Figure:
    """The lines of a page that a check looks at, as one picture."""
    height, width = strips.shape
    figure, axes = plt.subplots(figsize=(8.0, max(1.2, 8.0 * height / max(width, 1) + 0.5)))
    _page(axes, strips, title)
    return closed(figure)


def _page(axes: Axes, image: np.ndarray, title: str) -> None:
    axes.imshow(image, cmap="gray", vmin=0, vmax=255)
    axes.set_title(title, fontsize=9.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(False)
    for side in axes.spines.values():
        side.set_visible(True)
        side.set_color("#bbbbbb")
