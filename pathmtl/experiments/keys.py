"""A run's content key: its settings, its data, and the code that can change its numbers (without comments and docstrings)."""

from __future__ import annotations

import ast
import functools
import hashlib
import json
from pathlib import Path

import pandas as pd

from pathmtl import cohort
from pathmtl.baselines.control_settings import Control
from pathmtl.baselines.zero_shot_settings import ZeroShot
from pathmtl.model.backbone import dtype_of
from pathmtl.training.settings import Settings

_PACKAGE = Path(__file__).resolve().parents[1]
#: How reports become prompts and labels. Of the cohort, only how it is split and drawn from: what is read has a fingerprint.
_INPUT = ("schema.py", "cohort.py:split,subsample", "prompt.py", "oracle")
#: What decides a run's numbers; not how documents are read, nor metrics, pages or the command line.
_SOURCES = {
    Settings: (*_INPUT, "training", "model"),
    Control: (*_INPUT, "training/data.py:training_reports,targets", "baselines/controls.py", "baselines/control_settings.py"),
    ZeroShot: (*_INPUT, "baselines/zero_shot.py", "baselines/zero_shot_settings.py", "model/backbone.py", "model/names.py"),
}


def run_key(settings: Settings | ZeroShot | Control, table: pd.DataFrame) -> str:
    """The key of the run that ``settings`` give on ``table``, twelve hexadecimal digits.

    A run is read from the store only where making it again would give the same, so the key also depends on the precision that
    this machine resolves to, and on ``source_hash``.
    """
    content = {
        "settings": settings.to_json(),
        "precision": str(dtype_of(settings.precision)),
        "data": cohort.fingerprint(table),
        "source": source_hash(type(settings)),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


def source_hash(kind: type = Settings, package: Path = _PACKAGE) -> str:
    """Hash of the code that decides the numbers of a training (``Settings``), zero-shot (``ZeroShot``) or control run.

    ``package``: the folder of the library, for tests.
    """
    digest = hashlib.sha256()
    for source in _SOURCES[kind]:
        name, _, functions = source.partition(":")
        path = package / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            code = _code(file, file.stat().st_mtime_ns, tuple(functions.split(",")) if functions else ())
            digest.update(file.relative_to(package).as_posix().encode() + b"\0" + code.encode())
    return digest.hexdigest()[:16]


@functools.cache
def _code(file: Path, changed: int, functions: tuple[str, ...]) -> str:
    """A file's code without comments and docstrings; only the named functions, and what they use, where some are named.

    ``changed`` is the file's time of modification: an edited file is read again.
    """
    tree = ast.parse(file.read_text(encoding="utf-8"))
    if functions:
        tree.body = _used_by(tree, functions)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _used_by(tree: ast.Module, functions: tuple[str, ...]) -> list[ast.stmt]:
    """The top-level statements that define ``functions`` and, step by step, the names that those use."""
    defined: dict[str, ast.stmt] = {}
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names = [node.name] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
        defined |= {name: node for name in [*names, *(t.id for t in targets if isinstance(t, ast.Name))]}
    used, waiting = set(), list(functions)
    while waiting:
        name = waiting.pop()
        if name in defined and name not in used:
            used.add(name)
            waiting += [node.id for node in ast.walk(defined[name]) if isinstance(node, ast.Name)]
    return [node for name, node in defined.items() if name in used]
