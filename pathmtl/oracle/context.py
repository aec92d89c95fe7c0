"""Words around a finding that take it out of the present diagnosis."""

from __future__ import annotations

import re

#: Directly before a stage or grade: it belongs to another time or another tumor.
HISTORY = re.compile(
    r"(?:\bhistory(?:\ssignificant)?\s(?:of|for)|\bh/o\b|\bhx of|\bpmh\b:?|\bknown(?:\swith)?|\b(?:prior|previous)(?:\s\w{4,12}\s?:)?|\bpreviously|\bstatus[\s-]post|\bs/p\b|\bformer(?:ly)?|\bpast\b"
    r"|\boriginally|\bclinical(?:ly)?|\bpre-?operative(?:ly)?|\binitial(?:ly)?|\bin (?:19|20)\d\d\b|\bstaged elsewhere|\boutside\b)[^.:;\n]{0,60}(?:\n[^.:;\n]{1,60})?$"
    # A field of the clinical stage.
    r"|\bclinical (?:tnm |ajcc )?(?:stag(?:e|ing)|tnm)(?: group(?:ing)?)?\s?[:=]\s?[^.;:\n]{0,40}$")
#: A stretch without any of these holds no such word; looking for them is many times faster.
HISTORY_QUICK = ("histor", "h/o", "hx of", "pmh", "known", "prior", "previous", "status", "s/p", "former", "past", "clinical", "operative",
                 "initial", "original", "in 19", "in 20", "elsewhere", "outside")
#: The year of an earlier diagnosis, or a treatment since, directly behind a stage.
HISTORY_BEHIND = re.compile(r"[\s,]{0,2}(?:p?n\s?[0-3x]\w?|disease|node[\s-]negative|carcinoma)?[\s,(]{1,3}(?:in\s)?(?:(?:19|20)\d\d\b|s/p\b|status[\s-]post)")
#: A later text corrects an earlier one (the addendum rule for T, N, M and grade).
AMENDS = re.compile(r"\b(?:amend|revis|correct|re-?stag|upstag|downstag|updat)\w*|\bchanged (?:to|from)\b|\bis now\b")
#: No result yet, or none to come.
PENDING = re.compile(r"\b(?:pending|to follow|will (?:be|follow)|(?:has|have) been (?:ordered|requested|sent)|to be (?:reported|performed)|"
                     r"(?:is|are) being|in progress|awaiting|ordered|send[- ]out|sent out)\b")
NOT_DONE = re.compile(r"\b(?:not (?:performed|done|assessed|evaluated|tested|requested|available|known|determined|applicable|reported|ordered)|"
                      r"not be (?:performed|assessed|evaluated|determined)|cannot be|n/a|unknown|insufficient|not assessable|deferred|"
                      r"quantity not sufficient|qns)\b|\bunk\b")
#: Another person's finding: "mother with HER2 positive breast cancer", "family history of ...".
FAMILY = re.compile(
    r"\b(?:mother|sister|aunt|daughter|grandmother|cousin|brother|father|niece|relatives?|family (?:history|hx)|(?:maternal|paternal) \w+)\b"
    r"(?!\s(?:cell|cyst))[^.\n]{0,140}$")
FAMILY_QUICK = ("mother", "sister", "aunt", "daughter", "cousin", "brother", "father", "niece", "relative", "family", "ternal")
#: A correction between a word of history and a value: what stands behind it is current ("originally pT2, corrected to pT1c").
CORRECTED = re.compile(r"\b(?:amend|revis|correct|re-?stag|upstag|downstag|updat|chang|reclassif)\w*|\bnow\b|\bbut\b|\bcurrent")
_CHANGE = r"(?:amend|revis|correct|re-?stag|upstag|downstag|upgrad|downgrad|updat|chang|reclassif|modif|alter)\w*"
#: Directly before a value: it is denied, only supposed, or what a correction replaced. The general rules of AJCC-8 (chapter 1) and
#: SEER code what is assigned; a category that is named to be ruled out is not.
TAKEN_BACK = re.compile(
    r"(?:\b(?:not|n't|never|fails? to|failed to|insufficient to|inadequate to)\s(?:\w+\s){0,2}?(?:qualif|meet|fulfil|constitut|amount|reach|represent|count|stag|classif|categori|consist|suffic|enough|consider"
    r"|regard|upstag|upgrad|make|justif|warrant|support|satisf|chang|assign|call|be (?:stag|classif|cod|consider|regard|call))\w*[^.;:\n]{0,40}"
    r"|\b(?:no|without|lacks?|lacking|absence of)\s(?:\w+\s)?(?:features?|evidence|criteri\w+|signs?|indications?|suggestions?|suspicion|findings?|elements?)\s(?:of|for|to|that)\s(?:(?:an?|any|stage|category|true)\s){0,2}"
    r"|\b(?:criteria|requirements?|threshold|definition) (?:for|of)(?: an?)?\s(?:stage\s|category\s)?(?=[^.;\n]{0,24}\bnot\b)"
    r"|\b(?:rather than|instead of|as opposed to|in place of|rul(?:e|es|ed|ing) out|exclud(?:e|es|ed|ing)|argues? against|short of|supersed\w+|replac(?:es|ed|ing)|neither|nor|not)\s"
    r"(?:(?:an?|the|as|of|category|stage|previous|earlier|original|former)\s){0,3}"
    r"|\b(?:might|could|may)\s(?:also\s|well\s|even\s)?(?:be|represent|reflect|indicate|correspond to|reach|qualify as)\s(?:(?:an?|at least|category|stage)\s){0,2}|\b(?:would|might|could) have been\s(?:\w+\s)?"
    r"|\bassum(?:ing|ed|es?)(?: that)?\s[\"']?|\b(?:suspicious|concern\w*|suspicion|question\w*|query|possibl[ey]|suspected)\s(?:(?:for|of|an?)\s){0,2}"
    rf"|\b{_CHANGE}\s(?:\w+\s){{0,4}}?from\s(?:(?:an?|the|category|stage|its)\s){{0,2}})[\"'(\[]?$")
TAKEN_BACK_QUICK = ("not ", "n't ", "never ", "fail", "no ", "without ", "lack", "absence", "criteria", "require", "threshold", "definition", "than ", "instead",
                    "opposed", "place of", "rul", "exclud", "against", "short of", "supersed", "replac", "nor ", "neither", "might", "could", "may ", "would",
                    "suspic", "concern", "question", "query", "possibl", "suspect", "from ", "assum")
#: Directly behind a value: it is denied, or replaced by what follows.
TAKEN_BACK_BEHIND = re.compile(
    r"[\s,)]{0,3}(?:(?:disease|criteria|category|stage|features?|tumou?r|status|cannot)\s){0,2}"
    r"(?:(?:is|are|was|were|has been|have been|can(?:not)?|could not|be)\s){0,2}(?:therefore\s|thus\s|reliably\s)?"
    r"(?:exclud(?:ed)|ruled out|not\s(?:met|reached|fulfilled|satisfied|supported|justified|warranted|assigned|excluded|confirmed)|(?:\w+\s)?in error|unlikely|disputed|considered but)\b"
    rf"|[\s,;)(\[]{{1,3}}(?:and |which |this |it )?(?:(?:has|have) been |was |is |to be |should be |now |subsequently |later )*{_CHANGE}\s(?:\w+\s){{0,4}}?(?:to|as)\b(?! follows)"
    r"|[\s,;)(\[]{1,3}(?:as )?(?:originally|previously|erroneously|incorrectly|initially|formerly|first) (?:report|issu|stat|stag|assign|diagnos|sign|record|giv)\w*"
    r"|[\s,;)(\[]{1,3}(?:should (?:read|be)|to read|is (?:replaced|superseded) by)\b")
#: "pT2 if the in situ component were included": supposed.
SUPPOSED = re.compile(r"\bwould\s(?:\w+\s){1,3}$")
CONDITION = re.compile(r"\b(?:if|were|unless|had|otherwise|in (?:that|this|which) case|without|assuming|combined|should)\b")
#: Another person, or another tumor of the patient, in the same sentence before a finding.
RELATIVE = re.compile(r"\b(?:(?:grand|step)?(?:mother|father|daughter)|sisters?|brothers?|siblings?|(?:maternal|paternal)\s\w+|aunts?|uncles?|cousins?|nieces?|nephews?|relatives"
                      r"|family history|fh:|familial)\b[^.;\n]*$")
RELATIVE_QUICK = ("mother", "father", "daughter", "sister", "brother", "sibling", "ternal", "aunt", "uncle", "cousin", "niece", "nephew", "relatives",
                  "family history", "fh:", "familial")
EARLIER_TUMOR_QUICK = ("history", "h/o", "hx", "known", "prior", "previous", "past", "former", "status post", "s/p", "treated", "diagnosed")
EARLIER_TUMOR = re.compile(r"\b(?:history of|h/o|hx of|known(?: to have)?|prior|previous|past|former|status post|s/p|treated for|diagnosed with)(?: an?)?\s"
                           r"(?:(?!biops|report|result|stud|specimen|core|test|slide|material)[\w+/,()\-]+\s){0,6}$")
TUMOR_BEHIND = re.compile(r"[^.;:\n]{0,70}?\b(?:carcinoma|cancer|ca|tumou?r|malignancy|disease|dcis)\b")
