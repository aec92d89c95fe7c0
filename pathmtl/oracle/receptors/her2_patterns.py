"""Results of HER2 only: the stain (IHC) first, then in-situ hybridization (ISH) (ASCO/CAP 2018, affirmed in 2023).

A new HER2 wording belongs here; what to make of it is decided in ``her2_ihc`` and ``her2_ish``.
"""

from __future__ import annotations

import re

from pathmtl.oracle.receptors.status_patterns import NEGATIVE
from pathmtl.oracle.words import word_starts

# The stain.
HER2_SCORE = re.compile(r"^(?:\s?status)?[\s:=.\-]{0,45}(?P<third>[0-3])\+?\s?(?:/|out of|of)\s?3(?![\d.])|(?<![\d/.\-#a-z])(?P<score>[0-3])\s?\+|\bscored?(?:\s?(?:of|is|as|=|:))*[\s(]{0,3}(?P<bare>[0-3])(?![\d.%]|\s?/(?!\s?3))|\((?P<paren>[0-3])\)|(?<![\w+/.])(?P<ocr>[li|])\s?\+(?!\w)|(?<![\d/.\-#a-z])(?P<plus>[0-3]|zero|one|two|three)[\s\-]plus\b|\bintensity(?:\sscore)?(?:\s?(?:of|is|:|=))?\s{0,2}(?P<intensity>[0-3])(?![\d.%])|^(?:\s?st\w{3,5})?[\s:.\-]{0,45}(?:\(?(?:by )?(?:ihc|immunohistochemistry)\)?[\s:.\-]{1,3}){0,2}(?P<first>0)(?=\s*(?:[,;.()]|$|to|-|or)|\s*\n)")
ZERO_TO_ONE = re.compile(r"\b(?:0|zero)\s?(?:\+|)\s?(?:to|or|-|/)\s?1\s?\+?")
#: Signs for a score: "++" is 2+, "(+++)" 3+; one plus is a plain positive.
SIGNS = re.compile(r"[\s:=]{0,3}\(?(?P<signs>\+{2,3})(?![\d+])")
HER2_NEGATIVE = re.compile("|".join((NEGATIVE.pattern, word_starts(
    r"not over[\s-]?express", r"no (?:evidence of )?over[\s-]?expression", r"without (?:evidence of )?over[\s-]?expression", r"non[\s-]?over[\s-]?express", r"score negative", r"normal\b", "not amplif"),
    r"l(?<=^[\s-].)ow\b", r"u(?<!\w.)ltra[\s-]?low\b")))
HER2_POSITIVE = re.compile("|".join((word_starts(
    "positiv", "postive", r"pos\b", r"over[\s-]?express(?:ed|ing)\b",
    *(verb + r"\s(?!no\b|not\b|negative)(?:\w+\s){0,3}?over[\s-]?expression" for verb in ("shows?", "with", "demonstrates?", "is")),
    r"over[\s-]?expression[\s:.,\-]{0,3}(?:is )?(?:present|detected|identified|positive|seen)", "strongly"),
    r"\+(?<![\d+].)\+{0,2}(?!\d)")))
#: "The tumor overexpresses HER2", "does not overexpress HER2/neu".
EXPRESSED_BEFORE = re.compile(r"(?P<negated>\b(?:not|no|without|non)[\s-](?:\w+ )?)?\bover[\s-]?express(?:es|ing|ed|ion of)? (?:the )?$")
#: Nuclear staining is never a result of HER2, which stains the membrane: in a flattened table it belongs to the neighbor.
NUCLEAR = re.compile(r"\bnucle(?:ar|i)\b")

# In-situ hybridization.
ISH_WORD = re.compile("|".join((word_starts(
    r"cop(?:y|ies)\b", r"dish\b", r"cish\b", r"fish\b", r"ish\b", r"ce[pn]\s?-?17", "amplif", "signal", r"ratio\b", "chromosome 17"),
    r"in[\s\-]situ hybridi[sz]", "vysis", "pathvysion")))
ISH_NAME = re.compile(r"\b[dcf]ish\b|hybridi[sz]ation")
ISH_NEGATIVE = re.compile(
    r"\b(?:not|neither) (?:\w+ly )?over[\s-]?express\w*\s?(?:/|,|or|and|nor)\s?(?:gene[\s-])?amplif\w+|\bnor (?:gene[\s-])?amplif\w+|\bneither amplif\w+|\bnot (?:been |significantly |highly )amplified"
    r"|\b(?:not|non|no|no evidence of|without|un|negative for|absence of|lack of)[\s\-.]*(?:her-?2(?:/neu)? )?(?:gene )?amplif\w*|\bunamplified|\bamplif\w+[\s:.\-]{1,3}(?:(?:is |was )?not (?:detected|identified|present|found|seen|observed|demonstrated)|negative|absent|none|no\b)|\bnot[\s.]{1,3}amplified"
    # A bound instead of the ratio itself; a legend then says what the bound means.
    r"|\bratio(?:\s?(?:is|was|of|[:=]))?\s?(?:<|&lt;|less than|below|under)\s?(?:2(?:[.,]0)?|1[.,]8)(?![\d%]|[.,]\d|\s?(?:is|are|indicat\w+|means?|suggests?|denotes?|[:=(\-]|or\b|and\b|to\b|,? (?:not|non|negative|un)))")
ISH_POSITIVE = re.compile(r"\bamplified|\bamplif\w+ (?:is |was )?(?:present|detected|identified|positive|seen)|\bamplif\w+[\s:.\-]{1,3}(?:present|detected|identified|positive|yes)|(?:positive|evidence) (?:for|of) (?:her-?2(?:/neu)? )?(?:gene )?amplif")
ISH_EQUIVOCAL = re.compile(r"\b(?:equivocal|borderline)")
POSITIVE_WORD = re.compile(r"\bpositiv|^\s?\(?\+(?![\d+])")
ISH_BEFORE = re.compile(r"\b[fcd]ish[\s):,\-]{0,4}$|amplification (?:of|for)[\s.]{1,2}(?:the )?$|hybridi[sz]ation[\s\w():,\-]{0,20}$")
ISH_BEFORE_NEGATIVE = re.compile(r"\b(?:no|negative for|without|lack of)[\s.]{1,2}(?:gene )?amplification (?:of|for)[\s.]{1,2}(?:the )?$")
ISH_BEFORE_POSITIVE = re.compile(
    r"\b(?:shows?|demonstrates?|reveals?|positive for|presence of|(?<!no )evidence of)[\s.]{1,2}(?:gene )?amplification (?:of|for)[\s.]{1,2}(?:the )?$")
#: "No evidence of HER2 amplification", "shows HER2 overexpression": the verb in front of the name, the noun behind it.
SPLIT_NEGATIVE = re.compile(r"\b(?:no|without|not show|lacks|lack of|absence of|negative for)\s(?:evidence of |(?:\w+ )?)$")
SPLIT_POSITIVE = re.compile(r"\b(?:shows?|demonstrates?|reveals?|evidence of|positive for|with|presence of)\s(?:the )?$")
SPLIT_AMPLIFIED = re.compile(r"\s?(?:gene |oncogene )?amplification(?!\s?(?:testing|studies|study|status|analysis|result|assay|test\b|by\s\w+[\s:]{1,2}(?:not|neg|pos)|[:=]|\())")
#: "2+ by IHC, negative by FISH": the word in front of the assay's name is that assay's result.
BY_NEXT = re.compile(
    r"\b(?P<value>(?:not |non-?)amplified|amplified|positive|negative|equivocal)\s(?:result\s)?(?:by|on|with|using)\s"
    r"(?:reflex\s|dual[\s-]|subsequent\s|(?:fluorescen(?:ce|t)|chromogenic|silver)\s){0,2}(?:the\s)?\(?$")
RATIO = re.compile(r"(?:\bratio\b|^\s?(?:[:/]|to)\s?(?:cep|cen|chr|chromosome|d)\s?-?\s?17(?:z1)?(?=\s?(?:signals?\s?)?(?:[=:]|is\b|was\b)))[^0-9\n]{0,60}(?:2\s?(?:/|:|to)\s?(?:cep\s?)?(?:chromosome\s)?17\)?[^0-9\n]{0,30})?(?P<ratio>\d{1,2}[.,]\d{1,2})|\bratio\b[^0-9.;\n]{0,24}(?:is|of|=|:|was|tumou?r is)\s?(?P<whole>\d)(?![\d.,%+]|\s?(?:cells|nuclei))")
#: A bound directly before the figure of a ratio.
BELOW, ABOVE = re.compile(r"(?:[<≤]|&lt;|less than|below|under)\s?$"), re.compile(r"(?:[>≥]|&gt;|greater than|more than|above|over|at least)\s?=?\s?$")
#: "A ratio of 2.0 or greater is considered amplified" is the method, not the result.
RATIO_LEGEND = re.compile(r"(?:r|a r|any r)atio (?:of |from )?(?:less than|greater than|more than|<|>|≥|≤|=|>=)?\s?\d[.,]\d+\s?(?:or|and|to|-)?\s?(?:greater|more|above|less|higher|\d[.,]\d+)?[^.\n]{0,30}\b(?:is|are|indicates?)\s(?:considered|defined|interpreted|regarded|reported)?[^.;\n]{0,40}")
#: Mean copy number of the HER2 gene: below 4.0 negative, from 6.0 positive; between, the stain decides (ASCO/CAP 2018).
COPIES = re.compile(r"\s?(?:mean |average )?(?:gene )?(?:copy number|copies|signals?)(?: number)?(?: ?(?:per|/) ?(?:\w+ )?(?:cell|nucle(?:us|i)))?[^0-9\n]{0,20}(?P<copies>\d{1,2}(?:[.,]\d{1,2})?)(?![\d%+])")
#: Copies behind a ratio: "ratio 2.4 (3.5 copies/cell)", "ratio 1.7, HER2 copies per cell 6.4"; those of the centromere do not count.
COPIES_BEHIND = re.compile(
    r"(?P<copies>\d{1,2}[.,]\d{1,2})\s(?:average |mean )?(?:gene )?(?:copies|signals)\b(?! (?:of |for )?(?:cep|cen|chr))"
    r"|(?<!17 )(?:copy number|copies|signals)(?:\s?(?:/|per)\s?(?:tumou?r )?(?:cell|nucleus))?[^0-9\n;]{0,12}(?P<later>\d{1,2}[.,]\d{1,2})")
#: The groups of a dual-probe assay (ASCO/CAP 2018): 1 is amplified, 5 is not; 2 to 4 need the stain.
ISH_GROUP = re.compile(r"\bgroup\s(?P<group>[1-5])(?!\d)")
