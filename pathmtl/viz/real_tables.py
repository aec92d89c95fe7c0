"""Tables and the figure of recorded scores on real reports (``book/results/real``), for the notebook ``real_reports``."""

from __future__ import annotations

import json
from collections.abc import Mapping

import matplotlib.pyplot as plt
import pandas as pd
from matplotlib.figure import Figure

from pathmtl.experiments import store
from pathmtl.viz.tables import share as _share

_STAGE = ("T", "N", "M")
_METRICS = {"accuracy": "accuracy", "macro_f1": "macro-F1", "auroc": "AUROC"}
_BASES = {"stated": "stated: rules", "inferred": "not stated: model", "all": "all answers"}


def share(value: float | None) -> str:
    """As ``viz.tables.share``, a dash for None too."""
    return "–" if value is None else _share(value)


def recorded() -> dict | None:
    """What ``benchmarks/real_models.py`` recorded; None where nothing is."""
    path = store.results() / "real" / "scores.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def beside_anchors(record: Mapping) -> pd.DataFrame:
    """Published figures and ours: accuracy, macro-F1 and AUROC of T, N and M, ours with 95 % intervals of the AUROC left out."""
    path = store.results() / "real" / "anchors.json"
    rows = {}
    for anchor in json.loads(path.read_text(encoding="utf-8")):
        cells = {(task, _METRICS[name]): share(value) for task in _STAGE for name, value in anchor.get(task, {}).items()}
        rows[f"{anchor['row']} ({anchor['reports']})"] = cells
    for line in record["scores"]:
        if line["view"] == "all" and line["task"] in _STAGE:
            cells = rows.setdefault(f"{record['titles'][line['row']]} (ours, {record['about']['reports']})", {})
            cells |= {(line["task"], title): share(line[name]) for name, title in _METRICS.items()}
    columns = pd.MultiIndex.from_product([_STAGE, _METRICS.values()])
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=columns).fillna("–")


def by_view(record: Mapping, metric: str = "accuracy") -> pd.DataFrame:
    """One metric of each row where the oracle finds a value stated, where not, and on breast reports, with 95 % intervals."""
    views = {"all": "all", "stated": "stated", "silent": "not stated", "breast": "breast"}
    rows: dict[str, dict] = {}
    for line in record["scores"]:
        if line["task"] in _STAGE and line[metric] is not None:
            low, high = line[f"{metric}_low"], line[f"{metric}_high"]
            text = f"{share(line[metric])} ({share(low)} to {share(high)})"
            column = (line["task"], f"{views[line['view']]}, n = {int(line['n'])}")
            rows.setdefault(record["titles"][line["row"]], {})[column] = text
    frame = pd.DataFrame.from_dict(rows, orient="index").fillna("–")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def by_cancer(record: Mapping) -> pd.DataFrame:
    """Right answers of oracle and model by cancer type: of all labels, and of those that the report does not state."""
    rows: dict[str, dict] = {}
    for line in record["by_cancer"]:
        cells = rows.setdefault(line["cancer"], {})
        cells[line["task"], "right"] = f"{line['right']} of {line['n']}"
        cells[line["task"], "not stated"] = f"{line['silent_right']} of {line['silent']}" if line["silent"] else "–"
    order = pd.MultiIndex.from_product([_STAGE, ("right", "not stated")])
    return pd.DataFrame.from_dict(rows, orient="index").reindex(columns=order).fillna("–").sort_index()


def gold_table(record: Mapping, basis: str = "all") -> pd.DataFrame:
    """Recall, precision and needless answers of each row against what the reports state, by task."""
    rows: dict[str, dict] = {}
    for line in record["gold"]:
        if line["basis"] == basis and line["stated"]:
            cells = rows.setdefault(f"{line['task']}, n = {line['stated']}", {})
            title = record["titles"][line["row"]]
            cells |= {(title, "recall"): share(line["recall"]), (title, "precision"): share(line["precision"])}
            cells[title, "needless"] = str(int(line["needless"]))
    frame = pd.DataFrame.from_dict(rows, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame


def errors(record: Mapping, first: int = 12) -> pd.DataFrame:
    """The most frequent errors of oracle and model, by task and basis."""
    frame = pd.DataFrame(record["errors"]).head(first)
    return frame.rename(columns={"truth": "registry", "predicted": "answer", "n": "reports"}).set_index("task")


def calibration_and_abstention(record: Mapping) -> Figure:
    """Left: how often answers of a probability are right. Right: accuracy when the least certain answers go to a person."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot([0, 1], [0, 1], color="0.6", linewidth=1)
    curve = pd.DataFrame(record["calibration"])
    for (basis, title), marker in zip(_BASES.items(), "os^", strict=True):
        part = curve[curve["basis"] == basis]
        left.plot(part["probability"], part["accuracy"], marker=marker, markersize=4, label=title)
    left.set(xlabel="probability given", ylabel="share right", xlim=(0, 1), ylim=(0, 1.02))
    left.legend(fontsize=8)
    kept = pd.DataFrame(record["abstention"])
    right.plot(kept["coverage"], kept["accuracy"])
    right.fill_between(kept["coverage"], kept["low"].astype(float), kept["high"].astype(float), alpha=0.2)
    right.set(xlabel="share answered without a person", ylabel="share of these right")
    plt.close(figure)
    return figure
