"""Phase (d): the optimization loop, which is the Hugging Face Trainer, configured (paper, Eq. 4 and 6; S2)."""

from __future__ import annotations

import functools
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from accelerate import PartialState
from peft import PeftModel
from transformers import EarlyStoppingCallback, Trainer, TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback

from pathmtl.model import backbone
from pathmtl.model.adapters import adapt
from pathmtl.model.multitask import MultiTaskModel, inverse_frequency
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import CLASSES
from pathmtl.training.callbacks import PeriodicSave, ShowProgress, StopOnInterrupt
from pathmtl.training.checkpoint import finished, newest, remove_partial, state_of
from pathmtl.training.data import Examples, collate, examples, targets
from pathmtl.training.predict import encode
from pathmtl.training.settings import Settings

#: The one task whose classes are weighted (Eq. 7 and the sentence after it).
WEIGHTED_TASK = "HER2"
#: Lines of training loss in a history.
_HISTORY_LINES = 40


class TrainingError(ValueError):
    """The reports or the settings given cannot be trained on; the message says which and why."""


class Interrupted(KeyboardInterrupt):
    """Training was stopped by Ctrl-C after saving a checkpoint; the message says at which step."""


def load_base(settings: Settings, tasks: Sequence[str]) -> MultiTaskModel:
    """The pretrained backbone that the settings name, with fresh heads: what a run's adapter is loaded onto.

    Parameters
    ----------
    settings
        ``backbone``, ``layers``, ``precision``, and ``quantize`` are used.
    tasks
        Names from ``schema.TASKS``, one head each.

    Raises
    ------
    BackboneError
        See ``model.backbone.load_encoder``.
    """
    return MultiTaskModel.from_backbone(
        settings.backbone,
        tasks,
        layers=settings.layers,
        dtype=backbone.dtype_of(settings.precision),
        quantize=settings.quantize,
    )


def build_model(settings: Settings, tasks: Sequence[str]) -> PeftModel:
    """Backbone, fresh adapters, and fresh heads on this machine's device; the seed decides their values.

    Parameters and errors are those of ``load_base``; ``model.adapters.adapter_config`` says which settings decide the adapter.
    """
    base = load_base(settings, tasks)
    set_seed(settings.seed)
    return adapt(base, settings).to(backbone.auto_device())


def trainable_tasks(settings: Settings, labels: pd.DataFrame) -> tuple[str, ...]:
    """The requested tasks that can be learned: M drops out of a cohort in which every label is M0, as in the paper (V-A).

    Parameters
    ----------
    settings
        ``tasks`` is used.
    labels
        ``(reports, tasks)`` of classes or None.

    Returns
    -------
    tuple of str
        Tasks whose labels hold at least two classes.

    Raises
    ------
    TrainingError
        There is none.
    """
    trainable = tuple(task for task in settings.tasks if labels[task].nunique() >= 2)
    if not trainable:
        raise TrainingError(f"no task of {', '.join(settings.tasks)} has two classes among {len(labels)} training reports")
    return trainable


@dataclass
class Trained:
    """What training leaves behind.

    Attributes
    ----------
    model
        In evaluation mode, with the weights to keep.
    tasks
        Its tasks, in the order of its heads.
    history
        Columns step, epoch, loss, eval_loss (where anything was evaluated), learning_rate, grad_norm.
    examples
        Number of prompts trained on.
    process
        This process's number among several; 0 is the one that writes.
    """

    model: PeftModel
    tasks: tuple[str, ...]
    history: pd.DataFrame
    examples: int
    process: int = 0


def train(
    settings: Settings,
    training: pd.DataFrame,
    validation: pd.DataFrame,
    *,
    checkpoints: Path | None = None,
    progress: bool = True,
) -> Trained:
    """Train on ``training`` and monitor the loss on ``validation`` (paper, Eq. 4 and 6).

    Parameters
    ----------
    settings
        Everything that decides the run.
    training, validation
        Reports, as ``cohort.read_reports`` returns them.
    checkpoints
        A folder of this run's own: training resumes from the checkpoints in it and saves new ones there. The caller removes it.
    progress
        Whether to show progress bars.

    Returns
    -------
    Trained
        With the weights of the lowest validation loss, or the last ones where ``patience`` is 0.

    Raises
    ------
    TrainingError
        No task can be trained on these reports, or these settings do not fit this machine.
    Interrupted
        Ctrl-C, once a checkpoint is saved (without ``checkpoints`` it stops at once, as usual).
    """
    _check(settings)
    place = PartialState()
    visible = progress and place.is_main_process
    builder = PromptBuilder(backbone.load_tokenizer(settings.backbone), settings.input)
    labels = targets(training, settings.label_source)
    tasks = trainable_tasks(settings, labels)
    train_set = examples(training, labels, builder, tasks, progress=visible)
    validation_set = examples(validation, targets(validation, settings.label_source), builder, tasks)
    model = build_model(settings, tasks)
    if WEIGHTED_TASK in tasks:
        column = torch.tensor(train_set.labels)[:, tasks.index(WEIGHTED_TASK)]
        model.set_class_weights({WEIGHTED_TASK: inverse_frequency(column, len(CLASSES[WEIGHTED_TASK]))})
    if settings.peft_method == "linear_probe":
        # The encoder's output for a prompt never changes, so each prompt is encoded once.
        for part in (train_set, validation_set):
            part.features = encode(model, part.input_ids, progress=visible)
    with tempfile.TemporaryDirectory() as scratch:
        arguments = _arguments(settings, len(train_set), len(validation_set), place.num_processes, checkpoints or Path(scratch))
        resumable = checkpoints is not None and place.num_processes == 1
        history = _fit(settings, arguments, model, train_set, validation_set, StopOnInterrupt(active=resumable), visible)
    return Trained(model.eval(), tasks, history, len(train_set.input_ids), place.process_index)


def _fit(
    settings: Settings,
    arguments: TrainingArguments,
    model: PeftModel,
    train_set: Examples,
    validation_set: Examples,
    stop: StopOnInterrupt,
    progress: bool,
) -> pd.DataFrame:
    """Run the Trainer, or take over a run that it finished; leaves the weights to keep in ``model`` and returns the history."""
    folder = Path(arguments.output_dir)
    start = newest(folder)
    if start is not None and finished(state := state_of(start), settings.patience):
        best = state.best_model_checkpoint if arguments.load_best_model_at_end else None
        model.load_adapter(folder / Path(best or start).name, model.active_adapter, is_trainable=True)
        return _history(state.log_history, state.max_steps)
    trainer = Trainer(
        model=model,
        args=arguments,
        train_dataset=train_set,
        eval_dataset=validation_set if len(validation_set) else None,
        data_collator=functools.partial(collate, batch=model.batch),
        callbacks=[stop, ShowProgress(progress)],
    )
    # With its progress bar off, the Trainer would print each log line instead.
    trainer.remove_callback(PrinterCallback)
    if arguments.world_size == 1:
        remove_partial(folder)
        trainer.add_callback(PeriodicSave())
    if arguments.load_best_model_at_end:
        trainer.add_callback(EarlyStoppingCallback(settings.patience))
    with stop, backbone.quiet_loading():
        trainer.train(resume_from_checkpoint=None if start is None else str(start))
    state = trainer.state
    if stop.asked:
        raise Interrupted(f"stopped after step {state.global_step:,} of {state.max_steps:,}, which is saved")
    return _history(state.log_history, state.max_steps)


def _history(log: list[dict], steps: int) -> pd.DataFrame:
    """The Trainer's log as a table: mean training loss over each fortieth of the schedule, and every validation loss."""
    lines = pd.DataFrame(log)
    trained = lines[lines["loss"].notna()]
    block = (trained["step"] - 1) // max(1, steps // _HISTORY_LINES)
    columns = {"step": "last", "epoch": "last", "loss": "mean", "learning_rate": "last", "grad_norm": "last"}
    parts = [trained.groupby(block.to_numpy()).agg(columns)]
    if "eval_loss" in lines:
        parts.append(lines.loc[lines["eval_loss"].notna(), ["step", "epoch", "eval_loss"]])
    history = pd.concat(parts).sort_values("step", kind="stable", ignore_index=True)
    order = ["step", "epoch", "loss", "eval_loss", "learning_rate", "grad_norm"]
    return history[[column for column in order if column in history]]


def _check(settings: Settings) -> None:
    if settings.optimizer.startswith("paged") and not torch.cuda.is_available():
        raise TrainingError(
            f"optimizer={settings.optimizer!r} pages its state between GPU and CPU and needs a GPU; "
            "on this machine set optimizer=adamw_torch"
        )


def _arguments(settings: Settings, train_size: int, validation_size: int, processes: int, folder: Path) -> TrainingArguments:
    """``Settings`` in the Trainer's terms."""
    batch_size, accumulation = per_process_batch_size(settings, processes)
    steps = math.ceil(-(-train_size // (settings.batch_size * settings.gradient_accumulation_steps)) * settings.epochs)
    interval = -(-steps // settings.n_evaluations)
    return TrainingArguments(
        output_dir=str(folder),
        per_device_train_batch_size=batch_size,
        gradient_accumulation_steps=accumulation,
        per_device_eval_batch_size=32,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=round(settings.warmup_ratio * steps),
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        optim=settings.optimizer,
        seed=settings.seed,
        data_seed=settings.seed,
        # Every step, so that a checkpoint at any step holds the whole log; `_history` computes the means.
        logging_steps=1,
        eval_strategy="steps" if validation_size else "no",
        eval_steps=interval,
        save_strategy="steps",
        save_steps=interval,
        save_total_limit=2,
        load_best_model_at_end=bool(validation_size and settings.patience),
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        restore_callback_states_from_checkpoint=True,
        label_names=["labels"],
        remove_unused_columns=False,
        prediction_loss_only=True,
        dataloader_pin_memory=torch.cuda.is_available(),
        ddp_find_unused_parameters=False,
        report_to="none",
        disable_tqdm=True,
    )


def per_process_batch_size(settings: Settings, processes: int) -> tuple[int, int]:
    """Share the effective batch of the settings among processes.

    Parameters
    ----------
    settings
        ``batch_size`` and ``gradient_accumulation_steps`` are used.
    processes
        Number of processes.

    Returns
    -------
    tuple of int
        Micro-batch and accumulation steps of one process.

    Raises
    ------
    TrainingError
        The effective batch cannot be divided evenly.
    """
    if settings.gradient_accumulation_steps % processes == 0:
        return settings.batch_size, settings.gradient_accumulation_steps // processes
    if settings.batch_size % processes == 0:
        return settings.batch_size // processes, settings.gradient_accumulation_steps
    raise TrainingError(
        f"batch_size={settings.batch_size} x gradient_accumulation_steps={settings.gradient_accumulation_steps} "
        f"cannot be shared by {processes} processes; set one of them to a multiple of the number of processes"
    )
