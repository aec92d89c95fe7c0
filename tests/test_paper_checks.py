"""The audit's arithmetic: on the paper's prints, and on made-up rows where the answer is known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import balanced_accuracy_score, f1_score

from pathmtl import paper
from pathmtl.paper import arithmetic
from pathmtl.schema import PAPER_TASKS


@pytest.mark.parametrize(
    ("value", "printed", "expected"),
    [(0.30949, 0.309, True), (0.3095, 0.309, True), (0.3096, 0.309, False), (0.3085, 0.309, True), (0.3084, 0.309, False)],
)
def test_what_rounds_to_a_print(value, printed, expected):
    assert arithmetic.rounds_to(value, printed) is expected


def test_the_naive_overall_row_is_the_mean_of_its_tasks_and_the_neural_f1_is_not():
    table = arithmetic.overall_rows()
    assert table.loc["naive", "mean_fits"].all()
    assert not table.loc[[("lora", "macro_f1"), ("lora", "auroc"), ("stl", "macro_f1")], "mean_fits"].any()
    assert table.loc[("stl", "macro_f1"), "mean_of_tasks"] == pytest.approx(0.848, abs=5e-4)


def test_one_set_of_supports_prints_both_f1_rows_and_none_prints_the_auroc_too():
    keys = [("lora", "accuracy"), ("lora", "macro_f1"), ("stl", "macro_f1")]
    support = arithmetic.support_fit(keys)
    for key in keys:
        weighted = np.average(arithmetic.ROWS[key][list(PAPER_TASKS)].astype(float), weights=support)
        assert weighted == pytest.approx(float(arithmetic.ROWS[key][paper.OVERALL]), abs=2 * arithmetic.HALF + 1e-6)
    assert support["T"] == paper.TRAINING_LABELS["T"] and support["ER"] >= support["HER2"]
    assert arithmetic.support_fit([*keys, ("lora", "auroc")]) is None
    assert arithmetic.support_fit([("naive", m) for m in ("accuracy", "macro_f1", "auroc")]) is None


@pytest.mark.parametrize(
    ("printed", "low", "high", "expected"),
    [([0.333], 2, 7, [3, 6]), ([0.5, 0.333], 2, 13, [6, 12]), ([1.0], 5, 6, [5, 6]), ([0.001], 5, 9, [])],
)
def test_sizes_that_print(printed, low, high, expected):
    assert arithmetic.sizes_that_print(printed, low, high) == expected


@pytest.mark.parametrize(("counts", "classes"), [((172, 27), 3), ((5, 5), 2), ((90, 8, 2), 3)])
def test_a_constant_answer_scores_what_scikit_learn_says(counts, classes):
    truth = np.repeat(np.arange(len(counts)), counts)
    expected = f1_score(truth, np.zeros_like(truth), labels=range(classes), average="macro", zero_division=0)
    assert arithmetic.majority_macro_f1(counts[0] / sum(counts), classes) == pytest.approx(expected)


@pytest.mark.parametrize("wrong", [(3, 9), (0, 4), (10, 0)])
def test_two_classes_by_accuracy_balance_and_share(wrong):
    truth = np.array([1] * 30 + [0] * 170)
    answers = truth.copy()
    answers[: wrong[0]] = 0
    answers[30 : 30 + wrong[1]] = 1
    found = arithmetic.two_class_macro_f1((truth == answers).mean(), balanced_accuracy_score(truth, answers), 0.15)
    assert found == pytest.approx(f1_score(truth, answers, average="macro"))
    assert np.isnan(arithmetic.two_class_macro_f1(0.5, 0.99, 0.2)), "no recalls give that"


def test_without_a_third_class_the_naive_receptor_rows_need_hardly_any_negatives():
    assert all(arithmetic.minority_share_that_prints(task) < 0.03 for task in ("ER", "PR"))
    assert arithmetic.undiluted_naive().loc["ER", "undiluted"] == pytest.approx(0.927)


def test_her2_prints_fit_about_199_reports():
    fits = list(arithmetic.her2_fits())
    assert [fit.reports for fit in fits if fit.naive] == [199]
    for fit in fits:
        truth = ["P"] * fit.positives + ["N"] * fit.negatives
        answers = ["N"] * fit.missed + ["P"] * (fit.positives - fit.missed + fit.false) + ["N"] * (fit.negatives - fit.false)
        assert f1_score(truth, answers, average="macro") == pytest.approx(fit.macro_f1)
        assert arithmetic.rounds_to(fit.constant_macro_f1, 0.309)


def test_lora_is_the_slowest_per_epoch():
    table = arithmetic.per_epoch()
    assert table.index[-1] == "lora" and (table["seconds_per_epoch"] * table["epochs"] == table["seconds"]).all()


def test_every_reading_of_table_2_counts_to_the_unit():
    table = arithmetic.parameter_rows()
    assert set(table["strategy"]) == set(paper.TABLE_2.index)
    pd.testing.assert_series_equal(table["total"], table["printed"], check_names=False)


def test_single_task_readings():
    readings = arithmetic.single_task_readings()
    printed = [round(value / 1e6, 1) for value in readings]
    assert printed[0] == 82.2 and 82.2 not in printed[1:]


def test_figures_quoted_in_the_text_agree_with_the_tables():
    assert arithmetic.quoted()["agrees"].all()
