"""The kinds of test: each turns what was measured into one of the book's words (``book/verdicts.md``)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import nan

import numpy as np
from scipy.stats import norm

from pathmtl.analysis.compare import HELD, MARGIN, NOT_HELD, PARTLY, TIE, UNTESTED, on_par, verdict
from pathmtl.paper.evidence import Measured

#: Costs closer than this share of each other tie: the same run varies by as much on a shared machine.
COST_MARGIN = 0.1


def near(ratio: float) -> bool:
    """Whether a ratio of costs is 1 within ``COST_MARGIN``."""
    return 1 - COST_MARGIN <= ratio <= 1 / (1 - COST_MARGIN)


def _ends(measured: Measured) -> tuple[float, float]:
    """The interval, or the number twice where it has none."""
    if np.isnan(measured.low) and np.isnan(measured.high):
        return measured.value, measured.value
    return measured.low, measured.high


def _between(holds: bool, fails: bool) -> str:
    return HELD if holds else NOT_HELD if fails else TIE


def _better(measured: Measured, bound: float) -> str:
    return verdict(measured.low - bound, measured.high - bound)


def _alike(measured: Measured, bound: float) -> str:
    return on_par(measured.low, measured.high, bound or MARGIN)


def _cheaper(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(high < 1 - COST_MARGIN, low > 1 / (1 - COST_MARGIN))


def _no_dearer(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(high < 1 or near(high), low > 1 / (1 - COST_MARGIN))


def _as_cheap(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(near(low) and near(high), high < 1 - COST_MARGIN or low > 1 / (1 - COST_MARGIN))


def _at_least(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(low >= bound, high < bound)


def _more_than(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(low > bound, high <= bound)


def _at_most(measured: Measured, bound: float) -> str:
    low, high = _ends(measured)
    return _between(high <= bound, low > bound)


def _less_than(measured: Measured, bound: float) -> str:
    return HELD if measured.value < bound else NOT_HELD


def _finer_than(measured: Measured, bound: float) -> str:
    return HELD if measured.value < bound else TIE


def _share(measured: Measured, bound: float) -> str:
    return HELD if measured.low <= bound <= measured.high else NOT_HELD


def _all_of(measured: Measured, bound: float) -> str:
    return HELD if measured.value >= 1 else PARTLY if measured.value > 0 else NOT_HELD


def _untested(measured: Measured, bound: float) -> str:
    return UNTESTED


#: Kind -> (what was measured, bound) -> word. A cost has a range over seeds or none.
KINDS: dict[str, Callable[[Measured, float], str]] = {
    "better": _better,  # the interval of a difference (or of a share) lies above the bound
    "alike": _alike,  # the interval lies within a margin of zero
    "cheaper": _cheaper,  # a ratio of costs, or all of its range over seeds, below 1 by more than a tenth
    "no dearer": _no_dearer,  # a ratio of costs below 1, or within a tenth of it
    "as cheap": _as_cheap,  # a ratio of costs within a tenth of 1
    "at least": _at_least,  # the number, or every seed's, is no less than the bound
    "more than": _more_than,
    "at most": _at_most,
    "less than": _less_than,
    "finer than": _finer_than,  # an interval narrow enough to show a difference as small as the bound
    "printed share": _share,  # the interval contains the printed share
    "all of": _all_of,  # a share of checks that came out: all, some or none
    "untested": _untested,
}


def p_value(kind: str, measured: Measured, bound: float = 0.0) -> float:
    """The two-sided p-value of "better" claims, NaN for other kinds and where nothing is decided.

    Where no test was made, it is that of a normal distribution with the interval's width (Altman and Bland 2011).
    """
    if kind != "better" or word(kind, measured, bound) == UNTESTED:
        return nan
    if not np.isnan(measured.p):
        return measured.p
    error = (measured.high - measured.low) / (2 * norm.ppf(0.975))
    middle = (measured.high + measured.low) / 2 - bound
    return float(2 * norm.sf(abs(middle) / error)) if error > 0 else float(middle == 0)


def holm(values: Sequence[float]) -> np.ndarray:
    """P-values adjusted so that 5 % bounds the chance of any false finding among them (Holm 1979); NaN stays NaN."""
    adjusted = np.array(values, dtype=float)
    known = np.flatnonzero(~np.isnan(adjusted))
    order = known[np.argsort(adjusted[known], kind="stable")]
    adjusted[order] = np.minimum(np.maximum.accumulate(adjusted[order] * np.arange(len(order), 0, -1)), 1)
    return adjusted


def word(kind: str, measured: Measured, bound: float = 0.0) -> str:
    """The verdict's word for one measurement.

    Parameters
    ----------
    kind : str
        A key of ``KINDS``.
    measured : Measured
        What was measured; ``why`` or a missing number leaves the claim untested.
    bound : float
        What it is held against; 0 for differences.

    Returns
    -------
    str
        held, partly, tie, not held or "cannot be tested here".

    Examples
    --------
    >>> word("better", Measured("", 0.05, 0.01, 0.09))
    'held'
    >>> word("better", Measured("", 0.05, -0.01, 0.11))
    'tie'
    """
    if measured.why or (np.isnan(measured.value) and np.isnan(measured.low)):
        return UNTESTED
    return KINDS[kind](measured, bound)
