"""How faithfully was a document read? Its text as read beside its known text: similarity, typical confusions."""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher

_WORD = re.compile(r"[a-z0-9]{2,}")
_LONGEST = 3  # characters of a confusion; longer ones are lost passages
_MOST_WORDS = 6  # words replaced together that can still be aligned letter by letter


def similarity(ours: str, theirs: str) -> float:
    """Ratcliff-Obershelp ratio of two texts, 0 to 1, white space folded: 1 is the same text."""
    return SequenceMatcher(None, " ".join(ours.split()), " ".join(theirs.split()), autojunk=False).ratio()


def word_f1(ours: str, theirs: str) -> float:
    """F1 of two bags of words (two characters or more, case folded), 0 to 1: blind to order, so to columns and headers."""
    a, b = (Counter(_WORD.findall(text.lower())) for text in (ours, theirs))
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


def confusions(read: str, truth: str) -> Counter[tuple[str, str]]:
    """What was read for what: ``(true characters, characters read)`` -> how often; at most ``_LONGEST`` characters each.

    Words are aligned first, then the letters of those that differ, so that a moved line costs no confusions. A blank that was
    lost or gained counts too: ``(" ", "")`` is two words run together.
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
