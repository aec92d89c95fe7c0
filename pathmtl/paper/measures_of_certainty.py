"""What is measured for a claim about certainty: intervals beside printed gaps, seeds beside patients, calibration, abstaining."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis import confidence
from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.evaluate import scores
from pathmtl.paper.evidence import Claim, Evidence, Measured
from pathmtl.schema import OVERALL

_DRAWS = 200  # worlds in which every probability is true


def _overall(evidence: Evidence) -> list[pd.Series]:
    """The overall scores of each seed of the LLM; only the first seed's carry an interval worth reading."""
    found = []
    for i, row in enumerate(evidence.rows("table1", "lora")):
        frame = row.predictions[row.predictions[evidence.truth].notna()]
        if not len(frame):
            continue
        resamples = evidence.resamples if i == 0 else 1
        each = scores(frame, truth=evidence.truth, resamples=resamples, seed=evidence.seed)
        found += [each.loc[OVERALL]] if OVERALL in each.index else []
    return found


def _half(each: Sequence[pd.Series]) -> float:
    return (each[0]["macro_f1_high"] - each[0]["macro_f1_low"]) / 2


def half_interval(claim: Claim, evidence: Evidence) -> Measured | None:
    """Half the width of the interval of the LLM's overall macro-F1."""
    each = evidence.once(("seeds",), lambda: _overall(evidence))
    return Measured(f"interval ± {_half(each):.3f}", _half(each)) if each else None


def seed_spread(claim: Claim, evidence: Evidence) -> Measured | None:
    """1.96 standard deviations over seeds, as a share of half the interval over patients."""
    each = evidence.once(("seeds",), lambda: _overall(evidence))
    values = [one["macro_f1"] for one in each]
    if len(values) < 2:
        return Measured(f"{len(values)} seed", why="takes two seeds or more")
    spread = float(np.std(values, ddof=1))
    half = _half(each)
    return Measured(f"± {spread:.3f} over {len(values)} seeds", 1.96 * spread / half if half else np.inf)


def _given(evidence: Evidence) -> pd.DataFrame | None:
    rows = evidence.rows("table1", "lora")
    return confidence.answers(rows[0].predictions, evidence.truth) if rows else None


def calibration_error(claim: Claim, evidence: Evidence) -> Measured | None:
    """Expected calibration error over what it would reach by chance in 97.5 % of worlds where every probability is true."""
    given = _given(evidence)
    if given is None or given.empty:
        return None
    error = confidence.calibration_error(confidence.reliability(given, evidence.bins))
    chance = float(np.percentile(confidence.calibration_error_by_chance(given, evidence.bins, draws=_DRAWS), 97.5))
    why = "too few answers in a bin" if len(given) < confidence.FEW * evidence.bins else ""
    return Measured(f"error {error:.3f}, by chance up to {chance:.3f}", error - chance, why=why)


def gain_of_abstaining(claim: Claim, evidence: Evidence) -> Measured | None:
    """Accuracy of the surest half of the answers minus that of all."""
    given = _given(evidence)
    if given is None:
        return None
    value, low, high = confidence.gain_of_abstaining(given, resamples=evidence.resamples)
    return None if np.isnan(value) else Measured(gap_text(value, low, high), value, low, high)
