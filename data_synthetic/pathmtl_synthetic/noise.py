"""Damage after writing: OCR confusions, broken reading order, typos, page headers, lost line breaks. Marks survive all of it."""

from __future__ import annotations

import random
import re

from pathmtl_synthetic import identities as ids
from pathmtl_synthetic.markup import CLOSE, OPEN, mark, pieces
from pathmtl_synthetic.page import Page

#: A stage code, where EasyOCR (english_g2) confuses digits with letters: pN1a -> pNla, pT1c -> pTlc, M0 -> MO.
_CODE = re.compile(r"(?<![A-Za-z])([ycpr]{0,2}[TNM])([01])(?![0-9])")
_PERCENT = re.compile(r"(?<=\d)%")
_ROMAN = re.compile(r"\bI{2,3}\b")
#: General confusions, (pattern, replacement, probability per occurrence).
_GENERAL = (
    (re.compile(r"(?<=[a-z])rn"), "m", 0.10),
    (re.compile(r"(?<=[a-z])m(?=[a-z])"), "rn", 0.015),
    (re.compile(r"\bof\b"), "or", 0.03),
    (re.compile(r"(?<=[a-z])l(?=[a-z])"), "I", 0.006),
    (re.compile(r"(?<=[A-Za-z]): "), "; ", 0.08),
    (re.compile(r"(?<=[a-z]), "), ". ", 0.06),
    (re.compile(r"(?<=\d)0(?=\d)"), "O", 0.03),
    (re.compile(r"(?<=[a-z])c(?=[a-z])"), "e", 0.008),
    (re.compile(r"(?<=[a-z]) (?=[a-z])"), "", 0.008),
    (re.compile(r"M(?=[A-Z])"), "N", 0.03),
    (re.compile(r"(?<=[A-Z])O(?=[A-Z])"), "0", 0.03),
    (re.compile(r"(?<=[a-z])\.(?=\s)"), "", 0.08),
)
_WORD = re.compile(r"[A-Za-z]{6,}")
_SHORT = {
    "invasive ductal carcinoma": "IDC",
    "invasive lobular carcinoma": "ILC",
    "ductal carcinoma in situ": "DCIS",
    "lymphovascular invasion": "LVI",
    "sentinel lymph node": "SLN",
    "lymph nodes": "LNs",
    "lymph node": "LN",
    "metastasis": "met",
    "metastases": "mets",
    "carcinoma": "ca",
    "biopsy": "bx",
    "history of": "h/o",
    "status post": "s/p",
    "microscopic": "micro",
    "immunohistochemistry": "IHC",
    "with": "w/",
    "right": "rt",
    "diagnosis": "dx",
    "differentiated": "diff",
    "millimeters": "mm",
    "margins": "mgns",
    "upper outer quadrant": "UOQ",
    "upper inner quadrant": "UIQ",
    "lower outer quadrant": "LOQ",
    "lower inner quadrant": "LIQ",
}
_LONG = re.compile(r"\b(" + "|".join(sorted(_SHORT, key=len, reverse=True)) + r")\b(?!:)", re.IGNORECASE)


def ocr(marked: str, rng: random.Random) -> str:
    """EasyOCR's confusions: often in codes and percent signs, rarely in prose."""

    def letter(match: re.Match) -> str:
        return match[1] + {"0": "O", "1": "l"}[match[2]] if rng.random() < 0.4 else match[0]

    out = pieces(marked)
    for i in range(0, len(out), 2):
        text = _CODE.sub(letter, out[i])
        text = _PERCENT.sub(lambda m: "8" if rng.random() < 0.35 else "%", text)
        text = _ROMAN.sub(lambda m: m[0].replace("I", "l") if rng.random() < 0.15 else m[0], text)
        for pattern, to, probability in _GENERAL:
            text = pattern.sub(lambda m, to=to, p=probability: to if rng.random() < p else m[0], text)
        out[i] = text
    return "".join(out)


def typos(marked: str, rng: random.Random, rate: float = 0.018) -> str:
    """Transposed, dropped or doubled letters in ordinary words (never in codes or numbers)."""

    def slip(match: re.Match) -> str:
        word = match[0]
        if rng.random() > rate:
            return word
        at = rng.randrange(1, len(word) - 2)
        kind = rng.random()
        if kind < 0.45:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        return word[:at] + word[at + 1 :] if kind < 0.8 else word[:at] + word[at] + word[at:]

    return "".join(_WORD.sub(slip, piece) if i % 2 == 0 else piece for i, piece in enumerate(pieces(marked)))


def abbreviate(marked: str, rng: random.Random) -> str:
    """The shorthand of busy laboratories, for about half of the words that have one."""

    def shorten(match: re.Match) -> str:
        return _SHORT[match[0].lower()] if rng.random() < 0.4 else match[0]

    return "".join(_LONG.sub(shorten, piece) if i % 2 == 0 else piece for i, piece in enumerate(pieces(marked)))


def _units(marked: str) -> list[str]:
    """Lines, joined again where a mark runs over the line end."""
    units: list[str] = []
    depth = 0
    for line in marked.split("\n"):
        if depth:
            units[-1] += "\n" + line
        else:
            units.append(line)
        depth += line.count(OPEN) - line.count(CLOSE)
    return units


def broken_order(marked: str, rng: random.Random) -> str:
    """A few neighbouring lines change places, as when a page is read box by box."""
    units = _units(marked)
    for _ in range(max(1, len(units) // 18)):
        at = rng.randrange(max(1, len(units) - 1))
        units[at : at + 2] = reversed(units[at : at + 2])
    return "\n".join(units)


def page_headers(marked: str, page: Page) -> str:
    """One or two running headers between lines, mid-sentence as often as not."""
    rng, who = page.rng, page.identity
    units = _units(marked)
    if len(units) < 8:
        return marked
    pages = rng.choice((2, 2, 3))
    for number in range(2, pages + 1):
        header = rng.choice(
            (f"Page {number} of {pages}", f"Page {number} of {pages}", f"-- {number} --", f"Continued on page {number}")
        )
        if page.has("planted_identifiers") and rng.random() < 0.7:
            header = rng.choice(
                (
                    f"{ids.patient_name(rng, who)}    {header}",
                    f"{header}   MRN: {mark('MRN', who.mrn)}",
                    f"{ids.patient_name(rng, who)}  {mark('MRN', who.mrn)}  {header}",
                )
            )
        units.insert(rng.randint(max(4, len(units) // 4), len(units) - 2), header)
    return "\n".join(units)


def damage(marked: str, page: Page) -> str:
    """All damage that fires for this page, in the order in which it happens to paper."""
    if page.fires("abbreviations"):
        marked = abbreviate(marked, page.rng)
    if page.fires("typos"):
        marked = typos(marked, page.rng)
    if page.fires("page_header"):
        before = marked
        marked = page_headers(marked, page)
        page.fired["page_header"] = marked != before
    if page.fires("ocr_noise"):
        marked = ocr(marked, page.rng)
        if page.fires("ocr_broken_order"):
            marked = broken_order(marked, page.rng)
    if page.fires("line_breaks_lost"):
        marked = re.sub(r"(?<![.:;,\s])\n+\s*", lambda m: page.rng.choice((" ", " ", ". ")), marked)
        marked = re.sub(r"\s*\n+\s*", " ", marked)
    return marked
