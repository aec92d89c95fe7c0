"""Consolidation: who gives a biomarker to whom, and who must not."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl.consolidate import consolidate, informative, report_side, sources
from pathmtl.review.consolidation import by_rule, gain, read_and_consolidated, several, timeline


def reports(*rows: dict) -> pd.DataFrame:
    empty = {
        "patient_id": "p",
        "date": "",
        "side": "left",
        "kind": "resection",
        "cancer_type": "BRCA",
        "ER": None,
        "PR": None,
        "HER2": None,
    }
    return pd.DataFrame([{**empty, "report_id": str(i), **row} for i, row in enumerate(rows)])


#: (what is tested, the reports, ER of each afterwards, rule of each; None: no value)
CASES = [
    (
        "a biopsy gives to the resection",
        [{"date": "2019-01-02", "kind": "biopsy", "ER": "Positive"}, {"date": "2019-02-01"}],
        ["Positive", "Positive"],
        ["own", "earlier"],
    ),
    (
        "a later report gives to an earlier one",
        [{"date": "2019-01-02"}, {"date": "2019-02-01", "ER": "Negative"}],
        ["Negative", "Negative"],
        ["later", "own"],
    ),
    (
        "the nearest earlier report counts",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01", "ER": "Negative"}, {"date": "2019-03-01"}],
        ["Positive", "Negative", "Negative"],
        ["own", "own", "earlier"],
    ),
    (
        "an earlier report counts before a nearer later one",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01"}, {"date": "2019-02-02", "ER": "Negative"}],
        ["Positive", "Positive", "Negative"],
        ["own", "earlier", "own"],
    ),
    (
        "an addendum fills",
        [{"date": "2019-01-02"}, {"date": "2019-01-09", "kind": "addendum", "ER": "Positive"}],
        ["Positive", "Positive"],
        ["addendum", "own"],
    ),
    (
        "an addendum replaces",
        [{"date": "2019-01-02", "ER": "Negative"}, {"date": "2019-01-09", "kind": "addendum", "ER": "Positive"}],
        ["Positive", "Positive"],
        ["addendum", "own"],
    ),
    (
        "an addendum that repeats changes nothing",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-01-09", "kind": "addendum", "ER": "Positive"}],
        ["Positive", "Positive"],
        ["own", "own"],
    ),
    (
        "an earlier addendum does not replace",
        [{"date": "2019-01-02", "kind": "addendum", "ER": "Positive"}, {"date": "2019-02-09", "ER": "Negative"}],
        ["Positive", "Negative"],
        ["own", "own"],
    ),
    (
        "the other side gives nothing",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01", "side": "right"}],
        ["Positive", None],
        ["own", None],
    ),
    (
        "no side takes part beside one side",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01", "side": ""}],
        ["Positive", "Positive"],
        ["own", "earlier"],
    ),
    (
        "no side is left out beside two sides",
        [
            {"date": "2019-01-02", "ER": "Positive"},
            {"date": "2019-01-03", "side": "right", "ER": "Positive"},
            {"date": "2019-02-01", "side": ""},
        ],
        ["Positive", "Positive", None],
        ["own", "own", None],
    ),
    (
        "both sides are no side",
        [
            {"date": "2019-01-02", "ER": "Positive", "side": "bilateral"},
            {"date": "2019-02-01", "side": "left"},
            {"date": "2019-02-01", "side": "right"},
        ],
        ["Positive", None, None],
        ["own", None, None],
    ),
    (
        "another patient gives nothing",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01", "patient_id": "q"}],
        ["Positive", None],
        ["own", None],
    ),
    (
        "another cancer gives nothing",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01", "cancer_type": "LUAD"}],
        ["Positive", None],
        ["own", None],
    ),
    (
        "years apart give nothing",
        [{"date": "2015-01-02", "ER": "Positive"}, {"date": "2019-02-01"}],
        ["Positive", None],
        ["own", None],
    ),
    (
        "two of one day that disagree give nothing",
        [{"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-01-02", "ER": "Negative"}, {"date": "2019-02-01"}],
        ["Positive", "Negative", None],
        ["own", "own", "conflict"],
    ),
    (
        "without dates, agreement is enough",
        [{"ER": "Positive"}, {"ER": "Positive"}, {}],
        ["Positive"] * 3,
        ["own", "own", "unanimous"],
    ),
    (
        "without dates, disagreement is not",
        [{"ER": "Positive"}, {"ER": "Negative"}, {}],
        ["Positive", "Negative", None],
        ["own", "own", "conflict"],
    ),
    ("nobody knows", [{"date": "2019-01-02"}, {"date": "2019-02-01"}], [None, None], [None, None]),
]


@pytest.mark.parametrize(("rows", "values", "rules"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_propagation(rows, values, rules):
    filled, provenance = consolidate(reports(*rows))
    assert [value if isinstance(value, str) else None for value in filled["ER"]] == values
    rule = provenance[provenance.task == "ER"].set_index("report_id")["rule"]
    assert [rule.get(str(i)) for i in range(len(rows))] == rules


def test_provenance_names_the_source():
    filled, provenance = consolidate(
        reports({"date": "2019-01-02", "HER2": "Equivocal"}, {"date": "2019-01-12", "kind": "addendum", "HER2": "Positive"})
    )
    row = provenance.set_index("report_id").loc["0"]
    assert (row.task, row.value, row.source_id, row.rule) == ("HER2", "Positive", "1", "addendum")
    assert list(filled.HER2) == ["Positive", "Positive"]


def test_horizon_can_be_lifted():
    table = reports({"date": "2015-01-02", "ER": "Positive"}, {"date": "2019-02-01"})
    assert consolidate(table, horizon=None)[0]["ER"].tolist() == ["Positive", "Positive"]


def test_side_is_read_from_the_text():
    left = "FINAL DIAGNOSIS:\nLeft breast, lumpectomy: Invasive ductal carcinoma."
    right = "FINAL DIAGNOSIS:\nRight breast, lumpectomy: Invasive ductal carcinoma."
    assert (report_side(left), report_side(right), report_side("FINAL DIAGNOSIS:\nCarcinoma.")) == ("left", "right", None)
    table = reports({"date": "2019-01-02", "ER": "Positive", "text": left}, {"date": "2019-02-01", "text": right}).drop(
        columns="side"
    )
    assert pd.isna(consolidate(table)[0]["ER"][1])


def test_informative_prunes_reports_without_stage():
    table = pd.DataFrame(
        {
            "report_id": ["a", "b", "c"],
            "T": ["T1", None, ""],
            "N": [None] * 3,
            "M": [None] * 3,
            "grade": [None, None, "G2"],
            "ER": ["Positive"] * 3,
        }
    )
    assert informative(table)["report_id"].tolist() == ["a", "c"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pd.DataFrame({"report_id": ["a"]}), "no column patient_id, ER, PR, HER2"),
        (reports({"patient_id": ""}), "1 reports have no patient_id"),
        (reports({"report_id": "x"}, {"report_id": "x"}), "'x' occurs more than once"),
        (reports({"date": "soon"}), "date 'soon' .row 1. cannot be read"),
        (reports({"ER": "maybe"}), "'maybe' is not one of"),
    ],
)
def test_errors_name_the_value_and_the_mend(table, message):
    with pytest.raises(ValueError, match=message):
        consolidate(table)


REPORT = st.fixed_dictionaries(
    {
        "patient_id": st.sampled_from("pq"),
        "side": st.sampled_from(["left", "right", ""]),
        "kind": st.sampled_from(["biopsy", "resection", "addendum"]),
        "date": st.sampled_from(["2019-01-02", "2019-01-02", "2019-03-01", "2019-06-01", ""]),
        "ER": st.sampled_from([None, "Positive", "Negative"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(REPORT, min_size=1, max_size=7))
def test_invariants(rows):
    table = reports(*rows)
    filled, provenance = consolidate(table)
    by_id = table.set_index("report_id")
    for row in provenance[(provenance.task == "ER") & provenance.value.notna()].itertuples():
        source, target = by_id.loc[row.source_id], by_id.loc[row.report_id]
        assert source["ER"] == row.value and source["patient_id"] == target["patient_id"]
        assert not source["side"] or not target["side"] or source["side"] == target["side"]
    stated = table["ER"].notna()
    assert filled.loc[stated, "ER"].notna().all()
    assert filled.drop(columns=["ER", "PR", "HER2"]).equals(table.drop(columns=["ER", "PR", "HER2"]))


def test_provenance_stands_beside_each_row():
    table = reports({"date": "2019-01-02", "ER": "Positive"}, {"date": "2019-02-01"})
    filled, provenance = consolidate(table)
    found = sources(filled, provenance)
    assert found["ER_rule"].tolist() == ["own", "earlier"]
    assert found["ER_source"].tolist() == [table["report_id"][0]] * 2
    assert list(found) == ["ER_rule", "ER_source"], "of tasks that nobody states there is nothing to say"


def test_a_page_shows_what_was_filled_and_whether_the_labels_agree():
    """Two patients with a biopsy and a resection; the second one's label says otherwise than its text."""
    texts = ["Left breast, core biopsy: carcinoma. ER positive (90%).", "Left breast, resection. Stage: pT2 pN0"]
    rows = [
        {
            "report_id": f"{patient}{i}",
            "patient_id": patient,
            "date": f"2019-0{i + 1}-02",
            "side": "left",
            "kind": kind,
            "text": text,
        }
        for patient in "pq"
        for i, (kind, text) in enumerate(zip(("biopsy", "resection"), texts, strict=True))
    ]
    alone = {**rows[1], "report_id": "r0", "patient_id": "r"}
    table = pd.DataFrame([*rows, alone]).assign(ER=["Positive", None, "Negative", None, None], PR=None, HER2=None)
    related = several(table, 10, 0)
    assert sorted(related["patient_id"]) == list("ppqq") and several(table, 2, 0)["patient_id"].nunique() == 1
    stated, filled, provenance = read_and_consolidated(related)
    assert gain(stated, filled).loc["ER"].tolist() == [2, 4, 1.0]
    found = by_rule(related, provenance)
    assert found["values"].to_dict() == {"own": 2, "earlier": 2} and found["accuracy"].tolist() == [0.5, 0.5]
    shown = timeline(stated, filled, provenance)
    assert shown["ER"].tolist() == ["Positive", "Positive (earlier)"] and shown["Document"].tolist() == ["biopsy", "resection"]
    assert timeline(stated, filled.drop(columns="date"), provenance).empty
    assert by_rule(related.assign(ER=None), provenance)["known"].tolist() == [0, 0]
