"""Patient-level consolidation: biomarkers spread across a patient's reports and addenda, in time order (paper, section IV-A).

The report of a resection often states no receptors, because the core biopsy did or an addendum will. A report that lacks a
biomarker therefore takes it from another report of the same patient, side and cancer, and every value keeps its provenance. The
paper names this step but gives no rules. Ours have the names below. (Cancer registries do the same when they consolidate the
records of one tumor, and also keep sides and primaries apart: SEER Program Coding and Staging Manual, National Cancer Institute.)

=============  =============================================================================================================
``own``        the report states the value itself, and no addendum changes it
``addendum``   a later addendum states it: it fills a gap, and replaces what the report itself said
``earlier``    the latest earlier report that states it (the biopsy before a resection)
``later``      the earliest later report that states it
``unanimous``  some dates are missing, so there is no order, but all reports that state the biomarker agree
``conflict``   reports of the same day (or without order) disagree: nothing is taken
=============  =============================================================================================================

Values never cross sides. A report without a side (or about both sides) takes part only if all other reports of that patient and
cancer are about one side. Stages are not shared: the stage of one operation is not that of another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from pathmtl.dates import days
from pathmtl.oracle.segment import segment
from pathmtl.schema import BIOMARKERS, canonical

#: Reports more days apart than this belong to different episodes. An assumption: the paper gives no number.
HORIZON = 365
#: Clinical staging variables; every report of the final cohort states at least one of them (section IV-A).
STAGING: tuple[str, ...] = ("T", "N", "M", "grade")
SIDES = ("left", "right")
_SIDED_SECTIONS = frozenset({"synoptic", "final_diagnosis", "biomarkers", "addendum"})


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a report's value for a task comes from.

    Attributes
    ----------
    report_id, patient_id, task : str
        The report, its patient, and the task.
    value : str or None
        The canonical class; None for a conflict.
    source_id : str or None
        The report that states the value; None for a conflict.
    rule : str
        One of the rules named above.
    """

    report_id: str
    patient_id: str
    task: str
    value: str | None
    source_id: str | None
    rule: str


@dataclass(frozen=True, slots=True)
class _Statement:
    """What one report says about one task, and what decides whether others may share it; ``day`` and ``side`` may be None."""

    report_id: str
    patient_id: str
    cancer: str
    side: str | None
    day: int | None
    addendum: bool
    value: str | None


def report_side(text: str) -> str | None:
    """Return the side (``"left"`` or ``"right"``) that a report's diagnostic sections are about, or None (no side, or both)."""
    sides = {block.side for block in segment(text) if block.side and block.section in _SIDED_SECTIONS}
    return sides.pop() if len(sides) == 1 else None


def consolidate(
    table: pd.DataFrame, *, tasks: Sequence[str] = BIOMARKERS, horizon: int | None = HORIZON
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Share biomarkers among each patient's reports (paper, section IV-A).

    Parameters
    ----------
    table : pandas.DataFrame
        Reports with ``report_id``, ``patient_id`` and the columns of ``tasks`` (canonical classes; empty is "not stated").
        Optional columns: ``date`` (as ``dates.days`` reads them; empty is unknown), ``side`` (``left`` or ``right``, anything
        else is unknown; without this column the side is read from ``text``), ``kind`` (``addendum`` marks a document that amends
        another) and ``cancer_type``.
    tasks : sequence of str
        What to share.
    horizon : int or None
        Reports more days apart than this share nothing; None for no limit.

    Returns
    -------
    filled : pandas.DataFrame
        The table with gaps filled; row order and other columns are unchanged.
    provenance : pandas.DataFrame
        One row of ``Provenance`` per report and task that has a value or a conflict.

    Raises
    ------
    ValueError
        A column or patient_id is missing, a report_id is not unique, a label is not a class, or a date cannot be read.

    Examples
    --------
    >>> table = pd.DataFrame({"report_id": ["biopsy", "resection"], "patient_id": ["1", "1"], "ER": ["Positive", None],
    ...                       "date": ["2019-03-01", "2019-04-02"], "side": ["left", "left"]})
    >>> filled, provenance = consolidate(table, tasks=["ER"])
    >>> filled["ER"].tolist(), provenance["rule"].tolist()
    (['Positive', 'Positive'], ['own', 'earlier'])
    """
    _check(table, tasks)
    decided: dict[tuple[str, str], Provenance] = {}
    context = _context(table)
    for task in tasks:
        values = [None if pd.isna(value) else canonical(task, value) for value in table[task]]
        for episode in _episodes([_Statement(*about, value) for about, value in zip(context, values, strict=True)]):
            for one in episode:
                value, source, rule = _decide(one, episode, horizon)
                if rule:
                    decided[one.report_id, task] = Provenance(one.report_id, one.patient_id, task, value, source, rule)
    identifiers = table["report_id"].astype(str).tolist()
    records = [decided[key] for key in ((i, task) for i in identifiers for task in tasks) if key in decided]
    columns = {task: [decided[i, task].value if (i, task) in decided else None for i in identifiers] for task in tasks}
    filled = table.assign(**{task: pd.Series(values, index=table.index, dtype=object) for task, values in columns.items()})
    return filled, pd.DataFrame(records, columns=list(Provenance.__dataclass_fields__))


def sources(table: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """Arrange ``provenance`` like ``table``: columns ``TASK_rule`` and ``TASK_source`` for each task, empty where it has none."""
    identifiers = table["report_id"].astype(str)
    columns = {}
    for task, part in provenance.groupby("task", sort=False):
        known = part.set_index("report_id")
        for name, column in (("rule", "rule"), ("source", "source_id")):
            columns[f"{task}_{name}"] = identifiers.map(known[column])
    return pd.DataFrame(columns, index=table.index)


def _context(table: pd.DataFrame) -> list[tuple]:
    """The fields of a ``_Statement`` before its value, by report."""
    size = len(table)
    cancers = table["cancer_type"].fillna("").astype(str) if "cancer_type" in table else [""] * size
    addenda = table["kind"].eq("addendum") if "kind" in table else [False] * size
    ids = (table[name].astype(str) for name in ("report_id", "patient_id"))
    return list(zip(*ids, cancers, _sides(table), _days(table), map(bool, addenda), strict=True))


def informative(table: pd.DataFrame) -> pd.DataFrame:
    """Return the reports that state at least one of T, N, M and grade: what remains after pruning (section IV-A)."""
    stated = pd.DataFrame({task: table[task].fillna("").astype(str).str.len().gt(0) for task in STAGING})
    return table[stated.any(axis=1)]


def _check(table: pd.DataFrame, tasks: Sequence[str]) -> None:
    missing = [column for column in ("report_id", "patient_id", *tasks) if column not in table]
    if missing:
        raise ValueError(
            f"consolidate: the table has no column {', '.join(missing)}; it has {', '.join(map(str, table.columns))}"
        )
    if (nobody := table["patient_id"].isna() | table["patient_id"].astype(str).str.strip().eq("")).any():
        raise ValueError(f"consolidate: {nobody.sum()} reports have no patient_id; give each one, or leave them out")
    repeated = table["report_id"][table["report_id"].duplicated()]
    if len(repeated):
        raise ValueError(f"consolidate: report_id {repeated.iloc[0]!r} occurs more than once; make it unique")


def _days(table: pd.DataFrame) -> list[int | None]:
    """Day numbers (ordinals), None if unknown."""
    if "date" not in table:
        return [None] * len(table)
    try:
        return days(table["date"].tolist())
    except ValueError as error:
        raise ValueError(f"consolidate: {error}") from None


def _sides(table: pd.DataFrame) -> list[str | None]:
    if "side" in table:
        return [side if (side := str(value).strip().lower()) in SIDES else None for value in table["side"]]
    if "text" in table:
        return [report_side(str(text)) for text in table["text"]]
    return [None] * len(table)


def _episodes(statements: list[_Statement]) -> Iterator[list[_Statement]]:
    """A patient's statements that may be shared: same cancer and side; those without a side join if there is only one."""
    groups: dict[tuple[str, str], list[_Statement]] = {}
    for one in statements:
        groups.setdefault((one.patient_id, one.cancer), []).append(one)
    for group in groups.values():
        sides = {one.side for one in group} - {None}
        if len(sides) <= 1:
            yield group
            continue
        for side in sorted(sides):
            yield [one for one in group if one.side == side]
        yield from ([one] for one in group if one.side is None)


def _decide(one: _Statement, statements: list[_Statement], horizon: int | None) -> tuple[str | None, str | None, str]:
    """Value, source and rule for one report; the rule is empty if no report states the biomarker."""
    others = [s for s in statements if s is not one and s.value and _near(s, one, horizon)]
    if any(s.day is None for s in (one, *others)):
        return _without_order(one, others)
    amended = _nearest(others, lambda s: s.addendum and not one.addendum and s.day >= one.day, latest=True)
    if amended:
        return _agreed(amended, "addendum" if amended[0].value != one.value else "own", one)
    if one.value:
        return one.value, one.report_id, "own"
    earlier = _nearest(others, lambda s: s.day <= one.day, latest=True)
    if earlier:
        return _agreed(earlier, "earlier", one)
    later = _nearest(others, lambda s: s.day > one.day, latest=False)
    return _agreed(later, "later", one) if later else (None, None, "")


def _near(other: _Statement, one: _Statement, horizon: int | None) -> bool:
    return horizon is None or other.day is None or one.day is None or abs(other.day - one.day) <= horizon


def _without_order(one: _Statement, others: list[_Statement]) -> tuple[str | None, str | None, str]:
    if one.value:
        return one.value, one.report_id, "own"
    return _agreed(others, "unanimous", one) if others else (None, None, "")


def _nearest(others: list[_Statement], fits: Callable[[_Statement], bool], *, latest: bool) -> list[_Statement]:
    """The statements of the latest (or earliest) day among those that fit."""
    chosen = [s for s in others if fits(s)]
    if not chosen:
        return []
    day = (max if latest else min)(s.day for s in chosen)
    return [s for s in chosen if s.day == day]


def _agreed(sources: list[_Statement], rule: str, one: _Statement) -> tuple[str | None, str | None, str]:
    if len({s.value for s in sources}) > 1:
        return (one.value, one.report_id, "own") if one.value else (None, None, "conflict")
    return sources[0].value, one.report_id if rule == "own" else sources[0].report_id, rule
