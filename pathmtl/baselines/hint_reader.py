"""A reader that sees the hint of a field and nothing of the report: what score is in the hints alone.

Linear, on the letters of the hint; taught on the same labels as the language model. It is no method of the paper's: it shows what
can be scored with hints and without having read anything.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline

from pathmtl.oracle.hints import hints
from pathmtl.schema import CLASSES, TASKS

#: What stands in the prompt for a field without a hint.
NONE = "none"


def hint_table(reports: pd.DataFrame) -> pd.DataFrame:
    """The hints of each report, (reports, tasks), ``NONE`` where there is none."""
    found = [hints(text) for text in reports["text"]]
    return pd.DataFrame(found, index=reports.index, columns=list(TASKS)).replace("", NONE)


def fit(read: pd.DataFrame, labels: pd.DataFrame) -> dict[str, Pipeline]:
    """A classifier for each task that has labels. read: ``hint_table``; labels: (reports, tasks) of classes or None."""
    models = {}
    for task in TASKS:
        known = labels[task].notna().to_numpy()
        if not known.any():
            continue
        answers = labels.loc[known, task]
        last = LogisticRegression(C=30, max_iter=2000) if answers.nunique() > 1 else DummyClassifier(strategy="prior")
        letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4), lowercase=True)
        models[task] = make_pipeline(letters, last).fit(read.loc[known, task], answers)
    return models


def predict(models: Mapping[str, Pipeline], reports: pd.DataFrame, read: pd.DataFrame) -> pd.DataFrame:
    """Long-form predictions of every report and task: as a model's, without truth and oracle."""
    parts = []
    for task, model in models.items():
        known = model.predict_proba(read[task])
        every = np.zeros((len(reports), len(CLASSES[task])))
        every[:, [CLASSES[task].index(name) for name in model.classes_]] = known
        predicted = [CLASSES[task][i] for i in every.argmax(axis=1)]
        columns = {"report_id": reports["report_id"], "patient_id": reports["patient_id"], "task": task}
        parts.append(pd.DataFrame({**columns, "predicted": predicted, "probabilities": every.tolist()}))
    empty = pd.DataFrame(columns=["report_id", "patient_id", "task", "predicted", "probabilities"])
    return pd.concat(parts, ignore_index=True) if parts else empty
