"""Whether one method is better than another: paired differences, paired tests, several seeds, and the words for the outcome.

Both methods answer the same reports, so what makes a report hard is common to both: paired comparisons see differences that two
separate intervals hide. The unit is the patient throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pathmtl.analysis.evaluate import averages, interval, patient_counts
from pathmtl.analysis.metrics import METRICS, Coded, macro_f1
from pathmtl.schema import CLASSES, PAPER_TASKS

HELD, PARTLY, NOT_HELD, TIE, UNTESTED = "held", "partly", "not held", "tie", "cannot be tested here"
#: Scores closer than this count as "on par"; less than any of the paper's claims of superiority rests on.
MARGIN = 0.02


def paired_difference(
    a: pd.DataFrame | Sequence[pd.DataFrame],
    b: pd.DataFrame | Sequence[pd.DataFrame],
    metric: str = "macro_f1",
    *,
    truth: str = "truth",
    resamples: int = 200,
    permutations: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """``metric`` of ``a`` minus that of ``b``, by task and overall, with paired 95 % bootstrap intervals over patients.

    All are cut to the labelled (report, task) pairs they share. Given one frame per training seed, seeds are averaged, and each
    draw resamples them as well, so that the interval holds both sources of chance; a method with one frame meets every seed.
    ``permutations`` adds column ``p``: the two-sided p-value of the permutation test in which each patient's answers are swapped
    between the methods or not (its floor is 1 / (permutations + 1)).
    Returns columns difference, low, high, n (and p), indexed by task, then the overall rows of ``evaluate.scores``.
    """
    frames = shared([*_listed(a), *_listed(b)], truth)
    ours, theirs = frames[: len(_listed(a))], frames[len(_listed(a)) :]
    if len(ours) != len(theirs) and 1 not in (len(ours), len(theirs)):
        raise ValueError(f"{len(ours)} seeds cannot be paired with {len(theirs)}")
    pairs = [(ours[i % len(ours)], theirs[i % len(theirs)]) for i in range(max(len(ours), len(theirs)))]
    patients = pd.Index(frames[0]["patient_id"].unique())
    rng = np.random.default_rng(seed)
    swaps = rng.random((permutations, len(patients))) < 0.5
    drawn_seeds = rng.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), size=resamples) / len(pairs)
    counts = patient_counts(len(patients), resamples, seed)
    gaps = [_Gaps.of(one, other, patients, counts, swaps, metric, truth) for one, other in pairs]
    rows = {}
    for name in gaps[0].point:
        low, high = interval(sum(drawn_seeds[:, i] * each.drawn[name][metric] for i, each in enumerate(gaps)))
        difference = float(np.mean([each.point[name][metric][0] for each in gaps]))
        rows[name] = {"difference": difference, "low": low, "high": high, "n": gaps[0].sizes[name]}
        if permutations:
            rows[name]["p"] = _p_value(difference, np.mean([each.permuted[name][metric] for each in gaps], axis=0))
    return pd.DataFrame.from_dict(rows, orient="index")


def _listed(frames: pd.DataFrame | Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    return [frames] if isinstance(frames, pd.DataFrame) else list(frames)


def shared(frames: Sequence[pd.DataFrame], truth: str = "truth") -> list[pd.DataFrame]:
    """The frames cut to the (report, task) pairs that all answer and that carry a label, in the same order."""
    keys = ["report_id", "task"]
    pairs = frames[0].loc[frames[0][truth].notna(), keys]
    for frame in frames[1:]:
        pairs = pairs.merge(frame[keys], on=keys)
    return [pairs.merge(frame, on=keys, validate="one_to_one") for frame in frames]


@dataclass(frozen=True)
class _Gaps:
    """Ours minus theirs, by task and overall, of one pair of frames: as measured, in each bootstrap draw, after each swap."""

    point: dict[str, dict[str, np.ndarray]]
    drawn: dict[str, dict[str, np.ndarray]]
    permuted: dict[str, dict[str, np.ndarray]]
    sizes: dict[str, int]

    @classmethod
    def of(cls, a, b, patients: pd.Index, counts: np.ndarray, swaps: np.ndarray, metric: str, truth: str) -> _Gaps:
        point, drawn, permuted, support, sizes = {}, {}, {}, {}, {}
        for task in [t for t in CLASSES if (a["task"] == t).any()]:
            here = (a["task"] == task).to_numpy()
            owner = patients.get_indexer(a.loc[here, "patient_id"])
            ours, theirs = Coded.of(a[here], task, truth), Coded.of(b[here], task, truth)
            ones, weights = np.ones((1, len(owner))), counts[:, owner]
            point[task] = _gap(ours.scores(ones), theirs.scores(ones))
            drawn[task] = _gap(ours.scores(weights), theirs.scores(weights))
            permuted[task] = _swapped_gap(ours, theirs, swaps[:, owner], metric)
            support[task], sizes[task] = weights.sum(axis=1), len(owner)
        point |= averages(point, {task: np.array([float(n)]) for task, n in sizes.items()})
        drawn |= averages(drawn, support)
        permuted |= averages(permuted, {task: np.full(len(swaps), float(n)) for task, n in sizes.items()})
        six = sum(n for task, n in sizes.items() if task in PAPER_TASKS)
        return cls(point, drawn, permuted, {name: sizes.get(name, six) for name in point})


def _gap(ours: dict[str, np.ndarray], theirs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {metric: ours[metric] - theirs[metric] for metric in METRICS}


def _swapped_gap(ours: Coded, theirs: Coded, swap: np.ndarray, metric: str) -> dict[str, np.ndarray]:
    """The gap in ``metric`` after each swap (permutations, n), as a gap of all metrics with the others undefined."""
    gaps = dict.fromkeys(METRICS, np.full(len(swap), np.nan))
    if metric == "auroc":
        gaps[metric] = ours.mixed_auroc(theirs, swap) - theirs.mixed_auroc(ours, swap)
        return gaps
    (true, mine, both_mine), (_, yours, both_yours) = ours.counts(), theirs.counts()
    kept, taken = (~swap).astype(float), swap.astype(float)

    def score(answered: np.ndarray, other: np.ndarray, both: np.ndarray, both_other: np.ndarray) -> np.ndarray:
        hits = kept @ both + taken @ both_other
        if metric == "accuracy":
            return hits.sum(axis=1) / len(true)
        return macro_f1(np.broadcast_to(true.sum(axis=0), hits.shape), kept @ answered + taken @ other, hits)

    gaps[metric] = score(mine, yours, both_mine, both_yours) - score(yours, mine, both_yours, both_mine)
    return gaps


def _p_value(observed: float, permuted: np.ndarray) -> float:
    known = permuted[~np.isnan(permuted)]
    if np.isnan(observed) or not len(known):
        return float("nan")
    # Rounding must not tell apart two differences that are equal.
    return float((1 + (np.abs(known) >= abs(observed) - 1e-12).sum()) / (1 + len(known)))


def spread_text(row: pd.Series, metric: str, digits: int = 3) -> str:
    """What surrounds a score: ``± 0.010 (3 seeds)`` of a mean over seeds, ``0.880–0.941`` of a single run's interval."""
    spread = row.get(f"{metric}_sd")
    if spread is not None and not pd.isna(spread):
        return f"± {spread:.{digits}f} ({int(row['seeds'])} seeds)"
    return f"{row[f'{metric}_low']:.{digits}f}–{row[f'{metric}_high']:.{digits}f}"


def gap_text(value: float, low: float, high: float) -> str:
    """A difference with its interval as the book writes it: ``+0.120 (+0.072 to +0.163)``."""
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


def mcnemar(a: pd.DataFrame, b: pd.DataFrame, *, truth: str = "truth") -> pd.DataFrame:
    """McNemar's exact test of equal accuracy by task: the reports that only ``a`` or only ``b`` answers rightly, and the p-value.

    It takes reports as independent; where patients have several reports, trust the permutation test of ``paired_difference``.
    Returns columns both, only_a, only_b, neither, p, indexed by task.
    """
    a, b = shared([a, b], truth)
    rows = {}
    for task in [t for t in CLASSES if (a["task"] == t).any()]:
        here = (a["task"] == task).to_numpy()
        ours, theirs = ((frame.loc[here, "predicted"] == frame.loc[here, truth]).to_numpy() for frame in (a, b))
        only_a, only_b = int((ours & ~theirs).sum()), int((theirs & ~ours).sum())
        p = binomtest(only_a, only_a + only_b, 0.5).pvalue if only_a + only_b else 1.0
        rows[task] = {
            "both": int((ours & theirs).sum()),
            "only_a": only_a,
            "only_b": only_b,
            "neither": int((~ours & ~theirs).sum()),
            "p": float(p),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def across_seeds(tables: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Score tables of the same method trained with several seeds: mean and standard deviation (n - 1) of each metric.

    Columns ``metric``, ``metric_sd`` for each metric (sd NaN with one seed), ``n`` (labelled reports) and ``seeds``.
    """
    stacked = pd.concat(tables, keys=range(len(tables)))[[*METRICS, "n"]].groupby(level=1, sort=False)
    spread = stacked.std(ddof=1)[list(METRICS)].add_suffix("_sd")
    return stacked.mean().join(spread).assign(seeds=len(tables))


def verdict(low: float, high: float) -> str:
    """On "ours is better", from the interval of (ours minus theirs): ``held`` above 0, ``not held`` below, ``tie`` around."""
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    return HELD if low > 0 else NOT_HELD if high < 0 else TIE


def on_par(low: float, high: float, margin: float = MARGIN) -> str:
    """On "both are alike": ``held`` where the interval lies within ``margin`` of zero, ``not held`` where it lies beyond it.

    Between them the difference is either real but partly small (``partly``: zero is outside) or the interval too wide to tell.
    """
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    if -margin <= low and high <= margin:
        return HELD
    if low > margin or high < -margin:
        return NOT_HELD
    return PARTLY if low > 0 or high < 0 else UNTESTED


def together(verdicts: Sequence[str]) -> str:
    """One word for a claim made of several: all alike, or ``partly`` where some held and others did not."""
    tested = [v for v in verdicts if v != UNTESTED]
    if not tested:
        return UNTESTED
    if len(set(tested)) == 1:
        return tested[0]
    return PARTLY if HELD in tested or PARTLY in tested else NOT_HELD if NOT_HELD in tested else TIE
