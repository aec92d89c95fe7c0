"""Vectorised metrics against scikit-learn, paired tests against hand-made cases, and the words for their outcome."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import t
from sklearn.metrics import accuracy_score, f1_score, roc_auc_score

from pathmtl.analysis.bootstrap import bootstrap, count_scores, patient_counts, strata_of
from pathmtl.analysis.compare import across_seeds, mcnemar, on_par, verdict
from pathmtl.analysis.metrics import METRICS, NO_ANSWER, EncodedPredictions
from pathmtl.analysis.paired import paired_difference
from pathmtl.schema import CLASSES

HER2 = CLASSES["HER2"]
rows = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.integers(0, 3),
        st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=3, max_size=3),
        st.integers(0, 3),
    ),
    min_size=1,
    max_size=30,
)


def by_sklearn(coded, weight):
    kept = weight > 0
    true, answered, scores, weight = coded.true[kept], coded.answered[kept], coded.probabilities[kept], weight[kept]
    if not len(true):
        return dict.fromkeys(METRICS, np.nan)
    present = np.unique(true)
    areas = [roc_auc_score(true == c, scores[:, c], sample_weight=weight) for c in present if len(present) > 1]
    return {
        "accuracy": accuracy_score(true, answered, sample_weight=weight),
        "macro_f1": f1_score(true, answered, labels=present, average="macro", sample_weight=weight, zero_division=0),
        "auroc": np.mean(areas) if areas else np.nan,
    }


def weighted_scores(coded, weights):
    """Every metric under each weighting (draws, reports) of the reports."""
    return count_scores([weights @ part for part in coded.counts()]) | {"auroc": coded.auroc(weights)}


@settings(max_examples=80, deadline=None)
@given(rows)
def test_every_weighting_scores_as_scikit_learn_does(drawn):
    coded = EncodedPredictions(*(np.array(column) for column in list(zip(*drawn, strict=True))[:3]))
    weights = np.array([[1] * len(drawn), [w for *_, w in drawn]], dtype=float)
    ours = weighted_scores(coded, weights)
    for draw, weight in enumerate(weights):
        for metric, expected in by_sklearn(coded, weight).items():
            assert ours[metric][draw] == pytest.approx(expected, nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(rows, st.integers(0, 2**16))
def test_swapped_scores_are_those_of_the_mixed_answers(drawn, seed):
    true, one, probabilities, _ = (np.array(column) for column in zip(*drawn, strict=True))
    rng = np.random.default_rng(seed)
    other = EncodedPredictions(true, rng.permutation(one), rng.permutation(probabilities))
    coded = EncodedPredictions(true, one, probabilities)
    swap = rng.random((3, len(true))) < 0.5
    mixed = coded.mixed_auroc(other, swap)
    for draw in range(3):
        here = EncodedPredictions(true, one, np.where(swap[draw][:, None], other.probabilities, probabilities))
        assert mixed[draw] == pytest.approx(here.auroc(np.ones((1, len(true))))[0], nan_ok=True)


def frame(truth, answer, patients=None, task="ER"):
    classes = CLASSES[task]
    return pd.DataFrame(
        {
            "report_id": [f"r{i}" for i in range(len(truth))],
            "patient_id": patients or [f"p{i}" for i in range(len(truth))],
            "task": task,
            "truth": truth,
            "predicted": answer,
            "probabilities": [[float(a == c) if a != NO_ANSWER else 1 / len(classes) for c in classes] for a in answer],
        }
    )


P, N = "Positive", "Negative"
TRUTH = [P, N] * 30
GOOD, BAD = frame(TRUTH, TRUTH), frame(TRUTH, [P, P] * 30)


def test_a_paired_difference_sees_what_is_the_same_in_both():
    nothing = paired_difference(GOOD, GOOD.copy(), permutations=99).loc["ER"]
    assert nothing[["difference", "low", "high"]].tolist() == [0, 0, 0] and nothing["p"] == 1
    gap = paired_difference(GOOD, BAD, permutations=199)
    assert gap.loc["ER", "difference"] == pytest.approx(1 - 1 / 3) and gap.loc["ER", "low"] > 0
    assert gap.loc["ER", "p"] == pytest.approx(1 / 200), "the floor of 199 permutations"
    assert gap.loc["Overall", "difference"] == gap.loc["ER", "difference"]
    backwards = paired_difference(BAD, GOOD, permutations=199).loc["ER"]
    assert backwards["difference"] == -gap.loc["ER", "difference"] and backwards["p"] == gap.loc["ER", "p"]


@pytest.mark.parametrize("metric", METRICS)
def test_a_true_null_is_seldom_rejected(metric):
    rng = np.random.default_rng(0)
    pairs = [[np.where(rng.random(60) < 0.8, TRUTH, np.where(np.array(TRUTH) == P, N, P)) for _ in range(2)] for _ in range(40)]
    p = [
        paired_difference(frame(TRUTH, a), frame(TRUTH, b), metric, resamples=2, permutations=99).loc["ER", "p"] for a, b in pairs
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.15 and np.median(p) > 0.2


def test_a_patient_counts_once_however_many_reports():
    one_patient = ["p"] * 60
    p = paired_difference(frame(TRUTH, TRUTH, one_patient), frame(TRUTH, [P, P] * 30, one_patient), permutations=99)["p"]
    assert (p == 1).all(), "with one patient every permutation is the observed difference or its opposite"


def test_only_shared_labelled_pairs_are_compared():
    fewer = BAD.head(20)
    unlabeled = GOOD.assign(truth=[None] * 30 + TRUTH[30:])
    assert paired_difference(GOOD, fewer).loc["ER", "n"] == 20
    assert paired_difference(unlabeled, BAD).loc["ER", "n"] == 30


def test_seeds_are_averaged_and_drawn_with_the_patients():
    middling = frame(TRUTH, [P, N] * 15 + [P, P] * 15)
    one = paired_difference([middling], [BAD]).loc["ER"]
    several = paired_difference([GOOD, middling, middling], BAD, permutations=99).loc["ER"]
    alone = [paired_difference(each, BAD).loc["ER", "difference"] for each in (GOOD, middling, middling)]
    assert several["difference"] == pytest.approx(np.mean(alone)) and (several["seeds"], one["seeds"]) == (3, 1)
    assert several["high"] - several["low"] > one["high"] - one["low"], "seeds that disagree widen the interval"
    half = t.ppf(0.975, 2) * np.std(alone, ddof=1) / np.sqrt(3)
    assert several["difference"] - several["low"] > half, "three seeds cannot be surer than Student's t with 2 degrees of freedom"
    same = paired_difference([middling] * 3, BAD, permutations=99).loc["ER"]
    assert same[["low", "high", "p"]].tolist() == pytest.approx(
        paired_difference(middling, BAD, permutations=99).loc["ER", ["low", "high", "p"]].tolist()
    ), "seeds that agree change nothing"
    assert several["p"] > same["p"], "nor is their p-value as small"
    with pytest.raises(ValueError, match="2 and 3 seeds cannot be paired"):
        paired_difference([GOOD] * 2, [BAD] * 3)


def test_two_methods_trained_with_other_seeds_differ_by_chance_alone():
    """Both methods are the same, their seeds are not: an interval that ignored the seeds would leave 0 out far too often."""
    rng = np.random.default_rng(1)
    wrong, misses = np.where(np.array(TRUTH) == P, N, P), 0
    for _ in range(60):
        seeds = []
        for _ in range(6):
            share = rng.beta(20, 5)  # how good a model a seed gives
            seeds.append(frame(TRUTH, list(np.where(rng.random(60) < share, TRUTH, wrong))))
        found = paired_difference(seeds[:3], seeds[3:], "accuracy", resamples=200, permutations=99).loc["ER"]
        misses += found["low"] > 0 or found["high"] < 0
    assert misses <= 7


@pytest.mark.parametrize("metric", METRICS)
def test_all_draws_at_once_are_those_of_one_report_after_another(metric):
    rng = np.random.default_rng(0)
    patients = [f"p{i // 2}" for i in range(60)]
    one = frame(list(rng.choice(HER2, 60)), list(rng.choice([*HER2, NO_ANSWER], 60)), patients, "HER2")
    index = pd.Index(one["patient_id"].unique())
    counts = patient_counts(len(index), 20, 3, strata_of(one, index))
    point, draws = bootstrap({"HER2": one}, index, counts)
    by_report = counts[:, index.get_indexer(one["patient_id"])]
    expected = weighted_scores(EncodedPredictions.of(one, "HER2"), np.vstack([np.ones(60), by_report]))[metric]
    assert point["HER2"][metric][0] == pytest.approx(expected[0]) and draws["HER2"][metric] == pytest.approx(expected[1:])


def test_no_class_of_two_patients_disappears_and_the_variance_is_not_understated():
    rare = frame([P] * 2 + [N] * 58, [P] + [N] * 59)
    index = pd.Index(rare["patient_id"].unique())
    strata = strata_of(rare, index)
    assert sorted(np.bincount(strata)) == [2, 58]
    counts = patient_counts(60, 4000, 0, strata)
    assert (counts[:, :2].sum(axis=1) == 2).all() and np.allclose(counts.sum(axis=1), 60)
    plain = patient_counts(60, 4000, 0)
    assert (plain[:, :2].sum(axis=1) == 0).mean() > 0.1, "without strata it would be missing from every seventh draw"
    # The mean of two values 0 and 1 has the variance s²/n = 0.25; drawing two of two would give half of it.
    assert (counts[:, 0] / 2).var() == pytest.approx(0.25, rel=0.05)


@pytest.mark.parametrize(
    ("truth", "sizes"),
    [
        ([P], [1]),
        ([P, N, N, N], [4]),
        ([P, P, N, N, N], [2, 3]),
        ([P, N], [2]),
    ],
)
def test_patients_alone_in_their_class_share_a_stratum(truth, sizes):
    one = frame(truth, truth)
    assert sorted(np.bincount(strata_of(one, pd.Index(one["patient_id"])))) == sizes


def test_mcnemar_counts_discordant_reports():
    row = mcnemar(GOOD, BAD).loc["ER"]
    assert row[["both", "only_a", "only_b", "neither"]].tolist() == [30, 30, 0, 0] and row["p"] == pytest.approx(2 * 0.5**30)
    assert mcnemar(GOOD, GOOD.copy()).loc["ER", "p"] == 1


def test_seeds_become_a_mean_and_a_spread():
    tables = [pd.DataFrame({m: [v] for m in METRICS} | {"n": 7}, index=["ER"]) for v in (0.8, 0.9)]
    row = across_seeds(tables).loc["ER"]
    assert row["macro_f1"] == pytest.approx(0.85) and row["macro_f1_sd"] == pytest.approx(0.0707, abs=1e-4)
    assert row["seeds"] == 2 and row["n"] == 7
    assert np.isnan(across_seeds(tables[:1]).loc["ER", "macro_f1_sd"])


@pytest.mark.parametrize(
    ("low", "high", "better", "alike"),
    [
        (0.1, 0.2, "held", "not held"),
        (-0.1, 0.2, "tie", "cannot be tested here"),
        (-0.2, -0.1, "not held", "not held"),
        (-0.01, 0.015, "tie", "held"),
        (0.005, 0.04, "held", "partly"),
        (0.0, 0.0, "tie", "held"),
        (float("nan"), float("nan"), "cannot be tested here", "cannot be tested here"),
    ],
)
def test_the_words_for_an_interval(low, high, better, alike):
    assert verdict(low, high) == better and on_par(low, high) == alike
