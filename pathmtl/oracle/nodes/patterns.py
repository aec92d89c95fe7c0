"""Node counts in figures and in words, and what the count means by organ (AJCC-8; where N is not a count, only 0 is read)."""

from __future__ import annotations

import re

from pathmtl.oracle.canonical import NUMBER
from pathmtl.oracle.words import word_starts

_ADJ = r"(?:(?:regional|axillary|sentinel|lymph|benign|pelvic|periaortic|hilar|mesenteric|pericolic|peri\w+|left|right|non-?sentinel|level|mediastinal|cervical|identified|examined|submitted|total|additional|obturator|iliac|reactive|bilateral|separate|intramammary|low|tracheal|neck) ){0,5}"
_TUMOUR = (r"(?:metasta\w+|tumou?r|carcinoma|malignan\w+|adenocarcinoma|neoplas\w+|cancer|evidence of (?:metastatic )?(?:tumou?r|carcinoma|malignancy|metast\w+)|disease|melanoma)")

#: "2/14": figures, with node words nearby (``NODE_WORD``).
#: It is found by its slash, which is rarer than digits; ``BEFORE_STROKE`` reads the number in front.
FRACTION = re.compile(r"/\s?(?P<examined>\d{1,3})(?![\d/]|\.\d)(?!\s?(?:cm|mm|hpf))")
BEFORE_STROKE = re.compile(r"(?<![\d./\-])(?P<positive>\d\d?)\+?\s?$")
NODE_WORD = re.compile(r"\b(?:nodes?|lns?|ln's|slns?|s(?:ln?|n)b|alnd|anc|sentinels?|axill\w+|nodal|lymphadenectomy|lymph|lymphonod\w+)\b")
#: Words near a fraction that make it something else: scores, grades, blocks, clock, keratin cocktail.
NOT_NODES = re.compile(r"(?:grade|score|nottingham|sbr|bloom|gleason|ae\s?1?|mitos\w+|mitotic|page|level|stage|allred|intensity|"
                       r"part|block|slide|quadrant|core\w*|fragments?|margin\w*|lobes?|her-?2|figo|clark|architectur\w+|"
                       r"extrathyroid\w*|chromosome|cassettes?|hpf|ck)[\s:#.=(]{0,3}(?:is |of )?$")
NOT_NODES_BEHIND = re.compile(r"\s?(?:of )?(?:the )?(?:myometri|thickness|cervix|circumference|wall|inch)")
#: "No evidence of malignancy (2/2)": the figures count the negative nodes.
NEGATIVE_IN_FRONT = re.compile(r"(?:\bno (?:evidence of )?(?:\w+ ){0,2}?(?:malignancy|tumou?r|carcinoma|metast\w+|neoplas\w+)(?: seen| identified| present)?|\bnegative(?: for (?:\w+ ){0,2}\w+)?|\bbenign|\bfree of (?:tumou?r|carcinoma|malignancy))[\s,:]{0,2}\(\s?$")
#: "seven of eight lymph nodes", "3 out of 12 nodes": from the word "of" on, and the count in front of it.
OF = re.compile(rf"of\s(?:the\s|a total of\s)?(?P<examined>{NUMBER})\)?\s?(?:\(\s?(?:\d{{1,3}}\s?/\s?)?\d{{1,3}}\s?\)\s?)?[\s.\"]{{0,3}}"
                r"(?:\w[\w-]*[\s.]{1,3}){0,4}?(?:\([^()]{1,20}\)\s)?(?:lymph[\s.-]{0,3})?(?:nodes?|lns?)\b")
BEFORE_OF = re.compile(rf"(?<![\w./-])(?<!grade\s)(?P<positive>{NUMBER}|single|none|no)\+?\s?(?:\(\s?\d{{1,3}}\s?\))?\s\(?(?:out )?$")
OF_AFTER = re.compile(rf"(?:nodes?|lns?)[^.;:\n]{{0,40}}?[\s,(:.]{{1,3}}(?P<positive>{NUMBER}|none|no)\+?\s(?:out )?of\s(?:the\s|a total of\s)?(?P<examined>{NUMBER})(?![\w/])(?!\s?(?:cm|mm|\w+ (?:margins|cores|sections)))")
#: "15 nodes were found, 2 of which contain metastases".
OF_WHICH = re.compile(rf"(?:nodes?|lns?)[^.;:\n]{{0,50}}?[\s,(](?P<positive>{NUMBER}|none)\s(?:of\s)?(?:which|these|them|those)\s(?:is |are |was |were )?"
                      r"(?:positive|involved|metastatic|(?:contain|show|has|have|demonstrat|harbou?r|with)\w*\s(?:\w+\s){0,2}?(?:metast|carcinoma|tumou?r))")
#: Fields: "Number of nodes examined: 14. Number of nodes involved: 2".
FIELD_POSITIVE = re.compile(
    rf"\b(?:number (?:of )?)?(?:(?:positive|involved|metastatic) (?:regional |axillary |lymph |sentinel )*nodes?|(?:regional |axillary |lymph |sentinel )*nodes? (?:with (?:tumou?r|(?:macro-?|micro-?)?metast\w+)\s?|involved|positive|containing (?:tumou?r|metast\w+))|"
    rf"number with (?:macro|micro)-?metast\w+|"
    rf"(?:number )(?:positive|involved)|nodes? (?:positive|involved))(?: by (?:tumou?r|carcinoma|metastatic \w+|metasta\w+|h&e)| for (?:tumou?r|(?:metastatic )?carcinoma|metasta\w+|malignancy))?(?:\s?\([^()]{{0,90}}\))?(?:\s?[:=|\-]|\s?\.{{1,40}}|\s{{2,40}})[\s.|]{{0,8}}(?P<positive>{NUMBER}|none)(?![\w%])(?!\s?[/.x]\s?\d)(?!\s?(?:cm|mm))")
#: "two lymph nodes, negative for metastasis", "all fourteen nodes negative", "14 benign lymph nodes", "lymph nodes: negative".
NEGATIVE = re.compile(
    rf"(?:nodes?\b|lns?\b)(?:\s?[\"']?\s?\(\s?\w{{1,12}}\s?\)|[^.;:\n]{{0,60}}?)?[\s,:;.\-(*]{{1,6}}"
    rf"(?:(?:is|are|was|were|all|both|show|shows|with|all are|and)\s)*"
    rf"(?:negative(?! margin)\b(?! control)|free of|no (?:\w+ ){{0,3}}?{_TUMOUR}|(?:uninvolved|not involved)|benign|without (?:\w+ ){{0,2}}?{_TUMOUR}|tumou?r[ -]free|none (?:positive|involved)|clear of|unremarkable)")
NEGATIVE_BEFORE = re.compile(
    rf"\b(?:no (?:evidence of |\w+ ){{0,2}}?{_TUMOUR} (?:\w+ ){{0,4}}?(?:in|is (?:seen|identified|present|found) in|involving|seen in|identified in|present in|found in|to)\s(?:any of )?(?:the )?(?:{NUMBER}\s?(?:\(\d+\)\s?)?)?(?:of (?:the )?)?(?:\.\s)?{_ADJ}(?:lymph )?nodes?\b"
    rf"|neither\s(?:of\s(?:the\s|these\s)?(?:two\s|2\s)?)?{_ADJ}(?:lymph\s)?nodes?\s(?:is|are|was|were|shows?|contains?|harbou?rs?)\b"
    rf"|(?:all|both)\s(?:{NUMBER}\s)?{_ADJ}(?:lymph\s)?nodes?\s(?:are\s|is\s|were\s)?(?:negative|free|benign|tumou?r)"
    rf"|(?:benign|negative|reactive|unremarkable|uninvolved|tumou?r[ -]free) {_ADJ}(?:lymph )?nodes?\b|no (?:evidence of |\w+ ){{0,2}}?(?:lymph node|nodal) (?:metast[ae]s[ie]s|involvement)\b|negative for (?:\w+ ){{0,3}}?nodal (?:metast\w+|involvement)|(?:lymph )?node metast[ae]s[ie]s[\s:.\-]{{1,3}}(?:none|absent|not identified|no\b|negative|0))")
#: "metastatic carcinoma in three lymph nodes", "three lymph nodes positive for metastatic carcinoma".
POSITIVE_COUNT = re.compile(
    rf"(?:\b|(?<=micro)|(?<=macro))metasta(?:tic|sis|ses)[^.;:\n]{{0,50}}?\b(?:in|to|involving|involves)\s(?:at least )?(?P<positive>{NUMBER})\s?(?:\(\s?\d{{1,2}}\s?\)\s?)?(?:positive )?{_ADJ}(?:lymph )?nodes?\b")
POSITIVE_AFTER = re.compile(
    rf"(?<![\w./])(?P<positive>{NUMBER}) ?(?:\(\s?\d{{1,2}}\s?\)\s?)?{_ADJ}(?:lymph )?nodes?,? ?(?:is |are |were )?(?:positive|involved|with metasta\w+|containing metasta\w+|showing metasta\w+|show metasta\w+)(?!\s*(?:[:=|.]+\s*\d|\.{{3}}))")
#: "Two positive sentinel nodes": the result between the number and the nodes.
POSITIVE_BETWEEN = re.compile(rf"(?<![\w./])(?P<positive>{NUMBER}) ?(?:\(\s?\d{{1,2}}\s?\)\s?)?(?:positive|involved|metastatic) {_ADJ}(?:lymph )?nodes?\b(?!\s?[:=])")
#: Counts in Roman numerals: "III of XIV lymph nodes", "nodes (VI/XIX)"; a total of five or more, since levels are numbered as well.
ROMAN = re.compile(r"(?<![a-z0-9/])(?P<positive>[ivx]{1,6}|0|none)\s?(?:/|of|out of)\s?(?P<examined>[ivxl]{1,7})(?![a-z0-9/])")
ROMAN_QUICK = tuple(re.compile(sign + r"\s?[ivxl]{1,7}(?![a-z0-9/])") for sign in ("/", "of"))
ROMAN_LEVELS = re.compile(r"levels?\b[^.;]{0,30}$")
#: "Cannot be excluded in two nodes": no finding.
UNCERTAIN = re.compile(r"(?:cannot|can not|could not) be (?:excluded|ruled out)|\bnot excluded|\bsuspicious for|\bsuspected\b|\bpossible\b|\brule out\b")
#: "Node 2 of 3" is a node by its number.
NODE_NUMBER = re.compile(r"\bnode $")
#: "Two nodes with macrometastases, one with micrometastasis": both count; isolated cells do not (AJCC-8).
DEPOSIT = re.compile(r"(?P<kind>macro|micro)-?\s?metast")
#: Behind the name of a field stands its value; what is in front of the name is another field's.
FIELD_BEHIND = re.compile(r"\w*(?:\s?\([^()]{0,90}\))?\s?(?:[:=|]|\.{2,})")
DEPOSIT_COUNT = re.compile(
    rf"(?P<kind>macro|micro)-?\s?metast[ae]s[ie]s(?:\s?\([^()]{{0,40}}\))?\s(?:is |are |was |were )?(?:present |identified |seen |found )?in (?P<positive>{NUMBER})\s(?:\(\s?\d{{1,2}}\s?\)\s)?(?:of |out of )?(?!of|the)(?:\w+ ){{0,4}}?(?:nodes?|lns?)\b")
DEPOSIT_WITH = re.compile(rf"(?<![\w./])(?P<positive>{NUMBER})\s(?:\(\s?\d{{1,2}}\s?\)\s)?(?:(?!number\b)\w+\s){{0,4}}?(?:with|containing|contains?|showing|shows?|having|has)\s(?:an?\s)?$")
#: "Lymph nodes: 14 examined, 3 positive", "3 positive of 14", "2 positive.": the first number is the examined where a second is positive.
FIRST_NUMBER = re.compile(
    rf"(?:nodes?|lns?)(?:\s?\([^()]{{0,30}}\))?(?:\sstatus)?[\s:=,\-]{{1,4}}(?:(?:total|examined|number|submitted)[\s:=]{{1,3}}){{0,2}}(?P<first>{NUMBER})(?!\w)(?:"
    rf"\s(?:are\s|is\s|were\s)?(?:positive|involved)(?:\s(?:out\s)?(?:of|/)\s?(?P<examined>{NUMBER})(?![\w%])|(?=\s?(?:[.,;)\n]|$)))"
    rf"|(?:\s(?:in total|total|examined|submitted|identified|found|recovered|nodes|lymph nodes)){{0,3}}[\s,;:/(]{{1,3}}"
    rf"(?:(?P<positive>{NUMBER}|none)\s(?:are\s|is\s|were\s|was\s)?(?:positive|involved|metastatic|with metasta)|(?:positive|involved)[\s:=]{{1,3}}(?P<behind>{NUMBER}|none)(?![\w%])))")
#: "Sentinel node: metastatic carcinoma (1 of 1)": figures in words, node words nearby.
PAREN_OF = re.compile(rf"\(\s?(?P<positive>{NUMBER})\+?\s(?:out\s)?of\s(?P<examined>{NUMBER})\s?\)")
#: "Sentinel lymph node #1: micrometastasis": one node, by its number.
NUMBERED = re.compile(
    r"node\s?#?\s?(?:\d{1,2}|[a-h])(?:\s?\([^()]{0,25}\))?\s?[:,\-]\s?(?:one\s)?(?P<deposit>(?:macro|micro)-?metast[ae]s[ie]s|metastatic (?:\w+ ){0,3}?carcinoma|positive for (?:\w+ ){0,2}?carcinoma)(?!\s(?:is |are |was )?(?:not|absent))")
#: Basins beyond the axilla that make N3 or N2 of a breast tumor whatever their number (AJCC-8: N3a, N3c; N3b or N2b).
#: "Subclavicular" and "level III" are not among the words: reports give them to parts of an axillary dissection that they count as one.
BASIN = re.compile(r"\b(?P<basin>(?:infra|supra)-?\s?clavicular|internal (?:mammary|thoracic))\b")
BASIN_ANCHORS = ("infraclav", "infra-clav", "infra clav", "supraclav", "supra-clav", "supra clav", "internal mammary", "internal thoracic")
BASIN_POSITIVE = re.compile(r"\b(?:positive|involved)\b|metasta(?:tic|s[ie]s)\b|(?<![\d/])[1-9]\d?\s?(?:/|of)\s?\d{1,2}\b")
BASIN_NOT = re.compile(
    r"\b(?:no|not|none|non|negative|without|free|benign|absent|uninvolved|cannot|contralateral|opposite|other|clinical\w*|imaging|history|prior|previous|or|nor|if|isolated|"
    r"p?n[0-3][abc]?|suspicious|distant)\b|(?<!\d)0\s?/")
CLAUSE_END = re.compile(r"[.;](?=\s|$)|(?<!:)\n")
BASIN_NODE = re.compile(r"\b(?:nodes?|lns?|nodal)\b")
#: An internal mammary node that was only sampled as a sentinel is N1b (AJCC-8), which the count says.
SENTINEL = re.compile(r"\bsentinel\b|\bslns?\b")
#: A metastasis in a node without a count, and what takes it back.
POSITIVE_MENTION = re.compile(
    r"\bmetastatic (?:\w+ |grade \d \(of \d\)\s?){0,5}?(?:carcinoma|adenocarcinoma|tumou?r|melanoma|disease)\b[^.;:\n]{0,50}?\b(?:lymph )?nodes?\b"
    r"|nodes?\b[^.;\n]{0,60}?[:,\-]\s*(?:and\s?(?:is |are )?)?(?:positive for|metastatic|with metasta|involved by|metasta)"
    r"|nodes? (?:is |are |was |were )?(?:positive for (?:\w+ ){0,2}?(?:carcinoma|adenocarcinoma|malignan|tumou?r|cancer|metasta)|positive(?=\s?[;,]|\.(?:$|\s(?![\d.\s]))))"
    r"|nodes? (?:\w+ ){0,2}?(?:with|containing|contains?|shows?|showing|is positive for|are positive for|(?:is |are )?involved by|replaced by) (?:\w+ ){0,2}?metasta"
    r"|\bmetast[ae]s[ie]s (?:is |are )?(?:to|in|involving|present in|identified in) [^.;:\n]{0,40}?(?:lymph )?nodes?\b"
    # Only nodes have micrometastases (AJCC-8: N1mi, which folds into N1).
    r"|\bmicrometastas[ie]s\)?[\s.:]{1,3}(?:is |are |was |were )?(?:identified|present|seen|found|detected|confirmed)\b")
MENTION_NEGATED = re.compile(r"\b(?:no|not|negative|without|free|absent|none|evaluat\w+|rule out|cannot|history|isolated|confirm\w*|benign|0\s?/)\b")
MENTION_ZERO = re.compile(r"[\w\s]{0,22}[:\s]{1,3}(?:(?:zero|none|o|absent|negative|not identified|no)\b|0(?![\d.]))")
POSITIVE_RESULT = re.compile(r"node[s]?,? ?(?:is |are |were )?(?:positive|involved|with metasta\w+|containing metasta\w+|showing metasta\w+|show metasta\w+)")
NEGATED_BEFORE = re.compile(r"\bno\b|negative|\bof\s?$")
#: "Free of tumor in 4 of 4 nodes", "carcinoma not identified in 3 of 3 nodes".
NEGATED_COUNT = re.compile(r"(?:\bbenign|\buninvolved|\bfree\sof\s\w+|\bnot\s(?:identified|seen|present|found)|\bno\s(?:\w+\s){1,3}?(?:identified|seen|present|found)?|\bnegative(?:\sfor\s(?:\w+\s?){1,3})?)\s?(?:in)?\s{0,2}$")
NEGATED_BEHIND = re.compile(r"[\s,(\d/)]{0,12}(?:is |are |were )?(?:negative|free|benign|uninvolved|tumou?r[ -]free)")
#: Words that the patterns of the same name begin with.
NODE = ("node",)
NODE_SHORT = ("node", "lns")
NEGATIVE_ANCHORS = ("node", "lns", "ln ")
NEGATIVE_BEFORE_ANCHORS = ("no ", "neither", "all ", "both ", "benign", "negative", "reactive", "unremarkable", "uninvolved", "tumor free", "tumor-free",
                           "lymph node met", "node met")
FIELD_ANCHORS = ("number", "positive", "involved", "metastatic", "node", "lymph", "regional", "axillary", "sentinel")
METASTASIS = ("metasta",)
QUICK = ("node", "nodal", "lns", "sln", "ln:", "ln #", "snb", "alnd", "axilla", "lymphonod", "tumor deposit", "tumour deposit")
MENTION_ANCHORS = ("metasta", "node", "micrometasta")
#: "Sentinel node positive for carcinoma": one node, without a number.
ONE_NODE = re.compile(r"(?<!of )(?:lymph )?node\b(?!s)[^.;:\n]{0,30}?(?:positive|involved|metasta)")
#: The kind of the deposits, said once for all nodes of a count.
ALL_ISOLATED = re.compile(r"(?:type|size|kind) of (?:nodal )?metastas[ie]s\s?[:.\-]\s?(?:itcs?\b|isolated tumou?r cells?)")
#: Colorectal tumor deposits: without a positive node they are N1c (AJCC-8).
TUMOR_DEPOSITS = re.compile(
    r"tumou?r deposits?(?:\s?\([^()]{0,60}\))?(?:\s?[:=]\s?(?:present|identified|yes|positive|[1-9]\d?(?!\d|\s?[cm]m))|\s(?:is |are )?(?:present|identified|seen|found)\b)"
    rf"|(?<![\w./])(?!zero|0){NUMBER}\s(?:\w+\s){{0,3}}?tumou?r deposits?\b(?!\s(?:is |are )?(?:not|absent))")
DEPOSITS_NEGATED = re.compile(r"\b(?:no|not|without|absent|negative|cannot)\b[^.;:\n]{0,30}$")
#: Isolated tumor cells are not metastasis: N0(i+).
ISOLATED = re.compile(word_starts(r"isolated tumou?r cells?\b", r"itcs?\b", r"n0\s?\(i\+\)"))
BEYOND_ISOLATED = re.compile(r"met(?:astas|astat)|\bpositive|\binvolved|micromet|macromet")
ISOLATED_NEGATED = re.compile(r"\bno (?:\w+ )?(?:isolated|itc)|isolated tumou?r cells?[\s:()\w]{0,12}(?:absent|none|no\b|not )|isolated tumou?r cells?(?:\s?\([^()]{0,90}\))?\s?[:=]\s?(?:0|zero|none)\b")
#: The report's own total, better than a sum over specimens.
TOTAL = re.compile(r"(?:total|summary|overall|lymph node status|number of (?:lymph )?nodes)[^.;\n]{0,50}$")

#: Site -> words that name it. The site with most mentions wins.
SITES: dict[str, tuple[str, ...]] = {
    "breast": ("breast", "mastectomy", "lumpectomy"), "colorectal": ("colon", "colectomy", "rectum", "rectal", "cecum", "sigmoid", "rectosigmoid"),
    "stomach": ("stomach", "gastric", "gastrectomy"), "oesophagus": ("esophag", "oesophag"), "thyroid": ("thyroid",),
    "prostate": ("prostat",), "bladder": ("bladder", "cystectomy", "urothelial"), "kidney": ("kidney", "renal", "nephrectomy"),
    "uterus": ("endometri", "uterine", "uterus", "hysterectomy", "cervix"), "pancreas": ("pancrea", "whipple"), "lung": ("lung", "bronch", "lobectomy"),
    "head and neck": ("tongue", "larynx", "tonsil", "mouth", "neck dissection", "oral", "mandib", "laryng"), "liver": ("liver", "hepat"),
    "biliary": ("gallbladder", "cholangiocarcinoma", "bile duct", "ampulla"), "small bowel": ("small bowel", "small intestine"),
    "melanoma": ("melanoma",),
}
#: Fewest positive nodes of N1, N2, N3 by site; no entry where N is not a count (only zero is read there).
THRESHOLDS: dict[str, tuple[int, ...]] = {
    "breast": (1, 4, 10), "colorectal": (1, 4), "stomach": (1, 3, 7), "oesophagus": (1, 3, 7), "thyroid": (1,), "prostate": (1,),
    "bladder": (1, 2), "kidney": (1,), "pancreas": (1, 4), "liver": (1,), "uterus": (1,),
    "biliary": (1, 4), "small bowel": (1, 3), "melanoma": (1, 2, 4),
}
