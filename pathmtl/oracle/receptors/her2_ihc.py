"""HER2 by its stain, and both assays of one mention.

IHC 0 and 1+ are Negative, 2+ is Equivocal, 3+ is Positive (ASCO/CAP 2018, affirmed in 2023).
"""

from __future__ import annotations

from pathmtl.oracle import context
from pathmtl.oracle.receptors import her2_patterns as table
from pathmtl.oracle.receptors import status_patterns as words
from pathmtl.oracle.receptors.her2_ish import copies_behind, ish_result
from pathmtl.oracle.receptors.status import NEAR, status_before, status_words


def her2_results(before: str, after: str, ish_named: bool) -> list[tuple[str | None, int, str, str]]:
    """Results of HER2 around one mention, at most one per assay.

    Parameters
    ----------
    before, after : str
        Folded text in front of the name and behind it.
    ish_named : bool
        Whether the mention itself names FISH, CISH or in-situ hybridization.

    Returns
    -------
    list of tuple
        (class, or None for pending; reach of the evidence, see ``hormone_result``; "ihc" or "ish"; rule).
    """
    results = []
    ish = ish_result(before, after, ish_named)
    if ish:
        results.append(ish)
        if ish[3] == "ISH ratio" and (copies := copies_behind(after)):
            results.append(copies)
    cut = table.ISH_WORD.search(after)
    if not ish_named:
        # A result in front that belongs to the amplification does not also belong to the stain.
        ihc = _ihc("" if ish and ish[1] < 0 else before, after[: cut.start()] if cut and cut.start() > 3 else after)
        # "HER2/CEP17 ratio 1.6, 4.8 copies, equivocal": the word is about the figures, and no stain is named.
        of_figures = ish and ihc and ish[3] in _FIGURES and ihc[3] == "status word" and cut and cut.start() <= 3
        if ihc and not of_figures:
            results.append(ihc)
    return results


def _ihc(before: str, after: str) -> tuple[str | None, int, str, str] | None:
    if elsewhere := words.ELSEWHERE.match(after):
        return None, elsewhere.end(), "ihc", "reported elsewhere"
    near = after[: NEAR + 20]
    if "ed " in near and (changed := words.CHANGED.search(near)):
        return changed["value"].capitalize(), changed.end(), "ihc", "status word"
    score = table.HER2_SCORE.search(near)
    statuses = [] if table.NUCLEAR.search(near[:NEAR]) else status_words(near, table.HER2_NEGATIVE, table.HER2_POSITIVE)
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near)
    if not score and not statuses:
        stop = stop or words.NO_RESULT.search(near)
    first = min([start for start, *_ in statuses] + ([score.start()] if score else []), default=None)
    if stop and (first is None or stop.start() < first):
        return None, stop.end(), "ihc", "pending or not performed"
    if signs := table.SIGNS.match(after):
        plus = len(signs["signs"])
        return ("Equivocal" if plus == 2 else "Positive"), signs.end("signs"), "ihc", f"IHC score {plus}"
    front = status_before(before, after) or (None if table.HER2_NEGATIVE.search(near[:45]) else _expressed(before))
    if front and not (score and score.start() < 12):
        return *front, "ihc", "result before name"
    if zero := table.ZERO_TO_ONE.search(near):
        return "Negative", zero.end(), "ihc", "IHC score"
    if score and (not statuses or score.start() <= statuses[0][0] + 60):
        digit = next(part for part in score.groups() if part)
        digit = _DIGITS.get(digit, digit)
        value = ("Negative", "Negative", "Equivocal", "Positive")[int(digit)]
        return value, score.end(), "ihc", f"IHC score {digit}"
    if statuses:
        start, value, end = statuses[0]
        low = near[start:end].endswith("low") and "ultra" not in near[start:end]
        return value, end, "ihc", "low" if low else "status word"
    if concluded := words.CONCLUSION.search(after):
        return concluded["value"].capitalize(), concluded.end(), "ihc", "conclusion"
    return None


_FIGURES = ("ISH ratio", "ISH copy number")
#: Scores as words, and the 1 that a scan turned into a letter.
_DIGITS = {"zero": "0", "one": "1", "two": "2", "three": "3", "l": "1", "i": "1", "|": "1"}


def _expressed(before: str) -> tuple[str, int] | None:
    """ "Overexpresses HER2" in front of the name, and its reach (negative)."""
    match = table.EXPRESSED_BEFORE.search(before)
    return ("Negative" if match["negated"] else "Positive", match.start() - len(before)) if match else None
