"""The hierarchical labelling engine (paper, S1-A): candidates of every task family, resolved by section, side and named rules.

Priority: synoptic > final diagnosis and biomarker tables > microscopy, comment and unlabelled text > gross > intraoperative and
administrative; clinical history never. An addendum updates receptors, and the stage or grade where it says that it amends.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from pathmtl import schema
from pathmtl.report.candidates.common import Candidate
from pathmtl.report.candidates.extent import extent_candidates
from pathmtl.report.candidates.grade import grade_candidates
from pathmtl.report.candidates.nodes import node_candidates
from pathmtl.report.candidates.receptors import receptor_candidates
from pathmtl.report.candidates.size import size_candidates
from pathmtl.report.candidates.stage import stage_candidates, unmarked_options
from pathmtl.report.canonical import fold
from pathmtl.report.patterns import context
from pathmtl.report.resolve import resolve
from pathmtl.report.segment import Block, segment

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
    placed = candidates(text, infer=infer, sides=side is not None)
    by_task: dict[str, list[Placed]] = {task: [] for task in schema.TASKS}
    for one in placed:
        by_task[one.candidate.task].append(one)
    return {task: _answer(task, own, text, side) for task, own in by_task.items()}


def label(text: str, *, infer: bool = False) -> dict[str, str | None]:
    """Canonical class of each task, None where the report does not state it or contradicts itself."""
    return {task: answer.value for task, answer in read_report(text, infer=infer).items()}


def candidates(text: str, *, infer: bool = False, sides: bool = True) -> list[Placed]:
    """All readings of a report outside its clinical history, placed in their blocks (without ``sides``: of no side)."""
    low = fold(text)
    blocks = segment(text, low, sides=sides)
    if not blocks:
        return []
    starts = [block.start for block in blocks]

    def block_at(offset: int) -> Block:
        return blocks[bisect_right(starts, offset) - 1]

    readings = [
        *unmarked_options(low, list(stage_candidates(text, low))),
        *extent_candidates(low),
        *node_candidates(low, lambda at: _RANK[block_at(at).section]),
        *grade_candidates(text, low),
        *receptor_candidates(text, low, lambda at: block_at(at).end),
    ]
    if infer:
        readings += size_candidates(low)
    placed = []
    for reading in readings:
        block = block_at(reading.start)
        if reading.end > block.end:
            continue  # a finding of one block never reaches another
        ranks = _RECEPTOR_RANK if reading.task in schema.BIOMARKERS else _RANK
        rank = ranks[block.section]
        if (
            block.section == "addendum"
            and reading.task not in schema.BIOMARKERS
            and context.AMENDS.search(low, block.start, reading.end)
        ):
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
