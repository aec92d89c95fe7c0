"""Aggregates of real reports: two views, no text and no id in what is recorded, and the same tables read back."""

import json

import numpy as np
import pandas as pd
import pytest

from pathmtl import cohort
from pathmtl.analysis import registry
from pathmtl.analysis.evaluate import scores
from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_by
from pathmtl.experiments.results import RowResult, TableResult, rule_predictions
from pathmtl.paper.claims import Evidence, on_page, verdict_table
from pathmtl.review.coverage import named_tasks
from pathmtl.schema import OVERALL
from pathmtl.viz.registry_tables import answer_rates, synthetic_scores

TEXT = "FINAL DIAGNOSIS: Quellenbruch, invasive carcinoma, pT2 pN0. ER positive."


def reports(n=12, labels=True):
    table = pd.DataFrame(
        {
            "report_id": [f"secret-{i}" for i in range(n)],
            "patient_id": [f"person-{i}" for i in range(n)],
            "cancer_type": ["BRCA" if i % 2 else "LUAD" for i in range(n)],
            "text": [TEXT if i % 3 else "Quellenbruch, nothing stated." for i in range(n)],
        }
    )
    if labels:
        table = table.assign(T=["T2" if i % 4 else "T1" for i in range(n)], ER="Positive")
    return table


def this_run(tmp_path, **options):
    path = tmp_path / "reports.csv"
    reports(**options).to_csv(path, index=False)
    table = cohort.read_reports(path)
    outcomes = {row: [RowResult(row, row.title(), None, rule_predictions(row, table))] for row in ("naive", "oracle")}
    return TableResult("table1", "quick", table, cohort.has_labels(table), False, outcomes)


def aggregates(table, resamples, **about):
    predictions = table.predictions() if table.labeled else {}
    named = named_tasks(table.reports)
    return registry.aggregates(table.reports, predictions, named, titles=table.titles, about=about, resamples=resamples)


def test_every_view_is_scored_apart(tmp_path):
    table = this_run(tmp_path)
    summary = aggregates(table, resamples=20, source="reports.csv")
    everything, named, breast = (registry.score_tables(summary, view)["oracle"] for view in registry.VIEWS)
    assert (everything.loc["T", "n"], named.loc["T", "n"], breast.loc["T", "n"]) == (12, 8, 4)
    assert everything.loc["T", "answered"] == 8 and everything.loc["ER", "right_where_answered"] == 1.0
    assert everything.loc["ER", "accuracy"] == pytest.approx(8 / 12, abs=1e-4) and named.loc["ER", "accuracy"] == 1.0
    same = scores(table.predictions()["oracle"], resamples=20)
    assert everything.loc[OVERALL, "macro_f1_low"] == pytest.approx(same.loc[OVERALL, "macro_f1_low"], abs=1e-4)
    cells = answer_rates(summary, "all")
    assert cells.loc["T"].tolist()[0] == "12" and cells.loc["ER", ("Oracle", "of these right")] == "1.000"


def verdicts(summary, view="stated"):
    return verdict_table(on_page("real_reports"), {"This run": Evidence(measured=measured_by(registry.tested(summary, view)))})


def test_a_pair_is_compared_only_where_both_were_scored(tmp_path):
    summary = aggregates(this_run(tmp_path), resamples=20)
    gap = registry.difference(summary, "stated", "oracle", "naive")
    assert {"T", "ER", OVERALL} <= set(gap.index) and (gap["low"] <= gap["high"]).all()
    assert registry.difference(summary, "stated", "lora", "naive").empty


def test_the_record_holds_neither_text_nor_ids_and_is_read_back_alike(tmp_path):
    summary = aggregates(this_run(tmp_path), resamples=5, source="reports.csv", commit="abc")
    path = registry.write(summary, tmp_path / "new" / "record.json")
    written = path.read_text()
    for secret in ("Quellenbruch", "secret-", "person-", str(tmp_path)):
        assert secret not in written
    back = registry.recorded(path)
    assert back == json.loads(json.dumps(summary)) and back["about"]["commit"] == "abc" and back["about"]["reports"] == 12
    assert registry.recorded(tmp_path / "nowhere.json") is None


def test_reports_without_labels_give_counts_only(tmp_path):
    summary = aggregates(this_run(tmp_path, labels=False), resamples=5)
    assert summary["scores"] == [] and summary["about"]["reports"] == 12 and registry.score_tables(summary, "all") == {}
    assert answer_rates(summary, "all").empty and registry.methods(summary) == {}
    words = verdicts(summary)["Verdict, this run"]
    assert set(words) == {"cannot be tested here"}


def test_the_verdicts_compare_the_paper_with_each_source(tmp_path):
    summary = aggregates(this_run(tmp_path), resamples=20)
    gaps = [{**line, "a": "lora"} for line in summary["differences"] if line["a"] == "oracle"]
    certain = [{**line, "difference": 0.3, "low": 0.1, "high": 0.5} for line in gaps]
    table = verdicts({**summary, "differences": certain})
    assert table.loc["T Stage: the LLM beats naive rules on real reports", "Verdict, this run"] == "held"
    assert table.loc["T Stage: the LLM beats naive rules on real reports", "Paper"] == "+0.546"
    assert table.loc["HER2 Status: the LLM beats naive rules on real reports", "Verdict, this run"] == "cannot be tested here"
    assert table.loc["Overall: the LLM beats naive rules on real reports", "This run"].startswith("+0.300")


@pytest.mark.parametrize(("cancers", "views"), [(["BRCA"] * 2, 2), (["", ""], 2), (["BRCA", "LUAD"], 3)])
def test_breast_is_a_view_of_its_own_only_among_others(cancers, views):
    table = pd.DataFrame({"report_id": ["a", "b"], "text": [TEXT, TEXT], "cancer_type": cancers})
    frame = pd.DataFrame({"report_id": ["a", "b"], "task": ["T", "T"]})
    assert len(registry.views(table, frame, named_tasks(table))) == views


def test_the_committed_record_is_of_aggregates():
    kept = registry.recorded(store.results() / registry.RECORD)
    if kept is None:
        pytest.skip("nothing recorded")
    assert set(kept) == {"about", "titles", "scores", "differences"} and kept["about"]["reports"] > 100
    numbers = [value for line in kept["scores"] for value in line.values() if isinstance(value, float)]
    assert np.isfinite(numbers).all()


def test_the_rules_are_scored_on_synthetic_reports_without_any_run(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path))
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path))
    summary = synthetic_scores("quick", resamples=2)
    assert set(summary) == {"naive", "oracle"}
    assert summary["oracle"].loc["T", "accuracy"] > summary["naive"].loc["T", "accuracy"]


@pytest.mark.parametrize(
    ("text", "task", "expected"),
    [
        ("pT2a", "T", True),
        ("Stage pT3N0", "T", True),
        ("Stage pT3N0", "N", True),
        ("ypT2pN1mi", "N", True),
        ("TX NX MX", "M", True),
        ("pTis", "T", True),
        ("CT10 slide, T12 vertebra", "T", False),
        ("No nodes. This is not it.", "N", False),
        ("oestrogen receptor pending", "ER", True),
    ],
)
def test_a_field_is_named_by_its_name_or_its_code(text, task, expected):
    summary = named_tasks(pd.DataFrame({"report_id": ["a"], "text": [text]})).set_index("task")["stated"]
    assert summary[task] == expected
