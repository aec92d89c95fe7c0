"""Labels follow from the case by AJCC-8, Nottingham and ASCO/CAP rules, whatever is drawn."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pathmtl_synthetic.case import (
    BREAST,
    COLON,
    LUNG,
    PROSTATE,
    Her2,
    Nodes,
    Receptor,
    Tumour,
    grade,
    labels,
    n_category,
    t_category,
)
from pathmtl_synthetic.priors import HISTOLOGY, PROFILE, draw_case, receptors

from pathmtl.schema import CLASSES


def breast(size: float, **more: object) -> Tumour:
    return Tumour(BREAST, "left", "upper outer quadrant", "invasive ductal carcinoma", size, **more)


@pytest.mark.parametrize(
    ("tumour", "category"),
    [
        (breast(0.6), "1mi"),
        (breast(1), "1mi"),
        (breast(2), "1a"),
        (breast(5), "1a"),
        (breast(6), "1b"),
        (breast(10), "1b"),
        (breast(11), "1c"),
        (breast(20), "1c"),
        (breast(21), "2"),
        (breast(50), "2"),
        (breast(51), "3"),
        (breast(140), "3"),
        (breast(12, extent="skin"), "4b"),
        (breast(70, extent="chest wall"), "4a"),
        (breast(30, extent="both"), "4c"),
        (breast(40, extent="inflammatory"), "4d"),
        (breast(0, in_situ=True, in_situ_size=60), "is"),
        (breast(0, residual=False), "0"),
        (Tumour(LUNG, "left", "", "", 10), "1a"),
        (Tumour(LUNG, "left", "", "", 12, extent="visceral pleura"), "2a"),
        (Tumour(LUNG, "left", "", "", 45), "2b"),
        (Tumour(LUNG, "left", "", "", 70), "3"),
        (Tumour(LUNG, "left", "", "", 71), "4"),
        (Tumour(COLON, None, "", "", 90, extent="muscularis propria"), "2"),
        (Tumour(COLON, None, "", "", 0, extent="mucosa"), "is"),
        (Tumour(COLON, None, "", "", 20, extent="adjacent organ"), "4b"),
        (Tumour(PROSTATE, None, "", "", 20, extent="seminal vesicle"), "3b"),
    ],
)
def test_t_category(tumour: Tumour, category: str) -> None:
    assert t_category(tumour) == category


@pytest.mark.parametrize(
    ("organ", "nodes", "category"),
    [
        (BREAST, None, None),
        (BREAST, Nodes(0, 0), None),
        (BREAST, Nodes(3, 0), "0"),
        (BREAST, Nodes(3, 0, isolated_cells=True), "0"),
        (BREAST, Nodes(3, 1, 2.0), "1mi"),
        (BREAST, Nodes(3, 1, 2.1), "1a"),
        (BREAST, Nodes(9, 3, 5), "1a"),
        (BREAST, Nodes(9, 4, 5), "2a"),
        (BREAST, Nodes(12, 9, 5), "2a"),
        (BREAST, Nodes(12, 10, 5), "3a"),
        (COLON, Nodes(14, 1), "1a"),
        (COLON, Nodes(14, 3), "1b"),
        (COLON, Nodes(14, 4), "2a"),
        (COLON, Nodes(14, 7), "2b"),
        (LUNG, Nodes(9, 4, zone=2), "2"),
        (LUNG, Nodes(9, 0, zone=2), "0"),
        (PROSTATE, Nodes(9, 4), "1"),
    ],
)
def test_n_category(organ: str, nodes: Nodes | None, category: str | None) -> None:
    assert n_category(organ, nodes) == category


@given(tubules=st.integers(1, 3), nuclear=st.integers(1, 3), mitoses=st.integers(1, 3))
def test_nottingham(tubules: int, nuclear: int, mitoses: int) -> None:
    found = grade(breast(15, tubules=tubules, nuclear=nuclear, mitoses=mitoses))
    total = tubules + nuclear + mitoses
    assert found == (1 if total in (3, 4, 5) else 2 if total in (6, 7) else 3)
    assert grade(breast(0, in_situ=True, tubules=tubules, nuclear=nuclear, mitoses=mitoses)) is None


@pytest.mark.parametrize(
    ("percent", "intensity", "status", "allred"),
    [
        (0, 0, "Negative", 0),
        (1, 1, "Positive", 3),  # proportion 2: 1 is below 1 % (Allred 1998)
        (2, 1, "Positive", 3),
        (10, 2, "Positive", 4),
        (11, 2, "Positive", 5),
        (33, 1, "Positive", 4),
        (34, 1, "Positive", 5),
        (50, 2, "Positive", 6),
        (95, 3, "Positive", 8),
    ],
)
def test_receptor(percent: int, intensity: int, status: str, allred: int) -> None:
    receptor = Receptor(percent, intensity)
    assert (receptor.status, receptor.allred, receptor.h_score) == (status, allred, percent * intensity)


@given(percent=st.integers(0, 100), intensity=st.integers(1, 3))
def test_an_allred_score_of_3_or_more_is_positive_and_no_other(percent: int, intensity: int) -> None:
    """Harvey 1999 draws the line at 3, ASCO/CAP 2020 at 1 %: no case may fall between the two."""
    receptor = Receptor(percent, intensity if percent else 0)
    assert (receptor.allred >= 3) == (receptor.status == "Positive")


@pytest.mark.parametrize(
    ("her2", "status"),
    [
        (Her2(0), "Negative"),
        (Her2(1), "Negative"),
        (Her2(2), "Equivocal"),
        (Her2(3), "Positive"),
        (Her2(2, 2.4, 5.1), "Positive"),
        (Her2(2, 1.2, 2.4), "Negative"),
        (Her2(None, 3.0, 6.2), "Positive"),
        (Her2(None, 1.1, 2.2), "Negative"),
    ],
)
def test_her2(her2: Her2, status: str) -> None:
    assert her2.status == status


@pytest.mark.parametrize(
    ("histology", "er_positive", "her2_positive"),
    [
        ("invasive lobular carcinoma", (0.90, 0.99), (0.01, 0.08)),
        ("tubular carcinoma", (0.96, 1), (0, 0.03)),
        ("mucinous carcinoma", (0.93, 1), (0, 0.07)),
        ("invasive micropapillary carcinoma", (0.70, 0.90), (0.25, 0.45)),
        ("metaplastic carcinoma", (0, 0.15), (0, 0.10)),
        ("invasive ductal carcinoma", (0.40, 0.65), (0.20, 0.32)),
    ],
)
def test_receptors_depend_on_histology(
    histology: str, er_positive: tuple[float, float], her2_positive: tuple[float, float]
) -> None:
    """WHO Breast Tumours 2019: lobular, tubular and mucinous are hormone driven, metaplastic mostly triple negative."""
    rng = random.Random(1)
    drawn = [receptors(rng, 3, histology) for _ in range(2000)]
    er = sum(er.status == "Positive" for er, _, _ in drawn) / len(drawn)
    her2 = sum(her2.status == "Positive" for _, _, her2 in drawn) / len(drawn)
    assert er_positive[0] <= er <= er_positive[1] and her2_positive[0] <= her2 <= her2_positive[1]
    if histology == "metaplastic carcinoma":
        triple = sum("Positive" not in {er.status, pr.status, her2.status} for er, pr, her2 in drawn)
        assert triple > 0.7 * len(drawn)


def test_every_histology_with_a_profile_is_drawn() -> None:
    assert set(PROFILE) < set(HISTOLOGY)


@given(seed=st.integers(0, 10**9))
def test_a_drawn_case_is_consistent(seed: int) -> None:
    case = draw_case(random.Random(seed))
    for task, value in labels(case).items():
        assert value is None or value in CLASSES[task]
    assert len(case.tumours) == len(case.nodes)
    t = case.tumour
    if case.organ == BREAST and not t.extent:
        label = labels(case)["T"]
        by_size = "T1" if t.size <= 20 else "T2" if t.size <= 50 else "T3"
        assert label == (by_size if t.size else "Tis" if t.in_situ else "T0")
        assert case.treated or label != "T0", "without treatment there is a tumour"
    for nodes in case.nodes:
        assert 0 <= nodes.positive <= nodes.examined
        assert not (nodes.isolated_cells and nodes.positive)
    if len(case.tumours) == 2:
        assert case.tumours[0].side != case.tumours[1].side
        order = CLASSES["T"]
        first, second = ("T" + ("is" if c == "is" else c[0]) for c in map(t_category, case.tumours))
        rank = {name: i for i, name in enumerate(("T0", "Tis", *order[2:]))}
        assert rank[first] >= rank[second], "the index tumour is the most advanced"
    if not case.her2.amplified and case.her2.ihc == 2 and case.her2.ratio is None:
        assert case.her2.status == "Equivocal"
