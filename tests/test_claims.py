"""One judge: each kind of test gives its word for its intervals, and the word stands in the right cell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from test_experiments import outcome, table_of

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper.claims import CLAIMS, Claim, Evidence, Measured, Verdict, corrected, judge, on_page, tally, verdict_table
from pathmtl.paper.kinds import KINDS, holm, p_value, word
from pathmtl.paper.measures import ratio_of_times


def of(value=float("nan"), low=float("nan"), high=float("nan")):
    return Measured("shown", value, low, high)


@pytest.mark.parametrize(
    ("kind", "measured", "bound", "expected"),
    [
        ("better", of(0.1, 0.05, 0.15), 0, HELD),
        ("better", of(0.1, -0.05, 0.25), 0, TIE),
        ("better", of(-0.1, -0.15, -0.05), 0, NOT_HELD),
        ("better", of(0.94, 0.90, 0.97), 0.926, TIE),
        ("alike", of(0.0, -0.01, 0.01), 0, HELD),
        ("alike", of(0.0, -0.05, 0.05), 0, UNTESTED),
        ("alike", of(0.03, 0.01, 0.05), 0, PARTLY),
        ("alike", of(0.1, 0.05, 0.15), 0, NOT_HELD),
        ("cheaper", of(0.5), 0, HELD),
        ("cheaper", of(0.95), 0, TIE),
        ("cheaper", of(1.5), 0, NOT_HELD),
        ("cheaper", of(0.7, 0.5, 0.85), 0, HELD),
        ("cheaper", of(0.7, 0.5, 0.95), 0, TIE),
        ("cheaper", of(1.5, 1.2, 1.9), 0, NOT_HELD),
        ("no dearer", of(0.7, 0.5, 1.3), 0, TIE),
        ("as cheap", of(1.0, 0.8, 1.3), 0, TIE),
        ("no dearer", of(0.5), 0, HELD),
        ("no dearer", of(1.05), 0, HELD),
        ("no dearer", of(1.3), 0, NOT_HELD),
        ("as cheap", of(1.05), 0, HELD),
        ("as cheap", of(0.5), 0, NOT_HELD),
        ("at least", of(0.98), 0.98, HELD),
        ("at least", of(0.97), 0.98, NOT_HELD),
        ("at most", of(0.05, 0.02, 0.08), 0.1, HELD),
        ("at most", of(0.1, 0.05, 0.2), 0.1, TIE),
        ("at most", of(0.3, 0.2, 0.4), 0.1, NOT_HELD),
        ("more than", of(0.3, 0.2, 0.4), 0.1, HELD),
        ("more than", of(0.05, 0.02, 0.1), 0.1, NOT_HELD),
        ("less than", of(0.5), 1, HELD),
        ("less than", of(1.0), 1, NOT_HELD),
        ("finer than", of(0.001), 0.01, HELD),
        ("finer than", of(0.1), 0.01, TIE),
        ("printed share", of(0.2, 0.18, 0.22), 0.187, HELD),
        ("printed share", of(0.2, 0.18, 0.22), 0.5, NOT_HELD),
        ("all of", of(1.0), 0, HELD),
        ("all of", of(0.5), 0, PARTLY),
        ("all of", of(0.0), 0, NOT_HELD),
        ("untested", of(1.0), 0, UNTESTED),
    ],
)
def test_a_measurement_gives_its_word(kind, measured, bound, expected):
    assert word(kind, measured, bound) == expected
    assert word(kind, replace(measured, why="nothing was learned"), bound) == UNTESTED
    assert word(kind, of(), bound) == UNTESTED, "a missing number decides nothing"


@pytest.mark.parametrize(
    ("a", "b", "devices", "kind", "expected"),
    [
        ([31, 35, 27], [90, 80, 95], {"H100"}, "cheaper", HELD),
        ([31, 35, 27], [36, 29, 27], {"H100"}, "cheaper", TIE),
        ([90, 80, 95], [31, 35, 27], {"H100"}, "cheaper", NOT_HELD),
        ([31], [90], {"H100"}, "cheaper", UNTESTED),
        ([31, 35, 27], [90, 80], {"H100"}, "cheaper", UNTESTED),
        ([31, 35, 27], [90, 80, 95], {"H100", "CPU"}, "cheaper", UNTESTED),
        ([31, 35, 27], [30, 33, 28], {"H100"}, "no dearer", TIE),
    ],
)
def test_times_decide_only_where_repeated_timings_on_one_machine_agree(a, b, devices, kind, expected):
    measured = ratio_of_times(a, b, devices)
    assert word(kind, measured) == expected and all(device in measured.text for device in devices)


def test_every_kind_is_tested_above_and_every_claim_has_one():
    assert {claim.kind for claim in CLAIMS} <= set(KINDS)


CLAIM = Claim("x", "A beats B", "words", "V", "better", ("a_page",), printed="+0.100")


def test_the_verdict_stands_in_the_cell_of_its_source():
    held, tie = of(0.1, 0.05, 0.15), of(0.0, -0.1, 0.1)
    sources = {"Recorded": Evidence(measured={"x": held}), "This run": Evidence(measured={"x": tie})}
    table = verdict_table([CLAIM], sources)
    assert table.loc["A beats B"].to_dict() == {
        "Section": "V",
        "Paper": "+0.100",
        "Recorded": "shown",
        "Verdict, recorded": HELD,
        "This run": "shown",
        "Verdict, this run": TIE,
    }
    full = verdict_table([CLAIM], sources, quotes=True, links=True)
    assert full.loc["A beats B", "Paper's words"] == "words" and 'href="a_page.html"' in full.loc["A beats B", "Evidence"]


def test_what_is_missing_has_a_reason():
    verdict = judge(CLAIM, Evidence())
    assert (verdict.word, verdict.measured) == (UNTESTED, "–") and verdict.reason == "its page has not measured it"
    assert judge(replace(CLAIM, reason="no such row"), Evidence()).reason == "no such row"
    assert judge(CLAIM, Evidence(), measured=of(0.1, 0.05, 0.15)).word == HELD
    wide = judge(replace(CLAIM, kind="alike"), Evidence(), measured=of(0.0, -0.5, 0.5))
    assert wide.word == UNTESTED and "too wide" in wide.reason
    assert verdict_table([CLAIM], {"This run": Evidence()})["Why"].tolist() == ["its page has not measured it"]
    decided = {"Recorded": Evidence(), "This run": Evidence(measured={"x": of(0.1, 0.05, 0.15)})}
    assert "Why" not in verdict_table([CLAIM], decided), "another source decides"


def test_runs_trained_longer_decide_what_the_others_leave_open():
    longer = Evidence(measured={"x": of(0.1, 0.05, 0.15)})
    verdict = judge(CLAIM, Evidence(longer=longer))
    assert (verdict.word, verdict.measured, verdict.data) == (HELD, "shown, trained longer", "longer")
    decided = Evidence(measured={"x": of(-0.1, -0.2, -0.05)}, longer=longer)
    assert judge(CLAIM, decided).word == NOT_HELD, "no need to look further"


def test_a_score_of_several_rows_is_computed_once():
    evidence = Evidence({"table1": table_of(outcome("lora", 1.0), outcome("naive", 0.5))}, resamples=20)
    for claim in on_page("table1_baseline"):
        judge(claim, evidence)
    assert len([key for key in evidence.cache if key[0] == "gap"]) == 1


@pytest.mark.parametrize(
    ("kind", "measured", "bound", "expected"),
    [
        ("better", replace(of(0.1, 0.05, 0.15), p=0.004), 0, 0.004),  # a test's own
        ("better", of(1.96, 0.0, 3.92), 0, 0.05),
        ("better", of(1.96, 0.0, 3.92), 1.96, 1.0),
        ("better", of(0.5, 0.5, 0.5), 0, 0.0),
        ("better", of(0.0, 0.0, 0.0), 0, 1.0),
        ("alike", of(0.0, -0.01, 0.01), 0, None),
        ("better", replace(of(0.1, 0.05, 0.15), why="nothing was learned"), 0, None),
    ],
)
def test_a_p_value_is_the_tests_or_that_of_the_interval(kind, measured, bound, expected):
    found = p_value(kind, measured, bound)
    assert np.isnan(found) if expected is None else found == pytest.approx(expected, abs=1e-4)


def test_holm_adjusts_the_smallest_most_and_leaves_out_what_was_not_tested():
    assert holm([0.01, np.nan, 0.04, 0.03])[[0, 2, 3]] == pytest.approx([0.03, 0.06, 0.06])
    assert np.isnan(holm([0.01, np.nan])[1]) and len(holm([])) == 0


def test_what_does_not_stand_out_among_many_tests_is_a_tie():
    verdicts = [Verdict(HELD, p=0.001), Verdict(NOT_HELD, p=0.03), Verdict(HELD), Verdict(TIE, p=0.5)]
    found = corrected(verdicts)
    assert [each.word for each in found] == [HELD, TIE, HELD, TIE]
    assert "not held by itself, a tie among 3 tests (p = 0.030, Holm 0.06)" in found[1].reason
    weak = replace(of(0.1, 0.01, 0.19), p=0.03)
    others = [replace(CLAIM, id=f"y{i}", says=f"{i}") for i in range(3)]
    evidence = {"Here": Evidence(measured={"x": weak, **{each.id: of(0, -0.1, 0.1) for each in others}})}
    alone, together = (verdict_table([CLAIM], evidence, family=family) for family in ((), [CLAIM, *others]))
    assert (alone["Verdict, here"].iloc[0], together["Verdict, here"].iloc[0]) == (HELD, TIE)


def test_the_tally_counts_in_a_fixed_order():
    counted = tally(pd.Series([TIE, HELD, UNTESTED, HELD]))
    assert list(counted.items()) == [(HELD, 2), (TIE, 1), (UNTESTED, 1)]
