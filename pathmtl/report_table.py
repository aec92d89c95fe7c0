"""Files that contain a table of reports: read in chunks, checked, and brought to the canonical columns."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from pathmtl.schema import REPORT_COLUMNS, TASKS, canonical

#: What may be given as reports, for messages.
SOURCES = "a folder of PDF, PNG, JPEG, TIFF or TXT files, or a table ending in .csv, .tsv, .jsonl (each also .gz) or .parquet"
_CHUNK = 1000  # reports in memory at a time when a table is only checked
_LONGEST_NAME = 30  # characters of a column name in a message


class ReportsError(ValueError):
    """A source of reports that cannot be used. The message names it, the bad value and how to fix it; no report text."""


def iter_reports(path: str | Path, chunk_size: int = _CHUNK) -> Iterator[pd.DataFrame]:
    """Yield the reports of a table file chunk by chunk, in constant memory.

    Use it where a table is too long for ``read_reports``; call ``check_reports`` first.

    Parameters
    ----------
    path : str or Path
        A CSV, TSV or JSONL file (each also .gz) or a Parquet file with a ``text`` column.
    chunk_size : int
        The most reports per chunk.

    Yields
    ------
    pandas.DataFrame
        Columns ``report_id`` (a string; ``row-1``, ``row-2``, ... if the file has none), ``text`` (a string) and the file's other
        columns as they are: labels are not canonicalized.

    Raises
    ------
    ReportsError
        The file is empty, of an unknown kind or cannot be parsed, or it has no text column.

    Examples
    --------
    >>> sum(len(chunk) for chunk in iter_reports("data_synthetic/reports.csv.gz", 500))
    3000
    """
    path, start = Path(path), 0
    for table in raw_chunks(path, chunk_size):
        table = _renamed(table.reset_index(drop=True), ("report_id", "text"))
        if "text" not in table:
            raise _no_text(path, table.columns)
        table["text"] = table["text"].fillna("").astype(str)
        numbered = [f"row-{start + i + 1}" for i in range(len(table))]
        table.insert(0, "report_id", table.pop("report_id").astype(str) if "report_id" in table else numbered)
        yield table
        start += len(table)


def check_reports(path: str | Path) -> int:
    """Check a table file of any length in one pass, in constant memory (eight bytes per report), and count its reports.

    Parameters
    ----------
    path : str or Path
        As for ``iter_reports``.

    Returns
    -------
    int
        Number of reports.

    Raises
    ------
    ReportsError
        As ``iter_reports``; or there are no rows, every text is empty, a report_id occurs twice, or a label is not a class.
    """
    path = Path(path)
    first = next(raw_chunks(path, 1), None)
    if first is None:
        raise _no_rows(path)
    named = {column: name for name, column in zip(first.columns, _renamed(first, REPORT_COLUMNS).columns, strict=True)}
    if "text" not in named:
        raise _no_text(path, first.columns)
    columns = [named[column] for column in ("report_id", "text", *TASKS) if column in named]
    return _check((_renamed(table, REPORT_COLUMNS) for table in raw_chunks(path, _CHUNK, columns)), path)


def _check(tables: Iterable[pd.DataFrame], path: Path) -> int:
    """Number of reports in ``tables``, the chunks of ``path`` with canonical column names; raises ReportsError as promised."""
    total, seen, any_text = 0, set(), False
    for table in tables:
        total += len(table)
        any_text = any_text or bool(table["text"].fillna("").astype(str).str.strip().any())
        for task in TASKS:
            if task in table:
                _classes(table, task, path)
        for identifier in table["report_id"].astype(str) if "report_id" in table else ():
            if hash(identifier) in seen:
                raise ReportsError(
                    f"reports: report_id {identifier!r} occurs more than once in {path}; make it unique or leave the column out"
                )
            seen.add(hash(identifier))
    if not total:
        raise _no_rows(path)
    if not any_text:
        raise ReportsError(f"reports: every text in {path} is empty; put the reports into the column 'text'")
    return total


def raw_chunks(path: Path, chunk_size: int | None, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """A table file as it is, in chunks (None: one chunk), with all columns or some."""
    name = path.name.lower().removesuffix(".gz")
    kind = next((kind for kind in ("csv", "tsv", "jsonl", "ndjson", "parquet") if name.endswith(f".{kind}")), None)
    if kind is None:
        raise ReportsError(f"reports: {path} is of no known kind; give {SOURCES}")
    try:
        if kind in ("csv", "tsv"):
            # Everything as text: report_id 007 must not become 7, nor the label "NA" a missing number.
            chunks = pd.read_csv(
                path, sep=_separator(path), dtype=str, keep_default_na=False, chunksize=chunk_size, usecols=columns
            )
        elif kind in ("jsonl", "ndjson"):
            chunks = pd.read_json(path, lines=True, dtype=False, chunksize=chunk_size)
        elif chunk_size is None:
            chunks = pd.read_parquet(path, columns=columns)
        else:
            import pyarrow.parquet

            batches = pyarrow.parquet.ParquetFile(path).iter_batches(batch_size=chunk_size, columns=columns)
            chunks = (batch.to_pandas() for batch in batches)
        yield from [chunks] if chunk_size is None else chunks
    except pd.errors.EmptyDataError:
        raise ReportsError(f"reports: {path} is empty") from None
    except (OSError, ValueError) as error:
        raise _unparsed(path, kind, error) from None


def _separator(path: Path) -> str:
    """The separator of a CSV or TSV file: a tab in a .tsv, otherwise a comma, or the semicolon of many Excels."""
    name = path.name.lower()
    if name.removesuffix(".gz").endswith(".tsv"):
        return "\t"
    with gzip.open(path) if name.endswith(".gz") else path.open("rb") as file:
        header = file.readline(10_000)
    return ";" if b";" in header and b"," not in header else ","


def _unparsed(path: Path, kind: str, error: Exception) -> ReportsError:
    """The error for a file that cannot be parsed. The parser's own message is not passed on, because it may quote a line."""
    if isinstance(error, UnicodeDecodeError):
        return ReportsError(f"reports: {path} is not UTF-8; save it as UTF-8 (in Excel: Save as, CSV UTF-8)")
    return ReportsError(
        f"reports: {path} cannot be parsed as {kind} ({type(error).__name__}); check that its name fits its content"
    )


def shown_columns(columns: Sequence[object]) -> str:
    """The first columns of a table, for a message. Long names are left out: in a file without a header they are report text."""
    return ", ".join(name if len(name) <= _LONGEST_NAME else "…" for name in map(str, columns[:12]))


def _no_text(path: Path, columns: Sequence[object]) -> ReportsError:
    """The error for a table without a column of report texts."""
    return ReportsError(
        f"reports: {path} has no 'text' column (found: {shown_columns(columns)}); rename the column that holds the "
        "reports to text, and the one that identifies the patient, if there is one, to patient_id"
    )


def _no_rows(path: Path) -> ReportsError:
    return ReportsError(f"reports: {path} has a header but no rows")


def _renamed(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """The table with its columns spelled as in ``names``, whatever their case (unless that spelling is there already)."""
    spelled = {name.lower(): name for name in names if name not in table.columns}
    return table.rename(columns={column: spelled.pop(str(column).lower(), column) for column in table.columns})


def canonical_table(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    table = _renamed(table, REPORT_COLUMNS).reset_index(drop=True)
    if "text" not in table:
        raise _no_text(path, table.columns)
    _check([table], path)
    table["text"] = table["text"].fillna("").astype(str)
    if "report_id" not in table:
        table["report_id"] = [f"row-{i + 1}" for i in range(len(table))]
    table["report_id"] = table["report_id"].astype(str)
    for column, default in (("patient_id", table["report_id"]), ("cancer_type", "")):
        table[column] = table[column].fillna("").astype(str) if column in table else default
    table["patient_id"] = table["patient_id"].where(table["patient_id"] != "", table["report_id"])
    for task in TASKS:
        classes = _classes(table, task, path) if task in table else {}
        labels = [None if pd.isna(value) else classes[value] for value in table[task]] if classes else [None] * len(table)
        table[task] = pd.Series(labels, dtype=object)
    others = [column for column in table.columns if column not in REPORT_COLUMNS]
    return table[[*REPORT_COLUMNS, *others]]


def _classes(table: pd.DataFrame, task: str, path: Path) -> dict[object, str | None]:
    """The canonical class (None: not stated) of each value in the column of a task; missing values are left out."""
    try:
        return {value: canonical(task, value) for value in table[task].dropna().unique()}
    except ValueError as error:
        raise ReportsError(f"reports: {path}, column {error}") from None
