"""The one verdict that a claim ends with, and how much can be built on it.

The verdicts themselves come from ``review.final_verdicts``; the confidence says what kind of evidence is behind one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper.claims import printed
from pathmtl.paper.evidence import OURS, Claim, Verdict

#: The words of a verdict, in the order in which they are listed.
WORDS = (HELD, PARTLY, TIE, NOT_HELD, UNTESTED)
HIGH, MEDIUM, LOW, NO_CONFIDENCE = "high", "medium", "low", "–"
#: Parts of the paper that are checked without sampling reports: the same answer every time.
EXACT_PARTS = ("Equations 1 to 7", "The printed numbers by themselves")
_EXACT = "exact: no reports were sampled"
_REAL = "real reports, but a small model that learned from synthetic ones"
_SYNTHETIC = "synthetic reports and a small model"
_NOTHING = Verdict(UNTESTED, reason="nothing is recorded")


@dataclass(frozen=True)
class Final:
    """How a claim ends.

    Attributes
    ----------
    claim : Claim
        What is claimed.
    part : str
        The part of the paper that it belongs to (a key of ``claims.PARTS``).
    word : str
        held, partly, tie, not held, or "cannot be tested here".
    confidence : str
        high, medium, low, or a dash where nothing was tested.
    reason : str
        What the confidence rests on and what the verdict leaves open, or why there is no verdict.
    printed, measured : str
        The paper's number and ours, as text.
    """

    claim: Claim
    part: str
    word: str
    confidence: str
    reason: str
    printed: str
    measured: str

    @property
    def is_ours(self) -> bool:
        """Whether the paper does not ask this question."""
        return self.claim.place == OURS


def finals_of(parts: Mapping[str, Sequence[Claim]], verdicts: Mapping[str, Verdict]) -> list[Final]:
    """Every claim with its final verdict, in the order of ``parts``.

    Parameters
    ----------
    parts : mapping
        Part of the paper -> its claims, such as ``claims.PARTS``.
    verdicts : mapping
        Claim id -> its final verdict (``review.final_verdicts.final_verdicts``); a claim without one is untested.

    Returns
    -------
    list of Final
    """
    found = []
    for part, claims in parts.items():
        for claim in claims:
            verdict = verdicts.get(claim.id, _NOTHING)
            confidence, basis = _confidence(part, claim, verdict)
            reason = "; ".join(filter(None, [basis, verdict.reason]))
            found.append(Final(claim, part, verdict.word, confidence, reason, printed(claim), verdict.measured))
    return found


def _confidence(part: str, claim: Claim, verdict: Verdict) -> tuple[str, str]:
    """How much can be built on a verdict, and what that rests on.

    High: nothing was sampled. Medium: reports were sampled and the test is decided. Low: a tie, runs with a single seed, or a
    verdict with a reservation of its own (a fit, or a bound that the paper does not give).
    """
    if verdict.word == UNTESTED:
        return NO_CONFIDENCE, ""
    exact = part in EXACT_PARTS
    basis = _EXACT if exact else _REAL if claim.evidence == "real_reports" else _SYNTHETIC
    if verdict.word == TIE or verdict.data == "longer" or "one seed" in verdict.reason:
        return LOW, basis
    if claim.reason:
        return (MEDIUM if exact else LOW), basis
    return (HIGH if exact else MEDIUM), basis


def count_words(finals: Sequence[Final]) -> dict[str, int]:
    """How many claims ended with each word, all five words in their order, zeros included."""
    return {word: sum(final.word == word for final in finals) for word in WORDS}
