"""The recorded verdicts do not depend on the seed of the bootstrap. Slow: the whole ledger is judged four times."""

import pytest

from pathmtl.experiments import store
from pathmtl.experiments.data import bundled
from pathmtl.experiments.evidence import measured_on_pages, recorded_evidence
from pathmtl.paper.claims import CLAIMS, corrected, verdicts_on
from pathmtl.schema import TASKS

SEEDS = range(4)


@pytest.fixture(scope="module")
def words():
    """By seed: claim -> its verdicts with the gate and without it, each by itself and among all."""
    shared = {"labels": bundled()[list(TASKS)], "measured": measured_on_pages(store.results())}
    found = []
    for seed in SEEDS:
        evidence = recorded_evidence(**shared, seed=seed)
        each = [verdicts_on(CLAIMS, one) for one in (evidence, evidence.without_gate())]
        columns = [*each, *map(corrected, each)]
        found.append({claim.id: [one.word for one in row] for claim, *row in zip(CLAIMS, *columns, strict=True)})
    return found


@pytest.mark.parametrize("claim", [claim.id for claim in CLAIMS])
def test_no_verdict_changes_with_the_seed_of_the_bootstrap(claim, words):
    assert all(by_claim[claim] == words[0][claim] for by_claim in words)
