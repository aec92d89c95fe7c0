"""The answer a hospital would use: the rules' where the report states a value, the model's where it is silent, each marked."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pathmtl.oracle.engine import Answer, label_reports, read_report
from pathmtl.real.features import organ
from pathmtl.real.silent import Silent
from pathmtl.schema import BIOMARKERS, CLASSES, TASKS

STATED, INFERRED, NONE = "stated", "inferred", "none"
COLUMNS = ("report_id", "patient_id", "task", "predicted", "basis", "probability", "probabilities", "rule", "start", "end")


def oracle_answers(reports: pd.DataFrame, *, progress: bool = False) -> list[dict[str, Answer]]:
    """The oracle's answers to each report; ``reports`` has a column text."""
    return label_reports(reports, read_report, progress=progress).to_dict("records")


def answers(reports: pd.DataFrame, read: list[Mapping[str, Answer]], model: Silent) -> pd.DataFrame:
    """One answer per report and task, with its basis and calibrated probability.

    Parameters
    ----------
    reports
        Columns report_id, patient_id and text.
    read
        The oracle's answers, from ``oracle_answers``.
    model
        What infers where the rules are silent.

    Returns
    -------
    pandas.DataFrame
        ``COLUMNS``. basis is ``stated`` (predicted is the rules' answer, with its place in the text), ``inferred`` (the model's
        most probable class) or ``none`` (predicted is empty: a task that the model has not learned, or a receptor of a report on
        another organ that does not state it). probability is that the registry has this value, NaN without a model or an
        answer; 1 - probability is the expected error.
    """
    inferred, parts = model.probabilities(reports["text"].tolist(), read), []
    breast = [organ(text.lower()) == "breast" for text in reports["text"]]
    for task in TASKS:
        given = [each[task] for each in read]
        stated = [one.value for one in given]
        if task in model.classes:
            both = model.with_rules(inferred[task], stated, task)
        else:
            both = np.full((len(reports), len(CLASSES[task])), np.nan)
        rows = []
        for one, probabilities, of_breast in zip(given, both, breast, strict=True):
            known = task in model.classes and bool(one.value or of_breast or task not in BIOMARKERS)
            value = one.value or (CLASSES[task][int(probabilities.argmax())] if known else "")
            basis = STATED if one.value else INFERRED if known else NONE
            probability = float(probabilities[CLASSES[task].index(value)]) if known else np.nan
            rows.append((task, value, basis, probability, probabilities.tolist(), one.rule, one.start, one.end))
        part = pd.DataFrame(rows, columns=list(COLUMNS[2:]))
        for column in ("patient_id", "report_id"):
            part.insert(0, column, reports[column].to_numpy())
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def review_order(table: pd.DataFrame) -> pd.DataFrame:
    """Every answer, those with the highest expected error first; ``table`` from ``answers``.

    Stated answers to a task that the model has not learned have no expected error and come last.
    """
    answered = table[table["basis"].ne(NONE)]
    listed = answered.assign(expected_error=1 - answered["probability"])
    return listed.sort_values(["expected_error", "report_id", "task"], ascending=[False, True, True], kind="stable")
