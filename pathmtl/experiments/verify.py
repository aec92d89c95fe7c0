"""Making a stored run again, to see whether it comes out the same."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from pathmtl import cohort
from pathmtl.analysis.metrics import METRICS
from pathmtl.experiments.runs import make, overall_scores
from pathmtl.experiments.store import RECORD_DECIMALS, Run, RunError

#: Made again on the same machine from the same sources, a probability may differ by this much (threads add up in another order).
PROBABILITY_TOLERANCE = 1e-3
#: Made again elsewhere, training drifts apart; an overall metric may differ by this much.
METRIC_TOLERANCE = 0.02


@dataclass(frozen=True)
class Verification:
    """A run beside itself made again.

    largest_gap, mean_gap: of the probabilities; changed: share of answers that differ; metrics: overall, then and again.
    outcome: ``same`` (every probability within ``PROBABILITY_TOLERANCE``), ``within tolerance`` (every overall metric within
    ``METRIC_TOLERANCE``) or ``differs``.
    """

    run: Run
    largest_gap: float
    mean_gap: float
    changed: float
    metrics: pd.DataFrame
    outcome: str


def verify(run: Run, table: pd.DataFrame, *, progress: bool = True) -> Verification:
    """Make ``run`` again from its settings on ``table`` and compare; the store is left as it is.

    Raises:
        RunError: ``table`` is not what the run was made on, or what it predicts is not the same set of pairs.
    """
    data = run.record["data"]["fingerprint"]
    if run.kind == "zero_shot" and cohort.fingerprint(table) != data:
        table = table[cohort.split(table) == "test"].reset_index(drop=True)  # it was asked about the test split alone
    if cohort.fingerprint(table) != data:
        raise RunError(f"{run.name}: was made on other reports (fingerprint {data}); give them with --reports")
    with tempfile.TemporaryDirectory(prefix="pathmtl-verify-") as scratch:
        folder = Path(scratch) / "again"
        again = make(run.settings, table, folder, progress=progress).predictions
    keys = ["report_id", "task"]
    then = run.predictions
    both = then[[*keys, "predicted", "probabilities"]].merge(again, on=keys, suffixes=("_then", ""))
    if len(both) != len(then):
        raise RunError(f"{run.name}: made again, it predicts other pairs: the library's prompts or oracle have changed since")
    gaps = np.concatenate(
        [np.abs(np.subtract(a, b)) for a, b in zip(both["probabilities_then"], both["probabilities"], strict=True)]
    )
    before, after = overall_scores(then), overall_scores(again)
    rows = {(t, m): {"then": before[t][m], "again": after[t][m]} for t in before for m in METRICS if before[t][m] is not None}
    metrics = pd.DataFrame.from_dict(rows, orient="index")
    allowed = PROBABILITY_TOLERANCE + (10**-RECORD_DECIMALS if run.recorded else 0)
    if gaps.max() <= allowed:
        outcome = "same"
    else:
        outcome = "within tolerance" if ((metrics["again"] - metrics["then"]).abs() <= METRIC_TOLERANCE).all() else "differs"
    changed = float((both["predicted_then"] != both["predicted"]).mean())
    return Verification(run, float(gaps.max()), float(gaps.mean()), changed, metrics, outcome)
