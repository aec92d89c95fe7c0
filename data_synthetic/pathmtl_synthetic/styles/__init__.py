"""Twelve institutional styles (and a benign report): each writes the body of a document, from a page whose facts are settled.

A style decides order, layout and voice; what is stated, and in which notation, is the page's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pathmtl_synthetic.page import Page
from pathmtl_synthetic.styles.brief import addendum_only, benign, biopsy, terse
from pathmtl_synthetic.styles.checklist import post_neoadjuvant, synoptic, tabular
from pathmtl_synthetic.styles.prose import bulleted, dictated, multi_specimen, narrative, outside_consult, uk


@dataclass(frozen=True, slots=True)
class Style:
    """``kinds``: the documents it can write; ``weight``: how often; ``bilateral``: can write two sides."""

    write: Callable[[Page], str]
    kinds: tuple[str, ...]
    weight: float
    bilateral: bool = False


_FULL = ("resection", "excision")
STYLES: dict[str, Style] = {
    "synoptic": Style(synoptic, _FULL, 26, bilateral=True),
    "narrative": Style(narrative, (*_FULL, "biopsy"), 13, bilateral=True),
    "bulleted": Style(bulleted, (*_FULL, "biopsy"), 14, bilateral=True),
    "tabular": Style(tabular, _FULL, 12),
    "uk": Style(uk, (*_FULL, "biopsy"), 8, bilateral=True),
    "dictated": Style(dictated, (*_FULL, "biopsy"), 8),
    "terse": Style(terse, (*_FULL, "biopsy"), 7),
    "multi_specimen": Style(multi_specimen, ("resection",), 12, bilateral=True),
    "outside_consult": Style(outside_consult, (*_FULL, "biopsy"), 6, bilateral=True),
    "biopsy": Style(biopsy, ("biopsy",), 40),
    "post_neoadjuvant": Style(post_neoadjuvant, ("resection",), 0),
    "addendum_only": Style(addendum_only, ("addendum",), 1),
    "benign": Style(benign, ("benign",), 1),
}
