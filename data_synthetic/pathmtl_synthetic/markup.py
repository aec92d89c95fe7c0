"""Invisible marks that carry gold spans through writing, wrapping and noise.

A writer wraps what it states, ``mark("T", "pT1c")``; strings are then joined, wrapped, upper-cased and damaged as strings are,
and ``strip`` at the very end gives the plain text and the exact offset of every mark. Marks use private-use
characters, which no report holds.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pathmtl.schema import TASKS

OPEN, CLOSE = "\ue000", "\ue001"

#: Types of planted identifiers; the names are those of ``pathmtl.deid.deidentify.KINDS``.
IDENTIFIERS: tuple[str, ...] = (
    "NAME",
    "DATE",
    "AGE",
    "MRN",
    "ACCESSION",
    "ACCOUNT",
    "SSN",
    "PHONE",
    "FAX",
    "EMAIL",
    "ADDRESS",
    "ZIP",
    "URL",
    "DEVICE",
    "BLOCK",
    "HOSPITAL",
)
_TAGS = (*TASKS, *IDENTIFIERS)
_CODE = {tag: chr(0xE100 + i) for i, tag in enumerate(_TAGS)}
_TAG = {code: tag for tag, code in _CODE.items()}
_CONTROL = re.compile(f"({OPEN}.|{CLOSE})", re.DOTALL)


class Span(NamedTuple):
    """``text[start:end]`` states ``tag``: a task of the schema, or a type of identifier."""

    start: int
    end: int
    tag: str


def mark(tag: str, text: str) -> str:
    """Wrap ``text`` in an invisible mark; marks nest."""
    return f"{OPEN}{_CODE[tag]}{text}{CLOSE}"


def plain(marked: str) -> str:
    """The text without its marks."""
    return _CONTROL.sub("", marked)


def pieces(marked: str) -> list[str]:
    """Text and marks, alternating: even positions are text (maybe empty), odd ones are marks."""
    return _CONTROL.split(marked)


def strip(marked: str) -> tuple[str, list[Span]]:
    """Plain text and its spans, in order of their start."""
    out: list[str] = []
    open_marks: list[tuple[int, str]] = []
    spans: list[Span] = []
    at = 0
    for i, piece in enumerate(pieces(marked)):
        if i % 2 == 0:
            out.append(piece)
            at += len(piece)
        elif piece == CLOSE:
            start, tag = open_marks.pop()
            spans.append(Span(start, at, tag))
        else:
            open_marks.append((at, _TAG[piece[1]]))
    if open_marks:
        raise ValueError(f"{len(open_marks)} mark(s) never closed")
    return "".join(out), sorted(spans)
