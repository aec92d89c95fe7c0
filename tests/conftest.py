"""Shared fixtures: a tiny random backbone with the real tokenizer, and where the real reports are."""

import os
from pathlib import Path

import pytest
from warm_kernels import warm_kernels

ROOT = Path(__file__).resolve().parents[1]
#: Files whose tests start kernels, browsers, training processes or OCR: ``make test-fast`` leaves them out.
SLOW = {
    f"test_{name}"
    for name in (
        *("book", "checkpoint", "experiments", "extract_isolation", "extract_ocr", "gpu_script", "notebook", "notebooks"),
        *("live_page", "overrides", "recorded", "scale", "teaching_pages", "train", "verdicts_stable", "walk", "zero_shot"),
    )
}


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker("slow")


@pytest.fixture(scope="session")
def tiny_backbone(tmp_path_factory):
    """Folder of a random two-layer Llama that loads like any backbone: training on it takes seconds."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    from pathmtl.model.backbone import load_tokenizer

    folder = tmp_path_factory.mktemp("tiny-backbone")
    tokenizer = load_tokenizer("smollm2-135m")
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        tie_word_embeddings=True,
    )
    LlamaForCausalLM(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return str(folder)


@pytest.fixture(scope="session")
def real_reports():
    """Folder of real TCGA reports; they are never part of the repository."""
    folder = Path(os.environ.get("PATHMTL_REAL") or ROOT.parent / "shared" / "real")
    if not folder.is_dir():
        pytest.skip("no folder of real reports (set PATHMTL_REAL)")
    return folder


@pytest.fixture(scope="session")
def quick_kernels():
    """Notebooks run in kernels forked from one that has imported torch already: the same notebooks, a fraction of the time."""
    with warm_kernels():
        yield
