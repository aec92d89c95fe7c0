"""Find the words of a report that can open an identifier, in one pass.

Label words are also recognised when a letter is lost, doubled, swapped or misread ("Accesion", "Patlent"): from six letters on,
words at an edit distance of one. What was decided about a word is remembered, so that a corpus pays once for each word.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from pathmtl.deid import names
from pathmtl.deid import patterns as table
from pathmtl.deid.words import GIVEN

_WORD = re.compile(r"[A-Za-z][A-Za-z0]*")
_PLAIN = re.compile(r"(?<![\w@.])[a-z]{2,}(?![\w@]|\.\w)")  # not the words of an e-mail or web address
_INNER_I = re.compile(r"(?<=[a-z])I(?=[a-z])")
_FUZZY_LETTERS = 6


@dataclass(slots=True)
class Anchors:
    """``places``: (start, end) of the words that call each rule of ``identifiers.RULES``; ``people``: (start, end, rules)
    of those that concern names; ``plain``: the words that the report also writes without capitals."""

    places: dict[str, list[tuple[int, int]]]
    people: list[tuple[int, int, tuple[str, ...]]]
    plain: set[str]


def _index(entries: dict[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for rule, words in entries.items():
        for word in words:
            index[word] = (*index.get(word, ()), rule)
    return index


_IDENTIFIER_WORDS = _index(
    {
        "label": sorted({word for _, words, _ in table.LABELS for word in words.split()}),
        "month": table.MONTHS,
        "web": list(table.WEB_WORDS),
        "street": table.STREET_WORDS,
        "box": ["box"],
        "old": ["ninety"],
        "chain": sorted(table.CHAIN_WORDS),
        "institution": [*table.INSTITUTION_WORDS, *table.INSTITUTION_WEAK],
    }
)
_PEOPLE_WORDS = _index(
    {
        "title": names.TITLE_WORDS,
        "degree": names.DEGREE_WORDS,
        "colon": names.COLON_WORDS,
        "preposition": names.PREPOSITIONS,
        "bare": names.BARE_WORDS,
        "quote": names.QUOTE_WORDS,
        "given": sorted(GIVEN),
        "head": ["page", "mrn", "dob"],
    }
)
#: Only these are common enough, and harmless enough when mistaken, to be recognised in damaged form.
_FUZZY = [
    word
    for word in {**_IDENTIFIER_WORDS, **_PEOPLE_WORDS, **dict.fromkeys(table.QUALIFIERS)}
    if len(word) >= _FUZZY_LETTERS and not {"given", "street"} & {*_IDENTIFIER_WORDS.get(word, ()), *_PEOPLE_WORDS.get(word, ())}
]


def _shorter(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


_SHORTER: dict[str, list[str]] = defaultdict(list)
for _word in _FUZZY:
    for _key in {_word, *_shorter(_word)}:
        _SHORTER[_key].append(_word)


def _damaged(word: str) -> str | None:
    """The label word from which ``word`` differs by one letter lost, added, changed or swapped."""
    near = [
        known
        for key in {word, *_shorter(word)}
        for known in _SHORTER.get(key, ())
        if known[0] == word[0] and known[-1] == word[-1]
    ]
    return min(near) if near else None


@lru_cache(maxsize=1 << 16)
def original(word: str) -> str:
    """The lower-case form of a word; of a damaged label word, its undamaged form."""
    lower = _INNER_I.sub("l", word).lower().replace("0", "o")
    if len(lower) < _FUZZY_LETTERS - 1 or lower in _IDENTIFIER_WORDS or lower in _PEOPLE_WORDS:
        return lower
    mended = lower.replace("rn", "m")  # OCR reads m as rn
    if mended in _IDENTIFIER_WORDS or mended in _PEOPLE_WORDS:
        return mended
    return _damaged(lower) or lower


class _Calls(dict[str, tuple[tuple[str, ...], tuple[str, ...]] | None]):
    """The rules that a word calls (for identifiers, for people), or None; filled word by word as reports are read."""

    _MOST = 1 << 16

    def __missing__(self, word: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        if len(self) >= self._MOST:
            self.clear()
        known = original(word)
        rules = _IDENTIFIER_WORDS.get(known, ()), _PEOPLE_WORDS.get(known, ())
        self[word] = rules if any(rules) else None
        return self[word]


_CALLS = _Calls()


def anchors(text: str) -> Anchors:
    """The words of ``text`` that call rules, with their places."""
    places: dict[str, list[tuple[int, int]]] = {}
    people = []
    for match in _WORD.finditer(text):
        rules = _CALLS[match[0]]
        if rules:
            for rule in rules[0]:
                places.setdefault(rule, []).append(match.span())
            if rules[1]:
                people.append((*match.span(), rules[1]))
    return Anchors(places, people, set(_PLAIN.findall(text)))
