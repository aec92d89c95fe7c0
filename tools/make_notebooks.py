"""notebooks/*.py (percent format, the source) -> notebooks/*.ipynb: one way, without outputs, the same bytes every time.

The .ipynb are committed so that papermill, Colab, Binder and a repository's own viewer can open them. With --check
nothing is written; those that are stale are named and the exit code is 1.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from pathlib import Path

import jupytext
import nbformat
from repository import install_cell

ROOT = Path(__file__).resolve().parents[1]
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def generate(source: Path) -> str:
    """The .ipynb text of one percent-format source, outputs empty, cell ids taken from the cells' own text."""
    notebook = jupytext.read(source, fmt="py:percent")
    notebook.metadata = nbformat.from_dict(METADATA)
    if install := install_cell(source.parent.parent / "_config.yml"):
        notebook.cells.insert(1, nbformat.v4.new_code_cell(install, metadata={"tags": ["remove-cell", "install"]}))
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    seen: Counter[str] = Counter()
    for cell in notebook.cells:
        text = f"{cell.cell_type}\0{cell.source}"
        # Equal cells (two rulers, two empty ones) need distinct ids: their occurrence tells them apart.
        cell.id = hashlib.sha256(f"{text}\0{seen[text]}".encode()).hexdigest()[:12]
        seen[text] += 1
    nbformat.validate(notebook)
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def stale(folder: Path) -> dict[Path, str]:
    """Notebooks that differ from what their source gives now: path -> what is wrong."""
    found = {}
    sources = sorted(folder.glob("*.py"))
    for source in sources:
        target = source.with_suffix(".ipynb")
        if not target.exists():
            found[target] = "is missing"
        elif target.read_bytes() != generate(source).encode():
            found[target] = f"differs from {source.name}"
    for orphan in sorted(set(folder.glob("*.ipynb")) - {s.with_suffix(".ipynb") for s in sources}):
        found[orphan] = "has no .py source"
    return found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if any notebook is stale")
    parser.add_argument("--folder", type=Path, default=ROOT / "notebooks")
    options = parser.parse_args(arguments)
    if not options.folder.is_dir():
        print(f"error: no folder {options.folder}", file=sys.stderr)
        return 2
    wrong = stale(options.folder)
    if options.check:
        for path, reason in wrong.items():
            print(f"{path.name} {reason}: run make notebooks", file=sys.stderr)
        return 1 if wrong else 0
    for path, reason in wrong.items():
        source = path.with_suffix(".py")
        if not source.exists():
            print(f"error: {path.name} {reason}: delete it, or write {source.name}", file=sys.stderr)
            return 1
        path.write_bytes(generate(source).encode())
        print(f"wrote {path.name}")
    print(f"{len(list(options.folder.glob('*.py')))} notebooks, {len(wrong)} regenerated")
    return 0


if __name__ == "__main__":
    sys.exit(main())
