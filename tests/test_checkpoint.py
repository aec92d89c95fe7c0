"""A run killed at any moment resumes to the result of an uninterrupted one; several processes give the loss of one."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import bitsandbytes
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from typer.testing import CliRunner

from pathmtl import cohort
from pathmtl.cli.commands import app
from pathmtl.experiments import runs
from pathmtl.experiments.data import bundled
from pathmtl.training import train
from pathmtl.training.callbacks import PeriodicSave
from pathmtl.training.checkpoint import newest, out_of_patience
from pathmtl.training.settings import Settings, settings
from pathmtl.training.train import per_process_batch_size

ROOT = Path(__file__).resolve().parents[1]

#: Trains the settings in argv[1] and leaves history and weights; ``slow`` waits before each step: a moment to kill in.
_WORKER = """
import json, sys, time
from pathlib import Path
import pandas as pd
from safetensors.torch import save_file
from pathmtl import cohort
from pathmtl.experiments import runs
from pathmtl.training import train
from pathmtl.training.callbacks import PeriodicSave
from pathmtl.training.settings import Settings

chosen, reports, out, checkpoints, slow = sys.argv[1:]
if slow == "slow":
    PeriodicSave.on_step_begin = lambda self, *a, **k: time.sleep(0.5)
table = pd.read_parquet(reports)
split = cohort.split(table)
trained = train.train(
    Settings(**json.loads(chosen)), table[split == "train"], table[split == "validation"],
    checkpoints=Path(checkpoints) if checkpoints else None, progress=False,
)
if trained.process == 0:
    weights = {n: p.detach().clone() for n, p in trained.model.named_parameters() if p.requires_grad}
    save_file(weights, out + ".safetensors")
    trained.history.to_csv(out + ".csv", index=False)
"""


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    table = bundled()
    part = cohort.split(table)
    path = tmp_path_factory.mktemp("reports") / "reports.parquet"
    kept = [table[part == name].head(count) for name, count in (("train", 30), ("validation", 8))]
    pd.concat(kept).assign(split=["train"] * 30 + ["validation"] * 8).to_parquet(path)
    return path


def tiny(backbone, **more):
    # Dropout, so that random numbers must be restored too.
    chosen = {"epochs": 1.5, "n_evaluations": 4, "patience": 3, "dropout": 0.1, "optimizer": "adamw_torch", **more}
    return settings("smoke", backbone=backbone, layers=None, precision="fp32", max_train_reports=None, **chosen)


def start(chosen, reports, out, checkpoints="", slow="", launcher=()):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
    script = out.parent / "worker.py"
    script.write_text(_WORKER)
    command = [sys.executable, *launcher, str(script), chosen.to_json(), str(reports), str(out), str(checkpoints), slow]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def finish(process):
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors[-2000:]


def here(chosen, reports, out, checkpoints=None):
    """The same in this process, with as many threads as the others have: sums then round alike."""
    table, threads = pd.read_parquet(reports), torch.get_num_threads()
    torch.set_num_threads(1)
    parts = [table[table["split"] == name] for name in ("train", "validation")]
    trained = train.train(chosen, *parts, checkpoints=checkpoints, progress=False)
    torch.set_num_threads(threads)
    trained.history.to_csv(f"{out}.csv", index=False)
    return trainable(trained.model), pd.read_csv(f"{out}.csv")


def trainable(model):
    return {name: p.detach() for name, p in model.named_parameters() if p.requires_grad}


def results(out):
    return load_file(f"{out}.safetensors"), pd.read_csv(f"{out}.csv")


def test_a_killed_run_ends_as_the_uninterrupted_one_does_bit_by_bit(tiny_backbone, reports, tmp_path):
    chosen = tiny(tiny_backbone)
    broken = start(chosen, reports, tmp_path / "broken", tmp_path / "b", "slow")
    weights, history = here(chosen, reports, tmp_path / "unbroken", tmp_path / "a")
    deadline = time.monotonic() + 200
    while not ((found := newest(tmp_path / "b")) and int(found.name.split("-")[1]) > 3) and time.monotonic() < deadline:
        time.sleep(0.1)
    broken.send_signal(signal.SIGKILL)
    broken.communicate()
    assert broken.returncode == -signal.SIGKILL and not (tmp_path / "broken.csv").exists()
    # As if it had been killed while it wrote the next checkpoint, too.
    partial = tmp_path / "b" / "checkpoint-999"
    shutil.copytree(newest(tmp_path / "b"), partial)
    (partial / "trainer_state.json").write_text('{"epoch": 1.')
    finish(start(chosen, reports, tmp_path / "broken", tmp_path / "b"))
    again, history_again = results(tmp_path / "broken")
    pd.testing.assert_frame_equal(history, history_again, check_exact=True)
    assert weights.keys() == again.keys() and all(torch.equal(weights[name], again[name]) for name in weights)


def test_ctrl_c_keeps_a_checkpoint_and_a_finished_one_is_not_trained_on(tiny_backbone, reports, tmp_path, monkeypatch):
    table = pd.read_parquet(reports)
    parts = [table[table["split"] == name] for name in ("train", "validation")]
    monkeypatch.setattr(signal, "getsignal", lambda number: signal.default_int_handler)
    steps = []

    def strike(self, args, state, control, **kwargs):
        steps.append(state.global_step)
        if state.global_step == 2 and len(steps) == 2:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(train.ShowProgress, "on_step_end", strike)
    chosen = tiny(tiny_backbone)
    with pytest.raises(train.Interrupted, match="step 3 of"):
        train.train(chosen, *parts, checkpoints=tmp_path, progress=False)
    assert newest(tmp_path).name == "checkpoint-3"
    whole = train.train(chosen, *parts, checkpoints=tmp_path, progress=False)
    assert steps == list(range(1, steps[-1] + 1)), "no step was taken twice"
    once_more = train.train(chosen, *parts, checkpoints=tmp_path, progress=False)
    assert len(steps) == steps[-1], "nothing was left to train"
    pd.testing.assert_frame_equal(whole.history, once_more.history)
    trained, taken_over = (trainable(one.model) for one in (whole, once_more))
    assert all(torch.equal(trained[name], taken_over[name]) for name in trained)


def test_the_command_line_says_how_to_go_on_and_what_cannot_be_gone_on_with(tiny_backbone, reports, tmp_path, monkeypatch):
    command = ["train", str(reports), "--profile", "smoke", "--out", str(tmp_path / "run"), "--quiet"]
    command += [f"--set=backbone={tiny_backbone}", "--set=layers=null"]
    nothing = CliRunner().invoke(app, [*command, "--resume"])
    assert nothing.exit_code == 2 and "nothing to resume" in nothing.stderr

    def stopped(*arguments, **options):
        raise train.Interrupted("stopped after step 3 of 9, which is saved")

    monkeypatch.setattr(runs, "execute", stopped)
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 130 and "step 3 of 9" in result.stderr and "--resume" in result.stderr


def test_checkpoints_between_evaluations_resume_to_the_same_result(tiny_backbone, reports, tmp_path, monkeypatch):
    """Those that the clock asks for: the best weights and the losses logged so far survive them."""
    table = pd.read_parquet(reports)
    parts = [table[table["split"] == name] for name in ("train", "validation")]
    chosen = tiny(tiny_backbone)
    whole = train.train(chosen, *parts, checkpoints=tmp_path / "whole", progress=False)
    monkeypatch.setattr("pathmtl.training.callbacks._SAVE_EVERY", 0.0)
    step_end = PeriodicSave.on_step_end

    def die(self, args, state, control, **kwargs):
        step_end(self, args, state, control)
        if state.global_step == 9:
            raise RuntimeError("as if killed")

    monkeypatch.setattr(PeriodicSave, "on_step_end", die)
    with pytest.raises(RuntimeError, match="killed"):
        train.train(chosen, *parts, checkpoints=tmp_path / "broken", progress=False)
    assert newest(tmp_path / "broken").name == "checkpoint-8", "8 is no step of an evaluation"
    monkeypatch.setattr(PeriodicSave, "on_step_end", step_end)
    resumed = train.train(chosen, *parts, checkpoints=tmp_path / "broken", progress=False)
    pd.testing.assert_frame_equal(whole.history, resumed.history, check_exact=True)
    ours, theirs = trainable(resumed.model), trainable(whole.model)
    assert all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_a_resumed_run_stops_early_where_the_uninterrupted_one_does(tiny_backbone, reports, tmp_path):
    table = pd.read_parquet(reports)
    parts = [table[table["split"] == name] for name in ("train", "validation")]
    chosen = tiny(tiny_backbone, learning_rate=0.5, epochs=3, n_evaluations=8, patience=2)
    whole = train.train(chosen, *parts, checkpoints=tmp_path, progress=False)
    losses = whole.history["eval_loss"].dropna().tolist()
    assert 3 <= len(losses) < 8 and out_of_patience([{"eval_loss": loss} for loss in losses], 2)
    last = newest(tmp_path)
    shutil.rmtree(last)
    resumed = train.train(chosen, *parts, checkpoints=tmp_path, progress=False)
    assert newest(tmp_path).name == last.name
    pd.testing.assert_frame_equal(whole.history, resumed.history, check_exact=True)


def test_checkpoints_hold_what_is_trained_and_load_as_weights_only(tiny_backbone, reports, tmp_path):
    table = pd.read_parquet(reports)
    parts = [table[table["split"] == name] for name in ("train", "validation")]
    trained = train.train(tiny(tiny_backbone), *parts, checkpoints=tmp_path, progress=False)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert len(kept) <= 2 and newest(tmp_path).name in kept
    adapter = load_file(newest(tmp_path) / "adapter_model.safetensors")
    assert sum(value.numel() for value in adapter.values()) == trained.model.get_nb_trainable_parameters()[0]
    assert not (newest(tmp_path) / "model.safetensors").exists(), "the backbone is not in them"
    torch.load(newest(tmp_path) / "optimizer.pt", weights_only=True)


def test_two_processes_give_the_loss_of_one(tiny_backbone, reports, tmp_path):
    # Joint prompts bear different numbers of labels: a mean of the processes' means would not be the mean.
    chosen = tiny(
        tiny_backbone, epochs=1, dropout=0.0, prompt_mode="joint", max_length=200, batch_size=2, gradient_accumulation_steps=4
    )
    launcher = (
        "-m",
        "accelerate.commands.launch",
        "--cpu",
        "--num_processes",
        "2",
        "--num_machines",
        "1",
        "--main_process_port",
        "0",
    )
    two = start(chosen, reports, tmp_path / "two", launcher=launcher)
    weights, history = here(chosen, reports, tmp_path / "one")
    finish(two)
    shared, history_shared = results(tmp_path / "two")
    assert len(history) > 5
    pd.testing.assert_series_equal(history["loss"], history_shared["loss"], rtol=1e-4)
    for name in weights:
        torch.testing.assert_close(weights[name], shared[name], atol=1e-4, rtol=1e-3, msg=name)


@pytest.mark.parametrize("kind", [torch.optim.AdamW, bitsandbytes.optim.AdamW8bit])
def test_an_optimizer_resumes_as_if_never_stored(kind, tmp_path):
    """As the Trainer stores it; the paper's optimizer keeps bytes, tables, and scales in a nesting of its own."""

    def step(parameter, optimizer):
        parameter.grad = torch.linspace(-1, 1, parameter.numel()).reshape(parameter.shape)
        optimizer.step()

    first = torch.nn.Parameter(torch.linspace(0, 1, 128 * 64).reshape(128, 64))
    optimizer = kind([first], lr=1e-2)
    step(first, optimizer)
    torch.save(optimizer.state_dict(), tmp_path / "optimizer.pt")
    second = torch.nn.Parameter(first.detach().clone())
    restored = kind([second], lr=1e-2)
    restored.load_state_dict(torch.load(tmp_path / "optimizer.pt", weights_only=True))
    step(first, optimizer)
    step(second, restored)
    assert torch.equal(first, second)


@pytest.mark.parametrize(
    ("sizes", "processes", "expected"),
    [((2, 8), 1, (2, 8)), ((2, 8), 4, (2, 2)), ((16, 1), 2, (8, 1)), ((3, 1), 2, None)],
)
def test_processes_share_the_effective_batch(sizes, processes, expected):
    chosen = Settings(batch_size=sizes[0], gradient_accumulation_steps=sizes[1])
    if expected:
        assert per_process_batch_size(chosen, processes) == expected
    else:
        with pytest.raises(train.TrainingError, match="batch_size=3"):
            per_process_batch_size(chosen, processes)


@pytest.mark.parametrize(
    ("losses", "patience", "over"),
    [([], 2, False), ([3, 2, 1], 2, False), ([1, 2, 3], 2, True), ([2, 1, 3], 2, False), ([1, 2, 3, 4], 0, False)],
)
def test_patience_counts_evaluations_since_the_best(losses, patience, over):
    assert out_of_patience([{"loss": 9.0}, *({"eval_loss": loss} for loss in losses)], patience) is over


def test_a_paged_optimizer_without_a_gpu_is_refused(tiny_backbone, reports, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    table = pd.read_parquet(reports)
    with pytest.raises(train.TrainingError, match="optimizer=adamw_torch"):
        train.train(tiny(tiny_backbone, optimizer="paged_adamw_8bit"), table, table, progress=False)
