"""Figure S2b: confusion matrices side by side, and their recall, precision and F1 in a table."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import by_class, row_shares
from pathmtl.schema import CLASS_ABBREVIATIONS
from pathmtl.viz.style import closed
from pathmtl.viz.tables import share


def confusion_panels(matrices: Mapping[str, pd.DataFrame]) -> Figure:
    """One confusion matrix per panel.

    The shade and the first number of a cell are its share of the row, so that the diagonal is recall; the count is below. Rows
    of classes that never occur stay white.

    Parameters
    ----------
    matrices
        Title -> counts as ``analysis.confusion.confusion`` returns them.
    """
    columns = min(3, len(matrices))
    rows = -(-len(matrices) // columns)
    figure, panels = plt.subplots(rows, columns, figsize=(3.25 * columns, 2.95 * rows), squeeze=False)
    for axes, (title, counts) in zip(panels.flat, matrices.items(), strict=False):
        _matrix(axes, title, counts)
    for axes in list(panels.flat)[len(matrices) :]:
        axes.set_axis_off()
    for row in panels:
        row[0].set_ylabel("Label")
    figure.supxlabel("Answer", fontsize=10)
    return closed(figure)


def _matrix(axes: Axes, title: str, counts: pd.DataFrame) -> None:
    shares = row_shares(counts)
    axes.imshow(shares.fillna(0), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (y, x), value in np.ndenumerate(shares.to_numpy(dtype=float)):
        text = f"{value:.2f}\n({counts.iat[y, x]:,})" if not np.isnan(value) else "–"
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color="white" if value > 0.55 else "#111111")
    axes.set_xticks(range(counts.shape[1]), [CLASS_ABBREVIATIONS.get(name, name) for name in counts.columns], fontsize=8.5)
    axes.set_yticks(range(len(counts)), [CLASS_ABBREVIATIONS.get(name, name) for name in counts.index], fontsize=8.5)
    axes.set_title(title, fontsize=9.5)
    axes.grid(False)


def class_table(matrices: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Recall by class with its Wilson interval, precision and F1 as text, one block of rows per matrix.

    matrices: as in ``confusion_panels``.
    """
    rows = []
    for title, counts in matrices.items():
        for name, row in by_class(counts).iterrows():
            recall = "–"
            if row["n"]:
                low, high = wilson(int(row["found"]), int(row["n"]))
                recall = f"{row['recall']:.3f} ({low:.3f}–{high:.3f})"
            rows.append(
                {
                    "Method": title,
                    "Class": name,
                    "Labels": f"{row['n']:,.0f}",
                    "Answers": f"{row['answered']:,.0f}",
                    "Recall": recall,
                    "Precision": share(row["precision"]),
                    "F1": share(row["f1"]),
                }
            )
    return pd.DataFrame(rows)
