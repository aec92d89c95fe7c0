"""The anatomic stage group of a breast cancer from T, N and M (AJCC Cancer Staging Manual, breast chapter).

Sources: 7th edition (Edge et al. 2010), chapter 32; 8th edition (Amin et al. 2017), chapter 48, as revised in January 2018, its
*anatomic* stage groups. Both have the same table; they differ in what T and N mean (lobular carcinoma in situ is no longer Tis in
the 8th), and the 8th also has prognostic groups, which need grade and receptors and are not computed here. Registries of TCGA's
time followed the 6th or 7th edition. Micrometastases (N1mi) with T0 or T1 make IB; with a larger tumor they count as N1.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

EDITIONS = (7, 8)
GROUPS = ("0", "IA", "IB", "IIA", "IIB", "IIIA", "IIIB", "IIIC", "IV")
#: What the most breast cancers have; the AJCC allows M0 to be assumed, but never T or N, so these are shown with the answer.
ASSUMED = {"T": "T2", "N": "N0", "M": "M0"}
#: Rows T0 to T3, columns N0, N1mi, N1, N2; T4, N3, Tis and M1 have rules of their own.
_TABLE = {
    "T0": (None, "IB", "IIA", "IIIA"),
    "T1": ("IA", "IB", "IIA", "IIIA"),
    "T2": ("IIA", "IIB", "IIB", "IIIA"),
    "T3": ("IIB", "IIIA", "IIIA", "IIIA"),
}
_COLUMNS = ("N0", "N1mi", "N1", "N2")
_CODES = {
    "T": re.compile(r"[ycpar]*(T(?:is|[0-4]))(?:mi|[a-d])?(?:\s?\((?:m|\d|s|sn|DCIS|Paget|LCIS)\))?", re.IGNORECASE),
    "N": re.compile(r"[ycpar]*(N(?:1mi|[0-3]))[a-c]?(?:\s?\((?:sn|f|i[+-]|mol[+-])\))*", re.IGNORECASE),
    "M": re.compile(r"[ycpar]*(M[01])(?:\s?\(i[+-]\))?", re.IGNORECASE),
}
_SILENT = re.compile(r"[ycpar]*[TNM]X", re.IGNORECASE)


@dataclass(frozen=True)
class StageGroup:
    """A stage group and where it is from.

    Attributes
    ----------
    group : str
        One of ``GROUPS``.
    edition : int
        The edition of the manual.
    T, N, M : str
        The categories that it follows from.
    assumed : tuple of str
        Which of T, N and M the report does not state, so that ``assume`` was used.
    """

    group: str
    edition: int
    T: str
    N: str
    M: str
    assumed: tuple[str, ...] = ()

    @property
    def stage(self) -> str:
        """The group without its letter: 0, I, II, III or IV."""
        return self.group.rstrip("ABC")


def stage_group(
    T: str | None, N: str | None, M: str | None, *, edition: int = 8, assume: Mapping[str, str] = ASSUMED
) -> StageGroup:
    """Stage group of a breast cancer.

    Parameters
    ----------
    T, N, M : str or None
        Categories, with or without prefix and suffix (``pT1c``, ``ypN1mi(sn)``, ``cM0(i+)``). None and ``TX``, ``NX`` and ``MX``
        are silent.
    edition : {7, 8}
        Edition of the AJCC manual: 7 for TCGA, 8 for reports since 2018.
    assume : mapping
        Category of each of T, N and M where it is silent; ``{}`` assumes nothing.

    Returns
    -------
    StageGroup

    Raises
    ------
    ValueError
        For an edition or a category that does not exist, for T, N and M that contradict each other (an in situ carcinoma with
        metastases, or no tumor anywhere), and where something is silent and nothing is assumed for it.

    Examples
    --------
    >>> stage_group("pT2", "pN1mi", None)
    StageGroup(group='IIB', edition=8, T='T2', N='N1mi', M='M0', assumed=('M',))
    """
    if edition not in EDITIONS:
        raise ValueError(f"edition={edition!r} is not one of {', '.join(map(str, EDITIONS))}")
    given = {"T": _category("T", T), "N": _category("N", N), "M": _category("M", M)}
    silent = tuple(name for name, value in given.items() if value is None)
    for name in silent:
        if assume.get(name) is None:
            raise ValueError(f"{name} is not stated, and nothing is assumed for it")
        given[name] = _category(name, assume[name])
    return StageGroup(_group(**given), edition, **given, assumed=silent)


def _category(name: str, value: str | None) -> str | None:
    if value is None or _SILENT.fullmatch(value.strip()):
        return None
    match = _CODES[name].fullmatch(value.strip())
    if not match:
        raise ValueError(f"{name}={value!r} is not a category of the AJCC breast chapter")
    found = match[1].upper()
    return found.replace("IS", "is").replace("MI", "mi")


def _group(T: str, N: str, M: str) -> str:
    if T == "Tis" and (N != "N0" or M != "M0"):
        raise ValueError(f"{T} {N} {M} is impossible: an in situ carcinoma has no metastases")
    if (T, N, M) == ("T0", "N0", "M0"):
        raise ValueError("T0 N0 M0 is impossible: there is no tumor to stage")
    if M == "M1":
        return "IV"
    if T == "Tis":
        return "0"
    if N == "N3":
        return "IIIC"
    if T == "T4":
        return "IIIB"
    return _TABLE[T][_COLUMNS.index(N)]


def most_probable_stage(probabilities: Mapping[str, Mapping[str, float]], *, edition: int = 8) -> tuple[str, float]:
    """The stage (0 to IV) with the highest probability, where T, N and M are each known with some probability only.

    T, N and M are taken as independent given the report; combinations that cannot be are left out.

    Parameters
    ----------
    probabilities : mapping
        T, N and M -> category -> probability; a stated category has probability 1.
    edition : {7, 8}
        As in ``stage_group``.

    Returns
    -------
    tuple of (str, float)
        The stage and its probability.

    Raises
    ------
    ValueError
        If no combination is possible.

    Examples
    --------
    >>> most_probable_stage({"T": {"T1": 0.4, "T2": 0.35, "T3": 0.25}, "N": {"N0": 1}, "M": {"M0": 1}})
    ('II', 0.6)
    """
    total: dict[str, float] = {}
    for (T, p), (N, q), (M, r) in itertools.product(*(probabilities[name].items() for name in "TNM")):
        if weight := p * q * r:
            try:
                stage = stage_group(T, N, M, edition=edition, assume={}).stage
            except ValueError:
                continue
            total[stage] = total.get(stage, 0.0) + weight
    if not total:
        raise ValueError("no combination of these T, N and M is possible")
    best = max(total, key=total.__getitem__)
    return best, round(float(total[best] / np.sum(list(total.values()))), 10)
