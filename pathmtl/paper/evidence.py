"""What a claim is, what it may be tested on, and what a test returns.

``paper`` does not import the experiments. It sees their results through two small protocols, ``Row`` and ``Table``, which
``RowResult`` and ``TableResult`` satisfy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import nan
from typing import Protocol

import pandas as pd

from pathmtl.schema import OVERALL

#: The place of a question that is the book's own: the paper does not ask it.
OURS = "ours"


class Row(Protocol):
    """One row of a table, trained with one seed."""

    @property
    def predictions(self) -> pd.DataFrame:
        """Long form: report_id, patient_id, task, predicted, probabilities, and truth and oracle where known."""

    @property
    def runs(self) -> Sequence:
        """The runs behind the row, with ``kind``, ``history`` and ``record``; none for rules."""

    @property
    def kind(self) -> str:
        """``train``, ``zero_shot``, ``control`` or ``rules``."""

    @property
    def method(self) -> str:
        """The method of a control."""

    @property
    def hints(self) -> str:
        """The kind of hints in its input."""

    @property
    def evidence(self) -> Mapping[str, float]:
        """Task -> share of the evidence that its input still contains."""

    @property
    def title(self) -> str:
        """Its name on a page."""

    @property
    def cost(self) -> Mapping[str, float] | None:
        """train_seconds, peak_memory_mb, trainable_parameters, …; None for rules."""


class Table(Protocol):
    """The rows of a table: name -> one ``Row`` per seed."""

    @property
    def outcomes(self) -> Mapping[str, Sequence[Row]]: ...


@dataclass(frozen=True)
class Measured:
    """What was measured for one claim.

    Parameters
    ----------
    text : str
        As a page shows it, interval included.
    value, low, high : float
        The number and the ends of its 95 % interval, or the least and the largest of several seeds; a number without an
        interval leaves ``low`` and ``high`` out.
    why : str
        Why this cannot decide the claim; empty if it can.
    note : str
        What a reader must know beside the verdict.
    p : float
        Two-sided p-value of a test; NaN where there is only an interval.
    """

    text: str
    value: float = nan
    low: float = nan
    high: float = nan
    why: str = ""
    note: str = ""
    p: float = nan


@dataclass(frozen=True)
class Evidence:
    """One source of evidence, such as the recorded runs or this build.

    Parameters
    ----------
    tables : mapping
        Table name -> its rows.
    labels : pandas.DataFrame, optional
        (reports, tasks) of classes or None.
    measured : mapping
        Claim id -> what a page measured by itself.
    longer : Evidence, optional
        Runs that were trained longer; they are asked where the others leave a claim untested.
    truth : str
        Column of the reference: ``truth`` or ``oracle``.
    resamples : int
        Bootstrap resamples behind each interval, and permutations behind each p-value.
    seed : int
        Seed of the resamples and permutations.
    gated : bool
        Whether only comparisons that pass the gate count (``gate``).
    bins : int
        Bins of probability, for calibration.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    labels: pd.DataFrame | None = None
    measured: Mapping[str, Measured] = field(default_factory=dict)
    longer: Evidence | None = None
    truth: str = "truth"
    resamples: int = 2000
    seed: int = 0
    gated: bool = True
    bins: int = 10
    #: Scores and differences that several claims share, computed once.
    cache: dict = field(default_factory=dict, compare=False, repr=False)

    def rows(self, table: str, row: str) -> Sequence[Row]:
        """The seeds of a row; empty where there are none."""
        return self.tables[table].outcomes.get(row, ()) if table in self.tables else ()

    def without_gate(self) -> Evidence:
        """The same evidence, with every comparison counted."""
        return replace(self, gated=False, longer=self.longer and self.longer.without_gate())

    def once(self, key: tuple, compute: Callable):
        """``compute()``, computed once per key."""
        if key not in self.cache:
            self.cache[key] = compute()
        return self.cache[key]


@dataclass(frozen=True)
class Verdict:
    """How a claim fared: the word, what was measured, why it is untested, whose data decided, and the p-value of its test."""

    word: str
    measured: str = "–"
    reason: str = ""
    data: str = ""
    p: float = nan


@dataclass(frozen=True)
class Claim:
    """One statement of the paper, and how it is tested.

    Parameters
    ----------
    id : str
        Unique, in the form ``page-subject``.
    says : str
        The claim in plain English.
    quote : str
        The paper's own words; empty only for the book's own questions.
    place : str
        Section, table or appendix; ``ours`` for a question that the paper does not ask.
    kind : str
        The test (see ``kinds.KINDS``): better, alike, cheaper, …; ``untested`` where nothing can decide it.
    pages : tuple of str
        Notebooks that show it; the first one holds the evidence.
    measure : callable, optional
        (claim, evidence) -> ``Measured`` or None. Without it, ``a`` is compared with ``b``, or a page measures by itself.
    table, a, b, what, task
        Rows compared, the metric or cost, and the task.
    fair : tuple of str
        Rows that must be above their control too (``gate``), for the comparison to be fair; the claimed winner always must.
    bound : float
        The number that the measured one is held against.
    printed : str
        What the paper prints; empty where ``claims.printed`` computes it from the tables.
    reason : str
        Why it is untested, or what a reader must know beside the verdict.
    """

    id: str
    says: str
    quote: str
    place: str
    kind: str
    pages: tuple[str, ...] = ()
    measure: Callable[[Claim, Evidence], Measured | None] | None = None
    table: str = ""
    a: str = ""
    b: str = ""
    what: str = "macro_f1"
    task: str = OVERALL
    fair: tuple[str, ...] = ()
    bound: float = 0.0
    printed: str = ""
    reason: str = ""

    @property
    def evidence(self) -> str:
        """The notebook that holds the evidence, or an empty string."""
        return self.pages[0] if self.pages else ""
