"""Tables of reports as people export them: read whole, or refused with the file, the place and the fix; never half."""

import gzip
import json

import openpyxl
import pandas as pd
import pytest

from pathmtl import cohort
from pathmtl.tables.columns import canonical_columns

HL7 = "MSH|^~\\&|A|B|C|D|2024||ORU^R01|{n}|P|2.5\rPID|1||{p}\rOBR|1||{id}|1|||20240310\rOBX|1|TX|1^Diagnosis||{text}\r"


def workbook(path, *sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number, rows in enumerate(sheets):
        sheet = book.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


@pytest.mark.parametrize(
    ("name", "content", "ids", "texts"),
    [
        ("r.csv", "\ufeffreport_id,text\na,pT2\n", ["a"], ["pT2"]),
        ("r.csv", "report_id\ttext\na\tpT2, pN0\n", ["a"], ["pT2, pN0"]),
        ("r.csv", "report_id|text\na|pT2, pN0\n", ["a"], ["pT2, pN0"]),
        ("r.csv", "report_id;text;note, free\na;pT2;x\n", ["a"], ["pT2"]),
        ("r.csv", 'report_id;text;"note, free, long, words"\na;pT2;x\n', ["a"], ["pT2"]),
        ("r.csv", "sep=;\nreport_id;text\na;pT2\n", ["a"], ["pT2"]),
        ("r.tsv", "report_id,text\na,pT2\n", ["a"], ["pT2"]),
        ("r.tab", "report_id\ttext\na\tpT2\n", ["a"], ["pT2"]),
        ("r.txt", "report_id\ttext\na\tpT2\nb\tpT3\n", ["a", "b"], ["pT2", "pT3"]),
        ("r.txt", "FINAL DIAGNOSIS: see text\tpT2", ["r"], ["FINAL DIAGNOSIS: see text\tpT2"]),
        ("r.rtf", r"{\rtf1 pT2\par pN0}", ["r"], ["pT2\npN0"]),
        ("r.csv", "ID,TEXT\n007,pT2\n", ["007"], ["pT2"]),
        ("r.csv", " Report ID , text \na,pT2\n", ["a"], ["pT2"]),
        ("r.csv", "id,report_id,text\n1,a,pT2\n", ["a"], ["pT2"]),
        ("r.csv", 'report_id,text\na,"one\ntwo ""pT2"""\n\nb,pT3\n', ["a", "b"], ['one\ntwo "pT2"', "pT3"]),
        ("r.csv", "report_id,text\r\na,pT2\r\n", ["a"], ["pT2"]),
        ("r.csv", "text,note,\npT2,x,\n", ["row-1"], ["pT2"]),
        ("r.csv", "report_id,text\na,p\x00T2\u00a0pN0 \ufb01ne\n", ["a"], ["pT2 pN0 fine"]),
        ("r.csv", 'report_id,text\na,"{\\rtf1 pT2\\par pN0}"\n', ["a"], ["pT2\npN0"]),
        ("r.json", '[{"ID": 7, "text": "pT2"}, {"ID": 8, "text": "pT3", "date": null}]', ["7", "8"], ["pT2", "pT3"]),
        ("r.json", '{"id": 7, "text": "pT2"}\n{"id": 8, "text": "pT3"}\n', ["7", "8"], ["pT2", "pT3"]),
        ("r.jsonl", '[{"id": "7", "text": "pT2"}]', ["7"], ["pT2"]),
        ("r.jsonl", '{"id": "7", "text": "pT2"}\n\n{"id": "8", "text": "pT3", "late": 1}\n', ["7", "8"], ["pT2", "pT3"]),
        (
            "r.hl7",
            HL7.format(n=1, p="p1", id="S1", text="pT2") + HL7.format(n=2, p="p2", id="S2", text="pT3"),
            ["S1", "S2"],
            ["Diagnosis:\npT2", "Diagnosis:\npT3"],
        ),
        (
            "r.hl7",
            HL7.format(n=1, p="p1", id="S1", text="pT2") + HL7.format(n=2, p="p1", id="S1", text="pT3"),
            ["S1/1", "S1/2"],
            ["Diagnosis:\npT2", "Diagnosis:\npT3"],
        ),
    ],
)
def test_read(name, content, ids, texts, tmp_path):
    (tmp_path / name).write_bytes(content.encode())
    table = cohort.read_reports(tmp_path / name)
    assert (table["report_id"].tolist(), table["text"].tolist()) == (ids, texts)
    if name not in ("r.rtf", "r.txt"):
        assert cohort.check_reports(tmp_path / name) == len(ids)
        chunks = list(cohort.iter_reports(tmp_path / name, 1))
        assert [text for chunk in chunks for text in chunk["text"]] == texts
        assert len({tuple(chunk.columns) for chunk in chunks}) == 1, "every chunk has the same columns"


SECRET = "secret words of a report"


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("r.csv", f"report_id,text\na,{SECRET}, and more\n", "line 2, has 3 values for 2 columns parted by commas"),
        ("r.csv", f"report_id,text\na,one\nb,{SECRET}\nsecond line\n", "line 4, has 1 values for 2 columns"),
        ("r.csv", f"text\n{SECRET}, and more\n", "line 2, has 2 values for 1 columns"),
        ("r.tsv", f"report_id\ttext\na\t{SECRET}\tmore\n", "parted by tabs"),
        ("r.csv", f'report_id,text\na,one\nb,"{SECRET}\nc,three\n', r"line 3: the quotation marks .* do not pair"),
        ("r.csv", f'report_id,text\na,"{SECRET}\nb,"two"\n', "line 2: the quotation marks"),
        ("r.csv", f'report_id,text\na,"one "pT2" {SECRET}"\n', "double a quotation mark"),
        ("r.csv", f"Text,TEXT\n{SECRET},b\n", "line 1, has the columns 'Text' and 'TEXT'"),
        ("r.csv", f"text,text\n{SECRET},b\n", "rename or remove all but one"),
        ("r.csv", f"ID,Id,text\na,b,{SECRET}\n", "unclear which is 'report_id'"),
        ("r.csv", f"note,note,text\na,b,{SECRET}\n", "'note' and 'note'"),
        ("r.csv", f"report_id,report_text\na,{SECRET}\n", r"found: report_id, report_text\); rename the column"),
        ("r.csv", f"report_id,text\na,one\n,{SECRET}\n", "line 3, has no report_id"),
        ("r.csv", f"report_id,text\na,one\nb,two\na,{SECRET}\n", r"'a' occurs more than once in .* \(lines 2 and 4\)"),
        ("r.csv", f"report_id,text,T\na,one,T1\nb,{SECRET},T9\n", "line 3, column T: 'T9'"),
        ("r.csv", b"report_id,text\na,one\nb,\xb5m secret\n", "line 3, is not UTF-8; save"),
        ("r.csv", b"PK\x03\x04 secret", "holds a ZIP or Excel file"),
        ("r.jsonl", f'{{"text": "one"}}\n{{"text": "{SECRET}\n', "line 2, is no complete JSON"),
        ("r.jsonl", f'{{"text": "one"}}\n"{SECRET}"\n', "line 2, is no JSON object"),
        ("r.jsonl", f'{{"text": "one", "text": "{SECRET}"}}\n', "line 1: an object names a field twice"),
        ("r.jsonl", f'{{"text": ["{SECRET}"]}}\n', "line 1: text is not one value"),
        ("r.json", f'[{{"text": "one"}},\n{{"text": "{SECRET}"]', "line 2, is no complete JSON"),
        ("r.json", f'{{"reports": [{{"text": "{SECRET}"}}]}}', "no 'text' column"),
        ("r.json", "[]", "is empty"),
        ("r.xls", SECRET, "save it as .xlsx"),
        ("r.ods", SECRET, "save it as .xlsx"),
        ("r.sav", SECRET, "export it as CSV UTF-8"),
        ("r.zip", SECRET, "unpack it"),
        ("r.xlsx.gz", SECRET, "unpack it"),
        ("r.hl7", SECRET, "line 1, is no HL7 message"),
        ("r.hl7", HL7.format(n=1, p="p", id="S1", text="x") + "OBX|2|ED|1||^a^pdf^Base64^JV\r", "message 1: OBX 2 is a document"),
        ("r.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "refused, an old Word file .* save it as .docx or PDF"),
        ("r.pptx", SECRET, "no known kind"),
    ],
)
def test_refused_with_the_place_and_the_fix_and_no_text(name, content, says, tmp_path):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(cohort.ReportsError, match=says) as error:
        cohort.read_reports(path)
    assert str(path) in str(error.value) and "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("sheets", "ids", "dates"),
    [
        ([[["ID", "Text", "Date"], [7, "pT2", None], [8.0, "pT3", None]]], ["7", "8"], ["", ""]),
        ([[["note"], ["x"]], [["ID", "text", "date"], ["007", "pT2", pd.Timestamp("2019-03-14")]]], ["007"], ["2019-03-14"]),
        ([[["ID", "text", "date"], ["a", "pT2", "x"], [None, None, None]], []], ["a"], ["x"]),
    ],
)
def test_a_workbook_is_read(sheets, ids, dates, tmp_path):
    path = workbook(tmp_path / "r.xlsx", *sheets)
    table = cohort.read_reports(path)
    assert table["report_id"].tolist() == ids and table["date"].tolist() == dates
    assert cohort.check_reports(path) == len(ids)


@pytest.mark.parametrize(
    ("sheets", "says"),
    [
        ([[["ID", "text"], ["a", "secret"]], [["ID", "text"], ["b", "secret"]]], r"more than one sheet with reports \(S0, S1\)"),
        ([[["ID", "text"], ["a", "secret", "over"]]], "cell C2, has a value, but its column has no name"),
        ([[["ID", "text"], ["a", '="sec"&"ret"']]], "cell B2, is a formula without a stored value"),
        ([[["ID", "text"], ["a", "secret".ljust(32767, ".")]]], "cell B2, is 32,767 characters long"),
        ([[["ID", "text"]]], "no rows"),
        ([[]], "is empty"),
    ],
)
def test_a_workbook_that_would_lose_something_is_refused(sheets, says, tmp_path):
    with pytest.raises(cohort.ReportsError, match=says) as error:
        cohort.read_reports(workbook(tmp_path / "r.xlsx", *sheets))
    assert "r.xlsx" in str(error.value) and "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("columns", "canonical"),
    [
        (["ReportID", "patient-id", "TEXT", "t"], ["report_id", "patient_id", "text", "T"]),
        (["text", "PR %", "n", "N"], ["text", "PR %", "n", "N"]),
        (["", "text", " Date "], ["column_1", "text", "date"]),
        (["report_text", "text"], ["report_text", "text"]),
    ],
)
def test_names_of_columns(columns, canonical, tmp_path):
    assert canonical_columns(columns, tmp_path) == canonical


def test_an_integer_id_beside_an_empty_one_stays_an_integer(tmp_path):
    pd.DataFrame({"report_id": ["a", "b"], "patient_id": [7, None], "text": ["x", "y"]}).astype(
        {"patient_id": "Int64"}
    ).to_parquet(tmp_path / "r.parquet")
    assert cohort.read_reports(tmp_path / "r.parquet")["patient_id"].tolist() == ["7", "b"]


def test_files_of_a_folder_that_are_not_read_are_named(tmp_path, capfd):
    for name in ("ok.txt", "table.csv", "slides.pptx"):
        (tmp_path / name).write_text("pT2")
    assert cohort.read_reports(tmp_path, progress=False)["report_id"].tolist() == ["ok"]
    said = capfd.readouterr().err
    assert "of 3 files 2 could not be read" in said and "table.csv: skipped, .csv" in said and "slides.pptx" in said


def test_a_folder_with_a_table_only_names_the_table(tmp_path):
    (tmp_path / "table.csv").write_text("text\nx\n")
    with pytest.raises(cohort.ReportsError, match=r"give the table in it, such as .*table\.csv"):
        cohort.read_reports(tmp_path)


@pytest.mark.parametrize("name", ["r.csv", "r.txt"])
def test_unicode_text_of_excel_is_read(name, tmp_path):
    (tmp_path / name).write_bytes("ID\ttext\n007\tpT2 µ\n".encode("utf-16"))
    table = cohort.read_reports(tmp_path / name)
    assert table[["report_id", "text"]].to_numpy().tolist() == [["007", "pT2 µ"]]


@pytest.mark.parametrize(
    ("columns", "says"),
    [("accession,text", True), ("text,T", False), ("text", False), ("ID,note,text", False), ("note,report_id,text", False)],
)
def test_rows_that_are_numbered_for_want_of_an_id_are_announced(columns, says, tmp_path, capfd):
    (tmp_path / "r.csv").write_text(columns + "\n" + ",".join("x" if name != "T" else "" for name in columns.split(",")) + "\n")
    for read in (cohort.read_reports, cohort.check_reports):
        read(tmp_path / "r.csv")
        assert ("rename the column that identifies the report (accession)" in capfd.readouterr().err) == says


def test_packed_tables_are_read(tmp_path):
    (tmp_path / "r.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": "pT2"}).encode()))
    (tmp_path / "r.tsv.gz").write_bytes(gzip.compress(b"id\ttext\na\tpT2\n"))
    for name in ("r.jsonl.gz", "r.tsv.gz"):
        assert cohort.read_reports(tmp_path / name)["text"].tolist() == ["pT2"]
