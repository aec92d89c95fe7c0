"""Clinical priors, and the draw of a case from them.

Class priors of T, N, grade and receptors are those recorded in the data card (first author's earlier public work); the
correlations (T with N, grade and histology with receptors) are coarse figures of the breast-cancer literature. A class is
drawn first and a measurement inside it second; labels are then derived back from the measurements (`case.labels`).
"""

from __future__ import annotations

import random
from dataclasses import replace

from pathmtl_synthetic.case import BREAST, COLON, LUNG, PROSTATE, Case, Her2, Nodes, Receptor, Tumour, grade, t_category

ORGANS = {BREAST: 0.86, LUNG: 0.05, COLON: 0.06, PROSTATE: 0.03}
T_PRIOR = {"T1": 833, "T2": 321, "Tis": 241, "T3": 109, "T0": 41, "T4": 24}
T1_SUB = {"mi": 3, "a": 13, "b": 28, "c": 56}
#: N0, N1mi, N1, N2, N3 by T: larger tumours spread more; the margins meet N0 938, N1 240, N2 43, N3 28.
N_GIVEN_T = {
    "Tis": (99, 1, 0, 0, 0),
    "T0": (90, 3, 6, 1, 0),
    "T1": (83, 5, 10, 1.3, 0.7),
    "T2": (64, 4, 23, 6, 3),
    "T3": (50, 3, 26, 11, 10),
    "T4": (34, 2, 28, 18, 18),
}
GRADE_PRIOR = {1: 432, 2: 891, 3: 563}
ER_NEGATIVE_GIVEN_GRADE = {1: 0.03, 2: 0.09, 3: 0.47, None: 0.18}
HER2_POSITIVE_GIVEN_GRADE = {1: 0.05, 2: 0.125, 3: 0.275, None: 0.13}
HER2_EQUIVOCAL = 0.065
#: Special types have receptor profiles of their own, whatever their grade: share that is ER negative, and HER2 positive. Coarse
#: figures of the WHO Classification of Tumours (Breast Tumours, 5th edition, 2019); the rates by grade describe all others.
PROFILE = {
    "invasive lobular carcinoma": (0.05, 0.04),
    "invasive mixed ductal and lobular carcinoma": (0.08, 0.08),
    "tubular carcinoma": (0.01, 0.01),
    "mucinous carcinoma": (0.03, 0.03),
    "invasive micropapillary carcinoma": (0.20, 0.35),
    "metaplastic carcinoma": (0.93, 0.04),  # most are triple negative
}
HISTOLOGY = {
    "invasive ductal carcinoma": 62,
    "invasive lobular carcinoma": 13,
    "invasive carcinoma of no special type (ductal)": 9,
    "invasive mammary carcinoma": 6,
    "tubular carcinoma": 2,
    "mucinous carcinoma": 2,
    "invasive mixed ductal and lobular carcinoma": 4,
    "invasive micropapillary carcinoma": 1,
    "metaplastic carcinoma": 1,
}
QUADRANTS = (
    "upper outer quadrant",
    "upper inner quadrant",
    "lower outer quadrant",
    "lower inner quadrant",
    "central portion",
    "retroareolar region",
    "{h} o'clock",
    "{h} o'clock, {d} cm from nipple",
    "axillary tail",
)
OTHER_SITES = {
    LUNG: ("upper lobe", "lower lobe", "middle lobe", "upper lobe, apical segment", "lower lobe, superior segment"),
    COLON: (
        "sigmoid colon",
        "cecum",
        "ascending colon",
        "transverse colon",
        "descending colon",
        "rectum",
        "rectosigmoid",
        "hepatic flexure",
    ),
    PROSTATE: ("prostate",),
}
OTHER_HISTOLOGY = {
    LUNG: (
        "adenocarcinoma",
        "adenocarcinoma, acinar predominant",
        "squamous cell carcinoma",
        "invasive mucinous adenocarcinoma",
        "large cell carcinoma",
    ),
    COLON: ("adenocarcinoma", "adenocarcinoma", "mucinous adenocarcinoma", "colonic adenocarcinoma"),
    PROSTATE: ("adenocarcinoma", "acinar adenocarcinoma", "prostatic adenocarcinoma"),
}
DEPTH = {
    COLON: {
        "mucosa": 4,
        "submucosa": 12,
        "muscularis propria": 18,
        "pericolorectal tissue": 48,
        "visceral peritoneum": 11,
        "adjacent organ": 5,
    },
    LUNG: {"": 85, "visceral pleura": 15},
    PROSTATE: {"organ confined": 58, "extraprostatic extension": 26, "seminal vesicle": 13, "bladder": 1},
}
METASTATIC_SITES = {
    BREAST: ("liver", "bone", "lung", "pleura", "brain"),
    LUNG: ("brain", "adrenal gland", "liver", "bone"),
    COLON: ("liver", "peritoneum", "lung"),
    PROSTATE: ("bone",),
}
METASTASIS_RATE = {BREAST: 0.012, LUNG: 0.05, COLON: 0.08, PROSTATE: 0.01}


def draw(rng: random.Random, weights: dict) -> object:
    """A key of ``weights``, drawn in proportion to its value."""
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def draw_case(rng: random.Random) -> Case:
    """One patient's case, AJCC-8 consistent by construction."""
    organ = draw(rng, ORGANS)
    case = _breast(rng) if organ == BREAST else _other(rng, organ)
    if case.tumour.invasive and rng.random() < METASTASIS_RATE[organ]:
        case = replace(case, metastasis=rng.choice(METASTATIC_SITES[organ]))
    return case


def _millimetres(rng: random.Random, low: float, high: float) -> float:
    size = rng.uniform(low, high)
    return float(round(size)) if size >= 1.5 else round(size, 1)


def breast_tumour(rng: random.Random, t: str, side: str) -> Tumour:
    """A breast tumour of T class ``t`` (grade components included)."""
    site = rng.choice(QUADRANTS).format(h=rng.randint(1, 12), d=rng.randint(2, 8))
    g = draw(rng, GRADE_PRIOR)
    histology = (
        draw(rng, HISTOLOGY)
        if t != "Tis"
        else rng.choice(("ductal carcinoma in situ", "ductal carcinoma in situ", "DCIS", "intraductal carcinoma"))
    )
    if g != 1 and histology == "tubular carcinoma":
        histology = "invasive ductal carcinoma"  # a tubular carcinoma is well differentiated by definition
    total = rng.choice({1: (3, 4, 5, 5), 2: (6, 6, 7, 7), 3: (8, 8, 9)}[g])
    tubules, nuclear, mitoses = rng.choice(_COMPONENTS[total])
    extent, residual, size = "", True, 0.0
    if t == "T1":
        sub = draw(rng, T1_SUB)
        size = _millimetres(rng, *{"mi": (0.3, 1.0), "a": (2, 5), "b": (6, 10), "c": (11, 20)}[sub])
    elif t == "T2":
        size = float(round(20 + 30 * rng.betavariate(1.1, 2.4))) or 21.0
        size = max(size, 21.0)
    elif t == "T3":
        size = float(round(51 + 60 * rng.betavariate(1, 3)))
    elif t == "T4":
        size, extent = float(rng.randint(22, 95)), rng.choice(("skin", "skin", "chest wall", "both", "inflammatory"))
    elif t == "T0":
        residual = False
    in_situ = t == "Tis" or (t != "T0" and rng.random() < 0.6)
    return Tumour(
        BREAST,
        side,
        site,
        histology,
        size,
        foci=rng.randint(2, 4) if size > 1 and rng.random() < 0.10 else 1,
        in_situ=in_situ,
        in_situ_size=float(rng.randint(3, 60)) if in_situ else 0.0,
        in_situ_grade=rng.choices((1, 2, 3), (20, 45, 35))[0],
        residual=residual,
        extent=extent,
        tubules=tubules,
        nuclear=nuclear,
        mitoses=mitoses,
    )


_COMPONENTS = {
    total: [
        (a, b, c) for a in (1, 2, 3) for b in (1, 2, 3) for c in (1, 2, 3) if a + b + c == total and a >= b - 1 and b >= c - 1
    ]
    for total in range(3, 10)
}


def breast_nodes(rng: random.Random, t: str) -> Nodes:
    """Axillary nodes given the T class."""
    n = rng.choices(("0", "1mi", "1", "2", "3"), N_GIVEN_T[t])[0]
    sentinel = n in ("0", "1mi", "1") and rng.random() < 0.72
    if n == "0":
        return Nodes(
            rng.randint(1, 5) if sentinel else rng.randint(6, 24), 0, isolated_cells=rng.random() < 0.05, sentinel=sentinel
        )
    low, high = {"1mi": (1, 2), "1": (1, 3), "2": (4, 9), "3": (10, 18)}[n]
    positive = rng.randint(low, high)
    examined = positive + (rng.randint(0, 3) if sentinel else rng.randint(4, 14))
    largest = round(rng.uniform(0.3, 2.0), 1) if n == "1mi" else float(rng.randint(3, 22))
    return Nodes(examined, positive, largest, sentinel=sentinel, extranodal=n != "1mi" and rng.random() < 0.25)


def receptors(rng: random.Random, g: int | None, histology: str) -> tuple[Receptor, Receptor, Her2]:
    """ER, PR and HER2 given the histology and, where that has no profile of its own, the grade (None: in situ only)."""
    er_negative, her2_positive = PROFILE.get(histology, (ER_NEGATIVE_GIVEN_GRADE[g], HER2_POSITIVE_GIVEN_GRADE[g]))
    er_positive = rng.random() >= er_negative
    pr_positive = rng.random() < (0.80 if er_positive else 0.04)
    return _receptor(rng, er_positive), _receptor(rng, pr_positive), _her2(rng, her2_positive)


def _receptor(rng: random.Random, positive: bool) -> Receptor:
    if not positive:
        return Receptor(0, 0)
    percent = rng.choices(
        (rng.randint(1, 9), 10 * rng.randint(1, 6), 5 * rng.randint(14, 20), rng.randint(90, 100)), (5, 18, 50, 27)
    )[0]
    return Receptor(percent, rng.choices((1, 2, 3), (3, 3, 1) if percent < 50 else (1, 4, 12))[0])


def _her2(rng: random.Random, positive: float) -> Her2:
    u = rng.random()
    if u < positive:
        ratio = round(rng.uniform(2.1, 8.5), 1)
        copies = round(max(4.2, ratio * rng.uniform(1.7, 2.6)), 1)
        return Her2(*rng.choices(((3, None, None), (2, ratio, copies), (None, ratio, copies)), (70, 22, 8))[0])
    if u < positive + HER2_EQUIVOCAL:
        return Her2(2)
    ratio, copies = round(rng.uniform(0.9, 1.6), 1), round(rng.uniform(1.5, 3.6), 1)
    return Her2(*rng.choices(((0, None, None), (1, None, None), (2, ratio, copies), (None, ratio, copies)), (32, 48, 14, 6))[0])


def _breast(rng: random.Random) -> Case:
    t = draw(rng, T_PRIOR)
    side = rng.choice(("left", "right"))
    tumours, nodes = [breast_tumour(rng, t, side)], [breast_nodes(rng, t)]
    if t not in ("Tis", "T0") and rng.random() < 0.06:
        # the second side is always the lesser one, so that the index tumour is the most advanced
        other = rng.choice(["Tis", *[c for c in ("T1", "T2") if c < t]])
        tumours.append(breast_tumour(rng, other, "left" if side == "right" else "right"))
        nodes.append(Nodes(rng.randint(1, 4), 0, sentinel=True))
    er, pr, her2 = receptors(rng, grade(tumours[0]), tumours[0].histology)
    treated = t == "T0" or (t != "Tis" and rng.random() < 0.07)
    return Case(BREAST, tuple(tumours), tuple(nodes), er, pr, her2, treated=treated)


def _other(rng: random.Random, organ: str) -> Case:
    site = rng.choice(OTHER_SITES[organ])
    side = rng.choice(("left", "right")) if organ == LUNG else None
    if site == "middle lobe":
        side = "right"  # the left lung has none
    size = float(round(8 + 75 * rng.betavariate(1.3, 3.2)))
    extent = draw(rng, DEPTH[organ])
    if extent == "submucosa":
        size = min(size, float(rng.randint(6, 28)))
    tumour = Tumour(
        organ,
        side,
        site,
        rng.choice(OTHER_HISTOLOGY[organ]),
        0.0 if extent == "mucosa" else size,
        in_situ=extent == "mucosa",
        extent=extent,
        differentiation=rng.choices((1, 2, 3), (18, 58, 24))[0],
    )
    deep = t_category(tumour)[0] in "34"
    node_positive = rng.random() < (0.45 if deep else 0.15) and extent != "mucosa"
    examined = rng.randint(4, 26) if organ != COLON else rng.randint(12, 34)
    positive = 0
    if node_positive:
        positive = min(examined, rng.choices((1, rng.randint(2, 3), rng.randint(4, 6), rng.randint(7, 11)), (45, 28, 17, 10))[0])
    nodes = Nodes(examined, positive, float(rng.randint(3, 15)) if positive else 0.0, zone=rng.choices((1, 2, 3), (55, 42, 3))[0])
    none = Receptor(0, 0)
    return Case(organ, (tumour,), (nodes,), none, none, Her2(0))
