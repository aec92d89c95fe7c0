"""The recorded verdicts do not depend on the seed of the bootstrap. Slow: the whole ledger is judged four times."""

import pytest

from pathmtl.experiments import store
from pathmtl.experiments.evidence import measured_on_pages, recorded_evidence
from pathmtl.experiments.results import bundled
from pathmtl.paper.claims import CLAIMS, corrected, verdicts_on
from pathmtl.schema import TASKS

SEEDS = range(4)


@pytest.fixture(scope="module")
def words():
    """By seed: claim -> (its verdict by itself, its verdict among all)."""
    shared = {"labels": bundled()[list(TASKS)], "measured": measured_on_pages(store.results())}
    found = []
    for seed in SEEDS:
        verdicts = verdicts_on(CLAIMS, recorded_evidence(**shared, seed=seed))
        found.append(
            {claim.id: (one.word, among.word) for claim, one, among in zip(CLAIMS, verdicts, corrected(verdicts), strict=True)}
        )
    return found


@pytest.mark.parametrize("claim", [claim.id for claim in CLAIMS])
def test_no_verdict_changes_with_the_seed_of_the_bootstrap(claim, words):
    assert len({by_claim[claim] for by_claim in words}) == 1
