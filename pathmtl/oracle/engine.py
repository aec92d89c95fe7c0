"""The hierarchical labeling engine (paper, S1-A): the candidates of every finding, resolved by section, side and named rules.

Five steps: fold and unfold the text; cut it into blocks (:mod:`pathmtl.oracle.segment`); collect *candidates*, one room per
finding; rank each by its section (:mod:`pathmtl.oracle.sections`); resolve each task (:mod:`pathmtl.oracle.resolve`).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pathmtl import schema
from pathmtl.oracle import benign, context
from pathmtl.oracle.canonical import fold
from pathmtl.oracle.common import Candidate, Decision, RankedCandidate, of_another
from pathmtl.oracle.extent.candidates import extent_candidates
from pathmtl.oracle.extent.size import size_candidates
from pathmtl.oracle.grade.candidates import grade_candidates
from pathmtl.oracle.nodes.candidates import node_candidates, site
from pathmtl.oracle.plain import plain
from pathmtl.oracle.receptors.candidates import receptor_candidates
from pathmtl.oracle.resolve import resolve
from pathmtl.oracle.sections import AMENDED, NEVER, SECTIONS
from pathmtl.oracle.segment import Block, segment
from pathmtl.oracle.stage.candidates import lower_in_doubt, stage_candidates, unmarked_options
from pathmtl.oracle.unfold import unfold

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Answer:
    """What a report says about one task.

    ``value`` is a canonical class or None; ``status`` is stated, inferred, not_stated or conflict; ``start`` and ``end`` are
    offsets into the report (-1 where there is no evidence) and ``evidence`` is the text between them; ``rule`` names the rule,
    ``section`` the kind of section that the evidence stands in.
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


def read_report(text: str, *, infer: bool = False, side: str | None = None) -> dict[str, Answer]:
    """Answer every task of :data:`pathmtl.schema.TASKS` from one report, each answer with its evidence and its rule.

    Sources: paper, S1-A, for sections, priorities and canonical classes; AJCC-8 for T, N and M (breast chapter for sizes and node
    counts); the CAP breast protocol for the grade; ASCO/CAP 2020 for ER and PR; ASCO/CAP 2018 and 2023 for HER2.

    Parameters
    ----------
    text : str
        The report, as it was written or extracted.
    infer : bool
        Also infer the T of a breast tumor from its stated size (AJCC-8: 20 and 50 mm); such an answer has status "inferred".
    side : {"left", "right"} or None
        Read only blocks of this side, and blocks without a side where this side says nothing. SEER registers each breast as a
        primary tumor of its own.

    Returns
    -------
    dict of str to Answer
        One answer per task, in the order of ``TASKS``.

    Raises
    ------
    ValueError
        If ``side`` is neither None nor "left" nor "right".

    Examples
    --------
    >>> answers = read_report("CLINICAL HISTORY: pT3 in 2015. FINAL DIAGNOSIS: Carcinoma, pT1c. HER2: 2+, FISH pending.")
    >>> answers["T"].value, answers["T"].evidence, answers["T"].section
    ('T1', 'pT1c', 'final_diagnosis')
    >>> answers["HER2"].value, answers["HER2"].rule
    ('Equivocal', 'HER2 IHC score 2')
    >>> answers["N"].value, answers["N"].status
    (None, 'not_stated')
    """
    if side not in (None, "left", "right"):
        raise ValueError(f"side: {side!r} is not 'left', 'right' or None")
    return {task: _answer(task, decision, text) for task, decision in _decisions(text, infer, side).items()}


def label(text: str, *, infer: bool = False) -> dict[str, str | None]:
    """Canonical class of each task: the values of :func:`read_report`.

    Parameters
    ----------
    text : str
        The report.
    infer : bool
        Also infer the T of a breast tumor from its size.

    Returns
    -------
    dict of str to (str or None)
        One class per task; None where the report does not state it or contradicts itself.

    Examples
    --------
    >>> label("Invasive carcinoma, Nottingham grade 3/3. pT2 pN1mi. ER 95%, PR negative.")
    {'T': 'T2', 'N': 'N1', 'M': None, 'grade': 'G3', 'ER': 'Positive', 'PR': 'Negative', 'HER2': None}
    """
    return {task: decision and decision.value for task, decision in _decisions(text, infer, None).items()}


def label_reports(
    reports: pd.DataFrame, read: Callable[[str], Mapping[str, object]] = label, *, progress: bool = False
) -> pd.DataFrame:
    """Read every report of a table, (reports, tasks): the paper's supervision targets (S1-A).

    Parameters
    ----------
    reports : DataFrame, one row per report
        Needs the column ``text``.
    read : callable
        From a text to a value per task: :func:`label` for classes, :func:`read_report` for whole answers,
        ``partial(label, infer=True)``, or another reader such as the naive baseline.
    progress : bool
        Show a progress bar.

    Returns
    -------
    DataFrame of shape (reports, tasks)
        The index of ``reports``, one column per task of :data:`pathmtl.schema.TASKS`; missing where nothing is stated.

    Raises
    ------
    KeyError
        If there is no column ``text``.
    """
    # Here and not above: a single report is also read in a browser, where neither pandas nor tqdm is installed.
    import pandas as pd

    from pathmtl.progress import Progress

    rows = []
    with Progress("labeling", len(reports), unit="report", visible=progress) as bar:
        for text in reports["text"]:
            rows.append(read(text))
            bar.step()
    return pd.DataFrame(rows, index=reports.index, columns=list(schema.TASKS))


def candidates(text: str, *, infer: bool = False, sides: bool = True) -> list[RankedCandidate]:
    """Every reading of a report outside its clinical history, before any decision.

    An addendum that says that it amends the stage or grade gets rank -1: it outranks everything.

    Parameters
    ----------
    text : str
        The report.
    infer : bool
        Include sizes of a breast tumor as readings of T.
    sides : bool
        Tell the side of each block; False is faster and leaves every side None.

    Returns
    -------
    list of RankedCandidate
        Grouped by finding, not sorted by rank.
    """
    report = _Report(text, sides=sides)
    readings = [*report.codes(), *report.extents(), *report.counts(), *report.grades(), *report.receptors()]
    return report.ranked([*readings, *report.sizes()] if infer else readings)


class _Report:
    """A report cut into blocks, and its readings by finding, each collected only when it is asked for."""

    def __init__(self, text: str, *, sides: bool) -> None:
        self._plain = plain(text)
        text = self._plain.text
        low = fold(text)
        self.blocks = segment(text, low, sides=sides)
        self._unfolded = unfold(text)
        self.text = self._unfolded.text
        self.low = fold(self.text) if self._unfolded.pieces else low
        self._starts = [block.start for block in self.blocks]

    def block_at(self, offset: int) -> Block:
        return self.blocks[bisect_right(self._starts, offset) - 1]

    def of_both_breasts(self) -> bool:
        return "left" in self.low and "right" in self.low and site(self.low) == "breast"

    def codes(self) -> list[Candidate]:
        return lower_in_doubt(self.low, unmarked_options(self.low, list(stage_candidates(self.text, self.low))))

    def extents(self) -> Iterator[Candidate]:
        return extent_candidates(self.low)

    def counts(self) -> Iterator[Candidate]:
        return node_candidates(self.low, lambda at: SECTIONS[self.block_at(at).section].node_count)

    def grades(self) -> Iterator[Candidate]:
        return grade_candidates(self.text, self.low)

    def receptors(self) -> Iterator[Candidate]:
        return receptor_candidates(self.text, self.low, lambda at: self.block_at(at).end)

    def sizes(self) -> Iterator[Candidate]:
        return size_candidates(self.low)

    def ranked(self, readings: Iterable[Candidate]) -> list[RankedCandidate]:
        """The readings with their blocks and ranks, without those that leave their block or stand in the clinical history."""
        ranked = []
        for reading in readings:
            receptor = reading.task in schema.BIOMARKERS
            if of_another(self.low, reading.start, receptor):
                continue
            if self._unfolded.pieces:
                start, end = self._unfolded.origin(reading.start, reading.end)
                reading = replace(reading, start=start, end=end)
            block = self.block_at(reading.start)
            if reading.end > block.end:
                continue  # a finding of one block never reaches another
            rank = SECTIONS[block.section].receptor if receptor else SECTIONS[block.section].finding
            if block.section == "addendum" and not receptor and context.AMENDS.search(self.low, block.start, reading.end):
                rank = AMENDED
            if rank < NEVER:
                ranked.append(self._in_report(RankedCandidate(reading, block, rank)))
        return ranked

    def asserted(self, readings: Iterable[Candidate]) -> list[RankedCandidate]:
        """The ranked readings, without those that a final diagnosis without malignancy overrides (paper, S1-A)."""
        ranked = self.ranked(readings)
        tasks = {one.candidate.task for one in ranked if benign.overridden(one)}
        declared = benign.declared_benign(self.low, self.blocks) if tasks else None
        if not declared:
            return ranked
        kept = [one for one in ranked if not benign.overridden(one)]
        return kept + self.ranked(benign.statements(declared, sorted(tasks)))

    def _in_report(self, ranked: RankedCandidate) -> RankedCandidate:
        """The same with offsets into the report as it was written."""
        if self._plain.origins is None:
            return ranked
        (start, end), block = self._plain.origin(ranked.candidate.start, ranked.candidate.end), ranked.block
        first, last = self._plain.origin(block.start, block.end)
        return replace(
            ranked, candidate=replace(ranked.candidate, start=start, end=end), block=replace(block, start=first, end=last)
        )


def _decisions(text: str, infer: bool, side: str | None) -> dict[str, Decision | None]:
    """What is decided for each task; None where no reading speaks of it."""
    report = _Report(text, sides=side is not None)
    by_task = _by_task(report, infer, side)
    if side is None and any(map(_sections_disagree, by_task.values())) and report.of_both_breasts():
        by_task = _by_task(_Report(text, sides=True), infer, side)
    if side:
        for task, ranked in by_task.items():
            by_task[task] = [one for one in ranked if one.block.side == side] or [one for one in ranked if one.block.side is None]
    return {task: resolve(task, ranked) for task, ranked in by_task.items()}


def _sections_disagree(ranked: list[RankedCandidate]) -> bool:
    """Whether sections of different ranks hold different classes: then it matters whether they are of one side."""
    valued = [one for one in ranked if one.candidate.value]
    return len({one.rank for one in valued}) > 1 and len({one.candidate.value for one in valued}) > 1


def _by_task(report: _Report, infer: bool, side: str | None) -> dict[str, list[RankedCandidate]]:
    """The readings of each task."""
    by_task: dict[str, list[RankedCandidate]] = {task: [] for task in schema.TASKS}
    for one in report.asserted((*report.codes(), *report.grades(), *report.receptors())):
        by_task[one.candidate.task].append(one)
    # A code outranks extents, sizes and counts wherever it stands, so those are sought only where no code answers. When one side
    # is asked for, a code of the other side must not hold them back.
    for task, family in (("T", report.extents), ("N", report.counts)):
        if side or not any(one.candidate.value for one in by_task[task]):
            by_task[task] += report.asserted(family())
    if infer and (side or not any(one.candidate.value for one in by_task["T"])):
        by_task["T"] += report.asserted(report.sizes())
    return by_task


def _answer(task: str, decision: Decision | None, text: str) -> Answer:
    if decision is None:
        return Answer(task, None, "not_stated", -1, -1, "", f"{task} not stated", None)
    reading, block = decision.chosen.candidate, decision.chosen.block
    evidence = text[reading.start : reading.end]
    return Answer(
        task,
        decision.value,
        decision.status,
        reading.start,
        reading.end,
        evidence,
        decision.rule,
        block.section,
        decision.note,
    )
