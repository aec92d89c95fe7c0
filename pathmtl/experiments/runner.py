"""Making runs: settings and reports in, a finished run out, read from the store where it is there.

for row, one in announced(settings, reports):      # says how long it will take, then yields row after row
    runs[row] = get_or_train(one, reports)
    predictions[row] = predict(runs[row], tested)
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

import pandas as pd

from pathmtl import cohort
from pathmtl.analysis.evaluate import with_labels
from pathmtl.baselines.control_settings import Control
from pathmtl.baselines.zero_shot_settings import ZeroShot
from pathmtl.experiments import runs, store
from pathmtl.experiments.data import Reports, bundled, bundled_test, read_data, test_reports
from pathmtl.experiments.keys import run_key
from pathmtl.experiments.predict_with_run import predictions_on
from pathmtl.experiments.recipes import (
    LIVE_PROFILES,
    SEED,
    controls,
    identify,
    recipe_of,
    resolve,
    resolve_runs,
    rows_of,
    title_of,
)
from pathmtl.experiments.results import TableResult, combined, rule_predictions, table_result
from pathmtl.experiments.store import Run, RunError, TrainingForbiddenError
from pathmtl.oracle import label_reports
from pathmtl.progress import announce, duration_text
from pathmtl.schema import PAPER_TASKS, TASKS
from pathmtl.training.settings import Settings

Key = TypeVar("Key", bound=Hashable)
Chosen = Settings | ZeroShot | Control
#: Settings that hardly change how long a run takes: an estimate is taken over from a run that differs in these only.
_FREE = ("seed", "rank", "alpha", "dropout", "learning_rate", "weight_decay", "warmup_ratio", "max_grad_norm")


def get_or_train(
    settings: Chosen,
    reports: pd.DataFrame,
    *,
    weights: bool = False,
    fresh: bool = False,
    labels: Mapping[str, str] | None = None,
    progress: bool = True,
) -> Run:
    """The run of ``settings`` on ``reports``: from the store, from the recorded runs, or made now.

    Parameters
    ----------
    settings : Settings, ZeroShot or Control
        From ``recipes.resolve``. A ``ZeroShot`` run asks about ``reports`` instead of training on them.
    reports : pandas.DataFrame
        All reports to train on, with their splits (``cohort.read_reports``).
    weights : bool
        Whether the run must have its weights, to predict on reports other than its own test split.
    fresh : bool
        Never take a recorded run.
    labels : mapping, optional
        Name, profile and command for its record, where they are not those of a row (``recipes.identify``).

    Raises
    ------
    TrainingForbiddenError
        It would have to be made, takes more than a control's seconds, and ``$PATHMTL_TRAIN`` is ``never``.
    ReportsError, TrainingError, BackboneError
        See ``runs.execute``.
    """
    run = find(settings, reports, weights=weights, fresh=fresh)
    if run is not None and run.recorded:
        return run
    if run is None:
        if os.environ.get("PATHMTL_TRAIN") == "never" and not isinstance(settings, Control):
            known = identify(settings)
            what = f"{known.profile}/{known.name}" if known else "a run with these settings"
            how = f" To make it: {known.command}" if known else ""
            raise TrainingForbiddenError(f"{what} is not recorded, and PATHMTL_TRAIN=never forbids training it.{how}")
        run = runs.make(settings, reports, store.live() / run_key(settings, reports), progress=progress)
    return store.label(run, **(labels or _labels(settings, reports)))


def find(settings: Chosen, reports: pd.DataFrame, *, weights: bool = False, fresh: bool = False) -> Run | None:
    """The run of ``settings`` on ``reports`` that ``get_or_train`` would read; None where it would make one."""
    folder = store.live() / run_key(settings, reports)
    if (folder / "run.json").exists():
        return Run(folder)
    known = None if fresh else identify(settings)
    if known is None or known.profile in LIVE_PROFILES:
        return None
    run = store.recorded_run(known.profile, known.name)
    if (
        run is None
        or (weights and run.kind == "train" and not run.has_weights)
        or run.record["settings"] != json.loads(settings.to_json())
    ):
        return None
    return run if run.record["data"]["fingerprint"] == cohort.fingerprint(reports) else None


def _labels(settings: Chosen, reports: pd.DataFrame) -> dict[str, str]:
    """Name, profile and command of a row; nothing where its name would not be enough for anyone to make it again."""
    known = identify(settings)
    own = bundled_test() if isinstance(settings, ZeroShot) else bundled()
    if known is None or cohort.fingerprint(reports) != cohort.fingerprint(own):
        return {}
    return {"name": known.name, "profile": known.profile, "command": known.command}


def predict(run: Run, reports: pd.DataFrame, *, trained_on: pd.DataFrame | None = None, progress: bool = True) -> pd.DataFrame:
    """A run's predictions on ``reports``, with ``truth`` and ``oracle``.

    Those on its own test split were stored when it was made; others are computed once. Where the reports carry labels, only
    labeled pairs are computed, since nothing else can be scored.

    Parameters
    ----------
    run : Run
        A finished run.
    reports : pandas.DataFrame
        The reports to answer.
    trained_on : pandas.DataFrame, optional
        The reports that the run was made on; a control needs them for other reports, because it is taught again.
    progress : bool
        Show progress bars.

    Returns
    -------
    pandas.DataFrame
        One line per (report, task); see ``results.RowResult``.

    Raises
    ------
    RunError
        The run has no weights, is a zero-shot run that was asked about other reports, or a control without ``trained_on``.
    """
    if _made_for(run, reports):
        return run.predictions
    if run.kind == "zero_shot":
        raise RunError(f"{run.name}: was asked about other reports; get_or_train asks about these")
    if run.kind == "control":
        if trained_on is None:
            raise RunError(f"{run.name}: a control stores no weights; give the reports that it was made on (trained_on)")
        answers = with_labels(runs.control_predictions(run.settings, trained_on, reports), reports, label_reports(reports))
        return answers[answers["truth"].notna()].reset_index(drop=True) if cohort.has_labels(reports) else answers
    wanted = reports[list(TASKS)].notna() if cohort.has_labels(reports) else None
    return with_labels(predictions_on(run, reports, wanted, progress=progress), reports, label_reports(reports))


def _made_for(run: Run, reports: pd.DataFrame) -> bool:
    """Whether the stored predictions are those on ``reports``."""
    about, asked = run.record["data"], cohort.fingerprint(reports)
    if run.kind == "zero_shot":
        return about["fingerprint"] == asked
    if "test_fingerprint" in about:
        return about["test_fingerprint"] == asked
    # Runs recorded before version 0.2 name their training reports only.
    source = bundled()
    return about["fingerprint"] == cohort.fingerprint(source) and cohort.fingerprint(test_reports(run.settings, source)) == asked


def announced(
    settings: Mapping[Key, Chosen],
    reports: pd.DataFrame,
    *,
    titles: Mapping[Key, str] | None = None,
    weights: bool = False,
    fresh: bool = False,
    progress: bool = True,
) -> Iterator[tuple[Key, Chosen]]:
    """Go through ``settings``; say first which runs must be made and how long that takes, then each one's turn.

    Parameters
    ----------
    settings : mapping
        Row -> its settings.
    reports, weights, fresh
        As for ``get_or_train``.
    titles : mapping, optional
        Row -> what to call it.

    Yields
    ------
    tuple
        The row and its settings, to be made before the next is asked for.
    """
    names = {key: (titles or {}).get(key, str(key)) for key in settings}
    seconds = _expected_by_key(settings, reports, weights=weights, fresh=fresh)
    missing = list(seconds)
    if progress and (None in seconds.values() or sum(seconds.values()) > 60):
        announce(_sentence(names, seconds))
    measured: list[float] = []
    waiting = list(missing)
    for key, one in settings.items():
        new, started = key in waiting, time.monotonic()
        if new and progress and os.environ.get("PATHMTL_TRAIN") != "never":
            about = f", about {duration_text(seconds[key])}" if seconds[key] else ""
            rest = ""
            if measured:
                mean = sum(measured) / len(measured)
                rest = f"; everything left: about {duration_text(sum(seconds[other] or mean for other in waiting))}"
            announce(f"run {len(missing) - len(waiting) + 1} of {len(missing)}: {names[key]}, seed {one.seed}{about}{rest}")
        yield key, one
        if new:
            measured.append(time.monotonic() - started)
            waiting.remove(key)


def how_long(settings: Mapping[Key, Chosen], reports: pd.DataFrame, *, weights: bool = False, fresh: bool = False) -> str:
    """A sentence: which of these runs are not in the store, and how long making them takes on the evidence of earlier ones.

    Parameters are those of ``announced``.
    """
    return _sentence({key: str(key) for key in settings}, _expected_by_key(settings, reports, weights=weights, fresh=fresh))


def _sentence(names: Mapping[Key, str], seconds: Mapping[Key, float | None]) -> str:
    if not seconds:
        return "Every run was made before; nothing is trained now."
    known = [value for value in seconds.values() if value is not None]
    unknown = [names[key] for key, value in seconds.items() if value is None]
    parts = [duration_text(sum(known)) + (" for those made before" if unknown else "")] if known else []
    if unknown:
        parts.append(f"unknown until the first is done for {', '.join(unknown)}")
    return f"{len(seconds)} of {len(names)} runs are not in the store; making them takes {', '.join(parts)}"


def _expected_by_key(
    settings: Mapping[Key, Chosen], reports: pd.DataFrame, *, weights: bool, fresh: bool
) -> dict[Key, float | None]:
    """The runs that are not in the store, each with the seconds it will take, or None where no such run was made before."""
    missing = [key for key, one in settings.items() if find(one, reports, weights=weights, fresh=fresh) is None]
    return dict(zip(missing, _expected([settings[key] for key in missing]), strict=True))


def _expected(chosen: Sequence[Chosen]) -> list[float | None]:
    """Seconds that the last run of such settings took; None where there is none."""
    if not chosen:
        return []
    costs = {}
    for run in [*store.recorded_runs(), *store.live_runs()]:
        if "settings" in run.record:
            cost = run.record["cost"]
            costs[_alike(run.record["settings"])] = cost["train_seconds"] + cost["predict_seconds"]
    return [costs.get(_alike(json.loads(one.to_json()))) for one in chosen]


def _alike(settings: Mapping[str, object]) -> str:
    return json.dumps({name: value for name, value in settings.items() if name not in _FREE}, sort_keys=True)


def run_table(
    name: str,
    profile: str = "quick",
    reports: str = cohort.BUNDLED,
    train_reports: str = cohort.BUNDLED,
    *,
    rows: Sequence[str] | None = None,
    seeds: Sequence[int] | None = None,
    fresh: bool = False,
    progress: bool = True,
    **overrides,
) -> TableResult:
    """The rows of a table: read from the store where they are there, made one after the other where they are not.

    It does in one call what the table notebooks spell out: ``resolve``, ``get_or_train``, ``predict``, ``table_result``.
    Interrupted, it keeps the runs that are finished.

    Parameters
    ----------
    name, profile : str
        See ``recipes.TABLES`` and ``training.settings.PROFILES``.
    reports, train_reports : str
        What is evaluated and what is trained on (``data.read_data``).
    rows : sequence of str, optional
        Only these rows.
    seeds : sequence of int, optional
        One outcome per row and seed; rules have one in all. Default: the ``seed`` among the overrides, or 42.
    fresh : bool
        Make even what is recorded.
    **overrides
        Any field of ``Settings``.

    Raises
    ------
    ExperimentError, ValueError
        No such table, row, profile or setting.
    ReportsError, TrainingForbiddenError, BackboneError
        See ``cohort.read_reports`` and ``get_or_train``.
    """
    wanted = rows_of(name, rows)
    seeds = seeds or [overrides.get("seed", SEED)]
    data = read_data(reports, train_reports, resolve(profile, "lora", **overrides))
    kinds = {row: recipe_of(row).kind for row in wanted}
    settings, titles = {}, {}
    for row in wanted:
        for seed in seeds:
            for part, one in enumerate(resolve_runs(profile, row, **{**overrides, "seed": seed})):
                settings[row, seed, part] = one
                task = f", {PAPER_TASKS[part]}" if recipe_of(row).single_task else ""
                titles[row, seed, part] = title_of(name, row) + task
    made: dict[int, dict[str, list[Run]]] = {seed: {} for seed in seeds}
    # A zero-shot model is asked about the evaluated reports; everything else is trained.
    for zero_shot, source, weights in ((False, data.train, data.needs_weights), (True, data.test, False)):
        own = {key: one for key, one in settings.items() if (kinds[key[0]] == "zero_shot") == zero_shot}
        options = {"weights": weights, "fresh": fresh, "progress": progress}
        for (row, seed, _), one in announced(own, source, titles=titles, **options):
            made[seed].setdefault(row, []).append(get_or_train(one, source, **options))
    by_rules = {row: rule_predictions(row, data.test) for row in wanted if kinds[row] == "rules"}
    tables = []
    for seed in seeds:
        options = {"trained_on": data.train, "progress": progress}
        answers = {row: [predict(run, data.test, **options) for run in behind] for row, behind in made[seed].items()}
        predictions = {row: by_rules[row] if row in by_rules else combined(row, answers[row]) for row in wanted}
        tables.append(table_result(name, profile, data, predictions, made[seed], {**overrides, "seed": seed}))
    outcomes = {row: [table[row] for table in (tables[:1] if kinds[row] == "rules" else tables)] for row in wanted}
    return replace(tables[0], outcomes=outcomes)


def with_controls(table: TableResult, data: Reports, overrides: Mapping[str, object] | None = None) -> TableResult:
    """The table with the controls under its rows, made in seconds where they are not in the store.

    Parameters
    ----------
    table : TableResult
        From ``results.table_result``.
    data : Reports
        The reports it was made with.
    overrides : mapping
        What was handed to ``recipes.resolve``.
    """
    made, predictions = {}, {}
    for row, one in controls(table.profile, **(overrides or {})).items():
        made[row] = get_or_train(one, data.train, progress=False)
        predictions[row] = predict(made[row], data.test, trained_on=data.train, progress=False)
    under = table_result(table.name, table.profile, data, predictions, made, overrides)
    return replace(table, outcomes={**table.outcomes, **under.outcomes})
