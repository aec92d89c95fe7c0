"""The estimate of how long a folder takes, shown before it is read."""

from __future__ import annotations

from pathlib import Path

import extract_samples as samples
import pytest

from pathmtl.documents import extract
from pathmtl.documents.document import ExtractionSettings
from pathmtl.documents.estimate import OCR_SECONDS, SAMPLE_SHARE, Estimate, estimate
from pathmtl.documents.isolation import Bounds, Reading, Worker

SCAN = samples.picture(samples.REPORT, size=(620, 877), points=13, left=40)
FILES = {
    "native.pdf": samples.pdf(3),
    "scan.pdf": samples.pdf(2, lines=(), scan=SCAN),
    "layered.pdf": samples.pdf(1, scan=SCAN, hidden=True),
    "note.txt": b"the text of a report",
    "broken.pdf": b"%PDF-1.4 and no more",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return samples.write(tmp_path_factory.mktemp("documents"), FILES)


@pytest.mark.parametrize(
    ("ocr", "engine", "pages"),
    [
        ("auto", "easyocr", 2 + SAMPLE_SHARE),
        ("auto", "rapidocr", 2 + SAMPLE_SHARE),
        ("always", "easyocr", 6),
        ("never", "easyocr", 0),
    ],
)
def test_pages_that_need_ocr_are_counted(ocr: str, engine: str, pages: float, folder: Path) -> None:
    settings = ExtractionSettings(ocr=ocr, ocr_engine=engine)
    with Worker(Bounds()) as worker:
        cost = estimate(worker, [folder / name for name in [*FILES, "absent.pdf"]], settings)
    assert (cost.documents, cost.pages, cost.exact) == (6, 7, True)
    assert cost.ocr_pages == pytest.approx(pages)
    assert cost.seconds == pytest.approx(tuple(seconds * pages for seconds in OCR_SECONDS[engine]))


def test_a_large_folder_is_extrapolated_from_a_few_documents(folder: Path) -> None:
    with Worker(Bounds()) as worker:
        cost = estimate(worker, [folder / "scan.pdf"] * 400, ExtractionSettings())
    assert (cost.documents, cost.pages, cost.ocr_pages, cost.exact) == (400, 800, 800, False)


def test_an_estimate_reads_as_a_sentence() -> None:
    said = str(Estimate(1_000, 2_345.6, 400.2, exact=False, engine="easyocr"))
    assert said.startswith("1,000 documents, about 2,346 pages, of which about 400 need OCR: 67 min to 6.7 h on two CPU cores")
    assert (short := str(Estimate(2, 3, 1, exact=True, engine="easyocr"))) and "about" not in short and "10 s to 60 s" in short
    assert str(Estimate(0, 0, 0, exact=True, engine="easyocr")).startswith("0 documents")


@pytest.mark.parametrize("kept", [False, True])
def test_an_hour_of_ocr_is_announced_and_a_moment_of_reading_is_not(
    kept: bool, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def unread(self: Worker, path: Path, settings: ExtractionSettings, watch: object = None) -> Reading:
        if settings.ocr == "auto" and path.name != "note.txt":
            return Reading((), 1, "damaged", "not read in this test", "native")
        return read(self, path, settings)

    read = Worker.read
    monkeypatch.setattr(Worker, "read", unread)
    out = tmp_path / "out" if kept else None
    extract.extract_folder(folder, ExtractionSettings(ocr_engine="easyocr"), out=out)
    said = capfd.readouterr().err
    assert "5 documents, 7 pages, of which 2 need OCR" in said and "the text" not in said
    assert ("if stopped, this is lost" in said) is not kept
    extract.extract_folder(folder, ExtractionSettings(ocr_engine="easyocr"), out=out, progress=False)
    assert capfd.readouterr().err == ""
    (tmp_path / "quick").mkdir()
    (tmp_path / "quick" / "note.txt").write_text("the text of a report")
    extract.extract_folder(tmp_path / "quick")
    assert capfd.readouterr().err == ""


def test_a_resumed_batch_says_what_is_not_read_again(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    source = samples.write(tmp_path / "in", {"a.txt": b"one", "b.txt": b"two"})
    extract.extract_folder(source, out=tmp_path / "out", progress=False)
    (source / "c.txt").write_text("three")
    reports, _ = extract.extract_folder(source, out=tmp_path / "out")
    assert list(reports["text"]) == ["one", "two", "three"]
    assert capfd.readouterr().err.strip() == "2 documents were read before and are not read again"
