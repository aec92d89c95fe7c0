"""The hierarchical labelling engine (paper, S1-A): candidates of every task family, resolved by section, side and named rules.

Priority: synoptic > final diagnosis and biomarker tables > microscopy, comment and unlabelled text > gross > intraoperative and
administrative; clinical history never. An addendum updates receptors, and the stage or grade where it says that it amends.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from pathmtl import schema
from pathmtl.oracle import context
from pathmtl.oracle.canonical import fold
from pathmtl.oracle.common import Candidate
from pathmtl.oracle.extent.candidates import extent_candidates
from pathmtl.oracle.extent.size import size_candidates
from pathmtl.oracle.grade.candidates import grade_candidates
from pathmtl.oracle.nodes.candidates import node_candidates
from pathmtl.oracle.receptors.candidates import receptor_candidates
from pathmtl.oracle.resolve import resolve
from pathmtl.oracle.segment import Block, segment
from pathmtl.oracle.stage.candidates import stage_candidates, unmarked_options
from pathmtl.oracle.unfold import unfold

NEVER = 99
_RANK = {
    "synoptic": 0,
    "final_diagnosis": 1,
    "biomarkers": 0,
    "microscopic": 2,
    "comment": 2,
    "other": 2,
    "addendum": 2,
    "gross": 4,
    "intraoperative": 5,
    "administrative": 5,
    "clinical_history": NEVER,
}
#: Positive nodes are counted on the slide: what the hand found of them, or a list of specimens names, is no count.
_COUNT_RANK = _RANK | {"gross": NEVER, "administrative": NEVER}
_RECEPTOR_RANK = _RANK | {"synoptic": 1, "biomarkers": 1, "addendum": 0, "comment": 1, "microscopic": 1, "other": 1, "gross": 2}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says about one task.

    ``value`` is a canonical class or None; ``status`` is stated, inferred, not_stated or conflict; ``start`` and ``end`` are
    offsets into the report (-1 where there is no evidence) and ``evidence`` the text between them; ``rule`` names the rule.
    """

    task: str
    value: str | None
    status: str
    start: int
    end: int
    evidence: str
    rule: str
    section: str | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """A candidate with the block it stands in and that block's rank (lower is better)."""

    candidate: Candidate
    block: Block
    rank: int


def read_report(text: str, *, infer: bool = False, side: str | None = None) -> dict[str, Answer]:
    """One answer for every task of :data:`pathmtl.schema.TASKS`.

    Args:
        infer: also answer T of a breast tumour from its stated size (AJCC-8), marked "inferred".
        side: "left" or "right": blocks of the other side are not read; blocks without a side serve where that side says nothing.

    Raises:
        ValueError: ``side`` is neither None nor left nor right.
    """
    if side not in (None, "left", "right"):
        raise ValueError(f"side: {side!r} is not 'left', 'right' or None")
    report = _Report(text, sides=side is not None)
    by_task: dict[str, list[Placed]] = {task: [] for task in schema.TASKS}
    for one in report.place((*report.codes(), *report.grades(), *report.receptors())):
        by_task[one.candidate.task].append(one)
    # A code outranks extents, sizes and counts wherever it stands, so those are looked for only where no code answers. Asked
    # for one side, a code of the other side must not keep them back.
    for task, family in (("T", report.extents), ("N", report.counts)):
        if side or not any(one.candidate.value for one in by_task[task]):
            by_task[task] += report.place(family())
    if infer and (side or not any(one.candidate.value for one in by_task["T"])):
        by_task["T"] += report.place(report.sizes())
    return {task: _answer(task, own, text, side) for task, own in by_task.items()}


def label(text: str, *, infer: bool = False) -> dict[str, str | None]:
    """Canonical class of each task, None where the report does not state it or contradicts itself."""
    return {task: answer.value for task, answer in read_report(text, infer=infer).items()}


def candidates(text: str, *, infer: bool = False, sides: bool = True) -> list[Placed]:
    """All readings of a report outside its clinical history, placed in their blocks (without ``sides``: of no side)."""
    report = _Report(text, sides=sides)
    readings = [*report.codes(), *report.extents(), *report.counts(), *report.grades(), *report.receptors()]
    return report.place([*readings, *report.sizes()] if infer else readings)


class _Report:
    """A report cut into blocks, and its readings by task family, each family read only when it is asked for."""

    def __init__(self, text: str, *, sides: bool) -> None:
        low = fold(text)
        self.blocks = segment(text, low, sides=sides)
        self._unfolded = unfold(text)
        self.text = self._unfolded.text
        self.low = fold(self.text) if self._unfolded.pieces else low
        self._starts = [block.start for block in self.blocks]

    def block_at(self, offset: int) -> Block:
        return self.blocks[bisect_right(self._starts, offset) - 1]

    def codes(self) -> list[Candidate]:
        return unmarked_options(self.low, list(stage_candidates(self.text, self.low)))

    def extents(self) -> Iterator[Candidate]:
        return extent_candidates(self.low)

    def counts(self) -> Iterator[Candidate]:
        return node_candidates(self.low, lambda at: _COUNT_RANK[self.block_at(at).section])

    def grades(self) -> Iterator[Candidate]:
        return grade_candidates(self.text, self.low)

    def receptors(self) -> Iterator[Candidate]:
        return receptor_candidates(self.text, self.low, lambda at: self.block_at(at).end)

    def sizes(self) -> Iterator[Candidate]:
        return size_candidates(self.low)

    def place(self, readings: Iterable[Candidate]) -> list[Placed]:
        """The readings with their blocks; without those that leave their block or stand in the clinical history."""
        placed = []
        for reading in readings:
            if self._unfolded.pieces:
                start, end = self._unfolded.origin(reading.start, reading.end)
                reading = replace(reading, start=start, end=end)
            block = self.block_at(reading.start)
            if reading.end > block.end:
                continue  # a finding of one block never reaches another
            receptor = reading.task in schema.BIOMARKERS
            rank = (_RECEPTOR_RANK if receptor else _RANK)[block.section]
            if block.section == "addendum" and not receptor and context.AMENDS.search(self.low, block.start, reading.end):
                rank = -1
            if rank < NEVER:
                placed.append(Placed(reading, block, rank))
        return placed


def _answer(task: str, placed: list[Placed], text: str, side: str | None) -> Answer:
    if side:
        own = [p for p in placed if p.block.side == side]
        placed = own or [p for p in placed if p.block.side is None]
    decision = resolve(task, placed)
    if decision is None:
        return Answer(task, None, "not_stated", -1, -1, "", f"{task} not stated", None)
    chosen, value, status, rule, note = decision
    reading = chosen.candidate
    return Answer(
        task, value, status, reading.start, reading.end, text[reading.start : reading.end], rule, chosen.block.section, note
    )
