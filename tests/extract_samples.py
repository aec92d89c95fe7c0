"""Documents drawn for the extraction tests and for benchmarks/extract.py: good ones, broken ones, hostile ones, mutated ones."""

from __future__ import annotations

import io
import random
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

REPORT = (
    "Surgical pathology report",
    "Specimen: left breast, segmental mastectomy, oriented by the surgeon with two sutures.",
    "Final diagnosis: invasive ductal carcinoma, Nottingham grade 2, measuring 1.8 cm in greatest dimension.",
    "The margins of resection are free of tumor; the closest is the deep margin at 4 mm.",
    "Two of eleven axillary lymph nodes hold metastatic carcinoma. Pathologic stage pT1c pN1a.",
    "Estrogen receptor positive (95%), progesterone receptor positive (40%), HER2 negative (1+).",
)
OTHER = (
    "Quarterly invoice for laboratory supplies and the maintenance of two refrigerated centrifuges.",
    "Please remit the balance within thirty days of receipt to the account printed overleaf.",
    "Orders placed before noon are dispatched on the same working day wherever stock allows it.",
    "Returned goods are credited once they have been inspected by the warehouse in the second week.",
    "Our terms of business apply to every delivery and may be had in writing on request.",
)


def picture(lines: tuple[str, ...], *, size: tuple[int, int] = (1240, 1754), points: int = 26, left: int = 80) -> Image.Image:
    """Lines of print on a white page; the default is A4 at 150 dpi."""
    image = Image.new("L", size, 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(points)
    y = 90
    for line in lines:
        for part in _wrap(line, max(8, int((size[0] - 2 * left) / (0.55 * points)))):
            draw.text((left, y), part, font=font, fill=0)
            y += int(1.5 * points)
        y += points // 2
    return image


def _wrap(line: str, width: int) -> Iterator[str]:
    current = ""
    for word in line.split():
        if current and len(current) + 1 + len(word) > width:
            yield current
            current = word
        else:
            current = f"{current} {word}".strip()
    yield current


def pdf(
    pages: int = 1,
    *,
    lines: tuple[str, ...] = REPORT,
    scan: Image.Image | None = None,
    hidden: bool = False,
    figure: Image.Image | None = None,
    encrypt: StandardEncryption | None = None,
    step: float = 20.0,
    size: tuple[float, float] = A4,
) -> bytes:
    """A PDF of equal pages: text ``lines`` (invisible if ``hidden``), over a full-page ``scan`` or beside a ``figure``."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, encrypt=encrypt, invariant=1)
    for number in range(pages):
        if scan is not None:
            canvas.drawImage(ImageReader(scan), 0, 0, *size)
        if figure is not None:
            canvas.drawImage(ImageReader(figure), 150, 50, 350, 350)
        text = canvas.beginText(40, size[1] - 60)
        text.setFont("Helvetica", 10)
        text.setTextRenderMode(3 if hidden else 0)
        text.setLeading(step)
        for line in lines:
            text.textLine(line)
        if lines and pages > 1:
            text.textLine(f"Page {number + 1} of {pages}")
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def raw_pdf(*objects: bytes, root: int = 1) -> bytes:
    """A PDF from the bodies of its objects, numbered from 1, with a correct cross-reference table."""
    out = bytearray(b"%PDF-1.7\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream_pdf(content: bytes, filters: bytes = b"/FlateDecode", box: bytes = b"0 0 612 792") -> bytes:
    """One page whose content stream is given as it is stored."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>" % box,
        b"<< /Length %d /Filter %s >>\nstream\n%s\nendstream" % (len(content), filters, content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


def slow_pdf(megabytes: int) -> bytes:
    """A small file whose content stream is millions of operators: minutes for PyPDF2."""
    return stream_pdf(zlib.compress(b"q 1 0 0 1 0 0 cm Q\n" * (megabytes * 2**20 // 19)))


def bomb_pdf(megabytes: int) -> bytes:
    """A small file whose content stream, packed twice, unpacks to megabytes of blanks."""
    packer = zlib.compressobj(9)
    block = b" " * 2**20
    inner = b"".join(packer.compress(block) for _ in range(megabytes)) + packer.flush()
    return stream_pdf(zlib.compress(inner, 9), b"[/FlateDecode /FlateDecode]")


def loop_pdf() -> bytes:
    """A page tree that holds itself."""
    return raw_pdf(b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 /Parent 2 0 R >>")


def nested_pdf(depth: int = 200_000) -> bytes:
    """Arrays in arrays, deeper than any parser's stack."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R /Deep " + b"[" * depth + b"]" * depth + b" >>", b"<< /Type /Pages /Kids [] /Count 0 >>"
    )


def huge_picture() -> bytes:
    """A PNG header that promises 60,000 x 60,000 pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4, "big") + name + body + zlib.crc32(name + body).to_bytes(4, "big")

    header = (60_000).to_bytes(4, "big") * 2 + b"\x08\x00\x00\x00\x00"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00" * 1000)) + chunk(b"IEND", b"")


_NUMBER = re.compile(rb"(?<![\w.])\d{1,10}(?![\w.])")
_KEYWORD = re.compile(
    rb"\b(?:obj|endobj|stream|endstream|xref|trailer|startxref)\b|/(?:Length|Kids|Count|Filter|Type|Font|Contents|W|Size|Root)\b"
)


def mutated(seed: bytes, rng: random.Random) -> bytes:
    """One to four random injuries: bytes, cuts, copies, numbers of the file's structure, keywords."""
    data = bytearray(seed)
    for _ in range(rng.randint(1, 4)):
        rng.choice(_INJURIES)(data, rng)
    return bytes(data)


def _flip(data: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 10, 200))):
        if data:
            data[rng.randrange(len(data))] = rng.randrange(256)


def _cut(data: bytearray, rng: random.Random) -> None:
    start = rng.randrange(len(data) + 1)
    del data[start : start + rng.choice((1, 50, 5000))]


def _truncate(data: bytearray, rng: random.Random) -> None:
    del data[rng.randrange(len(data) + 1) :]


def _copy(data: bytearray, rng: random.Random) -> None:
    start, at = rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)
    data[at:at] = data[start : start + rng.choice((10, 500, 20_000))] * rng.choice((1, 3))


def _renumber(data: bytearray, rng: random.Random) -> None:
    found = list(_NUMBER.finditer(bytes(data)))
    for match in sorted(rng.sample(found, min(len(found), rng.choice((1, 5)))), key=lambda m: -m.start()):
        data[match.start() : match.end()] = str(rng.choice((0, 1, 2, 3, 4, 65_535, 2**31 - 1, 2**31, 2**63, -1))).encode()


def _reword(data: bytearray, rng: random.Random) -> None:
    found = list(_KEYWORD.finditer(bytes(data)))
    if found:
        match = rng.choice(found)
        data[match.start() : match.end()] = rng.choice((b"", b"obj", b"stream", b"/Kids", b"/Length", b"<<", b"[" * 500, b"null"))


_INJURIES = (_flip, _cut, _truncate, _copy, _renumber, _reword)


def write(folder: Path, files: dict[str, bytes]) -> Path:
    """Write files under a folder and return it."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return folder
