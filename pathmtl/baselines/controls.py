"""Controls: how well simple models do that read nothing, the hints only, or words without their order.

A language model that is not better than a model of the hints alone has shown only that it copies them. Controls are linear,
take seconds, and are taught on the same reports and labels. They are no methods of the paper's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import Pipeline, make_pipeline

from pathmtl.baselines.control_settings import READS
from pathmtl.prompt import hints_of
from pathmtl.schema import CLASSES, TASKS

#: What stands in the prompt for a field without a hint.
NONE = "none"
_COLUMNS = ["report_id", "patient_id", "task", "predicted", "probability", "probabilities", "mentioned"]


def hint_table(reports: pd.DataFrame, kind: str = "oracle") -> pd.DataFrame:
    """The hints of each report.

    Parameters
    ----------
    reports
        Reports, with a column ``text``.
    kind
        Kind of hints (``prompt.HINTS``); ``none`` gives no report any.

    Returns
    -------
    pandas.DataFrame
        (reports, tasks), ``NONE`` where there is no hint.
    """
    texts = [hints_of(text, TASKS, kind) for text in reports["text"]]
    return pd.DataFrame([{task: each.get(task) or NONE for task in TASKS} for each in texts], index=reports.index)


def fit(
    method: str, reports: pd.DataFrame, labels: pd.DataFrame, kind: str = "none", *, large: bool = False
) -> dict[str, Pipeline]:
    """Teach a control.

    Parameters
    ----------
    method
        A key of ``control_settings.READS``.
    reports
        Reports, with a column ``text``.
    labels
        (reports, tasks) of classes or None.
    kind
        Kind of hints that it reads.
    large
        For thousands of long reports: leave out words of fewer than 5 reports, and fit by stochastic gradient descent.

    Returns
    -------
    dict
        A classifier for each task that has labels.
    """
    read, models = hint_table(reports, kind), {}
    for task in TASKS:
        known = labels[task].notna().to_numpy()
        if not known.any():
            continue
        answers = labels.loc[known, task]
        models[task] = _pipeline(method, answers.nunique() > 1, large).fit(_inputs(reports, read, task)[known], answers)
    return models


def _pipeline(method: str, several: bool, large: bool) -> Pipeline:
    """Words of the report and letters of the hint, whichever the method reads, and a linear classifier."""
    if not READS[method] or not several:
        return make_pipeline(DummyClassifier(strategy="prior"))
    vectorizers = {
        "report": TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=5 if large else 1),
        "hint": TfidfVectorizer(analyzer="char_wb", ngram_range=(1, 4)),
    }
    columns = make_column_transformer(*((vectorizers[name], name) for name in READS[method]))
    descent = SGDClassifier(loss="log_loss", alpha=2e-5, average=True, max_iter=15, tol=None, random_state=0)
    return make_pipeline(columns, descent if large else LogisticRegression(C=30, max_iter=2000))


def _inputs(reports: pd.DataFrame, read: pd.DataFrame, task: str) -> pd.DataFrame:
    return pd.DataFrame({"report": reports["text"], "hint": read[task]})


def predict(models: Mapping[str, Pipeline], reports: pd.DataFrame, kind: str = "none") -> pd.DataFrame:
    """Long-form predictions of every report and task, as a language model's, without truth and oracle.

    models: from ``fit``. reports: with the columns report_id, patient_id and text. kind: as for ``fit``.
    """
    read, parts = hint_table(reports, kind), []
    for task, model in models.items():
        every = np.zeros((len(reports), len(CLASSES[task])))
        every[:, [CLASSES[task].index(name) for name in model.classes_]] = model.predict_proba(_inputs(reports, read, task))
        part = {
            "report_id": reports["report_id"],
            "patient_id": reports["patient_id"],
            "task": task,
            "predicted": [CLASSES[task][i] for i in every.argmax(axis=1)],
            "probability": every.max(axis=1),
            "probabilities": every.tolist(),
            "mentioned": True,
        }
        parts.append(pd.DataFrame(part))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def parameters(models: Mapping[str, Pipeline]) -> int:
    """How many numbers a control has learned."""
    return sum(last.coef_.size + last.intercept_.size for last in (m[-1] for m in models.values()) if hasattr(last, "coef_"))
