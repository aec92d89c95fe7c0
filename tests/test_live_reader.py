"""What the live page says of a report, what it needs beside it, and what happens without a network."""

import json
import re
import subprocess
import sys
from html import unescape

import live_reader as tool
import pytest

from pathmtl import oracle
from pathmtl.baselines.naive import naive_answers, naive_labels
from pathmtl.deid.deidentify import KINDS, deidentify
from pathmtl.experiments.data import bundled
from pathmtl.schema import TASKS
from pathmtl.viz.colors import IDENTIFIER_COLORS, TASK_COLORS
from pathmtl.viz.live_reader import read_json, read_live

TRAP = "CLINICAL HISTORY: pT3, ER positive.\nFINAL DIAGNOSIS: carcinoma, pT1c. ER negative. HER2: <b>2+</b>, FISH pending."


def cells(part: str, task: str) -> dict[str, str]:
    row = re.search(rf'<tr data-task="{task}">(.*?)</tr>', part)[1]
    found = re.findall(r'<td data-column="([^"]+)"[^>]*>(.*?)</td>', row)
    return {column: unescape(re.sub(r"<[^>]+>", "", text)) for column, text in found}


@pytest.mark.parametrize(
    ("task", "oracle_says", "naive_says"),
    [
        ("T", ("T1", "pT1c", "final diagnosis"), ("T3", "pT3")),
        ("ER", ("Negative", "ER negative", "final diagnosis"), ("Positive", "ER positive")),
        ("N", ("not stated", "–", "–"), ("not stated", "–")),
    ],
)
def test_each_answer_has_its_evidence_and_says_where_the_other_reading_differs(task, oracle_says, naive_says):
    parts = read_live(TRAP)["html"]
    by_oracle, by_naive = cells(parts["oracle"], task), cells(parts["naive"], task)
    assert (by_oracle["Answer"], by_oracle["Evidence"], by_oracle["Section"]) == oracle_says
    assert (by_naive["Answer"], by_naive["Evidence"]) == naive_says and "Section" not in by_naive
    same = oracle_says[0] == naive_says[0]
    assert by_oracle["The naive rules"] == ("the same" if same else f"differs: {naive_says[0]}")
    assert by_naive["The oracle"] == ("the same" if same else f"differs: {oracle_says[0]}")


def test_the_text_is_escaped_and_the_summary_quotes_nothing_of_it():
    page = read_live(TRAP)
    assert "<b>" not in "".join(page["html"].values()) and "&lt;b&gt;2+" in page["html"]["deid"]
    assert page["summary"]["oracle"] == (
        "The oracle: 3 of 7 answered; not stated or in conflict: N, M, grade, PR. Differs from the naive rules on T, ER, HER2."
    )
    assert read_live("nothing")["summary"]["naive"].endswith("Same answers as the oracle.")


def test_a_conflict_is_called_one():
    part = read_live("RECEPTORS:\nER Status: Positive\nER Status: Negative\n")["html"]["oracle"]
    assert cells(part, "ER")["Answer"] == "conflict" and "contradiction" in cells(part, "ER")["Rule"]


def test_identifiers_are_replaced_and_counted():
    text = "Patient: FIELDING, MARGOT. MRN: 4471902. Seen 03/14/2019. pT2."
    page = read_live(text)
    assert "FIELDING" not in page["html"]["deid"] and "[NAME]" in page["html"]["deid"]
    for span in deidentify(text).redactions:
        assert f"1 {span.kind}" in page["summary"]["deid"]
    assert "none" in read_live("pT2")["summary"]["deid"]


def test_json_holds_the_same_on_an_empty_text_too():
    for text in ("", TRAP):
        assert json.loads(read_json(text)) == read_live(text)
    assert set(read_live("")["labels"]["oracle"].values()) == {None}


def test_every_task_and_every_kind_of_identifier_has_a_color():
    assert set(TASK_COLORS) == set(TASKS) and set(IDENTIFIER_COLORS) == set(KINDS)


@pytest.mark.parametrize(
    ("text", "task", "evidence"),
    [
        ("DIAGNOSIS: pT2 pN1", "N", "pN1"),
        ("Nuclear grade: III", "grade", "grade: III"),
        ("positive for ER", "ER", "positive for ER"),
        ("HER2: score 3+, positive", "HER2", "HER2: score 3+, positive"),
        ("HER2: score 2+", "HER2", ""),
        ("no stage", "T", ""),
    ],
)
def test_naive_rules_show_the_words_that_they_took(text, task, evidence):
    answer = naive_answers(text)[task]
    assert (answer.evidence, answer.value) == (evidence, naive_labels(text)[task])
    assert (answer.start, answer.end) == ((text.index(evidence), text.index(evidence) + len(evidence)) if evidence else (-1, -1))
    assert answer.status == ("stated" if evidence else "not_stated")


def test_the_zip_runs_on_a_bare_python(tmp_path):
    archive, again = tmp_path / "pathmtl.zip", tmp_path / "again.zip"
    tool.library(archive)
    tool.library(again)
    assert archive.read_bytes() == again.read_bytes()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathmtl.viz import live_reader as r\n"
        "assert r.__file__.startswith(sys.argv[1]); sys.stdout.write(r.read_json(sys.stdin.read()))"
    )
    # -I and -S: neither this checkout nor an installed package can help.
    done = subprocess.run([sys.executable, "-IS", "-c", code, archive], input=TRAP, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == read_live(TRAP)


def test_six_examples_on_which_the_oracle_is_right_and_the_naive_rules_are_not():
    reports = bundled().set_index("text")
    examples = tool.examples(reports.reset_index())
    assert [example["title"] for example in examples] == list(tool.EXAMPLES.values()) and len(examples) == 6
    for text in {example["text"] for example in examples}:
        truth = {task: reports.loc[text, task] or None for task in TASKS}
        assert oracle.label(text) == truth != naive_labels(text)
    assert len({example["text"] for example in examples}) == 6


def test_without_a_network_the_page_says_so_and_the_build_goes_through(tmp_path, monkeypatch):
    def offline(cache):
        raise OSError("npm cannot fetch pyodide: is there a network?")

    monkeypatch.setattr(tool, "pyodide", offline)
    assert "is there a network?" in tool.prepare(tmp_path / "live", tmp_path)
    about = json.loads((tmp_path / "live" / "live.json").read_text())
    assert about["pyodide"] == "" and len(about["examples"]) == 6 and not (tmp_path / "live" / "pyodide").exists()


def test_another_file_than_the_one_we_know_is_refused_and_not_kept(tmp_path):
    archive = tmp_path / f"pyodide-{tool.VERSION}.tgz"
    archive.write_bytes(b"something else")
    with pytest.raises(ValueError, match="checksum"):
        tool.pyodide(tmp_path)
    assert not archive.exists()


@pytest.mark.parametrize(
    ("text", "task", "oracle_says", "naive_says"),
    [
        ("Prior pT3 carcinoma of the left breast; now pT1c.", "T", "T1", "T3"),
        ("HER2: 2+ by IHC, ER negative; HER2 FISH: amplified.", "HER2", "Positive", "Negative"),
        ("The tumor is of the third grade.", "grade", None, None),
        ("Invasive ductal carcinoma, nuclear grade 3, Nottingham grade 2.", "grade", "G2", "G3"),
    ],
)
def test_the_solutions_of_the_exercises_hold(text, task, oracle_says, naive_says):
    assert (oracle.label(text)[task], naive_labels(text)[task]) == (oracle_says, naive_says)
