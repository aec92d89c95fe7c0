"""Checkpoints that a run killed at any moment goes on from, to the result of an unbroken one.

The Trainer's own hold pickles (optimizer.pt, rng_state.pth, training_args.bin) and the whole backbone. These hold what training
changes and nothing that a reader must trust: tensors as safetensors, the rest as JSON. A checkpoint folder appears whole or
not at all.
"""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from transformers import Trainer, TrainerState
from transformers.trainer import TRAINER_STATE_NAME

from pathmtl.training.callbacks import out_of_patience

_PREFIX = "checkpoint-"
#: Checkpoints kept; the one before the last serves where a disk lost the last.
_KEPT = 2


def newest(folder: Path) -> Path | None:
    """The newest checkpoint in ``folder``; None where there is none. Those there are whole."""
    found = [path for path in folder.glob(f"{_PREFIX}*") if path.name.removeprefix(_PREFIX).isdigit()]
    return max(found, key=lambda path: int(path.name.removeprefix(_PREFIX)), default=None)


def place(run: Path, key: str, resume: bool | None = None) -> Path:
    """Where the run in folder ``run`` with content key ``key`` keeps its checkpoints: hidden beside it, its own.

    resume: True wants some to be there, False wants none (and says so rather than going on unasked), None takes either.

    Raises:
        CheckpointError: it is not as ``resume`` wants it.
    """
    folder = run.parent / f".{run.name}-{key}.checkpoints"
    if resume is False and newest(folder):
        raise CheckpointError(f"{run}: an unfinished run of these settings is there; go on with --resume, or remove {folder}")
    if resume and not newest(folder):
        raise CheckpointError(
            f"{run}: nothing to resume; checkpoints serve the same --out, settings, reports and version of pathmtl only"
        )
    return folder


class CheckpointError(ValueError):
    """Checkpoints are where none should be, or none where some should; the message says which and the mend."""


class CheckpointingTrainer(Trainer):
    """The Trainer, keeping and restoring its state without pickle, and remembering the weights of the best validation loss."""

    best_state: dict[str, torch.Tensor] | None = None

    def trainable(self) -> dict[str, torch.Tensor]:
        """Copies of what training changes: adapters and heads, by name."""
        return {name: p.detach().cpu().clone() for name, p in self.model.named_parameters() if p.requires_grad}

    def restore(self, state: dict[str, torch.Tensor]) -> None:
        parameters = dict(self.model.named_parameters())
        with torch.no_grad():
            for name, value in state.items():
                parameters[name].copy_(value)

    def _determine_best_metric(self, metrics, trial) -> bool:
        found = super()._determine_best_metric(metrics, trial)
        if found:
            self.best_state = self.trainable()
        return found

    def _save_checkpoint(self, model, trial) -> None:
        folder = Path(self.args.output_dir)
        final, scratch = (folder / f"{mark}{_PREFIX}{self.state.global_step}" for mark in ("", "."))
        if self.args.should_save:
            shutil.rmtree(scratch, ignore_errors=True)
            scratch.mkdir(parents=True)
        self.accelerator.wait_for_everyone()
        _save_rng(scratch, self.args.process_index)
        if self.args.should_save:
            save_file(self.trainable(), scratch / "trainable.safetensors")
            if self.best_state is not None:
                save_file(self.best_state, scratch / "best.safetensors")
            tensors: dict[str, torch.Tensor] = {}
            rest = take_tensors_out(self.optimizer.state_dict(), tensors)
            save_file(tensors, scratch / "optimizer.safetensors")
            since_log = {"loss": float(self._tr_loss), "step": self._globalstep_last_logged, "total": self._total_loss_scalar}
            (scratch / "optimizer.json").write_text(
                json.dumps({"optimizer": rest, "scheduler": self.lr_scheduler.state_dict(), "since_log": since_log})
            )
            self.state.save_to_json(str(scratch / TRAINER_STATE_NAME))
        self.accelerator.wait_for_everyone()
        if self.args.should_save:
            shutil.rmtree(final, ignore_errors=True)
            scratch.rename(final)
            older = sorted(folder.glob(f"{_PREFIX}*"), key=lambda path: int(path.name.removeprefix(_PREFIX)))[:-_KEPT]
            for path in older:
                shutil.rmtree(path, ignore_errors=True)

    def finished_in(self, checkpoint: Path, patience: int) -> bool:
        """Take over a checkpoint after which nothing was left to train (False: there is)."""
        state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))
        if state.global_step < state.max_steps and not out_of_patience(state.log_history, patience):
            return False
        self.state = state
        self._load_from_checkpoint(checkpoint)
        return True

    def _load_from_checkpoint(self, resume_from_checkpoint, model=None) -> None:
        folder = Path(resume_from_checkpoint)
        self.restore(load_file(folder / "trainable.safetensors"))
        if (folder / "best.safetensors").exists():
            self.best_state = load_file(folder / "best.safetensors")

    def _load_optimizer_and_scheduler(self, checkpoint) -> None:
        if checkpoint is None:
            return
        rest = json.loads((Path(checkpoint) / "optimizer.json").read_text())
        tensors = load_file(Path(checkpoint) / "optimizer.safetensors")
        self.optimizer.load_state_dict(put_tensors_back(rest["optimizer"], tensors))
        self.lr_scheduler.load_state_dict(rest["scheduler"])

    def _load_rng_state(self, checkpoint) -> None:
        """Called once, before the first step after a checkpoint: random numbers, and the loss summed since the last log line."""
        if checkpoint is None:
            return
        _load_rng(Path(checkpoint), self.args.process_index)
        since_log = json.loads((Path(checkpoint) / "optimizer.json").read_text())["since_log"]
        self._tr_loss += since_log["loss"]
        self._globalstep_last_logged, self._total_loss_scalar = since_log["step"], since_log["total"]


def _save_rng(folder: Path, process: int) -> None:
    name, keys, position, has_gauss, gauss = np.random.get_state()
    states = {"python": random.getstate(), "numpy": [name, keys.tolist(), position, has_gauss, gauss]}
    (folder / f"rng-{process}.json").write_text(json.dumps(states))
    tensors = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        tensors["cuda"] = torch.cuda.get_rng_state()
    save_file(tensors, folder / f"rng-{process}.safetensors")


def _load_rng(folder: Path, process: int) -> None:
    states = json.loads((folder / f"rng-{process}.json").read_text())
    version, internal, gauss = states["python"]
    random.setstate((version, tuple(internal), gauss))
    np.random.set_state(tuple(states["numpy"]))
    tensors = load_file(folder / f"rng-{process}.safetensors")
    torch.set_rng_state(tensors["cpu"])
    if "cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["cuda"])


def take_tensors_out(state: object, tensors: dict[str, torch.Tensor], path: str = "") -> object:
    """``state`` (an optimizer's, however nested) fit for JSON: each tensor goes to ``tensors`` and leaves its name behind.

    Keys that are numbers, such as parameters', are kept as pairs, because JSON would make text of them.
    """
    if torch.is_tensor(state):
        tensors[path] = state.detach().cpu().clone()
        return {"tensor": path}
    if isinstance(state, dict):
        return {"dict": [[key, take_tensors_out(value, tensors, f"{path}/{key}")] for key, value in state.items()]}
    if isinstance(state, list | tuple):
        return {"list": [take_tensors_out(value, tensors, f"{path}/{i}") for i, value in enumerate(state)]}
    return state


def put_tensors_back(state: object, tensors: dict[str, torch.Tensor]) -> object:
    """Undo ``take_tensors_out``; tuples come back as lists."""
    if not isinstance(state, dict):
        return state
    ((kind, content),) = state.items()
    if kind == "tensor":
        return tensors[content]
    if kind == "dict":
        return {key: put_tensors_back(value, tensors) for key, value in content}
    return [put_tensors_back(value, tensors) for value in content]
