"""Phase (d): the optimisation loop, which is the Hugging Face Trainer, configured (paper, Eq. 4 and 6; S2)."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from transformers import TrainingArguments, set_seed
from transformers.trainer_callback import PrinterCallback

from pathmtl.model import backbone
from pathmtl.model.adapters import adapt
from pathmtl.model.multitask import MultiTaskEncoder, inverse_frequency
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import CLASSES
from pathmtl.training.callbacks import EarlyStopping, EvaluateAtTheEnd, SaveInTime, ShowProgress, StopOnInterrupt
from pathmtl.training.checkpoint import CheckpointingTrainer, newest
from pathmtl.training.examples import Examples, collate, examples, oracle_labels, targets
from pathmtl.training.predict import encode, predict, wide
from pathmtl.training.settings import Settings

__all__ = [
    "Interrupted", "Trained", "TrainingError", "build_model", "dtype_of", "examples",
    "oracle_labels", "predict", "targets", "train", "trainable_tasks", "wide",
]  # fmt: skip

#: The one task whose classes are weighted (Eq. 7 and the sentence after it).
WEIGHTED_TASK = "HER2"
_HISTORY = ["step", "epoch", "loss", "eval_loss", "learning_rate", "grad_norm"]


class TrainingError(ValueError):
    """The reports or the settings given cannot be trained on; the message says which and why."""


class Interrupted(KeyboardInterrupt):
    """Training was stopped and has kept a checkpoint; the message says where it stands."""


def dtype_of(settings: Settings) -> torch.dtype:
    return {"auto": backbone.auto_dtype(), "bf16": torch.bfloat16, "fp32": torch.float32}[settings.precision]


def build_model(settings: Settings, tasks: Sequence[str]) -> MultiTaskEncoder:
    """Backbone, fresh adapters and heads as the settings say, on the device there is."""
    encoder = backbone.load_encoder(
        settings.backbone, layers=settings.layers, dtype=dtype_of(settings), quantize=settings.quantize
    )
    hidden = encoder.config.hidden_size
    options = {"rank": settings.rank, "alpha": settings.alpha, "dropout": settings.dropout}
    return MultiTaskEncoder(adapt(encoder, settings.peft_method, **options), hidden, tasks).to(backbone.auto_device())


def trainable_tasks(settings: Settings, labels: pd.DataFrame) -> tuple[str, ...]:
    """Tasks asked for whose training labels hold two classes at least: M drops out of an all-M0 cohort, as in the paper (V-A).

    Raises:
        TrainingError: none is left.
    """
    kept = tuple(task for task in settings.tasks if labels[task].nunique() >= 2)
    if not kept:
        raise TrainingError(f"no task of {', '.join(settings.tasks)} has two classes among {len(labels)} training reports")
    return kept


@dataclass
class Trained:
    """What training leaves behind. examples: prompts trained on; process: this one's number among several."""

    model: MultiTaskEncoder
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
    """Train on ``training``, watch the loss on ``validation`` (tables of ``cohort.read_reports``).

    checkpoints: a folder of this run's own. What it takes to go on is kept there, and training goes on from what is there;
    whoever made the folder removes it.

    Raises:
        TrainingError: no task can be trained on these reports, or these settings do not fit this machine.
        Interrupted: Ctrl-C, once a checkpoint is kept (without ``checkpoints`` it stops at once, as ever).
    """
    with tempfile.TemporaryDirectory() as scratch:
        # First of all: it is this that finds the process's place among several.
        arguments = _arguments(settings, checkpoints or Path(scratch))
        main = arguments.process_index == 0
        set_seed(settings.seed)
        builder = PromptBuilder(backbone.load_tokenizer(settings.backbone), settings.input)
        labels = targets(training, settings.label_source)
        tasks = trainable_tasks(settings, labels)
        learn = examples(training, labels, builder, tasks, progress=progress and main)
        watch = examples(validation, targets(validation, settings.label_source), builder, tasks)
        model = build_model(settings, tasks)
        if WEIGHTED_TASK in tasks:
            column = torch.tensor(learn.labels)[:, tasks.index(WEIGHTED_TASK)]
            model.set_class_weights({WEIGHTED_TASK: inverse_frequency(column, len(CLASSES[WEIGHTED_TASK]))})
        if settings.peft_method == "linear_probe":
            # Nothing that the encoder computes ever changes, so it computes each prompt once.
            for part in (learn, watch):
                part.features = encode(model, part.input_ids, progress=progress and main)
        history = _fit(settings, arguments, model, learn, watch, checkpoints, progress and main)
    return Trained(model.eval(), tasks, history, len(learn), arguments.process_index)


def _fit(
    settings: Settings,
    arguments: TrainingArguments,
    model: MultiTaskEncoder,
    learn: Examples,
    watch: Examples,
    checkpoints: Path | None,
    progress: bool,
) -> pd.DataFrame:
    """Run the Trainer; leaves the weights to keep in ``model`` and returns the history."""
    steps = math.ceil(-(-len(learn) // (settings.batch_size * settings.gradient_accumulation_steps)) * settings.epochs)
    arguments.warmup_steps = round(settings.warmup_ratio * steps)
    arguments.logging_steps = max(1, steps // 40)
    arguments.eval_steps = -(-steps // settings.n_evaluations)
    arguments.eval_strategy = "steps" if len(watch) else "no"
    stop = StopOnInterrupt(active=checkpoints is not None and arguments.world_size == 1)
    trainer = CheckpointingTrainer(
        model=model,
        args=arguments,
        train_dataset=learn,
        eval_dataset=watch if len(watch) else None,
        data_collator=collate,
        callbacks=[stop, ShowProgress(progress)],
    )
    # With its bar off, the Trainer prints each log line instead; ours is the only voice.
    trainer.remove_callback(PrinterCallback)
    if len(watch):
        trainer.add_callback(EvaluateAtTheEnd())
    if len(watch) and settings.patience:
        trainer.add_callback(EarlyStopping(settings.patience))
    start = None
    if checkpoints is not None:
        trainer.add_callback(SaveInTime(alone=arguments.world_size == 1))
        start = newest(checkpoints)
    if start is None or not trainer.finished_in(start, settings.patience):
        with stop:
            trainer.train(resume_from_checkpoint=None if start is None else str(start))
    if stop.asked:
        raise Interrupted(f"stopped after step {trainer.state.global_step:,} of {trainer.state.max_steps:,}, which is kept")
    if settings.patience and trainer.best_state is not None:
        trainer.restore(trainer.best_state)
    history = pd.DataFrame(trainer.state.log_history)
    columns = [column for column in _HISTORY if column in history]
    # The Trainer closes with a line on its own speed.
    return history[columns].dropna(subset=[column for column in ("loss", "eval_loss") if column in columns], how="all")


def _arguments(settings: Settings, folder: Path) -> TrainingArguments:
    gpu = torch.cuda.is_available()
    if settings.optimizer.startswith("paged") and not gpu:
        raise TrainingError(
            f"optimizer={settings.optimizer!r} pages its state between GPU and CPU and needs a GPU; "
            "on this machine set optimizer=adamw_torch"
        )
    arguments = TrainingArguments(
        output_dir=str(folder),
        per_device_eval_batch_size=32,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        weight_decay=settings.weight_decay,
        max_grad_norm=settings.max_grad_norm,
        optim=settings.optimizer,
        seed=settings.seed,
        data_seed=settings.seed,
        save_strategy="no",
        metric_for_best_model="eval_loss",
        greater_is_better=False,
        label_names=["labels"],
        remove_unused_columns=False,
        prediction_loss_only=True,
        dataloader_pin_memory=gpu,
        ddp_find_unused_parameters=False,
        report_to="none",
        disable_tqdm=True,
    )
    arguments.per_device_train_batch_size, arguments.gradient_accumulation_steps = share_of(settings, arguments.world_size)
    return arguments


def share_of(settings: Settings, processes: int) -> tuple[int, int]:
    """Micro-batch and accumulation of one of ``processes``, so that together they make the effective batch that was set.

    Raises:
        TrainingError: it cannot be shared out evenly.
    """
    if settings.gradient_accumulation_steps % processes == 0:
        return settings.batch_size, settings.gradient_accumulation_steps // processes
    if settings.batch_size % processes == 0:
        return settings.batch_size // processes, settings.gradient_accumulation_steps
    raise TrainingError(
        f"batch_size={settings.batch_size} x gradient_accumulation_steps={settings.gradient_accumulation_steps} "
        f"cannot be shared by {processes} processes; set one of them to a multiple of the number of processes"
    )
