"""Extraction through its public door: every kind of file gets a status and a reason, and a batch resumes."""

from __future__ import annotations

import gzip
import json
import os
import random
import zipfile
import zlib
from pathlib import Path

import extract_samples as samples
import pandas as pd
import pytest

from pathmtl.documents import extract
from pathmtl.documents.batch import is_batch, read_batch
from pathmtl.documents.document import STATUSES, ExtractionSettings
from pathmtl.documents.extract import extract_document, extract_folder
from pathmtl.documents.isolation import Bounds, Worker

REAL = Path(os.environ.get("PATHMTL_REAL", Path(__file__).resolve().parents[2] / "shared" / "real")) / "pdfs"
needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real PDFs are not here: set PATHMTL_REAL")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals or special files")

GOOD = samples.pdf(2)
HELLO = b"BT /F1 12 Tf 50 700 Td (Hello there, pathologist) Tj ET"
TEXT = "Final diagnosis: invasive lobular carcinoma, pT2 pN0(sn).\n"


def encryption(user: str) -> samples.StandardEncryption:
    return samples.StandardEncryption(user, ownerPassword="owner", strength=128)


# name: (bytes, status, words of the reason)
FILES = {
    "good.pdf": (GOOD, "ok", "text layer trusted"),
    "note.txt": (TEXT.encode(), "ok", "text file"),
    "latin.txt": ("Größe 2 cm".encode("latin-1"), "ok", "cp1252"),
    "wide.txt": (TEXT.encode("utf-16"), "ok", "utf-16"),
    "pdf_named_text.txt": (GOOD, "ok", "named .txt, holds PDF"),
    "junk_before.pdf": (b"\r\n\r\nfrom the mail gateway\r\n" + GOOD, "ok", "text layer trusted"),
    "empty_password.pdf": (samples.pdf(encrypt=encryption("")), "ok", "text layer trusted"),
    "huge_page.pdf": (samples.stream_pdf(zlib.compress(HELLO), box=b"0 0 9999999 9999999"), "ok", "text layer trusted"),
    "cut_tail.pdf": (samples.pdf(1)[:-200], "partial", "1 of 1 pages read; damaged: its end is missing"),
    "zero_bytes.pdf": (b"", "empty", "zero bytes"),
    "blank.txt": (b" \n\n", "empty", "no text"),
    "blank_page.pdf": (samples.pdf(1, lines=()), "empty", "blank page"),
    "no_pages.pdf": (samples.nested_pdf(), "empty", "without pages"),
    "password.pdf": (samples.pdf(encrypt=encryption("secret")), "encrypted", "password"),
    "cut_in_half.pdf": (GOOD[: len(GOOD) // 2], "damaged", "can open it"),
    "noise.pdf": (b"%PDF-1.4\n" + random.Random(1).randbytes(5000), "damaged", "can open it"),
    "page_tree_loop.pdf": (samples.loop_pdf(), "damaged", "no page can be read"),
    "archive.pdf": (b"PK\x03\x04" + bytes(500), "damaged", "holds neither"),
    "prose.pdf": (TEXT.encode() * 20, "damaged", "holds no such document"),
    "noise.txt": (b"\x00\x01\x02\x03" * 99, "damaged", "holds neither"),
    "table.csv": (b"a,b", "skipped", "give the table itself"),
    "slides.pptx": (b"PK\x03\x04" + bytes(500), "skipped", "save it as PDF"),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "refused", "save it as .docx or PDF"),
    "rich.rtf": (rb"{\rtf1\ansi pT2\par pN1a}", "ok", "RTF"),
    "rich.txt": (rb"{\rtf1\ansi pT2\par pN1a}", "ok", "named .txt, holds RTF"),
    "broken.docx": (b"PK\x03\x04" + bytes(500), "damaged", "holds neither"),
    "message.hl7": (b"MSH|^~\\&|A|B|C|D|20200101||ORU^R01|1|P|2.5\rOBX|1|TX|1^Diagnosis||pT2\r", "ok", "HL7"),
    "messages.hl7": (b"MSH|^~\\&|A\rOBX|1|TX|1||pT2\rMSH|^~\\&|A\rOBX|1|TX|1||pT3\r", "refused", "give the file itself"),
    "noise.png": (b"\x89PNG\r\n\x1a\n" + bytes(200), "damaged", "picture"),
    "long.pdf": (samples.pdf(60, lines=("x",)), "refused", "60 pages: more than max_pages=50"),
    "endless.txt": (b"nothing but words " * 60_000, "refused", "characters"),
    "figure.pdf": (samples.pdf(1, figure=samples.picture(("a table",), size=(200, 200))), "ok", "a picture on 24% of the page"),
    "pixels.png": (samples.huge_picture(), "refused", "pixels"),
    "pixels_named.pdf": (samples.huge_picture(), "refused", "pixels"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = samples.write(tmp_path_factory.mktemp("documents"), {name: data for name, (data, _, _) in FILES.items()})
    (folder / ".hidden.txt").write_text("hidden")
    return folder


@pytest.fixture(scope="module")
def tables(folder: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    return extract_folder(folder, ExtractionSettings(max_pages=50), progress=False)


def test_a_folder_has_one_row_a_document(tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    reports, manifest = tables
    assert list(reports.columns) == ["report_id", "patient_id", "text"]
    assert list(manifest.columns) == ["path", "pages", "engine", "seconds", "status", "reason", "sha256"]
    assert list(manifest["path"]) == sorted(FILES)
    assert set(manifest["status"]) <= set(STATUSES)
    assert len(reports) == manifest["status"].isin(["ok", "partial"]).sum()
    assert manifest.loc[manifest["status"] != "skipped", "sha256"].str.len().eq(64).all()


@pytest.mark.parametrize("name", FILES)
def test_each_file_gets_its_status_and_reason(name: str, tables: tuple[pd.DataFrame, pd.DataFrame]) -> None:
    row = tables[1].set_index("path").loc[name]
    _, status, reason = FILES[name]
    assert (row["status"], reason in row["reason"]) == (status, True), row["reason"]


def test_ids_are_paths_without_suffix_unless_they_collide() -> None:
    names = ["p1/a.pdf", "p1/a.txt", "p1/b.pdf", "c.v2.pdf"]
    assert extract.report_ids(names) == {"p1/a.pdf": "p1/a.pdf", "p1/a.txt": "p1/a.txt", "p1/b.pdf": "p1/b", "c.v2.pdf": "c.v2"}


def test_text_and_patients(tmp_path: Path) -> None:
    samples.write(tmp_path, {"p1/first.txt": b"one", "p1/later/second.txt": b"two", "loose.txt": b"three"})
    reports, _ = extract_folder(tmp_path, progress=False)
    assert reports.to_dict("list") == {
        "report_id": ["loose", "p1/first", "p1/later/second"],
        "patient_id": ["loose", "p1/first", "p1/later/second"],
        "text": ["three", "one", "two"],
    }
    reports, _ = extract_folder(tmp_path, progress=False, patient_of=str.upper)
    assert list(reports["patient_id"]) == ["LOOSE", "P1/FIRST", "P1/LATER/SECOND"]


@pytest.mark.parametrize("engine", ["pypdf2", "pdfium"])
def test_native_engines_read_the_same_words(engine: str, tmp_path: Path) -> None:
    path = samples.write(tmp_path, {"a.pdf": GOOD}) / "a.pdf"
    document = extract_document(path, ExtractionSettings(engine=engine))
    assert [page.engine for page in document.pages] == [engine, engine]
    assert " ".join(samples.REPORT) in " ".join(document.pages[0].text.split())
    assert "Page 2 of 2" in document.text and document.status == "ok"


def test_a_page_that_pypdf2_cannot_read_is_read_by_pdfium(tmp_path: Path) -> None:
    run = bytes([len(HELLO) - 1]) + HELLO + b"\x80"
    packed = samples.stream_pdf(run, b"/RunLengthDecode")  # legal, but PyPDF2 3.0 lacks it
    document = extract_document(samples.write(tmp_path, {"a.pdf": packed}) / "a.pdf")
    assert document.status == "ok" and document.pages[0].engine == "pdfium"
    assert "PyPDF2" in document.pages[0].reason


def test_a_form_whose_layer_tears_rows_apart_is_put_in_order(tmp_path: Path) -> None:
    labels = ("Pathological T", "Pathological N", "Nodes sampled", "Nodes positive", "Grade")
    values = ("T4", "N1", "12", "1", "III")
    column = "BT /F1 12 Tf 24 TL 1 0 0 1 {x} 700 Tm {cells} ET\n"
    content = "".join(
        column.format(x=x, cells=" ".join(f"({cell}) Tj T*" for cell in cells)) for x, cells in ((50, labels), (400, values))
    )
    torn = samples.stream_pdf(zlib.compress(content.encode()))
    document = extract_document(samples.write(tmp_path, {"a.pdf": torn}) / "a.pdf")
    assert document.text.split("\n")[:2] == ["Pathological T T4", "Pathological N N1"]
    assert "torn apart" in document.pages[0].reason


@posix
def test_special_files_are_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")
    os.symlink("/dev/zero", tmp_path / "endless.pdf")
    os.symlink("/nowhere/at/all", tmp_path / "dangling.pdf")
    (tmp_path / "folder.pdf").mkdir()
    _, manifest = extract_folder(tmp_path, progress=False)
    assert dict(zip(manifest["path"], manifest["status"], strict=True)) == {
        "dangling.pdf": "refused",
        "endless.pdf": "refused",
        "pipe.pdf": "refused",
    }


def test_a_batch_resumes_and_reads_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = samples.write(tmp_path / "in", {f"{i}.txt": f"report {i}".encode() for i in range(5)})
    whole = extract_folder(source, out=tmp_path / "whole", progress=False)
    read = Worker.read

    def dies_at_three(self: Worker, path: Path, settings: ExtractionSettings, watch: object):  # type: ignore[no-untyped-def]
        if path.name == "3.txt":
            raise KeyboardInterrupt
        return read(self, path, settings)

    out = tmp_path / "out"
    monkeypatch.setattr(Worker, "read", dies_at_three)
    with pytest.raises(KeyboardInterrupt):
        extract_folder(source, out=out, progress=False)
    # what a kill in the middle of a write leaves: a text without its row, half a gzip member, half a row
    with (out / "reports.jsonl.gz").open("ab") as file:
        orphan = {"path": "3.txt", "report_id": "3", "patient_id": "3", "text": "torn"}
        file.write(gzip.compress(json.dumps(orphan).encode() + b"\n"))
        file.write(gzip.compress(b'{"path": "4.txt"')[:20])
    with (out / "manifest.csv").open("ab") as file:
        file.write(b"3.txt,1,pl")
    seen = []

    def counted(self: Worker, path: Path, settings: ExtractionSettings, watch: object):  # type: ignore[no-untyped-def]
        seen.append(path.name)
        return read(self, path, settings)

    monkeypatch.setattr(Worker, "read", counted)
    reports, manifest = extract_folder(source, out=out, progress=False)
    assert seen == ["3.txt", "4.txt"]
    pd.testing.assert_frame_equal(reports, whole[0])
    pd.testing.assert_frame_equal(manifest.drop(columns="seconds"), whole[1].drop(columns="seconds"))
    (source / "1.txt").write_text("a corrected report")
    reports, manifest = extract_folder(source, out=out, progress=False)
    assert seen[2:] == ["1.txt"]
    assert list(reports["text"]) == ["report 0", "a corrected report", "report 2", "report 3", "report 4"]


def test_a_batch_can_be_read_while_it_is_written_and_nothing_is_changed(tmp_path: Path) -> None:
    source = samples.write(tmp_path / "in", {"a.txt": b"one", "b.txt": b"", "c.txt": b"three"})
    out = tmp_path / "out"
    extract_folder(source, out=out, progress=False)
    with (out / "manifest.csv").open("ab") as file:
        file.write(b"d.txt,1,pl")
    with (out / "reports.jsonl.gz").open("ab") as file:
        file.write(gzip.compress(b'{"path": "d.txt"')[:20])
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    reports, rows = read_batch(out)
    assert is_batch(out) and not is_batch(source)
    assert [report["text"] for report in reports] == ["one", "three"]
    assert [(row["path"], row["status"]) for row in rows] == [("a.txt", "ok"), ("b.txt", "empty"), ("c.txt", "ok")]
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_batch_is_not_resumed_with_other_settings(tmp_path: Path) -> None:
    source = samples.write(tmp_path / "in", {"a.txt": b"one"})
    extract_folder(source, out=tmp_path / "out", progress=False)
    with pytest.raises(ValueError, match="engine='pypdf2' \\(now 'pdfium'\\)"):
        extract_folder(source, ExtractionSettings(engine="pdfium"), out=tmp_path / "out", progress=False)


def test_no_table_and_no_file_on_disk_without_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = samples.write(tmp_path / "in", {"a.txt": b"one"})
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    extract_folder(source, progress=False)
    assert sorted(tmp_path.rglob("*")) == before
    reports, manifest = extract_folder(samples.write(tmp_path / "none", {"x.csv": b""}), progress=False)
    assert len(reports) == 0 and manifest["status"].tolist() == ["skipped"]


@pytest.mark.parametrize(
    ("kind", "arguments", "words"),
    [
        (ExtractionSettings, {"engine": "tika"}, "engine='tika'"),
        (ExtractionSettings, {"ocr": "perhaps"}, "ocr='perhaps'"),
        (ExtractionSettings, {"dpi": 10}, "dpi=10"),
        (ExtractionSettings, {"max_pages": 0}, "max_pages=0"),
        (Bounds, {"timeout": 0}, "timeout=0"),
        (Bounds, {"memory_mb": 1}, "memory_mb=1"),
    ],
)
def test_arguments_out_of_range_are_named(kind: type, arguments: dict, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        kind(**arguments)


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        extract_document(tmp_path / "absent.pdf")
    with pytest.raises(NotADirectoryError, match="no such folder"):
        extract_folder(tmp_path / "absent")


def test_nothing_is_printed_about_a_report(
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    rng = random.Random(5)
    samples.write(tmp_path, {f"{i}.pdf": samples.mutated(GOOD, rng) for i in range(5)})
    extract_folder(tmp_path, ExtractionSettings(ocr="never"), progress=False)
    out, err = capfd.readouterr()
    assert (out, err, caplog.text) == ("", "", "")


@needs_real
def test_the_digital_letter_is_read_nearly_whole() -> None:
    from difflib import SequenceMatcher

    document = extract_document(REAL / "9874562_text.pdf")
    truth = (REAL / "9874562.txt").read_text("utf-8")
    assert SequenceMatcher(None, " ".join(document.text.split()), " ".join(truth.split()), autojunk=False).ratio() >= 0.98
    assert {page.engine for page in document.pages} == {"pypdf2"}


@posix
def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = samples.write(tmp_path / "outside", {"secret.txt": b"of another patient"})
    inside = samples.write(tmp_path / "in", {"own.txt": b"a report"})
    os.symlink(outside / "secret.txt", inside / "out.txt")
    os.symlink(outside, inside / "folder", target_is_directory=True)
    os.symlink("own.txt", inside / "same.txt")
    reports, manifest = extract_folder(inside, progress=False)
    assert list(reports["report_id"]) == ["own", "same"]
    assert dict(zip(manifest["path"], manifest["status"], strict=True)) == {
        "own.txt": "ok",
        "same.txt": "ok",
        "out.txt": "skipped",
    }
    assert manifest.set_index("path")["reason"]["out.txt"].startswith("a link to a file outside")


def test_a_word_file_that_unpacks_to_a_bomb_is_refused_unread(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.docx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * 110_000_000)
    _, manifest = extract_folder(tmp_path, progress=False)
    assert manifest["status"].tolist() == ["damaged"] and "huge once unpacked" in manifest["reason"][0]
