"""Which of several receptor results becomes the answer (ASCO/CAP 2020 for ER and PR; 2018, affirmed in 2023, for HER2)."""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl.oracle.common import Decision, RankedCandidate, of_best_rank, several_values

_ORDER = ("Negative", "Equivocal", "Positive")
_ISH_FIGURES = ("HER2 ISH ratio", "HER2 ISH copy number")
_GROUPS = tuple(f"HER2 ISH group {number}" for number in range(1, 6))
#: Group of a dual-probe assay by the classes of its ratio and of its copies (groups 1 and 5 are decided by themselves).
_GROUP_OF = {("Positive", "Negative"): 2, ("Negative", "Positive"): 3, ("Negative", "Equivocal"): 4}
_THREE = "HER2 IHC score 3"


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
    """Resolve HER2: IHC 3+ is positive by itself; else in-situ hybridization decides, else the stain; 2+ alone stays Equivocal.

    Groups 2 to 4 of a dual-probe assay are decided with the stain. ISH in words outranks its figures. Positive and Negative by
    one assay, for one tumor and within one block, are a conflict. A negative answer with an IHC score of 1+ or 2+ keeps the note
    "HER2-low" (ASCO/CAP 2023 reports it; its class is Negative).

    Parameters
    ----------
    valued : sequence of RankedCandidate
        Candidates of HER2 that name a class; at least one.
    """
    ish_any = [one for one in valued if one.candidate.assay == "ish"]
    ish = [one for one in ish_any if one.candidate.value != "Equivocal"]
    ihc = [one for one in valued if one.candidate.assay != "ish"]
    low = any(one.candidate.rule.endswith(("score 1", "score 2", "HER2 low")) for one in ihc)
    stain = of_best_rank(ihc) if ihc else []
    three = [one for one in stain if one.candidate.rule == _THREE]
    if three and not any(one.candidate.value == "Negative" and _same_tumor(one, other) for one in stain for other in three):
        discordant = any(one.candidate.value == "Negative" for one in ish)
        rule = _THREE + (", highest of several" if several_values(stain) else "")
        return Decision(three[0], "Positive", "stated", rule, "IHC 3+ with ISH negative" if discordant else "")
    pool = of_best_rank(ish or ihc or valued)
    pool = [one for one in pool if one.candidate.rule not in _ISH_FIGURES] or pool
    by_figures = all(one.candidate.rule in (*_ISH_FIGURES, *_GROUPS) or one.candidate.assay != "ish" for one in pool)
    if ish_any and by_figures and (grouped := _by_group(ish_any, stain, low)):
        return grouped
    positive, negative = ([one for one in pool if one.candidate.value == value] for value in ("Positive", "Negative"))
    figures = all(one.candidate.rule in _ISH_FIGURES for one in pool)
    if not figures and any(_same_tumor(one, other) for one in positive for other in negative):
        return _conflict(min(pool, key=lambda one: one.candidate.start))
    chosen = max(pool, key=lambda one: (_ORDER.index(one.candidate.value), -one.candidate.start))
    rule = chosen.candidate.rule + (", ISH decides" if ish and ihc else "")
    rule += ", highest of several" if several_values(pool) else ""
    note = "HER2-low" if chosen.candidate.value == "Negative" and low else ""
    return Decision(chosen, chosen.candidate.value, "stated", rule, note)


def _by_group(ish: Sequence[RankedCandidate], stain: Sequence[RankedCandidate], low: bool) -> Decision | None:
    """Decide groups 2 to 4 of a dual-probe assay with the stain; None for groups 1 and 5, which need none.

    Group 2 (ratio from 2.0, copies below 4.0) is Negative unless 3+; group 3 (below 2.0, from 6.0) is Positive with 2+ or 3+ and
    Negative with 0 or 1+; group 4 (below 2.0, from 4.0 to 6.0) is Negative unless 3+. The guideline calls none of the three
    without the stain of the same specimen: where the report has none, the result is Equivocal, as a 2+ without hybridization is
    (ASCO/CAP 2018, figures 4 to 6, affirmed in 2023).
    """
    best = of_best_rank(ish)
    named = [one for one in best if one.candidate.rule in _GROUPS]
    if named:
        shown, group = named[0], int(named[0].candidate.rule[-1])
    else:
        ratios, copies = ([one for one in best if one.candidate.rule == rule] for rule in _ISH_FIGURES)
        pair = next(((one, other) for one in ratios for other in copies if _same_tumor(one, other)), None)
        if not pair:
            return None
        shown, group = pair[1], _GROUP_OF.get((str(pair[0].candidate.value), str(pair[1].candidate.value)), 0)
    scores = {one.candidate.value for one in stain}
    if group not in (2, 3, 4) or len(scores) > 1:
        return None
    if not scores:
        return Decision(shown, "Equivocal", "stated", f"HER2 ISH group {group} without the stain", "")
    value = "Positive" if "Positive" in scores or (group == 3 and "Equivocal" in scores) else "Negative"
    rule = f"HER2 ISH group {group}, decided with the stain"
    return Decision(shown, value, "stated", rule, "HER2-low" if value == "Negative" and low else "")


def _conflict(shown: RankedCandidate) -> Decision:
    return Decision(shown, None, "conflict", f"{shown.candidate.task} contradiction within a block", "Positive and Negative")


def _same_tumor(one: RankedCandidate, other: RankedCandidate) -> bool:
    """Whether two results of one block belong to the same tumor: not where the report numbers two."""
    foci = {one.candidate.focus, other.candidate.focus}
    return one.block is other.block and ("" in foci or len(foci) == 1)
