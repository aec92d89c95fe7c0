"""A small linear model of what a report does not state, learned from a registry's labels.

Words weighted by TF-IDF and the findings of ``features``, a logistic regression for each class (stochastic gradient descent,
averaged), and one temperature per task. It learns the *registry's* value, which may come from elsewhere in the chart; what a
report states is left to the rules. Fitted models are stored as numbers and names (safetensors and JSON), never as a pickle.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp
from safetensors.numpy import load_file, save_file
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import StratifiedGroupKFold

from pathmtl.oracle.engine import Answer
from pathmtl.real.features import findings, organ_and_sizes, words
from pathmtl.schema import CLASSES, TASKS

#: Chosen by cross-validation on the training reports (see the page *Real reports*).
MIN_REPORTS, MAX_SHARE, ALPHA, EPOCHS = 25, 0.7, 5e-4, 12
_WORD_SCALE, _FINDING_SCALE = 4.0, 0.5
FOLDS = 5
#: Reports with a label below which a class is not learned.
FEW = 5
_NUMBERS, _NAMES = "silent.safetensors", "silent.json"


@dataclass(frozen=True)
class Silent:
    """The fitted model.

    Attributes
    ----------
    terms : list of str
        Words and pairs of words, in the order of the columns.
    idf : numpy.ndarray
        (terms,) inverse document frequencies.
    names : dict
        Task -> the names of its findings.
    classes : dict
        Task -> the classes that it can answer.
    weights, intercepts : dict
        Task -> (classes, terms + findings) and (classes,).
    temperature : dict
        Task -> divisor of its scores, so that probabilities are calibrated on silent reports.
    confusion : dict
        Task -> (schema classes, schema classes): how often the registry says the column where the rules say the row.
    """

    terms: list[str]
    idf: np.ndarray
    names: dict[str, list[str]]
    classes: dict[str, list[str]]
    weights: dict[str, np.ndarray]
    intercepts: dict[str, np.ndarray]
    temperature: dict[str, float]
    confusion: dict[str, np.ndarray]

    @property
    def parameters(self) -> int:
        """How many numbers were learned."""
        return sum(array.size for part in (self.weights, self.intercepts) for array in part.values())

    def probabilities(self, texts: list[str], answers: list[Mapping[str, Answer]]) -> dict[str, np.ndarray]:
        """Probability of each class from the words and findings alone.

        Parameters
        ----------
        texts
            Reports.
        answers
            The oracle's answers to each.

        Returns
        -------
        dict
            Task -> (reports, classes of ``schema.CLASSES``).
        """
        vectorizer = TfidfVectorizer(analyzer=words, sublinear_tf=True, vocabulary=self.terms)
        vectorizer.idf_ = self.idf
        by_word, places = vectorizer.transform(texts) * _WORD_SCALE, [organ_and_sizes(text) for text in texts]
        scores = {}
        for task, names in self.names.items():
            found = [findings(place, each, task) for place, each in zip(places, answers, strict=True)]
            scores[task] = _joined(by_word, found, names) @ self.weights[task].T + self.intercepts[task]
        return {task: self._probabilities(each, task) for task, each in scores.items()}

    def _probabilities(self, scores: np.ndarray, task: str) -> np.ndarray:
        every = np.zeros((len(scores), len(CLASSES[task])))
        every[:, [CLASSES[task].index(name) for name in self.classes[task]]] = softmax(scores / self.temperature[task], axis=1)
        return every

    def with_rules(self, inferred: np.ndarray, stated: list[str | None], task: str) -> np.ndarray:
        """Weigh what is inferred against what the rules found, by how often the registry agreed with them (Bayes' rule).

        Parameters
        ----------
        inferred
            (reports, classes) from ``probabilities``.
        stated
            The rules' answer to each report, None where they are silent.
        task
            The task.
        """
        both = inferred.copy()
        for i, value in enumerate(stated):
            if value is not None:
                weight = self.confusion[task][CLASSES[task].index(value)] * np.sqrt(np.maximum(inferred[i], 1e-3))
                both[i] = weight / weight.sum()
        return both


def _joined(by_word: sp.csr_matrix, found: list[list[str]], names: list[str]) -> sp.csr_matrix:
    """Words and findings side by side, (reports, terms + names); findings without a name are left out."""
    finder = CountVectorizer(analyzer=lambda listed: listed, binary=True, vocabulary=names)
    return sp.hstack([by_word, finder.transform(found) * _FINDING_SCALE]).tocsr()


def fit(reports: pd.DataFrame, answers: list[Mapping[str, Answer]], *, seed: int = 42, calibrated: bool = True) -> Silent:
    """Teach the model.

    Parameters
    ----------
    reports
        Columns text, patient_id and the registry's labels.
    answers
        The oracle's answers to each report.
    seed
        Seed of the folds and of the order of the reports.
    calibrated
        Find each task's temperature on held-out folds; otherwise it is 1.

    Returns
    -------
    Silent

    Raises
    ------
    ValueError
        If no task has two classes with ``FEW`` labels each.
    """
    texts = reports["text"].tolist()
    vectorizer = TfidfVectorizer(analyzer=words, sublinear_tf=True, min_df=min(MIN_REPORTS, len(texts) // 2), max_df=MAX_SHARE)
    by_word = vectorizer.fit_transform(texts).astype(np.float32) * _WORD_SCALE
    places = [organ_and_sizes(text) for text in texts]
    names, classes, weights, intercepts, temperature, confusion = ({} for _ in range(6))
    for task in TASKS:
        counts = reports[task].value_counts()
        known = [name for name in CLASSES[task] if counts.get(name, 0) >= FEW]
        rows = np.flatnonzero(reports[task].isin(known))
        if len(known) < 2:
            continue
        labels = np.array([known.index(value) for value in reports[task].iloc[rows]])
        found = [findings(places[i], answers[i], task) for i in rows]
        names[task], classes[task] = sorted(set().union(*found)), known
        matrix = _joined(by_word[rows], found, names[task])
        stated = [answers[i][task].value for i in rows]
        patients = reports["patient_id"].iloc[rows].to_numpy()
        weights[task], intercepts[task] = _linear(matrix, labels, len(known), seed)
        silent = np.array([value is None for value in stated])
        temperature[task] = _temperature(matrix, labels, patients, silent, len(known), seed) if calibrated else 1.0
        confusion[task] = _confusion(stated, reports[task].iloc[rows], task)
    if not classes:
        raise ValueError(f"no task has two classes with at least {FEW} labels each")
    return Silent(
        list(vectorizer.get_feature_names_out()), vectorizer.idf_, names, classes, weights, intercepts, temperature, confusion
    )


def _linear(matrix: sp.csr_matrix, labels: np.ndarray, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    model = SGDClassifier(loss="log_loss", alpha=ALPHA, average=True, max_iter=EPOCHS, tol=None, random_state=seed)
    model.fit(matrix, labels)
    weights, intercepts = np.zeros((classes, matrix.shape[1]), np.float32), np.full(classes, -50, np.float32)
    if len(model.classes_) == 2:
        weights[model.classes_], intercepts[model.classes_] = np.vstack([-model.coef_, model.coef_]) / 2, 0
        intercepts[model.classes_] = np.r_[-model.intercept_, model.intercept_] / 2
    else:
        weights[model.classes_], intercepts[model.classes_] = model.coef_, model.intercept_
    return weights, intercepts


def _temperature(matrix, labels, patients, silent, classes, seed) -> float:
    """The temperature with the lowest log loss on silent reports of held-out patients (Guo et al. 2017)."""
    scores = np.zeros((len(labels), classes))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for taught, held_out in folds.split(matrix, labels, patients):
        weights, intercepts = _linear(matrix[taught], labels[taught], classes, seed)
        scores[held_out] = matrix[held_out] @ weights.T + intercepts
    chosen = silent if silent.sum() >= 10 * classes else np.ones_like(silent)
    right = (np.flatnonzero(chosen), labels[chosen])

    def loss(log_temperature: float) -> float:
        return -float(log_softmax(scores / np.exp(log_temperature), axis=1)[right].mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-2, 2), method="bounded").x))


def _confusion(stated: list[str | None], labels: pd.Series, task: str) -> np.ndarray:
    """P(registry | rules), smoothed with one report spread over all classes and three on the rules' own."""
    size = len(CLASSES[task])
    counts = np.full((size, size), 1 / size) + 3 * np.eye(size)
    for value, label in zip(stated, labels, strict=True):
        if value is not None:
            counts[CLASSES[task].index(value), CLASSES[task].index(label)] += 1
    return counts / counts.sum(axis=1, keepdims=True)


def save(model: Silent, folder: Path, about: Mapping[str, object]) -> Path:
    """Write a model into a folder: numbers in safetensors (half precision), names and ``about`` in JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = {"idf": model.idf.astype(np.float32)}
    for task in model.classes:
        arrays[f"weights.{task}"] = model.weights[task].astype(np.float16)
        arrays[f"intercepts.{task}"] = model.intercepts[task].astype(np.float32)
        arrays[f"confusion.{task}"] = model.confusion[task].astype(np.float32)
    save_file(arrays, folder / _NUMBERS)
    names = {"about": dict(about), "classes": model.classes, "temperature": model.temperature}
    lists = {"findings": model.names, "terms": model.terms}
    (folder / _NAMES).write_text(json.dumps(names | lists, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    return folder


def load(folder: Path) -> tuple[Silent, dict]:
    """Read what ``save`` wrote: the model, and what is said about it.

    Raises
    ------
    FileNotFoundError
        If there is no model in the folder.
    """
    names = json.loads((folder / _NAMES).read_text(encoding="utf-8"))
    arrays = load_file(folder / _NUMBERS)
    parts = {
        part: {task: arrays[f"{part}.{task}"].astype(np.float32) for task in names["classes"]}
        for part in ("weights", "intercepts", "confusion")
    }
    model = Silent(names["terms"], arrays["idf"], names["findings"], names["classes"], temperature=names["temperature"], **parts)
    return model, names["about"]
