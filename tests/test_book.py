"""The book's build: complete and clean, or a non-zero exit with one line that names what to fix."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from pathlib import Path

import build_book
import make_notebooks
import nbformat
import pytest
from check_pages import check_notebook, check_site, leaked, plain
from status_page import with_runtimes

ROOT = Path(__file__).resolve().parents[1]
TOC = """format: jb-book
root: book/index
chapters:
  - file: notebooks/small
  - file: book/status
  - file: book/references
"""
INDEX = """# A small book

See {eq}`delta`, {cite:t}`hu2022` and [the notebook](../notebooks/small.ipynb).

$$
\\Delta W = \\frac{\\alpha}{r} B A, \\qquad B \\in \\mathbb{R}^{d \\times r}
$$ (delta)
"""
NOTEBOOK = """# %% [markdown]
# # A small notebook

# %% tags=["parameters"]
reports = "bundled"  # where the reports come from
profile = "quick"    # size of the run

# %%
import sys

import pandas as pd
from tqdm.auto import tqdm

list(tqdm(range(9)))
print("a library's remark", file=sys.stderr)
pd.DataFrame({"profile": [profile], "reports": [reports]})
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the book's own configuration around one small notebook and two short pages."""
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "_toc.yml").write_text(TOC, encoding="utf-8")
    for folder in ("_ext", "_static", "figures"):
        shutil.copytree(ROOT / "book" / folder, tmp_path / "book" / folder)
    for name in ("references.md", "references.bib", "status.md"):
        shutil.copy(ROOT / "book" / name, tmp_path / "book")
    (tmp_path / "book" / "index.md").write_text(INDEX, encoding="utf-8")
    (tmp_path / "notebooks").mkdir()
    write_notebook(tmp_path, NOTEBOOK)
    return tmp_path


def write_notebook(root: Path, source: str) -> None:
    (root / "notebooks" / "small.py").write_text(source, encoding="utf-8")
    make_notebooks.main(["--folder", str(root / "notebooks")])


def build(root: Path, *arguments: str) -> int:
    return build_book.main(["--root", str(root), "--out", str(root / "html"), *arguments])


def test_a_book_is_built_whole(checkout: Path) -> None:
    assert build(checkout, "--profile", "smoke") == 0
    html = checkout / "html"
    page = (html / "notebooks" / "small.html").read_text(encoding="utf-8")
    assert "IProgress" not in page, "tqdm is silent in the book"
    assert "<td>smoke</td>" in page and "<td>bundled</td>" in page
    index = (html / "book" / "index.html").read_text(encoding="utf-8")
    assert "<math " in index and "mathjax@" not in index.lower(), "equations are MathML, and nothing is loaded to draw them"
    assert 'href="references.html#' in index
    assert "github.com" not in index and "mybinder" not in page, "no dead buttons while the repository's address is unset"
    status = json.loads((html / "status.json").read_text(encoding="utf-8"))
    assert status["profile"] == "smoke"
    assert [row["notebook"] for row in status["notebooks"]] == ["notebooks/small"]
    assert status["notebooks"][0]["parameters"] == {"profile": "smoke", "reports": "bundled"}
    said = (html / "book" / "status.html").read_text(encoding="utf-8")
    assert 'href="../notebooks/small.html"' in said and "profile=smoke" in said and status["versions"]["torch"] in said
    executed = nbformat.read(checkout / "_build" / "source" / "notebooks" / "small.ipynb", as_version=4)
    assert "papermill" not in executed.metadata and not any("papermill" in cell.metadata for cell in executed.cells)
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    assert outputs and not any(output.get("name") == "stderr" for output in outputs), "remarks of libraries are no part of a page"
    assert not list(checkout.rglob("*.failed.ipynb"))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text + "\n# %%\n1 / 0\n", r"small, code cell 3 \(1 / 0\): ZeroDivisionError"),
        (
            lambda text: text + '\n# %%\nprint("10%|#    | 1/10 [00:01<00:09,  1.00it/s]")\n',
            "small.py code cell 3 prints a progress bar",
        ),
        (lambda text: text + "\n# %% [markdown]\n# ## To {ref}`nowhere`\n", "small.ipynb:.*WARNING"),
        (lambda text: text + "\n# %% [markdown]\n# ![Far](https://example.org/far.png)\n", "loads example.org when read"),
    ],
    ids=["a failing cell", "a progress bar", "a dead reference", "an outside picture"],
)
def test_what_a_cell_may_not_do(checkout: Path, spoil, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    write_notebook(checkout, spoil(NOTEBOOK))
    assert build(checkout) == 1
    error = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(error) == 1, "one clear line"
    assert re.search(message, error[0]), error[0]
    assert not (checkout / "html").exists(), "a failed build leaves no finished-looking book"


def test_a_missing_folder_of_reports(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build(checkout, "--reports", str(checkout / "nowhere")) == 1
    assert "nowhere: no such file or folder" in capsys.readouterr().err


def test_a_stale_or_unknown_notebook_stops_the_build(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "notebooks" / "small.py").write_text(NOTEBOOK + "\n# %%\n2\n", encoding="utf-8")
    assert build(checkout) == 1
    assert "small.ipynb differs from small.py: run make notebooks" in capsys.readouterr().err
    write_notebook(checkout, NOTEBOOK)
    (checkout / "_toc.yml").write_text(TOC.replace("notebooks/small", "notebooks/smal"), encoding="utf-8")
    assert build(checkout) == 2
    assert "did you mean small?" in capsys.readouterr().err


def test_a_folder_that_is_no_book_is_never_deleted(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (checkout / "html").mkdir()
    (checkout / "html" / "thesis.txt").write_text("precious")
    assert build(checkout) == 1
    assert "holds something that is not a book" in capsys.readouterr().err
    assert (checkout / "html" / "thesis.txt").read_text() == "precious"


def test_documents_are_read_once_for_the_whole_book(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = checkout / "own"
    own.mkdir()
    (own / "a.txt").write_text("Left breast, mastectomy: invasive ductal carcinoma, 2.4 cm.")
    kept = build_book.read_once(own, checkout)
    assert "holds their text" in capsys.readouterr().out
    assert (kept / "manifest.csv").exists() and kept.is_relative_to(checkout / "_build")
    assert build_book.read_once(own, checkout) == kept
    assert build_book.read_once(kept, checkout) == kept, "what was read before is not read again"
    assert build_book.read_once(checkout / "own.csv", checkout) == checkout / "own.csv"


def test_no_text_of_the_readers_reports_on_a_page(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = "Left breast, mastectomy: invasive ductal carcinoma with an unusual blue-green rim, 2.4 cm across. Margins free."
    source = checkout / "own.csv"
    source.write_text(
        f'report_id,text\n1,"{report}"\n2,"Right breast: no residual tumour after treatment, bed 1.1 cm in extent."\n'
    )
    write_notebook(checkout, NOTEBOOK + "\n# %%\nprint(pd.read_csv(reports).text[0][5:60])\n")
    assert build(checkout, "--reports", str(source)) == 1
    error = capsys.readouterr().err
    assert "text of 1 reports appears" in error
    assert "blue-green" not in error, "the complaint itself must not repeat the report"


def test_a_page_that_would_have_to_train_shows_the_bundled_reports_and_says_so(checkout: Path) -> None:
    refusal = """
from pathmtl.experiments.store import TrainingForbiddenError

if reports != "bundled":
    raise TrainingForbiddenError("whatever the message says")
"""
    write_notebook(checkout, NOTEBOOK + refusal)
    (checkout / "mine.csv").write_text('text\n"Stage pT2 pN0, grade 2."\n', encoding="utf-8")
    assert build(checkout, "--profile", "standard", "--reports", str(checkout / "mine.csv")) == 0
    page = (checkout / "html" / "notebooks" / "small.html").read_text(encoding="utf-8")
    assert "The bundled reports, not mine.csv" in page
    status = json.loads((checkout / "html" / "status.json").read_text(encoding="utf-8"))
    assert status["notebooks"][0]["parameters"] == {"profile": "standard", "reports": "bundled"}


def page(body: str) -> str:
    return f"<html><body><h1 id='top'>T</h1>{body}</body></html>"


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (
            "<a href='#top'>a</a><a href='other.html#top'>b</a><a href='https://example.org'>c</a><a href='mailto:a@b.c'>d</a>",
            None,
        ),
        ("<a href='gone.html'>a</a>", "links to gone.html, which is not there"),
        ("<a href='other.html#gone'>a</a>", "links to other.html#gone, which has no such section"),
        ("<a href='#gone'>a</a>", "has no such section"),
        ("<a href='../outside.html'>a</a>", "is not there"),
        ("<img src='gone.png'>", "links to gone.png"),
        ("<script src='https://cdn.example.org/x.js'></script>", "loads cdn.example.org when read"),
        ("<link rel='stylesheet' href='https://cdn.example.org/x.css'>", "loads cdn.example.org when read"),
        ("<p>/home/ada/pathmtl/file.py</p>", "names a folder of this machine"),
        ("<p>/home/adam/pathmtl/file.py</p>", None),
        ("Traceback (most recent call last)", "shows a traceback"),
        ("x" * 2_000_001, "2.0 MB: make its figures smaller"),
    ],
)
def test_page_checks(tmp_path: Path, body: str, complaint: str | None) -> None:
    (tmp_path / "outside.html").write_text(page(""))
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text(page(body))
    (site / "other.html").write_text(page(""))
    problems = check_site(site, ["index", "other"], local=[Path("/home/ada")])
    if complaint is None:
        assert problems == []
    else:
        assert len(problems) == 1 and problems[0].startswith("index.html: ") and complaint in problems[0]


def test_a_page_left_out_is_a_complaint(tmp_path: Path) -> None:
    assert check_site(tmp_path, ["book/gone"]) == ["book/gone: has no page: jupyter-book left it out"]


@pytest.mark.parametrize(
    ("output", "complaint"),
    [
        (("error", {"ename": "ZeroDivisionError", "evalue": "by zero", "traceback": []}), "holds an error (ZeroDivisionError)"),
        (("stream", {"text": "Traceback (most recent call last):\n"}), "prints a traceback"),
        (("stream", {"name": "stderr", "text": "Map:  40%|####      | 4/10 [00:01<00:01,  3.9it/s]"}), "prints a progress bar"),
        (("stream", {"name": "stderr", "text": "5/10 [00:09<00:09,  1.8s/it]"}), "prints a progress bar"),
        (("stream", {"name": "stderr", "text": "/tmp/ipykernel_71/1.py:2: UserWarning: old"}), "prints a warning"),
        (("stream", {"name": "stderr", "text": "lib/torch/data.py:7: FutureWarning: soon"}), "prints a warning"),
        (("execute_result", {"data": {"text/plain": "HER2 40% | ER 80% | PR 70%"}}), ""),
    ],
)
def test_what_an_output_may_not_hold(tmp_path: Path, output: tuple[str, dict], complaint: str) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("cell")])
    notebook.cells[0].outputs = [nbformat.v4.new_output(output[0], **output[1])]
    nbformat.write(notebook, tmp_path / "n.ipynb")
    found = check_notebook(tmp_path / "n.ipynb")
    assert found.startswith(f"code cell 1 {complaint}") if complaint else found == ""


def test_a_picture_shown_twice_is_a_complaint(tmp_path: Path) -> None:
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("cell")])
    pictures = [nbformat.v4.new_output("display_data", data={"image/png": data}) for data in ("AAAA", "BBBB", "AAAA")]
    notebook.cells[0].outputs = pictures[:2]
    nbformat.write(notebook, tmp_path / "n.ipynb")
    assert check_notebook(tmp_path / "n.ipynb") == ""
    notebook.cells[0].outputs = pictures
    nbformat.write(notebook, tmp_path / "n.ipynb")
    assert "same picture twice" in check_notebook(tmp_path / "n.ipynb")


def test_forty_characters_in_a_row_are_a_leak() -> None:
    report = "Invasive-carcinoma,23mm,of-the-upper-outer-quadrant of the left breast."
    assert leaked([report[:39]], [], [report]) == 0
    assert leaked([report[:40]], [], [report]) == 1
    assert (
        leaked(
            ["<p>the\n <b>tumour</b>, 23&nbsp;mm, &lt; the upper outer border</p>"],
            [],
            ["THE TUMOUR , 23 mm,  < the upper outer border."],
        )
        == 1
    ), "tags and case hide nothing"
    assert leaked([report], [report], [report]) == 0, "what the repository says itself is no leak"
    assert leaked(["tumour"], [], [report, "short"]) == 0
    assert plain("<style>p {}</style><p>A &lt; B</p>") == "a < b"


def test_toc_pages_in_order() -> None:
    pages = build_book.toc_pages(ROOT / "_toc.yml")
    assert pages[0] == "book/index" and len(pages) == len(set(pages))
    assert "notebooks/table1_baseline" in pages


def test_the_address_in_one_place_turns_on_every_button(checkout: Path) -> None:
    config = checkout / "_config.yml"
    url = "https://github.com/example/pathmtl"
    config.write_text(config.read_text(encoding="utf-8").replace('url: ""', f'url: "{url}"'), encoding="utf-8")
    assert build(checkout) == 1, "notebooks without the cell that installs the package are stale"
    write_notebook(checkout, NOTEBOOK)
    assert build(checkout) == 0
    page = (checkout / "html" / "notebooks" / "small.html").read_text(encoding="utf-8")
    links = re.findall(r'href="(https://(?:colab\.research\.google\.com|mybinder\.org)/[^"]+)"', page)
    assert len(links) == 2 and all("example/pathmtl" in link for link in links)
    for link in links:
        path = re.search(r"notebooks(?:/|%2F)\w+\.ipynb", link)[0].replace("%2F", "/")
        first = next(c for c in nbformat.read(checkout / path, as_version=4).cells if c.cell_type == "code")
        assert "find_spec" in first.source and f"{url} pathmtl" in first.source and "pip install" in first.source
    assert "git clone" not in page, "the cell is for machines, not for readers of the book"


def test_without_an_address_no_notebook_installs_anything() -> None:
    for notebook in (ROOT / "notebooks").glob("*.ipynb"):
        assert not any("install" in cell.metadata.get("tags", []) for cell in nbformat.read(notebook, as_version=4).cells)


def test_the_site_is_also_one_file(checkout: Path) -> None:
    assert build(checkout) == 0
    with zipfile.ZipFile(checkout / "pathmtl.zip") as archive:
        assert {"html/index.html", "html/notebooks/small.html"} <= set(archive.namelist())


def test_the_teachers_page_says_how_long_a_page_took() -> None:
    rows = [{"notebook": "notebooks/a", "seconds": 12.4}, {"notebook": "notebooks/b", "seconds": 610.0}]
    assert with_runtimes("RUNTIME[a], RUNTIME[b], RUNTIME[c]", rows) == "12 s, 10 min, –"


def test_the_teachers_page_lists_every_exercise_of_its_pages() -> None:
    page = (ROOT / "book" / "teachers.md").read_text(encoding="utf-8")
    table = page[page.index(":name: tab-exercises") :]
    listed: dict[str, list[tuple[str, str]]] = {}
    name = ""
    for where, number, grade in re.findall(r"^\* -(?: (\S+))?\n  - (\d)\n  - (\w+)$", table, re.MULTILINE):
        name = re.search(r"notebooks/(\w+)", where)[1] if where else name
        listed.setdefault(name, []).append((number, grade))
    assert len(listed) >= 10
    for name, exercises in listed.items():
        source = (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
        own = re.findall(r"^# \*\*(\d)\.\*\*(?: \*\((\w+)\)\*)?", source, re.MULTILINE)
        assert [number for number, _ in exercises] == [number for number, _ in own], name
        assert {grade for _, grade in exercises} <= {"easy", "medium", "hard"}
        assert all(own_grade in ("", grade) for (_, grade), (_, own_grade) in zip(exercises, own, strict=True)), name
    assert set(re.findall(r"RUNTIME\[(\w+)\]", page)) <= {path.stem for path in (ROOT / "notebooks").glob("*.py")}
