"""Word documents (.docx), opened by python-docx: all text that a reader sees, in order, with the state of check boxes.

python-docx lists paragraphs and tables only. Content controls, text boxes, footnotes and form fields, in which the answers of
a form stand, are therefore taken from its tree of the document.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

from docx import Document as open_docx
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from pathmtl.files import unpacks_to_a_bomb

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
#: Not seen by a reader: what tracked changes deleted or moved away, and properties.
_UNSEEN = frozenset(map(qn, ("w:del", "w:moveFrom", "w:pPr", "w:tblPr", "w:trPr", "w:tcPr", "w:sectPr"))) | {_FALLBACK}
#: Wingdings that serve as check boxes.
_SYMBOLS = {
    **dict.fromkeys(("F0FE", "F0FD", "F078", "F052", "F054", "F053"), "[x]"),
    **dict.fromkeys(("F0A8", "F06F", "F071", "F0A3", "F072"), "[ ]"),
}
_PARTS = ("footnotes", "endnotes")


def is_docx(path: Path) -> bool:
    """Return True for a ZIP file that contains a Word document."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return False


def read_docx(path: Path) -> tuple[str, int]:
    """Return the text of a Word document and its number of pictures, which are not read.

    One line per paragraph; cells of a table row are parted by tabs. Page headers come first, page footers and notes last, each
    once. A ticked box is ``[x]``, an empty one ``[ ]``.

    Raises
    ------
    ValueError
        The file is damaged; the error quotes nothing.
    """
    try:
        huge = unpacks_to_a_bomb(path)
        document = None if huge else open_docx(str(path))
    except Exception as error:  # python-docx raises whatever the package lacks
        raise ValueError(f"the Word document cannot be opened ({type(error).__name__})") from None
    if document is None:
        raise ValueError("a part of the Word document is huge once unpacked")
    tops, bottoms = [], []
    for section in document.sections:
        tops += [section.first_page_header, section.header, section.even_page_header]
        bottoms += [section.first_page_footer, section.footer, section.even_page_footer]
    notes = [
        parse_xml(relation.target_part.blob)
        for relation in document.part.rels.values()
        if not relation.is_external and relation.reltype.rsplit("/", 1)[-1] in _PARTS
    ]
    heads, feet = ([part._element for part in parts if not part.is_linked_to_previous] for parts in (tops, bottoms))
    texts = map(_text, [*heads, document.element.body, *feet, *notes])
    pictures = sum(1 for _ in document.element.body.iter("{http://schemas.openxmlformats.org/drawingml/2006/main}blip"))
    return "\n\n".join(text for text in dict.fromkeys(texts) if text.strip()), pictures


def _text(element: BaseOxmlElement) -> str:
    return "".join(_pieces(element)).strip("\n")


def _pieces(element: BaseOxmlElement) -> Iterator[str]:
    """The text under an element, in document order."""
    tag = element.tag
    if tag in _UNSEEN or not isinstance(tag, str):
        return
    if tag == qn("w:t"):
        yield element.text or ""
    elif tag in (qn("w:tab"), qn("w:ptab")):
        yield "\t"
    elif tag in (qn("w:br"), qn("w:cr")):
        yield "\n"
    elif tag == qn("w:noBreakHyphen"):
        yield "-"
    elif tag == qn("w:sym"):
        yield _SYMBOLS.get(element.get(qn("w:char"), "").upper(), " ")
    elif tag == qn("w:ffData"):
        yield from _field(element)
    elif tag == qn("w:sdt") and (box := element.find(f"{qn('w:sdtPr')}/{_W14}checkbox")) is not None:
        yield _box(box.find(f"{_W14}checked"), f"{_W14}val", "")
    elif tag == qn("w:r") and _hidden(element):
        return
    elif tag == qn("w:tr"):
        cells = ["".join(_pieces(cell)).strip("\n") for cell in element if cell.tag in (qn("w:tc"), qn("w:sdt"))]
        yield "\t".join(cells) + "\n"
    else:
        for child in element:
            yield from _pieces(child)
        if tag == qn("w:p"):
            yield "\n"


def _box(state: BaseOxmlElement | None, attribute: str, default: str) -> str:
    return "[x]" if state is not None and state.get(attribute, default) in ("1", "true", "on") else "[ ]"


def _hidden(run: BaseOxmlElement) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false", "off")


def _field(data: BaseOxmlElement) -> Iterator[str]:
    """The state of an old form field: a check box, or the chosen entry of a list. (Typed text stands in runs of its own.)"""
    box = data.find(qn("w:checkBox"))
    if box is not None:
        state = box.find(qn("w:checked"))
        state = state if state is not None else box.find(qn("w:default"))
        yield _box(state, qn("w:val"), "1")
    options = data.find(qn("w:ddList"))
    if options is not None:
        entries = [entry.get(qn("w:val"), "") for entry in options.findall(qn("w:listEntry"))]
        chosen = options.find(qn("w:result"))
        chosen = chosen if chosen is not None else options.find(qn("w:default"))
        index = int(chosen.get(qn("w:val"), "0")) if chosen is not None else 0
        yield entries[index] if index < len(entries) else ""
