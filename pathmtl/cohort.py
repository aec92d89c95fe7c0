"""Phase (b): tables of reports from any source, and stratified splits that keep a patient's reports together (section IV-A)."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.model_selection import StratifiedGroupKFold

from pathmtl.documents.batch import WITH_TEXT, is_batch, read_batch
from pathmtl.documents.extract import REPORT_COLUMNS as EXTRACTED
from pathmtl.documents.extract import SUFFIXES, extract_folder
from pathmtl.progress import announce, in_notebook
from pathmtl.schema import REPORT_COLUMNS, TASKS, canonical

BUNDLED = "bundled"
BUNDLED_FILE = Path(__file__).resolve().parents[1] / "data_synthetic" / "reports.csv.gz"
SPLITS = ("train", "validation", "test")
#: Two of ten folds are the 10 % each of validation and test.
_FOLDS = 10
_LONGEST_NAME = 30
_NAMED = 10  # documents named when some could not be read
_TABLES = "a folder of PDF, PNG, JPEG, TIFF or TXT files, or a table ending in .csv, .tsv, .jsonl (each also .gz) or .parquet"


class ReportsError(ValueError):
    """A source of reports that cannot be used; the message names the source, the value and the mend, never report text."""


def read_reports(source: str | Path, *, ocr: str = "auto", progress: bool = True) -> pd.DataFrame:
    """Reports as a table with the canonical columns of ``schema.REPORT_COLUMNS`` (further columns are kept).

    source: ``"bundled"``, a folder of documents, the folder that ``extract_folder`` wrote (nothing is read again), or a
    CSV/TSV/JSONL(.gz)/Parquet file with at least a ``text`` column. Documents that could not be read are named on standard error.
    Labels are canonical classes or None ("not stated"); ``report_id`` is a unique string; without ``patient_id`` each report is
    taken to be a patient of its own.

    Raises:
        ReportsError: the source is missing, empty, of an unknown kind, has no text column, or a label that is no class.
    """
    if str(source) == BUNDLED:
        return _canonical_table(_read_table(BUNDLED_FILE), BUNDLED_FILE)
    path = Path(source).expanduser()
    if not path.exists():
        raise ReportsError(f"reports: {path} does not exist; give {_TABLES}, or '{BUNDLED}'")
    if path.is_dir():
        return _canonical_table(_read_folder(path, ocr=ocr, progress=progress), path)
    return _canonical_table(_read_table(path), path)


def _read_folder(path: Path, *, ocr: str, progress: bool) -> pd.DataFrame:
    if is_batch(path):
        reports, rows = read_batch(path)
        table, manifest = pd.DataFrame(reports, columns=list(EXTRACTED)), pd.DataFrame(rows, columns=["path", "status", "reason"])
    elif any(p.suffix.lower() in SUFFIXES for p in path.rglob("*")):
        table, manifest = extract_folder(path, ocr=ocr, progress=progress)
    else:
        raise ReportsError(f"reports: {path} holds no document ({', '.join(sorted(SUFFIXES))})")
    if table.empty:
        reasons = ", ".join(sorted(set(manifest["reason"].astype(str))))
        raise ReportsError(f"reports: none of the {len(manifest)} documents in {path} could be read: {reasons}")
    lost = manifest[manifest["status"] != "ok"]
    if len(lost):
        announce(_left_out(lost, len(manifest)))
    return table


def _left_out(lost: pd.DataFrame, documents: int) -> str:
    """Which documents were not read, or in part: by name at a terminal, counted on a page (a file's name may be a person's)."""
    counts = ", ".join(f"{count} {status}" for status, count in lost["status"].value_counts().items())
    without = (~lost["status"].isin(WITH_TEXT)).sum()
    line = f"of {documents:,} documents {without:,} could not be read and are left out ({counts})"
    if in_notebook():
        return line
    named = [f"\n  {row.path}: {row.status}, {row.reason}" for row in lost.head(_NAMED).itertuples()]
    more = f"\n  and {len(lost) - _NAMED:,} more: `pathmtl extract` keeps a manifest" if len(lost) > _NAMED else ""
    return line + "".join(named) + more


def read_labels(path: Path) -> pd.DataFrame:
    """A table with report_id and label columns, text not needed (what ``label`` and ``predict`` write).

    Raises:
        ReportsError: as ``read_reports``, or there is no report_id column.
    """
    if not path.exists():
        raise ReportsError(f"labels: {path} does not exist")
    table = _read_table(path)
    if "report_id" not in table:
        raise ReportsError(f"labels: {path} has no 'report_id' column (found: {_names(table.columns)})")
    return _canonical_table(table if "text" in table else table.assign(text="-"), path)


def _read_table(path: Path) -> pd.DataFrame:
    name = path.name.lower().removesuffix(".gz")
    try:
        if name.endswith((".csv", ".tsv")):
            # Everything as text: report_id 007 must not become 7, nor the label "NA" a number.
            table = pd.read_csv(path, sep=separator(path), dtype=str, keep_default_na=False)
        elif name.endswith((".jsonl", ".ndjson")):
            table = pd.read_json(path, lines=True, dtype=False)
        elif name.endswith(".parquet"):
            table = pd.read_parquet(path)
        else:
            raise ReportsError(f"reports: {path} is of no known kind; give {_TABLES}")
    except pd.errors.EmptyDataError:
        raise ReportsError(f"reports: {path} is empty") from None
    except (OSError, ValueError, UnicodeDecodeError) as error:
        if isinstance(error, ReportsError):
            raise
        raise unparsed(path, name.rsplit(".", 1)[-1], error) from None
    return table


def separator(path: Path) -> str:
    """What stands between the columns of a CSV or TSV file: a tab in a .tsv, else a comma, or the semicolon of many Excels."""
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(".tsv"):
        return "\t"
    with gzip.open(path) if name.endswith(".gz") else path.open("rb") as file:
        header = file.readline(10_000)
    return ";" if b";" in header and b"," not in header else ","


def unparsed(path: Path, kind: str, error: Exception) -> ReportsError:
    """The error for a file whose content is not of its kind. The parser's own message is not passed on: it may quote a line."""
    if isinstance(error, UnicodeDecodeError):
        return ReportsError(f"reports: {path} is not UTF-8; save it so (in Excel: Save as, CSV UTF-8)")
    return ReportsError(f"reports: {path} cannot be parsed as {kind} ({type(error).__name__})")


def _names(columns: Sequence[object]) -> str:
    """The first columns of a table, for a message. A file without a header has a report for one: long names are not repeated."""
    return ", ".join(name if len(name) <= _LONGEST_NAME else "…" for name in map(str, columns[:12]))


def no_text(path: Path, columns: Sequence[object]) -> ReportsError:
    """The error for a table without a column of report texts."""
    return ReportsError(
        f"reports: {path} has no 'text' column (found: {_names(columns)}); rename the one that holds the reports to text, "
        "and one that tells patients apart, if there is one, to patient_id"
    )


def _canonical_table(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    wanted = {column.lower(): column for column in REPORT_COLUMNS}
    exact = set(table.columns) & set(REPORT_COLUMNS)
    table = table.rename(
        columns={
            c: wanted[str(c).lower()] for c in table.columns if str(c).lower() in wanted and wanted[str(c).lower()] not in exact
        }
    )
    if "text" not in table:
        raise no_text(path, table.columns)
    if table.empty:
        raise ReportsError(f"reports: {path} has a header but no rows")
    table = table.reset_index(drop=True)
    table["text"] = table["text"].fillna("").astype(str)
    if not table["text"].str.strip().any():
        raise ReportsError(f"reports: every text in {path} is empty")
    if "report_id" not in table:
        table["report_id"] = [f"row-{i + 1}" for i in range(len(table))]
    table["report_id"] = table["report_id"].astype(str)
    if table["report_id"].duplicated().any():
        twice = table.loc[table["report_id"].duplicated(), "report_id"].iloc[0]
        raise ReportsError(
            f"reports: report_id {twice!r} stands more than once in {path}; make it unique or leave the column out"
        )
    for column, default in (("patient_id", table["report_id"]), ("cancer_type", "")):
        table[column] = table[column].fillna("").astype(str) if column in table else default
    table["patient_id"] = table["patient_id"].where(table["patient_id"] != "", table["report_id"])
    for task in TASKS:
        table[task] = _labels(table, task, path)
    others = [column for column in table.columns if column not in REPORT_COLUMNS]
    return table[[*REPORT_COLUMNS, *others]]


def _labels(table: pd.DataFrame, task: str, path: Path) -> pd.Series:
    if task not in table:
        return pd.Series([None] * len(table), dtype=object)
    try:
        fold = {value: canonical(task, None if pd.isna(value) else value) for value in table[task].unique()}
    except ValueError as error:
        raise ReportsError(f"reports: {path}, column {error}") from None
    return pd.Series([fold[value] for value in table[task]], dtype=object)


def has_labels(table: pd.DataFrame) -> bool:
    return bool(table[list(TASKS)].notna().any(axis=None))


def split(table: pd.DataFrame, seed: int = 42) -> pd.Series:
    """``train`` / ``validation`` / ``test`` for each row, about 80/10/10, stratified, no patient in two (section IV-A).

    A ``split`` column that is already there is honoured. Strata are each report's rarest stated class, so that
    T4 or HER2-positive reports reach every part.
    """
    if "split" in table:
        unknown = sorted(set(table["split"]) - set(SPLITS))
        if unknown:
            raise ReportsError(f"reports: split {unknown[0]!r} is not one of {', '.join(SPLITS)}")
        return table["split"]
    patients = table["patient_id"].nunique()
    if patients < 30:
        raise ReportsError(f"reports: {patients} patients are too few to train on and test (30 at least)")
    folds = StratifiedGroupKFold(n_splits=_FOLDS, shuffle=True, random_state=seed)
    strata = pd.Series(_rarest_class(table))
    # A stratum smaller than the folds cannot reach each of them: such strata are dealt out together.
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
    """At most ``limit`` reports, drawn at random with every class represented as evenly as chance draws would not.

    A random 400 of 2,400 reports would hold two or three T4s. So half of the reports are drawn class by class in turn,
    the rarest first, and the other half at random: rare classes are learnt, common ones stay common.
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
    """Content key of a table of reports: ids, labels and text (and the split, where given)."""
    columns = [*REPORT_COLUMNS, *(["split"] if "split" in table else [])]
    digest = hashlib.sha256()
    for column in columns:
        digest.update(column.encode())
        for value in table[column]:
            digest.update(b"\x00" if value is None else b"\x01" + str(value).encode())
    return digest.hexdigest()[:16]
