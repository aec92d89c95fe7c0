"""The claims ledger: every claim has the paper's words and its place, and gets a verdict from data or a reason why not."""

import re

import pytest
from conftest import ROOT
from test_experiments import outcome, table_of

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.experiments.recipes import TABLES
from pathmtl.pages import ledger
from pathmtl.pages.claims import CLAIMS


def test_each_claim_names_its_words_its_place_and_rows_that_exist():
    for claim in CLAIMS:
        assert claim.quote and claim.place, claim.says
        assert {claim.a, claim.b} <= set(TABLES[claim.table]), claim.says
        assert claim.table in ledger.NOTEBOOKS, claim.says
    assert len({(c.table, c.says) for c in CLAIMS}) == len(CLAIMS), "no claim stands twice"


def test_the_quotes_are_the_papers():
    paper = ROOT.parent / "shared" / "paper.txt"
    if not paper.exists():
        pytest.skip("the paper's text is not here")
    text = re.sub(r"\s+", " ", paper.read_text(encoding="utf-8"))
    missing = [c.quote for c in (*CLAIMS, *ledger.OUT_OF_REACH) if c.quote not in text]
    assert not missing


def test_a_claim_without_its_runs_is_untested_and_one_with_them_is_judged():
    table = table_of(outcome("lora", 1.0), outcome("frozen", 0.5), outcome("ia3", 1.0), outcome("prefix", 0.9))
    found = ledger.ledger({"table2": table}, resamples=50).set_index("Claim")
    assert found.loc["LoRA beats the frozen backbone", "Verdict, this build"] == HELD
    assert found.loc["(IA)³ is hardly better than the frozen backbone", "Verdict, this build"] == NOT_HELD
    assert found.loc["LoRA beats (IA)³", "Verdict, this build"] == TIE
    assert found.loc["The window beats a random one", "Verdict, this build"] == UNTESTED
    assert "Recorded" not in found, "no column for runs that nobody recorded"


def test_recorded_runs_stand_beside_this_builds():
    live = {"table2": table_of(outcome("lora", 0.9), outcome("frozen", 0.9))}
    kept = {"table2": table_of(outcome("lora", 1.0), outcome("frozen", 0.5)), "table3": table_of(name="table3")}
    row = ledger.ledger(live, kept, resamples=50).set_index("Claim").loc["LoRA beats the frozen backbone"]
    assert (row["Verdict, recorded"], row["Verdict, this build"]) == (HELD, TIE)


def test_printed_claims_are_computed_not_copied():
    found = ledger.printed_claims().set_index("Claim")
    assert found.loc["share of reports audited", "Verdict"] == HELD
    assert found["Verdict"].isin([HELD, PARTLY, NOT_HELD]).all()
    assert found.loc["“Overall Average” is the mean of the tasks", "Verdict"] == PARTLY, (
        "the naive rows are, the neural ones are not"
    )


def test_the_tally_counts_in_a_fixed_order():
    import pandas as pd

    counted = ledger.tally(pd.Series([TIE, HELD, UNTESTED, HELD]))
    assert list(counted.items()) == [(HELD, 2), (TIE, 1), (UNTESTED, 1)]
