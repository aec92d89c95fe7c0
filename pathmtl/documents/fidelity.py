"""How faithfully was a document read? The text as read, compared with its known text: similarity and typical confusions."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

_WORD = re.compile(r"[a-z0-9]{2,}")
_LONGEST = 3  # characters of a confusion; more are a lost passage
_MOST_WORDS = 6  # more words replaced together cannot be aligned letter by letter


def similarity(ours: str, theirs: str) -> float:
    """Return the Ratcliff-Obershelp ratio of two texts, 0 to 1, ignoring differences in white space; 1 is the same text.

    See Ratcliff and Metzener, "Pattern matching: the gestalt approach", Dr. Dobb's Journal 13(7), 1988.

    Examples
    --------
    >>> similarity("pT1c  pN0", "pT1c pN0")
    1.0
    """
    return SequenceMatcher(None, " ".join(ours.split()), " ".join(theirs.split()), autojunk=False).ratio()


def word_f1(ours: str, theirs: str) -> float:
    """Return the F1 of two bags of words (two characters or more, case ignored), 0 to 1: blind to order, so to columns."""
    a, b = (Counter(_WORD.findall(text.lower())) for text in (ours, theirs))
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


def confusions(read: str, truth: str) -> Counter[tuple[str, str]]:
    """Count what was read for what.

    Words are aligned first, then the letters of those that differ, so that a moved line causes no confusions.

    Parameters
    ----------
    read, truth : str
        The text as read, and the known text.

    Returns
    -------
    Counter
        ``(true characters, characters read)`` -> how often, at most three characters each. A lost or added blank counts too:
        ``(" ", "")`` is two words run together.

    Examples
    --------
    >>> confusions("stage pTlc", "stage pT1c")
    Counter({('1', 'l'): 1})
    """
    true_words, read_words = truth.split(), read.split()
    counts: Counter[tuple[str, str]] = Counter()
    for kind, a, b, c, d in SequenceMatcher(None, true_words, read_words, autojunk=False).get_opcodes():
        if kind == "replace" and max(b - a, d - c) <= _MOST_WORDS:
            counts += _letters(" ".join(true_words[a:b]), " ".join(read_words[c:d]))
    return counts


def _letters(truth: str, read: str) -> Counter[tuple[str, str]]:
    matcher = SequenceMatcher(None, truth, read, autojunk=False)
    if matcher.ratio() < 0.5:
        return Counter()  # not the same words
    pairs = [(truth[a:b], read[c:d]) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal"]
    return Counter(pair for pair in pairs if max(map(len, pair)) <= _LONGEST)
