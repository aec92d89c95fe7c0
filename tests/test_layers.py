"""The library's arrows run one way: a layer imports only the layers before it (README, "Where things are")."""

import ast
from pathlib import Path

import pytest

import pathmtl

PACKAGE = Path(pathmtl.__file__).parent
#: In the order of the paper's Figure 1, then what is built upon it.
LAYERS = (
    "schema",
    "progress",
    "documents",
    "oracle",
    "deid",
    "consolidate",
    "cohort",
    "prompt",
    "model",
    "training",
    "analysis",
    "baselines",
    "paper",
    "experiments",
    "review",
    "stream",
    "pages",
    "notebook",
    "notebook_page",
    "cli",
)


def _layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(path: Path) -> list[str]:
    """Layers that a file imports at module level or inside a function; for type checking only does not count."""
    found = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in typing_only or not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        found += [name.split(".")[1] for name in names if name.startswith("pathmtl.")]
    return [name for name in found if name != "__version__"]


def test_every_module_has_its_layer():
    assert {_layer(path) for path in PACKAGE.rglob("*.py")} - {"__init__"} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_before_it(layer):
    allowed = LAYERS[: LAYERS.index(layer) + 1]
    for path in PACKAGE.rglob("*.py"):
        if _layer(path) == layer:
            later = sorted(set(_imports(path)) - set(allowed))
            assert not later, f"{path.relative_to(PACKAGE.parent)} imports {', '.join(later)}, a layer above its own"
