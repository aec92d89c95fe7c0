"""From a report to what the encoder reads: window slicing, hints, the four-block schema (sections III-A1 and S1-B).

    Field: {task name}
    Classes: {fixed label set}
    Report: {sliced report text}
    Hints:
    {key: raw pattern match}

The model pools its last token, so a prompt that is too long loses report text, never its last block.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from pathmtl.report.hints import hints
from pathmtl.report.segment import segment
from pathmtl.schema import CLASSES, TASK

SLICINGS = ("window", "full", "random")


def _code(letter: str, digits: str) -> str:
    # Case counts here: "no" and "tissue" are no stages. After a prefix, the digit may be a letter that OCR made of it (pTl, pNO).
    return rf"(?-i:\b(?:[cpyr]{{1,3}}{letter}[{digits}OlIXi]|{letter}[{digits}X]))"


# "Staging follows the AJCC manual" stands in the small print of most reports: only the nouns of a stage itself count.
_STAGING = r"\b(?:stage|[pc]?tnm)\b"
# Where a task's findings tend to stand: its synoptic header, its code, its usual wording.
_MENTION: dict[str, re.Pattern[str]] = {
    task: re.compile(pattern, re.IGNORECASE)
    for task, pattern in {
        "T": rf"primary tumou?r|{_STAGING}|{_code('T', '0-4')}|\bp?Tis\b|tumou?r size|greatest dimension|\bin situ\b",
        "N": rf"lymph nodes?|\bnod(?:e|al)\b|{_STAGING}|{_code('N', '0-3')}",
        "M": rf"metasta(?:sis|ses|tic)|{_STAGING}|{_code('M', '01')}",
        "grade": r"\bgrad(?:e|ing)\b|(?-i:\bG[1-3]\b)|differentiated|nottingham|bloom|elston|scarff|(?-i:\bSBR\b)",
        "ER": r"(?-i:\bERs?\b)|o?estrogen|receptor",
        "PR": r"(?-i:\bP[Gg]?Rs?\b)|progest[eo]r?one|receptor",
        "HER2": r"her[\s-]?2|c-?erb|(?-i:\bFISH\b)|in situ hybridi[sz]ation",
    }.items()
}
# Section kinds of report.segment, the most authoritative first; the oracle's own order (S1-A). History comes last.
_SECTION_RANK = {
    name: rank
    for rank, name in enumerate(
        [
            "synoptic",
            "biomarkers",
            "addendum",
            "final_diagnosis",
            "microscopic",
            "comment",
            "other",
            "gross",
            "intraoperative",
            "administrative",
            "clinical_history",
        ]
    )
}
_SENTENCE_END = re.compile(r"(?<=[.;?!])\s+")
#: Above this many characters a line, a report is taken to have lost its line breaks, and sentences stand in for lines.
_LOST_BREAKS = 400


@dataclass(frozen=True)
class Prompt:
    """One encoder input: ``input_ids`` of ``text``; ``mentioned`` says whether the report speaks of the task at all."""

    task: str
    text: str
    input_ids: list[int]
    mentioned: bool


@dataclass(frozen=True)
class Slicing:
    """How a report is cut down to the prompt's budget (Table IV).

    kind: ``window`` (``lines`` either side of each anchor), ``full`` (from the start, truncated) or ``random`` (a random run).
    lines: k of the window; the paper's value was lost from its text, 10 is assumed.
    max_length: tokens of the whole prompt (S2: 512, read with high confidence).
    hints: whether the Hints block is filled.
    """

    kind: str = "window"
    lines: int = 10
    max_length: int = 512
    hints: bool = True

    def __post_init__(self) -> None:
        if self.kind not in SLICINGS:
            raise ValueError(f"slicing {self.kind!r} is not one of {', '.join(SLICINGS)}")


def line_spans(text: str) -> list[tuple[int, int]]:
    """Offsets of the report's lines, or of its sentences where line breaks were lost; blank ones left out."""
    count = text.count("\n") + 1
    breaks = re.compile(r"\n") if len(text) / count <= _LOST_BREAKS else _SENTENCE_END
    spans, start = [], 0
    for match in [*breaks.finditer(text), None]:
        end = match.start() if match else len(text)
        if text[start:end].strip():
            spans.append((start, end))
        start = match.end() if match else end
    return spans


def anchors(text: str, task: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """Indices of lines that mention the task, the best section first; clinical history only where nothing else does."""
    rank_at = _section_ranks(text, spans)
    found = [i for i, (start, end) in enumerate(spans) if _MENTION[task].search(text, start, end)]
    current = [i for i in found if rank_at[i] != _SECTION_RANK["clinical_history"]]
    return sorted(current or found, key=lambda i: (rank_at[i], i))


def _section_ranks(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    blocks = segment(text)
    ranks, b = [], 0
    for start, _ in spans:
        while b + 1 < len(blocks) and blocks[b].end <= start:
            b += 1
        ranks.append(_SECTION_RANK.get(blocks[b].section, len(_SECTION_RANK)) if blocks else 0)
    return ranks


def choose_lines(order: Sequence[int], costs: Sequence[int], lines: int, budget: int) -> list[int]:
    """Line indices within ``lines`` of the anchors in ``order``, as many as the token budget holds, in reading order.

    Lines nearest the first anchors are taken first: what a tight budget drops is the margin, not the anchor.
    """
    chosen: set[int] = set()
    left = budget
    for distance in range(lines + 1):
        for anchor in order:
            # After a header its value follows, so the line below is worth more than the line above.
            for i in (anchor + distance, anchor - distance) if distance else (anchor,):
                if 0 <= i < len(costs) and i not in chosen and (costs[i] <= left or not chosen):
                    chosen.add(i)
                    left -= costs[i]
    return sorted(chosen)


class PromptBuilder:
    """Builds encoder inputs for a tokenizer and a slicing; deterministic (``random`` slicing is seeded by the text)."""

    def __init__(self, tokenizer, slicing: Slicing = Slicing()) -> None:
        self.tokenizer = tokenizer
        self.slicing = slicing

    def build(self, text: str, tasks: Sequence[str]) -> list[Prompt]:
        """One prompt per task (the ``per_field`` layout)."""
        spans = line_spans(text)
        pieces = [" ".join(text[start:end].split()) for start, end in spans]
        costs = [len(ids) + 1 for ids in self._encode(pieces)]
        cues = hints(text, tasks) if self.slicing.hints else {}
        return [self._prompt(text, task, spans, pieces, costs, cues.get(task, "")) for task in tasks]

    def _prompt(self, text, task, spans, pieces, costs, cue) -> Prompt:
        head = f"Field: {TASK[task].title}\nClasses: {', '.join(CLASSES[task])}\nReport: "
        tail = f"\nHints:\n{task}_hint: {cue or 'none'}" if self.slicing.hints else "\nHints:\nnone"
        head_ids, tail_ids = self._encode([head, tail])
        budget = self.slicing.max_length - len(head_ids) - len(tail_ids)
        order = anchors(text, task, spans)
        mentioned = bool(order) or bool(cue)
        body = "\n".join(pieces[i] for i in self._slice(text, order, costs, budget))
        body_ids = self._encode([body])[0][: max(budget, 0)]
        ids = (head_ids + body_ids + tail_ids)[-self.slicing.max_length :]
        return Prompt(task, head + body + tail, ids, mentioned)

    def _slice(self, text, order, costs, budget) -> list[int]:
        if self.slicing.kind == "window" and order:
            return choose_lines(order, costs, self.slicing.lines, budget)
        if self.slicing.kind == "random" and costs:
            # hashlib, not hash(): the same text must give the same window in every process.
            rng = random.Random(hashlib.sha256(text.encode()).digest())
            return choose_lines([rng.randrange(len(costs))], costs, len(costs), budget)
        return list(range(len(costs)))

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        return self.tokenizer(list(texts), add_special_tokens=False)["input_ids"] if texts else []
