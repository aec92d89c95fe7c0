"""Phase (e): accuracy, macro-F1 and macro one-vs-rest AUROC with bootstrap intervals by patient (paper, section IV-B)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from pathmtl.analysis.metrics import METRICS, NO_ANSWER, Coded, mean_of
from pathmtl.schema import CLASSES, OVERALL, OVERALL_WEIGHTED, PAPER_TASKS


def hard_predictions(table: pd.DataFrame, answers: pd.DataFrame) -> pd.DataFrame:
    """Long-form predictions of a method that answers with a class or nothing (rules, oracle).

    table: reports; answers: (reports, tasks) of classes or None. Its AUROC is that of a one-hot probability; where there is no
    answer, every class is equally probable.
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
    """Long-form predictions of a table with report_id, a class or nothing per task, and perhaps ``p_TASK``, its probability.

    What a probability leaves over is shared by the other classes, so AUROC is exact for two classes and near it for more.
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
    """Predictions joined to the label columns of ``table`` as column ``name``; pairs without a label are left out."""
    truth = table.melt(id_vars="report_id", value_vars=list(CLASSES), var_name="task", value_name=name).dropna(subset=name)
    return predictions.merge(truth, on=["report_id", "task"], validate="one_to_one")


def with_labels(predictions: pd.DataFrame, reports: pd.DataFrame, stated: pd.DataFrame) -> pd.DataFrame:
    """Predictions with columns ``truth`` (the reports' labels) and ``oracle`` (its stated answers), None where there is none."""
    for name, labels in (("truth", reports), ("oracle", stated.assign(report_id=reports["report_id"]))):
        joined = with_truth(predictions[["report_id", "task"]], labels, name)
        predictions = predictions.drop(columns=name, errors="ignore")
        predictions = predictions.merge(joined, on=["report_id", "task"], how="left", validate="one_to_one")
    return predictions


def task_scores(frame: pd.DataFrame, task: str, truth: str = "truth", weight: np.ndarray | None = None) -> dict[str, float]:
    """The three metrics of one task.

    frame: rows of that task with columns ``truth``, predicted, probabilities. Macro averages run over the classes present in the
    truth; AUROC is NaN where only one is. ``weight``: (rows,) sample weights.
    """
    weights = np.ones((1, len(frame))) if weight is None else np.asarray(weight, dtype=float)[None]
    return {metric: float(value[0]) for metric, value in Coded.of(frame, task, truth).scores(weights).items()}


def diluted_macro_f1(frame: pd.DataFrame, task: str, truth: str = "truth") -> float:
    """Macro-F1 with "no answer" averaged in as one more class, whose F1 is always 0: what the paper's naive row looks like."""
    present = [c for c in CLASSES[task] if (frame[truth] == c).any()]
    return float(f1_score(frame[truth], frame["predicted"], labels=[*present, NO_ANSWER], average="macro", zero_division=0))


def scores(
    frame: pd.DataFrame, *, truth: str = "truth", tasks: Sequence[str] | None = None, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """All metrics by task and overall, with 95 % bootstrap intervals.

    Patients, not reports, are resampled: a patient's reports share their wording. ``Overall`` is the unweighted mean over the
    paper's six tasks that are present; the row after it weighs each by its labelled reports, which the paper's neural rows fit.
    ``truth`` names the column scored against (a run's predictions also hold ``oracle``); rows without it are left out.
    Returns a table indexed by task with columns ``metric``, ``metric_low``, ``metric_high`` for each metric, and ``n`` (labelled
    reports).
    """
    frame = frame[frame[truth].notna()]
    tasks = [t for t in (tasks or CLASSES) if (frame["task"] == t).any()]
    parts = {task: frame[frame["task"] == task] for task in tasks}
    patients = pd.factorize(frame["patient_id"], sort=True)[1]
    point, draws = bootstrap(parts, patients, patient_counts(len(patients), resamples, seed), truth)
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
    """Whether a method tells classes apart better than chance: the interval of its overall AUROC (``scores``) lies above 0.5."""
    return table.loc[OVERALL, "auroc_low"] > 0.5


def bootstrap(
    parts: Mapping[str, pd.DataFrame], patients: pd.Index, counts: np.ndarray, truth: str = "truth"
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, np.ndarray]]]:
    """The scores as measured, and in each draw: each task or overall row -> metric -> (1,) and (resamples,).

    parts: task -> its labelled predictions. counts: ``patient_counts`` of ``patients``.
    """
    point, draws, support = {}, {}, {}
    for task, part in parts.items():
        coded = Coded.of(part, task, truth)
        weights = counts[:, patients.get_indexer(part["patient_id"])]
        point[task] = coded.scores(np.ones((1, len(part))))
        draws[task], support[task] = coded.scores(weights), weights.sum(axis=1)
    sizes = {task: np.array([len(part)], dtype=float) for task, part in parts.items()}
    return point | averages(point, sizes), draws | averages(draws, support)


def averages(
    by_task: Mapping[str, Mapping[str, np.ndarray]], support: Mapping[str, np.ndarray]
) -> dict[str, dict[str, np.ndarray]]:
    """The two overall rows over the paper's six tasks, each metric (draws,); a task whose metric is undefined is left out."""
    tasks = [task for task in PAPER_TASKS if task in by_task]
    if not tasks:
        return {}
    weights = np.stack([support[task] for task in tasks], axis=-1)
    each = {metric: np.stack([by_task[task][metric] for task in tasks], axis=-1) for metric in METRICS}
    return {
        OVERALL: {metric: mean_of(values) for metric, values in each.items()},
        OVERALL_WEIGHTED: {metric: mean_of(values, weights) for metric, values in each.items()},
    }


def patient_counts(patients: int, resamples: int, seed: int) -> np.ndarray:
    """How often each patient is drawn in each bootstrap resample: (resamples, patients)."""
    rng = np.random.default_rng(seed)
    return rng.multinomial(patients, np.full(patients, 1 / patients), size=resamples).astype(float)


def interval(sample: np.ndarray) -> tuple[float, float]:
    """The middle 95 % of what is not NaN."""
    known = sample[~np.isnan(sample)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
    return float(low), float(high)
