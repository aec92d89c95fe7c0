"""Does a text layer say what the picture shows? With a reader that hands back known words in place of OCR."""

from __future__ import annotations

import numpy as np
from extract_samples import OTHER, REPORT
from extract_samples import picture as drawn

from pathmtl.report import picture

PAGE = np.asarray(drawn(REPORT))
WHOLE = [(0.0, 0.0, 1.0, 1.0)]


def test_blank_and_printed_pages() -> None:
    specks = np.full((1754, 1240), 255, dtype=np.uint8)
    specks[::400, ::400] = 0
    assert picture.is_blank(specks)
    assert not picture.is_blank(PAGE)
    assert not picture.is_blank(np.asarray(drawn(("pT1c",))))


def test_ink_outside_the_boxes_is_noticed_without_ocr() -> None:
    assert picture.uncovered(PAGE, [(0.1, 0.0, 0.2, 0.02)]).startswith("text layer covers")
    assert picture.uncovered(PAGE, WHOLE) == ""


def test_another_documents_words_are_noticed() -> None:
    why = picture.misread(PAGE, " ".join(OTHER), lambda _: " ".join(REPORT))
    assert why.startswith("text layer has")


def test_a_scanners_own_errors_are_forgiven() -> None:
    broken = " ".join(REPORT).replace("l", "1").replace("rn", "m").replace("O", "0")
    assert picture.misread(PAGE, broken, lambda _: " ".join(REPORT)) == ""


def test_too_few_words_prove_nothing() -> None:
    assert picture.agreement("logo", "an entirely different page") is None
    assert picture.misread(PAGE, "an entirely different page", lambda _: "logo") == ""


def test_the_sample_is_small_and_has_ink_from_every_part() -> None:
    tall = np.vstack([PAGE[:700]] * 3)
    strips = picture.sample(tall)
    assert 0 < len(strips) < 0.2 * len(tall)
    assert picture.ink_share(strips) > picture.ink_share(tall)
    assert picture.sample(np.full((100, 100), 255, dtype=np.uint8)).size == 0


def test_covered_ink_counts_from_the_top() -> None:
    image = np.full((100, 100), 255, dtype=np.uint8)
    image[10:20, 10:90] = 0
    assert picture.covered_ink(image, [(0.1, 0.1, 0.9, 0.2)]) == 1.0
    assert picture.covered_ink(image, [(0.1, 0.8, 0.9, 0.9)]) == 0.0
    assert picture.covered_ink(image, []) == 0.0
    assert picture.covered_ink(np.full((5, 5), 255, dtype=np.uint8), []) == 1.0
