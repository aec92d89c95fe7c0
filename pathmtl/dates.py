"""Dates of a column: one order of day and month for all of it, found from the column itself or refused, never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

_TIME = r"(?:[T ]\d{1,2}:\d{2}.*)?"
_ISO = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
#: As in HL7 and DICOM.
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:\d{4,6}(?:\.\d+)?(?:[+-]\d{4})?)?")
_NUMERIC = re.compile(rf"(\d{{1,2}})([-/.])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_NAMED = re.compile(rf"(\d{{1,2}})[-/. ]([A-Za-z]{{3,9}})\.?[-/., ]+(\d{{4}}|\d{{2}}){_TIME}")
_NAMED_FIRST = re.compile(rf"([A-Za-z]{{3,9}})\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}")
_EXAMPLE = "write all dates like 2019-03-14, or leave unknown ones empty"


def days(values: Sequence[object]) -> list[int | None]:
    """Return the day numbers (``date.toordinal``) of a column of dates; a time of day and its zone are ignored.

    Read are 2019-03-14, 20190314, 14 Mar 2019, March 14, 2019, and 14/03/2019 or 03/14/2019: which of these two is decided
    for the whole column by the values that have only one reading. Dates with dots have the day first.

    Parameters
    ----------
    values : sequence
        Texts, dates or empty (None, NaN, blank).

    Returns
    -------
    list of (int or None)
        None where empty.

    Raises
    ------
    ValueError
        A value is no complete date, no value says which of day and month comes first, or two values say opposite things. The
        message names the values and their row numbers, from 1.

    Examples
    --------
    >>> [date.fromordinal(day).isoformat() for day in days(["02/03/2019", "14/03/2019"])]
    ['2019-03-02', '2019-03-14']
    """
    texts = ["" if value is None or value != value else str(value).strip() for value in values]
    day_first = _order(texts)
    return [_day(text, row, day_first) if text else None for row, text in enumerate(texts, 1)]


def _order(texts: Sequence[str]) -> bool:
    """Whether numeric dates have the day first."""
    evidence: dict[bool, tuple[int, str]] = {}
    open_row: tuple[int, str] | None = None
    for row, text in enumerate(texts, 1):
        match = _NUMERIC.fullmatch(text)
        if not match:
            continue
        first, second = int(match[1]), int(match[3])
        if second > 12:
            evidence.setdefault(False, (row, text))
        elif first > 12 or match[2] == ".":
            evidence.setdefault(True, (row, text))
        elif first != second:
            open_row = open_row or (row, text)
    if len(evidence) == 2:
        (day_row, day_text), (month_row, month_text) = evidence[True], evidence[False]
        raise ValueError(
            f"date {day_text!r} (row {day_row}) has the day first and {month_text!r} (row {month_row}) the month; {_EXAMPLE}"
        )
    if open_row and not evidence:
        raise ValueError(
            f"date {open_row[1]!r} (row {open_row[0]}) can be read day first or month first, as can all others; {_EXAMPLE}"
        )
    return next(iter(evidence), True)


def _day(text: str, row: int, day_first: bool) -> int:
    try:
        if match := _ISO.fullmatch(text) or _COMPACT.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3])).toordinal()
        if match := _NUMERIC.fullmatch(text):
            day, month = (match[1], match[3]) if day_first else (match[3], match[1])
            return date(int(match[4]), int(month), int(day)).toordinal()
        if match := _NAMED.fullmatch(text):
            return _named(match[1], match[2], match[3])
        if match := _NAMED_FIRST.fullmatch(text):
            return _named(match[2], match[1], match[3])
    except ValueError:
        pass
    raise ValueError(f"date {text!r} (row {row}) cannot be read; {_EXAMPLE}")


def _named(day: str, month: str, year: str) -> int:
    return datetime.strptime(f"{day} {month[:3]} {year}", f"%d %b {'%Y' if len(year) == 4 else '%y'}").toordinal()
