"""Words around a finding that take it out of the present diagnosis."""

from __future__ import annotations

import re

#: Directly before a stage or grade: it belongs to another time or another tumor.
HISTORY = re.compile(
    r"(?:\bhistory(?:\ssignificant)?\s(?:of|for)|\bh/o\b|\bhx of|\bpmh\b:?|\bknown(?:\swith)?|\b(?:prior|previous)(?:\s\w{4,12}\s?:)?|\bpreviously|\bstatus[\s-]post|\bs/p\b|\bformer(?:ly)?|\bpast\b"
    r"|\bclinical(?:ly)?|\bpre-?operative(?:ly)?|\binitial(?:ly)?|\bin (?:19|20)\d\d\b|\bstaged elsewhere|\boutside\b)[^.:;\n]{0,60}(?:\n[^.:;\n]{1,60})?$"
    # A field of the clinical stage.
    r"|\bclinical (?:tnm |ajcc )?(?:stag(?:e|ing)|tnm)(?: group(?:ing)?)?\s?[:=]\s?[^.;:\n]{0,40}$")
#: A stretch without any of these holds no such word; looking for them is many times faster.
HISTORY_QUICK = ("histor", "h/o", "hx of", "pmh", "known", "prior", "previous", "status", "s/p", "former", "past", "clinical", "operative",
                 "initial", "in 19", "in 20", "elsewhere", "outside")
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
