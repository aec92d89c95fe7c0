"""Confusion matrices of one task, the constant answer beside them, and what the class weights of Eq. 7 did to the answers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.schema import CLASSES


def of_task(frame: pd.DataFrame, task: str, truth: str = "truth") -> pd.DataFrame:
    """The rows of ``task`` that carry the reference ``truth``."""
    return frame[(frame["task"] == task) & frame[truth].notna()]


def confusion(frame: pd.DataFrame, task: str, truth: str = "truth") -> pd.DataFrame:
    """Counts, true classes down and answers across: every class of the task, and "no answer" where the method was silent."""
    own = of_task(frame, task, truth)
    every = [*CLASSES[task], NO_ANSWER]
    if own.empty:
        counts = np.zeros((len(every), len(every)), dtype=int)
    else:
        counts = confusion_matrix(own[truth], own["predicted"], labels=every)
    table = pd.DataFrame(counts, index=every, columns=every).drop(index=NO_ANSWER)
    return table if table[NO_ANSWER].any() else table.drop(columns=NO_ANSWER)


def row_shares(counts: pd.DataFrame) -> pd.DataFrame:
    """Each row divided by its sum: the diagonal is recall; NaN in the row of a class that never occurs."""
    return counts.div(counts.sum(axis=1).replace(0, np.nan), axis=0)


def by_class(counts: pd.DataFrame) -> pd.DataFrame:
    """Recall, precision and F1 of each class with the number of reports, from a confusion matrix; NaN where nothing is to find.

    F1 is 0, not NaN, for a class that occurs and is never answered: this is how a constant answer loses its macro-F1.
    """
    rows = {}
    for name in counts.index:
        both, true, answered = counts.loc[name, name], counts.loc[name].sum(), counts[name].sum()
        rows[name] = {
            "n": int(true),
            "answered": int(answered),
            "found": int(both),
            "recall": both / true if true else np.nan,
            "precision": both / answered if answered else np.nan,
            "f1": 2 * both / (true + answered) if true else np.nan,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def commonest(frame: pd.DataFrame, task: str, truth: str = "truth") -> str | None:
    """The commonest class of ``task`` in the reference, the first of equals; None without any."""
    counts = of_task(frame, task, truth)[truth].value_counts().reindex(CLASSES[task]).fillna(0)
    return None if not counts.sum() else str(counts.idxmax())


def always(frame: pd.DataFrame, task: str, answer: str) -> pd.DataFrame:
    """The same rows of ``task``, each answered ``answer`` with certainty: what a collapsed model does."""
    certain = [float(name == answer) for name in CLASSES[task]]
    own = frame[frame["task"] == task]
    return own.assign(predicted=answer, probabilities=[certain] * len(own))


def without_weights(frame: pd.DataFrame, task: str, weights: Mapping[str, float]) -> pd.DataFrame:
    """The rows of ``task`` with the class weights divided out of the probabilities, and answered anew.

    Where the weighted cross-entropy (Eq. 6 and 7) is smallest, the model's probability of class c is proportional to w_c times
    the true one. Dividing by w_c therefore gives what an unweighted training would aim at: exact for a model at that
    minimum, an estimate for any other.
    """
    own = frame[frame["task"] == task]
    if own.empty:
        return own
    classes = list(CLASSES[task])
    divided = np.array(own["probabilities"].tolist(), dtype=float) / np.array([weights[name] for name in classes], dtype=float)
    divided = divided / divided.sum(axis=1, keepdims=True)
    return own.assign(predicted=[classes[i] for i in divided.argmax(axis=1)], probabilities=divided.tolist())
