"""Every notebook that trains or scores a model takes the same overrides: one page opens the model that another trained."""

import ast
import re

import pytest
from conftest import ROOT

from pathmtl.experiments.data import bundled
from pathmtl.experiments.keys import run_key
from pathmtl.experiments.recipes import resolve
from pathmtl.notebook import parameters_of, run_notebook
from pathmtl.training.settings import parse_overrides

MAKERS = ("resolve", "run_table")


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def calls(tree):
    """Calls of what turns overrides into settings."""
    found = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return [node for node in found if node.func.id in MAKERS]


NOTEBOOKS = [
    path
    for path in sorted((ROOT / "notebooks").glob("*.py"))
    if re.search(r"from pathmtl\.experiments\.(recipes|runner) import", path.read_text(encoding="utf-8")) and calls(tree_of(path))
]


def overrides_of(path, **parameters):
    """What the notebook's own assignment makes of these parameters."""
    tree = tree_of(path)
    made = next(
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "overrides"
    )
    namespace = {"parse_overrides": parse_overrides, **parameters}
    exec(compile(ast.Module([made], []), path.name, "exec"), namespace)
    return namespace["overrides"]


def test_all_table_notebooks_are_among_them():
    names = {path.stem for path in NOTEBOOKS}
    assert names >= {"table1_baseline", "table2_peft", "table3_mtl_vs_stl", "table4_slicing", "layouts", "zero_shot"}
    assert names >= {"hints_and_circularity", "fig_s2a_convergence", "fig_s2b_her2_confusion", "uncertainty"}
    assert names >= {"by_phenomenon", "real_reports", "your_reports", "claims_ledger"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_takes_rank_and_any_other_setting_to_the_same_key(path):
    declared = parameters_of(path.with_suffix(".ipynb"))
    assert {"profile", "rank", "changes"} <= set(declared) and {"seed", "seeds"} & set(declared)
    reports = bundled().head(30)
    given = {"rank": 8, "changes": "alpha=8 dropout=0.1", "seed": 42, "seeds": [42]}
    asked = resolve("smoke", "lora", rank=8, alpha=8, dropout=0.1)
    assert run_key(resolve("smoke", "lora", **overrides_of(path, **given)), reports) == run_key(asked, reports)
    untouched = {"rank": 16, "changes": "", "seed": 42, "seeds": [42]}
    assert resolve("quick", "lora", **overrides_of(path, **untouched)) == resolve("quick", "lora")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_run_it_asks_for_is_given_them(path):
    for call in calls(tree_of(path)):
        spread = [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg is None]
        assert any("overrides" in text for text in spread), f"{ast.unparse(call)} leaves the overrides out"


@pytest.mark.usefixtures("quick_kernels")
def test_a_model_trained_on_one_page_is_opened_on_others(tmp_path, monkeypatch, tiny_backbone):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    changes = f"alpha=8 precision=fp32 layers=null backbone={tiny_backbone}"
    given = {"profile": "smoke", "rank": 4, "changes": changes, "resamples": 5}
    run_notebook("table1_baseline", tmp_path / "table1.ipynb", given, folder=ROOT / "notebooks", progress=False)
    monkeypatch.setenv("PATHMTL_TRAIN", "never")
    for name in ("uncertainty", "fig_s2b_her2_confusion"):
        run_notebook(name, tmp_path / f"{name}.ipynb", given, folder=ROOT / "notebooks", progress=False)
