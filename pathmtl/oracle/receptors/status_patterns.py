"""Result words that ER, PR and HER2 share: positive, negative, equivocal, behind a name and in front of it."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

#: Result words in front: "positive for ER and PR", "negative for HER2", "no expression of".
BEFORE_POSITIVE = re.compile(r"\b(?<!non-)(?<!non )(?:positive(?:ly)?|(?:immuno)?reactive|immunopositive|positivity|(?:strong|weak|moderate)(?:ly positive)?|immunoreactivity|staining|cells (?:\w+ly )?stain(?:ed)?) (?:nuclear )?(?:staining |expression |immunoreactivity )?(?:for|of|with|to) (?:the )?(?:both )?(?:antibodies to )?$")
BEFORE_NEGATIVE = re.compile(
    r"\b(?:(?:negative(?:ly)?|non[\s-]?(?:immuno)?reactive|immunonegative|negativity|no (?:\w+ ){0,2}(?:staining|stain|expression|(?:immuno)?reactivity|reaction|positivity|amplification|over[\s-]?expression)|lack|loss|absence|devoid)"
    r"\s(?:staining |expression )?(?:for|of|with|to) |(?:do(?:es)?|did) not (?:over[\s-]?)?(?:express|stain for|react with) |fail(?:s|ed)? to (?:over[\s-]?)?(?:express|stain for) |lack(?:s|ing) |absent |not (?:immuno)?reactive (?:for|with|to) )(?:the )?(?:both |either )?$")
BEFORE_NONE = re.compile(r"\bno[\s.]{1,2}$|\b(?:no|without) (?:\w+ )?evidence of (?:either )?$|\bneither (?:the )?$")
#: The last words of these; looking at the end is faster than searching.
LAST_WORDS = ("for ", "of ", "with ", "to ", "the ", "both ", "either ", "express ", "lacks ", "lacking ", "absent ")
LAST_OF_NONE = ("no ", "no\n", "no. ", "no.\n", "no.", "no  ", "of ", "either ", "neither ", "the ")
#: "No ER result is available": the noun behind the name is about the test.
ABOUT_TEST = re.compile(r"\s?(?:/\s?pr\s?)?(?:results?|reports?|stud(?:y|ies)|data|slides?|information|test(?:s|ing)?|stains?|status|analys[ei]s|assays?|blocks?|prior)\b")
#: "Not HER2 amplified", "not ER positive": the name stands within the result.
NOT_BEFORE, SPLIT_POSITIVITY = re.compile(r"\bnot\s$"), re.compile(r"[\s-](?:positive|amplified|over-?express)")
NEGATIVE = re.compile("|".join((word_starts(
    "negative", r"negativ\b", r"neg\b", r"not (?:detected|detectable|express(?:ed|ing)?|identified|present|seen|found|stain(?:ed|ing)?|demonstrated|over[\s-]?express(?:ed|ing)?|reactive|immunoreactive|positive)", r"absent\b",
    r"non[\s-]?(?:immuno)?-?reactiv", "immunonegativ", r"neither (?:\w+ly )?(?:over[\s-]?express|positive|amplif|expressed)", "unfavou?rable", r"no (?:\w+ )?(?:staining|expression|immunoreactiv\w+|reactivity|reaction|over[\s-]?expression|nuclear)", r"no (?:\w+ ){0,3}receptors? (?:was |were |is |are )?(?:found|detected|seen|identified)",
    r"none\b", "lack of", r"undetect\w+"),
    r"-\s?ve\b", r"-(?:(?<=^.)|(?<=^[\s:].)|(?<=^[\s:]{2}.)|(?<=^[\s:]{3}.))(?=\s?[,;)/]|\.?\s*$)", r"\(\s?-\s?\)")))
POSITIVE = re.compile("|".join((word_starts(
    "positiv", "postive", r"pos\b", *(word + r"(?!\s(?:is |was )?(?:not|absent|negative)\b)" for word in ("immunoreactiv(?:e|ity)", "reactiv(?:e|ity)")), "strong", "moderate", "weak", "expressed", r"present\b",
    r"over[\s-]?express", "immunopositiv", r"detected\b", r"found in\b", "diffuse"),
    r"f(?<!un.)avou?rable", r"\+(?<![\d+].)\+{0,2}(?!\d)")))
EQUIVOCAL = re.compile(r"\bequivocal|\bborderline")
#: A test without a result, not an equivocal one (ASCO/CAP 2018: technical failure, repeat the test).
NO_RESULT = re.compile(r"\bindeterminate|\binconclusive|\bnon-?contributory|\bfailed|\bnot interpretable|\buninterpretable")
#: "Changed from positive to negative", "corrected to positive": the new result counts (paper, S1-A: an amendment replaces).
CHANGED = re.compile(r"\b(?:changed|revised|corrected|amended|updated)\s(?:from\s[\w+%]+\s)?(?:in)?to\s(?P<value>positive|negative|equivocal)\b")
#: A conclusion that may stand some sentences behind the marker: "... therefore both are interpreted as negative".
CONCLUSION = re.compile(r"\b(?:interpret[ei]d|reported|considered|judged|regarded)[\s.]{1,2}(?:as|to be)[\s.]{1,3}(?P<value>positive|negative|equivocal)")
#: The result is in another report, and nothing here repeats it.
ELSEWHERE = re.compile(r"[\s:.\-(]{0,4}(?:please\s)?(?:see|performed\son|done\son|reported\s(?:on|with|in)|refer\sto)\s(?![^.]{0,60}\bresults?\s?:\s?(?:positive|negative|equivocal|immunoreactive|amplified|not\samplified|[0-3]\s?\+))[^.]{0,60}\.(?!\s*(?:results?|positive|negative|immunoreactive)\b)")
