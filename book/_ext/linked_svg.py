"""Figures whose boxes are links: an SVG of a ``{figure}`` with ``:class: linked`` is written into the page itself.

A browser follows no link inside an ``<img>``. In the file a box is wrapped in ``<a href="doc:notebooks/corpus">``; here that
becomes the way to the page. A page that this book does not have leaves its box plain: absent, not dead.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

_LINK = re.compile(r'<a href="doc:([^"]+)">\s*(.*?)\s*</a>', re.DOTALL)


def inline(svg: str, alt: str, relative: dict[str, str]) -> str:
    """The SVG as part of a page. relative: page name -> its address from here; others are left out as links."""

    def link(match: re.Match[str]) -> str:
        where = relative.get(match[1])
        return f'<a href="{html.escape(where)}">{match[2]}</a>' if where else match[2]

    # An "img" hides what is in it from a screen reader, links too.
    head = f'<svg class="linked-svg" role="group" aria-label="{html.escape(alt)}"'
    return _LINK.sub(link, re.sub(r'<svg(.*?) role="img" aria-labelledby="[^"]*"', rf"{head}\1", svg, count=1, flags=re.DOTALL))


def replace(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    if app.builder.format != "html":
        return
    for image in list(doctree.findall(nodes.image)):
        if "linked" not in image["classes"]:
            continue
        svg = Path(app.srcdir, image["uri"]).read_text(encoding="utf-8")
        wanted = {match[1] for match in _LINK.finditer(svg)} & set(app.env.found_docs)
        relative = {name: app.builder.get_relative_uri(docname, name) for name in wanted}
        image.replace_self(nodes.raw("", inline(svg, image.get("alt", ""), relative), format="html"))


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("doctree-resolved", replace)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
