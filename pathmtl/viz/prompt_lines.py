"""A report line by line, as the slicing of a prompt sees it: HTML with an opaque background, no script, no style sheet."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from pathmtl.analysis.prompt_contents import distances
from pathmtl.prompt import line_spans

# Background by distance in lines: anchor, then nearer to farther; text on each has a contrast of at least 7:1.
_BACKGROUNDS = ((0, "#9BD0F2"), (1, "#CBE6F7"), (3, "#E3F1FA"), (10, "#F2F8FC"))
_FAR, _INK, _DROPPED = "#FFFFFF", "#1A1A1A", "#4D4D4D"
_LINE = "text-align:left;white-space:pre-wrap;font-family:ui-monospace,Menlo,Consolas,monospace"


def colored_lines(text: str, task: str, kept: Mapping[int, str] | None = None, within: int | None = None) -> str:
    """A report as an HTML table, one row per line, numbered and colored by the distance from the nearest anchor of a task.

    Parameters
    ----------
    text
        The report.
    task
        The task whose anchors count.
    kept
        Lines that a prompt kept (``analysis.prompt_contents.kept_lines``); all others are struck through.
    within
        Lines farther than this from every anchor are counted, not shown.
    """
    rows, far = [], 0
    for i, ((start, end), distance) in enumerate(zip(line_spans(text), distances(text, task), strict=True)):
        if within is not None and distance is not None and distance > within:
            far += 1
            continue
        rows += _farther(far)
        far = 0
        background = next((color for most, color in _BACKGROUNDS if distance is not None and distance <= most), _FAR)
        line = escape(" ".join(text[start:end].split()))
        dropped = kept is not None and i not in kept
        line = f"<s>{line}</s>" if dropped else line
        ink = _DROPPED if dropped else _INK
        weight = "600" if distance == 0 else "400"
        label = "anchor" if distance == 0 else "–" if distance is None else str(distance)
        rows.append(
            f'<tr style="background:{background};color:{ink};font-weight:{weight}">'
            f'<td style="text-align:right">{i + 1}</td>'
            f'<td style="text-align:right;white-space:nowrap">{label}</td><td style="{_LINE}">{line}</td></tr>'
        )
    rows += _farther(far)
    head = '<tr><th>no.</th><th style="text-align:right">lines away</th><th style="text-align:left">line</th></tr>'
    return f'<table class="pathmtl-lines"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _farther(lines: int) -> list[str]:
    style = f"background:{_FAR};color:{_DROPPED}"
    row = f'<tr style="{style}"><td></td><td></td><td style="text-align:left">… {lines} lines farther away</td></tr>'
    return [row] if lines else []
