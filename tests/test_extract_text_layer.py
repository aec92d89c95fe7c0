"""May a text layer be trusted, judged on its text alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathmtl.documents import text_layer

PROSE = "Sections of the left breast show an invasive carcinoma of no special type and the margins are free of tumor. " * 3
SYNOPTIC = """
Procedure: Excision                     Specimen laterality: Left
Tumor size: 2.3 x 1.9 x 1.4 cm          Histologic type: Invasive lobular
Margins: Uninvolved (3 mm)              Lymph nodes examined: 4; positive: 0
pT2 pN0(sn) (AJCC 8)                    ER 95 %   PR 40 %   HER2 1+   Ki-67 12 %
"""
SHIFTED = "".join(chr((ord(c) - 97 + 3) % 26 + 97) if c.isalpha() else c for c in PROSE.lower())

TRUSTED = {
    "prose": PROSE,
    "synoptic table": SYNOPTIC,
    "dot leaders": "Tumor size ................................. 2.3 cm\nGrade ...................................... 2\n",
    "ruled form": "______________________\nName: A. B.\n______________________\nDate: ____________",
    "accents and greek": "Größe des Tumors: 2 cm. β-catenin positive, µm scale. Éxérèse complète.",
    "one short line": "See addendum report.",
    "paths and slashes": "Slides A1/B2 reviewed; 2/14 nodes; see /images/g for the picture.",
}
DEFECTIVE = {
    "nothing": ("", "no text layer"),
    "white space": (" \n\t \n", "no text layer"),
    "page number": ("Page 2", "text layer of 5 characters"),
    "private use": ("\ue001\ue002\ue003\ue004 \ue005\ue006\ue007\ue008 tumor", "unmapped font"),
    "replacement": ("T\ufffdm\ufffdr s\ufffdz\ufffd 2 c\ufffd", "unmapped font"),
    "cid": ("(cid:12)(cid:45)(cid:7)(cid:88) (cid:9)(cid:10)", "unmapped font"),
    "glyph names": ("/g12/g45/g7 /g9/g10/g88/g3", "unmapped font"),
    "control characters": ("\x01\x02\x03\x04\x05 \x06\x07\x08\x0e\x0f tumor cells", "unmapped font"),
    "symbol soup": ('!"#$% &\'()* +,-./ :;<=> ?@[\\] ^_`{| }~!"# ab cd', "symbol soup"),
}


@pytest.mark.parametrize("text", TRUSTED.values(), ids=TRUSTED.keys())
def test_sound_text_has_no_defect(text: str) -> None:
    assert text_layer.defect(text_layer.clean(text)) == text_layer.suspicion(text_layer.clean(text)) == ""


@pytest.mark.parametrize(("text", "reason"), DEFECTIVE.values(), ids=DEFECTIVE.keys())
def test_defects_are_named(text: str, reason: str) -> None:
    assert text_layer.defect(text).startswith(reason)


def test_letters_without_language_are_suspicious_and_no_more() -> None:
    assert text_layer.suspicion(SHIFTED).startswith("letters without language")
    assert text_layer.defect(SHIFTED) == ""


def test_a_few_odd_glyphs_are_no_unmapped_font() -> None:
    assert text_layer.defect(PROSE + " \ue001 \ufffd") == ""


def test_clean_spells_ligatures_and_plain_spaces() -> None:
    assert text_layer.clean("in\ufb01ltrat\u00ading\u00a0duct \r\nnext\x00\x0cpage\n\n") == "infiltrating duct\nnext\npage"


@given(st.text(alphabet=st.characters(codec=None)))
def test_clean_text_can_be_stored_and_is_stable(text: str) -> None:
    cleaned = text_layer.clean(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert text_layer.clean(cleaned) == cleaned


@given(st.text())
def test_shares_are_shares(text: str) -> None:
    assert 0.0 <= text_layer.unmapped_share(text) <= 1.0
    assert 0.0 <= text_layer.alphanumeric_share(text) <= 1.0
    assert isinstance(text_layer.defect(text) + text_layer.suspicion(text), str)
