"""Which of several T, N or M readings becomes the answer (paper, S1-A "priority logic"), and which of them is the hint."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl import schema
from pathmtl.oracle.common import COUNTED, EXTENT, Decision, RankedCandidate, of_best_rank, several_values


def resolve_stage(task: str, valued: Sequence[RankedCandidate]) -> Decision:
    """Resolve T, N or M: a code first, then a node count or a stated extent, then a size; the best section; the highest category.

    The general rules of AJCC-8 (chapter 1) assign the highest T of several tumors of one organ.

    Parameters
    ----------
    task : {"T", "N", "M"}
    valued : sequence of RankedCandidate
        Candidates of the task that name a class; at least one.

    Returns
    -------
    Decision
        Its note lists all categories of the best section where they differ.
    """
    stated = [one for one in valued if not one.candidate.inferred]
    pool = of_best_rank([one for one in stated if is_code(one)] or stated or valued)
    order = schema.CLASSES[task]
    chosen = max(pool, key=lambda one: (order.index(one.candidate.value), -one.candidate.start))
    reading, several = chosen.candidate, several_values(pool)
    return Decision(
        chosen,
        reading.value,
        "inferred" if reading.inferred else "stated",
        reading.rule + (", highest of several" if several else ""),
        ", ".join(sorted({one.candidate.value for one in pool})) if several else reading.note,
    )


def is_code(ranked: RankedCandidate) -> bool:
    """Whether a reading is a TNM code, not a node count or an extent."""
    return ranked.candidate.rule not in (COUNTED, EXTENT)
