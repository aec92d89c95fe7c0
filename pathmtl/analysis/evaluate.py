"""Phase (e): accuracy, macro-F1 and macro one-vs-rest AUROC with bootstrap intervals by patient (paper, section IV-B).

Predictions are in *long form*: one row per report and task, with the columns report_id, patient_id, task, predicted (a class or
``NO_ANSWER``), probabilities (a list with one number per class), and where known truth and oracle.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from pathmtl.analysis.bootstrap import bootstrap, interval, patient_counts, strata_of
from pathmtl.analysis.metrics import METRICS, NO_ANSWER
from pathmtl.schema import CLASSES, OVERALL, PAPER_TASKS


def hard_predictions(table: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Predictions in long form of a method that answers with a class or nothing (rules, oracle).

    Parameters
    ----------
    table
        Reports: report_id, patient_id.
    answers
        (reports, tasks) of classes or None, in the order of ``table``.

    Returns
    -------
    pandas.DataFrame
        Long form. The class answered has probability 1; without an answer all classes are equally probable.
    """
    rows = []
    for task in CLASSES:
        classes = CLASSES[task]
        for report, patient, value in zip(table["report_id"], table["patient_id"], answers[task], strict=True):
            known = isinstance(value, str)
            probabilities = [float(value == c) for c in classes] if known else [1 / len(classes)] * len(classes)
            rows.append((report, patient, task, value if known else NO_ANSWER, probabilities))
    return pd.DataFrame(rows, columns=["report_id", "patient_id", "task", "predicted", "probabilities"])


def long_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Predictions in long form of a wide table that may hold probabilities.

    Parameters
    ----------
    answers
        Columns report_id, one per task (a class or None), perhaps patient_id, and perhaps ``p_TASK``, the probability of the
        class answered.

    Returns
    -------
    pandas.DataFrame
        Long form. The other classes share the remaining probability equally, so AUROC is exact for two classes and an
        approximation for more.
    """
    table = answers.assign(patient_id=answers.get("patient_id", answers["report_id"]))
    long = hard_predictions(table, answers)
    columns = {task: table.set_index("report_id")[f"p_{task}"].astype(float) for task in CLASSES if f"p_{task}" in table}
    for i, (report, task, predicted) in enumerate(zip(long["report_id"], long["task"], long["predicted"], strict=True)):
        if task in columns and predicted != NO_ANSWER and not np.isnan(p := columns[task][report]):
            rest = (1 - p) / (len(CLASSES[task]) - 1)
            long.at[i, "probabilities"] = [p if c == predicted else rest for c in CLASSES[task]]
    return long


def with_truth(predictions: pd.DataFrame, table: pd.DataFrame, name: str = "truth") -> pd.DataFrame:
    """Join predictions with labels; pairs without a label are dropped.

    Parameters
    ----------
    predictions
        Long form.
    table
        report_id and one column of labels per task (a class or None).
    name
        Name of the new column.
    """
    truth = table.melt(id_vars="report_id", value_vars=list(CLASSES), var_name="task", value_name=name).dropna(subset=name)
    return predictions.merge(truth, on=["report_id", "task"], validate="one_to_one")


def with_labels(predictions: pd.DataFrame, reports: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Add the columns ``truth`` and ``oracle`` to predictions in long form, None where there is no label or answer.

    Parameters
    ----------
    predictions
        Long form.
    reports
        report_id and the label columns.
    stated
        The oracle's stated answers, (reports, tasks) in the order of ``reports``.
    """
    for name, labels in (("truth", reports), ("oracle", stated.assign(report_id=reports["report_id"]))):
        joined = with_truth(predictions[["report_id", "task"]], labels, name)
        predictions = predictions.drop(columns=name, errors="ignore")
        predictions = predictions.merge(joined, on=["report_id", "task"], how="left", validate="one_to_one")
    return predictions


def diluted_macro_f1(frame: pd.DataFrame, task: str, truth: str = "truth") -> float:
    """Macro-F1 with "no answer" averaged in as one more class, whose F1 is always 0.

    The paper does not say how the silence of its naive rules enters macro-F1; its ER row in Table I fits this reading.

    Parameters
    ----------
    frame
        The labeled rows of one task, in long form.
    task
        That task.
    truth
        The column scored against.
    """
    present = [c for c in CLASSES[task] if (frame[truth] == c).any()]
    return float(f1_score(frame[truth], frame["predicted"], labels=[*present, NO_ANSWER], average="macro", zero_division=0))


def scores(
    frame: pd.DataFrame, *, truth: str = "truth", tasks: Sequence[str] | None = None, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """All metrics by task and overall, with 95 % percentile bootstrap intervals (Efron and Tibshirani 1993).

    Patients, not reports, are resampled, because a patient's reports share their wording (a cluster bootstrap), and they are
    resampled within strata, so that macro-F1 averages over the same classes in every draw (``bootstrap.strata_of``).

    Parameters
    ----------
    frame
        Predictions in long form; rows without a value in ``truth`` are left out.
    truth
        The column scored against: ``truth``, or ``oracle`` where the predictions have it.
    tasks
        The tasks to score; by default all that occur.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Indexed by task, then ``OVERALL`` (unweighted mean over the paper's six tasks that occur) and ``OVERALL_WEIGHTED`` (mean
        weighted by labeled reports). Columns ``metric``, ``metric_low``, ``metric_high`` for accuracy, macro_f1 and auroc, and
        n (labeled reports).
    """
    frame = frame[frame[truth].notna()]
    tasks = [t for t in (tasks or CLASSES) if (frame["task"] == t).any()]
    parts = {task: frame[frame["task"] == task] for task in tasks}
    patients = pd.factorize(frame["patient_id"], sort=True)[1]
    counts = patient_counts(len(patients), resamples, seed, strata_of(frame, patients, truth))
    point, draws = bootstrap(parts, patients, counts, truth)
    six = sum(len(part) for task, part in parts.items() if task in PAPER_TASKS)
    rows = {}
    for name, values in point.items():
        row: dict[str, float] = {"n": len(parts[name]) if name in parts else six}
        for metric in METRICS:
            row |= {metric: float(values[metric][0])}
            row |= dict(zip((f"{metric}_low", f"{metric}_high"), interval(draws[name][metric]), strict=True))
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def above_chance(table: pd.DataFrame) -> bool:
    """Whether a method ranks classes better than chance: the interval of its overall AUROC lies above 0.5.

    table: as ``scores`` returns it.
    """
    return table.loc[OVERALL, "auroc_low"] > 0.5
