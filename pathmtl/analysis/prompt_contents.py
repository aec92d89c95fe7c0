"""What a prompt keeps of its report: its blocks in tokens, its lines by distance from an anchor, the evidence that survives.

Works on finished prompts of ``prompt.PromptBuilder``, so it measures what the encoder reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl.prompt import Prompt, PromptBuilder, anchors, line_spans
from pathmtl.schema import TASKS

#: The four blocks of section III-A1, in their order.
BLOCKS = ("Field", "Classes", "Report", "Hints")
# A report may itself contain a line "Hints:"; the last one counts, because hints come last.
_BLOCKS = re.compile(
    r"Field: (?P<Field>[^\n]*)\nClasses: (?P<Classes>[^\n]*)\nReport: (?P<Report>.*)\nHints:\n(?P<Hints>.*)", re.DOTALL
)
#: The same in the ``shared`` mode, where the report comes first.
_REPORT_FIRST = re.compile(
    r"Report: (?P<Report>.*)\nField: (?P<Field>[^\n]*)\nClasses: (?P<Classes>[^\n]*)\nHints:\n(?P<Hints>.*)", re.DOTALL
)


def blocks(prompt: Prompt, tokenizer) -> dict[str, str]:
    """Text of each block as the encoder reads it, with its heading; "" for a block that was cut off at the front.

    Only the Report block is ever cut, unless the token budget is smaller than the other three blocks together.

    Parameters
    ----------
    prompt
        A finished prompt.
    tokenizer
        The backbone's tokenizer.

    Returns
    -------
    dict
        Name in ``BLOCKS`` -> text.
    """
    text = tokenizer.decode(prompt.input_ids)
    match = _BLOCKS.fullmatch(text) or _REPORT_FIRST.fullmatch(text)
    if match is None:  # even the first two blocks did not fit
        return {**dict.fromkeys(BLOCKS, ""), "Hints": text}

    heads = {"Field": "Field: ", "Classes": "\nClasses: ", "Report": "\nReport: ", "Hints": "\nHints:\n"}
    return {name: heads[name] + match[name] for name in BLOCKS}


def block_tokens(prompt: Prompt, tokenizer) -> dict[str, int]:
    """Tokens of each block and ``total``. The total is exact; the Report block gets what the other three leave."""
    parts = blocks(prompt, tokenizer)
    total = len(prompt.input_ids)
    if not parts["Report"]:
        return {**dict.fromkeys(BLOCKS, 0), "Hints": total, "total": total}
    counts = {name: len(tokenizer(parts[name], add_special_tokens=False)["input_ids"]) for name in ("Field", "Classes", "Hints")}
    counts["Report"] = total - sum(counts.values())
    return {**{name: counts[name] for name in BLOCKS}, "total": total}


def kept_lines(text: str, prompt: Prompt, tokenizer) -> dict[int, str]:
    """Lines of the report that are in the prompt's Report block.

    Parameters
    ----------
    text
        The report.
    prompt
        A prompt made from it.
    tokenizer
        The backbone's tokenizer.

    Returns
    -------
    dict
        Line number (index into ``prompt.line_spans``) -> the part of the line that is in the prompt; all but the last are whole.
        Equal lines are distinguished by their order only.
    """
    body = blocks(prompt, tokenizer)["Report"].removeprefix("\nReport: ")
    pieces = [" ".join(text[start:end].split()) for start, end in line_spans(text)]
    shown = body.split("\n") if body else []
    lines: dict[int, str] = {}
    at = 0
    for number, line in enumerate(shown):
        last = number == len(shown) - 1
        for i in range(at, len(pieces)):
            if pieces[i] == line or (last and line and pieces[i].startswith(line.rstrip("\ufffd"))):
                lines[i] = line
                at = i + 1
                break
    return lines


def distances(text: str, task: str) -> list[int | None]:
    """Distance of each line from the nearest anchor of the task, in lines (0: an anchor); all None without an anchor."""
    spans = line_spans(text)
    order = anchors(text, task, spans)
    return [min((abs(i - a) for a in order), default=None) for i in range(len(spans))]


def survives(text: str, span: tuple[int, int], kept: Mapping[int, str]) -> bool:
    """Whether all of ``text[start:end]`` is in the lines that were kept (``kept_lines``)."""
    start, end = span
    for i, (a, b) in enumerate(line_spans(text)):
        part = " ".join(text[max(a, start) : min(b, end)].split()) if a < end and start < b else ""
        if part and part not in kept.get(i, ""):
            return False
    return True


def evidence_spans(cell: object) -> list[tuple[int, int, str]]:
    """Parse an ``evidence`` cell of the bundled corpus: (start, end, task) with offsets into the text; [] for an empty cell."""
    return [(int(a), int(b), str(task)) for a, b, task in json.loads(cell)] if isinstance(cell, str) and cell else []


def evidence_survival(table: pd.DataFrame, builder: PromptBuilder, tasks: Sequence[str] = TASKS) -> pd.DataFrame:
    """For each report and stated task, the tokens of the prompt and whether any of the task's evidence survived the slicing.

    Parameters
    ----------
    table
        Reports with the columns report_id, text and evidence.
    builder
        Builds the prompts.
    tasks
        The tasks to look at.

    Returns
    -------
    pandas.DataFrame
        Columns report_id, task, tokens, report (bool: a whole span is in the Report block), hint (bool: the Hints block contains
        the wording of a span or a part of it).
    """
    rows = []
    for report_id, text, cell in zip(table["report_id"], table["text"], table["evidence"], strict=True):
        spans = [span for span in evidence_spans(cell) if span[2] in tasks]
        stated = [task for task in tasks if any(task == of for _, _, of in spans)]
        for prompt in builder.build(text, stated) if stated else []:
            kept = kept_lines(text, prompt, builder.tokenizer)
            evidence = [(start, end) for start, end, task in spans if task == prompt.task]
            hint = blocks(prompt, builder.tokenizer)["Hints"].partition("_hint: ")[2]
            rows.append(
                {
                    "report_id": report_id,
                    "task": prompt.task,
                    "tokens": len(prompt.input_ids),
                    "report": any(survives(text, span, kept) for span in evidence),
                    "hint": any(_overlap(" ".join(text[start:end].split()), hint) for start, end in evidence),
                }
            )
    return pd.DataFrame(rows, columns=["report_id", "task", "tokens", "report", "hint"])


def _overlap(evidence: str, hint: str) -> bool:
    """A receptor's hint lacks the marker's name, a code's hint may be longer than the code: either may contain the other."""
    return bool(evidence) and hint not in ("", "none") and (evidence in hint or hint in evidence)
