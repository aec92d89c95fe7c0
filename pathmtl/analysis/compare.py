"""Whether one method is better than another: paired differences, paired tests, several seeds, and the words for the outcome.

Both methods answer the same reports, so what makes a report hard affects both: a paired comparison detects differences that two
separate intervals hide. The unit is the patient throughout.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from pathmtl.analysis.evaluate import averages, bootstrap, interval, patient_counts
from pathmtl.analysis.metrics import METRICS, EncodedPredictions, macro_f1
from pathmtl.schema import CLASSES, PAPER_TASKS

HELD, PARTLY, NOT_HELD, TIE, UNTESTED = "held", "partly", "not held", "tie", "cannot be tested here"
#: Scores closer than this count as "on par"; smaller than any difference on which the paper bases a claim of superiority.
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
    """``metric`` of ``a`` minus that of ``b``, by task and overall, with paired 95 % intervals over patients.

    A percentile bootstrap (Efron and Tibshirani 1993) in which both methods see the same patients in every draw.

    Parameters
    ----------
    a, b
        Predictions in long form, or one frame per training seed. Seeds are averaged and each draw resamples them as well, so
        that the interval includes both sources of chance; a method with one frame is compared with every seed of the other.
        All are cut to the labeled (report, task) pairs that they share.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    truth
        The column scored against.
    resamples, seed
        Number of bootstrap draws, and the seed of all draws.
    permutations
        If positive, add ``p``: the two-sided p-value of a paired permutation test that swaps all of a patient's answers between
        the methods with probability 1/2 (Good 2005); it is at least 1 / (permutations + 1).

    Returns
    -------
    pandas.DataFrame
        Columns difference, low, high, n (labeled pairs), and perhaps p; indexed by task, then the overall rows of
        ``evaluate.scores``.

    Raises
    ------
    ValueError
        The numbers of seeds differ and neither is one.
    """
    frames = shared([*_listed(a), *_listed(b)], truth)
    n_ours, n_theirs = len(_listed(a)), len(_listed(b))
    if n_ours != n_theirs and 1 not in (n_ours, n_theirs):
        raise ValueError(f"{n_ours} seeds cannot be paired with {n_theirs}")
    pairs = [(i % n_ours, n_ours + i % n_theirs) for i in range(max(n_ours, n_theirs))]
    patients = pd.Index(frames[0]["patient_id"].unique())
    rng = np.random.default_rng(seed)
    swaps = rng.random((permutations, len(patients))) < 0.5
    seed_weights = rng.multinomial(len(pairs), np.full(len(pairs), 1 / len(pairs)), size=resamples) / len(pairs)
    counts = patient_counts(len(patients), resamples, seed)
    parts = [{task: frame[frame["task"] == task] for task in CLASSES if (frame["task"] == task).any()} for frame in frames]
    points, draws = zip(*(bootstrap(by_task, patients, counts, truth) for by_task in parts), strict=True)
    sizes = {task: len(part) for task, part in parts[0].items()}
    overall_size = sum(n for task, n in sizes.items() if task in PAPER_TASKS)
    swapped = [_swapped_gaps(parts[i], parts[j], patients, swaps, metric, truth) for i, j in pairs] if permutations else []
    rows = {}
    for name in points[0]:
        difference = float(np.mean([points[i][name][metric][0] - points[j][name][metric][0] for i, j in pairs]))
        gaps = [draws[i][name][metric] - draws[j][name][metric] for i, j in pairs]
        low, high = interval(sum(seed_weights[:, k] * gap for k, gap in enumerate(gaps)))
        rows[name] = {"difference": difference, "low": low, "high": high, "n": sizes.get(name, overall_size)}
        if permutations:
            rows[name]["p"] = _p_value(difference, np.mean([gap[name][metric] for gap in swapped], axis=0))
    return pd.DataFrame.from_dict(rows, orient="index")


def _listed(frames: pd.DataFrame | Sequence[pd.DataFrame]) -> list[pd.DataFrame]:
    return [frames] if isinstance(frames, pd.DataFrame) else list(frames)


def shared(frames: Sequence[pd.DataFrame], truth: str = "truth") -> list[pd.DataFrame]:
    """Cut predictions to the (report, task) pairs that all frames have and that carry a label, in the same order.

    Parameters
    ----------
    frames
        Predictions in long form; the first one's column ``truth`` decides what is labeled.
    truth
        The column of labels.
    """
    keys = ["report_id", "task"]
    pairs = frames[0].loc[frames[0][truth].notna(), keys]
    for frame in frames[1:]:
        pairs = pairs.merge(frame[keys], on=keys)
    return [pairs.merge(frame, on=keys, validate="one_to_one") for frame in frames]


def _swapped_gaps(
    ours: Mapping[str, pd.DataFrame],
    theirs: Mapping[str, pd.DataFrame],
    patients: pd.Index,
    swaps: np.ndarray,
    metric: str,
    truth: str,
) -> dict[str, dict[str, np.ndarray]]:
    """Ours minus theirs after each swap (permutations, patients): task or overall row -> metric -> (permutations,)."""
    gaps, support = {}, {}
    for task, part in ours.items():
        swap = swaps[:, patients.get_indexer(part["patient_id"])]
        encoded = (EncodedPredictions.of(frame, task, truth) for frame in (part, theirs[task]))
        gaps[task], support[task] = _swapped_gap(*encoded, swap, metric), np.full(len(swaps), float(len(part)))
    return gaps | averages(gaps, support)


def _swapped_gap(ours: EncodedPredictions, theirs: EncodedPredictions, swap: np.ndarray, metric: str) -> dict[str, np.ndarray]:
    """The gap in ``metric`` after each swap (permutations, n), as a gap of all metrics with the others undefined."""
    gaps = dict.fromkeys(METRICS, np.full(len(swap), np.nan))
    if metric == "auroc":
        gaps[metric] = ours.mixed_auroc(theirs, swap) - theirs.mixed_auroc(ours, swap)
        return gaps
    (true, mine, both_mine), (_, yours, both_yours) = ours.counts(), theirs.counts()
    stay, move = (~swap).astype(float), swap.astype(float)

    def score(answered: np.ndarray, other: np.ndarray, both: np.ndarray, both_other: np.ndarray) -> np.ndarray:
        hits = stay @ both + move @ both_other
        if metric == "accuracy":
            return hits.sum(axis=1) / len(true)
        return macro_f1(np.broadcast_to(true.sum(axis=0), hits.shape), stay @ answered + move @ other, hits)

    gaps[metric] = score(mine, yours, both_mine, both_yours) - score(yours, mine, both_yours, both_mine)
    return gaps


def _p_value(observed: float, permuted: np.ndarray) -> float:
    known = permuted[~np.isnan(permuted)]
    if np.isnan(observed) or not len(known):
        return float("nan")
    # Rounding must not separate two differences that are equal.
    return float((1 + (np.abs(known) >= abs(observed) - 1e-12).sum()) / (1 + len(known)))


def spread_text(row: pd.Series, metric: str, digits: int = 3) -> str:
    """What surrounds a score: ``± 0.010 (3 seeds)`` for a mean over seeds, ``0.880–0.941`` for the interval of a single run."""
    spread = row.get(f"{metric}_sd")
    if spread is not None and not pd.isna(spread):
        return f"± {spread:.{digits}f} ({int(row['seeds'])} seeds)"
    return f"{row[f'{metric}_low']:.{digits}f}–{row[f'{metric}_high']:.{digits}f}"


def gap_text(value: float, low: float, high: float) -> str:
    """A difference with its interval: ``gap_text(0.12, 0.072, 0.163) == "+0.120 (+0.072 to +0.163)"``."""
    return f"{value:+.3f} ({low:+.3f} to {high:+.3f})"


def mcnemar(a: pd.DataFrame, b: pd.DataFrame, *, truth: str = "truth") -> pd.DataFrame:
    """McNemar's test (1947) of equal accuracy by task, in its exact binomial form.

    It takes reports as independent; where patients have several reports, use the permutation test of ``paired_difference``.

    Parameters
    ----------
    a, b
        Predictions in long form.
    truth
        The column scored against.

    Returns
    -------
    pandas.DataFrame
        Indexed by task; columns both, only_a, only_b, neither (reports that both, one or none of the methods answers correctly),
        and p (two-sided).
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
    """Mean and standard deviation (n - 1) of the scores of one method that was trained with several seeds.

    Parameters
    ----------
    tables
        One table of ``evaluate.scores`` per seed.

    Returns
    -------
    pandas.DataFrame
        Columns ``metric`` and ``metric_sd`` for each metric (NaN with one seed), n (labeled reports) and seeds.
    """
    stacked = pd.concat(tables, keys=range(len(tables)))[[*METRICS, "n"]].groupby(level=1, sort=False)
    spread = stacked.std(ddof=1)[list(METRICS)].add_suffix("_sd")
    return stacked.mean().join(spread).assign(seeds=len(tables))


def verdict(low: float, high: float) -> str:
    """Verdict on "ours is better" from the 95 % interval of (ours minus theirs).

    Returns
    -------
    str
        ``held`` if the interval lies above 0, ``not held`` if below, ``tie`` if it contains 0, untested if a bound is NaN.
    """
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    return HELD if low > 0 else NOT_HELD if high < 0 else TIE


def on_par(low: float, high: float, margin: float = MARGIN) -> str:
    """Verdict on "both are alike": an equivalence test by confidence interval (Schuirmann 1987).

    Two one-sided tests at 5 % correspond to a 90 % interval; with the 95 % interval used here, the test is stricter (2.5 %).

    Parameters
    ----------
    low, high
        The 95 % interval of the difference.
    margin
        The largest difference that still counts as alike.

    Returns
    -------
    str
        ``held`` if the interval lies within ``margin`` of zero, ``not held`` if all of it lies beyond; otherwise ``partly`` if
        it excludes zero (a real difference that may be small), and untested if it is too wide to tell.
    """
    if np.isnan(low) or np.isnan(high):
        return UNTESTED
    if -margin <= low and high <= margin:
        return HELD
    if low > margin or high < -margin:
        return NOT_HELD
    return PARTLY if low > 0 or high < 0 else UNTESTED


def combine_verdicts(verdicts: Sequence[str]) -> str:
    """One verdict for a claim that consists of several: theirs if all agree, ``partly`` if some held and others did not."""
    tested = [v for v in verdicts if v != UNTESTED]
    if not tested:
        return UNTESTED
    if len(set(tested)) == 1:
        return tested[0]
    return PARTLY if HELD in tested or PARTLY in tested else NOT_HELD if NOT_HELD in tested else TIE
