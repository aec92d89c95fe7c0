"""A batch of documents: ``manifest.csv`` and ``reports.jsonl.gz``, written document by document so that a batch can be resumed.

A document's text is written before its manifest row, so a row in the manifest means that the document is finished. Whatever an
interruption cut off (a torn row, a torn gzip member, a text without its row) is dropped when the batch is resumed.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from pathmtl.csv_file import escape, unescape
from pathmtl.documents.document import Document, ExtractionSettings
from pathmtl.files import MANIFEST, atomic_write, atomic_writer

MANIFEST_COLUMNS = ("path", "pages", "engine", "seconds", "status", "reason", "sha256")
WITH_TEXT = ("ok", "partial")  # the statuses of documents that are in the table of reports
REPORTS, SETTINGS = "reports.jsonl.gz", "settings.json"
BATCH_FILES = (MANIFEST, REPORTS, SETTINGS)


def manifest_row(document: Document) -> dict[str, str]:
    """One row of the manifest: ``engine`` lists the engine of each page, ``reason`` why each page was read as it was."""
    notes = [document.reason] if document.reason else []
    notes += _runs([page.reason for page in document.pages])
    return {
        "path": document.path,
        "pages": str(len(document.pages)),
        "engine": ";".join(page.engine for page in document.pages),
        "seconds": f"{document.seconds:.3f}",
        "status": document.status,
        "reason": "; ".join(notes),
        "sha256": document.sha256,
    }


def _runs(reasons: list[str]) -> list[str]:
    """The pages' reasons, equal neighbors joined: ``p1-3: text layer trusted``."""
    notes: list[str] = []
    start = 0
    for stop in range(1, len(reasons) + 1):
        if stop == len(reasons) or reasons[stop] != reasons[start]:
            pages = f"p{start + 1}" if stop == start + 1 else f"p{start + 1}-{stop}"
            notes.append(f"{pages}: {reasons[start]}")
            start = stop
    return notes


class Batch:
    """The documents read so far: in memory, and on disk if there is a folder.

    ``rows`` maps a document's path to its row of the manifest, ``reports`` to its row of the table of reports (documents with
    text only).

    Raises
    ------
    ValueError
        The folder holds a batch that was read with other settings.
    """

    def __init__(self, folder: Path | None, settings: ExtractionSettings) -> None:
        self.folder = folder
        self.rows: dict[str, dict[str, str]] = {}
        self.reports: dict[str, dict[str, str]] = {}
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._check_settings(folder / SETTINGS, settings)
            self._resume(folder)

    def add(self, document: Document, report: dict[str, str] | None) -> None:
        """Keep a finished document; ``report`` is its row of the table of reports, None if it has no text."""
        row = manifest_row(document)
        if self.folder is not None:
            if report is not None:
                with (self.folder / REPORTS).open("ab") as file:
                    file.write(_packed(report))
            _append(self.folder / MANIFEST, row)
        self.rows[document.path] = row
        self.reports.pop(document.path, None)
        if report is not None:
            self.reports[document.path] = report

    def _check_settings(self, path: Path, settings: ExtractionSettings) -> None:
        now = asdict(settings)
        if not path.exists():
            atomic_write(path, json.dumps(now, indent=2))
            return
        # Folders of the first version name no OCR engine: there was only one.
        stored = {"ocr_engine": "easyocr"} | json.loads(path.read_text("utf-8"))
        other = [f"{key}={stored.get(key)!r} (now {now[key]!r})" for key in now if stored.get(key) != now[key]]
        if other:
            raise ValueError(f"{path.parent} was read with {', '.join(other)}: give the same settings or another folder")

    def _resume(self, folder: Path) -> None:
        """Load what is finished, and cut everything else off both files."""
        manifest, reports = folder / MANIFEST, folder / REPORTS
        if manifest.exists():
            data = manifest.read_bytes()
            complete = data[: data.rfind(b"\n") + 1]
            if complete != data:
                atomic_write(manifest, complete)
            self.rows = {row["path"]: row for row in _stored_rows(complete)}
        if reports.exists():
            self.reports = _finished_reports(folder, self.rows)
            with atomic_writer(reports) as file:
                for report in self.reports.values():
                    file.write(_packed(report))


def is_batch(folder: Path) -> bool:
    """True for a folder that ``extract_folder`` wrote."""
    return (folder / MANIFEST).is_file() and (folder / SETTINGS).is_file()


def read_batch(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """Read a batch on disk, even while it is being written; nothing is changed.

    Parameters
    ----------
    folder : Path
        A folder that ``extract_folder`` wrote (see ``is_batch``).

    Returns
    -------
    reports : list of dict
        Rows of the table of reports (``path, report_id, patient_id, text``), sorted by path.
    manifest : list of dict
        Rows of the manifest (``MANIFEST_COLUMNS``), sorted by path.
    """
    data = (folder / MANIFEST).read_bytes()
    rows = {row["path"]: row for row in _stored_rows(data[: data.rfind(b"\n") + 1])}
    reports = _finished_reports(folder, rows)
    return [reports[name] for name in sorted(reports)], [rows[name] for name in sorted(rows)]


def _append(manifest: Path, row: dict[str, str]) -> None:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, MANIFEST_COLUMNS, lineterminator="\n")
    if not manifest.exists() or manifest.stat().st_size == 0:
        writer.writeheader()
    writer.writerow({name: escape(value) for name, value in row.items()})
    with manifest.open("ab") as file:
        file.write(buffer.getvalue().encode("utf-8", "backslashreplace"))


def _packed(report: dict[str, str]) -> bytes:
    """One line of JSON as a gzip member of its own, which can be appended."""
    return gzip.compress(json.dumps(report).encode("ascii") + b"\n", mtime=0)


def _stored_rows(data: bytes) -> list[dict[str, str]]:
    rows = csv.DictReader(io.StringIO(data.decode("utf-8"), newline=""))
    return [{name: unescape(value) for name, value in row.items()} for row in rows]


def _finished_reports(folder: Path, rows: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """The stored reports of documents that the manifest says have text; of a document read twice, the later one."""
    reports = {report["path"]: report for report in _stored_reports(folder)}
    return {path: report for path, report in reports.items() if path in rows and rows[path]["status"] in WITH_TEXT}


def _stored_reports(folder: Path) -> Iterator[dict[str, str]]:
    path = folder / REPORTS
    if not path.exists():
        return
    with gzip.open(path, "rb") as file:
        try:
            for line in file:
                yield json.loads(line)
        except (EOFError, OSError, zlib.error, ValueError):
            return  # the torn end of an interrupted batch
