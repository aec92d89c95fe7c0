"""The anatomic stage groups of the AJCC breast chapter: the whole grid, written out from the manual, and what is refused."""

import pytest

from pathmtl.real.stage_group import EDITIONS, GROUPS, most_probable_stage, stage_group

GRID = """
      N0    N1mi  N1    N2    N3
Tis   0     -     -     -     -
T0    -     IB    IIA   IIIA  IIIC
T1    IA    IB    IIA   IIIA  IIIC
T2    IIA   IIB   IIB   IIIA  IIIC
T3    IIB   IIIA  IIIA  IIIA  IIIC
T4    IIIB  IIIB  IIIB  IIIB  IIIC
"""
HEAD, *ROWS = [line.split() for line in GRID.split("\n") if line]
CELLS = [(row[0], n, group) for row in ROWS for n, group in zip(HEAD, row[1:], strict=True)]


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize(("T", "N", "group"), CELLS)
def test_the_grid_of_the_manual(T, N, group, edition):
    if group == "-":
        with pytest.raises(ValueError, match=f"{T} {N} M0 is impossible"):
            stage_group(T, N, "M0", edition=edition)
        return
    found = stage_group(T, N, "M0", edition=edition)
    assert (found.group, found.assumed, found.edition) == (group, (), edition)
    assert found.stage == group.rstrip("ABC") and group in GROUPS


@pytest.mark.parametrize(("T", "N"), [(T, N) for T, N, _ in CELLS if T != "Tis"])
def test_distant_metastasis_is_stage_iv_whatever_t_and_n_are(T, N):
    assert stage_group(T, N, "M1").group == "IV"


@pytest.mark.parametrize(("T", "N", "M"), [("Tis", "N0", "M1"), ("Tis", "N2", "M0"), ("T0", "N0", "M0"), ("T0", "NX", "M0")])
def test_contradictions_are_refused(T, N, M):
    with pytest.raises(ValueError, match="is impossible"):
        stage_group(T, N, M)


@pytest.mark.parametrize(
    ("codes", "group"),
    [
        (("pT1c", "pN0(i+)(sn)", "cM0(i+)"), "IA"),
        (("ypT1mi", "ypN1mi(sn)", "M0"), "IB"),
        (("pT1b(m)", "pN1a", "MX"), "IIA"),
        (("PT2", "PN1", "pM0"), "IIB"),
        (("pT4d", "pN3c", None), "IIIC"),
        (("pTis(DCIS)", "pN0", None), "0"),
        (("rpT3", "N2a", "M1"), "IV"),
    ],
)
def test_codes_are_read_with_prefix_and_suffix(codes, group):
    assert stage_group(*codes).group == group


@pytest.mark.parametrize(
    ("name", "value"), [("T", "T5"), ("T", "2"), ("N", "N4"), ("N", "T1"), ("M", "M2"), ("M", ""), ("T", "pT2 pN0")]
)
def test_what_is_no_category_is_named(name, value):
    with pytest.raises(ValueError, match=f"{name}={value!r}"):
        stage_group(**{"T": "T1", "N": "N0", "M": "M0"} | {name: value})


def test_an_unknown_edition_is_named():
    with pytest.raises(ValueError, match="edition=6"):
        stage_group("T1", "N0", "M0", edition=6)


@pytest.mark.parametrize(
    ("given", "assume", "group", "assumed"),
    [
        (("T1", "N0", None), None, "IA", ("M",)),
        ((None, "N1", None), None, "IIB", ("T", "M")),
        (("TX", "NX", "MX"), None, "IIA", ("T", "N", "M")),
        ((None, "N0", "M0"), {"T": "T1"}, "IA", ("T",)),
    ],
)
def test_what_was_assumed_is_returned(given, assume, group, assumed):
    found = stage_group(*given, **({"assume": assume} if assume else {}))
    assert (found.group, found.assumed) == (group, assumed)


@pytest.mark.parametrize(("given", "name"), [((None, "N0", "M0"), "T"), (("T1", "NX", "M0"), "N"), (("T1", "N0", None), "M")])
def test_without_an_assumption_silence_is_refused(given, name):
    with pytest.raises(ValueError, match=f"{name} is not stated"):
        stage_group(*given, assume={})


def test_the_most_probable_stage_is_not_that_of_the_most_probable_t():
    T = {"T1": 0.4, "T2": 0.35, "T3": 0.25}
    assert most_probable_stage({"T": T, "N": {"N0": 1.0}, "M": {"M0": 1.0}}) == ("II", pytest.approx(0.6))
    assert most_probable_stage({"T": T, "N": {"N0": 1.0}, "M": {"M1": 0.9, "M0": 0.1}})[0] == "IV"
    # An in situ carcinoma with a node metastasis cannot be; its weight is given to what can.
    both = {"T": {"Tis": 0.6, "T1": 0.4}, "N": {"N1": 1.0}, "M": {"M0": 1.0}}
    assert most_probable_stage(both) == ("II", pytest.approx(1.0))
    with pytest.raises(ValueError, match="no combination"):
        most_probable_stage({"T": {"Tis": 1.0}, "N": {"N1": 1.0}, "M": {"M0": 1.0}})
