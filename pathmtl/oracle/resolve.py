"""Named rules that choose among the readings of one task (paper, S1-A "priority logic"; ASCO/CAP 2018 for HER2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pathmtl import schema
from pathmtl.oracle.common import COUNTED, EXTENT

if TYPE_CHECKING:
    from pathmtl.oracle.engine import Placed

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
    if _of_one_tumour(positive, negative):
        return pool[0], None, "conflict", f"{pool[0].candidate.task} contradiction within a block", "Positive and Negative"
    return (
        positive,
        "Positive",
        "stated",
        positive.candidate.rule + f", positive in one of several {'tumors' if positive.block is negative.block else 'blocks'}",
        "Positive and Negative",
    )


def _of_one_tumour(one: Placed, other: Placed) -> bool:
    """Whether two results of one block are for the same tumour: not where the report numbers the two."""
    foci = {one.candidate.focus, other.candidate.focus}
    return one.block is other.block and ("" in foci or len(foci) == 1)


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
    positive, negative = ([p for p in pool if p.candidate.value == value] for value in ("Positive", "Negative"))
    figures = all(p.candidate.rule in _ISH_FIGURES for p in pool)
    if figures and not any(p.candidate.value == "Positive" for p in ihc):
        # A ratio of 2.0 with fewer than 4.0 copies is negative unless the stain is 3+ (group 2 of a dual probe, ASCO/CAP 2018).
        few = [n for n in negative if n.candidate.rule == _ISH_FIGURES[1]]
        pool = [p for p in pool if p.candidate.rule == _ISH_FIGURES[1] or not any(_of_one_tumour(p, n) for n in few)]
    if not figures and any(_of_one_tumour(p, n) for p in positive for n in negative):
        first = min(pool, key=lambda p: p.candidate.start)
        return first, None, "conflict", "HER2 contradiction within a block", "Positive and Negative"
    chosen = max(pool, key=lambda p: (order.index(p.candidate.value), -p.candidate.start))
    several = len({p.candidate.value for p in pool}) > 1
    rule = chosen.candidate.rule + (", ISH decides" if ish and ihc else "") + (", highest of several" if several else "")
    low = any(p.candidate.rule.endswith(("score 1", "score 2", "HER2 low")) for p in ihc)
    note = "HER2-low" if chosen.candidate.value == "Negative" and low else ""
    return chosen, chosen.candidate.value, "stated", rule, note
