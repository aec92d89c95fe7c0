"""The words for a comparison of two methods, scores of several seeds as text, and McNemar's test.

The differences themselves, with their intervals, are in ``analysis.paired``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pathmtl.analysis.metrics import METRICS
from pathmtl.analysis.paired import shared
from pathmtl.schema import CLASSES

HELD, PARTLY, NOT_HELD, TIE, UNTESTED = "held", "partly", "not held", "tie", "cannot be tested here"
#: Scores closer than this count as "on par". The paper's claims of superiority rest on larger differences, except LoRA's over
#: prefix tuning (.004).
MARGIN = 0.02


def spread_text(row: pd.Series, metric: str, digits: int = 3) -> str:
    """What surrounds a score: ``± 0.010 (3 seeds)`` for a mean over seeds, ``0.880–0.941`` for the interval of a single run."""
    spread = row.get(f"{metric}_sd")
    if spread is not None and not pd.isna(spread):
        return f"± {spread:.{digits}f} ({int(row['seeds'])} seeds)"
    return f"{row[f'{metric}_low']:.{digits}f}–{row[f'{metric}_high']:.{digits}f}"


def gap_text(value: float, low: float, high: float) -> str:
    """A difference with its interval: ``gap_text(0.12, 0.072, 0.163) == "+0.120 (+0.072 to +0.163)"``."""
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


def mcnemar(a: pd.DataFrame, b: pd.DataFrame, *, truth: str = "truth") -> pd.DataFrame:
    """McNemar's test (1947) of equal accuracy by task, in its exact binomial form.

    It takes reports as independent; where patients have several reports, use the permutation test of ``paired_difference``.

    Parameters
    ----------
    a, b
        Predictions in long form.
    truth
        The column scored against.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; columns both, only_a, only_b, neither (reports that both, one or none of the methods answers correctly),
        and p (two-sided).
    """
    a, b = shared([a, b], truth)
    rows = {}
    for task in [t for t in CLASSES if (a["task"] == t).any()]:
        here = (a["task"] == task).to_numpy()
        ours, theirs = ((frame.loc[here, "predicted"] == frame.loc[here, truth]).to_numpy() for frame in (a, b))
        only_a, only_b = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
        p = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
        rows[task] = {
            "both": int((ours & theirs).sum()),
            "only_a": only_a,
            "only_b": only_b,
            "neither": int((~ours & ~theirs).sum()),
            "p": float(p),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def across_seeds(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Mean and standard deviation (n - 1) of the scores of one method that was trained with several seeds.

    Parameters
    ----------
    tables
        One table of ``evaluate.scores`` per seed.

    Returns
    -------
    pandas.DataFrame
        Columns ``metric`` and ``metric_sd`` for each metric (NaN with one seed), n (labeled reports) and seeds.
    """
    stacked = pd.concat(tables, keys=range(len(tables)))[[*METRICS, "n"]].groupby(level=1, sort=False)
    spread = stacked.std(ddof=1)[list(METRICS)].add_suffix("_sd")
    return stacked.mean().join(spread).assign(seeds=len(tables))


def verdict(low: float, high: float) -> str:
    """Verdict on "ours is better" from the 95 % interval of (ours minus theirs).

    Returns
    -------
    str
        ``held`` if the interval lies above 0, ``not held`` if below, ``tie`` if it contains 0, untested if a bound is NaN.
    """
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    return HELD if low > 0 else NOT_HELD if high < 0 else TIE


def on_par(low: float, high: float, margin: float = MARGIN) -> str:
    """Verdict on "both are alike": an equivalence test by confidence interval (Schuirmann 1987).

    Two one-sided tests at 5 % correspond to a 90 % interval; with the 95 % interval used here, the test is stricter (2.5 %).

    Parameters
    ----------
    low, high
        The 95 % interval of the difference.
    margin
        The largest difference that still counts as alike.

    Returns
    -------
    str
        ``held`` if the interval lies within ``margin`` of zero, ``not held`` if all of it lies beyond; otherwise ``partly`` if
        it excludes zero (a real difference that may be small), and untested if it is too wide to tell.
    """
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    if -margin <= low and high <= margin:
        return HELD
    if low > margin or high < -margin:
        return NOT_HELD
    return PARTLY if low > 0 or high < 0 else UNTESTED
