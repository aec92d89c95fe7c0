"""A walk through the built book in a headless browser: search, theme, phone width, solutions, downloads, and axe on every page.

It walks the book in ``_build/html`` (or ``$PATHMTL_BOOK``): after ``make book``, as ``.ci/run`` does; before, it skips.
"""

import os
from pathlib import Path

import axe_core_python
import pytest
from browser import MISSING, browser
from build_book import toc_pages
from conftest import ROOT

SITE = Path(os.environ.get("PATHMTL_BOOK") or ROOT / "_build" / "html")
PAGES = [page for page in toc_pages(ROOT / "_toc.yml") if (SITE / f"{page}.html").exists()]
AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
#: docutils gives its references the role doc-biblioentry, which DPUB-ARIA counts as a list item; this axe does not know it.
KNOWN = {"book/references": {"aria-required-children"}}
#: Movement off: half-way between two themes, or fading in, text has not its own contrast.
STILL = "<style>* { transition: none !important; animation: none !important; }</style>"

pytestmark = [
    pytest.mark.skipif(MISSING is not None, reason=str(MISSING)),
    pytest.mark.skipif(not PAGES, reason="no book in _build/html: make book first"),
]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("downloads")) as opened:
        yield opened


def resize(page, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    page.devtools("Emulation.setDeviceMetricsOverride", metrics)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_serious_in_either_theme_and_a_telephone_scrolls_one_way(page, name):
    resize(page, 1200)
    page.open(SITE / f"{name}.html")
    page.run(AXE.read_text(encoding="utf-8"))
    page.run("document.head.insertAdjacentHTML('beforeend', arguments[0])", STILL)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")  # what is folded is read too
    for theme in ("light", "dark"):
        page.run("document.documentElement.dataset.theme = document.documentElement.dataset.mode = arguments[0]", theme)
        found = page.wait(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map("
            "(v) => [v.id, v.impact, v.nodes.length, v.nodes[0].html.slice(0, 200)])))"
        )
        serious = [v for v in found if v[1] in ("serious", "critical") and v[0] not in KNOWN.get(name, ())]
        assert not serious, theme
    assert page.run("return [...document.querySelectorAll('.bd-article img')].every((i) => i.alt.trim())"), (
        "a picture has no text"
    )
    resize(page, 375)
    assert page.run("return document.documentElement.scrollWidth") <= 375


def test_search_finds_a_term_and_leads_to_its_page(page):
    page.open(SITE / "search.html", query="q=nottingham")
    found = page.until("return document.querySelectorAll('#search-results li a').length")
    assert found, "no result for a word of the glossary"
    target = page.run("return document.querySelector('#search-results li a').getAttribute('href').split(/[?#]/)[0]")
    assert (SITE / target).exists()


def test_the_theme_button_turns_the_page_dark_and_the_choice_is_kept(page):
    resize(page, 1200)
    page.open(SITE / "book" / "index.html")
    seen = set()
    for _ in range(3):
        page.run("document.querySelector('.theme-switch-button').click()")
        seen.add(page.run("return document.documentElement.dataset.theme"))
    assert seen == {"light", "dark"}
    chosen = page.run("return document.documentElement.dataset.mode")
    page.open(SITE / "book" / "glossary.html")
    assert page.run("return document.documentElement.dataset.mode") == chosen


@pytest.mark.parametrize("name", [name for name in PAGES if name.startswith("notebooks/")])
def test_solutions_are_hidden_until_asked_for_and_the_notebook_can_be_taken_home(page, name):
    page.open(SITE / f"{name}.html")
    # A busy machine may still be reading the page.
    assert page.until("return document.querySelectorAll('.tag_solution details').length >= 2")
    assert not any(page.run("return [...document.querySelectorAll('.tag_solution details')].map((d) => d.open)"))
    page.run("document.querySelector('.tag_solution details summary').click()")
    assert page.run("return document.querySelector('.tag_solution details').open")
    source = page.run("return document.querySelector('a.btn-download-source-button').getAttribute('href')")
    assert (SITE / f"{name}.html").parent.joinpath(source).resolve().suffix == ".ipynb"
    assert (SITE / f"{name}.html").parent.joinpath(source).resolve().exists()


def test_pages_are_printed_into_one_pdf_with_bookmarks(tmp_path):
    from make_pdf import make_pdf
    from PyPDF2 import PdfReader

    reader = PdfReader(make_pdf(SITE, ["book/how_to_cite", "book/references"], tmp_path / "book.pdf"))
    assert [mark.title for mark in reader.outline] == ["How to cite", "References"]
    assert "Shao" in reader.pages[0].extract_text()


@pytest.mark.skipif("notebooks/claims_ledger" not in PAGES, reason="no ledger in this book")
def test_the_ledger_can_be_sorted_by_keyboard(page):
    resize(page, 1200)
    page.open(SITE / "notebooks" / "claims_ledger.html")
    column = "[...document.querySelector('table.is-sortable').tBodies[0].rows].map((r) => r.cells[1].textContent)"
    before = page.run(f"return {column}")
    page.run(
        "[...document.querySelector('table.is-sortable').querySelectorAll('.sort-button')]"
        ".find((b) => b.textContent.trim() === 'Section').focus()"
    )
    page.keys("\ue007")
    assert page.run(f"return {column}") == sorted(before, key=str.lower) != before
    page.keys("\ue007")
    assert page.run("return document.querySelector('table.is-sortable th[aria-sort]').getAttribute('aria-sort')") == "descending"
