"""How ER, PR and HER2 are named and joined, which tumor a result is for, and what is not a result (legends, controls, methods)."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

#: Marker names; OCR reads the 2 of HER2 as a Z (and Herz is a name). ``fish`` alone speaks of HER2 only where HER2 is named in the report.
#: The first letter is tried alone (the engine finds it fast); each branch looks back at it.
MARKER = re.compile(
    r"[eophcdfi](?<![a-z0-9].)(?:"
    r"(?P<ER>(?:(?<=o)estrogen|(?<=e)str[oa]gen)(?:[\s\-]*receptors?)?(?:\s*(?:protein|status))?(?:\s?\(er\))?|(?<=e)r(?!\w)(?![\s\-]{0,2}2))"
    r"|(?P<PR>(?<=p)roge?st[eo]r(?:on\w{0,2}|one)(?:[\s\-]*receptors?)?(?:\s*(?:protein|status))?(?:\s?\((?:pr|pgr)\))?|(?<=p)gr\b(?!\s?\d+(?!\d|[.,]\d+\s?%|\s?(?:%|percent|/|\+|of\s|out|-|to\s)))|(?<=p)r(?!\w))"
    r"|(?P<HER2>(?<=h)er[\s\-/]{0,2}(?:2|z(?=[\s\-/,]{0,2}neu|\s?(?:status|score|ihc|fish|by|[(:=]|positive|negative|equivocal|[0-3]\s?\+)))(?:[\s\-/,il|]{0,2}neu)?(?![a-z0-9])(?:\s?\([^()]{0,14}neu\))?|(?<=h)erc?ep(?:t?[\s-]?test)?(?:tm|™|®)?\b"
    r"|(?:(?<=c)-?erb[\s-]?b-?2|(?<=e)rbb-?2)(?:\s?\(her-?2[^()]{0,6}\))?)"
    r"|(?P<ISH>(?<=[dc])ish\b|(?<=f)ish\b|(?<=i)n[\s\-]situ hybridi[sz]ation\b))")
#: Words by which a name is found, and where it begins from there; two letters alone count in capitals only.
MARKER_ANCHORS = (("estrog", 0), ("oestrog", 0), ("estrag", 0), ("oestrag", 0), ("progest", 0), ("progst", 0), ("pgr", 0), ("her", 0), ("erbb", 0), ("cerb", 0), ("c-erb", 0),
                  ("fish", 0), ("cish", 0), ("dish", 0), ("situ hybridi", -3),
                  ("er/", 0), ("er+", 0), ("er-", 0), ("/er", 1), ("pr/", 0), ("pr+", 0), ("pr-", 0), ("/pr", 1))
TWO_CAPITALS = re.compile(r"R(?<=[EP]R)(?!\w)")
#: A report without any of these names no receptor; looking for them is cheaper than running ``MARKER``.
QUICK = ("estr", "progest", "progst", "her2", "her-2", "her 2", "her/2", "herz", "her-z", "erbb", "erb-b", "erb b", "hercep", "triple", "hormone")
#: The same in the report as written: two capital letters alone, or lower-case ones joined to each other or to a sign.
QUICK_CAPITALS = re.compile(r"R(?![A-Za-z])(?:(?<=[EP]R)(?<![A-Za-z]..)|(?<=[EP]gR)(?<![A-Za-z]...))")
QUICK_JOINED = ("er/pr", "er+", "pr+", "pgr")
#: What may stand between markers that share one result: "ER, PR and HER2".
JOIN = re.compile(r"(?:\s*\((?:er|pr|pgr)\))?(?:\s*receptors?)?\s*(?:[,/&]|\+(?!\s?[/,])|,?\s*(?:and|or|nor|and/or)|as well as)\s*(?:/\s*)?$")
#: The end of a result that belongs to the marker behind it: "ER positive and negative for HER2".
FOR_NEXT = re.compile(r"[,;.]?\s(?:and |but |is |are )*(?:positive|negative|non-?reactive|reactive|immunoreactive|no (?:\w+ )?(?:amplification|over-?expression|expression)) (?:for|of) (?:the )?$")
HORMONE_NEGATIVE = re.compile(r"\bhormone[\s-]receptors?[\s-]{0,2}(?:status)?(?:\s?:\s?|[\s-])negative\b")
TRIPLE_NEGATIVE = re.compile(r"\btriple[\s\-]negative\b")
_TEST = r"(?:considered|defined|regarded|interpreted|reported|scored)"
_KEY = (r"\s?\+?(?:\s?(?:-|/|,|to|and|or|&)\s?[0-3]\s?\+)?\s?[=:(-]?\s?(?:is\s|are\s)?"
        r"(?:no\b|faint|weak|incomplete|strong|complete|negative|equivocal|positive|moderate|borderline)[^;,.\n]{0,50}[;,.\n]?\s?")
_CONTROL = r"controls?\s*(?:is|are|was|were|:|show\w*|stain\w*)?\s*(?:appropriate(?:ly)?|adequate|positive|reactive|negative)"
_SCALE = r"0\s?\+?\s?(?:-|–|to|through)\s?3\s?\+\)?"
_BOUND = rf"[^.;\n]{{0,50}}(?:is|are)\s{_TEST}\s(?:as\s|to be\s)?\w+"


def _each(heads: str, tail: str) -> list[str]:
    return [head + tail for head in heads.split("|")]


#: Controls, legends and methods are not results of the tumor; they are blanked before reading. Of two that begin at one place the
#: earlier counts.
BLANK = re.compile("|".join((word_starts(
    # Do not cross a line's end where the next line is about the control: "Status: Negative\nInternal control cells present".
    *_each("positive|negative", r"(?:[^\S\n]+|\n(?!internal|external))(?:internal\s+|external\s+|tissue\s+)*controls?"),
    r"controls?(?:\s(?:tissue|slides?|cells?|sections?))?\s*[:=(\-]?\s*(?:score\s*)?[0-3]\s?\+",
    *_each("internal|external", rf"\s*{_CONTROL}"), _CONTROL,
    *_each("reference|normal", r"\s*(?:range|guide|criteria|key)?\s*:?\s*(?:positive|negative|\W)[^\n.]{0,80}"),
    r"interpretation\s*(?:range|guide|criteria|key)\s*:?\s*(?:positive|negative|\W)[^\n.]{0,80}",
    r"interpretation\s*:?\s*(?:positive|negative)\s*(?:[=:<>]|if|when)[^\n.]{0,80}",
    *_each("positive|negative|amplified|unfavorable|favorable", r"\s*(?:is|if|when|defined|cut-?off|=)+\s*[^.;\n]{0,60}"),
    *_each("considered|regarded|defined|scored|reported|interpreted|classified",
           r"\s+(?:as\s+|to be\s+)?(?:positive|negative|equivocal|amplified|weakly positive)\s+(?:if|when|where|at|with|in cases)[^.;\n]{0,50}"),
    *_each("at least|greater than|more than|less than|or more|or greater|or less|or higher", _BOUND),
    *_each("0|1|2|3", r"\s?\+ (?:\w+ ){0,3}(?:staining|intensity|reactivity) in (?:[<>≥≤]|at least|greater than|more than|less than)[^.;\n]{0,30}"
                      rf"(?:is|are)\s{_TEST}\s(?:as\s|to be\s)?\w+"),
    *_each("score|scored|scale|range", rf"(?: of)?\s{_SCALE}"), _SCALE,
    *_each("equivocal|negative|positive|borderline|not amplified|nonamplified|non-amplified|amplified|normal",
           r"(?: range)?\s?[:=(]?\s?(?:[<>≥≤]=?\s?)?(?:ratio\s)?(?:1\.8\s?(?:-|–|to)\s?2\.[0-2]|[<>≥≤]=?\s?\d\.\d)"),
    # A key of scores: three definitions or more in a row.
    *_each("0|1|2|3", rf"{_KEY}(?:[0-3]{_KEY}){{2,}}"),
    *_each("normal|equivocal|nonamplified|non-amplified|amplified", r"[^.;:\n]{0,30}levels?\.?\s?:[^;\n]{0,16}"),
    *_each("fda|cap", r"[\s-]approved"), boundary=False),
    rf"\s\s*{_CONTROL}", rf"[<>≥≤]{_BOUND}", rf"\((?:scored?|scale|range)(?: of)?\s{_SCALE}",
    # The boxes of a form that nobody ticked.
    r"[\[(☐□](?:(?<=\[)\s{0,2}\]|(?<=\()\s{1,2}\)|(?<=[☐□]))\s?(?:low |weakly )?(?:positive|negative|equivocal|indeterminate|amplified|not \w+|pending)")))
#: A scale is no value: "Allred (0-8): 7", "H-score (range 0-300): 180", "1 on a scale of 0 to 3".
SCALE = re.compile(r"\((?:(?:score|scale|range|out of|possible)s?\s?(?:of|from)?\s?:?\s?){0,2}0\s?(?:-|to)\s?(?:3|5|8|12|100|300)\s?[+%]?\)|on a scale (?:of|from) 0\s?\+?\s?(?:-|to)\s?\d{1,3}\s?\+?")
SCALE_QUICK = ("(0", "scale", "range", "score", "out of")
#: What completes a result: the rest of its word and a parenthesis directly after it.
REST = re.compile(r"[a-z%+]*(?:\s?\([^()\n]{1,30}\))?\)?")
#: "For ER alone, 1-10% is reported as low positive": a range that is defined is nobody's result (ASCO/CAP 2020, recommended comments).
_RANGE = (r"\d{1,2}\s?%?\s?(?:-|–|to)\s?\d{1,3}\s?(?:%|percent)[^.;]{0,60}\s(?:is|are|(?:should|will|may)\s+be)\s+"
          r"(?:reported|considered|classified|regarded|defined|scored|designated|interpreted)\s+as\b")
#: A marker's name that opens the legend of its method: "amplified HER-2/neu levels: > 2.20".
LEGEND_BEHIND = re.compile(
    rf"[^.;%]{{0,40}}{_RANGE}|"
    r"\s?[0-3]\s?\+\s(?:is|are)\s(?:defined|considered)\b|\s?(?:ihc\s)?scor(?:ing|e)\s?(?:system|criteria|guide|key|scheme|method|legend|interpretation)|\s?(?:ihc\s)?scoring\s?[:(]"
    r"|\.?\s*results\s(?:are|were)\s(?:interpreted|reported|scored)\s(?:according|per|following|using|as per)\b|\.?\s*(?:gene\s)?levels?\.?\s*:|\s*(?:status\s)?(?:is|are)\s(?:considered|defined|regarded)\b"
    r"|\s*(?:results?|status|testing|scores?)?\s*(?:is|are|was|were)\s(?:interpreted|reported|scored|assessed|evaluated)\s(?:according|in accordance|per|following|using|as per)\b")
LEGEND_BEFORE = re.compile(rf"{_RANGE}\s(?:an?\s)?$|" r"\bscores?\sof\s[0-3]\s?\+\s(?:is|are|indicates?)\s$|\b(?:defined|considered)\sas\s(?:an?\s)?$|\b(?:patients?\swith|indicated\s(?:for|in)|therapy\s(?:for|of)|treatment\sof)\s(?:\w+\s)?$|\bcontrols?\s(?:slides?\s)?(?:for|of|stained (?:for|with))\s(?:the\s)?$|\b(?:reference\s+(?:range|values?)|guidelines?|criteria|interpretation\sof|cut-?off)\b[^.;:]{0,30}$")
#: A parenthesis about the method after a name; the result comes after it.
METHOD = re.compile(r"\s?\((?=[^()]{12,220}\))[^()]*\b(?:method|antibody|clone|dako|ventana|fda)\b[^()]*\)")
#: The result of the other breast's tumor.
OTHER_BREAST = re.compile(r"[^.;\n]{0,90}\b(?:other|opposite|contralateral) (?:breast|side)\b")
#: The tumor or specimen that results are given for, where a report has several: "Tumor 1:", "Part #4.", "Larger focus -".
FOCUS = re.compile(
    r"\b(?:(?:tumou?r|focus|lesion|mass|nodule|carcinoma|part|specimen)\s?(?:#|no\.?|number)?\s?(?P<number>[1-9]|[a-h]|one|two|three|i{1,3})(?![\w+%/])(?!\.\d)"
    r"|(?P<name>first|second|third|larger|largest|smaller|smallest|left|right)\s(?:breast\s)?(?:tumou?r|focus|lesion|mass|carcinoma))(?=\s?[:.,()\-\n#]|\s(?:is|er|pr|her|estrogen)\b)")
