"""Result words that ER, PR and HER2 share: positive, negative, equivocal, behind a name and in front of it."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

#: Result words in front: "positive for ER and PR", "negative for HER2", "no expression of".
BEFORE_POSITIVE = re.compile(r"\b(?:positive|reactive|immunoreactive|positivity|(?:strong|weak|moderate)(?:ly positive)?|immunoreactivity|staining) (?:nuclear )?(?:staining |expression |immunoreactivity )?(?:for|of|with) (?:the )?(?:both )?(?:antibodies to )?$")
BEFORE_NEGATIVE = re.compile(
    r"\b(?:(?:negative|non-?reactive|negativity|no (?:\w+ )?(?:staining|expression|immunoreactivity|amplification|over-?expression)|lack|absence)"
    r"\s(?:staining |expression )?(?:for|of|with) |do(?:es)? not express |lacks |absent )(?:the )?(?:both )?$")
BEFORE_NONE = re.compile(r"\bno[\s.]{1,2}$")
#: "Not HER2 amplified", "not ER positive": the name stands within the result.
NOT_BEFORE, SPLIT_POSITIVITY = re.compile(r"\bnot\s$"), re.compile(r"[\s-](?:positive|amplified|over-?express)")
NEGATIVE = re.compile("|".join((word_starts(
    "negative", r"negativ\b", r"neg\b", "not (?:detected|expressed|identified|present|seen|demonstrated|over-?expressed|reactive)", r"absent\b",
    "non-?reactive", "unfavou?rable", r"no (?:\w+ )?(?:staining|expression|immunoreactiv\w+|reactivity|reaction|over-?expression|nuclear)",
    r"none\b", "lack of", r"undetect\w+"),
    r"-(?:(?<=^.)|(?<=^[\s:].)|(?<=^[\s:]{2}.)|(?<=^[\s:]{3}.))(?=\s?(?:[,;)/]|$))", r"\(\s?-\s?\)")))
POSITIVE = re.compile("|".join((word_starts(
    "positiv", "postive", r"pos\b", *(word + r"(?!\s(?:is |was )?(?:not|absent|negative)\b)" for word in ("immunoreactiv(?:e|ity)", "reactiv(?:e|ity)")), "strong", "moderate", "weak", "expressed", r"present\b",
    "over-?express", r"detected\b", r"found in\b", "diffuse"),
    r"f(?<!un.)avou?rable", r"\+(?<![\d+].)\+{0,2}(?!\d)")))
EQUIVOCAL = re.compile(r"\bequivocal|\bindeterminate|\bborderline|\binconclusive")
#: A conclusion that may stand some sentences behind the marker: "... therefore both are interpreted as negative".
CONCLUSION = re.compile(r"\b(?:interpret[ei]d|reported|considered|judged|regarded)[\s.]{1,2}(?:as|to be)[\s.]{1,3}(?P<value>positive|negative|equivocal)")
#: The result is in another report, and nothing here repeats it.
ELSEWHERE = re.compile(r"[\s:.\-(]{0,4}(?:please\s)?(?:see|performed\son|done\son|reported\s(?:on|with|in)|refer\sto)\s(?![^.]{0,60}\bresults?\s?:\s?(?:positive|negative|equivocal|immunoreactive|amplified|not\samplified|[0-3]\s?\+))[^.]{0,60}\.(?!\s*(?:results?|positive|negative|immunoreactive)\b)")
