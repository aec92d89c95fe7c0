"""The synthetic corpus measured: naive row beside the paper's, phenomena, oracle, speed, real against synthetic.

    python benchmarks/synthetic.py             # print everything
    python benchmarks/synthetic.py --card      # and write the figures into data_synthetic/README.md

The real reports are read from the folder in PATHMTL_REAL (default: shared/real beside the repository); without them the kept
aggregates are printed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import json
import os
import sys
import time
from collections import Counter
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pathmtl_synthetic.compare import beside  # noqa: E402
from pathmtl_synthetic.generate import generate  # noqa: E402
from pathmtl_synthetic.measure import by_phenomenon, naive_row, rates_found, score  # noqa: E402
from pathmtl_synthetic.phenomena import CALIBRATION, PHENOMENA  # noqa: E402

from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS  # noqa: E402

CARD = ROOT / "data_synthetic" / "README.md"
BEGIN, END = "<!-- figures: written by benchmarks/synthetic.py --card -->", "<!-- end of figures -->"


def table(rows: list[dict[str, object]]) -> str:
    """A Markdown table; numbers to three decimals."""

    def cell(value: object) -> str:
        return f"{value:.3f}" if isinstance(value, float) else str(value)

    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    return "\n".join([*lines, *("| " + " | ".join(cell(row[name]) for name in names) + " |" for row in rows)])


def read(path: Path) -> list[dict]:
    csv.field_size_limit(10**9)
    with gzip.open(path) as packed:
        return list(csv.DictReader(io.TextIOWrapper(packed, encoding="utf-8", newline="")))


def oracle_rows(rows: list[dict], label) -> list[dict[str, object]]:
    """The oracle against the truth: on stated tasks, and how often it answers where nothing is stated."""
    out = []
    for task, result in score(rows, label).items():
        silent = [row for row in rows if not row[task]]
        false = sum(label(row["text"]).get(task) is not None for row in silent)
        out.append(
            {
                "task": task,
                "support": result.support,
                "accuracy": result.accuracy,
                "answered": result.answered,
                "macro_f1": result.macro_f1(CLASSES[task]),
                "answers where not stated": false / max(1, len(silent)),
            }
        )
    return out


def speed(reports: int = 10_677) -> dict[str, object]:
    """Seconds for the paper's cohort on one core: processor time, and the clock's, which other work on the machine lengthens."""
    clock, start = time.perf_counter(), time.process_time()
    count = sum(1 for _ in generate(reports, 1))
    seconds = time.process_time() - start
    return {"reports": count, "seconds": seconds, "clock": time.perf_counter() - clock, "reports a second": count / seconds}


def real_against_synthetic(rows: list[dict]) -> str:
    """Aggregates beside the real reports: measured and kept as a file where those are at hand, else the kept ones."""
    path = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "tcga_test_dev.csv.gz"
    kept = CARD.with_name("real_against_synthetic.csv")
    if path.exists():
        measured = beside(read(path), rows)
        with open(kept, "w", encoding="utf-8", newline="") as out:
            writer = csv.DictWriter(out, measured[0], lineterminator="\n")
            writer.writeheader()
            writer.writerows({k: round(v, 3) if isinstance(v, float) else v for k, v in row.items()} for row in measured)
    with open(kept, encoding="utf-8", newline="") as source:
        return table(list(csv.DictReader(source)))


def calibration() -> str:
    """The record of `pathmtl-synthetic calibrate`: rates moved, rounds, and the row on seeds that it never saw."""
    record = json.loads(CALIBRATION.read_text(encoding="utf-8"))
    moved = [{"phenomenon": n, "before": record["start"][n], "after": rate} for n, rate in record["rates"].items()]
    rounds = [
        {
            "sweep": r["sweep"],
            "group": r["group"],
            "log-odds shift": f"{r['shift_from']:+.1f} to {r['shift_to']:+.1f}",
            **{task: r["accuracy"][task] for task in PAPER_TASKS},
        }
        for r in record["rounds"]
    ]
    start = {"sweep": 0, "group": "(start)", "log-odds shift": ""} | {r["task"]: r["accuracy"] for r in record["start_row"]}
    paper = {"sweep": "", "group": "paper", "log-odds shift": ""} | {r["task"]: r["paper_accuracy"] for r in record["row"]}
    fresh = [
        {"task": task, "paper": paper[task], "bundled": next(r["accuracy"] for r in record["row"] if r["task"] == task), **values}
        for task, values in record["fresh"].items()
    ]
    return "\n\n".join(
        [
            f"`pathmtl-synthetic calibrate --reports {record['reports']} --seed {record['seed']}`, "
            f"test split `{record['test_split']}`. Accuracy of the naive rules after each group was moved:",
            table([start, *rounds, paper]),
            "Rates moved:",
            table(moved),
            "The same rates on seeds that the search never saw (mean, standard deviation, lowest, highest of their test splits):",
            table(fresh),
        ]
    )


def report() -> str:
    rows = read(ROOT / "data_synthetic" / "reports.csv.gz")
    test = [row for row in rows if row["split"] == "test"]
    from pathmtl import oracle
    from pathmtl.baselines import naive

    naive_labels, label = cache(naive.naive_labels), cache(oracle.label)  # each report is asked about many times
    counts = [
        {
            "task": task,
            "stated": sum(bool(row[task]) for row in rows) / len(rows),
            "classes": ", ".join(f"{name} {n}" for name, n in sorted(Counter(row[task] for row in rows if row[task]).items())),
            "in the test split": ", ".join(
                f"{name} {n}" for name, n in sorted(Counter(row[task] for row in test if row[task]).items())
            ),
        }
        for task in TASKS
    ]
    accuracy = {line["phenomenon"]: line for line in by_phenomenon(rows, {"naive": naive_labels, "oracle": label})}
    phenomena = []
    for line in rates_found(3000, 42):
        name = line.pop("phenomenon")
        scored = {reader: accuracy.get(name, {}).get(reader, "") for reader in ("naive", "oracle")}
        phenomena.append({"phenomenon": name, "title": PHENOMENA[name].title, **line, **scored})
    fast = speed()
    return "\n\n".join(
        [
            "### Labels",
            table(counts),
            "### Naive baseline on the test split, beside the paper's",
            table(naive_row(test, naive_labels)),
            "### Calibration: the record",
            calibration(),
            "### Oracle against the truth, whole corpus",
            table(oracle_rows(rows, label)),
            "### Phenomena: rate asked and found, and the accuracy of naive rules and oracle where they fire",
            table(phenomena),
            "### Real against synthetic",
            real_against_synthetic(rows),
            "### Speed",
            f"{fast['reports']} reports in {fast['seconds']:.1f} s of one core ({fast['reports a second']:.0f} a second; "
            f"{fast['clock']:.1f} s by the clock of a shared machine).",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--card", action="store_true", help="write the figures into the data card")
    arguments = parser.parse_args()
    figures = report()
    print(figures)
    if arguments.card:
        card = CARD.read_text(encoding="utf-8")
        before, rest = card.split(BEGIN)
        CARD.write_text(f"{before}{BEGIN}\n\n{figures}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
