"""T in words: how far the tumor extends, in the phrases by which AJCC defines the category of each organ.

Only phrases stand here that mean the same category in the sixth, seventh and eighth edition; a size is asked for where one limits
the category (lung, liver).
Where the tables leave an organ out, its T cannot be told from the extent alone (breast, thyroid) or changed with the edition.
"""

from __future__ import annotations

import re

#: A checklist's field of extent; its value runs to the end of the clause.
FIELD = re.compile(
    r"(?:(?:microscopic |local )?(?:tumou?r )?exten(?:t|sion)(?: of (?:the )?(?:invasion|tumou?r(?: invasion)?|primary tumou?r))?"
    r"|depth of (?:tumou?r )?invasion|level of invasion)(?:\s?\([^()]{0,60}\))?\s{0,3}[:=]\s{0,3}(?P<extent>[^.:;\n]{3,110})")
FIELD_ANCHORS = ("extent", "extension", "depth of", "level of inv")
#: "Extends into the renal vein", "invasion of periprostatic fat": the structure in the same clause as the verb.
VERB = re.compile(
    r"(?:(?:invad|infiltrat|penetrat)(?:es|ing|e|ed)|(?:extend(?:s|ing|ed)?|extension|invasion|penetration|infiltration) "
    r"(?:focally |just |directly )?(?:into|through|beyond|of))\s(?P<extent>[^.:;\n]{3,110})")
VERB_ANCHORS = ("invad", "invasion", "infiltrat", "extend", "extension", "penetrat")
#: Words of the same clause that take the extent back.
NEGATED = re.compile(
    r"\b(?:no|not|non|without|absent|absence|free|negative|cannot|uninvolved|never|rule out|suspicious|possible|questionable|close|"
    r"lymphovascular|perineural|dcis|in situ|prior|previous|history|clinical\w*|evaluat\w*)\b|\?")
#: A negation that OCR parted from its verb: "did not. extend".
NOT_BEFORE = re.compile(r"\bnot[.\s]{1,3}$")
#: The answer to a field whose name is the extent: "Extension into renal sinus: absent".
NEGATED_BEHIND = re.compile(r"[\s:=.]{1,4}(?:absent|not\b|no\b|none|n/a|negative|uninvolved)")

Depths = dict[str, tuple[tuple[str, re.Pattern], ...]]
_COLORECTAL_T3 = re.compile(
    r"through (?:the )?(?:entire )?(?:thickness of (?:the )?)?muscularis propria|\bsubseros|\bmesenteric fat|"
    r"\b(?:peri|meso)(?:colon|colic|rect|colorect|cec|sigmoid)\w*")
# Through it is beyond it.
_MUSCULARIS, _SUBMUCOSA = re.compile(r"(?<!through )(?<!through the )(?<!through the entire )\bmuscularis propria"), re.compile(r"\bsubmucosa|\blamina propria")
#: Organ (``nodes.patterns.SITES``) -> category and its phrases; of several categories in one clause the deepest counts.
BY_FIELD: Depths = {
    # In the colon invasion of the lamina propria is intramucosal carcinoma, Tis (AJCC-8); in the stomach and esophagus it is T1a.
    "colorectal": (("T3", _COLORECTAL_T3), ("T2", _MUSCULARIS), ("T1", re.compile(r"\bsubmucosa")),
                   ("Tis", re.compile(r"\blamina propria|\bintramucosal|\bmuscularis mucosa"))),
    "stomach": (("T2", _MUSCULARIS), ("T1", _SUBMUCOSA)),
    "oesophagus": (("T3", re.compile(r"\badventitia|\bthrough (?:the )?(?:entire )?muscularis propria")), ("T2", _MUSCULARIS), ("T1", _SUBMUCOSA)),
    "bladder": (("T3", re.compile(r"\bperi-?vesical")), ("T2", re.compile(r"\bmuscularis propria|\bdetrusor|\b(?:deep|superficial) muscle")),
                ("T1", re.compile(r"\blamina propria|\bsubepithelial connective"))),
    "lung": (("T2", re.compile(r"\bvisceral pleura")),),
    "liver": (("T2", re.compile(r"\b(?:single|solitary) tumou?r,? with vascular")),
              ("T1", re.compile(r"\b(?:single|solitary) tumou?r,? (?:with no|without) vascular"))),
    "prostate": (("T3", re.compile(r"\bextra-?prostatic")),),
}
BY_VERB: Depths = {
    "colorectal": (("T3", _COLORECTAL_T3),),
    "oesophagus": (("T3", re.compile(r"\badventitia")),),
    "bladder": (("T3", re.compile(r"\bperi-?vesical")),),
    "lung": (("T2", re.compile(r"\bvisceral pleura")),),
    "kidney": (("T3", re.compile(r"\brenal (?:vein|sinus)|\bvena cava")),),
    "prostate": (("T3", re.compile(r"\bextra-?prostatic|\bseminal vesicle|\bperi-?prostatic (?:fat|soft|adipose|tissue)")),),
}
#: Size of the tumor in its own field or sentence: pleura and vessels decide T only within limits of size (AJCC-8, lung and liver).
SIZE = re.compile(r"(?:tumou?r size|size of (?:the )?tumou?r|greatest dimension|(?:tumou?r|mass|carcinoma|nodule)[^.;:\n]{0,30}?(?:measur\w+|of))(?:\s?\([^()]{0,40}\))?"
                  r"[\s:,\-=]{1,4}(?:\w+\s){0,3}?(?P<size>\d{1,3}(?:[.,]\d+)?)\s?(?:x\s?\d{1,3}(?:[.,]\d+)?\s?){0,2}(?P<unit>cm|mm)\b")
#: Millimeters: above the first, a lung tumor in the visceral pleura is more than T2; up to the second, a solitary liver tumor is T1a.
LUNG_T2, LIVER_T1A = 50, 20
#: Ulceration of the skin by the tumor, or invasion of the chest wall, is T4 of a breast tumor of any size (AJCC-6 to 8); invasion of
#: the dermis or of the pectoral muscle alone is not.
BREAST_T4 = re.compile(
    r"(?:invad|involv|infiltrat|extend|extension|penetrat)\w*[^.;:]{0,60}\b(?:skin|dermis|epidermis)\b[^.;:]{0,40}\bulcerat\w+"
    r"|(?:invad|involv|infiltrat|extend|extension|penetrat)\w*[^.;:]{0,60}\bulcerat\w+\s(?:\w+\s){0,2}(?:skin|epidermis)\b"
    r"|(?:carcinoma|tumou?r)\b[^.;:]{0,40}(?:\bwith\s(?:\w+\s)?(?:skin|epidermal)\sulceration\b|\bulcerat(?:es|ing)\s(?:the\s)?(?:overlying\s)?(?:skin|epidermis)\b)"
    r"|\bskin\s(?:ulceration|involved\s\(ulceration\)|ulcerated)\s?(?:[:=]|is)\s?(?:present|identified|yes|positive)\b"
    r"|(?:invad|involv|infiltrat|extend|extension|penetrat)\w*\s(?:\w+\s){0,4}?chest wall\b(?! muscle)"
    # Satellite nodules in the skin and edema of the skin (T4b), inflammatory carcinoma (T4d).
    r"|\b(?:skin|cutaneous|dermal)\ssatellite\s(?:tumou?r\s)?(?:nodules?|foci|lesions?)\b(?:\s?[:=]\s?(?:present|identified|yes)|(?!\s?[:=]))"
    r"|\bsatellite\s(?:tumou?r\s)?nodules?\s(?:\w+\s){0,2}?(?:in|of|within|involving)\s(?:the\s)?(?:\w+\s)?(?:skin|dermis)\b"
    r"|\b(?:peau d.orange|skin (?:o?edema|edema))\s?(?:\([^()]{0,40}\)\s?)?(?:[:=]|is)\s?(?:present|identified|yes)\b"
    r"|\binflammatory (?:breast )?(?:carcinoma|cancer)\b")
BREAST_T4_ANCHORS = ("ulcerat", "chest wall", "satellite", "peau d", "edema", "inflammatory")
#: What the phrases begin with: a report without any of them holds no extent.
QUICK = ("muscularis", "seros", "peri", "meso", "mucosa", "adventitia", "visceral", "renal", "vena cava", "prostatic", "seminal",
         "vascular", "muscle", "lamina", "detrusor")
