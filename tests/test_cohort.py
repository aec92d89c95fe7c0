"""Reading reports from every kind of source, and splitting them."""

import gzip

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl import cohort
from pathmtl.schema import REPORT_COLUMNS, TASKS

ROWS = [
    {"report_id": "007", "patient_id": "p1", "T": "pT1c", "N": "", "ER": "positive", "text": "first"},
    {"report_id": "8", "patient_id": "p1", "T": "TX", "N": "N1mi", "ER": "", "text": "second"},
]


def write(folder, kind):
    table, path = pd.DataFrame(ROWS), folder / f"reports.{kind}"
    if kind.startswith("parquet"):
        table.to_parquet(path)
    elif kind.startswith("jsonl"):
        table.to_json(path, orient="records", lines=True)
    else:
        table.to_csv(path, index=False, sep="\t" if kind.startswith("tsv") else ",")
    return path


@pytest.mark.parametrize("kind", ["csv", "csv.gz", "tsv", "tsv.gz", "jsonl", "jsonl.gz", "parquet"])
def test_every_kind_of_file_gives_the_same_table(tmp_path, kind):
    table = cohort.read_reports(write(tmp_path, kind))
    assert list(table.columns) == list(REPORT_COLUMNS)
    assert table["report_id"].tolist() == ["007", "8"]
    assert (
        table["T"].tolist() == ["T1", None] and table["N"].tolist() == [None, "N1"] and table["ER"].tolist() == ["Positive", None]
    )
    assert cohort.has_labels(table)


@pytest.mark.parametrize("kind", ["csv", "tsv.gz", "jsonl", "jsonl.gz", "parquet"])
def test_a_table_is_read_in_chunks_and_otherwise_as_it_is(tmp_path, kind):
    path = write(tmp_path, kind)
    assert cohort.check_reports(path) == 2
    chunks = list(cohort.iter_reports(path, 1))
    assert [len(chunk) for chunk in chunks] == [1, 1]
    table = pd.concat(chunks)
    assert table.columns[0] == "report_id" and set(table.columns) == set(ROWS[0])
    assert table["text"].tolist() == cohort.read_reports(path)["text"].tolist()
    assert table["T"].tolist() == ["pT1c", "TX"], "labels are not touched"


def test_text_alone_is_enough(tmp_path):
    path = tmp_path / "r.csv"
    path.write_text("TEXT\nsome words\nother words\n")
    table = cohort.read_reports(path)
    assert table["report_id"].tolist() == ["row-1", "row-2"] == table["patient_id"].tolist()
    assert not cohort.has_labels(table)


def test_a_folder_of_documents_is_a_source(tmp_path):
    (tmp_path / "a.txt").write_text("FINAL DIAGNOSIS: benign")
    table = cohort.read_reports(tmp_path, progress=False)
    assert table["report_id"].tolist() == ["a"] and "benign" in table["text"][0]


def test_documents_that_cannot_be_read_are_named_and_never_quoted(tmp_path, capfd, monkeypatch):
    for name, content in (("a.txt", "private words"), ("b.pdf", "private words"), ("c.pdf", "")):
        (tmp_path / name).write_text(content)
    assert len(cohort.read_reports(tmp_path, progress=False)) == 1
    said = capfd.readouterr().err
    assert "of 3 files 2 could not be read and are left out (1 damaged, 1 empty)" in said
    assert "b.pdf: damaged, named .pdf" in said and "private" not in said
    monkeypatch.setattr(cohort, "in_notebook", lambda: True)
    cohort.read_reports(tmp_path, progress=False)
    assert "b.pdf" not in capfd.readouterr().err, "a page may be published, and a file be named after a person"


def test_a_folder_that_was_extracted_is_not_read_again(tmp_path, monkeypatch, capfd):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("FINAL DIAGNOSIS: benign")
    (source / "b.pdf").write_text("")
    cohort.extract_folder(source, out=tmp_path / "read", progress=False)
    monkeypatch.setattr(cohort, "extract_folder", lambda *_, **__: pytest.fail("read again"))
    table = cohort.read_reports(tmp_path / "read")
    assert table["text"].tolist() == ["FINAL DIAGNOSIS: benign"]
    assert "b.pdf: empty, zero bytes" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("missing.csv", None, "does not exist"),
        ("empty.csv", "", "is empty"),
        ("header.csv", "text\n", "no rows"),
        ("blank.csv", "report_id,text\n1,\n", "every text"),
        ("columns.csv", "id,note\n1,x\n", r"no 'text' column \(found: report_id, note\); rename"),
        ("headless.csv", "1,secret: a report of many words that stands where names should\n", r"\(found: 1, …\)"),
        ("excel.csv", "report_id,text\n1,Gr\xf6\xdfe\n".encode("cp1252"), "CSV UTF-8"),
        ("label.csv", "text,T\nsecret words,T9\n", "T9"),
        ("twice.csv", "report_id,text\n1,a\n1,b\n", "more than once"),
        ("kind.xlsx", "x", "no readable Excel workbook"),
        ("kind.xls", "x", "save it as .xlsx"),
        ("broken.jsonl", "{not json", "cannot be parsed"),
        ("broken.parquet", "no parquet", "cannot be parsed"),
    ],
)
def test_bad_sources_are_named_with_the_fix_and_no_text(tmp_path, name, content, says):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(cohort.ReportsError, match=says) as error:
        cohort.read_reports(path)
    if content is not None:
        with pytest.raises(cohort.ReportsError, match=says):
            cohort.check_reports(path)
    assert name in str(error.value) and "secret" not in str(error.value)


@pytest.mark.parametrize("name", ["semicolons.csv", "semicolons.csv.gz"])
def test_a_csv_with_semicolons_is_read(tmp_path, name):
    content = b'report_id;text;T\n007;"pT2; pN0, no more";T2\n'
    (tmp_path / name).write_bytes(gzip.compress(content) if name.endswith("gz") else content)
    table = cohort.read_reports(tmp_path / name)
    assert table.loc[0, ["report_id", "text", "T"]].tolist() == ["007", "pT2; pN0, no more", "T2"]
    (tmp_path / "commas.csv").write_text("text,semi;colon\na,b\n")
    assert cohort.read_reports(tmp_path / "commas.csv")["text"].tolist() == ["a"]


def test_missing_labels_are_not_stated_whatever_their_type(tmp_path):
    path = tmp_path / "r.parquet"
    pd.DataFrame({"text": ["a", "b"], "T": [float("nan")] * 2, "N": [None, "N1"]}).to_parquet(path)
    table = cohort.read_reports(path)
    assert table["T"].tolist() == [None, None] and table["N"].tolist() == [None, "N1"]
    assert cohort.check_reports(path) == 2


def test_an_empty_folder_is_named(tmp_path):
    with pytest.raises(cohort.ReportsError, match="holds no document"):
        cohort.read_reports(tmp_path)


def table_of(patients, per_patient=1):
    rows = [
        {"report_id": f"{p}-{i}", "patient_id": f"p{p}", "text": "x", "T": f"T{p % 4 + 1}"}
        for p in range(patients)
        for i in range(per_patient)
    ]
    return pd.DataFrame(rows).assign(cancer_type="", **{t: None for t in TASKS if t != "T"})


@settings(max_examples=15, deadline=None)
@given(patients=st.integers(30, 120), per_patient=st.integers(1, 3), seed=st.integers(0, 99))
def test_no_patient_is_in_two_splits_and_every_class_in_each(patients, per_patient, seed):
    table = table_of(patients, per_patient)
    part = cohort.split(table, seed)
    assert (table.groupby("patient_id").apply(lambda rows: part[rows.index].nunique()) == 1).all()
    assert part.value_counts(normalize=True)["train"] == pytest.approx(0.8, abs=0.08)
    assert set(part) == set(cohort.SPLITS)


def test_splits_repeat_and_honour_a_column():
    table = table_of(60)
    assert cohort.split(table, 3).equals(cohort.split(table, 3))
    assert not cohort.split(table, 3).equals(cohort.split(table, 4))
    assert cohort.split(table.assign(split="test")).eq("test").all()
    with pytest.raises(cohort.ReportsError, match="dev"):
        cohort.split(table.assign(split="dev"))
    with pytest.raises(cohort.ReportsError, match="too few"):
        cohort.split(table_of(5))


def test_subsample_keeps_rare_classes():
    table = table_of(300)
    table["T"] = ["T4"] * 3 + ["T1"] * 297
    chosen = cohort.subsample(table, 20, seed=1)
    assert len(chosen) == 20 and (chosen["T"] == "T4").sum() == 3
    assert cohort.subsample(table, None) is table and cohort.subsample(table, 500) is table
    assert chosen.equals(cohort.subsample(table, 20, seed=1))


def test_fingerprint_sees_text_labels_and_ids():
    table = table_of(30)
    key = cohort.fingerprint(table)
    assert key == cohort.fingerprint(table.copy())
    for column in ("text", "T", "report_id"):
        assert cohort.fingerprint(table.assign(**{column: ["changed", *table[column][1:]]})) != key


def test_the_bundled_corpus_is_whole():
    table = cohort.read_reports(cohort.BUNDLED)
    part = cohort.split(table)
    assert len(table) >= 300 and set(part) == set(cohort.SPLITS)
    assert (table.groupby("patient_id").apply(lambda rows: part[rows.index].nunique()) == 1).all()
    for task in TASKS:
        assert table.loc[part == "test", task].nunique() >= 2, f"{task}: one class only in the test split"
