"""The built book as one PDF with bookmarks, printed page by page by a Chromium that is there.

python tools/make_pdf.py [--site _build/html] [--page notebooks/her2] [--out _build/pathmtl.pdf]
"""

from __future__ import annotations

import argparse
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from build_book import ROOT, toc_pages
from PyPDF2 import PdfMerger
from tqdm import tqdm

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class PdfError(RuntimeError):
    """No PDF can be made; the message says what is missing."""


def chromium() -> str | None:
    """The Chromium of this machine, or None."""
    return next((path for name in _NAMES if (path := shutil.which(name))), None)


def make_pdf(site: Path, pages: list[str], out: Path) -> Path:
    """Print ``pages`` (without suffix, in reading order) of the book in ``site`` into ``out``, a bookmark each.

    Raises:
        PdfError: there is no browser, no such page, or the browser failed.
    """
    browser = chromium()
    if not browser:
        raise PdfError(f"no browser to print with: install one of {', '.join(_NAMES)}")
    missing = [page for page in pages if not (site / f"{page}.html").exists()]
    if missing:
        raise PdfError(f"{site} has no page {missing[0]}: make book first")
    merger = PdfMerger()
    with tempfile.TemporaryDirectory() as scratch:
        for number, page in enumerate(tqdm(pages, desc="printing", unit="page", disable=None)):
            printed = Path(scratch) / f"{number}.pdf"
            _print(browser, (site / f"{page}.html").resolve(), printed, Path(scratch) / "profile")
            merger.append(str(printed), outline_item=_title(site / f"{page}.html"))
        out.parent.mkdir(parents=True, exist_ok=True)
        merger.write(str(out))
        merger.close()
    return out


def _print(browser: str, page: Path, out: Path, profile: Path) -> None:
    options = ["--headless=new", "--disable-gpu", "--no-pdf-header-footer", "--host-resolver-rules=MAP * ~NOTFOUND"]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        options.append("--no-sandbox")
    command = [browser, *options, f"--user-data-dir={profile}", f"--print-to-pdf={out}", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if not out.exists():
        raise PdfError(f"{page.name} was not printed (exit code {done.returncode})")


def _title(page: Path) -> str:
    found = re.search(r"<title>(.*?)</title>", page.read_text(encoding="utf-8"), re.DOTALL)
    return html.unescape(found[1]).split(" — ")[0].strip() if found else page.stem


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--site", type=Path, default=ROOT / "_build" / "html")
    parser.add_argument("--page", default="", help="one page only, such as notebooks/her2 (default: the whole book)")
    parser.add_argument("--out", type=Path, help="default: _build/pathmtl.pdf, or _build/PAGE.pdf")
    options = parser.parse_args(arguments)
    out = options.out or ROOT / "_build" / f"{Path(options.page).name or 'pathmtl'}.pdf"
    try:
        out = make_pdf(options.site, [options.page] if options.page else toc_pages(ROOT / "_toc.yml"), out)
    except PdfError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{options.page or 'the book'} as PDF: {os.path.relpath(out)} ({out.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
