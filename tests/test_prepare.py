"""The pipeline in one function: every report is counted at every step, nothing identifying is left, and it resumes."""

import json

import pandas as pd
import pytest

from pathmtl import cohort, prepare
from pathmtl.schema import TASKS
from pathmtl.sites import by_side
from pathmtl.viz.flow import flow_figure, outside_table

BOTH = (
    "CLINICAL HISTORY: Two masses.\n"
    "FINAL DIAGNOSIS:\n"
    "A. LEFT BREAST, MASTECTOMY:\n   Invasive ductal carcinoma, Nottingham grade 2. Stage pT2 pN1a.\n"
    "B. RIGHT BREAST, LUMPECTOMY:\n   Invasive lobular carcinoma, Nottingham grade 1. Stage pT1c pN0.\n"
    "COMMENT:\nReviewed at the conference."
)
BENIGN = BOTH.replace("Invasive lobular carcinoma, Nottingham grade 1. Stage pT1c pN0.", "Fibrocystic changes.")


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        (BOTH, ["left", "right"]),
        (BOTH.replace("A. ", "").replace("B. ", ""), ["left", "right"]),
        (BOTH.replace("LEFT BREAST", "BREAST, LEFT"), ["left", "right"]),
        (BOTH.replace("BREAST", "LOBE OF PROSTATE"), [""]),
        (BOTH.replace("BREAST", "THYROID"), [""]),
        (
            "SYNOPTIC REPORT - LEFT BREAST:\nSpecimen laterality: Left\nHistologic type: ductal\nStage: pT2 pN0\n"
            "SYNOPTIC REPORT - RIGHT BREAST:\nSpecimen laterality: Right\nHistologic type: lobular\nStage: pT1c pN1a\n",
            ["left", "right"],
        ),
        (BENIGN, [""]),
        (BOTH.replace("RIGHT", "LEFT"), [""]),
        ((BOTH + " Reviewed." * 30).replace("\n", " "), [""]),
        ("CLINICAL HISTORY: Right breast carcinoma, pT1c, 2015.\nFINAL DIAGNOSIS:\nLEFT BREAST:\nCarcinoma, pT2 pN0.", [""]),
        ("FINAL DIAGNOSIS:\nLEFT BREAST:\nCarcinoma, pT2. The right lateral margin is 4 mm away.", [""]),
        ("", [""]),
    ],
)
def test_only_a_report_that_stages_both_sides_is_cut(text, sides):
    parts = by_side(text)
    assert [side for side, _ in parts] == sides
    if sides == [""]:
        assert parts[0][1] == text


def test_a_side_keeps_what_is_about_no_side_and_nothing_of_the_other():
    left, right = (text for _, text in by_side(BOTH))
    for text in (left, right):
        assert "Two masses" in text and "FINAL DIAGNOSIS" in text and "conference" in text
    assert "pT2" in left and "pT1c" not in left and "lobular" not in left
    assert "pT1c" in right and "pT2" not in right and "ductal" not in right


def reports(patients=40):
    """For each patient a biopsy with receptors, a resection with a stage, and a letter that states nothing."""
    rows = []
    for number in range(patients):
        texts = {
            "b": "FINAL DIAGNOSIS: Left breast, core biopsy: invasive carcinoma.\nER positive (95%). PR negative.",
            "r": f"FINAL DIAGNOSIS: Left breast: invasive ductal carcinoma. Stage: pT{number % 3 + 1} pN0.\n"
            "Signed by Dr. Walter Brenner on 03/14/2019.",
            "x": "FINAL DIAGNOSIS: Left breast, skin: benign.",
        }
        for day, (kind, text) in enumerate(texts.items(), 1):
            rows.append({"ID": f"{number}{kind}", "patient_id": f"p{number}", "date": f"2019-03-0{day}", "surgeon": "Brenner"})
            rows[-1]["text"] = text
    rows.append({"ID": "both", "patient_id": "both", "date": "2019-03-01", "surgeon": "", "text": BOTH})
    return pd.DataFrame(rows)


@pytest.fixture
def source(tmp_path):
    reports().to_csv(tmp_path / "reports.csv", index=False)
    return tmp_path / "reports.csv"


def test_every_step_is_counted_and_the_cohort_is_read_like_any_reports(source, tmp_path):
    done = prepare.prepare(source, tmp_path / "out", progress=False)
    counted = {step.name.split()[0]: (step.before, step.after, step.counts) for step in done.steps}
    assert counted["De-identify"][:2] == (121, 121) and counted["De-identify"][2]["identifiers replaced"] >= 40
    assert counted["Segment"] == (121, 122, {"on both sides": 1})
    assert counted["Label"] == (122, 122, {"state at least one": 82})
    assert counted["Consolidate"] == (122, 122, {"ER added": 80, "PR added": 80, "HER2 added": 0})
    assert counted["Prune"][:2] == (122, 42)
    assert counted["Split"][:2] == (42, 42) and sum(counted["Split"][2].values()) == 42
    assert all(before.after == after.before for before, after in zip(done.steps[1:], done.steps[2:], strict=False))
    assert done.consolidated["ER"] == {"values": 40, "not_in_text": 40} and done.consolidated["HER2"]["values"] == 0

    table = cohort.read_reports(tmp_path / "out")
    assert len(table) == 42 and set(cohort.split(table)) == set(cohort.SPLITS)
    row = table.set_index("report_id").loc["0r"]
    assert row[["T", "N", "ER", "ER_rule", "ER_source"]].tolist() == ["T1", "N0", "Positive", "earlier", "0b"]
    both = table[table["source_report"] == "both"].set_index("report_id")
    assert both["T"].to_dict() == {"both-left": "T2", "both-right": "T1"} and both["side"].tolist() == ["left", "right"]
    assert both["split"].nunique() == 1, "both sides of a patient are in one part"
    assert len(flow_figure(done.steps).axes[0].patches) == len(done.steps) + 1
    assert outside_table(done).loc["ER"].tolist() == ["40", "40", "1.000"]


def test_nothing_identifying_is_left_in_the_folder(source, tmp_path):
    prepare.prepare(source, tmp_path / "out", progress=False)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["cohort.csv.gz", "flow.json"]
    table = cohort.read_reports(tmp_path / "out")
    assert not {"surgeon", "date"} & set(table.columns)
    content = table.to_csv() + (tmp_path / "out" / "flow.json").read_text()
    assert "Brenner" not in content and "2019" not in content and str(tmp_path) not in content


def test_stopped_it_resumes_and_finished_it_returns_at_once(source, tmp_path, monkeypatch):
    whole = prepare.prepare(source, tmp_path / "whole", progress=False)
    seen = []

    def counting(text):
        seen.append(text)
        if len(seen) == 60:
            raise KeyboardInterrupt
        return original(text)

    original = prepare.deidentify
    monkeypatch.setattr(prepare, "deidentify", counting)
    monkeypatch.setattr(prepare, "stream", lambda *a, **k: stream(*a, **k, chunk=20))
    from pathmtl.stream import stream

    with pytest.raises(KeyboardInterrupt):
        prepare.prepare(source, tmp_path / "out", progress=False)
    assert not (tmp_path / "out" / "cohort.csv.gz").exists()
    again = prepare.prepare(source, tmp_path / "out", progress=False)
    assert len(seen) == 60 + 121 - 40, "two chunks of twenty were safe"
    assert again.steps == whole.steps
    assert (tmp_path / "out" / "cohort.csv.gz").read_bytes() == (tmp_path / "whole" / "cohort.csv.gz").read_bytes()
    said = []
    assert prepare.prepare(source, tmp_path / "out", progress=False, say=said.append) == again and len(seen) == 141
    assert "complete already" in said[0]
    reports(41).to_csv(source, index=False)
    assert prepare.prepare(source, tmp_path / "out", progress=False).steps[0].before == 124, "other reports, another cohort"


def test_a_folder_of_documents_is_extracted_first(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(3):
        (folder / f"{number}.txt").write_text(f"FINAL DIAGNOSIS: Left breast: carcinoma, pT{number + 1} pN0.")
    (folder / "empty.pdf").write_text("")
    (folder / "table.csv").write_text("a,b")
    said = []
    done = prepare.prepare(folder, tmp_path / "out", progress=False, say=said.append)
    first = done.steps[0]
    assert (
        (first.before, first.after, first.unit) == (5, 3, "documents")
        and first.counts["ok"] == 3
        and first.counts["skipped"] == 1
    )
    assert [step.name for step in done.steps][-1].startswith("Prune") and "too few" in said[0]
    assert cohort.read_reports(tmp_path / "out")["T"].tolist() == ["T1", "T2", "T3"]


@pytest.mark.parametrize(
    ("arrange", "out", "says"),
    [
        (lambda folder: (folder / "out").mkdir() or (folder / "out" / "mine.txt").write_text("x"), "out", "holds other files"),
        (lambda folder: (folder / "out").write_text("x"), "out", "is a file"),
        (lambda folder: (folder / "reports.csv").write_text("ID,text\n1,benign\n2,benign\n"), "out", "nothing is left"),
        (lambda folder: (folder / "reports.csv").unlink(), "out", "does not exist"),
        (
            lambda folder: (folder / "reports.csv").write_text("ID,text,date\n1,pT2,03/04/2019\n"),
            "out",
            "reports.csv: consolidate: date '03/04/2019'",
        ),
    ],
)
def test_what_cannot_be_prepared_is_refused_with_the_reason(arrange, out, says, source, tmp_path):
    arrange(tmp_path)
    with pytest.raises(ValueError, match=says):
        prepare.prepare(source, tmp_path / out, progress=False)
    assert not (tmp_path / out / "cohort.csv.gz").exists()


def test_the_output_is_not_inside_the_reports(tmp_path):
    (tmp_path / "a.txt").write_text("pT2")
    with pytest.raises(ValueError, match="inside the reports"):
        prepare.prepare(tmp_path, tmp_path / "out", progress=False)
    assert not (tmp_path / "out").exists()


def test_a_side_that_the_source_names_is_the_only_one_taken(tmp_path):
    pd.DataFrame({"ID": ["a"], "text": [BOTH], "side": ["right"]}).to_csv(tmp_path / "r.csv", index=False)
    prepare.prepare(tmp_path / "r.csv", tmp_path / "out", progress=False)
    table = cohort.read_reports(tmp_path / "out")
    assert table["report_id"].tolist() == ["a"] and table.loc[0, ["T", "side"]].tolist() == ["T1", "right"]
    assert json.loads((tmp_path / "out" / "flow.json").read_text())["steps"][1]["counts"] == {"on both sides": 1}
    assert table[list(TASKS)].notna().sum().sum() == 3
