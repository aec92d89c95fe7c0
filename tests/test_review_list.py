"""The review list: what is answered, with which confidence, in which order; what a page and a file may hold."""

import numpy as np
import pandas as pd
import pytest

from pathmtl.experiments.evidence import measured_by
from pathmtl.paper.claims import Evidence, on_page, verdict_table
from pathmtl.review import review_list as review
from pathmtl.schema import CLASSES, TASKS

TEXTS = {
    "agree": "FINAL DIAGNOSIS: invasive ductal carcinoma. pT2 pN0.",
    "differ": "FINAL DIAGNOSIS: invasive ductal carcinoma. pT1c.",
    "conflict": "FINAL DIAGNOSIS: invasive carcinoma. ER positive. ER negative.",
    "silent": "Skin, benign naevus.",
}


def reports(**truth):
    base = pd.DataFrame({"report_id": list(TEXTS), "patient_id": list(TEXTS), "text": list(TEXTS.values())})
    return base.assign(**{task: truth.get(task, [None] * len(TEXTS)) for task in TASKS})


def prediction(report, task, predicted, probability, mentioned=True):
    rest = (1 - probability) / (len(CLASSES[task]) - 1)
    probabilities = [probability if name == predicted else rest for name in CLASSES[task]]
    line = {"report_id": report, "patient_id": report, "task": task, "predicted": predicted}
    return line | {"probability": probability, "probabilities": probabilities, "mentioned": mentioned}


@pytest.fixture
def predictions():
    return pd.DataFrame(
        [
            prediction("agree", "T", "T2", 0.95),
            prediction("agree", "N", "N0", 0.60),
            prediction("differ", "T", "T2", 0.80),
            prediction("conflict", "ER", "Positive", 0.99),
            prediction("silent", "grade", "G1", 0.70),
            prediction("silent", "HER2", "Negative", 0.90, mentioned=False),
        ]
    )


def row(table, report, task):
    return table[(table["report_id"] == report) & (table["task"] == task)].iloc[0]


def test_confidence_is_the_models_probability_of_the_answer_given(predictions):
    table = review.answer_table(reports(), predictions)
    assert len(table) == len(TEXTS) * len(TASKS) and list(table.columns) == list(review.COLUMNS)
    both = row(table, "agree", "T")
    assert (both["answer"], both["confidence"], both["why"]) == ("T2", 0.95, review.AGREE)
    assert TEXTS["agree"][both["start"] : both["end"]] == both["evidence"] and "T2" in both["evidence"]
    assert row(table, "agree", "N")["why"] == review.UNSURE
    apart = row(table, "differ", "T")
    assert (apart["answer"], apart["model"], apart["why"]) == ("T1", "T2", review.DISAGREE)
    assert apart["confidence"] == pytest.approx(0.2 / 5)
    torn = row(table, "conflict", "ER")
    assert pd.isna(torn["answer"]) and (torn["confidence"], torn["why"]) == (0.0, review.CONFLICT)


def test_a_silence_is_listed_only_where_the_field_is_mentioned(predictions):
    table = review.answer_table(reports(), predictions)
    named = row(table, "silent", "grade")
    assert pd.isna(named["answer"]) and np.isnan(named["confidence"]) and named["why"] == review.UNANSWERED
    assert row(table, "silent", "HER2")["why"] == "" and row(table, "silent", "T")["why"] == ""
    assert pd.isna(row(table, "silent", "HER2")["model"]), "a class for what no report speaks of is no suggestion"
    assert row(table, "differ", "N")["why"] == "", "a task the model was not asked about"


def test_the_list_starts_with_the_least_confident_and_ends_with_silence(predictions):
    listed = review.review_list(review.answer_table(reports(), predictions))
    assert list(listed["why"]) == [review.CONFLICT, review.DISAGREE, review.UNSURE, review.UNANSWERED]
    counts = review.by_task(review.answer_table(reports(), predictions))
    assert counts.loc["T", "answered"] == 2 and counts.loc["T", review.DISAGREE] == 1 and counts.loc["M", "answered"] == 0


def test_the_order_is_tested_against_labels_where_there_are_any(predictions):
    unlabeled = review.checkable(review.answer_table(reports(), predictions))
    assert unlabeled.empty and review.errors_found(unlabeled).empty
    labeled = review.answer_table(reports(T=["T2", "T2", None, None], N=["N0", None, None, None]), predictions)
    known = review.checkable(labeled)
    assert list(known["wrong"]) == [False, False, True]
    curve = review.errors_found(known)
    assert list(curve["found"]) == [0, 1, 1, 1] and curve["checked"].iloc[-1] == 1
    assert review.order_auroc(known, resamples=5)[0] == 1.0
    assert np.isnan(review.order_auroc(known[~known["wrong"]], resamples=5)).all(), "nothing wrong, nothing to find"


def verdicts(tables):
    sources = {name: Evidence(measured=measured_by(review.tested(each, resamples=5))) for name, each in tables.items()}
    return verdict_table(on_page("your_reports"), sources)


def test_verdicts_say_what_cannot_be_tested(predictions):
    unlabeled = review.answer_table(reports(), predictions)
    labeled = review.answer_table(reports(T=["T2", "T2", None, None], N=["N0", None, None, None]), predictions)
    result = verdicts({"Recorded": unlabeled, "This run": labeled})
    claims = ["Every answer is a class of its task", "Experts audited seven reports in ten", list(result.index)[-1]]
    words = result.loc[claims, ["Verdict, recorded", "Verdict, this run"]].to_numpy().tolist()
    assert words[:2] == [["held", "held"], ["cannot be tested here"] * 2] and words[2][0] == "cannot be tested here"
    assert result.loc["Experts audited seven reports in ten", "This run"].startswith("3 of 4")
    wrong = labeled.assign(model=labeled["model"].where(labeled["model"].isna(), "Stage 2"))
    assert verdicts({"This run": wrong}).loc["Every answer is a class of its task", "Verdict, this run"] == "not held"


@pytest.mark.parametrize(
    ("is_folder", "show", "expected"), [(True, False, "document 1"), (True, True, "agree"), (False, False, "agree")]
)
def test_files_are_not_named_on_a_page(tmp_path, is_folder, show, expected):
    source = tmp_path if is_folder else tmp_path / "reports.csv"
    assert review.page_names(reports(), str(source), show_text=show)["agree"] == expected


def test_the_file_holds_offsets_and_no_text_unless_asked(tmp_path, predictions):
    table = review.answer_table(reports(), predictions)
    plain = review.written(table, tmp_path / "new" / "answers.csv", evidence=False)
    assert "pT2" not in plain.read_text() and "start" in pd.read_csv(plain).columns
    assert "pT2" in review.written(table, tmp_path / "shown.csv", evidence=True).read_text()


def test_bundled_documents_are_read_off_their_pdfs_and_topped_up_with_text():
    from pathmtl.experiments.data import bundled_test

    kept = bundled_test()
    result = review.bundled_documents(kept, 40)
    assert len(result) == 40 and result["report_id"].is_unique and set(result["report_id"]) <= set(kept["report_id"])
    assert (result["read"] == "digital PDF").sum() >= 5 and (result["read"] == "text").any()
    original = kept.set_index("report_id")["text"]
    for row in result.itertuples():
        assert row.text.strip() and (row.text == original[row.report_id]) == (row.read == "text")
    assert len(review.bundled_documents(kept.head(3), 40)) == 3
