"""Hints: the oracle's (from the best section, history left out) and literal ones (the text behind every header)."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl import schema
from pathmtl.oracle.hints import MAX_HINT, hints
from pathmtl.oracle.literal_hints import MAX_LITERAL, literal_hints


@pytest.mark.parametrize(
    ("text", "task", "expected"),
    [
        ("Primary Tumor: pT1c", "T", "pT1c"),
        ("TNM: pT2 pN1a pMX", "N", "pN1a"),
        ("CLINICAL HISTORY: pT1 carcinoma.\nFINAL DIAGNOSIS: Carcinoma, pT3.", "T", "pT3"),
        ("FINAL DIAGNOSIS: pT2.\nSYNOPTIC REPORT:\nTumor staged pT3\n", "T", "pT2"),
        ("Invasive carcinoma, Nottingham score 8/9", "grade", "Nottingham score 8/9"),
        ("Invasive carcinoma, Grade III", "grade", "Grade III"),
        ("ER: positive (95%)", "ER", "positive (95%)"),
        ("HER2 IHC 2+, FISH amplified", "HER2", "IHC 2+, FISH amplified"),
        ("Breast, left. 3/14 axillary lymph nodes positive", "N", "3/14"),
        (
            "HER2 by IHC: equivocal (2+).\nADDENDUM: HER2 by FISH: not amplified.",
            "HER2",
            "FISH: not amplified, by IHC: equivocal (2+)",
        ),
        ("CLINICAL HISTORY: pT1, ER positive.", "T", ""),
        ("CLINICAL HISTORY: pT1, ER positive.", "ER", ""),
        ("The tumor is negative for PR.", "PR", "negative for PR"),
        ("No marker here.", "HER2", ""),
        ("Nuclear grade 3", "grade", ""),
    ],
)
def test_hint(text: str, task: str, expected: str) -> None:
    assert hints(text)[task] == expected


@pytest.mark.parametrize(
    ("text", "task", "expected"),
    [
        ("Primary Tumor: pT1c", "T", "pT1c"),
        ("Primary Tumor (pT): pT2\nRegional Lymph Nodes (pN): pN1a", "N", "pN1a"),
        ("pT: 2 ", "T", "2"),
        # The word stage may head any of the three letters.
        ("pT stage: T3; pN stage: N0", "N", "T3 | N0"),
        ("AJCC staging: pT2 pN0. Comment: none", "T", "pT2 pN0"),
        # History counts, and nothing is ranked: both stages are there, in reading order.
        ("CLINICAL HISTORY: T stage: T1.\nFINAL DIAGNOSIS: carcinoma.\nPrimary Tumor (pT): pT2", "T", "T1 | pT2"),
        ("Histologic Grade: Grade 2\nNuclear grade: 3", "grade", "Grade 2 | 3"),
        ("ER: positive (95%)", "ER", "positive (95%)"),
        ("Estrogen receptors are negative. PR is positive.", "ER", "negative"),
        ("HER2 by IHC: equivocal (2+).\nADDENDUM: HER2 by FISH: not amplified.", "HER2", "equivocal (2+) | not amplified"),
        # Nothing is negated or decided.
        ("HER2 not performed", "HER2", "not performed"),
        # No header, no hint: S1-B takes the text behind a section header.
        ("FINAL DIAGNOSIS: Invasive carcinoma, pT3 pN1.", "T", ""),
        ("The tumor is poorly differentiated.", "grade", ""),
        ("The patient is staged elsewhere.", "T", ""),
        ("Five lymph nodes were examined.", "N", ""),
        ("Her 2 children were present.", "ER", ""),
        ("The weather: fine", "M", ""),
    ],
)
def test_literal_hint(text: str, task: str, expected: str) -> None:
    assert literal_hints(text)[task] == expected


def test_only_the_tasks_asked_for() -> None:
    assert set(hints("pT1", tasks=("T", "N"))) == {"T", "N"}
    assert set(hints("pT1")) == set(schema.TASKS)


_SOUP = st.lists(
    st.sampled_from(
        [
            "pT2",
            "pN1a",
            "ER:",
            "HER2",
            "2+",
            "3/14",
            "lymph nodes",
            "grade III",
            "FISH",
            "amplified",
            "\n",
            ". ",
            "ADDENDUM:",
            "positive",
            "strong nuclear staining",
            "İ",
        ]
    ),
    max_size=40,
).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(_SOUP)
def test_hints_are_short_single_lines(text: str) -> None:
    for hint in hints(text).values():
        assert len(hint) <= MAX_HINT
        assert "\n" not in hint
        assert hint == hint.strip()


@settings(max_examples=150, deadline=None)
@given(_SOUP)
def test_literal_hints_are_raw_text_of_the_report_on_a_short_line(text: str) -> None:
    raw = " ".join(text.split())
    for hint in literal_hints(text).values():
        assert len(hint) <= MAX_LITERAL and "\n" not in hint and hint == hint.strip()
        *whole, last = hint.split(" | ")
        assert all(part in raw for part in [*whole, last])
