"""How certain the language model's scores are, as rows for a page: calibration beside chance, seeds beside patients."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pathmtl.analysis import confidence
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments.tables import TableResult
from pathmtl.paper import OVERALL

_DRAWS = 200  # worlds in which every probability is true


def calibration(given: pd.DataFrame, bins: int = 10, *, seed: int = 0) -> dict[str, float]:
    """answers, mean probability, accuracy, expected calibration error, and the 97.5th percentile of it by chance."""
    chance = confidence.calibration_error_by_chance(given, bins, draws=_DRAWS, seed=seed) if len(given) else [np.nan]
    return {
        "answers": len(given),
        "probability": given["probability"].mean(),
        "accuracy": given["right"].astype(float).mean(),
        "error": confidence.calibration_error(confidence.reliability(given, bins)),
        "chance": float(np.percentile(chance, 97.5)),
    }


def _overall(table: TableResult, row: str, metric: str, resamples: int) -> list[pd.Series]:
    """The overall row of each seed of ``row`` that can be scored; only the first has a true interval."""
    found = []
    for i, outcome in enumerate(table.outcomes.get(row, ())):
        frame = outcome.predictions[outcome.predictions["truth"].notna()]
        each = scores(frame, resamples=resamples if i == 0 else 1) if len(frame) else pd.DataFrame()
        if OVERALL in each.index:
            found.append(each.loc[OVERALL])
    return found


def over_seeds(
    sources: Mapping[str, TableResult], row: str = "lora", metric: str = "macro_f1", *, resamples: int = 200
) -> pd.DataFrame:
    """A row a source: how many seeds, each one's overall score, their mean, deviation and half the patients' interval."""
    rows = {}
    for source, table in sources.items():
        each = _overall(table, row, metric, resamples)
        if not each:
            continue
        values = [one[metric] for one in each]
        rows[source] = {
            "Seeds": len(values),
            "Scores": ", ".join(f"{value:.3f}" for value in values),
            "Mean": f"{np.mean(values):.3f}",
            "Spread over seeds": f"{np.std(values, ddof=1):.3f}" if len(values) > 1 else "–",
            "Half the interval over patients": f"{(each[0][f'{metric}_high'] - each[0][f'{metric}_low']) / 2:.3f}",
        }
    columns = ["Seeds", "Scores", "Mean", "Spread over seeds", "Half the interval over patients"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
