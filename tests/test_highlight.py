"""Marked text is the text: nothing is lost, nothing of it becomes markup."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pathmtl.viz.html import highlight

COLORS = {"T": "#0072B2", "N": "#E69F00"}


def body(page):
    return page.split("</div>")[0].split(">", 1)[1]


def marked(page):
    found = re.findall(r'<mark [^>]*title="([^"]*)">(.*?)</mark>', page, re.DOTALL)
    return [(unescape(title), unescape(text)) for title, text in found]


def test_spans_are_marked_with_their_kind_and_listed_below():
    page = highlight("pT2 pN1 <b>", [(0, 3, "T"), (4, 7, "N")], COLORS, titles={"T": "Tumour (T)"})
    assert marked(body(page)) == [("Tumour (T)", "pT2"), ("N", "pN1")]
    assert "&lt;b&gt;" in page and "<b>" not in page
    assert marked(page.split("</div>")[1]) == [("Tumour (T)", "Tumour (T)"), ("N", "N")]
    assert "#0072B2" in page and "#E69F00" in page


def test_where_spans_overlap_the_earlier_given_keeps_its_letters():
    assert marked(body(highlight("abcdef", [(2, 4, "T"), (0, 6, "N")], COLORS))) == [("N", "ab"), ("T", "cd"), ("N", "ef")]
    hidden = highlight("abc", [(0, 3, "T"), (1, 2, "N")], COLORS)
    assert marked(hidden) == [("T", "abc"), ("T", "T")], "a kind that shows nowhere is not in the legend"


def test_no_span_no_legend_and_a_kind_without_color_is_gray():
    assert "<mark" not in highlight("abc", [], COLORS) and "<p" not in highlight("abc", [(1, 1, "T")], COLORS)
    assert "#666666" in highlight("abc", [(0, 1, "grade")], COLORS)


@pytest.mark.parametrize("span", [(-1, 2, "T"), (0, 4, "T"), (2, 1, "T")])
def test_a_span_outside_the_text_is_refused_without_quoting_it(span):
    with pytest.raises(ValueError, match="does not lie in a text of 3 characters") as error:
        highlight("xyz", [span], COLORS)
    assert "xyz" not in str(error.value)


@given(st.text(max_size=60), st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.sampled_from("TN<")), max_size=6))
def test_the_text_comes_through_whole(text, drawn):
    spans = [(min(a, b, len(text)), min(max(a, b), len(text)), kind) for a, b, kind in drawn]
    page = body(highlight(text, spans, COLORS))
    plain = re.sub(r"</?mark[^>]*>", "", page)
    assert unescape(plain) == text and "<" not in plain


def test_notes_are_written_behind_their_spans_and_the_legend_can_be_left_out():
    page = highlight("ab cd", [(0, 2, "T"), (0, 2, "N"), (3, 5, "N")], COLORS, notes=["T = <1>", "N = 0", "end"], legend=False)
    assert marked(page) == [("T", "ab"), ("N", "cd")] and "</p>" not in page
    plain = re.sub(r"</?(mark|sup|div)[^>]*>", "", page)
    assert unescape(plain) == "ab T = <1> N = 0 cd end"
