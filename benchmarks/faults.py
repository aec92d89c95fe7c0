"""Hard faults: injured and hostile files, kills at random moments. Prints counts; any fault ends it with exit code 1.

    python benchmarks/faults.py mutated --count 10000 --seconds 600  # injured PDF, JPEG, TIFF, DOCX, RTF and XLSX files, no OCR
    python benchmarks/faults.py hostile                              # bombs, nests, 10,000 pages: how each ended, and how soon
    python benchmarks/faults.py kills extract label prepare --count 20   # killed at a random moment, resumed, compared
    python benchmarks/faults.py kills train --count 3                # the same at smoke size

A fault is: an error that is no clear refusal, a file that takes more than its limit, a process left behind, or a result after a
kill and a resume that is not that of an unbroken run.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import multiprocessing
import os
import random
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import extract_samples as samples  # noqa: E402
import openpyxl  # noqa: E402
import pandas as pd  # noqa: E402
import psutil  # noqa: E402
from docx import Document  # noqa: E402
from PIL import Image  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

from pathmtl.cli.commands import app  # noqa: E402
from pathmtl.documents.document import ExtractionSettings  # noqa: E402
from pathmtl.documents.extract import extract_folder  # noqa: E402
from pathmtl.documents.isolation import Bounds  # noqa: E402
from pathmtl.tables.columns import ReportsError  # noqa: E402
from pathmtl.tables.table_file import raw_chunks  # noqa: E402

BOUNDS = Bounds(timeout=20, memory_mb=2000)
TEXT = "FINAL DIAGNOSIS: Left breast, invasive carcinoma, Nottingham grade 2.\nStage: pT2 pN1a. ER positive (95%)."


def saved(save: Callable[[io.BytesIO], object]) -> bytes:
    buffer = io.BytesIO()
    save(buffer)
    return buffer.getvalue()


def word() -> bytes:
    document = Document()
    document.add_paragraph(TEXT)
    document.add_table(2, 2).cell(0, 0).text = "pT2"
    return saved(document.save)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    for row in [("report_id", "text", "size"), *((f"r{i}", TEXT, i) for i in range(20)), ("f", TEXT, "=1+1")]:
        book.active.append(row)
    return saved(book.save)


def originals() -> dict[str, list[bytes]]:
    scan = samples.picture(samples.REPORT, size=(310, 438), points=7, left=20)
    return {
        "pdf": [samples.pdf(1), samples.pdf(3), samples.pdf(1, scan=scan, hidden=True), samples.slow_pdf(1)],
        "jpeg": [saved(lambda file: scan.save(file, "JPEG"))],
        "tiff": [saved(lambda file: scan.save(file, "TIFF", save_all=True, append_images=[scan]))],
        "docx": [word()],
        "rtf": [rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}\f0 " + TEXT.replace("\n", r"\par ").encode() + rb"\u8805?{\pict abcd}}"],
        "xlsx": [workbook()],
    }


def mutated(count: int, seconds: float, seed: int) -> int:
    rng, began = random.Random(seed), time.monotonic()
    pool, done, faults = originals(), 0, 0
    counts: Counter[tuple[str, str]] = Counter()
    slowest = 0.0
    while done < count and time.monotonic() - began < seconds:
        with tempfile.TemporaryDirectory() as folder:
            size = min(300, count - done)
            kinds = [list(pool)[(done + i) % len(pool)] for i in range(size)]
            files = {f"{i:04}.{kind}": samples.mutated(rng.choice(pool[kind]), rng) for i, kind in enumerate(kinds)}
            path = samples.write(Path(folder), files)
            settings = ExtractionSettings(ocr="never", engine=rng.choice(["pypdf2", "pdfium"]))
            reports, manifest = extract_folder(path, settings, bounds=BOUNDS, progress=False)
            faults += len(manifest) != size or not set(reports["report_id"]) <= {Path(name).stem for name in files}
            for row in manifest.itertuples():
                kind = row.path[-4:].strip(".")
                if kind != "xlsx":  # a table, which a folder of documents does not hold
                    counts[kind, row.status] += 1
                    slowest = max(slowest, row.seconds)
            for name in (name for name in files if name.endswith("xlsx")):
                start = time.perf_counter()
                try:
                    list(raw_chunks(path / name, None))
                    ended = "ok"
                except ReportsError:
                    ended = "refused"
                except Exception as error:  # what a user would see as a traceback
                    ended, faults = f"FAULT {type(error).__name__}", faults + 1
                counts["xlsx", ended] += 1
                slowest = max(slowest, time.perf_counter() - start)
            done += size
    left = len(psutil.Process().children(recursive=True))
    table = pd.Series(counts).unstack(fill_value=0)
    late = int(table["timeout"].sum()) if "timeout" in table else 0
    print(table.to_string())
    print(
        f"mutated: {done:,} files in {time.monotonic() - began:,.0f} s, slowest {slowest:.1f} s, "
        f"{late} over {BOUNDS.timeout:g} s, processes left behind {left}, faults {faults + left}"
    )
    return faults + left


def many_pages(count: int) -> bytes:
    """A PDF of ``count`` pages that share one content."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Length 0>>stream\n\nendstream"]
    objects += [b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 3 0 R>>"] * count
    kids = b" ".join(b"%d 0 R" % (number + 4) for number in range(count))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids)
    return b"%PDF-1.4\n" + b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, 1)) + b"trailer<</Root 1 0 R>>"


def packed(**parts: bytes) -> bytes:
    def save(buffer: io.BytesIO) -> None:
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in parts.items():
                archive.writestr(name.replace("__", "/") + ".xml", data)

    return saved(save)


def hostile_files() -> dict[str, bytes]:
    frame, huge = Image.new("1", (8, 8), 1), Image.new("1", (20_000, 20_000), 1)
    deep = b"<w:tbl>" * 50_000
    return {
        "pages.pdf": many_pages(10_000),
        "nested.pdf": samples.nested_pdf(),
        "bomb.pdf": samples.bomb_pdf(640),
        "bomb.png": saved(lambda file: huge.save(file, "PNG")),
        "frames.tiff": saved(lambda file: frame.save(file, "TIFF", save_all=True, append_images=[frame] * 999)),
        "bomb.docx": packed(word__document=b"0" * 300_000_000),
        "deep.docx": packed(word__document=b"<w:document>" + deep),
        "deep.rtf": rb"{\rtf1" + b"{" * 1_000_000 + b"x" + b"}" * 1_000_000 + b"}",
        "binary.rtf": rb"{\rtf1 \bin999999999 x}",
        "long.txt": b"word " * 1_000_000,
    }


def hostile() -> int:
    with tempfile.TemporaryDirectory() as folder:
        path = samples.write(Path(folder) / "in", hostile_files())
        os.symlink("/etc/hostname", path / "link.txt")
        reports, manifest = extract_folder(path, ExtractionSettings(ocr="never"), bounds=BOUNDS, progress=False)
        xlsx = Path(folder) / "bomb.xlsx"
        xlsx.write_bytes(packed(xl__workbook=b"0" * 300_000_000))
        try:
            list(raw_chunks(xlsx, None))
            ended = "FAULT: read"
        except ReportsError as error:
            ended = "refused: " + str(error).split("; ")[0].rsplit("xlsx ")[-1]
    print(manifest[["path", "status", "seconds", "reason"]].to_string(index=False, max_colwidth=70))
    print(f"bomb.xlsx {ended}")
    left = len(psutil.Process().children(recursive=True))
    faults = int((manifest["seconds"] > 2 * BOUNDS.timeout + 10).sum()) + left + ended.startswith("FAULT") + (len(reports) > 2)
    slowest = manifest["seconds"].max()
    print(f"hostile: {len(manifest) + 1} files, slowest {slowest:.1f} s, processes left behind {left}, faults {faults}")
    return faults


def digest(path: Path) -> str:
    """Of everything that does not state a duration or the time."""
    files = sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
    total = hashlib.sha256()
    for file in files:
        if file.name == "manifest.csv":
            total.update(pd.read_csv(file).drop(columns="seconds").sort_values("path").to_csv().encode())
        elif file.name in ("reports.jsonl.gz", "cohort.csv.gz", "adapter_model.safetensors", "labels.csv"):
            total.update(file.read_bytes())
    return total.hexdigest()


def call(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, arguments)
    sys.exit(done.exit_code)


def kills(command: str, count: int, seed: int) -> int:
    rng, faults, struck = random.Random(seed), 0, 0
    fork = multiprocessing.get_context("fork")  # the imports are paid once
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [
            {"report_id": f"r{i}", "patient_id": f"p{i // 2}", "text": f"{TEXT} Seen by Dr. John Smith. {i}"} for i in range(1500)
        ]
        pd.DataFrame(rows).to_csv(folder / "reports.csv", index=False)
        samples.write(folder / "in", {f"{i:03}.pdf": samples.pdf(1) for i in range(40)})
        source = {"extract": str(folder / "in"), "train": "bundled"}.get(command, str(folder / "reports.csv"))
        more = {"extract": ["--ocr", "never"], "train": ["--profile", "smoke"]}.get(command, [])

        def start(out: Path, *extra: str) -> multiprocessing.Process:
            process = fork.Process(target=call, args=([command, source, "--out", str(out), "--quiet", *more, *extra],))
            process.start()
            return process

        def target(number: object) -> Path:
            (folder / str(number)).mkdir()
            return folder / str(number) / ("labels.csv" if command == "label" else "out")

        began = time.monotonic()
        unbroken = target("unbroken")
        start(unbroken).join()
        took, wanted = time.monotonic() - began, digest(unbroken)
        for number in range(count):
            out = target(number)
            process = start(out)
            process.join(rng.uniform(0, took))
            children = psutil.Process(process.pid).children(recursive=True) if process.is_alive() else []
            struck += process.is_alive()
            process.kill()
            process.join()
            _, alive = psutil.wait_procs(children, timeout=30)
            again = start(out, *(["--resume"] if command == "train" and out.exists() else []))
            again.join()
            faults += bool(alive) + (again.exitcode != 0 or digest(out) != wanted)
            print(f"  {command} {number + 1}: {faults} faults", file=sys.stderr, flush=True)
    print(f"kills {command}: {count} runs of {took:.1f} s, {struck} killed while running, faults {faults}", flush=True)
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("mutated", "hostile", "kills"))
    parser.add_argument("commands", nargs="*", metavar="COMMAND", help="of kills: extract, label, prepare, train")
    parser.add_argument("--count", type=int, help="files, or kills of each command")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=42)
    args = parser.parse_args()
    if args.what == "mutated":
        faults = mutated(args.count or 10_000, args.seconds, args.seed)
    elif args.what == "hostile":
        faults = hostile()
    else:
        faults = sum(kills(command, args.count or 20, args.seed) for command in args.commands)
    sys.exit(bool(faults))


if __name__ == "__main__":
    main()
