"""Costs of runs beside the paper's: parameters, time and memory, as text."""

from __future__ import annotations

from collections.abc import Mapping
from math import nan
from statistics import median

import pandas as pd

from pathmtl import paper
from pathmtl.analysis.compare import MARGIN
from pathmtl.experiments.recipes import CONTROLS, title_of
from pathmtl.experiments.results import TableResult
from pathmtl.experiments.store import recorded_runs
from pathmtl.paper.measures import devices
from pathmtl.schema import OVERALL

#: Cost of a row -> its title, and the paper's column.
_COST_TITLES = {
    "trainable_parameters": ("Trainable parameters", "trainable_parameters"),
    "train_seconds": ("Training, s", "seconds"),
    "peak_memory_mb": ("Peak memory, MB", "memory_mb"),
}


def trained_with(table: TableResult) -> str:
    """What the first trained run of a table was trained with, for a caption: reports, epochs, learning rate, prompt length."""
    settings = next(outcomes[0].runs[0].settings for outcomes in table.outcomes.values() if outcomes[0].runs)
    reports = "all" if settings.max_train_reports is None else f"{settings.max_train_reports:,}"
    return (
        f"{reports} training reports, passes: {settings.epochs:g}, learning rate {settings.learning_rate:g}, "
        f"up to {settings.max_length} tokens"
    )


def costs(name: str, live: TableResult, recorded: TableResult | None = None) -> pd.DataFrame:
    """Costs beside the paper's: one row per method, columns (cost, paper | recorded on … | this run on …).

    Parameters
    ----------
    name
        The table: ``table1`` to ``table4``, ``layouts`` or ``zero_shot``.
    live, recorded
        The rows of this run and of the recorded runs. Controls, and rows and columns without any cost, are left out.
    """
    sources = {"this run": live}
    if recorded is not None and recorded.outcomes:
        sources = {"recorded": recorded} if live.is_recorded else {"recorded": recorded, **sources}
    cells = {}
    for row in dict.fromkeys(row for table in sources.values() for row in table.outcomes if row not in CONTROLS):
        printed = paper.scores_of(name, row)
        line = {}
        for cost, (title, column) in _COST_TITLES.items():
            line[title, "paper"] = f"{printed[column]:,.0f}" if printed is not None and column in printed else "–"
            for source, table in sources.items():
                machine = f"{source}, {hardware(table)}" if cost.endswith("seconds") else source
                line[title, machine] = _cost(table, row, cost)
        cells[title_of(name, row)] = line
    frame = pd.DataFrame.from_dict(cells, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.loc[~(frame == "–").all(axis=1), ~(frame == "–").all()]


def hardware(table: TableResult) -> str:
    """The machines on which a table's models were trained, for the heading of their times."""
    rows = [outcome for row, outcomes in table.outcomes.items() if row not in CONTROLS for outcome in outcomes]
    return ", ".join(sorted(devices(rows))) or "unknown hardware"


def _cost(table: TableResult, row: str, cost: str) -> str:
    """A cost: of the first seed, or of times the median over the seeds with their range."""
    values = [outcome.cost[cost] for outcome in table.outcomes.get(row, ()) if outcome.cost]
    if not values:
        return "–"
    if cost.endswith("seconds") and len(values) > 1:
        return f"{median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"
    return f"{values[0]:,.0f}"


def cost_notes(recorded: TableResult) -> str:
    """The notes of the recorded runs whose costs are shown, each once; "" if there are none."""
    runs = [run for outcomes in recorded.outcomes.values() for run in outcomes[0].runs]
    return " ".join(dict.fromkeys(note for run in runs if (note := run.record.get("recorded", {}).get("note"))))


def cost_points(name: str, table: TableResult, scores: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Training time and overall macro-F1 of each trained row, and of the paper's, for ``overview_figures.cost_against_score``.

    Parameters
    ----------
    name
        The table, such as ``table2``.
    table
        Its rows; the time is the median over the seeds.
    scores
        Row -> scores (``comparison_tables.score_tables``).
    """
    points = []
    for row, outcomes in table.outcomes.items():
        seconds = [outcome.cost["train_seconds"] for outcome in outcomes if outcome.cost]
        if row in CONTROLS or not seconds or row not in scores:
            continue
        value, low, high = scores[row].loc[OVERALL, ["macro_f1", "macro_f1_low", "macro_f1_high"]]
        points.append((table.titles[row], row, median(seconds), value, min(low, value), max(high, value), "here"))
        printed = paper.scores_of(name, row)
        if printed is not None:
            points.append((table.titles[row], row, printed["seconds"], printed["macro_f1"], nan, nan, "the paper"))
    return pd.DataFrame(points, columns=["method", "row", "cost", "score", "low", "high", "source"])


def cheapest_row(macro_f1: Mapping[str, float], parameters: Mapping[str, int]) -> str:
    """The row with the fewest trained parameters among those within ``analysis.compare.MARGIN`` of the best macro-F1.

    Time does not decide: it varies with the machine.
    """
    top = max(macro_f1.values())
    return min((row for row, score in macro_f1.items() if score >= top - MARGIN), key=lambda row: parameters[row])


def cheapest(table: TableResult, scores: Mapping[str, pd.DataFrame]) -> str:
    """A sentence that names the strategy of ``cheapest_row``. table, scores: as in ``cost_points``."""
    known = {
        row: (float(scores[row].loc[OVERALL, "macro_f1"]), table[row].cost["trainable_parameters"])
        for row in table.outcomes
        if row not in CONTROLS and row in scores and table[row].cost
    }
    if not known:
        return ""
    row = cheapest_row(*({name: each[i] for name, each in known.items()} for i in (0, 1)))
    score, parameters = known[row]
    return (
        f"The cheapest strategy within {MARGIN} of the best macro-F1 is **{table.titles[row]}**: "
        f"{score:.3f} with {parameters:,} trained parameters."
    )


def costs_of_layouts(table: TableResult) -> pd.DataFrame:
    """What the runs of both prompt layouts cost: prompts, optimization steps, seconds and memory, as text.

    table: ``layouts``; each row's first seed.
    """
    rows = {}
    for row, title in table.titles.items():
        if row in CONTROLS:
            continue
        run = table[row].runs[0]
        data, cost = run.record["data"], run.record["cost"]
        ms_per_report = 1000 / data["test"] if data["test"] else float("nan")
        rows[title] = {
            "Training prompts": f"{data['examples']:,}",
            "per report": f"{data['examples'] / data['train']:.2f}",
            "Optimization steps": f"{int(run.history['step'].max()):,}",
            "Training, s": f"{cost['train_seconds']:,.0f}",
            "Answering, ms per report": f"{cost['predict_seconds'] * ms_per_report:,.0f}",
            "Peak memory, MB": f"{cost['peak_memory_mb']:,.0f}",
            "Trainable parameters": f"{cost['trainable_parameters']:,}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def paper_shape() -> tuple[pd.DataFrame, str]:
    """Speed and memory of a model of the paper's shape, as ``benchmarks/paper_shape.py`` timed them.

    Returns
    -------
    tuple
        One row per PEFT method that was timed (none without a record), beside Table II, for steps of 16 sequences of 512
        tokens; and the devices it ran on.
    """
    lines, places = {}, []
    for run in recorded_runs("efficiency"):
        cost, printed = run.record["cost"], paper.scores_of("table2", run.name)
        lines[title_of("table2", run.name)] = {
            ("Trainable parameters", "paper"): "–" if printed is None else f"{printed['trainable_parameters']:,.0f}",
            ("Trainable parameters", "measured"): f"{cost['trainable_parameters']:,}",
            ("Peak memory, MB", "paper, L40S"): "–" if printed is None else f"{printed['memory_mb']:,.0f}",
            ("Peak memory, MB", "measured"): f"{cost['peak_memory_mb']:,}",
            ("Optimizer step", "seconds"): f"{cost['seconds_per_step']:.2f}",
            ("Optimizer step", "tokens/s"): f"{cost['tokens_per_second']:,.0f}",
        }
        provenance = run.record["provenance"]
        places.append(f"{provenance['hardware']['device']}, PyTorch {provenance['versions']['torch']}")
    frame = pd.DataFrame.from_dict(lines, orient="index")
    if lines:
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame, "; ".join(dict.fromkeys(places))
