"""Read one file, page by page: what it is, whether its text layer can be trusted, which engine reads which page.

Runs inside a worker process (``pathmtl.documents.worker``); nothing here limits time or memory.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from pathmtl.documents import hl7_file, picture, rich_text, text_layer, word_file
from pathmtl.documents.document import OFF, UNSEEN, ExtractionSettings, OcrUnavailable, Page, Unreadable
from pathmtl.documents.image_file import frame_count, frames, open_image
from pathmtl.documents.ocr import recognizer
from pathmtl.documents.pdf_text import Pdf

#: Called before each phase with a time limit of its own: ``announce("ocr", 3)`` is "about to read the picture of page 3".
Announce = Callable[[str, int], None]

FULL_PAGE = 0.5  # a picture that covers half of the page is taken to be a scan of it
FIGURE = 0.1  # a smaller one is a logo; one in between may contain a table, and the manifest says so
MAX_CHARACTERS = 1_000_000  # per page: the densest reports have 10,000
_CHECK_DPI = 50  # enough to see where there is ink
_HEAD = 1024  # bytes: a PDF's mark may follow some junk (PDF 1.7, annex H)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")  # byte-order marks
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"II*\x00", "tiff"), (b"MM\x00*", "tiff"))
_OLE, _ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04"
_NAMED = {
    **{".pdf": "pdf", ".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg", ".tif": "tiff", ".tiff": "tiff"},
    **{".txt": "text", ".docx": "docx", ".rtf": "rtf", ".hl7": "hl7"},
}


def kind(path: Path) -> str:
    """Judge what a file contains by its first bytes: pdf, png, jpeg, tiff, docx, rtf, hl7 or text.

    Raises
    ------
    Unreadable
        Zero bytes, or content of another kind (an archive, a program, an old Word file).
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        raise Unreadable("empty", "zero bytes")
    for mark, name in _MAGIC:
        if head.startswith(mark):
            return name
    if b"%PDF-" in head:
        return "pdf"
    if head.startswith(_ZIP) and word_file.is_docx(path):
        return "docx"
    if head.startswith(_OLE):
        raise Unreadable("refused", "an old Word file (.doc); save it as .docx or PDF")
    if rich_text.is_rtf(head[:20].decode("latin-1").removeprefix("ï»¿")):
        return "rtf"
    if hl7_file.is_hl7(head[:20].decode("latin-1").removeprefix("ï»¿")):
        return "hl7"
    if _is_text(head):
        if path.suffix.lower() == ".txt":
            return "text"
        raise Unreadable("damaged", f"named {path.suffix.lower()}, but holds no such document")
    raise Unreadable("damaged", f"named {path.suffix.lower()}, but holds neither PDF, picture nor text")


def _is_text(head: bytes) -> bool:
    if head.startswith(_UTF16):
        return True
    return b"\x00" not in head and sum(c < 9 or 13 < c < 32 for c in head) < 0.02 * len(head)


def read_document(path: Path, settings: ExtractionSettings, announce: Announce) -> tuple[Iterator[Page], int, str]:
    """Open a document.

    Returns
    -------
    pages : iterator of Page
        Each page is read when it is asked for.
    count : int
        Number of pages.
    note : str
        What is odd about the file (its name does not fit its content), or empty.

    Raises
    ------
    Unreadable
        The file as a whole cannot be read; its pages may raise it too.
    """
    content = kind(path)
    suffix = path.suffix.lower()
    note = "" if _NAMED.get(suffix) == content else f"named {suffix}, holds {content.upper()}"
    if content == "text":
        return map(_bounded, _text_pages(path)), 1, note
    if content in _WRITTEN:
        start = time.perf_counter()
        try:
            pages = [Page(text_layer.clean(text), content, 0.0, reason) for text, reason in _WRITTEN[content](path)]
        except ValueError as error:
            raise Unreadable("damaged", str(error)) from None
        pages[0] = replace(pages[0], seconds=time.perf_counter() - start)
        return map(_bounded, pages), len(pages), note
    if content == "pdf":
        pdf = Pdf(path, settings.engine)
        _bound_pages(pdf.page_count, settings)
        return _pdf_pages(pdf, settings, announce), pdf.page_count, note
    image = open_image(path)
    count = frame_count(image)
    _bound_pages(count, settings)
    return _image_pages(image, settings, announce), count, note


def _bound_pages(count: int, settings: ExtractionSettings) -> None:
    if count > settings.max_pages:
        raise Unreadable("refused", f"{count} pages: more than max_pages={settings.max_pages}")


def _bounded(page: Page) -> Page:
    if len(page.text) > MAX_CHARACTERS:
        raise Unreadable("refused", f"a page of {len(page.text):,} characters: more than {MAX_CHARACTERS:,}")
    return page


def _text_pages(path: Path) -> Iterator[Page]:
    start = time.perf_counter()
    data = path.read_bytes()
    encodings = ("utf-16",) if data.startswith(_UTF16) else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield Page(text_layer.clean(text), "plain", time.perf_counter() - start, f"text file, {encoding}")
        return
    raise Unreadable("damaged", "not text in UTF-8, UTF-16 or Windows-1252")


def _docx_pages(path: Path) -> Iterator[tuple[str, str]]:
    text, pictures = word_file.read_docx(path)
    yield text, "Word document" + (f"; {pictures} pictures in it were not read" if pictures else "")


def _rtf_pages(path: Path) -> Iterator[tuple[str, str]]:
    source = path.read_bytes().decode("latin-1").removeprefix("ï»¿")
    picture_note = "; a picture in it was not read" if rich_text.has_picture(source) else ""
    yield rich_text.from_rtf(source), f"RTF document{picture_note}"


def _hl7_pages(path: Path) -> Iterator[tuple[str, str]]:
    messages = hl7_file.parse_messages(hl7_file.decoded(path.read_bytes()))
    if len(messages) != 1:
        raise Unreadable("refused", f"{len(messages)} messages in one file; give the file itself as REPORTS, not its folder")
    if messages[0].attached:
        why = f"{messages[0].attached[0]} is a document, which was not read; save it as a file of its own"
        raise Unreadable("refused", why)
    yield messages[0].text, "HL7 message"


#: Documents without pages: pairs of text and what the manifest says about it.
_WRITTEN: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {"docx": _docx_pages, "rtf": _rtf_pages, "hl7": _hl7_pages}


def _image_pages(image: Image.Image, settings: ExtractionSettings, announce: Announce) -> Iterator[Page]:
    number = 0
    try:
        for number, pixels in enumerate(frames(image, settings.dpi), 1):
            yield _read_picture(lambda pixels=pixels: pixels, number, "a picture", settings, announce)
    except (OSError, ValueError, SyntaxError) as error:
        raise Unreadable("damaged", f"the picture ends after page {number} ({type(error).__name__})") from None


def _pdf_pages(pdf: Pdf, settings: ExtractionSettings, announce: Announce) -> Iterator[Page]:
    try:
        for index in range(pdf.page_count):
            announce("native", index + 1)
            try:
                page = _bounded(_pdf_page(pdf, index, settings, announce))
            except (MemoryError, OcrUnavailable):
                raise
            except Exception as error:  # one broken page must not lose the others
                why = error.reason if isinstance(error, Unreadable) else type(error).__name__
                page = Page("", "failed", 0.0, f"page cannot be read: {why}")
            yield page
        if pdf.rebuilt:
            raise Unreadable("damaged", "its end is missing, so pages may be lost")
    finally:
        pdf.close()


def _pdf_page(pdf: Pdf, index: int, settings: ExtractionSettings, announce: Announce) -> Page:
    start = time.perf_counter()
    if settings.ocr == "always":
        return _read_picture(lambda: pdf.draw(index, settings.dpi), index + 1, "ocr='always'", settings, announce)
    text, engine, note = pdf.text(index, settings.engine)
    ordered = pdf.in_reading_order(index)
    if ordered is not None:
        text, engine = ordered[0], "pdfium"
    why = text_layer.defect(text) or _disagreement(pdf, index, text, settings, announce)
    if why and settings.ocr == "auto":
        page = _read_picture(lambda: pdf.draw(index, settings.dpi), index + 1, why, settings, announce)
        if page.engine != "none":
            return replace(page, seconds=time.perf_counter() - start)
        notes = [note, page.reason]
    elif why:
        notes = [note, why, OFF]
    else:
        share = pdf.image_share(index)
        notes = [
            note,
            "text layer trusted",
            ordered[1] if ordered is not None else "",
            f"a picture on {share:.0%} of the page was not read" if FIGURE <= share < FULL_PAGE else "",
            UNSEEN if settings.ocr == "never" and share >= FULL_PAGE else "",
        ]
    return Page(text, engine, time.perf_counter() - start, "; ".join(filter(None, notes)))


def _disagreement(pdf: Pdf, index: int, text: str, settings: ExtractionSettings, announce: Announce) -> str:
    """Compare a text layer with the picture if there is reason to: a scan under it, or text that is no language."""
    suspicion = text_layer.suspicion(text)
    if settings.ocr == "never":
        return suspicion
    if pdf.image_share(index) >= FULL_PAGE:
        why = picture.uncovered(pdf.draw(index, _CHECK_DPI), pdf.text_boxes(index))
        if why:
            return why
    elif not suspicion:
        return ""
    announce("ocr", index + 1)
    why = picture.misread(pdf.draw(index, settings.dpi), text, recognizer(settings.ocr_engine).text)
    announce("native", index + 1)
    return why


def _read_picture(
    draw: Callable[[], np.ndarray], number: int, why: str, settings: ExtractionSettings, announce: Announce
) -> Page:
    """OCR of one page; ``engine`` is ``none`` if OCR is switched off or the page is blank."""
    start = time.perf_counter()
    if settings.ocr == "never":
        return Page("", "none", time.perf_counter() - start, f"{why}; {OFF}")
    pixels = draw()
    if picture.is_blank(pixels):
        return Page("", "none", time.perf_counter() - start, f"{why}; blank page")
    announce("ocr", number)
    text, confidence = recognizer(settings.ocr_engine).text_and_confidence(pixels)
    announce("native", number)
    return Page(text_layer.clean(text), settings.ocr_engine, time.perf_counter() - start, f"{why}; confidence {confidence:.2f}")
