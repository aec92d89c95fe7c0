"""What may not be on a page of the book: errors, progress bars, a path of the machine, a dead link, a report's text."""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import nbformat

PAGE_LIMIT = 2_000_000  # bytes: a page must open at once on a telephone
RUN = 40  # characters of a report in a row that count as a leak
#: A warning raised in a cell names the kernel's temporary file; one raised in a library names the library's.
_WARNING = re.compile(r"ipykernel_\d+|\.py:\d+: \w*Warning: ")
_BAR = re.compile(r"\d%\|[^|]{0,40}\| \d+/\d+|(?:it/s|s/it)\]")
_TAG = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_TEXT_SUFFIXES = frozenset({".html", ".md", ".txt", ".ipynb", ".py", ".json", ".csv", ".js", ".svg"})
_SOURCE_FOLDERS = ("book", "notebooks", "pathmtl")


def check_notebook(path: Path) -> str:
    """What is wrong with an executed notebook's outputs, or an empty string."""
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    # Counted as in the source, which has no cell of injected parameters.
    written = [cell for cell in cells if "injected-parameters" not in cell.metadata.get("tags", [])]
    for number, cell in enumerate(written, 1):
        pictures = [p for output in cell.outputs if (p := output.get("data", {}).get("image/png"))]
        if len(pictures) > len(set(pictures)):
            return f"code cell {number} shows the same picture twice: close the figure before displaying it"
        for output in cell.outputs:
            if output.output_type == "error":
                return f"code cell {number} holds an error ({output.ename}): fix the cell"
            text = output.get("text", "") or output.get("data", {}).get("text/plain", "")
            if "Traceback (most recent call last)" in text:
                return f"code cell {number} prints a traceback: fix the cell"
            if _WARNING.search(text):
                return f"code cell {number} prints a warning: fix what it warns of"
            if _BAR.search(text):
                return (
                    f"code cell {number} prints a progress bar: pass disable=None to tqdm, or silence the library that draws it"
                )
    return ""


class _Page(HTMLParser):
    """The link targets and the anchors of one page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.loads: list[str] = []
        self.anchors: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if values.get("id"):
            self.anchors.add(str(values["id"]))
        link = values.get("href") or values.get("src")
        if not link:
            return
        self.targets.append(link)
        if "src" in values or (tag == "link" and values.get("rel") in ("stylesheet", "preload", "modulepreload")):
            self.loads.append(link)


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def check_site(site: Path, pages: Iterable[str], local: Iterable[Path] = ()) -> list[str]:
    """Every complaint about a rendered book: ``pages`` of its table of contents, ``local`` folders no page may name."""
    problems = [f"{name}: has no page: jupyter-book left it out" for name in pages if not (site / f"{name}.html").is_file()]
    files = sorted(p for p in site.rglob("*.html") if "_static" not in p.relative_to(site).parts)
    parsed = {path.resolve(): _read(path) for path in files}
    for path in files:
        problems += _check_page(path, site, parsed, [str(folder) for folder in local if len(str(folder)) > 4])
    return problems


def _check_page(path: Path, site: Path, parsed: dict[Path, _Page], local: list[str]) -> Iterator[str]:
    name = path.relative_to(site).as_posix()
    text = path.read_text(encoding="utf-8")
    if len(text.encode()) > PAGE_LIMIT:
        yield f"{name}: {len(text.encode()) / 1e6:.1f} MB: make its figures smaller (limit {PAGE_LIMIT / 1e6:.0f} MB)"
    if "Traceback (most recent call last)" in text:
        yield f"{name}: shows a traceback: fix the cell"
    for folder in local:
        if re.search(rf"(?<!\w){re.escape(folder)}(?!\w)", text):
            yield f"{name}: names a folder of this machine: print paths relative to the repository"
    page = parsed[path.resolve()]
    for link in page.loads:
        if urlsplit(link).netloc:
            yield f"{name}: loads {urlsplit(link).netloc} when read: bundle the file, so that the book can be read offline"
    for link in page.targets:
        problem = _dead(link, path, site, parsed)
        if problem:
            yield f"{name}: {problem}"


def _dead(link: str, path: Path, site: Path, parsed: dict[Path, _Page]) -> str:
    parts = urlsplit(link)
    if parts.scheme or parts.netloc:
        return ""
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path.resolve()
    if not target.is_relative_to(site.resolve()) or not target.exists():
        return f"links to {link}, which is not there: correct the link"
    if parts.fragment and target in parsed and unquote(parts.fragment) not in parsed[target].anchors:
        return f"links to {link}, which has no such section: correct the link"
    return ""


def plain(text: str) -> str:
    """Text as a reader sees it: tags gone, entities resolved, one space between words, lower case."""
    return " ".join(html.unescape(_TAG.sub(" ", text)).lower().split())


def _runs(text: str) -> Iterator[int]:
    return (hash(text[i : i + RUN]) for i in range(len(text) - RUN + 1))


def leaked(shown: Iterable[str], published: Iterable[str], reports: Iterable[str]) -> int:
    """How many reports have 40 characters in a row in ``shown`` that are not in ``published``.

    ``published`` is what the repository itself says: a definition of Table S1 quoted in a report is no leak, nor is a turn of
    phrase that a bundled report shares with it.
    """
    runs = {run for text in shown for run in _runs(plain(text))}
    for text in published:
        runs.difference_update(_runs(plain(text)))
    return sum(any(run in runs for run in _runs(plain(report))) for report in reports)


def check_leak(site: Path, reports: Path, root: Path) -> list[str]:
    """No text of the reader's own reports may be on a page, in its downloadable source or in the search index."""
    from pathmtl.cohort import BUNDLED, read_reports  # here, so that the other checks need no pandas

    texts = read_reports(str(reports))["text"]
    shown = _texts(p for p in sorted(site.rglob("*")) if "_static" not in p.relative_to(site).parts)
    published = _texts(p for folder in _SOURCE_FOLDERS for p in sorted((root / folder).rglob("*")))
    count = leaked(shown, itertools.chain(published, read_reports(BUNDLED)["text"]), texts)
    if not count:
        return []
    return [f"{site.name}: text of {count} reports appears on its pages: use show_text=false, and print aggregates only"]


def _texts(paths: Iterable[Path]) -> Iterator[str]:
    return (p.read_text(encoding="utf-8", errors="replace") for p in paths if p.is_file() and p.suffix in _TEXT_SUFFIXES)
