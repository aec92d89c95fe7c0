"""Recognizer of people: by title, degree, label or given name, then every other mention of a person found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.deid import names as table
from pathmtl.deid.anchors import anchors
from pathmtl.deid.spans import Span
from pathmtl.deid.words import EPONYMS, GENERIC, GIVEN, NOT_NAMES

Place = tuple[int, int]

_GAP = re.compile(r"[ \t]{1,2}(?!\s)|[ \t]?\n[ \t]*(?=\S)")
_COMMA = re.compile(r"\s?,[ \t]{0,2}\n?")
_DOT = re.compile(r"\.[ \t]")
_MAX_WORDS, _MAX_TOKENS = 4, 6
_FAMILY_FIRST = re.compile(
    r"(?:(?:[Vv]an|VAN|[Dd]e|DE|[Ll]a|LA|[Dd]er|DER|[Vv]on|VON|St\.|ST\.)\s){0,2}[A-Z][A-Za-z'’0-]{1,}(?:,[ \t]?\n?|\.[ \t])$"
)
_MIDDLE_INITIAL = re.compile(r"\s[A-Z]\b\.?(?!\w)")
_ENDS = (":", "#", "/")  # after a word these make it a label or an alternative
_INSIDE = ("'", "’", "-")
_PARTICLE_LETTERS = ("v", "d", "l")  # van, de, la
_WRAPPED = 50  # a line at least this long may have been wrapped within a name


def people(text: str) -> Iterator[Span]:
    """Find personal names (titles and degrees stay outside), and bare record numbers after a name."""
    seen = anchors(text)
    names: list[Place] = []
    for start, end, rules in seen.people:
        for rule in rules:
            names += _RULES[rule](text, start, end, seen.lowercase_words)
    for start, end in names:
        yield Span(start, end, "NAME")
        number = table.NUMBER_AFTER_NAME.match(text, end)
        if number:
            yield Span(*number.span(1), "MRN")
    yield from _mentions(text, names, seen.lowercase_words)


def _title(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    title = table.TITLE.match(text, start)
    if not title:
        return []
    if text[start:end].lower() == "drs":
        return _several(text, title.end(), lowercase)
    return _read(text, title.end(), 1, lowercase, trusted=True)


def _several(text: str, at: int, lowercase: set[str]) -> list[Place]:
    """A list of names: "Field and Stone", "Field/Stone", "Field, Stone & Wood"."""
    names = _read(text, at, 1, lowercase, trusted=True, ends=_ENDS[:2])
    while names and (also := table.ALSO.match(text, names[-1][1])):
        following = _read(text, also.end(), 1, lowercase, trusted=True, ends=_ENDS[:2])
        if not following:
            break
        names += following
    return names


def _after_label(text: str, at: int, least: int, lowercase: set[str]) -> list[Place]:
    title = table.TITLE.match(text, at)
    return _read(text, title.end() if title else at, 1 if title else least, lowercase, trusted=title is not None)


def _colon(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    colon = table.COLON.match(text, end)
    word = text[start:end].lower()
    if not colon and table.PATIENT_NAME.search(text, max(0, start - 14), end):
        gap = _GAP.match(text, end)
        return _after_label(text, gap.end(), 2, lowercase) if gap else []
    if not colon or (word == "name" and table.NOT_PERSON.search(text, max(0, start - 12), start)):
        return []
    if word in table.PREPOSITIONS and not table.VERB.search(text, max(0, start - 32), start):
        return []
    if word.endswith("s") or "s)" in colon[0]:
        return _several(text, colon.end(), lowercase)
    return _after_label(text, colon.end(), 1, lowercase) or _small(text, colon.end()) or _slashed(text, colon.end(), lowercase)


def _slashed(text: str, at: int, lowercase: set[str]) -> list[Place]:
    """Two names with a slash between: "FIELD/STONE"."""
    names = _several(text, at, lowercase)
    if len(names) < 2 or text[names[0][1]] != "/" or lowercase & {_known_word(text[a:b]) for a, b in names}:
        return []
    return names


def _small(text: str, at: int) -> list[Place]:
    """A lower-case name that ends its field and contains a common given name: "patient: jane field"."""
    name = table.SMALL_NAME.match(text, at)
    if not name:
        return []
    words = [_known_word(word) for word in name[0].split()]
    return [name.span()] if GIVEN & set(words) and not NOT_NAMES & set(words) else []


def _preposition(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    gap = _GAP.match(text, end)
    follows = text[gap.end() : gap.end() + 1] if gap else ""
    if not (follows.isupper() or follows in _PARTICLE_LETTERS) or not table.VERB.search(text, max(0, start - 32), start):
        return []
    return _after_label(text, gap.end(), 2, lowercase)


def _quote(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A container labeled with the patient's name: received labeled "FIELD, JANE", "left breast"."""
    quoted = table.QUOTED.match(text, end)
    name = _read(text, quoted.end(), 2, lowercase) if quoted else []
    return [(a, b) for a, b in name if "," in text[a:b] and not _ordinary(text[a:b], lowercase)]


def _bare(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    gap = re.compile(r"\s?,?\s{1,2}").match(text, end)
    return _after_label(text, gap.end(), 2, lowercase) if gap else []


def _degree(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """The name that ends before a degree: up to three words of it."""
    if not table.DEGREE.match(text, start):
        return []
    gap = table.BEFORE_DEGREE.search(text, max(0, start - 3), start)
    if not gap:
        return []
    first, words = gap.start(), 0
    for token in reversed(list(table.NAME_TOKEN.finditer(text, max(0, first - 50), first))):
        between = text[token.end() : first]
        if (
            len(between) > 2
            or between.strip(" \n")
            or (token.start() and text[token.start() - 1].isalnum())
            or (_is_word(token) and _known(token) in NOT_NAMES)
        ):
            break
        if _is_word(token) and table.DEGREE.match(text, token.start()):
            break
        if "\n" in between and words >= 2:
            break
        first = token.start()
        words += _is_word(token)
        if words == 3:
            break
    family = table.FAMILY_COMMA.search(text, max(0, first - 30), first) if words == 1 else None
    if family and _known_word(family[0]) not in NOT_NAMES:
        first = family.start()
    return [(first, gap.start())] if words > ("." in gap[0]) else []


def _given(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A common given name beside a capitalized non-medical word, without a label: Jane M. Field; FIELD, JANE."""
    if (
        not text[start].isupper()
        or text[start:end].lower() in lowercase
        or text[start - 1 : start] in ("-", "'", "’")
        or (not text[end : end + 1].isspace() and text[end : end + 1] not in ",.")
    ):
        return []
    before = _FAMILY_FIRST.search(text, max(0, start - 30), start)
    # "WHITE, INGRID": a running head, or capitals among lower case, is a name although the report also says "white".
    stands_out = before is not None and (
        text[before.start() - 1 : before.start()] in ("", "\n") or (before[0].isupper() and text[start:end].isupper())
    )
    if (
        before
        and _known_word(before[0]) not in (NOT_NAMES if stands_out else NOT_NAMES | lowercase)
        and ("," in before[0] or before[0].isupper())
    ):
        tail = _MIDDLE_INITIAL.match(text, end)
        return [(before.start(), tail.end() if tail else end)]
    after = _read(text, start, 2, lowercase) if text[end : end + 1] != "," else []
    return [] if after and _institutional(text, after[0]) else after


def _head(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A running head ("FIELD, JANE M   Page 2 of 3") opens with the patient's name."""
    if not table.PAGE_HEAD.match(text, start):
        return []
    line = max(text.rfind("\n", 0, start), start - 60) + 1
    name = _read(text, line, 2, lowercase)
    between = text[name[0][1] : start] if name else ""
    return name if name and re.fullmatch(r"\s{1,8}(?:\S*\d\S*\s{1,8})?(?:[Cc]ontinued on )?", between) else []


_RULES = {
    "title": _title,
    "degree": _degree,
    "colon": _colon,
    "preposition": _preposition,
    "bare": _bare,
    "quote": _quote,
    "given": _given,
    "head": _head,
}


def _ordinary(name: str, lowercase: set[str]) -> bool:
    """Whether the report also writes any word of the name without capitals."""
    return any(_known_word(word) in lowercase for word in name.split())


def _is_word(token: re.Match[str]) -> bool:
    return token.lastgroup == "word"


def _known_word(word: str) -> str:
    """The form that a word has in the lists."""
    return word.lower().strip("., \n")


def _known(token: re.Match[str]) -> str:
    return _known_word(token[0])


def _institutional(text: str, span: Place) -> bool:
    """Whether the rule for institutions takes it instead: Martin Memorial Hospital, Clare Cancer Center."""
    line = text[span[0] : span[1] + 12].split("\n")[0]
    return any(word.lower() in GENERIC for word in re.findall(r"[A-Za-z]{3,}", line))


def _read(
    text: str, at: int, least: int, lowercase: set[str], trusted: bool = False, ends: tuple[str, ...] = _ENDS
) -> list[Place]:
    """A name that starts at ``at``: "J. M. Field", "FIELD, JANE M", "van der Berg".

    It needs ``least`` tokens, one of them a word. A single word that the report also writes without capitals is an ordinary word,
    unless it follows a title (``trusted``). A label, a medical word or the word that opens the next field ends the name.
    """
    end, words, tokens, comma = -1, 0, 0, False
    position, first = at, ""
    while tokens < _MAX_TOKENS and words < _MAX_WORDS:
        token = table.NAME_TOKEN.match(text, position)
        if (
            not token
            or (_is_word(token) and _known(token) in NOT_NAMES)
            or text[token.end() : token.end() + 1] in ends
        ):
            break
        tokens += 1
        if token.lastgroup != "particle":
            end = token.end()
            words += _is_word(token)
            first = first or (_known(token) if _is_word(token) else "")
        if token.lastgroup == "initial" and token[0][-1] == "." and table.NAME_TOKEN.match(text, token.end()):
            position = token.end()  # "J.M. Field"
            continue
        gap = _GAP.match(text, token.end())
        if not gap and not comma and _is_word(token):
            gap = _COMMA.match(text, token.end()) or (
                _DOT.match(text, token.end()) if _given_follows(text, token.end() + 2) else None
            )
            comma = gap is not None
            following = gap and table.NAME_TOKEN.match(text, gap.end())
            if not following or table.DEGREE.match(text, gap.end()):
                break
        if not gap or ("\n" in gap[0] and not _line_is_full(text, gap.start())):
            break
        position = gap.end()
    if not words or tokens < least or (words == 1 and not trusted and first in lowercase):
        return []
    return [(at, end)]


def _given_follows(text: str, at: int) -> bool:
    word = re.compile(r"[A-Z][A-Za-z]+").match(text, at)
    return bool(word) and word[0].lower() in GIVEN


def _line_is_full(text: str, at: int) -> bool:
    return at - text.rfind("\n", 0, at) >= _WRAPPED


def _mentions(text: str, names: list[Place], lowercase: set[str]) -> Iterator[Span]:
    """Every other place where a word of these names occurs: as it was, in capitals, or with one capital."""
    words = set()
    for start, end in names:
        for token in table.NAME_TOKEN.finditer(text, start, end):
            if _is_word(token) and len(token[0]) > 2 and _known(token) not in NOT_NAMES | EPONYMS | lowercase:
                words |= {token[0], token[0].upper(), token[0].capitalize()}
    for word in words:
        at = text.find(word)
        while at >= 0:
            end = at + len(word)
            if (
                text[at - 1 : at] not in _INSIDE
                and not text[at - 1 : at].isalnum()
                and not text[end : end + 1].isalnum()
                and text[end : end + 1] != "-"
            ):
                yield Span(at, end, "NAME")
            at = text.find(word, end)
