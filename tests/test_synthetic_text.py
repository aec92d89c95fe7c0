"""Grammar, marks and noise: what is marked stays marked."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathmtl_synthetic import noise
from pathmtl_synthetic.grammar import expand
from pathmtl_synthetic.markup import IDENTIFIERS, mark, plain, strip

WORDS = st.text(alphabet=st.sampled_from("abcdelmnoprstu pTN01%:.,\n"), max_size=40)
MARKED = st.recursive(
    WORDS,
    lambda inner: st.builds(
        lambda a, tag, b, c: a + mark(tag, b) + c, inner, st.sampled_from(["T", "N", "NAME", "DATE"]), inner, inner
    ),
    max_leaves=8,
)


def test_expand_writes_choices_options_and_slots() -> None:
    rng = random.Random(1)
    seen = {expand(rng, "[a|b[1|2]|] {x}", x="X") for _ in range(200)}
    assert seen == {"a X", "b1 X", "b2 X", " X"}


@pytest.mark.parametrize("template", ["[a|b", "a]b", "[a|[b]"])
def test_expand_refuses_unbalanced_brackets(template: str) -> None:
    with pytest.raises(ValueError, match=r"bracket|closed"):
        expand(random.Random(1), template)


def test_expand_refuses_a_missing_slot() -> None:
    with pytest.raises(KeyError):
        expand(random.Random(1), "{size} cm")


def test_strip_gives_exact_spans() -> None:
    text, spans = strip("Stage " + mark("T", "pT1c") + ", " + mark("NAME", "A " + mark("DATE", "2001")) + ".")
    assert text == "Stage pT1c, A 2001."
    assert [(text[s:e], tag) for s, e, tag in spans] == [("pT1c", "T"), ("A 2001", "NAME"), ("2001", "DATE")]


def test_strip_refuses_an_open_mark() -> None:
    with pytest.raises(ValueError, match="never closed"):
        strip(mark("T", "x")[:-1])


@given(marked=MARKED)
def test_strip_and_plain_agree(marked: str) -> None:
    text, spans = strip(marked)
    assert text == plain(marked)
    assert all(0 <= start <= end <= len(text) for start, end, _ in spans)


@given(marked=MARKED, seed=st.integers(0, 999))
@pytest.mark.parametrize("damage", [noise.ocr, noise.typos, noise.abbreviate, noise.broken_order])
def test_noise_keeps_every_mark(damage, marked: str, seed: int) -> None:
    before = sorted(tag for *_, tag in strip(marked)[1])
    after = sorted(tag for *_, tag in strip(damage(marked, random.Random(seed)))[1])
    assert before == after


def test_ocr_confuses_codes_as_easyocr_does() -> None:
    seen = {noise.ocr("pT1c pN0 M0 pN1a 95%", random.Random(seed)) for seed in range(300)}
    joined = " ".join(seen)
    for wanted in ("pTlc", "pNO", "MO", "pNla", "958"):
        assert wanted in joined
    assert "pT1c pN0 M0 pN1a 95%" in seen, "a good scan is read right"


def test_typos_spare_codes_and_numbers() -> None:
    for seed in range(100):
        out = noise.typos("pT1c pN0 HER2 2+ 95% carcinoma identified", random.Random(seed), rate=0.9)
        assert out.startswith("pT1c pN0 HER2 2+ 95% ")


def test_identifier_types_are_those_of_deidentification() -> None:
    module = pytest.importorskip("pathmtl.deid.deidentify", reason="de-identification is not there yet")
    assert set(IDENTIFIERS) <= set(module.KINDS)
