"""The model of silent reports: what it reads and hides, that it is stored as numbers, and what each answer is marked as."""

import json
import math

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from pathmtl.cli.commands import app
from pathmtl.real import gold, silent, tcga, teach
from pathmtl.real.answers import INFERRED, NONE, STATED, answers, oracle_answers, review_order
from pathmtl.real.features import findings, organ, tumor_sizes, words
from pathmtl.schema import CLASSES


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Free margins", ["free", "margins", "free margins"]),
        ("pT1c pN0 MX", []),
        ("ypTis pNla pT2N1a T3N0MX TCGA", []),
        ("no tip to nil mix", ["no", "tip", "to", "nil", "mix", "no tip", "tip to", "to nil", "nil mix"]),
        ("tumor pT2 small", ["tumor", "small"]),  # no pair across a hidden code
        ("AJCC T2NO", ["ajcc"]),
        ("two nodes", ["two", "nodes", "two nodes"]),
    ],
)
def test_stage_codes_are_hidden_and_words_are_not(text, shown):
    assert words(text) == shown


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("right kidney, radical nephrectomy", "kidney"),
        ("breast, lumpectomy; skin of breast", "breast"),
        ("no organ here", "other"),
    ],
)
def test_the_organ_is_the_one_named_most(text, name):
    assert organ(text) == name


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("tumor size: 2.5 x 1 x 1 cm", {"field": 2.5, "first": 2.5, "largest": 2.5}),
        ("a mass of 1,2 cm and a nodule of 31 mm", {"first": 1.2, "largest": 3.1}),
        ("received in 10 cm of formalin", {}),
        ("tumor on 12/3/2010", {}),
        ("specimen 30 x 20 x 5 cm", {}),
    ],
)
def test_sizes_are_of_tumors_and_in_centimeters(text, sizes):
    assert tumor_sizes(text) == pytest.approx(sizes)


def test_a_tasks_own_answer_is_never_among_its_findings():
    (read,) = oracle_answers(pd.DataFrame({"text": ["Kidney, pT3a pN1 pM1."]}))
    found = findings(("kidney", ["field=2"]), read, "T")
    assert {"organ=kidney", "kidney, field=2", "N=N1", "kidney, M=M1", "ER=none"} <= set(found)
    assert not any("T=" in name for name in found)


def reports(n=60):
    text = [
        f"Breast, lumpectomy. {'Small tumor, 1.1 cm' if i % 2 else 'Large tumor, 3.2 cm'}."
        + ((" pT1." if i % 2 else " pT2.") if i % 3 else "")
        for i in range(n)
    ]
    ids = [f"r{i}" for i in range(n)]
    empty = dict.fromkeys(("N", "M", "grade", "ER", "PR", "HER2"))
    return pd.DataFrame(
        {"report_id": ids, "patient_id": ids, "text": text, "T": ["T1" if i % 2 else "T2" for i in range(n)], **empty}
    )


@pytest.fixture(scope="module")
def fitted():
    table = reports()
    return table, oracle_answers(table), silent.fit(table, oracle_answers(table))


def test_each_answer_is_marked_and_has_a_probability(fitted):
    table, read, model = fitted
    assert set(model.classes) == {"T"}, "a task without labels has no model"
    found = answers(table, read, model)
    stages = found[found["task"] == "T"]
    assert stages["basis"].tolist() == [STATED if i % 3 else INFERRED for i in range(len(table))]
    assert (stages["predicted"].to_numpy() == table["T"].to_numpy()).all()
    assert stages["probability"].between(0.5, 1).all()
    assert all(sum(each) == pytest.approx(1, abs=1e-5) for each in stages["probabilities"])
    rest = found[found["task"] != "T"]
    assert set(rest["basis"]) == {NONE} and rest["predicted"].eq("").all() and rest["probability"].isna().all()


def test_receptors_are_inferred_for_breast_reports_only():
    table = reports().assign(ER=["Positive" if i % 2 else "Negative" for i in range(60)])
    model = silent.fit(table, oracle_answers(table), calibrated=False)
    new = reports(3).assign(text=["Breast, small tumor.", "Kidney, small tumor.", "Kidney, small tumor. ER positive."])
    found = answers(new, oracle_answers(new), model).query("task == 'ER'")
    assert found["basis"].tolist() == [INFERRED, NONE, STATED] and found["predicted"].iloc[1] == ""
    assert found["probability"].isna().tolist() == [False, True, False]


def test_a_statement_is_never_overruled_but_doubt_lowers_its_probability(fitted):
    _, _, model = fitted
    table = reports().head(2).assign(text=["Breast. Large tumor, 3.2 cm. pT2.", "Breast. Large tumor, 3.2 cm. pT1."])
    found = answers(table, oracle_answers(table), model).query("task == 'T'").set_index("report_id")
    assert found["predicted"].tolist() == ["T2", "T1"] and set(found["basis"]) == {STATED}
    assert found.loc["r1", "probability"] < found.loc["r0", "probability"]
    order = review_order(found.reset_index())
    assert order["report_id"].tolist() == ["r1", "r0"] and order["expected_error"].is_monotonic_decreasing


def test_a_stated_answer_to_a_task_that_was_not_learned_is_listed_last(fitted):
    _, _, model = fitted
    table = reports().head(1).assign(text=["Breast. Nottingham grade 2. Large tumor, 3.2 cm."])
    order = review_order(answers(table, oracle_answers(table), model))
    assert "grade" not in model.classes and order.iloc[-1]["task"] == "grade"
    assert order.iloc[-1]["predicted"] == "G2" and order["expected_error"].isna().sum() == 1


def test_a_model_is_stored_as_numbers_and_names_and_answers_the_same(fitted, tmp_path):
    table, read, model = fitted
    silent.save(model, tmp_path, {"target": "registry labels"})
    again, about = silent.load(tmp_path)
    assert about == {"target": "registry labels"}
    assert {path.suffix for path in tmp_path.iterdir()} == {".safetensors", ".json"}, "no pickle"
    ours, theirs = (each.probabilities(table["text"].tolist(), read)["T"] for each in (model, again))
    assert np.allclose(ours, theirs, atol=5e-3)


def test_without_labels_nothing_can_be_taught():
    table = reports(6).assign(T=None)
    with pytest.raises(ValueError, match="no task has two classes"):
        silent.fit(table, oracle_answers(table))


def test_the_recorded_model_is_small_and_says_what_it_learned():
    model, about = silent.load(teach.recorded_model())
    assert about["target"] == "registry labels" and all("/" not in source for source in about["sources"])
    assert {"T", "N", "M"} <= set(model.classes) and "T4" in model.classes["T"]
    assert sum(path.stat().st_size for path in teach.recorded_model().glob("silent.*")) < 8e6
    assert not any(term.startswith("tcga") for term in model.terms), "no identifier is among its words"


def test_fit_and_answer_by_command(tmp_path):
    path, folder, out = tmp_path / "reports.csv", tmp_path / "model", tmp_path / "answers.csv"
    reports().to_csv(path, index=False)
    run = lambda *a: CliRunner().invoke(app, [str(each) for each in a])  # noqa: E731
    assert run("real", "fit", path, "--out", folder, "--quiet").exit_code == 0
    assert json.loads((folder / "silent.json").read_text())["about"]["labels"] == {"T": 60}
    assert run("real", "answer", path, "--out", out, "--model", folder, "--quiet").exit_code == 0
    listed = pd.read_csv(out)
    assert (
        listed["expected_error"].is_monotonic_decreasing and set(listed["basis"]) == {STATED, INFERRED} and "text" not in listed
    )
    missing = run("real", "answer", path, "--out", out, "--model", tmp_path / "none", "--quiet")
    assert missing.exit_code == 2 and "holds no model" in missing.output
    twice = run("real", "fit", path, path, "--out", folder, "--quiet")
    assert twice.exit_code == 2 and "share reports" in twice.output


def test_gold_scores_count_missed_wrong_and_needless():
    columns = [name for task in CLASSES for name in (task, f"{task}_basis")]
    annotated = pd.DataFrame("", index=range(4), columns=["report_id", *columns]).assign(report_id=list("abcd"))
    annotated.loc[0:2, ["T", "T_basis"]] = [["T1", "code"], ["T2", "code"], ["T3", "size"]]
    given = pd.DataFrame({"report_id": list("abcd"), **dict.fromkeys(CLASSES)}).assign(T=["T1", "T3", None, "T1"])
    found = gold.gold_scores(given, annotated).set_index(["task", "basis"])
    line = found.loc[("T", "all")]
    assert line[["stated", "right", "wrong", "missed", "needless"]].tolist() == [3, 1, 1, 1, 1]
    assert line["recall"] == pytest.approx(1 / 3) and line["precision"] == pytest.approx(1 / 3)
    assert found.loc[("T", "size"), "missed"] == 1 and math.isnan(found.loc[("M", "all"), "recall"])


def test_the_gold_file_holds_values_and_no_text():
    table = gold.gold()
    assert len(table) == 130 and table["report_id"].is_unique
    for task, classes in CLASSES.items():
        assert set(table[task]) <= {"", *classes}
        assert (table[task].eq("") == table[f"{task}_basis"].eq("")).all()
        assert set(table[f"{task}_basis"]) <= {"", "code", "words", "counts", "size"}


def small_copies(folder, monkeypatch, tmp_path):
    """Files of the publishers' form with two patients, and sums and a split that fit them."""
    import io
    import zipfile

    first, second, third = "TCGA-AA-0001", "TCGA-AA-0002", "TCGA-AA-0003"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        lines = [f'{patient}.1A-B,"Report, one line."' for patient in (first, second, third)]
        file.writestr("TCGA_Reports.csv", "\n".join(["patient_filename,text", *lines]))
    label = "ajcc_pathologic_{},project_id,case_id,case_submitter_id\n{}\n"
    data = {
        tcga.REPORTS.name: archive.getvalue(),
        tcga.LABELS["T"].name: label.format("t", f"T2a,x,y,{first}\nTX,x,y,{second}").encode(),
        tcga.LABELS["N"].name: label.format("n", f"N1mi,x,y,{first}").encode(),
        tcga.LABELS["M"].name: label.format("m", f"M1b,x,y,{second}").encode(),
        tcga.TYPES.name: f"patient_id,cancer_type\n{first},BRCA\n{second},KIRC\n".encode(),
    }
    folder.mkdir()
    for name, content in data.items():
        (folder / name).write_bytes(content)
    results = tmp_path / "results"
    (results / "real").mkdir(parents=True)
    split = pd.DataFrame({"patient": [tcga.digest(first), tcga.digest(second)], "file": ["train", "test"]})
    split.to_csv(results / "real" / tcga.SPLIT, index=False)
    monkeypatch.setenv("PATHMTL_RESULTS", str(results))
    fits = tuple(tcga.Source(one.name, one.url, tcga.git_blob(data[one.name]), one.license) for one in tcga.SOURCES)
    monkeypatch.setattr(tcga, "SOURCES", fits)


def test_the_public_files_become_reports_with_labels_and_the_same_split(tmp_path, monkeypatch):
    small_copies(tmp_path / "in", monkeypatch, tmp_path)
    lines = []
    assert tcga.build(tmp_path / "out", tmp_path / "in", say=lines.append) == {"test": 1, "train": 1}, (
        "a third patient is in neither"
    )
    train, test = (pd.read_csv(tmp_path / "out" / f"{name}.csv.gz", keep_default_na=False).iloc[0] for name in ("train", "test"))
    assert train[["patient_id", "cancer_type", "T", "N", "M"]].tolist() == ["TCGA-AA-0001", "BRCA", "T2", "N1", ""]
    assert test[["cancer_type", "T", "N", "M"]].tolist() == ["KIRC", "", "", "M1"]
    about = json.loads((tmp_path / "out" / "SOURCES.json").read_text())
    assert all(one["license"] and one["url"].startswith("https://") and len(one["sha256"]) == 64 for one in about["sources"])
    assert "CC BY 4.0" in lines[0]


def test_a_changed_or_missing_file_is_refused(tmp_path, monkeypatch):
    small_copies(tmp_path / "in", monkeypatch, tmp_path)
    path = tmp_path / "in" / tcga.TYPES.name
    path.write_text("patient_id,cancer_type\n")
    with pytest.raises(ValueError, match="is not the published file: its git SHA-1 is"):
        tcga.build(tmp_path / "out", tmp_path / "in", say=lambda line: None)
    path.unlink()
    with pytest.raises(ValueError, match="is missing; its publisher: https"):
        tcga.build(tmp_path / "out", tmp_path / "in", say=lambda line: None)
    assert not (tmp_path / "out").exists()


def test_without_a_network_the_reason_and_the_way_out_are_named(tmp_path, monkeypatch):
    import urllib.error
    import urllib.request

    def refuse(*_, **__):
        raise urllib.error.URLError("no route")

    monkeypatch.setattr(urllib.request, "urlopen", refuse)
    result = CliRunner().invoke(app, ["data", "get", "tcga", "--out", str(tmp_path)])
    assert result.exit_code == 2 and "no route" in result.output and "--from" in result.output
    assert CliRunner().invoke(app, ["data", "get", "mimic", "--out", str(tmp_path)]).exit_code == 2
