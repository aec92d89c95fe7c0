"""Training, the run store and prediction: on a tiny random backbone in seconds, and once on the real one."""

import json

import pandas as pd
import pytest
import torch

from pathmtl import cohort, runs, store, train
from pathmtl.model.backbone import load_tokenizer
from pathmtl.model.multitask import MISSING
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.schema import CLASSES, TASKS
from pathmtl.settings import PROFILES, Settings, settings


@pytest.fixture(scope="module")
def corpus():
    table = cohort.read_reports(cohort.BUNDLED)
    part = cohort.split(table)
    return pd.concat(
        [table[part == name].head(count) for name, count in (("train", 40), ("validation", 8), ("test", 12))], ignore_index=True
    )


@pytest.fixture
def live(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def tiny(backbone, **more):
    return settings("smoke", backbone=backbone, layers=None, precision="fp32", limit=None, **more)


def test_examples_hold_one_stated_field_each(tiny_backbone, corpus):
    builder = PromptBuilder(load_tokenizer(tiny_backbone), Slicing(lines=1, max_length=96))
    labels = train.targets(corpus, "given")
    made = train.examples(corpus, labels, builder, TASKS)
    assert len(made) == labels.notna().to_numpy().sum()
    for line in made.labels:
        assert sum(value != MISSING for value in line) == 1
    assert max(map(len, made.input_ids)) <= 96


def test_a_one_class_task_drops_out_and_none_left_is_said():
    labels = pd.DataFrame({"M": ["M0"] * 4, "ER": ["Positive", "Negative", None, None]})
    assert train.trainable_tasks(Settings(tasks=("M", "ER")), labels) == ("ER",)
    with pytest.raises(train.TrainingError, match="two classes"):
        train.trainable_tasks(Settings(tasks=("M",)), labels)


def test_a_run_is_whole_reads_back_and_repeats(tiny_backbone, corpus, live):
    chosen = tiny(tiny_backbone)
    run = runs.obtain(chosen, corpus, progress=False)
    assert runs.obtain(chosen, corpus, progress=False).folder == run.folder, "a finished run is read, not trained again"
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
    loaded = run.predict(test, progress=False).merge(predictions, on=["report_id", "task"], suffixes=("", "_then"))
    assert len(loaded) == len(predictions) and (loaded["predicted"] == loaded["predicted_then"]).all()
    assert max(abs(loaded["probability"] - loaded["probability_then"])) < 1e-4
    kept = run.predictions_on(test, progress=False)
    pd.testing.assert_frame_equal(kept, run.predictions_on(test, progress=False))


def test_an_aborted_run_leaves_nothing(tiny_backbone, corpus, live, monkeypatch):
    def stop(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs.train, "predict", stop)
    with pytest.raises(KeyboardInterrupt):
        runs.obtain(tiny(tiny_backbone), corpus, progress=False)
    assert not live.exists() or list(live.iterdir()) == []


def test_the_key_follows_settings_and_data(tiny_backbone, corpus):
    key = runs.run_key(tiny(tiny_backbone), corpus)
    assert key == runs.run_key(tiny(tiny_backbone), corpus.copy())
    assert key != runs.run_key(tiny(tiny_backbone, rank=4), corpus)
    assert key != runs.run_key(tiny(tiny_backbone), corpus.head(50))


def test_unknown_runs_are_named(live, tmp_path):
    with pytest.raises(store.RunError, match="no such run"):
        store.open_run("abc")
    with pytest.raises(store.RunError, match=r"no run\.json"):
        store.open_run(tmp_path)


def test_wide_predictions_have_every_report_and_empty_cells(corpus):
    long = pd.DataFrame([{"report_id": corpus["report_id"][0], "task": "T", "predicted": "T1", "probability": 0.7}])
    wide = train.wide(long, corpus)
    assert list(wide.columns) == ["report_id", *TASKS, *(f"p_{task}" for task in TASKS)]
    assert len(wide) == len(corpus) and wide["T"][0] == "T1" and wide["p_T"][0] == 0.7 and wide["N"].isna().all()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"strategy": "qlora"}, "strategy"),
        ({"rank": 0}, "rank"),
        ({"tasks": ("X",)}, "tasks"),
        ({"slicing": "none"}, "slicing"),
        ({"dropout": 1.0}, "dropout"),
        ({"labels": "truth"}, "labels"),
        ({"lerning_rate": 1}, "lerning_rate"),
    ],
)
def test_settings_refuse_what_they_cannot_mean(wrong, says):
    with pytest.raises(ValueError, match=says):
        settings("quick", **wrong)


def test_profiles_survive_json_and_unknown_ones_are_named():
    assert all(Settings.from_json(profile.to_json()) == profile for profile in PROFILES.values())
    with pytest.raises(ValueError, match="fast"):
        settings("fast")


def test_the_real_backbone_learns(live, corpus):
    """End to end: two layers of the real model, a few dozen reports, and the training loss falls well below chance."""
    run = runs.obtain(settings("smoke", limit=None, epochs=3, tasks=("T", "grade"), precision="fp32"), corpus, progress=False)
    losses = run.history["loss"].dropna()
    assert losses.iloc[-5:].mean() < 0.8 * losses.iloc[:5].mean()
    assert torch.isfinite(torch.tensor(run.predictions["probability"])).all()
