"""Measure extraction: fidelity, speed and robustness.

    python benchmarks/extract.py similarity     # the letter as digital, scanned and wrong-text-layer PDF, against its text
    python benchmarks/extract.py scans          # OCR of the TCGA scans against the text layer that they carry; pages/s a core
    python benchmarks/extract.py speed          # pages/s a core of the native engines
    python benchmarks/extract.py mutated        # 2,000 injured PDFs: how each ended, the slowest, processes left behind
    python benchmarks/extract.py record --batch READ   # what EasyOCR read off the bundled PDFs -> book/results/

``record`` takes the folder of `pathmtl extract data_synthetic/pdfs --ocr always --out READ`, which can be stopped and resumed.

The real documents are found through PATHMTL_REAL (default: ../shared/real beside the repository). OCR takes 10-60 s a page
on two cores: similarity about 2 minutes, scans about 8, ``--only NAME`` one document of them. Figures only: no text is printed.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd
import psutil

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import extract_samples as samples  # noqa: E402

from pathmtl.documents.batch import read_batch  # noqa: E402
from pathmtl.documents.document import ExtractionSettings  # noqa: E402
from pathmtl.documents.extract import extract_document, extract_folder  # noqa: E402
from pathmtl.documents.fidelity import similarity, word_f1  # noqa: E402
from pathmtl.documents.isolation import Bounds, Worker  # noqa: E402
from pathmtl.review.document_quality import RECORDED_OCR, bundled_pdfs, by_kind, compare, recorded_ocr  # noqa: E402

PDFS = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "pdfs"
LETTER = "9874562"


def wanted(name: str, only: str) -> bool:
    return not only or name == only


def measure_similarity(dpi: int, only: str) -> pd.DataFrame:
    truth = (PDFS / f"{LETTER}.txt").read_text("utf-8")
    rows = []
    for name, target in (("text", 0.98), ("notext", 0.93), ("misleading_text", 0.93)):
        if not wanted(name, only):
            continue
        document = extract_document(PDFS / f"{LETTER}_{name}.pdf", ExtractionSettings(dpi=dpi))
        rows.append(
            {
                "document": name,
                "engines": ";".join(page.engine for page in document.pages),
                "wanted": target,
                "similarity": similarity(document.text, truth),
                "seconds": document.seconds,
                "status": document.status,
                "why": " | ".join(dict.fromkeys(page.reason for page in document.pages)),
            }
        )
        print(f"  {name}: {rows[-1]['similarity']:.4f} in {document.seconds:.0f} s", file=sys.stderr, flush=True)
    return pd.DataFrame(rows)


def measure_scans(dpi: int, only: str) -> pd.DataFrame:
    rows = []
    with Worker(Bounds(ocr_timeout=600)) as worker:
        for path in sorted(PDFS.glob("*.pdf")):
            if path.name.startswith(LETTER) or not wanted(path.stem, only):
                continue
            layer = worker.read(path, ExtractionSettings(ocr="never"))
            assert worker.pid is not None
            before = psutil.Process(worker.pid).cpu_times().user
            ocr = worker.read(path, ExtractionSettings(ocr="always", dpi=dpi))
            spent = psutil.Process(worker.pid).cpu_times().user - before
            texts = ["\n".join(page.text for page in reading.pages) for reading in (ocr, layer)]
            rows.append(
                {
                    "document": path.stem,
                    "pages": len(ocr.pages),
                    "word F1": word_f1(*texts),
                    "sequence": similarity(*texts),
                    "wall s": sum(page.seconds for page in ocr.pages),
                    "core s": spent,
                    "worker MiB": psutil.Process(worker.pid).memory_info().rss / 2**20,
                }
            )
            print(f"  {path.stem}: F1 {rows[-1]['word F1']:.3f}, {rows[-1]['wall s']:.0f} s", file=sys.stderr, flush=True)
    table = pd.DataFrame(rows)
    print(
        f"easyocr: {table['pages'].sum() / table['core s'].sum():.4f} pages/s a core, models' loading included; "
        f"mean word F1 {table['word F1'].mean():.3f}"
    )
    return table


def measure_speed(repeats: int) -> pd.DataFrame:
    """Native engines on the real PDFs, one core: wall seconds of reading pages, opening included."""
    rows = []
    with Worker(Bounds()) as worker:
        for engine in ("pypdf2", "pdfium"):
            paths = sorted(PDFS.glob("*.pdf"))
            worker.read(paths[0], ExtractionSettings(engine=engine, ocr="never"))  # imports
            start, pages = time.perf_counter(), 0
            for path in paths * repeats:
                pages += len(worker.read(path, ExtractionSettings(engine=engine, ocr="never")).pages)
            rows.append({"engine": engine, "pages": pages, "pages/s a core": pages / (time.perf_counter() - start)})
    return pd.DataFrame(rows)


def record(batch: Path) -> pd.DataFrame:
    """Write the batch's synthetic text where the notebook ``extraction`` finds it; mean similarity by kind."""
    reports, manifest = read_batch(batch)
    text = {report["path"]: report["text"] for report in reports}
    rows = [
        {
            "file": row["path"],
            "sha256": row["sha256"],
            "pages": int(row["pages"]),
            "seconds": float(row["seconds"]),
            "text": text[row["path"]],
        }
        for row in manifest
        if row["path"] in text and set(row["engine"].split(";")) <= {"easyocr", "none"}
    ]
    pdfs = bundled_pdfs()
    unknown = {row["file"] for row in rows} - set(pdfs["file"])
    if unknown or not rows:
        sys.exit(
            f"{batch} holds OCR of {len(rows)} documents, {len(unknown)} of them not bundled: give OCR of data_synthetic/pdfs"
        )
    RECORDED_OCR.parent.mkdir(parents=True, exist_ok=True)
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    RECORDED_OCR.write_bytes(gzip.compress(lines.encode("ascii"), mtime=0))
    stored = recorded_ocr(pdfs)
    pages, seconds = stored["pages"].sum(), stored["seconds"].sum()
    print(f"{len(stored)} of {len(pdfs)} documents, {pages} pages, {seconds / pages:.1f} s a page -> {RECORDED_OCR.name}")
    compared = compare(pdfs, dict(zip(stored["file"], stored["text"], strict=True)), "easyocr")
    return by_kind(compared).reset_index()


def seeds() -> list[bytes]:
    """What is injured: drawn PDFs (text, two pages, a scan, encrypted, packed) and the real ones where they are."""
    scan = samples.picture(samples.REPORT, size=(620, 877), points=13, left=40)
    drawn = [
        samples.pdf(1),
        samples.pdf(3),
        samples.pdf(1, lines=(), scan=scan),
        samples.pdf(1, scan=scan, hidden=True),
        samples.pdf(2, encrypt=samples.StandardEncryption("", ownerPassword="owner", strength=128)),
        samples.slow_pdf(1),
    ]
    return drawn + [path.read_bytes() for path in sorted(PDFS.glob("*.pdf"))]


def measure_mutated(count: int, seed: int, ocr: str) -> pd.DataFrame:
    rng = random.Random(seed)
    originals = seeds()
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        for engine in ("pypdf2", "pdfium"):
            part = Path(folder) / engine
            samples.write(part, {f"{i:05}.pdf": samples.mutated(rng.choice(originals), rng) for i in range(count // 2)})
            start = time.perf_counter()
            reports, manifest = extract_folder(
                part,
                ExtractionSettings(engine=engine, ocr=ocr, dpi=72),
                bounds=Bounds(timeout=10, ocr_timeout=120, memory_mb=4000),
            )
            assert len(manifest) == count // 2 and set(reports["report_id"]) <= {name[:-4] for name in manifest["path"]}
            tables.append(manifest.assign(asked=engine))
            print(
                f"{engine}: {count // 2} in {time.perf_counter() - start:.0f} s, slowest {manifest['seconds'].max():.1f} s, "
                f"fell back to pdfium {manifest['reason'].str.contains('PyPDF2 gave up|PyPDF2 failed|PyPDF2 cannot').sum()}"
            )
    left = [process for process in psutil.Process().children(recursive=True) if process.is_running()]
    print(f"processes left behind: {len(left)}")
    return pd.concat(tables).groupby(["asked", "status"]).size().unstack(fill_value=0).reset_index()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("similarity", "scans", "speed", "mutated", "record"))
    parser.add_argument("--dpi", type=int, default=200, help="of the pictures that OCR reads")
    parser.add_argument("--only", default="", metavar="NAME", help="one document of similarity or scans, as its table names it")
    parser.add_argument("--batch", type=Path, help="folder of the OCR to record")
    parser.add_argument("--count", type=int, default=2000, help="mutated PDFs")
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--ocr", default="never", help="for mutated PDFs; auto reads pictures too and takes seconds each")
    parser.add_argument("--repeats", type=int, default=10, help="rounds of the native engines")
    args = parser.parse_args()
    if args.what == "record" and args.batch is None:
        parser.error("record needs --batch")
    if args.what in ("similarity", "scans", "speed") and not PDFS.is_dir():
        sys.exit(f"{PDFS} is not there: set PATHMTL_REAL to the folder that holds pdfs/")
    measure = {
        "similarity": lambda: measure_similarity(args.dpi, args.only),
        "scans": lambda: measure_scans(args.dpi, args.only),
        "speed": lambda: measure_speed(args.repeats),
        "record": lambda: record(args.batch),
        "mutated": lambda: measure_mutated(args.count, args.seed, args.ocr),
    }
    print(measure[args.what]().to_string(index=False, float_format="{:.4f}".format))


if __name__ == "__main__":
    main()
