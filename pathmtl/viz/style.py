"""One style for every plot: safe for color-blind readers, opaque (for dark mode), and readable in print."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pathmtl.schema import CLASSES

#: The palette of Okabe and Ito (2008), distinguishable under every common color vision deficiency and in grayscale.
COLORS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "gray": "#666666",
}
#: One color per task.
TASK_COLORS = dict(zip(CLASSES, COLORS.values(), strict=True))
#: Color and marker of each method that appears on several pages.
METHOD_STYLE = {"naive": (COLORS["orange"], "s"), "lora": (COLORS["blue"], "o"), "oracle": (COLORS["green"], "D")}
#: For methods without a style of their own, in order.
OTHER_STYLES = [
    (COLORS[name], marker) for name, marker in zip(("vermilion", "purple", "sky", "gray", "orange"), "^v<>P", strict=True)
]


def use_style() -> None:
    """Set the book's matplotlib defaults. Call it once per notebook."""
    plt.rcParams.update(
        {
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.dpi": 110,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e5e5e5",
            "grid.linewidth": 0.8,
            "axes.axisbelow": True,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
        }
    )


def closed(figure: Figure) -> Figure:
    """Close a figure and return it: a notebook shows an open figure twice, as the cell's value and again when the cell ends."""
    plt.close(figure)
    return figure
