"""The run store: every training run under a content key, with its provenance, history and predictions.

A run's key is taken over its settings, its data and the library's source, so a run is read back only where training again would
give the same. A run folder appears whole or not at all: it is built beside its place and moved there when finished.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import torch
from peft import set_peft_model_state_dict
from safetensors.torch import load_file, save_file

from pathmtl import checkpoint, cohort, train
from pathmtl.evaluate import with_truth
from pathmtl.model import backbone
from pathmtl.model.multitask import MultiTaskEncoder
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import TASKS
from pathmtl.settings import ASSUMED, Settings

_PACKAGE = Path(__file__).resolve().parent
#: What decides a run's outcome: these sources, not the metrics', the CLI's nor the figures'.
_SOURCES = (
    "schema.py",
    "settings.py",
    "cohort.py",
    "prompt.py",
    "examples.py",
    "train.py",
    "callbacks.py",
    "checkpoint.py",
    "predict.py",
    "model",
    "report",
)
_VERSIONS = ("torch", "transformers", "peft", "bitsandbytes", "pandas", "scikit-learn")


class RunError(ValueError):
    """A run folder that is missing, unfinished or of another kind; the message names it and the mend."""


def store() -> Path:
    """Folder of runs: ``$PATHMTL_RUNS``, or ``_build/runs`` of the checkout."""
    return Path(os.environ.get("PATHMTL_RUNS") or _PACKAGE.parent / "_build" / "runs")


def source_hash() -> str:
    digest = hashlib.sha256()
    for name in _SOURCES:
        path = _PACKAGE / name
        for file in sorted(path.rglob("*.py")) if path.is_dir() else [path]:
            digest.update(file.relative_to(_PACKAGE).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:16]


def run_key(settings: Settings, table: pd.DataFrame) -> str:
    """Content key of the run that ``settings`` give on ``table``; the precision is the one this machine resolves to."""
    content = {
        "settings": settings.to_json(),
        "precision": str(train.dtype_of(settings)),
        "data": cohort.fingerprint(table),
        "source": source_hash(),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Run:
    """A finished run on disk."""

    folder: Path

    @cached_property
    def record(self) -> dict:
        return json.loads((self.folder / "run.json").read_text())

    @property
    def settings(self) -> Settings:
        return Settings(**self.record["settings"])

    @property
    def tasks(self) -> tuple[str, ...]:
        return tuple(self.record["tasks"])

    @property
    def history(self) -> pd.DataFrame:
        return pd.read_csv(self.folder / "history.csv")

    @property
    def predictions(self) -> pd.DataFrame:
        """Test split, long form: report_id, patient_id, task, truth, oracle, predicted, probability, probabilities, mentioned."""
        return pd.read_parquet(self.folder / "predictions.parquet")

    def load_model(self) -> tuple[MultiTaskEncoder, PromptBuilder]:
        """The trained model and the builder of its prompts.

        Raises:
            BackboneError: the backbone the run was trained on is not here.
        """
        model = train.build_model(self.settings, self.tasks)
        model.heads.load_state_dict(load_file(self.folder / "heads.safetensors"))
        adapters = self.folder / "adapter.safetensors"
        if adapters.exists():
            set_peft_model_state_dict(model.encoder, load_file(adapters))
        return model.eval(), PromptBuilder(backbone.load_tokenizer(self.settings.backbone), self.settings.input)

    def predict(self, table: pd.DataFrame, wanted: pd.DataFrame | None = None, *, progress: bool = True) -> pd.DataFrame:
        model, builder = self.load_model()
        return train.predict(model, builder, table, wanted, progress=progress)

    def predictions_on(self, table: pd.DataFrame, wanted: pd.DataFrame | None = None, *, progress: bool = True) -> pd.DataFrame:
        """``predict``, kept in the run's folder (ids and probabilities, never text) and read back for the same pairs."""
        pairs = "all" if wanted is None else hashlib.sha256(wanted.to_numpy(dtype=bool).tobytes()).hexdigest()[:8]
        path = self.folder / f"predictions-{cohort.fingerprint(table)}-{pairs}.parquet"
        if not path.exists():
            scratch = path.with_suffix(".partial")
            self.predict(table, wanted, progress=progress).to_parquet(scratch, index=False)
            scratch.replace(path)
        return pd.read_parquet(path)


def open_run(where: str | Path) -> Run:
    """A run by folder, or by key (or its beginning) in the store.

    Raises:
        RunError: nothing there, or several keys begin so.
    """
    path = Path(where)
    if not (path / "run.json").exists():
        found = sorted(store().glob(f"{where}*/run.json")) if str(where) and "/" not in str(where) else []
        if len(found) != 1:
            what = "is no run (no run.json in it)" if path.is_dir() else "several runs begin so" if found else "no such run"
            raise RunError(f"{where}: {what}; runs are made by: pathmtl train … --out FOLDER")
        path = found[0].parent
    return Run(path)


def obtain(settings: Settings, table: pd.DataFrame, *, progress: bool = True) -> Run:
    """The run of ``settings`` on ``table``: read from the store where it is there, trained and stored where it is not."""
    folder = store() / run_key(settings, table)
    return Run(folder) if (folder / "run.json").exists() else execute(settings, table, folder, progress=progress)


def execute(settings: Settings, table: pd.DataFrame, folder: Path, *, resume: bool | None = None, progress: bool = True) -> Run:
    """Train on the table's training split, predict its test split, and leave the run in ``folder``.

    What an interrupted call has trained is gone on from; ``resume`` says whether that is expected (see ``checkpoint.place``).
    Where several processes train, the first predicts and writes, and the others end here.

    Raises:
        RunError: ``folder`` exists already.
        ReportsError, TrainingError: the reports cannot be split, or hold no task that can be trained.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already; choose another folder or remove it")
    checkpoints = checkpoint.place(folder, run_key(settings, table), resume)
    part = cohort.split(table, settings.seed)
    training = cohort.subsample(table[part == "train"], settings.limit, settings.seed)
    watched = cohort.subsample(table[part == "validation"], settings.validation_limit, settings.seed)
    test = table[part == "test"]
    started, clock = datetime.now(UTC), time.monotonic()
    trained = train.train(settings, training, watched, checkpoints=checkpoints, progress=progress)
    if trained.process:
        sys.exit(0)
    seconds = time.monotonic() - clock
    clock = time.monotonic()
    predictions = _predict_test(settings, trained.model, test, progress)
    record = {
        "key": run_key(settings, table),
        "settings": dataclasses.asdict(settings),
        "tasks": trained.tasks,
        "assumed": {name: getattr(settings, name) for name in ASSUMED},
        "data": {
            "fingerprint": cohort.fingerprint(table),
            "train": len(training),
            "validation": len(watched),
            "test": len(test),
            "examples": trained.examples,
        },
        "cost": {
            "train_seconds": round(seconds, 2),
            "predict_seconds": round(time.monotonic() - clock, 2),
            "examples_per_second": round(trained.examples * settings.epochs / seconds, 3),
            "peak_memory_mb": _peak_memory_mb(),
            "trainable_parameters": trained.model.trainable_parameters(),
        },
        "provenance": {
            "started": started.isoformat(timespec="seconds"),
            **provenance(),
            "precision": str(train.dtype_of(settings)),
        },
    }
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        _save(scratch, trained, predictions, record)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return Run(folder)


def _predict_test(settings: Settings, model: MultiTaskEncoder, test: pd.DataFrame, progress: bool) -> pd.DataFrame:
    """Only labelled pairs are computed: nothing can be scored elsewhere."""
    oracle = train.oracle_labels(test)
    wanted = test[list(TASKS)].notna() | oracle.notna()
    builder = PromptBuilder(backbone.load_tokenizer(settings.backbone), settings.input)
    predictions = train.predict(model, builder, test, wanted, progress=progress)
    for name, labels in (("truth", test), ("oracle", oracle.assign(report_id=test["report_id"]))):
        joined = with_truth(predictions[["report_id", "task"]], labels, name)
        predictions = predictions.merge(joined, on=["report_id", "task"], how="left", validate="one_to_one")
    return predictions


def _save(folder: Path, trained: train.Trained, predictions: pd.DataFrame, record: dict) -> None:
    model = trained.model
    adapters = {n: p.detach().cpu().contiguous() for n, p in _adapter_state(model).items()}
    if adapters:
        save_file(adapters, folder / "adapter.safetensors")
    save_file({n: p.detach().cpu().contiguous() for n, p in model.heads.state_dict().items()}, folder / "heads.safetensors")
    trained.history.to_csv(folder / "history.csv", index=False)
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    (folder / "run.json").write_text(json.dumps(record, indent=2) + "\n")


def _adapter_state(model: MultiTaskEncoder) -> dict[str, torch.Tensor]:
    from peft import PeftModel, get_peft_model_state_dict

    return get_peft_model_state_dict(model.encoder) if isinstance(model.encoder, PeftModel) else {}


def provenance() -> dict:
    """Where and with what something was run: commit, versions, hardware. Names neither user nor folder."""

    def git(*arguments: str) -> str:
        result = subprocess.run(["git", *arguments], cwd=_PACKAGE, capture_output=True, text=True)
        return result.stdout.strip() if result.returncode == 0 else ""

    commit = git("rev-parse", "--short=12", "HEAD")
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"CPU ({torch.backends.cpu.get_cpu_capability()})"
    return {
        "commit": f"{commit}{'+changes' if commit and git('status', '--porcelain', '--', 'pathmtl') else ''}"
        or "not a git checkout",
        "versions": {"python": platform.python_version(), **{name: version(name) for name in _VERSIONS}},
        "hardware": {
            "machine": platform.machine(),
            "system": platform.system(),
            "device": device,
            "threads": torch.get_num_threads(),
        },
    }


def _peak_memory_mb() -> int:
    """Of the GPU where there is one; else the most the whole process ever held (ru_maxrss: KiB on Linux, bytes on macOS)."""
    if torch.cuda.is_available():
        return int(torch.cuda.max_memory_allocated() / 2**20)
    if sys.platform == "win32":
        import psutil

        return int(psutil.Process().memory_info().peak_wset / 2**20)
    import resource

    return int(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10))
