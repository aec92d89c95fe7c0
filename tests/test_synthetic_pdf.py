"""Rendered documents: what a PDF reader finds in each mode."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from pathmtl_synthetic.generate import generate
from PyPDF2 import PdfReader

pytest.importorskip("reportlab", reason="reportlab draws the PDFs (extra dev)")
pdf = pytest.importorskip("pathmtl_synthetic.pdf")

TEXT = "FINAL DIAGNOSIS:\nLeft breast: invasive ductal carcinoma, pT1c pN0(sn), ≤ 20 mm.\n" * 30
OTHER = "Right lung: adenocarcinoma, pT2a pN1."


def read(document: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(document)).pages)


def test_native_text_reads_back() -> None:
    assert "invasive ductal carcinoma, pT1c pN0(sn), ≤ 20 mm." in read(pdf.render(TEXT, "native", 1))


@pytest.mark.parametrize("mode", ["clean_scan", "bad_scan"])
def test_scans_have_no_text(mode: str) -> None:
    document = pdf.render(TEXT, mode, 1)
    assert read(document).strip() == ""
    assert len(PdfReader(io.BytesIO(document)).pages) == len(PdfReader(io.BytesIO(pdf.render(TEXT, "native", 1))).pages)


def test_wrong_layer_reads_as_another_report() -> None:
    found = read(pdf.render(TEXT, "wrong_text_layer", 1, OTHER))
    assert "adenocarcinoma" in found and "ductal" not in found


def test_unmapped_fonts_do_not_read() -> None:
    pdf.render(TEXT, "native", 1)  # registers the readable font first: the two must not share an encoding
    found = read(pdf.render(TEXT, "unmapped_fonts", 1))
    assert "carcinoma" not in found and len(found) > 500


@pytest.mark.parametrize("mode", pdf.MODES)
def test_same_seed_same_bytes(mode: str) -> None:
    assert pdf.render(TEXT, mode, 3, OTHER) == pdf.render(TEXT, mode, 3, OTHER)


def test_an_unknown_mode_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown mode"):
        pdf.render(TEXT, "fax", 1)


def test_a_corpus_has_every_mode_and_a_manifest(tmp_path: Path) -> None:
    paths = pdf.render_corpus(generate(200, 2), tmp_path, 5, 2)
    with open(tmp_path / "manifest.csv", newline="") as source:
        manifest = list(csv.DictReader(source))
    assert [row["mode"] for row in manifest] == list(pdf.MODES)
    assert [row["file"] for row in manifest] == [path.name for path in paths]
    reports = {row["report_id"]: row for row in generate(200, 2)}
    native = next(row for row in manifest if row["mode"] == "native")
    words = reports[native["report_id"]]["text"].split()
    found = read((tmp_path / native["file"]).read_bytes())
    assert sum(word in found for word in words) > 0.98 * len(words)


def test_the_bundled_pdfs_are_small_and_listed() -> None:
    folder = Path(__file__).parents[1] / "data_synthetic" / "pdfs"
    with open(folder / "manifest.csv", newline="") as source:
        manifest = list(csv.DictReader(source))
    assert len(manifest) >= 20 and {row["mode"] for row in manifest} == set(pdf.MODES)
    assert sorted(row["file"] for row in manifest) == sorted(path.name for path in folder.glob("*.pdf"))
    assert sum(path.stat().st_size for path in folder.iterdir()) < 6e6
