"""What every results page is made of: its finding, numbered captions, figures with a caption, and folded evidence."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from html import escape

from IPython.display import HTML
from markdown_it import MarkdownIt
from matplotlib.figure import Figure
from pandas.io.formats.style import Styler

_INLINE = MarkdownIt("commonmark", {"html": True})
_DPI = 150


def finding(*sentences: str, title: str = "Finding") -> HTML:
    """The box that opens a results page.

    Parameters
    ----------
    *sentences
        One to three sentences in Markdown, computed by the page; empty ones are left out.
    title
        The box's title.
    """
    text = " ".join(sentence for sentence in sentences if sentence)
    body = f'<p class="admonition-title">{escape(title)}</p>\n<p>{_INLINE.renderInline(text)}</p>'
    return HTML(f'<div class="admonition important pathmtl-finding">\n{body}\n</div>')


class Captions:
    """Numbers the figures and tables of one page: ``Figure I-1``, ``Table I-1``. The paper's own have no second number.

    A caption that was numbered before keeps its number, so that a cell can be run again.

    Parameters
    ----------
    page
        The page's short name, such as ``I`` or ``S2a``.

    Examples
    --------
    >>> number = Captions("I")
    >>> number.figure("Macro-F1 by task."), number.table("Costs."), number.figure("Macro-F1 by task.")
    ('Figure I-1. Macro-F1 by task.', 'Table I-1. Costs.', 'Figure I-1. Macro-F1 by task.')
    """

    def __init__(self, page: str) -> None:
        self._page = page
        self._known: dict[str, list[str]] = {"Figure": [], "Table": []}

    def figure(self, caption: str) -> str:
        """The caption of a figure, with its number."""
        return self._numbered("Figure", caption)

    def table(self, caption: str) -> str:
        """The caption of a table, with its number."""
        return self._numbered("Table", caption)

    def _numbered(self, kind: str, caption: str) -> str:
        known = self._known[kind]
        if caption not in known:
            known.append(caption)
        return f"{kind} {self._page}-{known.index(caption) + 1}. {caption}"


def captioned(figure: Figure, caption: str, alt: str) -> HTML:
    """A figure with its caption below and a text for those who cannot see it.

    Parameters
    ----------
    figure
        A matplotlib figure.
    caption
        What it shows, in Markdown: readable without the page's text.
    alt
        What can be seen in it, for a screen reader; not the caption again.
    """
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
    width = round(figure.get_figwidth() * 96)
    image = f'<img alt="{escape(alt, quote=True)}" width="{width}" src="data:image/png;base64,{_encoded(buffer)}">'
    return HTML(f'<figure class="pathmtl-figure">{image}<figcaption>{_INLINE.renderInline(caption)}</figcaption></figure>')


def _encoded(buffer: io.BytesIO) -> str:
    return base64.b64encode(buffer.getvalue()).decode()


def folded(title: str, *parts: Styler | HTML | str | None) -> HTML:
    """Evidence behind one click.

    Parameters
    ----------
    title
        What is inside, in plain words: the line that is always visible.
    *parts
        Tables (``viz.tables.plain_table``), figures (``captioned``) or paragraphs in Markdown, in order; None is left out.
    """
    body = "\n".join(_html(part) for part in parts if part is not None)
    return HTML(f'<details class="pathmtl-folded"><summary>{escape(title)}</summary>\n{body}\n</details>')


def _html(part: Styler | HTML | str) -> str:
    if isinstance(part, str):
        return MarkdownIt("commonmark", {"html": True}).render(part)
    return part.to_html() if isinstance(part, Styler) else part.data


def listed(names: Iterable[str], none: str = "none") -> str:
    """Names as they stand in a sentence: ``T, N and HER2``.

    Examples
    --------
    >>> listed(["T", "N", "HER2"]), listed(["T"]), listed([])
    ('T, N and HER2', 'T', 'none')
    """
    *first, last = list(names) or [none]
    return f"{', '.join(first)} and {last}" if first else last
