"""Real reports against a registry's labels: aggregates that can be recorded and shown, never a report or its id.

A registry knows what a report need not say, so everything is scored twice: on ``all`` labelled reports, and on those whose text
names the field or writes its code (``stated``; the patterns are those of ``audit.coverage`` and a plain stage code, and know
neither the oracle's answers nor the labels). ``benchmarks/real_reports.py`` writes what ``recorded`` reads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from pathmtl.analysis.compare import gap_text, paired_difference
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.experiments import store
from pathmtl.experiments.tables import TableResult, bundled_test, rule_predictions
from pathmtl.pages.figures import share
from pathmtl.paper import OVERALL, OVERALL_WEIGHTED
from pathmtl.review.coverage import mentions
from pathmtl.schema import PAPER_TASKS, TASKS

VIEWS = {"all": "all labelled reports", "stated": "reports that name the field", "breast": "breast reports that name the field"}
RECORD = "tcga_aggregates.json"
BREAST = "BRCA"
#: Pairs of methods compared, where both are there.
PAIRS = (("lora", "naive"), ("oracle", "naive"), ("lora", "oracle"))
_DECIMALS = 4


def stated(reports: pd.DataFrame) -> pd.DataFrame:
    """Whether each report names each task: report_id, task, stated (bool)."""
    rows = [
        (report, task, bool(mentions(text, task)))
        for report, text in zip(reports["report_id"], reports["text"], strict=True)
        for task in TASKS
    ]
    return pd.DataFrame(rows, columns=["report_id", "task", "stated"])


def views(reports: pd.DataFrame, frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Predictions cut to each of ``VIEWS``; ``breast`` only where the reports name several cancers, breast among them."""
    marked = frame.merge(stated(reports), on=["report_id", "task"], validate="one_to_one")
    cancers = marked["report_id"].map(reports.set_index("report_id")["cancer_type"])
    found = {"all": frame, "stated": marked[marked["stated"]].drop(columns="stated")}
    if (cancers == BREAST).any() and cancers.nunique() > 1:
        found["breast"] = marked[marked["stated"] & (cancers == BREAST)].drop(columns="stated")
    return {view: part.reset_index(drop=True) for view, part in found.items()}


def aggregates(live: TableResult, *, resamples: int = 200, source: str = "", about: Mapping[str, object] | None = None) -> dict:
    """Every method of a table scored against the labels in each view, and the paired differences: numbers and names only.

    source: what the reports are called (a name without a path). ``about``: more to keep in the head.
    """
    runs = {row: outcomes[0].runs[0].record["key"] for row, outcomes in live.outcomes.items() if outcomes[0].runs}
    head = {
        "source": source,
        "date": datetime.now(UTC).date().isoformat(),
        "profile": live.profile,
        "reports": len(live.reports),
        "patients": int(live.reports["patient_id"].nunique()),
        "resamples": resamples,
        "runs": runs,
        **(about or {}),
    }
    cut = {row: views(live.reports, frame) for row, frame in live.predictions().items()} if live.labelled else {}
    by_score, by_pair = [], []
    for view in VIEWS:
        here = {row: parts[view] for row, parts in cut.items() if view in parts and len(parts[view])}
        for row, frame in here.items():
            by_score += _scores(view, row, frame, resamples)
        for a, b in PAIRS:
            if a in here and b in here:
                by_pair += _differences(view, a, b, here[a], here[b], resamples)
    return {"about": head, "titles": live.titles, "scores": by_score, "differences": by_pair}


def _scores(view: str, row: str, frame: pd.DataFrame, resamples: int) -> list[dict]:
    table = scores(frame, resamples=resamples)
    given = (frame["predicted"] != NO_ANSWER).groupby(frame["task"]).sum()
    right = (frame["predicted"] == frame["truth"]).groupby(frame["task"]).sum()
    lines = []
    for task, line in table.iterrows():
        single = task in given.index
        answered = int(given[task]) if single else None
        precision = float(right[task] / given[task]) if single and given[task] else None
        lines.append(
            {
                "view": view,
                "method": row,
                "task": task,
                "n": int(line["n"]),
                "answered": answered,
                "right_where_answered": _number(precision),
                **{name: _number(line[name]) for name in table.columns if name != "n"},
            }
        )
    return lines


def _differences(view: str, a: str, b: str, ours: pd.DataFrame, theirs: pd.DataFrame, resamples: int) -> list[dict]:
    found = []
    for metric in ("accuracy", "macro_f1"):
        for task, line in paired_difference(ours, theirs, metric, resamples=resamples).iterrows():
            values = {name: _number(line[name]) for name in ("difference", "low", "high")}
            found.append({"view": view, "a": a, "b": b, "metric": metric, "task": task, "n": int(line["n"]), **values})
    return found


def _number(value: float | None) -> float | None:
    return None if value is None or np.isnan(value) else round(float(value), _DECIMALS)


def write(found: Mapping, path: Path | None = None) -> Path:
    """What ``aggregates`` gave, as JSON, one score a line: a changed number is a changed line."""
    path = path or store.results() / RECORD
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [f' "{name}": {json.dumps(found[name], ensure_ascii=False)}' for name in ("about", "titles")]
    for name in ("scores", "differences"):
        lines = ",\n".join(f"  {json.dumps(line, ensure_ascii=False)}" for line in found[name])
        parts.append(f' "{name}": [\n{lines}\n ]')
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")
    return path


def recorded(path: Path | None = None) -> dict | None:
    """What is kept in ``book/results/``, or None."""
    path = path or store.results() / RECORD
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def methods(found: Mapping) -> dict[str, str]:
    """Methods that were scored -> their titles."""
    scored = {line["method"] for line in found["scores"]}
    return {row: title for row, title in found["titles"].items() if row in scored}


def score_tables(found: Mapping, view: str) -> dict[str, pd.DataFrame]:
    """Method -> its scores in a view, as ``evaluate.scores`` gives them, with answered and right_where_answered."""
    lines = [line for line in found["scores"] if line["view"] == view]
    if not lines:
        return {}
    table = pd.DataFrame(lines)
    numbers = [name for name in table.columns if name not in ("view", "method", "task")]
    table[numbers] = table[numbers].astype(float)
    parts = {row: table[table["method"] == row].set_index("task")[numbers] for row in methods(found)}
    return {row: part for row, part in parts.items() if len(part)}


def coverage(found: Mapping, view: str) -> pd.DataFrame:
    """Per task the labelled reports, and for each method the share answered and how often that is right, as text."""
    tables = score_tables(found, view)
    rows: dict[str, dict[tuple[str, str], str]] = {}
    for row, table in tables.items():
        for task in [task for task in table.index if task not in (OVERALL, OVERALL_WEIGHTED)]:
            line, title = table.loc[task], found["titles"][row]
            cells = rows.setdefault(task, {("", "Reports"): f"{int(line['n']):,}"})
            cells[title, "answered"] = f"{line['answered'] / line['n']:.2f}"
            cells[title, "of these right"] = share(line["right_where_answered"])
    frame = pd.DataFrame.from_dict(rows, orient="index")
    if len(frame):
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.fillna("–")


def difference(found: Mapping, view: str, a: str, b: str, metric: str = "macro_f1") -> pd.DataFrame:
    """The paired differences of two methods in a view: difference, low, high, n by task; empty where they were not compared."""
    key = {"view": view, "a": a, "b": b, "metric": metric}
    lines = [line for line in found["differences"] if all(line[name] == value for name, value in key.items())]
    table = pd.DataFrame(lines, columns=["task", "difference", "low", "high", "n"]).set_index("task")
    return table.astype(float)


def tested(found: Mapping, view: str = "stated") -> dict[str, tuple[str, float, float, float, str]]:
    """What ``aggregates`` say, in one view, to the claims on real reports.

    Returns
    -------
    dict
        Claim id -> the fields of ``paper.evidence.Measured``: text, value, low, high, why it decides nothing.
    """
    pairs = {**{f"real-{task}": ("naive", task) for task in (*PAPER_TASKS, OVERALL)}, "real-oracle": ("oracle", OVERALL)}
    measured = {}
    for name, (other, task) in pairs.items():
        gaps = difference(found, view, "lora", other)
        if task not in gaps.index or np.isnan(gaps.loc[task, "difference"]):
            measured[name] = ("–", *[float("nan")] * 3, "no label for it, or a method was not scored")
            continue
        value, low, high = gaps.loc[task, ["difference", "low", "high"]]
        measured[name] = (gap_text(value, low, high), value, low, high, "")
    return measured


def synthetic_scores(profile: str, *, resamples: int = 50) -> dict[str, pd.DataFrame]:
    """Method -> scores on the bundled test split: the rules', and the model's where its run is in the store or recorded."""
    bundled = bundled_test()
    found = {row: rule_predictions(row, bundled) for row in ("naive", "oracle")}
    if run := _kept_run(profile):
        found["lora"] = run.predictions
    scored = {row: frame[frame["truth"].notna()] for row, frame in found.items()}
    return {row: scores(frame, resamples=resamples) for row, frame in scored.items() if len(frame)}


def _kept_run(profile: str) -> store.Run | None:
    name = "lora-seed42"
    live = [run for run in store.live_runs() if run.record.get("profile") == profile and run.name == name]
    return live[-1] if live else store.recorded_run(profile, name)
