"""Joining of sentences and filling of lines."""

from __future__ import annotations

import textwrap

from pathmtl_synthetic.page import Page


def wrap(page: Page, text: str, width: int | None = None) -> str:
    """Fill each paragraph to a line width; page headers may fall in mid-sentence later, because lines end there."""
    width = width or page.rng.choice((72, 80, 88, 100))
    return "\n".join(
        "\n".join(textwrap.wrap(line, width, break_long_words=False, break_on_hyphens=False)) for line in text.split("\n")
    )


def sentences(parts: list[str]) -> str:
    """Join sentences, each with a capital and a full stop."""
    out = [part.strip() for part in parts if part and part.strip()]
    out = [part[0].upper() + part[1:] for part in out]
    return " ".join(part if part.endswith((".", ":", "!")) else part + "." for part in out)
