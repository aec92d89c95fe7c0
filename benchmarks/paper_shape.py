"""The paper's shape, timed: a model of Llama-3-8B's configuration with random weights in NF4, one optimiser step a strategy.

Random weights compute as fast as trained ones; nothing is learnt. ``benchmarks/gpu.py --only efficiency`` runs it.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import importlib.util
import time
from collections.abc import Callable
from datetime import UTC, datetime

import torch
from peft import PeftModel

from pathmtl import paper
from pathmtl.experiments import store
from pathmtl.experiments.provenance import Meter, provenance
from pathmtl.model import adapters, backbone
from pathmtl.model.multitask import MultiTaskConfig, MultiTaskModel
from pathmtl.model.packing import pack
from pathmtl.schema import CLASSES, PAPER_TASKS
from pathmtl.training.settings import PROFILES, Settings

#: Where book/results keeps these runs.
COLLECTION = "efficiency"
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
    for module in model.modules():
        module._is_hf_initialized = True  # transformers draws the weights of no module that bears this mark
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


def optimiser_step(model: PeftModel, batches: list[dict], optimizer: torch.optim.Optimizer) -> float:
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
    """Batches of whole prompts of random tokens, packed as in training."""
    generator = torch.Generator().manual_seed(1)
    found = []
    for i in range(accumulate):
        ids = torch.randint(0, shape["vocab_size"], (micro, length), generator=generator)
        labels = torch.full((micro, len(PAPER_TASKS)), -100)
        for row in range(micro):  # one field a prompt, as in training
            task = (i * micro + row) % len(PAPER_TASKS)
            labels[row, task] = (i + row) % len(CLASSES[PAPER_TASKS[task]])
        batch = pack(ids.tolist())
        found.append({name: tensor.to(device) for name, tensor in batch.items()} | {"labels": labels.to(device)})
    return found


def efficiency(options: argparse.Namespace, say: Callable[[str], None], finished: Callable[[], None]) -> None:
    """Time each strategy that has no run yet; ``finished`` is called after each."""
    shape, length = (TINY, 64) if options.tiny else (LLAMA_3_8B, 512)
    device = backbone.auto_device()
    quantize = importlib.util.find_spec("bitsandbytes") is not None
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    if not quantize:
        say("bitsandbytes is not installed: weights stay in bf16 (three times the memory), and the run says so")
    for strategy in options.strategies or adapters.PEFT_METHODS:
        folder = store.results() / (f"{COLLECTION}-tiny" if options.tiny else COLLECTION) / strategy
        if (folder / "run.json").exists():
            say(f"efficiency, {strategy}: done before")
            continue
        try:
            record = time_strategy(strategy, shape, PROFILES["paper"], quantize, device, dtype, length, options.steps)
        except (ValueError, RuntimeError, torch.OutOfMemoryError) as error:
            say(f"efficiency, {strategy}: FAILED: {' '.join(str(error).split())[:300]}")
            continue
        with store.whole_or_nothing(folder) as scratch:
            store.write_record(scratch, {"key": strategy, "name": strategy, "tiny": options.tiny, **record, "recorded": {}})
        finished()
        cost = record["cost"]
        printed = ""
        if strategy in paper.TABLE_2.index and not options.tiny:
            printed = f"; paper, L40S: {paper.TABLE_2.loc[strategy, 'memory_mb']:,} MB"
        say(f"efficiency, {strategy}: {cost['seconds_per_step']:.3f} s a step, {cost['peak_memory_mb']:,} MB{printed}")


def time_strategy(strategy, shape, settings: Settings, quantize: bool, device: str, dtype, length: int, steps: int) -> dict:
    gc.collect()  # what the strategy before left behind must not count
    if device == "cuda":
        torch.cuda.empty_cache()
    started, meter = datetime.now(UTC), Meter()
    encoder = random_llama(shape, quantize, device, dtype)
    base = MultiTaskModel(MultiTaskConfig(text_config=encoder.config, tasks=PAPER_TASKS), encoder)
    model = adapters.adapt(base, dataclasses.replace(settings, peft_method=strategy)).to(device).train()
    optimizer = optimizer_of(settings, [p for p in model.parameters() if p.requires_grad], device)
    batches = micro_batches(shape, settings.batch_size, settings.gradient_accumulation_steps, length, device)
    optimiser_step(model, batches, optimizer)  # warm-up: allocations, kernels
    each = [optimiser_step(model, batches, optimizer) for _ in range(steps)]
    median = sorted(each)[len(each) // 2]
    tokens = settings.batch_size * settings.gradient_accumulation_steps * length
    return {
        "kind": "efficiency",
        "profile": COLLECTION,
        "settings": {**dataclasses.asdict(settings), "peft_method": strategy, "backbone": "random weights", "max_length": length},
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
            "examples_per_second": round(settings.batch_size * settings.gradient_accumulation_steps / median, 3),
            "peak_memory_mb": meter.peak_memory_mb,
            "peak_memory_of": meter.of,
            "trainable_parameters": model.get_nb_trainable_parameters()[0],
        },
        "provenance": {"started": started.isoformat(timespec="seconds"), **provenance(), "precision": str(dtype)},
    }
