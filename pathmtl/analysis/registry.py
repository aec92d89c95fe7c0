"""Real reports scored against a registry's labels: aggregates that may be recorded and shown, never a report or its id.

A registry knows things that a report need not state, so everything is scored twice: on ``all`` labeled reports, and on those
whose text names the field or writes its code (``stated``; see ``review.coverage.named_tasks``, whose patterns know neither the
oracle's answers nor the labels). ``benchmarks/real_reports.py`` writes the file that ``recorded`` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.analysis.paired import paired_difference
from pathmtl.schema import OVERALL, PAPER_TASKS

VIEWS = {"all": "all labeled reports", "stated": "reports that name the field", "breast": "breast reports that name the field"}
#: Name of the file of recorded aggregates in ``book/results/``.
RECORD = "tcga_aggregates.json"
BREAST = "BRCA"
#: Pairs of methods that are compared if both were scored.
PAIRS = (("lora", "naive"), ("oracle", "naive"), ("lora", "oracle"))
_DECIMALS = 4


def views(reports: pd.DataFrame, frame: pd.DataFrame, named: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Cut predictions to each of ``VIEWS``.

    Parameters
    ----------
    reports
        Columns report_id and cancer_type.
    frame
        One method's predictions in long form.
    named
        Columns report_id, task, stated (bool): whether each report names each task.

    Returns
    -------
    dict
        View -> predictions; ``breast`` only if the reports cover several cancers, breast among them.
    """
    marked = frame.merge(named, on=["report_id", "task"], validate="one_to_one")
    cancers = marked["report_id"].map(reports.set_index("report_id")["cancer_type"])
    parts = {"all": frame, "stated": marked[marked["stated"]].drop(columns="stated")}
    if (cancers == BREAST).any() and cancers.nunique() > 1:
        parts["breast"] = marked[marked["stated"] & (cancers == BREAST)].drop(columns="stated")
    return {view: part.reset_index(drop=True) for view, part in parts.items()}


def aggregates(
    reports: pd.DataFrame,
    predictions: Mapping[str, pd.DataFrame],
    named: pd.DataFrame,
    *,
    titles: Mapping[str, str],
    about: Mapping[str, object],
    resamples: int = 200,
) -> dict:
    """Score every method in each view, and compare pairs of methods: numbers and names only.

    Parameters
    ----------
    reports
        The reports evaluated: report_id, patient_id, cancer_type.
    predictions
        Method -> its labeled predictions in long form; empty if the reports carry no labels.
    named
        As in ``views``.
    titles
        Method -> its name on a page.
    about
        What to store about the evaluation: source (a name without a path), profile, runs (method -> key of its run), ...
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    dict
        ``about`` (with date, reports, patients and resamples added), ``titles``, ``scores`` and ``differences`` (lists of
        records); ready for ``write``.
    """
    head = {
        **about,
        "date": datetime.now(UTC).date().isoformat(),
        "reports": len(reports),
        "patients": int(reports["patient_id"].nunique()),
        "resamples": resamples,
    }
    parts = {method: views(reports, frame, named) for method, frame in predictions.items()}
    score_records, difference_records = [], []
    for view in VIEWS:
        in_view = {method: cut[view] for method, cut in parts.items() if view in cut and len(cut[view])}
        for method, frame in in_view.items():
            score_records += _scores(view, method, frame, resamples)
        for a, b in PAIRS:
            if a in in_view and b in in_view:
                difference_records += _differences(view, a, b, in_view[a], in_view[b], resamples)
    return {"about": head, "titles": dict(titles), "scores": score_records, "differences": difference_records}


def _scores(view: str, method: str, frame: pd.DataFrame, resamples: int) -> list[dict]:
    table = scores(frame, resamples=resamples)
    given = (frame["predicted"] != NO_ANSWER).groupby(frame["task"]).sum()
    right = (frame["predicted"] == frame["truth"]).groupby(frame["task"]).sum()
    records = []
    for task, row in table.iterrows():
        single = task in given.index
        precision = float(right[task] / given[task]) if single and given[task] else None
        records.append(
            {
                "view": view,
                "method": method,
                "task": task,
                "n": int(row["n"]),
                "answered": int(given[task]) if single else None,
                "right_where_answered": _number(precision),
                **{name: _number(row[name]) for name in table.columns if name != "n"},
            }
        )
    return records


def _differences(view: str, a: str, b: str, ours: pd.DataFrame, theirs: pd.DataFrame, resamples: int) -> list[dict]:
    records = []
    for metric in ("accuracy", "macro_f1"):
        for task, row in paired_difference(ours, theirs, metric, resamples=resamples).iterrows():
            values = {name: _number(row[name]) for name in ("difference", "low", "high")}
            records.append({"view": view, "a": a, "b": b, "metric": metric, "task": task, "n": int(row["n"]), **values})
    return records


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), _DECIMALS)


def write(record: Mapping, path: Path) -> Path:
    """Write what ``aggregates`` returned as JSON, one score per line, so that a changed number is one changed line.

    Parameters
    ----------
    record
        As ``aggregates`` returns it.
    path
        The file; its folder is made if it is missing.

    Returns
    -------
    pathlib.Path
        The file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [f' "{name}": {json.dumps(record[name], ensure_ascii=False)}' for name in ("about", "titles")]
    for name in ("scores", "differences"):
        lines = ",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in record[name])
        parts.append(f' "{name}": [\n{lines}\n ]')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    return path


def recorded(path: Path) -> dict | None:
    """Read what ``write`` wrote; None if the file does not exist."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def methods(record: Mapping) -> dict[str, str]:
    """Methods that were scored -> their titles."""
    scored = {line["method"] for line in record["scores"]}
    return {method: title for method, title in record["titles"].items() if method in scored}


def score_tables(record: Mapping, view: str) -> dict[str, pd.DataFrame]:
    """Method -> its scores in a view.

    Parameters
    ----------
    record
        As ``aggregates`` or ``recorded`` returns it.
    view
        One of ``VIEWS``.

    Returns
    -------
    dict
        Method -> the columns of ``evaluate.scores``, answered (reports) and right_where_answered (share), indexed by task.
    """
    lines = [line for line in record["scores"] if line["view"] == view]
    if not lines:
        return {}
    table = pd.DataFrame(lines)
    numbers = [name for name in table.columns if name not in ("view", "method", "task")]
    table[numbers] = table[numbers].astype(float)
    parts = {method: table[table["method"] == method].set_index("task")[numbers] for method in methods(record)}
    return {method: part for method, part in parts.items() if len(part)}


def difference(record: Mapping, view: str, a: str, b: str, metric: str = "macro_f1") -> pd.DataFrame:
    """Paired differences of method ``a`` minus ``b`` in a view.

    Parameters
    ----------
    record, view
        As in ``score_tables``.
    a, b
        Two methods, one of ``PAIRS``.
    metric
        ``accuracy`` or ``macro_f1``.

    Returns
    -------
    pandas.DataFrame
        Columns difference, low, high, n, indexed by task; empty if the two were not compared.
    """
    key = {"view": view, "a": a, "b": b, "metric": metric}
    lines = [line for line in record["differences"] if all(line[name] == value for name, value in key.items())]
    table = pd.DataFrame(lines, columns=["task", "difference", "low", "high", "n"]).set_index("task")
    return table.astype(float)


def tested(record: Mapping, view: str = "stated") -> dict[str, tuple[str, float, float, float, str]]:
    """Measure the claims on real reports; ``record`` and ``view`` as in ``score_tables``.

    Returns
    -------
    dict
        Claim id -> the fields of ``paper.evidence.Measured``: text, value, low, high, why it decides nothing.
    """
    pairs = {**{f"real-{task}": ("naive", task) for task in (*PAPER_TASKS, OVERALL)}, "real-oracle": ("oracle", OVERALL)}
    measured = {}
    for name, (other, task) in pairs.items():
        gaps = difference(record, view, "lora", other)
        if task not in gaps.index or np.isnan(gaps.loc[task, "difference"]):
            measured[name] = ("–", *[float("nan")] * 3, "no label for it, or a method was not scored")
            continue
        value, low, high = gaps.loc[task, ["difference", "low", "high"]]
        measured[name] = (gap_text(value, low, high), value, low, high, "")
    return measured
