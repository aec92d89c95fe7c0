"""Files that contain a table of reports: read in chunks, checked, and brought to the canonical columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from pathmtl.documents.rich_text import from_rtf, is_rtf
from pathmtl.documents.text_layer import clean
from pathmtl.progress import announce
from pathmtl.schema import REPORT_COLUMNS, TASKS, canonical
from pathmtl.tables.columns import KNOWN, ReportsError, shown_columns
from pathmtl.tables.table_file import raw_chunks

_CHUNK = 1000  # reports in memory at a time when a table is only checked


def iter_reports(path: str | Path, chunk_size: int = _CHUNK) -> Iterator[pd.DataFrame]:
    """Yield the reports of a table file chunk by chunk, in constant memory.

    Use it where a table is too long for ``read_reports``; call ``check_reports`` first.

    Parameters
    ----------
    path : str or Path
        A table file (see ``tables.table_file.SOURCES``) with a ``text`` column.
    chunk_size : int
        The most reports per chunk.

    Yields
    ------
    pandas.DataFrame
        Columns ``report_id`` (a string; ``row-1``, ``row-2``, ... if the file has none), ``text`` (cleaned like the text of
        documents) and the file's other columns as they are: labels are not canonicalized.

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
        if "text" not in table:
            raise _no_text(path, table.columns)
        table["text"] = _texts(table, path)
        numbered = [f"row-{start + i + 1}" for i in range(len(table))]
        table.insert(0, "report_id", table.pop("report_id").astype(str) if "report_id" in table else numbered)
        yield table.reset_index(drop=True)
        start += len(table)


def check_reports(path: str | Path) -> int:
    """Check a table file of any length in one pass, in constant memory (some hundred bytes per report), and count its reports.

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
        As ``iter_reports``; or there are no rows, every text is empty, a report_id is missing or occurs twice, or a label is
        not a class.
    """
    path = Path(path)
    first = next(raw_chunks(path, 1))
    if "text" not in first:
        raise _no_text(path, first.columns)
    _announce_numbers(first.columns, path)
    return _check(raw_chunks(path, _CHUNK, ("report_id", "text", *TASKS)), path)


def _check(tables: Iterable[pd.DataFrame], path: Path) -> int:
    """Number of reports in ``tables``, the chunks of ``path``; raises ReportsError as promised."""
    total, any_text = 0, False
    seen: dict[int, int] = {}
    for table in tables:
        total += len(table)
        any_text = any_text or bool(table["text"].fillna("").astype(str).str.strip().any())
        for task in TASKS:
            if task in table:
                _classes(table, task, path)
        if "report_id" in table:
            _check_ids(table["report_id"], seen, path)
    if not total:
        raise ReportsError(f"reports: {path} has a header but no rows; put one report into each row")
    if not any_text:
        raise ReportsError(f"reports: every text in {path} is empty; put the reports into the column 'text'")
    return total


def _announce_numbers(columns: Sequence[str], path: Path) -> None:
    """Say that rows are numbered if the table has no id but columns among which one may be."""
    others = [name for name in columns if name not in KNOWN]
    if "report_id" not in columns and others:
        announce(
            f"{path} has no column report_id, so its reports are called row-1, row-2, …; to get your own ids back, "
            f"rename the column that identifies the report ({shown_columns(others)})"
        )


def _check_ids(ids: pd.Series, seen: dict[int, int], path: Path) -> None:
    """Refuse ids that are missing or occur twice; ``seen``: where each id stood, by its hash."""
    unit = ids.index.name or "row"
    for place, identifier in ids.items():
        if pd.isna(identifier) or not str(identifier).strip():
            raise ReportsError(
                f"reports: {path}, {unit} {place}, has no report_id; give every report one, or leave the column out"
            )
        first = seen.setdefault(hash(str(identifier)), place)
        if first != place:
            raise ReportsError(
                f"reports: report_id {str(identifier)!r} occurs more than once in {path} ({unit}s {first} and {place}); "
                "make it unique or leave the column out"
            )


def _texts(table: pd.DataFrame, path: Path) -> pd.Series:
    """The texts of a table, cleaned like those of documents, without the RTF that some systems store."""
    texts = []
    for place, text in table["text"].fillna("").astype(str).items():
        try:
            texts.append(clean(from_rtf(text) if is_rtf(text[:20]) else text))
        except ValueError as error:
            unit = table.index.name or "row"
            raise ReportsError(f"reports: {path}, {unit} {place}: {error}; store the report as plain text") from None
    return pd.Series(texts, index=table.index, dtype=str)


def _no_text(path: Path, columns: Sequence[object]) -> ReportsError:
    """The error for a table without a column of report texts."""
    return ReportsError(
        f"reports: {path} has no 'text' column (found: {shown_columns(columns)}); rename the column that holds the "
        "reports to text, and the one that identifies the patient, if there is one, to patient_id"
    )


def canonical_table(table: pd.DataFrame, path: Path) -> pd.DataFrame:
    """The table of ``path`` as ``read_reports`` returns it: checked, with the canonical columns, texts and labels."""
    if "text" not in table:
        raise _no_text(path, table.columns)
    _announce_numbers(table.columns, path)
    _check([table], path)
    table = table.assign(text=_texts(table, path)).reset_index(drop=True)
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
    classes = {}
    for place, value in table[task].dropna().drop_duplicates().items():
        try:
            classes[value] = canonical(task, value)
        except ValueError as error:
            unit = table.index.name or "row"
            raise ReportsError(f"reports: {path}, {unit} {place}, column {error}") from None
    return classes
