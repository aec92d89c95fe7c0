"""Run one notebook of the book with papermill, after checking its parameters.

papermill itself only prints a line when a parameter is unknown, and then runs the notebook with its defaults; with your own
reports, that is an hour spent on the wrong ones. Here a misspelled name or a wrong type is an error before a kernel starts.
"""

from __future__ import annotations

import ast
import difflib
import logging
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellControlSignal, DeadKernelError
from papermill.exceptions import PapermillExecutionError

#: The kernel that every notebook names; each Python environment with ipykernel has one with this name.
KERNEL = "python3"
_TYPES = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "list": (list,),
    "dict": (dict,),
    "None": (type(None),),
}
_INJECTED = "# Parameters\n"  # the first line of the cell that papermill adds
_MESSAGE_LIMIT = 300  # characters of a failing cell's message that are repeated


class NotebookNotFound(FileNotFoundError):
    """There is no notebook with that name, or it is not generated yet."""


class ParameterError(ValueError):
    """A parameter that the notebook does not declare, or a value of another type."""


class NotebookFailed(RuntimeError):
    """A cell raised an error, or the kernel died; ``partial`` contains what ran before."""

    def __init__(self, message: str, partial: Path) -> None:
        super().__init__(message)
        self.partial = partial


@dataclass(frozen=True)
class Parameter:
    """One assignment of a notebook's ``parameters`` cell.

    Attributes
    ----------
    name, default, help : str
        The name, the source code of the default value, and the comment after it.
    types : tuple of str
        The types that it accepts (those of its annotation, or that of its default); empty for any.
    """

    name: str
    types: tuple[str, ...]
    default: str
    help: str

    def coerce(self, value: Any) -> Any:
        """Convert a value, or text from a command line, to the declared type.

        Raises
        ------
        ParameterError
            It cannot be converted.
        """
        given = value
        if isinstance(value, Path):
            value = str(value)
        if isinstance(value, str) and "str" not in self.types:
            value = _literal(value)
        if not self.types:
            return value
        allowed = tuple(t for name in self.types for t in _TYPES[name])
        # True is an int to Python, but not to a person who wrote "epochs = True".
        if not isinstance(value, allowed) or (isinstance(value, bool) and bool not in allowed):
            raise ParameterError(
                f"parameter {self.name} expects {' or '.join(self.types)} (default {self.default}), got {given!r}"
            )
        return float(value) if self.types == ("float",) else value


@dataclass(frozen=True)
class Execution:
    """A finished run: the executed notebook, the parameters it was given, and the wall time in seconds."""

    name: str
    output: Path
    parameters: dict[str, Any]
    seconds: float


def find_notebook(name: str | Path, folder: Path | None = None) -> Path:
    """Find a notebook by name.

    Parameters
    ----------
    name : str or Path
        ``table1_baseline``, ``table1_baseline.ipynb`` or a path.
    folder : Path, optional
        Where to look; by default the ``notebooks/`` of the checkout.

    Returns
    -------
    Path
        The .ipynb file.

    Raises
    ------
    NotebookNotFound
        There is none; the message lists those that exist.
    """
    folder = folder or Path(__file__).resolve().parents[1] / "notebooks"
    path = Path(name)
    if path.suffix == ".ipynb" and path.is_file():
        return path
    stem = path.stem if path.suffix in (".ipynb", ".py") else path.name
    candidate = folder / f"{stem}.ipynb"
    if candidate.is_file() and path.parent in (Path(), folder, Path(folder.name)):
        return candidate
    if candidate.with_suffix(".py").is_file():
        raise NotebookNotFound(f"{folder.name}/{stem}.ipynb is not generated yet: run make notebooks")
    if not folder.is_dir():
        raise NotebookNotFound(
            f"no notebook {name}: give its path, or run from a checkout of pathmtl (the notebooks are not installed)"
        )
    known = sorted(p.stem for p in folder.glob("*.ipynb"))
    raise NotebookNotFound(f"no notebook {name}{_nearest(stem, known)} (there are: {', '.join(known) or 'none'})")


def parameters_of(notebook: Path) -> dict[str, Parameter]:
    """Return the parameters that a notebook declares in its cell tagged ``parameters``, by name and in order."""
    declared = papermill.inspect_notebook(str(notebook))
    return {
        name: Parameter(name, _types(raw["inferred_type_name"], raw["default"]), raw["default"], (raw["help"] or "").strip())
        for name, raw in declared.items()
    }


def typed_parameters(notebook: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Convert the given values to the types that the notebook declares.

    Raises
    ------
    ParameterError
        A name that the notebook does not declare, or a value of another type.
    """
    declared = parameters_of(notebook)
    for name in given:
        if name not in declared:
            known = list(declared)
            raise ParameterError(
                f"{notebook.stem} has no parameter {name}{_nearest(name, known)} (it has: {', '.join(known) or 'none'})"
            )
    try:
        return {name: declared[name].coerce(value) for name, value in given.items()}
    except ParameterError as error:
        raise ParameterError(f"{notebook.stem}: {error}") from None


def check_parameters(cells: Sequence[str] | None = None) -> None:
    """Stop if papermill gave this notebook a parameter that it does not declare. A notebook calls this itself.

    papermill puts the given values into a cell of its own after the ``parameters`` cell. A misspelled name is assigned there and
    never read, so the notebook would run to its end with the default.

    Parameters
    ----------
    cells : sequence of str, optional
        Sources of the cells executed so far; by default those of this kernel.

    Raises
    ------
    ParameterError
        A name is assigned in the added cell and in no cell before it.
    """
    if cells is None:
        from IPython import get_ipython

        cells = get_ipython().user_ns["In"]
    injected = next((i for i, cell in enumerate(cells) if cell.startswith(_INJECTED)), None)
    if injected is None:
        return
    declared = [name for cell in cells[:injected] for name in _assigned(cell)]
    for name in _assigned(cells[injected]):
        if name not in declared:
            raise ParameterError(f"no parameter {name}{_nearest(name, declared)} (there are: {', '.join(declared)})")


def _assigned(cell: str) -> list[str]:
    names = []
    for node in ast.parse(cell).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def run_notebook(
    name: str | Path,
    output: str | Path,
    parameters: Mapping[str, Any] | None = None,
    *,
    folder: Path | None = None,
    cwd: Path | None = None,
    progress: bool = True,
) -> Execution:
    """Execute a notebook with papermill.

    Parameters
    ----------
    name : str or Path
        As for ``find_notebook``.
    output : str or Path
        Where to write the executed notebook (.ipynb). While it runs, and after a failure, what ran is beside it as
        ``<name>.failed.ipynb``; ``output`` itself is always complete.
    parameters : mapping, optional
        Values for the notebook's parameters.
    folder : Path, optional
        As for ``find_notebook``.
    cwd : Path, optional
        What relative paths in the notebook refer to; by default the current folder.
    progress : bool
        Show papermill's bar on standard error.

    Returns
    -------
    Execution
        The output, the parameters and the time.

    Raises
    ------
    NotebookNotFound
        No such notebook.
    ParameterError
        An unknown parameter or a wrong type; nothing ran.
    NotebookFailed
        A cell raised an error, or the kernel died.
    """
    notebook = find_notebook(name, folder)
    values = typed_parameters(notebook, parameters or {})
    output = Path(output)
    if output.suffix != ".ipynb":
        raise ParameterError(f"the output must be named *.ipynb (or *.html for a page), got {output.name}")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.unlink(missing_ok=True)
    partial = output.with_name(f"{output.stem}.failed.ipynb")
    start = time.perf_counter()
    logging.getLogger("papermill").setLevel(logging.WARNING)  # otherwise papermill logs each cell's progress twice
    try:
        papermill.execute_notebook(
            str(notebook),
            str(partial),
            parameters=values,
            kernel_name=KERNEL,
            progress_bar=progress,
            cwd=cwd and str(cwd),
            extra_arguments=["--log-level=CRITICAL"],
        )  # kernels log their unencrypted local sockets and each shutdown
    except PapermillExecutionError as error:
        message = _one_line(error.evalue)
        where = _cell(notebook, error)
        raise NotebookFailed(f"{notebook.stem}, {where}: {error.ename}: {message} (what ran is in {partial})", partial) from None
    except (DeadKernelError, CellControlSignal) as error:
        raise NotebookFailed(
            f"{notebook.stem}: {_one_line(str(error)) or 'the kernel died'} (what ran is in {partial})", partial
        ) from None
    partial.replace(output)
    return Execution(notebook.stem, output, values, time.perf_counter() - start)


def pairs(given: Sequence[str]) -> dict[str, object]:
    """Parse settings written as ``name=value``, with values as YAML reads them.

    Raises
    ------
    ValueError
        One of them is not ``name=value``.

    Examples
    --------
    >>> pairs(["rank=8", "hints=none"])
    {'rank': 8, 'hints': 'none'}
    """
    import yaml

    settings = {}
    for item in given:
        key, mark, value = item.partition("=")
        if not mark or not key:
            raise ValueError(f"{item!r} is not name=value")
        settings[key.strip()] = yaml.safe_load(value)
    return settings


def _literal(text: str) -> Any:
    """``3`` -> 3, ``true`` -> True, ``[1, 2]`` -> a list; anything else remains text."""
    words = {"true": True, "false": False, "none": None, "null": None}
    if text.lower() in words:
        return words[text.lower()]
    try:
        return ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text


def _types(annotation: str, default: str) -> tuple[str, ...]:
    # papermill reports "None" for "no annotation", and misses a parameter annotated with "|".
    optional = re.fullmatch(r"Optional\[(\w+)\]", annotation)
    named = (optional[1], "None") if optional else (annotation.split("[")[0],)
    if annotation != "None" and all(name in _TYPES for name in named):
        return named
    kind = type(_literal(default)).__name__
    return (kind,) if kind in _TYPES and kind != "NoneType" else ()


def _cell(notebook: Path, error: PapermillExecutionError) -> str:
    """Where it failed, as a reader counts: the number of the code cell (from 1) and its first line."""
    cells = nbformat.read(notebook, as_version=4).cells
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    lines = [line for line in error.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    number = sources.index(error.source) + 1 if error.source in sources else error.exec_count
    return f"code cell {number} ({lines[0].strip()[:60] if lines else 'empty'})"


def _one_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0] if lines else ""
    return first if len(first) <= _MESSAGE_LIMIT else first[:_MESSAGE_LIMIT] + "…"


def _nearest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {close[0]}?" if close else ""
