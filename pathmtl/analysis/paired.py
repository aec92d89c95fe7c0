"""Differences between methods on the same reports: paired intervals over patients and seeds, and a permutation test.

Both methods answer the same reports, so what makes a report hard affects both: a paired comparison detects differences that two
separate intervals hide. The unit is the patient throughout. Training seeds are a second source of chance (Bouthillier et al.
2021), with so few values that their part of the interval is Student's t.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy.stats import t as student

from pathmtl.analysis.bootstrap import averages, bootstrap, by_patient, interval, patient_counts, strata_of
from pathmtl.analysis.metrics import EncodedPredictions, macro_f1
from pathmtl.schema import CLASSES, PAPER_TASKS

Frames = pd.DataFrame | Sequence[pd.DataFrame]


def paired_difference(
    a: Frames,
    b: Frames,
    metric: str = "macro_f1",
    *,
    truth: str = "truth",
    resamples: int = 200,
    permutations: int = 0,
    seed: int = 0,
) -> pd.DataFrame:
    """``metric`` of ``a`` minus that of ``b``, by task and overall, with paired 95 % intervals over patients and seeds.

    Parameters
    ----------
    a, b
        Predictions in long form, or one frame per training seed; a method with one frame is compared with every seed of the
        other. All are cut to the labeled (report, task) pairs that they share.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    truth
        The column scored against.
    resamples, seed
        Number of bootstrap draws, and the seed of all draws.
    permutations
        If positive, add ``p``: the two-sided p-value of a paired permutation test that swaps all of a patient's answers between
        the methods with probability 1/2 (Good 2005). With several seeds, the permuted differences are spread by the seeds'
        Student t error, so that seeds that disagree make a difference less surprising.

    Returns
    -------
    pandas.DataFrame
        Columns difference, low, high, n (labeled pairs), seeds, and perhaps p; indexed by task, then the overall rows of
        ``evaluate.scores``. See ``contrast`` for the interval.

    Raises
    ------
    ValueError
        The numbers of seeds differ and neither is one.
    """
    frames = shared([*_listed(a), *_listed(b)], truth)
    ours, theirs = frames[: len(_listed(a))], frames[len(_listed(a)) :]
    found, by_seed = _contrast([(1, ours, truth), (-1, theirs, truth)], metric, resamples, seed)
    if permutations and len(found):
        permuted = _permuted(ours, theirs, metric, truth, permutations, seed)
        found["p"] = [_p_value(by_seed[name], permuted[name]) for name in found.index]
    return found


def contrast(
    terms: Sequence[tuple[float, Frames, str]], metric: str = "macro_f1", *, resamples: int = 200, seed: int = 0
) -> pd.DataFrame:
    """A weighted sum of scores, by task and overall, with 95 % intervals paired by patient.

    With the weights 1 and -1 and one reference it is ``paired_difference``; with four terms it is a difference of differences.
    In each bootstrap draw all terms see the same patients (Efron and Tibshirani 1993). Of several seeds the mean is taken; the
    limits over patients and Student's t limits over the seeds are combined by recovered variances (Zou and Donner 2008), which
    keeps the first part's skew and adds the second one's width. One seed adds none: its interval is over patients alone.

    Parameters
    ----------
    terms
        (weight, predictions in long form or one frame per seed, the column scored against). All are cut to the pairs that
        carry every reference named.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    resamples, seed
        Number of bootstrap draws, and the seed of the draws.

    Returns
    -------
    pandas.DataFrame
        Columns difference, low, high, n (labeled pairs), seeds; indexed by task, then the overall rows. Empty where no pair is
        left.

    Raises
    ------
    ValueError
        The numbers of seeds differ and are not one.
    """
    references = list(dict.fromkeys(reference for *_, reference in terms))
    frames = iter(with_references([frame for _, each, _ in terms for frame in _listed(each)], references))
    cut = [(weight, [next(frames) for _ in _listed(each)], reference) for weight, each, reference in terms]
    return _contrast(cut, metric, resamples, seed)[0]


def _contrast(
    terms: Sequence[tuple[float, list[pd.DataFrame], str]], metric: str, resamples: int, seed: int
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """``contrast`` of frames that hold the same pairs, and the values of each seed by task or overall row: (seeds,)."""
    seeds = max(len(frames) for _, frames, _ in terms)
    if any(len(frames) not in (1, seeds) for _, frames, _ in terms):
        raise ValueError(f"{' and '.join(str(len(frames)) for _, frames, _ in terms)} seeds cannot be paired")
    first, reference = terms[0][1][0], terms[0][2]
    patients = pd.Index(first["patient_id"].unique())
    if not len(patients):
        return pd.DataFrame(columns=["difference", "low", "high", "n", "seeds"], dtype=float), {}
    counts = patient_counts(len(patients), resamples, seed, strata_of(first, patients, reference))
    sizes = {task: len(part) for task, part in by_task(first).items()}
    values, draws = {}, {}
    for weight, frames, column in terms:
        for i, frame in enumerate(frames):
            point, drawn = bootstrap(by_task(frame), patients, counts, column, [metric])
            for name in point:
                # Seed i of each term belongs together; a term with one frame stands beside every seed.
                own = np.zeros(seeds) if len(frames) > 1 else np.full(seeds, point[name][metric][0])
                own[i] = point[name][metric][0]
                values[name] = values.get(name, 0) + weight * own
                draws[name] = draws.get(name, 0) + weight * drawn[name][metric] / len(frames)
    overall_size = sum(n for task, n in sizes.items() if task in PAPER_TASKS)
    rows = {
        name: {
            "difference": float(values[name].mean()),
            **dict(zip(("low", "high"), _with_seeds(values[name], *interval(draws[name])), strict=True)),
            "n": sizes.get(name, overall_size),
            "seeds": seeds,
        }
        for name in values
    }
    return pd.DataFrame.from_dict(rows, orient="index"), values


def by_task(frame: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The predictions of each task that occurs, in the order of the schema."""
    parts = dict(iter(frame.groupby("task", sort=False)))
    return {task: parts[task] for task in CLASSES if task in parts}


def _listed(frames: Frames) -> list[pd.DataFrame]:
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
    labeled = frames[0][truth].notna()
    pairs = frames[0].loc[labeled, keys]
    every = [frame[keys].reset_index(drop=True) for frame in frames]
    if all(each.equals(every[0]) for each in every[1:]) and not pairs.duplicated().any():  # a join takes several times as long
        return [frame[labeled.to_numpy()].reset_index(drop=True) for frame in frames]
    for frame in frames[1:]:
        pairs = pairs.merge(frame[keys], on=keys)
    return [pairs.merge(frame, on=keys, validate="one_to_one") for frame in frames]


def with_references(frames: Sequence[pd.DataFrame], references: Sequence[str]) -> list[pd.DataFrame]:
    """Cut predictions to the pairs that all frames have and that carry each of the ``references``, in the same order."""
    cut = shared(frames, references[0])
    # The references are properties of the reports, hence the same in every frame.
    known = cut[0][list(references)].notna().all(axis=1)
    return [frame[known].reset_index(drop=True) for frame in cut]


def _seed_error(values: np.ndarray) -> float:
    """The standard error of a mean over seeds; 0 for a single one, whose error is unknown."""
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else 0.0


def _with_seeds(values: np.ndarray, low: float, high: float) -> tuple[float, float]:
    """The interval (low, high) over patients, widened by what seeds (seeds,) differ from each other."""
    if len(values) < 2:
        return low, high
    half, middle = student.ppf(0.975, len(values) - 1) * _seed_error(values), values.mean()
    return float(middle - np.hypot(max(middle - low, 0), half)), float(middle + np.hypot(max(high - middle, 0), half))


def _permuted(
    ours: Sequence[pd.DataFrame], theirs: Sequence[pd.DataFrame], metric: str, truth: str, permutations: int, seed: int
) -> dict[str, np.ndarray]:
    """The mean difference over seeds after each swap: task or overall row -> (permutations,)."""
    patients = pd.Index(ours[0]["patient_id"].unique())
    swaps = (np.random.default_rng(seed).random((permutations, len(patients))) < 0.5).astype(float)
    seeds = max(len(ours), len(theirs))
    gaps: dict[str, np.ndarray] = {}
    for i in range(seeds):
        one, other = ours[i % len(ours)], theirs[i % len(theirs)]
        for name, gap in _swapped_gaps(one, other, patients, swaps, metric, truth).items():
            gaps[name] = gaps.get(name, 0) + gap[metric] / seeds
    return gaps


def _swapped_gaps(
    ours: pd.DataFrame, theirs: pd.DataFrame, patients: pd.Index, swaps: np.ndarray, metric: str, truth: str
) -> dict[str, Mapping[str, np.ndarray]]:
    """Ours minus theirs after each swap (permutations, patients), 1 or 0: task or overall row -> metric -> (permutations,)."""
    gaps, support = {}, {}
    other = by_task(theirs)
    for task, part in by_task(ours).items():
        owner = patients.get_indexer(part["patient_id"])
        encoded = [EncodedPredictions.of(each, task, truth, soft=metric == "auroc") for each in (part, other[task])]
        gaps[task] = {metric: _swapped_gap(*encoded, owner, swaps, metric)}
        support[task] = np.full(len(swaps), float(len(part)))
    return gaps | averages(gaps, support, [metric])


def _swapped_gap(
    ours: EncodedPredictions, theirs: EncodedPredictions, owner: np.ndarray, swaps: np.ndarray, metric: str
) -> np.ndarray:
    """The gap in ``metric`` after each swap (permutations, P): (permutations,)."""
    if metric == "auroc":
        swap = swaps[:, owner] > 0
        return ours.mixed_auroc(theirs, swap) - theirs.mixed_auroc(ours, swap)
    true, *mine = by_patient(ours, owner, swaps.shape[1])
    _, *yours = by_patient(theirs, owner, swaps.shape[1])
    totals = []
    for own, other in zip(mine, yours, strict=True):
        moved = swaps @ (other - own)  # what the swaps bring to ours and take from theirs
        totals.append((own.sum(axis=0) + moved, other.sum(axis=0) - moved))
    (answered, answered_other), (both, both_other) = totals
    if metric == "accuracy":
        return (both - both_other).sum(axis=1) / true.sum()
    everyone = np.broadcast_to(true.sum(axis=0), both.shape)
    return macro_f1(everyone, answered, both) - macro_f1(everyone, answered_other, both_other)


def _p_value(by_seed: np.ndarray, permuted: np.ndarray) -> float:
    """Two-sided p-value of the mean over seeds against permuted differences, at least 1 / (permutations + 1)."""
    known, observed = permuted[~np.isnan(permuted)], abs(by_seed.mean())
    if np.isnan(observed) or not len(known):
        return float("nan")
    error = _seed_error(by_seed)
    if error == 0:  # rounding must not separate two differences that are equal
        beyond = (np.abs(known) >= observed - 1e-12).astype(float)
    else:
        tail = student(len(by_seed) - 1).sf
        beyond = tail((observed - known) / error) + tail((observed + known) / error)
    return float((1 + beyond.sum()) / (1 + len(known)))
