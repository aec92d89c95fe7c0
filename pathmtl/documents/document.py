"""What extraction returns: pages, documents, the settings they were read with, and the ways in which a document can fail.

Plain values only, so that they can cross a process boundary as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

#: The values of the manifest's ``status`` column. Only ``ok`` and ``partial`` documents have text.
STATUSES: dict[str, str] = {
    "ok": "every page was read",
    "partial": "some pages were read; the reason lists the others",
    "empty": "nothing to read: zero bytes, or no page with text on it",
    "encrypted": "needs a password, and the empty one was refused",
    "damaged": "its content is not that of a readable document",
    "refused": "over a limit (pages, bytes, pixels), not a regular file, or of a kind that must be saved as another first",
    "skipped": "not a document: a file of a kind that is not read",
    "timeout": "took longer than its time limit; the worker was killed",
    "memory": "used more memory than its limit; the worker was killed",
    "crash": "the worker died while reading it",
}
ENGINES = ("pypdf2", "pdfium")
OCR_ENGINES = ("easyocr", "rapidocr")
OCR_MODES = ("auto", "always", "never")
#: In a page's ``reason``: ``ocr="never"`` left a picture unread, or a text layer was not compared with the scan under it.
OFF, UNSEEN = "OCR switched off", "a scan lies under it, not compared"


@dataclass(frozen=True)
class Page:
    """One page of a document.

    Attributes
    ----------
    text : str
        The page's text; may be empty.
    engine : str
        What read it: ``pypdf2``, ``pdfium``, ``easyocr``, ``rapidocr``, ``plain`` (a text file), ``docx``, ``rtf``, ``hl7``,
        ``none`` (a blank page, or a picture with OCR switched off) or ``failed`` (the page is broken; the others were read).
    seconds : float
        Time it took.
    reason : str
        Why OCR was or was not used.
    """

    text: str
    engine: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Document:
    """One document as it was read.

    Attributes
    ----------
    path : str
        Where it was read from.
    pages : tuple of Page
        Its pages in order, as far as they were read.
    seconds : float
        Time it took.
    status : str
        A key of ``STATUSES``.
    reason : str
        What a person should know about the reading; never contains report text.
    sha256 : str
        Digest of the file's bytes, 64 hexadecimal digits; empty if it could not be read.
    """

    path: str
    pages: tuple[Page, ...]
    seconds: float
    status: str
    reason: str
    sha256: str

    @property
    def text(self) -> str:
        """The text of all pages, separated by blank lines."""
        return "\n\n".join(page.text for page in self.pages if page.text)


@dataclass(frozen=True)
class ExtractionSettings:
    """How documents are read. A batch must be resumed with the settings it was begun with.

    Attributes
    ----------
    engine : {"pypdf2", "pdfium"}
        Engine for the native text of a PDF: ``pypdf2`` (the paper's, S1) or ``pdfium`` (faster).
    ocr : {"auto", "always", "never"}
        Which pages are read as pictures: those whose text layer is missing or cannot be trusted, all, or none.
    ocr_engine : {"rapidocr", "easyocr"}
        What reads them: ``easyocr`` (the paper's, S1) or ``rapidocr`` (a fraction of the time; see ``benchmarks/ocr.py``).
    dpi : int
        Resolution at which a page is drawn for OCR, in dots per inch (72 to 600).
    max_pages : int
        Documents with more pages are refused unread.
    max_bytes : int
        Larger files are refused unread.

    Raises
    ------
    ValueError
        A value is out of range; the message names it.
    """

    engine: str = "pypdf2"
    ocr: str = "auto"
    ocr_engine: str = "rapidocr"
    dpi: int = 200
    max_pages: int = 200
    max_bytes: int = 200_000_000

    def __post_init__(self) -> None:
        if self.engine not in ENGINES:
            raise ValueError(f"engine={self.engine!r}: choose one of {', '.join(ENGINES)}")
        if self.ocr not in OCR_MODES:
            raise ValueError(f"ocr={self.ocr!r}: choose one of {', '.join(OCR_MODES)}")
        if self.ocr_engine not in OCR_ENGINES:
            raise ValueError(f"ocr_engine={self.ocr_engine!r}: choose one of {', '.join(OCR_ENGINES)}")
        if not 72 <= self.dpi <= 600:
            raise ValueError(f"dpi={self.dpi}: choose between 72 and 600")
        if self.max_pages < 1 or self.max_bytes < 1:
            raise ValueError(f"max_pages={self.max_pages}, max_bytes={self.max_bytes}: both must be at least 1")


class OcrUnavailable(RuntimeError):
    """OCR is needed but not installed: a problem of the whole batch, not of one document."""


class Unreadable(Exception):
    """A document that cannot be read: ``status`` is a key of ``STATUSES``, ``reason`` says why and holds no report text."""

    def __init__(self, status: str, reason: str) -> None:
        super().__init__(f"{status}: {reason}")
        self.status = status
        self.reason = reason
