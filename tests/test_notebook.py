"""Notebooks: generated one way with the same bytes; their parameters checked before anything runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import nbformat
import pytest
from make_notebooks import generate, main, stale

from pathmtl.notebook import (
    NotebookFailed,
    NotebookNotFound,
    ParameterError,
    check_parameters,
    find_notebook,
    parameters_of,
    run_notebook,
    typed_parameters,
)
from pathmtl.notebook_page import write_page

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

SOURCE = """# ---
# jupyter:
#   kernelspec:
#     display_name: Mine
#     language: python
#     name: somebody-elses-kernel
# ---

# %% [markdown]
# # A small notebook

# %%
from typing import Optional

# %% tags=["parameters"]
reports = "bundled"      # where the reports come from
epochs: float = 1        # passes over the training reports
rank = 16                # r of Equation 2
hints = True             # whether the prompt has its fourth block
tasks = ["T", "N"]       # which heads
limit: Optional[int] = None  # reports, None for all
out = "seen.txt"         # where this cell writes what it was given

# %%
from pathlib import Path
Path(out).write_text(repr((reports, epochs, rank, hints, tasks, limit)))

# %%
1 // rank
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    notebooks = tmp_path / "notebooks"
    notebooks.mkdir()
    (notebooks / "small.py").write_text(SOURCE, encoding="utf-8")
    assert main(["--folder", str(notebooks)]) == 0
    return notebooks


def test_generation_is_the_same_every_time_and_holds_no_outputs(folder: Path) -> None:
    text = generate(folder / "small.py")
    assert text == generate(folder / "small.py") == (folder / "small.ipynb").read_text(encoding="utf-8")
    notebook = nbformat.reads(text, as_version=4)
    assert notebook.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    assert all(cell.outputs == [] and cell.execution_count is None for cell in notebook.cells if cell.cell_type == "code")


def test_cell_ids_survive_an_edit_elsewhere_and_differ_for_equal_cells(folder: Path) -> None:
    source = folder / "small.py"
    source.write_text(SOURCE + "\n# %%\n1 // rank\n", encoding="utf-8")
    before = [cell.id for cell in nbformat.read(folder / "small.ipynb", as_version=4).cells]
    after = [cell.id for cell in nbformat.reads(generate(source), as_version=4).cells]
    assert after[:-1] == before
    assert len(set(after)) == len(after)


@pytest.mark.parametrize("spoil", ["edit the source", "edit the notebook", "delete the notebook", "delete the source"])
def test_a_stale_notebook_is_named(folder: Path, spoil: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert stale(folder) == {}
    source, notebook = folder / "small.py", folder / "small.ipynb"
    if spoil == "edit the source":
        source.write_text(SOURCE.replace("rank = 16", "rank = 8"), encoding="utf-8")
    elif spoil == "edit the notebook":
        notebook.write_text(notebook.read_text().replace("A small", "Another"), encoding="utf-8")
    else:
        (notebook if spoil == "delete the notebook" else source).unlink()
    assert main(["--check", "--folder", str(folder)]) == 1
    assert "small.ipynb" in capsys.readouterr().err


def test_committed_notebooks_are_fresh() -> None:
    assert stale(NOTEBOOKS) == {}, "run make notebooks"


@pytest.mark.parametrize("name", sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")))
def test_every_notebook_declares_parameters_with_a_comment_each(name: str) -> None:
    path = NOTEBOOKS / f"{name}.ipynb"
    cells = [c.source for c in nbformat.read(path, as_version=4).cells if "parameters" in c.metadata.get("tags", [])]
    assert len(cells) == 1
    written = [
        (node.targets[0] if isinstance(node, ast.Assign) else node.target).id
        for node in ast.parse(cells[0]).body
        if isinstance(node, ast.Assign | ast.AnnAssign)
    ]
    declared = parameters_of(path)
    assert list(declared) == written, "papermill overlooks an annotation with |: write Optional[int]"
    assert [parameter.name for parameter in declared.values() if not parameter.help] == []


def test_find_by_name_file_or_path(folder: Path) -> None:
    expected = folder / "small.ipynb"
    for name in ("small", "small.ipynb", "small.py", expected, "notebooks/small.ipynb"):
        assert find_notebook(name, folder) == expected
    with pytest.raises(NotebookNotFound, match="did you mean small"):
        find_notebook("smal", folder)
    (folder / "later.py").write_text(SOURCE, encoding="utf-8")
    with pytest.raises(NotebookNotFound, match="run make notebooks"):
        find_notebook("later", folder)


def test_declared_types(folder: Path) -> None:
    declared = parameters_of(folder / "small.ipynb")
    assert {name: parameter.types for name, parameter in declared.items()} == {
        "reports": ("str",),
        "epochs": ("float",),
        "rank": ("int",),
        "hints": ("bool",),
        "tasks": ("list",),
        "limit": ("int", "None"),
        "out": ("str",),
    }
    assert declared["rank"].help == "r of Equation 2"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"rank": "8"}, {"rank": 8}),
        ({"rank": 8}, {"rank": 8}),
        ({"epochs": "2"}, {"epochs": 2.0}),
        ({"epochs": 1}, {"epochs": 1.0}),
        ({"hints": "false"}, {"hints": False}),
        ({"reports": "007"}, {"reports": "007"}),
        ({"reports": Path("a/b.csv")}, {"reports": "a/b.csv"}),
        ({"limit": "none"}, {"limit": None}),
        ({"limit": "400"}, {"limit": 400}),
        ({"tasks": "['T']"}, {"tasks": ["T"]}),
    ],
)
def test_values_become_the_declared_type(folder: Path, given: dict, expected: dict) -> None:
    found = typed_parameters(folder / "small.ipynb", given)
    assert found == expected
    assert [type(value) for value in found.values()] == [type(value) for value in expected.values()]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"rnak": 8}, "small has no parameter rnak; did you mean rank?.*it has: reports, epochs, rank"),
        ({"rank": "many"}, "parameter rank expects int .default 16., got 'many'"),
        ({"rank": 8.5}, "expects int"),
        ({"rank": True}, "expects int"),
        ({"rank": None}, "expects int"),
        ({"reports": 3}, "expects str"),
        ({"hints": "perhaps"}, "expects bool"),
        ({"limit": "few"}, "expects int or None"),
        ({"tasks": "T"}, "expects list"),
    ],
)
def test_a_wrong_parameter_stops_before_anything_runs(folder: Path, tmp_path: Path, given: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        run_notebook("small", tmp_path / "out.ipynb", given, folder=folder, cwd=tmp_path, progress=False)
    assert "\n" not in str(caught.value)
    assert not (tmp_path / "seen.txt").exists()
    assert not (tmp_path / "out.ipynb").exists()


@pytest.mark.parametrize(
    ("cells", "says"),
    [
        (["", "reports = 1\nepochs: float = 1", "# Parameters\nreports = 'x'\nepochs = 2\n"], None),
        (["", "reports = 1"], None),
        (["", "reports = 1", "# Parameters\nreprots = 'x'\n"], "no parameter reprots; did you mean reports"),
        (["import x\nx.y = 1", "a = b = 1", "# Parameters\nb = 2\nc = 3\n"], "no parameter c"),
    ],
)
def test_a_notebook_refuses_what_plain_papermill_lets_through(cells: list[str], says: str | None) -> None:
    if says is None:
        check_parameters(cells)
    else:
        with pytest.raises(ParameterError, match=says):
            check_parameters(cells)


@pytest.mark.parametrize("name", [path.stem for path in sorted(NOTEBOOKS.glob("*.py"))])
def test_every_notebook_refuses_misspelt_parameters_itself(name: str) -> None:
    code = [cell.source for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells if cell.cell_type == "code"]
    assert "\ncheck_parameters()" in code[1], "in the cell after the parameters"


def test_plain_papermill_stops_at_a_misspelt_parameter(tmp_path: Path) -> None:
    import papermill

    with pytest.raises(papermill.PapermillExecutionError, match="no parameter reprots; did you mean reports"):
        papermill.execute_notebook(
            str(NOTEBOOKS / "corpus.ipynb"), str(tmp_path / "out.ipynb"), {"reprots": "x"}, progress_bar=False
        )


def test_a_run_hands_over_the_parameters(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "new" / "out.ipynb"
    done = run_notebook("small", output, {"rank": "4", "hints": "false"}, folder=folder, cwd=tmp_path, progress=False)
    assert (tmp_path / "seen.txt").read_text() == repr(("bundled", 1, 4, False, ["T", "N"], None))
    assert done.name == "small" and done.output == output and done.parameters == {"rank": 4, "hints": False}
    assert done.seconds > 0
    assert [path.name for path in output.parent.iterdir()] == ["out.ipynb"]


def test_a_failing_cell_is_named_and_what_ran_is_kept(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.ipynb"
    output.write_text("an older result")
    with pytest.raises(NotebookFailed, match=r"small, code cell 4 \(1 // rank\): ZeroDivisionError") as caught:
        run_notebook("small", output, {"rank": 0}, folder=folder, cwd=tmp_path, progress=False)
    assert "\n" not in str(caught.value)
    assert not output.exists(), "an older result must not pass for this run's"
    assert caught.value.partial == tmp_path / "out.failed.ipynb"
    assert nbformat.read(caught.value.partial, as_version=4).cells


def test_a_dying_kernel_is_an_error_too(folder: Path, tmp_path: Path) -> None:
    (folder / "fatal.py").write_text("# %%\nimport os\nos._exit(1)\n", encoding="utf-8")
    main(["--folder", str(folder)])
    with pytest.raises(NotebookFailed, match="fatal"):
        run_notebook("fatal", tmp_path / "out.ipynb", folder=folder, cwd=tmp_path, progress=False)


def test_a_run_becomes_a_page_that_runs_and_fetches_nothing(tmp_path: Path) -> None:
    cell = nbformat.v4.new_code_cell("print(1)")
    for name, text in (("stdout", "what was found"), ("stderr", "a library's noise")):
        cell.outputs.append(nbformat.v4.new_output("stream", name=name, text=text))
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A title"), cell]), tmp_path / "a.ipynb")
    page = write_page(tmp_path / "a.ipynb", tmp_path / "b" / "a.html").read_text(encoding="utf-8")
    assert "A title" in page and "what was found" in page and "noise" not in page
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy and policy[1] == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    assert policy.start() < page.index("<script"), "what stands before the policy is not under it"
