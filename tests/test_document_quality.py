"""The bundled PDFs beside their truth, recorded OCR, and manifests of other sources."""

import gzip
import json

import pandas as pd
import pytest

from pathmtl.cohort import ReportsError
from pathmtl.review import document_quality as quality

PDFS = quality.bundled_pdfs()


def test_every_bundled_document_has_its_truth():
    assert set(PDFS["mode"]) == set(quality.KINDS) and PDFS["path"].map(lambda path: path.is_file()).all()
    assert PDFS["truth"].str.len().min() > 200
    assert PDFS.loc[PDFS["mode"] == "wrong_text_layer", "text_layer_of"].ne("").all()


def test_readings_are_compared_in_similarity_and_labels():
    first = PDFS.groupby("mode").head(1)
    strangers = PDFS[PDFS["mode"] == "wrong_text_layer"]
    two = pd.concat([first[first["mode"] == "native"], strangers, first[first["mode"] == "clean_scan"]], ignore_index=True)
    compared = quality.compare(two, quality.read_native(two["path"], "pypdf2"), "PyPDF2")
    table = quality.by_kind(pd.concat([compared, quality.compare(two.head(1), {two["file"][0]: ""}, "nothing")]))
    assert list(table.index) == [
        ("digital", "PyPDF2"),
        ("digital", "nothing"),
        ("clean scan", "PyPDF2"),
        ("wrong text layer", "PyPDF2"),
    ]
    digital, blank, scan, wrong = table.itertuples()
    assert digital.similarity > 0.98 and digital.kept == digital.stated > 0 == digital.wrong
    assert blank.similarity == scan.similarity == blank.kept == 0 < scan.stated
    assert 0 < wrong.similarity < 0.6 and wrong.wrong > 0, "a stranger's labels"


def test_recorded_ocr_is_dropped_where_the_document_has_changed(tmp_path):
    two = PDFS.head(2)
    rows = [
        {
            "file": two["file"][0],
            "sha256": quality.sha256_of(two["path"][0]),
            "pages": 1,
            "seconds": 9.5,
            "text": "as read",
        },
        {"file": two["file"][1], "sha256": "0" * 64, "pages": 1, "seconds": 9.5, "text": "of an older drawing"},
        {"file": "gone.pdf", "sha256": "0" * 64, "pages": 1, "seconds": 9.5, "text": "of none"},
    ]
    path = tmp_path / "ocr.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    recorded = quality.recorded_ocr(two, path)
    assert recorded.to_dict("records") == [{"file": two["file"][0], "pages": 1, "seconds": 9.5, "text": "as read"}]
    assert quality.recorded_ocr(two, tmp_path / "none").empty


def test_a_folder_has_a_manifest_and_a_table_has_none(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text("words")
    (source / "b.pdf").write_text("")
    manifest = quality.read_manifest(source, progress=False)
    assert list(manifest["status"]) == ["ok", "empty"] and "text" not in manifest
    quality.extract_folder(source, out=tmp_path / "read", progress=False)
    again = quality.read_manifest(tmp_path / "read")
    pd.testing.assert_frame_equal(again.drop(columns="seconds"), manifest.drop(columns="seconds"))
    assert quality.read_manifest("bundled").empty
    with pytest.raises(ReportsError, match="does not exist"):
        quality.read_manifest(tmp_path / "nowhere")
    with pytest.raises(ReportsError, match="holds no document"):
        (tmp_path / "none").mkdir()
        quality.read_manifest(tmp_path / "none")


def test_reasons_are_counted_without_pages_and_figures():
    notes = ["p1-2: text layer trusted; p3: unmapped font: 49% of the characters", "p1: text layer trusted", "", "zero bytes"]
    counted = quality.reasons(pd.DataFrame({"reason": notes}))
    assert counted.to_dict() == {"text layer trusted": 2, "unmapped font: n% of the characters": 1, "zero bytes": 1}
