"""Pages with a live reader (``:::{container} live-reader``) load its script and get a policy: nothing from or to another site.

The policy is part of the page, so that it holds wherever the site is put. ``file:`` is there for a book opened without a server.
"""

from __future__ import annotations

from docutils import nodes
from sphinx.application import Sphinx

POLICY = (
    "default-src 'self' file: data: blob: 'unsafe-inline' 'wasm-unsafe-eval'; "
    "connect-src 'self'; form-action 'self' file:; base-uri 'self'; object-src 'none'"
)


def add(app: Sphinx, pagename: str, templatename: str, context: dict, doctree: nodes.document | None) -> None:
    if doctree is None or not any("live-reader" in node["classes"] for node in doctree.findall(nodes.container)):
        return
    context["metatags"] = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' + context.get("metatags", "")
    app.add_js_file("live_reader.js")


def setup(app: Sphinx) -> dict[str, object]:
    app.connect("html-page-context", add)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
