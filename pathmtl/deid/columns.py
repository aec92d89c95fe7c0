"""Names in columns: under their label, on several lines, or in the cell of a table under its heading."""

from __future__ import annotations

import re

from pathmtl.deid.reading import Place, plausible, read

_LINE_ENDS = re.compile(r"[ \t]*,?[ \t]*(?=\n|$)")
_NEXT_LINE = re.compile(r"[ \t]*,?[ \t]*\n[ \t]*(?=\S)")
_LABEL_LINES = re.compile(r"\s?:?(?:[ \t]*\n[ \t]*[A-Za-z][A-Za-z /.#']{0,24}:(?=[ \t]*\n))+[ \t]*\n[ \t]*")
_LABEL_ALONE = re.compile(
    r"[ \t]*(?:(?:patient|pt|first|last|middle|given|family|full|maiden|attending|consultant|referring|reporting"
    r"|requesting|ref|req)\.?"
    r"(?:['’]s)?[ \t]){0,2}(?:(?:sur|fore)?names?(?:\(s\))?|patient|pathologist|surgeon|physician|consultant|clinician)[ \t]*",
    re.IGNORECASE,
)
_CELL = re.compile(r"[^\s|](?:[^\t|\n]*?[^\s|])?(?=[ \t]{2,}|[ ]*\||\t|[ \t]*$)")


def _whole_line(text: str, at: int, least: int, lowercase: set[str]) -> list[Place]:
    """A plausible name that fills its line from ``at`` on."""
    name = read(text, at, least, lowercase)
    return name if name and _LINE_ENDS.match(text, name[0][1]) and plausible(text, name[0], lowercase) else []


def below(text: str, end: int, names: list[Place], lowercase: set[str]) -> list[Place]:
    """The rest of a name whose label ends at ``end``: on the next lines, or under a column of labels."""
    if not names:
        labels = _LABEL_LINES.match(text, end)
        return _whole_line(text, labels.end(), 2, lowercase) if labels else []
    names = list(names)
    start, stop = names[0]
    if text[text.rfind("\n", 0, start) + 1 : start].strip() or len(text[start:stop].split()) > 1:
        return names
    for _ in range(2):
        line = _NEXT_LINE.match(text, names[-1][1])
        following = _whole_line(text, line.end(), 1, lowercase) if line else []
        if not following:
            break
        names += following
    return names


def alone_above(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A name on the line under a label that has its line for itself, without a colon."""
    line = text.rfind("\n", 0, start) + 1
    end += 3 * (text[end : end + 3] == "(s)")
    label = _LABEL_ALONE.fullmatch(text, line, end)
    gap = _NEXT_LINE.match(text, end)
    if not label or not gap:
        return []
    name = _whole_line(text, gap.end(), 1, lowercase)
    return below(text, end, name, lowercase) if name else []


def table_cell(text: str, start: int, end: int, lowercase: set[str]) -> list[Place]:
    """A name in a table whose heading ends with this word: the cell in the same place of the next line."""
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    if stop < 0 or not re.match(r"[ ]{2}|[ ]?[|\t]|[ \t]*\n", text[end : end + 3]):
        return []
    heads = [match.span() for match in _CELL.finditer(text, line, stop)]
    if len(heads) < 2 or any(text[b - 1] == ":" for _, b in heads):
        return []
    following = re.compile(r"[ \t|:-]*\n(?=[^\n]*\w)|\n[ |:+=-]+\n").match(text, stop)
    if not following:
        return []
    last = text.find("\n", following.end())
    cells = [match.span() for match in _CELL.finditer(text, following.end(), last if last >= 0 else len(text))]
    place = next((n for n, (a, b) in enumerate(heads) if a <= start < b), None)
    if place is None or len(cells) != len(heads):
        return []
    name = read(text, cells[place][0], 1, lowercase)
    return name if name and name[0][1] == cells[place][1] and plausible(text, name[0], lowercase) else []
