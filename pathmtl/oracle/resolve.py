"""From the candidates of one task to one decision: each finding's own rules, in its own room."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl import schema
from pathmtl.oracle.common import Decision, RankedCandidate
from pathmtl.oracle.grade.resolve import resolve_grade
from pathmtl.oracle.receptors.resolve import resolve_her2, resolve_hormone
from pathmtl.oracle.stage.resolve import resolve_stage


def resolve(task: str, ranked: Sequence[RankedCandidate]) -> Decision | None:
    """Choose among the readings of one task (paper, S1-A "priority logic").

    TX, "pending" and "not performed" are statements without a class: they answer only where nothing else does.

    Parameters
    ----------
    task : str
        One of :data:`pathmtl.schema.TASKS`.
    ranked : sequence of RankedCandidate
        Every reading of that task.

    Returns
    -------
    Decision or None
        None where no reading speaks of the task.
    """
    if not ranked:
        return None
    valued = [one for one in ranked if one.candidate.value is not None]
    if not valued:
        first = min(ranked, key=lambda one: (one.rank, one.candidate.start))
        return Decision(first, None, "not_stated", first.candidate.rule, first.candidate.note)
    if task == "HER2":
        return resolve_her2(valued)
    if task in schema.BIOMARKERS:
        return resolve_hormone(valued)
    if task == "grade":
        return resolve_grade(valued)
    return resolve_stage(task, valued)
