"""Phase (e): accuracy, macro-F1 and macro one-vs-rest AUROC with bootstrap intervals by patient (paper, section IV-B)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from pathmtl.paper import OVERALL
from pathmtl.schema import CLASSES, PAPER_TASKS

METRICS = ("accuracy", "macro_f1", "auroc")
#: Stands for "the method gave no answer"; counted as wrong.
NO_ANSWER = "no answer"


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


@dataclass(frozen=True)
class _Coded:
    """One task's rows as integers: class codes of truth and answer (silence is the code after the last class), probabilities."""

    true: np.ndarray
    predicted: np.ndarray
    probabilities: np.ndarray

    @classmethod
    def of(cls, frame: pd.DataFrame, task: str, truth: str) -> _Coded:
        codes = {name: i for i, name in enumerate((*CLASSES[task], NO_ANSWER))}
        true, predicted = (frame[column].map(codes).to_numpy(dtype=int) for column in (truth, "predicted"))
        return cls(true, predicted, np.array(frame["probabilities"].tolist()))

    def present(self, weight: np.ndarray) -> np.ndarray:
        return np.unique(self.true[weight > 0])

    def macro_f1(self, weight: np.ndarray) -> float:
        labels = self.present(weight)
        return float(f1_score(self.true, self.predicted, labels=labels, average="macro", sample_weight=weight, zero_division=0))

    def scores(self, weight: np.ndarray) -> dict[str, float]:
        present = self.present(weight)
        if not len(present):
            return dict.fromkeys(METRICS, float("nan"))
        several = len(present) > 1
        areas = [roc_auc_score(self.true == c, self.probabilities[:, c], sample_weight=weight) for c in present if several]
        return {
            "accuracy": float(accuracy_score(self.true, self.predicted, sample_weight=weight)),
            "macro_f1": self.macro_f1(weight),
            "auroc": float(np.mean(areas)) if several else float("nan"),
        }


def task_scores(frame: pd.DataFrame, task: str, truth: str = "truth", weight: np.ndarray | None = None) -> dict[str, float]:
    """The three metrics of one task.

    frame: rows of that task with columns ``truth``, predicted, probabilities. Macro averages run over the classes present in the
    truth; AUROC is NaN where only one is. ``weight``: (rows,) sample weights.
    """
    return _Coded.of(frame, task, truth).scores(np.ones(len(frame)) if weight is None else weight)


def diluted_macro_f1(frame: pd.DataFrame, task: str, truth: str = "truth") -> float:
    """Macro-F1 with "no answer" averaged in as one more class, whose F1 is always 0: what the paper's naive row looks like."""
    present = [c for c in CLASSES[task] if (frame[truth] == c).any()]
    return float(f1_score(frame[truth], frame["predicted"], labels=[*present, NO_ANSWER], average="macro", zero_division=0))


def scores(
    frame: pd.DataFrame, *, truth: str = "truth", tasks: Sequence[str] | None = None, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """All metrics by task and overall, with 95 % bootstrap intervals.

    Patients, not reports, are resampled: a patient's reports share their wording. ``Overall`` is the unweighted mean over the
    paper's six tasks that are present. Returns a table indexed by task with columns ``metric``, ``metric_low``, ``metric_high``
    for each metric, and ``n`` (labelled reports).
    """
    tasks = [t for t in (tasks or CLASSES) if (frame["task"] == t).any()]
    parts = {task: frame[frame["task"] == task] for task in tasks}
    patients = {patient: i for i, patient in enumerate(sorted(frame["patient_id"].unique()))}
    owner = {task: part["patient_id"].map(patients).to_numpy() for task, part in parts.items()}
    coded = {task: _Coded.of(part, task, truth) for task, part in parts.items()}
    draws: list[dict[str, dict[str, float]]] = []
    for counts in _patient_counts(len(patients), resamples, seed):
        drawn = {t: coded[t].scores(counts[owner[t]]) for t in tasks}
        draws.append({**drawn, OVERALL: _mean_of_tasks(drawn)})
    point = {t: coded[t].scores(np.ones(len(parts[t]))) for t in tasks}
    point[OVERALL] = _mean_of_tasks(point)
    rows = {}
    for name, values in point.items():
        row: dict[str, float] = {
            "n": len(parts[name]) if name in parts else sum(len(parts[t]) for t in tasks if t in PAPER_TASKS)
        }
        for metric in METRICS:
            sample = np.array([draw[name][metric] for draw in draws], dtype=float)
            known = sample[~np.isnan(sample)]
            low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
            row |= {metric: values[metric], f"{metric}_low": low, f"{metric}_high": high}
        rows[name] = row
    return pd.DataFrame.from_dict(rows, orient="index")


def _patient_counts(patients: int, resamples: int, seed: int) -> Iterator[np.ndarray]:
    """How often each patient is drawn, once per bootstrap resample: (patients,) float."""
    rng = np.random.default_rng(seed)
    for _ in range(resamples):
        yield rng.multinomial(patients, np.full(patients, 1 / patients)).astype(float)


def macro_f1_difference(
    a: pd.DataFrame, b: pd.DataFrame, *, truth: str = "truth", resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """Macro-F1 of ``a`` minus that of ``b`` by task, with paired 95 % bootstrap intervals over patients.

    Both are cut to the (report, task) pairs they share. Returns columns difference, low, high, n.
    """
    shared = a.merge(b[["report_id", "task"]], on=["report_id", "task"])[["report_id", "task"]]
    a, b = (shared.merge(frame, on=["report_id", "task"], validate="one_to_one") for frame in (a, b))
    rows = {}
    for task in [t for t in CLASSES if (a["task"] == t).any()]:
        here = a[a["task"] == task]
        owner, patients = pd.factorize(here["patient_id"])
        ours, theirs = _Coded.of(here, task, truth), _Coded.of(b[b["task"] == task], task, truth)
        gaps = [
            ours.macro_f1(counts[owner]) - theirs.macro_f1(counts[owner])
            for counts in _patient_counts(len(patients), resamples, seed)
        ]
        low, high = np.percentile(gaps, [2.5, 97.5])
        ones = np.ones(len(here))
        rows[task] = {"difference": ours.macro_f1(ones) - theirs.macro_f1(ones), "low": low, "high": high, "n": len(here)}
    return pd.DataFrame.from_dict(rows, orient="index")


def verdict(low: float, high: float) -> str:
    """``held`` where the interval of (ours minus theirs) lies above zero, ``not held`` below, ``tie`` around it."""
    return "held" if low > 0 else "not held" if high < 0 else "tie"


def _mean_of_tasks(by_task: dict[str, dict[str, float]]) -> dict[str, float]:
    tasks = [task for task in PAPER_TASKS if task in by_task]
    means = {}
    for metric in METRICS:
        values = [by_task[task][metric] for task in tasks if not np.isnan(by_task[task][metric])]
        means[metric] = float(np.mean(values)) if values else float("nan")
    return means
