"""The synthetic corpus measured: naive row beside the paper's, phenomena, oracle, speed, real against synthetic.

    python benchmarks/synthetic.py             # print everything
    python benchmarks/synthetic.py --card      # and write the figures into data_synthetic/README.md

The real reports are read from the folder in PATHMTL_REAL (default: shared/real beside the repository); without them that part
is left out.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
import os
import re
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from pathmtl.schema import CLASSES, PAPER_TASKS  # noqa: E402
from pathmtl.synthetic.calibrate import by_phenomenon, naive_row, rates_found, score  # noqa: E402
from pathmtl.synthetic.generate import generate  # noqa: E402

CARD = ROOT / "data_synthetic" / "README.md"
BEGIN, END = "<!-- figures: written by benchmarks/synthetic.py --card -->", "<!-- end of figures -->"

#: How often a habit of pathologists occurs: the same patterns over real and synthetic text.
HABITS = {
    "any pT code": r"\b[yc]?pT\s?(?:is|[0-4lO])",
    "any pN code": r"\bp?N\s?[0-3O](?:mi|[abc])?\b",
    "node count n/m": r"\b\d{1,2}\s?/\s?\d{1,2}\b",
    "Roman grade": r"grade\s*:?\s*I{1,3}\b",
    "nuclear grade": r"nuclear grade",
    "differentiated": r"(?:well|moderately|poorly)[ -]differentiated",
    "a percentage": r"\d\s?%",
    "ER or estrogen receptor": r"\bER\b|o?estrogen",
    "HER2 named": r"her-?\s?2",
    "2+": r"\b2\+",
    "FISH": r"\bFISH\b",
    "in situ": r"in[ -]situ",
    "see comment or note": r"see (?:comment|note)",
    "addendum": r"addendum",
    "page header": r"page \d+ of \d+",
    "frozen section": r"frozen section",
    "history of": r"history of",
    "negative for": r"negative for",
}
HEADERS = re.compile(
    r"\b(final diagnosis|diagnosis|gross description|microscopic description"
    r"|clinical history|specimens?|comment|"
    r"addendum|synoptic|intraoperative consultation)\b\s*[:(]",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[a-z]{2,}")


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
    """Seconds for the paper's cohort on one core."""
    start = time.perf_counter()
    count = sum(1 for _ in generate(reports, 1))
    seconds = time.perf_counter() - start
    return {"reports": count, "seconds": seconds, "reports a second": count / seconds}


def describe(rows: Iterable[dict]) -> dict[str, float]:
    texts = [" ".join(row["text"].split()) for row in rows]
    lengths = [len(text.split()) for text in texts]
    words = Counter(word for text in texts for word in _TOKEN.findall(text.lower()))
    cut = statistics.quantiles(lengths, n=10)
    out: dict[str, float] = {
        "reports": len(texts),
        "words, median": round(statistics.median(lengths)),
        "words, 1st decile": round(cut[0]),
        "words, 9th decile": round(cut[8]),
        "distinct words": len(words),
        "section headers a report": sum(len(HEADERS.findall(text)) for text in texts) / len(texts),
    }
    for name, pattern in HABITS.items():
        compiled = re.compile(pattern, re.IGNORECASE)
        out[name] = sum(bool(compiled.search(text)) for text in texts) / len(texts)
    return out


def told_apart(real: list[dict], synthetic: list[dict]) -> float:
    """AUROC, cross-validated, of a bag-of-words classifier that tells real reports from synthetic ones (0.5: it cannot)."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline

    texts = [" ".join(row["text"].split()) for row in (*real, *synthetic)]
    model = make_pipeline(TfidfVectorizer(token_pattern=r"[A-Za-z]{2,}", sublinear_tf=True), LogisticRegression(max_iter=1000))
    return float(cross_val_score(model, texts, [1] * len(real) + [0] * len(synthetic), cv=5, scoring="roc_auc").mean())


def real_against_synthetic(rows: list[dict]) -> str:
    path = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "tcga_test_dev.csv.gz"
    if not path.exists():
        return "The real reports are not on this machine; set PATHMTL_REAL to their folder."
    real = read(path)
    real_breast = [row for row in real if row["cancer_type"] == "BRCA"]
    breast = [row for row in rows if row["cancer_type"] == "BRCA"]
    columns = {
        "real, all": describe(real),
        "synthetic, all": describe(rows),
        "real, breast": describe(real_breast),
        "synthetic, breast": describe(breast),
    }
    lines = table([{"": name, **{column: values[name] for column, values in columns.items()}} for name in columns["real, all"]])
    both = told_apart(real, rows[: len(real)]), told_apart(real_breast, breast[: len(real_breast)])
    return (
        f"{lines}\n\nA bag-of-words classifier tells real from synthetic with AUROC {both[0]:.3f} "
        f"({len(real)} of each), breast only {both[1]:.3f} ({len(real_breast)} of each)."
    )


def report() -> str:
    rows = read(ROOT / "data_synthetic" / "reports.csv.gz")
    test = [row for row in rows if row["split"] == "test"]
    from pathmtl.baselines import naive
    from pathmtl.report import oracle

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
        for task in PAPER_TASKS
    ]
    accuracy = {line["phenomenon"]: line for line in by_phenomenon(rows, {"naive": naive_labels, "oracle": label})}
    phenomena = [
        {**line, **{name: accuracy.get(line["phenomenon"], {}).get(name, "") for name in ("naive", "oracle")}}
        for line in rates_found(3000, 42)
    ]
    fast = speed()
    return "\n\n".join(
        [
            "### Labels",
            table(counts),
            "### Naive baseline on the test split, beside the paper's",
            table(naive_row(test, naive_labels)),
            "### Oracle against the truth, whole corpus",
            table(oracle_rows(rows, label)),
            "### Phenomena: rate asked and found, and the accuracy of naive rules and oracle where they fire",
            table(phenomena),
            "### Real against synthetic",
            real_against_synthetic(rows),
            "### Speed",
            f"{fast['reports']} reports in {fast['seconds']:.1f} s on one core ({fast['reports a second']:.0f} a second).",
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
