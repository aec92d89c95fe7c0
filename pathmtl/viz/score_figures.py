"""Figures of scores: a forest plot by task, accuracy by wording, calibration, abstention, intervals, and review order."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.confidence import FEW
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.schema import task_title
from pathmtl.viz.style import COLORS, METHOD_STYLE, OTHER_STYLES, closed


def forest(
    tables: Mapping[str, pd.DataFrame], metric: str, *, names: Mapping[str, str], paper: Mapping[str, pd.DataFrame]
) -> Figure:
    """One row per task, with one mark and its 95 % interval per method; hollow marks are what the paper printed.

    Parameters
    ----------
    tables
        Method -> scores as ``analysis.evaluate.scores`` returns them.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    names
        Method -> its title.
    paper
        Method -> printed scores by task, without intervals; may be empty.
    """
    first = next(iter(tables.values()))
    tasks = [task for task in first.index if not np.isnan(first.loc[task, metric])][::-1]
    figure, axes = plt.subplots(figsize=(7.2, 0.55 * len(tasks) + 1.3))
    offsets = np.linspace(0.22, -0.22, len(tables)) if len(tables) > 1 else [0.0]
    others = [method for method in tables if method not in METHOD_STYLE]
    for offset, (method, table) in zip(offsets, tables.items(), strict=True):
        color, marker = METHOD_STYLE.get(method) or OTHER_STYLES[others.index(method) % len(OTHER_STYLES)]
        values, height = table.loc[tasks, metric].to_numpy(), np.arange(len(tasks)) + offset
        spread = np.abs(np.stack([values - table.loc[tasks, f"{metric}_low"], table.loc[tasks, f"{metric}_high"] - values]))
        axes.errorbar(values, height, xerr=spread, fmt=marker, color=color, capsize=2.5, markersize=5.5, label=names[method])
        if method in paper:
            known = [(paper[method].loc[t, metric], y) for t, y in zip(tasks, height, strict=True) if t in paper[method].index]
            axes.plot(
                *zip(*known, strict=True),
                marker,
                mfc="none",
                mec=color,
                markersize=9,
                linestyle="none",
                label=f"{names[method]}, as printed in the paper",
            )
    axes.set_yticks(range(len(tasks)), [task_title(task) for task in tasks])
    axes.set_xlim(0, 1.03)
    axes.set_xlabel(METRIC_TITLES[metric])
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def paired_dots(left: pd.Series, right: pd.Series, counts: pd.Series, names: Mapping[str, str], label: str) -> Figure:
    """One row per title, with one mark per method and a line between the two; the row that is hardest for ``left`` on top.

    Parameters
    ----------
    left, right
        Values between 0 and 1 by title; the name of each series is its method, a key of ``METHOD_STYLE`` and ``names``.
    counts
        Number of answers behind each row, printed in the margin.
    names
        Method -> its title.
    label
        Title of the horizontal axis.
    """
    order = left.sort_values(ascending=False).index
    figure, axes = plt.subplots(figsize=(7.2, 0.21 * len(order) + 1.2))
    height = np.arange(len(order))
    axes.hlines(height, left[order], right[order], color="#bbbbbb", linewidth=1.2)
    for values in (left, right):
        color, marker = METHOD_STYLE[values.name]
        axes.plot(values[order], height, marker, color=color, markersize=5, label=names[values.name])
    axes.set_yticks(height, [f"{title} ({counts[title]:,})" for title in order], fontsize=7.5)
    axes.set_ylim(-0.8, len(order) - 0.2)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(label)
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def heat_map(values: pd.DataFrame, counts: pd.Series, label: str, fewest: int = FEW) -> Figure:
    """A heat map of values between 0 and 1; rows with fewer than ``fewest`` answers are printed, but stay white.

    Parameters
    ----------
    values
        Titles (rows) by methods (columns); NaN cells are empty.
    counts
        Number of answers behind each row, printed in the margin.
    label
        What the values are.
    fewest
        Answers that a row needs to be colored.
    """
    figure, axes = plt.subplots(figsize=(6.6, 0.23 * len(values) + 1.5))
    colormap = plt.get_cmap("cividis").with_extremes(bad="white")
    shown = values.where(counts.reindex(values.index) >= fewest).to_numpy(dtype=float)
    image = axes.imshow(np.ma.masked_invalid(shown), cmap=colormap, vmin=0, vmax=1, aspect="auto")
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
    """Reliability diagram (Guo et al. 2017): share right against probability, with the number of answers per bin below.

    Parameters
    ----------
    curve
        As ``analysis.confidence.reliability`` returns it. Bins of few answers are hollow.
    title
        Title of the figure.
    """
    figure, (axes, below) = plt.subplots(2, 1, figsize=(5.2, 5.6), height_ratios=(3, 1), sharex=True)
    axes.plot([0, 1], [0, 1], color=COLORS["gray"], linewidth=1, linestyle="--", label="perfectly calibrated")
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
            color=COLORS["blue"],
            mfc=COLORS["blue"] if many else "white",
            capsize=2.5,
            label=name,
        )
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlim(0, 1)
    axes.set_ylabel("Share right")
    axes.set_title(title, fontsize=10)
    axes.legend(loc="upper left", fontsize=8.5)
    width = curve["high"] - curve["low"]
    below.bar((curve["low"] + curve["high"]) / 2, curve["answers"], width=0.9 * width, color=COLORS["sky"])
    below.set_ylabel("Answers")
    below.set_xlabel("Probability that the model gives to its answer")
    return closed(figure)


def abstention_curve(curve: pd.DataFrame, points: Mapping[str, tuple[float, float]], names: Mapping[str, str]) -> Figure:
    """Accuracy of the most confident answers against the share answered; methods without probabilities are points.

    Parameters
    ----------
    curve
        As ``analysis.confidence.abstention`` returns it.
    points
        Method -> (share answered, accuracy of these answers).
    names
        Method -> its title.
    """
    figure, axes = plt.subplots(figsize=(6.6, 4.0))
    color, _ = METHOD_STYLE["lora"]
    axes.fill_between(curve["coverage"], curve["low"], curve["high"], color=color, alpha=0.18, linewidth=0)
    axes.plot(curve["coverage"], curve["accuracy"], color=color, label=f"{names['lora']}, surest answers first")
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
    """A score and its interval against the number of patients, one panel per metric.

    sizes: title -> table as ``analysis.resampling.by_size`` returns it.
    """
    figure, panels = plt.subplots(1, len(sizes), figsize=(3.9 * len(sizes), 3.3), sharey=True, squeeze=False)
    for axes, (title, table) in zip(panels.flat, sizes.items(), strict=True):
        spread = np.abs(table[["low", "high"]].to_numpy().T - table["score"].to_numpy())
        axes.errorbar(table["patients"], table["score"], yerr=spread, fmt="o", color=COLORS["blue"], capsize=3)
        axes.axhline(table["score"].iloc[-1], color=COLORS["gray"], linewidth=1, linestyle="--")
        axes.set_xscale("log")
        axes.set_xticks(table["patients"], [f"{n:,}" for n in table["patients"]])
        axes.minorticks_off()
        axes.set_xlabel("Patients in the test set")
        axes.set_title(title, fontsize=10)
    panels[0, 0].set_ylabel("Score and 95 % interval")
    return closed(figure)


def interval_stack(found: pd.DataFrame, label: str) -> Figure:
    """One interval per repeated test set, sorted by score, and the truth as a line; those that miss it are dashed.

    found: as ``analysis.resampling.interval_coverage`` returns it. label: title of the horizontal axis.
    """
    ordered = found.sort_values("score", kind="stable").reset_index(drop=True)
    figure, axes = plt.subplots(figsize=(6.2, 0.07 * len(ordered) + 1.5))
    for hit, color, name in ((True, "blue", "holds the truth"), (False, "vermilion", "misses it")):
        part = ordered[ordered["hit"] == hit]
        style = "-" if hit else "--"
        axes.hlines(part.index, part["low"], part["high"], color=COLORS[color], linewidth=1.4, linestyle=style, label=name)
        axes.plot(part["score"], part.index, "o" if hit else "x", color=COLORS[color], markersize=3)
    axes.axvline(found.attrs["truth"], color=COLORS["gray"], linewidth=1)
    axes.set_yticks([])
    axes.set_ylabel("Repeated test sets")
    axes.set_xlabel(label)
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def review_curve(found: pd.DataFrame, wrong: int) -> Figure:
    """Share of the wrong answers found against the share of the answers checked.

    found: as ``review.review_list.errors_found`` returns it. wrong: number of wrong answers.
    """
    figure, axes = plt.subplots(figsize=(5.2, 3.8))
    axes.plot([0, 1], [0, 1], color=COLORS["gray"], linewidth=1, linestyle="--", label="in random order")
    axes.step(found["checked"], found["found"], where="post", color=COLORS["blue"], label="least confident first")
    axes.set_xlim(0, 1)
    axes.set_ylim(0, 1.03)
    axes.set_xlabel("Share of the answers looked at")
    axes.set_ylabel(f"Share of the {wrong:,} wrong answers found")
    axes.legend(loc="lower right", fontsize=8.5)
    return closed(figure)
