"""The scan for plain words gives what one search for each word gives, with its package and without."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathmtl.oracle import stems
from pathmtl.oracle.engine import read_report
from pathmtl.oracle.stems import places

WORDS = ("node", "lymph node", "no ", "o", "aa", "é", "her")
TEXT = (
    "FINAL DIAGNOSIS: Breast, left: carcinoma, pT2. 2 of 9 lymph nodes positive. ER 95 %, PR negative. "
    "HER2: 2+; FISH pending. Grade 3."
)


def _searched(low: str, word: str) -> list[int]:
    return [at for at in range(len(low)) if low.startswith(word, at)]


@pytest.fixture
def scanner(monkeypatch: pytest.MonkeyPatch):
    """A scanner that knows no word yet; the reports read before are forgotten."""
    monkeypatch.setattr(stems, "_scanner", stems._Scanner())
    places.cache_clear()
    yield stems._scanner
    places.cache_clear()


@given(st.lists(st.text(alphabet="nodelymph raé\n", max_size=60), min_size=3, max_size=6, unique=True))
def test_places_are_those_of_a_search(texts: list[str]) -> None:
    for low in texts:
        assert {word: list(places(low)[word]) for word in WORDS} == {word: _searched(low, word) for word in WORDS}


def test_words_are_scanned_for_once_they_were_asked_for(scanner: stems._Scanner) -> None:
    pytest.importorskip("ahocorasick_rs")
    assert list(places("a node")["node"]) == [2]
    assert dict(places("no word of it")) == {"node": ()}
    assert dict(places("node, node")) == {"node": [0, 6]}


def test_absent_words_do_not_share_what_is_found(scanner: stems._Scanner) -> None:
    for low in ("a node", "none", "node", "none of it"):
        assert list(places(low)["node"]) == _searched(low, "node")
        assert places(low).any(("lymph", "node")) == ("node" in low)


def test_without_the_package_the_answers_are_the_same(scanner: stems._Scanner, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = [f"{TEXT} Case {number}." for number in range(6)]
    scanned = [read_report(text) for text in texts]
    assert scanned[-1]["N"].value == "N1"
    monkeypatch.setattr(stems, "ahocorasick_rs", None)
    monkeypatch.setattr(stems, "_scanner", stems._Scanner())
    places.cache_clear()
    assert [read_report(text) for text in texts] == scanned
    assert stems._scanner._automaton is None
