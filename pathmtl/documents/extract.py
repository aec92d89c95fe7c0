"""From documents to text, on two paths (paper, S1): the native text layer where it can be trusted, OCR where it cannot.

Every document is read in a worker process, within limits on time and memory. Whatever a file does, the batch continues and the
manifest says what happened.
"""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pathmtl.documents.batch import BATCH_FILES, MANIFEST_COLUMNS, WITH_TEXT, Batch
from pathmtl.documents.document import STATUSES, Document, ExtractionSettings, Page
from pathmtl.documents.estimate import estimate
from pathmtl.documents.isolation import Bounds, Reading, Watch, Worker
from pathmtl.files import sha256_of
from pathmtl.progress import Progress, announce
from pathmtl.scale import mapped

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["STATUSES", "SUFFIXES", "Bounds", "Document", "ExtractionSettings", "Page", "extract_document", "extract_folder"]

SUFFIXES: frozenset[str] = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".txt", ".docx", ".doc", ".rtf", ".hl7"})
#: Tables, which a folder of documents may hold beside them.
_TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xls", ".jsonl", ".json", ".parquet", ".gz"})
REPORT_COLUMNS = ("report_id", "patient_id", "text")
_ANNOUNCED = 60.0  # seconds: longer work is announced before it begins


def extract_document(path: str | Path, settings: ExtractionSettings | None = None, *, bounds: Bounds | None = None) -> Document:
    """Read one document in a worker process of its own (paper, S1).

    Parameters
    ----------
    path : str or Path
        A file with one of ``SUFFIXES``. Its kind is judged by its content, not by its name.
    settings : ExtractionSettings, optional
        Engine, use of OCR, resolution and size limits.
    bounds : Bounds, optional
        Limits on time and memory.

    Returns
    -------
    Document
        If the file could not be read, its ``status`` is not ``"ok"`` and its ``reason`` says why.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    OcrUnavailable
        A page needs OCR, which is not installed.

    Examples
    --------
    >>> document = extract_document("report.pdf", ExtractionSettings(ocr="never"))  # doctest: +SKIP
    >>> document.status, len(document.pages)  # doctest: +SKIP
    ('ok', 2)
    """
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file")
    with Worker(bounds or Bounds()) as worker:
        return _read(worker, path, str(path), settings or ExtractionSettings())


def extract_folder(
    folder: str | Path,
    settings: ExtractionSettings | None = None,
    *,
    bounds: Bounds | None = None,
    out: str | Path | None = None,
    progress: bool = True,
    patient_of: Callable[[str], str] | None = None,
    dask: str | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read every document in a folder and its subfolders, in sorted order, with one worker (paper, S1).

    Parameters
    ----------
    folder : str or Path
        Searched for files with one of ``SUFFIXES``.
    settings, bounds
        As for ``extract_document``; ``bounds`` apply to each document.
    out : str or Path, optional
        Folder for ``manifest.csv`` and ``reports.jsonl.gz``, to which each document is added when it is finished. If it holds a
        batch already, the batch is resumed: documents with the same path and SHA-256 are not read again, not even failed ones
        (delete a document's row from the manifest to have it read again). None writes nothing.
    progress : bool
        Show a progress bar, after an estimate if OCR will take more than a minute.
    patient_of : callable, optional
        From a report's id to its patient's id. By default each report belongs to a patient of its own.
    dask : str, optional
        Read on this cluster (``scale.cluster``), whose workers must see ``folder`` under the same path.

    Returns
    -------
    reports : pandas.DataFrame
        Columns ``report_id, patient_id, text``: the documents with status ``ok`` or ``partial``. A report's id is its path in
        ``folder`` without the suffix (with it, if two files differ only in their suffix).
    manifest : pandas.DataFrame
        Columns ``path, pages, engine, seconds, status, reason, sha256``: every document, and (status ``skipped``) every file
        that is none, except hidden ones.

    Raises
    ------
    NotADirectoryError
        ``folder`` is not a folder.
    ValueError
        ``out`` holds a batch that was read with other settings.
    OcrUnavailable
        A page needs OCR, which is not installed.
    """
    import pandas as pd

    folder = Path(folder)
    if not folder.is_dir():
        raise NotADirectoryError(f"{folder}: no such folder")
    settings = settings or ExtractionSettings()
    names, others = find_files(folder, exclude=Path(out) if out is not None else None)
    ids = report_ids(names)
    batch = Batch(Path(out) if out is not None else None, settings)
    for name in others:
        if name not in batch.rows:
            batch.add(Document(name, (), 0.0, "skipped", _why_skipped(folder, name), ""), None)
    unread = _unread(folder, names, batch, progress)
    with Worker(bounds or Bounds()) as worker:
        if progress and unread:
            _announce(worker, [folder / name for name in unread], settings, done=len(names) - len(unread), stored=out is not None)
        with Progress("reading", len(unread), unit="document", visible=progress and bool(unread)) as bar:

            def watch(phase: str, page: int, pages: int) -> None:
                if phase == "ocr" or pages > 1:
                    bar.note(f"{'OCR of page' if phase == 'ocr' else 'page'} {page} of {pages}")

            here = functools.partial(_read_named, worker, folder, settings=settings, watch=watch)
            there = functools.partial(_read_there, bounds or Bounds(), folder.absolute(), settings)
            for document in mapped(there if dask else here, unread, dask):
                name = document.path
                report = None
                if document.status in WITH_TEXT:
                    patient = patient_of(ids[name]) if patient_of else ids[name]
                    report = {"path": name, "report_id": ids[name], "patient_id": patient, "text": document.text}
                batch.add(document, report)
                bar.step()
    manifest = pd.DataFrame([batch.rows[name] for name in sorted([*names, *others])], columns=list(MANIFEST_COLUMNS))
    reports = pd.DataFrame([batch.reports[name] for name in names if name in batch.reports], columns=list(REPORT_COLUMNS))
    return reports, manifest.astype({"pages": int, "seconds": float})


def _read_named(worker: Worker, folder: Path, name: str, settings: ExtractionSettings, watch: Watch) -> Document:
    return _read(worker, folder / name, name, settings, watch)


@functools.lru_cache(maxsize=1)
def _own_worker(bounds: Bounds) -> Worker:
    """The reading process of a Dask worker, which ends with it: it exits when its pipe is closed."""
    return Worker(bounds)


def _read_there(bounds: Bounds, folder: Path, settings: ExtractionSettings, name: str) -> Document:
    return _read(_own_worker(bounds), folder / name, name, settings)


def find_files(folder: Path, exclude: Path | None = None) -> tuple[list[str], list[str]]:
    """Paths under ``folder`` (POSIX style, sorted): those with one of ``SUFFIXES``, and the others.

    A link to a file outside of ``folder`` is among the others. Hidden files and those under ``exclude`` (a batch of an earlier
    call) are in neither.
    """
    skip = exclude.resolve() if exclude is not None else None
    documents, others = [], []
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_dir() or any(part.startswith(".") for part in name.parts):
            continue
        if skip is not None and path.resolve().is_relative_to(skip) and (skip != folder.resolve() or path.name in BATCH_FILES):
            continue
        read = path.suffix.lower() in SUFFIXES and not _leads_out(folder, path)
        (documents if read else others).append(name.as_posix())
    return sorted(documents), sorted(others)


def _leads_out(folder: Path, path: Path) -> bool:
    return path.is_symlink() and path.is_file() and not path.resolve().is_relative_to(folder.resolve())


def _why_skipped(folder: Path, name: str) -> str:
    if _leads_out(folder, folder / name):
        return "a link to a file outside of the folder; give the folder that holds it, or copy it"
    suffix = name[name.rfind(".") :].lower() if "." in name else "a file without ending"
    fix = "give the table itself, not its folder" if suffix in _TABLES else "save it as PDF, DOCX or TXT"
    return f"{suffix} is not read as a document; if it holds reports, {fix}"


def report_ids(names: list[str]) -> dict[str, str]:
    """Id of each report: its path without the suffix, or with it where two would be the same."""
    stems = {name: name[: name.rfind(".")] for name in names}
    count = Counter(stems.values())
    return {name: stem if count[stem] == 1 else name for name, stem in stems.items()}


def _digest(path: Path) -> str:
    """SHA-256 of a regular file; empty for anything else (reading a pipe would never end)."""
    try:
        return sha256_of(path) if path.is_file() else ""
    except OSError:
        return ""


def _unread(folder: Path, names: list[str], batch: Batch, progress: bool) -> list[str]:
    """The documents that are not in the batch, or have changed since."""
    unread = []
    with Progress("checking", len(names), unit="document", visible=progress and bool(batch.rows)) as bar:
        for name in names:
            if name not in batch.rows or batch.rows[name]["sha256"] != _digest(folder / name):
                unread.append(name)
            bar.step()
    return unread


def _announce(worker: Worker, paths: list[Path], settings: ExtractionSettings, *, done: int, stored: bool) -> None:
    """Say how many documents were read before, and how long the rest will take if that is more than a minute."""
    if done:
        announce(f"{done:,} documents were read before and are not read again")
    cost = estimate(worker, paths, settings)
    if cost.seconds[1] > _ANNOUNCED:
        announce(str(cost))
        if not stored:
            announce(
                "if stopped, this is lost; to be able to resume, run `pathmtl extract FOLDER --out READ` and give READ instead"
            )


def _read(worker: Worker, path: Path, name: str, settings: ExtractionSettings, watch: Watch | None = None) -> Document:
    start = time.perf_counter()

    def document(pages: tuple[Page, ...], status: str, reason: str, digest: str) -> Document:
        return Document(name, pages, time.perf_counter() - start, status, reason, digest)

    if not path.is_file():
        return document((), "refused", "not a regular file", "")
    if path.stat().st_size > settings.max_bytes:
        return document((), "refused", f"{path.stat().st_size:,} bytes: more than {settings.max_bytes:,}", "")
    digest = _digest(path)
    if not digest:
        return document((), "damaged", "the file cannot be opened", "")
    reading = worker.read(path, settings, watch)
    if reading.status in ("timeout", "memory", "crash") and reading.phase == "native" and settings.engine == "pypdf2":
        second = worker.read(path, replace(settings, engine="pdfium"), watch)
        if second.status == "ok":
            note = f"PyPDF2 gave up ({reading.status}: {reading.reason})"
            reading = Reading(second.pages, second.count, "ok", "; ".join(filter(None, (note, second.reason))), second.phase)
    status, reason = _verdict(reading)
    return document(reading.pages, status, reason, digest)


def _verdict(reading: Reading) -> tuple[str, str]:
    """Status and reason of a document, from how its reading ended and which pages have text."""
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
