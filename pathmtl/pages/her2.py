"""Figure S2b: confusion matrices side by side, and what the paper says of HER2 tested."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pathmtl import paper
from pathmtl.analysis.compare import UNTESTED, gap_text, on_par, paired_difference, verdict
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import always, by_class, commonest, confusion, of_task, row_shares
from pathmtl.experiments.tables import TableResult
from pathmtl.pages.claims import sources_of, verdict_column
from pathmtl.pages.figures import closed
from pathmtl.paper.arithmetic import majority_macro_f1

HER2 = "HER2"
_SHORT = {"Positive": "Pos", "Negative": "Neg", "Equivocal": "Equiv", "no answer": "none"}


def confusion_panels(matrices: Mapping[str, pd.DataFrame]) -> Figure:
    """One matrix a panel: shade and first number are the share of the row (the diagonal is recall), the count stands below.

    matrices: title -> counts (``evaluation.confusion``); rows of classes that never occur stay white.
    """
    columns = min(3, len(matrices))
    rows = -(-len(matrices) // columns)
    figure, panels = plt.subplots(rows, columns, figsize=(3.25 * columns, 2.95 * rows), squeeze=False)
    for axes, (title, counts) in zip(panels.flat, matrices.items(), strict=False):
        _matrix(axes, title, counts)
    for axes in list(panels.flat)[len(matrices) :]:
        axes.set_axis_off()
    for row in panels:
        row[0].set_ylabel("Label")
    figure.supxlabel("Answer", fontsize=10)
    return closed(figure)


def _matrix(axes: Axes, title: str, counts: pd.DataFrame) -> None:
    shares = row_shares(counts)
    axes.imshow(shares.fillna(0), cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (y, x), share in np.ndenumerate(shares.to_numpy(dtype=float)):
        text = f"{share:.2f}\n({counts.iat[y, x]:,})" if not np.isnan(share) else "–"
        axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color="white" if share > 0.55 else "#111111")
    axes.set_xticks(range(counts.shape[1]), [_SHORT.get(name, name) for name in counts.columns], fontsize=8.5)
    axes.set_yticks(range(len(counts)), [_SHORT.get(name, name) for name in counts.index], fontsize=8.5)
    axes.set_title(title, fontsize=9.5)
    axes.grid(False)


def class_table(matrices: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Recall by class with its Wilson interval and the counts behind it, precision and F1, a block of rows for each matrix."""
    rows = []
    for title, counts in matrices.items():
        for name, row in by_class(counts).iterrows():
            recall = "–"
            if row["n"]:
                low, high = wilson(int(row["found"]), int(row["n"]))
                recall = f"{row['recall']:.3f} ({low:.3f}–{high:.3f})"
            told = {key: "–" if np.isnan(row[key]) else f"{row[key]:.3f}" for key in ("precision", "f1")}
            line = {"Method": title, "Class": name, "Labels": f"{row['n']:,.0f}", "Answers": f"{row['answered']:,.0f}"}
            rows.append({**line, "Recall": recall, "Precision": told["precision"], "F1": told["f1"]})
    return pd.DataFrame(rows)


def constant_score(ratio: float, classes: int) -> float:
    """Macro-F1 of always answering the commonest class, which occurs ``ratio`` times for each of the rest."""
    return majority_macro_f1(ratio / (1 + ratio), classes)


def her2_verdicts(
    live: TableResult, recorded: TableResult | None = None, *, truth: str = "truth", resamples: int = 200
) -> pd.DataFrame:
    """What S3, V-A and III-B2 say of HER2: paper, recorded where there is one, this run, and the verdicts."""
    naive, lora = (paper.TABLE_1[row].loc[HER2, "macro_f1"] for row in ("naive", "lora"))
    constant = float(paper.TABLE_3.loc["stl", HER2])
    claims: list[tuple[str, str, str, Callable[[TableResult], tuple[str, str]]]] = [
        (
            "The model finds as large a share of the positives as printed",
            "S3",
            f"{paper.HER2_POSITIVES_FOUND:.3f}",
            lambda table: _positives(table, truth),
        ),
        (
            "The model does not fall to the majority's answer",
            "III-B2",
            f"{lora - constant:+.3f}",
            lambda table: _against_constant(table, "lora", verdict, truth, resamples),
        ),
        (
            "The model beats naive rules",
            "V-A",
            f"{lora - naive:+.3f}",
            lambda table: _gap(table, table.outcomes["naive"][0].predictions, verdict, truth, resamples),
        ),
        (
            "Naive rules are hardly better than the majority's answer",
            "V-A",
            f"{naive - constant:+.3f}",
            lambda table: _against_constant(table, "naive", on_par, truth, resamples),
        ),
    ]
    rows = []
    for says, place, printed, test in claims:
        row = {"Claim": says, "Section": place, "Paper": printed}
        for title, table in sources_of(live, recorded).items():
            measured, word = test(table) if _testable(table, truth) else ("–", UNTESTED)
            row |= {title: measured, verdict_column(title): word}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")


def _testable(table: TableResult, truth: str) -> bool:
    return all(row in table and len(of_task(table[row].predictions, HER2, truth)) for row in ("naive", "lora"))


def _positives(table: TableResult, truth: str) -> tuple[str, str]:
    # Seeds answer the same reports: pooled, they would look like more of them. The first one's stand.
    counts = confusion(table["lora"].predictions, HER2, truth).loc["Positive"]
    found, total = int(counts["Positive"]), int(counts.sum())
    if not total:
        return "–", UNTESTED
    low, high = wilson(found, total)
    word = verdict(low - paper.HER2_POSITIVES_FOUND, high - paper.HER2_POSITIVES_FOUND)
    return f"{found / total:.3f} ({low:.3f} to {high:.3f})", word


def _against_constant(table: TableResult, row: str, words: Callable, truth: str, resamples: int) -> tuple[str, str]:
    frame = table.outcomes[row][0].predictions
    collapsed = always(frame, HER2, commonest(frame, HER2, truth))
    frames = [outcome.predictions for outcome in table.outcomes[row]]
    return _said(paired_difference(frames, collapsed, truth=truth, resamples=resamples), words)


def _gap(table: TableResult, other: pd.DataFrame, words: Callable, truth: str, resamples: int) -> tuple[str, str]:
    frames = [outcome.predictions for outcome in table.outcomes["lora"]]
    return _said(paired_difference(frames, other, truth=truth, resamples=resamples), words)


def _said(found: pd.DataFrame, words: Callable) -> tuple[str, str]:
    row = found.loc[HER2]
    return gap_text(row["difference"], row["low"], row["high"]), words(row["low"], row["high"])
