"""One figure that opens a page: overall scores of several methods beside the paper's, and cost against score."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.schema import OVERALL
from pathmtl.viz.style import COLORS, METHOD_STYLE, OTHER_STYLES, closed


def overall_dots(
    tables: Mapping[str, pd.DataFrame],
    names: Mapping[str, str],
    printed: Mapping[str, float] | None = None,
    metric: str = "macro_f1",
) -> Figure:
    """One row per method: its overall score with the 95 % interval, and a hollow diamond for what the paper prints.

    Parameters
    ----------
    tables
        Row -> scores as ``analysis.evaluate.scores`` returns them.
    names
        Row -> its name.
    printed
        Row -> the paper's score; rows without one have no diamond.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    """
    rows = [row for row, table in tables.items() if OVERALL in table.index and pd.notna(table.loc[OVERALL, metric])][::-1]
    figure, axes = plt.subplots(figsize=(7.2, 0.42 * max(len(rows), 2) + 1.3))
    for y, row in enumerate(rows):
        value, low, high = tables[row].loc[OVERALL, [metric, f"{metric}_low", f"{metric}_high"]]
        axes.errorbar(
            value,
            y,
            xerr=np.abs([[value - min(low, value)], [max(high, value) - value]]),
            fmt="o",
            color=COLORS["blue"],
            capsize=2.5,
            label="here, with its 95 % interval" if y == 0 else None,
        )
    known = [(printed[row], y) for y, row in enumerate(rows) if printed and row in printed]
    if known:
        axes.plot(*zip(*known, strict=True), "D", mfc="none", mec=COLORS["orange"], markersize=9, label="the paper")
    axes.set_yticks(range(len(rows)), [names[row] for row in rows])
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.set_xlim(0, 1.03)
    axes.set_xlabel(f"{METRIC_TITLES[metric]}, mean over the paper's six tasks")
    if rows:
        figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def cost_against_score(points: pd.DataFrame, cost_title: str) -> Figure:
    """Cost on a logarithmic axis against overall macro-F1, one mark per method; hollow marks are the paper's.

    Parameters
    ----------
    points
        Columns method (its name), row, cost, score, low, high (NaN without an interval) and source ("here" or "the paper").
    cost_title
        Title of the horizontal axis.
    """
    figure, axes = plt.subplots(figsize=(7.2, 4.0))
    rows = list(dict.fromkeys(points["row"]))
    for row in rows:
        color, marker = METHOD_STYLE.get(row) or OTHER_STYLES[rows.index(row) % len(OTHER_STYLES)]
        for point in points[points["row"] == row].itertuples():
            ours = point.source == "here"
            spread = None if np.isnan(point.low) else np.abs([[point.score - point.low], [point.high - point.score]])
            axes.errorbar(
                point.cost,
                point.score,
                yerr=spread,
                fmt=marker,
                color=color,
                mfc=color if ours else "none",
                markersize=7 if ours else 10,
                capsize=2.5,
                linestyle="none",
                label=f"{point.method}, {point.source}",
            )
    axes.set_xscale("log")
    axes.set_ylim(0, 1.03)
    axes.set_xlabel(cost_title)
    axes.set_ylabel("Overall macro-F1")
    figure.legend(loc="outside right upper", fontsize=8)
    return closed(figure)
