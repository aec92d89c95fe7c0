"""Cut a report into blocks by anchor headers (paper, section S1, last paragraph).

A block knows its section, its side and its specimen; a finding belongs to the block that holds it and never reaches another.
Reports without line breaks (one long line) are cut by sentence ends and colons instead.
"""

from __future__ import annotations

from dataclasses import dataclass

from pathmtl.oracle import headers as table
from pathmtl.oracle.canonical import fold
from pathmtl.oracle.stems import places

#: A history without a following header ends after this many characters; a missed header must not silence the report.
HISTORY_LIMIT = 900
_CLOSERS = ".:;)]}>*|-_?!\"'"
#: A side named this near to a block's start is the side of the block; further in, up to _SIDE_REACH, only if no other is named.
_TITLE_REACH = 160
_SIDE_REACH = 600


@dataclass(frozen=True, slots=True)
class Block:
    """A stretch of a report: half-open character offsets, and what it is about.

    ``section`` is one of synoptic, final_diagnosis, microscopic, gross, comment, addendum, biomarkers, clinical_history,
    intraoperative, administrative, other; ``side`` is left, right or None; ``specimen`` its letter or number or None.
    """

    section: str
    side: str | None
    specimen: str | None
    start: int
    end: int


def segment(text: str, low: str | None = None, *, sides: bool = True) -> list[Block]:
    """Cut a report into blocks: in order, without overlap, covering all of it (paper, S1; headers of the CAP protocols).

    Parameters
    ----------
    text : str
        The report.
    low : str, optional
        Its folded form, if the caller has it already.
    sides : bool
        Find the side of each block; False is faster and leaves every side None.

    Returns
    -------
    list of Block
        Empty for an empty text.

    Examples
    --------
    >>> for block in segment("CLINICAL HISTORY: a mass. FINAL DIAGNOSIS: LEFT BREAST, carcinoma."):
    ...     print(block.section, block.side, block.start, block.end)
    clinical_history None 0 26
    final_diagnosis left 26 66
    """
    if not text:
        return []
    low = fold(text) if low is None else low
    sections = _sections(text, low)
    specimens = _specimens(text, low)
    blocks: list[Block] = []
    fields = sum(low.startswith(table.STAGE_FIELDS, start) for start, _ in sections)
    for index, (start, section) in enumerate(sections):
        end = sections[index + 1][0] if index + 1 < len(sections) else len(text)
        if sides and fields > 1 and blocks and low.startswith(table.STAGE_FIELDS, start):
            # A report that stages each breast in a field of its own: the field belongs to the breast before it.
            title = table.SIDE_TITLE.search(text, start + 1, end)
            stop = min([title.start("title") if title else end, *(at for at, _ in specimens if start < at < end)])
            blocks.append(Block(section, _side(low, start, stop) or blocks[-1].side, blocks[-1].specimen, start, stop))
            if stop < end:
                blocks += _split(section, stop, end, low, specimens, sides)
            continue
        cut = _history_end(low, start, end) if section in ("clinical_history", "administrative") else end
        if cut < end:
            blocks += _split(section, start, cut, low, (), sides)
            blocks += _split("other" if cut - start >= HISTORY_LIMIT else "synoptic", cut, end, low, specimens, sides)
        else:
            blocks += _split(section, start, end, low, specimens if section in table.SPLIT_SECTIONS else (), sides)
    return blocks


def _sections(text: str, low: str) -> list[tuple[int, str]]:
    """Starts of sections: every header phrase whose surroundings look like a header; the longest phrase wins."""
    found: dict[int, tuple[int, str]] = {}
    hits = places(low)
    for phrase, section in table.HEADERS.items():
        for at in hits[phrase]:
            end = at + len(phrase)
            if text[at].isupper() and (at not in found or found[at][0] < end) and _is_header(text, at, end, phrase):
                found[at] = (end, section)
    starts: list[tuple[int, str]] = []
    covered = 0
    for at in sorted(found):
        if at < covered:
            continue
        covered, section = found[at]
        if not (starts and starts[-1][1] == "synoptic" and _is_field(low, at, covered)):
            starts.append((at, section))
    if not starts or starts[0][0] > 0:
        starts.insert(0, (0, "other"))
    return starts


def _is_field(low: str, start: int, end: int) -> bool:
    """Whether the phrase, within a synoptic summary, is a field of its checklist; "Diagnosis:" is one only within a line."""
    phrase = low[start:end]
    return phrase in table.CHECKLIST_FIELDS or (
        phrase == "diagnosis" and "\n" not in low[max(0, start - 3) : start] and start > 0
    )


def _is_header(text: str, start: int, end: int, phrase: str) -> bool:
    """Whether the phrase is a header: after a line or sentence end or in capitals, before a colon, a dash or a line end."""
    if phrase == "interpretation" and table.RESULT_BEHIND.match(text, end):
        return False
    left = start - 1
    while left >= 0 and text[left] in " \t":
        left -= 1
    opens = left < 0 or text[left] == "\n" or text[left] in _CLOSERS
    right = end
    while right < len(text) and text[right] in " \t":
        right += 1
    after = text[right] if right < len(text) else "\n"
    shouted = text[start:end].isupper()
    if after != ":" and phrase.endswith("history") and table.NO_HISTORY_HEADER.match(text, end):
        return False
    if phrase in table.ONLY_LABELS and after not in ":\n":
        return False
    if not opens and shouted and table.WITHIN_NAME.search(text[max(0, start - 6) : start].lower()):
        return False
    if phrase in table.TITLES and left >= 0 and text[left] in ":.=" and "\n" not in text[left:start] and after == "\n":
        return False
    if phrase in table.WEAK:
        if after == ":":
            return opens or shouted
        return opens and (after == "\n" or (shouted and after in ".-(" and right - end <= 1))
    if after == ":":
        return opens or shouted
    # "Final Diagnosis" at the start of a line needs no colon.
    titled = phrase.startswith("final ") and text[start:end].istitle() and (left < 0 or text[left] == "\n")
    return opens and (after in "\n.-(" or shouted or titled)


def _specimens(text: str, low: str) -> list[tuple[int, str]]:
    """Offsets and names of specimen headers: a mark ("A.", "(B)", "PART 3:") before a title that names tissue."""
    found = []
    for match in table.SPECIMEN.finditer(text):
        start = max(0, match.start() - 16)
        if not _may_end_mark(text[start : match.start() - 1]):
            continue
        mark = table.SPECIMEN_MARK.search(text, start, match.end())
        if mark and table.TISSUE.search(low, *match.span("title")):
            found.append((mark.start("mark"), mark["letter"] or mark["part"] or mark["number"]))
    if places(low)["part "]:
        found += [
            (match.start(), match["part"])
            for match in table.PART.finditer(text)
            if table.TISSUE.search(low, *match.span("title"))
        ]
        found.sort()
    return found


def _may_end_mark(before: str) -> bool:
    """Whether a specimen's mark may follow: most full stops end sentences and figures, which is seen faster than searched."""
    if before[-1:].isdecimal():
        before = before[:-1]
    lead = before.rstrip()
    last = lead[-1:]
    if last == ".":
        return not lead[-2:-1].isdecimal() or "\n" in before[len(lead) :]
    return not lead or last in ":;)](#TtNn" or "\n" in before[len(lead) :]


def _split(section: str, start: int, end: int, low: str, specimens: list[tuple[int, str]] | tuple, sides: bool) -> list[Block]:
    cuts = [(start, None), *((at, name) for at, name in specimens if start < at < end)]
    blocks = []
    for index, (at, name) in enumerate(cuts):
        stop = cuts[index + 1][0] if index + 1 < len(cuts) else end
        if stop > at:
            blocks.append(Block(section, _side(low, at, stop) if sides else None, name, at, stop))
    return blocks


def _side(low: str, start: int, end: int) -> str | None:
    """Side of a block: its laterality line, else the first words, else the only side that is named."""
    if low.find("laterality", start, end) >= 0 and (match := table.LATERALITY.search(low, start, end)):
        return match[1]
    sides = set()
    for match in table.SIDE.finditer(low, start, min(end, start + _SIDE_REACH)):
        if table.SITE_AFTER.match(low, match.end(), end) or table.SITE_BEFORE.search(
            low, max(start, match.start() - 24), match.start()
        ):
            side = "left" if match[0][0] == "l" else "right"
            if not sides and match.start() - start < _TITLE_REACH:
                return side
            sides.add(side)
    return sides.pop() if len(sides) == 1 else None


def _history_end(low: str, start: int, end: int) -> int:
    """Where a history or specimen list stops short of the next header: at a synoptic field, or when it is too long to be one."""
    found = places(low)
    fields = [at for field in table.SYNOPTIC_FIELDS for at in found[field] if start < at <= end - len(field)]
    limit = _sentence_end(low, start + HISTORY_LIMIT, end) if end - start > HISTORY_LIMIT else end
    if low.startswith("family history", start) and (line := low.find(".\n", start, end)) >= 0:
        fields.append(line + 2)  # one line of a report, not a part of it
    return min([*fields, limit])


def _sentence_end(low: str, at: int, end: int) -> int:
    stops = [found + 1 for mark in (". ", "\n") if (found := low.find(mark, at, end)) >= 0]
    return min(stops, default=end)
