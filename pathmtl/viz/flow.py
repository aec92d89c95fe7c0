"""The flow of reports through the pipeline, as a figure and a table: what went into each step and what was left."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.prepare import Prepared, Step
from pathmtl.viz.style import COLORS, closed

_HEIGHT, _GAP, _WIDTH = 0.62, 0.42, 5.4  # of a box, between two boxes, and of a box
_COUNTS = 4  # named beside a box


def flow_figure(steps: tuple[Step, ...], paper: tuple[int, int] | None = None) -> Figure:
    """One box per step with the number that is left after it; what the step took away stands beside its arrow.

    Parameters
    ----------
    steps
        As ``prepare.prepare`` returns them.
    paper
        The paper's numbers before and after, named below the title; none by default.
    """
    step_height = _HEIGHT + _GAP
    figure, axes = plt.subplots(figsize=(8.6, 0.62 * step_height * (len(steps) + 1) + 0.3))
    axes.set_axis_off()
    axes.set_xlim(0, 11)
    axes.set_ylim(-step_height * (len(steps) + 1) + _GAP / 2, 0.4)
    _box(axes, 0, f"{steps[0].before:,} {steps[0].unit}", COLORS["gray"])
    for row, step in enumerate(steps, 1):
        top = -row * step_height
        change = step.after - step.before
        color = COLORS["vermilion"] if change < 0 else COLORS["blue"]
        axes.annotate("", (_WIDTH / 2, top), (_WIDTH / 2, top + _GAP), arrowprops={"arrowstyle": "-|>", "color": "#333333"})
        if change:
            axes.text(_WIDTH / 2 + 0.15, top + _GAP / 2, f"{change:+,}", va="center", fontsize=8.5, color=color)
        _box(axes, top, f"{step.name}: {step.after:,} {step.unit}", color)
        counts = list(step.counts.items())
        named = "\n".join(
            ", ".join(f"{name} {count:,}" for name, count in counts[at : at + _COUNTS]) for at in range(0, len(counts), _COUNTS)
        )
        axes.text(_WIDTH + 0.25, top - _HEIGHT / 2, named, va="center", fontsize=8, color="#333333")
    if paper:
        axes.set_title(f"The paper: {paper[0]:,} reports before, {paper[1]:,} after", fontsize=9.5, loc="left")
    return closed(figure)


def _box(axes: plt.Axes, top: float, label: str, color: str) -> None:
    axes.add_patch(plt.Rectangle((0, top - _HEIGHT), _WIDTH, _HEIGHT, facecolor="white", edgecolor=color, linewidth=1.4))
    axes.text(_WIDTH / 2, top - _HEIGHT / 2, label, ha="center", va="center", fontsize=9)


def outside_table(done: Prepared) -> pd.DataFrame:
    """One row per biomarker: values in the cohort, and how many come from another report, so that its text cannot hold them."""
    rows = {}
    for task, count in done.consolidated.items():
        share = count["not_in_text"] / count["values"] if count["values"] else float("nan")
        rows[task] = {
            "Values in the cohort": f"{count['values']:,}",
            "From another report": f"{count['not_in_text']:,}",
            "Share that the own text does not hold": f"{share:.3f}" if count["values"] else "–",
        }
    return pd.DataFrame.from_dict(rows, orient="index")
