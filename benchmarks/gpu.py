"""Everything that wants a GPU, in one command: the standard set on 10,677 generated reports, and the paper's shape timed.

    python benchmarks/gpu.py --out OUT                        # both; stopped and called again, it goes on
    python benchmarks/gpu.py --out OUT --only efficiency      # the second alone (needs no backbone)
    python benchmarks/gpu.py --out OUT --only standard --rows lora frozen --seeds 42 43 44
    python benchmarks/gpu.py --out OUT --tiny                 # on any CPU in about a minute: does all of it run?

1. *standard*: as many reports as the paper's cohort are generated, and every row of Tables I-IV, the layouts and zero-shot is
   made on them with the standard profile: run folders under OUT/runs, and the same without weights, as the book keeps them,
   under OUT/results/standard-10677 (copy that folder into book/results/).
2. *efficiency*: a model of Llama-3-8B's configuration with random weights in NF4 (double quantisation, bf16 compute), each
   strategy: seconds per optimiser step of 16 x 512 tokens in micro-batches of 2, and peak memory. Random weights compute as fast
   as trained ones; nothing is learnt. One run folder a strategy, kind `efficiency`, beside the paper's L40S column.

OUT/gpu.tar.gz is renewed after each row, with everything but weights, so that whatever ends the command early, what was finished
can be carried away in one file. The machine needs no network: it needs torch, transformers, peft, accelerate, pandas, pyarrow,
scikit-learn, platformdirs, tqdm and, for NF4 and the paged optimiser, bitsandbytes; and for the standard set the backbone as
`pathmtl backbone get` leaves it, with PATHMTL_CACHE naming its folder. As GGUF it is a third of that to carry: --gguf FILE
dequantises it there (and needs the package gguf).
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib.util
import json
import os
import sys
import tarfile
import time
from datetime import UTC, datetime
from pathlib import Path

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathmtl import paper  # noqa: E402
from pathmtl.experiments import store, tables  # noqa: E402
from pathmtl.experiments.making import Maker  # noqa: E402
from pathmtl.experiments.provenance import Meter, provenance  # noqa: E402
from pathmtl.model import adapters, backbone  # noqa: E402
from pathmtl.model.multitask import MultiTaskEncoder  # noqa: E402
from pathmtl.schema import CLASSES, PAPER_TASKS  # noqa: E402
from pathmtl.training.settings import PROFILES, Settings  # noqa: E402

COLLECTION = "standard-10677"
#: What a GPU can afford over the standard profile, which two CPU cores must be able to make: the whole backbone and cohort.
WHOLE = {"layers": None, "limit": None, "lines": 5, "max_length": 256, "epochs": 2, "learning_rate": 1e-3, "batch_size": 16}
#: Meta-Llama-3-8B's published configuration; only its shape matters here.
LLAMA_3_8B = {
    "vocab_size": 128_256,
    "hidden_size": 4096,
    "intermediate_size": 14_336,
    "num_hidden_layers": 32,
    "num_attention_heads": 32,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
    "rope_theta": 500_000.0,
}
TINY = {
    "vocab_size": 1000,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}


def say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


def pack(out: Path) -> None:
    """``gpu.tar.gz``: every file of the run folders but weights, replaced in one step."""
    scratch = out / ".gpu.tar.gz"
    with tarfile.open(scratch, "w:gz") as archive:
        for path in sorted(p for name in ("runs", "results") for p in (out / name).rglob("*") if p.is_file()):
            if path.suffix != ".safetensors" and not any(part.startswith(".") for part in path.relative_to(out).parts):
                archive.add(path, path.relative_to(out).as_posix())
    scratch.replace(out / "gpu.tar.gz")


# 1. the standard set


def generated(reports: int, seed: int, out: Path) -> Path:
    """The generated corpus, made once."""
    from pathmtl.synthetic.generate import synthesize

    folder = out / f"corpus-{reports}"
    if not (folder / "reports.csv.gz").exists():
        say(f"generating {reports:,} reports")
        synthesize(reports, seed, folder)
    return folder / "reports.csv.gz"


def standard(options: argparse.Namespace, out: Path) -> None:
    corpus = generated(options.reports, 42, out)
    maker = Maker(options.profile, str(corpus), str(corpus), options.overrides, fresh=True, progress=True)
    recipes = [r for r, how in tables.RECIPES.items() if how.kind != "rules" and r in (options.rows or tables.RECIPES)]
    jobs = [(recipe, seed) for seed in options.seeds for recipe in recipes]
    maker.plan("standard", [(tables.RECIPES[recipe].title, recipe, seed) for recipe, seed in jobs])
    for recipe, seed in jobs:
        started = time.monotonic()
        try:
            _, made = maker.make(recipe, seed, tables.RECIPES[recipe].title, f"python benchmarks/gpu.py --rows {recipe}")
        except (ValueError, RuntimeError) as error:  # one row that cannot be made must not cost the others
            say(f"{recipe}, seed {seed}: FAILED: {' '.join(str(error).split())[:300]}")
            continue
        for name, run in zip(tables.run_names(recipe, seed), made, strict=True):
            labelled = store.label(run, name=name, profile=COLLECTION, command=f"python benchmarks/gpu.py --rows {recipe}")
            if not options.tiny:
                store.record(labelled)
        pack(out)
        scores = made[0].record["scores"].get("truth", {}) if len(made) == 1 else {}
        say(f"{recipe}, seed {seed}: {time.monotonic() - started:.0f} s {json.dumps(scores)}")


# 2. the paper's shape


def random_llama(shape: dict, quantize: bool, device: str, dtype: torch.dtype) -> torch.nn.Module:
    """An encoder of that shape with random weights, its linear layers in NF4 where asked for; built layer by layer."""
    from transformers import AutoModel, LlamaConfig

    config = LlamaConfig(**shape, torch_dtype=dtype, use_cache=False)
    with torch.device("meta"):
        model = AutoModel.from_config(config, dtype=dtype)
    generator = torch.Generator(device=device).manual_seed(0)
    for name, module in list(model.named_modules()):
        for key, parameter in list(module.named_parameters(recurse=False)):
            if isinstance(module, torch.nn.Linear) and quantize:
                continue
            value = torch.empty(parameter.shape, dtype=dtype, device=device)
            value = value.normal_(0, 0.02, generator=generator) if parameter.dim() > 1 else value.fill_(1)
            setattr(module, key, torch.nn.Parameter(value, requires_grad=False))
        if isinstance(module, torch.nn.Linear) and quantize:
            parent = model.get_submodule(name.rpartition(".")[0])
            setattr(parent, name.rpartition(".")[2], nf4_linear(module, device, dtype, generator))
    model.rotary_emb = type(model.rotary_emb)(config=config).to(device)  # its buffers are computed, not stored
    model.is_loaded_in_4bit = quantize  # what PEFT asks for before it wraps a 4-bit layer
    return model.requires_grad_(False)


def nf4_linear(shape: torch.nn.Linear, device: str, dtype: torch.dtype, generator: torch.Generator) -> torch.nn.Module:
    import bitsandbytes as bnb

    layer = bnb.nn.Linear4bit(
        shape.in_features, shape.out_features, bias=False, compute_dtype=dtype, quant_type="nf4", compress_statistics=True
    )
    weight = torch.empty(shape.out_features, shape.in_features, dtype=dtype, device=device).normal_(0, 0.02, generator=generator)
    layer.weight = bnb.nn.Params4bit(weight, requires_grad=False, quant_type="nf4", compress_statistics=True)
    return layer.to(device)  # moving it there is what quantises it


def optimizer_of(settings: Settings, parameters: list[torch.nn.Parameter], device: str) -> torch.optim.Optimizer:
    if device == "cuda" and importlib.util.find_spec("bitsandbytes"):
        import bitsandbytes as bnb

        return bnb.optim.PagedAdamW8bit(parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay)
    return torch.optim.AdamW(parameters, lr=settings.learning_rate, weight_decay=settings.weight_decay)


def optimiser_step(model: MultiTaskEncoder, batches: list[dict], optimizer: torch.optim.Optimizer) -> float:
    """Forward and backward over the micro-batches, one update; seconds."""
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    started = time.perf_counter()
    for batch in batches:
        (model(**batch)["loss"] / len(batches)).backward()
    optimizer.step()
    optimizer.zero_grad(set_to_none=True)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return time.perf_counter() - started


def micro_batches(shape: dict, micro: int, accumulate: int, length: int, device: str) -> list[dict]:
    """Batches of whole prompts of random tokens, in whatever form this version's model takes them."""
    generator = torch.Generator().manual_seed(1)
    found = []
    for i in range(accumulate):
        ids = torch.randint(0, shape["vocab_size"], (micro, length), generator=generator)
        labels = torch.full((micro, len(PAPER_TASKS)), -100)
        for row in range(micro):  # one field a prompt, as in training
            task = (i * micro + row) % len(PAPER_TASKS)
            labels[row, task] = (i + row) % len(CLASSES[PAPER_TASKS[task]])
        if importlib.util.find_spec("pathmtl.model.packing"):
            from pathmtl.model.packing import pack as packed

            batch = packed(ids.tolist())
        else:
            batch = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        found.append({name: tensor.to(device) for name, tensor in batch.items()} | {"labels": labels.to(device)})
    return found


def efficiency(options: argparse.Namespace, out: Path) -> None:
    shape, length = (TINY, 64) if options.tiny else (LLAMA_3_8B, 512)
    settings = PROFILES["paper"]
    device = backbone.auto_device()
    quantize = importlib.util.find_spec("bitsandbytes") is not None
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    if not quantize:
        say("bitsandbytes is not installed: weights stay in bf16 (three times the memory), and the run says so")
    for strategy in options.strategies or adapters.STRATEGIES:
        folder = store.live() / f"efficiency-{'tiny-' if options.tiny else ''}{strategy}"
        if (folder / "run.json").exists():
            say(f"efficiency, {strategy}: done before")
            continue
        try:
            record = time_strategy(strategy, shape, settings, quantize, device, dtype, length, options.steps)
        except (ValueError, RuntimeError, torch.OutOfMemoryError) as error:
            say(f"efficiency, {strategy}: FAILED: {' '.join(str(error).split())[:300]}")
            continue
        with store.whole_or_nothing(folder) as scratch:
            store.write_record(scratch, {"key": folder.name, "name": folder.name, "tiny": options.tiny, **record})
        pack(out)
        cost = record["cost"]
        printed = ""
        if strategy in paper.TABLE_2.index and not options.tiny:
            printed = f"; paper, L40S: {paper.TABLE_2.loc[strategy, 'memory_mb']:,} MB"
        say(f"efficiency, {strategy}: {cost['seconds_per_step']:.3f} s a step, {cost['peak_memory_mb']:,} MB{printed}")


def time_strategy(strategy, shape, settings: Settings, quantize: bool, device: str, dtype, length: int, steps: int) -> dict:
    started = datetime.now(UTC)
    meter = Meter()
    encoder = random_llama(shape, quantize, device, dtype)
    encoder = adapters.adapt(encoder, strategy, rank=settings.rank, alpha=settings.alpha, dropout=settings.dropout)
    model = MultiTaskEncoder(encoder, shape["hidden_size"], PAPER_TASKS).to(device).train()
    optimizer = optimizer_of(settings, [p for p in model.parameters() if p.requires_grad], device)
    batches = micro_batches(shape, settings.batch_size, settings.accumulate, length, device)
    optimiser_step(model, batches, optimizer)  # warm-up: allocations, kernels
    each = [optimiser_step(model, batches, optimizer) for _ in range(steps)]
    median = sorted(each)[len(each) // 2]
    tokens = settings.batch_size * settings.accumulate * length
    return {
        "kind": "efficiency",
        "profile": "efficiency",
        "settings": {**dataclasses.asdict(settings), "strategy": strategy, "backbone": "random weights", "max_length": length},
        "tasks": list(PAPER_TASKS),
        "assumed": {"weights": "random: only speed and memory are measured", "nf4": quantize},
        "shape": shape,
        "cost": {
            "seconds_per_step": round(median, 4),
            "steps": [round(value, 4) for value in each],
            "tokens_per_step": tokens,
            "tokens_per_second": round(tokens / median, 1),
            "train_seconds": round(sum(each), 3),
            "predict_seconds": 0.0,
            "examples_per_second": round(settings.batch_size * settings.accumulate / median, 3),
            "peak_memory_mb": meter.peak_memory_mb,
            "peak_memory_of": meter.of,
            "trainable_parameters": model.trainable_parameters(),
        },
        "provenance": {"started": started.isoformat(timespec="seconds"), **provenance(), "precision": str(dtype)},
    }


def from_gguf(gguf: Path, out: Path) -> str:
    """The embedded backbone out of its GGUF file, as a folder that transformers loads; its checksum is checked."""
    folder = out / "backbone"
    if not (folder / "config.json").exists():
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig

        if (digest := backbone.sha256_of(gguf)) != backbone.EMBEDDED[backbone.DEFAULT].sha256:
            raise SystemExit(f"{gguf} has SHA-256 {digest}, not the known one: carry it again")
        with store.whole_or_nothing(folder) as scratch:
            model = AutoModelForCausalLM.from_pretrained(
                gguf.parent, gguf_file=gguf.name, quantization_config=GgufConfig(dequantize=True), dtype=torch.float32
            )
            model.to(torch.bfloat16).save_pretrained(scratch)
            AutoTokenizer.from_pretrained(gguf.parent, gguf_file=gguf.name).save_pretrained(scratch)
    return str(folder)


def tiny_backbone(out: Path) -> str:
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = out / "backbone"
    if not (folder / "config.json").exists():
        tokenizer = backbone.load_tokenizer(backbone.DEFAULT)
        with store.whole_or_nothing(folder) as scratch:
            LlamaForCausalLM(LlamaConfig(**{**TINY, "vocab_size": len(tokenizer)})).save_pretrained(scratch)
            tokenizer.save_pretrained(scratch)
    return str(folder)


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for runs, results and gpu.tar.gz")
    parser.add_argument("--only", choices=("standard", "efficiency"))
    parser.add_argument("--reports", type=int, default=paper.COHORT)
    parser.add_argument("--rows", nargs="*", choices=sorted(tables.RECIPES), help="only these rows of the standard set")
    parser.add_argument("--seeds", nargs="*", type=int, default=[tables.SEED])
    parser.add_argument("--strategies", nargs="*", choices=adapters.STRATEGIES, help="only these in the efficiency run")
    parser.add_argument("--steps", type=int, default=10, help="timed optimiser steps a strategy")
    parser.add_argument("--gguf", type=Path, help="the embedded backbone as GGUF, where it is not in the cache")
    parser.add_argument("--tiny", action="store_true", help="a random two-layer model and a few reports: does it all run?")
    options = parser.parse_args(given)
    options.profile, options.overrides = "standard", dict(WHOLE)
    if options.tiny:
        options.profile, options.reports, options.steps = "smoke", 400, 2
        options.overrides = {"layers": None, "precision": "fp32", "epochs": 0.5}
        options.rows = options.rows or ["lora", "frozen", "likelihood"]
    return options


def main(given: list[str] | None = None) -> None:
    options = arguments(given)
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PATHMTL_RUNS"], os.environ["PATHMTL_RESULTS"] = str(out / "runs"), str(out / "results")
    say(f"{provenance()['hardware']['device']}, torch {torch.__version__}, commit {provenance()['commit']}")
    if options.only != "efficiency":
        if options.tiny:
            options.overrides["backbone"] = tiny_backbone(out)
        elif options.gguf:
            options.overrides["backbone"] = from_gguf(options.gguf.resolve(), out)
        standard(options, out)
    if options.only != "standard":
        efficiency(options, out)
    pack(out)
    size = (out / "gpu.tar.gz").stat().st_size
    say(f"{len(store.live_runs())} runs in the store; gpu.tar.gz: {size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
