"""Windows crossed with hints (Table IV), scored against the oracle and against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl.analysis.evaluate import bootstrap, interval, patient_counts, scores
from pathmtl.analysis.oracle_agreement import REFERENCES, ratio_with_ci, with_references
from pathmtl.schema import CLASSES, OVERALL, PAPER_TASKS

#: Row of ``table4`` with hints -> title of its window; ``without_hints`` names the row without hints.
WINDOWS = {"window": "Window", "full": "Full text", "random": "Random window"}


def without_hints(row: str) -> str:
    """The row of ``table4`` that has the same window and no hints: ``without_hints("full") == "full-nohints"``."""
    return f"{row}-nohints"


def two_way_scores(
    frames: Mapping[str, pd.DataFrame], references: Sequence[str] = REFERENCES, *, resamples: int = 200
) -> dict[tuple[str, str, str], pd.Series]:
    """Overall scores of every window, with and without hints, against each reference.

    Parameters
    ----------
    frames
        Row of ``table4`` -> predictions in long form.
    references
        Columns of the frames to score against.
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    dict
        (window, "on" or "off", reference) -> the overall row of ``evaluate.scores``; what cannot be scored is left out.
    """
    cells = {}
    for window in WINDOWS:
        for hints, row in (("on", window), ("off", without_hints(window))):
            for reference in references:
                table = scores(frames[row], truth=reference, resamples=resamples)
                if OVERALL in table.index:
                    cells[window, hints, reference] = table.loc[OVERALL]
    return cells


def contrast(
    terms: Sequence[tuple[float, pd.DataFrame, str]], metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """A weighted sum of scores, by task and overall, with 95 % bootstrap intervals paired by patient.

    With the weights 1 and -1 and one reference it is ``compare.paired_difference``; with four terms it is a difference of
    differences. In each draw all terms see the same patients (Efron and Tibshirani 1993).

    Parameters
    ----------
    terms
        (weight, predictions in long form, the column scored against). All are cut to the pairs that carry every reference named.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns difference, low, high, n (labeled pairs); indexed by task, then the overall rows. Empty where no pair is left.
    """
    references = list(dict.fromkeys(reference for *_, reference in terms))
    frames = with_references([frame for _, frame, _ in terms], references)
    patients = pd.Index(frames[0]["patient_id"].unique())
    if not len(patients):
        return pd.DataFrame(columns=["difference", "low", "high", "n"], dtype=float)
    counts = patient_counts(len(patients), resamples, seed)
    tasks = [task for task in CLASSES if (frames[0]["task"] == task).any()]
    sizes = {task: int((frames[0]["task"] == task).sum()) for task in tasks}
    points, draws = [], []
    for (_, _, reference), frame in zip(terms, frames, strict=True):
        parts = {task: frame[frame["task"] == task] for task in tasks}
        point, drawn = bootstrap(parts, patients, counts, reference)
        points.append(point)
        draws.append(drawn)
    overall_size = sum(n for task, n in sizes.items() if task in PAPER_TASKS)
    weights = [weight for weight, *_ in terms]
    rows = {}
    for name in points[0]:
        low, high = interval(sum(w * drawn[name][metric] for w, drawn in zip(weights, draws, strict=True)))
        value = float(sum(w * point[name][metric][0] for w, point in zip(weights, points, strict=True)))
        rows[name] = {"difference": value, "low": low, "high": high, "n": sizes.get(name, overall_size)}
    return pd.DataFrame.from_dict(rows, orient="index")


def agreement_from_hints(on: pd.DataFrame, off: pd.DataFrame, *, resamples: int = 200) -> dict[str, float]:
    """Share of the agreement with the oracle that is lost without hints: (agree on - agree off) / agree on.

    It needs no truth. It is negative where the model agrees more often without hints.

    Parameters
    ----------
    on, off
        Predictions in long form with hints and without, with the column ``oracle``; paired by report and task.
    resamples
        Bootstrap draws behind the interval, over patients.

    Returns
    -------
    dict
        As ``ratio_with_ci``.
    """
    on, off = with_references([on, off], ["oracle"])
    with_hints = (on["predicted"] == on["oracle"]).to_numpy().astype(float)
    without = (off["predicted"] == off["oracle"]).to_numpy().astype(float)
    return ratio_with_ci(with_hints - without, with_hints, on["patient_id"], resamples=resamples)
