"""One result for a list of markers, and figures in front of names: "Positive: ER, GATA3. Negative: PR, CK20", "90% ER, 0% PR"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pathmtl.oracle.common import Candidate
from pathmtl.oracle.receptors.hormone import hormone_result
from pathmtl.oracle.stems import places

_ITEM = (
    r"(?!non-?(?:immuno)?reactive|immuno|(?:positive|negative|is|are|was|were|shows?|not|no|but|while|whereas|with|in|by|tumou?r|the)\b)[a-z0-9][\w/\-]*"
    r"(?:\s(?!(?:positive|negative|is|are|was|were|shows?|and|or|but|while|whereas|with|in|by|not|no)\b)[a-z0-9][\w/\-]*){0,2}(?:\s?\([^()\n]{1,30}\))?"
)
_STATUS = re.compile(
    r"(?:(?P<negative>negative|non-?(?:immuno)?reactive|immunonegative|no (?:staining|expression|immunoreactivity))"
    r"|positive|immunoreactive|reactive|immunopositive)"
    rf"(?:\s(?:for|to|with)|\s?(?P<label>:))\s(?:the\s)?(?P<list>{_ITEM}(?:(?:,\s?|;\s|,?\s(?:and|or|&)\s){_ITEM}){{1,16}})"
)
_ANCHORS = (
    *("negative", "non-reactive", "nonreactive", "non-immunoreactive", "immunonegative", "positive", "immunopositive"),
    *("immunoreactive", "reactive", "no staining", "no expression", "no immunoreactivity"),
)
_OPENS = (" for ", " to ", " with ", ":", " :")
#: Behind a name of a list: it has a result of its own.
_OWN = re.compile(r"\s*(?:is|are|was|were|shows?|[:=<>+\-\d]|weak|strong|positive|negative|equivocal|not|pending|\(\s?[<>\d+\-])")
_FRONT = re.compile(r"(?P<share>[<>]?\s?\d{1,3}\s?%)\s(?:positive\s(?:for\s)?)?$")
_FRONT_FIRST, _FRONT_NEXT = re.compile(r"(?:^|[\n.;(])\s*$"), re.compile(r"\s*(?:[,;/.]|,?\sand)\s*$")
_FRONT_CLOSED = re.compile(r"\s*(?:[,;.\n)/]|and\b|$)")


def spans(low: str) -> list[tuple[int, int, int, str]]:
    """Lists with their result: (start of the result, start and end of the list, class)."""
    found, covered = [], 0
    words = places(low)
    starts = sorted(at for word in _ANCHORS for at in words[word] if low.startswith(_OPENS, at + len(word)))
    for at in starts:
        if at < covered or (at and low[at - 1].isalnum()) or low[max(0, at - 4) : at] in ("non-", "non "):
            continue
        if not (match := _STATUS.match(low, at)):
            continue
        before = low[max(0, at - 3) : at].rstrip(" \t")
        if match["label"] and before and before[-1] not in ".;\n":
            continue
        covered = match.end()
        found.append((at, match.start("list"), match.end(), "Negative" if match["negative"] else "Positive"))
    return found


def of_list(low: str, group: Sequence[re.Match], lists: Sequence[tuple[int, int, int, str]]) -> Iterator[Candidate]:
    """The readings of names that stand within a list and have no result of their own."""
    first, last = group[0], group[-1]
    for at, start, end, value in lists:
        if start <= first.start() and last.end() <= end and not _OWN.match(low, last.end()):
            for mark in group:
                task = "HER2" if mark.lastgroup == "ISH" else str(mark.lastgroup)
                assay = "ihc" if task == "HER2" else ""
                yield Candidate(task, value, at, mark.end(), f"{task} result before name", assay=assay)


def in_front(low: str, group: Sequence[re.Match], previous: re.Match | None, chained: bool) -> Iterator[Candidate]:
    """The reading of a name that its figure precedes; ``chained``: the name before it, ``previous``, was read so."""
    start, end = group[0].start(), group[-1].end()
    left = max(previous.end() if previous else 0, start - 24)
    match = _FRONT.search(low, left, start)
    if not match or len(group) > 1 or not _FRONT_CLOSED.match(low, end):
        return
    before = low[max(left, match.start() - 8) : match.start()]
    if not (_FRONT_NEXT.match(before) if chained else _FRONT_FIRST.search(before) and (not previous or left > previous.end())):
        return
    task = str(group[0].lastgroup)
    if task in ("ER", "PR") and (result := hormone_result("", " " + match["share"])) and result[0]:
        yield Candidate(task, result[0], match.start(), end, f"{task} percentage before name")
