"""Pictures of pages: beside the text read from them, with the boxes of their words, and the strip that a check examines."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from pathmtl.documents.reading_order import Word
from pathmtl.viz.style import COLORS, closed

#: Confidence from which a box has this color, and what the legend says of it.
_CONFIDENCE = ((0.8, "blue", "0.8 and more"), (0.5, "orange", "0.5 to 0.8"), (0.0, "vermilion", "below 0.5"))
_COLUMNS, _LINES = 92, 66  # of text that fit beside a page


def page_and_text(image: np.ndarray, text: str, *, page_title: str, text_title: str) -> Figure:
    """A page beside the text read from it, cut to what fits.

    Parameters
    ----------
    image
        (height, width), uint8, gray levels.
    text
        What was read.
    page_title, text_title
        Titles of the two halves.
    """
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
    """A page with a box around every word or phrase that OCR found, colored by confidence.

    image: (height, width), uint8. words: boxes in pixels with a confidence between 0 and 1.
    """
    figure, axes = plt.subplots(figsize=(7.0, 8.6))
    _page(axes, image, title)
    for word in words:
        color = COLORS[next(name for least, name, _ in _CONFIDENCE if word.confidence >= least)]
        width, height = word.x1 - word.x0, word.y1 - word.y0
        axes.add_patch(Rectangle((word.x0, word.y0), width, height, facecolor=color + "22", edgecolor=color, linewidth=0.9))
    entries = [Patch(facecolor=COLORS[name] + "22", edgecolor=COLORS[name], label=says) for _, name, says in _CONFIDENCE]
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
