"""Find the words of a report that can open an identifier, in one pass.

Label words of six letters or more are also recognized at an edit distance of one: with a letter lost, doubled, swapped or misread
("Accesion", "Patlent"). What was decided about a word is cached, so that a corpus pays once per distinct word.
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

_WORD = re.compile(r"[A-Za-zÀ-ɏḀ-ỿ][A-Za-zÀ-ɏḀ-ỿ0]*")
_LOWERCASE = re.compile(r"(?<![\w@.])[a-z]{2,}(?![\w@]|\.\w)")  # not the words of an e-mail or web address
_INNER_I = re.compile(r"(?<=[a-z])I(?=[a-z])")
_FUZZY_LETTERS = 6


@dataclass(slots=True)
class Anchors:
    """The words of one report that call rules.

    ``places``: (start, end) of the words that call each rule of ``identifiers``; ``people``: (start, end, rules) of the words
    that call rules for names; ``lowercase_words``: the words that the report also writes without capitals.
    """

    places: dict[str, list[tuple[int, int]]]
    people: list[tuple[int, int, tuple[str, ...]]]
    lowercase_words: set[str]


def _index(entries: dict[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    index: dict[str, tuple[str, ...]] = {}
    for rule, words in entries.items():
        for word in words:
            index[word] = (*index.get(word, ()), rule)
    return index


_IDENTIFIER_WORDS = _index(
    {
        "label": sorted({word for _, words, _ in table.LABELS for word in words.split()}),
        "month": sorted(table.MONTHS | table.FOREIGN_MONTHS),
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
        "colon": names.COLON_WORDS | names.VERB_LABELS,
        "preposition": names.PREPOSITIONS,
        "bare": names.BARE_WORDS,
        "quote": names.QUOTE_WORDS,
        "relative": names.RELATIVE_WORDS,
        "role": names.ROLE_WORDS,
        "subject": ["year", "yo"],
        "given": sorted(GIVEN),
        "head": ["page", "mrn", "dob"],
    }
)
#: Only these are common enough, and harmless enough when mistaken, to be recognized in damaged form.
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
    """The lower-case form of a word; for a damaged label word, the intact one."""
    lower = _INNER_I.sub("l", word).lower().replace("0", "o")
    if len(lower) < _FUZZY_LETTERS - 1 or lower in _IDENTIFIER_WORDS or lower in _PEOPLE_WORDS:
        return lower
    corrected = lower.replace("rn", "m")  # OCR reads m as rn
    if corrected in _IDENTIFIER_WORDS or corrected in _PEOPLE_WORDS:
        return corrected
    return _damaged(lower) or lower


class _RulesByWord(dict[str, tuple[tuple[str, ...], tuple[str, ...]] | None]):
    """The rules that a word calls (for identifiers, for people), or None; filled as words are first seen."""

    _MOST = 1 << 16

    def __missing__(self, word: str) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        if len(self) >= self._MOST:
            self.clear()
        known = original(word)
        rules = _IDENTIFIER_WORDS.get(known, ()), _PEOPLE_WORDS.get(known, ())
        self[word] = rules if any(rules) else None
        return self[word]


_RULES_BY_WORD = _RulesByWord()


@lru_cache(maxsize=1)
def anchors(text: str) -> Anchors:
    """The words of ``text`` that call rules, with their places; cached, because two recognizers need them."""
    places: dict[str, list[tuple[int, int]]] = {}
    people = []
    for match in _WORD.finditer(text):
        rules = _RULES_BY_WORD[match[0]]
        if rules:
            for rule in rules[0]:
                places.setdefault(rule, []).append(match.span())
            if rules[1]:
                people.append((*match.span(), rules[1]))
    return Anchors(places, people, set(_LOWERCASE.findall(text)))
