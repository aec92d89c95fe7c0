"""Pictures of pages: opaque, shown once, and whole."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pathmtl.documents.reading_order import Word
from pathmtl.viz.page_figures import boxes_on_page, page_and_text, strip_of_page
from pathmtl.viz.style import COLORS, use_style

PAGE = np.full((300, 200), 255, dtype=np.uint8)


@pytest.fixture(autouse=True)
def style():
    use_style()


def test_text_stands_beside_its_page_and_is_cut_where_it_no_longer_fits():
    figure = page_and_text(PAGE, "cost $5 and $6\n" * 200, page_title="page", text_title="text")
    figure.canvas.draw()
    shown = figure.axes[1].texts[0].get_text().split("\n")
    assert shown[0] == r"cost \$5 and \$6" and shown[-1] == "[…]" and len(shown) < 100
    assert figure.axes[0].images[0].get_array().shape == PAGE.shape


def test_every_word_has_a_box_in_the_colour_of_its_confidence():
    words = [Word("a", 10, 20, 60, 40, 0.95), Word("b", 10, 50, 60, 70, 0.6), Word("c", 10, 80, 60, 100, 0.1)]
    boxes = boxes_on_page(PAGE, words, "page").axes[0].patches
    assert [(b.get_x(), b.get_y(), b.get_width(), b.get_height()) for b in boxes] == [(10, y, 50, 20) for y in (20, 50, 80)]
    edges = [plt.matplotlib.colors.to_hex(b.get_edgecolor()).upper() for b in boxes]
    assert edges == [COLORS[name].upper() for name in ("blue", "orange", "vermilion")]


def test_figures_are_closed_so_that_a_notebook_shows_them_once():
    before = plt.get_fignums()
    for figure in (strip_of_page(PAGE[:40], "lines"), boxes_on_page(PAGE, [], "page")):
        assert figure.get_facecolor() == (1.0, 1.0, 1.0, 1.0)
    assert plt.get_fignums() == before
