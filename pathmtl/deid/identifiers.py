"""Recognizers of identifiers that are not people: ``numbers``, ``labeled`` and ``emails``, each from a text to its spans.

``labeled`` collects rules: each takes a report and the place of the word that called it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from pathmtl.deid import patterns as table
from pathmtl.deid.anchors import anchors, original
from pathmtl.deid.spans import Span
from pathmtl.deid.words import GENERIC, NOT_NAMES, SITES

_MARGIN = 16  # how far an identifier reaches beyond its run of digits: "S19-", "(614) ", "19-S-"
_VALUE_WITHIN = 80  # a labeled value starts and ends within this many characters
_SEPARATOR = r"\s?[:;#=.]{0,2}\s{0,3}"
_VALUE = {kind: re.compile(f"{_SEPARATOR}({value})") for kind, value in table.VALUES.items()}
_LABEL: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
for _kind, _words, _rest in table.LABELS:
    for _opening in _words.split():
        _LABEL.setdefault(_opening, []).append((_kind, re.compile(_rest)))
_DIGIT = {ord("O"): "0", ord("o"): "0", ord("l"): "1", ord("I"): "1"}
_DIGITS = re.compile(r"[0-9]")
_WORD_BEFORE = re.compile(r"(?:[A-Z][A-Za-z0'’&-]+\.?|of|and)(?:[ \t]{1,2}|\n)$")
_LABEL_NUMBER = re.compile(rf"(?:{table.NUMBER_SIGN})(?=[\s.]?[:#\d]|\s\d)")  # "Hospital No: 1" is a record number
#: Words before an institution's name that are not part of it.
_SMALL = frozenset(
    ["at", "from", "in", "to", "by", "for", "the", "an", "this", "our", "or", "any", "other", "with", "outside", "of", "and"]
)


def digits_restored(text: str) -> str:
    """The text with letters that OCR reads for digits (O, l, I) turned back, where they are among digits; same length."""
    return table.OCR_DIGIT.sub(lambda m: m[0].translate(_DIGIT), text) if _DIGITS.search(text) else text


def numbers(text: str) -> Iterator[Span]:
    """Find identifiers by the shape of their digits, and ages over 89."""
    for run in table.DENSE.finditer(text):
        digits = run[0]
        if len(_DIGITS.findall(digits)) < 4 and digits.count("/") < 2:
            continue
        start = max(0, run.start() - _MARGIN)
        window = digits_restored(text[start : run.end() + _MARGIN])
        for kind, pattern in table.NUMERIC:
            for match in pattern.finditer(window):
                if _cut(text, start, match, len(window)):
                    continue
                yield Span(start + match.start(), start + match.end(), kind)
                if kind == "ZIP":
                    yield from _town(text, start + match.start())
    for number in table.OLD.finditer(text):
        if table.OLD_AFTER.match(text, number.end()) or table.OLD_BEFORE.search(
            text, max(0, number.start() - 24), number.start()
        ):
            yield Span(*number.span(), "AGE")


def _cut(text: str, start: int, match: re.Match[str], length: int) -> bool:
    """Whether the match touches an end of its window within a word of the text."""
    left, right = start, start + length
    return (match.start() == 0 and text[left - 1 : left].isalnum() and left > 0) or (
        match.end() == length and text[right : right + 1].isalnum() and text[right - 1].isalnum()
    )


def shapes(text: str) -> Iterator[Span]:
    """Find identifiers by the shape of letters and digits: postcodes, streets outside North America, Roman months."""
    for match in table.UK_POSTCODE.finditer(text):
        town = match["town"]
        if town.lower() not in NOT_NAMES | SITES if town else match["code"][1].isalpha():
            # M1 and N1 are also TNM codes, which nothing but an address outranks.
            yield Span(*match.span("code"), "ADDRESS" if town and match["code"][0] in "MN" else "ZIP")
    for match in table.CODE_TOWN.finditer(text):
        if match["town"].lower() not in NOT_NAMES | SITES:
            yield Span(*match.span("code"), "ADDRESS")
    for kind, pattern in table.SHAPES:
        for match in pattern.finditer(text):
            yield Span(*match.span(), kind)


def _town(text: str, at: int) -> Iterator[Span]:
    """The town before a ZIP code: "Northgate, TX 75001"."""
    before = max(0, at - 48)
    town = table.TOWN.search(text[before:at])
    if town:
        yield Span(before + town.start(1), before + town.end(1), "ADDRESS")


def emails(text: str) -> Iterator[Span]:
    """Find e-mail addresses."""
    if "@" in text or "at)" in text or "at]" in text:
        for match in table.EMAIL.finditer(text):
            yield Span(*match.span(), "EMAIL")


def labeled(text: str) -> Iterator[Span]:
    """Find identifiers that a word announces: a label (MRN, DOB), a month, a street, an institution."""
    for rule, places in anchors(text).places.items():
        for start, end in places:
            yield from _RULES[rule](text, start, end)


def _label(text: str, start: int, end: int) -> Iterator[Span]:
    """The value after a label: the first reading of the label that is followed by a value."""
    for kind, rest in _LABEL[original(text[start:end])]:
        label = rest.match(text, end)
        if label:
            window = digits_restored(text[label.end() : label.end() + _VALUE_WITHIN])
            value = _VALUE[kind].match(window)
            if value:
                yield Span(label.end() + value.start(1), label.end() + value.end(1), kind)
                return


def _month(text: str, start: int, end: int) -> Iterator[Span]:
    back = max(0, start - 9)
    window = digits_restored(text[back : end + 20])
    for pattern in table.MONTH_DATES if text[start].isupper() else (table.SMALL_MONTH_DATE,):
        for match in pattern.finditer(window):
            foreign = text[start:end].lower() in table.FOREIGN_MONTHS
            if match.start() <= start - back < match.end() and not (foreign and not match[0][-4:].isdigit()):
                yield Span(back + match.start(), back + match.end(), "DATE")


def _web(text: str, start: int, end: int) -> Iterator[Span]:
    for match in table.URL.finditer(text, max(0, start - 60), end + 120):
        if match.start() <= start < match.end():
            yield Span(*match.span(), "URL")


def _street(text: str, start: int, end: int) -> Iterator[Span]:
    head = table.ADDRESS_HEAD.search(text, max(0, start - 50), start)
    if head and text[start].isupper():
        tail = table.ADDRESS_TAIL.match(text, end)
        stop = tail.end() if tail else end
        yield Span(head.start(), start + len(text[start:stop].rstrip(" ,")), "ADDRESS")


def _box(text: str, start: int, end: int) -> Iterator[Span]:
    for match in table.PO_BOX.finditer(text, max(0, start - 6)):
        if match.start() <= start < match.end():
            yield Span(match.start(), match.start() + len(match[0].rstrip(" ,")), "ADDRESS")
        return


def _old(text: str, start: int, end: int) -> Iterator[Span]:
    match = table.OLD_WORDS.match(text, start)
    if match:
        yield Span(*match.span(), "AGE")


def _chain(text: str, start: int, end: int) -> Iterator[Span]:
    match = table.CHAIN.match(text, start)
    if match:
        yield Span(*match.span(), "HOSPITAL")


def _institution(text: str, start: int, end: int) -> Iterator[Span]:
    """Capitalized words before a noun such as Hospital (or "of ..." after it), unless all of them are generic."""
    if not text[start].isupper() or _LABEL_NUMBER.match(text, end):
        return
    noun = original(text[start:end])
    first, naming, qualified = start, False, noun in table.INSTITUTION_WORDS
    for _ in range(6):
        word = _WORD_BEFORE.search(text, max(0, first - 30), first)
        if not word or (word[0][-1] == "\n" and first - text.rfind("\n", 0, word.end() - 1) < 50):
            break
        bare = original(word[0].strip().rstrip("."))
        if (bare in _SMALL and bare not in ("of", "and")) or (bare in NOT_NAMES and bare not in GENERIC):
            break
        first = word.start()
        naming = naming or bare not in GENERIC
        qualified = qualified or bare in table.QUALIFIERS
    while small := re.compile(r"(?:of|and)\s+").match(text, first):
        first = small.end()
    tail = table.INSTITUTION_TAIL.match(text, end)
    if tail and NOT_NAMES & set(tail[0].lower().split()[1:]):
        tail = None
    if naming and qualified:
        yield Span(first, tail.end() if tail else end, "HOSPITAL")
    elif tail and noun in ("university", "hospital", "infirmary"):
        yield Span(first, tail.end(), "HOSPITAL")


#: By the names under which ``anchors`` files the words that call them.
_RULES: dict[str, Callable[[str, int, int], Iterator[Span]]] = {
    "label": _label,
    "month": _month,
    "web": _web,
    "street": _street,
    "box": _box,
    "old": _old,
    "chain": _chain,
    "institution": _institution,
}
