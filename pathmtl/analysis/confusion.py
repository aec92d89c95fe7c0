"""Confusion matrices of one task, the constant answer beside them, and what the class weights of Eq. 7 did to the answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from pathmtl.analysis.metrics import NO_ANSWER, majority_macro_f1
from pathmtl.schema import CLASSES


def of_task(frame: pd.DataFrame, task: str, truth: str = "truth") -> pd.DataFrame:
    """The rows of ``task`` that carry the reference ``truth``."""
    return frame[(frame["task"] == task) & frame[truth].notna()]


def confusion(frame: pd.DataFrame, task: str, truth: str = "truth") -> pd.DataFrame:
    """Confusion matrix of one task.

    Parameters
    ----------
    frame
        Predictions in long form.
    task
        One of ``schema.TASKS``.
    truth
        The column of labels.

    Returns
    -------
    pandas.DataFrame
        Counts: true classes in rows, answers in columns; every class of the task, and ``NO_ANSWER`` if it occurs.
    """
    rows = of_task(frame, task, truth)
    every = [*CLASSES[task], NO_ANSWER]
    if rows.empty:
        counts = np.zeros((len(every), len(every)), dtype=int)
    else:
        counts = confusion_matrix(rows[truth], rows["predicted"], labels=every)
    table = pd.DataFrame(counts, index=every, columns=every).drop(index=NO_ANSWER)
    return table if table[NO_ANSWER].any() else table.drop(columns=NO_ANSWER)


def row_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Divide each row of a confusion matrix by its sum, so that the diagonal is recall; NaN for a class that never occurs."""
    return counts.div(counts.sum(axis=1).replace(0, np.nan), axis=0)


def by_class(counts: pd.DataFrame) -> pd.DataFrame:
    """Recall, precision and F1 of each class, from a confusion matrix.

    Parameters
    ----------
    counts
        As ``confusion`` returns it.

    Returns
    -------
    pandas.DataFrame
        Indexed by class; columns n (labels), answered, found (counts), recall, precision, f1. Recall and F1 are NaN for a class
        that never occurs; F1 is 0 for one that occurs and is never answered, which is how a constant answer loses macro-F1.
    """
    both = pd.Series(np.diag(counts), counts.index)
    true, answered = counts.sum(axis=1), counts[counts.index].sum()
    seen = true.where(true > 0)
    return pd.DataFrame(
        {
            "n": true,
            "answered": answered,
            "found": both,
            "recall": both / seen,
            "precision": both / answered.where(answered > 0),
            "f1": 2 * both / (seen + answered),
        }
    )


def commonest(frame: pd.DataFrame, task: str, truth: str = "truth") -> str | None:
    """The most common class of ``task`` in the column ``truth``, the first of equals; None without labels."""
    counts = of_task(frame, task, truth)[truth].value_counts().reindex(CLASSES[task]).fillna(0)
    return None if not counts.sum() else str(counts.idxmax())


def constant_predictions(frame: pd.DataFrame, task: str, answer: str) -> pd.DataFrame:
    """The rows of ``task``, each answered ``answer`` with probability 1, as a collapsed model would."""
    certain = [float(name == answer) for name in CLASSES[task]]
    rows = frame[frame["task"] == task]
    return rows.assign(predicted=answer, probabilities=[certain] * len(rows))


def constant_score(ratio: float, classes: int) -> float:
    """Macro-F1 of always answering the most common class, which occurs ``ratio`` times as often as the rest together."""
    return majority_macro_f1(ratio / (1 + ratio), classes)


def without_weights(frame: pd.DataFrame, task: str, weights: Mapping[str, float]) -> pd.DataFrame:
    """The rows of ``task`` with the class weights divided out of the probabilities, and the answers chosen again.

    Where the weighted cross-entropy (Eq. 6 and 7) is smallest, the model's probability of class c is proportional to w_c times
    the true one. Dividing by w_c therefore gives what unweighted training would aim at: exactly for a model at that minimum,
    approximately for any other (prior correction; Saerens et al. 2002).

    Parameters
    ----------
    frame
        Predictions in long form.
    task
        The weighted task.
    weights
        Class -> w_c (Eq. 7).
    """
    rows = frame[frame["task"] == task]
    if rows.empty:
        return rows
    classes = list(CLASSES[task])
    divided = np.array(rows["probabilities"].tolist(), dtype=float) / np.array([weights[name] for name in classes], dtype=float)
    divided = divided / divided.sum(axis=1, keepdims=True)
    return rows.assign(predicted=[classes[i] for i in divided.argmax(axis=1)], probabilities=divided.tolist())
