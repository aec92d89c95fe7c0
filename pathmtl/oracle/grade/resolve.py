"""Which of several grades becomes the answer (CAP breast protocol: the Nottingham grade of the invasive tumor)."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl.oracle.common import Decision, RankedCandidate, by_side, of_best_rank, several_values
from pathmtl.oracle.sections import AMENDED

#: Rules of ``grade.candidates``, the most specific system first.
_SYSTEMS = (
    "named grade",
    "Nottingham score",
    "Nottingham components",
    "plain grade",
    "short grade",
    "grade on a scale",
    "differentiation",
    "high or low grade",
)


def resolve_grade(valued: Sequence[RankedCandidate]) -> Decision:
    """Resolve it: an amendment, the most specific system (Nottingham before differentiation), the best section, the highest.

    Parameters
    ----------
    valued : sequence of RankedCandidate
        Candidates of the grade that name a class; at least one.
    """
    # An amendment replaces what it corrects, whatever the system (paper, S1-A).
    valued = [one for one in valued if one.rank == AMENDED] or valued
    pool = [one for own in by_side(valued) for one in _most_specific(own)]
    chosen = max(pool, key=lambda one: (one.candidate.value or "", -one.candidate.start))
    rule = f"grade {chosen.candidate.rule}" + (", highest of several" if several_values(pool) else "")
    return Decision(chosen, chosen.candidate.value, "stated", rule, chosen.candidate.note)


def _most_specific(valued: Sequence[RankedCandidate]) -> list[RankedCandidate]:
    system = min(_SYSTEMS.index(one.candidate.rule) for one in valued)
    return of_best_rank([one for one in valued if one.candidate.rule == _SYSTEMS[system]])
