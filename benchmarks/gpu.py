"""Record the book's runs on one GPU, in order of importance, within a time limit.

    python benchmarks/gpu.py --out OUT --corpus CORPUS --test FRESH        # sweep of learning rates, then every row
    python benchmarks/gpu.py --out OUT ... --real FOLDER                   # and rows trained on real reports
    python benchmarks/gpu.py --out OUT ... --minutes 10                    # start no run that would not end in time
    python benchmarks/gpu.py --out OUT --tiny                              # on any CPU in a minute: does all of it run?

CORPUS and FRESH are folders that `pathmtl-synthetic synthesize` wrote with different seeds: models train and stop early on the
training and validation splits of the first, and are tested on all of the second, on which nothing was ever chosen.

1. *sweep*: each method of Table II at each learning rate of one grid, on a few reports; the rate with the lowest validation
   loss is used from then on.
2. *rows*: the rows of Tables I to IV with the whole backbone, several side by side on the card (their seconds say so), as many
   training reports for each as the time allows. With --real also the rows of the page *Real reports*.

Called again with the same OUT, it resumes: finished runs are not made again. Run folders are OUT/runs/KEY and, as the book keeps
them, OUT/results/PROFILE/NAME; OUT/gpu.tar.gz holds the latter and is renewed after each run, so that nothing finished is lost.
The machine needs no network: it needs torch, transformers, peft, accelerate, pandas, pyarrow, scikit-learn, scipy, platformdirs,
and tqdm; --gguf FILE dequantizes the backbone there (and needs the package gguf).
"""

from __future__ import annotations

import argparse
import functools
import itertools
import json
import multiprocessing
import os
import shutil
import sys
import tarfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks"), str(ROOT / "data_synthetic")]

import pandas as pd  # noqa: E402
import torch  # noqa: E402
from paper_shape import TINY  # noqa: E402

from pathmtl import cohort, oracle  # noqa: E402
from pathmtl.experiments import recipes, runs, store  # noqa: E402
from pathmtl.experiments.keys import run_key  # noqa: E402
from pathmtl.experiments.provenance import provenance  # noqa: E402
from pathmtl.model import backbone  # noqa: E402
from pathmtl.schema import PAPER_TASKS  # noqa: E402

#: Learning rates of the sweep, the same for every method, and the size of its runs.
GRID = (3e-4, 1e-3, 3e-3, 1e-2)
SWEEP = {"max_train_reports": 600, "max_validation_reports": 150, "max_test_reports": 30, "n_evaluations": 1, "patience": 0}
SWEPT = ("lora", "frozen", "ia3", "prefix", "prompt")
#: Rows in order of importance, with what they change: what is missing when time runs out matters least.
ROWS: tuple[tuple[str, str, dict], ...] = (
    ("generated", "lora", {}),
    ("generated", "window-nohints", {}),
    ("real", "lora", {"hints": "oracle"}),
    ("real", "window-nohints", {}),
    ("generated", "frozen", {}),
    ("generated", "ia3", {}),
    ("generated", "prefix", {}),
    ("generated", "stl", {}),
    ("generated", "random", {}),
    ("generated", "full", {}),
    ("generated", "random-nohints", {}),
    ("generated", "full-nohints", {}),
    ("generated", "oracle-hints", {}),
    ("generated", "ia3-nohints", {}),
    ("generated", "frozen-nohints", {}),
    ("generated", "prefix-nohints", {}),
    ("real", "lora", {}),
    ("generated", "prompt", {}),
)
#: Rows of further seeds, behind all others.
SEEDED = ("lora", "window-nohints", "frozen", "ia3", "prefix")
#: What registry labels of real reports are trained with: two passes over longer prompts.
REAL = {"label_source": "given", "max_train_reports": None, "max_validation_reports": 300, "epochs": 2.0}
KEPT_WITH_WEIGHTS = {("generated", "lora"), ("generated", "window-nohints"), ("real", "lora"), ("real", "window-nohints")}


class Job(NamedTuple):
    """One run: the data it is made on, its row, its task where it is single-task, its seed, and settings over the profile's."""

    data: str
    row: str
    task: str | None
    seed: int
    changes: tuple[tuple[str, object], ...]

    @property
    def name(self) -> str:
        hints = dict(self.changes).get("hints")
        kind = f"-{hints}" if hints and self.data == "real" else ""
        return f"{self.row}{kind}{f'-{self.task}' if self.task else ''}-seed{self.seed}"


def say(line: str) -> None:
    print(f"[{time.strftime('%H:%M:%S')}] {line}", flush=True)


def pack(out: Path, archive: Path) -> None:
    """Everything under OUT/results in one file, replaced in one step."""
    scratch = archive.with_name(f".{archive.name}")
    with tarfile.open(scratch, "w:gz") as packed:
        for path in sorted(p for p in (out / "results").rglob("*") if p.is_file() and p.suffix != ".safetensors"):
            if not any(part.startswith(".") for part in path.relative_to(out).parts):
                packed.add(path, path.relative_to(out).as_posix())
    scratch.replace(archive)


@functools.cache
def table_of(data: str, corpus: str, test: str, real: str | None) -> pd.DataFrame:
    """The reports of a data set, with the column ``split``: its own training and validation reports, and the test reports."""
    if data == "generated":
        own, fresh = (cohort.read_reports(str(Path(folder) / "reports.csv.gz"), progress=False) for folder in (corpus, test))
        # The two corpora number their patients alike; the fresh ones get another prefix.
        for column in ("report_id", "patient_id"):
            fresh[column] = fresh[column].str.replace("SYN-", "SYN-T", regex=False)
        parts = [own[own["split"] != "test"], fresh.assign(split="test")]
    else:
        files = ("tcga_train.csv.gz", "tcga_train_pathrep.csv.gz")
        own = pd.concat([cohort.read_reports(str(Path(real) / file), progress=False) for file in files], ignore_index=True)
        held_out = cohort.split(own) == "validation"
        # The registry states T, N, M, and for some patients the receptors; the oracle answers where it is silent.
        answers = oracle.label_reports(own)
        for task in ("grade", "ER", "PR", "HER2"):
            own[task] = own[task].where(own[task].notna(), answers[task])
        own["split"] = held_out.map({True: "validation", False: "train"})
        test_reports = cohort.read_reports(str(Path(real) / "tcga_test_dev.csv.gz"), progress=False)
        parts = [own, test_reports.assign(split="test")]
    columns = [column for column in parts[0] if column in parts[1]]
    return pd.concat([part[columns] for part in parts], ignore_index=True)


def make(job: Job, options: argparse.Namespace) -> dict:
    """Make a job's run and record it; what there is to say of it."""
    started = time.monotonic()
    result = {"job": f"{job.data} {job.name} {dict(job.changes) or ''}", "examples": 0, "seconds": 0.0, "failed": ""}
    if started + options.expected.get(job, 0.0) > options.deadline:
        return {**result, "failed": "not started: it would not end in time"}
    try:
        table = table_of(job.data, str(options.corpus), str(options.test), options.real and str(options.real))
        changes = {**options.overrides, **dict(job.changes), "seed": job.seed}
        if job.task:
            changes["tasks"] = (job.task,)
        settings = recipes.resolve("gpu", job.row, **changes)
        folder = store.live() / run_key(settings, table)
        run = store.Run(folder) if (folder / "run.json").exists() else runs.execute(settings, table, folder, progress=False)
        profile = {"generated": "gpu", "real": "real"}[job.data]
        command = f"python benchmarks/gpu.py --rows {job.row}"
        run = store.label(run, name=job.name, profile=profile, command=command)
        if not options.sweeping:
            keep(run, job, options)
        history = run.history
        return {
            **result,
            "examples": run.record["data"]["examples"],
            "seconds": time.monotonic() - started,
            "validation_loss": float(history["eval_loss"].dropna().iloc[-1]),
            "scores": run.record["scores"],
            "train_seconds": run.record["cost"]["train_seconds"],
        }
    except (ValueError, RuntimeError) as error:  # one row that cannot be made must not cost the others
        return {**result, "failed": f"{type(error).__name__} {' '.join(str(error).split())[:300]}"}


def keep(run: store.Run, job: Job, options: argparse.Namespace) -> None:
    """Put a finished run where `pack` finds it; the weights of a few in an archive of their own."""
    if job.data == "generated" and not options.tiny:
        store.record(run, note=f"Timed while up to {options.jobs} runs shared the card.")
    else:  # runs on real reports stay out of the repository: only their aggregates are shown
        target = store.results() / run.record["profile"] / job.name
        shutil.copytree(run.folder, target, ignore=shutil.ignore_patterns("*.safetensors"), dirs_exist_ok=True)
    if (job.data, job.row) in KEPT_WITH_WEIGHTS and job.seed == recipes.SEED:
        with tarfile.open(options.archive.with_name(f"weights-{job.data}-{job.name}.tar.gz"), "w:gz") as packed:
            for name in store.WEIGHTS:
                packed.add(run.folder / name, name)


def run_all(pool, jobs: Sequence[Job], options: argparse.Namespace, out: Path) -> list[dict]:
    """Make ``jobs`` side by side, in this order; say and pack after each."""
    results = []
    for result in pool.imap_unordered(functools.partial(make, options=options), jobs):
        results.append(result)
        shown = {key: value for key, value in result.items() if value not in ("", 0, 0.0)}
        say(json.dumps(shown))
        pack(out, options.archive)
    return results


def sweep(pool, options: argparse.Namespace, out: Path) -> dict[str, float]:
    """The best learning rate of each method, from the same grid; written to OUT/results/sweep.json."""
    file = out / "results" / "sweep.json"
    if file.exists():
        return json.loads(file.read_text())["chosen"]
    options.sweeping, options.expected = True, {}
    jobs = {
        Job("generated", row, None, recipes.SEED, tuple({**SWEEP, **options.small, "learning_rate": rate}.items())): (row, rate)
        for rate, row in itertools.product(options.grid, SWEPT)
    }
    started = time.monotonic()
    losses: dict[str, dict[float, float]] = {}
    examples = 0
    for result, (row, rate) in zip(pool.map(functools.partial(make, options=options), jobs, 1), jobs.values(), strict=True):
        examples += result["examples"]
        if result["failed"]:
            say(f"sweep, {row} at {rate:g}: {result['failed']}")
        else:
            losses.setdefault(row, {})[rate] = round(result["validation_loss"], 4)
    seconds = time.monotonic() - started
    chosen = {row: min(rates, key=rates.get) for row, rates in losses.items()}
    content = {"settings": SWEEP, "losses": losses, "chosen": chosen, "examples": examples, "seconds": round(seconds, 1)}
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content, indent=2) + "\n")
    say(f"sweep in {seconds:.0f} s, {examples} prompts: {json.dumps(content['losses'])}")
    pack(out, options.archive)
    return chosen


def jobs_of(options: argparse.Namespace, rates: dict[str, float]) -> list[Job]:
    """Every job in order of importance, each with its method's learning rate."""
    wanted = [(data, row, changes, recipes.SEED) for data, row, changes in ROWS]
    wanted += [("generated", row, {}, seed) for seed in options.seeds for row in SEEDED]
    jobs = []
    for data, row, changes, seed in wanted:
        if (options.rows and row not in options.rows) or (data == "real" and not options.real):
            continue
        method = row.removesuffix("-nohints")
        rate = rates.get(method, rates.get("lora", recipes.resolve("gpu", "lora").learning_rate))
        own = {"learning_rate": rate, **(REAL if data == "real" else {}), **options.small, **changes}
        tasks = ("HER2", *(t for t in PAPER_TASKS if t != "HER2")) if recipes.recipe_of(row).single_task else (None,)
        jobs += [Job(data, row, task, seed, tuple(own.items())) for task in tasks]
    return jobs


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
    parser.add_argument("--corpus", type=Path, help="folder of the generated corpus to train on")
    parser.add_argument("--test", type=Path, help="folder of the generated corpus to test on, of another seed")
    parser.add_argument("--real", type=Path, help="folder with the real reports, tcga_*.csv.gz")
    parser.add_argument("--archive", type=Path, help="where to keep the archive of results (OUT/gpu.tar.gz)")
    parser.add_argument("--rows", nargs="*", help="only these rows")
    parser.add_argument("--seeds", nargs="*", type=int, default=[1, 2], help="further seeds, after everything else")
    parser.add_argument("--jobs", type=int, default=5, help="runs side by side on the card")
    parser.add_argument("--minutes", type=float, default=600, help="start no run that would not end within so many minutes")
    parser.add_argument("--train-reports", type=int, help="training reports of every row (default: as many as the time allows)")
    parser.add_argument("--gguf", type=Path, help="the embedded backbone as GGUF, where it is not in the cache")
    parser.add_argument("--tiny", action="store_true", help="a random two-layer model and a few reports: does it all run?")
    options = parser.parse_args(given)
    options.archive = (options.archive or options.out / "gpu.tar.gz").resolve()
    options.overrides, options.small, options.expected, options.sweeping, options.grid = {}, {}, {}, False, GRID
    options.deadline = time.monotonic() + 60 * options.minutes
    if not options.tiny and not (options.corpus and options.test):
        parser.error("give --corpus and --test, folders that `pathmtl-synthetic synthesize` wrote")
    return options


def make_tiny(options: argparse.Namespace, out: Path) -> None:
    """Everything at the smallest size: two small corpora, a random backbone, few rows."""
    from pathmtl_synthetic.generate import synthesize

    for name, seed in (("corpus", recipes.SEED), ("test", 1)):
        setattr(options, name, out / name)
        if not (out / name / "reports.csv.gz").exists():
            synthesize(300 if name == "corpus" else 40, seed, out / name)
    small = {"max_train_reports": 40, "max_validation_reports": 20, "n_evaluations": 1, "max_length": 128}
    options.overrides, options.small = {"backbone": tiny_backbone(out)}, small
    options.jobs, options.seeds, options.grid = min(options.jobs, 2), [], GRID[1:2]
    options.rows = options.rows or ["lora", "frozen"]


def main(given: list[str] | None = None) -> None:
    options = arguments(given)
    out = options.out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    os.environ["PATHMTL_RUNS"], os.environ["PATHMTL_RESULTS"] = str(out / "runs"), str(out / "results")
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # for the processes side by side
    say(f"{provenance()['hardware']['device']}, torch {torch.__version__}, commit {provenance()['commit']}")
    if options.tiny:
        make_tiny(options, out)
    if options.gguf:
        os.environ["PATHMTL_CACHE"] = str(out / "cache")
        backbone.get(backbone.DEFAULT, str(options.gguf), say)
    with multiprocessing.get_context("spawn").Pool(options.jobs) as pool:
        rates = sweep(pool, options, out)
        say(f"learning rates: {rates}")
        swept = json.loads((out / "results" / "sweep.json").read_text())
        options.sweeping = False
        jobs = jobs_of(options, rates)
        schedule(options, jobs, swept, out)
        run_all(pool, jobs, options, out)
    pack(out, options.archive)
    say(f"{len(store.recorded_runs())} runs recorded; the archive: {options.archive.stat().st_size / 1e6:.1f} MB")


def cost_of(job: Job) -> float:
    """Relative cost of a run: a frozen encoder reads each prompt once, a single-task model has a sixth of the prompts."""
    return 2.5 if job.data == "real" else 0.5 if job.row.startswith("frozen") else 1 / 6 if job.task else 1.0


def schedule(options: argparse.Namespace, jobs: Sequence[Job], swept: dict, out: Path) -> None:
    """Choose the number of training reports that lets every row of the first seed end in time, and say what a run will take."""
    file = out / "results" / "reports.json"
    prompts, test = 3.2, len(table_of("generated", str(options.corpus), str(options.test), None).query("split == 'test'"))
    # Reading a prompt costs about 0.4 of training on it; validation is read four times.
    reading = 0.4 * prompts * (test + 4 * 600)
    rate = swept["examples"] / max(swept["seconds"], 1.0) * 1.3  # the sweep's runs also load the model and the kernels
    if file.exists():
        reports = json.loads(file.read_text())["train_reports"]
    elif options.tiny or options.train_reports:
        reports = options.train_reports or 40
    else:
        share = {job: cost_of(job) for job in jobs if job.seed == recipes.SEED}
        budget = rate * (options.deadline - time.monotonic()) / sum(share.values())
        reports = int(min(8000, max(2000, (budget - reading) / prompts)) // 500 * 500)
    file.write_text(json.dumps({"train_reports": reports}) + "\n")
    if not options.tiny:
        options.overrides["max_train_reports"] = reports
    for job in jobs:
        work = (prompts * reports + reading) * cost_of(job)
        options.expected[job] = 0.0 if options.tiny else work / rate * min(options.jobs, 3)
    say(f"{rate:.0f} prompts/s; {reports} training reports; {len(jobs)} runs of about {work / rate:.0f} s each, alone")


if __name__ == "__main__":
    main()
