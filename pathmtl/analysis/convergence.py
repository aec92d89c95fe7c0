"""Loss curves of a run: where the lowest loss is, whether one epoch reaches it, whether training stopped early (Figure S2a)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import entropy
from sklearn.metrics import log_loss

from pathmtl.schema import CLASSES

#: A loss within this share of the lowest one counts as having reached it.
PLATEAU = 0.1
_ROUNDING = 1e-6
#: Stored probabilities have four decimals: a stored 0 is taken as half a unit of the last one.
_LEAST = 5e-5


@dataclass(frozen=True)
class Convergence:
    """One run's validation curve.

    Attributes
    ----------
    lowest, at
        The lowest validation loss and its epoch.
    plateau
        Epoch of the first evaluation within ``PLATEAU`` of the lowest loss.
    last, end
        The last validation loss and its epoch.
    planned
        Epochs that were set.
    evaluations
        Number of evaluations.
    first_epoch, later
        The lowest validation loss within the first epoch and after it (NaN without an evaluation there).
    """

    lowest: float
    at: float
    plateau: float
    last: float
    end: float
    planned: float
    evaluations: int
    first_epoch: float
    later: float

    @property
    def stopped_early(self) -> bool:
        """Whether training ended before the epochs that were set."""
        return self.end < self.planned - _ROUNDING

    @property
    def gain(self) -> float:
        """Share by which the epochs after the first lowered the loss; negative if they only raised it, NaN if there were none."""
        return 1 - self.later / self.first_epoch if self.first_epoch else math.nan

    @property
    def rise(self) -> float:
        """Last loss divided by the lowest, minus one: the cost of training past the lowest point."""
        return self.last / self.lowest - 1 if self.lowest else math.nan


def curves(history: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Training and validation loss of a run by epoch.

    Parameters
    ----------
    history
        A run's ``history.csv``: columns epoch, loss, and eval_loss if anything was evaluated.

    Returns
    -------
    tuple
        Two series indexed by epoch; the second is empty if nothing was evaluated.
    """
    losses = []
    for column in ("loss", "eval_loss"):
        logged = history.dropna(subset=column) if column in history else history.iloc[:0].assign(**{column: []})
        losses.append(pd.Series(logged[column].to_numpy(dtype=float), index=logged["epoch"].to_numpy(dtype=float), name=column))
    return losses[0], losses[1]


def convergence(history: pd.DataFrame, planned: float) -> Convergence | None:
    """Measure a run's validation curve.

    Parameters
    ----------
    history
        As in ``curves``.
    planned
        Epochs that were set.

    Returns
    -------
    Convergence or None
        None if the run had no validation reports.
    """
    _, watched = curves(history)
    if watched.empty:
        return None
    epochs, losses = watched.index.to_numpy(), watched.to_numpy()
    first = losses[epochs <= 1 + _ROUNDING]
    later = losses[epochs > 1 + _ROUNDING]
    best = int(losses.argmin())
    return Convergence(
        lowest=float(losses[best]),
        at=float(epochs[best]),
        plateau=float(epochs[np.flatnonzero(losses <= losses[best] * (1 + PLATEAU))[0]]),
        last=float(losses[-1]),
        end=float(epochs[-1]),
        planned=planned,
        evaluations=len(losses),
        first_epoch=float(first.min()) if len(first) else math.nan,
        later=float(later.min()) if len(later) else math.nan,
    )


def prior_loss(labels: pd.DataFrame, tasks: Sequence[str], weighted: Sequence[str] = ("HER2",)) -> float:
    """The lowest joint loss (Eq. 6) of a model that knows how common each class is and never reads a report.

    For a task it is the entropy of its class frequencies; for a task weighted by Eq. 7, where every class that occurs has the
    same total weight, it is that of the uniform answer.

    Parameters
    ----------
    labels
        (reports, tasks) of classes or None.
    tasks
        The tasks that are trained.
    weighted
        Those with class weights.

    Returns
    -------
    float
        Mean over all labels, in nats; NaN without labels.
    """
    total, count = 0.0, 0
    for task in tasks:
        frequencies = labels[task].value_counts().reindex(CLASSES[task]).fillna(0)
        seen, n = int((frequencies > 0).sum()), int(frequencies.sum())
        if not n:
            continue
        mass = seen / len(CLASSES[task])  # of the weights, where a class never occurs
        total += n * (mass * math.log(seen) if task in weighted else float(entropy(frequencies)))
        count += n
    return total / count if count else math.nan


def label_loss(predictions: pd.DataFrame, against: str = "truth") -> float:
    """Mean cross-entropy of predictions over all labeled pairs (Eq. 5 and 6 without the weights of Eq. 7).

    Parameters
    ----------
    predictions
        Long form.
    against
        The column of labels: truth or oracle.

    Returns
    -------
    float
        In nats; NaN without labels.
    """
    known = predictions[predictions[against].notna()]
    total = 0.0
    for task, part in known.groupby("task"):
        probabilities = np.clip(np.array(part["probabilities"].tolist(), dtype=float), _LEAST, None)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        codes = [CLASSES[str(task)].index(label) for label in part[against]]
        total += log_loss(codes, probabilities, labels=range(len(CLASSES[str(task)])), normalize=False)
    return total / len(known) if len(known) else math.nan
