"""A batch on disk: ``manifest.csv`` and ``reports.jsonl.gz``, written document by document, so that an interrupted batch resumes.

A document's text is written before its manifest row: a row in the manifest means that the document is finished. What was cut
off by an interrupt (a torn row, a torn gzip member, a text without its row) is dropped when the batch resumes.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import zlib
from collections.abc import Iterator
from pathlib import Path

from pathmtl.documents.document import Document, Settings

MANIFEST_COLUMNS = ("path", "pages", "engine", "seconds", "status", "reason", "sha256")
WITH_TEXT = ("ok", "partial")  # the statuses whose documents are in the table of reports
MANIFEST, REPORTS, SETTINGS = "manifest.csv", "reports.jsonl.gz", "settings.json"


def manifest_row(document: Document) -> dict[str, str]:
    """One row of the manifest; ``engine`` lists the pages' engines in order, ``reason`` why each page was read as it was."""
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
    """Page reasons with equal neighbours joined: ``p1-3: text layer trusted``."""
    notes: list[str] = []
    start = 0
    for stop in range(1, len(reasons) + 1):
        if stop == len(reasons) or reasons[stop] != reasons[start]:
            pages = f"p{start + 1}" if stop == start + 1 else f"p{start + 1}-{stop}"
            notes.append(f"{pages}: {reasons[start]}")
            start = stop
    return notes


def reports_of(batch: Batch | Memory, names: list[str]) -> list[dict[str, str]]:
    """The table of reports, one row a document with text, in the order of ``names``."""
    last = {report["path"]: report for report in batch.reports()}  # a document read again was written again
    return [last[name] for name in names if batch.rows[name]["status"] in WITH_TEXT]


class Memory:
    """A batch that is kept in memory only."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}
        self._reports: list[dict[str, str]] = []

    def add(self, document: Document, report: dict[str, str] | None) -> None:
        """Keep a finished document; ``report`` is its row of the table of reports, None where there is no text."""
        self.rows[document.path] = manifest_row(document)
        self._reports += [report] if report is not None else []

    def reports(self) -> Iterator[dict[str, str]]:
        return iter(self._reports)


class Batch:
    """The folder of one batch.

    Raises:
        ValueError: the folder holds a batch that was read with other settings.
    """

    def __init__(self, folder: Path, settings: Settings) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._check_settings(settings)
        self.rows = {row["path"]: row for row in self._whole_rows()}
        self._mend()

    def add(self, document: Document, report: dict[str, str] | None) -> None:
        """Write a finished document; ``report`` is its row of the table of reports, None where there is no text."""
        if report is not None:
            with (self.folder / REPORTS).open("ab") as file:
                file.write(gzip.compress(json.dumps(report).encode("ascii") + b"\n", mtime=0))
        row = manifest_row(document)
        path = self.folder / MANIFEST
        fresh = not path.exists() or path.stat().st_size == 0
        buffer = io.StringIO()
        writer = csv.DictWriter(buffer, MANIFEST_COLUMNS, lineterminator="\n")
        if fresh:
            writer.writeheader()
        writer.writerow(row)
        with path.open("ab") as file:
            file.write(buffer.getvalue().encode("utf-8", "backslashreplace"))
        self.rows[document.path] = row

    def reports(self) -> Iterator[dict[str, str]]:
        """The stored rows of the table of reports, as far as the file is whole."""
        return _stored_reports(self.folder)

    def _check_settings(self, settings: Settings) -> None:
        path = self.folder / SETTINGS
        if not path.exists():
            _replace(path, json.dumps(settings.as_dict(), indent=2).encode())
            return
        stored = json.loads(path.read_text("utf-8"))
        now = settings.as_dict()
        other = [f"{key}={stored.get(key)!r} (now {now[key]!r})" for key in now if stored.get(key) != now[key]]
        if other:
            raise ValueError(f"{self.folder} was read with {', '.join(other)}: give the same settings or another folder")

    def _whole_rows(self) -> list[dict[str, str]]:
        """The manifest's rows; a torn last one is cut off the file."""
        path = self.folder / MANIFEST
        if not path.exists():
            return []
        data = path.read_bytes()
        whole = data[: data.rfind(b"\n") + 1]
        if whole != data:
            _replace(path, whole)
        return _stored_rows(whole)

    def _mend(self) -> None:
        """Rewrite the reports without those that the manifest does not know, and without a torn end."""
        path = self.folder / REPORTS
        if not path.exists():
            return
        whole = path.with_suffix(".new")
        with whole.open("wb") as file:
            for report in self.reports():
                if report["path"] in self.rows:
                    file.write(gzip.compress(json.dumps(report).encode("ascii") + b"\n", mtime=0))
        os.replace(whole, path)


def is_batch(folder: Path) -> bool:
    """True for a folder that ``extract_folder`` wrote."""
    return (folder / MANIFEST).is_file() and (folder / SETTINGS).is_file()


def read_batch(folder: Path) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """(rows of the table of reports, rows of the manifest) of a batch on disk, even while it is being written; writes nothing."""
    data = (folder / MANIFEST).read_bytes()
    manifest = {row["path"]: row for row in _stored_rows(data[: data.rfind(b"\n") + 1])}
    last = {report["path"]: report for report in _stored_reports(folder)}
    rows = [manifest[name] for name in sorted(manifest)]
    return [last[row["path"]] for row in rows if row["status"] in WITH_TEXT], rows


def _stored_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8"), newline="")))


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


def _replace(path: Path, data: bytes) -> None:
    temporary = path.with_suffix(path.suffix + ".new")
    temporary.write_bytes(data)
    os.replace(temporary, path)
