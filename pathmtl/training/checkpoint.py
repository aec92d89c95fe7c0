"""Where a run's checkpoints are, and which of them training resumes from.

The checkpoints are the Trainer's own: adapters and heads as PEFT saves them, and the states of the optimizer, the scheduler, and
the random number generators, which the Trainer loads as weights only (no code in a file is ever run).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from transformers import TrainerState
from transformers.trainer import TRAINER_STATE_NAME
from transformers.trainer_utils import PREFIX_CHECKPOINT_DIR


class CheckpointError(ValueError):
    """There are checkpoints although none are expected, or none although some are; the message says what to do."""


def newest(folder: Path) -> Path | None:
    """The newest complete checkpoint in ``folder``, or None."""
    return max((path for path in _checkpoints(folder) if _whole(path)), key=_step, default=None)


def remove_partial(folder: Path) -> None:
    """Delete the checkpoints in ``folder`` that a killed process left half written."""
    for path in _checkpoints(folder):
        if not _whole(path):
            shutil.rmtree(path)


def _checkpoints(folder: Path) -> list[Path]:
    return [path for path in folder.glob(f"{PREFIX_CHECKPOINT_DIR}-*") if path.name.rpartition("-")[2].isdigit()]


def _step(path: Path) -> int:
    return int(path.name.rpartition("-")[2])


def _whole(path: Path) -> bool:
    """The Trainer writes its state last."""
    try:
        json.loads((path / TRAINER_STATE_NAME).read_text())
    except (OSError, ValueError):
        return False
    return True


def state_of(checkpoint: Path) -> TrainerState:
    """The Trainer's state at a checkpoint: its step, its log, and which checkpoint is the best so far."""
    return TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))


def finished(state: TrainerState, patience: int) -> bool:
    """Whether training had ended at this state: after the last step, or by early stopping (see ``out_of_patience``)."""
    return state.global_step >= state.max_steps or out_of_patience(state.log_history, patience)


def out_of_patience(log: Sequence[dict], patience: int) -> bool:
    """Whether early stopping ends training here.

    Parameters
    ----------
    log
        The Trainer's log, one dict per line; those with ``eval_loss`` are evaluations.
    patience
        Number of evaluations without a lower loss after which training stops; 0: never.
    """
    losses = [line["eval_loss"] for line in log if "eval_loss" in line]
    return bool(patience and losses) and len(losses) - 1 - losses.index(min(losses)) >= patience


def place(run: Path, key: str, resume: bool | None = None) -> Path:
    """The folder of a run's checkpoints: hidden, beside the run's own.

    Parameters
    ----------
    run
        The run's folder.
    key
        Its content key (``experiments.keys.run_key``).
    resume
        True requires checkpoints, False forbids them (an error, rather than resuming unasked), None accepts either.

    Returns
    -------
    pathlib.Path
        It may not exist yet.

    Raises
    ------
    CheckpointError
        There are no checkpoints although ``resume`` requires them, or there are some although it forbids them.
    """
    folder = run.parent / f".{run.name}-{key}.checkpoints"
    if resume is False and newest(folder):
        raise CheckpointError(
            f"{run}: an unfinished run of these settings is there; continue it with --resume, or remove {folder}"
        )
    if resume and not newest(folder):
        raise CheckpointError(
            f"{run}: nothing to resume; checkpoints serve the same --out, settings, reports and version of pathmtl only"
        )
    return folder
