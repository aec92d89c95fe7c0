"""One style for every plot: safe for color-blind readers, opaque (for dark mode), and readable in print."""

from __future__ import annotations

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from pathmtl.viz.colors import COLORS

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
