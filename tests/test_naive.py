"""The naive baseline must be naive in the ways section V-A describes, and still right on plain statements."""

from __future__ import annotations

import pytest

from pathmtl import schema
from pathmtl.baselines.naive import naive_labels


@pytest.mark.parametrize(
    ("text", "task", "expected"),
    [
        ("pT2 pN1a pM0", "T", "T2"),
        ("pT2 pN1a pM0", "N", "N1"),
        ("pT2 pN1a pM0", "M", "M0"),
        ("pTis pN0", "T", "Tis"),
        ("Histologic grade: II", "grade", "G2"),
        ("Grade 3", "grade", "G3"),
        ("ER: positive", "ER", "Positive"),
        ("Progesterone receptor: negative", "PR", "Negative"),
        ("HER2: negative", "HER2", "Negative"),
        ("Tissue is submitted in A1.", "T", None),
        ("Nothing of the kind.", "T", None),
        ("Nothing of the kind.", "ER", None),
    ],
)
def test_plain_statements(text: str, task: str, expected: str | None) -> None:
    assert naive_labels(text)[task] == expected


@pytest.mark.parametrize(
    ("text", "task", "wrong"),
    [
        ("CLINICAL HISTORY: Prior pT1 carcinoma.\nFINAL DIAGNOSIS: pT3", "T", "T1"),
        ("Nuclear grade 1. Nottingham grade 3.", "grade", "G1"),
        ("ER pending. PR positive.", "ER", "Positive"),
        ("No evidence of pT4 disease. pT2", "T", "T4"),
    ],
)
def test_known_failures(text: str, task: str, wrong: str) -> None:
    assert naive_labels(text)[task] == wrong


def test_equivocal_is_missed() -> None:
    assert naive_labels("HER2: Equivocal (2+)")["HER2"] is None


def test_window_bounds_the_search() -> None:
    text = "ER" + " " * 30 + "positive"
    assert naive_labels(text, window=50)["ER"] == "Positive"
    assert naive_labels(text, window=20)["ER"] is None


def test_every_task_has_an_answer_or_none() -> None:
    assert set(naive_labels("")) == set(schema.TASKS)
    assert set(naive_labels("").values()) == {None}
