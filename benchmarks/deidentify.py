"""Measure the de-identifier: recall by type, documents fully clean, precision, damage to the oracle's labels, speed.

    python benchmarks/deidentify.py [--reports 3000] [--seed 11] [--leaks]

Prints Markdown tables: identifiers planted by the synthetic corpus's own writer (every report of a fresh seed), identifiers
planted into real and synthetic reports by ``planted_identifiers.py``, and false tags and damage on real reports that were
redacted before (PATHMTL_REAL, else ../shared/real beside the repository; skipped where absent). ``--leaks`` shows synthetic text
around each miss, never real text.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
from planted_identifiers import plant

from pathmtl.report.deidentify import Redaction, deidentify
from pathmtl.report.oracle import label
from pathmtl.schema import TASKS
from pathmtl.synthetic.generate import generate

Span = tuple[int, int, str]


@dataclass
class Score:
    """Counts over documents; an identifier is found when every letter and digit of it lies in some redaction, of whatever
    kind."""

    gold: Counter = field(default_factory=Counter)
    found: Counter = field(default_factory=Counter)
    typed: Counter = field(default_factory=Counter)
    documents: int = 0
    clean: int = 0
    tags: int = 0
    false: int = 0
    damaged: int = 0
    worse: int = 0
    judged: int = 0
    words: int = 0
    seconds: float = 0.0
    leaks: list[str] = field(default_factory=list)

    def add(self, text: str, gold: Iterable[Span], truth: dict[str, str] | None = None) -> None:
        began = time.process_time()
        result = deidentify(text)
        self.seconds += time.process_time() - began
        self.documents += 1
        self.words += len(text.split())
        gold = list(gold)
        leaks = [span for span in gold if not self._found(text, span, result.redactions)]
        self.clean += not leaks
        self.leaks += [f"{kind}: {text[max(0, a - 40) : a]}<<{text[a:b]}>>{text[b : b + 25]}" for a, b, kind in leaks]
        self.tags += len(result.redactions)
        self.false += sum(not any(r.start < b and a < r.end for a, b, _ in gold) for r in result.redactions)
        before, after = label(text), label(result.text)
        self.judged += 1
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

    def summary(self, name: str) -> str:
        recall = f"{self.found.total() / self.gold.total():.4f}" if self.gold else ""
        clean = f"{self.clean / self.documents:.4f}" if self.gold else ""
        precision = f"{1 - self.false / self.tags:.4f}" if self.gold and self.tags else ""
        damage = f"{self.damaged}/{self.judged} ({self.worse})"
        false = f"{1000 * self.false / self.words:.2f}"
        speed = f"{self.documents / self.seconds:.0f}"
        return _row(name, self.documents, self.gold.total(), recall, clean, precision, false, damage, speed)


def real_reports() -> list[str]:
    folder = Path(os.environ.get("PATHMTL_REAL", Path(__file__).resolve().parents[2] / "shared" / "real"))
    file = folder / "tcga_test_dev.csv.gz"
    return list(pd.read_csv(file, dtype=str, keep_default_na=False).text) if file.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--leaks", action="store_true", help="show synthetic text around each miss")
    options = parser.parse_args()

    corpus, planted_synthetic, planted_real, real = Score(), Score(), Score(), Score()
    rng = random.Random(options.seed)
    for row in generate(options.reports, options.seed, {"planted_identifiers": 1.0}):
        corpus.add(row["text"], json.loads(row["phi"]), _truth(row))
    for row in generate(min(1000, options.reports), options.seed + 1, {"planted_identifiers": 0.0}):
        if json.loads(row["phi"]):  # an age over 89 in the history
            continue
        planted = plant(row["text"], rng)
        planted_synthetic.add(planted.text, planted.spans, _truth(row))
    for text in real_reports():
        real.add(text, [])
        planted = plant(text, rng)
        planted_real.add(planted.text, planted.spans)

    found = ("recall", "fully clean", "precision", "false tags per 1,000 words")
    print(_row("reports", "n", "identifiers", *found, "labels changed (right to wrong)", "reports/s (CPU)"))
    print(_row(*["---"] * 9))
    print(corpus.summary("synthetic, its own identifiers"))
    print(planted_synthetic.summary("synthetic, planted independently"))
    if real.documents:
        print(planted_real.summary("real, planted independently"))
        print(real.summary("real, as redacted by TCGA (every tag counted as false)"))
    print()
    print(_row("type", "n", "found", "with its own tag", "planted independently", "found", "with its own tag"))
    print(_row(*["---"] * 7))
    other = Score(
        gold=planted_synthetic.gold + planted_real.gold,
        found=planted_synthetic.found + planted_real.found,
        typed=planted_synthetic.typed + planted_real.typed,
    )
    for kind in sorted(corpus.gold | other.gold):
        cells = [(s.gold[kind], _share(s.found, s.gold, kind), _share(s.typed, s.gold, kind)) for s in (corpus, other)]
        print(_row(kind, *cells[0], *cells[1]))
    if options.leaks:
        print(*corpus.leaks, *planted_synthetic.leaks, sep="\n")


def _truth(row: dict) -> dict[str, str | None]:
    """What the report states, by task: the generator knows."""
    return {task: row[task] or None for task in TASKS}


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _share(part: Counter, whole: Counter, kind: str) -> str:
    return f"{part[kind] / whole[kind]:.4f}" if whole[kind] else ""


if __name__ == "__main__":
    main()
