"""Tables and figure of the notebook ``hints_and_circularity``: windows crossed with hints, against both references."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.hint_ablation import WINDOWS, agreement_from_hints, without_hints
from pathmtl.analysis.oracle_agreement import REFERENCES, agreement
from pathmtl.analysis.paired import contrast
from pathmtl.schema import OVERALL
from pathmtl.viz.style import COLORS, closed
from pathmtl.viz.tables import interval_cell

_AGAINST = {"oracle": "against the oracle", "truth": "against the truth"}


def two_way_table(cells: Mapping[tuple[str, str, str], pd.Series], metric: str = "macro_f1") -> pd.DataFrame:
    """One row per window, one column per (reference, hints); the intervals are in small print.

    Parameters
    ----------
    cells
        As ``analysis.hint_ablation.two_way_scores`` returns them.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    """
    rows: dict[str, dict] = {}
    for (window, hints, reference), scores in cells.items():
        column = _AGAINST[reference].capitalize(), f"hints {hints}"
        rows.setdefault(WINDOWS[window], {})[column] = interval_cell(scores, metric)
    frame = pd.DataFrame.from_dict(rows, orient="index")
    if len(frame):
        frame = frame[sorted(frame.columns, key=lambda c: (c[0], c[1] == "hints off"))]
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def two_way_figure(cells: Mapping[tuple[str, str, str], pd.Series], metric: str = "macro_f1") -> Figure:
    """One row per window; filled marks with hints, hollow without; circles against the oracle, squares against the truth.

    cells, metric: as in ``two_way_table``.
    """
    figure, axes = plt.subplots(figsize=(7.2, 3.3))
    style = {"oracle": (COLORS["green"], "o"), "truth": (COLORS["vermilion"], "s")}
    order = [(reference, hints) for reference in REFERENCES for hints in ("on", "off")]
    offsets = dict(zip(order, np.linspace(0.27, -0.27, len(order)), strict=True))
    windows = list(WINDOWS)[::-1]
    for reference, hints in order:
        known = [(windows.index(w), v) for (w, h, r), v in cells.items() if (h, r) == (hints, reference)]
        if not known:
            continue
        color, marker = style[reference]
        x = np.array([value[metric] for _, value in known])
        spread = np.abs(np.array([[v[metric] - v[f"{metric}_low"], v[f"{metric}_high"] - v[metric]] for _, v in known]).T)
        y = np.array([place for place, _ in known]) + offsets[reference, hints]
        fill = color if hints == "on" else "white"
        label = f"{_AGAINST[reference]}, hints {hints}"
        axes.errorbar(x, y, xerr=spread, fmt=marker, color=color, mfc=fill, capsize=2.5, markersize=6, label=label)
    axes.set_yticks(range(len(windows)), [WINDOWS[window] for window in windows])
    axes.set_ylim(-0.5, len(windows) - 0.5)
    axes.set_xlim(0, 1.03)
    axes.set_xlabel("Macro-F1, mean over the paper's six tasks")
    figure.legend(loc="outside upper center", ncols=2, fontsize=8.5)
    return closed(figure)


def worth_of_hints(
    frames: Mapping[str, pd.DataFrame], references: Sequence[str] = REFERENCES, *, resamples: int = 200
) -> pd.DataFrame:
    """Overall macro-F1 with hints minus without, against each reference, and the difference between these two gains.

    Parameters
    ----------
    frames
        Row of ``table4`` -> predictions; windows that lack one of their two rows are left out.
    references
        Columns to score against. With both, a last column shows the gain against the oracle minus that against the truth: above
        zero, the oracle credits hints with more than the truth does.
    resamples
        Bootstrap draws behind each interval.
    """
    rows = {}
    for window, title in WINDOWS.items():
        if window not in frames or without_hints(window) not in frames:
            continue
        on, off = frames[window], frames[without_hints(window)]
        terms = {reference: [(1, on, reference), (-1, off, reference)] for reference in references}
        row = {f"Gain {_AGAINST[r]}": overall_gap(contrast(each, resamples=resamples)) for r, each in terms.items()}
        if len(references) == 2:
            both = [*terms["oracle"], *((-weight, frame, reference) for weight, frame, reference in terms["truth"])]
            row["The first minus the second"] = overall_gap(contrast(both, resamples=resamples))
        rows[title] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def overall_gap(gaps: pd.DataFrame) -> str:
    """The overall row of ``contrast`` or ``paired_difference`` as text; a dash where there is none."""
    return "–" if OVERALL not in gaps.index else gap_text(*gaps.loc[OVERALL, ["difference", "low", "high"]])


def agreement_table(frames: Mapping[str, pd.DataFrame], titles: Mapping[str, str], *, resamples: int = 200) -> pd.DataFrame:
    """``analysis.oracle_agreement.agreement`` of several methods as text, one row per method.

    frames: method -> predictions on pairs with both references. titles: method -> its name on the page.
    """
    rows = {}
    for method, frame in frames.items():
        parts = agreement(frame, resamples=resamples)
        rows[titles[method]] = {
            "Agrees with the oracle": _ratio(parts.loc["agree"]),
            "Right": _ratio(parts.loc["right"]),
            "Agreed, both wrong": _ratio(parts.loc["in_error"]),
            "Oracle's errors repeated": _ratio(parts.loc["repeated"], counts=True),
            "Oracle's errors corrected": _ratio(parts.loc["corrected"], counts=True),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _ratio(row: Mapping[str, float], counts: bool = False) -> str:
    if np.isnan(row["value"]):
        return "–"
    text = f"{row['value']:.3f} ({row['low']:.3f}–{row['high']:.3f})"
    return f"{text}, {row['count']:.0f} of {row['of']:.0f}" if counts else text


def gone_without_hints(frames: Mapping[str, pd.DataFrame], *, resamples: int = 200) -> pd.DataFrame:
    """``analysis.hint_ablation.agreement_from_hints`` of each window as text. frames: row of ``table4`` -> predictions."""
    cells = {
        title: _ratio(agreement_from_hints(frames[row], frames[without_hints(row)], resamples=resamples))
        for row, title in WINDOWS.items()
    }
    return pd.DataFrame({"Share of the agreement gone without hints": cells})


def copying(by_reference: Mapping[tuple[str, str], pd.Series], references: Sequence[str]) -> str:
    """One sentence: what a linear model reaches that sees only the hints, beside the language model with and without them.

    by_reference: (title, reference) -> overall scores, in the order hints only, with hints, without hints. The truth is the
    reference where it is known. Empty without any score.
    """
    reference = "truth" if "truth" in references else "oracle"
    known = [scores for (_, name), scores in by_reference.items() if name == reference]
    if len(known) < 3:
        return ""
    hints_only, on, off = (scores["macro_f1"] for scores in known[:3])
    idle = " (this training taught it nothing without them)" if known[2]["auroc_low"] <= 0.5 else ""
    return (
        f"A linear model that sees **only the hints** reaches a macro-F1 of **{hints_only:.3f}** against the {reference}; the "
        f"language model with hints reaches {on:.3f}, and without them {off:.3f}{idle}."
    )
