"""The live page in a real browser, served as `make serve` serves it: its answers, its silence toward other sites, its manners."""

import functools
import json
import shutil
import threading
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import axe_core_python
import build_book
import live_reader
import nbformat
import pandas as pd
import pytest
from browser import MISSING, browser
from conftest import ROOT
from typer.testing import CliRunner

from pathmtl.cli.commands import app
from pathmtl.cohort import BUNDLED_FILE
from pathmtl.schema import TASKS

AXE = Path(axe_core_python.__file__).with_name("axe.min.js")
STILL = "<style>* { transition: none !important; animation: none !important; }</style>"
#: Notebooks with a live block; the small book has their live cells only.
CHAPTERS = {"oracle": "oracle", "deidentification": "deid", "table1_baseline": "naive"}
SAID = "return document.querySelector('.live-status').textContent"

pytestmark = [pytest.mark.skipif(MISSING is not None, reason=str(MISSING)), pytest.mark.xdist_group("live")]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The live page and the live blocks of three chapters as the book renders them, with Pyodide beside them."""
    root = tmp_path_factory.mktemp("live-book")
    cache = root / ".cache" / "pyodide"
    cache.mkdir(parents=True)
    try:
        shutil.copy(live_reader.pyodide(ROOT / ".cache" / "pyodide"), cache)
    except OSError as error:
        pytest.skip(str(error))
    for folder in ("_ext", "_static", "figures"):
        shutil.copytree(ROOT / "book" / folder, root / "book" / folder)
    for name in ("_config.yml", "book/try_it.md", "book/references.md", "book/references.bib"):
        shutil.copy(ROOT / name, root / name)
    (root / "book" / "index.md").write_text("# A book without a reader\n", encoding="utf-8")
    source = root / "_build" / "source"
    (source / "notebooks").mkdir(parents=True)
    for name in (*CHAPTERS, "real_reports", "your_reports"):
        cells = nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", as_version=4).cells
        live = [cell for cell in cells if "{container} live-reader" in cell.source]
        assert bool(live) == (name in CHAPTERS)
        title = nbformat.v4.new_markdown_cell(f"# The page {name}")
        nbformat.write(nbformat.v4.new_notebook(cells=[title, *live]), source / "notebooks" / f"{name}.ipynb")
    others = (*CHAPTERS, "real_reports", "your_reports")
    pages = ["book/try_it", "book/references", *(f"notebooks/{page}" for page in others)]
    toc = "format: jb-book\nroot: book/index\nchapters:\n" + "".join(f"  - file: {page}\n" for page in pages)
    (root / "_toc.yml").write_text(toc, encoding="utf-8")
    return build_book.render(root, source, root / "_build" / "work", {})


@pytest.fixture(scope="module")
def served(site):
    """The site's address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def elsewhere():
    """Another site, that welcomes everybody: its address, and the list of what was asked of it."""
    asked = []

    class Listening(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Listening)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    with browser(tmp_path_factory.mktemp("downloads")) as opened:
        yield opened


@pytest.fixture
def reader(page, served):
    """The live page, with its examples loaded and nothing read."""
    page.devtools("Emulation.setDeviceMetricsOverride", {"width": 1200, "height": 800, "deviceScaleFactor": 1, "mobile": False})
    page.open(f"{served}/book/try_it.html")
    assert page.until("return document.querySelectorAll('.live-form option').length === 7")
    return page


def answered(page, selector=".live-answers") -> bool:
    """Wait for the first answers: Python starts meanwhile."""
    return bool(page.until(f"return document.querySelector('{selector}') !== null", 90))


def test_the_page_answers_as_the_command_line_does(reader, tmp_path):
    reports = pd.read_csv(BUNDLED_FILE, dtype=str).sample(150, random_state=7)
    reports[["report_id", "text"]].to_csv(tmp_path / "reports.csv", index=False)
    arguments = ["label", str(tmp_path / "reports.csv"), "--out", str(tmp_path / "labels.csv"), "--quiet"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    expected = pd.read_csv(tmp_path / "labels.csv", dtype=str, keep_default_na=False).set_index("report_id")[list(TASKS)]
    script = """
        const area = document.querySelector('textarea');
        const wait = (test) => new Promise((resolve) => {
          const watch = new MutationObserver(() => { if (test()) { watch.disconnect(); resolve(); } });
          watch.observe(document.querySelector('.live-results'), {childList: true});
        });
        (async () => {
          const rows = [];
          for (const text of TEXTS) {
            area.value = text;
            const read = wait(() => document.querySelector('.live-answers'));
            document.querySelector('.live-read').click();
            await read;
            rows.push([...document.querySelectorAll('.live-answers tbody tr')].map(
              (row) => row.querySelector('strong, em').matches('em') ? '' : row.querySelector('strong').textContent));
          }
          done(rows);
        })();
    """
    shown = reader.wait(script.replace("TEXTS", json.dumps(reports["text"].tolist())))
    found = pd.DataFrame(shown, columns=list(TASKS), index=reports["report_id"])
    differing = (found != expected.loc[found.index]).any(axis=1)
    assert not differing.any(), f"{differing.sum()} of 150 reports are read differently"
    assert (found != "").any().all(), "every task is answered somewhere"


def test_pasted_text_is_read_with_the_keyboard_alone_and_then_while_it_is_written(reader):
    reader.run("document.querySelector('textarea').focus()")
    reader.devtools("Input.insertText", {"text": "CLINICAL HISTORY: prior pT3.\nFINAL DIAGNOSIS: carcinoma, pT1c."})
    reader.keys("\ue004\ue007")  # Tab, Enter
    assert answered(reader)
    assert "Differs from the naive rules on T." in reader.run(SAID)
    assert reader.run("return document.querySelector('.live-results mark').textContent") == "pT1c"
    reader.keys("\ue004 ")  # to the switch
    assert reader.run(SAID).startswith("The naive rules") and reader.text(".live-results mark") == "pT3"
    reader.keys(" ")
    reader.run("document.querySelector('textarea').focus()")
    reader.devtools("Input.insertText", {"text": " Nottingham grade 2. ER positive. Dr. Jane Fielding."})
    assert reader.until("return document.querySelectorAll('.live-oracle-result mark').length === 3")
    assert "[NAME]" in reader.text(".live-deid-result") and "Fielding" not in reader.text(".live-deid-result")
    reader.run("document.querySelector('textarea').value = ' '; document.querySelector('.live-read').click()")
    assert reader.run(SAID).startswith("Paste a report") and not reader.run("return document.querySelector('.live-answers')")


def test_an_example_is_read_when_it_is_chosen(reader):
    reader.run("const s = document.querySelector('select'); s.selectedIndex = 2; s.dispatchEvent(new Event('change'))")
    assert answered(reader)
    assert "FISH" in reader.run("return document.querySelector('textarea').value")
    assert "differs" in reader.text('tr[data-task="HER2"]')


def test_neither_the_page_nor_its_worker_reaches_another_site(reader, served, elsewhere):
    address, asked = elsewhere
    attempt = "fetch('{}').then(() => done('sent'), () => done('refused'))"
    worker = "new Worker(URL.createObjectURL(new Blob([\"{}\"], {{type: 'text/javascript'}})), {{type: 'module'}})"
    # Elsewhere in the book, where no report is pasted, both reach it: what follows can fail.
    reader.open(f"{served}/book/index.html")
    assert reader.wait(attempt.format(f"{address}/page")) == "sent"
    inner = f"fetch('{address}/worker').then(() => postMessage(1), () => postMessage(0))"
    assert reader.wait(f"{worker.format(inner)}.onmessage = (e) => done(e.data)") == 1
    assert asked == ["/page", "/worker"]
    for path in ("book/try_it", *(f"notebooks/{name}" for name in CHAPTERS)):
        reader.open(f"{served}/{path}.html")
        assert reader.wait(attempt.format(f"{address}/again")) == "refused", path
        assert reader.wait(f"const i = new Image(); i.onerror = () => done('refused'); i.src = '{address}/i.png'") == "refused"
        # The page's own worker, with one more line in it.
        reader.run(
            "const [line] = arguments, Plain = Blob; window.Blob = function (parts, kind) {"
            " window.extended = true; return new Plain([...parts, line], kind); };",
            f"fetch('{address}/its-worker').catch(() => 0);",
        )
        reader.run("document.querySelector('textarea').value ||= 'pT2'; document.querySelector('.live-read').click()")
        assert answered(reader, ".live-results section"), path
        assert reader.run("return window.extended"), "a worker from an address would not inherit the page's policy"
    assert asked == ["/page", "/worker"]
    assert any("Content Security Policy" in line["message"] for line in reader.log())


@pytest.mark.parametrize(("chapter", "view"), CHAPTERS.items())
def test_a_chapters_block_holds_its_own_text_and_shows_one_view(page, served, chapter, view):
    page.open(f"{served}/notebooks/{chapter}.html")
    assert page.until("return document.querySelectorAll('.live-reader textarea').length === 1")
    assert page.run("return document.querySelector('textarea').value.trim().length > 20")
    assert not page.run("return document.querySelector('.live-form select, .live-reader pre')")
    page.run("document.querySelector('.live-read').click()")
    assert answered(page, ".live-results section")
    sections = page.run("return [...document.querySelectorAll('.live-results section')].map((s) => s.className)")
    assert sections == [f"live-{view}-result"]
    assert page.run("return document.querySelectorAll('[role=switch]').length") == (view != "deid")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_a_telephone_scrolls_one_way(reader, theme):
    reader.run("const s = document.querySelector('select'); s.selectedIndex = 2; s.dispatchEvent(new Event('change'))")
    assert answered(reader)
    reader.run(AXE.read_text(encoding="utf-8"))
    reader.run("document.head.insertAdjacentHTML('beforeend', arguments[0])", STILL)
    reader.run("document.documentElement.dataset.theme = document.documentElement.dataset.mode = arguments[0]", theme)
    for width in (1200, 375):
        size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
        reader.devtools("Emulation.setDeviceMetricsOverride", size)
        found = reader.wait(
            "axe.run(document, {resultTypes: ['violations']}).then((r) => done(r.violations.map("
            "(v) => [v.id, v.impact, v.nodes[0].html.slice(0, 200)])))"
        )
        assert not [violation for violation in found if violation[1] in ("serious", "critical")], width
        assert reader.run("return document.documentElement.scrollWidth") <= width


def test_opened_as_a_file_it_says_what_to_do(page, site):
    page.open(site / "book" / "try_it.html")
    assert "make serve" in page.run(SAID) and page.run("return document.querySelector('.live-read').disabled")


def test_a_copy_built_without_a_network_says_so(page, site, served):
    about = site / "_static" / "live" / "live.json"
    before = about.read_text(encoding="utf-8")
    about.write_text(json.dumps({**json.loads(before), "pyodide": ""}), encoding="utf-8")
    try:
        page.open(f"{served}/book/try_it.html")
        assert page.until("return document.querySelector('.live-read').disabled")
        assert "built without a network" in page.run(SAID)
    finally:
        about.write_text(before, encoding="utf-8")
