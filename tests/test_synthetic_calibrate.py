"""Calibration: it moves what it may, towards the paper's row, the same way each time."""

from __future__ import annotations

import pytest
from pathmtl_synthetic import calibrate as search
from pathmtl_synthetic.measure import naive_row
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl.paper import TABLE_1

NAIVE = TABLE_1["naive"]["accuracy"]


def test_a_positive_shift_raises_every_rate_of_its_group_and_no_other() -> None:
    before, after = search.shifted({}), search.shifted({"grade": 1.0})
    for group, (_, names) in search.KNOBS.items():
        for name in names:
            assert before[name] == PHENOMENA[name].rate
            assert after[name] > before[name] if group == "grade" else after[name] == before[name]
    extreme = search.shifted(dict.fromkeys(search.KNOBS, 50.0))
    assert all(0 < rate < 1 for rate in extreme.values()), "no phenomenon becomes certain or impossible"


def line(task: str, accuracy: float, f1: float = 0.0) -> dict:
    return {
        "task": task,
        "accuracy": accuracy,
        "difference": accuracy - NAIVE[task],
        "macro_f1": f1,
        "macro_f1_missing": f1,
        "paper_macro_f1": TABLE_1["naive"].loc[task, "macro_f1"],
    }


def test_accuracy_comes_before_macro_f1_and_both_before_a_small_shift() -> None:
    near, far = [line("T", NAIVE["T"] + 0.01, 0.2)], [line("T", NAIVE["T"] + 0.05, 0.447)]
    assert search.distance(near, ["T"]) < search.distance(far, ["T"])
    assert search.distance(near, ["T"], 2.0) > search.distance(near, ["T"], -0.1)
    assert search.distance([*near, line("N", 0.0)], ["T"]) == search.distance(near, ["T"]), "other tasks do not count"


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One group, few steps: seconds instead of minutes."""
    monkeypatch.setattr(search, "KNOBS", {"grade": search.KNOBS["grade"]})
    monkeypatch.setattr(search, "_COARSE", (-1.5, 1.5))
    monkeypatch.setattr(search, "_FINE", (-0.3, 0.3))


def test_the_search_comes_closer_and_its_record_can_be_rerun(narrow: None) -> None:
    from pathmtl.baselines.naive import naive_labels

    steps: list[int] = []
    record = search.calibrate(naive_labels, 700, 5, fresh=2, step=lambda: steps.append(1))
    assert search.calibrate(naive_labels, 700, 5, fresh=2) == record
    assert len(steps) <= 1 + 2 + 2 + 2 + 2
    assert search.distance(record["row"], ["grade"]) <= search.distance(record["start_row"], ["grade"])
    rows = search.generate(700, 5, record["rates"], only="test")
    assert [round(found["accuracy"], 3) for found in naive_row(rows, naive_labels)] == [r["accuracy"] for r in record["row"]]
    assert set(record["rates"]) == set(search.KNOBS["grade"][1]), "nothing else moved"
    spread = record["fresh"]["grade"]
    assert spread["seeds"] == 2 and spread["lowest"] <= spread["mean"] <= spread["highest"]


def test_a_corpus_too_small_to_calibrate_on_is_refused() -> None:
    with pytest.raises(ValueError, match="too few"):
        search.calibrate(lambda text: {}, 12, 1)
