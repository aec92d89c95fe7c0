"""Names of lymph node stations where the station decides N: uterus and lung (AJCC-8)."""

from __future__ import annotations

import re

#: Para-aortic nodes make N2 of the corpus (AJCC-8, corpus uteri; FIGO IIIC2), pelvic ones N1.
AORTIC = re.compile(r"\b(?:para|peri)[\s-]?aortic\b|\baorto-?caval\b")
PELVIC = re.compile(r"\bpelvic\b|\biliac\b|\bobturator\b|\bparametri\w+|\bpara-?cervical\b|\bsacral\b")

_NUMBERED = r"(?:stations?|levels?)\s?#?\s?"
_MEDIASTINAL = (r"mediastin\w*|sub-?carinal|(?:para|pre|retro|lower para|upper para)-?\s?tracheal|sub-?aortic|aort[io]c?o?[\s-]?pulmonary|a-?p window|(?:para|peri)[\s-]?aortic|aortic"
                r"|pre-?vascular|para-?o?esophageal|(?:inferior )?pulmonary ligament")
#: A station of the lung's drainage; "tracheobronchial" is left out, since maps give it to either side of the border.
LUNG_STATION = re.compile(
    r"\b(?:(?P<side>left|right)\s(?:lower\s|upper\s)?)?(?:"
    rf"(?P<n3>supra-?clavicular|scalene|contralateral|{_NUMBERED}1(?!\d))"
    rf"|(?P<n2>{_MEDIASTINAL}|{_NUMBERED}[2-9](?!\d))"
    rf"|(?P<n1>(?:peri-?|intra-?|para-?)?hil(?:ar|um)|(?:inter|intra)-?lobar|(?:sub)?segmental|(?:peri|para)-?bronchial|broncho-?pulmonary|intra-?pulmonary|intra-?parenchymal|{_NUMBERED}1[0-4]))"
    r"(?P<letter>[lr])?(?![a-z0-9])")
#: A report that names one has mediastinal nodes, of which it may speak without the word.
MEDIASTINAL = re.compile(rf"\b(?:{_MEDIASTINAL}|{_NUMBERED}[2-9](?!\d))")
#: What ends the reach of a count behind it.
NEXT = re.compile(r"\d\s?(?:/|of\b)|;|,(?![^()]{0,60}\))|\.\s|\n\n|\b(?:no|negative|and \w+ (?:of|lymph))\b")
#: "2 of 2 intrapulmonary nodes ... are negative": the verdict stands behind the stations.
VERDICT = re.compile(r"(?P<negative>negative|free of|benign|uninvolved|no (?:evidence|tumou?r))|positive|involved|metasta|contain|show|with")
#: The side of the primary tumor.
PRIMARY_SIDE = re.compile(r"\b(?P<first>left|right)\s(?:(?:upper|middle|lower)\s(?:lobe|lung)|lung|pneumonectomy)\b|\blung,\s(?P<second>left|right)\b")
