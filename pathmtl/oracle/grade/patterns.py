"""Histologic grade: Nottingham (Elston-Ellis), Scarff-Bloom-Richardson and differentiation (CAP breast protocol)."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

_VALUE = r"(?P<value>iii|ii|i|[1-3]|three|two|one|lll|ll|l|high|low|intermediate|moderate|poor|well)"
_NAMES = (r"nottingham|elston(?:[\s,/\-]*(?:and |& ?)?ellis)?|(?:modified )?(?:scarff[\s,/\-]*)?bloom(?:[\s,/\-]*(?:and |& ?)?richardson)?|"
          r"[mn]{0,2}sbr|mbr|nhg")
_SYSTEM = rf"(?:{_NAMES}|hg|fnclcc|overall|combined|histologic(?:al)?|histopathologic(?:al)?|tumou?r|who|final|total)"
_LINK = r"(?:[\s:.,;\-=()|\"]{0,4}|[\s:=|]?[.\s|]{3,45})"
_END = r"(?![a-z0-9%])(?!\s?[.,]\d)(?!\s?/\s?9)(?!\s?(?:cm|mm)\b)(?!\s?\+\s?[1-5])"
#: The upper end of a range, "grade 2-3", "I to II": the higher grade counts (SEER, grade coding instructions).
_SECOND = rf"(?:\s?(?:-|to|through)\s?(?:grade\s|g\s?)?(?P<second>iii|ii|i|[1-3]|intermediate|moderate|high|poor){_END}(?!\s?of\s?\d\d))?"

#: "grade III", "grade 2/3", "grade (Nottingham): 2"; what stands before it says whose grade it is.
GRADE = re.compile(
    rf"grade(?:\s*\((?![^()]{{0,30}}(?:fuhrman|nuclear|gleason|isup|figo|black|dcis|in situ))[^()]{{0,50}}\))?(?:\s+(?:is|was|of))?{_LINK}(?:grade\s|g\s?)?{_VALUE}{_END}{_SECOND}")
#: Grades of something else behind the figure: "grade 2 inflammation", "grade 3 DCIS", "grade 2, stage 1" of a hepatitis.
OTHER_BEHIND = re.compile(
    r"\s?(?:(?:/|of)\s?(?:3|4|iii|iv))?[ ](?:dcis|(?:ductal )?carcinoma in[\s\-]situ|in[\s\-]situ|dysplasia|(?:chronic |acute )?inflammation|steatosis|fibrosis|hepatitis|rejection|"
    r"contracture|toxicity|reflux|(?:o?esophag|mucos|dermat|proct)itis|prolapse|varices|ha?emorrhoids|chondromalacia|(?:tumou?r |histologic )?regression|gvhd)(?![\w\s()]{0,25}(?::|\.\.))")
#: "Grade 7/9": a sum out of nine, whatever the system is called.
GRADE_OF_NINE = re.compile(r"grade[\s:=]{1,3}(?P<value>[3-9])\s?(?:/|of|out of)\s?9(?!\d)")
#: "The grade is changed from 3 to 2": the new one counts.
CHANGED = re.compile(
    r"grade\b[^.;\n]{0,40}?\b(?:changed|revised|amended|corrected|modified|updated|downgraded|upgraded)\sfrom\s(?:grade\s|g)?(?:iii|ii|i|[1-3])\s(?:in)?to\s(?:grade\s|g)?(?P<value>iii|ii|i|[1-3])(?![\w%]|[.,]\d)")
#: A system with the grade itself, without the word: "NHG2 (3+2+2)", "Nottingham II (of III)".
SYSTEM_GRADE = re.compile(rf"\b(?:(?:{_NAMES})[\s:=,\-(]{{1,3}}(?P<value>iii|ii|i)(?![\w+])|nhg[\s:=\-]{{0,3}}(?P<digit>[1-3])(?![\w+/]|[.,]\d|\s[+/]))")
SYSTEM_ANCHORS = ("nottingham", "elston", "bloom", "sbr", "mbr", "nhg")
#: A named system before the word grade, or in parentheses behind it.
SYSTEM_BEFORE = re.compile(
    rf"\b{_SYSTEM}(?:[\s\-]+(?:histologic(?:al)?|combined|modified|score|system|sbr|tumou?r|nottingham|\(sbr\)|\(nottingham\)))*{_LINK}\s?$")
SYSTEM_BEHIND = re.compile(r"grade\s*\([^()]{0,30}(?:nottingham|elston|bloom|sbr|scarff|msbr)")
#: "high grade", "low-grade": the word before; not where dysplasia or in-situ carcinoma is graded.
WORD_GRADE = re.compile(r"grade(?![\s\-]*(?:\w+[\s\-]){0,2}(?:dysplasia|dcis|(?:ductal |lobular )?carcinoma in[\s\-]situ|intraepithelial|prostatic|squamous intra|(?:hg)?pin\b|[acv]in\b))")
WORD_BEFORE = re.compile(r"\b(?P<value>high|intermediate|low)[\s\-]{1,2}$")
#: "G2", "G 2-3", "G III", "Gr. 2"; glued to a stage in "pT2pN1aL1V0G3R0", where ``STAGE_TOKEN`` is what stands before it.
SHORT_GRADE = re.compile(
    r"g(?:(?<![a-z0-9]g)(?:\s?(?P<value>[1-3])|\s(?P<roman>iii|ii|i))(?![a-z0-9%])(?!\s?[.,]\d)(?:\s?-\s?g?\s?(?P<second>[1-3])(?![a-z0-9%]|[.,]\d))?"
    r"|(?<=[\dxa-d]g)(?P<glued>[1-3])(?=[rlvp]\d|\b)"
    r"|r(?<!\wgr)\.?\s?(?P<gr>iii|ii|i|[1-3])(?![\w%]|[.,]\d|\s?(?:cm|mm)\b))")
STAGE_TOKEN = re.compile(r"\b[yr]?p?[tn](?:[0-4x][a-d]?(?:mi)?(?:\(\w{1,3}\))?[a-z]{0,2}){2,8}$")
#: Gn needs a neighbor that is a code or a grade word.
SHORT_COMPANY_BEFORE = re.compile(
    r"(?:(?:carcinoma|tumou?r|neoplasm|nos|ductal|lobular|grade|histologic|adenocarcinoma|differentiation|differentiatum|[pt]\s?[0-4][a-c]?|n\s?[0-3x][a-c]?|m\s?[x01])[\s,;:(.\-]{0,3}"
    r"|carcinom[^.\n]{0,50}\(\s?"
    r"|\b(?:is|as)\s)$")
SHORT_COMPANY_AFTER = re.compile(r"[\s,;)]{0,3}(?:p?t\s?[0-4]|\(?(?:well|moderate|poor))")
#: "The carcinoma is III of III".
SCALE_GRADE = re.compile(r"s(?=\s[i1-3])(?<=\b[ia]s)\s(?P<value>iii|ii|i|[1-3])\s?(?:of|/)\s?(?:iii|3)(?![\w/])")
#: "3/3" style scales after a system name without the word grade; "Nottingham 8/9", "SBR score 7", "Nottingham score: 3+2+1=6".
NAMED_SCORE = re.compile(
    rf"\b(?:{_NAMES}|combined|total|overall)"
    r"(?:[\s\-]+(?:histologic(?:al)?|combined|modified|score|scores|grade|system|total|overall|sum|\([^()]{0,30}\)))*"
    r"[\s:.,\-=()]{1,4}(?:of |is )?(?:g\s?)?(?:\(?(?P<sum>[1-3]\s?\+\s?[1-3]\s?\+\s?[1-3])\)?\s?=\s?)?(?P<score>[1-9])(?:\s?(?:/|of|out of)\s?(?P<scale>[39]))?(?![0-9%+])(?!\s?(?:[.,]\d|cm\b|mm\b))")
SCORE_ANCHORS = ("combined", "total", "overall")
#: Totals of other systems: FNCLCC of sarcoma adds differentiation, mitoses and necrosis.
OTHER_TOTAL = re.compile(r"\b(?:necrosis|fnclcc|gleason|ipi|allred|proportion|intensity|h-?score)\b[^\n]{0,80}$")
#: A total is a sum of three points; "score 3" alone may be either.
TOTAL = re.compile(r"\b(?:total|sum)\b|\b(?:combined|overall)\b.*\bscore")
DIFFERENTIATION_ANCHORS = ("well", "mod", "poor", "intermediate", "differentiation")
COMPONENT_ANCHORS = ("tubul", "glandular")
_DEGREE = r"well|mod(?:\.|(?:erate(?:ly)?)?\b)|poor(?:ly)?|intermediate"
DIFFERENTIATION = re.compile(
    rf"\b(?P<value>{_DEGREE})(?:[\s\-]*(?:to|and|/|-|or)[\s\-]*(?P<second>{_DEGREE}))?"
    r"[\s\-]*(?:diff\b|diff\.|differentiat\w{1,4}\b)"
    rf"|\bdifferentiation\s?[:=]\s?(?P<field>{_DEGREE})(?:[\s\-]*(?:to|/|-)[\s\-]*(?P<field_second>{_DEGREE}))?(?![a-z])(?!\sdiff)")
_POINTS = r"[\s:=.\-()*]{1,60}(?:score\s?)?"
COMPONENTS = re.compile(
    rf"\b(?:tubul\w+|glandular)(?:[\s/]+\w+){{0,4}}?{_POINTS}(?P<tubule>[1-3])(?!\d|\.\d)[^\n]{{0,110}}?(?:\n[\s*]*)*"
    rf"\b(?:nuclear|nuclei|pleomorph\w+)(?:[\s/]+\w+){{0,3}}?{_POINTS}(?P<nuclear>[1-3])(?!\d|\.\d)[^\n]{{0,110}}?(?:\n[\s*]*)*"
    rf"\bmito\w+(?:[\s/]+\w+){{0,3}}?{_POINTS}(?P<mitotic>[1-3])(?!\d|\.\d)")
#: Grades of something else: the nucleus, carcinoma in situ, another organ's scale.
OTHER_GRADE = re.compile(
    "(?:" + word_starts(*(name + r"\b[\s:,.\-]{0,2}(?:\w+[\s,\-]{1,2}){0,2}(?:\w+\s?)?(?:\([^()]{0,20}\))?" for name in (
        "nuclear", "nucleus", "fuhrman", r"black'?s", r"modified\sblack", "dworak", "mandard", "ryan", "becker", "baker", "hepatitis", "ishak", "knodell", "metavir", "ctcae", "rejection",
        "gvhd", "reflux", r"esophagitis", r"oesophagitis", "toxicity", "contracture", "prolapse", "varices", "mucositis", "proctitis",
        "chondromalacia", r"ha?emorrhoids", "isup", "furhman", "figo", "gleason", "dcis", r"in[\s\-]situ", "intraductal", "dysplasia",
        r"cytologic(?:al)?", "architectural", "cin", "prognostic", "treatment", "regression", "inflammation", "necrosis", "steatosis",
        "fibrosis")), "grade of dcis") + r")[\s:,.\-()|=]{0,130}$")
#: Before a grade without any of these stands no such word.
OTHER_GRADE_QUICK = (
    "nucle", "fuhrman", "black", "dworak", "mandard", "ryan", "becker", "baker", "hepatitis", "ishak", "knodell", "metavir", "ctcae", "rejection", "gvhd",
    "reflux", "esophagitis", "toxicity", "contracture", "prolapse", "varices", "mucositis", "proctitis", "chondromalacia", "emorrhoids", "isup", "furhman",
    "figo", "gleason", "dcis", "situ", "intraductal", "dysplasia", "cytologic", "architectural", "prognostic", "treatment", "regression",
    "inflammation", "necrosis", "steatosis", "fibrosis")  # fmt: skip
IN_SITU_SENTENCE = re.compile(r"(?:d(?:uctal carcinoma in[\s\-]situ|(?<!\w.)cis\b)|l(?<!\w.)cis\b|i(?:ntraductal carcinoma|n[\s\-]situ component))[^.\n]{0,90}(?:\n[^.:\n]{0,60})?$")
INVASIVE_AFTER = re.compile(r"(?:invasive|infiltrating|nottingham|histologic)[^.]{0,120}$")
#: Of a grade before this word is said that it is not this tumor's: negated, replaced, or only supposed.
NOT_THIS = re.compile(
    r"\b(?:not|no longer|rather than|instead of|(?:previously|formerly|originally|initially|erroneously|incorrectly)(?: \w+)?(?: as)?|excludes?|rule out|rules out|if|would be|had been|versus|vs\.?)\s(?:an?\s|of\s|the\s)?"
    r"(?:(?:histologic|nottingham|sbr|tumou?r)\s)?$")
#: "Nottingham score: high grade", "the carcinoma is high grade": the words are the grade of a named system, or of the tumor as a whole.
SYSTEM_WORDS = re.compile(
    rf"\b(?:(?:{_NAMES})(?:\s(?:combined|histologic(?:al)?|score|grade|system))*|(?:histologic(?:al)?|overall|combined|tumou?r)\s(?:grade|score))[\s:.=\-|]{{1,45}}(?:(?:is|was)\s)?(?:assessed as\s)?$"
    r"|\b(?:tumou?r|carcinoma|component|lesion|neoplasm|it)\s(?:is|was)\s(?:of\s)?$")
#: "High grade" alone is a histologic grade only of urothelial carcinoma, which WHO and CAP grade as low or high.
UROTHELIAL_BEHIND = re.compile(r"[\s,()\-]{0,3}(?:(?:invasive|infiltrating|papillary|muscle[\s\-]invasive|non-?invasive)[\s,]{1,2}){0,2}(?:urothelial|transitional)")
UROTHELIAL_BEFORE = re.compile(r"\b(?:urothelial|transitional cell) (?:\(transitional cell\) )?carcinoma(?:[\s,;:\-]{1,3}(?:invasive|infiltrating|papillary|solid|muscle[\s\-]invasive))?[\s,;:(\-]{0,4}$")
WORDS: dict[str, str] = {"well": "G1", "low": "G1", "moderately": "G2", "moderate": "G2", "mod": "G2", "mod.": "G2", "intermediate": "G2", "poorly": "G3",
                         "poor": "G3", "high": "G3"}
