"""Figure S3 and what the paper says of its classes: shares with intervals, imbalance, balance of the splits."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from scipy.stats import chi2_contingency

from pathmtl import paper
from pathmtl.analysis.confidence import wilson
from pathmtl.cohort import SPLITS
from pathmtl.pages.figures import COLOURS, closed, task_title
from pathmtl.paper.arithmetic import majority_macro_f1
from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS

_SHORT = {"Positive": "Pos", "Negative": "Neg", "Equivocal": "Equiv"}


def counts_of(labels: pd.DataFrame, task: str) -> pd.Series:
    """How many reports state each class of the task, all classes, in their order."""
    return labels[task].value_counts().reindex(CLASSES[task]).fillna(0).astype(int)


def earlier_counts(task: str) -> pd.Series:
    """The same of the first author's earlier public work; empty where it prints none, NaN for a class it does not print."""
    return pd.Series(paper.EARLIER_COUNTS.get(task, {}), dtype=float).reindex(CLASSES[task] if task in PAPER_TASKS else [])


def share_panels(labels: pd.DataFrame) -> Figure:
    """A panel a task: the share of each class among the reports that state it, beside the earlier public work's.

    Reports are counted above their bars; whiskers are 95 % Wilson intervals.
    """
    figure, panels = plt.subplots(2, 4, figsize=(9.6, 4.8), sharey=True)
    for axes, task in zip(panels.flat, TASKS, strict=False):
        _shares(axes, task, counts_of(labels, task))
    panels.flat[-1].set_axis_off()
    for axes in panels[:, 0]:
        axes.set_ylabel("Share")
    handles, names = panels.flat[0].get_legend_handles_labels()
    panels.flat[-1].legend(handles, names, loc="center", fontsize=8.5)
    return closed(figure)


def _shares(axes: Axes, task: str, counts: pd.Series) -> None:
    x, n = np.arange(len(counts)), int(counts.sum())
    axes.set_title(f"{task_title(task)} (n = {n:,})", fontsize=9.5)
    axes.set_xticks(x, [_SHORT.get(name, name) for name in counts.index], fontsize=8)
    axes.set_ylim(0, 1.12)
    axes.set_xlim(-0.6, len(counts) - 0.4)
    axes.grid(axis="x", visible=False)
    if n:
        shares = counts.to_numpy() / n
        bounds = np.array([wilson(int(count), n) for count in counts])
        spread = np.abs(np.stack([shares - bounds[:, 0], bounds[:, 1] - shares]))
        axes.bar(x - 0.2, shares, 0.38, color=COLOURS["blue"], yerr=spread, ecolor="#333333", capsize=2, label="these reports")
        for place, (value, top) in enumerate(zip(counts, bounds[:, 1], strict=True)):
            axes.text(place - 0.2, top + 0.015, f"{value:,}", ha="center", va="bottom", fontsize=6.5)
    earlier = earlier_counts(task)
    if len(earlier):
        options = {"color": "white", "edgecolor": COLOURS["orange"], "hatch": "///", "label": "earlier public work"}
        axes.bar(x + 0.2, (earlier / earlier.sum()).fillna(0), 0.38, **options)


def share_table(labels: pd.DataFrame) -> pd.DataFrame:
    """Every class: reports, share with its Wilson interval, share in the earlier public work."""
    rows = []
    for task in TASKS:
        counts, earlier = counts_of(labels, task), earlier_counts(task)
        n = int(counts.sum())
        for name, count in counts.items():
            low, high = wilson(int(count), n)
            before = earlier.get(name, math.nan) / earlier.sum() if len(earlier) else math.nan
            told = f"{count / n:.3f} ({low:.3f}–{high:.3f})" if n else "–"
            known = "–" if math.isnan(before) else f"{before:.3f}"
            line = {"Variable": task_title(task), "Class": name, "Reports": f"{count:,}"}
            rows.append({**line, "Share, these reports": told, "Share, earlier public work": known})
    return pd.DataFrame(rows)


def imbalance_table(labels: pd.DataFrame) -> pd.DataFrame:
    """By task: the commonest and the rarest class that occur, their ratio, and the score of always answering the commonest."""
    rows = {}
    for task in TASKS:
        counts = counts_of(labels, task)
        seen = counts[counts > 0]
        if seen.empty:
            continue
        share = seen.max() / seen.sum()
        rows[task_title(task)] = {
            "Commonest": f"{seen.idxmax()} ({share:.0%})",
            "Rarest that occurs": f"{seen.idxmin()} ({seen.min():,})",
            "Ratio": f"{seen.max() / seen.min():.1f} : 1",
            "Always the commonest: accuracy": f"{share:.3f}",
            "macro-F1": f"{majority_macro_f1(share, len(seen)):.3f}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def split_balance(labels: pd.DataFrame, part: pd.Series) -> pd.DataFrame:
    """By task, how alike the splits are: the largest difference of any class's share between two of them, and a chi-square p.

    labels, part: the same index. A p near 0 would say that the splits were not drawn from one pool; with patients of several
    reports it is a little too small.
    """
    rows = {}
    for task in TASKS:
        table = pd.crosstab(part, labels[task]).reindex(SPLITS).dropna(how="all").fillna(0)
        table = table.loc[table.sum(axis=1) > 0, table.sum(axis=0) > 0]
        if len(table) < 2:
            continue
        shares = table.div(table.sum(axis=1), axis=0)
        p = float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else math.nan
        counted = " / ".join(f"{int(table.loc[name].sum()):,}" if name in table.index else "0" for name in SPLITS)
        line = {"Labels: " + " / ".join(SPLITS): counted, "Largest difference": f"{(shares.max() - shares.min()).max():.3f}"}
        rows[task_title(task)] = {**line, "p": "–" if math.isnan(p) else f"{p:.2f}"}
    return pd.DataFrame.from_dict(rows, orient="index")
