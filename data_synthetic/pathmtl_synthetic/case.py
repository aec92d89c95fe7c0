"""A case: what the pathologist saw, and the labels that AJCC-8 and CAP rules derive from it.

Sizes are millimetres. Rules: AJCC Cancer Staging Manual, 8th edition (breast chapter 48, lung 36, colon and rectum 20,
prostate 58); Nottingham grade (Elston and Ellis 1991); ASCO/CAP receptor guidelines (ER and PR 2020, HER2 2018, affirmed 2023).
"""

from __future__ import annotations

from dataclasses import dataclass

BREAST, LUNG, COLON, PROSTATE = "breast", "lung", "colon", "prostate"


@dataclass(frozen=True, slots=True)
class Tumour:
    """One primary tumour. ``size`` is the largest invasive focus (0: none left, or in situ only)."""

    organ: str
    side: str | None
    site: str
    histology: str
    size: float
    foci: int = 1
    in_situ: bool = False  # an in-situ component, or the whole tumour when size is 0
    in_situ_size: float = 0.0
    in_situ_grade: int = 2
    residual: bool = True  # False: nothing left after treatment
    extent: str = ""  # breast: "", skin, chest wall, both, inflammatory; others: depth of invasion
    tubules: int = 2  # Nottingham components, 1-3 each
    nuclear: int = 2
    mitoses: int = 1
    differentiation: int = 2  # organs other than breast

    @property
    def invasive(self) -> bool:
        return self.size > 0 or self.extent not in ("", "mucosa")


@dataclass(frozen=True, slots=True)
class Nodes:
    """Regional lymph nodes of one side. ``largest`` is the largest deposit; ``zone`` the most distant (lung: 1-3)."""

    examined: int
    positive: int  # nodes with more than isolated tumour cells
    largest: float = 0.0
    isolated_cells: bool = False
    sentinel: bool = False
    zone: int = 1
    extranodal: bool = False


@dataclass(frozen=True, slots=True)
class Receptor:
    """ER or PR: share of stained nuclei in percent, mean intensity 0-3."""

    percent: int
    intensity: int

    @property
    def status(self) -> str:
        """ASCO/CAP 2020: positive from 1 % of nuclei."""
        return "Positive" if self.percent >= 1 else "Negative"

    @property
    def allred(self) -> int:
        """Proportion score 0-5 plus intensity 0-3 (Allred 1998).

        Proportion 1 is *below* 1 % and 2 is 1-10 %, so that what is positive by ASCO/CAP 2020 scores at least 3.
        """
        if self.percent == 0:
            return 0
        return 2 + sum(self.percent > bound for bound in (10, 33, 66)) + self.intensity

    @property
    def h_score(self) -> int:
        return self.percent * self.intensity


@dataclass(frozen=True, slots=True)
class Her2:
    """HER2 by immunohistochemistry (0-3, None: not done) and in-situ hybridisation (ratio and copies, None: not done)."""

    ihc: int | None
    ratio: float | None = None
    copies: float | None = None

    @property
    def amplified(self) -> bool | None:
        """ASCO/CAP 2018, group 1 against group 5; the generator draws no other group."""
        if self.ratio is None or self.copies is None:
            return None
        return self.ratio >= 2.0 and self.copies >= 4.0

    @property
    def status(self) -> str:
        """IHC 3+ positive, 0/1+ negative; 2+ is settled by hybridisation and equivocal until then."""
        if self.amplified is not None and self.ihc in (None, 2):
            return "Positive" if self.amplified else "Negative"
        return {3: "Positive", 2: "Equivocal"}.get(self.ihc, "Negative")


@dataclass(frozen=True, slots=True)
class Case:
    """One patient's disease at one operation.

    ``tumours[0]`` is the index tumour: the most advanced, which the labels describe.
    """

    organ: str
    tumours: tuple[Tumour, ...]
    nodes: tuple[Nodes | None, ...]
    er: Receptor
    pr: Receptor
    her2: Her2
    treated: bool = False  # neoadjuvant therapy: y prefix
    metastasis: str = ""  # site of a distant metastasis proven here, or ""

    @property
    def tumour(self) -> Tumour:
        return self.tumours[0]

    @property
    def node(self) -> Nodes | None:
        return self.nodes[0]


def t_category(tumour: Tumour) -> str:
    """AJCC-8 T with its subclass, without prefix: ``is``, ``1c``, ``4b``."""
    if tumour.organ == BREAST:
        return _breast_t(tumour)
    if tumour.organ == LUNG:
        return _lung_t(tumour)
    table = (
        {
            "mucosa": "is",
            "submucosa": "1",
            "muscularis propria": "2",
            "pericolorectal tissue": "3",
            "visceral peritoneum": "4a",
            "adjacent organ": "4b",
        }
        if tumour.organ == COLON
        else {"organ confined": "2", "extraprostatic extension": "3a", "seminal vesicle": "3b", "bladder": "4"}
    )
    return table[tumour.extent]


def _breast_t(tumour: Tumour) -> str:
    by_extent = {"chest wall": "4a", "skin": "4b", "both": "4c", "inflammatory": "4d"}
    if tumour.extent in by_extent:
        return by_extent[tumour.extent]
    if tumour.size == 0:
        return "is" if tumour.in_situ else "0"
    return _by_size(tumour.size, ((1, "1mi"), (5, "1a"), (10, "1b"), (20, "1c"), (50, "2")), "3")


def _lung_t(tumour: Tumour) -> str:
    by_size = _by_size(tumour.size, ((10, "1a"), (20, "1b"), (30, "1c"), (40, "2a"), (50, "2b"), (70, "3")), "4")
    # invasion of the visceral pleura makes at least a T2a (AJCC-8)
    return "2a" if tumour.extent == "visceral pleura" and by_size[0] == "1" else by_size


def _by_size(size: float, bounds: tuple[tuple[float, str], ...], beyond: str) -> str:
    return next((name for bound, name in bounds if size <= bound), beyond)


def n_category(organ: str, nodes: Nodes | None) -> str | None:
    """AJCC-8 N with its subclass, without prefix: ``0``, ``1mi``, ``2a``; None where no node was examined."""
    if nodes is None or nodes.examined == 0:
        return None
    if nodes.positive == 0:
        return "0"
    if organ == LUNG:
        return str(nodes.zone)
    if organ == PROSTATE:
        return "1"
    if organ == COLON:
        return _by_size(nodes.positive, ((1, "1a"), (3, "1b"), (6, "2a")), "2b")
    if nodes.largest <= 2.0:
        return "1mi"
    return _by_size(nodes.positive, ((3, "1a"), (9, "2a")), "3a")


def nottingham(tumour: Tumour) -> int:
    """Sum of the three Nottingham components, 3-9."""
    return tumour.tubules + tumour.nuclear + tumour.mitoses


def grade(tumour: Tumour) -> int | None:
    """Histologic grade 1-3 of the invasive tumour; None where nothing invasive was seen (in-situ disease has a nuclear grade)."""
    if not tumour.invasive:
        return None
    if tumour.organ != BREAST:
        return tumour.differentiation
    total = nottingham(tumour)
    return 1 if total <= 5 else 2 if total <= 7 else 3


def fold(letter: str, category: str) -> str:
    """Table S1's folding of subclasses: ``fold("T", "1mi") == "T1"``."""
    return letter + ("is" if category.startswith("is") else category[0])


def labels(case: Case) -> dict[str, str | None]:
    """All seven labels of the index tumour, whether or not a report states them."""
    n = n_category(case.organ, case.node)
    g = grade(case.tumour)
    breast = case.organ == BREAST
    return {
        "T": fold("T", t_category(case.tumour)),
        "N": fold("N", n) if n else None,
        "M": "M1" if case.metastasis else "M0",
        "grade": f"G{g}" if g else None,
        "ER": case.er.status if breast else None,
        "PR": case.pr.status if breast else None,
        "HER2": case.her2.status if breast else None,
    }
