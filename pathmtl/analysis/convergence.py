"""Loss curves of a run: where the lowest loss lies, whether it was there within one epoch, whether training stopped early."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import entropy
from sklearn.metrics import log_loss

from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.schema import CLASSES

#: A loss within this share of the lowest one counts as having arrived there.
PLATEAU = 0.1
_ROUNDING = 1e-6
#: Stored probabilities have four decimals: one that reads 0 is taken for half of the last.
_LEAST = 5e-5


@dataclass(frozen=True)
class Convergence:
    """One run's validation curve.

    lowest: the least validation loss, and ``at`` the epoch of it. plateau: the epoch of the first evaluation within ``PLATEAU``
    of it. last, end: the last validation loss and its epoch. planned: epochs set. evaluations: how many there were.
    first_epoch, later: the least validation loss within and after the first epoch (NaN where none was taken there).
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
        return self.end < self.planned - _ROUNDING

    @property
    def gain(self) -> float:
        """Share by which epochs after the first lowered the loss; below 0 where they only raised it, NaN where none was run."""
        return 1 - self.later / self.first_epoch if self.first_epoch else math.nan

    @property
    def rise(self) -> float:
        """Last loss over the lowest, less one: what training past the lowest point cost."""
        return self.last / self.lowest - 1 if self.lowest else math.nan


def curves(history: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Training and validation loss by epoch of a run's ``history.csv``; the second is empty where nothing was evaluated."""
    found = []
    for column in ("loss", "eval_loss"):
        known = history.dropna(subset=column) if column in history else history.iloc[:0].assign(**{column: []})
        found.append(pd.Series(known[column].to_numpy(dtype=float), index=known["epoch"].to_numpy(dtype=float), name=column))
    return found[0], found[1]


def convergence(history: pd.DataFrame, planned: float) -> Convergence | None:
    """The curve measured; ``planned`` are the epochs that were set. None where the run had no validation reports."""
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
    """The least joint loss (Eq. 6) of a model that knows how common each class is and never looks at a report.

    Of a task that is the entropy of its class frequencies, in nats; of one weighted by Eq. 7, where every class that occurs pulls
    alike, it is that of the uniform answer. labels: (reports, tasks) of classes or None.
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
    """Cross-entropy of long-form predictions in nats, a mean over all labelled pairs (Eq. 5 and 6 without Eq. 7's weights).

    against: the column of labels; NaN where it holds none.
    """
    known = predictions[predictions[against].notna()]
    total = 0.0
    for task, part in known.groupby("task"):
        probabilities = np.clip(np.array(part["probabilities"].tolist(), dtype=float), _LEAST, None)
        probabilities /= probabilities.sum(axis=1, keepdims=True)
        codes = [CLASSES[str(task)].index(label) for label in part[against]]
        total += log_loss(codes, probabilities, labels=range(len(CLASSES[str(task)])), normalize=False)
    return total / len(known) if len(known) else math.nan


def one_epoch_suffices(gains: Sequence[float], margin: float = PLATEAU) -> str:
    """On "nothing is gained after the first epoch", from ``gain`` of each seed: held below the margin, not held above it.

    A tie where seeds disagree; untested where no run went beyond its first epoch.
    """
    known = [gain for gain in gains if not math.isnan(gain)]
    if not known:
        return UNTESTED
    return HELD if max(known) <= margin else NOT_HELD if min(known) > margin else TIE


def more_epochs_needed(gains: Sequence[float], margin: float = PLATEAU) -> str:
    """The opposite claim on the same numbers."""
    return {HELD: NOT_HELD, NOT_HELD: HELD}.get(word := one_epoch_suffices(gains, margin), word)
