"""The interface of a recognizer: text in, spans of identifiers out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Span(NamedTuple):
    """``text[start:end]`` is an identifier of this kind (one of ``patterns.KINDS``).

    Attributes
    ----------
    start, end : int
        Offsets in characters; ``end`` is exclusive.
    kind : str
        Type of identifier, such as ``"NAME"``; it becomes the tag ``[NAME]``.
    """

    start: int
    end: int
    kind: str


class Recognizer(Protocol):
    """Finds identifiers of some kinds in a report.

    Spans may overlap, come in any order, and be wrong about what medicine needs: ``deidentify`` decides. Another library's
    recognizer (Presidio's, for example) is one function away:

    >>> def presidio(text):  # doctest: +SKIP
    ...     for found in analyzer.analyze(text, language="en", entities=["PERSON"]):
    ...         yield Span(found.start, found.end, "NAME")
    >>> deidentify(report, recognizers=(*RECOGNIZERS, presidio))  # doctest: +SKIP
    """

    def __call__(self, text: str) -> Iterable[Span]: ...
