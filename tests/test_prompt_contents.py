"""What the prompt notebook says of a prompt is what the encoder reads."""

import pandas as pd
import pytest

from pathmtl.analysis.prompt_contents import (
    BLOCKS,
    block_tokens,
    blocks,
    distances,
    evidence_spans,
    evidence_survival,
    kept_lines,
    survives,
)
from pathmtl.model.backbone import load_tokenizer
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.viz.prompt_lines import colored_lines

LINES = [
    "CLINICAL HISTORY: prior pT1 cancer",
    "GROSS DESCRIPTION",
    *[f"Block A{i} shows fibrous tissue." for i in range(30)],
    "FINAL DIAGNOSIS",
    "Invasive ductal carcinoma.",
    "Primary Tumor:   pT2",
    "Hints:",
    "Margins are free.",
]
TEXT = "\n".join(LINES)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("smollm2-135m")


def prompt_of(tokenizer, task="T", text=TEXT, **slicing):
    return PromptBuilder(tokenizer, Slicing(**slicing)).build(text, [task])[0]


def test_blocks_join_to_the_prompt_and_their_tokens_add_up(tokenizer):
    prompt = prompt_of(tokenizer, window_lines=1, max_length=256)
    parts = blocks(prompt, tokenizer)
    assert tuple(parts) == BLOCKS and "".join(parts.values()) == prompt.text
    assert parts["Hints"].endswith("pT2") and "Primary Tumor: pT2" in parts["Report"]
    counts = block_tokens(prompt, tokenizer)
    assert counts["total"] == len(prompt.input_ids) == sum(counts[name] for name in BLOCKS) and min(counts.values()) > 0


def test_a_budget_below_the_other_blocks_leaves_no_report(tokenizer):
    prompt = prompt_of(tokenizer, max_length=12)
    assert kept_lines(TEXT, prompt, tokenizer) == {}
    assert block_tokens(prompt, tokenizer) == {"Field": 0, "Classes": 0, "Report": 0, "Hints": 12, "total": 12}


def test_a_window_keeps_lines_around_anchors(tokenizer):
    kept = kept_lines(TEXT, prompt_of(tokenizer, window_lines=1, max_length=256), tokenizer)
    anchor = LINES.index("Primary Tumor:   pT2")
    assert set(kept) == {anchor - 1, anchor, anchor + 1} and kept[anchor] == "Primary Tumor: pT2"


def test_full_text_is_cut_at_its_end(tokenizer):
    kept = kept_lines(TEXT, prompt_of(tokenizer, kind="full", max_length=96), tokenizer)
    assert list(kept) == list(range(len(kept))) and 2 < len(kept) < len(LINES)
    *whole, last = kept.values()
    assert whole == LINES[: len(whole)] and LINES[len(whole)].startswith(last)


@pytest.mark.parametrize(
    ("kept", "expected"),
    [
        ({0: "alpha beta", 1: "gamma"}, True),
        ({0: "alpha beta"}, False),
        ({0: "beta", 1: "gamma"}, True),
        ({0: "alp", 1: "gamma"}, False),
        ({}, False),
    ],
)
def test_a_span_over_two_lines_survives_whole_or_not(kept, expected):
    text = "alpha  beta\ngamma"
    assert survives(text, (text.index("beta"), len(text)), kept) is expected


def test_distances_count_lines_to_the_nearest_anchor():
    assert distances("one\nPrimary tumor: pT2\nthree\nfour", "T") == [1, 0, 1, 2]
    assert distances("one\ntwo", "T") == [None, None]


@pytest.mark.parametrize(("cell", "expected"), [('[[1, 3, "T"]]', [(1, 3, "T")]), ("[]", []), ("", []), (None, [])])
def test_evidence_cells(cell, expected):
    assert evidence_spans(cell) == expected


def test_survival_distinguishes_a_window_from_a_cut_full_text(tokenizer):
    start = TEXT.index("pT2")
    table = pd.DataFrame({"report_id": ["1"], "text": [TEXT], "evidence": [f'[[{start}, {start + 3}, "T"]]']})

    def report(kind):
        rows = evidence_survival(table, PromptBuilder(tokenizer, Slicing(kind, window_lines=1, max_length=96)))
        assert rows["task"].tolist() == ["T"] and rows["tokens"].between(20, 96).all()
        return rows.iloc[0]

    window, full = report("window"), report("full")
    assert window["report"] and window["hint"]
    assert not full["report"] and full["hint"], "the hint is drawn from the whole report, whatever the slice"


@pytest.mark.parametrize(
    ("line", "evidence", "expected"),
    [
        ("Estrogen receptor: positive (95%)", "Estrogen receptor: positive (95%)", True),
        ("Primary Tumor: pT2", "pT2", True),
        ("Primary Tumor: pT2", "Primary", False),
        ("nothing is said", "nothing", False),
    ],
)
def test_a_hint_may_be_a_part_of_the_evidence(tokenizer, line, evidence, expected):
    start = line.index(evidence)
    task = "ER" if "receptor" in line else "T"
    table = pd.DataFrame({"report_id": ["1"], "text": [line], "evidence": [f'[[{start}, {start + len(evidence)}, "{task}"]]']})
    assert evidence_survival(table, PromptBuilder(tokenizer, Slicing()))["hint"].tolist() == [expected]


def test_coloured_lines_escape_and_strike():
    page = colored_lines("size < 2 cm\nPrimary tumor: pT1", "T", kept={1: "Primary tumor: pT1"})
    assert "<s>size &lt; 2 cm</s>" in page and "<s>Primary" not in page and page.count(">anchor<") == 1


def test_far_lines_are_counted():
    page = colored_lines("one\ntwo\nthree\nPrimary tumor: pT1\nfive\nsix", "T", within=1)
    assert "three" in page and "five" in page and "two" not in page
    assert page.index("… 2 lines farther away") < page.index("three") < page.index("… 1 lines farther away")
