"""The three metrics of one task under many weightings of its reports at once, which makes a thousand bootstrap draws affordable.

scikit-learn scores one weighting per call, in some milliseconds; a book of twenty methods, seven tasks and a thousand draws
needs half a million. Accuracy and macro-F1 are ratios of sums over reports, and a one-vs-rest AUROC is a sum over reports in the
order of their scores, so here all draws of a task are a few matrix products. Tests compare the results with scikit-learn's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from pathmtl.schema import CLASSES

METRIC_TITLES = {"accuracy": "Accuracy", "macro_f1": "Macro-F1", "auroc": "AUROC"}
METRICS = tuple(METRIC_TITLES)
#: The answer of a method that gives none; counted as wrong.
NO_ANSWER = "no answer"
#: Draws computed together, which limits memory to some tens of megabytes for ten thousand reports.
_CHUNK = 250


@dataclass(frozen=True)
class EncodedPredictions:
    """One task's answers as numbers, for ``n`` reports and ``C`` classes.

    Attributes
    ----------
    true
        (n,) class codes, in the order of ``schema.CLASSES``.
    answered
        (n,) class codes; C where the method gave no answer.
    probabilities
        (n, C), each row with sum 1.
    """

    true: np.ndarray
    answered: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def of(cls, frame: pd.DataFrame, task: str, truth: str = "truth", *, soft: bool = True) -> EncodedPredictions:
        """Encode predictions in long form that all belong to ``task`` and have a label in the column ``truth``.

        ``soft``: whether the probabilities are needed, which take most of the time; without them all are zero.
        """
        codes, shape = {name: code for code, name in enumerate((*CLASSES[task], NO_ANSWER))}, (len(frame), len(CLASSES[task]))
        true, answered = (np.array([codes.get(name, -1) for name in frame[column]], dtype=int) for column in (truth, "predicted"))
        if (true < 0).any() or (answered < 0).any():
            raise ValueError(f"{task}: predictions hold a value that is none of {', '.join(codes)}")
        given = np.array(frame["probabilities"].tolist(), dtype=float).reshape(shape) if soft else np.zeros(shape)
        return cls(true, answered, given)

    @property
    def classes(self) -> int:
        return self.probabilities.shape[1]

    def auroc(self, weights: np.ndarray) -> np.ndarray:
        """One-vs-rest AUROC (Hanley and McNeil 1982; ties count half) under each weighting of the reports.

        Parameters
        ----------
        weights
            (draws, n), not negative.

        Returns
        -------
        numpy.ndarray
            (draws,) means over the classes that occur in the truth with positive weight; NaN where only one class does.
        """
        return np.concatenate([self._auroc(weights[start : start + _CHUNK]) for start in range(0, len(weights), _CHUNK)])

    def counts(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The terms of macro-F1, one row per report: (n, C) indicators of the true class, of the class answered, and of both."""
        every = np.arange(self.classes)
        true, answered = self.true[:, None] == every, self.answered[:, None] == every
        return true.astype(float), answered.astype(float), (true & answered).astype(float)

    def _auroc(self, weights: np.ndarray) -> np.ndarray:
        """``auroc`` as a weighted Mann-Whitney statistic, for as many draws as memory holds at once."""
        areas = []
        for label in range(self.classes):
            score, positive = self.probabilities[:, label], self.true == label
            order = np.argsort(score, kind="stable")
            starts = np.flatnonzero(np.r_[True, np.diff(score[order]) != 0]) if len(order) else np.array([], dtype=int)
            ordered = weights[:, order]
            above = np.add.reduceat(ordered * positive[order], starts, axis=1)
            below = np.add.reduceat(ordered * ~positive[order], starts, axis=1)
            beaten = np.cumsum(below, axis=1) - below / 2
            with np.errstate(invalid="ignore", divide="ignore"):
                areas.append((above * beaten).sum(axis=1) / (above.sum(axis=1) * below.sum(axis=1)))
        return mean_of(np.stack(areas, axis=1))

    def mixed_auroc(self, other: EncodedPredictions, swap: np.ndarray) -> np.ndarray:
        """AUROC of these probabilities with the reports of each ``swap`` (draws, n) taken from ``other``: (draws,)."""
        areas = []
        for label in range(self.classes):
            positive = self.true == label
            many, few = positive.sum(), (~positive).sum()
            if not many or not few:
                continue
            ranks = rankdata(np.where(swap, other.probabilities[:, label], self.probabilities[:, label]), axis=1)
            areas.append((ranks[:, positive].sum(axis=1) - many * (many + 1) / 2) / (many * few))
        return np.mean(areas, axis=0) if areas else np.full(len(swap), np.nan)


def macro_f1(true: np.ndarray, answered: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Mean F1 over the classes that occur in the truth, for many weightings at once.

    The classes averaged are a property of the reports and not of the answers, so two methods on the same reports are averaged
    over the same classes, and a class nobody has cannot lower a score. (scikit-learn's default adds classes that were only
    answered, which makes the set depend on the method.)

    Parameters
    ----------
    true, answered, both
        (draws, C) weighted counts of each class in the truth, in the answers, and in both.

    Returns
    -------
    numpy.ndarray
        (draws,); NaN where no class occurs.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        each = np.where(true > 0, 2 * both / (true + answered), np.nan)
    return mean_of(each)


def majority_macro_f1(share: float, classes: int) -> float:
    """Macro-F1 of always answering the most common class, which has ``share`` (0-1) of the reports, out of ``classes`` classes.

    That class has recall 1 and precision ``share``, hence F1 = 2 share / (1 + share); every other class has F1 = 0.
    """
    return 2 * share / (1 + share) / classes


def mean_of(values: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
    """Mean along the last axis of what is not NaN (NaN where nothing is), optionally weighted."""
    known = ~np.isnan(values)
    weights = known if weights is None else np.where(known, weights, 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return (np.where(known, values, 0) * weights).sum(axis=-1) / weights.sum(axis=-1)
