"""Figure S3 in numbers: counts, imbalance, balance of the splits, and the verdicts on the paper's sentences."""

from dataclasses import replace

import matplotlib.pyplot as plt
import pandas as pd
import pytest

from pathmtl import paper
from pathmtl.analysis import class_distribution as cd
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.experiments.data import bundled
from pathmtl.paper.claims import CLAIMS, Evidence, judge, on_page, verdict_table
from pathmtl.schema import CLASSES, TASKS
from pathmtl.viz.class_distribution import class_bars, imbalance_table, share_table, split_balance


def labels(**columns):
    rows = max(map(len, columns.values()), default=3)
    full = {task: [*columns.get(task, []), *[None] * (rows - len(columns.get(task, [])))] for task in TASKS}
    return pd.DataFrame(full, dtype=object)


NOTHING = labels()


def spelled(counts):
    """A list with each class as often as counted."""
    return [name for name, count in counts.items() for _ in range(count)]


def judged(name, **columns):
    return judge(next(c for c in CLAIMS if c.id == name), Evidence(labels=labels(**columns))).word


def verdicts(given):
    return verdict_table(on_page("fig_s3_class_distribution"), {"These reports": Evidence(labels=given)})


def test_every_class_is_counted_in_its_order():
    result = cd.counts_of(labels(T=["T2", "T1", "T2", None]), "T")
    assert list(result.index) == list(CLASSES["T"]) and result["T2"] == 2 and result["T4"] == 0
    assert cd.counts_of(NOTHING, "T").sum() == 0
    assert cd.published_counts(paper.EARLIER_COUNTS, "M").empty
    assert cd.published_counts(paper.EARLIER_COUNTS, "HER2").isna()["Equivocal"]


@pytest.mark.parametrize(
    ("counts", "word"),
    [({"T1": 80, "T2": 10}, HELD), ({"T1": 11, "T2": 10}, TIE), ({"T1": 10, "T2": 80}, NOT_HELD), ({"T1": 1}, TIE)],
)
def test_the_commonest_class(counts, word):
    assert judged("cohort-T1", T=spelled(counts)) == word


@pytest.mark.parametrize(
    ("rare", "rest", "word"), [(5, 995, HELD), (0, 500, HELD), (1, 6, TIE), (900, 100, NOT_HELD), (250, 750, TIE)]
)
def test_rarer_than_an_even_share(rare, rest, word):
    assert judged("cohort-N-N3", N=spelled({"N3": rare, "N0": rest})) == word


@pytest.mark.parametrize(
    ("count", "total", "printed", "word"),
    [(50, 100, 0.5, HELD), (50, 100, 0.9, NOT_HELD), (0, 0, 0.5, UNTESTED), (5, 10, 0.7, HELD)],
)
def test_a_printed_share_lies_in_the_interval_or_not(count, total, printed, word):
    claim = replace(next(c for c in CLAIMS if c.id == "cohort-stated-T"), bound=printed)
    stated = labels(T=["T1"] * count + [None] * (total - count)) if total else NOTHING
    assert judge(claim, Evidence(labels=stated)).word == word


def test_imbalance_names_both_ends_and_scores_the_constant_answer():
    result = imbalance_table(labels(ER=["Positive"] * 8 + ["Negative"] * 2))
    assert list(result.index) == ["ER Status"]
    row = result.loc["ER Status"]
    assert row["Commonest"] == "Positive (80%)" and row["Ratio"] == "4.0 : 1"
    assert row["macro-F1"] == f"{majority_macro_f1(0.8, 2):.3f}"
    assert imbalance_table(NOTHING).empty


def test_splits_drawn_alike_and_splits_drawn_apart():
    part = pd.Series(["train"] * 80 + ["test"] * 20)
    alike = labels(ER=(["Positive", "Negative"] * 50))
    assert split_balance(alike, part).loc["ER Status", "Largest difference"] == "0.000"
    apart = labels(ER=["Positive"] * 80 + ["Negative"] * 20)
    row = split_balance(apart, part).loc["ER Status"]
    assert row["Largest difference"] == "1.000" and row["p"] == "0.00" and row.iloc[0] == "80 / 0 / 20"
    assert split_balance(labels(M=["M0"] * 100), part).loc["M Stage", "p"] == "–"
    assert split_balance(NOTHING, part.head(3)).empty


def test_verdicts_on_a_cohort_like_the_papers_and_on_one_unlike_it():
    size = round(paper.COHORT * paper.SPLIT[0])
    t = ["T1"] * 4000 + ["T2"] * 2200 + ["T4"] * 40
    n = ["N0"] * 3000 + ["N1"] * 900 + ["N3"] * 47
    her2 = ["Negative"] * 1381 + ["Positive"] * 216
    like = verdicts(labels(T=t, N=n, HER2=her2, M=["M0"] * 100, ER=["Positive"] * size))
    assert set(like["Verdict, these reports"]) == {HELD} and len(like) == 10
    other = labels(T=["T4"] * 90, N=["N3"] * 90, HER2=["Positive"] * 90, M=["M1", "M0"])
    assert set(verdicts(other)["Verdict, these reports"]) == {NOT_HELD}


def test_without_labels_nothing_is_judged():
    result = verdicts(NOTHING)
    assert set(result["Verdict, these reports"]) == {UNTESTED} and set(result["These reports"]) == {"–"}
    assert set(share_table(NOTHING, paper.EARLIER_COUNTS)["Share, these reports"]) == {"–"}


def test_panels_of_the_bundled_reports_and_of_none():
    before = plt.get_fignums()
    for each in (bundled(), NOTHING):
        assert len(class_bars(each, paper.EARLIER_COUNTS).axes) == 8
        assert len(class_bars(each).axes) == 8
    assert plt.get_fignums() == before
