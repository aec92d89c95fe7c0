"""Hints: raw strings from the best section, assays concatenated and never reconciled, history left out."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl import schema
from pathmtl.oracle.hints import MAX_HINT, hints


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
