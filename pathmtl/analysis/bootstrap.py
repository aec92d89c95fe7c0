"""Scores in many bootstrap draws at once: patients drawn within strata, one matrix product for all draws.

A draw is a row of weights, one per patient. Accuracy and macro-F1 depend on counts that add up over patients, so the counts of
all draws are the product of the (draws, patients) weights and a (patients, classes) table of each patient's counts.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from pathmtl.analysis.metrics import METRICS, EncodedPredictions, macro_f1, mean_of
from pathmtl.schema import OVERALL, OVERALL_WEIGHTED, PAPER_TASKS


def strata_of(frame: pd.DataFrame, patients: pd.Index, truth: str = "truth") -> np.ndarray:
    """The stratum of each patient: the rarest class that any of their reports states.

    Macro-F1 averages over classes, and a class that is missing from a draw would change what is averaged. Patients are
    therefore drawn within strata, so that no class that two patients or more have disappears. Classes of one patient only
    share a stratum.

    Parameters
    ----------
    frame
        Labeled predictions in long form.
    patients
        (P,) the patients.
    truth
        The column of labels.

    Returns
    -------
    numpy.ndarray
        (P,) stratum numbers.
    """
    pairs = pd.DataFrame({"owner": patients.get_indexer(frame["patient_id"]), "label": frame["task"] + "=" + frame[truth]})
    pairs = pairs.drop_duplicates()
    by_label = {name: part["owner"].to_numpy() for name, part in pairs.groupby("label", sort=True)}
    strata = np.full(len(patients), -1)
    for number, owners in enumerate(sorted(by_label.values(), key=len)):
        strata[owners[strata[owners] < 0]] = number
    sizes = pd.Series(strata).map(pd.Series(strata).value_counts()).to_numpy()
    alone = sizes == 1
    if alone.sum() == 1 and len(patients) > 1:  # nobody to share with but the smallest other stratum
        alone |= strata == min((size, stratum) for size, stratum in zip(sizes[~alone], strata[~alone], strict=True))[1]
    strata[alone] = -1
    return np.unique(strata, return_inverse=True)[1]


def patient_counts(patients: int, resamples: int, seed: int, strata: np.ndarray | None = None) -> np.ndarray:
    """Draw patients for a cluster bootstrap: the weight of each patient in each draw.

    Drawing patients with replacement and scoring all of their reports gives the same distribution as multinomial weights on the
    patients (Efron and Tibshirani 1993), which makes a draw a row of weights. Within a stratum of n patients, n - 1 are drawn
    and weighted by n / (n - 1): drawing n of a few would understate the variance by a factor of (n - 1) / n (Rao and Wu 1988).

    Parameters
    ----------
    patients
        Number of patients P.
    resamples, seed
        Number of draws, and their seed.
    strata
        (P,) stratum numbers, from ``strata_of``; without them, P patients are drawn from all.

    Returns
    -------
    numpy.ndarray
        (resamples, P); each row has the sum P.
    """
    if strata is not None:
        return _stratified(strata.tobytes(), strata.dtype, resamples, seed)
    return np.random.default_rng(seed).multinomial(patients, np.full(patients, 1 / patients), size=resamples).astype(float)


def report_weights(patients: pd.Series, resamples: int, seed: int) -> np.ndarray:
    """``patient_counts`` as weights of reports, each with its patient: (resamples, reports). patients: one per report."""
    owner, names = pd.factorize(patients)
    return patient_counts(max(len(names), 1), resamples, seed)[:, owner]


@functools.lru_cache(maxsize=2)
def _stratified(strata_bytes: bytes, dtype: np.dtype, resamples: int, seed: int) -> np.ndarray:
    """Draws within strata; comparison after comparison is made on the same patients."""
    rng, strata = np.random.default_rng(seed), np.frombuffer(strata_bytes, dtype)
    weights = np.ones((resamples, len(strata)))
    for stratum in np.unique(strata):
        own = np.flatnonzero(strata == stratum)
        n = len(own)
        if n > 1:
            weights[:, own] = rng.multinomial(n - 1, np.full(n, 1 / n), size=resamples) * (n / (n - 1))
    weights.flags.writeable = False
    return weights


def bootstrap(
    parts: Mapping[str, pd.DataFrame],
    patients: pd.Index,
    counts: np.ndarray,
    truth: str = "truth",
    metrics: Sequence[str] = METRICS,
) -> tuple[dict[str, dict[str, np.ndarray]], dict[str, dict[str, np.ndarray]]]:
    """The scores as measured, and in each bootstrap draw.

    Parameters
    ----------
    parts
        Task -> its labeled predictions in long form.
    patients
        (P,) the patients.
    counts
        (resamples, P), from ``patient_counts``.
    truth
        The column scored against.
    metrics
        The metrics to compute; ``auroc`` takes most of the time.

    Returns
    -------
    tuple
        Two dictionaries, task or overall row -> metric -> (1,) as measured, and (resamples,) in each draw.
    """
    point, draws, support, sizes = {}, {}, {}, {}
    for task, part in parts.items():
        coded = EncodedPredictions.of(part, task, truth, soft="auroc" in metrics)
        owner = patients.get_indexer(part["patient_id"])
        sums = by_patient(coded, owner, len(patients))
        drawn = np.split(counts @ np.hstack(sums), len(sums), axis=1)
        point[task] = count_scores([each.sum(axis=0, keepdims=True) for each in sums])
        draws[task] = count_scores(drawn)
        if "auroc" in metrics:
            point[task]["auroc"] = coded.auroc(np.ones((1, len(part))))
            draws[task]["auroc"] = coded.auroc(counts[:, owner])
        support[task], sizes[task] = drawn[0].sum(axis=1), np.array([len(part)], dtype=float)
    return point | averages(point, sizes, metrics), draws | averages(draws, support, metrics)


def by_patient(coded: EncodedPredictions, owner: np.ndarray, patients: int) -> list[np.ndarray]:
    """The terms of macro-F1 summed by patient: (P, C) counts of each class in the truth, in the answers, and in both.

    owner: (n,) the number of each report's patient.
    """
    sums = [np.zeros((patients, coded.classes)) for _ in range(3)]
    for total, each in zip(sums, coded.counts(), strict=True):
        np.add.at(total, owner, each)
    return sums


def count_scores(sums: Sequence[np.ndarray]) -> dict[str, np.ndarray]:
    """Accuracy and macro-F1 from (draws, C) counts, as ``EncodedPredictions.counts`` orders them."""
    true, _, both = sums
    with np.errstate(invalid="ignore"):
        return {"accuracy": both.sum(axis=1) / true.sum(axis=1), "macro_f1": macro_f1(*sums)}


def averages(
    by_task: Mapping[str, Mapping[str, np.ndarray]], support: Mapping[str, np.ndarray], metrics: Sequence[str] = METRICS
) -> dict[str, dict[str, np.ndarray]]:
    """The two overall rows over the paper's six tasks, metric -> (draws,); a task whose metric is undefined is left out.

    by_task: task -> metric -> (draws,). support: task -> (draws,) labeled reports.
    """
    tasks = [task for task in PAPER_TASKS if task in by_task]
    if not tasks:
        return {}
    weights = np.stack([support[task] for task in tasks], axis=-1)
    each = {metric: np.stack([by_task[task][metric] for task in tasks], axis=-1) for metric in metrics}
    return {
        OVERALL: {metric: mean_of(values) for metric, values in each.items()},
        OVERALL_WEIGHTED: {metric: mean_of(values, weights) for metric, values in each.items()},
    }


def interval(sample: np.ndarray) -> tuple[float, float]:
    """The 95 % percentile interval of bootstrap draws (Efron and Tibshirani 1993, chapter 13).

    Parameters
    ----------
    sample
        (draws,); NaN is ignored.

    Returns
    -------
    tuple
        The 2.5th and 97.5th percentile; NaN if every draw is NaN.
    """
    known = sample[~np.isnan(sample)]
    low, high = np.percentile(known, [2.5, 97.5]) if len(known) else (np.nan, np.nan)
    return float(low), float(high)
