"""The gallery and the comparison: excerpts are the report's own words, phenomena leave the traces their names promise."""

from __future__ import annotations

import json
from collections import Counter

import pytest
from pathmtl_synthetic import compare, gallery
from pathmtl_synthetic.generate import generate
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl.baselines.naive import naive_labels
from pathmtl.viz.html import excerpt

DAMAGE = {"ocr_noise", "typos", "abbreviations", "line_breaks_lost"}


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return list(generate(1500, 21))


def test_every_phenomenon_has_words_for_readers() -> None:
    assert set(gallery.TRACES) == set(PHENOMENA)
    assert len({p.title for p in PHENOMENA.values()}) == len(PHENOMENA), "titles tell them apart"
    for name, p in PHENOMENA.items():
        assert p.title[0].isupper() or p.title[0] in '"2p', name
        assert "_" not in p.title + p.description + p.why and len(p.why) > 10 and not p.why.endswith("."), name


def test_a_phenomenon_that_is_recorded_shows_in_the_text(rows: list[dict]) -> None:
    """An independent look: the trace of each recorded phenomenon is found (a page header may cut one in fifty)."""
    fired, shown, where = Counter(), Counter(), {}
    for row in rows:
        names = set(filter(None, row["phenomena"].split(";")))
        if names & DAMAGE:
            continue
        for name in names:
            if gallery.TRACES[name]:
                fired[name] += 1
                shown[name] += gallery.trace(name, row["text"]) is not None
                where.setdefault((name, bool(gallery.trace(name, row["text"]))), row["report_id"])
    for name, count in fired.items():
        assert shown[name] >= count - max(1, count // 50), (name, shown[name], count, where.get((name, False)))


def test_examples_quote_the_report_and_mark_the_evidence(rows: list[dict]) -> None:
    by_id = {row["report_id"]: row for row in rows}
    found = gallery.examples(rows, {"silent": lambda text: {}, "other": lambda text: {"T": "T1"}})
    assert {e.phenomenon for e in found} == {name for row in rows for name in row["phenomena"].split(";") if name}
    for example in found:
        row = by_id[example.report_id]
        assert example.phenomenon in row["phenomena"].split(";")
        at = 0
        for text, role in example.pieces:
            if role != "cut":
                at = row["text"].index(text, at) + len(text)
        if example.task:
            assert example.truth == row[example.task] and example.answers["silent"] == ""
            wanted = {row["text"][a:b] for a, b, task in json.loads(row["evidence"]) if task == example.task}
            marked = [text for text, role in example.pieces if role == "evidence"]
            assert wanted <= {*marked, *(a + b for a in marked for b in marked)}, (example.phenomenon, wanted, marked)
        assert sum(len(text) for text, _ in example.pieces) < 3000


def test_a_failure_is_shown_only_where_its_title_causes_it(rows: list[dict]) -> None:
    truth = {row["text"]: row for row in rows}

    def misled_by_history(text: str) -> dict:
        row = truth.get(text, {"phenomena": "", "T": ""})
        earlier = "prior_stage_history" in row["phenomena"].split(";")
        return {**row, "T": {"T1": "T2"}.get(row["T"], "T1") if earlier and row["T"] else row["T"]}

    found = {e.phenomenon: e for e in gallery.examples(rows, {"misled": misled_by_history, "truth": lambda text: truth[text]})}
    example = found.pop("prior_stage_history")
    assert example.cause and example.task == "T" and example.answers["misled"] != example.truth == example.answers["truth"]
    assert not example.others and example.alone[0] == example.alone[1] > 0 and example.none[0] == 0
    for other in found.values():
        assert not other.cause, other.phenomenon
        assert not other.task or other.answers["misled"] == other.truth, other.phenomenon


def test_the_naive_rules_fail_under_the_titles_that_mislead_them(rows: list[dict]) -> None:
    found = gallery.examples(rows, {"naive": naive_labels})
    failing = {e.phenomenon for e in found if e.task and e.answers["naive"] != e.truth}
    assert {
        "prior_stage_history",
        "nuclear_grade_beside",
        "grade_in_words",
        "her2_score_only",
        "her2_before_result",
        "y_prefix",
    } <= failing
    for example in found:
        assert bool(example.cause) <= (example.answers["naive"] != example.truth), example.phenomenon
        assert example.cause != "alone" or not example.others, example.phenomenon
    shown = {row["report_id"]: row for row in rows}
    for example in found:
        names = shown[example.report_id]["phenomena"].split(";")
        touching = [n for n in names if n and example.task in PHENOMENA[n].tasks]
        assert sorted(example.others) == sorted(n for n in touching if n != example.phenomenon)


def test_excerpts_are_escaped() -> None:
    html = excerpt([("<1% & ", ""), ("pT1", "evidence"), ("", "cut"), ("x", "trace")])
    assert "&lt;1% &amp; <b><mark>pT1</mark></b>" in html and "[…]" in html and "<u>x</u>" in html


def test_the_comparison_counts_habits_and_separates_what_differs() -> None:
    real = [{"text": f"Frozen section: pT2 seen, {n}/9 nodes, stamp {n}", "cancer_type": "BRCA"} for n in range(12)]
    other = [{"text": f"page 1 of 2 nuclear grade {n} zebra quagga okapi", "cancer_type": "BRCA"} for n in range(12)]
    rows = {row["figure"]: row for row in compare.beside(real, other)}
    assert rows["any pT code"]["real, all"] == 1 and rows["any pT code"]["synthetic, breast"] == 0
    assert rows["page header"]["synthetic, all"] == 1 and rows["words, median"]["real, all"] == 8
    assert rows["told apart by a bag of words, AUROC"]["real, all"] == 1.0
    assert compare.told_apart(["a same text here"] * 10, ["a same text here"] * 10) == pytest.approx(0.5)
    assert not any("stamp" in str(value) for row in rows.values() for value in row.values()), "no text in the figures"
