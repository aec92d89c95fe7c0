"""Symbolic hints of the prompt (paper, S1-B): raw strings found by pattern matching, never reconciled into a class.

T, N, M and grade: the raw wording of the reading in the best section. ER and PR: the text of the result behind the marker. HER2:
the fragments of its assays in order of section and place, concatenated ("IHC 2+, FISH amplified").
"""

from __future__ import annotations

from collections.abc import Sequence

from pathmtl import schema
from pathmtl.oracle.common import MAX_HINT, RankedCandidate, one_line
from pathmtl.oracle.engine import candidates
from pathmtl.oracle.receptors.hint import her2_hint, result_text
from pathmtl.oracle.stage.resolve import is_code

__all__ = ["MAX_HINT", "hints"]


def hints(text: str, tasks: Sequence[str] = schema.TASKS) -> dict[str, str]:
    """Raw hint of each task (paper, S1-B), from the same candidates that the oracle resolves into labels.

    Parameters
    ----------
    text : str
        A report.
    tasks : sequence of str
        Tasks of :data:`pathmtl.schema.TASKS`.

    Returns
    -------
    dict of str to str
        At most ``MAX_HINT`` (80) characters on one line for each task; "" where the report has none.

    Examples
    --------
    >>> hints("FINAL DIAGNOSIS: carcinoma, pT1c. HER2 IHC 2+, FISH amplified.", ["T", "N", "HER2"])
    {'T': 'pT1c', 'N': '', 'HER2': 'IHC 2+, FISH amplified'}
    """
    readings = sorted(candidates(text), key=lambda one: (one.rank, one.candidate.start))
    return {task: one_line(_hint(task, [one for one in readings if one.candidate.task == task], text)) for task in tasks}


def _hint(task: str, ranked: list[RankedCandidate], text: str) -> str:
    if not ranked:
        return ""
    if task == "HER2":
        return her2_hint(ranked, text)
    with_value = [one for one in ranked if one.candidate.value is not None] or ranked
    # The raw code is the cue that S1-B describes; a count of nodes or an extent serves where there is none.
    first = next((one for one in with_value if is_code(one)), with_value[0])
    return result_text(first, text) if task in schema.BIOMARKERS else text[first.candidate.start : first.candidate.end]
