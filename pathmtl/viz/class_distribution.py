"""Figure S3 and the tables beside it: bars of the classes, their shares, imbalance, and balance of the splits."""

from __future__ import annotations

import math
from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathmtl.analysis.class_distribution import class_shares, counts_of, published_counts, split_differences
from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.cohort import SPLITS
from pathmtl.schema import CLASS_ABBREVIATIONS, PAPER_TASKS, TASKS, task_title
from pathmtl.viz.style import COLORS, closed

Published = Mapping[str, Mapping[str, int]]


def class_bars(labels: pd.DataFrame, earlier: Published | None = None) -> Figure:
    """One panel per task: the share of each class among the reports that state the task.

    The number of reports is above each bar; whiskers are 95 % Wilson intervals.

    Parameters
    ----------
    labels
        (reports, tasks) of classes or None.
    earlier
        Task -> class -> reports of an earlier publication, drawn as hatched bars beside; none by default.
    """
    figure, panels = plt.subplots(2, 4, figsize=(9.6, 4.8), sharey=True)
    for axes, task in zip(panels.flat, TASKS, strict=False):
        _panel(axes, task, counts_of(labels, task), published_counts(earlier or {}, task), 0.38 if earlier else 0.72)
    panels.flat[-1].set_axis_off()
    for axes in panels[:, 0]:
        axes.set_ylabel("Share")
    if earlier:
        handles, names = panels.flat[0].get_legend_handles_labels()
        panels.flat[-1].legend(handles, names, loc="center", fontsize=8.5)
    return closed(figure)


def _panel(axes: Axes, task: str, counts: pd.Series, earlier: pd.Series, width: float) -> None:
    places, total = np.arange(len(counts)), int(counts.sum())
    axes.set_title(f"{task_title(task)} (n = {total:,})", fontsize=9.5)
    axes.set_xticks(places, [CLASS_ABBREVIATIONS.get(name, name) for name in counts.index], fontsize=8)
    axes.set_ylim(0, 1.12)
    axes.set_xlim(-0.6, len(counts) - 0.4)
    axes.grid(axis="x", visible=False)
    shift = 0.2 if width < 0.5 else 0.0
    if total:
        table = class_shares(counts)
        errors = np.abs(np.stack([table["share"] - table["low"], table["high"] - table["share"]]))
        options = {"color": COLORS["blue"], "ecolor": "#333333", "capsize": 2, "label": "these reports"}
        axes.bar(places - shift, table["share"], width, yerr=errors, **options)
        for place, (count, top) in enumerate(zip(counts, table["high"], strict=True)):
            axes.text(place - shift, top + 0.015, f"{count:,}", ha="center", va="bottom", fontsize=6.5)
    if len(earlier):
        options = {"color": "white", "edgecolor": COLORS["orange"], "hatch": "///", "label": "earlier public work"}
        axes.bar(places + shift, (earlier / earlier.sum()).fillna(0), width, **options)


def share_table(labels: pd.DataFrame, earlier: Published) -> pd.DataFrame:
    """One row per class: reports, share with its Wilson interval, and share in the earlier publication.

    labels, earlier: as in ``class_bars``.
    """
    rows = []
    for task in TASKS:
        printed = published_counts(earlier, task)
        for name, row in class_shares(counts_of(labels, task)).iterrows():
            before = printed.get(name, math.nan) / printed.sum() if len(printed) else math.nan
            measured = "–" if math.isnan(row["share"]) else f"{row['share']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
            rows.append(
                {
                    "Variable": task_title(task),
                    "Class": name,
                    "Reports": f"{int(row['count']):,}",
                    "Share, these reports": measured,
                    "Share, earlier public work": "–" if math.isnan(before) else f"{before:.3f}",
                }
            )
    return pd.DataFrame(rows)


def dominated(labels: pd.DataFrame) -> str:
    """One sentence on the task that its commonest class dominates most, and what always answering that class scores.

    labels: (reports, tasks) of classes or None. Empty where no report states anything; tasks with one class are left out.
    """
    shares = {task: counts_of(labels, task) for task in PAPER_TASKS}
    known = {task: counts[counts > 0] for task, counts in shares.items() if (counts > 0).sum() > 1}
    if not known:
        return ""
    task = max(known, key=lambda name: known[name].max() / known[name].sum())
    counts = known[task]
    share = counts.max() / counts.sum()
    return (
        f"**{counts.idxmax()} is {share:.0%} of all {task_title(task)} labels**: answering it every time gives that accuracy, "
        f"but a macro-F1 of only {majority_macro_f1(share, len(counts)):.2f}."
    )


def imbalance_table(labels: pd.DataFrame) -> pd.DataFrame:
    """One row per task: its most common and its rarest class, their ratio, and the score of always answering the former.

    labels: (reports, tasks) of classes or None. Classes that never occur are not counted; tasks without labels are left out.
    """
    rows = {}
    for task in TASKS:
        counts = counts_of(labels, task)
        seen = counts[counts > 0]
        if seen.empty:
            continue
        largest = seen.max() / seen.sum()
        rows[task_title(task)] = {
            "Commonest": f"{seen.idxmax()} ({largest:.0%})",
            "Rarest that occurs": f"{seen.idxmin()} ({seen.min():,})",
            "Ratio": f"{seen.max() / seen.min():.1f} : 1",
            "Always the commonest: accuracy": f"{largest:.3f}",
            "macro-F1": f"{majority_macro_f1(largest, len(seen)):.3f}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def split_balance(labels: pd.DataFrame, part: pd.Series) -> pd.DataFrame:
    """``analysis.class_distribution.split_differences`` as text, one row per task."""
    rows = {}
    for task, row in split_differences(labels, part).iterrows():
        rows[task_title(task)] = {
            "Labels: " + " / ".join(SPLITS): " / ".join(f"{int(row[name]):,}" for name in SPLITS),
            "Largest difference": f"{row['largest_difference']:.3f}",
            "p": "–" if math.isnan(row["p"]) else f"{row['p']:.2f}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")
