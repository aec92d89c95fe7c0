"""A table of the paper, a recorded run and this one side by side: scores and costs as text, ready for a page or a terminal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pathmtl import paper
from pathmtl.analysis.compare import (
    HELD,
    NOT_HELD,
    TIE,
    across_seeds,
    gap_text,
    on_par,
    paired_difference,
    spread_text,
    verdict,
)
from pathmtl.analysis.evaluate import above_chance, scores
from pathmtl.analysis.metrics import METRIC_TITLES, METRICS, NO_ANSWER
from pathmtl.experiments.recipes import title_of
from pathmtl.experiments.results import TableResult
from pathmtl.experiments.store import recorded_runs
from pathmtl.paper import OVERALL
from pathmtl.schema import TASK, TASKS

_COST_TITLES = {
    "trainable_parameters": ("Trainable parameters", "trainable_parameters"),
    "train_seconds": ("Training, s", "seconds"),
    "peak_memory_mb": ("Peak memory, MB", "memory_mb"),
}


def score_tables(table: TableResult, *, truth: str = "truth", resamples: int = 200) -> dict[str, pd.DataFrame]:
    """Row -> its scores (``evaluate.scores``); of several seeds their mean and ``metric_sd`` (the intervals are the first's)."""
    found = {}
    for row, outcomes in table.outcomes.items():
        frames = [outcome.predictions for outcome in outcomes]
        if not frames[0][truth].notna().any():
            continue
        each = [scores(frame, truth=truth, resamples=resamples if i == 0 else 1) for i, frame in enumerate(frames)]
        if len(each) > 1:
            mean = across_seeds(each)
            each[0] = each[0].assign(**{column: mean[column] for column in mean.columns if column != "n"})
        found[row] = each[0]
    return found


def beside(
    name: str,
    live: Mapping[str, pd.DataFrame],
    recorded: Mapping[str, pd.DataFrame] | None = None,
    *,
    average: str = OVERALL,
    html: bool = True,
) -> pd.DataFrame:
    """Overall scores by row, columns (metric, paper | recorded | this run); ``average`` is one of the two overall rows.

    live, recorded: ``score_tables``. In HTML the interval (or, of several seeds, the spread) stands in small print below.
    """
    sources = {"recorded": recorded, "this run": live} if recorded else {"this run": live}
    cells = {}
    for row in dict.fromkeys([*(recorded or {}), *live]):
        printed = paper.scores_of(name, row)
        line = {}
        for metric in METRICS:
            line[METRIC_TITLES[metric], "paper"] = "–" if printed is None else f"{printed[metric]:.3f}"
            for title, tables in sources.items():
                line[METRIC_TITLES[metric], title] = _cell(tables.get(row), average, metric, html)
        cells[title_of(name, row)] = line
    frame = pd.DataFrame.from_dict(cells, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.loc[:, ~(frame == "–").all()]


def _cell(table: pd.DataFrame | None, row: str, metric: str, html: bool) -> str:
    if table is None or row not in table.index or pd.isna(table.loc[row, metric]):
        return "–"
    value = table.loc[row]
    small = spread_text(value, metric)
    if html:
        return f"{value[metric]:.3f}<br><small>{small}</small>"
    return f"{value[metric]:.3f} {small if small.startswith('±') else f'({small})'}"


def unlearnt(name: str, live: Mapping[str, pd.DataFrame], recorded: Mapping[str, pd.DataFrame]) -> str:
    """Which rows tell classes apart no better than chance (``evaluate.above_chance``); empty where none."""
    told = []
    for source, tables in (("In the recorded runs", recorded), ("In this run", live)):
        known = {
            row: table for row, table in tables.items() if OVERALL in table.index and pd.notna(table.loc[OVERALL, "auroc_low"])
        }
        rows = [row for row, table in known.items() if not above_chance(table)]
        if rows:
            told.append(f"{source}: **{', '.join(title_of(name, row) for row in rows)}**.")
    if not told:
        return ""
    return (
        f"{' '.join(told)} These rank the classes no better than chance: in the training they got they learnt how common each "
        "class is, and nothing of the text. "
        "A difference to such a row says how fast the other learns, not what the two could reach with more reports or epochs."
    )


#: Comparisons of Table IV's rows with and without hints: (title, row, row, how it is judged).
_CROSSED = (
    ("Hints, window", "window", "window-nohints", verdict),
    ("Hints, full text", "full", "full-nohints", verdict),
    ("Hints, random window", "random", "random-nohints", verdict),
    ("Full text against window, no hints", "full-nohints", "window-nohints", on_par),
    ("Window against random, no hints", "window-nohints", "random-nohints", verdict),
)


def crossed(table: TableResult, *, resamples: int = 200) -> pd.DataFrame:
    """Overall macro-F1 differences between the rows of Table IV that are there: first seeds, paired by patient."""
    found, lines = table.predictions(), {}
    for title, a, b, judged in _CROSSED:
        if a in found and b in found:
            row = paired_difference(found[a], found[b], resamples=resamples).loc[OVERALL]
            gap = row["difference"], row["low"], row["high"]
            lines[title] = {"Macro-F1 difference": gap_text(*gap), "Better (or on par)": judged(*gap[1:])}
    return pd.DataFrame.from_dict(lines, orient="index")


def beside_teacher(table: TableResult, *, resamples: int = 200) -> tuple[pd.DataFrame, str]:
    """Macro-F1 of Table I's model minus that of the oracle it was taught by, and what follows for who may choose, in words."""
    found = table.predictions()
    gap = paired_difference(found["lora"], found["oracle"], resamples=resamples)
    words = {HELD: "better", NOT_HELD: "worse", TIE: "tied"}
    lines = {
        TASK[task].title if task in TASK else task: {
            "Macro-F1 difference": gap_text(row["difference"], row["low"], row["high"]),
            "The model is": words[verdict(row["low"], row["high"])],
        }
        for task, row in gap.iterrows()
    }
    frame = pd.DataFrame.from_dict(lines, orient="index")
    worse, better = (list(frame.index[frame["The model is"] == word]) for word in ("worse", "better"))
    told = f"The model is behind its teacher on {', '.join(worse)}. " if worse else "The model is behind its teacher nowhere. "
    if better:
        return frame, told + f"It is ahead on {', '.join(better)}."
    return frame, told + (
        "It is ahead nowhere: on reports like these, *use the rules*. A model earns its place where the rules have no answer, or "
        "a wrong one, and the text still tells."
    )


def trained_with(table: TableResult) -> str:
    """What the first of a table's runs was trained with, for a caption: reports, passes, learning rate, tokens of a prompt."""
    one = next(outcome[0].runs[0].settings for outcome in table.outcomes.values() if outcome[0].runs)
    reports = "all" if one.max_train_reports is None else f"{one.max_train_reports:,}"
    return (
        f"{reports} training reports, passes: {one.epochs:g}, learning rate {one.learning_rate:g}, up to {one.max_length} tokens"
    )


def by_task(live: Mapping[str, pd.DataFrame], titles: Mapping[str, str], metric: str = "macro_f1") -> pd.DataFrame:
    """One metric by task (rows) and method (columns), as text without intervals."""
    columns = {titles[row]: table[metric].map(lambda v: "–" if pd.isna(v) else f"{v:.3f}") for row, table in live.items()}
    frame = pd.DataFrame(columns)
    order = [task for task in next(iter(live.values())).index if task in frame.index]
    return frame.loc[order].fillna("–")


def costs(name: str, live: TableResult, recorded: TableResult | None = None) -> pd.DataFrame:
    """Costs by row, columns (cost, paper | recorded | this run), where there is any; of several seeds the first's."""
    sources = {"this run": live}
    if recorded is not None and recorded.outcomes:
        sources = {"recorded": recorded} if live.is_recorded else {"recorded": recorded, **sources}
    cells = {}
    for row in dict.fromkeys(row for table in sources.values() for row in table.outcomes):
        printed = paper.scores_of(name, row)
        line = {}
        for cost, (title, column) in _COST_TITLES.items():
            line[title, "paper"] = f"{printed[column]:,.0f}" if printed is not None and column in printed else "–"
            for source, table in sources.items():
                line[title, source] = _cost(table, row, cost)
        cells[title_of(name, row)] = line
    frame = pd.DataFrame.from_dict(cells, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.loc[~(frame == "–").all(axis=1), ~(frame == "–").all()]


def cost_notes(recorded: TableResult) -> str:
    """What the notes of the recorded runs whose costs are shown say of them, each once; empty where none says anything."""
    runs = [run for outcomes in recorded.outcomes.values() for run in outcomes[0].runs]
    return " ".join(dict.fromkeys(note for run in runs if (note := run.record.get("recorded", {}).get("note"))))


def _cost(table: TableResult, row: str, cost: str) -> str:
    found = table.outcomes.get(row)
    return f"{found[0].cost[cost]:,.0f}" if found and found[0].cost else "–"


def paper_shape() -> tuple[pd.DataFrame, str]:
    """Speed and memory of a model of the paper's shape, as ``benchmarks/gpu.py`` recorded them beside Table II, and their place.

    Rows: strategies that were timed, none where there is no record. Steps are of 16 sequences of 512 tokens.
    """
    lines, places = {}, []
    for run in recorded_runs("efficiency"):
        cost, printed = run.record["cost"], paper.scores_of("table2", run.name)
        lines[title_of("table2", run.name)] = {
            ("Trainable parameters", "paper"): "–" if printed is None else f"{printed['trainable_parameters']:,.0f}",
            ("Trainable parameters", "measured"): f"{cost['trainable_parameters']:,}",
            ("Peak memory, MB", "paper, L40S"): "–" if printed is None else f"{printed['memory_mb']:,.0f}",
            ("Peak memory, MB", "measured"): f"{cost['peak_memory_mb']:,}",
            ("Optimiser step", "seconds"): f"{cost['seconds_per_step']:.2f}",
            ("Optimiser step", "tokens/s"): f"{cost['tokens_per_second']:,.0f}",
        }
        where = run.record["provenance"]
        places.append(f"{where['hardware']['device']}, PyTorch {where['versions']['torch']}")
    frame = pd.DataFrame.from_dict(lines, orient="index")
    if lines:
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame, "; ".join(dict.fromkeys(places))


def answered(table: TableResult) -> pd.DataFrame:
    """Share of evaluated reports in which each method answers, (tasks, methods), as text.

    The heads answer wherever they are asked ("always"); without labels the LLM's share is that of reports which mention the task.
    """
    columns = {}
    for row, title in table.titles.items():
        long = table[row].predictions
        if "mentioned" in long and table.labelled:
            columns[title] = dict.fromkeys(TASKS, "always")
            continue
        given = long[long["mentioned"]] if "mentioned" in long else long[long["predicted"] != NO_ANSWER]
        columns[title] = {task: f"{(given['task'] == task).sum() / len(table.reports):.2f}" for task in TASKS}
    return pd.DataFrame(columns).rename(index=lambda task: TASK[task].title)
