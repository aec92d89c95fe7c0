"""Alternatives written so that the regular-expression engine can skip to where one may begin."""

from __future__ import annotations


def word_starts(*alternatives: str, boundary: bool = True) -> str:
    r"""A pattern for any of ``alternatives`` at the beginning of a word: equal to rf"\b(?:{'|'.join(alternatives)})", but faster.

    A pattern that begins with ``\b`` is tried at every character. Grouped by their first letters, with the boundary checked
    after that letter, the alternatives let the engine run over all other letters: four to eight times as fast. Of those with
    the same first letter the earlier still goes first. The pattern is a bare alternation, to be joined to others by "|" (each
    must begin with a plain character too, or the gain is lost) or put into parentheses.

    Parameters
    ----------
    *alternatives : str
        Regular expressions, each beginning with a plain letter or digit.
    boundary : bool
        False: they may begin within a word as well.

    Raises
    ------
    ValueError
        If an alternative does not begin so, or holds a "|" of its own outside parentheses.
    """
    by_letter: dict[str, list[str]] = {}
    for alternative in alternatives:
        if not alternative[:1].isalnum() or alternative[1:].startswith(("?", "*", "+", "{")) or _splits(alternative):
            raise ValueError(f"word_starts: {alternative!r} does not begin with one plain letter, or holds a bare '|'")
        by_letter.setdefault(alternative[0], []).append(alternative[1:])
    begins = r"(?<!\w.)" if boundary else ""
    return "|".join(f"{letter}{begins}(?:{'|'.join(rest)})" for letter, rest in by_letter.items())


def _splits(alternative: str) -> bool:
    """Whether a "|" stands outside parentheses: it would cut the alternative in two."""
    depth, escaped, in_class = 0, False, False
    for character in alternative:
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif in_class:
            in_class = character != "]"
        elif character == "[":
            in_class = True
        else:
            depth += (character == "(") - (character == ")")
            if character == "|" and depth == 0:
                return True
    return False
