"""Can a page's text layer be trusted? Judged by the text alone, which is cheap and needs no picture.

The paper's fallback (S1) is for "flattened records or documents with unmapped font encodings". Three signs of an unmapped
font: glyphs without a Unicode meaning, too few letters and digits, and letters that form no English words.
"""

from __future__ import annotations

import re
import unicodedata

# A font without ToUnicode map comes out as private-use, replacement or control characters, as pdfminer's "(cid:12)",
# or as PyPDF2's bare glyph names ("/g45", "/C0_12").
_GLYPH_NAME = re.compile(r"\(cid:\d+\)|(?<![\w/])/(?:g|G|C|c|cid|glyph|uni)_?\d{1,5}(?:_\d+)?\b")
_LEADERS = re.compile(r"([.\-_=*•·—–])\1{2,}")
_WORD = re.compile(r"[A-Za-z]{2,}")
_PLAIN = str.maketrans(
    {
        **{"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st", "\ufb06": "st"},
        **dict.fromkeys("\u00a0\u2007\u202f", " "),
        **dict.fromkeys("\u00ad\x00", ""),
        **dict.fromkeys("\r\x0b\x0c\x85\u2028\u2029", "\n"),
    }
)
_TO_CLEAN = re.compile(r"[^\t\n\x20-\x7e]")
# Words that occur on any page of English prose or of a synoptic report; used to tell language from mere letters.
_COMMON_TEXT = """
    the of and to in is with no not for are by on as at from was were or this that be an a it has have which
    patient name date specimen diagnosis report tumor tumour cell cells carcinoma margin margins size grade left right
    node nodes lymph received labeled designated clinical history gross microscopic final positive negative cm mm see page
    hospital department surgical pathology procedure type stage site tissue section sections dr md age sex gender
"""
_COMMON = frozenset(_COMMON_TEXT.split())

MIN_CHARACTERS = 8  # fewer are a page number, not a text layer
MAX_UNMAPPED = 0.05  # share of characters that no font map explains
MIN_ALPHANUMERIC = 0.55  # share of letters and digits: tables of findings have 0.75 and more
MIN_COMMON_WORDS = 0.04  # share of common words among words; prose has 0.3, a synoptic table 0.1
_WORDS_TO_JUDGE = 40  # fewer words say nothing about language


def clean(text: str) -> str:
    """Clean text for storage and search: no lone surrogates or NULs, ligatures spelled out, plain spaces, ``\\n`` line ends."""
    if _TO_CLEAN.search(text):
        text = text.replace("\r\n", "\n").translate(_PLAIN).encode("utf-8", "replace").decode("utf-8")
    return "\n".join(line.rstrip() for line in text.split("\n")).strip("\n")


def visible(text: str) -> int:
    """Count the characters that are not white space."""
    return sum(not c.isspace() for c in text)


def unmapped_share(text: str) -> float:
    """Return the share of visible characters that no font map explains, 0 to 1."""
    total = visible(text)
    if not total:
        return 0.0
    names = _GLYPH_NAME.findall(text)
    odd = sum(len(name) for name in names)
    rest = _GLYPH_NAME.sub("", text)
    odd += sum(unicodedata.category(c) in ("Co", "Cn", "Cs", "Cc") or c == "\ufffd" for c in rest if not c.isspace())
    return odd / total


def alphanumeric_share(text: str) -> float:
    """Return the share of letters and digits among visible characters, 0 to 1; rules and dot leaders count once."""
    marks = [c for c in _LEADERS.sub(r"\1", text) if not c.isspace()]
    return sum(c.isalnum() and (c.isascii() or c.isalpha()) for c in marks) / len(marks) if marks else 1.0


def common_word_share(text: str) -> float | None:
    """Return the share of common English words, 0 to 1, or None if the page has too few words to judge."""
    words = [word.lower() for word in _WORD.findall(text)]
    if len(words) < _WORDS_TO_JUDGE:
        return None
    return sum(word in _COMMON for word in words) / len(words)


def defect(text: str) -> str:
    """Say why this text layer cannot be used; an empty string if nothing is wrong with the text itself."""
    count = visible(text)
    if count == 0:
        return "no text layer"
    if count < MIN_CHARACTERS:
        return f"text layer of {count} characters"
    share = unmapped_share(text)
    if share > MAX_UNMAPPED:
        return f"unmapped font: {share:.0%} of the characters have no meaning"
    share = alphanumeric_share(text)
    if share < MIN_ALPHANUMERIC:
        return f"symbol soup: {share:.0%} letters and digits"
    return ""


def suspicion(text: str) -> str:
    """Say why the picture should be checked first: the letters form no English (shuffled, or another language)."""
    common = common_word_share(text)
    return f"letters without language: {common:.0%} common words" if common is not None and common < MIN_COMMON_WORDS else ""
