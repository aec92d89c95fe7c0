"""The paper's phase (a) and section IV-A in one function: from documents or a table of reports to a cohort to train on.

Extract, de-identify, segment by site, label, consolidate by patient, prune reports without a staging variable, split; each
step is counted, as the paper counts 285,033 reports before and 10,677 after.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import pandas as pd

from pathmtl import consolidate as patients
from pathmtl import oracle
from pathmtl.cohort import BUNDLED, BUNDLED_FILE, COHORT, FLOW, SPLITS, ReportsError, split
from pathmtl.csv_file import csv_text
from pathmtl.deid.deidentify import deidentify
from pathmtl.documents.batch import is_batch
from pathmtl.documents.document import ExtractionSettings
from pathmtl.documents.extract import extract_folder
from pathmtl.files import atomic_write, atomic_writer
from pathmtl.schema import BIOMARKERS, TASKS
from pathmtl.sites import SIDES, by_side
from pathmtl.stream import CHUNK, rules_digest, stream
from pathmtl.tables.table_file import partitions, raw_chunks

#: Work that is not finished, inside the cohort's folder; removed at the end, because it holds unaltered reports and dates.
UNFINISHED = "unfinished"
_DECIDING = ("consolidate.py", "cohort.py", "dates.py", "prepare.py", "sites.py")
#: Columns of a source that a cohort needs; others may name a person and are left out.
_TAKEN = ("patient_id", "cancer_type", "date", "side", "kind", "split")
_COUNTED = ("identifiers", "sides")


@dataclass(frozen=True)
class Step:
    """One step: how many of what went in and came out, and what else was counted."""

    name: str
    before: int
    after: int
    unit: str
    counts: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Prepared:
    """A finished cohort.

    Attributes
    ----------
    folder : Path
        Holds ``cohort.csv.gz`` and ``flow.json``; ``cohort.read_reports`` reads it.
    steps : tuple of Step
        In order.
    consolidated : dict
        Biomarker -> ``values`` in the cohort, and how many of them the report's own text does ``not_in_text`` hold.
    """

    folder: Path
    steps: tuple[Step, ...]
    consolidated: dict[str, dict[str, int]]


def prepare(
    source: str | Path,
    out: str | Path,
    *,
    ocr: str = "auto",
    horizon: int | None = patients.HORIZON,
    seed: int = 42,
    progress: bool = True,
    say: Callable[[str], None] = lambda line: None,
    dask: str | None = None,
) -> Prepared:
    """Make a cohort from reports (paper, Figure 1 phase (a), and section IV-A).

    Stopped or killed, it resumes when called again with the same arguments; finished, it returns at once. A table is worked on
    in constant memory but for the labels; a folder of documents holds its texts in memory.

    Parameters
    ----------
    source : str or Path
        As for ``cohort.read_reports``. Labels in it are not used.
    out : str or Path
        Folder for the cohort: new, or of an earlier call. It gets ``cohort.csv.gz`` (one row per report, or per side of a report
        that stages both sides: de-identified text, labels, split, and where each consolidated value is from) and ``flow.json``.
    ocr : {"auto", "always", "never"}
        When to read a page as a picture.
    horizon : int or None
        Reports of a patient more days apart than this share no biomarkers.
    seed : int
        Seed of the split.
    progress : bool
        Show progress bars.
    say : callable, optional
        Receives a line when work is resumed or a step could not be done.
    dask : str, optional
        Extract, de-identify and label on this cluster (``scale.cluster``); the cohort is the same.

    Returns
    -------
    Prepared
        The folder and the counts of each step.

    Raises
    ------
    ReportsError
        The source cannot be used, or no report states a staging variable.
    ValueError
        ``out`` is a file, a folder of something else, or inside the source; or a date cannot be read.
    """
    out, source = Path(out), str(source)
    _check_folder(out, source)
    key = _key(source, ocr, horizon, seed)
    if (done := _finished(out, key)) is not None:
        say(f"{out} is complete already")
        return done
    work = out / UNFINISHED
    work.mkdir(parents=True, exist_ok=True)
    steps, read_from = [], source
    if source != BUNDLED and Path(source).is_dir() and not is_batch(Path(source)) and not partitions(Path(source)):
        read_from = work / "extracted"
        reports, manifest = extract_folder(source, ExtractionSettings(ocr=ocr), out=read_from, progress=progress, dask=dask)
        statuses = {str(status): int(count) for status, count in manifest["status"].value_counts().items()}
        steps.append(Step("Extract the text", len(manifest), len(reports), "documents", statuses))
    labeled = work / f"labeled-{key}.csv"
    if not labeled.exists():
        options = {"prepare": key}
        stream(read_from, labeled, _labeled, name="preparing", options=options, ocr=ocr, progress=progress, say=say, dask=dask)
    table, counted = _without_text(labeled)
    steps += counted
    try:
        filled, provenance = patients.consolidate(table, horizon=horizon)
    except ValueError as error:
        raise ValueError(f"{source}: {error}") from None
    added = {f"{task} added": int(filled[task].notna().sum() - table[task].notna().sum()) for task in BIOMARKERS}
    steps.append(Step("Consolidate by patient", len(table), len(filled), "rows", added))
    cohort = patients.informative(filled)
    if cohort.empty:
        raise ReportsError(f"reports: {source} has no report that states T, N, M or grade; nothing is left after pruning")
    stated = {task: int(cohort[task].notna().sum()) for task in TASKS}
    steps.append(Step("Prune those without T, N, M or grade", len(filled), len(cohort), "rows", stated))
    cohort = cohort.join(patients.sources(cohort, provenance))
    try:
        cohort = cohort.assign(split=split(cohort, seed))
        parts = {part: int((cohort["split"] == part).sum()) for part in SPLITS}
        steps.append(Step("Split by patient", len(cohort), len(cohort), "rows", parts))
    except ReportsError as error:
        say(f"not split: {error}")
    done = Prepared(out, tuple(steps), _outside(cohort, provenance))
    _write(cohort.drop(columns=["date", *_COUNTED], errors="ignore"), labeled, out / COHORT)
    atomic_write(out / FLOW, json.dumps({"key": key, **_plain(done)}, indent=2))
    shutil.rmtree(work)
    return done


def read_flow(folder: str | Path) -> Prepared:
    """Return the counts of a finished cohort.

    Raises
    ------
    FileNotFoundError
        ``folder`` holds no finished cohort.
    """
    stored = json.loads((Path(folder) / FLOW).read_text("utf-8"))
    return Prepared(Path(folder), tuple(Step(**step) for step in stored["steps"]), stored["consolidated"])


def _labeled(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """De-identified, segmented and labeled rows of a chunk of reports; counts the identifiers replaced."""
    rows, replaced = [], 0
    for report in table.to_dict("records"):
        clean = deidentify(report["text"])
        replaced += len(clean.redactions)
        given = str(report.get("side") or "").strip().lower()
        parts = by_side(clean.text)
        sides = len(parts)
        if len(parts) > 1 and given in SIDES:
            parts = [part for part in parts if part[0] == given]
        for number, (side, text) in enumerate(parts):
            about = side or (given if given in SIDES else patients.report_side(text) or "")
            rows.append(
                {
                    "report_id": f"{report['report_id']}-{side}" if len(parts) > 1 else report["report_id"],
                    "source_report": report["report_id"],
                    **{name: _text_of(report.get(name)) for name in _TAKEN},
                    "side": about,
                    "identifiers": 0 if number else len(clean.redactions),
                    "sides": 0 if number else sides,
                    **oracle.label(text),
                    "text": text,
                }
            )
    return pd.DataFrame(rows), replaced


def _text_of(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _without_text(labeled: Path) -> tuple[pd.DataFrame, list[Step]]:
    """The labeled rows without their texts, as ``consolidate`` needs them, and the counts of the steps that made them."""
    wanted = ["report_id", "source_report", *_TAKEN, *_COUNTED, *TASKS]
    table = pd.concat(raw_chunks(labeled, 10 * CHUNK, wanted), ignore_index=True)
    for name in TASKS:
        table[name] = table[name].where(table[name] != "", None).astype(object)
    table["patient_id"] = table["patient_id"].where(table["patient_id"] != "", table["source_report"])
    if not (table["split"] != "").all():
        table = table.drop(columns="split")
    reports = table["source_report"].nunique()
    both = int((table["sides"] == "2").sum())
    of_seven = table[list(TASKS)].notna()
    stated = {"state at least one": int(of_seven.any(axis=1).sum())}
    return table, [
        Step("De-identify", reports, reports, "reports", {"identifiers replaced": int(table["identifiers"].astype(int).sum())}),
        Step("Segment by site", reports, len(table), "rows", {"on both sides": both}),
        Step("Label with the oracle", len(table), len(table), "rows", stated),
    ]


def _outside(cohort: pd.DataFrame, provenance: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Per biomarker, the cohort's values, and those that come from another report of the patient."""
    taken = provenance[provenance["value"].notna() & (provenance["source_id"] != provenance["report_id"])]
    here = taken[taken["report_id"].isin(cohort["report_id"])]["task"].value_counts()
    return {task: {"values": int(cohort[task].notna().sum()), "not_in_text": int(here.get(task, 0))} for task in BIOMARKERS}


def _write(cohort: pd.DataFrame, labeled: Path, target: Path) -> None:
    """Write the rows of ``cohort`` with their texts, chunk by chunk."""
    with atomic_writer(target) as raw, gzip.GzipFile("", "wb", fileobj=raw, mtime=0) as sink:
        for number, chunk in enumerate(_texts_of(cohort, labeled)):
            sink.write(csv_text(chunk, header=not number).encode())


def _texts_of(cohort: pd.DataFrame, labeled: Path) -> Iterator[pd.DataFrame]:
    by_id = cohort.set_index("report_id", drop=False)
    for texts in raw_chunks(labeled, CHUNK, ["report_id", "text"]):
        left = texts[texts["report_id"].isin(by_id.index)]
        if len(left):
            yield by_id.loc[left["report_id"]].assign(text=left["text"].to_numpy())


def _check_folder(out: Path, source: str) -> None:
    if out.exists() and not out.is_dir():
        raise ValueError(f"--out {out} is a file; name a folder")
    ours = {COHORT, FLOW, UNFINISHED}
    if out.is_dir() and (others := sorted(path.name for path in out.iterdir() if path.name not in ours)):
        raise ValueError(f"--out {out} holds other files ({others[0]}); name a new folder")
    path = Path(source).expanduser()
    if source != BUNDLED and path.exists() and out.resolve().is_relative_to(path.resolve()):
        raise ValueError(f"--out {out} is inside the reports; name a folder elsewhere")


def _key(source: str, ocr: str, horizon: int | None, seed: int) -> str:
    """Digest of the source's files (names, sizes, times), the options and the code that decides the cohort."""
    path = BUNDLED_FILE if source == BUNDLED else Path(source).expanduser()
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path] if path.exists() else []
    listed = [(str(file.resolve()), file.stat().st_size, file.stat().st_mtime_ns) for file in files]
    content = [source, listed, ocr, horizon, seed, rules_digest(*_DECIDING)]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]


def _finished(out: Path, key: str) -> Prepared | None:
    if not ((out / FLOW).is_file() and (out / COHORT).is_file()):
        return None
    return read_flow(out) if json.loads((out / FLOW).read_text("utf-8"))["key"] == key else None


def _plain(done: Prepared) -> dict[str, object]:
    return {"steps": [asdict(step) for step in done.steps], "consolidated": done.consolidated}
