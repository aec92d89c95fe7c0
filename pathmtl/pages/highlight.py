"""Mark spans of a text in colour, for a page: escaped HTML, one colour a kind, the kind written behind each mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

_MARK = "background:{colour}33;border-bottom:2px solid {colour};padding:0 1px;color:inherit"
_PRE = "white-space:pre-wrap;font:0.85em/1.5 monospace;background:#ffffff;color:#1a1a1a;padding:0.8em"
_UNKNOWN = "#666666"


def highlight(
    text: str,
    spans: Iterable[tuple[int, int, str]],
    colours: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
) -> str:
    """``text`` as an HTML block with its spans marked, and a legend of the kinds that occur.

    Args:
        text: plain text; everything in it is escaped.
        spans: ``(start, end, kind)``, offsets into ``text``. Where they overlap, the one given earlier keeps its characters
            and the later one shows what is left of it.
        colours: kind -> ``#rrggbb``; grey for a kind without one.
        titles: kind -> what the legend and the tooltip call it; the kind itself where none is given.

    Returns:
        HTML that needs no script and no style sheet, on an opaque ground.

    Raises:
        ValueError: a span outside the text, or with its end before its start.
    """
    owner: list[int] = [-1] * len(text)
    given = list(spans)
    for number, (start, end, kind) in enumerate(given):
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span ({start}, {end}, {kind!r}) does not lie in a text of {len(text)} characters")
        owner[start:end] = [number if there < 0 else there for there in owner[start:end]]
    titles = titles or {}
    parts, at = [], 0
    while at < len(text):
        stop = at + 1
        while stop < len(text) and owner[stop] == owner[at]:
            stop += 1
        piece = escape(text[at:stop])
        parts.append(piece if owner[at] < 0 else _mark(piece, given[owner[at]][2], colours, titles))
        at = stop
    used = dict.fromkeys(given[number][2] for number in sorted(set(owner) - {-1}))
    legend = " ".join(_mark(escape(titles.get(kind, kind)), kind, colours, titles) for kind in used)
    return f'<div style="{_PRE}">{"".join(parts)}</div>' + (f'<p style="font-size:0.85em">{legend}</p>' if legend else "")


def _mark(piece: str, kind: str, colours: Mapping[str, str], titles: Mapping[str, str]) -> str:
    style = _MARK.format(colour=colours.get(kind, _UNKNOWN))
    return f'<mark style="{style}" title="{escape(titles.get(kind, kind), quote=True)}">{piece}</mark>'
