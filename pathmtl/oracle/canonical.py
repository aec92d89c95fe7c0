"""Folding of heterogeneous wording into canonical values (paper, S1-A "canonicalization module")."""

from __future__ import annotations

_UNITS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
#: A regular expression for a count written in words or digits (at most three digits: no accession number).
NUMBER = (
    r"(?:\d{1,3}|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-]*(?:one|two|three|four|five|six|seven|"
    r"eight|nine)\b)?|" + "|".join(sorted(_UNITS, key=len, reverse=True)) + r")"
)
_NUMBERS = {word: value for value, word in enumerate(_UNITS)} | _TENS
_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "one": 1,
    "two": 2,
    "three": 3,
    "l": 1,
    "ll": 2,
    "lll": 3,
}
# OCR reads the digit 0 as the letter o, and 1 as l or i (measured with EasyOCR: pN1a -> pNla, M0 -> MO).
_STAGE_DIGIT = str.maketrans({"o": "0", "l": "1", "i": "1", "!": "1", "|": "1", "z": "2", "s": "5"})


def fold(text: str) -> str:
    """Lower case of the same length, so that offsets into the result are offsets into ``text``.

    Letters whose lower case is longer (the Turkish dotted I) stay as they are.

    Examples
    --------
    >>> fold("FINAL DIAGNOSIS: pT2")
    'final diagnosis: pt2'
    """
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)


def number(words: str) -> int | None:
    """Value of a count in words or digits: ``number("twenty-three") == 23``; None where it is not one."""
    words = words.strip()
    if words.isdigit():
        return int(words)
    parts = words.replace("-", " ").split()
    if not parts or any(part not in _NUMBERS for part in parts):
        return None
    return sum(_NUMBERS[part] for part in parts)


def roman(token: str) -> int | None:
    """Value of a Roman numeral, digit or word from one to four (OCR's ``l`` counts as ``I``); None where it is not one."""
    return _ROMAN.get(token.strip())


def roman_number(token: str) -> int | None:
    """Value of a Roman numeral up to 89: ``roman_number("xiv") == 14``; None where it is not written as one.

    Examples
    --------
    >>> roman_number("xix"), roman_number("iiv")
    (19, None)
    """
    values = [{"i": 1, "v": 5, "x": 10, "l": 50}.get(letter, 0) for letter in token]
    total = sum(-value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True))
    tens, units = divmod(total, 10)
    if total <= 0 or total >= 90:
        return None
    tens_word = ("", "x", "xx", "xxx", "xl", "l", "lx", "lxx", "lxxx")[tens]
    units_word = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")[units]
    return total if token == tens_word + units_word else None


def stage_digit(token: str) -> str:
    """Digit of a stage code with OCR confusions undone: ``o`` -> 0, ``l`` and ``i`` -> 1."""
    return token.translate(_STAGE_DIGIT)


def nottingham_grade(score: int) -> str | None:
    """Grade of a Nottingham combined score (CAP breast protocol): 3-5 G1, 6-7 G2, 8-9 G3; None outside 3 to 9."""
    if not 3 <= score <= 9:
        return None
    return "G1" if score <= 5 else "G2" if score <= 7 else "G3"


def breast_t_from_size(millimeters: float) -> str:
    """T category of an invasive breast tumor from its largest dimension (AJCC-8, table S1): 20 and 50 mm are upper bounds."""
    return "T1" if millimeters <= 20 else "T2" if millimeters <= 50 else "T3"
