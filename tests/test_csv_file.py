"""CSV that a spreadsheet does not run, that comes back as it was, and that is complete or absent."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from pathmtl.cli.commands import app
from pathmtl.csv_file import csv_text, escape, unescape, write_csv
from pathmtl.documents.batch import read_batch
from pathmtl.tables.columns import ReportsError
from pathmtl.tables.table_file import raw_chunks

FORMULAS = ["=1+1", "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0", "- Breast, left", "'=1", "''-x", "-", "--5"]
HARMLESS = ["", "T2", "pT1c", "'tis", "''", "1-2", " =1", "-3.5", "+12", "-1e-5", "-.5", "5."]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_written_as_text_and_read_as_it_was(text, tmp_path):
    assert escape(text) == f"'{text}" and unescape(escape(text)) == text
    write_csv(pd.DataFrame({"report_id": [text], "text": ["x"]}), tmp_path / "t.csv")
    (table,) = raw_chunks(tmp_path / "t.csv", None)
    assert table["report_id"].tolist() == [text]


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_and_numbers_stay(text):
    assert escape(text) == text and unescape(text) == text


def test_numbers_stay_numbers_and_names_of_columns_are_escaped_too():
    table = pd.DataFrame({"=a": ["=b", None], "p": [-0.5, 1.0], "n": [-1, 2], "any": [-3, "=c"]})
    assert csv_text(table) == "'=a,p,n,any\n'=b,-0.5,-1,-3\n,1.0,2,'=c\n"


def test_commands_write_no_formula_and_still_know_the_ids(tmp_path):
    source, clean, labels = tmp_path / "in.csv", tmp_path / "clean.csv", tmp_path / "labels.csv"
    text = "- Left breast: carcinoma.\nStage: pT2 pN0"
    pd.DataFrame({"report_id": ["=1+1", "b"], "text": [text, text], "T": ["T2", "T2"]}).to_csv(source, index=False)
    for command, read, out in (("deidentify", source, clean), ("label", clean, labels)):
        assert CliRunner().invoke(app, [command, str(read), "--out", str(out), "--quiet"]).exit_code == 0
        for row in pd.read_csv(out, dtype=str, keep_default_na=False).itertuples(index=False):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
    scored = CliRunner().invoke(app, ["evaluate", str(labels), "--truth", str(source)])
    assert scored.exit_code == 0 and "1.0" in scored.output
    assert [table["report_id"].tolist() for table in raw_chunks(clean, None)] == [["=1+1", "b"]]


def test_a_document_called_like_a_formula_is_read_and_resumed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "=1+1.txt").write_text("a report")
    for _ in range(2):
        done = CliRunner().invoke(app, ["extract", str(tmp_path / "in"), "--out", str(tmp_path / "out"), "--quiet"])
        assert done.exit_code == 0, done.output
    assert "\n'=1+1.txt," in (tmp_path / "out" / "manifest.csv").read_text()
    reports, rows = read_batch(tmp_path / "out")
    assert [row["path"] for row in rows] == ["=1+1.txt"] and [report["report_id"] for report in reports] == ["=1+1"]


def test_a_sheet_that_states_a_billion_cells_is_read_at_once(tmp_path):
    book = openpyxl.Workbook()
    for cell, value in (("A1", "text"), ("A2", "a report")):
        book.active[cell] = value
    book.active["XFD1048576"].number_format = "0.00"  # an empty cell with a format, as Excel leaves them
    book.save(tmp_path / "far.xlsx")
    (table,) = raw_chunks(tmp_path / "far.xlsx", None)
    assert table["text"].tolist() == ["a report"]


@pytest.mark.parametrize("where", [0.3, 0.5, 0.7, 0.9])
def test_a_damaged_workbook_ends_with_one_clear_error(where, tmp_path):
    book = openpyxl.Workbook()
    for row in [("report_id", "text"), *((f"r{i}", f"report {i * 7919}") for i in range(200))]:
        book.active.append(row)
    book.save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as archive:
        sheet = archive.getinfo("xl/worksheets/sheet1.xml")
    data = bytearray((tmp_path / "whole.xlsx").read_bytes())
    at = sheet.header_offset + 60 + int(where * (sheet.compress_size - 60))
    data[at : at + 40] = bytes(40)
    (tmp_path / "torn.xlsx").write_bytes(data)
    with pytest.raises(ReportsError, match="no readable Excel workbook"):
        list(raw_chunks(tmp_path / "torn.xlsx", None))


def full(limit: int, *arguments: object) -> subprocess.CompletedProcess[str]:
    """The command on a disk where no file can grow beyond ``limit`` bytes."""

    def bound() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    command = [sys.executable, "-m", "pathmtl.cli", *map(str, arguments)]
    return subprocess.run(command, preexec_fn=bound, capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("name", ["out.csv", "out.csv.gz", "out.parquet"])
def test_a_full_disk_ends_with_one_line_and_nothing_under_the_name(name, tmp_path):
    source, out = tmp_path / "in.csv", tmp_path / name
    ids = [f"report-with-a-long-name-{i:05}" for i in range(600)]
    pd.DataFrame({"report_id": ids, "text": "Stage: pT2"}).to_csv(source, index=False)
    done = full(2000, "label", source, "--out", out, "--quiet")
    assert done.returncode == 2 and done.stderr.startswith("pathmtl: ") and done.stderr.count("\n") == 1, done.stderr
    assert not out.exists()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch):
    path = tmp_path / "t.csv"
    path.write_text("old")
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        write_csv(pd.DataFrame({"a": [1]}), path)
    assert path.read_text() == "old" and [each.name for each in tmp_path.iterdir()] == ["t.csv"]
