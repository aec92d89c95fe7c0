"""The names of a table's columns: which of them are the columns that the library knows, however they are spelled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pathmtl.schema import REPORT_COLUMNS

#: Columns with a meaning of their own; ``date``, ``side`` and ``kind`` serve consolidation.
KNOWN = (*REPORT_COLUMNS, "date", "side", "kind")
#: Of these, two spellings in one table are never guessed between.
_UNIQUE = ("report_id", "patient_id", "text")
_LONGEST_NAME = 30  # characters of a column name in a message
#: Blanks, also those that no one sees (no-break and zero-width ones, a byte-order mark).
_BLANK = r"\s\u00a0\u200b\u2060\ufeff"


class ReportsError(ValueError):
    """A source of reports that cannot be used. The message names it, the bad value and how to fix it; no report text."""


def _squashed(name: str) -> str:
    return re.sub(rf"[{_BLANK}_.\-]+", "", name.casefold())


_SPELLED = {_squashed(name): name for name in KNOWN}


def known_column(name: str) -> str | None:
    """Return the known column that ``name`` spells, whatever its case, blanks, hyphens and underscores; None for another name.

    Examples
    --------
    >>> known_column(" Patient ID"), known_column("ID"), known_column("note")
    ('patient_id', 'report_id', None)
    """
    squashed = _squashed(name)
    return "report_id" if squashed == "id" else _SPELLED.get(squashed)


def canonical_columns(columns: Sequence[object], path: Path) -> list[str]:
    """Return the columns of a table with the known ones spelled as in ``KNOWN`` and the blanks around all others removed.

    A column ``ID`` is the report's id, unless there is a ``report_id`` too. A column without a name is called ``column_N``.

    Raises
    ------
    ReportsError
        Two columns have one name, or both can be the text, the report's id or the patient's id.
    """
    names = [re.sub(rf"^[{_BLANK}]+|[{_BLANK}]+$", "", str(name)) for name in columns]
    names = [name or f"column_{position}" for position, name in enumerate(names, 1)]
    found = [known_column(name) for name in names]
    if any(name != "id" and known == "report_id" for name, known in zip(map(_squashed, names), found, strict=True)):
        found = [None if _squashed(name) == "id" else known for name, known in zip(names, found, strict=True)]
    for known in set(found) - {None}:
        spelled = [name for name, other in zip(names, found, strict=True) if other == known]
        if len(spelled) > 1 and (known in _UNIQUE or spelled.count(known) != 1):
            raise _twice(path, spelled, known)
        if len(spelled) > 1:  # "N" beside "n": the exact spelling is meant
            found = [None if other == known and name != known else other for name, other in zip(names, found, strict=True)]
    result = [known or name for name, known in zip(names, found, strict=True)]
    for name in result:
        if result.count(name) > 1:
            raise _twice(path, [name] * result.count(name), name)
    return result


def _twice(path: Path, spelled: Sequence[str], meant: str) -> ReportsError:
    shown = " and ".join(repr(name) if len(name) <= _LONGEST_NAME else "…" for name in spelled)
    use = f"it is unclear which is {meant!r}" if len(meant) <= _LONGEST_NAME else "their names are the same"
    return ReportsError(f"reports: {path}, line 1, has the columns {shown}, so {use}; rename or remove all but one")


def shown_columns(columns: Sequence[object]) -> str:
    """The first columns of a table, for a message. Long names are left out: in a file without a header they are report text."""
    return ", ".join(name if len(name) <= _LONGEST_NAME else "…" for name in map(str, columns[:12]))
