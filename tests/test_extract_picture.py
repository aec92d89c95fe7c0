"""Does a text layer say what the picture shows? With a reader that hands back known words in place of OCR."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from extract_samples import OTHER, REPORT
from extract_samples import picture as drawn

from pathmtl.cohort import BUNDLED_FILE
from pathmtl.documents import picture
from pathmtl.review.document_quality import bundled_pdfs

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


def test_another_report_is_noticed_though_it_shares_the_words() -> None:
    other = (
        "Final report: ductal carcinoma of the right breast, invasive, grade 2. Lymph nodes are free; margins hold tumor of 4 mm."
    )
    shared = {word.strip(",.;:").lower() for word in other.split()} & set(" ".join(REPORT).lower().replace(",", "").split())
    assert len(shared) >= 8
    assert picture.misread(PAGE, " ".join(REPORT), lambda _: other).startswith("text layer has")


@pytest.mark.parametrize("mode", ["wrong", "right"])
def test_bundled_wrong_layers_are_noticed_and_right_ones_trusted(mode: str) -> None:
    pdfs = bundled_pdfs()
    texts = pd.read_csv(BUNDLED_FILE, usecols=["report_id", "text"], dtype=str).set_index("report_id")["text"]
    for row in pdfs[pdfs["mode"] == "wrong_text_layer"].itertuples():
        lines = [line for line in row.truth.split("\n") if len(line) > 60][:6] or row.truth.split("\n")[:8]
        layer = texts[row.text_layer_of] if mode == "wrong" else row.truth
        assert bool(picture.misread(PAGE, layer, lambda _, lines=lines: "\n".join(lines))) is (mode == "wrong"), row.file


def test_too_few_words_prove_nothing() -> None:
    assert picture.agreement("logo", "an entirely different page") is None
    assert picture.misread(PAGE, "an entirely different page", lambda _: "logo") == ""


def test_the_sample_is_small_and_has_ink_from_every_part() -> None:
    tall = np.vstack([PAGE[:700]] * 3)
    strips = picture.sample(tall)
    assert 0 < len(strips) < 0.2 * len(tall)
    assert (strips < picture.DARK).mean() > (tall < picture.DARK).mean(), "more ink to the pixel than the page"
    assert picture.sample(np.full((100, 100), 255, dtype=np.uint8)).size == 0


def test_covered_ink_counts_from_the_top() -> None:
    image = np.full((100, 100), 255, dtype=np.uint8)
    image[10:20, 10:90] = 0
    assert picture.covered_ink(image, [(0.1, 0.1, 0.9, 0.2)]) == 1.0
    assert picture.covered_ink(image, [(0.1, 0.8, 0.9, 0.9)]) == 0.0
    assert picture.covered_ink(image, []) == 0.0
    assert picture.covered_ink(np.full((5, 5), 255, dtype=np.uint8), []) == 1.0
