"""One final verdict per claim, with a confidence that follows from the kind of evidence."""

import pytest

from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.paper.claims import CLAIMS, PARTS, judge
from pathmtl.paper.evidence import Claim, Evidence, Measured, Verdict
from pathmtl.paper.final import HIGH, LOW, MEDIUM, NO_CONFIDENCE, WORDS, count_words, finals_of

TABLES, EQUATIONS = "Tables I to IV and the abstract", "Equations 1 to 7"
ABOVE = Measured("+0.1", 0.1, 0.05, 0.15, p=0.001)
AROUND = Measured("+0.1", 0.1, -0.05, 0.25, p=0.4)
BELOW = Measured("-0.1", -0.1, -0.15, -0.05, p=0.001)
ONE_SEED = Measured("+0.1", 0.1, 0.05, 0.15, note="one seed, so its own spread is unknown", p=0.001)


def claim(page="table1_baseline", **more):
    return Claim("a-claim", "A claim", "words", "V-A", "better", (page,), **more)


def only(part, one, measured):
    evidence = Evidence(measured={one.id: measured} if measured else {})
    (final,) = finals_of({part: [one]}, {one.id: judge(one, evidence)})
    return final


@pytest.mark.parametrize(
    ("part", "one", "measured", "word", "confidence"),
    [
        (EQUATIONS, claim(), ABOVE, HELD, HIGH),
        (EQUATIONS, claim(reason="a fit"), ABOVE, HELD, MEDIUM),
        (TABLES, claim(), ABOVE, HELD, MEDIUM),
        (TABLES, claim(), BELOW, NOT_HELD, MEDIUM),
        (TABLES, claim("real_reports"), BELOW, NOT_HELD, MEDIUM),
        (TABLES, claim(reason="the bound is ours"), ABOVE, HELD, LOW),
        (TABLES, claim(), ONE_SEED, HELD, LOW),
        (TABLES, claim(), AROUND, TIE, LOW),
        (EQUATIONS, claim(), AROUND, TIE, LOW),
        (TABLES, claim(), None, UNTESTED, NO_CONFIDENCE),
        (EQUATIONS, claim(), None, UNTESTED, NO_CONFIDENCE),
    ],
)
def test_the_confidence_follows_from_the_evidence(part, one, measured, word, confidence):
    final = only(part, one, measured)
    assert (final.word, final.confidence) == (word, confidence)
    assert final.reason, "a verdict says what it rests on, or why there is none"


def test_runs_that_were_trained_longer_give_low_confidence():
    one = claim()
    evidence = Evidence(longer=Evidence(measured={one.id: ABOVE}))
    (final,) = finals_of({TABLES: [one]}, {one.id: judge(one, evidence)})
    assert (final.word, final.confidence) == (HELD, LOW)
    assert "trained longer" in final.measured


def test_a_reason_names_real_and_synthetic_reports_apart():
    assert "real reports" in only(TABLES, claim("real_reports"), ABOVE).reason
    assert only(TABLES, claim(), ABOVE).reason.startswith("synthetic reports")
    assert "synthetic" not in only(EQUATIONS, claim(), ABOVE).reason


def test_every_claim_of_the_paper_ends_once_and_one_without_a_verdict_is_untested():
    finals = finals_of(PARTS, {CLAIMS[0].id: Verdict(HELD)})
    assert [final.claim for final in finals] == list(CLAIMS)
    counts = count_words(finals)
    assert list(counts) == list(WORDS)
    assert counts == {**dict.fromkeys(WORDS, 0), HELD: 1, UNTESTED: len(CLAIMS) - 1}
