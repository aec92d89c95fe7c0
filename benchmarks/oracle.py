"""Measure the oracle on the real TCGA reports: accuracy, coverage and speed, beside the naive baseline (other engines: peers.py).

    python benchmarks/oracle.py                 # coverage and accuracy by task, ours and the naive baseline's; reports/s
    python benchmarks/oracle.py --speed-only

The reports are found through PATHMTL_REAL (default: ../shared/real beside the repository). A registry label need not be
stated in the report, so accuracy is over the reports answered and coverage says how many those are. Speed: processor time of
one process, for each report its fastest of several passes, so that other work on the machine counts little. Figures only: no
text is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathmtl import schema  # noqa: E402
from pathmtl.baselines.naive import naive_labels  # noqa: E402
from pathmtl.oracle.engine import label, read_report  # noqa: E402

REPORTS = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "tcga_test_dev.csv.gz"
Labels = dict[str, str | None]
#: Registry labels; TCGA has no histologic grade here.
LABELLED = tuple(task for task in schema.TASKS if task != "grade")


def macro_f1(truth: Sequence[str], answers: Sequence[str | None], classes: Sequence[str]) -> float:
    """Mean F1 over the classes that occur among the truths or the answers; a missing answer is wrong."""
    scores = []
    for name in classes:
        hits = sum(t == a == name for t, a in zip(truth, answers, strict=True))
        total = sum(t == name for t in truth) + sum(a == name for a in answers)
        if total:
            scores.append(2 * hits / total)
    return sum(scores) / max(len(scores), 1)


def score(table: pd.DataFrame, answers: list[Labels], cohort: str, system: str) -> list[dict[str, object]]:
    """One row per task: coverage, accuracy of what is answered, and both ways of counting a missing answer."""
    rows = []
    for task in LABELLED:
        pairs = [(truth, answer.get(task)) for truth, answer in zip(table[task], answers, strict=True) if truth]
        given = [(truth, value) for truth, value in pairs if value]
        if not pairs or not given:
            continue
        truths, values = zip(*pairs, strict=True)
        correct = sum(truth == value for truth, value in given)
        plain = macro_f1(truths, values, schema.CLASSES[task])
        extra = macro_f1(truths, [value or "missing" for value in values], (*schema.CLASSES[task], "missing"))
        rows.append(
            {
                "system": system,
                "cohort": cohort,
                "task": task,
                "labeled": len(pairs),
                "coverage": len(given) / len(pairs),
                "accuracy": correct / len(given),
                "accuracy, missing wrong": correct / len(pairs),
                "macro-F1, missing wrong": plain,
                "macro-F1, missing a class": extra,
            }
        )
    return rows


def without_ish_awaited(text: str) -> Labels:
    """HER2 of the oracle, unanswered where the report has an IHC score of 2+ and no ISH result.

    Such a report is Equivocal (ASCO/CAP 2018), while the registry's class is the one that the later ISH gave: the report cannot
    hold it. The plain rows count these as wrong; this one, beside them, sets them aside.
    """
    answer = read_report(text)["HER2"]
    return {"HER2": None if answer.value == "Equivocal" and answer.rule.startswith("HER2 IHC score 2") else answer.value}


def speed(read: Callable[[str], object], texts: Sequence[str], passes: int) -> float:
    """Reports a second of one core: for each report the processor time of its fastest pass."""
    fastest = [float("inf")] * len(texts)
    for _ in range(passes):
        for index, text in enumerate(texts):
            start = time.process_time()
            read(text)
            fastest[index] = min(fastest[index], time.process_time() - start)
    return len(texts) / sum(fastest)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=5, help="passes of the speed measurement (default 5)")
    parser.add_argument("--speed-only", action="store_true")
    arguments = parser.parse_args()
    if not REPORTS.exists():
        sys.exit(f"{REPORTS.name}: not found; set PATHMTL_REAL to the folder that holds it")
    table = pd.read_csv(REPORTS, dtype=str, keep_default_na=False)
    texts = list(table["text"])
    systems: dict[str, Callable[[str], Labels]] = {
        "oracle, stated": label,
        "oracle, inferred too": lambda text: label(text, infer=True),
        "naive (IV-B)": naive_labels,
    }
    if not arguments.speed_only:
        breast = table["cancer_type"] == "BRCA"
        rows = []
        for name, read in systems.items():
            answers = [read(text) for text in texts]
            rows += score(table, answers, "all", name)
            rows += score(table[breast], [a for a, own in zip(answers, breast, strict=True) if own], "breast", name)
        rows += score(table, [without_ish_awaited(text) for text in texts], "all", "oracle, 2+ without ISH aside")
        print(pd.DataFrame(rows).round(3).to_string(index=False))
    for name, read in systems.items():
        print(f"{name}: {speed(read, texts, arguments.passes):,.0f} reports/s a core")


if __name__ == "__main__":
    main()
