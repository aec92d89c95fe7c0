"""What a results page is made of: the finding, numbered captions, folded evidence, and one final verdict per claim."""

import json
import re

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from pathmtl_synthetic.phenomena import PHENOMENA

from pathmtl.analysis import wording
from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper.claims import CLAIMS, Claim, Evidence, Measured, Verdict
from pathmtl.review import final_verdicts as finals
from pathmtl.viz.page import Captions, captioned, finding, folded, listed
from pathmtl.viz.tables import plain_table
from pathmtl.viz.verdict_cards import badge, verdict_block, verdict_sentence

CLAIMS_AB = [Claim(name, f"{name} < b", "words", "V", "better", ("a_page",), printed="+0.1") for name in "ab"]


def test_a_finding_is_a_box_of_its_sentences():
    shown = finding("The model **wins**.", "", "See [Table I](table1_baseline.html).").data
    assert "<strong>wins</strong>. See <a" in shown and 'href="table1_baseline.html"' in shown and "admonition-title" in shown


def test_captions_count_by_kind_and_a_cell_can_run_again():
    number = Captions("S2a")
    assert number.figure("A") == "Figure S2a-1. A" and number.table("B") == "Table S2a-1. B"
    assert number.figure("C") == "Figure S2a-2. C" and number.figure("A") == "Figure S2a-1. A"


def test_a_figure_has_its_caption_and_its_alternative_text():
    figure = plt.figure(figsize=(2, 1))
    shown = captioned(figure, "A *caption*", 'Bars, "high" and low').data
    plt.close(figure)
    assert 'alt="Bars, &quot;high&quot; and low"' in shown and "<figcaption>A <em>caption</em></figcaption>" in shown
    assert "data:image/png;base64," in shown and 'width="192"' in shown


def test_folded_evidence_has_a_visible_title_and_all_its_parts():
    shown = folded("Task by task", plain_table(pd.DataFrame({"a": [1]}), "A table."), None, "A *note*.").data
    assert shown.index("<summary>Task by task</summary>") < shown.index("A table.") < shown.index("<em>note</em>")
    assert "open" not in shown.split("<summary>")[0]


@pytest.mark.parametrize(("names", "said"), [([], "none"), (["T"], "T"), (["T", "N"], "T and N"), ("TNM", "T, N and M")])
def test_names_in_a_sentence(names, said):
    assert listed(names) == said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([HELD], "The claim held."),
        ([UNTESTED], "The claim cannot be tested here."),
        ([HELD, HELD], "All two claims held."),
        ([UNTESTED, UNTESTED], "None of the claims can be tested here."),
        ([HELD, TIE], "Of two claims, one held and one is a tie."),
        (
            [TIE, TIE, NOT_HELD, PARTLY, UNTESTED],
            "Of five claims, one held in part, two are ties, one did not hold and one cannot be tested here.",
        ),
    ],
)
def test_the_block_ends_with_a_sentence(words, said):
    claims = [Claim(str(i), str(i), "words", "V", "better") for i in range(len(words))]
    found = {claim.id: Verdict(word) for claim, word in zip(claims, words, strict=True)}
    assert verdict_sentence(claims, found) == said
    assert verdict_block(claims, found).data.endswith(f'<p class="verdict-sentence">{said}</p>')


def test_the_final_verdict_is_the_one_shown_and_this_run_changes_nothing_of_it():
    final = {"a": Verdict(HELD, "+0.2 & more"), "b": Verdict(UNTESTED, reason="no run")}
    live = Evidence(measured={"a": Measured("-0.3", -0.3, -0.4, -0.2), "b": Measured("+0.3", 0.3, 0.2, 0.4)})
    shown = verdict_block(CLAIMS_AB, final, live).data
    cells = re.findall(r'<td data-column="Verdict">(.*?)</td>', shown)
    assert cells == [badge(HELD), badge(UNTESTED)]
    assert "+0.2 &amp; more" in shown and "a &lt; b" in shown and "by itself: not held" in shown and "by itself: held" in shown
    assert "This run" not in verdict_block(CLAIMS_AB, final).data
    alone = verdict_block(CLAIMS_AB, {}, live).data
    assert re.findall(r'<td data-column="Verdict">(.*?)</td>', alone) == [badge(NOT_HELD), badge(HELD)]


def test_every_word_has_a_badge_of_its_own():
    assert len({badge(word) for word in (HELD, PARTLY, TIE, NOT_HELD, UNTESTED)}) == 5


def test_the_blamed_wordings_and_their_tasks_are_the_generators():
    assert set(finals.BLAMED) == set(wording.BLAMED)
    assert all(set(tasks) == set(PHENOMENA[name].tasks) for name, tasks in finals.BLAMED.items())


def test_final_verdicts_are_judged_once_and_again_when_something_recorded_changes(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path / "results"))
    (tmp_path / "results").mkdir()
    judged = []
    monkeypatch.setattr(finals, "everything_recorded", lambda resamples: judged.append(resamples) or Evidence())
    first = finals.final_verdicts(resamples=20)
    again = finals.final_verdicts(resamples=20)
    assert judged == [20] and repr(first) == repr(again) and set(first) == {claim.id for claim in CLAIMS}
    (tmp_path / "results" / "new.json").write_text(json.dumps({"a": 1}))
    finals.final_verdicts(resamples=20)
    assert judged == [20, 20]
