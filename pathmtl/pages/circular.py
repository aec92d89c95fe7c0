"""Windows crossed with hints, against both references: the two-way table, its figure, and the claims that rest on it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl import paper
from pathmtl.analysis.circularity import REFERENCES, agreement, both_known, contrast, from_hints
from pathmtl.analysis.compare import UNTESTED, gap_text, on_par, verdict
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments.recipes import LONGER
from pathmtl.experiments.results import TableResult
from pathmtl.experiments.results import recorded as recorded_table
from pathmtl.pages.claims import RECORDED_TITLE, Judgement, learnt, or_longer, sources_of, verdict_column
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


def circularity_verdicts(live: TableResult, recorded: TableResult | None = None, *, resamples: int = 200) -> pd.DataFrame:
    """What the paper says of windows and hints, against the truth; the last row, on the reference, is ours.

    All on the pairs whose two references are both known, so that the rows can be compared with each other.
    """
    printed = paper.TABLE_4["macro_f1"]
    both = ("window", off("window"))
    # Claim, place, printed, the words of its verdict, and the rows that must have learnt something for it to say anything.
    claims = [
        ("The window beats a random one, hints kept", "V-D", f"{printed['window'] - printed['random']:+.3f}", verdict, both[:1]),
        ("The window beats a random one, without hints", "not tested", "–", verdict, both[1:]),
        ("Hints help the model with the proper window", "S1-B", "–", verdict, both[:1]),
        ("The engine is not needed at inference: no hints are as good", "S1-A", "–", on_par, both),
        ("The oracle credits hints with more than the truth does", "ours", "–", verdict, both),
    ]
    sources = sources_of(live, recorded)
    measured = {title: _gaps(table, resamples) for title, table in sources.items()}
    longer = recorded_table("table4", LONGER)
    later = _gaps(longer, resamples) if RECORDED_TITLE in sources else []
    rows = []
    for i, (says, place, told, words, needed) in enumerate(claims):
        row = {"Claim": says, "Section": place, "Paper": told}
        for title, table in sources.items():
            found = _judged(measured[title][i], words, table, needed, resamples)
            if title == RECORDED_TITLE:
                found = or_longer(found, partial(_judged, later[i], words, longer, needed, resamples))
            row |= {title: found.measured, verdict_column(title): found.verdict}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")


def _judged(gap: pd.DataFrame, words, table: TableResult, needed: tuple[str, ...], resamples: int) -> Judgement:
    if OVERALL not in gap.index or not all(learnt(table[row], "truth", resamples) for row in needed):
        return Judgement(_shown(gap), UNTESTED)
    return Judgement(_shown(gap), words(gap.loc[OVERALL, "low"], gap.loc[OVERALL, "high"]))


def _gaps(table: TableResult, resamples: int) -> list[pd.DataFrame]:
    """The difference behind each claim, in their order; empty where a row or the truth is missing."""
    frames = both_known({row: table[row].predictions for row in table.titles}) if table.titles else {}

    def gap(*terms: tuple[int, str, str]) -> pd.DataFrame:
        if any(row not in frames or frames[row].empty for _, row, _ in terms):
            return pd.DataFrame()
        return contrast([(weight, frames[row], reference) for weight, row, reference in terms], resamples=resamples)

    on, without = "window", off("window")
    hints = [(1, on, "truth"), (-1, without, "truth")]
    return [
        gap((1, on, "truth"), (-1, "random", "truth")),
        gap((1, without, "truth"), (-1, off("random"), "truth")),
        gap(*hints),
        gap(*((-weight, row, reference) for weight, row, reference in hints)),
        gap((1, on, "oracle"), (-1, without, "oracle"), (-1, on, "truth"), (1, without, "truth")),
    ]
