"""The library's imports run one way: a layer imports only the layers before it, and no module is part of an import cycle."""

import ast
from pathlib import Path

import pytest

import pathmtl

PACKAGE = Path(pathmtl.__file__).parent
#: In the order of the paper's Figure 1, then what is built on it.
LAYERS = (
    "schema",
    "progress",
    "files",
    "dates",
    "csv_file",
    "scale",
    "documents",
    "tables",
    "oracle",
    "deid",
    "consolidate",
    "report_table",
    "cohort",
    "stream",
    "sites",
    "prepare",
    "prompt",
    "model",
    "training",
    "analysis",
    "baselines",
    "paper",
    "experiments",
    "real",
    "review",
    "viz",
    "notebook",
    "notebook_page",
    "cli",
)
#: Layers that compute and never draw.
WITHOUT_PLOTTING = ("analysis", "paper", "experiments", "real", "review")
MODULES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def _layer(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def _imports(path: Path, modules=MODULES) -> set[str]:
    """Modules of ``modules`` that a file imports: at its top, inside functions, and for type checking only."""
    targets = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            # A name is a submodule if there is one, else something that the module itself defines.
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            targets |= {name if name in modules else node.module for name in names}
    return targets & set(modules)


def _cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """The strongly connected components of more than one module (Tarjan 1972), and modules that import themselves."""
    order: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    cycles = []

    def visit(module: str) -> None:
        order[module] = lowest[module] = len(order)
        stack.append(module)
        for target in graph[module]:
            if target not in order:
                visit(target)
            if target in stack:
                lowest[module] = min(lowest[module], lowest[target])
        if lowest[module] == order[module]:
            component = stack[stack.index(module) :]
            del stack[stack.index(module) :]
            if len(component) > 1 or module in graph[module]:
                cycles.append(sorted(component))

    for module in graph:
        if module not in order:
            visit(module)
    return sorted(cycles)


def test_every_module_has_its_layer():
    assert {_layer(module) for module in MODULES} - {"__init__"} == set(LAYERS)


@pytest.mark.parametrize("layer", LAYERS)
def test_a_layer_imports_only_those_before_it(layer):
    allowed = {*LAYERS[: LAYERS.index(layer) + 1], "__init__"}
    for module, path in MODULES.items():
        if _layer(module) == layer:
            later = sorted({_layer(target) for target in _imports(path)} - allowed)
            assert not later, f"{module} imports {', '.join(later)}, a layer above its own"


def test_no_module_is_part_of_an_import_cycle():
    cycles = _cycles({module: _imports(path) for module, path in MODULES.items()})
    assert not cycles, "\n".join(" <-> ".join(cycle) for cycle in cycles)


@pytest.mark.parametrize(
    ("graph", "cycles"),
    [
        ({"a": {"b"}, "b": {"c"}, "c": set()}, []),
        ({"a": {"b"}, "b": {"a"}, "c": {"a"}}, [["a", "b"]]),
        ({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"d"}}, [["a", "b", "c"], ["d"]]),
    ],
)
def test_cycles_are_found(graph, cycles):
    assert _cycles(graph) == cycles


def test_imports_in_functions_and_for_type_checking_count(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "from typing import TYPE_CHECKING\nimport p.a\nif TYPE_CHECKING:\n    from p import b\n"
        "def work():\n    from p.c import something\n    from q import other\n"
    )
    assert _imports(path, {"p": path, "p.a": path, "p.b": path, "p.c": path, "p.d": path}) == {"p.a", "p.b", "p.c"}


@pytest.mark.parametrize("layer", WITHOUT_PLOTTING)
def test_only_viz_draws(layer):
    for module, path in MODULES.items():
        if _layer(module) == layer:
            assert "matplotlib" not in path.read_text(encoding="utf-8"), module


def test_the_library_never_imports_the_generator():
    for module, path in MODULES.items():
        source = path.read_text(encoding="utf-8")
        assert not any(f"{word} pathmtl_synthetic" in source for word in ("import", "from")), module
