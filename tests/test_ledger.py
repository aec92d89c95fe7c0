"""The ledger holds every claim: the paper's words and place, and a verdict from evidence or a reason why there is none."""

import re

import pytest
from conftest import ROOT
from test_experiments import outcome, table_of

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.experiments.evidence import keep_measured, measured_on_pages
from pathmtl.experiments.recipes import TABLES
from pathmtl.paper.claims import CLAIMS, PARTS, Evidence, Measured, judge, on_page, verdict_table
from pathmtl.paper.evidence import OURS

NOTEBOOKS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "notebooks").glob("*.py")}


def verdicts(claims, sources):
    return verdict_table(claims, sources, quotes=True, links=True)


@pytest.mark.parametrize("claim", CLAIMS, ids=[claim.id for claim in CLAIMS])
def test_each_claim_has_its_words_its_place_and_evidence_or_a_reason(claim):
    assert claim.says and claim.place
    assert claim.quote or claim.place == OURS
    assert claim.pages or claim.reason, "neither evidence nor a reason"
    assert set(claim.pages) <= set(NOTEBOOKS)
    assert claim.kind != "untested" or claim.reason
    if claim.table:
        assert {claim.a, claim.b} <= set(TABLES[claim.table])


def test_no_claim_stands_twice_and_each_is_in_one_part():
    assert len({claim.id for claim in CLAIMS}) == len({claim.says for claim in CLAIMS}) == len(CLAIMS)
    assert sum(len(part) for part in PARTS.values()) == len(CLAIMS)


def test_the_quotes_are_the_papers():
    paper = ROOT.parent / "shared" / "paper.txt"
    if not paper.exists():
        pytest.skip("the paper's text is not here")
    text = re.sub(r"\s+", " ", paper.read_text(encoding="utf-8"))
    assert [claim.id for claim in CLAIMS if claim.quote not in text] == []


def test_every_page_that_shows_verdicts_takes_them_from_the_ledger():
    pages = {page for claim in CLAIMS for page in claim.pages}
    for page, source in NOTEBOOKS.items():
        own = set(re.findall(r'on_page\("(\w+)"\)', source))
        assert own <= {page}, f"{page} judges the claims of {own}"
        assert (page in pages) == bool(own), f"{page}: its claims and its verdicts differ"
        assert '"Verdict"' not in source, f"{page} writes verdicts of its own"


def test_claims_of_the_reviews_list_are_there():
    words = {
        "expert-verified dataset of 10,677",
        "rule-based",
        "alternative Parameter-Efficient",
        "clinical schemas",
        "full-parameter fine-tuning",
        "approximates full fine-tuning",
        "standard base models",
        "general linguistic knowledge",
        "overfit the majority class",
        "without intervention",
        "solid tumors sharing AJCC",
        "historical T-stages",
        "Nuclear Grade",
        "trivial majority-class baseline",
        "severe bias",
        "generalizes effectively",
        "sensitivity and specificity",
        "0.0537",
        "three-epoch schedule",
        "both Prefix Tuning and LoRA",
        "representational capacity",
        "A100 or L40S",
        "higher peak VRAM",
        "performs competently",
        "0.309",
        "effective inductive knowledge transfer",
        "unstructured noise",
        "strict de-identification",
        "cross-contamination",
        "decision logic of the iterative regex engine",
        "rule-based constraints",
        "global semantic integration",
        "higher-rank updates",
        "without overfitting",
        "dominate the cohort",
        "small fraction",
    }
    quotes = " | ".join(claim.quote for claim in CLAIMS)
    assert {each for each in words if each not in quotes} == set()


def test_a_claim_without_its_runs_is_untested_and_one_with_them_is_judged():
    table = table_of(outcome("lora", 1.0), outcome("frozen", 0.5), outcome("ia3", 1.0), outcome("prefix", 0.9))
    found = verdicts(CLAIMS, {"This build": Evidence({"table2": table}, resamples=50)})["Verdict, this build"]
    assert found["LoRA beats the frozen backbone"] == HELD
    assert found["(IA)³ is hardly better than the frozen backbone"] == NOT_HELD
    assert found["LoRA beats (IA)³"] == TIE
    assert found["The window beats a random one"] == UNTESTED


def test_recorded_runs_stand_beside_this_builds():
    live = Evidence({"table2": table_of(outcome("lora", 0.9), outcome("frozen", 0.9))}, resamples=50)
    kept = Evidence({"table2": table_of(outcome("lora", 1.0), outcome("frozen", 0.5))}, resamples=50)
    row = verdicts(CLAIMS, {"Recorded": kept, "This build": live}).loc["LoRA beats the frozen backbone"]
    assert (row["Verdict, recorded"], row["Verdict, this build"]) == (HELD, TIE)


def test_printed_claims_are_computed_not_copied():
    found = verdicts(PARTS["The printed numbers by themselves"], {"Printed": Evidence()})["Verdict, printed"]
    assert found["Share of reports audited"] == HELD
    assert found["“Overall Average” is the mean of the tasks"] == PARTLY, "the naive rows are, the neural ones are not"
    assert found["All 10,677 reports are verified by experts"] == NOT_HELD
    assert found["LoRA is significantly more accurate than prefix tuning"] == TIE


def test_what_a_page_measured_comes_back(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path))
    claim = next(claim for claim in CLAIMS if claim.id == "phi-recall")
    keep_measured("deidentification", {claim.id: Measured("0.9990", 0.999, 0.998, 1.0)})
    verdict = judge(claim, Evidence(measured=measured_on_pages(tmp_path)))
    assert (verdict.word, verdict.measured) == (HELD, "0.9990")
    assert measured_on_pages(tmp_path / "nowhere") == {}


def test_every_page_claim_is_recorded():
    recorded = measured_on_pages(ROOT / "book" / "results")
    pages = ("oracle", "deidentification", "prompt", "heads_and_loss", "lora_from_scratch", "corpus")
    missing = [c.id for page in pages for c in on_page(page) if c.measure is None and c.id not in recorded]
    assert missing == []
