"""Rows about certainty: one seed says nothing of seeds, few answers nothing of calibration."""

import numpy as np
import pandas as pd
import pytest
from test_confidence import predictions, world

from pathmtl.analysis import uncertainty
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.paper.claims import on_page, verdict_table


def table(*frames):
    outcomes = [RowResult("lora", "Multi-task LLM", 42 + i, frame) for i, frame in enumerate(frames)]
    return TableResult("table1", "quick", pd.DataFrame(), True, True, {"lora": outcomes} if outcomes else {})


def shifted(amount):
    """Predictions of which the first ``amount`` patients' are all wrong."""
    frame = predictions()
    hit = frame["patient_id"].isin([f"p{i}" for i in range(amount)])
    return frame.assign(
        predicted=frame["predicted"].where(~hit, frame["truth"].map({"Positive": "Negative", "Negative": "Positive"}))
    )


def test_a_spread_takes_two_seeds():
    result = uncertainty.over_seeds({"recorded": [], "one": [predictions()], "two": [predictions(), shifted(20)]}, resamples=20)
    assert result.index.tolist() == ["one", "two"] and result["Seeds"].tolist() == [1, 2]
    assert result.loc["one", "Spread over seeds"] == "–" and float(result.loc["two", "Spread over seeds"]) > 0.01
    assert uncertainty.over_seeds({"recorded": []}).columns.tolist() == result.columns.tolist()


def verdicts(this_run, **options):
    return verdict_table(on_page("uncertainty"), sources_of(this_run, **options))


@pytest.mark.parametrize(
    ("frames", "word"),
    [
        ([predictions()], "cannot be tested here"),
        ([predictions(), predictions()], "held"),
        ([predictions(), shifted(50)], "not held"),
    ],
)
def test_a_seed_is_compared_with_the_patients(frames, word):
    result = verdicts(table(*frames), resamples=50)
    assert result.loc["A seed changes less than the patients do", "Verdict, this run"] == word
    assert result["Verdict, this run"].iloc[0] == "tie", "a thousandth is less than sixty patients can tell"


def test_calibration_needs_answers_and_is_held_against_chance():
    assert uncertainty.calibration(world())["error"] <= uncertainty.calibration(world())["chance"]
    off = uncertainty.calibration(world(sharpen=3.0))
    assert off["error"] > off["chance"] and off["probability"] > off["accuracy"]
    nothing = uncertainty.calibration(world().head(0))
    assert nothing["answers"] == 0 and np.isnan([nothing["error"], nothing["chance"]]).all()
    unlabeled = predictions().assign(truth=None)
    words = verdicts(table(unlabeled), resamples=5)["Verdict, this run"]
    assert set(words) == {"cannot be tested here"}
    few = verdicts(table(predictions(10)), resamples=5)["Verdict, this run"]
    assert few.iloc[2] == "cannot be tested here", "forty answers in ten bins"
