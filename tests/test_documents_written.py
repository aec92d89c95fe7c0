"""Word, RTF and HL7 documents: what a reader sees is read, with the state of boxes; what a reader does not see is not."""

import io

import docx
import pytest
from docx.oxml import parse_xml

from pathmtl import oracle
from pathmtl.documents.hl7_file import parse_messages
from pathmtl.documents.rich_text import from_rtf
from pathmtl.documents.word_file import read_docx

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
P = f"<w:p {W} {W14}>{{}}</w:p>"
R = "<w:r>{}<w:t>{}</w:t></w:r>"
BOX = (
    '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{}"/></w14:checkbox></w:sdtPr>'
    "<w:sdtContent><w:r><w:t>☐</w:t></w:r></w:sdtContent></w:sdt>"
)
OLD_BOX = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox><w:default w:val="{}"/></w:checkBox>'
    "</w:ffData></w:fldChar></w:r>"
)
OLD_LIST = (
    '<w:r><w:fldChar w:fldCharType="begin"><w:ffData><w:ddList><w:result w:val="1"/>'
    '<w:listEntry w:val="pT1"/><w:listEntry w:val="pT2"/></w:ddList></w:ffData></w:fldChar></w:r>'
)


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (R.format("", "pT2") + "<w:r><w:tab/></w:r>" + R.format("", "pN0"), "pT2\tpN0"),
        (R.format("", "pT1") + "<w:r><w:br/></w:r>" + R.format("", "pN0"), "pT1\npN0"),
        ("<w:sdt><w:sdtContent>" + R.format("", "pT2") + "</w:sdtContent></w:sdt>", "pT2"),
        ("<w:ins>" + R.format("", "pT2") + "</w:ins><w:del><w:r><w:delText>pT3</w:delText></w:r></w:del>", "pT2"),
        (R.format("<w:rPr><w:vanish/></w:rPr>", "pT3") + R.format("", "pT2"), "pT2"),
        (R.format('<w:rPr><w:vanish w:val="0"/></w:rPr>', "pT3"), "pT3"),
        (BOX.format(1) + R.format("", " pM1"), "[x] pM1"),
        (BOX.format(0) + R.format("", " pM1"), "[ ] pM1"),
        (OLD_BOX.format(1) + R.format("", " pM1"), "[x] pM1"),
        (OLD_BOX.format(0) + R.format("", " pM1"), "[ ] pM1"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/></w:r>' + R.format("", " pM1"), "[x] pM1"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0A8"/></w:r>' + R.format("", " pM1"), "[ ] pM1"),
        (OLD_LIST, "pT2"),
    ],
)
def test_a_word_paragraph_is_read_as_it_is_seen(inside, text, tmp_path):
    document = docx.Document()
    document.element.body.insert(0, parse_xml(P.format(inside)))
    document.save(tmp_path / "r.docx")
    assert read_docx(tmp_path / "r.docx") == (text, 0)


def test_tables_headers_footers_and_pictures_of_a_word_document(tmp_path):
    from PIL import Image

    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "SURGICAL PATHOLOGY"
    document.sections[0].footer.paragraphs[0].text = "end of report"
    document.add_paragraph("Synoptic")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Stage", "pT2"), ("Nodes", "pN1a")), strict=True):
        for cell, value in zip(row.cells, cells, strict=True):
            cell.text = value
    document.add_paragraph("ER negative")
    picture = io.BytesIO()
    Image.new("L", (4, 4)).save(picture, "PNG")
    document.add_picture(picture)
    document.save(tmp_path / "r.docx")
    text, pictures = read_docx(tmp_path / "r.docx")
    assert text.split("\n\n")[0] == "SURGICAL PATHOLOGY" and text.endswith("end of report") and pictures == 1
    assert "Synoptic\nStage\tpT2\nNodes\tpN1a\nER negative" in text
    assert oracle.label(text)["N"] == "N1"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"{\rtf1\ansi pT2\par pN0}", "pT2\npN0"),
        (r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\b ER} 95 %, Gr\'f6\'dfe 12 \u181?m}", "ER 95 %, Größe 12 µm"),
        (r"{\rtf1 {\v pT3}pT2}", "pT2"),
        (r"{\rtf1 {\v0 pT3}}", "pT3"),
        (r"{\rtf1 {\deleted pT3}pT2{\pict\pngblip 89504e47}}", "pT2"),
        (r"{\rtf1 {\*\generator x;}{\info{\author Someone}}pT2}", "pT2"),
    ],
)
def test_rtf_is_read_as_it_is_seen(source, text):
    assert from_rtf(source).strip() == text


HEAD = (
    "MSH|^~\\&|LAB|H|X|Y|20240312||ORU^R01|C1|P|2.5\rPID|1||4471902^^^LAB||FIELDING^MARGOT\rOBR|1||S24-17^LAB|88305|||20240310\r"
)


@pytest.mark.parametrize(
    ("segments", "text"),
    [
        ("OBX|1|TX|22637-3^Path report.final diagnosis^LN||pT2 pN0", "Final diagnosis:\npT2 pN0"),
        ("OBX|1|TX|1^Diagnosis||pT2\rOBX|2|TX|1^Diagnosis||pN0", "Diagnosis:\npT2\npN0"),
        ("OBX|1|FT|1^Diagnosis||pT2\\.br\\ER 90\\X25\\ \\T\\ PR\\F\\no~pN0", "Diagnosis:\npT2\nER 90% & PR|no\npN0"),
        ("OBX|1|TX|1^Diagnosis||\\H\\pT2\\N\\ of ER\\PR", "Diagnosis:\npT2 of ER\\PR"),
        ("OBX|1|CWE|21905-5^Primary tumor||T2^pT2^AJCC", "Primary tumor: pT2"),
        ("OBX|1|SN|1^ER||>^90|%", "ER: >90 %"),
        ("OBX|1|TX|1^Diagnosis||pT2\nand more", "Diagnosis:\npT2\nand more"),
        ("OBX|1|TX|1^Diagnosis||pT3||||||D\rOBX|2|TX|1^Diagnosis||pT2||||||F", "Diagnosis:\npT2"),
        ("OBX|1|TX|1^Diagnosis||pT3||||||W\rNTE|1||see addendum", "see addendum"),
    ],
)
def test_the_text_of_an_hl7_message(segments, text):
    (message,) = parse_messages(HEAD + segments)
    assert message.text == text and "FIELDING" not in message.text
    assert (message.report_id, message.patient_id, message.date) == ("S24-17", "4471902", "20240310")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_batches_of_messages_whatever_ends_their_lines(end):
    body = (HEAD + "OBX|1|TX|1||one\r").replace("\r", end)
    batch = f"FHS|^~\\&|A{end}BHS|^~\\&|A{end}\x0b{body}\x1c{end}{body.replace('one', 'two')}BTS|2{end}FTS|1{end}"
    assert [message.text for message in parse_messages(batch)] == ["1:\none", "1:\ntwo"]


def test_a_document_inside_a_message_is_reported():
    (message,) = parse_messages(HEAD + "OBX|1|ED|1^Report||^application^pdf^Base64^JVBERi0=")
    assert message.attached == ("OBX 1",) and message.text == ""
