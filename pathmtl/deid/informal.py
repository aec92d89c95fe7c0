"""Names without a title or label: relatives, colleagues, names in lower case, and names on the labels of containers."""

from __future__ import annotations

import re

from pathmtl.deid import names as table
from pathmtl.deid.reading import Place, known_word, ordinary, plausible, read, unlikely
from pathmtl.deid.words import COMMON, GIVEN

_RELATIVE_GAP = re.compile(r"(?:-in-law)?[ \t]?\((?=[A-Z])|(?:-in-law)?(?P<comma>,)?[ \t](?:named[ \t])?")
_PATIENTS = frozenset(["patient", "lady", "gentleman", "friend", "partner", "carer", "guardian"])
_SMALL_WORD = r"[a-zß-öø-ÿ][a-zß-öø-ÿ'’-]+"
_SMALL_TITLE = re.compile(
    rf"(?P<title>drs?|mrs|prof|mr|ms|nurse|doctor)(?P<dot>\.?)[ \t]{{1,2}}(?P<first>{_SMALL_WORD})"
    rf"(?:[ \t](?P<second>{_SMALL_WORD}))?"
)
_SMALL_NAME = re.compile(
    rf"(?:{_SMALL_WORD},?(?:[ \t][a-z]\b\.?)?[ \t]|(?:[a-z]\.[ \t]?){{1,2}})"
    rf"{_SMALL_WORD}(?=[ \t]*(?:$|\n|[ \t]{{2}}|[,;|.](?!\w)|[ \t](?:mrn|dob|on)\b))"
)
_VERB_ENDING = re.compile(r"..(?:ed|ly|tion|ing|ings|ous|able)$")
#: Labels after which a name in lower case need not contain a common given name.
_SURE = frozenset(["name", "surname", "pathologist", "surgeon", "physician", "consultant", "resident", "fellow", "signed"])
_PARTICIPLE = re.compile(r"...[^aeo]ed$|...[^l]ly$")
_NEED_QUOTES = frozenset(["identified", "reads", "reading", "tagged", "inscribed"])
_SCOPE = 220  # a label's text begins and ends within this many characters of "labeled"
_QUOTATION = re.compile(r"[\"“”‘]\s?(?P<inside>[^\"“”‘’\n]{2,90}?)[\"“”’]|(?<=\s)'(?P<single>[^'\n]{2,90}?)'(?!\w)")
_OPEN = re.compile(
    r"(?:[ \t](?:with|as|for)\b)?(?:[ \t](?:the|her|his))?"
    r"(?:[ \t]patient(?:['’]?s)?)?(?:[ \t]name)?[ \t]?[,:(]?[ \t]?(?:as[ \t])?"
)
#: A container's number before what its label says.
_CONTAINER = re.compile(r"[ \t]#?(?:[A-Z]|\d{1,2})[ \t]?[(:,-]{1,2}[ \t]?")
_LABEL_WORD = re.compile(r"[^\s,;:/()#|]+")
_SITE_FOLLOWS = re.compile(r"[ \t]?(?:[,;:/|#(]|[ \t][-–—][ \t])[ \t]?(?P<word>[#(]?\w+)?")
_WORD_FOLLOWS = re.compile(r"[ \t](?P<word>\w+)")
_SITE_BEFORE = re.compile(r"(?P<word>\w+)[ \t]?(?:[,;:/|)]|[ \t][-–—])[ \t]?$")


def relative(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """The given name after a relative, or in apposition to the patient: "her daughter Jane", "the patient, Jane, asks"."""
    gap = _RELATIVE_GAP.match(text, end)
    if not gap or not text[gap.end() : gap.end() + 1].isupper():
        return []
    names = [
        place
        for place in read(text, gap.end(), 1, lowercase)
        if plausible(text, place, lowercase) and ("," in text[slice(*place)] or not text[slice(*place)].isupper())
    ]
    if names and text[start + 1 : end].isupper() and "," not in text[slice(*names[0])]:
        return []
    if not names or text[start:end].lower() not in _PATIENTS:
        return names
    name = text[slice(*names[0])]
    known = any(known_word(word) in GIVEN for word in name.split())
    closed = text[names[0][1] : names[0][1] + 1] in (",", ")") and gap[0].strip() != ""
    return names if known or closed or ("," in name and not gap[0].strip()) else []


def role(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """Two capitalized words after a role or a verb: "resident Jane Field"."""
    if text[end : end + 1] != " " or text[start + 1 : end].isupper():
        return []
    names = read(text, end + 1, 2, lowercase)
    return [
        place
        for place in names
        if not text[slice(*place)].isupper()
        and plausible(text, place, lowercase)
        and not any(_PARTICIPLE.search(word) and known_word(word) not in GIVEN for word in text[slice(*place)].split())
    ]


def _small_surname(word: str | None) -> bool:
    return word is not None and len(word) > 2 and word not in COMMON and not unlikely(word)


def small_title(text: str, start: int) -> list[Place]:
    """A name in lower case after a title: "nurse jane field", "dr. field"."""
    match = _SMALL_TITLE.match(text, start)
    if not match:
        return []
    title, first, second = match["title"], match["first"], match["second"]
    short = match["dot"] and len(first) == 2 and first not in COMMON and not unlikely(first)  # "dr. ng"
    verb = title not in ("nurse", "doctor") and _VERB_ENDING.search(first) and not match["dot"]
    if verb or not (_small_surname(first) or short):
        return []
    both = _small_surname(second) and not _VERB_ENDING.search(second)
    if (title in ("nurse", "doctor") and not both and first not in GIVEN) or (
        title in ("mr", "ms") and not match["dot"] and first not in GIVEN
    ):
        return []
    return [(match.start("first"), match.end("second" if both else "first"))]


def small_name(text: str, at: int, label: str) -> list[Place]:
    """A lower-case name that ends its field: "patient: jane field". It holds a common given name, or its label is sure."""
    name = _SMALL_NAME.match(text, at)
    if not name:
        return []
    parts = [known_word(word) for word in name[0].split()]
    if any(unlikely(word) or word in COMMON for word in parts if len(word) > 1):
        return []
    sure = (label in _SURE or (label == "patient" and "," in name[0])) and not any(_VERB_ENDING.search(word) for word in parts)
    return [name.span()] if sure or GIVEN & set(parts) else []


def container(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """The patient's name on a container's label, beside the site: received labeled "FIELD, JANE, left breast"."""
    names: list[Place] = []
    at, stop = end, min(len(text), end + _SCOPE)
    quotations = 0
    opening = (_CONTAINER if text[start:end].lower() in ("container", "jar", "pot") else _OPEN).match(text, end)
    if not opening:
        return []
    sure = "name" in opening[0] or "patient" in opening[0]
    close = re.compile(r"[.;\n)\"“]|[ \t](?:and|is|are|consists|in)\b").search(text, opening.end(), stop)
    for quotation in _QUOTATION.finditer(text, end, stop):
        if re.search(r"[.;]\s|\n\s*\n", text[at : quotation.start()]):
            break
        inside = quotation.span("inside" if quotation["inside"] else "single")
        names += _label_names(text, *inside, lowercase)
        at, quotations = quotation.end(), quotations + 1
    if not sure and (quotations or text[start:end].lower() in _NEED_QUOTES):
        return names
    named = _label_names(text, opening.end(), close.start() if close else stop, lowercase, sure)[:1]
    return names + named


def _label_names(text: str, start: int, stop: int, lowercase: set[str], sure: bool = False) -> list[Place]:
    """The runs of name-like words of one label that stand apart from its site, letters and numbers."""
    runs: list[list[Place]] = []
    last = -1
    for word in _LABEL_WORD.finditer(text, start, stop):
        token = table.NAME_TOKEN.fullmatch(text, word.start(), word.end())
        if token and (token.lastgroup == "initial" or not (unlikely(word[0]) or ordinary(word[0], lowercase))):
            if runs and re.fullmatch(r",?[ \t]?\.?", text[last : word.start()]):
                runs[-1].append(word.span())
            else:
                runs.append([word.span()])
            last = word.end()
    return [place for run in runs if (place := _person(text, run, start, stop, sure))]


def _person(text: str, run: list[Place], start: int, stop: int, sure: bool) -> Place | None:
    """A run as a person: a family name with a given name or initial, or words beside a site; any two where it is sure."""
    while run and len(text[slice(*run[0])].strip(".")) == 1 and text[run[0][1] : run[0][1] + 1] != ".":
        run = run[1:]  # a container's letter
    while len(run) > 2 and len(text[slice(*run[-1])]) == 1 and re.match(r"[ ][a-z]", text[run[-1][1] : run[-1][1] + 2]):
        run = run[:-1]  # "R ovary": a side
    words = [text[a:b] for a, b in run if b - a > 2]
    if not words:
        return None
    place = run[0][0], run[-1][1]
    inside = text[slice(*place)]
    if len(run) > 1 and (sure or "," in inside or any(known_word(word) in GIVEN for word in words)):
        return place
    follows = _SITE_FOLLOWS.match(text, place[1], stop)
    if not follows and len(run) > 1:
        follows = _WORD_FOLLOWS.match(text, place[1], stop)
    before = _SITE_BEFORE.search(text, start, place[0])
    beside = [match["word"] or "" for match in (follows, before) if match]
    apart = any(word[:1] in ("#", "(") or word.isdigit() or len(word) == 1 or unlikely(word) for word in beside)
    if apart and (len(run) > 1 or len(words[0]) > 3):
        return place
    return None
