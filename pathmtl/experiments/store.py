"""The run store on disk: what a run is, where runs are, how one is found, read and recorded. Needs no torch and no backbone.

    LIVE/KEY/              run.json  history.csv  predictions.parquet  (adapter_config.json  adapter_model.safetensors)
    RESULTS/PROFILE/NAME/  run.json  history.csv  predictions.parquet  (of a few: the adapter files too)

The live store keeps what this machine ran, under content keys. ``book/results/`` keeps runs worth showing beside every build,
under readable names, small enough for git. A run folder appears whole or not at all: it is built beside its place, then moved.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd

from pathmtl.baselines.control_settings import Control
from pathmtl.baselines.zero_shot_settings import ZeroShot
from pathmtl.training.settings import Settings

_ROOT = Path(__file__).resolve().parents[2]
#: A recorded run's predictions must stay below this many bytes.
RECORD_LIMIT = 400_000
#: What a trained model consists of beside the backbone, as PEFT saves it, and how many bytes of it may be recorded.
WEIGHTS, WEIGHTS_LIMIT = ("adapter_config.json", "adapter_model.safetensors"), 8_000_000
_SETTINGS = {"train": Settings, "zero_shot": ZeroShot, "control": Control}
#: Decimals kept of a recorded probability; `verify` allows for them.
RECORD_DECIMALS = 4
#: Profiles whose scores mean nothing; they show that everything runs.
TEST_PROFILES = ("smoke",)
#: What the bundled generator's report ids begin with. Ids of other reports are a hospital's and never go into the repository.
SYNTHETIC_IDS = "SYN-"


class RunError(ValueError):
    """A run folder that is missing, unfinished or of another kind; the message names it and how to fix it."""


class TrainingForbiddenError(RunError):
    """A run would have to be made, and ``$PATHMTL_TRAIN`` is ``never``; the message names the run and the command."""


def live() -> Path:
    """Folder of this machine's runs: ``$PATHMTL_RUNS``, or ``_build/runs`` of the checkout."""
    return Path(os.environ.get("PATHMTL_RUNS") or _ROOT / "_build" / "runs")


def results() -> Path:
    """Folder of recorded runs: ``$PATHMTL_RESULTS``, or ``book/results`` of the checkout."""
    return Path(os.environ.get("PATHMTL_RESULTS") or _ROOT / "book" / "results")


@dataclass(frozen=True)
class Run:
    """A finished run on disk."""

    folder: Path

    @cached_property
    def record(self) -> dict:
        return json.loads((self.folder / "run.json").read_text())

    @property
    def name(self) -> str:
        """The readable name (row and seed) where an experiment made it, else its key."""
        return self.record.get("name") or self.record["key"]

    @property
    def kind(self) -> str:
        return self.record.get("kind", "train")

    @property
    def recorded(self) -> bool:
        return "recorded" in self.record

    @property
    def has_weights(self) -> bool:
        """Whether it can predict: a live training run can, of the recorded ones only those stored with their weights."""
        return (self.folder / "adapter_model.safetensors").exists()

    @property
    def settings(self) -> Settings | ZeroShot | Control:
        return _SETTINGS[self.kind](**self.record["settings"])

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


@contextlib.contextmanager
def atomic_directory(folder: Path, *, replace: bool = False) -> Iterator[Path]:
    """A scratch folder that becomes ``folder`` when the block ends without an error, and vanishes when it does not."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        yield scratch
        scratch.chmod(0o755)  # mkdtemp's are the owner's alone
        if replace:
            shutil.rmtree(folder, ignore_errors=True)
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def write_record(folder: Path, record: dict) -> None:
    """``run.json``, replaced in one step."""
    scratch = folder / ".run.json"
    scratch.write_text(json.dumps(record, indent=2) + "\n")
    scratch.replace(folder / "run.json")


def label(run: Run, **labels: str) -> Run:
    """The same run with ``labels`` (name, profile, command) in its record where they are not yet."""
    missing = {key: value for key, value in labels.items() if not run.record.get(key)}
    if missing:
        write_record(run.folder, {**run.record, **missing})
        return Run(run.folder)
    return run


def live_runs() -> list[Run]:
    """Every finished run of the live store, the oldest first."""
    return sorted(_runs_in(live(), "*/run.json"), key=lambda run: run.record["provenance"]["started"])


def recorded_runs(profile: str | None = None) -> list[Run]:
    """Every recorded run, or those of one profile, by name."""
    return sorted(_runs_in(results(), f"{profile or '*'}/*/run.json"), key=lambda run: run.folder)


def _runs_in(folder: Path, pattern: str) -> list[Run]:
    return [Run(path.parent) for path in folder.glob(pattern) if not path.parent.name.startswith(".")]


def recorded_run(profile: str, name: str) -> Run | None:
    """The recorded run of that name, or None."""
    folder = results() / profile / name
    return Run(folder) if (folder / "run.json").exists() else None


def open_run(where: str | Path, *, recorded: bool = True) -> Run:
    """A run by folder, by key (or its beginning), by name (``lora-seed42``) or by profile and name (``standard/lora-seed42``).

    ``recorded=False`` looks in the live store only. Of live runs of one name the latest counts: earlier ones are of older code.

    Raises:
        RunError: nothing there, or several runs are meant.
    """
    path, text = Path(where), str(where)
    if (path / "run.json").exists():
        return Run(path)
    profile, _, name = text.rpartition("/")
    if recorded and profile and (run := recorded_run(profile, name)):
        return run
    found = [run for run in live_runs() if text and run.folder.name.startswith(text)]
    if len(found) == 1:
        return found[0]
    named = [r for r in live_runs() if r.record.get("name") == name and (not profile or r.record.get("profile") == profile)]
    if len({run.record.get("profile") for run in named}) == 1:
        return named[-1]
    if named:
        meant = ", ".join(sorted({f"{run.record.get('profile')}/{name}" for run in named}))
        raise RunError(f"{where}: several runs are called so; say which profile's: {meant}")
    what = "is no run (no run.json in it)" if path.is_dir() else "several runs begin so" if found else "no such run"
    raise RunError(
        f"{where}: {what}; pathmtl runs list shows them; they are made by pathmtl experiment, or train … --out FOLDER. "
        "A folder counts from where you are"
    )


def record(run: Run, *, weights: bool = False, note: str = "") -> Path:
    """Copy a finished live run to ``book/results/PROFILE/NAME``, with rounded probabilities -> its folder.

    ``weights`` keeps adapters and heads too, so that whoever has the repository can predict with it. ``note`` is what a reader of
    its costs must know. What was recorded there before is replaced.

    Raises:
        RunError: it is no row of an experiment, a test run, one on reports that are not synthetic, or too large for git.
    """
    about, name = run.record, run.record.get("name")
    if not name or not about.get("profile"):
        raise RunError(f"{run.name}: only runs that pathmtl experiment made under a profile's own settings can be recorded")
    if about["profile"] in TEST_PROFILES:
        raise RunError(f"{name}: a run of profile {about['profile']} shows that everything runs; its scores cannot be recorded")
    predictions = rounded(run.predictions)
    foreign = ~predictions["report_id"].str.startswith(SYNTHETIC_IDS)
    if foreign.any():
        raise RunError(f"{name}: its predictions hold ids of reports that are not synthetic; such runs stay on this machine")
    folder = results() / about["profile"] / name
    with atomic_directory(folder, replace=True) as scratch:
        path = scratch / "predictions.parquet"
        predictions.to_parquet(path, index=False, compression="zstd", compression_level=19)
        if path.stat().st_size > RECORD_LIMIT:
            raise RunError(
                f"{name}: its predictions take {path.stat().st_size:,} bytes; a recorded run's limit is {RECORD_LIMIT:,}"
            )
        for each in ("history.csv", *(WEIGHTS if weights else ())):
            if (run.folder / each).exists():
                shutil.copy(run.folder / each, scratch)
        size = sum((scratch / each).stat().st_size for each in WEIGHTS if (scratch / each).exists())
        if size > WEIGHTS_LIMIT:
            raise RunError(f"{name}: its weights take {size:,} bytes; the limit of recorded ones is {WEIGHTS_LIMIT:,}")
        write_record(scratch, {**about, "recorded": {"decimals": RECORD_DECIMALS, **({"note": note} if note else {})}})
    return folder


def rounded(predictions: pd.DataFrame) -> pd.DataFrame:
    """Predictions with every probability at ``RECORD_DECIMALS`` decimals; the answers stay those of the full precision."""
    return predictions.assign(
        probability=predictions["probability"].astype(float).round(RECORD_DECIMALS).astype("float32"),
        probabilities=[[round(float(p), RECORD_DECIMALS) for p in row] for row in predictions["probabilities"]],
    )
