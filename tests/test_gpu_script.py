"""benchmarks/gpu.py at tiny size: every step of it runs on a CPU, goes on where it stopped, and packs no weights."""

import importlib.util
import json
import sys
import tarfile

import pytest
import torch
from conftest import ROOT

from pathmtl.model.adapters import PEFT_METHODS


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("gpu_script", ROOT / "benchmarks" / "gpu.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = [path for path in sys.path if path not in (str(ROOT), str(ROOT / "benchmarks"))]


def test_the_random_model_is_in_nf4_and_computes(script):
    pytest.importorskip("bitsandbytes")
    from paper_shape import TINY, random_llama

    encoder = random_llama(TINY, True, "cpu", torch.float32)
    kinds = {name.rpartition(".")[2]: type(module).__name__ for name, module in encoder.named_modules() if "proj" in name}
    assert set(kinds.values()) == {"Linear4bit"} and len(kinds) == 7
    weight = encoder.layers[0].mlp.down_proj.weight
    assert weight.dtype == torch.uint8 and weight.numel() == 64 * 128 // 2, "two weights a byte"
    assert not any(parameter.is_meta for parameter in encoder.parameters())
    states = encoder(input_ids=torch.arange(10)[None]).last_hidden_state
    assert states.shape == (1, 10, 64) and torch.isfinite(states).all()


def test_each_strategy_is_timed_once_and_carried_away_without_weights(script, tmp_path, monkeypatch, capsys):
    for name in ("PATHMTL_RUNS", "PATHMTL_RESULTS"):
        monkeypatch.setenv(name, str(tmp_path))  # the script sets them: this puts them back
    command = ["--tiny", "--only", "efficiency", "--out", str(tmp_path), "--steps", "1"]
    script.main(command)
    told = capsys.readouterr().out
    assert "FAILED" not in told
    for peft_method in PEFT_METHODS:
        record = json.loads((tmp_path / "results" / "efficiency-tiny" / peft_method / "run.json").read_text())
        assert record["kind"] == "efficiency" and record["cost"]["seconds_per_step"] > 0
        assert record["cost"]["tokens_per_step"] == 16 * 64 and record["assumed"]["weights"].startswith("random")
    with tarfile.open(tmp_path / "gpu.tar.gz") as archive:
        names = archive.getnames()
    assert len(names) == len(PEFT_METHODS) and all(name.endswith("run.json") for name in names)
    script.main(command)
    assert capsys.readouterr().out.count("done before") == len(PEFT_METHODS)
