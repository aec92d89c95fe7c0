"""Files that contain a table, of every kind that is read: chunk by chunk, each row with the place where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pandas as pd

from pathmtl.tables.columns import ReportsError, canonical_columns, known_column
from pathmtl.tables.delimited import Rows, first_bad_line, open_delimited, open_text
from pathmtl.tables.hl7_table import HL7_COLUMNS, read_messages

#: What may be given as reports, for messages.
SOURCES = (
    "a folder of PDF, PNG, JPEG, TIFF, DOCX, RTF, HL7 or TXT files, one such file, "
    "or a table ending in .csv, .tsv, .jsonl (each also .gz), .json, .xlsx or .parquet"
)
_KINDS = {
    **{".csv": "csv", ".tsv": "csv", ".tab": "csv", ".txt": "csv"},
    **{".jsonl": "json", ".ndjson": "json", ".json": "json"},
    **{".xlsx": "xlsx", ".xlsm": "xlsx", ".parquet": "parquet", ".hl7": "hl7"},
}
#: What a reader of other files should do.
_FIXES = {
    **dict.fromkeys((".xls", ".xlsb", ".ods", ".numbers"), "save it as .xlsx, or as CSV UTF-8"),
    **dict.fromkeys((".sav", ".dta", ".sas7bdat", ".feather", ".rds", ".mdb", ".accdb"), "export it as CSV UTF-8"),
    **dict.fromkeys((".zip", ".7z", ".tar", ".tgz", ".bz2", ".xz"), "unpack it and give the folder or the table in it"),
}
_MARKS = {
    b"PK\x03\x04": "a ZIP or Excel file",
    b"PAR1": "a Parquet file",
    b"\x1f\x8b": "a gzip file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
}
#: What one place of a row is called in messages.
_UNITS = {"csv": "line", "json": "line", "xlsx": "row", "parquet": "row", "hl7": "message"}


def table_kind(path: Path) -> str | None:
    """How a file is read as a table, by its name: csv, json, xlsx, parquet or hl7; None if it is no table."""
    name = path.name.lower()
    kind = _KINDS.get(Path(name.removesuffix(".gz")).suffix)
    return None if name.endswith(".gz") and kind not in ("csv", "json") else kind


def partitions(path: Path) -> list[Path]:
    """The Parquet files in a folder, sorted by name: the parts of one table, as Dask, Spark and ``stream`` write it."""
    return sorted(path.glob("*.parquet")) if path.is_dir() else []


def raw_chunks(path: Path, chunk_size: int | None, columns: Sequence[str] | None = None) -> Iterator[pd.DataFrame]:
    """Yield a table file as it is, in chunks.

    Parameters
    ----------
    path : Path
        A file of a kind in ``SOURCES``, or a folder of Parquet partitions.
    chunk_size : int or None
        Rows per chunk; None for one chunk of all.
    columns : sequence of str, optional
        Canonical names of the columns to keep; all by default.

    Yields
    ------
    pandas.DataFrame
        Canonical column names (``columns.canonical_columns``). The index is the line, row or message of each row in the file,
        and is named so. A table without rows yields one empty chunk.

    Raises
    ------
    ReportsError
        The file is empty, of an unknown kind, damaged or ambiguous; the message names the place and the fix, and no report text.
    """
    parts = partitions(path)
    kind = "parquet" if parts else table_kind(path)
    if kind is None:
        name = Path(path.name.lower())
        fix = "unpack it" if name.suffix == ".gz" else _FIXES.get(name.suffix, f"give {SOURCES}")
        raise ReportsError(f"reports: {path} is of no known kind; {fix}")
    try:
        if kind == "parquet":
            chunks = _parquet(parts or [path], chunk_size, columns)
            yield from chunks if chunk_size else [pd.concat(chunks)]
            return
        names, rows = _open(path, kind)
        kept = [i for i, name in enumerate(names) if columns is None or name in columns]
        start = True
        while (chunk := list(islice(rows, chunk_size))) or start:
            yield pd.DataFrame(
                [[row[i] for i in kept] for _, row in chunk],
                columns=[names[i] for i in kept],
                index=pd.Index([place for place, _ in chunk], name=_UNITS[kind], dtype=int),
                dtype=str if kind == "csv" else object,
            )
            start = False
            if chunk_size is None:
                return
    except UnicodeDecodeError:
        raise ReportsError(
            f"reports: {path}, line {first_bad_line(path)}, is not UTF-8; save the file as UTF-8 (in Excel: Save as, CSV UTF-8)"
        ) from None
    except ReportsError:
        raise
    except (OSError, ValueError, EOFError) as error:
        # The parser's own message is not passed on, because it may quote a line.
        if isinstance(error, FileNotFoundError | PermissionError):
            raise ReportsError(
                f"reports: {path} cannot be opened ({type(error).__name__}); check its path and permissions"
            ) from None
        raise ReportsError(
            f"reports: {path} cannot be parsed as {kind} ({type(error).__name__}); check that its name fits its content, "
            "or export it again"
        ) from None


def _open(path: Path, kind: str) -> tuple[list[str], Rows]:
    if kind == "xlsx":
        from pathmtl.tables.workbook import open_workbook

        return open_workbook(path)
    with path.open("rb") as file:
        head = file.read(4)
    for mark, content in _MARKS.items():
        if head.startswith(mark) and path.suffix.lower() != ".gz":
            raise ReportsError(f"reports: {path} holds {content}; give it the ending that fits its content")
    if kind == "hl7":
        return list(HL7_COLUMNS), read_messages(path)
    return open_delimited(path) if kind == "csv" else _open_json(path)


def _parquet(paths: Sequence[Path], chunk_size: int | None, columns: Sequence[str] | None) -> Iterator[pd.DataFrame]:
    import pyarrow.parquet

    names, start = None, 1
    for path in paths:
        file = pyarrow.parquet.ParquetFile(path)
        own = canonical_columns(file.schema_arrow.names, path)
        names = names or own
        if own != names:
            raise ReportsError(f"reports: {path} has other columns than {paths[0].name}; make them the same in all partitions")
        wanted = None
        if columns is not None:
            wanted = [stored for stored, name in zip(file.schema_arrow.names, names, strict=True) if name in columns]
        for batch in file.iter_batches(batch_size=chunk_size or max(file.metadata.num_rows, 1), columns=wanted):
            # An integer id beside an empty one stays an integer.
            chunk = batch.to_pandas(integer_object_nulls=True, ignore_metadata=True)
            chunk.columns = canonical_columns(chunk.columns, path)
            chunk.index = pd.RangeIndex(start, start + len(chunk), name=_UNITS["parquet"])
            start += len(chunk)
            yield chunk
    if start == 1:
        yield pd.DataFrame(columns=[name for name in names if columns is None or name in columns])


def _open_json(path: Path) -> tuple[list[str], Rows]:
    """One object per line, or one array of objects; a record without a field has it empty."""
    names: dict[str, None] = {}
    for _, record in _records(path):
        names.update(dict.fromkeys(record))
    if not names:
        raise ReportsError(f"reports: {path} is empty")
    own = list(names)
    return canonical_columns(own, path), ((place, [record.get(name) for name in own]) for place, record in _records(path))


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    with open_text(path) as file:
        first = next((line for line in file if line.strip()), "")
    if first.lstrip().startswith("["):
        with open_text(path) as file:
            records = _decoded(file.read(), path, None)
        for position, record in enumerate(records, 1):
            yield position, _checked(record, path, f"record {position}")
        return
    with open_text(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                yield number, _checked(_decoded(line, path, number), path, f"line {number}")


def _decoded(text: str, path: Path, line: int | None) -> object:
    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) < len(pairs):
            raise ReportsError(f"reports: {path}, line {line or '?'}: an object names a field twice; remove one of the two")
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=unique)
    except json.JSONDecodeError as error:
        where = line if line is not None else error.lineno
        raise ReportsError(
            f"reports: {path}, line {where}, is no complete JSON ({error.msg}, character {error.colno}); "
            "cannot be parsed: give one object per line (.jsonl), or one array of objects (.json)"
        ) from None


def _checked(record: object, path: Path, place: str) -> dict[str, object]:
    if not isinstance(record, dict):
        raise ReportsError(f'reports: {path}, {place}, is no JSON object; write each report as {{"report_id": …, "text": …}}')
    for name, value in record.items():
        if isinstance(value, dict | list):
            if known_column(name):
                raise ReportsError(f"reports: {path}, {place}: {known_column(name)} is not one value; write it as one string")
            record[name] = json.dumps(value, ensure_ascii=False)
    return record
