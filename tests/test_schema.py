"""Folding of label cells into canonical classes."""

import pytest

from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS, canonical


@pytest.mark.parametrize(
    ("task", "cell", "expected"),
    [
        ("T", "pT1c", "T1"),
        ("T", "T1mi", "T1"),
        ("T", "ypT0", "T0"),
        ("T", "pTis", "Tis"),
        ("T", "T4b", "T4"),
        ("T", "pT2(m)", "T2"),
        ("T", "ypT1c(m3)", "T1"),
        ("T", "TX", None),
        ("T", "", None),
        ("T", None, None),
        ("T", float("nan"), None),
        ("N", "pN1mi", "N1"),
        ("N", "N0(i+)", "N0"),
        ("N", "pNX", None),
        ("N", "N3a", "N3"),
        ("M", "cM0", "M0"),
        ("M", "M1b", "M1"),
        ("M", "MX", None),
        ("grade", "3", "G3"),
        ("grade", "G2", "G2"),
        ("grade", "Grade 1", "G1"),
        ("grade", "GX", None),
        ("ER", "positive", "Positive"),
        ("PR", "neg", "Negative"),
        ("HER2", "Equivocal", "Equivocal"),
        ("HER2", "indeterminate", None),
    ],
)
def test_cells_fold(task, cell, expected):
    assert canonical(task, cell) == expected


@pytest.mark.parametrize(
    ("task", "cell"),
    [("T", "N1"), ("T", "T7"), ("T", "mT2"), ("T", "pmT2"), ("N", "N5"), ("grade", "4"), ("ER", "Equivocal"), ("ER", "maybe")],
)
def test_what_is_no_class_is_refused_by_name(task, cell):
    with pytest.raises(ValueError, match=task):
        canonical(task, cell)


def test_every_class_is_its_own_canonical_form():
    assert all(canonical(task, name) == name for task in TASKS for name in CLASSES[task])


def test_the_papers_heads_have_twenty_classes():
    # 20 x 4,097 = 81,940 parameters: Table II, frozen row.
    assert sum(len(CLASSES[task]) for task in PAPER_TASKS) == 20
