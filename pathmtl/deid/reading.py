"""Read a personal name at a place of a report, token by token; what the rules for people share."""

from __future__ import annotations

import re

from pathmtl.deid import names as table
from pathmtl.deid.words import EPONYMS, GENERIC, GIVEN, NEVER_NAMES, NOT_NAMES, SITES

Place = tuple[int, int]

GAP = re.compile(r"[ \t]{1,2}(?!\s)|[ \t]?\n[ \t]*(?=\S)")
_COMMA = re.compile(r"\s?,[ \t]{0,2}\n?")
_DOT = re.compile(r"\.[ \t]")
_MAX_WORDS, _MAX_TOKENS = 4, 6
ENDS = (":", "#", "/")  # after a word these make it a label or an alternative
_UNLIKELY = EPONYMS | GENERIC - {"a"} | NEVER_NAMES | SITES | NOT_NAMES - {"a", "s", "t", "m", "p", "g"}
_MEDICAL_ENDING = re.compile(
    r"....(?:omas?|itis|ectomy|osis|oses|plasty|o[ts]tomy|scopy|graphy|genic|tion|tions|ular|oid|ium|ical|ous)$"
)
_WRAPPED = 50  # a line at least this long may have been wrapped within a name


def ordinary(name: str, lowercase: set[str]) -> bool:
    """Whether the report also writes any word of the name without capitals."""
    return any(known_word(word) in lowercase for word in name.split())


def unlikely(word: str) -> bool:
    """Whether a word of the lists, or with a medical ending, is no part of a name that nothing announces."""
    word = known_word(word)
    return word in _UNLIKELY or _MEDICAL_ENDING.search(word) is not None


def plausible(text: str, place: Place, lowercase: set[str]) -> bool:
    """Whether what was read can be a person: no eponym of a score or disease, no site, no product, no ordinary word."""
    name = text[slice(*place)]
    return (
        not any(unlikely(word) for word in re.split(r"[\s,]+", name))
        and not ordinary(name, lowercase)
        and not table.EPONYM.match(text, place[1])
    )


def is_word(token: re.Match[str]) -> bool:
    return token.lastgroup == "word"


def known_word(word: str) -> str:
    """The form that a word has in the lists."""
    return word.lower().strip("., \n")


def known(token: re.Match[str]) -> str:
    return known_word(token[0])


def institutional(text: str, span: Place) -> bool:
    """Whether the rule for institutions takes it instead: Martin Memorial Hospital, Clare Cancer Center."""
    line = text[span[0] : span[1] + 12].split("\n")[0]
    return any(word.lower() in GENERIC for word in re.findall(r"[A-Za-z]{3,}", line))


def read(
    text: str, at: int, least: int, lowercase: set[str], trusted: bool = False, ends: tuple[str, ...] = ENDS
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
            or (is_word(token) and known(token) in NOT_NAMES)
            or text[token.end() : token.end() + 1] in ends
        ):
            break
        tokens += 1
        if token.lastgroup != "particle":
            end = token.end()
            words += is_word(token)
            first = first or (known(token) if is_word(token) else "")
        if token.lastgroup == "initial" and token[0][-1] == "." and table.NAME_TOKEN.match(text, token.end()):
            position = token.end()  # "J.M. Field"
            continue
        gap = GAP.match(text, token.end())
        if not gap and not comma and is_word(token):
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
    word = re.compile(rf"[{table.UP}][{table.UP}{table.LOW}]+").match(text, at)
    return bool(word) and word[0].lower() in GIVEN


def _line_is_full(text: str, at: int) -> bool:
    return at - text.rfind("\n", 0, at) >= _WRAPPED
