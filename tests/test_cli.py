"""Every command: help with an example, outputs, and one clear line with exit code 2 on bad input."""

import pandas as pd
import pytest
from typer.testing import CliRunner

from pathmtl.cli.commands import _join_pairs, app
from pathmtl.schema import TASKS

COMMANDS = [
    "extract",
    "deidentify",
    "label",
    "consolidate",
    "prepare",
    "train",
    "predict",
    "evaluate",
    "notebook",
    "backbone get",
    "backbone where",
    "audit coverage",
    "audit sheet",
    "audit score",
    "experiment",
    "data get",
    "real fit",
    "real answer",
    "runs list",
    "runs show",
    "runs verify",
    "runs record",
]
REPORT = "FINAL DIAGNOSIS: Invasive ductal carcinoma, Nottingham grade 2.\nStage: pT2 pN1a\nER positive (95%). PR negative.\n"


@pytest.fixture
def reports(tmp_path):
    path = tmp_path / "reports.csv"
    pd.DataFrame(
        {"report_id": ["007", "8"], "text": [REPORT, "Seen by Dr. John Smith on 03/04/2019. Benign."], "T": ["T2", ""]}
    ).to_csv(path, index=False)
    return path


def call(*arguments):
    return CliRunner().invoke(app, [str(a) for a in arguments])


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command):
    result = call(*command.split(), "--help")
    assert result.exit_code == 0 and f"pathmtl {command}" in result.output and "Example" in result.output


def test_consolidate_fills_from_the_biopsy_and_says_so(tmp_path):
    path, out = tmp_path / "reports.csv", tmp_path / "patients.csv"
    biopsy = "FINAL DIAGNOSIS: Left breast, carcinoma. ER positive (95%)."
    resection = "FINAL DIAGNOSIS: Left breast. Stage: pT2 pN1a"
    table = pd.DataFrame(
        {
            "report_id": ["b", "r", "x"],
            "patient_id": ["p", "p", "q"],
            "date": ["2019-01-02", "2019-02-01", ""],
            "text": [biopsy, resection, resection],
            "ER": ["Negative", "", ""],
        }
    )
    table.to_csv(path, index=False)
    done = call("consolidate", path, "--out", out)
    assert done.exit_code == 0 and "3 reports of 2 patients: ER +1, PR +0, HER2 +0; 3 rows" in done.output
    found = pd.read_csv(out, dtype=str, keep_default_na=False).set_index("report_id")
    assert found.loc["r", ["T", "N", "ER", "ER_rule", "ER_source"]].tolist() == ["T2", "N1", "Positive", "earlier", "b"]
    assert found.loc["b", "ER_rule"] == "own" and found.loc["x", ["ER", "ER_rule", "ER_source"]].tolist() == ["", "", ""]
    assert call("consolidate", path, "--labels", "given", "--prune", "--out", out).exit_code == 0
    assert out.read_text().splitlines()[1:] == [], "no given label is a stage"
    assert call("consolidate", path, "--labels", "given", "--horizon", "10", "--out", out).exit_code == 0
    assert pd.read_csv(out, dtype=str, keep_default_na=False)["ER"].tolist() == ["Negative", "", ""]
    table.drop(columns="date").to_csv(path, index=False)
    assert "no column date" in call("consolidate", path, "--out", out).output
    table.drop(columns="patient_id").to_csv(path, index=False)
    assert "every report has its own patient" in call("consolidate", path, "--out", out).output


def test_label_writes_ids_and_seven_columns(reports, tmp_path):
    out = tmp_path / "labels.csv"
    assert call("label", reports, "--out", out, "--quiet").exit_code == 0
    labels = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert list(labels.columns) == ["report_id", *TASKS] and labels["report_id"].tolist() == ["007", "8"]
    assert labels.iloc[0][["T", "N", "grade", "ER", "PR"]].tolist() == ["T2", "N1", "G2", "Positive", "Negative"]
    assert labels.iloc[1][list(TASKS)].eq("").all()


def test_labels_can_be_scored(reports, tmp_path):
    labels = tmp_path / "labels.csv"
    call("label", reports, "--out", labels, "--quiet")
    result = call("evaluate", labels, "--truth", reports, "--out", tmp_path / "scores.csv")
    assert result.exit_code == 0 and "accuracy" in result.output
    assert pd.read_csv(tmp_path / "scores.csv", index_col="task").loc["T", "accuracy"] == 1.0


def test_deidentify_keeps_medicine_and_columns(reports, tmp_path):
    out = tmp_path / "clean.csv"
    assert call("deidentify", reports, "--out", out, "--quiet").exit_code == 0
    clean = pd.read_csv(out, dtype=str, keep_default_na=False)
    assert "Smith" not in clean["text"][1] and "pT2 pN1a" in clean["text"][0] and clean["T"][0] == "T2"


def test_the_audit_commands_write_a_sheet_and_count_the_unparsed(reports, tmp_path):
    assert call("audit", "sheet", reports, "--out", tmp_path / "sheet.html", "--quiet").exit_code == 0
    assert "Nottingham" in (tmp_path / "sheet.html").read_text()
    assert call("audit", "coverage", reports, "--quiet").exit_code == 0


def test_extract_reads_a_folder(tmp_path):
    folder, out = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    (folder / "a.txt").write_text(REPORT)
    assert call("extract", folder, "--out", out, "--quiet").exit_code == 0
    (folder / "b.pdf").write_text("")
    again = call("extract", folder, "--out", out)
    assert again.exit_code == 0 and "2 files (1 ok, 1 empty)" in again.stderr and "manifest.csv" in again.stderr
    assert (out / "manifest.csv").exists() and call("label", out / "reports.jsonl.gz", "--out", tmp_path / "l.csv").exit_code == 0


def test_train_then_predict(tiny_backbone, tmp_path):
    run, out = tmp_path / "run", tmp_path / "predictions.csv"
    options = ["--set", f"backbone={tiny_backbone}", "--set", "layers=null", "--set", "tasks=[T]", "--set", "precision=fp32"]
    trained = call("train", "bundled", "--profile", "smoke", *options, "--out", run, "--quiet")
    assert trained.exit_code == 0, trained.output
    small = tmp_path / "two.csv"
    texts = [REPORT, "nothing here", "Stage: see the resection. Tumor stage pending."]
    pd.DataFrame({"report_id": ["a", "b", "c"], "text": texts}).to_csv(small, index=False)
    assert call("predict", small, "--adapter", run, "--out", out, "--quiet").exit_code == 0
    predictions = pd.read_csv(out)
    assert list(predictions.columns) == ["report_id", *TASKS, *(f"p_{t}" for t in TASKS)]
    assert predictions["T"].notna().tolist() == [True, False, False], "where no T is stated, a model's answer would be a guess"
    assert 0 < predictions["p_T"][0] <= 1
    for option, answered in (("--mentioned", [True, False, True]), ("--every", [True] * 3)):
        assert call("predict", small, "--adapter", run, "--out", out, "--quiet", option).exit_code == 0
        assert pd.read_csv(out)["T"].notna().tolist() == answered


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["label", "missing.csv", "--out", "x.csv"], "missing.csv does not exist"),
        (["predict", "bundled", "--adapter", "nowhere", "--out", "x.csv"], "nowhere"),
        (["train", "bundled", "--out", "x", "--set", "rnak=3"], "rnak"),
        (["train", "bundled", "--out", "x", "--set", "rank"], "name=value"),
        (["train", "bundled", "--out", "x", "--profile", "fast"], "fast"),
        (["evaluate", "missing.csv", "--truth", "bundled"], "missing.csv does not exist"),
        (["notebook", "no_such_notebook"], "no_such_notebook"),
        (["notebook", "table1_baseline", "-p", "reprots=x"], "reprots"),
        (["extract", "nowhere", "--out", "x"], "nowhere"),
        (["extract", ".", "--out", __file__], "is a file; name a folder"),
        (["prepare", "bundled", "--out", __file__], "is a file; name a folder"),
        (["prepare", "missing.csv", "--out", "x"], "missing.csv does not exist"),
        (["backbone", "get", "gpt"], "gpt"),
        (["audit", "score", "missing.csv"], "missing.csv"),
        (["experiment", "table9"], "table9"),
        (["experiment", "table1", "--row", "lorra"], "lorra"),
        (["runs", "show", "nothing"], "nothing"),
        (["runs", "record", "nothing"], "nothing"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_2(arguments, says, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = call(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr and len(result.stderr.strip().splitlines()) == 1 and "Traceback" not in result.output


@pytest.mark.parametrize("out", ["reports.csv", "labels.xlsx", "clean.jsonl", "folder", "reports.csv/x.csv"])
@pytest.mark.parametrize(
    "command",
    [
        ["label", "reports.csv"],
        ["deidentify", "reports.csv"],
        ["consolidate", "reports.csv"],
        ["predict", "reports.csv", "--adapter", "nowhere"],
        ["evaluate", "reports.csv", "--truth", "reports.csv"],
        ["audit", "sheet", "reports.csv"],
        ["notebook", "corpus"],
    ],
)
def test_an_output_that_cannot_be_written_is_refused_before_any_work(command, out, reports, monkeypatch):
    folder = reports.parent
    (folder / "folder").mkdir()
    monkeypatch.chdir(folder)
    before = reports.read_bytes()
    result = call(*command, "--out", out)
    assert result.exit_code == 2 and f"--out {out}" in result.stderr and len(result.stderr.strip().splitlines()) == 1
    assert sorted(path.name for path in folder.iterdir()) == ["folder", reports.name] and reports.read_bytes() == before


def test_no_error_repeats_report_text(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("report_id,text,T\n1,Very private words,T1\n2,More private words,T77\n")
    result = call("label", path, "--out", tmp_path / "x.csv")
    assert result.exit_code == 2 and "T77" in result.stderr and "private" not in result.output + result.stderr


def test_papermills_own_parameter_form_is_understood():
    assert _join_pairs(["notebook", "x", "-p", "rank", "4", "-p", "a=b"]) == ["notebook", "x", "-p", "rank=4", "-p", "a=b"]


def test_a_run_without_a_name_is_listed_by_what_it_departs_from(tmp_path):
    from dataclasses import asdict

    from pathmtl.cli.run_commands import _nearest_profile
    from pathmtl.experiments.store import Run, write_record
    from pathmtl.training.settings import settings

    for changes, expected in (
        ({"rank": 8}, "quick rank=8"),
        ({}, "quick"),
        ({"hints": "none", "seed": 1}, "quick hints=none seed=1"),
    ):
        write_record(tmp_path, {"settings": {**asdict(settings("quick", **changes)), "tasks": list(TASKS)}})
        assert _nearest_profile(Run(tmp_path)) == expected
    write_record(tmp_path, {"kind": "zero_shot", "settings": {}})
    assert _nearest_profile(Run(tmp_path)) == "-"
