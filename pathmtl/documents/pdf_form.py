"""What was typed and ticked on a PDF page: form fields and typewriter notes, which are not part of the page's own text.

Read through pdfium, which resolves inherited values and works without appearance streams (PDF 1.7, sections 12.5 and 12.7).
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator

import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from pathmtl.documents.reading_order import Word

Box = tuple[float, float, float, float]
_UNSEEN = pdfium_c.FPDF_ANNOT_FLAG_HIDDEN | pdfium_c.FPDF_ANNOT_FLAG_NOVIEW
_BOXES = (pdfium_c.FPDF_FORMFIELD_CHECKBOX, pdfium_c.FPDF_FORMFIELD_RADIOBUTTON)
_LISTS = (pdfium_c.FPDF_FORMFIELD_COMBOBOX, pdfium_c.FPDF_FORMFIELD_LISTBOX)
_LINE = 14.0  # points: a taller field is a text area, in which text begins at the top


def filled(page: pdfium.PdfPage) -> list[Word]:
    """Return what was typed and ticked on a page, each at its place in points from the page's top left.

    A ticked check box or radio button is ``[x]`` and an empty one ``[ ]``; a list field is its chosen entries; lines of a long
    text are words one below the other. Hidden fields, buttons and empty text fields are left out.

    Parameters
    ----------
    page : PdfPage
        A page of a document whose form environment is open (``PdfDocument.init_forms``), if it has forms.
    """
    words: list[Word] = []
    for index in range(pdfium_c.FPDFPage_GetAnnotCount(page)):
        annotation = pdfium_c.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            text = _text(annotation, page.formenv)
            rect = pdfium_c.FS_RECTF()
            if text.strip() and pdfium_c.FPDFAnnot_GetRect(annotation, rect):
                words += _placed(text, *box_as_shown(page, (rect.left, rect.bottom, rect.right, rect.top)))
        finally:
            pdfium_c.FPDFPage_CloseAnnot(annotation)
    return words


def box_as_shown(page: pdfium.PdfPage, box: Box) -> Box:
    """Turn a box (left, bottom, right, top) of the page's own space into (x0, y0, x1, y1) from the top left of the shown page."""
    left, bottom, right, top = box
    width, height, turn = page.get_width(), page.get_height(), page.get_rotation()
    if turn == 90:
        return bottom, left, top, right
    if turn == 180:
        return width - right, bottom, width - left, top
    if turn == 270:
        return width - top, height - right, width - bottom, height - left
    return left, height - top, right, height - bottom


def _text(annotation: pdfium_c.FPDF_ANNOTATION, form: pdfium.PdfFormEnv | None) -> str:
    if pdfium_c.FPDFAnnot_GetFlags(annotation) & _UNSEEN:
        return ""
    subtype = pdfium_c.FPDFAnnot_GetSubtype(annotation)
    if subtype == pdfium_c.FPDF_ANNOT_FREETEXT:
        return _string(lambda buffer, size: pdfium_c.FPDFAnnot_GetStringValue(annotation, b"Contents", buffer, size))
    if subtype != pdfium_c.FPDF_ANNOT_WIDGET or form is None:
        return ""
    kind = pdfium_c.FPDFAnnot_GetFormFieldType(form, annotation)
    if kind in _BOXES:
        return "[x]" if pdfium_c.FPDFAnnot_IsChecked(form, annotation) else "[ ]"
    if kind in _LISTS:
        chosen = ", ".join(_chosen(annotation, form))
        if chosen:
            return chosen
    elif kind != pdfium_c.FPDF_FORMFIELD_TEXTFIELD:
        return ""
    return _string(lambda buffer, size: pdfium_c.FPDFAnnot_GetFormFieldValue(form, annotation, buffer, size))


def _chosen(annotation: pdfium_c.FPDF_ANNOTATION, form: pdfium.PdfFormEnv) -> Iterator[str]:
    for option in range(pdfium_c.FPDFAnnot_GetOptionCount(form, annotation)):
        if pdfium_c.FPDFAnnot_IsOptionSelected(form, annotation, option):
            yield _string(lambda buffer, size, n=option: pdfium_c.FPDFAnnot_GetOptionLabel(form, annotation, n, buffer, size))


def _string(read: Callable[[object, int], int]) -> str:
    """A string that pdfium writes into a buffer as UTF-16, after it was asked for its size in bytes."""
    size = read(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    read(ctypes.cast(buffer, ctypes.POINTER(pdfium_c.FPDF_WCHAR)), size)
    return buffer.raw[: size - 2].decode("utf-16-le", "replace")


def _placed(text: str, left: float, top: float, right: float, bottom: float) -> Iterator[Word]:
    """The lines of a field's text, from the top of its box; a single line in the middle of a low one."""
    lines = [line for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n") if line.strip()]
    step = (bottom - top) / max(len(lines), 1)
    if len(lines) == 1 and step <= 2 * _LINE:
        middle, half = (top + bottom) / 2, min(step, _LINE) / 2
        yield Word(lines[0], left, middle - half, right, middle + half)
        return
    step = min(step, _LINE)
    for number, line in enumerate(lines):
        yield Word(line, left, top + number * step, right, top + (number + 0.9) * step)
