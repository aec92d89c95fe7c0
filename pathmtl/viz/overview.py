"""Tables I to IV of the paper beside ours, in one figure: what the landing page opens with."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from pathmtl import paper
from pathmtl.analysis.evaluate import scores
from pathmtl.paper.evidence import Evidence
from pathmtl.schema import OVERALL
from pathmtl.viz.style import COLORS, closed

#: Table -> its title and the rows that the paper prints, in its order.
PRINTED_ROWS: dict[str, tuple[str, dict[str, str]]] = {
    "table1": ("I. Who reads", {"naive": "Naive rules", "lora": "Multi-task LLM"}),
    "table2": ("II. What is trained", {"frozen": "Frozen", "ia3": "(IA)³", "prefix": "Prefix tuning", "lora": "LoRA"}),
    "table3": ("III. One model or six", {"stl": "Six models", "mtl": "One model"}),
    "table4": ("IV. What is read", {"full": "Full text", "random": "Random window", "window": "Window"}),
}
#: The control that sees the hints and nothing else.
HINTS_ONLY = "hint-linear"


def overview_scores(evidence: Evidence) -> pd.DataFrame:
    """Overall macro-F1 of every row that the paper prints: its number and ours.

    Parameters
    ----------
    evidence : Evidence
        Our runs; a row that it lacks has no number of ours.

    Returns
    -------
    pandas.DataFrame
        Indexed by (table, row); columns paper, ours (the mean over the seeds), low and high (95 %, the first seed's), and seeds.
        ``attrs["hints_only"]`` is the macro-F1 of a linear model of the hints alone, NaN where there is none.
    """
    lines = {}
    for table, (_, rows) in PRINTED_ROWS.items():
        for row in rows:
            printed = paper.scores_of(table, row)
            line = {"paper": float(printed["macro_f1"]), "ours": np.nan, "low": np.nan, "high": np.nan, "seeds": 0}
            lines[table, row] = line | _ours(table, row, evidence)
    frame = pd.DataFrame.from_dict(lines, orient="index")
    frame.index = pd.MultiIndex.from_tuples(frame.index, names=["table", "row"])
    frame.attrs["hints_only"] = _ours("table1", HINTS_ONLY, evidence).get("ours", np.nan)
    return frame


def over_seeds(frames: Sequence[pd.DataFrame], *, truth: str = "truth", resamples: int = 200, seed: int = 0) -> pd.DataFrame:
    """Macro-F1 of one method by task and overall: the mean over its seeds, with the interval of the first one.

    Parameters
    ----------
    frames : sequence of pandas.DataFrame
        Predictions in long form, one table per seed.
    truth, resamples, seed
        As for ``analysis.evaluate.scores``.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; columns macro_f1, macro_f1_low and macro_f1_high.
    """
    first = scores(frames[0], truth=truth, resamples=resamples, seed=seed)[["macro_f1", "macro_f1_low", "macro_f1_high"]]
    others = [scores(frame, truth=truth, resamples=1)["macro_f1"] for frame in frames[1:]]
    return first.assign(macro_f1=pd.concat([first["macro_f1"], *others], axis=1).mean(axis=1))


def _ours(table: str, row: str, evidence: Evidence) -> dict[str, float]:
    frames = [one.predictions for one in evidence.rows(table, row)]
    frames = [frame[frame[evidence.truth].notna()] for frame in frames if frame is not None]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return {}

    def compute() -> dict[str, float]:
        line = over_seeds(frames, truth=evidence.truth, resamples=evidence.resamples, seed=evidence.seed).loc[OVERALL]
        return {"ours": line["macro_f1"], "low": line["macro_f1_low"], "high": line["macro_f1_high"], "seeds": len(frames)}

    return evidence.once(("overview", table, row), compute)


def overview_figure(table: pd.DataFrame) -> Figure:
    """Macro-F1 of each row of Tables I to IV: hollow as printed, filled as measured here with its 95 % interval.

    Parameters
    ----------
    table : pandas.DataFrame
        As ``overview_scores`` returns it.
    """
    figure, axes = plt.subplots(figsize=(6.4, 4.9))
    height, ticks = 0.0, {}
    for name, (title, rows) in PRINTED_ROWS.items():
        axes.text(-0.01, height, title, ha="right", va="center", fontweight="bold", transform=axes.get_yaxis_transform())
        for row, label in rows.items():
            height -= 1
            ticks[height] = label
            line = table.loc[(name, row)]
            low, high = np.nan_to_num([line["ours"] - line["low"], line["high"] - line["ours"]])
            axes.plot([line["paper"], line["ours"]], [height, height], color="#bbbbbb", linewidth=1, zorder=1)
            spread = [[max(low, 0)], [max(high, 0)]]
            axes.errorbar(line["ours"], height, xerr=spread, fmt="o", color=COLORS["blue"], capsize=2.5, markersize=6)
            axes.plot(line["paper"], height, "D", mfc="white", mec=COLORS["vermilion"], markersize=7)
        height -= 1.4
    axes.plot([], [], "D", mfc="white", mec=COLORS["vermilion"], label="printed in the paper", linestyle="none")
    axes.plot([], [], "o", color=COLORS["blue"], label="measured here")
    if not np.isnan(table.attrs["hints_only"]):
        axes.axvline(table.attrs["hints_only"], color=COLORS["gray"], linestyle="--", label="hints alone, no report read")
    axes.set_yticks(list(ticks), list(ticks.values()))
    axes.set_ylim(height + 0.9, 0.7)
    axes.set_xlim(0.2, 1.02)
    axes.set_xlabel("Macro-F1, mean of six tasks")
    axes.tick_params(axis="y", length=0)
    figure.legend(loc="outside upper center", ncols=3, fontsize=8.5)
    return closed(figure)
