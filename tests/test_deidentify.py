"""De-identification: lines with what must go and lines in which nothing may, invariants, and figures on planted identifiers."""

import codecs
import json
import os
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl.deid.deidentify import KINDS, RECOGNIZERS, Deidentified, Span, deidentify

REAL = Path(os.environ.get("PATHMTL_REAL", Path(__file__).resolve().parents[2] / "shared" / "real")) / "tcga_test_dev.csv.gz"

#: (report, the same with tags)
REMOVED = [
    ("Patient: FIELDING, MARGOT A   MRN: 4471902", "Patient: [NAME]   MRN: [MRN]"),
    ("Patient Name Margot Fielding\nDOB: 3/14/1951", "Patient Name [NAME]\nDOB: [DATE]"),
    ("Name: van der Meer, Joost", "Name: [NAME]"),
    ("Dr. O'Rourke was informed.", "Dr. [NAME] was informed."),
    ("seen by Drs. Fielding for review", "seen by Drs. [NAME] for review"),
    ("Mrs Fielding attended.", "Mrs [NAME] attended."),
    ("Pathologist: Margot B. Fielding, M.D., Ph.D.", "Pathologist: [NAME], M.D., Ph.D."),
    ("Margot B. Fielding, MD, FCAP", "[NAME], MD, FCAP"),
    ("Paul Fielding, MBBS, FRCPath", "[NAME], MBBS, FRCPath"),
    ("Electronically signed by Margot Fielding on 14-Mar-2019", "Electronically signed by [NAME] on [DATE]"),
    ("Discussed with Margot Fielding by telephone", "Discussed with [NAME] by telephone"),
    ("cc: M. Fielding", "cc: [NAME]"),
    ('received labeled "Fielding, Margot" and "left breast"', 'received labeled "[NAME]" and "left breast"'),
    ("FIELDING, MARGOT A    Page 2 of 3", "[NAME]    Page 2 of 3"),
    ("FIELDING, MARGOT  4471902  Continued on page 2", "[NAME]  [MRN]  Continued on page 2"),
    ("Surgeon: Tolliver\nGross: The TOLLIVER specimen", "Surgeon: [NAME]\nGross: The [NAME] specimen"),
    ("Narne: Margot Fielding", "Narne: [NAME]"),
    ("Patlent: Margot Fielding", "Patlent: [NAME]"),
    ("Mary White is here.", "[NAME] is here."),
    ("Collected: 03/14/2019", "Collected: [DATE]"),
    ("on 14 March 2019 and March 14, 2019", "on [DATE] and [DATE]"),
    ("signed 2019-03-14 or 14.03.2019 or 14MAR2019", "signed [DATE] or [DATE] or [DATE]"),
    ("seen in March 2019", "seen in [DATE]"),
    ("O3/l4/2O19", "[DATE]"),
    ("27 JuIy 2015", "[DATE]"),
    ("on Septernber 23, 2006", "on [DATE]"),
    ("cc: F. dela Cruz, MD", "cc: [NAME], MD"),
    ("Susan A. Vance    -- 3 --", "[NAME]    -- 3 --"),
    ("Received: 3/14", "Received: [DATE]"),
    ("The patient is a 92-year-old woman", "The patient is a [AGE]-year-old woman"),
    ("Age: 93  Sex: F", "Age: [AGE]  Sex: F"),
    ("a 101 year old man", "a [AGE] year old man"),
    ("Age/Sex: 95/F", "Age/Sex: [AGE]/F"),
    ("a ninety-two year old lady", "a [AGE] year old lady"),
    ("Medical Record Number: 00447190", "Medical Record Number: [MRN]"),
    ("Hospital No: 447190", "Hospital No: [MRN]"),
    ("NHS No: 943 476 5919", "NHS No: [MRN]"),
    ("MRN 12O4567", "MRN [MRN]"),
    ("Margot D. Fielding, MD\nFIELDING, MARGOT  447190O2  Page 3 of 3", "[NAME], MD\n[NAME]  [MRN]  Page 3 of 3"),
    ("Accession #: S19-12345", "Accession #: [ACCESSION]"),
    (
        "Reviewed: SP-19-123456 and 19-S-12345 and H19/12345 and SU19123456",
        "Reviewed: [ACCESSION] and [ACCESSION] and [ACCESSION] and [ACCESSION]",
    ),
    ("Account No: 998877665", "Account No: [ACCOUNT]"),
    ("SSN: 912-33-4444", "SSN: [SSN]"),
    ("Tel: (614) 555-0133  Fax: 614-555-0144", "Tel: [PHONE]  Fax: [FAX]"),
    ("Call +1 614 555 0133 or 1-614-555-0133 or 614.555.0133", "Call [PHONE] or [PHONE] or [PHONE]"),
    ("E-mail: m.fielding@example.org", "E-mail: [EMAIL]"),
    ("See https://www.example.org/a/1 or www.north-lab.example.com.", "See [URL] or [URL]."),
    ("12 Maple Street, Northgate, TX 75001", "[ADDRESS] [ZIP]"),
    ("P.O. Box 1234", "[ADDRESS]"),
    ("Port device S/N: AB1234567", "Port device S/N: [DEVICE]"),
    ("Block ID: S19-1234 A1", "Block ID: [BLOCK]"),
    ("Northgate Falls General Hospital", "[HOSPITAL]"),
    ("slides from ST. AGNES HOSPITAL were", "slides from [HOSPITAL] were"),
    ("NORTHGATE MEM0RIAL HOSPITAL", "[HOSPITAL]"),
    ("University of Larkspur Medical Center", "[HOSPITAL]"),
    ("Hospital of Saint Raphael", "[HOSPITAL]"),
    # seen to leak when layouts were invented that no rule had been written for
    ("Reviewed with Drs. Harris and Okafor", "Reviewed with Drs. [NAME] and [NAME]"),
    ("Drs Harris/Okafor and Dr. Bishop were told", "Drs [NAME]/[NAME] and Dr. [NAME] were told"),
    ("Ordering Provider Okafor, Chidi MD", "Ordering Provider [NAME] MD"),
    ("Tech: K. Bishop", "Tech: [NAME]"),
    ("patient: louise harris\nspecimen: left breast", "patient: [NAME]\nspecimen: left breast"),
    ("Date: 20190314, DOB: 03142019, signed 14.3.19", "Date: [DATE], DOB: [DATE], signed [DATE]"),
    ("on Mar. 14, '19", "on [DATE]"),
    ("F/91, aged ninety-one", "F/[AGE], aged [AGE]"),
    ("U#: 123456", "U#: [MRN]"),
    ("Please call the laboratory 555-0133", "Please call the laboratory [PHONE]"),
    ("sent to LabCorp and Quest Diagnostics", "sent to [HOSPITAL] and [HOSPITAL]"),
    ("see 19:S1234", "see [ACCESSION]"),
    ("Medicare # 1EG4-TE5-MK72, NPI: 1234567890", "Medicare # [ACCOUNT], NPI: [ACCOUNT]"),
    ("Implant lot 4455667", "Implant lot [DEVICE]"),
    ("Northgate, TX 75001", "[ADDRESS] [ZIP]"),
    ("533 Station Road. Northgate, TX 75001", "[ADDRESS] [ADDRESS] [ZIP]"),
    ("The tissue is white. WHITE, INGRID T  2502554  Page 2 of 2", "The tissue is white. [NAME]  [MRN]  Page 2 of 2"),
    ("Reported by Dr. A.K. Mehta, Consultant", "Reported by Dr. [NAME], Consultant"),
    ("Surgeon: BENTON/ABARA", "Surgeon: [NAME]/[NAME]"),
    ("Surgeon(s): Benton; Abara", "Surgeon(s): [NAME]; [NAME]"),
    ("Name / MRN: WALTERS, JOAN / 00451236", "Name / MRN: [NAME] / [MRN]"),
    ("Date of op: 07JUN12, admitted 2018-3-12", "Date of op: [DATE], admitted [DATE]"),
    ("a woman of 94", "a woman of [AGE]"),
    ("CR No: 123456, UHID 1234567, SSN: xxx-xx-1234", "CR No: [MRN], UHID [MRN], SSN: [SSN]"),
    ("Lab No: 18H04521; Our ref: 18/S/4521", "Lab No: [ACCESSION]; Our ref: [ACCESSION]"),
    ("North Shore Surgical Associates, ARUP Laboratories", "[HOSPITAL], [HOSPITAL]"),
    ("4665 MiIl Road, Northgate, TX 75001", "[ADDRESS] [ZIP]"),
    ("Department of Pathology\nWest Northgate TX 75001-1234", "Department of Pathology\n[ADDRESS] [ZIP]"),
    ("from 192.168.1.12", "from [URL]"),
]
#: Nothing in these is an identifier.
KEPT = [
    "pT1c(m) pN1mi(sn) pM0",
    "ypT0 ypN0(i+)",
    "pTX NX MX",
    "Nodes: 2/14 positive",
    "2/14",
    "metastasis in 1 / 12 nodes",
    "Gleason 3+3=6",
    "Gleason score 4 + 3 = 7",
    "ER 95%, PR 90 %, Ki-67 15%",
    "HER2 2+ (equivocal)",
    "HER2/neu 3+; FISH ratio 1.8",
    "2.1 x 1.3 cm",
    "10.5 x 8.9 x 1.3 cm",
    "Nottingham 3/3, 2/3, 1/3; total 6/9",
    "Allred 7/8, H-score 270",
    "a 64-year-old woman",
    "Age: 89",
    "aged 45",
    "weighing 350 g",
    "Specimen A: left breast",
    "blocks A1-A12, B1-10",
    "cassettes 1A to 4C",
    "at the 12:00 o'clock position",
    "5-0 nylon, 3-4 mm",
    "CK5/6, CD31, S100, p53",
    "clone SP263, EPR3864, 4B5",
    "ICD-O 8500/3, C50.9",
    "SNOMED T-04000, M-85003",
    "FISH 77 of 100 cells; chromosome 17",
    "stage IIB, grade 3",
    "AJCC 8th edition, 2017",
    "in 2016",
    "Ann Arbor stage IV",
    "Paget disease",
    "Bloom-Richardson grade 2",
    "Pathologist: see below",
    "The patient may return in 6 months",
    "12 mm from the lateral margin",
    "95 mitoses per 10 high-power fields",
    "Department of Pathology",
    "Outside Hospital",
    "the hospital laboratory",
    "Final Diagnosis: Invasive ductal carcinoma",
    "LEFT BREAST, MASTECTOMY:",
    "Left Breast, Core Biopsy",
    "Surgeon: not given",
    "Hodgkin lymphoma",
    'received fresh, labeled "left breast"',
    "Margin: 1.2 - 3.4 mm",
    "Nodes 0/3, 0/4, 1/10",
    "H&E x 400",
    "Ki-67 (MIB-1) 90%",
    "tumor 90 mm from nipple",
    "The specimen is a portion of skin",
    "Frozen section performed by intraoperative consultation",
    "HER2 negative (1+) by IHC, 11/20 nodes",
    "Drs and nurses were present",
    "patient: alive and well",
    "specimen: left breast, mark: blue",
    "See section 1.2.3.4 of the protocol",
    "a lot of adipose tissue, 12 lots",
    "Call back in 3 of 14 cases",
    "M/90 mm, F/64",
    "aged ninety days",
    "ER/PR/HER2, Quest for margins",
    "Surgeons: none present; Margins: free",
    "Reference range: 1000-2000 units",
    "a portion of 94 g, a woman of 64",
    "Clinical Laboratories",
    "3MAR antibody, 12 cores",
]


def _lines():
    """(report, tagged) of each line of the table beside this file."""
    for line in Path(__file__).with_name("deidentify_lines.txt").read_text(encoding="utf-8").split("\n"):
        line = re.sub(r"\\[nrt\\]", lambda m: codecs.decode(m[0], "unicode_escape"), line)
        if line.startswith("keep: "):
            yield line[6:], line[6:]
        elif line and not line.startswith("#"):
            yield tuple(line.split(" => "))


LINES = list(_lines())


@pytest.mark.parametrize(("report", "tagged"), LINES, ids=[line[:40] for line, _ in LINES])
def test_line(report, tagged):
    assert deidentify(report).text == tagged


@pytest.mark.parametrize(("report", "tagged"), REMOVED, ids=[line[:40] for line, _ in REMOVED])
def test_identifier_is_replaced(report, tagged):
    assert deidentify(report).text == tagged


@pytest.mark.parametrize("report", KEPT, ids=[line[:40] for line in KEPT])
def test_medicine_is_kept(report):
    assert deidentify(report).text == report


def test_every_kind_occurs_in_the_table():
    assert {r.kind for line, _ in REMOVED for r in deidentify(line).redactions} == set(KINDS)


def test_name_is_followed_through_the_report():
    result = deidentify("Patient: FIELDING, MARGOT\n\nThe Fielding specimen. Labelled FIELDING 1A. Margot Fielding, aged 50.")
    assert "ielding" not in result.text and "FIELDING" not in result.text and "argot" not in result.text


def test_an_eponym_is_not_followed_through_the_report():
    result = deidentify("Pathologist: Ruth Gleason, MD. Gleason 3+3=6. Nottingham grade 2.")
    assert result.text == "Pathologist: [NAME], MD. Gleason 3+3=6. Nottingham grade 2."


def test_an_ordinary_word_that_is_also_a_name_survives():
    result = deidentify("Patient: GRAY, MARGOT\nThe tissue is gray-white. Gray areas are firm.")
    assert result.text == "Patient: [NAME]\nThe tissue is gray-white. Gray areas are firm."


def test_offsets_lead_back_to_the_source():
    source = "Dr. Fielding saw MRN: 4471902, pT1c, on 3/14/2019; 2/14 nodes."
    result = deidentify(source)
    assert [source[r.start : r.end] for r in result.redactions] == ["Fielding", "4471902", "3/14/2019"]
    for piece in ("saw", "pT1c", "2/14 nodes"):
        at = result.to_source(result.text.index(piece))
        assert source[at : at + len(piece)] == piece
    assert result.to_source(result.text.index("[MRN]") + 2) == source.index("4471902")


PIECES = ["pT1c", "2/14", "3+3=6", "95%", "2.1 x 1.3 cm", "HER2 2+", "Ki-67 15%"]
SURROUNDINGS = [
    "Patient: ",
    "Dr. ",
    "MRN: ",
    "Date: ",
    "FIELDING, MARGOT ",
    "Margot Fielding",
    " M.D.",
    "Hospital",
    "03/14/2019",
    "92-year-old",
    "12 Maple Street",
    "(614) 555-0133",
    "S19-12345",
    'labeled "',
    "[NAME]",
    ", ",
    ". ",
    "\n",
    " ",
    ":",
    "left breast",
    "Page 2",
    "1",
    "-",
    "/",
    "MD",
    "on ",
    "March ",
    "signed by ",
    "seen by",
    "labeled",
    "Page",
    "Dr",
    "van der ",
    "SSN",
]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.sampled_from(SURROUNDINGS), max_size=8),
    st.sampled_from(PIECES),
    st.lists(st.sampled_from(SURROUNDINGS), max_size=8),
)
def test_protected_spans_survive_any_surroundings(before, piece, after):
    source = "".join(before) + " . " + piece + " . " + "".join(after)
    start = len("".join(before)) + 3
    assert all(r.end <= start or start + len(piece) <= r.start for r in deidentify(source).redactions)


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(st.sampled_from(SURROUNDINGS + PIECES), max_size=20).map("".join)))
def test_invariants(source):
    result = deidentify(source)
    assert deidentify(result.text).text == result.text
    at, rebuilt = 0, []
    for r in result.redactions:
        assert 0 <= at <= r.start < r.end <= len(source) and r.kind in KINDS
        rebuilt += [source[at : r.start], f"[{r.kind}]"]
        at = r.end
    assert "".join([*rebuilt, source[at:]]) == result.text
    for i, char in enumerate(result.text):
        if not _in_tag(result, i):
            assert source[result.to_source(i)] == char


def _in_tag(result: Deidentified, offset: int) -> bool:
    shift = 0
    for r in result.redactions:
        start = r.start - shift
        if start <= offset < start + len(r.kind) + 2:
            return True
        shift += r.end - r.start - len(r.kind) - 2
    return False


def test_another_recognizer_can_sit_beside_ours():
    def mayors(text):
        at = text.find("the mayor")
        return [Span(at, at + 9, "NAME")] if at >= 0 else []

    report = "Daughter of the mayor. Patient: FIELDING, MARGOT. Tumor 2.1 cm."
    assert deidentify(report, (*RECOGNIZERS, mayors)).text == "Daughter of [NAME]. Patient: [NAME]. Tumor 2.1 cm."
    assert deidentify(report, [mayors]).text == report.replace("the mayor", "[NAME]")
    with pytest.raises(ValueError, match="kind 'PERSON'"):
        deidentify(report, [lambda text: [Span(0, 8, "PERSON")]])
    assert deidentify("2.1 cm", [lambda text: [Span(0, 6, "NAME")] if text == "2.1 cm" else []]).text == "2.1 cm"


def test_planted_identifiers_are_found():
    from pathmtl_synthetic.generate import generate

    gold = found = documents = clean = tags = false = 0
    for row in generate(400, 77, {"planted_identifiers": 1.0}):
        text, spans = row["text"], json.loads(row["phi"])
        redactions = deidentify(text).redactions
        hidden = {i for r in redactions for i in range(r.start, r.end)}
        leaks = sum(any(text[i].isalnum() and i not in hidden for i in range(a, b)) for a, b, _ in spans)
        gold, found, documents, clean = gold + len(spans), found + len(spans) - leaks, documents + 1, clean + (not leaks)
        tags += len(redactions)
        false += sum(not any(r.start < b and a < r.end for a, b, _ in spans) for r in redactions)
    assert gold > 2500
    assert found / gold >= 0.995
    assert clean / documents >= 0.98
    assert false / tags <= 0.01


@pytest.mark.skipif(not REAL.exists(), reason="the real reports (PATHMTL_REAL) are not here")
def test_real_redacted_reports_keep_their_words():
    import pandas as pd

    texts = pd.read_csv(REAL, dtype=str, keep_default_na=False).text[:200]
    began = time.process_time()
    results = [deidentify(text) for text in texts]
    seconds = time.process_time() - began
    words = sum(len(text.split()) for text in texts)
    assert sum(len(result.redactions) for result in results) < 3 * words / 1000
    assert len(texts) / seconds > 100  # far below what is measured (benchmarks/deidentify.py), so that a loaded machine passes
