"""Results of ER and PR only: percentages, Allred and H-scores, intensities (ASCO/CAP 2020, CAP biomarker template)."""

from __future__ import annotations

import re

#: "Tumor cells express ER" is a result of hormone receptors only; for HER2 it says nothing about the amount.
BEFORE_EXPRESSED = re.compile(r"(?<!\bnot )\b(?:express(?:es|ing)?|expression of)\s(?:both\s)?(?:the\s)?$")
#: A share of nuclei; a bound, as in "less than 5 %", decides only where all that it allows lies on one side of 1 %.
PERCENT = re.compile(
    r"(?P<below><\s?=?|&lt;|≤|(?:less|fewer|(?:not|no)\s+more)\s+than(?:\s+or\s+equal\s+to)?|under|below|up\s+to|at\s+most)?\s{0,4}(?P<low>(?:zero|one|two|five|ten)(?=\sper\s?cent)|\d[\do]{0,2}(?:[.,]\d+)?)\s?%?\s?(?:(?:-|–|to)\s?(?P<high>\d{1,3})\s?)?(?:%|percent|per cent|8(?=\s(?:nuclear|of|staining|positive)))")
#: Between a share and the next result: the name of another field ("30%. Margins: negative").
OTHER_FIELD = re.compile(r"[.;,\n]\s*(?!(?:\w+\s){0,2}(?:results?|status|interpretation|score|intensity|staining|reactivity|expression|conclusion|comment)\b)[a-z][\w /-]{1,40}:\s*$")
ALLRED_QUICK = ("allred", "quick", "/8", "/ 8", "of 8", "ps ", "ps:", "ps=", "ts", "proportion")
ALLRED = re.compile(r"\b(?:allred|quick)(?: score| total)?[^0-9\n]{0,25}(?:\d\s?\+\s?\d\s?=\s?)?(?P<score>[0-8])(?![\d.%])|(?<!\d)(?P<leading>[0-8])\s?/\s?8\s?\((?:allred|quick)"
                    # A score out of 8 is Allred's: the sum of proportion (0 to 5) and intensity (0 to 3).
                    r"|^[\s:=.\-]{0,6}(?:positive|negative)?[\s,(]{0,2}(?:score\s?:?\s?)?(?P<eighth>[0-8])\s?(?:/|out of|of)\s?8(?![\d%])|\bproportion(?:\sscore)?\s?[:=]?\s?[0-5](?:/5)?[\s,;+]{1,3}(?:and\s)?intensity(?:\sscore)?\s?[:=]?\s?[0-3](?:/3)?[\s,;=]{1,3}(?:and\s)?total(?:\sscore)?\s?[:=]?\s?(?P<written>[0-8])"
                    r"|^[\s:=(]{0,4}ts\s?[:=]?\s?(?P<only>[0-8])(?!\d)|\bps\s?[:=]?\s?[0-5][\s,;+]{1,3}is\s?[:=]?\s?[0-3][\s,;=]{1,3}(?:ts\s?[:=]?\s?)?(?P<total>[0-8])")
#: The immunoreactive score of Remmele and Stegner, 0 to 12: 0 is negative, from 2 on positive; 1 may be less than 1 % of cells.
IRS = re.compile(r"\b(?:irs|remmele(?:[\s\-/]stegner)?|immunoreactive score)(?:\sscore)?[\s:=(]{0,6}(?P<score>1[0-2]|\d)(?![\d%+]|\.\d)|^[\s:=\-]{0,4}(?:irs\s?)?(?P<leading>1[0-2]|\d)\s?(?:/|of|out of)\s?12(?!\d)")
H_SCORE = re.compile(r"\bh(?:isto)?[\s-]?score[^0-9\n]{0,20}(?P<score>\d{1,3})(?![\d%])")
INTENSITY = re.compile(r"(?<![\d/.])(?P<score>[0-3])\s?\+(?!\s?\d)|^\s?[:=]?\s{0,3}(?P<zero>0)(?=\s*(?:[,;/)\n]|\.?\s*$|\.\s))")
