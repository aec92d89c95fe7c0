"""The audit loops: coverage clusters, the audit sheet driven in a browser, and its score."""

import json
import re

import pandas as pd
import pytest
from browser import MISSING, browser, wait_for

from pathmtl.analysis.confidence import wilson
from pathmtl.oracle.engine import read_report
from pathmtl.review import coverage, mentions, score, sheet
from pathmtl.review.score import COLUMNS
from pathmtl.review.sheet import stratified
from pathmtl.schema import TASKS

PATIENT = "Patient: Fielding, Margot\n"
LINES = ["pT1c pN0", "pT2 pN1a", "pT2 pN0", "pT3 pN2", "pT1b pN0"]


def cohort(size: int = 10) -> pd.DataFrame:
    text = [
        f"{PATIENT}FINAL DIAGNOSIS:\nLeft breast, excision: Invasive ductal carcinoma, grade {1 + i % 3}.\n"
        f"Stage: {LINES[i % 5]} </script><b>x</b>\n"
        f"Estrogen receptor: positive (95%)"
        for i in range(size)
    ]
    return pd.DataFrame({"report_id": [f"r{i}" for i in range(size)], "text": text})


def payload(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/json" id="data">(.*?)</script>', html, re.DOTALL)[1])


# ---------------------------------------------------------------- coverage


@pytest.mark.parametrize(
    ("line", "tasks"),
    [
        ("pT2 pN0", "TN"),
        ("stage T3N0M0", "TNM"),
        ("ypT2a(m) N1mi", "TN"),
        ("pTis, pNX", "TN"),
        ("T Stage: 2", "T"),
        ("DCIS, no T cells, CD3 and T-lymphocytes", ""),
        ("MART1 and HMB45 stain; T10 vertebra", ""),
        ("MN12 mm margin", ""),
    ],
)
def test_what_counts_as_a_mention_of_a_stage(line, tasks):
    assert "".join(task for task in "TNM" if mentions(line, task)) == tasks


def test_coverage_gathers_like_wordings_and_counts_reports():
    odd = (
        [f"HER2 by some new method gave zone {i} of kind B" for i in range(6)] + ["HER2 enigmatic"] + ["nothing of the sort"] * 3
    )
    table = coverage(
        pd.DataFrame({"report_id": [str(i) for i in range(10)], "text": odd}),
        tasks=("HER2",),
        show_text=True,
        read=lambda text: read_report("", side=None),
    )
    assert table["reports"].tolist() == [6, 1]
    assert table["wording"][0] == "her2 by some new method gave zone"
    assert table["share"].tolist() == [pytest.approx(6 / 7), pytest.approx(1 / 7)]


def test_coverage_holds_no_text_unless_asked():
    table = coverage(pd.DataFrame({"report_id": ["1"], "text": ["HER2 enigmatic zebra"]}), read=lambda text: read_report(""))
    assert "wording" not in table and "zebra" not in table.to_csv()


def test_coverage_shows_no_identifier():
    table = coverage(
        pd.DataFrame({"report_id": ["1"], "text": ["Patient: Fielding, Margot\n\nfor Fielding HER2 enigmatic"]}),
        tasks=("HER2",),
        show_text=True,
        read=lambda text: read_report(""),
    )
    assert len(table) == 1 and "fielding" not in table.to_csv().lower()


def test_coverage_leaves_out_what_is_answered_or_never_mentioned():
    assert coverage(cohort(), tasks=("T", "N", "HER2")).empty


# ---------------------------------------------------------------- sheet


def test_sample_shows_each_answer_before_it_repeats_one():
    answers = [{"T": "T1"}] * 95 + [{"T": "T4"}] * 3 + [{"T": "Tis"}] * 2
    chosen = stratified(answers, 6, seed=1)
    assert sorted(answers[i]["T"] for i in chosen) == ["T1", "T1", "T4", "T4", "Tis", "Tis"]
    assert chosen == stratified(answers, 6, seed=1)
    assert stratified(answers, 1000, seed=1) == list(range(100))


def test_sheet_is_one_file_that_asks_for_nothing(tmp_path):
    html = sheet(cohort(), tmp_path / "audit.html", size=5).read_text(encoding="utf-8")
    assert not re.search(r"(?:src|href)=\"(?!data:)|url\(|@import|https?://", html)
    assert "default-src 'none'" in html


def test_sheet_evidence_lies_in_the_text_shown(tmp_path):
    data = payload(sheet(cohort(), tmp_path / "audit.html", size=5).read_text(encoding="utf-8"))
    assert len(data["reports"]) == 5 and data["cohort"] == 10
    for report in data["reports"]:
        assert "Fielding" not in report["text"] and "[NAME]" in report["text"]
        by_task = dict(zip([t["name"] for t in data["tasks"]], report["answers"], strict=True))
        stage = by_task["T"]
        assert stage["answer"][0] == "T" and stage["answer"][1] in report["text"][stage["start"] : stage["end"]]
        assert by_task["HER2"]["answer"] == "not stated"


def test_sheet_can_show_identifiers_on_request(tmp_path):
    assert "Fielding" in sheet(cohort(), tmp_path / "audit.html", identified=True).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "message"), [(cohort(0), "no reports"), (pd.concat([cohort(1)] * 2), "'r0' occurs more than once")]
)
def test_sheet_errors(table, message, tmp_path):
    with pytest.raises(ValueError, match=message):
        sheet(table, tmp_path / "audit.html")


@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
def test_sheet_in_a_browser(tmp_path):
    path = sheet(cohort(), tmp_path / "audit.html", size=2)
    data = payload(path.read_text(encoding="utf-8"))
    with browser(tmp_path) as page:
        page.open(path)
        assert page.text("#report") == data["reports"][0]["text"]
        assert page.text("#task") == "T Stage" and page.text("#answer") == data["reports"][0]["answers"][0]["answer"]
        assert page.text("mark.here") in page.text("#report")
        assert page.run("return document.querySelectorAll('#report b').length") == 0  # markup in a report stays text
        page.keys("a")  # T: agree
        assert page.text("#task") == "N Stage"
        page.keys("k")
        assert page.run("return document.querySelector('#agree').getAttribute('aria-pressed')") == "true"
        page.keys("ju")  # N: unsure
        page.click("#correct")  # M: correct it, by mouse
        page.click("#classes button:first-child")
        page.keys("c2")  # grade: correct it, by keys
        assert page.text("#count") == "4 of 14"
        key, kept = page.run("return Object.entries(localStorage)[0]")
        assert len(json.loads(kept)) == 4

        def reopen() -> None:
            """Verdicts survive a reload. On a starved machine Chromium now and then loses what a file's page stored: not ours."""
            for _ in range(8):
                page.open(path)
                if page.text("#count") == "4 of 14":
                    return
                page.run("localStorage.setItem(arguments[0], arguments[1])", key, kept)
            pytest.fail(f"{page.text('#count')} after eight reloads")

        reopen()
        other = json.dumps({f"{next(iter(json.loads(kept))).split(chr(9))[0]}\tER": {"verdict": "unsure", "correction": ""}})
        page.run(  # what another tab of the same sheet kept is added, and nothing of ours goes
            "dispatchEvent(new StorageEvent('storage', {key: arguments[0], newValue: arguments[1]}))", key, other
        )
        assert page.text("#count") == "5 of 14"
        reopen()  # it was that tab's to keep
        stored = page.run("return JSON.stringify(localStorage)")
        assert "carcinoma" not in stored and "Stage:" not in stored
        page.click("#save")
        saved = wait_for(tmp_path / f"audit-{data['sheet']}.csv")
        assert not [entry for entry in page.log() if entry["level"] == "SEVERE"]
    table = pd.read_csv(saved, dtype=str, keep_default_na=False)
    assert tuple(table.columns) == COLUMNS
    assert table["verdict"].tolist() == ["agree", "unsure", "correct", "correct"]
    assert table["correction"].tolist()[2] in ("M0", "M1") and table["correction"].tolist()[3] != table["answer"].tolist()[3]
    result = score(saved)
    assert (result.reports, result.cohort) == (1, 10)
    assert result.by_task.set_index("task")["audited"].to_dict() == {"T": 1, "N": 0, "M": 1, "grade": 1}


# ---------------------------------------------------------------- score


def audit(*rows: tuple) -> pd.DataFrame:
    """Rows of (report, task, answer, verdict, correction, cohort_answer)."""
    return pd.DataFrame(
        [
            ("s", report, task, answer, "stated", verdict, correction, "10677", str(count))
            for report, task, answer, verdict, correction, count in rows
        ],
        columns=list(COLUMNS),
    )


def test_score_counts_and_weights():
    rows = [(f"r{i}", "T", "T1", "agree", "", 900) for i in range(8)] + [(f"q{i}", "T", "T4", "agree", "", 100) for i in range(2)]
    rows += [(f"w{i}", "T", "T4", "correct", "T3", 100) for i in range(2)] + [("u", "T", "T1", "unsure", "", 900)]
    result = score(audit(*rows))
    row = result.by_task.iloc[0]
    assert (row.audited, row.agree, row.corrected, row.unsure) == (12, 10, 2, 1)
    assert row.agreement == pytest.approx(10 / 12)
    assert row.weighted == pytest.approx((900 * 1 + 100 * 0.5) / 1000)
    assert row.low < row.agreement < row.high
    assert result.share == pytest.approx(13 / 10677)


def test_share_of_the_paper():
    table = audit(*[(f"r{i}", "T", "T1", "agree", "", 1) for i in range(7481)])
    assert score(table).share == pytest.approx(0.701, abs=5e-4)


def test_last_verdict_counts_and_open_items_do_not():
    result = score(audit(("r", "N", "N0", "agree", "", 5), ("r", "N", "N0", "correct", "N1", 5), ("s", "N", "N0", "", "", 5)))
    assert (result.by_task["agree"][0], result.by_task["corrected"][0], result.reports) == (0, 1, 1)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"), [(0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0), (15, 20, 0.5313, 0.8881)]
)
def test_wilson_against_published_values(successes, trials, low, high):
    assert wilson(successes, trials) == (pytest.approx(low, abs=1e-3), pytest.approx(high, abs=1e-3))


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (audit().drop(columns="verdict"), "no column verdict"),
        (audit(("r", "T", "T1", "fine", "", 1)), "verdict 'fine' is not one of agree, correct, unsure"),
        (audit(("r", "X", "T1", "agree", "", 1)), "task 'X' is not one of " + ", ".join(TASKS)),
        (audit(("r", "T", "T1", "correct", "G3", 1)), "correction 'G3' is no class of T"),
        (audit(("r", "T", "T1", "correct", "T1", 1)), "equals its answer"),
    ],
)
def test_score_errors_name_the_value_and_the_mend(table, message):
    with pytest.raises(ValueError, match=message):
        score(table)
