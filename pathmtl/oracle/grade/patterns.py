"""Histologic grade: Nottingham (Elston-Ellis), Scarff-Bloom-Richardson and differentiation (CAP breast protocol)."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

_VALUE = r"(?P<value>iii|ii|i|[1-3]|three|two|one|lll|ll|l|high|low|intermediate|moderate|poor|well)"
_SYSTEM = (r"(?:nottingham|elston(?:[\s\-]*(?:and |& ?)?ellis)?|(?:modified )?(?:scarff[\s,\-]*)?bloom(?:[\s,\-]*(?:and |& ?)?richardson)?|"
           r"sbr|msbr|mbr|n?hg|overall|combined|histologic(?:al)?|histopathologic(?:al)?|tumou?r|who|final|total)")
_LINK = r"(?:[\s:.,;\-=()|]{0,4}|[\s:=|]?[.\s|]{3,45})"
_END = r"(?![a-z0-9%])(?!\s?[.,]\d)(?!\s?/\s?9)(?!\s?(?:cm|mm)\b)"

#: "grade III", "grade 2/3", "grade (Nottingham): 2"; what stands before it says whose grade it is.
GRADE = re.compile(
    rf"grade(?:\s*\([^()]{{0,50}}\))?(?:\s+(?:is|was|of))?{_LINK}(?:grade\s|g\s?)?{_VALUE}{_END}")
#: A named system before the word grade, or in parentheses behind it.
SYSTEM_BEFORE = re.compile(
    rf"\b{_SYSTEM}(?:[\s\-]+(?:histologic(?:al)?|combined|modified|score|system|sbr|tumou?r|nottingham|\(sbr\)|\(nottingham\)))*{_LINK}\s?$")
SYSTEM_BEHIND = re.compile(r"grade\s*\([^()]{0,30}(?:nottingham|elston|bloom|sbr|scarff|msbr)")
#: "high grade", "low-grade": the word before; not where dysplasia or in-situ carcinoma is graded.
WORD_GRADE = re.compile(r"grade(?![\s\-]*(?:\w+[\s\-]){0,2}(?:dysplasia|dcis|(?:ductal |lobular )?carcinoma in[\s\-]situ|intraepithelial|prostatic|squamous intra|(?:hg)?pin\b|[acv]in\b))")
WORD_BEFORE = re.compile(r"\b(?P<value>high|intermediate|low)[\s\-]{1,2}$")
SHORT_GRADE = re.compile(r"g(?<![a-z0-9]g)(?:\s?(?P<value>[1-3])|\s(?P<roman>iii|ii|i))(?![a-z0-9%])(?!\s?[.,]\d)")
#: Gn needs a neighbor that is a code or a grade word.
SHORT_COMPANY_BEFORE = re.compile(
    r"(?:(?:carcinoma|nos|ductal|lobular|grade|histologic|adenocarcinoma|differentiation|[pt]\s?[0-4][a-c]?|n\s?[0-3x][a-c]?|m\s?[x01])[\s,;:(.\-]{0,3}"
    r"|\b(?:is|as)\s)$")
SHORT_COMPANY_AFTER = re.compile(r"[\s,;)]{0,3}(?:p?t\s?[0-4]|\(?(?:well|moderate|poor))")
#: "The carcinoma is III of III".
SCALE_GRADE = re.compile(r"s(?=\s[i1-3])(?<=\b[ia]s)\s(?P<value>iii|ii|i|[1-3])\s?(?:of|/)\s?(?:iii|3)(?![\w/])")
#: "3/3" style scales after a system name without the word grade; "Nottingham 8/9", "SBR score 7", "Nottingham score: 3+2+1=6".
NAMED_SCORE = re.compile(
    r"\b(?:nottingham|elston(?:[\s\-]*ellis)?|(?:scarff[\s\-]*)?bloom[\s,\-]*(?:and |& ?)?richardson|sbr|msbr|combined|total|overall)"
    r"(?:[\s\-]+(?:histologic(?:al)?|combined|modified|score|scores|grade|system|total|overall|sum|\([^()]{0,30}\)))*"
    r"[\s:.,\-=()]{1,4}(?:of |is )?(?:g\s?)?(?:[1-3]\s?\+\s?[1-3]\s?\+\s?[1-3]\s?=\s?)?(?P<score>[1-9])(?:\s?(?:/|of|out of)\s?(?P<scale>[39]))?(?![0-9%+])(?!\s?(?:[.,]\d|cm\b|mm\b))")
SCORE_ANCHORS = ("nottingham", "elston", "scarff", "bloom", "sbr", "msbr", "combined", "total", "overall")
DIFFERENTIATION_ANCHORS = ("well", "moderately", "poorly", "intermediate", "undifferentiated")
COMPONENT_ANCHORS = ("tubul", "glandular")
DIFFERENTIATION = re.compile(
    r"\b(?P<value>well|moderately|poorly|intermediate|undifferentiated)(?:[\s\-]*(?:to|and|/|-)[\s\-]*(?P<second>moderately|poorly|well))?"
    r"[\s\-]*(?:diff\b|diff\.|differentiated|differentiation)")
COMPONENTS = re.compile(
    r"\b(?:tubul\w+|glandular)(?:[\s/]+\w+){0,4}?[\s:=.\-()]{1,4}(?:score\s?)?(?P<tubule>[1-3])(?!\d|\.\d)[^\n]{0,110}?(?:\n\s*)?"
    r"\b(?:nuclear|pleomorph\w+)(?:[\s/]+\w+){0,3}?[\s:=.\-()]{1,4}(?:score\s?)?(?P<nuclear>[1-3])(?!\d|\.\d)[^\n]{0,110}?(?:\n\s*)?"
    r"\bmito\w+(?:[\s/]+\w+){0,3}?[\s:=.\-()]{1,4}(?:score\s?)?(?P<mitotic>[1-3])(?!\d|\.\d)")
#: Grades of something else: the nucleus, carcinoma in situ, another organ's scale.
OTHER_GRADE = re.compile(
    "(?:" + word_starts(*(name + r"\b[\s:,.\-]{0,2}(?:\w+[\s,\-]{1,2}){0,2}(?:\w+\s?)?(?:\([^()]{0,20}\))?" for name in (
        "nuclear", "nucleus", "fuhrman", "isup", "furhman", "figo", "gleason", "dcis", r"in[\s\-]situ", "intraductal", "dysplasia",
        r"cytologic(?:al)?", "architectural", "cin", "prognostic", "treatment", "regression", "inflammation", "necrosis", "steatosis",
        "fibrosis")), "grade of dcis") + r")[\s:,.\-()|=]{0,130}$")
IN_SITU_SENTENCE = re.compile(r"(?:d(?:uctal carcinoma in[\s\-]situ|(?<!\w.)cis\b)|l(?<!\w.)cis\b|i(?:ntraductal carcinoma|n[\s\-]situ component))[^.\n]{0,90}(?:\n[^.:\n]{0,60})?$")
INVASIVE_AFTER = re.compile(r"(?:invasive|infiltrating|nottingham|histologic)[^.]{0,120}$")
WORDS: dict[str, str] = {"well": "G1", "low": "G1", "moderately": "G2", "moderate": "G2", "intermediate": "G2", "poorly": "G3",
                         "poor": "G3", "high": "G3", "undifferentiated": "G3"}
