"""Confusion matrices, constant answers, the weights of Eq. 7 divided out, and the verdicts on HER2."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pathmtl import paper
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.confusion import (
    by_class,
    commonest,
    confusion,
    constant_predictions,
    constant_score,
    row_shares,
    without_weights,
)
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.experiments.data import bundled
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import CLASSES
from pathmtl.training.data import class_weights, training_labels, training_reports
from pathmtl.training.settings import settings
from pathmtl.viz.confusion_panels import class_table, confusion_panels

P, N, E = CLASSES["HER2"]


def frame(pairs, task="HER2", confidence=0.8):
    classes = CLASSES[task]
    rows = []
    for i, (truth, answer) in enumerate(pairs):
        rest = (1 - confidence) / (len(classes) - 1)
        probabilities = [confidence if c == answer else rest for c in classes]
        if answer == NO_ANSWER:
            probabilities = [1 / len(classes)] * len(classes)
        rows.append((f"r{i}", f"p{i}", task, truth, truth, answer, probabilities))
    columns = ["report_id", "patient_id", "task", "truth", "oracle", "predicted", "probabilities"]
    return pd.DataFrame(rows, columns=columns)


MIXED = frame([(P, P), (P, N), (N, N), (N, N), (N, P), (N, NO_ANSWER), (None, P)])


def test_rows_are_true_classes_and_silence_is_a_column_of_its_own():
    counts = confusion(MIXED, "HER2")
    assert list(counts.index) == [P, N, E] and list(counts.columns) == [P, N, E, NO_ANSWER]
    assert counts.loc[P].tolist() == [1, 1, 0, 0] and counts.loc[N].tolist() == [1, 2, 0, 1] and not counts.loc[E].any()
    assert NO_ANSWER not in confusion(MIXED[MIXED["predicted"] != NO_ANSWER], "HER2")
    shares = row_shares(counts)
    assert shares.loc[N].sum() == 1 and shares.loc[E].isna().all()


@pytest.mark.parametrize("empty", [MIXED.iloc[:0], MIXED.assign(task="ER"), MIXED.assign(truth=None)])
def test_without_a_reference_there_is_nothing_to_count(empty):
    counts = confusion(empty, "HER2")
    assert counts.shape == (3, 3) and not counts.to_numpy().any()
    assert by_class(counts)["recall"].isna().all() and commonest(empty, "HER2") is None
    assert set(class_table({"a": counts})["Recall"]) == {"–"}


def test_by_class_agrees_with_the_scores():
    table = by_class(confusion(MIXED, "HER2"))
    assert table.loc[P, "recall"] == 0.5 and table.loc[P, "precision"] == 0.5 and table.loc[N, "recall"] == 0.5
    assert np.isnan(table.loc[E, "f1"])
    known = MIXED[MIXED["truth"].notna()]
    assert table["f1"].mean() == pytest.approx(scores(known, resamples=1).loc["HER2", "macro_f1"])


def test_a_constant_answer_at_the_papers_ratio_scores_what_table_3_prints():
    imbalanced = frame([(N, N)] * 64 + [(P, N)] * 10)
    collapsed = constant_predictions(imbalanced, "HER2", commonest(imbalanced, "HER2"))
    counts = confusion(collapsed, "HER2")
    assert counts[N].sum() == 74 and by_class(counts).loc[P, "f1"] == 0
    over_two = by_class(counts)["f1"].mean()
    assert over_two == pytest.approx(constant_score(6.4, 2))
    assert over_two * 2 / 3 == pytest.approx(constant_score(paper.HER2_RATIO, 3))
    assert round(constant_score(paper.HER2_RATIO, 3), 3) == paper.TABLE_3.loc["stl", "HER2"]


def test_weights_divided_out_turn_doubtful_answers_and_leave_plain_ones():
    weights = {P: 4.0, N: 0.5, E: 1.0}
    doubtful, plain = frame([(N, P)], confidence=0.6), frame([(P, P)], confidence=0.99)
    assert without_weights(doubtful, "HER2", weights)["predicted"].tolist() == [N]
    turned = without_weights(plain, "HER2", weights)
    assert turned["predicted"].tolist() == [P] and sum(turned["probabilities"][0]) == pytest.approx(1)
    same = without_weights(doubtful, "HER2", dict.fromkeys(CLASSES["HER2"], 3.0))
    assert same["probabilities"][0] == pytest.approx(doubtful["probabilities"][0])
    assert without_weights(doubtful.assign(task="ER"), "HER2", weights).empty


def test_class_weights_are_equation_7():
    column = pd.Series([N] * 6 + [P] * 2 + [None] * 5)
    weights = class_weights(column, "HER2")
    assert weights == pytest.approx({P: 8 / 6, N: 8 / 18, E: 1.0})
    assert class_weights(pd.Series([None]), "HER2") == dict.fromkeys(CLASSES["HER2"], 1.0)


def test_the_reports_a_run_was_taught_are_of_its_training_split_and_its_limit():
    table = bundled()
    chosen = settings("smoke", label_source="given", max_train_reports=10)
    taught = training_reports(chosen, table)
    assert len(taught) == 10 and set(taught["split"]) == {"train"}
    assert training_labels(chosen, table).equals(taught[list(CLASSES)])


def outcomes(**frames):
    rows = {row: [RowResult(row, row, 42, each)] for row, each in frames.items()}
    return TableResult("table1", "smoke", pd.DataFrame(), True, True, rows)


#: In the order of the cases below.
HER2_CLAIMS = ("her2-found", "her2-constant", "table1-HER2", "her2-naive-constant")


def her2_verdicts(this_run, recorded=None, resamples=200):
    asked = {claim.id: claim for claim in on_page("fig_s2b_her2_confusion")}
    return verdict_table([asked[name] for name in HER2_CLAIMS], sources_of(this_run, recorded, resamples=resamples))


@pytest.mark.parametrize(
    ("lora", "naive", "expected"),
    [
        # finds all positives; better than constant; better than naive; naive equals the constant answer
        ([(P, P)] * 80 + [(N, N)] * 200, [(P, N)] * 80 + [(N, N)] * 200, [HELD, HELD, HELD, HELD]),
        # collapsed itself: misses every positive, equals the constant answer and the naive rules
        ([(P, N)] * 80 + [(N, N)] * 200, [(P, N)] * 80 + [(N, N)] * 200, [NOT_HELD, TIE, TIE, HELD]),
        # as many positives as printed, naive better than the model and far better than the constant answer
        (
            [(P, P)] * 74 + [(P, N)] * 6 + [(N, N)] * 150 + [(N, P)] * 50,
            [(P, P)] * 80 + [(N, N)] * 200,
            [TIE, HELD, NOT_HELD, NOT_HELD],
        ),
        # no positive at all
        ([(N, N)] * 20, [(N, N)] * 20, [UNTESTED, TIE, TIE, HELD]),
        # no HER2 label
        ([(None, N)] * 20, [(None, N)] * 20, [UNTESTED] * 4),
    ],
)
def test_verdicts_on_her2(lora, naive, expected):
    verdicts_shown = her2_verdicts(outcomes(lora=frame(lora), naive=frame(naive)), resamples=40)
    assert verdicts_shown["Verdict, this run"].tolist() == expected
    assert "Recorded" not in verdicts_shown and set(verdicts_shown["Section"]) == {"S3", "III-B2", "V-A"}


def test_recorded_runs_stand_beside_and_may_be_absent():
    this_run = outcomes(lora=frame([(P, P), (N, N)]), naive=frame([(P, N), (N, N)]))
    assert "Recorded" not in her2_verdicts(this_run, outcomes(), resamples=5)
    assert "Verdict, recorded" in her2_verdicts(this_run, this_run, resamples=5)


def test_panels_show_shares_over_counts_and_a_dash_where_a_class_never_occurs():
    before = plt.get_fignums()
    figure = confusion_panels({"one": confusion(MIXED, "HER2"), "two": confusion(frame([(N, N)]), "HER2")})
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "0.50\n(1)" in texts and texts.count("–") == 4 and plt.get_fignums() == before
    assert len(confusion_panels({name: confusion(MIXED, "HER2") for name in "abcd"}).axes) == 6
