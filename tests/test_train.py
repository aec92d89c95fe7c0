"""Training, the run store and prediction: on a tiny random backbone in seconds, and once on the real one."""

import json
import subprocess
import sys

import pandas as pd
import pytest
import torch
from conftest import ROOT
from peft import get_peft_model_state_dict
from transformers import AutoConfig, AutoModelForCausalLM, TrainerState

from pathmtl import cohort
from pathmtl.experiments import runs, store
from pathmtl.experiments.data import bundled
from pathmtl.experiments.keys import run_key
from pathmtl.experiments.predict_with_run import predict_with_run, predictions_on
from pathmtl.experiments.runner import get_or_train
from pathmtl.model.backbone import load_tokenizer
from pathmtl.model.multitask import MISSING
from pathmtl.model.packing import pack
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.schema import CLASSES, TASKS
from pathmtl.training import train
from pathmtl.training.checkpoint import CheckpointError, place
from pathmtl.training.data import collate, examples, targets
from pathmtl.training.predict import wide
from pathmtl.training.settings import PROFILES, Settings, settings


@pytest.fixture(scope="module")
def corpus():
    table = bundled()
    part = cohort.split(table)
    return pd.concat(
        [table[part == name].head(count) for name, count in (("train", 40), ("validation", 8), ("test", 12))], ignore_index=True
    )


@pytest.fixture
def live(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def tiny(backbone, **more):
    return settings("smoke", backbone=backbone, layers=None, precision="fp32", max_train_reports=None, **more)


def test_examples_hold_one_stated_field_each(tiny_backbone, corpus):
    builder = PromptBuilder(load_tokenizer(tiny_backbone), Slicing(window_lines=1, max_length=96))
    labels = targets(corpus, "given")
    made = examples(corpus, labels, builder, TASKS)
    assert len(made) == labels.notna().to_numpy().sum()
    for line in made.labels:
        assert sum(value != MISSING for value in line) == 1
    assert max(map(len, made.input_ids)) <= 96


def test_joint_examples_bear_every_stated_label(tiny_backbone, corpus):
    builder = PromptBuilder(load_tokenizer(tiny_backbone), Slicing(window_lines=1, max_length=200, prompt_mode="joint"))
    labels = targets(corpus, "given")
    made = examples(corpus, labels, builder, TASKS)
    assert len(made) == labels.notna().any(axis=1).sum()
    assert sum(value != MISSING for line in made.labels for value in line) == labels.notna().to_numpy().sum()


def test_a_batch_never_splits_the_shared_prompts_of_a_report(tiny_backbone, corpus):
    slicing = Slicing(window_lines=1, max_length=160, prompt_mode="shared")
    labels = targets(corpus, "given")
    made = examples(corpus, labels, PromptBuilder(load_tokenizer(tiny_backbone), slicing), TASKS)
    stated = labels.notna().sum(axis=1)
    assert len(made) == (stated > 0).sum() and len(made.input_ids) == stated.sum()
    assert [len(made[i]["input_ids"]) for i in range(len(made))] == stated[stated > 0].tolist()
    batch = collate([made[0], made[1]], pack)
    assert len(batch["labels"]) == len(batch["rows"]) == stated[stated > 0].iloc[:2].sum()
    assert (batch["labels"] != MISSING).sum(axis=1).tolist() == [1] * len(batch["labels"])
    assert batch["input_ids"].shape[1] < sum(map(len, made[0]["input_ids"] + made[1]["input_ids"])), "the report is there once"


def test_frozen_features_computed_once_train_the_heads_as_recomputed_ones_do(tiny_backbone, corpus, monkeypatch):
    parts = [corpus[cohort.split(corpus) == name] for name in ("train", "validation")]
    chosen = tiny(tiny_backbone, peft_method="linear_probe", epochs=2)
    once = train.train(chosen, *parts, progress=False)
    monkeypatch.setattr(train, "encode", lambda *arguments, **options: None)
    every_time = train.train(chosen, *parts, progress=False)
    for column in ("loss", "eval_loss"):
        pd.testing.assert_series_equal(once.history[column], every_time.history[column], rtol=1e-4)
    ours, theirs = (get_peft_model_state_dict(one.model, save_embedding_layers=False) for one in (once, every_time))
    for name in theirs:
        torch.testing.assert_close(ours[name], theirs[name], atol=1e-4, rtol=1e-3, msg=name)


@pytest.mark.parametrize("architecture", ["qwen2", "mistral", "gemma"])
def test_other_decoders_are_trained_saved_and_read_back(architecture, tiny_backbone, corpus, live, tmp_path):
    """The whole path from a folder of weights, on decoders that have no packed fast path."""
    tokenizer = load_tokenizer(tiny_backbone)
    config = AutoConfig.for_model(
        architecture,
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=3,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
    )
    torch.manual_seed(0)
    AutoModelForCausalLM.from_config(config).save_pretrained(tmp_path / "backbone")
    tokenizer.save_pretrained(tmp_path / "backbone")
    chosen = settings("smoke", backbone=str(tmp_path / "backbone"), layers=2, precision="fp32", tasks=("ER", "grade"), epochs=4)
    run = get_or_train(chosen, corpus, progress=False)
    losses = run.history["loss"].dropna()
    assert losses.iloc[-4:].mean() < losses.iloc[:4].mean()
    test = corpus[cohort.split(corpus) == "test"]
    again = predict_with_run(run, test, progress=False).merge(run.predictions, on=["report_id", "task"], suffixes=("", "_then"))
    assert len(again) == len(run.predictions) and max(abs(again["probability"] - again["probability_then"])) < 1e-4


def test_nf4_trains_on_a_cpu(tiny_backbone, corpus):
    """QLoRA in small: weights in four bits, gradients through them, and a loss that falls."""
    parts = [corpus[cohort.split(corpus) == name] for name in ("train", "validation")]
    chosen = tiny(tiny_backbone, quantize="nf4", epochs=4, tasks=("ER", "grade"), learning_rate=1e-2)
    trained = train.train(chosen, *parts, progress=False)
    kinds = {type(module).__name__ for module in trained.model.modules()}
    assert "Linear4bit" in kinds
    b = [p for name, p in trained.model.named_parameters() if "lora_B" in name]
    assert all(torch.isfinite(p).all() and p.abs().sum() > 0 for p in b), "B is zero at the start: a gradient came through"
    losses = trained.history["loss"].dropna()
    assert losses.iloc[-4:].mean() < losses.iloc[:4].mean()


def test_nf4_still_has_gradients_after_an_evaluation(tiny_backbone):
    model = train.build_model(tiny(tiny_backbone, quantize="nf4", dropout=0.0), ("ER",))
    batch = collate([{"input_ids": [[1, 2, 3, 4]], "labels": [[0]]}], model.batch)
    with torch.no_grad():
        before = model.eval()(**batch)["loss"]
    loss = model.train()(**batch)["loss"]
    torch.testing.assert_close(loss, before, rtol=1e-3, atol=1e-3)
    loss.backward()
    first = [p.grad for name, p in model.named_parameters() if "layers.0." in name and "lora_B" in name]
    assert len(first) == 4 and all(grad is not None and grad.abs().sum() > 0 for grad in first)


def test_training_stops_early_and_keeps_the_best_weights(tiny_backbone, corpus):
    parts = [corpus[cohort.split(corpus) == name] for name in ("train", "validation")]
    # A rate at which the loss rises before long: the first evaluation that is worse than the one before ends it.
    chosen = tiny(tiny_backbone, learning_rate=0.5, epochs=3, n_evaluations=6, patience=1)
    trained = train.train(chosen, *parts, progress=False)
    losses = trained.history["eval_loss"].dropna().tolist()
    assert 2 <= len(losses) < 6 and losses[-1] > losses[-2] == min(losses)
    watched = _watched(chosen, trained, parts[1])
    with torch.no_grad():
        loss = trained.model(**collate([watched[i] for i in range(len(watched))], trained.model.batch))["loss"].item()
    assert loss == pytest.approx(min(losses), rel=1e-3)


def _watched(chosen, trained, validation):
    builder = PromptBuilder(load_tokenizer(chosen.backbone), chosen.input)
    return examples(validation, targets(validation, chosen.label_source), builder, trained.tasks)


@pytest.mark.parametrize(
    "more",
    [
        {"peft_method": "linear_probe"},
        {"peft_method": "ia3"},
        {"peft_method": "prefix"},
        {"peft_method": "prompt"},
        {"prompt_mode": "joint"},
        {"prompt_mode": "shared"},
        {"prompt_mode": "shared", "peft_method": "linear_probe"},
    ],
)
def test_every_method_and_prompt_mode_is_saved_and_read_back(tiny_backbone, corpus, live, more):
    run = get_or_train(tiny(tiny_backbone, **more), corpus, progress=False)
    test = corpus[cohort.split(corpus) == "test"]
    assert sorted(path.name for path in run.folder.iterdir()) == [
        *("adapter_config.json", "adapter_model.safetensors", "history.csv", "predictions.parquet", "run.json")
    ]
    again = predict_with_run(run, test, progress=False).merge(run.predictions, on=["report_id", "task"], suffixes=("", "_then"))
    assert len(again) == len(run.predictions)
    assert max(abs(again["probability"] - again["probability_then"])) < 1e-4
    assert [path.name for path in live.iterdir()] == [run.folder.name], "checkpoints of a finished run are gone"


def test_runs_load_with_plain_peft_in_a_fresh_process(tiny_backbone, corpus, live):
    cases, expected = [], []
    for peft_method in ("lora", "prefix"):
        run = get_or_train(tiny(tiny_backbone, peft_method=peft_method, epochs=0.5), corpus, progress=False)
        assert str(tiny_backbone) not in (run.folder / "adapter_config.json").read_text(), "no path of this machine is in it"
        model, builder = runs.load_model(run)
        ids = builder.build(corpus["text"].iloc[0], ["T"])[0].input_ids
        cases.append((str(run.folder), list(run.tasks), ids))
        with torch.no_grad():
            expected.append(model(**model.batch([ids])).logits)
    code = (
        "import json, sys, torch\n"
        "from peft import PeftModel\n"
        "from pathmtl.model.multitask import MultiTaskModel\n"
        "for folder, tasks, ids in json.load(sys.stdin):\n"
        f"    base = MultiTaskModel.from_backbone({tiny_backbone!r}, tasks, dtype=torch.float32)\n"
        "    model = PeftModel.from_pretrained(base, folder)\n"
        "    print(model(torch.tensor([ids])).logits.tolist())\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(cases), capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    for line, logits in zip(done.stdout.splitlines(), expected, strict=True):
        torch.testing.assert_close(torch.tensor(json.loads(line)), logits, atol=1e-4, rtol=1e-4)


def test_a_one_class_task_drops_out_and_none_left_is_said():
    labels = pd.DataFrame({"M": ["M0"] * 4, "ER": ["Positive", "Negative", None, None]})
    assert train.trainable_tasks(Settings(tasks=("M", "ER")), labels) == ("ER",)
    with pytest.raises(train.TrainingError, match="two classes"):
        train.trainable_tasks(Settings(tasks=("M",)), labels)


def test_a_run_is_whole_reads_back_and_repeats(tiny_backbone, corpus, live):
    chosen = tiny(tiny_backbone)
    run = get_or_train(chosen, corpus, progress=False)
    assert get_or_train(chosen, corpus, progress=False).folder == run.folder, "a finished run is read, not trained again"
    record = json.loads((run.folder / "run.json").read_text())
    assert (
        record["data"]["test"] == 12
        and record["cost"]["trainable_parameters"] > 0
        and set(record["assumed"]) <= set(record["settings"])
    )
    assert run.settings == chosen and {"step", "loss", "eval_loss"} <= set(run.history.columns)
    predictions = run.predictions
    assert {"truth", "oracle", "predicted", "probabilities", "mentioned"} <= set(
        predictions.columns
    ) and "text" not in predictions
    for row in predictions.itertuples():
        assert len(row.probabilities) == len(CLASSES[row.task]) and sum(row.probabilities) == pytest.approx(1, abs=1e-4)
        assert row.predicted == CLASSES[row.task][max(range(len(row.probabilities)), key=lambda i: row.probabilities[i])]
    # Same seed, same machine: the same predictions, in a fresh model and store.
    again = runs.execute(chosen, corpus, live / "again", progress=False)
    pd.testing.assert_frame_equal(again.predictions, predictions)
    # What was saved predicts what was predicted.
    test = corpus[cohort.split(corpus) == "test"]
    loaded = predict_with_run(run, test, progress=False).merge(predictions, on=["report_id", "task"], suffixes=("", "_then"))
    assert len(loaded) == len(predictions) and (loaded["predicted"] == loaded["predicted_then"]).all()
    assert max(abs(loaded["probability"] - loaded["probability_then"])) < 1e-4
    kept = predictions_on(run, test, progress=False)
    pd.testing.assert_frame_equal(kept, predictions_on(run, test, progress=False))


def test_an_aborted_run_is_no_run_and_loses_nothing(tiny_backbone, corpus, live, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(runs, "predict", stop)
        get_or_train(tiny(tiny_backbone), corpus, progress=False)
    assert not [path for path in live.iterdir() if not path.name.startswith(".")], "only its checkpoints are there"
    monkeypatch.setattr(train.Trainer, "train", stop)
    run = get_or_train(tiny(tiny_backbone), corpus, progress=False)
    assert len(run.history) and list(live.iterdir()) == [run.folder], "trained no second time, and cleaned up"


def test_resuming_is_asked_for_and_refused_where_there_is_nothing(tmp_path):
    with pytest.raises(CheckpointError, match="nothing to resume"):
        place(tmp_path / "run", "key", resume=True)
    checkpoint = place(tmp_path / "run", "key", resume=False) / "checkpoint-3"
    checkpoint.mkdir(parents=True)
    assert place(tmp_path / "run", "key", resume=False), "a checkpoint cut short does not count"
    TrainerState().save_to_json(str(checkpoint / "trainer_state.json"))
    with pytest.raises(CheckpointError, match="--resume"):
        place(tmp_path / "run", "key", resume=False)
    assert place(tmp_path / "run", "key", resume=True) == place(tmp_path / "run", "key")
    with pytest.raises(CheckpointError, match="nothing to resume"):
        place(tmp_path / "run", "other settings", resume=True)


def test_the_key_follows_settings_and_data(tiny_backbone, corpus):
    key = run_key(tiny(tiny_backbone), corpus)
    assert key == run_key(tiny(tiny_backbone), corpus.copy())
    assert key != run_key(tiny(tiny_backbone, rank=4), corpus)
    assert key != run_key(tiny(tiny_backbone), corpus.head(50))


def test_unknown_runs_are_named(live, tmp_path):
    with pytest.raises(store.RunError, match="no such run"):
        store.open_run("abc")
    with pytest.raises(store.RunError, match=r"no run\.json"):
        store.open_run(tmp_path)


def test_wide_predictions_have_every_report_and_empty_cells(corpus):
    long = pd.DataFrame([{"report_id": corpus["report_id"][0], "task": "T", "predicted": "T1", "probability": 0.7}])
    table = wide(long, corpus)
    assert list(table.columns) == ["report_id", *TASKS, *(f"p_{task}" for task in TASKS)]
    assert len(table) == len(corpus) and table["T"][0] == "T1" and table["p_T"][0] == 0.7 and table["N"].isna().all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"peft_method": "qlora"}, "peft_method"),
        ({"rank": 0}, "rank"),
        ({"tasks": ("X",)}, "tasks"),
        ({"slicing": "none"}, "slicing"),
        ({"dropout": 1.0}, "dropout"),
        ({"prompt_mode": "both"}, "prompt_mode"),
        ({"patience": -1}, "patience"),
        ({"n_evaluations": 0}, "n_evaluations"),
        ({"warmup_ratio": 1.0}, "warmup_ratio"),
        ({"optimizer": "sgd"}, "optimizer"),
        ({"label_source": "truth"}, "label_source"),
        ({"lerning_rate": 1}, "lerning_rate"),
    ],
)
def test_settings_refuse_what_they_cannot_mean(wrong, says):
    with pytest.raises(ValueError, match=says):
        settings("quick", **wrong)


def test_a_joint_prompt_gets_a_profiles_joint_length_unless_told_otherwise():
    assert settings("quick", prompt_mode="joint").max_length > settings("quick").max_length
    assert settings("quick", prompt_mode="joint", max_length=300).max_length == 300


def test_the_papers_profile_is_what_s2_says():
    paper = PROFILES["paper"]
    assert (paper.backbone, paper.quantize, paper.optimizer) == (
        *("meta-llama/Meta-Llama-3-8B-Instruct", "nf4", "paged_adamw_8bit"),
    )
    assert (paper.batch_size, paper.gradient_accumulation_steps, paper.max_length, paper.rank, paper.warmup_ratio) == (
        2,
        8,
        512,
        16,
        0.03,
    )
    assert paper.epochs == 3 and paper.seed == 42 and paper.patience > 0 and paper.prompt_mode == "per_field"


def test_profiles_survive_json_and_unknown_ones_are_named():
    assert all(Settings(**json.loads(profile.to_json())) == profile for profile in PROFILES.values())
    with pytest.raises(ValueError, match="fast"):
        settings("fast")


def test_the_real_backbone_learns(live, corpus):
    """End to end: two layers of the real model, a few dozen reports, and the training loss falls well below chance."""
    run = get_or_train(
        settings("smoke", max_train_reports=None, epochs=3, patience=0, tasks=("T", "grade"), precision="fp32"),
        corpus,
        progress=False,
    )
    losses = run.history["loss"].dropna()
    assert losses.iloc[-5:].mean() < 0.8 * losses.iloc[:5].mean()
    assert torch.isfinite(torch.tensor(run.predictions["probability"])).all()
