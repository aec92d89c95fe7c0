"""Figure S2a: loss curves side by side, and the same in numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.convergence import Convergence, convergence, curves, label_loss, prior_loss
from pathmtl.experiments.results import TableResult
from pathmtl.experiments.store import Run
from pathmtl.viz.style import COLORS, closed

#: A training loss is that of a few batches: the running mean over this many logged values is drawn.
_SMOOTH = 5
#: Title of the row for a model that never reads a report.
FREQUENCIES = "Class frequencies alone"


def measured(table: TableResult) -> dict[str, list[Convergence]]:
    """Row -> one measured validation curve per seed; rows without any are left out."""
    by_row = {}
    for row, outcomes in table.outcomes.items():
        runs = [run for outcome in outcomes for run in outcome.runs]
        measures = [convergence(run.history, run.record["settings"]["epochs"]) for run in runs]
        if known := [measure for measure in measures if measure is not None]:
            by_row[row] = known
    return by_row


def curve_panels(runs: Mapping[str, Run], prior: float = math.nan) -> Figure:
    """One panel per run, all on one scale.

    Training loss is thin with a thick running mean; validation loss has a ring at its lowest value; a dashed line marks the end
    of the first epoch where a run went further.

    Parameters
    ----------
    runs
        Title -> a run with a ``history``.
    prior
        A loss to compare with (``analysis.convergence.prior_loss``), drawn as a dotted line; none by default.
    """
    columns = min(3, len(runs))
    rows = -(-len(runs) // columns)
    size = (3.1 * columns, 2.5 * rows)
    figure, panels = plt.subplots(rows, columns, figsize=size, squeeze=False, sharex=True, sharey=True)
    for axes, (title, run) in zip(panels.flat, runs.items(), strict=False):
        trained, validated = curves(run.history)
        axes.plot(trained.index, trained, color=COLORS["sky"], linewidth=0.7, alpha=0.7)
        mean = trained.rolling(_SMOOTH, center=True, min_periods=1).mean()
        axes.plot(mean.index, mean, color=COLORS["blue"], linewidth=1.5, label="training")
        if len(validated):
            style = {"color": COLORS["vermilion"], "linewidth": 1.5, "markersize": 4, "label": "validation"}
            axes.plot(validated.index, validated, "s-", **style)
            best = validated.idxmin()
            axes.plot([best], [validated[best]], "o", mfc="none", mec="#111111", markersize=10, label="lowest validation loss")
        if not math.isnan(prior):
            axes.axhline(prior, color=COLORS["gray"], linestyle=":", linewidth=1.3, label="class frequencies alone")
        if max(trained.index.max(), 0) > 1.05:
            axes.axvline(1, color=COLORS["gray"], linestyle="--", linewidth=0.9)
        axes.set_title(title, fontsize=9.5)
    panels.flat[0].set_ylim(bottom=0)  # shared by all panels, so only after all are drawn
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
    """What each curve says in numbers, one row per row of the table; the mean over seeds where there are several."""
    rows = {}
    for row, measures in measured(table).items():
        rows[table.titles[row]] = {
            "Epochs run": mean_text([m.end for m in measures], ".2f"),
            "Epochs set": mean_text([m.planned for m in measures], "g"),
            "Stopped early": _stopped([m.stopped_early for m in measures]),
            "Evaluations": mean_text([m.evaluations for m in measures], ".0f"),
            "Lowest loss": mean_text([m.lowest for m in measures], ".4f"),
            "at epoch": mean_text([m.at for m in measures], ".2f"),
            "Within a tenth of it from epoch": mean_text([m.plateau for m in measures], ".2f"),
            "Gain after epoch 1": gain_text([m.gain for m in measures]),
            "Last over lowest": mean_text([m.rise for m in measures], "+.0%"),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def loss_on_reports(table: TableResult) -> pd.DataFrame:
    """Loss of each row's first seed on the table's reports, against their labels and against the oracle's answers, as text.

    Every label has weight one. The last row is the loss of a model that only knows how common each class is among these labels.
    """
    rows: dict[str, dict[str, str]] = {}
    references = {"Labels given": "truth", "Oracle's answers": "oracle"} if table.labeled else {"Oracle's answers": "oracle"}
    for row, title in table.titles.items():
        predictions = table[row].predictions
        rows[title] = {name: f"{label_loss(predictions, column):.4f}" for name, column in references.items()}
    tasks = list(predictions["task"].unique())  # every row has the same pairs
    rows[FREQUENCIES] = {
        name: f"{prior_loss(predictions.pivot(index='report_id', columns='task', values=column), tasks, weighted=()):.4f}"
        for name, column in references.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def mean_text(values: Sequence[float], form: str) -> str:
    """Mean of ``values`` in the format ``form``."""
    return f"{sum(values) / len(values):{form}}"


def _stopped(values: Sequence[bool]) -> str:
    if len(values) == 1:
        return "yes" if values[0] else "no"
    return f"{sum(values)} of {len(values)}"


def gain_text(values: Sequence[float]) -> str:
    """Mean of the gains that are known as a percentage, with their range where there are several; a dash without any."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return "–"
    spread = f" ({min(known):.0%} to {max(known):.0%})" if len(known) > 1 else ""
    return f"{sum(known) / len(known):.0%}{spread}"
