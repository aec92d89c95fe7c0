"""T, N and M codes (AJCC, chapter 1: prefixes c, p, y, r, a, m; suffixes in parentheses), as reports and OCR write them."""

from __future__ import annotations

import re

from pathmtl.oracle.words import word_starts

# Prefixes as AJCC combines them; spelt out, so that "PART 4" and "APT 4" are no codes.
_PREFIX = r"(?P<prefix>(?:[yram]|ry)?[cp]|[yra])?"
# "o" for 0 and "l", "i" for 1 are OCR's; a bare "l" or "i" must be followed by a subclass letter, another code or an end of word.
_OCR_ONE = r"[li](?=[abc]?[1-4li]{0,2}(?:mi)?(?:(?![a-z])|p?[nm]\s?[0-3xoli]))"
# Subclasses as AJCC writes them (a-d, a1, mi) and as OCR leaves them: "bl" b1, "o" c, "13" b, "h1" b1.
_T_SUB = r"[abcdeos][1-4a-dli]{0,3}|h[1-4li]{1,2}|13|[li](?![a-z0-9])|mic?|m"
# "pTisT3b": carcinoma in situ named beside the invasive category, which is the one that counts. Roman numerals: "pT III".
_T_VALUE = rf"(?:(?:is[ /,&+]{{0,3}}|ia|a)p?t)?(?P<t>is|[0-4xo]|iv|i{{2,3}}|z(?![d-z])|{_OCR_ONE})(?P<t_sub>{_T_SUB})?"
_N_VALUE = rf"(?P<n>[0-3xo]|{_OCR_ONE})(?P<n_sub>[abc]|mic?)?"
_M_VALUE = r"(?P<m>[01xo])(?P<m_sub>[abc])?"
# Behind a code may stand the next one without a space, also L, V, Pn, PL, R and G (UICC: lymphatic, venous, perineural, pleural
# invasion, residual tumor, grade).
_GLUED = r"(?=p?[nm]\s?[0-3xoli])|(?=(?:[lvrg]|pl)\s?[0-3oxli])"
_NO_LENGTH = r"(?!\s?[.,]\d)(?!\s?[cm]m\b)"
_END = rf"(?:(?![a-z0-9])|{_GLUED}){_NO_LENGTH}"
# Suffixes that lost their brackets: "pN0i+", "pN1sn" (AJCC-8, chapter 1).
_N_END = rf"(?:(?![a-z0-9])|{_GLUED}|(?=(?:\(?[if]\s?[+-]|mol\s?[+-]|sn)(?![a-z]))){_NO_LENGTH}"
# Site behind M1 (UICC: PUL, OSS, HEP, BRA, LYM, MAR, PLE, PER, ADR, SKI, OTH).
_M_END = rf"(?:(?![a-z0-9])|{_GLUED}|(?=(?:hep|oss|pul|bra|lym|mar|ple|per|adr|ski|oth)(?![a-z]))){_NO_LENGTH}"
_GAP = r"(?:[\s:.\-=≥]|>=){0,4}"

# Each pattern begins with a plain letter, which the engine finds fast; what stands before it is read afterwards (``PREFIX_BEFORE``).
# A T is met at every tenth character: what follows it is looked at first, then the letter of a prefix before it, then the word
# "to" is put aside (T0 written "TO" counts only behind p or y).
_T_OPENS = r"t(?=[\s:.\-=≥>ia0-4xolz])(?:(?<![a-z0-9]t)|(?<=[pc]t)|(?<=prt)|(?<=[^a-z0-9][yraon]t)|(?<=\A[yraon]t)|(?<=[ce][yra]t))(?!(?<![pyr]t)(?<!p\st)o(?![a-z0-9]))"
#: Any T code; its prefix decides whether it needs company (see ``T_COMPANY``).
T_CODE = re.compile(rf"{_T_OPENS}{_GAP}{_T_VALUE}{_END}")
N_CODE = re.compile(rf"p(?<![b-ln-qs-xz0-9]p)\s?n{_GAP}{_N_VALUE}{_N_END}")
M_CODE = re.compile(rf"p(?<![b-ln-qs-xz0-9]p)\s?m(?:\s?[:=])?\s?{_M_VALUE}{_M_END}")
M_CLINICAL = re.compile(rf"cm(?<![b-ln-qs-xz0-9]cm)\s?{_M_VALUE}{_M_END}")
#: "pT(2)pN(0)": forms that print the value in brackets; not "pT(2)3", where the brackets hold the number of tumors.
BRACKETED = re.compile(r"p(?<![a-xz0-9]p)(?P<letter>[tnm])\s?\((?P<digit>is|[0-4x])(?:[a-d]|mi)?\)(?!\d)")
BRACKETED_ANCHORS = ("pt(", "pn(", "pm(", "pt (", "pn (", "pm (")
#: Letters directly before the T, or before the p of pN and pM: a stage prefix, or the end of a word (then no match).
PREFIX_BEFORE = re.compile(r"(?:(?<![a-z0-9])|(?<=ajcc)|(?<=uicc)|(?<=stage))(?P<prefix>(?:[yram]|ry)?[cp]?|[yra]|pr|y?p[\s.])$")
#: "pT2" written as it should be, behind anything; and OCR's "oT2", "nT2" where the letter stands alone.
TIGHT_PREFIX = re.compile(r"(?:p|(?<![A-Za-z0-9])[on])T$")
#: OCR splits the letter T into quotes and strokes: "p'1'2", "p'r2", "p'i'3a".
QUOTES = "'\u2019\u2018`"
_QUOTE = f"[{QUOTES}]"
T_QUOTED = re.compile(rf"p(?<![a-z0-9]p)\s?(?:{_QUOTE}\s?[17tilr]\s?{_QUOTE}?|[1tilr]\s?{_QUOTE})\s?(?P<t>[1-4])(?P<t_sub>{_T_SUB})?{_END}")
T_QUOTED_ANCHORS = ("p'", "p`", "p\u2019", "p\u2018", "p1'", "pt'", "pi'", "p1\u2019", "p '")
#: The N and M that follow a T code directly: "T2N0", "pT2, NO, MX", "pT2 (m) pN1a(sn)". Parenthesised suffixes may stand between.
_SUFFIX = (r"(?:\s[a-d](?=[\s,]))?(?:sn|[if]\s?[+-]|mol\s?[+-])?(?:\s?\([^()]{1,30}\)){0,3}"
           r"(?:[\s,;]{0,2}(?:g\s?[1-4x]|nos\b|pl[0-3x]|l[01x]|v[0-2x]|pn[01x](?=[\s,;lvrgp)])|r[0-2x])(?![0-9a-fh-koqs-uw-z])){0,5}?")
_BETWEEN = r"[\s,;:/.()\[\]_\-]{0,4}(?:and\s)?"
N_AFTER_T = re.compile(rf"{_SUFFIX}{_BETWEEN}{_PREFIX}\s?n{_GAP}{_N_VALUE}{_N_END}")
M_AFTER_N = re.compile(rf"{_SUFFIX}{_BETWEEN}{_PREFIX}\s?m{_GAP}{_M_VALUE}{_M_END}")

#: Header, then a code: "Primary tumor: T2", "Regional lymph nodes: N1a". Where the header itself names T, N or M as a category
#: ("(pT):", "N stage -") the value may have lost its letter.
_CATEGORY = r"(?:,? pathologic(?:al)?)?(?:\s?[(\[]p?{letter}[)\]])?(?:\s?[:.\-=|]{{0,2}}\s?|[\s.:|]{{3,45}})"


def _labeled(letter: str, words: str, value: str, first: str) -> re.Pattern:
    """``first``: what a value may begin with; behind most mentions of a lymph node stands none, which is seen at once."""
    category = _CATEGORY.format(letter=letter)
    ahead = rf"(?=[^a-z0-9]*(?:pathologic|p?{letter}[)\]]|(?:[yram]|ry)?[cp]?[^a-z0-9]*{letter}?[^a-z0-9]*(?:{first})))"
    named = (rf"(?:\bpatholog(?:ic|ical) {letter}(?=\s?[:=]\s?[0-4x])|\bp?{letter}[\s\-](?:stage|category|classification)|\bstage p?{letter}|\(p?{letter}\)|\[p?{letter}\])"
             rf"(?:,? pathologic(?:al)?)?(?:\s?[:=\-]\s?|\s?:?\.{{2,60}}\s?|\s?[:=][ \t]{{2,45}}|(?:[ \t]{{2,45}}|\t|\s?\|\s?)(?=(?:[yram]|ry)?[cp]?{letter}))")
    return re.compile(rf"(?:(?:{words}){ahead}{category}|(?P<named>{named})){_PREFIX}(?P<letter>{letter}?)\s?-?{value}{_END}")


_DIGIT_FIRST = r"[0-3x]|o(?![defh-kqs-uw-z])|[li](?![d-hjkoq-z])"
T_LABELED = _labeled("t", r"primary tumou?r|pt(?=[\s.]{2})|tumou?r stage|extent of (?:primary )?tumou?r|tumou?r extent|extent of invasion", _T_VALUE, "[0-4xolia]")
N_LABELED = _labeled("n", r"pn(?=[\s.]{2})|regional (?:lymph )?nodes?|lymph nodes?(?: status| stage)?|nodal (?:status|stage)|patholog(?:ic|ical) n(?=[\s.:|]{1,3}p?n)", _N_VALUE, _DIGIT_FIRST)
M_LABELED = _labeled("m", r"distant metast[ae]s[ie]s|metast[ae]s[ie]s|pm(?=[\s.:]{2})|(?:patholog(?:ic|ical)|clinical) m(?=[\s.:|]{1,3}[pc]?m)", _M_VALUE, _DIGIT_FIRST)
#: Words that the labeled patterns begin with, by a fragment without which none of them can occur.
T_ANCHORS: dict[str, tuple[str, ...]] = {
    "gic t": ("pathologic t",), "gical t": ("pathological t",),
    "tumo": ("primary tumo", "tumor stage", "tumour stage", "tumor extent", "tumour extent"), "extent of": ("extent of",),
    "stage": ("t stage", "t-stage", "pt stage", "stage t", "stage pt"), "categor": ("t category", "pt category"), "classif": ("t classification", "pt classification"),
    "pt .": ("pt .",), "pt..": ("pt..",), "pt  ": ("pt  ",), "(p": ("(pt)",), "(t)": ("(t)",), "[p": ("[pt]",)}
N_ANCHORS: dict[str, tuple[str, ...]] = {
    "gic n": ("pathologic n",), "gical n": ("pathological n",),
    "node": ("regional", "lymph node"), "nodal sta": ("nodal sta",), "stage": ("n stage", "n-stage", "pn stage", "stage n", "stage pn"),
    "categor": ("n category", "pn category"), "classif": ("n classification", "pn classification"), "pn .": ("pn .",), "pn..": ("pn..",), "pn  ": ("pn  ",), "(p": ("(pn)",), "(n)": ("(n)",), "[p": ("[pn]",)}
M_ANCHORS: dict[str, tuple[str, ...]] = {
    "gic m": ("pathologic m",), "cal m": ("pathological m", "clinical m"),
    "metasta": ("distant metast", "metasta"), "stage": ("m stage", "m-stage", "pm stage", "stage m", "stage pm"), "categor": ("m category", "pm category"), "\npm ": ("pm ",), "\npm:": ("pm:",),
    "classif": ("m classification", "pm classification"), "pm .": ("pm .",), "pm..": ("pm..",), "pm  ": ("pm  ",), "(p": ("(pm)",), "(m)": ("(m)",), "[p": ("[pm]",)}
#: A checklist prints every option ("pT1: ...  pT2: ..."); the chosen one has a mark before it.
OPTION = re.compile(r"\s?[:;]\s{0,6}[a-z(\d]")
CHOSEN = re.compile(r"(?:\[\s?x\s?\]|\(\s?x\s?\)|(?:^|[\s.:])_?x_?|☒|☑|✓|√)\s{0,3}$")
#: The printed line of M1 that asks for its site: unmarked, it is an option whatever stands beside it.
OPEN_SITE = re.compile(r"\s?[:;]\s{0,6}distant metastas[ie]s(?: present)?[\s*]{0,12}specify")
NOT_APPLICABLE = re.compile(r"not applicable[\s.]{1,4}$")
#: "pT1c versus pT2", "pT1c or pT2": where in doubt, the lower category (AJCC-8, chapter 1).
IN_DOUBT = re.compile(r"\s?(?:versus|vs\.?|or|/)\s(?:possibly\s|an?\s)?$")
#: "If it is another primary, the stage would be T3": no statement about this tumor.
HYPOTHETICAL = re.compile(r"\bif\b[^;:]{0,200}?\bwould\b[^.;:]{0,40}[.\s]{0,3}$")
#: Words before a bare "T2" (no prefix, no N behind it) that make it a stage.
T_COMPANY = re.compile(r"(?:stag|tnm|ajcc|uicc|primary tumou?r|classif|categor|pathologic|extent|invasion)[^\n]{0,40}$")
T_COMPANY_BEHIND = re.compile(r"\s?[(,\[]\s?(?:ajcc|uicc|tnm|[5-9]th ed)")
#: "Primary tumor (pT): more than 2 cm, not more than 5 cm (T2)": the code closes the field in parentheses.
T_FIELD_BEFORE = re.compile(r"(?:primary tumou?r|extent of invasion|tumou?r extent)\b[^:]{0,14}[:\n][^:]{0,160}\(\s?$")
#: The name of a field that only some tumors have: "Tumor thickness (pT1 and pT2 tumors):".
NO_STAGE_BEHIND = re.compile(r"\s?(?:(?:and|or|&|/|-|to)\s?p?t[0-4li]\w?\s?)?(?:tumou?rs\b|only\b)|\s(?:and|or)\s?p?t[0-4li]\w?\s?\(?tumou?rs\b")
#: A key of blocks names its lymph nodes N1, N2: "N1: two possible lymph nodes", "N1 -# involved/# examined".
N_KEY_BEHIND = re.compile(r"\s?[:\-]\s?(?:#|level|sample|one|two|three|four|five|bisected|possible|potential|\d)")
#: ``NO`` as a code, not as the first word of a phrase: what may stand behind it.
NO_CODE_BEHIND = re.compile(r"\s*(?:[,;:/.)\](]|$|p?m\s?[x0o1]|stage|ajcc|grade|g\s?[1-3x]|l\s?[01]|v\s?[01]|r\s?[0-2x])")
#: Magnetic resonance and vertebrae also write T1 and T2.
T_OTHER_SENSE = re.compile(r"[\s\-]{0,2}(?:weighted|wi?\b|hyper|hypo|iso-?intens|dark|flair|signal|sequence|image|imaging|shine|mapping|relax|fat[ -]sat|"
                           r"vertebra|thoracic|level|spin|nerve|dermatome|rib\b|fracture|compression|bright|lesion|through)")
#: "(T3, N2, M1; total 6)": tubules, nuclei and mitoses, the components of the Nottingham score (RCPath and NHSBSP), each 1 to 3.
COMPONENTS = re.compile(r"t\s?[:=]?\s?([1-3])[\s,;+/&]{0,3}n\s?[:=]?\s?([1-3])[\s,;+/&]{0,3}m\s?[:=]?\s?([1-3])(?![0-9a-z])")
COMPONENTS_BEHIND = re.compile(r"[\s,;:(\[)\]]{0,3}(?:=|total|score|sum|nottingham|grade)")
COMPONENTS_BEFORE = re.compile(r"(?:grade\s?:?\s?(?P<grade>[1-3]|i{1,3})(?:\s?(?:/|of)\s?(?:3|iii))?|nottingham|elston|bloom|richardson|nhg|sbr|score|tubul\w*)[^.\n]{0,14}$")
#: Pn (capital P, small n) and every "pn" behind L, V or the words is perineural invasion (UICC-8), not a node category.
PERINEURAL_BEFORE = re.compile(r"(?:\b[lv][0-2x]|perineural(?: invasion)?(?: \w+)?|\bpni)[\s,:/;(]{0,3}$")
#: A sentence about distant metastasis in words.
M_NEGATED = re.compile(word_starts(r"no (?:evidence of |known |documented )?distant metast[ae]s[ie]s\b", r"distant metast[ae]s[ie]s[\s:.\-]{1,3}"
                                   r"(?:absent|none identified|none|negative|not identified|no)\b"))
M_PRESENT = re.compile(r"distant metast(?<!\w.{14})[ae]s[ie]s[\s:.\-]{1,3}(?:present|positive|identified|yes)\b(?![\s*]{0,12}specify)")
_ORGAN = (r"(?:liver|bones?|bone marrow|brain|cerebr\w+|vertebr\w+|spine|femur|humerus|pelvic bone|iliac (?:bone|crest)|ribs?|skull|adrenal(?: gland)?|pleura(?:l fluid)?"
          r"|(?:left |right )?lung)")
_METASTATIC = r"metastatic\s(?:[\w-]+\s){0,4}?(?:adeno)?(?:carcinoma|melanoma|tumou?r|cancer)"
#: A distant metastasis proven by the pathologist (AJCC-8, chapter 1: pM1 is for microscopically confirmed distant metastasis): a
#: specimen of a distant organ and its diagnosis, or the sentence.
M_PROVEN = re.compile(
    rf"(?<![\w-])(?P<organ>{_ORGAN})\b(?!\s(?:lymph|node|hil))(?:[^.;:\n](?!\bnode)){{0,50}}?(?::|\s-{{1,2}})\s{{0,3}}(?:[-*]\s)?(?:positive for\s)?{_METASTATIC}"
    rf"|{_METASTATIC}\s(?:(?:to|in|involving|within|of)\s)(?:the\s)?(?P<place>{_ORGAN})\b(?!\s(?:lymph|node|hil))"
    rf"|(?:biopsy|histolog\w+|cytolog\w+|patholog\w+)[\s-](?:proven|confirmed|verified)\s(?:\w+\s){{0,2}}?(?P<named>{_ORGAN})\smetast[ae]s[ie]s"
    rf"|(?P<site>{_ORGAN})\smetast[ae]s[ie]s,?\s(?:is |are |was |were )?(?:(?:histologically|cytologically|biopsy|pathologically)[\s-])?(?:confirmed|proven|verified|present|identified)\b")
M_ORGANS = ("liver", "bone", "brain", "cerebr", "vertebr", "spine", "femur", "humerus", "rib", "skull", "adrenal", "pleura", "lung", "iliac")
#: The primary, named behind a metastasis in an organ that has primaries of its own.
M_FROM_ELSEWHERE = re.compile(r"[^.;\n]{0,30}(?:consistent with|compatible with|from|of)\s(?:\w+\s){0,2}?(?:breast|mammary|colon|colorectal|rectal|pancrea|gastric|prostat|renal)\w*")
M_TAKEN_BACK = re.compile(r"\b(?:no|not|negative|without|rule out|cannot|suspicious|suspected|possible|if|benign|history|clinical\w*|imaging|radiolog\w*|evaluate|question\w*)\b[^.;:\n]*$")
