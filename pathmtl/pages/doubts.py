"""How certain the language model's scores are, as rows for a page: calibration beside chance, seeds beside patients, verdicts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from pathmtl import paper
from pathmtl.analysis import confidence
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED, gap_text, verdict
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments.results import TableResult
from pathmtl.pages.claims import verdict_column
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


def verdicts(sources: Mapping[str, TableResult], *, bins: int = 10, resamples: int = 200) -> pd.DataFrame:
    """What the paper prints without an interval, and three properties that it does not speak of, on each source's first seed."""
    gap = paper.TABLE_4.loc["full", "macro_f1"] - paper.TABLE_4.loc["window", "macro_f1"]
    resolved = {
        "Claim": "A gap as small as full text against window can be told from chance",
        "Section": "V-D",
        "Paper": f"{gap:+.3f}, called on par",
    }
    steady = {"Claim": "A seed changes less than the patients do", "Section": "–", "Paper": "one seed"}
    honest = {"Claim": "Its probabilities can be taken at their word (ours)", "Section": "–", "Paper": "–"}
    better = {"Claim": "The surer half of its answers is more often right (ours)", "Section": "–", "Paper": "–"}
    for source, table in sources.items():
        word = verdict_column(source)
        each = _overall(table, "lora", "macro_f1", resamples)
        half = (each[0]["macro_f1_high"] - each[0]["macro_f1_low"]) / 2 if each else np.nan
        resolved |= {
            source: "–" if np.isnan(half) else f"interval ± {half:.3f}",
            word: UNTESTED if np.isnan(half) else HELD if half < abs(gap) else TIE,
        }
        values = [one["macro_f1"] for one in each]
        spread = np.std(values, ddof=1) if len(values) > 1 else np.nan
        known = not np.isnan(spread) and not np.isnan(half)
        steady |= {
            source: f"± {spread:.3f} over {len(values)} seeds" if known else f"{len(values)} seed",
            # 1.96 standard deviations, as the interval has.
            word: UNTESTED if not known else HELD if 1.96 * spread < half else NOT_HELD,
        }
        given = confidence.answers(table["lora"].predictions)
        found = calibration(given, bins)
        honest |= {
            source: "–" if not len(given) else f"error {found['error']:.3f}, by chance up to {found['chance']:.3f}",
            word: UNTESTED if len(given) < confidence.FEW * bins else HELD if found["error"] <= found["chance"] else NOT_HELD,
        }
        gain, low, high = confidence.gain_of_abstaining(given, resamples=resamples)
        better |= {source: "–" if np.isnan(gain) else gap_text(gain, low, high), word: verdict(low, high)}
    return pd.DataFrame([resolved, steady, honest, better]).set_index("Claim")
