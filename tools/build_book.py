"""Run every notebook of the book and render it, or fail with one line that names the file and how to fix it.

    notebooks/*.ipynb --papermill--> _build/source/notebooks/ --+
    book/, _config.yml, _toc.yml --------copied---------------- +--jupyter-book--> checks --> OUT

Jupyter Book executes nothing here (execute_notebooks: "off"): its cache keys on the notebook and not on the library that
it imports, so it could put an old number on a page; and it reports success over a failing cell. What is in OUT has passed
every check.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import live_reader
import nbformat
import yaml
from check_pages import check_leak, check_notebook, check_site
from make_notebooks import stale
from repository import with_buttons
from status_page import status_page, with_runtimes
from warm_kernels import warm_kernels

from pathmtl.documents.batch import is_batch
from pathmtl.documents.extract import extract_folder
from pathmtl.experiments.provenance import provenance
from pathmtl.experiments.recipes import RECORDED
from pathmtl.experiments.store import TrainingForbiddenError
from pathmtl.notebook import Execution, NotebookFailed, NotebookNotFound, find_notebook, parameters_of, run_notebook
from pathmtl.notebook_page import drop_stderr
from pathmtl.training.settings import settings

ROOT = Path(__file__).resolve().parents[1]
_INSTEAD = """:::{{admonition}} The bundled reports, not {reports}
:class: warning
This page compares models that are recorded without their weights in profile {profile}, so they cannot read other reports.
What follows is their recorded result on the bundled synthetic reports. To see yours, run this notebook with `profile = "quick"`.
:::"""
#: Packages that the status page names besides those of a run.
_PACKAGES = ("pathmtl", "papermill", "jupyter-book")


class BuildError(RuntimeError):
    """The book cannot be built; the message names the file and how to fix it."""


def say(message: str) -> None:
    print(message, flush=True)


def toc_pages(toc: Path) -> list[str]:
    """Every page of a Jupyter Book table of contents, in order, without suffix."""

    def files(node: object) -> Iterator[str]:
        if isinstance(node, dict):
            for key, value in node.items():
                if key in ("root", "file"):
                    yield str(value)
                else:
                    yield from files(value)
        elif isinstance(node, list):
            for value in node:
                yield from files(value)

    return list(files(yaml.safe_load(toc.read_text(encoding="utf-8"))))


def settings_for(notebook: Path, profile: str, reports: str) -> dict[str, str]:
    """Of the book's own settings, those that this notebook declares."""
    given = {"profile": profile, "reports": reports}
    return {name: value for name, value in given.items() if name in parameters_of(notebook)}


# A bar's frames, and tqdm's warning that it cannot draw one as a widget, would be kept as a page's output.
_QUIET = {"TQDM_DISABLE": "1", "PYTHONWARNINGS": "ignore:IProgress not found"}


@contextlib.contextmanager
def kernels_of(profile: str) -> Iterator[None]:
    """Kernels started inside draw no progress bar, and in the recorded profile no row of a table is trained.

    Only the run store reads ``$PATHMTL_TRAIN``: the lesson `train_the_model` trains its model without it.
    """
    wanted = {**_QUIET, **({"PATHMTL_TRAIN": "never"} if profile == RECORDED else {})}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def stamp_free(path: Path) -> None:
    """Drop papermill's timings, paths and environment from an executed notebook, which readers can download.

    Also what libraries said on standard error; warnings were complained of before.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("papermill", None)
    drop_stderr(notebook)
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.metadata["tags"] = ["injected-parameters", "hide-input"]
    nbformat.write(notebook, path)


def run_or_show(
    notebook: Path, out: Path, parameters: dict[str, str], profile: str, root: Path
) -> tuple[Execution, dict[str, str]]:
    """Run the notebook -> what came of it, and the parameters it ran with.

    In the recorded profile no row is trained, and few recorded models kept the weights that it takes to read other reports. A
    page that needs one without weights shows the recorded runs on the bundled reports instead, and says so under its title.
    """
    try:
        return run_notebook(notebook, out, parameters, cwd=root, progress=False), parameters
    except NotebookFailed as failed:
        if failed.error != TrainingForbiddenError.__name__ or parameters.get("reports", "bundled") == "bundled":
            raise
        say(f"      shown on the bundled reports: it needs models that are not trained in profile {profile}")
        failed.partial.unlink()
        instead = {**parameters, "reports": "bundled"}
        done = run_notebook(notebook, out, instead, cwd=root, progress=False)
    book = nbformat.read(done.output, as_version=4)
    notice = nbformat.v4.new_markdown_cell(_INSTEAD.format(reports=parameters["reports"], profile=profile))
    book.cells.insert(1, notice)
    nbformat.write(book, done.output)
    return done, instead


def execute(root: Path, source: Path, profile: str, reports: str) -> list[dict]:
    """Run the notebooks of the table of contents into ``source``; one row of status.json each."""
    names = [page for page in toc_pages(root / "_toc.yml") if page.startswith("notebooks/")]
    rows = []
    for number, name in enumerate(names, 1):
        notebook = find_notebook(root / f"{name}.ipynb", root / "notebooks")
        parameters = settings_for(notebook, profile, reports)
        say(f"[{number}/{len(names)}] {name} " + " ".join(f"{k}={v}" for k, v in parameters.items()))
        done, parameters = run_or_show(notebook, source / f"{name}.ipynb", parameters, profile, root)
        problem = check_notebook(done.output)
        if problem:
            raise BuildError(f"{name}.py {problem}")
        stamp_free(done.output)
        rows.append({"notebook": name, "seconds": round(done.seconds, 1), "parameters": parameters})
        say(f"      {done.seconds:.0f} s")
    return rows


def render(root: Path, source: Path, work: Path, status: dict) -> Path:
    """Jupyter Book over ``source``, every warning an error -> the folder of HTML."""
    (source / "_config.yml").write_text(with_buttons(root / "_config.yml"), encoding="utf-8")
    shutil.copy(root / "_toc.yml", source)
    shutil.copytree(root / "book", source / "book", ignore=shutil.ignore_patterns("__pycache__"))
    page = source / "book" / "status.md"
    if page.exists():
        page.write_text(status_page(page.read_text(encoding="utf-8"), status), encoding="utf-8")
    teachers = source / "book" / "teachers.md"
    if teachers.exists():
        teachers.write_text(with_runtimes(teachers.read_text(encoding="utf-8"), status["notebooks"]), encoding="utf-8")
    if (source / "book" / "try_it.md").exists():
        problem = live_reader.prepare(source / "book" / "_static" / "live", root / ".cache" / "pyodide")
        say(f"      the page Try it cannot run in this copy: {problem}" if problem else "      Pyodide is in place")
    command = [
        sys.executable,
        "-c",
        "from jupyter_book.cli.main import main; main()",
        "build",
        str(source),
        "--path-output",
        str(work),
        "--all",
        "-W",
        "--keep-going",
        "-q",
    ]
    done = subprocess.run(command, cwd=source, capture_output=True, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    log = done.stdout + done.stderr
    warnings = [
        line.replace(f"{source}{os.sep}", "").strip() for line in log.splitlines() if "WARNING" in line or "ERROR" in line
    ]
    if warnings:
        raise BuildError(f"{warnings[0]} ({len(warnings)} warnings; each is an error here)")
    if done.returncode:
        last = [line for line in log.splitlines() if line.strip()][-1:]
        raise BuildError(f"jupyter-book failed: {last[0].strip() if last else 'no output'}")
    return work / "_build" / "html"


def safe_to_replace(out: Path) -> bool:
    """OUT is deleted first: only a book, an empty folder or nothing at all may stand there."""
    return not out.exists() or (out.is_dir() and ((out / "objects.inv").exists() or not any(out.iterdir())))


def read_once(reports: Path, root: Path) -> Path:
    """A folder of documents is read once for the whole book, not once by every notebook -> where the notebooks find it.

    What was read is kept, so that the next build, or one that was stopped, reads nothing twice.
    """
    if not reports.is_dir() or is_batch(reports):
        return reports
    kept = root / "_build" / "read" / hashlib.sha256(str(reports.resolve()).encode()).hexdigest()[:12]
    say(f"reading the documents in {reports} once, into {os.path.relpath(kept)} (it holds their text: make clean removes it)")
    extract_folder(reports, out=kept)
    return kept


def build(root: Path, out: Path, profile: str, reports: str) -> None:
    """The whole book, from the notebooks to ``out``.

    Raises:
        BuildError, ValueError, NotebookNotFound, NotebookFailed: with one line each.
    """
    if reports != "bundled" and not Path(reports).exists():
        raise BuildError(f"REPORTS={reports}: no such file or folder")
    _ = settings(profile)  # refused now, not by the first notebook that trains
    if not safe_to_replace(out):
        raise BuildError(f"OUT={out} holds something that is not a book: name another folder, or empty it")
    wrong = stale(root / "notebooks")
    if wrong:
        path, reason = next(iter(wrong.items()))
        raise BuildError(f"{path.name} {reason}: run make notebooks")
    if reports != "bundled":
        # Last of all checks, since scans take minutes; an absolute path would appear on the pages.
        reports = os.path.relpath(read_once(Path(reports), root), root)
    # A failed build must leave no finished-looking book, nor a page of the last one.
    shutil.rmtree(out, ignore_errors=True)
    source, work = root / "_build" / "source", root / "_build" / "work"
    for folder in (source, work):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)

    with kernels_of(profile), warm_kernels():
        rows = execute(root, source, profile, reports)
    built = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    status = {"built": built, "profile": profile, "reports": reports, **provenance(_PACKAGES), "notebooks": rows}
    (source / "status.json").write_text(json.dumps(status, indent=1) + "\n", encoding="utf-8")
    say("rendering")
    html = render(root, source, work, status)
    shutil.copy(source / "status.json", html)
    problems = check_site(html, toc_pages(root / "_toc.yml"), local=(root, Path.home()))
    if reports != "bundled":
        problems += check_leak(html, root / reports, root)
    if problems:
        for problem in problems[1:]:
            say(f"  also: {problem}")
        raise BuildError(problems[0])
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(out, ignore_errors=True)
    shutil.move(html, out)
    archive = shutil.make_archive(str(out.parent / "pathmtl"), "zip", out.parent, out.name)
    say(f"the same as one file: {os.path.relpath(archive)} ({os.path.getsize(archive) / 1e6:.0f} MB)")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--profile", default=RECORDED)
    parser.add_argument("--reports", default="bundled")
    parser.add_argument("--out", type=Path, default=Path("_build/html"))
    parser.add_argument("--root", type=Path, default=ROOT, help="the checkout (default: this one)")
    options = parser.parse_args(arguments)
    start = time.perf_counter()
    try:
        build(options.root.resolve(), options.out.resolve(), options.profile, options.reports)
    except (BuildError, NotebookNotFound, ValueError, NotebookFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if isinstance(error, BuildError | NotebookFailed) else 2
    say(f"the book is in {options.out} ({time.perf_counter() - start:.0f} s): make serve shows it")
    return 0


if __name__ == "__main__":
    sys.exit(main())
