"""What ER, PR and HER2 have in common: a status word in front of the marker's name, and status words behind it in order."""

from __future__ import annotations

import re

from pathmtl.oracle.receptors import status_patterns as table

#: Result words further from the marker than this, in characters, belong to another sentence.
NEAR = 95


def status_before(before: str, after: str) -> tuple[str, int] | None:
    """Class stated in front of the name ("negative for ER", "not HER2 amplified"), and its reach (negative)."""
    if before.endswith(table.LAST_WORDS):
        for pattern, value in ((table.BEFORE_NEGATIVE, "Negative"), (table.BEFORE_POSITIVE, "Positive")):
            if match := pattern.search(before):
                return value, match.start() - len(before)
    if before.endswith(table.LAST_OF_NONE) and (match := table.BEFORE_NONE.search(before)) and not table.ABOUT_TEST.match(after):
        return "Negative", match.start() - len(before)
    return negated(before, after)


def negated(before: str, after: str) -> tuple[str, int] | None:
    """The name inside its result: "not HER2 amplified" is negative."""
    match = table.NOT_BEFORE.search(before) if table.SPLIT_POSITIVITY.match(after) else None
    return ("Negative", match.start() - len(before)) if match else None


def status_words(near: str, negative: re.Pattern, positive: re.Pattern) -> list[tuple[int, str, int]]:
    """The first equivocal, negative and positive word, in order: (start, class, end)."""
    patterns = ((table.EQUIVOCAL, "Equivocal"), (negative, "Negative"), (positive, "Positive"))
    return sorted((match.start(), value, match.end()) for pattern, value in patterns if (match := pattern.search(near)))
