"""What the model of silent reports reads: words without stage codes, the organ, the tumor's size, and the oracle's other answers.

The codes (``pT2``, ``N0``, ``MX``) are hidden on purpose. A report that states its stage can then teach the words that go with
it, so that the model learns from every labeled report and not only from those that the rules cannot read.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

import numpy as np

from pathmtl.oracle.engine import Answer
from pathmtl.schema import TASKS

_WORD = re.compile(r"\w+")
#: Codes, also joined (``t2n0mx``) and with OCR's letters behind a prefix (``pnla``); identifiers of TCGA.
_CODE = re.compile(
    r"(?:[yprca]{0,3}[tnm](?:[0-4x]|is)(?:mi|[a-d])?\d?|[yprca]{1,3}[tnm][oil][a-d]?)+(?:no|mo)?|[cp]|[cp]?[tnm]|yp[tn]|tcga"
)
#: Organ -> parts of words whose number tells it. The organ mentioned most often wins.
_ORGANS = {
    "breast": ("breast", "mastectomy", "lumpectomy", "nottingham"),
    "lung": (" lung", "lobectomy", "pleura", "bronch"),
    "kidney": ("kidney", "renal", "nephrectomy", "gerota"),
    "liver": ("liver", "hepat"),
    "colon": ("colon", "rectum", "rectal", "colectomy", "cecum", "sigmoid", "mesorect"),
    "prostate": ("prostat", "seminal ves"),
    "bladder": ("bladder", "urothel", "cystectomy"),
    "thyroid": ("thyroid",),
    "stomach": ("stomach", "gastric", "gastrectomy"),
    "head and neck": ("laryn", "tongue", "mandib", "neck dissection", "tonsil", "oral cav", "pharyn"),
    "uterus": ("endometri", "uter", "myometri"),
    "cervix": ("cervix", "cervic", "exocerv"),
    "ovary": ("ovar", "fallopian", "oment"),
    "pancreas": ("pancrea", "whipple", "ampulla"),
    "skin": ("melanoma", " skin", "breslow", "clark"),
    "testis": ("testis", "testic", "seminoma", "orchiectomy", "spermatic"),
    "eye": (" eye", "uve", "choroid", "sclera", "globe", "optic"),
    "adrenal": ("adrenal",),
    "mesothelioma": ("mesothelioma",),
    "esophagus": ("esophag",),
    "bile duct": ("cholangio", "bile duct", "biliary"),
    "brain": ("brain", "glio", "astrocyt", "cerebr"),
}
_NUMBER = r"(\d{1,3}(?:[.,]\d{1,2})?)"
_SIZE = re.compile(rf"(?<![\d.,]){_NUMBER}" + rf"(?:\s*(?:cm|mm)?\s*[x×]\s*{_NUMBER})?" * 2 + r"\s*\.?\s*(cm|mm)\b")
_TUMOR = re.compile(r"tumou?r|mass|carcinoma|lesion|nodule|neoplas|adenoca|greatest dim|melanoma")
_LARGEST = re.compile(r"tumou?r size|size of tumou?r|tumou?r measur|greatest dim|maximum")
#: Upper bounds in cm; the last bin is open.
_BOUNDS = (1, 2, 3, 4, 5, 7, 10, 15)
_NEAR = 80  # characters before a size in which a tumor must be named


def words(text: str) -> list[str]:
    """The words of a report and its pairs of neighbors, in lower case, without stage codes.

    Examples
    --------
    >>> words("Small tumor, pT1c, free margins")
    ['small', 'tumor', 'free', 'margins', 'small tumor', 'free margins']
    """
    found = [None if _CODE.fullmatch(word) else word for word in _WORD.findall(text.lower())]
    pairs = [f"{a} {b}" for a, b in itertools.pairwise(found) if a and b]
    return [word for word in found if word] + pairs


def organ(low: str) -> str:
    """The organ that a report in lower case names most often; ``other`` if it names none."""
    counts = {name: sum(low.count(part) for part in parts) for name, parts in _ORGANS.items()}
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else "other"


def tumor_sizes(low: str) -> dict[str, float]:
    """Sizes of the tumor in cm, as far as a report in lower case tells them.

    Returns
    -------
    dict
        ``field`` (the first behind "tumor size" or "greatest dimension"), ``first`` and ``largest`` (of those near a word for a
        tumor); absent where there is none.
    """
    fields, near = [], []
    for match in _SIZE.finditer(low):
        value = max(float(n.replace(",", ".")) for n in match.groups()[:3] if n) * (1 if match[4] == "cm" else 0.1)
        if not 0.05 < value < 40:
            continue
        before = low[max(0, match.start() - _NEAR) : match.start()]
        if _LARGEST.search(before):
            fields.append(value)
        if fields[-1:] == [value] or _TUMOR.search(before) or _TUMOR.search(low, match.end(), match.end() + _NEAR // 2):
            near.append(value)
    sizes = {"field": fields[0]} if fields else {}
    return sizes | ({"first": near[0], "largest": max(near)} if near else {})


def organ_and_sizes(text: str) -> tuple[str, list[str]]:
    """The organ of a report, and the bins of its tumor's sizes as names of features."""
    low = text.lower()
    where, sizes = organ(low), tumor_sizes(low)
    bins = [(kind, int(np.digitize(sizes[kind], _BOUNDS)) if kind in sizes else "none") for kind in ("field", "first", "largest")]
    return where, [f"{kind}={number}" for kind, number in bins]


def findings(place: tuple[str, list[str]], answers: Mapping[str, Answer], task: str) -> list[str]:
    """What is found in a report beside its words, as names of binary features; the task's own answer is not among them.

    Parameters
    ----------
    place
        From ``organ_and_sizes``.
    answers
        The oracle's answer to each task.
    task
        The task to be inferred.

    Returns
    -------
    list of str
        Organ; bins of the tumor's sizes, alone and with the organ; the oracle's answers to the other tasks, T, N and M also with
        the organ.
    """
    where, sizes = place
    names = [f"organ={where}", *sizes, *(f"{where}, {size}" for size in sizes)]
    for other in TASKS:
        if other != task:
            answer = f"{other}={answers[other].value or 'none'}"
            names += [answer, f"{where}, {answer}"] if other in "TNM" else [answer]
    return names
