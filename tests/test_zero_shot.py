"""The zero-shot LLM: the strict parser on annotated answers, likelihoods against a plain computation, and the store."""

import pandas as pd
import pytest
import torch

from pathmtl.analysis.metrics import NO_ANSWER
from pathmtl.baselines import zero_shot
from pathmtl.baselines.zero_shot import Questioner, ZeroShot, parse
from pathmtl.experiments import runs, store
from pathmtl.experiments.data import bundled_test
from pathmtl.experiments.runner import get_or_train
from pathmtl.schema import CLASSES, TASKS


@pytest.mark.parametrize(
    ("task", "answer", "label", "violation"),
    [
        ("T", "T2", "T2", ""),
        ("T", " t2.\n", "T2", ""),
        ("T", "Tis", "Tis", ""),
        ("ER", "positive", "Positive", ""),
        ("T", "", None, "empty"),
        ("T", "  \n", None, "empty"),
        ("T", "Stage 2", None, "no class"),
        ("T", "pT2", None, "no class"),
        ("T", "T2a", None, "no class"),
        ("T", "Tissue", None, "no class"),
        ("grade", "3", None, "no class"),
        ("HER2", "Amplified", None, "no class"),
        ("T", "The T stage is T2", "T2", "extra words"),
        ("T", "T2\n\nReport: tumor", "T2", "extra words"),
        ("ER", "ER Positive (95%)", "Positive", "extra words"),
        ("N", "N0, N1, N2", None, "several classes"),
        ("PR", "Positive or Negative", None, "several classes"),
        ("T", "T2 T2", "T2", "extra words"),
    ],
)
def test_the_parser_takes_a_class_and_nothing_else(task, answer, label, violation):
    assert parse(answer, task) == (label, violation)


@pytest.fixture(scope="module")
def questioner(tiny_backbone):
    return Questioner(ZeroShot(backbone=tiny_backbone, precision="fp32", window_lines=1, max_length=96))


@pytest.fixture(scope="module")
def reports():
    return bundled_test().head(4)


def test_a_question_names_the_field_its_classes_and_ends_where_the_answer_begins(questioner, reports):
    text = questioner.tokenizer.decode(questioner.questions(reports["text"].iloc[0], ["HER2"])[0])
    for part in ("HER2 Status", "Positive, Negative, Equivocal", "Report:"):
        assert part in text
    assert "Hints" not in text and text.rstrip().endswith("assistant")
    hinted = Questioner(ZeroShot(backbone=questioner.settings.backbone, precision="fp32", hints="oracle"), questioner.model)
    assert "T_hint" in hinted.tokenizer.decode(hinted.questions(reports["text"].iloc[0], ["T"])[0])


@pytest.mark.parametrize("normalise", [False, True])
@pytest.mark.parametrize("task", ["T", "HER2"])
def test_class_likelihoods_are_those_of_whole_sequences(questioner, reports, task, normalise, tiny_backbone):
    asked = Questioner(ZeroShot(backbone=tiny_backbone, precision="fp32", normalise=normalise), questioner.model)
    question = asked.questions(reports["text"].iloc[0], [task])[0]
    fast = asked.class_logprobs(question, CLASSES[task])
    for value, label in zip(fast, CLASSES[task], strict=True):
        tokens = asked.tokenizer(label, add_special_tokens=False)["input_ids"]
        with torch.inference_mode():
            logits = asked.model(torch.tensor([question + tokens])).logits[0].log_softmax(-1)
        plain = sum(logits[len(question) - 1 + i, token] for i, token in enumerate(tokens))
        assert value.item() == pytest.approx((plain / len(tokens) if normalise else plain).item(), abs=1e-4)


def test_answers_do_not_depend_on_the_batch(questioner, reports):
    questions = [question for text in reports["text"] for question in questioner.questions(text, ["T", "grade"])]
    assert questioner.write(questions) == [questioner.write([question])[0] for question in questions]


def test_violations_are_silence_and_text_is_not_kept(questioner, reports, monkeypatch):
    answers = iter(["T1", "Stage 2 secret words", "", "T1 or T2", "It is T4"] * 40)
    monkeypatch.setattr(Questioner, "write", lambda self, questions: [next(answers) for _ in questions])
    requested = pd.DataFrame({task: [task == "T"] * 4 for task in TASKS})
    answered = zero_shot.ask(questioner, reports, requested, progress=False).sort_index()
    assert len(answered) == 4 and "secret" not in answered.to_json()
    assert (answered.loc[answered["violation"] != "", "predicted"] == NO_ANSWER).all()
    assert answered.loc[answered["violation"] == "", "predicted"].tolist() == ["T1"]
    table = zero_shot.violations(answered)
    assert table.loc["T"].to_dict() == {"none": 1, "empty": 1, "no class": 1, "several classes": 1, "extra words": 0}


def test_a_run_is_stored_once_limited_and_labelled(tiny_backbone, tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path))
    chosen = ZeroShot(backbone=tiny_backbone, precision="fp32", method="likelihood", reports=3, window_lines=1, max_length=96)
    run = get_or_train(chosen, bundled_test(), labels={"name": "likelihood-seed42"}, progress=False)
    assert get_or_train(chosen, bundled_test(), progress=False).folder == run.folder
    assert (
        run.kind == "zero_shot" and run.record["data"]["test"] == 3 and store.open_run("likelihood-seed42").folder == run.folder
    )
    frame = run.predictions
    assert frame["report_id"].nunique() == 3 and {"truth", "oracle", "violation"} <= set(frame.columns)
    assert all(sum(row) == pytest.approx(1, abs=1e-5) for row in frame["probabilities"])
    with pytest.raises(store.RunError, match="no weights"):
        runs.load_model(run)


@pytest.mark.parametrize("wrong", [{"method": "chat"}, {"precision": "int8"}, {"reports": 0}, {"max_new_tokens": 0}])
def test_settings_refuse_what_they_cannot_mean(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        ZeroShot(**wrong)


def test_end_to_end_on_the_real_backbone(reports):
    """The real language model writes English, not noise, and each of its answers is a class or a counted violation."""
    asked = Questioner(ZeroShot(precision="fp32", window_lines=1, max_length=96, max_new_tokens=6))
    paris = asked.tokenizer("The capital of France is", add_special_tokens=False)["input_ids"]
    assert "Paris" in asked.write([paris])[0], "the language-modelling head must be the backbone's own"
    requested = pd.DataFrame({task: [task in ("T", "ER")] for task in TASKS})
    answered = zero_shot.ask(asked, reports.head(1), requested, progress=False)
    counted = zero_shot.violations(answered)
    assert len(answered) == 2 and counted.to_numpy().sum() == 2
    assert ((answered["predicted"] == NO_ANSWER) == (answered["violation"] != "")).all()
    assert counted["empty"].sum() < 2
