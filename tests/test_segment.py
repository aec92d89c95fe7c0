"""Segmentation: headers, one-line reports, sides, specimens, and the promise that blocks cover the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl.oracle.headers import HEADERS
from pathmtl.oracle.sections import SECTIONS
from pathmtl.oracle.segment import Block, segment

LINED = """CLINICAL HISTORY:
Prior carcinoma, pT1.
GROSS DESCRIPTION:
A mass.
FINAL DIAGNOSIS:
A. BREAST, LEFT, MASTECTOMY:
Invasive ductal carcinoma.
B. BREAST, RIGHT, EXCISION:
Fibrosis.
COMMENT:
See synoptic report.
SYNOPTIC REPORT:
Laterality: Left
ADDENDUM:
HER2 negative.
"""


def _kinds(text: str) -> list[str]:
    return [block.section for block in segment(text)]


def _block_of(text: str, words: str) -> Block:
    at = text.index(words)
    return next(block for block in segment(text) if block.start <= at < block.end)


@pytest.mark.parametrize(
    ("words", "section", "side", "specimen"),
    [
        ("Prior carcinoma", "clinical_history", None, None),
        ("A mass", "gross", None, None),
        ("Invasive ductal", "final_diagnosis", "left", "A"),
        ("Fibrosis", "final_diagnosis", "right", "B"),
        ("See synoptic", "comment", None, None),
        ("Laterality", "synoptic", "left", None),
        ("HER2 negative", "addendum", None, None),
    ],
)
def test_report_with_lines(words: str, section: str, side: str | None, specimen: str | None) -> None:
    block = _block_of(LINED, words)
    assert (block.section, block.side, block.specimen) == (section, side, specimen)


def test_one_line_report_is_cut_by_colons_and_sentence_ends() -> None:
    text = (
        "SPECIMEN(S): A. LEFT BREAST. CLINICAL HISTORY: prior pT1. GROSS DESCRIPTION: a mass. "
        "DIAGNOSIS: A. BREAST, LEFT, MASTECTOMY: carcinoma. ADDENDUM. ER positive."
    )
    assert _kinds(text) == ["administrative", "clinical_history", "gross", "final_diagnosis", "final_diagnosis", "addendum"]
    assert _block_of(text, "carcinoma.").side == "left"


@pytest.mark.parametrize(
    "text",
    [
        "The diagnosis of carcinoma was discussed.",
        "There is a history of carcinoma in the family.",
        "A note was made of the gross margin.",
        "No comment was received on the specimen.",
        "The microscopic focus measures 2 mm.",
        "See the addendum for receptors.",
    ],
)
def test_header_words_in_running_text_open_no_section(text: str) -> None:
    assert _kinds(text) == ["other"]


def test_anchors_of_the_paper() -> None:
    text = "SYNOPTIC SUMMARY (LEFT BREAST)\nT2\nSYNOPTIC SUMMARY (RIGHT BREAST)\nT1\nINVASIVE LOBULAR CARCINOMA\nSee above.\n"
    assert [(b.section, b.side) for b in segment(text)][:2] == [("synoptic", "left"), ("synoptic", "right")]
    assert _block_of(text, "See above").section == "final_diagnosis"


@pytest.mark.parametrize("text", ["0.4. CM from the breast margin", "11. THE BREAST tissue", "1. Submitted in one cassette"])
def test_numbers_in_text_are_no_specimens(text: str) -> None:
    assert [block.specimen for block in segment("FINAL DIAGNOSIS:\n" + text)] == [None]


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A. BREAST, LEFT, EXCISION:", "A"),
        ("(B) LYMPH NODE, SENTINEL:", "B"),
        ("PART 3: LEFT BREAST", "3"),
        ("2) Left breast, mastectomy:", "2"),
    ],
)
def test_specimen_titles(title: str, name: str) -> None:
    assert segment(f"FINAL DIAGNOSIS:\n{title} carcinoma\n")[-1].specimen == name


def test_history_ends_at_a_synoptic_field_and_after_its_limit() -> None:
    text = "CLINICAL HISTORY: mass. HISTOLOGIC TYPE: ductal. Primary tumor (pT): pT2"
    assert _block_of(text, "pT2").section == "synoptic"
    long = "CLINICAL HISTORY: " + "pain and mass. " * 200 + "pT2"
    assert _block_of(long, "pT2").section == "other"


def test_empty_text_has_no_block() -> None:
    assert segment("") == []


_SOUP = st.lists(
    st.sampled_from(
        [
            "FINAL DIAGNOSIS:",
            "CLINICAL HISTORY:",
            "A. BREAST, LEFT",
            "PART 2: NODE",
            "\n",
            ". ",
            "left breast",
            "ADDENDUM",
            "SYNOPTIC",
            "text",
            "İ",
            "1)",
            "comment",
        ]
    ),
    max_size=25,
).map(" ".join)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=300), _SOUP))
def test_blocks_cover_the_text_in_order_without_overlap(text: str) -> None:
    at = 0
    for block in segment(text):
        assert block.start == at
        assert block.end > block.start
        at = block.end
    assert at == len(text)


def test_every_section_that_a_header_opens_has_its_ranks_and_no_other() -> None:
    assert {*HEADERS.values(), "other"} == set(SECTIONS)
    assert len({ranks.prompt for ranks in SECTIONS.values()}) == len(SECTIONS)
