"""Report text as HTML for a page: one highlighter, and what is built on it. No script, no style sheet, an opaque background."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from html import escape

from pathmtl.oracle.engine import Answer
from pathmtl.schema import TASKS
from pathmtl.viz.colors import COLORS, TASK_COLORS

_MARK = "background:{color}33;border-bottom:2px solid {color};padding:0 1px;color:inherit"
_PRE = "white-space:pre-wrap;font:0.85em/1.6 monospace;background:#ffffff;color:#1a1a1a;padding:0.8em"


def highlight(
    text: str,
    spans: Iterable[tuple[int, int, str]],
    colors: Mapping[str, str],
    *,
    titles: Mapping[str, str] | None = None,
    notes: Sequence[str] = (),
    legend: bool = True,
) -> str:
    """Mark spans of a text in color, one color per kind.

    Parameters
    ----------
    text
        Plain text; all of it is escaped.
    spans
        ``(start, end, kind)`` with offsets into ``text``. Where spans overlap, the earlier one in the list keeps its characters
        and the later one gets the rest.
    colors
        Kind -> ``#rrggbb``; a kind without a color is gray.
    titles
        Kind -> its name in the legend and the tooltip; by default the kind itself.
    notes
        One short text per span, written in superscript behind the end of the span; none by default.
    legend
        Whether to list the visible kinds below the text.

    Returns
    -------
    str
        An HTML block.

    Raises
    ------
    ValueError
        A span lies outside the text or ends before it starts.

    Examples
    --------
    >>> "<mark" in highlight("pT2 pN0", [(0, 3, "T")], {"T": "#0072B2"})
    True
    """
    owner: list[int] = [-1] * len(text)
    all_spans = list(spans)
    for number, (start, end, kind) in enumerate(all_spans):
        if not 0 <= start <= end <= len(text):
            raise ValueError(f"span ({start}, {end}, {kind!r}) does not lie in a text of {len(text)} characters")
        owner[start:end] = [number if before < 0 else before for before in owner[start:end]]
    notes_at = defaultdict(list)
    for (_, end, _), note in zip(all_spans, notes, strict=False):
        notes_at[end].append(f'<sup style="font-weight:bold"> {escape(note)}</sup>')
    titles = titles or {}
    parts, start = [], 0
    while start < len(text):
        end = start + 1
        while end < len(text) and owner[end] == owner[start] and end not in notes_at:
            end += 1
        piece = escape(text[start:end])
        parts.append(piece if owner[start] < 0 else _mark(piece, all_spans[owner[start]][2], colors, titles))
        parts += notes_at.get(end, ())
        start = end
    visible = dict.fromkeys(all_spans[number][2] for number in sorted(set(owner) - {-1})) if legend else ()
    names = " ".join(_mark(escape(titles.get(kind, kind)), kind, colors, titles) for kind in visible)
    return f'<div style="{_PRE}">{"".join(parts)}</div>' + (f'<p style="font-size:0.85em">{names}</p>' if names else "")


def _mark(piece: str, kind: str, colors: Mapping[str, str], titles: Mapping[str, str]) -> str:
    style = _MARK.format(color=colors.get(kind, COLORS["gray"]))
    return f'<mark style="{style}" title="{escape(titles.get(kind, kind), quote=True)}">{piece}</mark>'


def annotated(text: str, answers: Mapping[str, Answer], tasks: Sequence[str] = TASKS) -> str:
    """A report as HTML with the evidence of each answer in its task's color and the answer behind it.

    Evidence that several tasks share ("triple negative") has the color of the first and carries all their answers. The tooltip
    names the rules.

    Parameters
    ----------
    text
        The report.
    answers
        Task -> the oracle's answer (``oracle.engine.read_report``).
    tasks
        The tasks to show.
    """
    stated = [task for task in tasks if task in answers and answers[task].value and answers[task].start >= 0]
    spans = [(answers[task].start, answers[task].end, task) for task in stated]
    rules = {
        task: "; ".join(answers[other].rule for other in stated if answers[other].start < end and start < answers[other].end)
        for start, end, task in spans
    }
    notes = [f"{task} = {answers[task].value}" for task in stated]
    return highlight(text, spans, TASK_COLORS, titles=rules, notes=notes, legend=False)


#: How the pieces of an excerpt look: bold for the evidence of the label, underlined for the difficulty.
_ROLES = {"evidence": "<b><mark>{}</mark></b>", "trace": "<u>{}</u>", "cut": " <i>[…]</i> ", "": "{}"}


def excerpt(pieces: Iterable[tuple[str, str]]) -> str:
    """HTML of an excerpt in pieces of (text, role), with roles as in `pathmtl_synthetic.gallery.Example`; keeps line breaks."""
    body = "".join(_ROLES[role].format(escape(text)) for text, role in pieces)
    return f'<div style="white-space: pre-wrap; font-family: monospace; font-size: 0.85em">{body}</div>'
