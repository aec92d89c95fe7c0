"""Where a run keeps the Trainer's checkpoints, and which of them training resumes from.

The checkpoints are the Trainer's own: adapters and heads as PEFT saves them, and what the optimizer, the scheduler, and the
random numbers need to resume, which the Trainer loads as weights only (no code in a file is ever run).
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
    """There are checkpoints where there should be none, or none where there should be some; the message says what to do."""


def newest(folder: Path) -> Path | None:
    """The newest whole checkpoint in ``folder``; None where there is none."""
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
    return TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))


def finished(state: TrainerState, patience: int) -> bool:
    """Whether nothing was left to train at this state."""
    return state.global_step >= state.max_steps or out_of_patience(state.log_history, patience)


def out_of_patience(log: Sequence[dict], patience: int) -> bool:
    """Whether the last ``patience`` evaluations in a Trainer's log bring no lower loss than before; never, where it is 0."""
    losses = [line["eval_loss"] for line in log if "eval_loss" in line]
    return bool(patience and losses) and len(losses) - 1 - losses.index(min(losses)) >= patience


def place(run: Path, key: str, resume: bool | None = None) -> Path:
    """Where the run in folder ``run`` with content key ``key`` keeps its checkpoints: hidden beside it, its own.

    Parameters
    ----------
    resume
        True requires checkpoints, False forbids them (and says so rather than resuming unasked), None takes either.

    Raises
    ------
    CheckpointError
        It is not as ``resume`` wants it.
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
