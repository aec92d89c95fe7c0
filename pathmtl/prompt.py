"""From a report to what the encoder reads: window slicing, hints, the four-block schema (sections III-A1 and S1-B).

    Field: {task name}
    Classes: {fixed label set}
    Report: {sliced report text}
    Hints:
    {key: raw pattern match}

The model pools its last token, so a prompt that is too long loses report text, never its last block. In the ``shared`` mode the
report comes first and is the same for every task, so a packed batch (``model.packing``) computes it once.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from pathmtl.oracle.hints import hints
from pathmtl.oracle.literal_hints import literal_hints
from pathmtl.oracle.sections import SECTIONS
from pathmtl.oracle.segment import segment
from pathmtl.schema import CLASSES, TASK, TASKS

SLICINGS = ("window", "full", "random")
HINTS = ("literal", "oracle", "none")
#: Kind of hints -> what finds them.
_HINT_FINDERS = {"literal": literal_hints, "oracle": hints, "none": lambda text, tasks: {}}
PROMPT_MODES = ("per_field", "shared", "joint")
#: Task name of a prompt that asks for every task at once.
ALL = "all"


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
        "HER2": r"her[\s-]?2|\bher-?z\b|c-?erb|(?-i:\bFISH\b)|in situ hybridi[sz]ation",
    }.items()
}
_SENTENCE_END = re.compile(r"(?<=[.;?!])\s+")
#: Above this many characters a line, a report is taken to have lost its line breaks, and sentences stand in for lines.
_LOST_BREAKS = 400


@dataclass(frozen=True)
class Prompt:
    """One encoder input: ``input_ids`` of ``text``; ``task`` is a task or ``ALL``.

    mentions: those of the tasks asked for that the report speaks of at all.
    """

    task: str
    text: str
    input_ids: list[int]
    mentions: tuple[str, ...]

    @property
    def mentioned(self) -> bool:
        return bool(self.mentions)


@dataclass(frozen=True)
class Slicing:
    """What of a report goes into a prompt, and how (Table IV).

    kind: ``window`` (``window_lines`` either side of each anchor), ``full`` (from the start, truncated) or ``random`` (a run
    of lines from anywhere, as many tokens as the window would have).
    window_lines: k of the window; the paper's value was lost from its text, 10 is assumed.
    max_length: tokens of the whole prompt (S2: 512, read with high confidence).
    hints: what fills the Hints block: ``literal`` (the raw text behind the task's headers, as the paper describes it: S1-B),
    ``oracle`` (the oracle's best candidate, as text) or ``none``.
    prompt_mode: ``per_field`` (a prompt for each report and task, in the paper's order), ``shared`` (the same blocks with the
    report first: one window for all tasks, then each task's field, classes and hints) or ``joint`` (one prompt for all tasks
    of a report).
    """

    kind: str = "window"
    window_lines: int = 10
    max_length: int = 512
    hints: str = "literal"
    prompt_mode: str = "per_field"

    def __post_init__(self) -> None:
        for name, value, known in (
            ("slicing", self.kind, SLICINGS),
            ("hints", self.hints, HINTS),
            ("prompt_mode", self.prompt_mode, PROMPT_MODES),
        ):
            if value not in known:
                raise ValueError(f"{name}={value!r} is not one of {', '.join(known)}")


def hints_of(text: str, tasks: Sequence[str], kind: str) -> dict[str, str]:
    """The hints of ``kind`` (a value of ``HINTS``) for each task, "" where there is none; ``none`` gives no task any."""
    return _HINT_FINDERS[kind](text, tasks)


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


def anchors(text: str, task: str, spans: Sequence[tuple[int, int]], ranks: Sequence[int] | None = None) -> list[int]:
    """Indices of lines that mention the task, the best section first; clinical history only where nothing else does.

    ranks: ``section_ranks`` of the same report, where they are at hand.
    """
    ranks = section_ranks(text, spans) if ranks is None else ranks
    found = [i for i, (start, end) in enumerate(spans) if _MENTION[task].search(text, start, end)]
    current = [i for i in found if ranks[i] != SECTIONS["clinical_history"].prompt]
    return sorted(current or found, key=lambda i: (ranks[i], i))


def section_ranks(text: str, spans: Sequence[tuple[int, int]]) -> list[int]:
    """For each line, the rank of its section in a prompt (:mod:`pathmtl.oracle.sections`): 0 counts most."""
    blocks = segment(text)
    ranks, b = [], 0
    for start, _ in spans:
        while b + 1 < len(blocks) and blocks[b].end <= start:
            b += 1
        ranks.append(SECTIONS[blocks[b].section].prompt if blocks else 0)
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


@dataclass(frozen=True)
class _Report:
    """What all prompts of one report share: its lines, their cost in tokens, where each task is mentioned, raw matches."""

    text: str
    pieces: list[str]
    costs: list[int]
    anchors: dict[str, list[int]]
    cues: dict[str, str]

    def mentions(self, tasks: Sequence[str]) -> tuple[str, ...]:
        return tuple(task for task in tasks if self.anchors[task] or self.cues.get(task))


class PromptBuilder:
    """Builds encoder inputs for a tokenizer and a slicing; deterministic (``random`` slicing is seeded by text and task)."""

    def __init__(self, tokenizer, slicing: Slicing = Slicing()) -> None:
        self.tokenizer = tokenizer
        self.slicing = slicing

    def build(self, text: str, tasks: Sequence[str]) -> list[Prompt]:
        """One prompt per task, or one for all of them in the ``joint`` mode; none for no task."""
        if not tasks:
            return []
        if self.slicing.prompt_mode == "shared":
            return self._build_shared(text, tasks)
        report = self._read(text, tasks)
        asked = [(task, (task,)) for task in tasks] if self.slicing.prompt_mode == "per_field" else [(ALL, tuple(tasks))]
        heads = [f"{_field(own)}\nReport: " for _, own in asked]
        tails = [self._hints(report, own) for _, own in asked]
        head_ids, tail_ids = self._encode(heads), self._encode(tails)
        room = [max(self.slicing.max_length - len(h) - len(t), 0) for h, t in zip(head_ids, tail_ids, strict=True)]
        bodies = [self._body(report, task, own, budget) for (task, own), budget in zip(asked, room, strict=True)]
        prompts = []
        for i, body_ids in enumerate(self._encode(bodies)):
            task, own = asked[i]
            ids = (head_ids[i] + body_ids[: room[i]] + tail_ids[i])[-self.slicing.max_length :]
            prompts.append(Prompt(task, heads[i] + bodies[i] + tails[i], ids, report.mentions(own)))
        return prompts

    def _build_shared(self, text: str, tasks: Sequence[str]) -> list[Prompt]:
        """The report once, cut for all tasks whichever are asked for, and behind it what asks for each task."""
        report = self._read(text, TASKS)
        tails = {task: f"\n{_field((task,))}{self._hints(report, (task,))}" for task in TASKS}
        *tail_ids, head_ids = self._encode([*tails.values(), "Report: "])
        room = max(self.slicing.max_length - len(head_ids) - max(map(len, tail_ids)), 0)
        body = self._body(report, ALL, TASKS, room)
        shared = head_ids + self._encode([body])[0][:room]
        each = dict(zip(TASKS, tail_ids, strict=True))
        return [
            Prompt(
                task,
                f"Report: {body}{tails[task]}",
                (shared + each[task])[-self.slicing.max_length :],
                report.mentions((task,)),
            )
            for task in tasks
        ]

    def _read(self, text: str, tasks: Sequence[str]) -> _Report:
        spans = line_spans(text)
        ranks = section_ranks(text, spans)
        pieces = [" ".join(text[start:end].split()) for start, end in spans]
        return _Report(
            text=text,
            pieces=pieces,
            costs=[len(ids) + 1 for ids in self._encode(pieces)],
            anchors={task: anchors(text, task, spans, ranks) for task in tasks},
            cues=hints_of(text, tasks, self.slicing.hints),
        )

    def _hints(self, report: _Report, tasks: Sequence[str]) -> str:
        without = self.slicing.hints == "none"
        lines = ["none"] if without else [f"{task}_hint: {report.cues.get(task) or 'none'}" for task in tasks]
        return "\nHints:\n" + "\n".join(lines)

    def _body(self, report: _Report, task: str, tasks: Sequence[str], budget: int) -> str:
        """The report's lines that fit ``budget`` tokens."""
        costs = report.costs
        order = _in_turn([report.anchors[t] for t in tasks])
        chosen = range(len(costs))
        if self.slicing.kind != "full" and order:
            chosen = choose_lines(order, costs, self.slicing.window_lines, budget)
        if self.slicing.kind == "random" and costs:
            # hashlib, not hash(): the same text must give the same run in every process.
            rng = random.Random(hashlib.sha256(f"{task}\n{report.text}".encode()).digest())
            same = min(budget, sum(costs[i] for i in chosen))
            chosen = choose_lines([rng.randrange(len(costs))], costs, len(costs), same)
        return "\n".join(report.pieces[i] for i in chosen)

    def _encode(self, texts: Sequence[str]) -> list[list[int]]:
        return self.tokenizer(list(texts), add_special_tokens=False)["input_ids"] if texts else []


def _field(tasks: Sequence[str]) -> str:
    """The blocks that ask: one task with its classes, or all of them with theirs."""
    if len(tasks) == 1:
        return f"Field: {TASK[tasks[0]].title}\nClasses: {', '.join(CLASSES[tasks[0]])}"
    label_sets = "; ".join(f"{TASK[task].title}: {', '.join(CLASSES[task])}" for task in tasks)
    return f"Field: {ALL}\nClasses: {label_sets}"


def _in_turn(lists: Sequence[Sequence[int]]) -> list[int]:
    """The first of each list, then the second of each, without repeats: no task's anchors crowd out another's."""
    return list(dict.fromkeys(i for turn in zip_longest(*lists) for i in turn if i is not None))
