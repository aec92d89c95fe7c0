"""What takes a receptor's name out of the answer: another person or time, another test or meaning, tissue that is no tumor."""

from __future__ import annotations

import re

from pathmtl.oracle.common import names_any, of_family

#: An earlier tumor, or a result that is only supposed. A previous *biopsy* counts: reports repeat its result as this tumor's.
_EARLIER = re.compile(
    r"(?:\b(?:history|h/o|hx)(?:\s\w+)?\s(?:of|for)\b|\bh/o\b|(?<!no )\bknown\b|\bs/p\b|\bstatus[\s-]post\b"
    r"|\b(?:previous|prior|earlier|former|past|remote)\s(?:\w+\s){0,3}?(?:carcinomas?|cancers?|tumou?rs?|malignancy|primary)\b)[^.:;=\n]{0,80}(?:\n[^.:;=\n]{1,60})?$"
)
_EARLIER_QUICK = ("histor", "h/o", "hx ", "known", "s/p", "status", "previous", "prior", "earlier", "former", "past", "remote")
_SUPPOSED = re.compile(r"\b(?:if|whether|unless|would be|rule out|r/o)\s(?:an?\s|the\s|it is\s)?(?:\w+\s)?$")
_NOT = re.compile(
    r"\b(?:not|no longer|non|no evidence of|rather than|instead of|rule out|r/o|excludes?|if|whether|versus|vs\.?)[\s-]"
    r"(?:an?\s|the\s|this is\s)?$"
)
#: Assays of genes are not the receptor's result (SEER, Estrogen Receptor Summary, multigene tests); neither is a mutation.
_GENE_BEFORE = re.compile(
    r"\b(?:oncotype\w*|rt-?\s?pcr|mammaprint|targetprint|blueprint|pam-?50|prosigna|endopredict|m?rna|microarray"
    r"|gene[\s-]expression|multigene|ngs|sequencing)\b(?:[^.\n]|\.\d){0,80}$"
)
_GENE_QUICK = ("onco", "pcr", "print", "pam", "prosig", "endop", "rna", "array", "gene", "ngs", "sequenc")
_GENE_BEHIND = re.compile(
    r"[\s:,(]{0,3}(?:(?:single[\s-])?gene (?:score|expression|signature)|m?rna\b|transcripts?\b"
    r"|\(?(?:by )?rt-?\s?pcr|by (?:oncotype|mammaprint|rna)"
    r"|(?:no |exon |activating |somatic |hotspot )?(?:mutations?|variants?)\b|p\.[a-z]\d|exon\b|wild[\s-]?type)"
)
#: PR is also per rectum and partial response, ER the emergency room.
_OTHER_BEHIND = {
    "PR": re.compile(r"\s?(?:bleed\w*|exam\w*|blood|interval|mucus|discharge|loss|agency|segment)\b"),
    "ER": re.compile(r"\s?(?:visit|physician|doctor|department|admission|presentation|attendance|course)\b"),
}
_OTHER_BEFORE = {
    "PR": re.compile(
        r"\bresponse\b[^.;\n]{0,60}$|\b(?:cr|sd|pd)\s?[/,]\s?$|\brecist\b[^.;\n]{0,40}$|\bachiev\w+ (?:an? )?$|\bblood\s$"
    ),
    "ER": re.compile(
        r"\b(?:presented|seen|came|brought|admitted|taken|went|visit\w*|evaluated|arrived)\b[^.;\n]{0,40}\b(?:to|in|at|via|from|through)\s(?:the\s)?$"
    ),
}
#: Stained tissue that is no tumor, up to the end of its clause.
_BENIGN = re.compile(
    r"(?P<before>[^.;,\n]{0,50}?)\b(?:benign|normal|non-?neoplastic|adjacent|background|uninvolved|native|residual)\s(?:\w+\s){0,2}?"
    r"(?:ducts?|glands?|epitheli\w+|lobules?|tissue|cells|acini|elements|parenchyma)\b[^.;,\n]{0,60}"
)
_BENIGN_QUICK = ("benign", "normal", "neoplastic", "adjacent", "background", "uninvolved", "native", "residual")
_SUBJECT_QUICK = ("margin", "node", "fit", "culture")
_RESULT = re.compile(r"\d\s?%|positive|negative|[0-3]\s?\+|immunoreactive|equivocal|carcinoma|tumou?r")
#: A sentence about something else.
_OTHER_SUBJECT = re.compile(
    r"(?:[.;,]\s+|\n\s*)(?:the |all |surgical |resection |sentinel |axillary |lymph ){0,3}"
    r"(?:margins?|nodes?|fit|cultures?)\s?:?\s"
    r"(?:(?:is|are|was|were) )?(?:positive|negative)|, fit positive"
)
_IN_SITU = re.compile(
    r"\b(?:dcis|(?:ductal )?carcinoma in[\s\-]situ|in[\s\-]situ (?:component|carcinoma)|intraductal carcinoma)\b[^.;\n]{0,40}$"
)
_INVASIVE = re.compile(r"\b(?:invasive|infiltrating|tumou?r)\b")


def asserted(low: str, start: int) -> bool:
    """Whether a phrase such as "triple negative" is said of this patient's present tumor."""
    window = max(0, start - 60)
    return not (_NOT.search(low, window, start) or earlier(low, start) or of_family(low, start))


def earlier(low: str, start: int) -> bool:
    """Whether the clause before ``start`` is about an earlier tumor."""
    window = max(0, start - 150)
    before = low[window:start]
    return names_any(before, _EARLIER_QUICK) and bool(_EARLIER.search(before))


def excluded(low: str, mark: re.Match, end: int) -> bool:
    """Whether the names from ``mark`` to ``end`` are no result of this tumor's receptors."""
    start, name = mark.start(), str(mark.lastgroup)
    before = low[max(0, start - 110) : start]
    if earlier(low, start) or of_family(low, start) or _SUPPOSED.search(before[-28:]):
        return True
    if _GENE_BEHIND.match(low, end) or (names_any(before, _GENE_QUICK) and _GENE_BEFORE.search(before)):
        return True
    if len(mark[0]) != 2 or name not in _OTHER_BEHIND:
        return False
    return bool(_OTHER_BEHIND[name].match(low, end) or _OTHER_BEFORE[name].search(low, max(0, start - 80), start))


def of_tumor(after: str) -> str:
    """The text behind a name without the clauses about benign tissue and without the next sentence about something else."""
    if names_any(after, _SUBJECT_QUICK) and (cut := _OTHER_SUBJECT.search(after)):
        after = after[: cut.start()]
    match = _BENIGN.match(after) if names_any(after, _BENIGN_QUICK) else None
    if match and not _RESULT.search(match["before"]):
        after = " " * match.end() + after[match.end() :]
    return after


def in_situ(low: str, start: int) -> bool:
    """Whether the result is for the carcinoma in situ."""
    match = _IN_SITU.search(low, max(0, start - 90), start)
    return bool(match) and not _INVASIVE.search(low, match.start(), start)
