"""Figure S2a: loss curves side by side, and what they say in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.convergence import (
    Convergence,
    convergence,
    curves,
    label_loss,
    prior_loss,
)
from pathmtl.experiments.store import Run
from pathmtl.experiments.tables import TableResult
from pathmtl.pages.figures import COLOURS, closed

#: Training losses are those of some batches each: their running mean over this many logged values is drawn.
_SMOOTH = 5
#: What a model that never reads would reach.
FREQUENCIES = "Class frequencies alone"


def measured(table: TableResult) -> dict[str, list[Convergence]]:
    """Row -> a curve a seed; rows without any are left out."""
    found = {}
    for row, outcomes in table.outcomes.items():
        each = [convergence(run.history, run.record["settings"]["epochs"]) for outcome in outcomes for run in outcome.runs]
        if kept := [one for one in each if one is not None]:
            found[row] = kept
    return found


def curve_panels(runs: Mapping[str, Run], prior: float = math.nan) -> Figure:
    """A panel a run, one scale for all: training loss (thin; thick its running mean), validation loss with a ring at the lowest.

    Where a run has passed its first epoch, a dashed line marks its end. prior: a loss to compare with (``prior_loss``), dotted.
    """
    columns = min(3, len(runs))
    rows = -(-len(runs) // columns)
    size = (3.1 * columns, 2.5 * rows)
    figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex=True, sharey=True)
    for axes, (title, run) in zip(panels.flat, runs.items(), strict=False):
        trained, watched = curves(run.history)
        axes.plot(trained.index, trained, color=COLOURS["sky"], linewidth=0.7, alpha=0.7)
        mean = trained.rolling(_SMOOTH, center=True, min_periods=1).mean()
        axes.plot(mean.index, mean, color=COLOURS["blue"], linewidth=1.5, label="training")
        if len(watched):
            axes.plot(watched.index, watched, "s-", color=COLOURS["vermilion"], linewidth=1.5, markersize=4, label="validation")
            best = watched.idxmin()
            axes.plot([best], [watched[best]], "o", mfc="none", mec="#111111", markersize=10, label="lowest validation loss")
        if not math.isnan(prior):
            axes.axhline(prior, color=COLOURS["grey"], linestyle=":", linewidth=1.3, label="class frequencies alone")
        if max(trained.index.max(), 0) > 1.05:
            axes.axvline(1, color=COLOURS["grey"], linestyle="--", linewidth=0.9)
        axes.set_title(title, fontsize=9.5)
    panels.flat[0].set_ylim(bottom=0)  # shared: for all, and after all are drawn
    for axes in list(panels.flat)[len(runs) :]:
        axes.set_axis_off()
    for axes in list(panels.flat)[max(0, len(runs) - columns) : len(runs)]:
        axes.tick_params(labelbottom=True)
    figure.supxlabel("Epochs", fontsize=10)
    figure.supylabel("Joint loss (Equation 6)", fontsize=10)
    handles, labels = panels.flat[0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=4, fontsize=8.5)
    return closed(figure)


def curve_table(table: TableResult) -> pd.DataFrame:
    """What each curve says in numbers; of several seeds their means."""
    rows = {}
    for row, each in measured(table).items():
        rows[table.titles[row]] = {
            "Epochs run": _mean([one.end for one in each], ".2f"),
            "Epochs set": _mean([one.planned for one in each], "g"),
            "Stopped early": _share([one.stopped_early for one in each]),
            "Evaluations": _mean([one.evaluations for one in each], ".0f"),
            "Lowest loss": _mean([one.lowest for one in each], ".4f"),
            "at epoch": _mean([one.at for one in each], ".2f"),
            "Within a tenth of it from epoch": _mean([one.plateau for one in each], ".2f"),
            "Gain after epoch 1": _gain([one.gain for one in each]),
            "Last over lowest": _mean([one.rise for one in each], "+.0%"),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def loss_on_reports(table: TableResult) -> pd.DataFrame:
    """The loss of each row's first seed on the table's reports, every label counting one: against given labels, and the oracle's.

    The last row is the loss of a model that only knows how common each class is among these very labels.
    """
    rows: dict[str, dict[str, str]] = {}
    known = {"Labels given": "truth", "Oracle's answers": "oracle"} if table.labelled else {"Oracle's answers": "oracle"}
    for row, title in table.titles.items():
        predictions = table[row].predictions
        rows[title] = {name: f"{label_loss(predictions, column):.4f}" for name, column in known.items()}
    tasks = list(predictions["task"].unique())  # of every row the same pairs
    rows[FREQUENCIES] = {
        name: f"{prior_loss(predictions.pivot(index='report_id', columns='task', values=column), tasks, weighted=()):.4f}"
        for name, column in known.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def _mean(values: Sequence[float], form: str) -> str:
    return f"{sum(values) / len(values):{form}}"


def _share(values: Sequence[bool]) -> str:
    if len(values) == 1:
        return "yes" if values[0] else "no"
    return f"{sum(values)} of {len(values)}"


def _gain(values: Sequence[float]) -> str:
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "–"
    spread = f" ({min(known):.0%} to {max(known):.0%})" if len(known) > 1 else ""
    return f"{sum(known) / len(known):.0%}{spread}"
