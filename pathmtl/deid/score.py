"""How good is the de-identification? Recall by type, documents fully clean, precision, and damage to the oracle's labels."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from pathmtl.deid.deidentify import Redaction, deidentify
from pathmtl.oracle.engine import label
from pathmtl.schema import TASKS

Span = tuple[int, int, str]


@dataclass
class Score:
    """Counts over documents.

    Attributes:
        gold, found, typed: identifiers by kind: planted; with every letter and digit in some redaction, of whatever kind;
            touched by a redaction of their own kind.
        documents, clean: all, and those without any identifier left.
        tags, tags_by_kind, false: redactions; those that touch no planted identifier.
        damaged, worse: documents with another oracle label after de-identification; those where a right label became wrong.
        words, seconds: of all documents; CPU time of de-identification alone.
        leaks: ``(number of the document, start, end, kind)`` of identifiers left.
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
        return self.tags_by_kind.total()

    def add(self, text: str, gold: Iterable[Span], truth: Mapping[str, str | None] | None = None) -> None:
        """De-identify one report and count; ``gold`` are its identifiers, ``truth`` its true labels where they are known."""
        began = time.process_time()
        result = deidentify(text)
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
        self.damaged += before != after
        self.worse += any(before[task] == truth[task] != after[task] for task in TASKS) if truth else 0

    def _found(self, text: str, span: Span, redactions: tuple[Redaction, ...]) -> bool:
        start, end, kind = span
        near = [r for r in redactions if r.start < end and start < r.end]
        covered = all(any(r.start <= i < r.end for r in near) for i in range(start, end) if text[i].isalnum())
        self.gold[kind] += 1
        self.found[kind] += covered
        self.typed[kind] += any(r.kind == kind for r in near)
        return covered


def score_reports(reports: pd.DataFrame) -> Score:
    """Score a table of reports; the column ``phi`` holds planted identifiers as JSON ``[[start, end, kind], …]`` where known."""
    score = Score()
    known = "phi" in reports
    labelled = bool(set(TASKS) <= set(reports.columns)) and known
    for row in reports.to_dict("records"):
        truth = {task: row[task] or None for task in TASKS} if labelled else None
        score.add(row["text"], map(tuple, json.loads(row["phi"])) if known else (), truth)
    return score
