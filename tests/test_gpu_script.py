"""benchmarks/gpu.py and paper_shape.py at tiny size on a CPU: every step runs, a second call resumes, no weights are packed."""

import json
import os
import subprocess
import sys
import tarfile

import pytest
import torch
from conftest import ROOT

from pathmtl.experiments.recipes import title_of
from pathmtl.model.adapters import PEFT_METHODS


@pytest.fixture(scope="module")
def shapes():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    import paper_shape

    yield paper_shape
    sys.path.remove(str(ROOT / "benchmarks"))


def test_the_random_model_is_in_nf4_and_computes(shapes):
    pytest.importorskip("bitsandbytes")
    encoder = shapes.random_llama(shapes.TINY, True, "cpu", torch.float32)
    kinds = {name.rpartition(".")[2]: type(module).__name__ for name, module in encoder.named_modules() if "proj" in name}
    assert set(kinds.values()) == {"Linear4bit"} and len(kinds) == 7
    weight = encoder.layers[0].mlp.down_proj.weight
    assert weight.dtype == torch.uint8 and weight.numel() == 64 * 128 // 2, "two weights per byte"
    assert not any(parameter.is_meta for parameter in encoder.parameters())
    states = encoder(input_ids=torch.arange(10)[None]).last_hidden_state
    assert states.shape == (1, 10, 64) and torch.isfinite(states).all()


def test_each_method_is_timed_once(shapes, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path))  # the script sets it: this restores it
    command = ["--shape", "tiny", "--out", str(tmp_path), "--steps", "1"]
    shapes.main(command)
    assert "FAILED" not in capsys.readouterr().out
    for peft_method in PEFT_METHODS:
        row = "frozen" if peft_method == "linear_probe" else peft_method
        record = json.loads((tmp_path / "results" / "efficiency-tiny" / row / "run.json").read_text())
        assert title_of("table2", record["name"]), "the page of Table II shows it"
        assert record["kind"] == "efficiency" and record["cost"]["seconds_per_step"] > 0
        assert record["cost"]["tokens_per_step"] == 16 * 64 and record["assumed"]["weights"].startswith("random")
    shapes.main(command)
    assert capsys.readouterr().out.count("done before") == len(PEFT_METHODS)


def test_the_tiny_plan_records_its_rows_packs_no_weights_and_resumes(tmp_path):
    """The one slow test: two processes train the sweep and two rows, then a second call finds all of it."""
    out = tmp_path / "out"
    command = [sys.executable, str(ROOT / "benchmarks" / "gpu.py"), "--out", str(out), "--tiny"]

    def output(*more: str) -> str:
        done = subprocess.run(
            [*command, *more], capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr[-2000:]
        assert "failed" not in done.stdout and "2 runs recorded" in done.stdout
        return done.stdout

    assert "sweep in" in output()
    swept = json.loads((out / "results" / "sweep.json").read_text())
    assert set(swept["chosen"]) == {"lora", "frozen", "ia3", "prefix", "prompt"} and swept["examples"] > 0
    with tarfile.open(out / "gpu.tar.gz") as archive:
        names = archive.getnames()
    assert {f"results/gpu/{row}-seed42/run.json" for row in ("lora", "frozen")} <= set(names)
    assert not any(name.endswith(".safetensors") for name in names)
    with tarfile.open(out / "weights-generated-lora-seed42.tar.gz") as archive:
        assert "adapter_model.safetensors" in archive.getnames()

    def made() -> dict:
        return {path: path.stat().st_mtime_ns for path in (out / "runs").glob("*/adapter_model.safetensors")}

    before = made()
    assert len(before) == 5 + 2, "one run per method in the sweep, and two rows"
    assert "sweep in" not in output("--jobs", "1") and made() == before, "nothing is trained again"
