"""Named rules that choose among the readings of one task (paper, S1-A "priority logic"; ASCO/CAP 2018 for HER2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pathmtl import schema
from pathmtl.report.candidates.common import COUNTED, EXTENT

if TYPE_CHECKING:
    from pathmtl.report.oracle import Placed
    from pathmtl.report.segment import Block

Decision = tuple["Placed", str | None, str, str, str]
_GRADE_RULES = (
    "named grade",
    "Nottingham score",
    "Nottingham components",
    "plain grade",
    "short grade",
    "grade on a scale",
    "differentiation",
    "high or low grade",
)


_ISH_FIGURES = ("HER2 ISH ratio", "HER2 ISH copy number")


def resolve(task: str, placed: list[Placed]) -> Decision | None:
    """(chosen reading, value, status, rule, note), or None where no reading speaks of the task.

    TX, "pending" and "not performed" are statements without a class: they answer only where nothing else does.
    """
    if not placed:
        return None
    valued = [p for p in placed if p.candidate.value is not None]
    if not valued:
        first = min(placed, key=lambda p: (p.rank, p.candidate.start))
        return first, None, "not_stated", first.candidate.rule, first.candidate.note
    if task == "HER2":
        return _her2(valued)
    if task in schema.BIOMARKERS:
        return _receptor(valued)
    if task == "grade":
        return _grade(valued)
    return _stage(task, valued)


def _status(placed: Placed) -> str:
    return "inferred" if placed.candidate.inferred else "stated"


def _stage(task: str, valued: list[Placed]) -> Decision:
    """Codes before counts, extents and sizes, the best section first, in it the highest category (AJCC: the highest T)."""
    codes = [p for p in valued if p.candidate.rule not in (COUNTED, EXTENT) and not p.candidate.inferred]
    pool = codes or [p for p in valued if not p.candidate.inferred] or valued
    best = min(p.rank for p in pool)
    pool = [p for p in pool if p.rank == best]
    order = schema.CLASSES[task]
    chosen = max(pool, key=lambda p: (order.index(p.candidate.value), -p.candidate.start))
    several = len({p.candidate.value for p in pool}) > 1
    rule = chosen.candidate.rule + (", highest of several" if several else "")
    note = ", ".join(sorted({p.candidate.value for p in pool})) if several else chosen.candidate.note
    return chosen, chosen.candidate.value, _status(chosen), rule, note


def _grade(valued: list[Placed]) -> Decision:
    """The most specific system first (Nottingham before differentiation), the best section, the highest of several."""
    system = min(_GRADE_RULES.index(p.candidate.rule) for p in valued)
    pool = [p for p in valued if _GRADE_RULES.index(p.candidate.rule) == system]
    best = min(p.rank for p in pool)
    pool = [p for p in pool if p.rank == best]
    chosen = max(pool, key=lambda p: (p.candidate.value or "", -p.candidate.start))
    several = len({p.candidate.value for p in pool}) > 1
    return (
        chosen,
        chosen.candidate.value,
        "stated",
        f"grade {chosen.candidate.rule}" + (", highest of several" if several else ""),
        chosen.candidate.note,
    )


def _receptor(valued: list[Placed]) -> Decision:
    """The best section; contradiction within one block of it is a conflict, between tumours any positive is positive."""
    best = min(p.rank for p in valued)
    pool = [p for p in valued if p.rank == best]
    values = {p.candidate.value for p in pool}
    if len(values) == 1:
        return pool[0], pool[0].candidate.value, "stated", pool[0].candidate.rule, ""
    positive = next(p for p in pool if p.candidate.value == "Positive")
    negative = next(p for p in pool if p.candidate.value == "Negative")
    if positive.block is negative.block:
        return pool[0], None, "conflict", f"{pool[0].candidate.task} contradiction within a block", "Positive and Negative"
    return (
        positive,
        "Positive",
        "stated",
        positive.candidate.rule + ", positive in one of several blocks",
        "Positive and Negative",
    )


def _her2(valued: list[Placed]) -> Decision:
    """ISH decides where it has a result, else IHC: 2+ without ISH stays equivocal; 1+ keeps a HER2-low note (ASCO/CAP 2018).

    ISH in words stands above its figures. Positive and negative by one assay within one block is a conflict.
    """
    ish = [p for p in valued if p.candidate.assay == "ish" and p.candidate.value != "Equivocal"]
    ihc = [p for p in valued if p.candidate.assay != "ish"]
    pool = ish or ihc or valued
    best = min(p.rank for p in pool)
    pool = [p for p in pool if p.rank == best]
    pool = [p for p in pool if p.candidate.rule not in _ISH_FIGURES] or pool
    order = ("Negative", "Equivocal", "Positive")
    blocks: dict[str, set[Block]] = {value: {p.block for p in pool if p.candidate.value == value} for value in order}
    if blocks["Positive"] & blocks["Negative"] and not all(p.candidate.rule in _ISH_FIGURES for p in pool):
        first = min(pool, key=lambda p: p.candidate.start)
        return first, None, "conflict", "HER2 contradiction within a block", "Positive and Negative"
    chosen = max(pool, key=lambda p: (order.index(p.candidate.value), -p.candidate.start))
    several = len({p.candidate.value for p in pool}) > 1
    rule = chosen.candidate.rule + (", ISH decides" if ish and ihc else "") + (", highest of several" if several else "")
    low = any(p.candidate.rule.endswith(("score 1", "score 2", "HER2 low")) for p in ihc)
    note = "HER2-low" if chosen.candidate.value == "Negative" and low else ""
    return chosen, chosen.candidate.value, "stated", rule, note
