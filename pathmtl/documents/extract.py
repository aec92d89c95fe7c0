"""Documents to text, by two paths (paper, S1): the native text layer where it can be trusted, OCR of the picture where not.

Every document is read in a worker process within bounds of time and memory; whatever a file does, the batch goes on and
the manifest says what happened.
"""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from pathmtl.documents.batch import MANIFEST_COLUMNS, WITH_TEXT, Batch, Memory, reports_of
from pathmtl.documents.document import STATUSES, Document, Page, Settings
from pathmtl.documents.estimate import estimate
from pathmtl.documents.isolation import Bounds, Reading, Watch, Worker
from pathmtl.progress import Progress, announce

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STATUSES", "SUFFIXES", "Document", "Page", "extract_document", "extract_folder"]

SUFFIXES: frozenset[str] = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".txt"})
REPORT_COLUMNS = ("report_id", "patient_id", "text")
_WORTH_SAYING = 60.0  # seconds: longer work is announced before it begins


def extract_document(
    path: str | Path,
    *,
    engine: str = "pypdf2",
    ocr: str = "auto",
    dpi: int = 200,
    timeout: float = 60.0,
    ocr_timeout: float = 600.0,
    memory_mb: int = 6000,
    max_pages: int = 200,
) -> Document:
    """Read one document in a worker process of its own.

    Args:
        path: a file with one of ``SUFFIXES``; what it holds is told from its contents.
        engine: native-text engine, ``pypdf2`` (the paper's) or ``pdfium``.
        ocr: ``auto``, ``always`` or ``never``.
        dpi: dots an inch for drawing a page for OCR.
        timeout: seconds for native reading, ``ocr_timeout`` seconds for the OCR of one page, ``memory_mb`` MiB in all.
        max_pages: longer documents are refused.

    Returns:
        The document; a file that cannot be read has another ``status`` than ``ok``, and a reason.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: an argument outside its range.
        OcrUnavailable: a page needs OCR, which is not installed.
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    settings = Settings(engine=engine, ocr=ocr, dpi=dpi, max_pages=max_pages)
    with Worker(Bounds(timeout, ocr_timeout, memory_mb)) as worker:
        return _read(worker, path, str(path), settings)


def extract_folder(
    folder: str | Path,
    *,
    out: str | Path | None = None,
    engine: str = "pypdf2",
    ocr: str = "auto",
    dpi: int = 200,
    timeout: float = 60.0,
    ocr_timeout: float = 600.0,
    memory_mb: int = 6000,
    max_pages: int = 200,
    progress: bool = True,
    patient_of: Callable[[str], str] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every document under a folder, in sorted order, with one worker.

    Args:
        folder: searched with its subfolders for files with one of ``SUFFIXES``.
        out: folder for ``manifest.csv`` and ``reports.jsonl.gz``, written as documents are finished. Called again with the same
            folder, finished documents (same path, same SHA-256) are not read again, failed ones included; delete a document's
            row of the manifest to have it read again. None writes nothing.
        progress: a bar (in a terminal or notebook), after an estimate where pages that need OCR will take more than a minute.
        patient_of: patient of a report from its id; by default each report is a patient of its own.
        engine, ocr, dpi, timeout, ocr_timeout, memory_mb, max_pages: as in ``extract_document``.

    Returns:
        ``(reports, manifest)``: columns ``report_id, patient_id, text`` (documents with status ``ok`` or ``partial``), and
        ``path, pages, engine, seconds, status, reason, sha256`` (every document). A report's id is its path under ``folder``
        without suffix, or with it where two files differ by suffix only.

    Raises:
        NotADirectoryError: ``folder`` is none.
        ValueError: an argument outside its range, or ``out`` holds a batch read with other settings.
        OcrUnavailable: a page needs OCR, which is not installed.
    """
    import pandas as pd

    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: no such folder")
    settings = Settings(engine=engine, ocr=ocr, dpi=dpi, max_pages=max_pages)
    names = find_documents(folder, exclude=Path(out) if out is not None else None)
    ids = report_ids(names)
    batch = Batch(Path(out), settings) if out is not None else Memory()
    unread = _unread(folder, names, batch, progress)
    with Worker(Bounds(timeout, ocr_timeout, memory_mb)) as worker:
        if progress and unread:
            _announce(worker, [folder / name for name in unread], settings, done=len(names) - len(unread), kept=out is not None)
        with Progress("reading", len(unread), unit="document", visible=progress and bool(unread)) as bar:

            def watch(phase: str, page: int, pages: int) -> None:
                if phase == "ocr" or pages > 1:
                    bar.note(f"{'OCR of page' if phase == 'ocr' else 'page'} {page} of {pages}")

            for name in unread:
                document = _read(worker, folder / name, name, settings, watch)
                report = None
                if document.status in WITH_TEXT:
                    patient = patient_of(ids[name]) if patient_of else ids[name]
                    report = {"path": name, "report_id": ids[name], "patient_id": patient, "text": document.text}
                batch.add(document, report)
                bar.step()
    manifest = pd.DataFrame([batch.rows[name] for name in names], columns=list(MANIFEST_COLUMNS))
    reports = pd.DataFrame(reports_of(batch, names), columns=list(REPORT_COLUMNS))
    return reports, manifest.astype({"pages": int, "seconds": float})


def find_documents(folder: Path, exclude: Path | None = None) -> list[str]:
    """Paths under ``folder`` (POSIX style, sorted) with one of ``SUFFIXES``; hidden ones and those under ``exclude`` left out."""
    skip = exclude.resolve() if exclude is not None else None
    names = []
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.suffix.lower() not in SUFFIXES or path.is_dir() or any(part.startswith(".") for part in name.parts):
            continue
        if skip is not None and path.resolve().is_relative_to(skip) and skip != folder.resolve():
            continue
        names.append(name.as_posix())
    return sorted(names)


def report_ids(names: list[str]) -> dict[str, str]:
    """Id of each report: its path without suffix, with it where that would name two."""
    stems = {name: name[: name.rfind(".")] for name in names}
    count = Counter(stems.values())
    return {name: stem if count[stem] == 1 else name for name, stem in stems.items()}


def sha256(path: Path) -> str:
    """SHA-256 of a regular file's bytes, hexadecimal; empty for anything else (a pipe would never end)."""
    try:
        if not path.is_file():
            return ""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _unread(folder: Path, names: list[str], batch: Batch | Memory, progress: bool) -> list[str]:
    """The documents that the batch does not hold, or holds with other contents."""
    unread = []
    with Progress("checking", len(names), unit="document", visible=progress and bool(batch.rows)) as bar:
        for name in names:
            if name not in batch.rows or batch.rows[name]["sha256"] != sha256(folder / name):
                unread.append(name)
            bar.step()
    return unread


def _announce(worker: Worker, paths: list[Path], settings: Settings, *, done: int, kept: bool) -> None:
    """Say what was read before, and how long the rest will take where that is more than a minute."""
    if done:
        announce(f"{done:,} documents were read before and are not read again")
    cost = estimate(worker, paths, settings)
    if cost.seconds[1] > _WORTH_SAYING:
        announce(str(cost))
        if not kept:
            announce("stopped, this is lost: to go on later, run `pathmtl extract FOLDER --out READ`, then give READ instead")


def _read(worker: Worker, path: Path, name: str, settings: Settings, watch: Watch | None = None) -> Document:
    start = time.perf_counter()

    def document(pages: tuple[Page, ...], status: str, reason: str, digest: str) -> Document:
        return Document(name, pages, time.perf_counter() - start, status, reason, digest)

    if not path.is_file():
        return document((), "refused", "not a regular file", "")
    if path.stat().st_size > settings.max_bytes:
        return document((), "refused", f"{path.stat().st_size:,} bytes: more than {settings.max_bytes:,}", "")
    digest = sha256(path)
    if not digest:
        return document((), "damaged", "the file system does not let it be read", "")
    reading = worker.read(path, settings, watch)
    if reading.status in ("timeout", "memory", "crash") and reading.phase == "native" and settings.engine == "pypdf2":
        second = worker.read(path, Settings(**{**settings.as_dict(), "engine": "pdfium"}), watch)
        if second.status == "ok":
            note = f"PyPDF2 gave up ({reading.status}: {reading.reason})"
            reading = Reading(second.pages, second.count, "ok", "; ".join(filter(None, (note, second.reason))), second.phase)
    status, reason = _verdict(reading)
    return document(reading.pages, status, reason, digest)


def _verdict(reading: Reading) -> tuple[str, str]:
    """Status and reason of a document from how its reading ended and which pages have text."""
    has_text = any(page.text.strip() for page in reading.pages)
    failed = [str(number) for number, page in enumerate(reading.pages, 1) if page.engine == "failed"]
    if reading.status != "ok":
        if not has_text:
            return reading.status, reading.reason
        return "partial", f"{len(reading.pages)} of {reading.count} pages read; {reading.status}: {reading.reason}"
    if failed and has_text:
        return "partial", "; ".join(filter(None, (reading.reason, f"unreadable pages: {', '.join(failed)}")))
    if failed:
        return "damaged", "; ".join(filter(None, (reading.reason, "no page can be read")))
    if not has_text:
        return "empty", "; ".join(filter(None, (reading.reason, "no text on any page")))
    return "ok", reading.reason
