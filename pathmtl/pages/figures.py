"""One style for every plot and table: colour-blind safe, opaque (dark mode), readable in print."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from html import escape

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from pandas.io.formats.style import Styler

from pathmtl.analysis.compare import spread_text
from pathmtl.analysis.metrics import METRIC_TITLES
from pathmtl.paper import OVERALL, OVERALL_WEIGHTED
from pathmtl.schema import CLASSES, TASK

#: Okabe and Ito's palette, told apart under every common colour vision deficiency and in grey.
COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "grey": "#666666",
}
#: One colour per task, wherever tasks are told apart.
TASK_COLOURS = dict(zip(CLASSES, COLOURS.values(), strict=True))
METHOD_STYLE = {"naive": (COLOURS["orange"], "s"), "lora": (COLOURS["blue"], "o"), "oracle": (COLOURS["green"], "D")}
#: For rows that have no style of their own, in the order they come.
_OTHER_STYLES = [
    (COLOURS[name], mark) for name, mark in zip(("vermilion", "purple", "sky", "grey", "orange"), "^v<>P", strict=True)
]


def use_style() -> None:
    """Set the book's matplotlib defaults; call once in a notebook."""
    plt.rcParams.update(
        {
            "figure.facecolor": "white",
            "axes.facecolor": "white",
            "savefig.facecolor": "white",
            "figure.dpi": 110,
            "font.size": 10,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e5e5e5",
            "grid.linewidth": 0.8,
            "axes.axisbelow": True,
            "legend.frameon": False,
            "figure.constrained_layout.use": True,
        }
    )


def closed(figure: Figure) -> Figure:
    """The figure, closed: left open, a notebook shows it twice, as a cell's value and once more when the cell ends."""
    plt.close(figure)
    return figure


def task_title(task: str) -> str:
    return TASK[task].title if task in TASK else task


def with_interval(row: pd.Series, metric: str, digits: int = 3) -> str:
    """``0.912`` over ``0.880–0.941``, of several seeds over ``± 0.010 (3 seeds)``, in small print (HTML); a dash if undefined."""
    if np.isnan(row[metric]):
        return "–"
    return f"{row[metric]:.{digits}f}<br><small>{spread_text(row, metric, digits)}</small>"


def share(value: float) -> str:
    """A share with three digits, a dash where there is none."""
    return "–" if np.isnan(value) else f"{value:.3f}"


def score_table(columns: Mapping[str, pd.DataFrame], metric: str, caption: str) -> Styler:
    """One metric of several score tables side by side, a column each.

    columns: heading -> table indexed by task with the metrics; intervals are shown where the table has them.
    """
    order = [task for task in (*CLASSES, OVERALL, OVERALL_WEIGHTED) if any(task in table.index for table in columns.values())]
    cells = {heading: [_cell(table, task, metric) for task in order] for heading, table in columns.items()}
    return _plain(pd.DataFrame(cells, index=pd.Index([task_title(task) for task in order])), caption)


def _cell(table: pd.DataFrame, task: str, metric: str) -> str:
    if task not in table.index:
        return "–"
    row = table.loc[task]
    return with_interval(row, metric) if f"{metric}_low" in row else f"{row[metric]:.3f}"


def plain_table(frame: pd.DataFrame, caption: str, index: bool = True) -> Styler:
    """Any table in the book's dress; numbers as they are."""
    styler = _plain(frame, caption)
    return styler if index else styler.hide(axis="index")


def _plain(frame: pd.DataFrame, caption: str) -> Styler:
    # From the content: a random one would make each build of the same numbers differ, a fixed one repeats ids within a page.
    uuid = hashlib.sha256(f"{caption}{frame.to_csv()}".encode()).hexdigest()[:8]
    return frame.style.set_caption(caption).set_uuid(uuid).set_table_attributes('class="pathmtl-table"')


def forest(
    tables: Mapping[str, pd.DataFrame], metric: str, *, names: Mapping[str, str], paper: Mapping[str, pd.DataFrame]
) -> Figure:
    """A row per task, a mark with its 95 % interval per method; hollow marks are what the paper printed.

    tables, paper: method -> scores by task.
    """
    first = next(iter(tables.values()))
    tasks = [task for task in first.index if not np.isnan(first.loc[task, metric])][::-1]
    figure, axes = plt.subplots(figsize=(7.2, 0.55 * len(tasks) + 1.3))
    offsets = np.linspace(0.22, -0.22, len(tables)) if len(tables) > 1 else [0.0]
    others = [method for method in tables if method not in METHOD_STYLE]
    for offset, (method, table) in zip(offsets, tables.items(), strict=True):
        colour, marker = METHOD_STYLE.get(method) or _OTHER_STYLES[others.index(method) % len(_OTHER_STYLES)]
        values, height = table.loc[tasks, metric].to_numpy(), np.arange(len(tasks)) + offset
        spread = np.abs(np.stack([values - table.loc[tasks, f"{metric}_low"], table.loc[tasks, f"{metric}_high"] - values]))
        axes.errorbar(values, height, xerr=spread, fmt=marker, color=colour, capsize=2.5, markersize=5.5, label=names[method])
        if method in paper:
            known = [(paper[method].loc[t, metric], y) for t, y in zip(tasks, height, strict=True) if t in paper[method].index]
            axes.plot(
                *zip(*known, strict=True),
                marker,
                mfc="none",
                mec=colour,
                markersize=9,
                linestyle="none",
                label=f"{names[method]}, as printed in the paper",
            )
    axes.set_yticks(range(len(tasks)), [task_title(task) for task in tasks])
    axes.set_xlim(0, 1.03)
    axes.set_xlabel(METRIC_TITLES[metric])
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def class_bars(counts: Mapping[str, pd.Series]) -> Figure:
    """One small panel per task: how many reports state each class (as the paper's Figure S3)."""
    figure, panels = plt.subplots(2, 4, figsize=(9.0, 4.2))
    for axes, (task, series) in zip(panels.flat, counts.items(), strict=False):
        _bars(axes, task, series.reindex(CLASSES[task]).fillna(0))
    for axes in list(panels.flat)[len(counts) :]:
        axes.set_axis_off()
    figure.supylabel("Reports", fontsize=10)
    return closed(figure)


#: How the pieces of an excerpt are shown: bold where the label's evidence stands, underlined where the difficulty does.
_ROLES = {"evidence": "<b><mark>{}</mark></b>", "trace": "<u>{}</u>", "cut": " <i>[…]</i> ", "": "{}"}


def excerpt(pieces: Iterable[tuple[str, str]]) -> str:
    """HTML of an excerpt in pieces of (text, role), roles as in `pathmtl_synthetic.gallery.Example`; line breaks are kept."""
    body = "".join(_ROLES[role].format(escape(text)) for text, role in pieces)
    return f'<div style="white-space: pre-wrap; font-family: monospace; font-size: 0.85em">{body}</div>'


def paired_dots(left: pd.Series, right: pd.Series, counts: pd.Series, names: Mapping[str, str], label: str) -> Figure:
    """A row per title with a mark per method and a line between them; the row hardest for ``left`` on top.

    left, right: values 0-1 by title, each series named by its method (a key of ``METHOD_STYLE`` and of ``names``).
    counts: answers behind each row, printed at the margin.
    """
    order = left.sort_values(ascending=False).index
    figure, axes = plt.subplots(figsize=(7.2, 0.21 * len(order) + 1.2))
    height = np.arange(len(order))
    axes.hlines(height, left[order], right[order], color="#bbbbbb", linewidth=1.2)
    for values in (left, right):
        colour, marker = METHOD_STYLE[values.name]
        axes.plot(values[order], height, marker, color=colour, markersize=5, label=names[values.name])
    axes.set_yticks(height, [f"{title} ({counts[title]:,})" for title in order], fontsize=7.5)
    axes.set_ylim(-0.8, len(order) - 0.2)
    axes.set_xlim(-0.02, 1.02)
    axes.set_xlabel(label)
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def _bars(axes: Axes, task: str, series: pd.Series) -> None:
    axes.bar(range(len(series)), series.to_numpy(), color=COLOURS["blue"], width=0.72)
    short = {"Positive": "Pos", "Negative": "Neg", "Equivocal": "Equiv"}
    axes.set_xticks(range(len(series)), [short.get(name, name) for name in series.index], fontsize=8.5)
    axes.set_title(task_title(task), fontsize=10)
    axes.tick_params(axis="y", labelsize=8)
    axes.grid(axis="x", visible=False)
    axes.margins(y=0.16)
    for x, value in enumerate(series):
        axes.text(x, value, f"{int(value):,}", ha="center", va="bottom", fontsize=7.5)
