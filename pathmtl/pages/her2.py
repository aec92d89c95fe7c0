"""Figure S2b: confusion matrices side by side."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import by_class, row_shares
from pathmtl.pages.figures import closed
from pathmtl.paper.arithmetic import majority_macro_f1

HER2 = "HER2"
_SHORT = {"Positive": "Pos", "Negative": "Neg", "Equivocal": "Equiv", "no answer": "none"}


def confusion_panels(matrices: Mapping[str, pd.DataFrame]) -> Figure:
    """One matrix a panel: shade and first number are the share of the row (the diagonal is recall), the count stands below.

    matrices: title -> counts (``evaluation.confusion``); rows of classes that never occur stay white.
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
    for (y, x), share in np.ndenumerate(shares.to_numpy(dtype=float)):
        text = f"{share:.2f}\n({counts.iat[y, x]:,})" if not np.isnan(share) else "–"
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color="white" if share > 0.55 else "#111111")
    axes.set_xticks(range(counts.shape[1]), [_SHORT.get(name, name) for name in counts.columns], fontsize=8.5)
    axes.set_yticks(range(len(counts)), [_SHORT.get(name, name) for name in counts.index], fontsize=8.5)
    axes.set_title(title, fontsize=9.5)
    axes.grid(False)


def class_table(matrices: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Recall by class with its Wilson interval and the counts behind it, precision and F1, a block of rows for each matrix."""
    rows = []
    for title, counts in matrices.items():
        for name, row in by_class(counts).iterrows():
            recall = "–"
            if row["n"]:
                low, high = wilson(int(row["found"]), int(row["n"]))
                recall = f"{row['recall']:.3f} ({low:.3f}–{high:.3f})"
            told = {key: "–" if np.isnan(row[key]) else f"{row[key]:.3f}" for key in ("precision", "f1")}
            line = {"Method": title, "Class": name, "Labels": f"{row['n']:,.0f}", "Answers": f"{row['answered']:,.0f}"}
            rows.append({**line, "Recall": recall, "Precision": told["precision"], "F1": told["f1"]})
    return pd.DataFrame(rows)


def constant_score(ratio: float, classes: int) -> float:
    """Macro-F1 of always answering the commonest class, which occurs ``ratio`` times for each of the rest."""
    return majority_macro_f1(ratio / (1 + ratio), classes)
