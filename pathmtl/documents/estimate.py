"""How long will a folder take? Estimated from a few of its documents, read without OCR.

OCR is a thousand times slower than reading native text, so the time depends only on how many pages need OCR.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pathmtl.documents.document import OFF, UNSEEN, ExtractionSettings, Page
from pathmtl.documents.isolation import Worker
from pathmtl.progress import duration_text

#: Seconds of OCR per page at 200 dpi on two CPU cores, on a fast and on a slow machine (benchmarks/ocr.py).
OCR_SECONDS = {"easyocr": (10, 60), "rapidocr": (1, 6)}
#: A text layer over a scan is compared with a few lines of the picture, which takes this share of a page's OCR.
SAMPLE_SHARE = 0.2
_DOCUMENTS = 40  # documents sampled, spread evenly over the folder
_BUDGET = 15.0  # seconds for sampling


@dataclass(frozen=True)
class Estimate:
    """What reading ``documents`` will take: pages in total and pages of OCR (by ``engine``), extrapolated unless ``exact``."""

    documents: int
    pages: float
    ocr_pages: float
    exact: bool
    engine: str

    @property
    def seconds(self) -> tuple[float, float]:
        """Seconds of OCR on two CPU cores: on a fast and on a slow machine."""
        fast, slow = OCR_SECONDS[self.engine]
        return fast * self.ocr_pages, slow * self.ocr_pages

    def __str__(self) -> str:
        about = "" if self.exact else "about "
        low, high = (duration_text(seconds) for seconds in self.seconds)
        fast, slow = OCR_SECONDS[self.engine]
        return (
            f"{self.documents:,} documents, {about}{self.pages:,.0f} pages, of which {about}{self.ocr_pages:,.0f} need OCR: "
            f"{low} to {high} on two CPU cores ({fast} to {slow} s per page with {self.engine})"
        )


def estimate(worker: Worker, paths: Sequence[Path], settings: ExtractionSettings) -> Estimate:
    """Estimate the pages and OCR pages of ``paths`` from a sample read with OCR switched off; unreadable files have no pages."""
    chosen = paths[:: -(-len(paths) // _DOCUMENTS)] if paths else []
    quick = replace(settings, engine="pdfium", ocr="never")
    seen, pages, ocr = 0, 0, 0.0
    end = time.monotonic() + _BUDGET
    for path in chosen:
        if time.monotonic() > end and seen:
            break
        reading = worker.read(path, quick) if path.is_file() and path.stat().st_size <= settings.max_bytes else None
        seen += 1
        if reading is not None:
            pages += len(reading.pages)
            ocr += sum(_share(page, settings.ocr) for page in reading.pages)
    scale = len(paths) / max(seen, 1)
    return Estimate(len(paths), pages * scale, ocr * scale, seen == len(paths), settings.ocr_engine)


def _share(page: Page, mode: str) -> float:
    """How much of a page's OCR this page will take in mode ``mode``, judged from how it was read without OCR."""
    if mode == "never" or page.engine in ("plain", "docx", "rtf", "hl7", "failed"):
        return 0.0
    if mode == "always" or OFF in page.reason:
        return 1.0
    return SAMPLE_SHARE if UNSEEN in page.reason else 0.0
