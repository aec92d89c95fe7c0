"""Writing tables as CSV: complete or absent, and with no cell that a spreadsheet would run as a formula.

Excel and others take a cell that begins with ``=``, ``+``, ``-`` or ``@`` (or a tab or carriage return before one) for a
formula, which can send a table's content elsewhere (OWASP, "CSV injection"). Such a text is written with an apostrophe before
it. pathmtl takes the apostrophe off when it reads a CSV; elsewhere, remove it with
``table[column].str.replace(r"^'(?='*[=+\\-@\\t\\r])", "", regex=True)``.
"""

from __future__ import annotations

import csv
import gzip
import re
from pathlib import Path

import pandas as pd

from pathmtl.files import atomic_writer

_FORMULA = re.compile(r"'*[=+\-@\t\r]")  # with apostrophes before it, so that every text comes back as it was
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def escape(value: object) -> object:
    """Put an apostrophe before a text that a spreadsheet would take for a formula; numbers, and numbers as text, stay.

    Examples
    --------
    >>> escape("=1+1"), escape("-3.5"), escape(-3.5)
    ("'=1+1", '-3.5', -3.5)
    """
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def unescape(value: str) -> str:
    """Take off what ``escape`` put before a text."""
    return value[1:] if value.startswith("'") and _FORMULA.match(value[1:]) else value


def csv_text(table: pd.DataFrame, *, header: bool = True, index: bool = False, float_format: str | None = None) -> str:
    """Return a table as CSV with its texts, and the names of its columns, escaped.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns of numbers are written as they are.
    header, index : bool
        Write the names of the columns, and the index.
    float_format : str, optional
        As for ``DataFrame.to_csv``.
    """
    safe = table.rename(columns=escape)
    for position, dtype in enumerate(safe.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            safe.isetitem(position, safe.iloc[:, position].astype(object).map(escape, na_action="ignore"))
    # A carriage return is a line's end to those who read, but not to the writer, which leaves it without quotation marks.
    text = safe.to_csv(index=index, header=header, float_format=float_format, lineterminator="\n")
    if "\r" in text:
        quoting = csv.QUOTE_NONNUMERIC
        text = safe.to_csv(index=index, header=header, float_format=float_format, lineterminator="\n", quoting=quoting)
    return text


def write_csv(table: pd.DataFrame, path: Path, *, index: bool = False, float_format: str | None = None) -> None:
    """Write a table as CSV in one step (gzip-compressed if its name ends in ``.gz``); its folder is made.

    Raises
    ------
    OSError
        It cannot be written; nothing stands under ``path`` that did not before.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    data = csv_text(table, index=index, float_format=float_format).encode()
    with atomic_writer(path) as file:
        file.write(gzip.compress(data, mtime=0) if path.suffix == ".gz" else data)
