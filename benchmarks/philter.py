"""philter-lite beside our de-identifier: the rules in its wheel, as a function from a report to a ``Deidentified``.

It is no dependency of this project. Install it outside the repository and put that folder on the path:

    pip install --target FOLDER philter-lite
    PYTHONPATH=FOLDER python benchmarks/deidentify.py
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from pathmtl.deid.deidentify import Deidentified, Span

ABSENT = "philter-lite is not installed, so nothing is compared (benchmarks/philter.py says how to install it)"


def philter() -> Callable[[str], Deidentified] | None:
    """Return philter-lite's de-identifier with its own rules (``philter_delta.toml``), or None where it is not installed.

    Its rules use parts of speech twice: for names (NNP) and numbers (CD). NLTK's tagger is used where its data are installed.
    They are not in the wheel, so otherwise a word with a capital counts as NNP and one that begins with a digit as CD.
    """
    try:
        import nltk
        import philter_lite
    except ImportError:
        return None
    try:
        nltk.pos_tag(["word"])
    except LookupError:
        nltk.pos_tag = _tags
    rules = philter_lite.load_filters(str(Path(philter_lite.__file__).parent / "configs" / "philter_delta.toml"))

    def remove(text: str) -> Deidentified:
        kept, _, _ = philter_lite.detect_phi(text, rules)
        masked = philter_lite.transform_text_asterisk(text, kept)
        return tagged(text, [mark == "*" and char.isalnum() for char, mark in zip(text, masked, strict=True)])

    return remove


def tagged(text: str, hidden: list[bool]) -> Deidentified:
    """Replace each run of hidden characters by a tag; hidden words with only spaces between them are one run."""
    marks = "".join("x" if removed else " " if char == " " else "." for char, removed in zip(text, hidden, strict=True))
    redactions = tuple(Span(*match.span(), "NAME") for match in re.finditer(r"x(?:[ ]*x)*", marks))
    out, at = [], 0
    for start, end, kind in redactions:
        out += (text[at:start], f"[{kind}]")
        at = end
    return Deidentified("".join([*out, text[at:]]), redactions)


def _tags(words: list[str]) -> list[tuple[str, str]]:
    """Stand-ins for the two parts of speech that the rules ask for."""
    return [(word, "CD" if word[0].isdigit() else "NNP" if word[0].isupper() else "NN") for word in words]
