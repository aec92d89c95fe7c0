"""Windows crossed with hints, against both references: the two-way table and its figure."""

from __future__ import annotations

from collections.abc import Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.circularity import REFERENCES, agreement, contrast, from_hints
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.evaluate import scores
from pathmtl.pages.figures import COLOURS, closed
from pathmtl.paper import OVERALL

#: Window -> its title, the row of ``table4`` with hints; that without is called so with ``-nohints`` behind.
WINDOWS = {"window": "Window", "full": "Full text", "random": "Random window"}
_AGAINST = {"oracle": "against the oracle", "truth": "against the truth"}


def off(row: str) -> str:
    return f"{row}-nohints"


def two_way(
    frames: Mapping[str, pd.DataFrame], references: tuple[str, ...] = REFERENCES, *, resamples: int = 200
) -> dict[tuple[str, str, str], pd.Series]:
    """Overall scores by (window, "on" or "off", reference); ``frames``: row of table4 -> predictions."""
    found = {}
    for window in WINDOWS:
        for hints, row in (("on", window), ("off", off(window))):
            for reference in references:
                table = scores(frames[row], truth=reference, resamples=resamples)
                if OVERALL in table.index:
                    found[window, hints, reference] = table.loc[OVERALL]
    return found


def two_way_table(cells: Mapping[tuple[str, str, str], pd.Series], metric: str = "macro_f1") -> pd.DataFrame:
    """Windows down, (reference, hints) across, with intervals in small print."""
    rows: dict[str, dict] = {}
    for (window, hints, reference), value in cells.items():
        text = f"{value[metric]:.3f}<br><small>{value[f'{metric}_low']:.3f}–{value[f'{metric}_high']:.3f}</small>"
        rows.setdefault(WINDOWS[window], {})[_AGAINST[reference].capitalize(), f"hints {hints}"] = text
    frame = pd.DataFrame.from_dict(rows, orient="index")
    if len(frame):
        frame = frame[sorted(frame.columns, key=lambda c: (c[0], c[1] == "hints off"))]
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def two_way_figure(cells: Mapping[tuple[str, str, str], pd.Series], metric: str = "macro_f1") -> Figure:
    """A row a window: filled marks with hints, hollow ones without; circles against the oracle, squares against the truth."""
    figure, axes = plt.subplots(figsize=(7.2, 3.3))
    style = {"oracle": (COLOURS["green"], "o"), "truth": (COLOURS["vermilion"], "s")}
    order = [(reference, hints) for reference in REFERENCES for hints in ("on", "off")]
    offsets = dict(zip(order, np.linspace(0.27, -0.27, len(order)), strict=True))
    windows = list(WINDOWS)[::-1]
    for reference, hints in order:
        known = [(windows.index(w), v) for (w, h, r), v in cells.items() if (h, r) == (hints, reference)]
        if not known:
            continue
        colour, marker = style[reference]
        x = np.array([value[metric] for _, value in known])
        spread = np.abs(np.array([[v[metric] - v[f"{metric}_low"], v[f"{metric}_high"] - v[metric]] for _, v in known]).T)
        y = np.array([place for place, _ in known]) + offsets[reference, hints]
        fill = colour if hints == "on" else "white"
        label = f"{_AGAINST[reference]}, hints {hints}"
        axes.errorbar(x, y, xerr=spread, fmt=marker, color=colour, mfc=fill, capsize=2.5, markersize=6, label=label)
    axes.set_yticks(range(len(windows)), [WINDOWS[window] for window in windows])
    axes.set_ylim(-0.5, len(windows) - 0.5)
    axes.set_xlim(0, 1.03)
    axes.set_xlabel("Macro-F1, mean over the paper's six tasks")
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def worth_of_hints(
    frames: Mapping[str, pd.DataFrame], references: tuple[str, ...] = REFERENCES, *, resamples: int = 200
) -> pd.DataFrame:
    """Overall macro-F1 with hints minus that without, against each reference, and the one gain minus the other.

    One row a window that is there with and without. The last column is there with both references only: above zero, the oracle
    credits hints with more than the truth does.
    """
    rows = {}
    for window, title in WINDOWS.items():
        if window not in frames or off(window) not in frames:
            continue
        on, without = frames[window], frames[off(window)]
        terms = {reference: [(1, on, reference), (-1, without, reference)] for reference in references}
        line = {f"Gain {_AGAINST[r]}": _shown(contrast(each, resamples=resamples)) for r, each in terms.items()}
        if len(references) == 2:
            both = [*terms["oracle"], *((-weight, frame, reference) for weight, frame, reference in terms["truth"])]
            line["The first minus the second"] = _shown(contrast(both, resamples=resamples))
        rows[title] = line
    return pd.DataFrame.from_dict(rows, orient="index")


def _shown(found: pd.DataFrame, row: str = OVERALL) -> str:
    if row not in found.index:
        return "–"
    return gap_text(*found.loc[row, ["difference", "low", "high"]])


def agreement_table(frames: Mapping[str, pd.DataFrame], titles: Mapping[str, str], *, resamples: int = 200) -> pd.DataFrame:
    """Agreement with the oracle taken apart (``circularity.agreement``), one row a method, as text."""
    rows = {}
    for row, frame in frames.items():
        found = agreement(frame, resamples=resamples)
        rows[titles[row]] = {
            "Agrees with the oracle": _part(found.loc["agree"]),
            "Right": _part(found.loc["right"]),
            "Agreed, both wrong": _part(found.loc["in_error"]),
            "Oracle's errors repeated": _part(found.loc["repeated"], counts=True),
            "Oracle's errors corrected": _part(found.loc["corrected"], counts=True),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _part(row: pd.Series, counts: bool = False) -> str:
    if np.isnan(row["value"]):
        return "–"
    told = f"{row['value']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
    return f"{told}, {row['count']:.0f} of {row['of']:.0f}" if counts else told


def gone_without_hints(frames: Mapping[str, pd.DataFrame], *, resamples: int = 200) -> pd.DataFrame:
    """Share of each window's agreement with the oracle that is gone without hints (``circularity.from_hints``)."""
    found = {title: from_hints(frames[row], frames[off(row)], resamples=resamples) for row, title in WINDOWS.items()}
    shown = {title: _part(pd.Series(row)) for title, row in found.items()}
    return pd.DataFrame({"Share of the agreement gone without hints": shown})
