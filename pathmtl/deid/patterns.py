"""Pattern tables of the de-identifier: what an identifier looks like, and what only looks like one.

Sources: the HIPAA Safe Harbor list (45 CFR 164.514(b)(2)), restricted to the identifiers that occur in pathology reports, and
Supplementary Appendix I of the paper. The logic is in ``identifiers.py`` and ``people.py``, the word lists in ``words.toml``.

Patterns for numbers see a copy of the text in which letters that OCR reads for digits (O, l, I) are digits again.
"""

from __future__ import annotations

import re

from pathmtl.deid.words import words

#: Types of identifiers. Where spans overlap, the earlier type wins.
KINDS: tuple[str, ...] = (
    "EMAIL", "URL", "SSN", "MRN", "ACCOUNT", "BLOCK", "DEVICE", "FAX", "DATE", "PHONE", "ACCESSION", "AGE", "ADDRESS", "ZIP",
    "HOSPITAL", "NAME",
)
#: A tag that replaces an identifier; tags that are already in a text are left alone.
TAG = re.compile(r"\[(?:" + "|".join(KINDS) + r")\]")

# ---------------------------------------------------------------- what medicine needs
_NUM = r"\d{1,4}(?:[.,]\d+)?"
#: Never redacted: sizes, percentages, weights, TNM codes, node counts, scores. (Kinds with an unmistakable shape are exempt.)
PROTECTED = re.compile("|".join((
    rf"(?<![\d.,/-])(?<!\b[A-Z]){_NUM}[ \t]?(?:[x×X][ \t]?{_NUM}[ \t]?){{1,2}}(?:cm|mm)?",                   # 2.1 x 1.3 cm
    rf"(?<![\d.,/-]){_NUM}[ \t]?(?:%|(?:cm|mm|percent|gm?|ml|cc)\b(?!\s?:))",                           # 95%, 12 mm, 350 g
    r"\b[cpyrma]{0,3}[TN](?:is|[0-4X])(?:mi|[a-d])?\d?(?:\([^)\s]{1,6}\))?(?![A-Za-z0-9]|[-/]\d{3})",  # pT1c, ypN1mi, pN0(i+)
    r"\b[cpyrma]{0,3}M[0-1X](?![A-Za-z0-9])",
    r"(?<![\d/.-])(?<![Rr]eceived: )(?<![Cc]ollected: )(?<!Date: )(?<!DOB: )"
    r"\d{1,2}\s?/\s?\d{1,3}(?![\d/.-]|\s?[/-]\s?\d)",                                                # 2/14
    r"\b\d\s?\+\s?\d(?:\s?[=(]\s?\d{1,2}\)?)?",                                                      # 3+3=6
    r"\bHER-?2(?:/neu)?(?:\s*\(?[0-3]\+?\)?)?|\bKi-?67\b|(?<!\d)[0-3]\+(?!\d)",
)))
#: Kinds with an unmistakable shape; in addresses, TX is a state.
UNPROTECTED = frozenset({"EMAIL", "URL", "SSN", "PHONE", "FAX", "ADDRESS"})

# ---------------------------------------------------------------- numbers by shape
#: Where there could be an identifier made of digits; for speed, the patterns of NUMERIC are tried only around it.
DENSE = re.compile(r"[0-9OlI][0-9OlI ./()-]{3,}")
#: Letters that stand for digits: beside a digit or a separator and not within a word.
OCR_DIGIT = re.compile(r"(?<=[0-9/.-])[OolI](?=[0-9OolI]*(?![A-Za-z]))"
                       r"|(?<![A-Za-z0-9])[OolI](?=[0-9OolI]*[0-9/-][0-9OolI/-]*[0-9])")
_YEAR = r"(?:19|20)\d\d"
_MM, _DD = r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
#: Outside North America: an international number after its "+" or "00"; a national one with its trunk zero (UK, France, Germany).
_ABROAD = (r"(?<![\w+])(?=(?:[^\d\n]{0,3}\d){8})(?:\+(?!1\b)[1-9]\d{0,2}[ .-]?|00[1-9]\d{0,2}[ .-])"
           r"(?:\(0\)[ ]?)?(?:\(?\d{1,5}\)?[ ./-]?){1,5}\d{2,8}(?!\d)"
           r"|\(0\d{1,4}\)\s?\d{3,4}[ ]?\d{3,4}(?!\d)|(?<![\w./-])0[1-9](?:\.\d\d){4}(?![\d.])"
           r"|(?<![\w./-])0\d{2,4}[ ]?[/-][ ]?\d{5,8}(?!\d)")
_PHONE = (r"(?:(?<![\d.-])\+?1[\s.-]?)?(?:\(\d{3}\)\s?|(?:(?<![\d.-])|(?<=\b1[.-]))\d{3}\s?[-.\s]\s?)"
          r"\d{3}\s?[-.\s]\s?\d{4}(?![\d.]\d|\d|-\d)"
          r"(?:\s?(?:x|ext\.?|extension)\s?\d{2,6}(?!\w))?"
          r"|\+44\s?(?:\(0\)\s?)?\d{2,4}\s?\d{3,4}\s?\d{3,4}(?!\d)|(?<![\d.-])0\d{2,4}\s\d{3,4}\s?\d{3,4}(?!\d)|" + _ABROAD)
NUMERIC: tuple[tuple[str, re.Pattern[str]], ...] = tuple((kind, re.compile(pattern)) for kind, pattern in (
    ("SSN", r"(?<![\d-])\d{3}\s?-\s?\d{2}\s?-\s?\d{4}(?![\d-])"),
    ("PHONE", _PHONE),
    ("DATE", rf"(?<![\d/.]){_DD}\s?/\s?{_DD}\s?/\s?(?:{_YEAR}|\d\d)(?![\d/])"),
    ("DATE", rf"(?<![\d.-]){_DD}\s?-\s?{_DD}\s?-\s?(?:{_YEAR}|\d\d)(?![\d-])"),
    ("DATE", rf"(?<![\d.]){_DD}\.\s?{_MM}\.\s?{_YEAR}(?!\d)"),
    ("DATE", r"(?<![\d.])(?:0[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])\.\d\d(?![\d.]\d|\d)"),
    ("DATE", r"(?<![\d-])(?:19|20)\d\d(?:\s?[-/.]\s?(?:0[1-9]|1[0-2])\s?[-/.]\s?(?:0[1-9]|[12]\d|3[01])|-[1-9]-\d\d?)(?![\d-])"),
    ("DATE", rf"(?<![\w/.-])(?:0[1-9]|1[0-2])/{_YEAR}(?![\w/]|\s?(?:cells|nuclei|nodes?|lymph))"),
    ("ACCESSION", r"(?<![\w/-])(?:[A-Z]{1,4}[- ]?(?:[0129]\d|(?:19|20)\d\d)\s?[-/]\s?\d{3,7}"
                  r"|\d\d-[A-Z]{1,3}-\d{4,7}|[A-Z]{1,3}\d{8})"
                  r"(?![\w%]|[/-]\d)"),
    ("ACCESSION", r"(?<![\w/-])(?:19|20)\d\d[-/][A-Z]{1,3}[-/]?\d{3,7}(?![\w%])"),
    ("ACCESSION", r"(?<![\w:])\d\d:[A-Z]{1,2}\d{3,6}[A-Z]?(?!\w)"),
    ("ZIP", r"(?<=\b[A-Z]{2}\s)\d{5}(?:-\d{4})?(?![\d-])"),
    ("ZIP", r"(?<=\b(?:NSW|VIC|QLD|TAS)\s)\d{4}(?!\d)"),
    ("URL", r"(?<![\d.])\d{2,3}(?:\.\d{1,3}){3}(?![\d.])"),
))

# ---------------------------------------------------------------- identifiers opened by a word
MONTHS = words("""
    jan january feb february mar march apr april may june jun july jul aug august sept sep september oct october nov
    november dec december
""")
#: Months in other languages count beside a year only.
FOREIGN_MONTHS = words("""
    januar februar märz maerz mai juni juli oktober dezember janvier février fevrier mars avril juin juillet août aout septembre
    octobre novembre décembre decembre enero febrero marzo abril março mayo junio julio agosto septiembre octubre noviembre
    diciembre janv févr avr juil déc mrz okt dez ene abr dic
    gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
""")
_M = r"[A-Z][A-Za-zäéûç]{2,9}\.?"
_DAY = rf"{_DD}(?:\s?(?:st|nd|rd|th|er))?"
#: Dates around the name of a month; a match starts at the month or at the day before it.
MONTH_DATES: tuple[re.Pattern[str], ...] = tuple(re.compile(pattern) for pattern in (
    rf"(?<![\w.]){_DAY}\.?(?:\s+(?:of|de))?[\s/.-]{{0,3}}"
    rf"{_M}(?:\s+del?)?[\s,/.-]{{1,3}}(?:{_YEAR}|'?\d\d)(?!\d)",
    rf"(?<![\w.]){_DD}[A-Z][A-Za-z]{{2}}(?:{_YEAR}|\d\d)(?!\w)",
    rf"{_M},?\s+{_DAY}\s?[,.]?\s+{_YEAR}(?!\d)",
    rf"{_M}[/-]{_DD}[/-](?:{_YEAR}|\d\d)(?!\d)|(?<![\w.]){_YEAR}[-/ ]{_M}[-/ ]{_DD}(?!\d)",
    rf"{_M},?\s+{_DAY}\s?,?\s?['’]\d\d(?!\d)",
    rf"{_M},?[\s-]\s?{_YEAR}(?!\d)|{_M}(?:\s?['’]|-)\d\d(?![\d/-])",
    rf"(?!May\b|MAY\b){_M}\s{_DAY}(?![\d./]|\s?(?:cm|mm|%|of))",
    rf"(?<![\w.]){_DAY}\s(?:of\s)?(?!May\b|MAY\b){_M}(?!\w)",
))
#: A date that writes the month without a capital needs its day and its year: "12 mars 2024".
SMALL_MONTH_DATE = re.compile(rf"(?<![\w.]){_DAY}\.?(?:\s+(?:of|de))?[\s/.-]{{0,3}}[a-zäéûç]{{3,10}}\.?"
                              rf"(?:\s+del?)?[\s,/.-]{{0,3}}{_YEAR}(?!\d)|(?<![\w.]){_DD}[-/][a-z]{{3}}[-/]\d\d(?!\d)"
                              rf"|\b(?:january|february|march|april|june|july|august|september|october|november|december|may)"
                              rf"\s{_DAY},?\s{_YEAR}(?!\d)")
#: Web addresses are tried where one of these words occurs.
WEB_WORDS = words("http https www com org net edu gov uk")
_PATH = r"(?:/[^\s<>\"')\]]*[\w/])?"
URL = re.compile("|".join((
    r"(?:https?\s?:\s?//\s?|\bftp://)[^\s<>\"')\]]*[\w/]",
    rf"\b[Ww]{{3}}\s?\.\s?[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+{_PATH}",
    rf"(?<![@\w.-])[A-Za-z0-9-]{{2,}}(?:\.[A-Za-z0-9-]+)*\.(?:com|org|net|edu|gov|nhs\.uk|co\.uk|ac\.uk|org\.uk)\b{_PATH}",
)))
EMAIL = re.compile(r"[A-Za-z0-9][\w.+-]*\s?(?:@|[(\[]at[)\]])\s?[A-Za-z0-9-]+(?:\s?\.\s?[A-Za-z]{2,})+")

#: "No.", "#", "Number", "ID" and their damaged forms.
NUMBER_SIGN = _NO = (r"[ \t]?(?:#|[Nn][Oo]\b\.?|"
                     r"[Nn]um(?:ber)?\b\.?|NUM(?:BER)?\b|[Nn]r\b\.?|I[Dd]\b|[Cc]ode\b|[Nn]\w{4,6}(?=\s?[:#]))"
                     r"\s?[.#]?")
#: Kind, words that open the label, the rest of the label. Longer labels first: the first that is followed by a value counts.
LABELS: tuple[tuple[str, str, str], ...] = (
    ("MRN", "mrn nrn mm", r"(?:\s?#)?"), ("MRN", "mr", r"\s?#|[Nn]\b"), ("MRN", "m", r"\.\s?R\.\s?N\b\.?"),
    ("MRN", "med medical", rf"\.?\s?[Rr][Ee][Cc](?:[Oo][Rr][Dd])?s?\b\.?(?:{_NO})?"),
    ("MRN", "med medical", r"\.?\s?[Rr][Ee]\w{1,6}\.?(?:\s\w{2,8})?(?=\s?[:#])"),
    ("MRN", "record cr", _NO), ("MRN", "u", r"\s?#"), ("MRN", "uhid", rf"(?:{_NO})?"),
    ("MRN", "nhs chi", r"(?=\s?\d{3}[ -]?\d{3}[ -]?\d{4}\b)"),
    ("MRN", "unit patient pt hosp hospital nhs chi chart", rf"\.?(?:{_NO})"),
    ("ACCESSION", "accession acc", rf"\.?(?:{_NO})?"),
    ("ACCESSION", "case specimen path pathology lab laboratory report requisition histology cytology surgical",
     rf"\.?(?:\s?[Pp]ath(?:ology)?\.?)?(?:{_NO})"),
    ("ACCESSION", "ref reference", rf"\.?(?:{_NO})?(?=\s?[:#])"),
    ("ACCOUNT", "account acct encounter csn fin", rf"\.?(?:{_NO})?"),
    ("ACCOUNT", "visit policy member insurance claim subscriber medicare medicaid invoice billing",
     rf"\.?(?:\s?[Aa]cc(?:oun)?t\.?)?(?:{_NO})"),
    ("ACCOUNT", "auth authorization authorisation preauth passport", rf"\.?(?:{_NO})?"),
    ("ACCOUNT", "policy member claim", r"(?=\s?[A-Z]{1,4}\d{5,})"), ("ACCOUNT", "group", _NO),
    ("ACCOUNT", "medicare", r"(?=\s?\d{4}[ -]\d{5})"),
    ("ACCOUNT", "aadhaar ohip", f"(?:{_NO})?"),
    ("ACCOUNT", "health", rf"\s[Cc]ard(?:{_NO})?"),
    ("ACCOUNT", "license licence npi dea clia", rf"\.?(?:{_NO})?"),
    ("SSN", "ssn", ""), ("SSN", "social soc", rf"\.?\s?[Ss]ec(?:urity)?\b\.?(?:{_NO})?"),
    ("PHONE", "phone telephone tel telefon tél tlf handy pager beeper bleep ext extension mobile cell",
     rf"\.?(?:\sphone)?(?:{_NO})?"),
    ("PHONE", "call called dial contact", r"(?:\s\w+){0,2}?(?=\s\(?\d{3}[) .-])"),
    ("FAX", "fax facsimile", rf"\.?(?:{_NO})?"), ("FAX", "faxed", r"\sto(?:\s\w+){0,4}?"),
    ("DEVICE", "device implant expander port pacemaker prosthesis serial lot s sn",
     rf"\b[\w ]{{0,20}}?(?:[Ss]erial\s?(?:{_NO})?|[Ss]\s?/\s?[Nn]|[Ll]ot\s?(?:{_NO})?|{_NO})(?:\s?SN\b)?"),
    ("DEVICE", "vin", rf"(?:{_NO})?(?=\s?:?\s?[A-HJ-NPR-Z\d]{{17}}\b)"),
    ("DEVICE", "s", r"/[Nn]"), ("DEVICE", "serial", rf"{_NO}(?:\s?SN\b)?"),
    ("BLOCK", "block blocks slide slides", rf"(?:{_NO})?"),
    ("DATE", "dob birth born received collected reported signed dated accessioned printed date",
     r"(?:\s?[:.]|\s[-–](?=\s))?(?:\son|\sof\s\w+)?"),
    ("DATE", "d", r"\.\s?O\.\s?B\b\.?"),
    ("ZIP", "zip postcode postal post plz pin pincode eircode", r"(?:\s?[Cc]ode)?(?=\s?:|\s[A-Z]{0,2}\d)"),
)
#: Kind -> what may follow the label and a separator (in text whose OCR digits were restored).
VALUES: dict[str, str] = {
    "MRN": r"(?:\d{3}[ -]\d{3}[ -]\d{4}|[A-Z]{0,3}-?\d[\d-]{3,12}\d)(?!\w)",
    "ACCESSION": r"(?=[A-Z0-9/-]*\d{4})[A-Z0-9]{1,12}(?:[-/][A-Z0-9]{1,8}){0,3}(?<=\d)(?!\w)",
    "ACCOUNT": r"(?:(?=[A-Z0-9-]*\d{4})[A-Z]{0,3}-?\d[\d-]{3,14}\d|"
               r"\d{4}[ -]\d{3,5}[ -]\d{1,4}|(?=[A-Z]{1,3}(?:[A-Z]*\d){4})[A-Z]{1,3}[A-Z0-9]{5,12}"
               r"|20\d\d-[A-Z]{1,4}-\d{3,8}|\d\dD\d{7}"
               r"|\d[A-Z][A-Z0-9]\d-?[A-Z][A-Z0-9]\d-?[A-Z]{2}\d\d)(?!\w)",
    "SSN": r"(?:\d{3}|[Xx*]{3})\s?-?\s?(?:\d{2}|[Xx*]{2})\s?-?\s?\d{4}(?!\w)",
    "PHONE": rf"(?:{_PHONE}|0\d(?:[ .-]?\d){{7,9}}(?!\d)|\d{{5}}[ -]\d{{5,6}}(?!\d)|"
             rf"(?:x\s?)?\d{{3,4}}[- .]?\d{{4}}\b|(?:x\s?)?\d{{4,5}}\b(?!/))",
    "FAX": rf"(?:{_PHONE}|\d{{3}}[- .]\d{{4}}\b)",
    "DEVICE": r"(?=[A-Z0-9-]*\d{3})[A-Z0-9][A-Z0-9-]{4,18}\b",
    "BLOCK": r"(?:[A-Z]{1,3}-?\d{2,4}-\d{3,7}|\d\d-[A-Z]{1,3}-\d{3,7})"
             r"(?:[ :-]{1,2}[A-Z]{1,2}\d{1,2}|[ :-]\d[A-Z]|-\d{1,2})?(?!\w)",
    "DATE": rf"(?:(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]){_YEAR}"
            rf"|{_DD}\.{_MM}\.\d\d)(?![\d.]\d|\d)|{_MM}[/-]{_DD}(?![\d/-]|\s?(?:nodes?|lymph|LN|positive|cm|mm|%|x\b))",
    "ZIP": r"(?:\d{3} ?\d{3}|\d{5}(?:-\d{4})?|\d{4}(?:\s?[A-Z]{2})?|[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d"
           r"|[A-Z]\d[\dW] ?[A-Z\d]{4})\b",
}

# ---------------------------------------------------------------- ages over 89
#: A number over 89, the text that may follow it, and the text that may precede it.
OLD = re.compile(r"(?<![\w.,+-])(?<![^FM]/)(?:9\d|1[01]\d|12[0-5])(?![\d%/.]\d|\d|\s?(?:%|[cm]m\b)|\.\d)")
OLD_AFTER = re.compile(
    r"\s?-?\s?(?:(?:years?|yrs?)\b|(?:years?|yrs?\.?|y)\b\s?-?\s?(?:old\b|of\sage|o\b|/\s?o\b|[FM]\b)|yo\b|y\.o\.|y/o|"
    r"(?:/\s?)?(?:F|M|female|male|woman|man|lady)\b(?![.\d]))", re.IGNORECASE)
OLD_BEFORE = re.compile(
    r"\baged?\b(?:\s?/\s?(?:sex|gender)|\s?\(?(?:in\s)?(?:years|yrs)\)?|\sat\s\w+|\sof|\sis)?\s?[:;=.]?\s{0,4}$"
    r"|\b[FM]/$|\b(?:woman|man|lady|gentleman|fe?male|patient)\sof\s$", re.IGNORECASE)
_NINETY = r"ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?"
OLD_WORDS = re.compile(rf"(?<=\baged ){_NINETY}\b(?!\s(?:days|weeks|months))"
                       rf"|\b{_NINETY}(?=[- ]years?[- ]o(?:ld|f age))", re.IGNORECASE)

# ---------------------------------------------------------------- addresses
STREET_WORDS = words("""
    street st avenue ave road rd lane ln drive dr boulevard blvd court place terrace parkway pkwy highway hwy circle close
    crescent gardens grove square way
""")
_STATE = r"(?:A[LKZR]|C[AOT]|D[EC]|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY])"
#: What precedes the street word (up to it) and what may follow it.
ADDRESS_HEAD = re.compile(r"(?<![\w.,/-])\d{1,5}[A-Z]?\s"
                          r"(?:[NSEW]\.?\s)?(?:(?:[A-Z][a-zI]+|\d+(?:st|nd|rd|th)|[A-Z]{3,})\s){1,3}$")
ADDRESS_TAIL = re.compile(
    r"\.?(?:\s?[,.]?\s(?:Apt|Suite|Ste|Unit|Room|Rm|Floor|#)\.?\s?#?\w{1,5})?"
    rf"(?:\s?[,.]\s?(?:[A-Z][A-Za-z.]+\s?){{1,3}}(?:[,.]\s?{_STATE}\b)|\s?,\s?(?:[A-Z][a-z]+\s?){{1,3}}(?=[,.\n]|\s\d{{5}}))?")
#: A town and its state before a ZIP code, where they open a field or follow a comma.
TOWN = re.compile(rf"(?:^|[.,;:(\n]\s{{0,2}})((?:[A-Z][A-Za-z.'-]+\s){{0,2}}[A-Z][A-Za-z.'-]+,?\s{_STATE})\s$")
#: A British postcode after a town or at a line's start; its last two letters are never C, I, K, M, O or V ("2CM").
UK_POSTCODE = re.compile(
    r"(?:(?P<town>[A-Z][A-Za-z-]{2,}),?[ ]|^[ \t]*|\n[ \t]*)(?P<code>(?:A[BL]|B[ABDHLNRST]?|C[ABFHMORTVW]|D[ADEGHLNTY]"
    r"|E[CHNX]?|F[KY]|G[LUY]?|H[ADGPRSUX]|I[GMPV]|JE|K[ATWY]|L[ADELNSU]?|M[EKL]?|N[EGNPRW]?|O[LX]|P[AEHLOR]|R[GHM]"
    r"|S[AEGKLMNOPRSTWY]?"
    r"|T[ADFNQRSW]|UB|W[ACDFNRSV]?|YO|ZE)\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{2})(?!\w)")
#: A postcode before its town, where both fill a field: ", 75008 Paris".
CODE_TOWN = re.compile(r"(?:^|,[ ]|\n)(?P<code>(?:\d{5,6}|\d{4}[ ][A-Z]{2})[ ](?P<town>[A-Z][a-zà-ÿ-]{2,})(?:[ ][A-Z][a-z]+)?)"
                       r"(?=[ ]*(?:$|[\n,.]))")
#: German and Romance streets, whose word is a suffix or comes first, with their postcode and town.
_ABROAD_STREET = (
    r"\b(?:[A-ZÄÖÜ][a-zäöü]+(?:stra(?:ss|ß)e|str\.|weg|platz|gasse|allee)[ ]\d{1,4}[a-z]?\b"
    r"|\d{1,4},?[ ](?:rue|avenue|boulevard|place|chemin)(?:[ ](?:de|du|des|la|le))*[ ][A-ZÀ-Þ]\w+"
    r"|(?:Via|Calle|Rua|Plaza)[ ](?:[a-z]{2,4}[ ])?[A-Z]\w+,?[ ]\d{1,4}\b)(?:,?\s(?:[A-Z]{1,2}-)?\d{4,5}[ ][A-ZÄÖÜ]\w+)?"
    r"|(?<![\w-])(?:D|A|CH|F|NL|I|E)-\d{4,5}[ ][A-ZÄÖÜ][a-zäöüéè]+")
#: Identifiers made of letters as much as of digits (the last is "12.III.2024"); they see the text as it is.
SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("ADDRESS", re.compile(_ABROAD_STREET)),
    ("SSN", re.compile(r"(?<!\w)[A-CEGHJ-TW-Z]{2}[ ]?\d\d[ ]?\d\d[ ]?\d\d[ ]?[A-D](?!\w)")),  # UK national insurance
    ("DEVICE", re.compile(r"(?<![\w:])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])")),  # network card
    ("URL", re.compile(r"(?<![\w:])(?:[0-9a-f]{1,4}:){1,7}(?::[0-9a-f]{1,4}){1,6}(?![\w:])")),  # IPv6
    ("ZIP", re.compile(r"(?<![\w-])[ABCEGHJ-NPR-TVXY]\d[A-Z][ ]\d[A-Z]\d(?!\w)")),  # Canada
    ("DATE", re.compile(rf"(?<![\w/.]){_DD}\s?[./-]\s?(?:I{{1,3}}|IV|VI{{0,3}}|IX|XI{{0,2}})\s?[./-]\s?{_YEAR}(?!\d)")),
)
PO_BOX = re.compile(r"\b(?:P\.?\s?O\.?\s)?(?:Box|BOX)\s\d{2,6}\b(?:,\s?(?:[A-Z][a-z]+\s?){1,3}(?:,\s?[A-Z]{2}\b)?)?")

# ---------------------------------------------------------------- institutions
#: Nouns that end an institution's name; the second list only after one of QUALIFIERS.
INSTITUTION_WORDS = words("hospital hospitals infirmary clinic university laboratories")
INSTITUTION_WEAK = words("""
    center centre institute system healthcare associates laboratory labs group college school trust consultants
    services medicine partners
""")
QUALIFIERS = words("""
    medical surgical cancer health
    pathology memorial university clinical nhs foundation hospital oncology of diagnostic diagnostics
""")
#: Laboratories and chains whose names contain no such noun.
CHAIN_WORDS = words("labcorp quest upmc kaiser mskcc")
CHAIN = re.compile(r"(?:Lab[Cc]orp|LABCORP|(?:Quest|QUEST)\s(?:Diagnostics|DIAGNOSTICS)|UPMC|MSKCC|"
                   r"(?:Kaiser|KAISER)(?:\s(?:Permanente|PERMANENTE))?)\b")
#: "... of Somewhere" after the noun.
INSTITUTION_TAIL = re.compile(r"\s(?:of|at|OF|AT)\s(?:(?:St|Saint)\.?\s)?[A-Z][A-Za-z'-]+(?:\s[A-Z][a-z'-]+){0,2}")
