"""The four-block prompt: what is kept, what is cut, and never the last block."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathmtl.model.backbone import load_tokenizer
from pathmtl.prompt import PromptBuilder, Slicing, anchors, choose_lines, line_spans
from pathmtl.schema import TASKS

REPORT = (
    """CLINICAL HISTORY: prior pT1 cancer of the other breast
GROSS DESCRIPTION
Received fresh is a mastectomy.
"""
    + "\n".join(f"Block A{i} shows fibrous tissue." for i in range(40))
    + """
FINAL DIAGNOSIS
Invasive ductal carcinoma.
Primary Tumor: pT2
Regional Lymph Nodes: pN1a
Distant Metastasis: not applicable
"""
)


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("smollm2-135m")


def build(tokenizer, task="T", text=REPORT, **slicing):
    return PromptBuilder(tokenizer, Slicing(**slicing)).build(text, [task])[0]


def test_the_four_blocks_stand_in_the_papers_order(tokenizer):
    prompt = build(tokenizer, window_lines=1, max_length=200)
    assert prompt.text.startswith("Field: T Stage\nClasses: Tis, T0, T1, T2, T3, T4\nReport: ")
    report, hints = prompt.text.split("\nHints:\n")
    assert "Primary Tumor: pT2" in report and hints.startswith("T_hint: ") and hints.endswith("pT2")
    assert prompt.mentioned


def test_what_is_tokenised_is_what_is_shown(tokenizer):
    prompt = build(tokenizer, window_lines=1, max_length=400)
    assert tokenizer.decode(prompt.input_ids) == prompt.text


def test_a_window_holds_the_diagnosis_and_drops_the_middle(tokenizer):
    text = build(tokenizer, window_lines=1, max_length=400).text
    assert "Primary Tumor: pT2" in text and "Invasive ductal" in text and "Block A20" not in text


def test_a_tight_budget_keeps_the_current_stage_rather_than_the_history(tokenizer):
    text = build(tokenizer, window_lines=2, max_length=64).text
    assert "Primary Tumor: pT2" in text and "prior pT1" not in text


def test_full_text_starts_at_the_start_and_random_windows_repeat(tokenizer):
    assert "CLINICAL HISTORY" in build(tokenizer, kind="full", max_length=96).text
    once, twice = (build(tokenizer, kind="random", max_length=96) for _ in range(2))
    assert once == twice


def test_a_random_run_costs_no_more_than_the_window_and_is_elsewhere(tokenizer):
    def body_of(prompt):
        return prompt.text.split("Report: ")[1].split("\nHints:")[0]

    window, run, other = (
        build(tokenizer, task=task, kind=kind, window_lines=1, max_length=400)
        for task, kind in (("T", "window"), ("T", "random"), ("N", "random"))
    )
    assert len(window.input_ids) - 12 <= len(run.input_ids) <= len(window.input_ids)
    assert " ".join(body_of(run).split()) in " ".join(REPORT.split()), "one run of lines"
    assert body_of(run) not in (body_of(window), body_of(other))


def test_the_joint_prompt_asks_for_all_tasks_in_one_window(tokenizer):
    prompts = PromptBuilder(tokenizer, Slicing(window_lines=1, max_length=400, prompt_mode="joint")).build(REPORT, TASKS)
    assert [prompt.task for prompt in prompts] == ["all"]
    text = prompts[0].text
    assert text.startswith("Field: all\nClasses: T Stage: Tis, T0, T1, T2, T3, T4; N Stage: N0")
    assert "Primary Tumor: pT2" in text and "pN1a" in text and "Block A20" not in text
    assert text.count("_hint: ") == len(TASKS) and text.endswith("HER2_hint: none")
    assert "T" in prompts[0].mentions and "HER2" not in prompts[0].mentions
    assert tokenizer.decode(prompts[0].input_ids) == text


def test_a_tight_joint_window_leaves_no_task_out(tokenizer):
    report = "\n".join([f"Primary Tumor: pT{i % 4 + 1}" for i in range(30)] + ["ER: positive", "HER2: 3+"])
    text = PromptBuilder(tokenizer, Slicing(window_lines=0, max_length=220, prompt_mode="joint")).build(report, TASKS)[0].text
    assert "ER: positive" in text and "HER2: 3+" in text


def test_shared_prompts_of_a_report_begin_alike_and_end_with_one_task_each(tokenizer):
    slicing = Slicing(window_lines=1, max_length=200, prompt_mode="shared")
    prompts = PromptBuilder(tokenizer, slicing).build(REPORT, TASKS)
    assert [prompt.task for prompt in prompts] == list(TASKS)
    report = prompts[0].text.split("\nField: ")[0]
    assert report.startswith("Report: ") and "Primary Tumor: pT2" in report and "pN1a" in report
    length = len(tokenizer(report, add_special_tokens=False)["input_ids"])
    assert len({tuple(prompt.input_ids[:length]) for prompt in prompts}) == 1
    assert len({tuple(prompt.input_ids[length:]) for prompt in prompts}) == len(TASKS)
    assert all(tokenizer.decode(prompt.input_ids) == prompt.text for prompt in prompts)
    asked = f"{report}\nField: T Stage\nClasses: Tis, T0, T1, T2, T3, T4\nHints:\nT_hint: "
    assert prompts[0].text.startswith(asked) and prompts[-1].text.endswith("HER2_hint: none")
    assert prompts[0].mentioned and not prompts[-1].mentioned


@pytest.mark.parametrize("kind", ["window", "full", "random"])
def test_which_tasks_are_asked_does_not_change_a_shared_prompt(tokenizer, kind):
    builder = PromptBuilder(tokenizer, Slicing(kind, window_lines=1, max_length=150, prompt_mode="shared"))
    every = {prompt.task: prompt for prompt in builder.build(REPORT, TASKS)}
    assert builder.build(REPORT, ["N", "ER"]) == [every["N"], every["ER"]]
    assert max(len(prompt.input_ids) for prompt in every.values()) <= 150


def test_no_task_is_no_prompt(tokenizer):
    assert PromptBuilder(tokenizer, Slicing()).build(REPORT, []) == []


def test_hints_can_be_left_out(tokenizer):
    assert build(tokenizer, hints="none").text.endswith("Hints:\nnone")


def test_a_report_that_does_not_speak_of_a_task_says_so(tokenizer):
    prompt = build(tokenizer, task="HER2")
    assert not prompt.mentioned and prompt.text.endswith("HER2_hint: none")


def test_one_line_reports_are_cut_at_sentences():
    text = "Specimen received. " * 60 + "Primary tumor: pT2. Nodes: pN0."
    spans = line_spans(text)
    assert len(spans) == 62
    assert text[slice(*spans[anchors(text, "T", spans)[0]])] == "Primary tumor: pT2."


def test_unknown_slicings_are_refused():
    with pytest.raises(ValueError, match="windows"):
        Slicing(kind="windows")


@pytest.mark.parametrize(
    ("task", "line", "expected"),
    [
        ("T", "Pathologic stage: see below", True),
        ("T", "Staging follows the AJCC Cancer Staging Manual.", False),
        ("T", "OCR made it pTlc", True),
        ("T", "yT0 after therapy", True),
        ("T", "block of tissue to the lab", False),
        ("N", "pNO (sn)", True),
        ("N", "0/14 lymph nodes", True),
        ("N", "no residual disease", False),
        ("M", "cM0", True),
        ("M", "distant metastasis: absent", True),
        ("M", "1.0 mm margin", False),
        ("grade", "Nottingham score 8", True),
        ("grade", "G2", True),
        ("grade", "g1 block", False),
        ("ER", "ER: 95%", True),
        ("ER", "Oestrogen receptor", True),
        ("ER", "after surgery", False),
        ("PR", "PgR negative", True),
        ("PR", "prior surgery", False),
        ("HER2", "HER-2/neu 3+", True),
        ("HER2", "in situ carcinoma of her breast", False),
    ],
)
def test_what_counts_as_a_mention(task, line, expected):
    assert bool(anchors(line, task, line_spans(line))) is expected


@settings(max_examples=60, deadline=None)
@given(
    text=st.text(max_size=1500),
    task=st.sampled_from(TASKS),
    kind=st.sampled_from(["window", "full", "random"]),
    length=st.integers(48, 200),
)
def test_any_text_fits_the_budget_and_ends_with_its_hints(tokenizer, text, task, kind, length):
    prompt = build(tokenizer, task=task, text=text, kind=kind, max_length=length)
    assert len(prompt.input_ids) <= length
    assert tokenizer.decode(prompt.input_ids[-4:]).strip() != ""
    assert tokenizer.decode(prompt.input_ids).endswith(prompt.text[-8:])


@settings(max_examples=100, deadline=None)
@given(
    costs=st.lists(st.integers(1, 30), min_size=1, max_size=40),
    lines=st.integers(0, 12),
    budget=st.integers(0, 200),
    data=st.data(),
)
def test_chosen_lines_are_sorted_within_reach_and_within_budget(costs, lines, budget, data):
    order = data.draw(st.lists(st.integers(0, len(costs) - 1), unique=True, min_size=1))
    chosen = choose_lines(order, costs, lines, budget)
    assert chosen == sorted(set(chosen))
    assert all(min(abs(i - anchor) for anchor in order) <= lines for i in chosen)
    # One line is always kept, however long: an empty Report block would say nothing; it is cut to length later.
    assert sum(costs[i] for i in chosen) <= budget or len(chosen) == 1
    assert order[0] in chosen or costs[order[0]] > budget
