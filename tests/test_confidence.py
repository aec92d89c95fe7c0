"""Calibration, abstention and intervals against hand-made cases and simulated worlds whose answer is known."""

import numpy as np
import pandas as pd
import pytest

from pathmtl.analysis import confidence, resampling
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.schema import OVERALL


def given(probability, right, patients=None):
    n = len(probability)
    owner = patients or [f"p{i}" for i in range(n)]
    return pd.DataFrame({"patient_id": owner, "task": "T", "probability": probability, "right": np.array(right, dtype=bool)})


def world(n=4000, seed=2, sharpen=1.0):
    """Answers whose probabilities are true (sharpen 1), or overconfident (above 1)."""
    rng = np.random.default_rng(seed)
    true = rng.uniform(0.5, 1, n)
    return given(true ** (1 / sharpen), rng.random(n) < true)


def test_only_labelled_answers_count_and_silence_is_none():
    frame = pd.DataFrame(
        {
            "patient_id": ["a", "b", "c"],
            "task": "ER",
            "predicted": ["Positive", "Negative", NO_ANSWER],
            "truth": ["Positive", None, "Positive"],
            "probabilities": [[1.0000001, 0.0], [0.2, 0.8], [0.5, 0.5]],
        }
    )
    result = confidence.answers(frame)
    assert result[["probability", "right"]].to_numpy().tolist() == [[1.0, True]]
    assert confidence.answers(frame.assign(probability=0.7))["probability"].tolist() == [0.7]


def test_a_reliability_bin_holds_its_answers_and_empty_ones_are_left_out():
    curve = confidence.reliability(given([0.05, 0.95, 0.95, 1.0], [False, True, False, True]))
    assert curve["answers"].tolist() == [1, 3] and curve["accuracy"].round(3).tolist() == [0.0, 0.667]
    assert curve["low"].tolist() == pytest.approx([0.0, 0.9]) and (curve["accuracy_low"] < curve["accuracy_high"]).all()
    assert confidence.calibration_error(curve) == pytest.approx((0.05 + 3 * abs(2 / 3 - 2.9 / 3)) / 4)


def test_nothing_given_nothing_measured():
    empty = given([], [])
    assert confidence.reliability(empty).empty and np.isnan(confidence.calibration_error(confidence.reliability(empty)))
    assert confidence.abstention(empty).empty and np.isnan(confidence.gain_of_abstaining(empty)).all()
    assert np.isnan(confidence.wilson(0, 0)).all()


@pytest.mark.parametrize(("sharpen", "calibrated"), [(1.0, True), (3.0, False)])
def test_true_probabilities_stay_within_chance_and_overconfident_ones_do_not(sharpen, calibrated):
    answers = world(sharpen=sharpen)
    error = confidence.calibration_error(confidence.reliability(answers))
    chance = np.percentile(confidence.calibration_error_by_chance(answers, draws=40), 97.5)
    assert (error <= chance) == calibrated and chance > 0


def test_the_error_by_chance_is_that_of_simulated_worlds():
    answers, draws = world(300), 5
    rng = np.random.default_rng(3)
    drawn = rng.random((draws, 300)) < answers["probability"].to_numpy()
    expected = [confidence.calibration_error(confidence.reliability(answers.assign(right=one), 7)) for one in drawn]
    assert confidence.calibration_error_by_chance(answers, 7, draws=draws, seed=3) == pytest.approx(expected)


def test_abstaining_keeps_the_surest_answers():
    curve = confidence.abstention(given([0.9, 0.8, 0.6, 0.5], [True, True, False, False]), resamples=20)
    assert curve["coverage"].tolist() == [0.25, 0.5, 0.75, 1.0] and curve["threshold"].tolist() == [0.9, 0.8, 0.6, 0.5]
    assert curve["accuracy"].round(3).tolist() == [1.0, 1.0, 0.667, 0.5]
    assert confidence.at_coverage(curve, [1, 0.5, 0.49])["coverage"].tolist() == [1.0, 0.5]


def test_answers_of_equal_probability_are_kept_together():
    curve = confidence.abstention(given([0.9, 0.9, 0.5], [True, False, True]), resamples=5)
    assert curve["coverage"].tolist() == pytest.approx([2 / 3, 1])


def test_the_gain_of_abstaining_is_positive_where_probabilities_mean_something_and_a_tie_where_not():
    gain, low, high = confidence.gain_of_abstaining(world())
    assert 0.05 < low < gain < high
    rng = np.random.default_rng(0)
    noise = world().assign(right=rng.random(4000) < 0.7)
    _, low, high = confidence.gain_of_abstaining(noise)
    assert low < 0 < high


def predictions(patients=60, per_patient=2, seed=0):
    """Reports of one patient are right or wrong together: resampling reports would be too sure."""
    rng = np.random.default_rng(seed)
    rows = []
    for patient in range(patients):
        right = rng.random() < 0.7
        for report in range(per_patient):
            for task in ("ER", "PR"):
                truth = "Positive" if (patient + report) % 2 else "Negative"
                other = "Negative" if truth == "Positive" else "Positive"
                rows.append((f"r{patient}-{report}", f"p{patient}", task, truth, truth if right else other))
    frame = pd.DataFrame(rows, columns=["report_id", "patient_id", "task", "truth", "predicted"])
    return frame.assign(probabilities=[[0.9, 0.1] if p == "Positive" else [0.1, 0.9] for p in frame["predicted"]])


def test_the_interval_by_patient_is_the_widest_where_patients_share_their_errors():
    table = resampling.by_unit(predictions(), resamples=200)
    width = table["high"] - table["low"]
    assert table["units"].tolist() == [60, 120, 240] and table["score"].nunique() == 1
    assert width["patients"] > 1.2 * width["reports"] > 1.2 * width["answers"]


def test_more_patients_make_a_narrower_interval_and_no_more_than_there_are():
    table = resampling.by_size(predictions(), [10, 60, 1000], resamples=100)
    assert table["patients"].tolist() == [10, 60]
    width = (table["high"] - table["low"]).tolist()
    assert width[0] > 1.5 * width[1]
    assert table["score"].iloc[-1] == pytest.approx(scores(predictions(), resamples=1).loc[OVERALL, "macro_f1"])


def test_nineteen_in_twenty_intervals_hold_the_truth_or_nearly():
    result = resampling.interval_coverage(predictions(200), 60, samples=30, resamples=100)
    assert len(result) == 30 and result["hit"].mean() >= 0.8
    truth = result.attrs["truth"]
    assert (result["hit"] == ((result["low"] <= truth) & (truth <= result["high"]))).all()
