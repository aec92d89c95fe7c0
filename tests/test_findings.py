"""The findings of the landing page follow from the evidence: another result gives another sentence."""

import numpy as np
import pandas as pd
import pytest
from test_experiments import outcome, table_of

from pathmtl.analysis import her2
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.paper.claims import CLAIMS, PARTS, Evidence, Verdict
from pathmtl.paper.final import finals_of
from pathmtl.viz.findings import f1, findings, findings_html, scoreboard_html
from pathmtl.viz.ledger import claims_table, verdict_bars
from pathmtl.viz.overview import PRINTED_ROWS, overview_figure, overview_scores

NOTHING = Evidence(resamples=5)


def overview(hints=0.9, **scores):
    table = overview_scores(NOTHING)
    for row, value in scores.items():
        where = table.index.get_level_values("row") == row
        table.loc[where, ["ours", "low", "high"]] = value, value - 0.02, value + 0.02
    table.attrs["hints_only"] = hints
    return table


def real(**f1_of_t):
    lines = [
        {"view": "stated", "method": method, "task": task, "macro_f1": value if task == "T" else 0.5, "accuracy": value}
        for method, value in f1_of_t.items()
        for task in ("T", "Overall")
    ]
    titles = dict.fromkeys(f1_of_t, "title")
    return {"about": {"reports": 508}, "titles": titles, "scores": lines, "differences": []}


def by_page(finals=(), scores=None, record=None):
    found = findings(finals or finals_of(PARTS, {}), overview() if scores is None else scores, NOTHING, record, None)
    return {one.page: one for one in found}


def test_without_runs_only_what_is_printed_is_found():
    assert set(by_page(scores=overview_scores(NOTHING))) == {"paper_audit"}


@pytest.mark.parametrize(("score", "said"), [(0.92, "does not show that a model reads"), (0.99, "more than copying")])
def test_a_score_is_held_against_the_hints_alone(score, said):
    assert said in by_page(scores=overview(hints=0.93, lora=score, naive=0.7))["why_976"].title


@pytest.mark.parametrize(
    ("verdict", "scores", "said"),
    [
        (NOT_HELD, {"lora": 0.66, "naive": 0.9, "oracle": 0.94}, "loses to naive rules on T"),
        (HELD, {"lora": 0.95, "naive": 0.9, "oracle": 0.94}, "beats the naive rules"),
        (UNTESTED, {"lora": 0.95, "naive": 0.9, "oracle": 0.94}, "open whether"),
        (TIE, {"lora": 0.9, "naive": 0.9, "oracle": 0.94}, "open whether"),
    ],
)
def test_the_title_on_real_reports_follows_the_verdict(verdict, scores, said):
    found = by_page(finals_of(PARTS, {"real-T": Verdict(verdict)}), record=real(**scores))
    assert said in found["real_reports"].title
    assert ("rules" if scores["oracle"] > scores["lora"] else "model") in found["your_reports"].title.split("?")[1]


@pytest.mark.parametrize(("stl", "said"), [(0.80, "as good as six"), (0.97, "better than one")])
def test_one_model_or_six(stl, said):
    finals = finals_of(PARTS, {"table3-parameters": Verdict(HELD, "× 0.17"), "table3-collapse": Verdict(NOT_HELD)})
    assert said in by_page(finals, overview(stl=stl, mtl=0.92))["table3_mtl_vs_stl"].title


def test_the_overview_has_a_row_for_each_printed_one_and_ours_where_there_is_one():
    table = overview_scores(Evidence({"table1": table_of(outcome("lora", 0.9), name="table1")}, resamples=5))
    assert len(table) == sum(len(rows) for _, rows in PRINTED_ROWS.values())
    assert table["paper"].notna().all() and table.loc[("table1", "lora"), "paper"] == 0.976
    assert table["ours"].notna().tolist() == [index == ("table1", "lora") for index in table.index]
    assert np.isnan(table.attrs["hints_only"])
    assert overview_figure(table).axes


def test_scores_are_written_as_in_the_paper():
    assert (f1(0.976), f1(1.0), f1(0.0)) == (".976", "1.000", ".000")


def test_the_board_and_the_table_show_every_claim_and_escape_it():
    finals = finals_of(PARTS, {CLAIMS[0].id: Verdict(HELD, "a < b")})
    assert f"<strong>{len(CLAIMS) - 1}</strong>" in scoreboard_html(finals)
    shown = claims_table(finals, "All & more")
    assert shown.count("<tr id=") == len(CLAIMS) and "a &lt; b" in shown and "All &amp; more" in shown
    assert all(f'id="claim-{claim.id}"' in shown for claim in CLAIMS)
    assert len(verdict_bars(finals).axes[0].get_yticklabels()) == len(PARTS)
    assert UNTESTED in shown


def test_cards_link_to_their_pages():
    shown = findings_html(findings(finals_of(PARTS, {}), overview_scores(NOTHING), NOTHING, None, None))
    assert 'href="../notebooks/paper_audit.html"' in shown


@pytest.mark.parametrize(
    ("phenomena", "decided"),
    [
        ("her2_fish_amplified;ocr_noise", "2+, then amplified"),
        ("her2_ratio_only;her2_fish_not_amplified", "2+, then not amplified"),
        ("her2_fish_pending", "2+, no second assay"),
        ("her2_ratio_only", her2.STAIN),
        ("", her2.STAIN),
        (None, her2.STAIN),
    ],
)
def test_what_decides_her2(phenomena, decided):
    reports = pd.DataFrame({"report_id": ["1"], "phenomena": [phenomena]})
    assert her2.decided_by(reports).to_dict() == {"1": decided}


def test_her2_by_assay_counts_right_answers_and_names_missed_positives():
    reports = pd.DataFrame({"report_id": list("abc"), "phenomena": ["her2_fish_amplified", "her2_fish_amplified", ""]})
    frame = pd.DataFrame(
        {
            "report_id": list("abc"),
            "patient_id": list("abc"),
            "task": "HER2",
            "truth": ["Positive", "Positive", "Negative"],
            "predicted": ["Positive", "Equivocal", "Negative"],
        }
    )
    table = her2.by_assay(reports, {"m": frame})
    assert table.loc[("2+, then amplified", "m")].to_dict() == {"right": 1, "n": 2}
    assert table.loc[(her2.STAIN, "m")].to_dict() == {"right": 1, "n": 1}
    missed = her2.missed_positives(reports, frame)
    assert missed.to_dict("records") == [{"report_id": "b", "decided": "2+, then amplified", "predicted": "Equivocal"}]
