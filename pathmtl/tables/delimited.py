"""Tables of values parted by commas, semicolons, tabs or bars: strictly, so that no text ends up in the wrong column."""

from __future__ import annotations

import codecs
import csv
import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from pathmtl.csv_file import unescape
from pathmtl.tables.columns import ReportsError, canonical_columns, known_column

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
#: Characters of one value. A report of 5 MB is possible; more is a quotation mark that was never closed.
_LONGEST_VALUE = 50_000_000
Rows = Iterator[tuple[int, list[object]]]


def open_text(path: Path) -> IO[str]:
    """Open a text file, gzip-compressed or not, as UTF-8, or as UTF-16 if it says so; line ends stay as they are."""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        encoding = "utf-16" if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


def first_bad_line(path: Path) -> int:
    """The number of the first line that is not UTF-8."""
    with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
        for number, line in enumerate(file, 1):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return number
    return 1


def open_delimited(path: Path) -> tuple[list[str], Rows]:
    """Open a table of separated values.

    The separator is the one that makes the header's known columns appear (``text``, ``report_id``, …).

    Parameters
    ----------
    path : Path
        A text file, also gzip-compressed, whose first line names the columns.

    Returns
    -------
    columns : list of str
        Canonical names.
    rows : iterator of (int, list)
        The line in which a row begins, and its values; blank lines are left out.

    Raises
    ------
    ReportsError
        The file is empty; while reading: a row has more or fewer values than there are columns, or quotation marks do not pair.
    """
    headers = {separator: header for separator in _SEPARATORS if (header := _header(path, separator))}
    if not headers:
        with open_text(path) as file:
            empty = not file.read(1_000_000).strip()
        raise ReportsError(f"reports: {path} is empty" if empty else _quotes(path, 1, 1))
    separator = max(headers, key=lambda each: (_known(headers[each]), len(headers[each])))
    header = headers[separator]
    return canonical_columns([unescape(name) for name in header], path), _rows(path, separator, len(header))


def is_delimited(path: Path) -> bool:
    """Return True if the first line of a text file names a ``text`` column and others: a table in a file called .txt."""
    try:
        headers = [_header(path, separator) for separator in _SEPARATORS]
    except (OSError, UnicodeDecodeError):
        return False
    return any(len(header) > 1 and "text" in map(known_column, header) for header in headers)


def _known(header: list[str]) -> int:
    return sum(known_column(name) is not None for name in header)


def _header(path: Path, separator: str) -> list[str]:
    with open_text(path) as file:
        return next((row for _, row in _parsed(file, path, separator, strict=False)), [])


def _rows(path: Path, separator: str, width: int) -> Rows:
    with open_text(path) as file:
        rows = _parsed(file, path, separator, strict=True)
        next(rows)
        for line, row in rows:
            if len(row) != width:
                raise ReportsError(
                    f"reports: {path}, line {line}, has {len(row)} values for {width} columns parted by "
                    f"{_SEPARATORS[separator]}; put texts with {_SEPARATORS[separator]} or line breaks in quotation marks"
                )
            yield line, [unescape(value) for value in row]


def _parsed(file: IO[str], path: Path, separator: str, *, strict: bool) -> Iterator[tuple[int, list[str]]]:
    csv.field_size_limit(_LONGEST_VALUE)
    reader = csv.reader(file, delimiter=separator, strict=strict)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error:
            if not strict:
                return
            raise _quotes(path, line, reader.line_num) from None
        if row is None:
            return
        hint = line == 1 and len(row) <= 2 and row[0].lower().startswith("sep=")  # Excel's own line above the header
        if not hint and any(map(str.strip, row)):
            yield line, row


def _quotes(path: Path, line: int, noticed: int) -> ReportsError:
    return ReportsError(
        f"reports: {path}, line {line}: the quotation marks of the row that begins here do not pair (noticed in line {noticed}); "
        'close every quoted text, and double a quotation mark inside one ("")'
    )
