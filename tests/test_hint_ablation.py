"""Two references, agreement taken apart, differences of differences, and the reader of hints."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.hint_ablation import WINDOWS, agreement_from_hints, two_way_scores, without_hints
from pathmtl.analysis.oracle_agreement import agreement, both_known, ratio_with_ci
from pathmtl.analysis.paired import contrast, paired_difference
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.recipes import CONTROLS, TABLES
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.paper.claims import on_page, verdict_table
from pathmtl.schema import CLASSES
from pathmtl.viz import hint_ablation

P, N = "Positive", "Negative"


def frame(rows, task="ER"):
    """rows: (truth, oracle, predicted)."""
    lines = [
        (f"r{i}", f"p{i // 2}", task, truth, oracle, predicted, [float(predicted == c) for c in CLASSES[task]])
        for i, (truth, oracle, predicted) in enumerate(rows)
    ]
    columns = ["report_id", "patient_id", "task", "truth", "oracle", "predicted", "probabilities"]
    return pd.DataFrame(lines, columns=columns)


#: Eight pairs; the oracle errs on the last two, and one of each pair with a gap in a reference.
BASE = [(P, P)] * 3 + [(N, N)] * 3 + [(P, N), (N, P)]
COPIES = frame([(t, o, o) for t, o in BASE] + [(None, P, P), (P, None, P)])
READS = frame([(t, o, t) for t, o in BASE] + [(None, P, P), (P, None, P)])


def test_only_pairs_with_both_references_are_kept_in_the_same_order():
    cut = both_known({"a": COPIES, "b": READS.iloc[::-1]})
    assert all(list(each["report_id"]) == [f"r{i}" for i in range(8)] for each in cut.values())
    assert both_known({"a": COPIES.assign(truth=None), "b": READS})["b"].empty


def test_one_reference_and_two_terms_are_a_paired_difference():
    rng = np.random.default_rng(0)
    rows = [(t, t, rng.choice([P, N])) for t in rng.choice([P, N], 60)]
    other = [(t, o, rng.choice([P, N])) for t, o, _ in rows]
    a, b = frame(rows), frame(other)
    expected = paired_difference(a, b, resamples=50)
    result = contrast([(1, a, "truth"), (-1, b, "truth")], resamples=50)
    pd.testing.assert_frame_equal(result, expected[result.columns], check_dtype=False)


def test_what_copying_gains_against_the_oracle_and_loses_against_the_truth():
    def overall(*terms):
        return contrast(terms, "accuracy", resamples=20).loc["Overall", "difference"]

    assert overall((1, COPIES, "oracle"), (-1, READS, "oracle")) == pytest.approx(2 / 9)  # the pair without a truth counts too
    assert overall((1, COPIES, "truth"), (-1, READS, "truth")) == pytest.approx(-2 / 9)
    four = overall((1, COPIES, "oracle"), (-1, READS, "oracle"), (-1, COPIES, "truth"), (1, READS, "truth"))
    assert four == pytest.approx(0.25 + 0.25)
    assert contrast([(1, COPIES.assign(truth=None), "truth")]).empty


def test_agreement_taken_apart():
    cut = both_known({"copies": COPIES, "reads": READS})
    copies, reads = (agreement(each, resamples=20)["value"] for each in cut.values())
    assert copies.to_dict() == pytest.approx({"agree": 1, "right": 0.75, "in_error": 0.25, "repeated": 1, "corrected": 0})
    assert reads.to_dict() == pytest.approx({"agree": 0.75, "right": 1, "in_error": 0, "repeated": 0, "corrected": 1})
    perfect = agreement(frame([(P, P, P)]), resamples=5).loc["repeated"]
    assert np.isnan(perfect["value"]) and perfect["of"] == 0, "an oracle without errors has none to repeat"
    assert agreement(COPIES.iloc[:0])["value"].isna().all()


def test_a_share_resamples_patients_not_pairs():
    part, whole = np.array([1, 1, 0, 0] * 10), np.ones(40)
    apart = ratio_with_ci(part, whole, pd.Series(range(40)), resamples=300)
    together = ratio_with_ci(part, whole, pd.Series([i // 10 for i in range(40)]).sort_values(), resamples=300)
    by_patient = ratio_with_ci(part, whole, pd.Series([0 if i else 1 for i in part]), resamples=300)
    assert apart["value"] == together["value"] == 0.5
    assert by_patient["high"] - by_patient["low"] > apart["high"] - apart["low"]


def test_the_share_that_hangs_on_hints_needs_no_truth():
    on, without = (each.assign(truth=None) for each in (COPIES, READS))
    result = agreement_from_hints(on, without, resamples=20)
    assert result["value"] == pytest.approx(2 / 9) and result["of"] == 9
    assert agreement_from_hints(without, on, resamples=20)["value"] < 0


def table(**rows):
    outcomes = {row: [RowResult(row, row, 42, each)] for row, each in rows.items()}
    return TableResult("table4", "quick", pd.DataFrame(), True, True, outcomes)


MANY = BASE * 20
COPYING, READING = ([(t, o, o) for t, o in MANY], [(t, o, t) for t, o in MANY])
GUESSING = [(t, o, P) for t, o in MANY]


def six(on, without, random_on, random_off):
    frames = {"window": on, "window-nohints": without, "random": random_on, "random-nohints": random_off}
    frames |= {"full": on, "full-nohints": without}
    return {row: frame(rows) for row, rows in frames.items()}


def test_the_rows_are_those_of_table_4():
    assert set(TABLES["table4"]) - set(CONTROLS) == {*WINDOWS, *map(without_hints, WINDOWS)}


def verdicts(this_run, recorded=None, resamples=200):
    asked = [claim for claim in on_page("hints_and_circularity") if claim.id != "hints-logic"]
    return verdict_table(asked, sources_of(this_run, recorded, resamples=resamples))


def test_verdicts_where_hints_are_copied_and_where_they_do_nothing():
    # With hints the oracle is copied from any window; without, the window is read and a random one guessed at.
    copied = verdicts(table(**six(COPYING, READING, COPYING, GUESSING)), resamples=40)
    assert copied["Verdict, this run"].tolist() == [TIE, HELD, NOT_HELD, NOT_HELD, HELD]
    idle = verdicts(table(**six(READING, READING, GUESSING, GUESSING)), table(), resamples=40)
    assert idle["Verdict, this run"].tolist() == [HELD, HELD, TIE, HELD, TIE]
    assert "Recorded" not in idle


def test_without_the_truth_nothing_is_judged_and_without_a_row_what_needs_it_is_not():
    frames = six(COPYING, READING, COPYING, GUESSING)
    blind = {row: each.assign(truth=None) for row, each in frames.items()}
    result = verdicts(table(**blind), resamples=5)
    assert set(result["Verdict, this run"]) == {UNTESTED} and set(result["This run"]) == {"–"}
    frames.pop("random-nohints")
    result = verdicts(table(**frames), resamples=40)
    assert result["Verdict, this run"].tolist() == [TIE, UNTESTED, NOT_HELD, NOT_HELD, HELD] and result["This run"].iloc[1] == "–"


def test_two_way_table_and_figure_with_both_references_or_the_oracle_alone():
    frames = six(COPYING, READING, COPYING, GUESSING)
    cells = two_way_scores(frames, resamples=5)
    shown = hint_ablation.two_way_table(cells)
    assert shown.shape == (3, 4) and [c[1] for c in shown.columns] == ["hints on", "hints off"] * 2
    assert shown.loc["Window", ("Against the oracle", "hints on")].startswith("1.000")
    before = plt.get_fignums()
    assert len(hint_ablation.two_way_figure(cells).axes[0].containers) == 4 and plt.get_fignums() == before
    bare = {row: each.assign(truth=None) for row, each in frames.items()}
    alone = two_way_scores(bare, ("oracle",), resamples=5)
    assert hint_ablation.two_way_table(alone).shape == (3, 2) and hint_ablation.two_way_figure(alone).axes
    assert hint_ablation.two_way_table({}).empty
    worth = hint_ablation.worth_of_hints(bare, ("oracle",), resamples=5)
    assert list(worth.columns) == ["Gain against the oracle"]
    assert "The first minus the second" in hint_ablation.worth_of_hints(frames, resamples=5)
    titles = {row: row for row in frames}
    shown = hint_ablation.agreement_table(frames, titles, resamples=5).loc["window", "Oracle's errors repeated"]
    assert shown == "1.000 (1.000–1.000), 40 of 40"
    assert hint_ablation.gone_without_hints(bare, resamples=5).shape == (3, 1)
