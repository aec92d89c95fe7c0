"""One final verdict per claim, the same on every page: from everything that is recorded, corrected for the number of tests.

Judging every claim takes about half a minute. The verdicts are therefore kept in this machine's store, under a key of all that
can change them, and read by the next page.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import astuple
from math import isnan, nan
from pathlib import Path
from types import SimpleNamespace

from pathmtl import cohort
from pathmtl.analysis import registry, wording
from pathmtl.experiments import store
from pathmtl.experiments.data import bundled
from pathmtl.experiments.evidence import measured_by, measured_on_pages, recorded_evidence
from pathmtl.experiments.results import TableResult, recorded
from pathmtl.paper.claims import CLAIMS, corrected, verdicts_on
from pathmtl.paper.evidence import Evidence, Measured, Verdict
from pathmtl.review import review_list
from pathmtl.schema import PAPER_TASKS, TASKS

#: Bootstrap resamples behind a final verdict (``book/verdicts.md``).
RESAMPLES = 2000
#: Wordings that the paper blames, and the tasks that each affects, as the generator defines them.
BLAMED = {
    "prior_stage_history": ("T", "N"),
    "nuclear_grade_beside": ("grade",),
    "her2_equivocal_wording": ("HER2",),
    "negated_malignancy": ("T",),
    "ocr_noise": PAPER_TASKS,
}
_PACKAGE = Path(__file__).resolve().parents[1]
#: What can change a verdict beside the recorded files and the bundled reports.
_SOURCES = ("analysis", "baselines", "experiments", "oracle", "paper", "review", "cohort.py", "prompt.py", "schema.py")


def measured_on_answers(table1: TableResult, *, resamples: int = RESAMPLES) -> dict[str, Measured]:
    """What the answers of Table I's model show about single wordings and about the order of a review list, by claim id.

    Parameters
    ----------
    table1 : TableResult
        The rows naive and lora of labeled reports; without them nothing is measured.
    resamples : int
        Bootstrap resamples behind each interval.
    """
    if not {"lora", "naive"} <= set(table1.outcomes) or not table1.labeled:
        return {}
    found = review_list.tested(review_list.answer_table(table1.reports, table1["lora"].predictions), resamples=resamples)
    phenomena = {name: SimpleNamespace(tasks=tasks) for name, tasks in BLAMED.items()}
    if wording.records_phenomena(table1.reports, phenomena):
        frames = {row: table1.predictions()[row] for row in ("naive", "lora")}
        found |= wording.tested(table1.reports, frames, phenomena, resamples=resamples)
    return measured_by(found)


def everything_recorded(*, resamples: int = RESAMPLES) -> Evidence:
    """All recorded evidence: runs, those trained longer, the bundled labels, real reports, and what pages measured."""
    real = registry.recorded(store.results() / registry.RECORD)
    measured = {
        **measured_on_pages(store.results()),
        **measured_on_answers(recorded("table1"), resamples=resamples),
        **(measured_by(registry.tested(real)) if real else {}),
    }
    return recorded_evidence(labels=bundled()[list(TASKS)], measured=measured, resamples=resamples)


def final_verdicts(*, resamples: int = RESAMPLES) -> Mapping[str, Verdict]:
    """The final verdict of each claim, by claim id: judged on everything recorded, then corrected for the number of tests.

    Parameters
    ----------
    resamples : int
        Bootstrap resamples; another number than the default is for tests.
    """
    path, key = store.live() / "final_verdicts.json", _key(resamples)
    if path.exists():
        known = json.loads(path.read_text(encoding="utf-8"))
        if known["key"] == key:
            return {name: Verdict(*each, nan if p is None else p) for name, (*each, p) in known["verdicts"].items()}
    evidence = everything_recorded(resamples=resamples)
    found = dict(zip([claim.id for claim in CLAIMS], corrected(verdicts_on(CLAIMS, evidence)), strict=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = {name: [*astuple(each)[:-1], None if isnan(each.p) else each.p] for name, each in found.items()}
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    partial.write_text(json.dumps({"key": key, "verdicts": lines}, ensure_ascii=False, indent=1), encoding="utf-8")
    partial.replace(path)
    return found


def _key(resamples: int) -> str:
    """Hash of the recorded files, the bundled reports, and the code that judges them."""
    digest = hashlib.sha256(str(resamples).encode())
    files = [cohort.BUNDLED_FILE, *(path for path in sorted(store.results().rglob("*")) if path.is_file())]
    for source in _SOURCES:
        path = _PACKAGE / source
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    for file in files:
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]
