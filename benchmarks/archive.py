"""The paper's archive in size: 285,033 reports through each step, and what that means for more machines.

    python benchmarks/archive.py make --reports 285033 --folder ARCHIVE      # Parquet partitions of 5,000 reports
    python benchmarks/archive.py run label --folder ARCHIVE [--dask local:2] # also deidentify; stopped, it resumes
    python benchmarks/archive.py rates [--record]    # reports/s of one core for each step, on a sample

The archive is the bundled synthetic corpus over and over, each time under other ids, so that it costs nothing to make; no step
remembers a text. ``run`` prints what one line of it prints: reports, seconds of this call, the rate. ``rates`` counts seconds of
the processor, not of the clock; ``--record`` writes them to book/results/archive.json, which the book's chapter reads.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import pandas as pd  # noqa: E402

from pathmtl import oracle  # noqa: E402
from pathmtl.cohort import BUNDLED, read_reports  # noqa: E402
from pathmtl.deid.deidentify import deidentify  # noqa: E402
from pathmtl.documents.document import ExtractionSettings  # noqa: E402
from pathmtl.documents.isolation import Bounds, Worker  # noqa: E402
from pathmtl.prepare import prepare  # noqa: E402
from pathmtl.review.document_quality import BUNDLED_PDFS  # noqa: E402
from pathmtl.stream import stream  # noqa: E402

RECORDED = ROOT / "book" / "results" / "archive.json"
PART = 5000


def make(folder: Path, reports: int) -> None:
    """Write the archive; partitions that are there already are left."""
    corpus = read_reports(BUNDLED)[["report_id", "patient_id", "cancer_type", "text"]]
    folder.mkdir(parents=True, exist_ok=True)
    for number, start in enumerate(range(0, reports, PART)):
        rows = range(start, min(start + PART, reports))
        part = corpus.iloc[[row % len(corpus) for row in rows]].reset_index(drop=True)
        time_over = pd.Series([f"{row // len(corpus):02d}-" for row in rows])
        part = part.assign(report_id=time_over + part["report_id"], patient_id=time_over + part["patient_id"])
        target = folder / f"part-{number:05}.parquet"
        if not target.exists():
            part.to_parquet(target, index=False)
    print(f"{reports:,} reports in {len(list(folder.glob('*.parquet')))} partitions -> {folder}")


def labeled(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    return oracle.label_reports(table).assign(report_id=table["report_id"]), 0


def cleaned(table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    results = [deidentify(text) for text in table["text"]]
    return table.assign(text=[result.text for result in results]), sum(len(result.redactions) for result in results)


STEPS = {"label": labeled, "deidentify": cleaned}


def run(step: str, folder: Path, dask: str | None) -> None:
    out = folder.parent / f"{folder.name}-{step}.parquet"
    began = time.perf_counter()
    done = stream(folder, out, STEPS[step], name=step, dask=dask, say=lambda line: print(line, file=sys.stderr))
    seconds = time.perf_counter() - began
    new = done.rows - done.resumed
    print(
        f"{step}: {done.rows:,} reports, {new:,} of them in this call, {seconds:,.0f} s, {new / seconds:,.0f} reports/s -> {out}"
    )


def rates(sample: int) -> dict[str, object]:
    """Reports (extract: documents) per second of one core."""
    corpus = read_reports(BUNDLED).iloc[:sample]
    found: dict[str, float] = {}
    for name, step in STEPS.items():
        step(corpus.iloc[:50])
        start = time.process_time()
        step(corpus)
        found[name] = len(corpus) / (time.process_time() - start)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "reports.csv"
        corpus.to_csv(source, index=False)
        start = time.process_time()
        prepare(source, Path(folder) / "cohort", progress=False)
        found["prepare"] = len(corpus) / (time.process_time() - start)
        start = time.process_time()
        stream(source, Path(folder) / "copy.csv", lambda table: (table[["report_id"]], 0), name="reading", progress=False)
        found["read and write"] = len(corpus) / (time.process_time() - start)
    paths = sorted(BUNDLED_PDFS.glob("*.pdf"))[:20]
    with Worker(Bounds()) as worker:
        import psutil

        settings = ExtractionSettings(ocr="never")
        worker.read(paths[0], settings)
        used = psutil.Process(worker.pid).cpu_times()
        for path in paths:
            worker.read(path, settings)
        now = psutil.Process(worker.pid).cpu_times()
        found["extract, native text"] = len(paths) / (now.user + now.system - used.user - used.system)
    return {"sample": sample, "processor": platform.processor() or platform.machine(), "reports_per_core_second": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="what", required=True)
    for name in ("make", "run", "rates"):
        command = commands.add_parser(name)
        if name == "run":
            command.add_argument("step", choices=STEPS)
            command.add_argument("--dask")
        if name == "rates":
            command.add_argument("--sample", type=int, default=1000)
            command.add_argument("--record", action="store_true")
        else:
            command.add_argument("--folder", type=Path, required=True)
            command.add_argument("--reports", type=int, default=285_033)
    args = parser.parse_args()
    if args.what == "make":
        make(args.folder, args.reports)
    elif args.what == "run":
        run(args.step, args.folder, args.dask)
    else:
        found = rates(args.sample)
        print(json.dumps(found, indent=1))
        if args.record:
            RECORDED.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
