"""PDF pages whose text layer is not what a reader sees: typed and ticked form fields, notes on the page, columns."""

import io
from collections.abc import Callable

import pytest
from extract_samples import raw_pdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pathmtl import oracle
from pathmtl.documents.document import Unreadable
from pathmtl.documents.extract import extract_document
from pathmtl.documents.pdf_text import Pdf

LEFT = (
    "The specimen consists of a mastectomy",
    "with an axillary tail and the tumor",
    "measures two centimeters in greatest",
    "dimension and lies in the upper outer",
    "quadrant of the breast close to the",
    "deep margin which is inked black",
    "by the pathologist on receipt.",
)
RIGHT = (
    "Final diagnosis is invasive carcinoma",
    "of no special type with a stage of",
    "pT2 and metastasis in two of eleven",
    "axillary nodes giving pN1a while the",
    "estrogen receptors are positive in",
    "ninety percent of nuclei and those of",
    "progesterone are negative.",
)
FORM = (("Comment:", ""), ("Primary tumor:", "pT2"), ("Nodes:", "pN1a"), ("Histologic grade:", "3"), ("HER2 IHC:", "3+"))


def drawn(draw: Callable[[Canvas], None]) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1)
    canvas.setFont("Helvetica", 11)
    draw(canvas)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def form(canvas: Canvas, turn: int = 0) -> None:
    canvas.setPageRotation(turn)
    for row, (label, value) in enumerate(FORM):
        canvas.drawString(50, 780 - 24 * row, label)
        canvas.acroForm.textfield(name=label, value=value, x=180, y=775 - 24 * row, width=120, height=16, fontSize=10)
    for row, (label, ticked) in enumerate((("pM1 distant metastasis", False), ("lymphovascular invasion", True))):
        canvas.drawString(72, 600 - 24 * row, label)
        canvas.acroForm.checkbox(name=label, x=50, y=597 - 24 * row, size=14, checked=ticked)
    canvas.drawString(50, 540, "Side:")
    canvas.acroForm.choice(name="side", value="left", options=["left", "right"], x=180, y=535, width=120, height=16)


def columns(canvas: Canvas, *, by_row: bool) -> None:
    canvas.drawString(50, 800, "SURGICAL PATHOLOGY REPORT of the department, printed across both of its columns of text")
    cells = [(50, 760 - 14 * i, line) for i, line in enumerate(LEFT)] + [
        (310, 760 - 14 * i, line) for i, line in enumerate(RIGHT)
    ]
    for x, y, line in sorted(cells, key=lambda cell: -cell[1]) if by_row else cells:
        canvas.drawString(x, y, line)


def read(data: bytes, folder) -> tuple[str, str]:  # type: ignore[no-untyped-def]
    (folder / "a.pdf").write_bytes(data)
    document = extract_document(folder / "a.pdf")
    assert document.status == "ok"
    return document.text, document.pages[0].reason


def test_the_values_of_a_form_stand_beside_their_labels(tmp_path):
    text, reason = read(drawn(form), tmp_path)
    lines = text.split("\n")
    assert "form fields put in their places" in reason
    for line in ("Primary tumor: pT2", "Nodes: pN1a", "Histologic grade: 3", "HER2 IHC: 3+", "Side: left"):
        assert line in lines
    assert "[ ] pM1 distant metastasis" in lines and "[x] lymphovascular invasion" in lines
    labels = oracle.label(text)
    assert [labels[task] for task in ("T", "N", "M", "grade", "HER2")] == ["T2", "N1", None, "G3", "Positive"]


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_form_on_a_turned_page(turn, tmp_path):
    """The page is drawn upright and then turned: its rows are columns of the page as it is shown."""
    text, _ = read(drawn(lambda canvas: form(canvas, turn)), tmp_path)
    for word in ("pT2", "pN1a", "3+", "left", "[x]"):
        assert word in text


def test_a_form_that_nobody_filled_has_no_values(tmp_path):
    def empty(canvas: Canvas) -> None:
        canvas.drawString(50, 780, "Primary tumor, to be completed by the pathologist:")
        canvas.acroForm.textfield(name="T", value="", x=180, y=740, width=120, height=16)

    text, reason = read(drawn(empty), tmp_path)
    assert text == "Primary tumor, to be completed by the pathologist:" and "form" not in reason


CONTENT = b"BT /F1 12 Tf 50 700 Td (Stage of the primary tumor:) Tj ET"


def annotated(annotation: bytes, catalog: bytes = b"") -> bytes:
    """A page of one line and an annotation."""
    return raw_pdf(
        b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog,
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Annots [%s]"
        b" /Resources << /Font << /F1 5 0 R >> >> >>" % annotation,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(CONTENT), CONTENT),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )


@pytest.mark.parametrize(
    ("annotation", "read_too"),
    [
        (b"<< /Type /Annot /Subtype /FreeText /Rect [260 695 330 712] /Contents (pT2) /DA (/F1 12 Tf) >>", True),
        (b"<< /Type /Annot /Subtype /FreeText /F 2 /Rect [260 695 330 712] /Contents (pT2) /DA (/F1 12 Tf) >>", False),
        (b"<< /Type /Annot /Subtype /Text /Rect [260 695 330 712] /Contents (pT2) >>", False),
        (b"<< /Type /Annot /Subtype /Link /Rect [260 695 330 712] /Contents (pT2) >>", False),
    ],
)
def test_text_typed_on_a_page_is_read_and_remarks_of_readers_are_not(annotation, read_too, tmp_path):
    text, _ = read(annotated(annotation), tmp_path)
    assert ("pT2" in text) == read_too and "primary tumor" in text


@pytest.mark.parametrize("by_row", [True, False])
def test_columns_are_read_one_after_the_other_however_they_were_written(by_row, tmp_path):
    text, _ = read(drawn(lambda canvas: columns(canvas, by_row=by_row)), tmp_path)
    assert text.split("\n")[0].startswith("SURGICAL PATHOLOGY REPORT")
    assert "\n".join(LEFT) in text and "\n".join(RIGHT) in text
    assert text.index(LEFT[-1]) < text.index(RIGHT[0])


def test_labels_and_values_in_two_columns_stay_on_their_lines(tmp_path):
    rows = [(f"Finding {n}", f"value {n}") for n in range(12)]

    def table(canvas: Canvas) -> None:
        for number, (label, value) in enumerate(rows):
            canvas.drawString(50, 760 - 14 * number, label)
            canvas.drawString(310, 760 - 14 * number, value)

    text, _ = read(drawn(table), tmp_path)
    assert text.split() == " ".join(f"{label} {value}" for label, value in rows).split()


def test_a_form_for_adobe_reader_only_is_refused_with_the_fix(tmp_path):
    field = b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (x) /Rect [0 0 1 1] >>"
    data = annotated(field, b"/AcroForm << /XFA (x) /Fields [] >> /NeedsRendering true")
    (tmp_path / "a.pdf").write_bytes(data)
    with pytest.raises(Unreadable, match="print it to a PDF"):
        Pdf(tmp_path / "a.pdf", "pypdf2")
