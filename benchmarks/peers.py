"""The oracle beside other rule engines, in one run: labels on real reports, and reports a second.

    pip install edsnlp medspacy faker && pip install --no-deps openmed && pip install -U spacy   # in an environment of its own
    python benchmarks/peers.py [--reports N] [--passes 3]

Peers: edsnlp's ``eds.tnm``, medspaCy (ConText, one target rule per task) and openmed's TNM extractor. They read T, N and M only;
ER, PR, HER2 and grade have no peer among them. A peer that is not installed is named and left out. The reports are found through
PATHMTL_REAL: the 508 with registry labels (coverage and accuracy of what is answered) and, of those, the hand-annotated ones
(recall and precision of stated values; a T that is stated only as a size is set aside). Figures only: no text is printed.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import importlib.util
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))

from oracle import REPORTS, Labels, score, speed

from pathmtl import schema
from pathmtl.oracle.engine import label

GOLD = REPORTS.with_name("stated_gold_dev.csv")


def ours() -> Callable[[str], Labels]:
    """The oracle, all seven tasks."""
    return label


def eds_tnm() -> Callable[[str], Labels]:
    """The first T, N and M that edsnlp's ``eds.tnm`` finds."""
    import edsnlp

    nlp = edsnlp.blank("eds")
    nlp.add_pipe("eds.sentences")
    nlp.add_pipe("eds.tnm")

    def read(text: str) -> Labels:
        labels: Labels = {}
        for span in nlp(text).spans.get("tnm", []):
            code = span._.tnm.norm() if hasattr(span._, "tnm") and hasattr(span._.tnm, "norm") else span.text
            for task, digit in re.findall(r"([TNM])\s?(is|[0-4])", code):
                labels.setdefault(task, task + digit)
        return labels

    return read


def medspacy_rules() -> Callable[[str], Labels]:
    """medspaCy with ConText and one target rule per task; the first code that is neither historical nor negated."""
    import medspacy
    from loguru import logger
    from medspacy.ner import TargetRule

    logger.disable("PyRuSH")  # logs every sentence: slow, and no text may be printed
    nlp = medspacy.load()
    nlp.get_pipe("medspacy_target_matcher").add(
        [
            TargetRule("stage T", "T", pattern=r"\bp?T\s?(?:is|[0-4])[a-d]?\b"),
            TargetRule("stage N", "N", pattern=r"\bp?N\s?[0-3][a-c]?\b"),
            TargetRule("stage M", "M", pattern=r"\bp?M\s?[01]"),
        ]
    )

    def read(text: str) -> Labels:
        labels: Labels = {}
        for span in nlp(text).ents:
            digit = re.search(r"is|[0-4]", span.text)
            if digit and not span._.is_negated and not span._.is_historical:
                labels.setdefault(span.label_, span.label_ + digit[0])
        return labels

    return read


def openmed_tnm() -> Callable[[str], Labels]:
    """openmed's deterministic TNM extractor (no model); one descriptor per report."""
    from openmed.clinical.cancer_staging import parse_tnm

    def read(text: str) -> Labels:
        stage = parse_tnm(text)
        values = {task: stage[f"{task.lower()}_category"] for task in ("T", "N", "M")}
        return {task: value for task, value in values.items() if value in schema.CLASSES[task]}

    return read


SYSTEMS: dict[str, tuple[str, Callable[[], Callable[[str], Labels]]]] = {
    "pathmtl oracle": ("pathmtl", ours),
    "edsnlp eds.tnm": ("edsnlp", eds_tnm),
    "medspaCy rules": ("medspacy", medspacy_rules),
    "openmed parse_tnm": ("openmed", openmed_tnm),
}


def on_gold(gold: pd.DataFrame, answers: Sequence[Labels], system: str) -> list[dict[str, object]]:
    """One row per task: recall of what the reports state, and precision of the answers where an annotator read the report."""
    rows = []
    for task in schema.TASKS:
        pairs = [
            (stated, answer.get(task))
            for stated, basis, answer in zip(gold[task], gold[f"{task}_basis"], answers, strict=True)
            if basis != "size"
        ]
        right = sum(stated == value for stated, value in pairs if stated)
        stated, given = sum(bool(stated) for stated, _ in pairs), sum(bool(value) for _, value in pairs)
        if given:
            rows.append(
                {"system": system, "task": task, "stated": stated, "recall": right / max(stated, 1), "precision": right / given}
            )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passes", type=int, default=3, help="passes of the speed measurement (default 3)")
    parser.add_argument("--reports", type=int, help="measure speed on the first N reports only")
    arguments = parser.parse_args()
    if not REPORTS.exists():
        sys.exit(f"{REPORTS.name}: not found; set PATHMTL_REAL to the folder that holds it")
    table = pd.read_csv(REPORTS, dtype=str, keep_default_na=False)
    gold = pd.read_csv(GOLD, dtype=str, keep_default_na=False) if GOLD.exists() else None
    texts = list(table["text"])
    labeled, stated, speeds = [], [], []
    for name, (package, make) in SYSTEMS.items():
        if not importlib.util.find_spec(package):
            print(f"{name}: not installed, not measured")
            continue
        read = make()
        answers = [read(text) for text in texts]
        labeled += score(table, answers, "all", name)
        if gold is not None:
            by_id = dict(zip(table["report_id"], answers, strict=True))
            stated += on_gold(gold, [by_id[one] for one in gold["report_id"]], name)
        pace = speed(read, texts[: arguments.reports], arguments.passes)
        speeds.append({"system": name, "version": importlib.metadata.version(package), "reports/s a core": round(pace, 1)})
    columns = ["system", "task", "labeled", "coverage", "accuracy"]
    print(f"\nRegistry labels, {len(table)} reports\n{pd.DataFrame(labeled)[columns].round(3).to_string(index=False)}")
    if gold is not None:
        print(f"\nStated values, {len(gold)} annotated reports\n{pd.DataFrame(stated).round(3).to_string(index=False)}")
    print(f"\nSpeed\n{pd.DataFrame(speeds).to_string(index=False)}")


if __name__ == "__main__":
    main()
