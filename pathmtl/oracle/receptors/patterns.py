"""ER, PR and HER2: how the markers are named and how results are worded (CAP biomarker template; ASCO/CAP 2018, 2020)."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

#: Marker names; OCR reads the 2 of HER2 as a Z (and Herz is a name). ``fish`` alone speaks of HER2 only where HER2 is named in the report.
#: The first letter is tried alone (the engine finds it fast); each branch looks back at it.
MARKER = re.compile(
    r"[eophcdfi](?<![a-z0-9].)(?:"
    r"(?P<ER>(?:(?<=o)estrogen|(?<=e)str[oa]gen)(?:[\s\-]*receptors?)?(?:\s*(?:protein|status))?(?:\s?\(er\))?|(?<=e)r(?!\w)(?![\s\-]{0,2}2))"
    r"|(?P<PR>(?<=p)roge?st[eo]r(?:on\w{0,2}|one)(?:[\s\-]*receptors?)?(?:\s*(?:protein|status))?(?:\s?\((?:pr|pgr)\))?|(?<=p)gr\b(?!\s?\d)|(?<=p)r(?!\w))"
    r"|(?P<HER2>(?<=h)er[\s\-/]{0,2}(?:2|z(?=[\s\-/,]{0,2}neu|\s?(?:status|score|ihc|fish|by|[(:=]|positive|negative|equivocal|[0-3]\s?\+)))(?:[\s\-/,]{0,2}neu)?(?![a-z0-9])(?:\s?\([^()]{0,14}neu\))?|(?<=h)erc?ep(?:t?[\s-]?test)?(?:tm|™|®)?\b"
    r"|(?:(?<=c)-?erb[\s-]?b-?2|(?<=e)rbb-?2)(?:\s?\(her-?2[^()]{0,6}\))?)"
    r"|(?P<ISH>(?<=[dc])ish\b|(?<=f)ish\b|(?<=i)n[\s\-]situ hybridi[sz]ation\b))")
#: Words by which a name is found, and where it begins from there; two letters alone count in capitals only.
MARKER_ANCHORS = (("estrog", 0), ("oestrog", 0), ("estrag", 0), ("oestrag", 0), ("progest", 0), ("progst", 0), ("pgr", 0), ("her", 0), ("erbb", 0), ("cerb", 0), ("c-erb", 0),
                  ("fish", 0), ("cish", 0), ("dish", 0), ("situ hybridi", -3),
                  ("er/", 0), ("er+", 0), ("er-", 0), ("/er", 1), ("pr/", 0), ("pr+", 0), ("pr-", 0), ("/pr", 1))
TWO_CAPITALS = re.compile(r"[EP]R(?!\w)")
#: A report without any of these names no receptor; looking for them is cheaper than running ``MARKER``.
QUICK = ("estrog", "estrag", "progest", "progst", "her2", "her-2", "her 2", "her/2", "herz", "her-z", "erbb", "erb-b", "erb b", "hercep", "triple", "hormone")
#: The same in the report as written: two capital letters alone, or lower-case ones joined to each other or to a sign.
QUICK_CAPITALS = re.compile(r"R(?![A-Za-z])(?:(?<=[EP]R)(?<![A-Za-z]..)|(?<=[EP]gR)(?<![A-Za-z]...))")
QUICK_JOINED = ("er/pr", "er+", "pr+", "pgr")
#: What may stand between markers that share one result: "ER, PR and HER2".
JOIN = re.compile(r"(?:\s*\((?:er|pr|pgr)\))?(?:\s*receptors?)?\s*(?:[,/&]|\+(?!\s?[/,])|and|,\s*and|as well as)\s*(?:/\s*)?$")
#: Result words in front: "positive for ER and PR", "negative for HER2", "no expression of".
BEFORE_POSITIVE = re.compile(r"\b(?:positive|reactive|immunoreactive|positivity|(?:strong|weak|moderate)(?:ly positive)?|immunoreactivity|staining) (?:nuclear )?(?:staining |expression |immunoreactivity )?(?:for|of|with) (?:the )?(?:both )?(?:antibodies to )?$")
BEFORE_NEGATIVE = re.compile(
    r"\b(?:(?:negative|non-?reactive|negativity|no (?:\w+ )?(?:staining|expression|immunoreactivity|amplification|over-?expression)|lack|absence)"
    r"\s(?:staining |expression )?(?:for|of|with) |do(?:es)? not express |lacks |absent )(?:the )?(?:both )?$")
#: The end of a result that belongs to the marker behind it: "ER positive and negative for HER2".
FOR_NEXT = re.compile(r"[,;.]?\s(?:and |but |is |are )*(?:positive|negative|non-?reactive|reactive|immunoreactive|no (?:\w+ )?(?:amplification|over-?expression|expression)) (?:for|of) (?:the )?$")
#: "2+ by IHC, negative by FISH": the word in front of the assay's name is that assay's result.
BY_NEXT = re.compile(
    r"\b(?P<value>(?:not |non-?)amplified|amplified|positive|negative|equivocal)\s(?:result\s)?(?:by|on|with|using)\s"
    r"(?:reflex\s|dual[\s-]|subsequent\s|(?:fluorescen(?:ce|t)|chromogenic|silver)\s){0,2}(?:the\s)?\(?$")
#: "Tumor cells express ER": said of hormone receptors only; of HER2 it tells nothing about the amount.
BEFORE_EXPRESSED = re.compile(r"(?<!\bnot )\b(?:express(?:es|ing)?|expression of)\s(?:both\s)?(?:the\s)?$")
#: "Not HER2 amplified", "not ER positive": the name stands within the result.
NOT_BEFORE, SPLIT_POSITIVITY = re.compile(r"\bnot\s$"), re.compile(r"[\s-](?:positive|amplified|over-?express)")
HORMONE_NEGATIVE = re.compile(r"\bhormone[\s-]receptors?[\s-]{0,2}(?:status)?(?:\s?:\s?|[\s-])negative\b")
BEFORE_NONE = re.compile(r"\bno[\s.]{1,2}$")
TRIPLE_NEGATIVE = re.compile(r"\btriple[\s\-]negative\b")
#: Not the tumour's result: controls, legends, methods. They are blanked before reading.
BLANK = re.compile(
    # Not over a line's end where the next line is about the control: "Status: Negative\nInternal control cells present".
    r"(?:positive|negative)(?:[^\S\n]+|\n(?!internal|external))(?:internal\s+|external\s+|tissue\s+)*controls?|controls?(?:\s(?:tissue|slides?|cells?|sections?))?\s*[:=(\-]?\s*(?:score\s*)?[0-3]\s?\+|(?:internal|external)?\s*controls?\s*(?:is|are|was|were|:|show\w*|stain\w*)?\s*(?:appropriate(?:ly)?|adequate|positive|reactive|negative)"
    r"|(?:reference|interpretation|normal)\s*(?:range|guide|criteria|key)?\s*:?\s*(?:positive|negative|\W)[^\n.]{0,80}|(?:positive|negative|amplified|unfavorable|favorable)\s*(?:is|if|when|defined|cut-?off|=)+\s*[^.;\n]{0,60}"
    r"|(?:considered|regarded|defined|scored|reported|interpreted|classified)\s+(?:as\s+|to be\s+)?(?:positive|negative|equivocal|amplified|weakly positive)\s+(?:if|when|where|at|with|in cases)[^.;\n]{0,50}"
    r"|(?:[<>≥≤]|at least|greater than|more than|less than|or (?:more|greater|less|higher))[^.;\n]{0,50}(?:is|are)\s(?:considered|defined|regarded|interpreted|reported|scored)\s(?:as\s|to be\s)?\w+"
    r"|[0-3]\s?\+ (?:\w+ ){0,3}(?:staining|intensity|reactivity) in (?:[<>≥≤]|at least|greater than|more than|less than)[^.;\n]{0,30}(?:is|are)\s(?:considered|defined|regarded|interpreted|reported|scored)\s(?:as\s|to be\s)?\w+"
    r"|(?:\(?(?:scored?|scale|range)(?: of)?\s)?0\s?\+?\s?(?:-|–|to|through)\s?3\s?\+\)?"
    r"|(?:equivocal|negative|positive|borderline|(?:not |non-?)?amplified|normal)(?: range)?\s?[:=(]?\s?(?:[<>≥≤]=?\s?)?(?:ratio\s)?(?:1\.8\s?(?:-|–|to)\s?2\.[0-2]|[<>≥≤]=?\s?\d\.\d)"
    # A key of scores: three definitions or more in a row.
    r"|(?:[0-3]\s?\+?(?:\s?(?:-|/|,|to|and|or|&)\s?[0-3]\s?\+)?\s?[=:(-]?\s?(?:is\s|are\s)?(?:no\b|faint|weak|incomplete|strong|complete|negative|equivocal|positive|moderate|borderline)[^;,.\n]{0,50}[;,.\n]?\s?){3,}"
    # The boxes of a form that nobody ticked.
    r"|(?:\[\s{0,2}\]|\(\s{1,2}\)|☐|□)\s?(?:low |weakly )?(?:positive|negative|equivocal|indeterminate|amplified|not \w+|pending)"
    r"|(?:normal|equivocal|non-?amplified|amplified)[^.;:\n]{0,30}levels?\.?\s?:[^;\n]{0,16}|(?:fda|cap)[\s-]approved")

NEGATIVE = re.compile("|".join((word_starts(
    "negative", r"negativ\b", r"neg\b", "not (?:detected|expressed|identified|present|seen|demonstrated|over-?expressed|reactive)", r"absent\b",
    "non-?reactive", "unfavou?rable", r"no (?:\w+ )?(?:staining|expression|immunoreactiv\w+|reactivity|reaction|over-?expression|nuclear)",
    r"none\b", "lack of", r"undetect\w+"),
    r"-(?:(?<=^.)|(?<=^[\s:].)|(?<=^[\s:]{2}.)|(?<=^[\s:]{3}.))(?=\s?(?:[,;)/]|$))", r"\(\s?-\s?\)")))
POSITIVE = re.compile("|".join((word_starts(
    "positiv", "postive", r"pos\b", *(word + r"(?!\s(?:is |was )?(?:not|absent|negative)\b)" for word in ("immunoreactiv(?:e|ity)", "reactiv(?:e|ity)")), "strong", "moderate", "weak", "expressed", r"present\b",
    "over-?express", r"detected\b", r"found in\b", "diffuse"),
    r"f(?<!un.)avou?rable", r"\+(?<![\d+].)\+{0,2}(?!\d)")))
PERCENT = re.compile(
    r"(?P<below><|&lt;|≤|less than|fewer than|under)?\s?(?P<low>\d[\do]{0,2}(?:[.,]\d+)?)\s?%?\s?(?:(?:-|–|to)\s?(?P<high>\d{1,3})\s?)?(?:%|percent|per cent|8(?=\s(?:nuclear|of|staining|positive)))")
ALLRED_QUICK = ("allred", "quick", "/8", "/ 8", "of 8", "ps ", "ps:")
ALLRED = re.compile(r"\b(?:allred|quick)(?: score| total)?[^0-9\n]{0,25}(?:\d\s?\+\s?\d\s?=\s?)?(?P<score>[0-8])(?![\d.%])|(?<!\d)(?P<leading>[0-8])\s?/\s?8\s?\((?:allred|quick)"
                    # A score out of 8 is Allred's: the sum of proportion (0 to 5) and intensity (0 to 3).
                    r"|^[\s:=.\-]{0,6}(?:positive|negative)?[\s,(]{0,2}(?:score\s?:?\s?)?(?P<eighth>[0-8])\s?(?:/|out of|of)\s?8(?![\d%])|\bps\s?[:=]?\s?[0-5][\s,;+]{1,3}is\s?[:=]?\s?[0-3][\s,;=]{1,3}(?:ts\s?[:=]?\s?)?(?P<total>[0-8])")
H_SCORE = re.compile(r"\bh[\s-]?score[^0-9\n]{0,20}(?P<score>\d{1,3})(?![\d%])")
INTENSITY = re.compile(r"(?<![\d/.])(?P<score>[0-3])\s?\+(?!\s?\d)|^\s?[:=]?\s{0,3}(?P<zero>0)(?=\s*(?:[,;/)\n]|\.?\s*$|\.\s))")

EQUIVOCAL = re.compile(r"\bequivocal|\bindeterminate|\bborderline|\binconclusive")
HER2_SCORE = re.compile(r"^(?:\s?status)?[\s:=.\-]{0,45}(?P<third>[0-3])\+?\s?(?:/|out of|of)\s?3(?![\d.])|(?<![\d/.\-#a-z])(?P<score>[0-3])\s?\+|\bscored?(?:\s?(?:of|is|as|=|:))*[\s(]{0,3}(?P<bare>[0-3])(?![\d.%]|\s?/(?!\s?3))|\((?P<paren>[0-3])\)|^(?:\s?st\w{3,5})?[\s:.\-]{0,45}(?:\(?(?:by )?(?:ihc|immunohistochemistry)\)?[\s:.\-]{1,3}){0,2}(?P<first>0)(?=\s*(?:[,;.()]|$|to|-|or)|\s*\n)")
ZERO_TO_ONE = re.compile(r"\b(?:0|zero)\s?(?:\+|)\s?(?:to|or|-|/)\s?1\s?\+?")
HER2_NEGATIVE = re.compile("|".join((NEGATIVE.pattern, word_starts(
    "not over-?express", "no over-?expression", "without over-?expression", r"non[\s-]?over-?express", r"normal\b", "not amplif"),
    r"l(?<=^[\s-].)ow\b", r"u(?<=^[\s-].)ltra-?low\b")))
HER2_POSITIVE = re.compile("|".join((word_starts(
    "positiv", "postive", r"pos\b", r"over-?express(?:ed|ing)\b",
    *(verb + r"\s(?!no\b|not\b|negative)(?:\w+\s){0,3}?over-?expression" for verb in ("shows?", "with", "demonstrates?", "is")),
    r"over-?expression[\s:.,\-]{0,3}(?:is )?(?:present|detected|identified|positive|seen)", "strongly"),
    r"\+(?<![\d+].)\+{0,2}(?!\d)")))
ISH_WORD = re.compile("|".join((word_starts(
    r"cop(?:y|ies)\b", r"dish\b", r"cish\b", r"fish\b", r"ish\b", r"ce[pn]\s?-?17", "amplif", "signal", r"ratio\b", "chromosome 17"),
    r"in[\s\-]situ hybridi[sz]", "vysis", "pathvysion")))
IHC_WORD = re.compile(r"\bihc\b|immunohisto|immunoperox|herc?eptest|\bmembran|over-?express|\bprotein\b")
ISH_NEGATIVE = re.compile(
    r"\b(?:not|non|no|no evidence of|without|un|negative for|absence of|lack of)[\s\-.]*(?:her-?2(?:/neu)? )?(?:gene )?amplif\w*|\bunamplified|\bamplif\w+[\s:.\-]{1,3}(?:not (?:detected|identified|present)|negative|absent|none|no\b)|\bnot[\s.]{1,3}amplified"
    # A bound instead of the ratio itself; a legend goes on to say what the bound means.
    r"|\bratio(?:\s?(?:is|was|of|[:=]))?\s?(?:<|&lt;|less than|below|under)\s?(?:2(?:[.,]0)?|1[.,]8)(?![\d%]|[.,]\d|\s?(?:is|are|indicat\w+|means?|suggests?|denotes?|[:=(\-]|or\b|and\b|to\b|,? (?:not|non|negative|un)))")
ISH_POSITIVE = re.compile(r"\bamplified|\bamplif\w+ (?:is |was )?(?:present|detected|identified|positive|seen)|\bamplif\w+[\s:.\-]{1,3}(?:present|detected|identified|positive|yes)|(?:positive|evidence) (?:for|of) (?:her-?2(?:/neu)? )?(?:gene )?amplif")
ISH_BEFORE_NEGATIVE = re.compile(r"\b(?:no|negative for|without|lack of)[\s.]{1,2}(?:gene )?amplification (?:of|for)[\s.]{1,2}(?:the )?$")
ISH_BEFORE_POSITIVE = re.compile(
    r"\b(?:shows?|demonstrates?|reveals?|positive for|presence of|(?<!no )evidence of)[\s.]{1,2}(?:gene )?amplification (?:of|for)[\s.]{1,2}(?:the )?$")
#: "No evidence of HER2 amplification", "shows HER2 overexpression": the verb in front of the name, the noun behind it.
SPLIT_NEGATIVE = re.compile(r"\b(?:no|without|not show|lacks|lack of|absence of|negative for)\s(?:evidence of |(?:\w+ )?)$")
SPLIT_POSITIVE = re.compile(r"\b(?:shows?|demonstrates?|reveals?|evidence of|positive for|with|presence of)\s(?:the )?$")
SPLIT_AMPLIFIED = re.compile(r"\s?(?:gene |oncogene )?amplification(?!\s?(?:testing|studies|study|status|analysis|result|assay|test\b|by\s\w+[\s:]{1,2}(?:not|neg|pos)|[:=]|\())")
#: "The tumor overexpresses HER2", "does not overexpress HER2/neu".
EXPRESSED_BEFORE = re.compile(r"(?P<negated>\b(?:not|no|without|non)[\s-](?:\w+ )?)?\bover-?express(?:es|ing|ed|ion of)? (?:the )?$")
#: Mean copy number of the HER2 gene: below 4.0 negative, from 6.0 positive, equivocal between (ASCO/CAP 2013, 2018).
COPIES = re.compile(r"\s?(?:mean |average )?(?:gene )?(?:copy number|copies|signals?)(?: number)?(?: ?(?:per|/) ?(?:\w+ )?(?:cell|nucle(?:us|i)))?[^0-9\n]{0,20}(?P<copies>\d{1,2}(?:[.,]\d{1,2})?)(?![\d%+])")
ISH_NAME = re.compile(r"\b[dcf]ish\b|hybridi[sz]ation")
ISH_EQUIVOCAL = re.compile(r"\b(?:equivocal|borderline|indeterminate)")
ISH_BEFORE = re.compile(r"\b[fcd]ish[\s):,\-]{0,4}$|amplification (?:of|for)[\s.]{1,2}(?:the )?$|hybridi[sz]ation[\s\w():,\-]{0,20}$")
POSITIVE_WORD = re.compile(r"\bpositiv|^\s?\(?\+(?![\d+])")
#: What completes a result: the rest of its word and a parenthesis directly behind.
REST = re.compile(r"[a-z%+]*(?:\s?\([^()\n]{1,30}\))?\)?")
RATIO = re.compile(r"(?:\bratio\b|^\s?(?:[:/]|to)\s?(?:cep|cen|chr|chromosome|d)\s?-?\s?17(?:z1)?(?=\s?(?:signals?\s?)?(?:[=:]|is\b|was\b)))[^0-9\n]{0,60}(?:2\s?(?:/|:|to)\s?(?:cep\s?)?(?:chromosome\s)?17\)?[^0-9\n]{0,30})?(?P<ratio>\d{1,2}[.,]\d{1,2})|\bratio\b[^0-9.;\n]{0,24}(?:is|of|=|:|was|tumou?r is)\s?(?P<whole>\d)(?![\d.,%+]|\s?(?:cells|nuclei))")
#: A conclusion that may stand some sentences behind the marker: "... therefore both are interpreted as negative".
CONCLUSION = re.compile(r"\b(?:interpret[ei]d|reported|considered|judged|regarded)[\s.]{1,2}(?:as|to be)[\s.]{1,3}(?P<value>positive|negative|equivocal)")
#: A marker's name that opens the legend of its method: "amplified HER-2/neu levels: > 2.20".
LEGEND_BEHIND = re.compile(
    r"\s?[0-3]\s?\+\s(?:is|are)\s(?:defined|considered)\b|\s?(?:ihc\s)?scor(?:ing|e)\s?(?:system|criteria|guide|key|scheme|method|legend|interpretation)|\s?(?:ihc\s)?scoring\s?[:(]"
    r"|\.?\s*results\s(?:are|were)\s(?:interpreted|reported|scored)\s(?:according|per|following|using|as per)\b|\.?\s*(?:gene\s)?levels?\.?\s*:|\s*(?:status\s)?(?:is|are)\s(?:considered|defined|regarded)\b"
    r"|\s*(?:results?|status|testing|scores?)?\s*(?:is|are|was|were)\s(?:interpreted|reported|scored|assessed|evaluated)\s(?:according|in accordance|per|following|using|as per)\b")
LEGEND_BEFORE = re.compile(r"\bscores?\sof\s[0-3]\s?\+\s(?:is|are|indicates?)\s$|\b(?:defined|considered)\sas\s(?:an?\s)?$|\b(?:patients?\swith|indicated\s(?:for|in)|therapy\s(?:for|of)|treatment\sof)\s(?:\w+\s)?$|\bcontrols?\s(?:slides?\s)?(?:for|of|stained (?:for|with))\s(?:the\s)?$|\b(?:reference\s+(?:range|values?)|guidelines?|criteria|interpretation\sof|cut-?off)\b[^.;:]{0,30}$")
#: A parenthesis of method behind a name; the result comes behind it.
METHOD = re.compile(r"\s?\((?=[^()]{12,220}\))[^()]*\b(?:method|antibody|clone|dako|ventana|fda)\b[^()]*\)")
#: Nuclear staining is never a result of HER2, which stains the membrane: it is the neighbour's in a flattened table.
NUCLEAR = re.compile(r"\bnucle(?:ar|i)\b")
#: The result of the other breast's tumour.
OTHER_BREAST = re.compile(r"[^.;\n]{0,90}\b(?:other|opposite|contralateral) (?:breast|side)\b")
#: Signs for a score: "++" is 2+, "(+++)" 3+; one plus is a plain positive.
SIGNS = re.compile(r"[\s:=]{0,3}\(?(?P<signs>\+{2,3})(?![\d+])")
#: The groups of a dual-probe assay (ASCO/CAP 2018): 1 is amplified, 5 is not; 2 to 4 wait for the stain.
ISH_GROUP = re.compile(r"\bgroup\s(?P<group>[15])(?!\d)")
#: A bound directly before the figure of a ratio.
BELOW, ABOVE = re.compile(r"(?:[<≤]|&lt;|less than|below|under)\s?$"), re.compile(r"(?:[>≥]|&gt;|greater than|more than|above|over|at least)\s?=?\s?$")
#: The tumour or specimen that results are given for, where a report has several: "Tumor 1:", "Part #4.", "Larger focus -".
FOCUS = re.compile(
    r"\b(?:(?:tumou?r|focus|lesion|mass|nodule|carcinoma|part|specimen)\s?(?:#|no\.?|number)?\s?(?P<number>[1-9]|[a-h]|one|two|three|i{1,3})(?![\w+%/])(?!\.\d)"
    r"|(?P<name>first|second|third|larger|largest|smaller|smallest|left|right)\s(?:breast\s)?(?:tumou?r|focus|lesion|mass|carcinoma))(?=\s?[:.,()\-\n#]|\s(?:is|er|pr|her|estrogen)\b)")
#: The result is in another report, and nothing here repeats it.
ELSEWHERE = re.compile(r"[\s:.\-(]{0,4}(?:please\s)?(?:see|performed\son|done\son|reported\s(?:on|with|in)|refer\sto)\s(?![^.]{0,60}\bresults?\s?:\s?(?:positive|negative|equivocal|immunoreactive|amplified|not\samplified|[0-3]\s?\+))[^.]{0,60}\.(?!\s*(?:results?|positive|negative|immunoreactive)\b)")
#: "A ratio of 2.0 or greater is considered amplified" is the method, not the result.
RATIO_LEGEND = re.compile(r"(?:r|a r|any r)atio (?:of |from )?(?:less than|greater than|more than|<|>|≥|≤|=|>=)?\s?\d[.,]\d+\s?(?:or|and|to|-)?\s?(?:greater|more|above|less|higher|\d[.,]\d+)?[^.\n]{0,30}\b(?:is|are|indicates?)\s(?:considered|defined|interpreted|regarded|reported)?[^.;\n]{0,40}")
