"""How good is the de-identification? Recall by type, fully clean documents, precision, and damage to the oracle's labels."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pathmtl.deid.deidentify import Deidentified, Span, deidentify
from pathmtl.oracle.engine import label
from pathmtl.schema import TASKS


@dataclass
class Score:
    """Counts over documents.

    Attributes
    ----------
    gold, found, typed : Counter
        Identifiers by kind: all that were planted; those whose every letter and digit is in some redaction, of whatever kind;
        those touched by a redaction of their own kind.
    documents, clean : int
        All documents, and those in which no identifier is left.
    tags, false : int
        All redactions, and those that touch no planted identifier.
    tags_by_kind : Counter
        Redactions by kind.
    damaged, worse : int
        Documents with another oracle label after de-identification, and those in which a correct label became wrong.
    words : int
        Words of all documents.
    seconds : float
        CPU time of de-identification alone.
    leaks : list of (int, int, int, str)
        ``(number of the document, start, end, kind)`` of the identifiers that are left.
    """

    gold: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    typed: Counter[str] = field(default_factory=Counter)
    tags_by_kind: Counter[str] = field(default_factory=Counter)
    documents: int = 0
    clean: int = 0
    false: int = 0
    damaged: int = 0
    worse: int = 0
    words: int = 0
    seconds: float = 0.0
    leaks: list[tuple[int, int, int, str]] = field(default_factory=list)

    @property
    def tags(self) -> int:
        """Number of redactions."""
        return self.tags_by_kind.total()

    def add(
        self,
        text: str,
        gold: Iterable[tuple[int, int, str]],
        truth: Mapping[str, str | None] | None = None,
        remove: Callable[[str], Deidentified] | None = None,
        original: str | None = None,
    ) -> None:
        """De-identify one report and count.

        Parameters
        ----------
        text : str
            The report.
        gold : iterable of (int, int, str)
            Its identifiers: start, end and kind.
        truth : mapping of str to str or None, optional
            Its true labels, if they are known.
        remove : callable, optional
            Another de-identifier, to compare with; ours by default.
        original : str, optional
            The report before identifiers were planted into it. Where these mislead the oracle, going back to the labels of the
            original is no damage.
        """
        remove = remove or deidentify
        began = time.process_time()
        result = remove(text)
        self.seconds += time.process_time() - began
        gold = list(gold)
        leaks = [span for span in gold if not self._found(text, span, result.redactions)]
        self.leaks += [(self.documents, *span) for span in leaks]
        self.clean += not leaks
        self.documents += 1
        self.words += len(text.split())
        self.tags_by_kind.update(redaction.kind for redaction in result.redactions)
        self.false += sum(not any(r.start < b and a < r.end for a, b, _ in gold) for r in result.redactions)
        before, after = label(text), label(result.text)
        self.damaged += before != after and (original is None or after != label(original))
        self.worse += any(before[task] == truth[task] != after[task] for task in TASKS) if truth else 0

    def _found(self, text: str, span: tuple[int, int, str], redactions: tuple[Span, ...]) -> bool:
        start, end, kind = span
        near = [r for r in redactions if r.start < end and start < r.end]
        covered = all(any(r.start <= i < r.end for r in near) for i in range(start, end) if text[i].isalnum())
        self.gold[kind] += 1
        self.found[kind] += covered
        self.typed[kind] += any(r.kind == kind for r in near)
        return covered


def score_reports(reports: pd.DataFrame) -> Score:
    """De-identify a table of reports and score the result.

    Parameters
    ----------
    reports : pandas.DataFrame
        Column ``text``; optionally ``phi``, the planted identifiers of each report as JSON ``[[start, end, kind], ...]``, and the
        true labels, one column per task.

    Returns
    -------
    Score
        Without ``phi``, only tags, damage and time mean anything.
    """
    score = Score()
    known = "phi" in reports
    labeled = bool(set(TASKS) <= set(reports.columns)) and known
    for row in reports.to_dict("records"):
        truth = {task: row[task] or None for task in TASKS} if labeled else None
        score.add(row["text"], map(tuple, json.loads(row["phi"])) if known else (), truth)
    return score
