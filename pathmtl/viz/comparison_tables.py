"""Scores of a table of the paper, of recorded runs and of this run side by side, as text for a page or a terminal."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pathmtl import paper
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, across_seeds, gap_text, verdict
from pathmtl.analysis.evaluate import above_chance, scores
from pathmtl.analysis.metrics import METRIC_TITLES, METRICS, NO_ANSWER
from pathmtl.analysis.paired import paired_difference
from pathmtl.experiments.recipes import CONTROLS, title_of
from pathmtl.experiments.results import TableResult
from pathmtl.paper.claims import judge
from pathmtl.paper.evidence import OURS, Claim, Evidence
from pathmtl.schema import OVERALL, TASK, TASKS, task_title
from pathmtl.viz.tables import share, table_cell


def score_tables(table: TableResult, *, truth: str = "truth", resamples: int = 200) -> dict[str, pd.DataFrame]:
    """Scores of every row of a table.

    Parameters
    ----------
    table
        The rows with their predictions.
    truth
        The column scored against; rows without it are left out.
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    dict
        Row -> the table of ``evaluate.scores``. For several seeds the scores are means, ``metric_sd`` and ``seeds`` are added,
        and the intervals are those of the first seed.
    """
    by_row = {}
    for row, outcomes in table.outcomes.items():
        frames = [outcome.predictions for outcome in outcomes]
        if not frames[0][truth].notna().any():
            continue
        by_seed = [scores(frame, truth=truth, resamples=resamples if i == 0 else 1) for i, frame in enumerate(frames)]
        if len(by_seed) > 1:
            mean = across_seeds(by_seed)
            by_seed[0] = by_seed[0].assign(**{column: mean[column] for column in mean.columns if column != "n"})
        by_row[row] = by_seed[0]
    return by_row


def beside(
    name: str,
    live: Mapping[str, pd.DataFrame],
    recorded: Mapping[str, pd.DataFrame] | None = None,
    *,
    average: str = OVERALL,
    html: bool = True,
) -> pd.DataFrame:
    """Overall scores beside the paper's: one row per method, columns (metric, paper | recorded | this run).

    Parameters
    ----------
    name
        The table: ``table1`` to ``table4``, ``layouts`` or ``zero_shot``.
    live, recorded
        ``score_tables`` of this run and of the recorded runs.
        A row that ranks the classes no better than chance in all of them is said to be untested.
    average
        One of the two overall rows, ``OVERALL`` or ``OVERALL_WEIGHTED``.
    html
        Whether a cell may hold HTML (see ``viz.tables.interval_cell``).
    """
    sources = {"recorded": recorded, "this run": live} if recorded else {"this run": live}
    cells = {}
    for row in dict.fromkeys([*(recorded or {}), *live]):
        printed = paper.scores_of(name, row)
        line = {}
        for metric in METRICS:
            line[METRIC_TITLES[metric], "paper"] = "–" if printed is None else f"{printed[metric]:.3f}"
            for title, tables in sources.items():
                line[METRIC_TITLES[metric], title] = table_cell(tables.get(row), average, metric, html=html)
        known = [tables[row] for tables in sources.values() if row in tables and OVERALL in tables[row].index]
        idle = row not in CONTROLS and known and not any(_learned(table) for table in known)
        cells[title_of(name, row) + (", untested: learned nothing" if idle else "")] = line
    frame = pd.DataFrame.from_dict(cells, orient="index")
    frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.loc[:, ~(frame == "–").all()]


def at_chance_note(name: str, live: Mapping[str, pd.DataFrame], recorded: Mapping[str, pd.DataFrame]) -> str:
    """A sentence that names the rows which rank the classes no better than chance (``evaluate.above_chance``); "" if none does.

    name, live, recorded: as in ``beside``. Controls are left out.
    """
    sentences = []
    for source, tables in (("In the recorded runs", recorded), ("In this run", live)):
        known = {
            row: table for row, table in tables.items() if OVERALL in table.index and pd.notna(table.loc[OVERALL, "auroc_low"])
        }
        rows = [row for row, table in known.items() if row not in CONTROLS and not above_chance(table)]
        if rows:
            sentences.append(f"{source}: **{', '.join(title_of(name, row) for row in rows)}**.")
    if not sentences:
        return ""
    return (
        f"{' '.join(sentences)} These rows rank the classes no better than chance: with this much training they learned how "
        "common each class is and nothing about the text. A gap to such a row shows which model learns faster, not which ends "
        "up better, so no verdict rests on it."
    )


def _learned(table: pd.DataFrame) -> bool:
    """Whether a method ranks the classes better than chance, or cannot be asked: rules, and reports too few to rank."""
    return OVERALL not in table.index or pd.isna(table.loc[OVERALL, "auroc_low"]) or above_chance(table)


def learned(
    tables: Mapping[str, pd.DataFrame], longer: Mapping[str, pd.DataFrame], titles: Mapping[str, str]
) -> tuple[dict[str, pd.DataFrame], dict[str, str], list[str]]:
    """The rows that learned something, so that a figure shows no collapsed model as if it had been tested.

    Parameters
    ----------
    tables, longer
        ``score_tables`` of some runs, and of the same rows trained longer.
    titles
        Row -> name.

    Returns
    -------
    tuple
        Row -> scores, of the longer training where the shorter one ranks no better than chance; row -> name, which says so; and
        the names of the rows that learned nothing in either.
    """
    chosen, names, untrained = {}, {}, []
    for row, table in tables.items():
        if row in CONTROLS or _learned(table):
            chosen[row], names[row] = table, titles[row]
        elif row in longer and _learned(longer[row]):
            chosen[row], names[row] = longer[row], f"{titles[row]} (trained longer)"
        else:
            untrained.append(titles[row])
    return chosen, names, untrained


#: Comparisons of Table IV's rows with and without hints: (title, row, row, kind of claim).
_WINDOW_PAIRS = (
    ("Hints, window", "window", "window-nohints", "better"),
    ("Hints, full text", "full", "full-nohints", "better"),
    ("Hints, random window", "random", "random-nohints", "better"),
    ("Full text against window, no hints", "full-nohints", "window-nohints", "alike"),
    ("Window against random, no hints", "window-nohints", "random-nohints", "better"),
)


def window_by_hints(evidence: Evidence) -> pd.DataFrame:
    """Differences in overall macro-F1 between rows of Table IV with and without hints, judged as every claim is (``judge``).

    evidence: holds ``table4``; comparisons whose rows are missing are left out.
    """
    lines = {}
    for title, a, b, kind in _WINDOW_PAIRS:
        if evidence.rows("table4", a) and evidence.rows("table4", b):
            found = judge(Claim(f"{a}-{b}", title, "", OURS, kind, table="table4", a=a, b=b), evidence)
            lines[title] = {"Macro-F1 difference": found.measured, "Better (or alike)": found.word, "Why": found.reason}
    frame = pd.DataFrame.from_dict(lines, orient="index").fillna("–")
    return frame


def beside_teacher(table: TableResult, *, resamples: int = 200) -> tuple[pd.DataFrame, str]:
    """Macro-F1 of Table I's model minus that of the oracle whose answers it was trained on.

    Parameters
    ----------
    table
        ``table1`` with the rows lora and oracle.
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    tuple
        The differences by task as text, and a sentence on which of the two to use.
    """
    predictions = table.predictions()
    gaps = paired_difference(predictions["lora"], predictions["oracle"], resamples=resamples)
    words = {HELD: "better", NOT_HELD: "worse", TIE: "tied"}
    lines = {
        task_title(task): {
            "Macro-F1 difference": gap_text(row["difference"], row["low"], row["high"]),
            "The model is": words[verdict(row["low"], row["high"])],
        }
        for task, row in gaps.iterrows()
    }
    frame = pd.DataFrame.from_dict(lines, orient="index")
    worse, better = (
        [task_title(task) for task in TASKS if task_title(task) in frame.index[frame["The model is"] == word]]
        for word in ("worse", "better")
    )
    behind = f"The model is behind its teacher on {', '.join(worse)}. " if worse else "The model is behind its teacher nowhere. "
    if better:
        return frame, behind + f"It is ahead on {', '.join(better)}."
    return frame, behind + (
        "It is ahead nowhere: on reports like these, **use the rules**. A model is worth its cost only where the rules give no "
        "answer or a wrong one although the text states it."
    )


def by_task(live: Mapping[str, pd.DataFrame], titles: Mapping[str, str], metric: str = "macro_f1") -> pd.DataFrame:
    """One metric by task (rows) and method (columns), as text without intervals.

    live: ``score_tables``. titles: row -> name of the method.
    """
    frame = pd.DataFrame({titles[row]: table[metric].map(share) for row, table in live.items()})
    order = [task for task in next(iter(live.values())).index if task in frame.index]
    return frame.loc[order].fillna("–")


def coverage(table: TableResult) -> pd.DataFrame:
    """Share of the evaluated reports that each method answers, (tasks, methods), as text.

    The heads answer whenever they are asked ("always"); without labels, the model's share is that of reports which mention the
    task.
    """
    columns = {}
    for row, title in table.titles.items():
        if row in CONTROLS:
            continue
        predictions = table[row].predictions
        if "mentioned" in predictions and table.labeled:
            columns[title] = dict.fromkeys(TASKS, "always")
            continue
        given = predictions["mentioned"] if "mentioned" in predictions else predictions["predicted"] != NO_ANSWER
        answers = predictions.loc[given, "task"]
        columns[title] = {task: f"{(answers == task).sum() / len(table.reports):.2f}" for task in TASKS}
    return pd.DataFrame(columns).rename(index=lambda task: TASK[task].title)
