"""How certain a model's scores are: calibration compared with chance, and the spread over seeds beside that over patients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis import confidence
from pathmtl.analysis.evaluate import scores
from pathmtl.schema import OVERALL

_DRAWS = 200  # simulated worlds in which every probability is true


def calibration(given: pd.DataFrame, bins: int = 10, *, seed: int = 0) -> dict[str, float]:
    """Expected calibration error of a set of answers, and how large it would be by chance.

    Parameters
    ----------
    given
        Answers as ``confidence.answers`` returns them.
    bins
        Number of equally wide bins of probability.
    seed
        Seed of the simulated worlds.

    Returns
    -------
    dict
        answers (their number), probability and accuracy (means, 0-1), error (expected calibration error; Guo et al. 2017), and
        chance (the 97.5th percentile of that error if every probability were true). NaN without answers.
    """
    chance = confidence.calibration_error_by_chance(given, bins, draws=_DRAWS, seed=seed) if len(given) else [np.nan]
    return {
        "answers": len(given),
        "probability": given["probability"].mean(),
        "accuracy": given["right"].astype(float).mean(),
        "error": confidence.calibration_error(confidence.reliability(given, bins)),
        "chance": float(np.percentile(chance, 97.5)),
    }


def overall_by_seed(frames: Sequence[pd.DataFrame], *, resamples: int = 200) -> list[pd.Series]:
    """The overall row of ``evaluate.scores`` for each seed's predictions that can be scored.

    Only the first seed has a true interval; the others are scored with one draw, which saves time.

    Parameters
    ----------
    frames
        Predictions in long form with ``truth``, one frame per seed; pairs without a label are ignored.
    resamples
        Bootstrap draws behind the first seed's interval.
    """
    rows = []
    for i, frame in enumerate(frames):
        labeled = frame[frame["truth"].notna()]
        table = scores(labeled, resamples=resamples if i == 0 else 1) if len(labeled) else pd.DataFrame()
        if OVERALL in table.index:
            rows.append(table.loc[OVERALL])
    return rows


def over_seeds(sources: Mapping[str, Sequence[pd.DataFrame]], metric: str = "macro_f1", *, resamples: int = 200) -> pd.DataFrame:
    """How much a score varies over training seeds, beside how much it varies over patients.

    Parameters
    ----------
    sources
        Name of a source -> predictions of one method, one frame per seed; a source that cannot be scored is left out.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    resamples
        Bootstrap draws behind the interval over patients.

    Returns
    -------
    pandas.DataFrame
        One row per source, as text: Seeds, Scores, Mean, Spread over seeds (standard deviation, n - 1), Half the interval over
        patients.
    """
    rows = {}
    for source, frames in sources.items():
        by_seed = overall_by_seed(frames, resamples=resamples)
        if not by_seed:
            continue
        values = [row[metric] for row in by_seed]
        rows[source] = {
            "Seeds": len(values),
            "Scores": ", ".join(f"{value:.3f}" for value in values),
            "Mean": f"{np.mean(values):.3f}",
            "Spread over seeds": f"{np.std(values, ddof=1):.3f}" if len(values) > 1 else "–",
            "Half the interval over patients": f"{(by_seed[0][f'{metric}_high'] - by_seed[0][f'{metric}_low']) / 2:.3f}",
        }
    columns = ["Seeds", "Scores", "Mean", "Spread over seeds", "Half the interval over patients"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)
