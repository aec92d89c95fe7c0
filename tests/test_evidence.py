"""The oracle shown at work: marks at the right places, escaped text, the chosen reading, and honest counting."""

import re

import pandas as pd
import pytest

from pathmtl.oracle.engine import read_report
from pathmtl.review.evidence import accuracy_by, coverage_by_task, decision_path, evidence_table, read_all, worked_example
from pathmtl.schema import TASKS
from pathmtl.viz.colors import TASK_COLORS
from pathmtl.viz.html import annotated

TEXT = (
    "CLINICAL HISTORY: prior carcinoma, pT4.\nFINAL DIAGNOSIS: Invasive carcinoma <left>, Nottingham grade 2, pT2 pN0.\n"
    "Triple negative.\nGROSS DESCRIPTION: staged pT1 at first sight.\n"
)


def plain(page):
    import html

    return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"<sup.*?</sup>", "", page)))


def test_marks_stand_at_the_evidence_and_the_text_is_unchanged_and_escaped():
    answers = read_report(TEXT)
    page = annotated(TEXT, answers)
    assert plain(page) == TEXT
    assert "<left>" not in page and "&lt;left&gt;" in page
    marked = re.findall(r"<mark[^>]*>(.*?)</mark>", page, flags=re.DOTALL)
    assert "pT2" in marked and not any("pT4" in piece for piece in marked)
    assert f"{TASK_COLORS['T']}" in page and "T = T2" in page


def test_evidence_shared_by_tasks_names_all_of_them_once():
    page = annotated(TEXT, read_report(TEXT))
    shared = page[page.index("Triple negative") :]
    assert [f"{task} = Negative" in shared for task in ("ER", "PR", "HER2")] == [True] * 3
    assert page.count("<mark") == page.count("</mark>")


def test_no_answer_no_mark():
    assert "<mark" not in annotated("Benign <b>tissue</b>.", read_report("Benign <b>tissue</b>."))


def test_every_task_has_a_colour_of_its_own():
    assert set(TASK_COLORS) == set(TASKS) and len(set(TASK_COLORS.values())) == len(TASKS)


def test_the_decision_path_lists_the_readings_and_the_chosen_one_but_no_history():
    path = decision_path(TEXT, "T")
    assert path["Wording"].tolist() == ["pT2", "pT1"] and path["Answer"].tolist() == ["chosen", ""]
    assert path["Rank"].is_monotonic_increasing and not path["Section"].str.contains("history").any()


def test_a_conflict_has_readings_and_no_chosen_one():
    path = decision_path("ER: positive. ER: negative.", "ER")
    assert len(path) == 2 and not path["Answer"].any()


def test_evidence_is_left_out_where_text_may_not_be_shown():
    answers = read_report(TEXT)
    assert "Evidence" in evidence_table(answers) and "Evidence" not in evidence_table(answers, show_text=False)


def test_the_worked_example_is_the_report_with_most_to_show():
    texts = ["Nothing.", "pT2", "SYNOPTIC REPORT:\nPrimary tumor: pT2\nGROSS: pT1. Grade 2. ER: positive. pN0", "pT2 pN0"]
    assert worked_example(pd.DataFrame({"text": texts}), "T") == texts[2]


REPORTS = pd.DataFrame(
    {
        "report_id": ["1", "2", "3", "4"],
        "text": ["pT2 pN0", "pT1 pN0", "Nothing said.", "pT3 pN1"],
        "T": ["T2", "T2", "T1", None],
    }
)


def test_coverage_accuracy_and_needless_answers_are_counted_apart():
    read = read_all(REPORTS, tasks=("T", "N"), progress=False)
    table = coverage_by_task(read)
    row = table.loc["T"]
    assert (row["labeled"], row["answered"]) == (3, 2)
    assert row["coverage"] == pytest.approx(2 / 3) and row["accuracy"] == 0.5 and row["needless"] == 1.0
    assert row["accuracy_low"] < 0.5 < row["accuracy_high"]
    assert table.loc["N", "coverage"] == 0.75 and pd.isna(table.loc["N", "accuracy"])
    assert "text" not in read and not read.astype(str).apply(lambda column: column.str.contains("Nothing")).any(axis=None)


def test_accuracy_by_rule_counts_only_stated_answers_to_labelled_reports():
    table = accuracy_by(read_all(REPORTS, tasks=("T",), progress=False), "rule")
    assert table["answers"].sum() == 2 and table["accuracy"].tolist() == [0.5]
