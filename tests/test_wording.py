"""Accuracy by phenomenon: counts, the drop against the same tasks elsewhere, and what is no such table."""

import numpy as np
import pandas as pd
import pytest
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl.analysis import wording
from pathmtl.experiments.evidence import measured_by
from pathmtl.paper.claims import Evidence, on_page, verdict_table
from pathmtl.viz.score_figures import heat_map

FIRED = "prior_stage_history"  # touches T and N


def reports(n=40):
    return pd.DataFrame(
        {
            "report_id": [f"r{i}" for i in range(n)],
            "patient_id": [f"p{i // 2}" for i in range(n)],
            "phenomena": [FIRED if i < n // 2 else "typos" if i % 2 else "" for i in range(n)],
        }
    )


def answers(right):
    """right: (report number, task) -> is the answer right."""
    rows = []
    for i, report in reports().iterrows():
        for task, truth, other in (("T", "T1", "T2"), ("N", "N0", "N1"), ("ER", "Positive", "Negative")):
            ids = (report["report_id"], report["patient_id"], task, truth)
            rows.append((*ids, truth if right(i, task) else other))
    return pd.DataFrame(rows, columns=["report_id", "patient_id", "task", "truth", "predicted"])


@pytest.fixture
def frames():
    return {"naive": answers(lambda i, task: task != "T" or i >= 20), "oracle": answers(lambda i, task: True)}


def test_a_phenomenon_is_scored_on_its_own_tasks_and_compared_with_the_same_tasks_elsewhere(frames):
    table = wording.by_wording(reports(), frames, PHENOMENA, resamples=50)
    row = table.loc[(FIRED, "naive")]
    assert (row["answers"], row["patients"]) == (40, 10), "T and N of twenty reports, ER is not touched"
    assert row["accuracy"] == 0.5 and row["elsewhere"] == 1.0 and row["drop"] == -0.5 and row["drop_high"] < 0
    assert 0 < row["low"] < 0.5 < row["high"] < 1
    assert table.loc[(FIRED, "oracle"), "low"] < 1, "an interval without width would be a promise"
    assert ("typos", "naive") in table.index and "itc" not in table.index.get_level_values(0)


def test_what_breaks_a_method_is_the_deep_drop_with_enough_answers(frames):
    table = wording.by_wording(reports(), frames, PHENOMENA, resamples=50)
    assert wording.breaks(table).index.tolist() == [(FIRED, "naive")]
    assert wording.breaks(table, fewest=41).empty
    assert wording.expected_by_chance(table) == pytest.approx(0.025 * 4)


def test_a_phenomenon_of_every_report_has_no_elsewhere(frames):
    everywhere = reports().assign(phenomena=FIRED)
    row = wording.by_wording(everywhere, frames, PHENOMENA, resamples=5).loc[(FIRED, "naive")]
    assert row["accuracy"] == 0.75 and np.isnan(row["drop"]) and np.isnan(row["drop_high"])


def test_tasks_weigh_alike_on_both_sides():
    # N is always right and T always wrong: whatever the mix, there is no drop.
    mixed = answers(lambda i, task: task == "N")
    remaining = mixed[~((mixed["task"] == "T") & mixed["report_id"].isin([f"r{i}" for i in range(15)]))]
    row = wording.by_wording(reports(), {"naive": remaining}, PHENOMENA, resamples=5).loc[(FIRED, "naive")]
    assert row["accuracy"] != 0.5 and row["drop"] == 0


def test_the_paired_difference_within_a_phenomenon(frames):
    assert wording.paired_within(reports(), frames["oracle"], frames["naive"], FIRED, PHENOMENA[FIRED], resamples=20)[::3] == (
        0.5,
        40,
    )
    nothing = wording.paired_within(reports(), frames["oracle"], frames["naive"], "itc", PHENOMENA["itc"])
    assert np.isnan(nothing[0]) and nothing[3] == 0


@pytest.mark.parametrize(
    ("column", "known"),
    [(["typos;ocr_noise"], True), ([""], False), ([None], False), (["a phenomenon of somebody else"], False)],
)
def test_only_known_phenomena_count(column, known):
    assert wording.records_phenomena(pd.DataFrame({"phenomena": column}), PHENOMENA) == known
    assert not wording.records_phenomena(pd.DataFrame({"text": ["x"]}), PHENOMENA)


def verdicts(source, frames):
    result = measured_by(wording.tested(reports(), frames, PHENOMENA, resamples=50))
    return verdict_table(on_page("by_phenomenon"), {source: Evidence(measured=result)})


def test_the_claims_are_judged_on_every_source(frames):
    result = verdicts("This run", {**frames, "lora": frames["oracle"]})
    assert result["Verdict, this run"].tolist()[:2] == ["held", "held"], result.index.tolist()[:2]
    assert set(result["Verdict, this run"].iloc[2:]) == {"cannot be tested here"}
    assert result["Paper"].iloc[1].startswith("+0.367")
    only_oracle = verdicts("Recorded", {"oracle": frames["oracle"]})
    assert set(only_oracle["Verdict, recorded"]) == {"cannot be tested here"}


def test_rare_rows_are_printed_and_not_coloured():
    values = pd.DataFrame({"Naive rules": [0.2, 0.9], "Oracle": [1.0, np.nan]}, index=["rare", "common"])
    figure = heat_map(values, pd.Series({"rare": 3, "common": 50}), "Accuracy")
    shown = figure.axes[0].images[0].get_array()
    assert shown.mask.tolist() == [[True, True], [False, True]]
    assert [text.get_text() for text in figure.axes[0].texts] == ["0.20", "1.00", "0.90"]
