"""Counting what de-identification finds, leaves and breaks."""

import pandas as pd
import pytest

from pathmtl.deid import score as deidentify_score
from pathmtl.deid.deidentify import Deidentified, Span
from pathmtl.deid.score import Score, score_reports
from pathmtl.schema import TASKS

REPORT = "Patient: FIELDING, MARGOT. MRN: 4471902. Stage pT2 pN0."
NAME = (REPORT.index("FIELDING"), REPORT.index(". MRN"), "NAME")
MRN = (REPORT.index("4471902"), REPORT.index(". Stage"), "MRN")


def redacting(monkeypatch, *redactions):
    """Let the de-identifier find these, so that the counting is tested and not the rules."""

    def found(text):
        out, at = "", 0
        for start, end, kind in redactions:
            out, at = f"{out}{text[at:start]}[{kind}]", end
        return Deidentified(out + text[at:], tuple(Span(*r) for r in redactions))

    monkeypatch.setattr(deidentify_score, "deidentify", found)


def test_all_found_is_clean(monkeypatch):
    redacting(monkeypatch, NAME, MRN)
    score = Score()
    score.add(REPORT, [NAME, MRN])
    assert (score.documents, score.clean, score.tags, score.false, score.damaged, score.leaks) == (1, 1, 2, 0, 0, [])
    assert score.gold == score.found == score.typed == {"NAME": 1, "MRN": 1}


@pytest.mark.parametrize(
    ("redactions", "found", "typed", "false"),
    [
        ([], 0, 0, 0),
        ([(NAME[0], NAME[0] + 8, "NAME")], 0, 1, 0),  # the given name is left: a leak, whatever else was covered
        ([(NAME[0], NAME[1], "HOSPITAL")], 1, 0, 0),  # hidden under a wrong tag: no leak
        ([(0, 7, "NAME"), NAME], 1, 1, 1),
    ],
)
def test_an_identifier_is_found_when_nothing_of_it_is_left(redactions, found, typed, false, monkeypatch):
    redacting(monkeypatch, *redactions)
    score = Score()
    score.add(REPORT, [NAME])
    assert (score.found["NAME"], score.typed["NAME"], score.false) == (found, typed, false)
    assert score.clean == found and bool(score.leaks) is not bool(found)
    assert all(leak == (0, *NAME) for leak in score.leaks)


def test_a_lost_stage_is_damage(monkeypatch):
    at = REPORT.index("pT2")
    redacting(monkeypatch, (at, at + 3, "BLOCK"))
    score = Score()
    score.add(REPORT, [], {task: "T2" if task == "T" else None for task in TASKS} | {"N": "N0"})
    score.add(REPORT, [], {task: "T4" if task == "T" else None for task in TASKS} | {"N": "N1"})
    assert (score.damaged, score.worse, score.false) == (2, 1, 2), "a label that was wrong before is not made worse"


def test_a_table_without_planted_identifiers_counts_tags_and_damage_only():
    score = score_reports(pd.DataFrame({"text": [REPORT, "Benign."]}))
    assert (score.documents, score.tags, score.false, score.damaged, score.gold.total()) == (2, 2, 2, 0, 0)
    known = pd.DataFrame({"text": [REPORT], "phi": [f'[[{NAME[0]}, {NAME[1]}, "NAME"]]'], **{task: [None] for task in TASKS}})
    assert score_reports(known).found == {"NAME": 1}
