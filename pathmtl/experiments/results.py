"""What an experiment found: rows, tables of rows, and the recorded ones. Needs no torch and no backbone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from pathmtl import cohort, oracle
from pathmtl.analysis.evaluate import hard_predictions, with_labels
from pathmtl.baselines.naive import naive_labels
from pathmtl.experiments import store
from pathmtl.experiments.data import Reports, bundled_test
from pathmtl.experiments.evidence_shares import evidence_shares
from pathmtl.experiments.recipes import (
    RECORDED,
    SEED,
    changed,
    command,
    recipe_of,
    recorded_names,
    rows_of,
    title_of,
)
from pathmtl.experiments.store import Run
from pathmtl.schema import PAPER_TASKS, TASKS

#: Predictions by rules, by row and fingerprint of the reports: several tables show the same ones.
_BY_RULES: dict[tuple[str, str], pd.DataFrame] = {}


@dataclass(frozen=True)
class RowResult:
    """One row with one seed.

    Attributes
    ----------
    row, title : str
        Its key in ``recipes.TABLES`` and its name on a page.
    seed : int or None
        None for rules.
    predictions : pandas.DataFrame
        Long form, one line per (report, task), with ``truth`` and ``oracle`` where known (see ``analysis.evaluate``).
    runs : tuple of Run
        The runs behind it: six for single-task models, none for rules.
    command : str
        The command line that makes the row.
    """

    row: str
    title: str
    seed: int | None
    predictions: pd.DataFrame
    runs: tuple[Run, ...] = ()
    command: str = ""

    @property
    def kind(self) -> str:
        """``train``, ``zero_shot``, ``control`` or ``rules``."""
        return self.runs[0].kind if self.runs else "rules"

    @property
    def method(self) -> str:
        """The method of a control or of a zero-shot model, else an empty string."""
        return self._set("method", "")

    @property
    def hints(self) -> str:
        """The kind of hints in its input (``prompt.HINTS``)."""
        return self._set("hints", "none")

    @property
    def evidence(self) -> Mapping[str, float]:
        """Task -> share of the evidence that its input still contains; empty where there is none to count."""
        if self.kind not in ("train", "zero_shot") or "settings" not in self.runs[0].record:
            return {}
        settings = self.runs[0].settings
        return evidence_shares(settings.input, settings.backbone)

    def _set(self, name: str, default: str) -> str:
        return self.runs[0].record.get("settings", {}).get(name, default) if self.runs else default

    @property
    def cost(self) -> dict[str, float] | None:
        """models, trainable_parameters and train_seconds (summed over the runs), peak_memory_mb (the largest); None for rules."""
        if not self.runs:
            return None
        costs = [run.record["cost"] for run in self.runs]
        examples = sum(c["examples_per_second"] * c["train_seconds"] for c in costs)
        seconds = sum(c["train_seconds"] for c in costs)
        return {
            "models": len(costs),
            "trainable_parameters": sum(c["trainable_parameters"] for c in costs),
            "train_seconds": seconds,
            "predict_seconds": sum(c["predict_seconds"] for c in costs),
            "peak_memory_mb": max(c["peak_memory_mb"] for c in costs),
            "examples_per_second": examples / seconds if seconds else costs[0]["examples_per_second"],
        }


@dataclass(frozen=True)
class TableResult:
    """The rows of one table on one set of reports.

    Attributes
    ----------
    name, profile : str
        A key of ``recipes.TABLES``, and the profile the rows were made with.
    reports : pandas.DataFrame
        The evaluated reports (``cohort.read_reports``).
    labeled : bool
        Whether they carry labels.
    held_out : bool
        Whether they are the test split of the training reports.
    outcomes : dict
        Row -> one ``RowResult`` per seed (a single one for rules).
    changes : mapping
        Settings that differ from the profile's.
    """

    name: str
    profile: str
    reports: pd.DataFrame
    labeled: bool
    held_out: bool
    outcomes: dict[str, list[RowResult]]
    changes: Mapping[str, object] = field(default_factory=dict)

    @property
    def made_with(self) -> str:
        """What the rows were made with, for a caption: ``quick profile``, or ``quick profile with rank=8``."""
        changes = ", ".join(f"{name}={value}" for name, value in self.changes.items())
        return f"{self.profile} profile" + (f" with {changes}" if changes else "")

    @property
    def is_recorded(self) -> bool:
        """Whether every run here is a recorded one, so that nothing was trained or predicted on this machine."""
        runs = [run for outcomes in self.outcomes.values() for outcome in outcomes for run in outcome.runs]
        return self.held_out and bool(runs) and all(run.recorded for run in runs)

    @property
    def source(self) -> str:
        """Where the numbers come from, for a caption: ``recorded runs`` or ``this run``."""
        return "recorded runs" if self.is_recorded else "this run"

    @property
    def how_to_remake(self) -> str:
        """One sentence with the command that makes a row of the table on this machine."""
        rows = [row for row, outcomes in self.outcomes.items() if outcomes[0].runs]
        if not rows:
            return "Rules need no training: every row here is computed when the page is run."
        choices = f" (`ROW`: {', '.join(f'`{row}`' for row in rows)})" if len(rows) > 1 else ""
        row = "ROW" if len(rows) > 1 else rows[0]
        seed = self[rows[0]].seed
        line = command(self.name, row, self.profile, SEED if seed is None else seed, self.changes)
        start = "These are the recorded runs. To train a row again" if self.is_recorded else "To make a row by itself"
        return f"{start}: `{line}`{choices}."

    def __getitem__(self, row: str) -> RowResult:
        """The outcome of the row's first seed."""
        return self.outcomes[row][0]

    def __contains__(self, row: str) -> bool:
        return row in self.outcomes

    @property
    def titles(self) -> dict[str, str]:
        """Row -> title."""
        return {row: outcomes[0].title for row, outcomes in self.outcomes.items()}

    def predictions(self) -> dict[str, pd.DataFrame]:
        """Row -> labeled predictions of its first seed."""
        return {row: _labelled(outcomes[0].predictions) for row, outcomes in self.outcomes.items()}


def _labelled(predictions: pd.DataFrame) -> pd.DataFrame:
    return predictions[predictions["truth"].notna()]


def table_result(
    name: str,
    profile: str,
    data: Reports,
    predictions: Mapping[str, pd.DataFrame],
    runs: Mapping[str, Run | Sequence[Run]],
    overrides: Mapping[str, object] | None = None,
) -> TableResult:
    """Put the predictions and runs of one seed together as a table.

    Parameters
    ----------
    name, profile : str
        The table (``recipes.TABLES``) and the profile.
    data : Reports
        The evaluated reports (``data.read_data``).
    predictions : mapping
        Row -> predictions in long form, in the order to show.
    runs : mapping
        Row -> its run, or its runs; rows of rules are absent.
    overrides : mapping
        What was handed to ``recipes.resolve``.
    """
    overrides = dict(overrides or {})
    changes, outcomes = changed(profile, overrides), {}
    for row, frame in predictions.items():
        behind = runs.get(row, ())
        behind = (behind,) if isinstance(behind, Run) else tuple(behind)
        seed = overrides.get("seed", SEED) if recipe_of(row).kind != "rules" else None
        line = command(name, row, profile, SEED if seed is None else seed, changes)
        outcomes[row] = [RowResult(row, title_of(name, row), seed, frame, behind, line)]
    return TableResult(name, profile, data.test, data.labeled, data.held_out, outcomes, changes)


def recorded(name: str, profile: str = RECORDED, *, rows: Sequence[str] | None = None) -> TableResult:
    """The recorded rows of a table, on the bundled test split; rows without a recorded run are absent. Only reads files.

    Of several seeds the default one comes first (its costs are shown), the others by number.
    """
    outcomes: dict[str, list[RowResult]] = {}
    wanted = rows_of(name, rows)
    by_name = {run.folder.name: run for run in store.recorded_runs(profile)}
    seeds = {int(folder.rpartition("-seed")[2]) for folder in by_name if "-seed" in folder}
    for row, recipe in wanted.items():
        for seed in sorted(seeds, key=lambda seed: (seed != SEED, seed)):
            names = recorded_names(profile, recipe, seed)
            if names and all(run in by_name for run in names):
                runs = tuple(by_name[run] for run in names)
                predictions = combined(row, [run.predictions for run in runs])
                line = runs[0].record.get("command", "")
                outcomes.setdefault(row, []).append(RowResult(row, title_of(name, row), seed, predictions, runs, line))
    if outcomes:
        for row in wanted:
            if recipe_of(row).kind == "rules":
                outcomes[row] = [RowResult(row, title_of(name, row), None, rule_predictions(row, bundled_test()))]
    ordered = {row: outcomes[row] for row in wanted if row in outcomes}
    return TableResult(name, profile, bundled_test(), True, True, ordered)


def combined(row: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The predictions of a row's runs as one frame; each single-task model answers its own task."""
    if not recipe_of(row).single_task:
        return frames[0]
    own = [frame[frame["task"] == task] for task, frame in zip(PAPER_TASKS, frames, strict=True)]
    return pd.concat(own, ignore_index=True)


def rule_answers(row: str, reports: pd.DataFrame) -> pd.DataFrame:
    """The answers of the rules ``naive`` or ``oracle``, (reports, tasks) of classes or None."""
    label = naive_labels if row == "naive" else oracle.label
    return pd.DataFrame([label(text) for text in reports["text"]], index=reports.index, columns=list(TASKS))


def rule_predictions(row: str, reports: pd.DataFrame) -> pd.DataFrame:
    """The same in long form, with ``truth`` and ``oracle``; computed once for the same reports."""
    key = row, cohort.fingerprint(reports)
    if key not in _BY_RULES:
        answers = rule_answers(row, reports)
        stated = answers if row == "oracle" else rule_answers("oracle", reports)
        _BY_RULES[key] = with_labels(hard_predictions(reports, answers), reports, stated)
    return _BY_RULES[key].copy()


def on_same_reports(table: TableResult) -> TableResult:
    """The table with every row cut to the reports that all rows answer: a slow method is asked about a few only."""
    frames = [outcome.predictions for outcomes in table.outcomes.values() for outcome in outcomes]
    common = set.intersection(*(set(frame["report_id"]) for frame in frames)) if frames else set()
    outcomes = {
        row: [replace(one, predictions=one.predictions[one.predictions["report_id"].isin(common)]) for one in each]
        for row, each in table.outcomes.items()
    }
    return replace(table, outcomes=outcomes)
