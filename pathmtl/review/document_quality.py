"""How well documents are read: the bundled PDFs beside the reports they were printed from, and manifests of other sources."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from pathmtl.cohort import BUNDLED, BUNDLED_FILE, ReportsError, read_reports
from pathmtl.documents.batch import MANIFEST_COLUMNS, is_batch, read_batch
from pathmtl.documents.document import ExtractionSettings
from pathmtl.documents.extract import extract_folder
from pathmtl.documents.fidelity import similarity
from pathmtl.documents.isolation import Bounds, Worker
from pathmtl.files import sha256_of
from pathmtl.oracle.engine import label

BUNDLED_PDFS = BUNDLED_FILE.parent / "pdfs"
#: What EasyOCR read from every bundled PDF, written by ``benchmarks/extract.py record``: synthetic text only.
RECORDED_OCR = BUNDLED_FILE.parents[1] / "book" / "results" / "ocr_bundled.jsonl.gz"
#: Kinds of bundled documents and their titles, ordered by difficulty for a parser of native text.
KINDS: dict[str, str] = {
    "native": "digital",
    "unmapped_fonts": "unmapped fonts",
    "clean_scan": "clean scan",
    "bad_scan": "bad scan",
    "wrong_text_layer": "wrong text layer",
}
_NUMBER = re.compile(r"\d[\d.,]*")


def bundled_pdfs() -> pd.DataFrame:
    """The bundled documents: file, report_id, mode (a key of ``KINDS``), text_layer_of, path, truth (the report's text)."""
    table = pd.read_csv(BUNDLED_PDFS / "manifest.csv", dtype=str, keep_default_na=False)
    texts = pd.read_csv(BUNDLED_FILE, usecols=["report_id", "text"], dtype=str).set_index("report_id")["text"]
    return table.assign(path=[BUNDLED_PDFS / name for name in table["file"]], truth=list(texts[table["report_id"]]))


def read_native(paths: Iterable[Path], engine: str) -> dict[str, str]:
    """Read documents without OCR, however bad their native text is.

    Parameters
    ----------
    paths
        The documents.
    engine
        As in ``documents.document.ExtractionSettings``.

    Returns
    -------
    dict
        File name -> text, pages separated by an empty line.
    """
    settings = ExtractionSettings(engine=engine, ocr="never")
    with Worker(Bounds()) as worker:
        return {path.name: "\n\n".join(page.text for page in worker.read(path, settings).pages) for path in paths}


def recorded_ocr(pdfs: pd.DataFrame, file: Path = RECORDED_OCR) -> pd.DataFrame:
    """What OCR read from the bundled documents when it was recorded.

    Parameters
    ----------
    pdfs
        As ``bundled_pdfs`` returns it.
    file
        The recording; it may be missing.

    Returns
    -------
    pandas.DataFrame
        Columns file, pages, seconds, text; documents that have changed since are left out.
    """
    columns = ["file", "pages", "seconds", "text"]
    if not file.exists():
        return pd.DataFrame(columns=columns)
    table = pd.read_json(file, lines=True, dtype={"file": str, "sha256": str, "text": str})
    now = {row.file: sha256_of(row.path) for row in pdfs.itertuples()}
    return table[[now.get(name) == digest for name, digest in zip(table["file"], table["sha256"], strict=True)]][columns]


def compare(pdfs: pd.DataFrame, texts: Mapping[str, str], reader: str) -> pd.DataFrame:
    """Compare documents as read with the text they were printed from.

    Parameters
    ----------
    pdfs
        As ``bundled_pdfs`` returns it.
    texts
        File name -> text as read; other documents are left out.
    reader
        Name of the reader.

    Returns
    -------
    pandas.DataFrame
        Columns file, mode, reader, similarity (0-1), and counts of the oracle's answers: stated (in the truth), kept (the same in
        the text as read), wrong (in the text as read, but not in the truth).
    """
    rows = []
    for row in pdfs[pdfs["file"].isin(texts)].itertuples():
        truth, read = ({(task, value) for task, value in label(text).items() if value} for text in (row.truth, texts[row.file]))
        counts = (len(truth), len(truth & read), len(read - truth))
        rows.append((row.file, row.mode, reader, similarity(texts[row.file], row.truth), *counts))
    return pd.DataFrame(rows, columns=["file", "mode", "reader", "similarity", "stated", "kept", "wrong"])


def by_kind(compared: pd.DataFrame) -> pd.DataFrame:
    """Summarize comparisons by kind of document and reader.

    Parameters
    ----------
    compared
        As ``compare`` returns it, for one reader or several.

    Returns
    -------
    pandas.DataFrame
        Indexed by kind and reader; columns documents, similarity (mean), and the summed counts stated, kept, wrong.
    """
    groups = compared.groupby(["mode", "reader"], sort=False)
    table = groups.agg({"file": "size", "similarity": "mean", "stated": "sum", "kept": "sum", "wrong": "sum"})
    readers = list(dict.fromkeys(compared["reader"]))
    order = [(kind, reader) for kind in KINDS for reader in readers if (kind, reader) in table.index]
    return table.loc[order].rename(columns={"file": "documents"}).rename(index=KINDS, level="mode")


def read_manifest(source: str | Path, *, ocr: str = "auto", progress: bool = True) -> pd.DataFrame:
    """How the documents of a source of reports were read.

    Parameters
    ----------
    source
        A folder of documents, the folder of an extraction, or a table of reports.
    ocr
        ``auto``, ``always`` or ``never``.
    progress
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        The manifest (``documents.batch.MANIFEST_COLUMNS``), without text; no rows for a table of reports.

    Raises
    ------
    ReportsError
        The source cannot be read (see ``cohort.read_reports``), or the folder holds no document.
    """
    path = Path(source).expanduser()
    if str(source) == BUNDLED or not path.is_dir():
        read_reports(source, progress=progress)
        return pd.DataFrame(columns=list(MANIFEST_COLUMNS))
    if is_batch(path):
        manifest = pd.DataFrame(read_batch(path)[1], columns=list(MANIFEST_COLUMNS))
        return manifest.astype({"pages": int, "seconds": float})
    manifest = extract_folder(path, ExtractionSettings(ocr=ocr), progress=progress)[1]
    if manifest.empty:
        raise ReportsError(f"reports: {path} holds no document")
    return manifest


def reasons(manifest: pd.DataFrame) -> pd.Series:
    """How often each reason occurs in a manifest, most frequent first.

    Page numbers and other numbers are removed, so that no document can be identified.

    Parameters
    ----------
    manifest
        As ``read_manifest`` returns it.

    Returns
    -------
    pandas.Series
        ``Times``, indexed by reason.
    """
    notes = manifest["reason"].str.split("; ").explode().str.replace(r"^p\d+(?:-\d+)?: ", "", regex=True)
    notes = notes[notes.fillna("") != ""].map(lambda note: _NUMBER.sub("n", note))
    return notes.value_counts().rename("Times")
