"""What a prompt kept of its report: its blocks in tokens, its lines by distance from an anchor, the evidence that survived.

Works on finished prompts of ``prompt.PromptBuilder``, so what it says is what the encoder reads.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl.prompt import Prompt, PromptBuilder, anchors, line_spans
from pathmtl.schema import TASKS

#: The four blocks of section III-A1, in their order.
BLOCKS = ("Field", "Classes", "Report", "Hints")
# Hints come last, and a report may itself have a line "Hints:": the last one counts.
_BLOCKS = re.compile(
    r"Field: (?P<Field>[^\n]*)\nClasses: (?P<Classes>[^\n]*)\nReport: (?P<Report>.*)\nHints:\n(?P<Hints>.*)", re.DOTALL
)


def blocks(prompt: Prompt, tokenizer) -> dict[str, str]:
    """Text of each block as the encoder reads it, with its heading; a block that the budget cut off at the front is "".

    Only the Report block is ever cut, unless the budget is smaller than the other three together.
    """
    text = tokenizer.decode(prompt.input_ids)
    match = _BLOCKS.fullmatch(text)
    if match is None:  # the head itself did not fit
        return {**dict.fromkeys(BLOCKS, ""), "Hints": text}

    heads = {"Field": "Field: ", "Classes": "\nClasses: ", "Report": "\nReport: ", "Hints": "\nHints:\n"}
    return {name: heads[name] + match[name] for name in BLOCKS}


def block_tokens(prompt: Prompt, tokenizer) -> dict[str, int]:
    """Tokens of each block and ``total``, which is exact; blocks are counted alone, the report gets the rest."""
    parts = blocks(prompt, tokenizer)
    total = len(prompt.input_ids)
    if not parts["Report"]:
        return {**dict.fromkeys(BLOCKS, 0), "Hints": total, "total": total}
    counts = {name: len(tokenizer(parts[name], add_special_tokens=False)["input_ids"]) for name in ("Field", "Classes", "Hints")}
    counts["Report"] = total - sum(counts.values())
    return {**{name: counts[name] for name in BLOCKS}, "total": total}


def kept_lines(text: str, prompt: Prompt, tokenizer) -> dict[int, str]:
    """Lines of the report (indices into ``line_spans``) in the prompt's Report block -> what of them is in it.

    All but the last are whole. Lines that are alike are told apart by their order only.
    """
    body = blocks(prompt, tokenizer)["Report"].removeprefix("\nReport: ")
    pieces = [" ".join(text[start:end].split()) for start, end in line_spans(text)]
    shown = body.split("\n") if body else []
    found: dict[int, str] = {}
    at = 0
    for number, line in enumerate(shown):
        last = number == len(shown) - 1
        for i in range(at, len(pieces)):
            if pieces[i] == line or (last and line and pieces[i].startswith(line.rstrip("\ufffd"))):
                found[i] = line
                at = i + 1
                break
    return found


def distances(text: str, task: str) -> list[int | None]:
    """Lines from each line to the nearest anchor of the task (0: is one); None throughout where there is no anchor."""
    spans = line_spans(text)
    order = anchors(text, task, spans)
    return [min((abs(i - a) for a in order), default=None) for i in range(len(spans))]


def survives(text: str, span: tuple[int, int], kept: Mapping[int, str]) -> bool:
    """Is the stretch ``text[start:end]`` whole in the lines that were kept?"""
    start, end = span
    for i, (a, b) in enumerate(line_spans(text)):
        part = " ".join(text[max(a, start) : min(b, end)].split()) if a < end and start < b else ""
        if part and part not in kept.get(i, ""):
            return False
    return True


def evidence_spans(cell: object) -> list[tuple[int, int, str]]:
    """An ``evidence`` cell of the bundled corpus: (start, end, task) offsets of ``text``; none where the column is empty."""
    return [(int(a), int(b), str(task)) for a, b, task in json.loads(cell)] if isinstance(cell, str) and cell else []


def evidence_survival(table: pd.DataFrame, builder: PromptBuilder, tasks: Sequence[str] = TASKS) -> pd.DataFrame:
    """For each report and stated task: tokens of the prompt, and whether any of its evidence survived the slicing.

    table: reports with an ``evidence`` column. Returns report_id, task, tokens, report (a span is whole in the Report block),
    hint (the Hints block holds its wording or a part of it).
    """
    rows = []
    for report_id, text, cell in zip(table["report_id"], table["text"], table["evidence"], strict=True):
        spans = [span for span in evidence_spans(cell) if span[2] in tasks]
        stated = [task for task in tasks if any(task == own for _, _, own in spans)]
        for prompt in builder.build(text, stated) if stated else []:
            kept = kept_lines(text, prompt, builder.tokenizer)
            own = [(start, end) for start, end, task in spans if task == prompt.task]
            hint = blocks(prompt, builder.tokenizer)["Hints"].partition("_hint: ")[2]
            rows.append(
                {
                    "report_id": report_id,
                    "task": prompt.task,
                    "tokens": len(prompt.input_ids),
                    "report": any(survives(text, span, kept) for span in own),
                    "hint": any(_overlap(" ".join(text[start:end].split()), hint) for start, end in own),
                }
            )
    return pd.DataFrame(rows, columns=["report_id", "task", "tokens", "report", "hint"])


def _overlap(evidence: str, hint: str) -> bool:
    """A receptor's hint leaves out the marker's name, a code's may be longer than the code: either may hold the other."""
    return bool(evidence) and hint not in ("", "none") and (evidence in hint or hint in evidence)


# Anchor, then nearer to farther; every pair of text and ground has a contrast of 7 : 1 at least.
_GROUNDS = ((0, "#9BD0F2"), (1, "#CBE6F7"), (3, "#E3F1FA"), (10, "#F2F8FC"))
_FAR, _INK, _DROPPED = "#FFFFFF", "#1A1A1A", "#4D4D4D"
_LINE = "text-align:left;white-space:pre-wrap;font-family:ui-monospace,Menlo,Consolas,monospace"


def coloured_lines(text: str, task: str, kept: Mapping[int, str] | None = None, within: int | None = None) -> str:
    """The report as HTML, one row per line: its number, and its distance from an anchor as number and color.

    kept: of ``kept_lines``; all others are struck through. within: lines farther from every anchor are counted, not shown.
    """
    rows, far = [], 0
    for i, ((start, end), distance) in enumerate(zip(line_spans(text), distances(text, task), strict=True)):
        if within is not None and distance is not None and distance > within:
            far += 1
            continue
        rows += _farther(far)
        far = 0
        ground = next((colour for most, colour in _GROUNDS if distance is not None and distance <= most), _FAR)
        line = html.escape(" ".join(text[start:end].split()))
        gone = kept is not None and i not in kept
        line = f"<s>{line}</s>" if gone else line
        ink = _DROPPED if gone else _INK
        weight = "600" if distance == 0 else "400"
        mark = "anchor" if distance == 0 else "–" if distance is None else str(distance)
        rows.append(
            f'<tr style="background:{ground};color:{ink};font-weight:{weight}">'
            f'<td style="text-align:right">{i + 1}</td>'
            f'<td style="text-align:right;white-space:nowrap">{mark}</td><td style="{_LINE}">{line}</td></tr>'
        )
    rows += _farther(far)
    head = '<tr><th>no.</th><th style="text-align:right">lines away</th><th style="text-align:left">line</th></tr>'
    return f'<table class="pathmtl-lines"><thead>{head}</thead><tbody>{"".join(rows)}</tbody></table>'


def _farther(lines: int) -> list[str]:
    style = f"background:{_FAR};color:{_DROPPED}"
    return (
        [f'<tr style="{style}"><td></td><td></td><td style="text-align:left">… {lines} lines farther away</td></tr>']
        if lines
        else []
    )
