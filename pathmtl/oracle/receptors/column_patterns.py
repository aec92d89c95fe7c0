"""Tables of receptors that lost their lines: first the names of the columns, then the results in the same order."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

#: Columns of other markers in the same table; their results are counted and skipped.
OTHER = re.compile(word_starts(r"ki\s?-?67\b", r"mib\s?-?1\b", r"p\s?53\b", r"egfr\b", r"e-cadherin\b", r"ck\s?5/6\b", r"dna ploidy\b", r"androgen receptors?\b"))
#: Between two names of one header: signs, the words that belong to a name, its clone in parentheses, columns of other markers.
_BETWEEN = (r"(?:[\s.:|,;/&*\-]|\(\s?(?:ihc|clone[^()\n]{0,20}|(?:sp|1d|6f|4b|1e|pgr\s?|ep)-?\d{1,4})\s?\)|\b(?:and|status|receptors?|protein|expression|oncoprotein|ihc|by ihc)\b|"
            + OTHER.pattern + ")")
GAP = re.compile(rf"{_BETWEEN}{{1,40}}")
#: Behind the last name, where a dash may be a minus already.
BEHIND = re.compile(rf"(?:(?!-){_BETWEEN}|-(?=\s?[a-z\d])){{1,40}}")
#: FISH directly behind HER2 names the assay of that column.
SAME_COLUMN = re.compile(r"[\s(\-,]{0,3}(?:by\s)?$")
#: Behind the header: the name of the row, a verb.
LEAD = re.compile(r"(?:(?:results?|status|interpretation|value|score|tumou?r(?: cells)?|invasive carcinoma|is|are|was|were)[\s:.|,=]{1,4}){1,2}")
_DEGREE = r"(?:(?:strong|weak|moderate|low|diffuse|focal)(?:ly)?[\s\-]){0,2}"
#: One result: a word, or a figure, or a sign, each with what stands in parentheses behind it.
CELL = re.compile(
    rf"(?:(?P<word>{_DEGREE}(?:positive|negative|pos|neg|equivocal|indeterminate|borderline|pending|(?:not|non)[\s-](?:amplified|detected|expressed|performed|done)|amplified))(?![a-z])"
    r"|(?P<figure>(?:[<>≥≤]\s?)?\d{1,3}(?:\s?(?:-|–|to)\s?\d{1,3})?\s?%|[0-3]\s?\+(?!\d)|[0-8]/8(?!\d)|(?:0|zero)(?:\s(?:or|to)\s1\s?\+?)?(?![\w%/+]|[.,]\d))"
    r"|(?P<sign>\+{1,3}|-)(?=\s*(?:[,;/.)\n]|$)))"
    r"(?:\s?\([^()\n]{1,40}\))?")
#: What separates two cells, and what separates them beyond doubt.
COMMA = re.compile(r"[\s.,;:|/]{0,6}(?:(?:and|&)\s)?")
LINE = re.compile(r"[\n.;|]")
#: A result ends here; after "negative for" or "positive controls" it does not.
CLOSED = re.compile(r"\s*(?:[.,;:|/\n)]|$|(?:and|&|respectively|positive|negative|equivocal|pos|neg|pending|strong|weak|moderate|low|not|amplified|\d|[<>+]))")

#: Two or more spaces, a tab or a vertical bar separate the cells of a line that was a table's row.
CELL_GAP = re.compile(r"\s*\|\s*|[ \t]{2,}|\t")
#: A line of names holds one of ours, and neither a result nor a code, and a colon only behind a name.
LABEL = re.compile(
    r"\b(?:er|pr|pgr|[oe]+strogen|progesterone|her-?2|grade|grading|differentiation|pleomorphism|mitotic|nottingham|p?tnm|p?[tnm]|nodes?|stage|stag(?:e|ing))\b")
NO_LABEL = re.compile(
    r":\s*\S|\b(?:positive|negative|equivocal|pending|present|absent|not|yes|no|none|n/a|high|low|intermediate|well|moderate(?:ly)?|poor(?:ly)?|i{1,3}|iv|left|right|with|\w*(?:dissection|excision|resection|biopsy|ectomy))\b|\bp?[tnm]\s?[0-4x][a-d]?\b|(?<![\w/-])(?!5/6|-?67)\d+(?!\w)|%")
#: Within a name these are not values: the clone in parentheses, the count that is asked for.
NAMED = re.compile(
    r"\((?=[^()]*\d)(?:[a-z]|\d{3})[a-z0-9\s-]{0,14}\)|\b(?:positive|involved)\b(?=(?:\s\w+){0,2}?\s(?:nodes?|lns?)\b)|(?<=nodes )(?:positive|involved)\b|(?<=node )(?:positive|involved)\b")
