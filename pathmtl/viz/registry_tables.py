"""Tables of the notebook ``real_reports``: who answers how often, and the same methods on synthetic reports."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pathmtl.analysis import registry
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments import store
from pathmtl.experiments.data import bundled_test
from pathmtl.experiments.results import rule_predictions
from pathmtl.schema import OVERALL, OVERALL_WEIGHTED
from pathmtl.viz.tables import share


def answer_rates(record: Mapping, view: str) -> pd.DataFrame:
    """One row per task: labeled reports, and for each method the share answered and how many of these answers are right.

    record, view: as in ``analysis.registry.score_tables``.
    """
    rows: dict[str, dict[tuple[str, str], str]] = {}
    for method, table in registry.score_tables(record, view).items():
        title = record["titles"][method]
        for task, scored in table.drop(index=[OVERALL, OVERALL_WEIGHTED], errors="ignore").iterrows():
            cells = rows.setdefault(task, {("", "Reports"): f"{int(scored['n']):,}"})
            cells[title, "answered"] = f"{scored['answered'] / scored['n']:.2f}"
            cells[title, "of these right"] = share(scored["right_where_answered"])
    frame = pd.DataFrame.from_dict(rows, orient="index")
    if len(frame):
        frame.columns = pd.MultiIndex.from_tuples(frame.columns)
    return frame.fillna("–")


def synthetic_scores(profile: str, *, resamples: int = 50) -> dict[str, pd.DataFrame]:
    """Method -> scores on the bundled test split: the rules, and the model if its run is in the store or recorded.

    Parameters
    ----------
    profile
        The profile of the model's run.
    resamples
        Bootstrap draws behind each interval.
    """
    bundled = bundled_test()
    predictions = {row: rule_predictions(row, bundled) for row in ("naive", "oracle")}
    if run := _model_run(profile):
        predictions["lora"] = run.predictions
    labeled = {row: frame[frame["truth"].notna()] for row, frame in predictions.items()}
    return {row: scores(frame, resamples=resamples) for row, frame in labeled.items() if len(frame)}


def _model_run(profile: str) -> store.Run | None:
    name = "lora-seed42"
    of_this_machine = [run for run in store.live_runs() if run.record.get("profile") == profile and run.name == name]
    return of_this_machine[-1] if of_this_machine else store.recorded_run(profile, name)
