"""Stated size of an invasive tumor: the largest of up to three dimensions is read first, as reports write it."""

from __future__ import annotations

import re

_LENGTH = r"(?P<size>\d{1,3}(?:[.,]\d+)?)\s?(?:x\s?\d{1,3}(?:[.,]\d+)?\s?){0,2}(?P<unit>cm|mm)\b"
SIZE = re.compile(
    r"\b(?:tumou?r size|size of (?:invasive )?(?:tumou?r|carcinoma|component)|size of the tumou?r|greatest dimension of (?:invasive )?(?:tumou?r|carcinoma)|"
    r"(?:invasive|infiltrating) (?:ductal |lobular |mammary )?carcinoma[^.;\n]{0,80}?(?:measuring|measures|size))"
    r"(?:\s?\([^()]{0,40}\))?[\s:.,\-=]{0,4}(?:is |of |at |up to |approximately |maximum |greatest (?:dimension|diameter)[\s:]{0,2}(?:is |of )?){0,2}" + _LENGTH)
