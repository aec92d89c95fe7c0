"""Every notebook of the book runs through papermill: at smoke size, on the bundled and on other reports, without leaking them."""

import html
import json
import re

import nbformat
import pandas as pd
import pytest
from conftest import ROOT

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.model.adapters import PEFT_METHODS
from pathmtl.notebook import NotebookFailed, ParameterError, parameters_of, run_notebook

# Table II needs every method it compares.
NOTEBOOKS = [n for n in sorted((ROOT / "notebooks").glob("*.ipynb")) if n.stem != "table2_peft" or "prefix" in PEFT_METHODS]
#: They read their reports and make their runs by the functions that Table I also calls: what holds for its inputs holds here.
ALIKE = (
    "table2_peft",
    "table3_mtl_vs_stl",
    "table4_slicing",
    "claims_ledger",
    "layouts",
    "hints_and_circularity",
    "fig_s2a_convergence",
)
pytestmark = pytest.mark.usefixtures("quick_kernels")

VERDICTS = (HELD, PARTLY, NOT_HELD, TIE, UNTESTED)
SECRET = "Zyxgard Quellenbruch"
#: Pages whose claims take more than the labels of ``OWN``, and what their section Verdict says then.
MISSING = {"by_phenomenon": "Without recorded phenomena", "fig_s2b_her2_confusion": "no HER2 labels"}
OWN = [
    {
        "report_id": "1",
        "patient_id": "a",
        "T": "T2",
        "N": "N0",
        "ER": "Positive",
        "grade": "G2",
        "text": f"Patient {SECRET}. FINAL DIAGNOSIS: invasive ductal carcinoma, Nottingham grade 2. pT2 pN0. ER positive (95%).",
    },
    {
        "report_id": "2",
        "patient_id": "b",
        "T": "T1",
        "N": "N1",
        "ER": "Negative",
        "grade": "G3",
        "text": f"Patient {SECRET}. DIAGNOSIS: invasive carcinoma, grade 3 of 3. Stage: pT1c pN1a. ER negative (0%). HER2 3+.",
    },
]


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return tmp_path_factory.mktemp("runs")


#: Pages on the use of the library, on which the paper claims nothing -> what their output says.
WITHOUT_CLAIMS = {"archive": "reports at the recorded rates"}


@pytest.fixture
def store(runs, monkeypatch):
    """One store for all notebooks, as in a book: nothing is trained twice."""
    monkeypatch.setenv("PATHMTL_RUNS", str(runs))


@pytest.fixture
def own_reports(tmp_path):
    path = tmp_path / "own.csv"
    pd.DataFrame(OWN).to_csv(path, index=False)
    return path


def run(notebook, tmp_path, **parameters):
    declared = parameters_of(notebook)
    smoke = {"profile": "smoke", "resamples": 5, "sample": 8, "ocr_pages": 0, "per_kind": 1, "limit": 60}
    small = {name: value for name, value in smoke.items() if name in declared}
    return run_notebook(notebook, tmp_path / "out.ipynb", {**small, **parameters}, progress=False).output


def page_text(path):
    """All of an executed notebook, sources and outputs: what must not hold a report's text."""
    return json.dumps(nbformat.read(path, as_version=4).cells)


def shown(path, heading=None):
    """What an executed notebook's code cells put out, as text without tags; only of the section ``heading`` where it is given."""
    texts, inside = [], heading is None
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "markdown" and heading is not None:
            titles = re.findall(r"^#+ (.*)$", cell.source, re.MULTILINE)
            inside = titles[-1].strip() == heading if titles else inside
        elif cell.cell_type == "code" and inside:
            for output in cell.outputs:
                data = output.get("data", {})
                texts.append(
                    output.get("text") or data.get("text/html") or data.get("text/markdown") or data.get("text/plain", "")
                )
    return html.unescape(re.sub(r"<[^>]+>", " ", " ".join(texts)))


def verdicts_of(path):
    """The verdict words in the outputs of the section Verdict."""
    return set(re.findall("|".join(sorted(VERDICTS, key=len, reverse=True)), shown(path, "Verdict")))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_on_the_bundled_reports(notebook, tmp_path, store):
    page = run(notebook, tmp_path)
    if notebook.stem in WITHOUT_CLAIMS:
        assert WITHOUT_CLAIMS[notebook.stem] in shown(page)
    else:
        assert verdicts_of(page), "no claim of the section Verdict has a verdict in its output"


@pytest.mark.parametrize("notebook", [n for n in NOTEBOOKS if "reports" in parameters_of(n)], ids=lambda path: path.stem)
def test_it_runs_on_other_reports_and_shows_none_of_their_text(notebook, tmp_path, store, own_reports):
    for labeled in (False,) if notebook.stem in ALIKE else (True, False):
        if not labeled:
            pd.DataFrame(OWN)[["report_id", "text"]].to_csv(own_reports, index=False)
        page = run(notebook, tmp_path, reports=str(own_reports))
        assert SECRET not in page_text(page) and "Quellenbruch" not in page_text(page)
        if labeled:
            missing = MISSING.get(notebook.stem)
            assert missing in shown(page, "Verdict") if missing else verdicts_of(page)
    assert shown(page, "Verdict").strip(), "without labels the section Verdict says what can be said"


def test_documents_of_a_folder_are_counted_and_neither_named_nor_shown(tmp_path, store):
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "Quellenbruch.txt").write_text(OWN[0]["text"])
    (folder / "Quellenbruch.pdf").write_text("")
    page = page_text(run(ROOT / "notebooks" / "extraction.ipynb", tmp_path, reports=str(folder)))
    assert "Quellenbruch" not in page and "Documents by status" in page and "zero bytes" in page


@pytest.mark.parametrize("notebook", [n for n in NOTEBOOKS if n.stem not in ALIKE], ids=lambda path: path.stem)
def test_a_misspelt_parameter_or_a_missing_folder_ends_with_one_clear_error(notebook, tmp_path, store):
    with pytest.raises(ParameterError, match="reprots"):
        run(notebook, tmp_path, reprots="x")
    if "reports" not in parameters_of(notebook):
        return
    with pytest.raises(NotebookFailed, match="does not exist"):
        run(notebook, tmp_path, reports=str(tmp_path / "nowhere"))


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_has_a_solution_and_every_solution_is_hidden(notebook):
    cells = nbformat.read(notebook, as_version=4).cells
    exercises = [c for c in cells if c.cell_type == "markdown" and c.source.count("**1.**")]
    solutions = [c for c in cells if "solution" in c.metadata.get("tags", [])]
    assert exercises and len(solutions) >= 2 and all("hide-cell" in c.metadata["tags"] for c in solutions)


@pytest.mark.parametrize("source", sorted((ROOT / "notebooks").glob("*.py")), ids=lambda path: path.stem)
def test_no_line_of_code_is_wider_than_a_page(source):
    kind, too_long = "code", []
    for number, line in enumerate(source.read_text(encoding="utf-8").splitlines(), start=1):
        if line.startswith("# %%"):
            kind = "markdown" if "[markdown]" in line else "code"
        elif kind == "code" and len(line) > 100:
            too_long.append(f"line {number}: {len(line)} columns")
    assert not too_long


def test_table_1_on_real_reports_scores_them_and_shows_none_of_their_text(tmp_path, store, real_reports):
    from check_pages import leaked

    path = real_reports / "tcga_test_dev.csv.gz"
    page = run(ROOT / "notebooks" / "table1_baseline.ipynb", tmp_path, reports=str(path))
    cells = nbformat.read(page, as_version=4).cells
    outputs = [
        output.get("text", "") or str(output.get("data", "")) for c in cells if c.cell_type == "code" for output in c.outputs
    ]
    texts = pd.read_csv(path, dtype=str)["text"]
    assert leaked(outputs, [cell.source for cell in cells], texts) == 0
    assert leaked([*outputs, texts[0][:60]], [], texts) == 1, "the search itself must be able to find text"
    assert "Macro-F1" in shown(page) and verdicts_of(page)
