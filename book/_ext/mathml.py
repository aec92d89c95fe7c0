"""Equations as MathML, written at build time: browsers draw it themselves, so no page loads MathJax from elsewhere.

Screen readers read MathML aloud, and a page without a network shows its equations.
"""

from __future__ import annotations

import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator


def _mathml(latex: str, display: str, where: object) -> str:
    try:
        found = convert(latex, display=display)
    except Exception as error:
        raise ExtensionError(f"{where}: cannot typeset {latex!r}: {error}") from error
    # An unknown command passes through as text instead of failing.
    unknown = re.search(r"\\[A-Za-z]+", found)
    if unknown:
        raise ExtensionError(f"{where}: {unknown[0]} in {latex!r} is no command that latex2mathml knows")
    return found


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    self.body.append(_mathml(node.astext(), "inline", node.source))
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    self.body.append(self.starttag(node, "div", CLASS="math-block"))
    self.body.append(_mathml(node.astext(), "block", node.source))
    if node["number"]:
        self.body.append(f'<span class="eqno">({get_node_equation_number(self, node)})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append("</div>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> dict[str, object]:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
