"""Compare the OCR engines on the same pages in one run: pages/s a core, word F1, similarity, labels.

    python benchmarks/ocr.py bundled --pages 6       # synthetic scans, good and bad, against the text that was printed
    python benchmarks/ocr.py letter                  # the scanned letter against its text
    python benchmarks/ocr.py tcga --pages 4          # TCGA scans against the text layer they carry (another OCR, imperfect)

Labels: of those that the oracle finds in the true text, how many it finds in the text as read, and how many wrong ones. The real
documents are found through PATHMTL_REAL (default: ../shared/real beside the repository). EasyOCR takes 10-60 s a page on two
cores. Figures only: no text is printed. Processor seconds of one thread are counted; the models are loaded before.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
import pandas as pd  # noqa: E402

from pathmtl.documents import text_layer  # noqa: E402
from pathmtl.documents.document import OCR_ENGINES  # noqa: E402
from pathmtl.documents.fidelity import similarity, word_f1  # noqa: E402
from pathmtl.documents.ocr import recognizer  # noqa: E402
from pathmtl.documents.pdf_text import Pdf  # noqa: E402
from pathmtl.oracle.engine import label  # noqa: E402
from pathmtl.review.document_quality import bundled_pdfs  # noqa: E402

PDFS = Path(os.environ.get("PATHMTL_REAL", ROOT.parent / "shared" / "real")) / "pdfs"
LETTER = "9874562"
DPI = 200
RECORDED = ROOT / "book" / "results" / "ocr_engines.json"

#: A document: its name, its pages as pictures, its true text.
Sample = tuple[str, list[np.ndarray], str]


def pictures(path: Path) -> tuple[list[np.ndarray], str]:
    """The pages of a PDF as pictures, and the text layer it carries."""
    pdf = Pdf(path, "pdfium")
    try:
        pages = range(pdf.page_count)
        return [pdf.draw(page, DPI) for page in pages], "\n\n".join(pdf.text(page, "pdfium")[0] for page in pages)
    finally:
        pdf.close()


def bundled(pages: int) -> list[Sample]:
    """Bundled scans, good and bad in turn, until there are ``pages`` pages."""
    table = bundled_pdfs()
    table = table[table["mode"].isin(["clean_scan", "bad_scan"])]
    turn = table.groupby("mode").cumcount()
    samples: list[Sample] = []
    for row in table.assign(turn=turn).sort_values(["turn", "mode"]).itertuples():
        if sum(len(images) for _, images, _ in samples) < pages:
            samples.append((row.file, pictures(row.path)[0], row.truth))
    return samples


def letter(pages: int) -> list[Sample]:
    return [(LETTER, pictures(PDFS / f"{LETTER}_notext.pdf")[0], (PDFS / f"{LETTER}.txt").read_text("utf-8"))]


def tcga(pages: int) -> list[Sample]:
    """The first page of each of ``pages`` scans."""
    samples: list[Sample] = []
    for path in sorted(PDFS.glob("*.pdf")):
        if not path.name.startswith(LETTER) and len(samples) < pages:
            pdf = Pdf(path, "pdfium")
            samples.append((path.stem, [pdf.draw(0, DPI)], pdf.text(0, "pdfium")[0]))
            pdf.close()
    return samples


SETS = {"bundled": bundled, "letter": letter, "tcga": tcga}


def measure(name: str, engine: str, samples: list[Sample]) -> dict[str, object]:
    """What one engine makes of the samples, summed."""
    reader = recognizer(engine)
    reader.text(samples[0][1][0][:300])  # warm
    scores, stated, kept, wrong, pages = [], 0, 0, 0, 0
    began, cpu = time.perf_counter(), 0.0
    for _, images, truth in samples:
        start = time.process_time()
        text = "\n\n".join(text_layer.clean(reader.text(image)) for image in images)
        cpu += time.process_time() - start
        pages += len(images)
        scores.append((word_f1(text, truth), similarity(text, truth)))
        ours, theirs = ({(task, value) for task, value in label(each).items() if value} for each in (text, truth))
        stated, kept, wrong = stated + len(theirs), kept + len(ours & theirs), wrong + len(ours - theirs)
    f1, same = np.mean(scores, axis=0)
    return {
        "set": name,
        "engine": engine,
        "documents": len(samples),
        "pages": pages,
        "pages_per_core_second": pages / cpu,
        "wall_seconds": time.perf_counter() - began,
        "word_f1": f1,
        "similarity": same,
        "labels_stated": stated,
        "labels_kept": kept,
        "labels_wrong": wrong,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="+", choices=SETS)
    parser.add_argument("--pages", type=int, default=6, help="pages of each set (TCGA: documents, the first page of each)")
    parser.add_argument("--engine", choices=OCR_ENGINES, action="append", help="only this engine")
    parser.add_argument("--record", action="store_true", help=f"write the figures into {RECORDED.relative_to(ROOT)}")
    args = parser.parse_args()
    if set(args.sets) & {"letter", "tcga"} and not PDFS.is_dir():
        sys.exit(f"{PDFS} is not there: set PATHMTL_REAL to the folder that holds pdfs/")
    rows = json.loads(RECORDED.read_text("utf-8")) if args.record and RECORDED.exists() else []
    for name in args.sets:
        samples = SETS[name](args.pages)
        for engine in args.engine or OCR_ENGINES:
            rows = [row for row in rows if (row["set"], row["engine"]) != (name, engine)]
            rows.append(measure(name, engine, samples))
            print(pd.DataFrame(rows[-1:]).to_string(index=False, float_format="{:.3f}".format), flush=True)
            if args.record:
                RECORDED.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
