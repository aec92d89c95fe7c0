"""How faithfully a document was read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathmtl.documents.fidelity import confusions, similarity, word_f1

#: (truth, read, confusions)
LINES = [
    ("Stage pT1c pN1a M0", "Stage pTlc pNla MO", {("1", "l"): 2, ("0", "O"): 1}),
    ("ER positive (95%)", "ER positive (958", {("%)", "8"): 1}),
    ("two of the nodes", "two ofthe nodes", {(" ", ""): 1}),
    ("carcinoma, grade 2", "carcinoma. grade 2", {(",", "."): 1}),
    ("tumor", "turnor", {("m", "rn"): 1}),
    ("the same words", "the  same\nwords", {}),
    ("left breast", "quarterly invoice", {}),
    ("first line second line", "second line first line", {}),
]


@pytest.mark.parametrize(("truth", "read", "expected"), LINES, ids=[line[1] for line in LINES])
def test_confusions_are_counted(truth, read, expected):
    assert dict(confusions(read, truth)) == expected


def test_similarity_sees_order_and_word_f1_does_not():
    assert similarity("one two three", "one two\n three") == word_f1("Three ONE two", "one two three") == 1.0
    assert similarity("three one two", "one two three") < 1.0
    assert similarity("", "one") == word_f1("", "one") == 0.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_measures_are_bounded_and_a_text_is_its_own_copy(a, b):
    assert 0 <= similarity(a, b) <= 1 and 0 <= word_f1(a, b) <= 1
    assert similarity(a, a) == 1.0 and not confusions(a, a)
    assert all(x != y for x, y in confusions(a, b))
