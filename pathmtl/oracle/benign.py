"""A final diagnosis that declares no malignancy overrides what other parts of the report say of one (paper, S1-A).

The rule holds for the report as a whole, and only where nothing speaks against it: not where any specimen of the diagnosis holds
a malignancy, or a tumor gone after treatment ("no residual carcinoma", ypT0); not where the diagnosis begins with nodes or
other tissue beside a tumor, lacks a specimen that other sections describe, or the report has the fields of a tumor's checklist
(reports cut by page breaks look benign in what is left of their diagnosis).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pathmtl.oracle.common import Candidate, RankedCandidate
from pathmtl.oracle.segment import Block

#: Sections whose findings give way. A synoptic summary, a biomarker report and an addendum are made for a tumor.
OVERRIDDEN = frozenset({"microscopic", "gross", "comment", "other", "intraoperative", "administrative"})
#: What a report without a tumor may still state.
_COMPATIBLE = frozenset({"T0", "N0", "M0"})
_MALIGNANCY = r"(?:malignan(?:cy|t\s(?:cells|tumou?r|neoplasm))|(?:adeno)?carcinoma|cancer|neoplas(?:m|ia))"
_LIST = r"(?:(?:invasive|in[\s-]situ|any|dcis|atypia|hyperplasia|primary|and|or)[\s,]{1,3}){0,6}"
_DECLARED = re.compile(
    rf"\b(?:no|without)\s(?:(?:definite|definitive|histologic(?:al)?|diagnostic|microscopic)\s)?(?:evidence\sof\s)?{_LIST}{_MALIGNANCY}"
    rf"|\bnegative\sfor\s{_LIST}{_MALIGNANCY}"
    r"|\bbenign\s(?:\w+\s)?(?:breast|fibro-?adipose|mammary|lung|prostatic|colonic|skin)\s(?:\w+\s)?(?:tissue|parenchyma)"
)
#: A denied malignancy with all that the denial lists: it is taken out before the rest is searched.
_DENIED = re.compile(
    r"\b(?:no|not|negative\sfor|without|free\sof|absence\sof|neither|nor)\b(?:(?!\b(?:but|except|however|other\sthan|with|although)\b)[^.;:\n]){0,120}"
    r"(?:\n(?!\s)(?=[a-z])(?:(?!\b(?:but|except|however|with)\b)[^.;:\n]){0,80})?"
)
_TUMOR = re.compile(
    r"carcinom|sarcoma|melanom|lymphom|malignan|cancer|tumou?r|neoplas|metasta|\bdcis\b|\blcis\b|in[\s-]situ|invasive|infiltrating|invad"
    r"|glioma|astrocytom|blastoma|seminoma|germ cell|mesotheliom|thymoma|carcinoid|myeloma|leuk[ae]+mi"
    r"|residual|\bp?t[0-4][a-d]?\b|grade"
)
#: Tissue that is sampled beside a tumor: its diagnosis is not that of the report.
_BESIDE = re.compile(r"\b(?:nodes?|nodal|lymph|axilla\w*|sentinel|margins?|oment\w+|peritone\w+|washings?)\b")
#: Fields that only a tumor's checklist has.
_CHECKLIST = re.compile(
    r"\b(?:histologic(?:al)? (?:type|grade)|tumou?r (?:type|size|site|grade)|primary tumou?r|lymph-?vascular invasion)"
    r"\s?(?:\([^()]{1,12}\)\s?)?[:=]"
)


def declared_benign(low: str, blocks: Sequence[Block]) -> tuple[int, int] | None:
    """Where the final diagnosis declares that there is no malignancy; None where it does not, or names one.

    Parameters
    ----------
    low : str
        The folded report.
    blocks : sequence of Block
        Its blocks.

    Returns
    -------
    (int, int) or None
        Offsets of the declaration.
    """
    found = None
    for block in blocks:
        if block.section != "final_diagnosis":
            continue
        declared = _DECLARED.search(low, block.start, block.end)
        found = found or (declared.span() if declared else None)
        if _TUMOR.search(_DENIED.sub(" ", low[block.start : block.end])):
            return None
        if declared and _BESIDE.search(low, block.start, declared.start()):
            return None
    own, others = (
        {block.specimen for block in blocks if (block.section == "final_diagnosis") is inside and block.specimen}
        for inside in (True, False)
    )
    return None if not found or others - own or _CHECKLIST.search(low) else found


def overridden(ranked: RankedCandidate) -> bool:
    """Whether a reading gives way to such a diagnosis."""
    return ranked.block.section in OVERRIDDEN and ranked.candidate.value is not None and ranked.candidate.value not in _COMPATIBLE


def statements(span: tuple[int, int], tasks: Sequence[str]) -> Iterator[Candidate]:
    """The declaration as a reading without a class, for each task that it answers.

    Parameters
    ----------
    span : (int, int)
        Offsets of the declaration.
    tasks : sequence of str
        Tasks whose readings it overrides.
    """
    for task in tasks:
        yield Candidate(task, None, *span, f"{task} overridden: no malignancy in the diagnosis")
