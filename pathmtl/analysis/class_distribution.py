"""How often each class occurs (Figure S3): counts, shares, and balance of the splits."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from scipy.stats import chi2_contingency

from pathmtl.analysis.confidence import shares_with_intervals
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
    shares = shares_with_intervals(counts, [total] * len(counts)).set_axis(["share", "low", "high"], axis=1)
    return counts.to_frame("count").join(shares.set_index(counts.index))


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
