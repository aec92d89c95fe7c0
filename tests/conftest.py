"""Shared fixtures: a tiny random backbone with the real tokenizer, and where the real reports are."""

import os
from pathlib import Path

import pytest
from warm_kernels import warm_kernels

ROOT = Path(__file__).resolve().parents[1]
#: Files whose tests start kernels, browsers, training processes or OCR: ``make test-fast`` leaves them out. They run first,
#: the longest before the others, so that no worker waits for the last test of another.
SLOW = tuple(
    f"test_{name}"
    for name in (
        *("notebooks", "train", "checkpoint", "gpu_script", "verdicts_stable", "overrides", "experiments", "recorded"),
        *("extract_ocr", "book", "teaching_pages", "live_page", "scale", "extract_isolation", "notebook", "zero_shot", "walk"),
    )
)
#: Slow files whose tests share no expensive fixture: xdist may spread them over its workers one by one.
SPREAD = {"test_notebooks", "test_train", "test_checkpoint", "test_extract_isolation", "test_notebook"}


def pytest_collection_modifyitems(items):
    """Slow tests first; with ``--dist loadgroup``, tests that share fixtures or a store of runs stay on one worker."""
    for item in items:
        if item.path.stem in SLOW:
            item.add_marker("slow")
        notebook = getattr(item, "callspec", None) and item.callspec.params.get("notebook")
        if item.path.stem not in SPREAD:
            item.add_marker(pytest.mark.xdist_group(item.path.stem))
        elif notebook and "get_or_train" in notebook.with_suffix(".py").read_text(encoding="utf-8"):
            item.add_marker(pytest.mark.xdist_group("notebooks that train"))  # one store: nothing is trained twice
    places = {name: place for place, name in enumerate(SLOW)}
    items.sort(key=lambda item: places.get(item.path.stem, len(SLOW)))


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
