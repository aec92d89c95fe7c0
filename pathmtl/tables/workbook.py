"""The sheet of an Excel workbook that contains the reports, row by row."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._read_only import ReadOnlyWorksheet

from pathmtl.files import unpacks_to_a_bomb
from pathmtl.tables.columns import ReportsError, canonical_columns, shown_columns
from pathmtl.tables.delimited import Rows

_LONGEST_CELL = 32_767  # characters: Excel cuts longer texts off


def open_workbook(path: Path) -> tuple[list[str], Rows]:
    """Open the one sheet of a workbook (.xlsx, .xlsm) whose first row names a ``text`` or ``report_id`` column.

    Parameters
    ----------
    path : Path
        The workbook.

    Returns
    -------
    columns : list of str
        Canonical names.
    rows : iterator of (int, list)
        Number of a row in the sheet and its values as text, as Excel stores them (not as it formats them); dates in ISO form.

    Raises
    ------
    ReportsError
        It is no workbook, no or several sheets fit; while reading: a cell has an error, a formula without a stored value, a
        text of Excel's greatest length (its end is lost) or a value beside the named columns.
    """
    try:
        if unpacks_to_a_bomb(path):
            raise ReportsError(f"reports: {path} holds a part that is huge once unpacked; export the reports as CSV or JSONL")
        book = load_workbook(path, read_only=True, data_only=True)
        formulas = load_workbook(path, read_only=True)
        headers = {sheet.title: _header(sheet) for sheet in book.worksheets}
    except ReportsError:
        raise
    except Exception as error:  # openpyxl raises whatever the package lacks
        raise _unreadable(path, error) from None
    headers = {title: header for title, header in headers.items() if header}
    if not headers:
        raise ReportsError(f"reports: {path} is empty")
    fitting = [title for title, header in headers.items() if {"text", "report_id"} & set(canonical_columns(header, path))]
    with_text = [title for title in fitting if "text" in canonical_columns(headers[title], path)]
    chosen = with_text or fitting or list(headers)
    if len(chosen) > 1:
        reason = "more than one sheet with reports" if fitting else "more than one sheet, none with a 'text' column"
        raise ReportsError(
            f"reports: {path} has {reason} ({shown_columns(chosen)}); save the one that is meant as a file of its own"
        )
    columns = canonical_columns(headers[chosen[0]], path)
    for each in (book, formulas):
        each[chosen[0]].reset_dimensions()  # a sheet may state a billion cells: read those that it has
    return columns, _rows(book[chosen[0]], formulas[chosen[0]], len(columns), path)


def _unreadable(path: Path, error: Exception) -> ReportsError:
    return ReportsError(
        f"reports: {path} is no readable Excel workbook ({type(error).__name__}); save it without a password as .xlsx, "
        "or as CSV UTF-8"
    )


def _pairs(sheet: ReadOnlyWorksheet, formulas: ReadOnlyWorksheet, path: Path) -> Iterator[tuple[tuple, tuple]]:
    try:
        yield from zip(sheet.iter_rows(), formulas.iter_rows(), strict=True)
    except Exception as error:  # a damaged part, noticed when it is reached
        raise _unreadable(path, error) from None


def _header(sheet: ReadOnlyWorksheet) -> list[str]:
    first = next(sheet.iter_rows(values_only=True), ())
    names = ["" if value is None else str(value) for value in first]
    while names and not names[-1].strip():
        names.pop()
    return names


def _rows(sheet: ReadOnlyWorksheet, formulas: ReadOnlyWorksheet, width: int, path: Path) -> Iterator[tuple[int, list[object]]]:
    for number, (row, written) in enumerate(_pairs(sheet, formulas, path), 1):
        if number == 1:
            continue
        values = []
        for column, (cell, formula) in enumerate(zip_longest(row, written), 1):
            where = f"{path}, sheet {sheet.title!r}, cell {get_column_letter(column)}{number},"
            value = cell.value if cell is not None else None
            if value is None and formula is not None and formula.value is not None:
                raise ReportsError(
                    f"reports: {where} is a formula without a stored value; paste its value, or save the file in Excel"
                )
            if value is not None and cell.data_type == "e":
                raise ReportsError(f"reports: {where} is an error ({value}); correct or empty it")
            if column > width and value is not None:
                raise ReportsError(
                    f"reports: {where} has a value, but its column has no name; name the column in row 1, or empty the cell"
                )
            values.append(_as_text(value))
            if len(values[-1]) >= _LONGEST_CELL:
                raise ReportsError(
                    f"reports: {where} is {_LONGEST_CELL:,} characters long, the most that Excel stores, so its end may be lost; "
                    "export the reports from their source as CSV or JSONL"
                )
        if any(value.strip() for value in values):
            yield number, (values + [""] * width)[:width]


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(sep=" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return unescape(value) if isinstance(value, str) else str(value)
