"""Figures about scores: accuracy by wording as a heat map, calibration, abstention, intervals, the order of a review."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.confidence import FEW
from pathmtl.pages.figures import COLOURS, METHOD_STYLE, closed


def heat_map(values: pd.DataFrame, counts: pd.Series, label: str, fewest: int = FEW) -> Figure:
    """A cell per row and method with its value 0-1 printed on it; rows with fewer than ``fewest`` answers stay white.

    values: rows by title, columns by method title. counts: answers behind each row, printed at the margin.
    """
    figure, axes = plt.subplots(figsize=(6.6, 0.23 * len(values) + 1.5))
    colours = plt.get_cmap("cividis").with_extremes(bad="white")
    shown = values.where(counts.reindex(values.index) >= fewest).to_numpy(dtype=float)
    image = axes.imshow(np.ma.masked_invalid(shown), cmap=colours, vmin=0, vmax=1, aspect="auto")
    for y, row in enumerate(values.to_numpy(dtype=float)):
        for x, value in enumerate(row):
            if not np.isnan(value):
                dark = not np.isnan(shown[y, x]) and value < 0.55
                axes.text(x, y, f"{value:.2f}", ha="center", va="center", fontsize=7.5, color="white" if dark else "black")
    axes.set_xticks(range(values.shape[1]), list(values.columns), fontsize=9)
    axes.set_yticks(range(len(values)), [f"{title} ({counts[title]:,})" for title in values.index], fontsize=7.5)
    axes.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, length=0)
    axes.grid(False)
    figure.colorbar(image, ax=axes, label=label, shrink=min(1.0, 12 / max(len(values), 1)), pad=0.02)
    return closed(figure)


def reliability_curve(curve: pd.DataFrame, title: str = "") -> Figure:
    """Share right against probability, a point a bin with its interval; hollow where a bin has few answers; counts below."""
    figure, (axes, below) = plt.subplots(2, 1, figsize=(5.2, 5.6), height_ratios=(3, 1), sharex=True)
    axes.plot([0, 1], [0, 1], color=COLOURS["grey"], linewidth=1, linestyle="--", label="perfectly calibrated")
    for many, name in ((True, f"bins of {FEW} answers or more"), (False, "bins of fewer")):
        part = curve[(curve["answers"] >= FEW) == many]
        if part.empty:
            continue
        spread = np.abs(part[["accuracy_low", "accuracy_high"]].to_numpy().T - part["accuracy"].to_numpy())
        axes.errorbar(
            part["probability"],
            part["accuracy"],
            yerr=spread,
            fmt="o",
            color=COLOURS["blue"],
            mfc=COLOURS["blue"] if many else "white",
            capsize=2.5,
            label=name,
        )
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(0, 1)
    axes.set_ylabel("Share right")
    axes.set_title(title, fontsize=10)
    axes.legend(loc="upper left", fontsize=8.5)
    width = curve["high"] - curve["low"]
    below.bar((curve["low"] + curve["high"]) / 2, curve["answers"], width=0.9 * width, color=COLOURS["sky"])
    below.set_ylabel("Answers")
    below.set_xlabel("Probability that the model gives to its answer")
    return closed(figure)


def abstention_curve(curve: pd.DataFrame, points: Mapping[str, tuple[float, float]], names: Mapping[str, str]) -> Figure:
    """Accuracy of the surest answers against the share kept, with its band; methods without probabilities as points.

    points: method -> (share answered, accuracy of these).
    """
    figure, axes = plt.subplots(figsize=(6.6, 4.0))
    colour, _ = METHOD_STYLE["lora"]
    axes.fill_between(curve["coverage"], curve["low"], curve["high"], color=colour, alpha=0.18, linewidth=0)
    axes.plot(curve["coverage"], curve["accuracy"], color=colour, label=f"{names['lora']}, surest answers first")
    for method, (share, accuracy) in points.items():
        own, mark = METHOD_STYLE[method]
        axes.plot(share, accuracy, mark, color=own, markersize=7, linestyle="none", label=f"{names[method]}, what it answers")
    lowest = min([curve["low"].min(), *(accuracy for _, accuracy in points.values())])
    axes.set_ylim(max(0, lowest - 0.05), 1.01)
    axes.set_xlim(0, 1.02)
    axes.set_xlabel("Share of the questions answered (coverage)")
    axes.set_ylabel("Accuracy of the answers given")
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def interval_funnel(sizes: Mapping[str, pd.DataFrame]) -> Figure:
    """A score and its interval against the number of patients it rests on, a panel a metric. sizes: title -> ``by_size``."""
    figure, panels = plt.subplots(1, len(sizes), figsize=(3.9 * len(sizes), 3.3), sharey=True, squeeze=False)
    for axes, (title, table) in zip(panels.flat, sizes.items(), strict=True):
        spread = np.abs(table[["low", "high"]].to_numpy().T - table["score"].to_numpy())
        axes.errorbar(table["patients"], table["score"], yerr=spread, fmt="o", color=COLOURS["blue"], capsize=3)
        axes.axhline(table["score"].iloc[-1], color=COLOURS["grey"], linewidth=1, linestyle="--")
        axes.set_xscale("log")
        axes.set_xticks(table["patients"], [f"{n:,}" for n in table["patients"]])
        axes.minorticks_off()
        axes.set_xlabel("Patients in the test set")
        axes.set_title(title, fontsize=10)
    panels[0, 0].set_ylabel("Score and 95 % interval")
    return closed(figure)


def interval_stack(found: pd.DataFrame, label: str) -> Figure:
    """One interval a repeated test set, the truth as a line; those that miss it stand out. found: ``spread.hit_rate``."""
    ordered = found.sort_values("score", kind="stable").reset_index(drop=True)
    figure, axes = plt.subplots(figsize=(6.2, 0.07 * len(ordered) + 1.5))
    for hit, colour, name in ((True, "blue", "holds the truth"), (False, "vermilion", "misses it")):
        part = ordered[ordered["hit"] == hit]
        style = "-" if hit else "--"
        axes.hlines(part.index, part["low"], part["high"], color=COLOURS[colour], linewidth=1.4, linestyle=style, label=name)
        axes.plot(part["score"], part.index, "o" if hit else "x", color=COLOURS[colour], markersize=3)
    axes.axvline(found.attrs["truth"], color=COLOURS["grey"], linewidth=1)
    axes.set_yticks([])
    axes.set_ylabel("Repeated test sets")
    axes.set_xlabel(label)
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def review_curve(found: pd.DataFrame, wrong: int) -> Figure:
    """Share of the wrong answers found against the share of answers looked at. found: ``review.errors_found``."""
    figure, axes = plt.subplots(figsize=(5.2, 3.8))
    axes.plot([0, 1], [0, 1], color=COLOURS["grey"], linewidth=1, linestyle="--", label="in random order")
    axes.step(found["checked"], found["found"], where="post", color=COLOURS["blue"], label="least confident first")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("Share of the answers looked at")
    axes.set_ylabel(f"Share of the {wrong:,} wrong answers found")
    axes.legend(loc="lower right", fontsize=8.5)
    return closed(figure)
