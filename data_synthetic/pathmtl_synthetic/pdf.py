"""Documents as a hospital archive holds them: native PDF, clean and bad scans, a wrong text layer, fonts without a Unicode map.

Needs reportlab (extra ``dev``). The fonts are DejaVu, which matplotlib carries, so that every machine draws the same pages.
"""

from __future__ import annotations

import csv
import io
import random
import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

#: What stands between the document and its text.
MODES: tuple[str, ...] = ("native", "clean_scan", "bad_scan", "wrong_text_layer", "unmapped_fonts")
_PAGE = (612, 792)  # US letter, points
_MARGIN, _SIZE, _LEADING = 54, 9.5, 12.5
_FONTS = ("DejaVuSans", "DejaVuSerif", "DejaVuSansMono")
_CHARS_PER_LINE = {"DejaVuSans": 92, "DejaVuSerif": 92, "DejaVuSansMono": 84}


def _register(name: str, readable: bool) -> str:
    """Register a DejaVu font; one that is not ``readable`` numbers its glyphs arbitrarily, as many old writers did."""
    import matplotlib
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    alias = name if readable else name + "-Unmapped"
    if alias not in pdfmetrics.getRegisteredFontNames():
        path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / f"{name}.ttf"
        font = TTFont(alias, str(path), asciiReadable=readable)
        font.face.name = alias.encode()  # reportlab gives two fonts of one face name the same encoding
        pdfmetrics.registerFont(font)
    return alias


def _lines(text: str, font: str) -> list[str]:
    width = _CHARS_PER_LINE[font]
    return [piece for line in text.split("\n") for piece in (textwrap.wrap(line, width, drop_whitespace=False) or [""])]


def _draw(text: str, font: str, *, readable: bool = True) -> bytes:
    """A text PDF of as many pages as the report fills."""
    from reportlab.pdfgen.canvas import Canvas

    alias = _register(font, readable)
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, invariant=1)
    per_page = int((_PAGE[1] - 2 * _MARGIN) / _LEADING)
    lines = _lines(text, font)
    for start in range(0, len(lines), per_page):
        block = canvas.beginText(_MARGIN, _PAGE[1] - _MARGIN)
        block.setFont(alias, _SIZE, _LEADING)
        for line in lines[start : start + per_page]:
            block.textLine(line)
        canvas.drawText(block)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _pictures(pdf: bytes, dpi: int) -> list[Image.Image]:
    import pypdfium2

    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72).to_pil().convert("L") for page in document]
    finally:
        document.close()


def _worn(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A bad scan: askew, blurred, grey, speckled, with a dark edge."""
    picture = picture.rotate(rng.uniform(-1.6, 1.6), expand=False, fillcolor=255, resample=Image.Resampling.BICUBIC)
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 0.8)))
    noise = np.random.default_rng(rng.randrange(2**32))
    grey = np.asarray(picture, dtype=np.float32) * 0.72 + 45
    grey += noise.normal(0, 9, grey.shape)
    grey[noise.random(grey.shape) < 0.0006] = 20
    grey[:, : rng.randint(4, 18)] *= 0.4
    return Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))


def _from_pictures(pictures: list[Image.Image], quality: int, hidden: list[str] | None = None) -> bytes:
    """A PDF of page images; ``hidden`` is a text layer per page, invisible (render mode 3), as OCR software writes it."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, pagesize=_PAGE, invariant=1)
    for number, picture in enumerate(pictures):
        packed = io.BytesIO()
        picture.save(packed, "JPEG", quality=quality)
        canvas.drawImage(ImageReader(packed), 0, 0, *_PAGE)
        if hidden:
            block = canvas.beginText(_MARGIN, _PAGE[1] - _MARGIN)
            block.setFont("Helvetica", 8)
            block.setTextRenderMode(3)
            for line in hidden[number % len(hidden)].split("\n"):
                block.textLine(line.encode("latin-1", "replace").decode("latin-1"))
            canvas.drawText(block)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _without_unicode_map(pdf: bytes) -> bytes:
    """Drop every font's ToUnicode table: the page looks the same, its text no longer reads."""
    from PyPDF2 import PdfReader, PdfWriter

    writer = PdfWriter()
    for page in PdfReader(io.BytesIO(pdf)).pages:
        for font in page["/Resources"]["/Font"].values():
            font.get_object().pop("/ToUnicode", None)
        writer.add_page(page)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def render(text: str, mode: str, seed: int, other: str = "") -> bytes:
    """One report as a PDF.

    Args:
        text: the report.
        mode: one of ``MODES``.
        seed: chooses font, skew and noise.
        other: the text of the wrong text layer (``wrong_text_layer`` only).

    Raises:
        ValueError: ``mode`` is unknown.
    """
    if mode not in MODES:
        raise ValueError(f"unknown mode {mode!r}; known: {', '.join(MODES)}")
    rng = random.Random(f"pathmtl/pdf/{seed}/{mode}")
    font = rng.choice(_FONTS)
    if mode == "unmapped_fonts":
        return _without_unicode_map(_draw(text, font, readable=False))
    native = _draw(text, font)
    if mode == "native":
        return native
    if mode == "bad_scan":
        return _from_pictures([_worn(picture, rng) for picture in _pictures(native, 130)], quality=38)
    pictures = _pictures(native, 150)
    if mode == "clean_scan":
        return _from_pictures(pictures, quality=45)
    return _from_pictures(pictures, quality=45, hidden=["\n".join(_lines(other, "DejaVuSans")[:50])])


def render_corpus(rows: Iterator[dict], folder: Path, count: int, seed: int) -> list[Path]:
    """Render ``count`` reports of ``rows`` (of one patient each, without simulated OCR), the modes in turn, with a manifest.

    ``manifest.csv`` tells file, report_id, mode and, for a wrong text layer, whose text it carries.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for stale in folder.glob("SYN-*.pdf"):
        stale.unlink()
    chosen = _choose(rows, count + 1)
    paths, manifest = [], []
    for number, row in enumerate(chosen[:count]):
        mode = MODES[number % len(MODES)]
        other = chosen[number + 1] if number + 1 < len(chosen) else chosen[0]
        path = folder / f"{row['report_id']}_{mode}.pdf"
        path.write_bytes(render(row["text"], mode, seed + number, other["text"]))
        paths.append(path)
        manifest.append((path.name, row["report_id"], mode, other["report_id"] if mode == "wrong_text_layer" else ""))
    with open(folder / "manifest.csv", "w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("file", "report_id", "mode", "text_layer_of"))
        writer.writerows(manifest)
    return paths


def _choose(rows: Iterator[dict], count: int) -> list[dict]:
    """The first ``count`` test reports, styles in turn, whose text carries no simulated OCR damage."""
    chosen: list[dict] = []
    used: dict[str, int] = {}
    for row in rows:
        fired = row["phenomena"].split(";")
        if (
            row["split"] != "test"
            or "ocr_noise" in fired
            or "line_breaks_lost" in fired
            or used.get(row["style"], 0) > count // 12
        ):
            continue
        used[row["style"]] = used.get(row["style"], 0) + 1
        chosen.append(row)
        if len(chosen) == count:
            break
    return chosen
