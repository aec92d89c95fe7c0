"""Time one optimizer step of each method of Table II, alone on the device, on a model with random weights.

    python benchmarks/paper_shape.py --out OUT                     # Llama-3-8B's shape in NF4, the paper's batch
    python benchmarks/paper_shape.py --out OUT --shape smollm2     # the small backbone's shape, the gpu profile's batch

Random weights compute as fast as trained ones; nothing is learned. Results are OUT/results/COLLECTION/METHOD/run.json, as
book/results keeps them.
"""

from __future__ import annotations

import argparse
import dataclasses
import gc
import importlib.util
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import torch  # noqa: E402
from peft import PeftModel  # noqa: E402

from pathmtl import paper  # noqa: E402
from pathmtl.experiments import store  # noqa: E402
from pathmtl.experiments.provenance import Meter, provenance  # noqa: E402
from pathmtl.model import adapters, backbone  # noqa: E402
from pathmtl.model.multitask import MultiTaskConfig, MultiTaskModel  # noqa: E402
from pathmtl.model.packing import pack  # noqa: E402
from pathmtl.schema import CLASSES, PAPER_TASKS  # noqa: E402
from pathmtl.training.settings import PROFILES, Settings  # noqa: E402

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
#: SmolLM2-135M's.
SMOLLM2 = {
    "vocab_size": 49_152,
    "hidden_size": 576,
    "intermediate_size": 1536,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "max_position_embeddings": 8192,
    "rope_theta": 100_000.0,
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


#: --shape -> shape, tokens of a prompt, profile whose batch is timed, whether in NF4, folder under book/results.
SHAPES = {
    "llama-3-8b": (LLAMA_3_8B, 512, "paper", True, "efficiency"),
    "smollm2": (SMOLLM2, 512, "gpu", False, "efficiency-smollm2"),
    "tiny": (TINY, 64, "paper", True, "efficiency-tiny"),
}


def main(given: list[str] | None = None) -> None:
    """Time each method that has no run in OUT yet."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for results/COLLECTION/METHOD/run.json")
    parser.add_argument("--shape", choices=SHAPES, default="llama-3-8b")
    parser.add_argument("--methods", nargs="*", choices=adapters.PEFT_METHODS, default=adapters.PEFT_METHODS)
    parser.add_argument("--steps", type=int, default=10, help="timed optimizer steps per method")
    options = parser.parse_args(given)
    os.environ["PATHMTL_RESULTS"] = str(options.out.resolve() / "results")
    shape, length, profile, quantize, collection = SHAPES[options.shape]
    device = backbone.auto_device()
    if quantize and importlib.util.find_spec("bitsandbytes") is None:
        print("bitsandbytes is not installed: weights stay in bf16 (three times the memory), and the run says so")
        quantize = False
    dtype = torch.bfloat16 if device == "cuda" else torch.float32
    for method in options.methods:
        row = "frozen" if method == "linear_probe" else method  # as Table II calls it
        folder = store.results() / collection / row
        if (folder / "run.json").exists():
            print(f"{options.shape}, {method}: done before")
            continue
        try:
            record = time_method(method, shape, PROFILES[profile], quantize, device, dtype, length, options.steps)
        except (ValueError, RuntimeError) as error:  # out of memory too: one method must not cost the others
            print(f"{options.shape}, {method}: FAILED: {' '.join(str(error).split())[:300]}")
            continue
        record = {"key": row, "name": row, "tiny": options.shape == "tiny", "profile": collection, **record, "recorded": {}}
        with store.atomic_directory(folder) as scratch:
            store.write_record(scratch, record)
        cost = record["cost"]
        printed = ""
        if row in paper.TABLE_2.index and options.shape == "llama-3-8b":
            printed = f"; paper, L40S: {paper.TABLE_2.loc[row, 'memory_mb']:,} MB"
        print(
            f"{options.shape}, {method}: {cost['seconds_per_step']:.3f} s per step, {cost['peak_memory_mb']:,} MB{printed}",
            flush=True,
        )


def time_method(method, shape, settings: Settings, quantize: bool, device: str, dtype, length: int, steps: int) -> dict:
    gc.collect()  # what the method before it left behind must not count
    if device == "cuda":
        torch.cuda.empty_cache()
    started, meter = datetime.now(UTC), Meter()
    encoder = random_llama(shape, quantize, device, dtype)
    base = MultiTaskModel(MultiTaskConfig(text_config=encoder.config, tasks=PAPER_TASKS), encoder)
    model = adapters.adapt(base, dataclasses.replace(settings, peft_method=method)).to(device).train()
    optimizer = optimizer_of(settings, [p for p in model.parameters() if p.requires_grad], device)
    batches = micro_batches(shape, settings.batch_size, settings.gradient_accumulation_steps, length, device)
    optimiser_step(model, batches, optimizer)  # warm-up: allocations, kernels
    each = [optimiser_step(model, batches, optimizer) for _ in range(steps)]
    median = sorted(each)[len(each) // 2]
    tokens = settings.batch_size * settings.gradient_accumulation_steps * length
    return {
        "kind": "efficiency",
        "settings": {**dataclasses.asdict(settings), "peft_method": method, "backbone": "random weights", "max_length": length},
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


if __name__ == "__main__":
    main()
