"""Recognizer of people: by title, degree, label or given name, then every other mention of a person found."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pathmtl.deid import names as table
from pathmtl.deid.anchors import anchors
from pathmtl.deid.columns import alone_above, below, table_cell
from pathmtl.deid.hl7 import hl7
from pathmtl.deid.informal import container, relative, role, small_name, small_title
from pathmtl.deid.reading import ENDS, GAP, Place, institutional, is_word, known, known_word, plausible, read
from pathmtl.deid.spans import Span
from pathmtl.deid.words import COMMON, EPONYMS, GIVEN, NOT_NAMES, SURNAMES_AFTER_TITLE

_FAMILY_FIRST = re.compile(
    r"(?<!\w)(?:(?:[Vv]an|VAN|[Dd]e|DE|[Ll]a|LA|[Dd]er|DER|[Vv]on|VON|St\.|ST\.)\s){0,2}"
    rf"[{table.UP}][{table.UP}{table.LOW}'’0-]{{1,}}(?:,[ \t]?\n?|\.[ \t])$"
)
_MIDDLE_INITIAL = re.compile(r"\s[A-Z]\b\.?(?!\w)")
_INSIDE = ("'", "’", "-")
_PARTICLE_LETTERS = ("v", "d", "l")  # van, de, la


def people(text: str) -> Iterator[Span]:
    """Find personal names (titles and degrees stay outside), and bare record numbers after a name."""
    seen = anchors(text)
    names: list[Place] = []
    for start, end, rules in seen.people:
        for rule in rules:
            names += _RULES[rule](text, start, end, seen.lowercase_words)
    names += [(start, end) for start, end, kind in hl7(text) if kind == "NAME"]
    for start, end in names:
        yield Span(start, end, "NAME")
        number = table.NUMBER_AFTER_NAME.match(text, end)
        if number:
            yield Span(*number.span(1), "MRN")
    yield from _mentions(text, names, seen.lowercase_words)


def _title(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    title = table.TITLE.match(text, start)
    if not title:
        return small_title(text, start)
    if text[start:end].lower() == "drs":
        return _several(text, title.end(), lowercase)
    ends = ENDS[:2] if text[title.end() + 1 : title.end() + 2].isupper() else ENDS[1:2]  # "Dr. REVISION:" has lost its name
    name = read(text, title.end(), 1, lowercase, trusted=True, ends=ends)
    if name and text[name[0][1] : name[0][1] + 1] == "/":
        return _several(text, title.end(), lowercase)
    if text[start:end].lower() == "sister" and name and not plausible(text, name[0], lowercase):
        return []
    return name or _word_as_surname(text, title.end())


def _word_as_surname(text: str, at: int) -> list[Place]:
    """A surname that is elsewhere a common word or a particle: "Dr. Le", "Ms. An"."""
    word = re.compile(r"[A-Z][a-z]+(?![\w'’-]|\s?[:#])").match(text, at)
    return [word.span()] if word and word[0].lower() in SURNAMES_AFTER_TITLE else []


def _several(text: str, at: int, lowercase: set[str]) -> list[Place]:
    """A list of names: "Field and Stone", "Field/Stone", "Field, Stone & Wood"."""
    names = read(text, at, 1, lowercase, trusted=True, ends=ENDS[:2]) or _word_as_surname(text, at)
    while names and (also := table.ALSO.match(text, names[-1][1])):
        following = read(text, also.end(), 1, lowercase, trusted=True, ends=ENDS[:2])
        if not following:
            break
        names += following
    return names


def _after_label(text: str, at: int, least: int, lowercase: set[str]) -> list[Place]:
    title = table.TITLE.match(text, at)
    return read(text, title.end() if title else at, 1 if title else least, lowercase, trusted=title is not None)


def _colon(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    colon = table.COLON.match(text, end)
    if not colon and text[start:end] in ("Re", "RE"):
        colon = re.compile(r"\.\s{1,2}").match(text, end)
    word = text[start:end].lower()
    if word in table.VERB_LABELS:
        return [p for p in _after_label(text, colon.end(), 2, lowercase) if plausible(text, p, lowercase)] if colon else []
    if not colon and word not in table.PREPOSITIONS:
        names = _separated(text, start, end, lowercase) or alone_above(text, start, end, lowercase)
        if names or (names := table_cell(text, start, end, lowercase)):
            return names
    if not colon and table.PATIENT_NAME.search(text, max(0, start - 14), end):
        gap = GAP.match(text, end)
        return _after_label(text, gap.end(), 2, lowercase) if gap else []
    if not colon or (word == "name" and table.NOT_PERSON.search(text, max(0, start - 12), start)):
        return []
    if word in table.PREPOSITIONS and not table.VERB.search(text, max(0, start - 32), start):
        return []
    if word.endswith("s") or "s)" in colon[0]:
        return _several(text, colon.end(), lowercase)
    if word in table.TOPIC_WORDS:
        name = _after_label(text, colon.end(), 2, lowercase)
        return [place for place in name if _personal(text, place, lowercase)]
    names = _after_label(text, colon.end(), 1, lowercase)
    if word in ("cc", "to", "by", "contact"):
        names = _and_others(text, names, lowercase)
    names = names or small_name(text, colon.end(), "signed" if word == "by" else word) or _slashed(text, colon.end(), lowercase)
    if not names and (other := table.OTHER_SCRIPT.match(text, colon.end())):
        return [other.span()]
    return below(text, end, names, lowercase) if "\n" in text[end : colon.end() + 30] else names


def _separated(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A label and its name on both sides of a dash, an equals sign, a bar or a wide gap: "Pathologist - Jane Field"."""
    gap = table.SEPARATOR.match(text, end)
    if (
        not gap
        or text[start:end].lower() in table.NEED_COLON
        or (text[start:end].lower() == "md" and gap[0].strip() == ",")  # a degree
        or (text[start:end].lower() == "name" and table.NOT_PERSON.search(text, max(0, start - 12), start))
    ):
        return []
    least = 1 if gap[0].strip(" \t,") else 2
    return [place for place in _after_label(text, gap.end(), least, lowercase) if plausible(text, place, lowercase)]


def _personal(text: str, place: Place, lowercase: set[str]) -> bool:
    """Whether a capitalized phrase without a label for people is a name: a comma or a common given name in it."""
    words = {known_word(word) for word in text[slice(*place)].split()}
    shows = "," in text[slice(*place)] or bool(words & GIVEN) or table.IDENTITY_FOLLOWS.match(text, place[1])
    return bool(shows) and plausible(text, place, lowercase)


def _slashed(text: str, at: int, lowercase: set[str]) -> list[Place]:
    """Two names with a slash between: "FIELD/STONE"."""
    names = _several(text, at, lowercase)
    if len(names) < 2 or text[names[0][1]] != "/" or lowercase & {known_word(text[a:b]) for a, b in names}:
        return []
    return names


def _preposition(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    gap = re.compile("/[ \t]?").match(text, end) if text[start:end] == "w" else GAP.match(text, end)
    follows = text[gap.end() : gap.end() + 1] if gap else ""
    if not table.VERB.search(text, max(0, start - 32), start):
        if not table.INITIALS.match(text, gap.end() if gap else end):
            return []
        names = _and_others(text, read(text, gap.end(), 2, lowercase), lowercase)
        return [place for place in names if plausible(text, place, lowercase)]
    if not (follows.isupper() or follows in _PARTICLE_LETTERS):
        return small_name(text, gap.end(), "signed") if gap and table.SIGNED.search(text, max(0, start - 32), start) else []
    least = 1 if table.SPOKE.search(text, max(0, start - 10), start) else 2
    names = _after_label(text, gap.end(), least, lowercase)
    if least == 1:
        names = [place for place in names if plausible(text, place, lowercase)]
    return _and_others(text, names, lowercase)


def _and_others(text: str, names: list[Place], lowercase: set[str]) -> list[Place]:
    """The names, and those of two words that follow them in a list: "M.T. Field and J. Stone"."""
    while names and (also := table.ALSO.match(text, names[-1][1])):
        more = [place for place in read(text, also.end(), 2, lowercase) if plausible(text, place, lowercase)]
        if not more:
            break
        names = names + more
    return names


def _bare(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    gap = re.compile(r"/?\s?,?\s{1,2}").match(text, end)
    word = text[start:end].lower()
    if not gap or (word == "cc" and text[start - 1 : start] not in ("", "\n")):
        return []
    names = _after_label(text, gap.end(), 1 if word == "dear" else 2, lowercase)
    return [place for place in names if plausible(text, place, lowercase)] if word in ("dear", "cc", "you", "regards") else names


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
            or (is_word(token) and known(token) in NOT_NAMES)
        ):
            break
        if is_word(token) and table.DEGREE.match(text, token.start()):
            break
        if "\n" in between and words >= 2:
            break
        first = token.start()
        words += is_word(token)
        if words == 3:
            break
    family = table.FAMILY_COMMA.search(text, max(0, first - 30), first) if words == 1 else None
    if family and known_word(family[0]) not in NOT_NAMES:
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
        and known_word(before[0]) not in (NOT_NAMES if stands_out else NOT_NAMES | lowercase)
        and ("," in before[0] or before[0].isupper())
    ):
        tail = _MIDDLE_INITIAL.match(text, end)
        return [(before.start(), tail.end() if tail else end)]
    after = read(text, start, 2, lowercase) if text[end : end + 1] != "," else []
    return [] if after and (institutional(text, after[0]) or table.EPONYM.match(text, after[0][1])) else after


def _subject(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A person whose age follows: "Jane Field is a 54-year-old woman"."""
    subject = table.SUBJECT.search(text, max(0, start - 70), start)
    return [subject.span("name")] if subject and plausible(text, subject.span("name"), lowercase) else []


def _head(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A running head ("FIELD, JANE M   Page 2 of 3") opens with the patient's name."""
    if not table.PAGE_HEAD.match(text, start):
        return []
    line = max(text.rfind("\n", 0, start), start - 60) + 1
    name = read(text, line, 2, lowercase)
    between = text[name[0][1] : start] if name else ""
    return name if name and re.fullmatch(r"\s{1,8}\(?(?:\S*\d\S*\s{1,8})?(?:[Cc]ontinued on )?", between) else []


_RULES = {
    "title": _title,
    "degree": _degree,
    "colon": _colon,
    "preposition": _preposition,
    "bare": _bare,
    "quote": container,
    "relative": relative,
    "role": role,
    "subject": _subject,
    "given": _given,
    "head": _head,
}


def _mentions(text: str, names: list[Place], lowercase: set[str]) -> Iterator[Span]:
    """Every other place where a word of these names occurs: as it was, in capitals, or with one capital."""
    words = set()
    for start, end in names:
        for token in table.NAME_TOKEN.finditer(text, start, end):
            if is_word(token) and len(token[0]) > 2 and known(token) not in NOT_NAMES | EPONYMS | COMMON | lowercase:
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
                and not table.EPONYM.match(text, end)
            ):
                yield Span(at, end, "NAME")
            at = text.find(word, end)
