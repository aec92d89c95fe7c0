"""Phase (b): tables of reports from any source, and stratified splits that keep a patient's reports together (section IV-A)."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from pathmtl.documents.batch import WITH_TEXT, is_batch, read_batch
from pathmtl.documents.document import ExtractionSettings
from pathmtl.documents.extract import REPORT_COLUMNS as EXTRACTED
from pathmtl.documents.extract import SUFFIXES, extract_document, extract_folder
from pathmtl.progress import announce, in_notebook
from pathmtl.report_table import canonical_table, check_reports, iter_reports
from pathmtl.schema import REPORT_COLUMNS, TASKS
from pathmtl.tables.columns import ReportsError, shown_columns
from pathmtl.tables.delimited import is_delimited
from pathmtl.tables.table_file import SOURCES, partitions, raw_chunks, table_kind

__all__ = [
    "BUNDLED",
    "BUNDLED_FILE",
    "SPLITS",
    "ReportsError",
    "check_reports",
    "fingerprint",
    "has_labels",
    "iter_reports",
    "read_labels",
    "read_reports",
    "split",
    "subsample",
]

BUNDLED = "bundled"
BUNDLED_FILE = Path(__file__).resolve().parents[1] / "data_synthetic" / "reports.csv.gz"
#: In the folder of a prepared cohort.
COHORT, FLOW = "cohort.csv.gz", "flow.json"
SPLITS = ("train", "validation", "test")
#: Ten folds: one for validation and one for test, 10 % each.
_FOLDS = 10
_NAMED = 10  # documents listed when some could not be read


def read_reports(source: str | Path, *, ocr: str = "auto", progress: bool = True) -> pd.DataFrame:
    """Read reports from any source into one table.

    Parameters
    ----------
    source : str or Path
        ``"bundled"``; a folder of documents (PDF, PNG, JPEG, TIFF, DOCX, RTF, HL7, TXT) or one document; the folder that
        ``extract_folder`` or ``prepare`` wrote (its documents are not read again); or a table file with at least a ``text``
        column (CSV, TSV, JSONL, each also .gz, JSON, XLSX, Parquet, or HL7 with one report per message).
    ocr : {"auto", "always", "never"}
        When to read a page as a picture, if ``source`` is a folder of documents.
    progress : bool
        Show a progress bar while documents are read.

    Returns
    -------
    pandas.DataFrame
        One row per report. The columns are ``schema.REPORT_COLUMNS``, then the source's others. ``report_id`` is a unique string;
        ``patient_id`` equals ``report_id`` where the source names no patient; labels are canonical classes, or None for "not
        stated". Documents that could not be read are left out and listed on standard error.

    Raises
    ------
    ReportsError
        The source is missing, empty, unreadable or of an unknown kind, has no ``text`` column, the same report_id twice, or a
        label that is not a class.

    Examples
    --------
    >>> len(read_reports("bundled"))
    3000
    """
    if str(source) == BUNDLED:
        return canonical_table(next(raw_chunks(BUNDLED_FILE, None)), BUNDLED_FILE)
    path = Path(source).expanduser()
    if not path.exists():
        raise ReportsError(f"reports: {path} does not exist; give {SOURCES}, or '{BUNDLED}'")
    if (path / FLOW).is_file() and (path / COHORT).is_file():
        return canonical_table(next(raw_chunks(path / COHORT, None)), path / COHORT)
    if path.is_dir() and not partitions(path):
        return canonical_table(_read_folder(path, ocr=ocr, progress=progress), path)
    if is_document(path):
        return canonical_table(_read_document(path, ocr=ocr), path)
    return canonical_table(next(raw_chunks(path, None)), path)


def is_document(path: Path) -> bool:
    """Return True for a file that is one report: a document, and no table (of HL7 messages, or in a file called .txt)."""
    if path.suffix.lower() == ".txt":
        return not is_delimited(path)
    return path.suffix.lower() in SUFFIXES and table_kind(path) is None


def _read_document(path: Path, *, ocr: str) -> pd.DataFrame:
    document = extract_document(path, ExtractionSettings(ocr=ocr))
    if document.status not in WITH_TEXT:
        raise ReportsError(f"reports: {path} could not be read: {document.status}, {document.reason}")
    if document.status != "ok":
        announce(f"{path.name}: {document.status}, {document.reason}")
    return pd.DataFrame({"report_id": [path.stem], "text": [document.text]})


def _read_folder(path: Path, *, ocr: str, progress: bool) -> pd.DataFrame:
    if is_batch(path):
        reports, rows = read_batch(path)
        table, manifest = pd.DataFrame(reports, columns=list(EXTRACTED)), pd.DataFrame(rows, columns=["path", "status", "reason"])
    elif any(p.suffix.lower() in SUFFIXES for p in path.rglob("*")):
        table, manifest = extract_folder(path, ExtractionSettings(ocr=ocr), progress=progress)
    else:
        tables = sorted(p.name for p in path.iterdir() if table_kind(p))
        fix = f"give the table in it, such as {path / tables[0]}" if tables else f"give {SOURCES}"
        raise ReportsError(f"reports: {path} holds no document ({', '.join(sorted(SUFFIXES))}); {fix}")
    if table.empty:
        reasons = ", ".join(sorted(set(manifest["reason"].astype(str))))
        raise ReportsError(f"reports: none of the {len(manifest)} documents in {path} could be read: {reasons}")
    lost = manifest[manifest["status"] != "ok"]
    if len(lost):
        announce(_left_out(lost, len(manifest)))
    return table


def _left_out(lost: pd.DataFrame, documents: int) -> str:
    """Which documents were not (or only partly) read: names at a terminal, counts on a page (names may be persons')."""
    counts = ", ".join(f"{count} {status}" for status, count in lost["status"].value_counts().items())
    without = (~lost["status"].isin(WITH_TEXT)).sum()
    line = f"of {documents:,} files {without:,} could not be read and are left out ({counts})"
    if in_notebook():
        return line
    named = [f"\n  {row.path}: {row.status}, {row.reason}" for row in lost.head(_NAMED).itertuples()]
    more = f"\n  and {len(lost) - _NAMED:,} more; `pathmtl extract` writes a manifest of all" if len(lost) > _NAMED else ""
    return line + "".join(named) + more


def read_labels(path: Path) -> pd.DataFrame:
    """Read a table of labels, such as ``label`` and ``predict`` write: a text column is not needed.

    Parameters
    ----------
    path : Path
        A table file as for ``read_reports``, with a ``report_id`` column.

    Returns
    -------
    pandas.DataFrame
        As ``read_reports``; ``text`` is ``"-"`` where the file has none.

    Raises
    ------
    ReportsError
        As ``read_reports``, or there is no ``report_id`` column.
    """
    if not path.exists():
        raise ReportsError(f"labels: {path} does not exist; give a table with the columns report_id and {', '.join(TASKS)}")
    table = next(raw_chunks(path, None))
    if "report_id" not in table:
        raise ReportsError(
            f"labels: {path} has no 'report_id' column (found: {shown_columns(table.columns)}); "
            "rename the column that identifies the report"
        )
    return canonical_table(table if "text" in table else table.assign(text="-"), path)


def has_labels(table: pd.DataFrame) -> bool:
    """Return True if any report of ``table`` has a label for any task."""
    return bool(table[list(TASKS)].notna().any(axis=None))


def split(table: pd.DataFrame, seed: int = 42) -> pd.Series:
    """Divide reports into training, validation and test parts, about 80/10/10, with all reports of a patient in one part.

    Reports are stratified by their rarest stated class, so that T4 or HER2-positive reports reach every part (paper, section
    IV-A; the seed 42 is that of S2).

    Parameters
    ----------
    table : pandas.DataFrame
        Reports, as ``read_reports`` returns them. A ``split`` column that is already there is used as it is.
    seed : int
        Seed of the shuffle.

    Returns
    -------
    pandas.Series
        ``"train"``, ``"validation"`` or ``"test"`` for each row, with the table's index.

    Raises
    ------
    ReportsError
        There are fewer than 30 patients, or the ``split`` column holds another value.
    """
    if "split" in table:
        unknown = sorted(set(table["split"]) - set(SPLITS))
        if unknown:
            raise ReportsError(
                f"reports: split {unknown[0]!r} is not one of {', '.join(SPLITS)}; fix it or drop the column split"
            )
        return table["split"]
    patients = table["patient_id"].nunique()
    if patients < 30:
        raise ReportsError(f"reports: {patients} patients are too few to train and test on; give at least 30")
    folds = StratifiedGroupKFold(n_splits=_FOLDS, shuffle=True, random_state=seed)
    strata = pd.Series(_rarest_class(table))
    # A stratum with fewer reports than folds cannot reach every fold: such strata are pooled.
    strata = strata.where(strata.map(strata.value_counts()) >= _FOLDS, "rare")
    part = np.full(len(table), "train", dtype=object)
    for name, (_, rows) in zip(("test", "validation"), folds.split(table, strata, table["patient_id"]), strict=False):
        part[rows] = name
    return pd.Series(part, index=table.index)


def _rarest_class(table: pd.DataFrame) -> np.ndarray:
    stated = pd.DataFrame({task: table[task].map(lambda v, t=task: f"{t}={v}" if v is not None else None) for task in TASKS})
    counts = stated.stack().value_counts()
    return np.array([min((v for v in row if isinstance(v, str)), key=counts.get, default="none") for row in stated.to_numpy()])


def subsample(table: pd.DataFrame, limit: int | None, seed: int = 42) -> pd.DataFrame:
    """Sample at most ``limit`` reports: half of them class by class (the rarest class first), half uniformly at random.

    A uniform sample of 400 of 2,400 reports would hold two or three T4s, too few to learn from.

    Parameters
    ----------
    table : pandas.DataFrame
        Reports with a column per task.
    limit : int or None
        The most reports to keep; None keeps all.
    seed : int
        Seed of the sample.

    Returns
    -------
    pandas.DataFrame
        Rows of ``table`` in their original order; ``table`` itself if it is short enough.
    """
    if limit is None or limit >= len(table):
        return table
    shuffled = table.sample(frac=1, random_state=seed)
    by_class = [rows for task in TASKS for _, rows in shuffled.groupby(task).groups.items()]
    by_class.sort(key=len)
    chosen: dict[object, None] = {}
    for turn in range(limit):
        for rows in by_class:
            if turn < len(rows) and len(chosen) < limit // 2:
                chosen.setdefault(rows[turn])
    for index in shuffled.index:
        if len(chosen) >= limit:
            break
        chosen.setdefault(index)
    return table.loc[sorted(chosen)]


def fingerprint(table: pd.DataFrame) -> str:
    """Return a content key of a table of reports: 16 hexadecimal digits over ids, labels and text (and ``split``, if given)."""
    columns = [*REPORT_COLUMNS, *(["split"] if "split" in table else [])]
    digest = hashlib.sha256()
    for column in columns:
        digest.update(column.encode())
        for value in table[column]:
            digest.update(b"\x00" if value is None else b"\x01" + str(value).encode())
    return digest.hexdigest()[:16]
