"""From the words around a marker to its result: positivity for ER and PR, assay and score for HER2.

ER and PR: at least 1 % of nuclei is positive (ASCO/CAP 2020), Allred 3 to 8 positive, 0 and 2 negative. HER2: IHC 0 and 1+
negative, 2+ equivocal, 3+ positive; ISH amplified from a ratio of 2.0 (ASCO/CAP 2018).
"""

from __future__ import annotations

import re

from pathmtl.oracle import context
from pathmtl.oracle.receptors import patterns as table

#: Result words further from the marker than this are another sentence's.
NEAR = 95
#: Status words of ISH are looked for this far behind the assay's name.
ISH_NEAR = 60
#: A status word this close behind a percentage is about it: "(< 5 %) negative".
NEXT_TO = 25


def hormone_result(before: str, after: str) -> tuple[str | None, int, str] | None:
    """Result of one hormone receptor: (class or None for pending, reach of the evidence, rule); None: no result.

    The reach counts characters into ``after``, or back into ``before`` where it is negative.
    """
    front = _front(before) or _negated(before, after)
    if front:
        return *front, "result before name"
    if elsewhere := table.ELSEWHERE.match(after):
        return None, elsewhere.end(), "reported elsewhere"
    near = after[:NEAR]
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near)
    found = min((m for p in (table.NEGATIVE, table.POSITIVE) if (m := p.search(near))), key=lambda m: m.start(), default=None)
    score = _score(near)
    if stop and (not found or stop.start() < found.start()) and (not score or stop.start() < score[1]):
        return None, stop.end(), "pending or not performed"
    if score and found and score[2] == "percentage" and score[1] <= found.start() and score[0] == _class(found):
        return score
    if score and (not found or score[0] == "Negative" or score[2] != "percentage" or score[1] + NEXT_TO < found.start()):
        value, end, rule = score
        if found and found.start() < end and value == "Negative" and rule == "percentage" and found.re is table.NEGATIVE:
            rule = "status word"
        return value, end, rule
    if found:
        return _class(found), found.end(), "status word"
    if concluded := table.CONCLUSION.search(after):
        return concluded["value"].capitalize(), concluded.end(), "conclusion"
    if expressed := table.BEFORE_EXPRESSED.search(before):
        return "Positive", expressed.start() - len(before), "result before name"
    return None


def _class(found: re.Match) -> str:
    return "Negative" if found.re is table.NEGATIVE else "Positive"


def _front(before: str) -> tuple[str, int] | None:
    """Result in front of the name, and its reach (negative)."""
    for pattern, value in (
        (table.BEFORE_NEGATIVE, "Negative"),
        (table.BEFORE_NONE, "Negative"),
        (table.BEFORE_POSITIVE, "Positive"),
    ):
        if match := pattern.search(before):
            return value, match.start() - len(before)
    return None


def _negated(before: str, after: str) -> tuple[str, int] | None:
    """ "Not HER2 amplified": negative, and its reach (negative)."""
    found = table.NOT_BEFORE.search(before) if table.SPLIT_POSITIVITY.match(after) else None
    return ("Negative", found.start() - len(before)) if found else None


def _score(near: str) -> tuple[str, int, str] | None:
    if any(word in near for word in table.ALLRED_QUICK) and (match := table.ALLRED.search(near)):
        return ("Positive" if int(match[match.lastgroup or 0]) >= 3 else "Negative"), match.end(), "Allred score"
    if "score" in near and (match := table.H_SCORE.search(near)):
        return ("Positive" if int(match["score"]) >= 1 else "Negative"), match.end(), "H-score"
    if match := table.PERCENT.search(near):
        share = float(match["low"].replace(",", ".").replace("o", "0"))
        top = float(match["high"]) if match["high"] else share
        if share <= 100:
            negative = top < 1 or (match["below"] and share <= 1)
            return ("Negative" if negative else "Positive"), match.end(), "percentage"
    if match := table.INTENSITY.search(near):
        return ("Positive" if (match["score"] or "0") != "0" else "Negative"), match.end(), "intensity"
    return None


def her2_results(before: str, after: str, ish_named: bool) -> list[tuple[str | None, int, str, str]]:
    """Results of HER2 around one mention: (class or None for pending, reach of the evidence, assay, rule).

    At most one result for each assay; ``ish_named``: the mention itself names FISH, CISH or in-situ hybridisation.
    """
    results = []
    ish = _ish(before, after, ish_named)
    if ish:
        results.append(ish)
    cut = table.ISH_WORD.search(after)
    if not ish_named:
        # A result in front that was amplification's is not the stain's as well.
        ihc = _ihc("" if ish and ish[1] < 0 else before, after[: cut.start()] if cut and cut.start() > 3 else after)
        if ihc:
            results.append(ihc)
    return results


def _ish(before: str, after: str, ish_named: bool) -> tuple[str | None, int, str, str] | None:
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
    if not ish_named and word and word.start() < 2 and (refused := _negated(before, after)):
        return *refused, "ish", "ISH result before name"
    if not ish_named and table.SPLIT_AMPLIFIED.match(after):
        for pattern, value in ((table.SPLIT_NEGATIVE, "Negative"), (table.SPLIT_POSITIVE, "Positive")):
            if front := pattern.search(before):
                return value, front.start() - len(before), "ish", "ISH result before name"
    named = table.ISH_NAME.search(after)
    equivocal = table.ISH_EQUIVOCAL.search(after, 0 if ish_named else named.start() if named else word.start() if word else 0)
    if equivocal and ratio and not (negative or positive) and 1.8 <= _ratio(ratio) <= 2.2:
        # The report's own word for a ratio near the limit stands above today's limit (ASCO/CAP 2007: 1.8 to 2.2 is equivocal).
        return "Equivocal", max(equivocal.end(), ratio.end()), "ish", "ISH wording"
    if negative and (not positive or negative.start() <= positive.start()):
        return "Negative", negative.end(), "ish", "ISH wording"
    if positive:
        return "Positive", positive.end(), "ish", "ISH wording"
    if group := table.ISH_GROUP.search(after):
        return ("Positive" if group["group"] == "1" else "Negative"), group.end(), "ish", "ISH group"
    if ratio and (value := _ratio_class(ratio)):
        return value, ratio.end(), "ish", "ISH ratio"
    if copies:
        mean = float(copies["copies"].replace(",", "."))
        value = "Negative" if mean < 4 else "Positive" if mean >= 6 else "Equivocal"
        return value, copies.end(), "ish", "ISH copy number"
    offset = word.end() if word and not ish_named else 0
    if offset and (table.NEGATIVE.search(after[: word.start()]) or table.POSITIVE.search(after[: word.start()])):
        # The status stands before the assay's name: it is the other assay's.
        return None
    near = after[offset : offset + ISH_NEAR]
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near)
    words = [] if table.NUCLEAR.search(near) else _words(near, table.NEGATIVE, table.POSITIVE_WORD)
    if words and (not stop or words[0][0] < stop.start()):
        _, value, end = words[0]
        return value, offset + end, "ish", "ISH status word"
    if stop:
        return None, offset + stop.end(), "ish", "ISH pending"
    return None


def _ratio(match: re.Match) -> float:
    return float((match["ratio"] or match["whole"]).replace(",", "."))


def _ratio_class(match: re.Match) -> str | None:
    """Class of a ratio; of a bound only where it lies on one side of 2.0 with all that it allows."""
    before, ratio = match.string[match.start() : match.start("ratio" if match["ratio"] else "whole")], _ratio(match)
    if table.BELOW.search(before):
        return "Negative" if ratio <= 2.0 else None
    if table.ABOVE.search(before):
        return "Positive" if ratio >= 2.0 else None
    return "Positive" if ratio >= 2.0 else "Negative"


def _words(near: str, negative: re.Pattern, positive: re.Pattern) -> list[tuple[int, str, int]]:
    """Status words in order: (start, class, end)."""
    patterns = ((table.EQUIVOCAL, "Equivocal"), (negative, "Negative"), (positive, "Positive"))
    return sorted((match.start(), value, match.end()) for pattern, value in patterns if (match := pattern.search(near)))


def _ihc(before: str, after: str) -> tuple[str | None, int, str, str] | None:
    if elsewhere := table.ELSEWHERE.match(after):
        return None, elsewhere.end(), "ihc", "reported elsewhere"
    near = after[: NEAR + 20]
    score = table.HER2_SCORE.search(near)
    words = [] if table.NUCLEAR.search(near[:NEAR]) else _words(near, table.HER2_NEGATIVE, table.HER2_POSITIVE)
    stop = context.PENDING.search(near) or context.NOT_DONE.search(near)
    first = min([start for start, *_ in words] + ([score.start()] if score else []), default=None)
    if stop and (first is None or stop.start() < first):
        return None, stop.end(), "ihc", "pending or not performed"
    if signs := table.SIGNS.match(after):
        plus = len(signs["signs"])
        return ("Equivocal" if plus == 2 else "Positive"), signs.end("signs"), "ihc", f"IHC score {plus}"
    front = _front(before) or _negated(before, after) or (None if table.HER2_NEGATIVE.search(near[:45]) else _expressed(before))
    if front and not (score and score.start() < 12):
        return *front, "ihc", "result before name"
    if zero := table.ZERO_TO_ONE.search(near):
        return "Negative", zero.end(), "ihc", "IHC score"
    if score and (not words or score.start() <= words[0][0] + 60):
        digit = next(part for part in score.groups() if part)
        value = ("Negative", "Negative", "Equivocal", "Positive")[int(digit)]
        return value, score.end(), "ihc", f"IHC score {digit}"
    if words:
        start, value, end = words[0]
        low = near[start:end].endswith("low") and "ultra" not in near[start:end]
        return value, end, "ihc", "low" if low else "status word"
    if concluded := table.CONCLUSION.search(after):
        return concluded["value"].capitalize(), concluded.end(), "ihc", "conclusion"
    return None


def _expressed(before: str) -> tuple[str, int] | None:
    """ "Overexpresses HER2" in front of the name, and its reach (negative)."""
    match = table.EXPRESSED_BEFORE.search(before)
    return ("Negative" if match["negated"] else "Positive", match.start() - len(before)) if match else None
