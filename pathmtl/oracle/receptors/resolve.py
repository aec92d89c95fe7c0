"""Which of several receptor results becomes the answer (ASCO/CAP 2020 for ER and PR; 2018, affirmed in 2023, for HER2)."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl.oracle.common import Decision, RankedCandidate, of_best_rank, several_values

_ORDER = ("Negative", "Equivocal", "Positive")
_RATIO, _COPIES = _ISH_FIGURES = ("HER2 ISH ratio", "HER2 ISH copy number")


def resolve_hormone(valued: Sequence[RankedCandidate]) -> Decision:
    """Resolve ER or PR: the best section; of several tumors, one positive makes the patient positive.

    Positive and Negative for the same tumor, within one block of the best section, are a conflict without a class.

    Parameters
    ----------
    valued : sequence of RankedCandidate
        Candidates of one marker that name a class; at least one.
    """
    pool = of_best_rank(valued)
    first = pool[0]
    if not several_values(pool):
        return Decision(first, first.candidate.value, "stated", first.candidate.rule, "")
    positive = next(one for one in pool if one.candidate.value == "Positive")
    negative = next(one for one in pool if one.candidate.value == "Negative")
    if _same_tumor(positive, negative):
        return _conflict(first)
    places = "tumors" if positive.block is negative.block else "blocks"
    rule = f"{positive.candidate.rule}, positive in one of several {places}"
    return Decision(positive, "Positive", "stated", rule, "Positive and Negative")


def resolve_her2(valued: Sequence[RankedCandidate]) -> Decision:
    """Resolve HER2: in-situ hybridization decides where it has a result, else the stain; IHC 2+ without ISH stays Equivocal.

    ISH in words outranks its figures. Positive and Negative by one assay, for one tumor and within one block, are a conflict. A
    negative answer with an IHC score of 1+ or 2+ keeps the note "HER2-low" (ASCO/CAP 2023 reports it; its class is Negative).

    Parameters
    ----------
    valued : sequence of RankedCandidate
        Candidates of HER2 that name a class; at least one.
    """
    ish = [one for one in valued if one.candidate.assay == "ish" and one.candidate.value != "Equivocal"]
    ihc = [one for one in valued if one.candidate.assay != "ish"]
    pool = of_best_rank(ish or ihc or valued)
    pool = [one for one in pool if one.candidate.rule not in _ISH_FIGURES] or pool
    positive, negative = ([one for one in pool if one.candidate.value == value] for value in ("Positive", "Negative"))
    figures = all(one.candidate.rule in _ISH_FIGURES for one in pool)
    if figures and not any(one.candidate.value == "Positive" for one in ihc):
        # A ratio of 2.0 with fewer than 4.0 copies is negative unless the stain is 3+ (group 2 of a dual probe, ASCO/CAP 2018).
        few = [one for one in negative if one.candidate.rule == _COPIES]
        pool = [one for one in pool if one.candidate.rule == _COPIES or not any(_same_tumor(one, other) for other in few)]
    if not figures and any(_same_tumor(one, other) for one in positive for other in negative):
        return _conflict(min(pool, key=lambda one: one.candidate.start))
    chosen = max(pool, key=lambda one: (_ORDER.index(one.candidate.value), -one.candidate.start))
    rule = chosen.candidate.rule + (", ISH decides" if ish and ihc else "")
    rule += ", highest of several" if several_values(pool) else ""
    low = any(one.candidate.rule.endswith(("score 1", "score 2", "HER2 low")) for one in ihc)
    return Decision(
        chosen, chosen.candidate.value, "stated", rule, "HER2-low" if chosen.candidate.value == "Negative" and low else ""
    )


def _conflict(shown: RankedCandidate) -> Decision:
    return Decision(shown, None, "conflict", f"{shown.candidate.task} contradiction within a block", "Positive and Negative")


def _same_tumor(one: RankedCandidate, other: RankedCandidate) -> bool:
    """Whether two results of one block belong to the same tumor: not where the report numbers two."""
    foci = {one.candidate.focus, other.candidate.focus}
    return one.block is other.block and ("" in foci or len(foci) == 1)
