"""Everything that wants a GPU, in one command: every row of the tables at two sizes, and the paper's shape timed.

    python benchmarks/gpu.py --out OUT                        # all of it; stopped and called again, it goes on
    python benchmarks/gpu.py --out OUT --only efficiency      # the third alone (needs no backbone)
    python benchmarks/gpu.py --out OUT --only standard --rows lora frozen --seeds 42 1 2 --jobs 8
    python benchmarks/gpu.py --out OUT --tiny                 # on any CPU in about a minute: does all of it run?

1. *standard*: the standard profile on the bundled reports, as `pathmtl experiment` makes it on any machine, for each seed. The
   rows of Table II and Table III are made one at a time first, so that their seconds and memory can be compared; then the others
   and the other seeds, ``--jobs`` side by side on the one card, whose seconds say so in a note.
2. *large*: as many reports as the paper's cohort are generated, and the rows are made on them with the whole backbone, one seed.
3. *efficiency*: ``paper_shape.py``.

Run folders come under OUT/runs, and as the book keeps them under OUT/results (copy what is in it into book/results/).
OUT/gpu.tar.gz, or the file named by --archive, holds OUT/results and is renewed after each row, so that whatever ends the command
early, what was finished can be carried away in one file.

The machine needs no network: it needs torch, transformers, peft, accelerate, pandas, pyarrow, scikit-learn, scipy, platformdirs,
tqdm and, for NF4 and the paged optimiser, bitsandbytes; and, but for *efficiency*, the backbone as `pathmtl backbone get` leaves
it. As GGUF it is a third of that to carry: --gguf FILE dequantises it there (and needs the package gguf).
"""

from __future__ import annotations

import argparse
import functools
import json
import multiprocessing
import os
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

import pandas as pd  # noqa: E402
import torch  # noqa: E402
from paper_shape import TINY, efficiency  # noqa: E402

from pathmtl import cohort, paper  # noqa: E402
from pathmtl.experiments import recipes, store  # noqa: E402
from pathmtl.experiments.data import test_reports  # noqa: E402
from pathmtl.experiments.provenance import provenance  # noqa: E402
from pathmtl.experiments.runner import get_or_train  # noqa: E402
from pathmtl.model import adapters, backbone  # noqa: E402
from pathmtl.training.settings import PROFILES  # noqa: E402

PARTS = ("standard", "large", "efficiency")
#: Folder of the second set under book/results/, and what a GPU can afford there over the standard profile.
LARGE = "standard-10677"
WHOLE = {"layers": None, "max_train_reports": None, "window_lines": 2, "max_length": 160, "learning_rate": 1e-3, "batch_size": 32}
#: Made alone on the card: the rows whose costs are compared.
ALONE = ("lora", "frozen", "ia3", "prefix", "prompt", "stl")
#: The order of the large set: should time run out, what is missing matters least.
FIRST = ("lora", "frozen", "ia3", "prefix", "prompt", "stl", "window-nohints", "full", "random", "joint")
KEPT_WITH_WEIGHTS = ("standard", "lora", recipes.SEED)


class Job(NamedTuple):
    """One row with one seed; ``profile`` is the set's: the folder under OUT/results."""

    profile: str
    recipe: str
    seed: int


def say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


def pack(out: Path, archive: Path) -> None:
    """Everything under OUT/results in one file, replaced in one step."""
    scratch = archive.with_name(f".{archive.name}")
    with tarfile.open(scratch, "w:gz") as packed:
        for path in sorted(p for p in (out / "results").rglob("*") if p.is_file()):
            if not any(part.startswith(".") for part in path.relative_to(out).parts):
                packed.add(path, path.relative_to(out).as_posix())
    scratch.replace(archive)


def generated(reports: int, out: Path) -> str:
    """The generated corpus, made once."""
    from pathmtl_synthetic.generate import synthesize

    folder = out / f"corpus-{reports}"
    if not (folder / "reports.csv.gz").exists():
        with store.atomic_directory(folder) as scratch:
            synthesize(reports, recipes.SEED, scratch)
    return str(folder / "reports.csv.gz")


@functools.cache
def reports_of(corpus: str) -> pd.DataFrame:
    return cohort.read_reports(corpus)


def make(job: Job, options: argparse.Namespace, out: Path, beside: int) -> str:
    """Make the job's runs and record them -> what to say of it."""
    started = time.monotonic()
    large = job.profile == LARGE
    corpus = generated(options.reports, out) if large or options.tiny else cohort.BUNDLED
    overrides = {**(WHOLE if large else {}), **options.overrides}
    reports = reports_of(corpus)
    if recipes.RECIPES[job.recipe].kind == "zero_shot":
        reports = test_reports(PROFILES[options.profile], reports)
    chosen = recipes.resolve_runs(options.profile, job.recipe, **{**overrides, "seed": job.seed})
    made = []
    command = f"python benchmarks/gpu.py --only {'large' if large else 'standard'} --rows {job.recipe}"
    try:
        for name, settings in zip(recipes.run_names(job.recipe, job.seed), chosen, strict=True):
            labels = {"name": name, "profile": job.profile, "command": command}
            run = get_or_train(settings, reports, fresh=True, labels=labels, progress=False)
            made.append(run)
            note = f"Timed while up to {beside} runs shared the card." if beside > 1 else ""
            if not options.tiny:
                store.record(run, weights=job == KEPT_WITH_WEIGHTS, note=note)
    except (ValueError, RuntimeError) as error:  # one row that cannot be made must not cost the others
        return f"{' '.join(map(str, job))}: FAILED: {type(error).__name__} {' '.join(str(error).split())[:300]}"
    scores = made[0].record["scores"].get("truth", {}) if len(made) == 1 else {}
    cost = sum(run.record["cost"]["train_seconds"] for run in made)
    return f"{' '.join(map(str, job))}: {time.monotonic() - started:.0f} s, training {cost:.1f} {json.dumps(scores)}"


def jobs_of(options: argparse.Namespace, part: str) -> list[Job]:
    rows = [r for r, how in recipes.RECIPES.items() if how.kind != "rules" and r in (options.rows or recipes.RECIPES)]
    rows.sort(key=lambda recipe: FIRST.index(recipe) if recipe in FIRST else len(FIRST))
    if part == "large":
        return [Job(LARGE, recipe, recipes.SEED) for recipe in (rows[:1] if options.tiny else rows)]
    trained = [r for r in rows if recipes.RECIPES[r].kind == "train"]
    return [Job("standard", recipe, seed) for seed in options.seeds for recipe in (rows if seed == recipes.SEED else trained)]


def tables_made(options: argparse.Namespace, out: Path, parts: Sequence[str]) -> None:
    """Parts 1 and 2: first what is timed alone, then everything else side by side."""
    jobs = [job for part in parts for job in jobs_of(options, part)]
    jobs = [job for job in jobs if not all((store.results() / job.profile / n).exists() for n in recipes.run_names(*job[1:]))]
    alone = [job for job in jobs if job.profile == "standard" and job.recipe in ALONE and job.seed == recipes.SEED]
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        corpus = pool.apply_async(generated, (options.reports, out)) if "large" in parts or options.tiny else None
        if options.tiny:
            corpus.get()
        if alone and not options.tiny:  # the first run of a process loads kernels, which none of the timed ones should pay for
            get_or_train(recipes.resolve("smoke", "lora", seed=0), reports_of(cohort.BUNDLED), fresh=True, progress=False)
        for job in alone:
            say(make(job, options, out, 1))
            pack(out, options.archive)
        if corpus:
            corpus.get()
        rest = [job for job in jobs if job not in alone]
        task = functools.partial(make, options=options, out=out, beside=options.jobs)
        for told in pool.imap_unordered(task, rest):
            say(told)
            pack(out, options.archive)


def tiny_backbone(out: Path) -> str:
    from transformers import LlamaConfig, LlamaForCausalLM

    folder = out / "backbone"
    if not (folder / "config.json").exists():
        tokenizer = backbone.load_tokenizer(backbone.DEFAULT)
        with store.atomic_directory(folder) as scratch:
            LlamaForCausalLM(LlamaConfig(**{**TINY, "vocab_size": len(tokenizer)})).save_pretrained(scratch)
            tokenizer.save_pretrained(scratch)
    return str(folder)


def arguments(given: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True, help="folder for runs, results and gpu.tar.gz")
    parser.add_argument("--archive", type=Path, help="where to keep the archive of results (OUT/gpu.tar.gz)")
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--reports", type=int, default=paper.COHORT, help="reports of the large set")
    parser.add_argument("--rows", nargs="*", choices=sorted(recipes.RECIPES), help="only these rows")
    parser.add_argument("--seeds", nargs="*", type=int, default=[recipes.SEED, 1, 2], help="of the standard set")
    parser.add_argument("--jobs", type=int, default=8, help="runs side by side on the card, a core each")
    parser.add_argument("--strategies", nargs="*", choices=adapters.PEFT_METHODS, help="only these in the efficiency part")
    parser.add_argument("--steps", type=int, default=10, help="timed optimiser steps a strategy")
    parser.add_argument("--gguf", type=Path, help="the embedded backbone as GGUF, where it is not in the cache")
    parser.add_argument("--tiny", action="store_true", help="a random two-layer model and a few reports: does it all run?")
    options = parser.parse_args(given)
    options.profile, options.overrides = "standard", {}
    options.archive = (options.archive or options.out / "gpu.tar.gz").resolve()
    if options.tiny:
        options.profile, options.reports, options.steps, options.jobs, options.seeds = "smoke", 400, 2, 2, [recipes.SEED]
        options.overrides = {"layers": None, "max_train_reports": 24, "epochs": 0.5}
        options.rows = options.rows or ["lora", "frozen", "likelihood"]
    return options


def main(given: list[str] | None = None) -> None:
    options = arguments(given)
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PATHMTL_RUNS"], os.environ["PATHMTL_RESULTS"] = str(out / "runs"), str(out / "results")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes side by side
    say(f"{provenance()['hardware']['device']}, torch {torch.__version__}, commit {provenance()['commit']}")
    if "efficiency" in options.only:
        efficiency(options, say, lambda: pack(out, options.archive))
    if parts := [part for part in PARTS[:2] if part in options.only]:
        if options.tiny:
            options.overrides["backbone"] = tiny_backbone(out)
        elif options.gguf:
            os.environ["PATHMTL_CACHE"] = str(out / "cache")
            backbone.get(backbone.DEFAULT, str(options.gguf), say)
        tables_made(options, out, parts)
    pack(out, options.archive)
    say(f"{len(store.recorded_runs())} runs recorded; the archive: {options.archive.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
