"""A small grammar of wording: ``[a|b]`` is a choice, ``[a|]`` an option, ``{name}`` a slot.

One line of a table stands for many sentences, so that two reports share a skeleton only by accident.
"""

from __future__ import annotations

import random
import re
from functools import cache

_TOKEN = re.compile(r"([\[\]|]|\{\w+\})")


class Choice(tuple):
    """Alternatives, each a sequence of parts."""


class Slot(str):
    """The name of a slot."""


@cache
def _parse(template: str) -> tuple:
    tokens = _TOKEN.split(template)
    return _sequence(tokens, 0, nested=False)[0]


def _sequence(tokens: list[str], at: int, nested: bool) -> tuple[tuple, int]:
    parts: list = []
    while at < len(tokens):
        token = tokens[at]
        if token in ("|", "]"):
            if not nested:
                raise ValueError(f"a bracket is missing before {token!r}")
            break
        at += 1
        if token == "[":
            options = []
            while True:
                option, at = _sequence(tokens, at, nested=True)
                options.append(option)
                if at == len(tokens):
                    raise ValueError("a choice is never closed")
                at += 1
                if tokens[at - 1] == "]":
                    break
            parts.append(Choice(options))
        elif token[:1] == "{":
            parts.append(Slot(token[1:-1]))
        elif token:
            parts.append(token)
    return tuple(parts), at


def _write(rng: random.Random, parts: tuple, slots: dict[str, object], out: list[str]) -> None:
    for part in parts:
        if isinstance(part, Slot):
            out.append(str(slots[part]))
        elif isinstance(part, Choice):
            # random() is several times faster than choice(), and this is the inner loop of the generator
            _write(rng, part[int(rng.random() * len(part))], slots, out)
        else:
            out.append(part)


def expand(rng: random.Random, template: str | tuple[str, ...], **slots: object) -> str:
    """Write one sentence of ``template`` (or of one template of a tuple of them)."""
    if not isinstance(template, str):
        template = template[int(rng.random() * len(template))]
    out: list[str] = []
    _write(rng, _parse(template), slots, out)
    return "".join(out)
