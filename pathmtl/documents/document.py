"""What extraction hands on: a page, a document, the settings it was read with, and the ways it can fail.

Plain values only, so that they cross a process boundary as JSON.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

#: What the manifest's ``status`` column may say. Text is handed on for ``ok`` and ``partial`` documents only.
STATUSES: dict[str, str] = {
    "ok": "every page was read",
    "partial": "some pages were read; the reason names the others",
    "empty": "nothing to read: zero bytes, or no page with text on it",
    "encrypted": "needs a password that is not the empty one",
    "damaged": "its contents are not those of a readable document",
    "refused": "over a bound (pages, bytes, pixels), or not a regular file",
    "timeout": "took longer than its time bound; the worker was killed",
    "memory": "took more memory than its bound; the worker was killed",
    "crash": "the worker died while reading it",
}
ENGINES = ("pypdf2", "pdfium")
OCR_MODES = ("auto", "always", "never")
#: Said in a page's ``reason`` where ``ocr="never"`` left a picture unread, or a text layer uncompared with its scan.
OFF, UNSEEN = "OCR switched off", "a scan lies under it, not compared"


@dataclass(frozen=True)
class Page:
    """One page: its text, the engine that read it, the seconds it took, and why OCR was or was not used.

    ``engine`` is ``pypdf2``, ``pdfium``, ``easyocr``, ``plain`` (a text file), ``none`` (a blank page, or a picture with OCR
    switched off) or ``failed`` (the page is broken; the others were read).
    """

    text: str
    engine: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Document:
    """One document as read. ``status`` is a key of ``STATUSES``; ``reason`` names what a person should know, never the text."""

    path: str
    pages: tuple[Page, ...]
    seconds: float
    status: str
    reason: str
    sha256: str

    @property
    def text(self) -> str:
        """The pages' text, a blank line between pages."""
        return "\n\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class Settings:
    """How documents are read. A resumed batch must be given the settings it began with.

    Attributes:
        engine: native-text engine of a PDF, ``pypdf2`` (the paper's) or ``pdfium`` (faster).
        ocr: ``auto`` reads the picture of those pages whose text layer is missing or not to be trusted; ``always`` of all,
            ``never`` of none.
        dpi: resolution, in dots an inch, at which a page is drawn for OCR.
        max_pages: documents with more pages are refused unread.
        max_bytes: files larger than this are refused unread.
    """

    engine: str = "pypdf2"
    ocr: str = "auto"
    dpi: int = 200
    max_pages: int = 200
    max_bytes: int = 200_000_000

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise ValueError(f"engine={self.engine!r}: choose one of {', '.join(ENGINES)}")
        if self.ocr not in OCR_MODES:
            raise ValueError(f"ocr={self.ocr!r}: choose one of {', '.join(OCR_MODES)}")
        if not 72 <= self.dpi <= 600:
            raise ValueError(f"dpi={self.dpi}: choose between 72 and 600")
        if self.max_pages < 1 or self.max_bytes < 1:
            raise ValueError(f"max_pages={self.max_pages}, max_bytes={self.max_bytes}: both must be at least 1")

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


class OcrUnavailable(RuntimeError):
    """OCR is needed but not installed: the whole batch's fault, not a document's."""


class Unreadable(Exception):
    """A document that cannot be read: ``status`` is a key of ``STATUSES``, ``reason`` says why and holds no report text."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
