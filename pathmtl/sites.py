"""Segmentation by site: of a report that stages both breasts, one text per breast (paper, S1, last paragraph).

The paper: "the subsequent input text provided to the model contains only the relevant clinical context for a specific tumor
site". A report is cut into blocks by its headers and, inside a block, at lines that open a specimen or name a side. A passage
without a side belongs to the side before it while a synoptic part continues, otherwise to both.

Breasts only, as in the paper: the left and right lobe of a prostate or thyroid are one organ with one stage, and the nodes of
both sides of a neck belong to one tumor. A report without line breaks is never cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.oracle import label
from pathmtl.oracle.segment import segment

SIDES = ("left", "right")
#: Sections that are written specimen by specimen, so that a side holds until the next one is named.
_BY_SPECIMEN = frozenset(("synoptic", "final_diagnosis", "biomarkers", "administrative", "microscopic", "gross"))
#: Of these, a new one does not end the side before it.
_CONTINUED = frozenset(("synoptic", "biomarkers", "administrative"))
_SIDE = re.compile(r"\b(left|right)\b(?! (?:margin|border|edge|side of the (?:slide|page)))", re.IGNORECASE)
_BREASTS = tuple(re.compile(rf"\b{side}\s+breast\b|\bbreasts?\W{{1,3}}{side}\b", re.IGNORECASE) for side in SIDES)
_MARK = re.compile(r"[ \t]*(?:(?:part|specimen)[ \t]+)?(?:[A-Z]|\d{1,2})[ \t]*[.):][ \t]", re.IGNORECASE)
_LONGEST_TITLE = 160
#: A report with a longer line has lost its line breaks, so that no title can be told from a sentence.
_LOST_BREAKS = 400


def by_side(text: str) -> list[tuple[str, str]]:
    """Return ``(side, text)`` for each side that a report stages; one entry with side ``""`` for a report on one site.

    Parameters
    ----------
    text : str
        The report.

    Returns
    -------
    list of (str, str)
        ``("left", …), ("right", …)`` if the passages of each side state one of the seven variables by themselves. Each text has
        the passages of its side and those of no side, in the report's order.

    Examples
    --------
    >>> report = "FINAL DIAGNOSIS:\\nA. LEFT BREAST: carcinoma, pT2.\\nB. RIGHT BREAST: carcinoma, pT1c.\\nCOMMENT:\\nReviewed."
    >>> by_side(report)[1]
    ('right', 'FINAL DIAGNOSIS:\\nB. RIGHT BREAST: carcinoma, pT1c.\\nCOMMENT:\\nReviewed.')
    """
    named = all(pattern.search(text) for pattern in _BREASTS)
    if not named or max(map(len, text.splitlines())) > _LOST_BREAKS:
        return [("", text)]
    parts = list(_passages(text))
    for side in SIDES:
        own = "".join(text[start:end] for start, end, about, section in parts if about == side and section in _BY_SPECIMEN)
        if not any(label(own).values()):
            return [("", text)]
    return [(side, "".join(text[a:b] for a, b, about, _ in parts if about in (None, side)).strip("\n")) for side in SIDES]


def _passages(text: str) -> Iterator[tuple[int, int, str | None, str]]:
    """Stretches of a report with their side and section, in order and without gaps."""
    side: str | None = None  # of the synoptic part that may continue in the next block
    for block in segment(text):
        continued = side if block.section in _CONTINUED else None
        titles = list(_titles(text, block.start, block.end)) if block.section in _BY_SPECIMEN else []
        first = titles[0][0] if titles else block.end
        if first > block.start:
            yield block.start, first, continued if titles else block.side or continued, block.section
        side = titles[-1][1] if titles else block.side or continued
        if titles and _MARK.match(text, titles[-1][0]):
            side = None  # the last specimen of a list says nothing about what follows the list
        for number, (start, about) in enumerate(titles, 1):
            yield start, titles[number][0] if number < len(titles) else block.end, about, block.section
        if block.section not in _CONTINUED:
            side = None


def _titles(text: str, start: int, end: int) -> Iterator[tuple[int, str]]:
    """Lines of a block that open the part of one side: a marked specimen, or a title in capitals or before a colon."""
    at = start
    for line in text[start:end].splitlines(keepends=True):
        head = line.strip()[:_LONGEST_TITLE]
        sides = {match[1].lower() for match in _SIDE.finditer(head)}
        laterality = "laterality" in head.lower()
        if len(sides) == 1 and (_MARK.match(line) or head.endswith(":") or head.isupper() or laterality):
            yield at, sides.pop()
        at += len(line)
