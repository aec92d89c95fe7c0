"""Measure the de-identifier: recall by type, documents fully clean, precision, damage to the oracle's labels, speed.

    python benchmarks/deidentify.py [--reports 3000] [--seed 11] [--leaks]

Prints Markdown tables: identifiers planted by the synthetic corpus's own writer (every report of a fresh seed), identifiers
planted into real and synthetic reports by ``planted_identifiers.py``, and false tags and damage on real reports that were
redacted before (PATHMTL_REAL, else ../shared/real beside the repository; skipped where absent). ``--leaks`` shows synthetic text
around each miss, never real text. Where philter-lite is installed (``philter.py``), it runs on the same reports.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections import Counter
from pathlib import Path

import pandas as pd
from pathmtl_synthetic.generate import generate
from philter import ABSENT, philter
from planted_identifiers import plant

from pathmtl.deid.score import Score
from pathmtl.schema import TASKS


def summary(score: Score, name: str) -> str:
    planted = score.gold.total()
    recall = f"{score.found.total() / planted:.4f}" if planted else ""
    clean = f"{score.clean / score.documents:.4f}" if planted else ""
    precision = f"{1 - score.false / score.tags:.4f}" if planted and score.tags else ""
    damage = f"{score.damaged}/{score.documents} ({score.worse})"
    false = f"{1000 * score.false / score.words:.2f}"
    return _row(name, score.documents, planted, recall, clean, precision, false, damage, f"{score.documents / score.seconds:.0f}")


def context(text: str, leak: tuple[int, int, int, str]) -> str:
    _, start, end, kind = leak
    return f"{kind}: {text[max(0, start - 40) : start]}<<{text[start:end]}>>{text[end : end + 25]}"


def real_reports() -> list[str]:
    folder = Path(os.environ.get("PATHMTL_REAL", Path(__file__).resolve().parents[2] / "shared" / "real"))
    file = folder / "tcga_test_dev.csv.gz"
    return list(pd.read_csv(file, dtype=str, keep_default_na=False).text) if file.exists() else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--reports", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--compared", type=int, default=100, help="most reports of each group that philter-lite reads")
    parser.add_argument("--leaks", action="store_true", help="show synthetic text around each miss")
    options = parser.parse_args()

    corpus, planted_synthetic, planted_real, real = Score(), Score(), Score(), Score()
    other_corpus, other_synthetic, other_planted, other_real = Score(), Score(), Score(), Score()
    compared = options.compared
    other_tool = philter() if compared else None
    rng, texts = random.Random(options.seed), {"corpus": [], "planted": []}
    for row in generate(options.reports, options.seed, {"planted_identifiers": 1.0}):
        gold = [tuple(span) for span in json.loads(row["phi"])]
        corpus.add(row["text"], gold, _truth(row))
        if other_tool and other_corpus.documents < compared:
            other_corpus.add(row["text"], gold, _truth(row), other_tool)
        texts["corpus"].append(row["text"])
    for row in generate(min(1000, options.reports), options.seed + 1, {"planted_identifiers": 0.0}):
        if json.loads(row["phi"]):  # an age over 89 in the history
            continue
        planted = plant(row["text"], rng)
        planted_synthetic.add(planted.text, planted.spans, _truth(row), original=row["text"])
        if other_tool and other_synthetic.documents < compared:
            other_synthetic.add(planted.text, planted.spans, _truth(row), other_tool, row["text"])
        texts["planted"].append(planted.text)
    for text in real_reports():
        real.add(text, [])
        planted = plant(text, rng)
        planted_real.add(planted.text, planted.spans, original=text)
        if other_tool and other_real.documents < compared:
            other_real.add(text, [], remove=other_tool)
            other_planted.add(planted.text, planted.spans, remove=other_tool, original=text)

    found = ("recall", "fully clean", "precision", "false tags per 1,000 words")
    print(_row("reports", "n", "identifiers", *found, "labels changed (right to wrong)", "reports/s (CPU)"))
    print(_row(*["---"] * 9))
    print(summary(corpus, "synthetic, its own identifiers"))
    print(summary(planted_synthetic, "synthetic, planted independently"))
    if real.documents:
        print(summary(planted_real, "real, planted independently"))
        print(summary(real, "real, as redacted by TCGA (every tag counted as false)"))
    if other_tool:
        print(summary(other_corpus, "philter-lite: synthetic, its own identifiers"))
        print(summary(other_synthetic, "philter-lite: synthetic, planted independently"))
        if other_real.documents:
            print(summary(other_planted, "philter-lite: real, planted independently"))
            print(summary(other_real, "philter-lite: real, as redacted by TCGA"))
    elif compared:
        print(f"\n{ABSENT}")
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
        for score, shown in ((corpus, texts["corpus"]), (planted_synthetic, texts["planted"])):
            print(*(context(shown[leak[0]], leak) for leak in score.leaks), sep="\n")


def _truth(row: dict) -> dict[str, str | None]:
    """What the report states, by task: the generator knows."""
    return {task: row[task] or None for task in TASKS}


def _row(*cells: object) -> str:
    return "| " + " | ".join(map(str, cells)) + " |"


def _share(part: Counter, whole: Counter, kind: str) -> str:
    return f"{part[kind] / whole[kind]:.4f}" if whole[kind] else ""


if __name__ == "__main__":
    main()
