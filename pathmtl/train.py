"""Phase (d): the optimisation loop, which is the Hugging Face Trainer, configured (paper, Eq. 4 and 6; S2)."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import torch
from transformers import Trainer, TrainerCallback, TrainingArguments, set_seed

from pathmtl.model import backbone
from pathmtl.model.adapters import adapt
from pathmtl.model.multitask import MISSING, MultiTaskEncoder, inverse_frequency
from pathmtl.progress import Progress
from pathmtl.prompt import PromptBuilder
from pathmtl.report import oracle
from pathmtl.schema import CLASSES, TASKS
from pathmtl.settings import Settings

#: The one task whose classes are weighted (Eq. 7 and the sentence after it).
WEIGHTED_TASK = "HER2"
_HISTORY = ["step", "epoch", "loss", "eval_loss", "learning_rate", "grad_norm"]


class TrainingError(ValueError):
    """The reports given cannot train the tasks asked for; the message says which and why."""


@dataclass
class Examples(torch.utils.data.Dataset):
    """Encoder inputs with one row of labels each: (report, field) pairs in the ``per_field`` layout."""

    input_ids: list[list[int]]
    labels: list[list[int]]

    def __len__(self) -> int:
        return len(self.input_ids)

    def __getitem__(self, index: int) -> dict[str, list[int]]:
        return {"input_ids": self.input_ids[index], "labels": self.labels[index]}


def oracle_labels(table: pd.DataFrame) -> pd.DataFrame:
    """The oracle's stated answers for each report, (reports, tasks): the paper's supervision targets (S1-A)."""
    return pd.DataFrame([oracle.label(text) for text in table["text"]], index=table.index)


def targets(table: pd.DataFrame, labels: str) -> pd.DataFrame:
    """Labels to train on: the oracle's answers, or the table's own columns."""
    return oracle_labels(table) if labels == "oracle" else table[list(CLASSES)]


def examples(table: pd.DataFrame, labels: pd.DataFrame, builder: PromptBuilder, tasks: Sequence[str]) -> Examples:
    """One example per report and stated task: a field without a label teaches nothing, so its prompt is never computed."""
    found = Examples([], [])
    for text, row in zip(table["text"], labels[list(tasks)].itertuples(index=False), strict=True):
        stated = [
            (column, task, value) for column, (task, value) in enumerate(zip(tasks, row, strict=True)) if isinstance(value, str)
        ]
        prompts = builder.build(text, [task for _, task, _ in stated])
        for (column, task, value), prompt in zip(stated, prompts, strict=True):
            line = [MISSING] * len(tasks)
            line[column] = CLASSES[task].index(value)
            found.input_ids.append(prompt.input_ids)
            found.labels.append(line)
    return found


def pad(features: Sequence[Mapping[str, list[int]]], pad_id: int) -> dict[str, torch.Tensor]:
    """Batch of (batch, longest) ids padded on the right: with causal attention no real token ever sees the padding."""
    longest = max(len(f["input_ids"]) for f in features)
    batch = {
        "input_ids": torch.tensor([f["input_ids"] + [pad_id] * (longest - len(f["input_ids"])) for f in features]),
        "attention_mask": torch.tensor([[1] * len(f["input_ids"]) + [0] * (longest - len(f["input_ids"])) for f in features]),
    }
    if "labels" in features[0]:
        batch["labels"] = torch.tensor([f["labels"] for f in features])
    return batch


def dtype_of(settings: Settings) -> torch.dtype:
    return {"auto": backbone.auto_dtype(), "bf16": torch.bfloat16, "fp32": torch.float32}[settings.precision]


def build_model(settings: Settings, tasks: Sequence[str]) -> MultiTaskEncoder:
    """Backbone, fresh adapters and heads as the settings say, on the device there is."""
    encoder = backbone.load_encoder(
        settings.backbone, layers=settings.layers, dtype=dtype_of(settings), quantize=settings.quantize
    )
    hidden = encoder.config.hidden_size
    options = {"rank": settings.rank, "alpha": settings.alpha, "dropout": settings.dropout}
    return MultiTaskEncoder(adapt(encoder, settings.strategy, **options), hidden, tasks).to(backbone.auto_device())


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
    """What training leaves behind."""

    model: MultiTaskEncoder
    tasks: tuple[str, ...]
    history: pd.DataFrame
    examples: int


def train(settings: Settings, training: pd.DataFrame, validation: pd.DataFrame, *, progress: bool = True) -> Trained:
    """Train on ``training``, watch the loss on ``validation`` (tables of ``cohort.read_reports``).

    Raises:
        TrainingError: no task can be trained on these reports.
    """
    set_seed(settings.seed)
    tokenizer = backbone.load_tokenizer(settings.backbone)
    builder = PromptBuilder(tokenizer, settings.input)
    labels = targets(training, settings.labels)
    tasks = trainable_tasks(settings, labels)
    learn = examples(training, labels, builder, tasks)
    watch = examples(validation, targets(validation, settings.labels), builder, tasks)
    model = build_model(settings, tasks)
    if WEIGHTED_TASK in tasks:
        column = torch.tensor(learn.labels)[:, tasks.index(WEIGHTED_TASK)]
        model.set_class_weights({WEIGHTED_TASK: inverse_frequency(column, len(CLASSES[WEIGHTED_TASK]))})
    steps = -(-len(learn) // (settings.batch_size * settings.accumulate)) * settings.epochs
    with tempfile.TemporaryDirectory() as scratch:
        trainer = Trainer(
            model=model,
            args=_arguments(settings, Path(scratch), steps),
            train_dataset=learn,
            eval_dataset=watch if len(watch) else None,
            data_collator=lambda features: pad(features, tokenizer.pad_token_id),
            callbacks=[_Steps(progress)],
        )
        _drop_printer(trainer)
        trainer.train()
    history = pd.DataFrame(trainer.state.log_history)
    return Trained(model.eval(), tasks, history[[c for c in _HISTORY if c in history]], len(learn))


def _arguments(settings: Settings, scratch: Path, steps: float) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(scratch),
        per_device_train_batch_size=settings.batch_size,
        per_device_eval_batch_size=16,
        gradient_accumulation_steps=settings.accumulate,
        num_train_epochs=settings.epochs,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, round(settings.warmup * steps)),
        weight_decay=settings.weight_decay,
        optim=settings.optimizer,
        seed=settings.seed,
        # Batches of like length waste no arithmetic on padding.
        train_sampling_strategy="group_by_length",
        eval_strategy="steps",
        eval_steps=max(1, round(steps / 4)),
        logging_steps=max(1, round(steps / 40)),
        save_strategy="no",
        label_names=["labels"],
        remove_unused_columns=False,
        prediction_loss_only=True,
        dataloader_pin_memory=False,
        report_to="none",
        disable_tqdm=True,
    )


def _drop_printer(trainer: Trainer) -> None:
    """With its bar off, the Trainer prints each log line instead; ours is the only voice."""
    from transformers.trainer_callback import PrinterCallback

    trainer.remove_callback(PrinterCallback)


class _Steps(TrainerCallback):
    def __init__(self, visible: bool) -> None:
        self.visible = visible

    def on_train_begin(self, args, state, control, **kwargs) -> None:
        self.progress = Progress("training", state.max_steps, unit="step", visible=self.visible).__enter__()

    def on_step_end(self, args, state, control, **kwargs) -> None:
        self.progress.step()

    def on_train_end(self, args, state, control, **kwargs) -> None:
        self.progress.__exit__(None, None, None)


@torch.inference_mode()
def predict(
    model: MultiTaskEncoder,
    builder: PromptBuilder,
    table: pd.DataFrame,
    wanted: pd.DataFrame | None = None,
    *,
    batch_size: int = 16,
    progress: bool = True,
) -> pd.DataFrame:
    """Probabilities for each report and task, in long form.

    wanted: boolean (reports, tasks); pairs that are False are not computed (all are by default).
    Returns columns report_id, patient_id, task, predicted (class), probability (of it), probabilities (list, in
    ``schema.CLASSES`` order), mentioned (does the report speak of the task at all).
    """
    rows, inputs = [], []
    for i, (report, patient, text) in enumerate(zip(table["report_id"], table["patient_id"], table["text"], strict=True)):
        tasks = [task for task in model.tasks if wanted is None or wanted[task].iloc[i]]
        for prompt in builder.build(text, tasks):
            rows.append({"report_id": report, "patient_id": patient, "task": prompt.task, "mentioned": prompt.mentioned})
            inputs.append(prompt.input_ids)
    order = sorted(range(len(inputs)), key=lambda i: len(inputs[i]))
    device = next(model.heads.parameters()).device
    model.eval()
    offsets, start = {}, 0
    for task in model.tasks:
        offsets[task] = slice(start, start := start + len(CLASSES[task]))
    with Progress("predicting", len(inputs), unit="prompt", visible=progress) as bar:
        for start in range(0, len(order), batch_size):
            chunk = order[start : start + batch_size]
            batch = pad([{"input_ids": inputs[i]} for i in chunk], builder.tokenizer.pad_token_id)
            logits = model(**{name: tensor.to(device) for name, tensor in batch.items()})["logits"].cpu()
            for i, line in zip(chunk, logits, strict=True):
                task = rows[i]["task"]
                probabilities = torch.softmax(line[offsets[task]], dim=0)
                best = int(probabilities.argmax())
                rows[i] |= {
                    "predicted": CLASSES[task][best],
                    "probability": float(probabilities[best]),
                    "probabilities": probabilities.tolist(),
                }
            bar.step(len(chunk))
    columns = ["report_id", "patient_id", "task", "predicted", "probability", "probabilities", "mentioned"]
    return pd.DataFrame(rows, columns=columns)


def wide(predictions: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Long predictions as one row per report of ``table``: report_id, a class per task, then its probability ``p_TASK``."""
    parts = [table[["report_id"]].reset_index(drop=True)]
    for column, prefix in (("predicted", ""), ("probability", "p_")):
        flat = predictions.pivot(index="report_id", columns="task", values=column).reindex(
            index=table["report_id"], columns=list(TASKS)
        )
        parts.append(flat.add_prefix(prefix).reset_index(drop=True))
    return pd.concat(parts, axis=1)
