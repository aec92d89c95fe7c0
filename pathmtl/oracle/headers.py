"""Anchor headers of the segmenter (paper, section S1, last paragraph) and the words that mark a specimen.

``HEADERS`` maps a header phrase (folded) to the section it opens. ``WEAK`` phrases are ordinary words as well, and open a
section only where the layout says so (a colon or a line of their own).
"""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

HEADERS: dict[str, str] = {
    # synoptic (CAP cancer protocols)
    "synoptic": "synoptic", "synoptic report": "synoptic", "synoptic summary": "synoptic", "tumor summary": "synoptic", "tumour summary": "synoptic", "cancer case summary": "synoptic",
    "case summary": "synoptic", "cap checklist": "synoptic", "cancer checklist": "synoptic", "cap protocol": "synoptic",
    "surgical pathology cancer case summary": "synoptic", "pathologic staging": "synoptic", "pathological staging": "synoptic",
    "summary of pathology": "synoptic", "pathologic tnm": "synoptic", "pathology summary": "synoptic", "synopsis": "synoptic",
    "summary of findings": "synoptic", "staging summary": "synoptic", "histopathologic summary": "synoptic",
    # final diagnosis
    "final diagnosis": "final_diagnosis", "final pathologic diagnosis": "final_diagnosis",
    "final pathological diagnosis": "final_diagnosis", "final histologic diagnosis": "final_diagnosis",
    "pathologic diagnosis": "final_diagnosis", "pathological diagnosis": "final_diagnosis", "final diagnoses": "final_diagnosis",
    "pathology diagnosis": "final_diagnosis", "microscopic diagnosis": "final_diagnosis", "surgical diagnosis": "final_diagnosis",
    "histologic diagnosis": "final_diagnosis", "histological diagnosis": "final_diagnosis", "diagnosis": "final_diagnosis",
    "diagnoses": "final_diagnosis", "diagnosis(es)": "final_diagnosis", "diagnosis (es)": "final_diagnosis",
    "histopathological diagnosis": "final_diagnosis", "interpretation": "final_diagnosis",
    "final report": "final_diagnosis", "revised diagnosis": "addendum", "amended diagnosis": "addendum",
    "invasive ductal carcinoma": "final_diagnosis", "invasive lobular carcinoma": "final_diagnosis",
    "invasive carcinoma of the breast": "synoptic",
    "dx": "final_diagnosis", "final dx": "final_diagnosis", "conclusion": "final_diagnosis", "conclusions": "final_diagnosis", "histological conclusion": "final_diagnosis",
    "histopathology report": "microscopic", "histopathology": "microscopic", "microscopic appearances": "microscopic", "microscopic report": "microscopic",
    "histology report": "microscopic", "macroscopic appearances": "gross", "macroscopic report": "gross", "macroscopic examination": "gross", "specimen details": "gross", "description of specimen": "gross",
    "pathological summary": "synoptic", "tissue checklist": "synoptic", **{f"{organ} tissue checklist": "synoptic" for organ in (
        "stomach", "lung", "kidney", "bladder", "urinary bladder", "colon", "prostate", "breast", "esophagus", "pancreas", "thyroid", "ovary", "uterus")},
    "correction": "addendum", "corrected diagnosis": "addendum", "revised report": "addendum", "erratum": "addendum",
    "amended final diagnosis": "addendum", "revised final diagnosis": "addendum", "further report": "addendum",
    # other narrative parts
    "microscopic description": "microscopic", "microscopic examination": "microscopic", "microscopic": "microscopic",
    "microscopic findings": "microscopic", "histology": "microscopic", "microscopy": "microscopic",
    "gross description": "gross", "gross examination": "gross", "macroscopic description": "gross", "gross": "gross",
    "gross pathology": "gross", "gross and microscopic": "gross", "macroscopic": "gross", "macroscopy": "gross",
    "material submitted": "gross", "specimen description": "gross", "section code": "gross", "summary of sections": "gross",
    "comment": "comment", "comments": "comment", "note": "comment", "diagnosis comment": "comment",
    "addendum": "addendum", "addenda": "addendum", "supplemental report": "addendum", "supplementary report": "addendum",
    "amendment": "addendum", "amended report": "addendum", "corrected report": "addendum", "addendum report": "addendum",
    "addendum diagnosis": "addendum", "addendum comment": "addendum", "addendum discussion": "addendum",
    "procedures/addenda": "addendum",
    "biomarkers": "biomarkers", "biomarker": "biomarkers", "receptor studies": "biomarkers", "hormone receptors": "biomarkers",
    "prognostic markers": "biomarkers", "prognostic factors": "biomarkers", "prognostic profile": "biomarkers",
    "predictive markers": "biomarkers", "predictive factors": "biomarkers", "er/pr/her2 results": "biomarkers",
    "ancillary studies": "biomarkers", "ancillary study": "biomarkers", "hormone receptor status": "biomarkers",
    "immunohistochemistry": "biomarkers", "immunohistochemical studies": "biomarkers", "special studies": "biomarkers",
    "breast biomarkers": "biomarkers", "breast prognostic profile": "biomarkers", "biomarker studies": "biomarkers", "receptor status": "biomarkers",
    "immunohistochemical": "biomarkers", "special stains": "biomarkers", "tumor markers": "biomarkers",
    "clinical history": "clinical_history", "clinical information": "clinical_history", "clinical data": "clinical_history",
    "patient history": "clinical_history", "history": "clinical_history", "past history": "clinical_history",
    "clinical indication": "clinical_history", "preoperative diagnosis": "clinical_history", "clinical impression": "clinical_history",
    "pre-operative diagnosis": "clinical_history", "postoperative diagnosis": "clinical_history", "relevant history": "clinical_history",
    "post-operative diagnosis": "clinical_history", "clinical diagnosis": "clinical_history", "indication": "clinical_history",
    "pertinent history": "clinical_history", "clinical diagnosis and history": "clinical_history", "prior history": "clinical_history",
    "pre-op diagnosis": "clinical_history", "post-op diagnosis": "clinical_history", "preop diagnosis": "clinical_history",
    "previous history": "clinical_history", "brief history": "clinical_history", "history of present illness": "clinical_history",
    "clinical notes": "clinical_history", "medical history": "clinical_history", "past medical history": "clinical_history",
    "clinical summary": "clinical_history", "clinical findings": "clinical_history", "previous pathology": "clinical_history",
    "clinical details": "clinical_history", "clinical detail": "clinical_history", "family history": "clinical_history",
    "clinical background": "clinical_history", "clinical context": "clinical_history", "clinical presentation": "clinical_history",
    "clinical note": "clinical_history", "request details": "clinical_history", "relevant clinical details": "clinical_history",
    "relevant clinical information": "clinical_history", "past medical and family history": "clinical_history", 
    "family and personal history": "clinical_history", "personal history": "clinical_history",
    "prior pathology": "clinical_history", "previous biopsy": "clinical_history", "prior material": "clinical_history",
    "previous material": "clinical_history", "copied from previous report": "clinical_history", "prior specimens": "clinical_history", "prior biopsy": "clinical_history",
    "intraoperative consultation": "intraoperative", "intraoperative diagnosis": "intraoperative",
    "intra-operative consultation": "intraoperative", "frozen section": "intraoperative", "operative consultation": "intraoperative",
    "frozen section diagnosis": "intraoperative", "intraoperative consultation diagnosis": "intraoperative",
    "intraoperative": "intraoperative", "frozen sections": "intraoperative", "rapid diagnosis": "intraoperative",
    "specimen(s) received": "administrative", "specimens received": "administrative", "specimen received": "administrative",
    "specimen(s) submitted": "administrative", "specimens submitted": "administrative", "specimen(s)": "administrative",
    "specimens": "administrative", "specimen submitted": "administrative", "specimen": "administrative",
    "tissue submitted": "administrative", "source of specimen": "administrative", "specimen source": "administrative",
    "disclaimer": "administrative", "electronically signed": "administrative", "nature of specimen": "administrative",
    "tissues": "administrative", "procedure": "administrative", "copies to": "administrative", "operation": "administrative",
}

WEAK: frozenset[str] = frozenset({
    "diagnosis", "diagnoses", "interpretation", "microscopic", "histology", "gross", "comment", "comments", "note", "addendum",
    "addenda", "amendment", "biomarkers", "biomarker", "history", "indication", "intraoperative", "specimens", "specimen",
    "tissues", "specimen(s)", "procedure", "operation", "disclaimer", "immunohistochemistry", "immunohistochemical", "macroscopic",
    "microscopy", "macroscopy", "frozen section", "frozen sections", "clinical diagnosis", "synopsis", "hormone receptors",
    "invasive ductal carcinoma", "invasive lobular carcinoma", "invasive carcinoma of the breast", "special stains",
    "receptor status", "ancillary studies", "tumor markers", "prior biopsy", "clinical findings", "surgical diagnosis",
    "pathologic staging", "pathological staging", "pathologic tnm", "prognostic factors",
    "histologic diagnosis", "histological diagnosis", "operative consultation", "special studies", "dx", "conclusion", "conclusions",
    "histopathology", "correction", "clinical detail", "clinical note", "personal history", "further report",
})
#: Words that only a colon or a line of their own makes a label: "... OF THE SOFT TISSUES." ends a sentence in capitals.
ONLY_LABELS: frozenset[str] = frozenset({"tissues", "specimens", "specimen", "procedure", "operation"})
#: Fields of a checklist that elsewhere are titles of lists: within a synoptic summary they open nothing.
CHECKLIST_FIELDS: frozenset[str] = frozenset({"procedure", "specimen", "operation"})
#: In capitals within a line, behind such a word, stands the end of a field's name: "BLOCKS FOR ANCILLARY STUDIES: A3".
WITHIN_NAME = re.compile(r"\b(?:for|of|on|in|the|with|to)\s$")
#: The diagnosis itself as a title; as the value of a field ("Histologic type: invasive ductal carcinoma") it opens nothing.
TITLES: frozenset[str] = frozenset({"invasive ductal carcinoma", "invasive lobular carcinoma"})
#: "CLINICAL HISTORY REVIEWED: yes" is a field of a checklist, not the history.
NO_HISTORY_HEADER = re.compile(r"[ \t]+(?:(?:has|have|was|is|and|slides?|been)\s)*(?:reviewed|noted|considered|available|confirmed|checked|obtained|provided|known)\b", re.IGNORECASE)
#: Fields that state a stage: where a report has several, one breast each, a field belongs to the breast that was named before it.
STAGE_FIELDS: tuple[str, ...] = ("pathologic staging", "pathological staging", "pathologic tnm")
#: A new breast behind such a field.
SIDE_TITLE = re.compile(r"(?:^|[\n.;])\s*(?P<title>(?:[A-Z\d][.)]\s*)?(?:(?:LEFT|RIGHT|Left|Right) (?:BREAST|Breast|breast|AXILL|Axill|axill|MASTECTOMY|LUMPECTOMY)|(?:BREAST|Breast),? (?:LEFT|RIGHT|Left|Right|left|right)\b))")

#: "Interpretation: equivocal" is the field of a test, not a section.
RESULT_BEHIND = re.compile(r"\s?:\s{0,3}(?:positive|negative|equivocal|indeterminate|(?:not |non-?)?amplified|low\b|0\b|[1-3]\s?\+)", re.IGNORECASE)

#: Fields of a CAP checklist: a history or a specimen list that reaches one has ended, header or not.
SYNOPTIC_FIELDS: tuple[str, ...] = ("primary tumor (pt)", "primary tumour (pt)", "histologic type", "histologic grade", "tumor focality", "tumor site:",
                                    "tumor size:", "specimen type:", "regional lymph nodes (pn)", "pathologic staging", "tnm stage")
#: Sections within which specimen headers ("A. BREAST, LEFT, ...") open a block of their own.
SPLIT_SECTIONS: frozenset[str] = frozenset({"final_diagnosis", "synoptic", "gross", "microscopic", "addendum", "other"})

#: "A. BREAST, LEFT", "(B) RIGHT AXILLARY ...", "2) Left breast": found by the mark's last character, which is fast; read on the
#: report as written, where case matters. What stands before that character must be a specimen's mark (``SPECIMEN_MARK``).
SPECIMEN = re.compile(r"[.):](?<=[A-Z\d][.):])(?<![A-Za-z]..)(?<!\d\.\d.)(?=[\s-]*(?P<title>(?!CM\b|MM\b|cm\b|mm\b|THE\b|The\b|Total\b|TOTAL\b)[A-Z][^\n]{0,70}))")
SPECIMEN_MARK = re.compile(
    r"(?:^|(?<=[\n:;)\]])|(?<=\D\.))\s*(?P<mark>\(?(?P<letter>[A-Z])|(?:PART|Part|SPECIMEN|Specimen)\s*\#?(?P<part>[A-Z]|\d{1,2})"
    # A list begins with 1 behind a colon; another number there is a field's value ("Nodes involved: 3. Nodes examined: 14").
    r"|\(?(?P<number>1|(?<!:)(?<!: )(?<!: \()\d{1,2}))[.):]$")
#: "PART 3 LEFT BREAST" carries no punctuation.
PART = re.compile(r"(?:PART|Part)\s\#?(?P<part>[A-Z]|\d{1,2})(?=\s+(?P<title>[A-Z][^\n]{0,70}))")
#: The title of a specimen names tissue; anything else that follows a letter is a list.
TISSUE = re.compile(
    "(?:" + word_starts(
        "breast", "lymph", "node", "nodes", "axilla", "axillary", "sentinel", "skin", "nipple", "margin", "mastectomy", "lumpectomy",
        "lung", "lobe", "colon", "kidney", "prostate", "bladder", "thyroid", "uterus", "cervix", "ovary", "stomach", "liver", "tongue",
        "neck", "rectum", "pancreas", "quadrant") + r")\b")
LATERALITY = re.compile(r"laterality[\s:.\-]{1,4}(left|right)\b")
#: "left" and "right" count where they speak of the breast or axilla, not of a margin or a clock face.
SIDE = re.compile(r"l(?:eft|t(?<![a-z]lt)(?![a-z]))|r(?:ight|t(?<![a-z]rt)(?![a-z]))")
SITE_AFTER = re.compile(r"\.?(?:\s*,)?\s+(?:\w+\s+){0,2}?(?:breast|axill|mastectomy|lumpectomy|sentinel|nipple)")
SITE_BEFORE = re.compile(r"\b(?:breast|axilla\w*|mastectomy|lumpectomy|nodes?|sentinel)\s*[,:(\-]?\s*$")
