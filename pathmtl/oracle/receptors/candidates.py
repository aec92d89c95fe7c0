"""Readings of ER, PR and HER2: one candidate per mention that has a result, or a "pending", after or before it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from pathmtl.oracle.common import Candidate, names_any
from pathmtl.oracle.receptors import her2_patterns as her2
from pathmtl.oracle.receptors import patterns as table
from pathmtl.oracle.receptors.columns import header, read_columns
from pathmtl.oracle.receptors.her2_ihc import her2_results
from pathmtl.oracle.receptors.hormone import hormone_result
from pathmtl.oracle.receptors.lists import in_front, of_list, spans
from pathmtl.oracle.receptors.surroundings import asserted, excluded, in_situ, of_tumor
from pathmtl.oracle.stems import places

#: A result is sought this far behind a marker's name, in characters, unless another marker comes first.
REACH = 260


def receptor_candidates(text: str, low: str, block_end: Callable[[int], int] | None = None) -> Iterator[Candidate]:
    """Collect every result of ER, PR and HER2; markers joined by commas or "and" share the result that follows them.

    Sources: CAP biomarker template for breast; ASCO/CAP 2020 (ER, PR); ASCO/CAP 2018, affirmed in 2023 (HER2).

    Parameters
    ----------
    text, low : str
        The report and its folded form, of the same length.
    block_end : callable, optional
        From an offset to the end of its block: no result is sought beyond it. Default: the end of the report.

    Yields
    ------
    Candidate
        Of ER, PR or HER2; a HER2 candidate names its assay.
    """
    words = places(low)
    if not (words.any(table.QUICK) or words.any(table.QUICK_JOINED) or table.QUICK_CAPITALS.search(text)):
        return
    for match in table.TRIPLE_NEGATIVE.finditer(low) if words["triple"] else ():
        if not asserted(low, match.start()):
            continue
        for task in ("ER", "PR", "HER2"):
            yield Candidate(task, "Negative", match.start(), match.end(), f"{task} triple negative")
    for match in table.HORMONE_NEGATIVE.finditer(low) if words["hormone"] else ():
        if not asserted(low, match.start()):
            continue
        for task in ("ER", "PR"):
            yield Candidate(task, "Negative", match.start(), match.end(), f"{task} hormone receptors negative")
    marks = list(_marks(text, low))
    groups = _groups(marks, low)
    readings: list[Candidate] = []
    index, chained, lists = 0, False, spans(low) if groups else []
    while index < len(groups):
        group = groups[index]
        listed = [*of_list(low, group, lists)]
        front = [] if listed else [*in_front(low, group, groups[index - 1][-1] if index else None, chained)]
        chained = bool(front)
        if (listed or front) and not excluded(low, group[0], group[-1].end()):
            readings += listed or front
            index += 1
            continue
        index, found = _at(low, groups, index, block_end(groups[index][0].start()) if block_end else len(low))
        if not excluded(low, group[0], group[-1].end()):
            readings += found
    yield from _with_focus(low, _invasive_first(low, readings))


def _invasive_first(low: str, readings: list[Candidate]) -> list[Candidate]:
    """Without the carcinoma in situ where the invasive one was tested as well (SEER, Estrogen Receptor Summary, note 4)."""
    if not places(low).any(("situ", "dcis", "intraductal")):
        return readings
    own = [one for one in readings if not in_situ(low, one.start)]
    tested = {one.task for one in own}
    return [one for one in readings if one.task not in tested or one in own]


def _with_focus(low: str, readings: list[Candidate]) -> list[Candidate]:
    """Add to readings that disagree the tumor that each is for, as the report numbers them."""
    values: dict[str, set[str | None]] = {}
    for reading in readings:
        values.setdefault(reading.task, set()).add(reading.value)
    if not any({"Positive", "Negative"} <= own for own in values.values()):
        return readings
    names = [(match.end(), match["number"] or match["name"]) for match in table.FOCUS.finditer(low)]
    ends = [end for end, _ in names]
    return [
        replace(reading, focus=names[at - 1][1]) if (at := bisect_right(ends, reading.start)) else reading for reading in readings
    ]


def _at(low: str, groups: list[list[re.Match]], index: int, end_of_block: int) -> tuple[int, Iterable[Candidate]]:
    """The readings of the group at ``index``, or of the table whose header begins with it; and the next group to read."""
    group, names = groups[index], header(low, groups, index)
    if names > 1 or len(group) > 1:
        following = index + names
        stop = _reach(low, groups, following - 1, groups[following - 1][-1].end(), end_of_block)
        columns = read_columns(low, [mark for own in groups[index:following] for mark in own], stop)
        if columns is not None and (columns or names > 1):
            return following, columns
    end = group[-1].end()
    if method := table.METHOD.match(low, end):
        end = method.end()
    left = max(groups[index - 1][-1].end() if index else 0, group[0].start() - 70)
    return index + 1, _read(low, group, left, end, _reach(low, groups, index, end, end_of_block))


def _reach(low: str, groups: list[list[re.Match]], last: int, end: int, end_of_block: int) -> int:
    """Where the results behind group ``last``, from ``end`` on, stop: at the next name or at a result in front of that."""
    behind = len(low)
    if last + 1 < len(groups):
        following = groups[last + 1][0]
        behind = following.start()
        in_front = table.FOR_NEXT.search(low, end, behind)
        if not in_front and following.lastgroup == "ISH":
            in_front = her2.BY_NEXT.search(low, end, behind)
        behind = in_front.start() if in_front else behind
    return max(min(behind, end + REACH, end_of_block), end)


def _marks(text: str, low: str) -> Iterator[re.Match]:
    """Marker names; two-letter ones only in capitals or beside another marker ("er/pr")."""
    matches = _names(text, low)
    named_her2 = any(match.lastgroup == "HER2" for match in matches)
    for match in matches:
        if match.lastgroup == "ISH" and not named_her2:
            continue
        if len(match[0]) == 2:
            original = text[match.start() : match.end()]
            beside = low[max(0, match.start() - 1) : match.start()] == "/" or low.startswith(("/", "+", "-"), match.end())
            if not original.isupper() and not beside:
                continue
        yield match


def _names(text: str, low: str) -> list[re.Match]:
    """What ``MARKER.finditer`` finds, found by plain words first, which is many times faster."""
    starts = [match.start() - 1 for match in table.TWO_CAPITALS.finditer(text)]
    words = places(low)
    for word, shift in table.MARKER_ANCHORS:
        starts += [at + shift for at in words[word]]
    names: list[re.Match] = []
    end = 0
    for place in sorted(starts):
        if place >= max(end, 0) and (match := table.MARKER.match(low, place)):
            names.append(match)
            end = match.end()
    return names


def _groups(marks: list[re.Match], low: str) -> list[list[re.Match]]:
    groups: list[list[re.Match]] = []
    for mark in marks:
        between = low[groups[-1][-1].end() : mark.start()] if groups else ""
        if between.startswith("+") and (low.startswith(("+", "-"), mark.end()) or between[1:2].isspace()):
            between = ""  # "ER+PR+HER2-", "ER+ PR+": each its own sign
        joined = (
            groups
            and mark.lastgroup != "ISH"
            and len(between) < 24
            and (table.JOIN.fullmatch(between) or re.fullmatch(r"\s?\(", between))
        )
        if (joined and mark.lastgroup not in {m.lastgroup for m in groups[-1]}) or (joined and "(" in between):
            groups[-1].append(mark)
        else:
            groups.append([mark])
    return groups


def _read(low: str, group: list[re.Match], left: int, end: int, stop: int) -> Iterator[Candidate]:
    before, after = low[left : group[0].start()], low[end:stop]
    start = group[0].start()
    if table.LEGEND_BEHIND.match(after) or table.LEGEND_BEFORE.search(low, max(0, start - 90), start):
        return
    if table.OTHER_BREAST.match(after):
        return
    after = of_tumor(after)
    if names_any(after, table.SCALE_QUICK):
        after = table.SCALE.sub(_spaces, after)
    after = her2.RATIO_LEGEND.sub(_spaces, table.BLANK.sub(_spaces, after))
    names = {mark.lastgroup for mark in group}
    either = len(group) > 1 and bool(re.search(r"\bor\b", low[start : group[-1].start()]))
    for task in ("ER", "PR"):
        if task in names:
            result = hormone_result(before, after)
            if result:
                value, reach, rule = result
                if value == "Positive" and either:
                    continue  # "ER or PR positive" does not tell which
                yield Candidate(task, value, *_evidence(low, group, end, reach, stop), f"{task} {rule}")
    if "HER2" in names or "ISH" in names:
        for value, reach, assay, rule in her2_results(before, after, "ISH" in names):
            yield Candidate("HER2", value, *_evidence(low, group, end, reach, stop), f"HER2 {rule}", assay=assay)


def _evidence(low: str, group: list[re.Match], end: int, reach: int, stop: int) -> tuple[int, int]:
    """Offsets of the evidence: the names with the result before or after them."""
    start = group[0].start()
    if reach < 0:
        return start + reach, group[-1].end()
    return start, table.REST.match(low, end + reach, max(stop, end + reach)).end()


def _spaces(match: re.Match) -> str:
    return " " * len(match[0])
