"""One PDF, two libraries: PyPDF2 for native text (the paper's, S1), pdfium for pictures, geometry and a second opinion.

Must run inside a worker process: a hostile file can make either library use unlimited time and memory.
"""

from __future__ import annotations

import logging
import math
import re
import warnings
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c
from PyPDF2 import PdfReader

from pathmtl.documents.document import Unreadable
from pathmtl.documents.pdf_form import Box, box_as_shown, filled
from pathmtl.documents.reading_order import Word, has_columns, has_gutter, is_torn, to_text
from pathmtl.documents.text_layer import clean

if TYPE_CHECKING:
    import numpy as np

MAX_PIXELS = 30_000_000  # of a drawn page: A4 at 600 dpi is 35 million
_LINE_END_HYPHEN = (0x02, 0xFFFE)  # as pdfium marks it

# PyPDF2 warns about broken files by quoting them.
logging.getLogger("PyPDF2").setLevel(logging.CRITICAL + 1)
warnings.filterwarnings("ignore", module="PyPDF2")


# The catalog names the page tree; with it alone pdfium can rebuild a file whose end is missing.
_CATALOG = re.compile(rb"(?<!\d)(\d{1,8})\s+(\d{1,5})\s+obj\s*<<(?:(?!endobj).){0,2000}?/Type\s*/Catalog\b", re.DOTALL)


class Pdf:
    """An open PDF.

    Parameters
    ----------
    path : Path
        The file.
    engine : {"pypdf2", "pdfium"}
        Which library reads native text.

    Raises
    ------
    Unreadable
        It needs a password, has no pages, or neither library can open it.
    """

    def __init__(self, path: Path, engine: str) -> None:
        self._drawn = _open_pdfium(path)
        self._native: PdfReader | None = None
        self.native_fault = "not asked"
        # With engine="pdfium", PyPDF2 is not used: that is the way out when PyPDF2 hangs.
        if engine == "pypdf2" or self._drawn is None:
            try:
                self._native = _open_pypdf2(path)
            except Unreadable:
                if self._drawn is None:
                    raise
                self.native_fault = "password"
            except Exception as error:  # PyPDF2 raises whatever its parser stumbles over
                self.native_fault = type(error).__name__
        self.has_form = self._drawn is not None and _open_form(self._drawn)
        self.rebuilt = False
        if self._drawn is None and self._native is None:
            self._drawn = _rebuild(path)
            self.rebuilt = self._drawn is not None
        if self._drawn is None and self._native is None:
            raise Unreadable("damaged", f"neither pdfium nor PyPDF2 ({self.native_fault}) can open it")
        self.page_count = len(self._drawn) if self._drawn is not None else len(self._native.pages)
        if self.page_count == 0:
            raise Unreadable("empty", "a PDF without pages")

    def close(self) -> None:
        """Close the file."""
        if self._drawn is not None:
            self._drawn.close()

    def text(self, index: int, engine: str) -> tuple[str, str, str]:
        """Return the native text of page ``index`` (from 0), the engine that read it, and why it was not the one asked for.

        Raises
        ------
        Unreadable
            Neither library can read the page.
        """
        fault = "" if engine == "pdfium" and self._drawn is not None else f"PyPDF2 cannot open it ({self.native_fault})"
        if fault and self._native is not None:
            try:
                return clean(self._native.pages[index].extract_text()), "pypdf2", ""
            except MemoryError:
                raise
            except Exception as error:
                fault = f"PyPDF2 failed ({type(error).__name__})"
        if self._drawn is None:
            raise Unreadable("damaged", fault)
        with closing(self._drawn[index].get_textpage()) as textpage:
            return clean(textpage.get_text_range()), "pdfium", fault

    def image_share(self, index: int) -> float:
        """Return the share of the page that its largest picture covers, 0 to 1 (0 if pdfium cannot open the file)."""
        if self._drawn is None:
            return 0.0
        page = self._drawn[index]
        width, height = page.get_size()
        best = 0.0
        for item in page.get_objects(filter=[pdfium_c.FPDF_PAGEOBJ_IMAGE]):
            left, bottom, right, top = item.get_bounds()
            seen = max(0.0, min(right, width) - max(left, 0.0)) * max(0.0, min(top, height) - max(bottom, 0.0))
            best = max(best, seen / max(width * height, 1.0))
        return min(best, 1.0)

    def text_boxes(self, index: int) -> list[Box]:
        """Return the boxes of the text layer as (x0, y0, x1, y1), in shares of the page from its top left."""
        if self._drawn is None:
            return []
        page = self._drawn[index]
        width, height = page.get_size()
        with closing(page.get_textpage()) as textpage:
            boxes = [textpage.get_rect(i) for i in range(textpage.count_rects())]
        return [(x0 / width, 1 - y1 / height, x1 / width, 1 - y0 / height) for x0, y0, x1, y1 in boxes]

    def in_reading_order(self, index: int) -> tuple[str, str] | None:
        """Return the page's text in reading order, by its geometry, and why; None if the text layer's own order will do.

        Scanners and form generators write all labels of a form, then all values, so that "Pathological T" and "T4" are far
        apart. Two columns may be written row by row. What was typed into a form or on the page is not part of its text layer.
        """
        if self._drawn is None:
            return None
        page = self._drawn[index]
        entries = filled(page)
        boxes = [Word("", *box) for box in self.text_boxes(index)]
        why = "form fields put in their places" if entries else "rows torn apart put in order" if is_torn(boxes) else ""
        if not why and not has_gutter(boxes):
            return None
        with closing(page.get_textpage()) as textpage:
            words = _words(textpage, page)
        if not why and not has_columns(words):
            return None
        return clean(to_text([*words, *entries])), why or "columns read one after the other"

    def draw(self, index: int, dpi: int) -> np.ndarray:
        """Draw a page as a gray array (height, width) of uint8; a huge page at a lower resolution, within ``MAX_PIXELS``.

        Raises
        ------
        Unreadable
            pdfium cannot draw it, or the page has no size.
        """
        if self._drawn is None:
            raise Unreadable("damaged", "pdfium cannot draw it")
        page = self._drawn[index]
        width, height = page.get_size()
        if not (math.isfinite(width * height) and width > 0 and height > 0):
            raise Unreadable("damaged", "a page without size")
        scale = min(dpi / 72, math.sqrt(MAX_PIXELS / (width * height)))
        with closing(page.render(scale=scale, grayscale=True)) as bitmap:
            picture = bitmap.to_numpy().copy()
        return picture[:, :, 0] if picture.ndim == 3 else picture


def _words(textpage: pdfium.PdfTextPage, page: pdfium.PdfPage) -> list[Word]:
    """The words of a text layer with their boxes, in points from the page's top left."""
    words: list[Word] = []
    letters, box = "", (0.0, 0.0, 0.0, 0.0)
    for index in range(textpage.count_chars()):
        code = pdfium_c.FPDFText_GetUnicode(textpage, index)
        letter = "-" if code in _LINE_END_HYPHEN else chr(code)
        blank = letter.isspace() or code == 0
        new = (0.0, 0.0, 0.0, 0.0) if blank else box_as_shown(page, textpage.get_charbox(index, loose=True))
        if letters and (blank or _apart(box, new)):
            words.append(Word(letters, *box))
            letters = ""
        if not blank:
            box = (min(box[0], new[0]), min(box[1], new[1]), max(box[2], new[2]), max(box[3], new[3])) if letters else new
            letters += letter
    return [*words, Word(letters, *box)] if letters else words


def _apart(box: Box, letter: Box) -> bool:
    """Whether a letter does not continue the word in ``box``: another line, or a gap of half a line height."""
    height = min(box[3] - box[1], letter[3] - letter[1])
    overlap = min(box[3], letter[3]) - max(box[1], letter[1])
    return overlap < 0.5 * height or not -height < letter[0] - box[2] < 0.5 * height


def _open_pdfium(path: Path) -> pdfium.PdfDocument | None:
    try:
        return pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        # pdfium also asks for a password when a broken file merely seems to be encrypted.
        if "password" in str(error).lower() and b"/Encrypt" in path.read_bytes():
            raise Unreadable("encrypted", "needs a password; the empty one was tried") from None
        return None


def _open_form(document: pdfium.PdfDocument) -> bool:
    """Open a document's form fields, if it has any.

    Raises
    ------
    Unreadable
        It is a form that only Adobe's programs can show (XFA): its pages hold a notice instead of the report.
    """
    kind = document.get_formtype()
    if kind == pdfium_c.FORMTYPE_XFA_FULL:
        raise Unreadable("refused", "an XFA form, which only Adobe Reader shows; print it to a PDF file there")
    return kind != pdfium_c.FORMTYPE_NONE and document.init_forms()


def _rebuild(path: Path) -> pdfium.PdfDocument | None:
    """A file cut off before its trailer, opened with a trailer appended; None if its catalog is lost too."""
    data = path.read_bytes()
    catalogs = list(_CATALOG.finditer(data))
    if not catalogs:
        return None
    number, generation = catalogs[-1].groups()
    trailer = b"\ntrailer\n<< /Root %s %s R >>\nstartxref\n0\n%%%%EOF\n" % (number, generation)
    try:
        return pdfium.PdfDocument(data + trailer)
    except pdfium.PdfiumError:
        return None


def _open_pypdf2(path: Path) -> PdfReader:
    reader = PdfReader(path, strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        raise Unreadable("encrypted", "needs a password; the empty one was tried")
    return reader
