"""HER2 by in-situ hybridization (FISH, CISH, DISH): wording, group, ratio, copy number (ASCO/CAP 2018, affirmed in 2023).

A reading of figures is one part only: a ratio from 2.0 and copies from 6.0 per cell are Positive, copies below 4.0 Negative, in
between Equivocal. ``resolve`` joins ratio, copies and stain to the groups of the guideline.
"""

from __future__ import annotations

import re

from pathmtl.oracle import context
from pathmtl.oracle.receptors import her2_patterns as table
from pathmtl.oracle.receptors import status_patterns as words
from pathmtl.oracle.receptors.status import negated, status_words

#: Status words of ISH are sought this far behind the assay's name, in characters.
NEAR = 60


def ish_result(before: str, after: str, ish_named: bool) -> tuple[str | None, int, str, str] | None:
    """Result of in-situ hybridization around one mention, in the form that ``her2_ihc.her2_results`` returns."""
    word = table.ISH_WORD.search(after)
    if not ish_named and not word and not table.ISH_BEFORE.search(before):
        return None
    if ish_named and (stated := table.BY_NEXT.search(before)):
        word_before = stated["value"]
        value = "Negative" if word_before[:3] in ("not", "non", "neg") else "Equivocal" if word_before[0] == "e" else "Positive"
        return value, stated.start() - len(before), "ish", "ISH result before name"
    ratio, copies = table.RATIO.search(after), table.COPIES.match(after)
    negative, positive = table.ISH_NEGATIVE.search(after), table.ISH_POSITIVE.search(after)
    if not ish_named and (front := table.ISH_BEFORE_NEGATIVE.search(before)):
        return "Negative", front.start() - len(before), "ish", "ISH result before name"
    if not ish_named and (front := table.ISH_BEFORE_POSITIVE.search(before)):
        return "Positive", front.start() - len(before), "ish", "ISH result before name"
    if not ish_named and word and word.start() < 2 and (refused := negated(before, after)):
        return *refused, "ish", "ISH result before name"
    if not ish_named and table.SPLIT_AMPLIFIED.match(after):
        for pattern, value in ((table.SPLIT_NEGATIVE, "Negative"), (table.SPLIT_POSITIVE, "Positive")):
            if front := pattern.search(before):
                return value, front.start() - len(before), "ish", "ISH result before name"
    named = table.ISH_NAME.search(after)
    equivocal = table.ISH_EQUIVOCAL.search(after, 0 if ish_named else named.start() if named else word.start() if word else 0)
    if equivocal and ratio and not (negative or positive) and 1.8 <= _ratio(ratio) <= 2.2:
        # The report's own word for a ratio near the limit outranks today's limit (ASCO/CAP 2007: 1.8 to 2.2 is equivocal).
        return "Equivocal", max(equivocal.end(), ratio.end()), "ish", "ISH wording"
    if negative and (not positive or negative.start() <= positive.start()):
        return "Negative", negative.end(), "ish", "ISH wording"
    if positive:
        return "Positive", positive.end(), "ish", "ISH wording"
    if group := table.ISH_GROUP.search(after):
        value = {"1": "Positive", "5": "Negative"}.get(group["group"], "Equivocal")
        return value, group.end(), "ish", f"ISH group {group['group']}"
    if ratio and (value := _ratio_class(ratio)):
        return value, ratio.end(), "ish", "ISH ratio"
    if copies:
        return copies_class(copies["copies"]), copies.end(), "ish", "ISH copy number"
    offset = word.end() if word and not ish_named else 0
    if offset and (words.NEGATIVE.search(after[: word.start()]) or words.POSITIVE.search(after[: word.start()])):
        # The status stands before the assay's name: it belongs to the other assay.
        return None
    near = after[offset : offset + NEAR]
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near) or words.NO_RESULT.search(near)
    statuses = [] if table.NUCLEAR.search(near) else status_words(near, words.NEGATIVE, table.POSITIVE_WORD)
    if statuses and (not stop or statuses[0][0] < stop.start()):
        _, value, end = statuses[0]
        return value, offset + end, "ish", "ISH status word"
    if stop:
        return None, offset + stop.end(), "ish", "ISH pending"
    return None


def copies_behind(after: str) -> tuple[str, int, str, str] | None:
    """Copies per cell that a ratio is given with, in the form of ``ish_result``."""
    ratio = table.RATIO.search(after)
    match = table.COPIES_BEHIND.search(after, ratio.end()) if ratio else None
    return (copies_class(match["copies"] or match["later"]), match.end(), "ish", "ISH copy number") if match else None


def copies_class(mean: str) -> str:
    """Class of a mean copy number by itself."""
    copies = float(mean.replace(",", "."))
    return "Negative" if copies < 4 else "Positive" if copies >= 6 else "Equivocal"


def _ratio(match: re.Match) -> float:
    return float((match["ratio"] or match["whole"]).replace(",", "."))


def _ratio_class(match: re.Match) -> str | None:
    """Class of a ratio; of a bound ("> 1.8") only where all that it allows lies on one side of 2.0."""
    before, ratio = match.string[match.start() : match.start("ratio" if match["ratio"] else "whole")], _ratio(match)
    if table.BELOW.search(before):
        return "Negative" if ratio <= 2.0 else None
    if table.ABOVE.search(before):
        return "Positive" if ratio >= 2.0 else None
    return "Positive" if ratio >= 2.0 else "Negative"
