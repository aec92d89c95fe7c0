"""How often each class occurs (Figure S3): counts, shares, balance of the splits, and tests of statements about them."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from scipy.stats import chi2_contingency

from pathmtl.analysis.compare import HELD, NOT_HELD, UNTESTED, verdict
from pathmtl.analysis.confidence import wilson
from pathmtl.cohort import SPLITS
from pathmtl.schema import CLASSES, TASKS


def counts_of(labels: pd.DataFrame, task: str) -> pd.Series:
    """How many reports state each class of a task.

    Parameters
    ----------
    labels
        (reports, tasks) of classes or None.
    task
        The column to count.

    Returns
    -------
    pandas.Series
        Counts of all classes of the task, in the order of the schema.
    """
    return labels[task].value_counts().reindex(CLASSES[task]).fillna(0).astype(int)


def published_counts(counts: Mapping[str, Mapping[str, int]], task: str) -> pd.Series:
    """Printed class counts in the order of the schema: NaN for a class without a count, empty for a task without any.

    counts: task -> class -> reports, such as ``paper.EARLIER_COUNTS``.
    """
    return pd.Series(counts.get(task, {}), dtype=float).reindex(CLASSES[task] if task in counts else [])


def class_shares(counts: pd.Series) -> pd.DataFrame:
    """Share of each class with its 95 % interval (Wilson 1927).

    Parameters
    ----------
    counts
        Reports by class.

    Returns
    -------
    pandas.DataFrame
        Indexed by class; columns count, share, low, high (NaN where nothing was counted).
    """
    total = int(counts.sum())
    bounds = [wilson(int(count), total) for count in counts]
    shares = counts / total if total else counts * math.nan
    return pd.DataFrame(
        {"count": counts, "share": shares, "low": [low for low, _ in bounds], "high": [high for _, high in bounds]}
    )


def split_differences(labels: pd.DataFrame, part: pd.Series) -> pd.DataFrame:
    """How similar the class shares are in the splits.

    Pearson's chi-square test of homogeneity. A p-value near 0 would mean that the splits were not drawn from one pool; with
    several reports per patient it is slightly too small, because the test takes reports as independent.

    Parameters
    ----------
    labels
        (reports, tasks) of classes or None.
    part
        (reports,) train, validation or test; the same index as ``labels``.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; one column per split with its number of labels, then ``largest_difference`` (of any class's share
        between two splits) and ``p`` (NaN with a single class). Tasks labeled in fewer than two splits are left out.
    """
    rows = {}
    for task in TASKS:
        table = pd.crosstab(part, labels[task]).reindex(SPLITS).dropna(how="all").fillna(0)
        table = table.loc[table.sum(axis=1) > 0, table.sum(axis=0) > 0]
        if len(table) < 2:
            continue
        shares = table.div(table.sum(axis=1), axis=0)
        rows[task] = {
            **{name: int(table.loc[name].sum()) if name in table.index else 0 for name in SPLITS},
            "largest_difference": (shares.max() - shares.min()).max(),
            "p": float(chi2_contingency(table).pvalue) if table.shape[1] > 1 else math.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def commonest_is(counts: pd.Series, expected: str) -> str:
    """Verdict on "``expected`` is the most common class".

    It is compared with its strongest rival, by the Wilson interval of its share of the two.

    Parameters
    ----------
    counts
        Reports by class.
    expected
        A class.

    Returns
    -------
    str
        ``held``, ``not held`` or ``tie`` (see ``compare.verdict``).
    """
    rival = int(counts.drop(expected).max())
    low, high = wilson(int(counts[expected]), int(counts[expected]) + rival)
    return verdict(low - 0.5, high - 0.5)


def rarer_than_even(counts: pd.Series, name: str) -> str:
    """Verdict on "the class is rarer than if all classes were equally common", by the Wilson interval of its share.

    Parameters
    ----------
    counts
        Reports by class, for all classes of the task.
    name
        A class.

    Returns
    -------
    str
        ``held``, ``not held`` or ``tie`` (see ``compare.verdict``).
    """
    low, high = wilson(int(counts[name]), int(counts.sum()))
    return verdict(1 / len(counts) - high, 1 / len(counts) - low)


def agrees(count: int, total: int, printed: float) -> str:
    """Verdict on "the share is the printed one".

    Parameters
    ----------
    count, total
        Reports with the property, and all reports.
    printed
        The printed share, 0-1.

    Returns
    -------
    str
        ``held`` if the 95 % Wilson interval of count / total contains ``printed``, else ``not held``; untested without reports.
    """
    if not total:
        return UNTESTED
    low, high = wilson(count, total)
    return HELD if low <= printed <= high else NOT_HELD
