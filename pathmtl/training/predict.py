"""From a trained model and reports to class probabilities."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd
import torch
from peft import PeftModel

from pathmtl.model.adapters import merged
from pathmtl.model.multitask import split_logits
from pathmtl.progress import Progress
from pathmtl.prompt import ALL, PromptBuilder
from pathmtl.schema import CLASSES, TASKS

#: Tokens that a batch computes when nothing is stored for a backward pass.
_BATCH_TOKENS = 8192
_COLUMNS = ["report_id", "patient_id", "task", "predicted", "probability", "probabilities", "mentioned"]


def encode(model: PeftModel, sequences: Sequence[Sequence[int]], *, progress: bool = True) -> torch.Tensor:
    """Compute the state that the heads read for each token sequence.

    Parameters
    ----------
    model
        A ``MultiTaskModel`` wrapped by PEFT.
    sequences
        Token ids of each prompt.
    progress
        Whether to show a progress bar.

    Returns
    -------
    torch.Tensor
        ``(sequences, hidden)`` fp32 on the CPU.
    """
    return _outputs(model, sequences, "pooled", "encoding", progress)


@torch.no_grad()
def _outputs(model: PeftModel, sequences: Sequence[Sequence[int]], field: str, label: str, progress: bool) -> torch.Tensor:
    """One field of the model's output for each token sequence, on the CPU, computed in evaluation mode."""
    training = model.training
    model.eval()
    parts, order = [], []
    with Progress(label, len(sequences), unit="prompt", visible=progress) as bar:
        for chunk in _chunks(sequences):
            batch = model.batch([sequences[i] for i in chunk])
            parts.append(model(**{name: tensor.to(model.device) for name, tensor in batch.items()})[field].cpu())
            order += chunk
            bar.step(len(chunk))
    model.train(training)
    return torch.cat(parts)[torch.tensor(order).argsort()] if parts else torch.empty(0)


def _chunks(sequences: Sequence[Sequence[int]]) -> Iterator[list[int]]:
    """Indices of the sequences of each batch: as many as ``_BATCH_TOKENS`` allow, where what they share is computed once."""
    # In dictionary order, sequences that begin alike are neighbors.
    chunk, tokens = [], 0
    for i in sorted(range(len(sequences)), key=lambda i: sequences[i]):
        new = len(sequences[i]) - _common(sequences[chunk[-1]], sequences[i]) if chunk else len(sequences[i])
        if chunk and tokens + new > _BATCH_TOKENS:
            yield chunk
            chunk, tokens, new = [], 0, len(sequences[i])
        chunk.append(i)
        tokens += new
    if chunk:
        yield chunk


def _common(a: Sequence[int], b: Sequence[int]) -> int:
    """Number of tokens that both begin with."""
    return next((i for i, (one, other) in enumerate(zip(a, b, strict=False)) if one != other), min(len(a), len(b)))


def predict(
    model: PeftModel,
    builder: PromptBuilder,
    table: pd.DataFrame,
    wanted: pd.DataFrame | None = None,
    *,
    progress: bool = True,
) -> pd.DataFrame:
    """Probabilities for each report and task, in long form.

    Parameters
    ----------
    model
        A trained model.
    builder
        Makes the prompts as they were made in training.
    table
        Reports: columns ``report_id``, ``patient_id``, ``text``.
    wanted
        Boolean ``(reports, tasks)``; pairs that are False are not computed (all are by default).
    progress
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        Columns ``report_id``, ``patient_id``, ``task``, ``predicted`` (class), ``probability`` (of it), ``probabilities``
        (list, in ``schema.CLASSES`` order), ``mentioned`` (whether the report mentions the task).
    """
    rows, inputs = [], []
    joint = builder.slicing.prompt_mode == "joint"
    for i, (report, patient, text) in enumerate(zip(table["report_id"], table["patient_id"], table["text"], strict=True)):
        tasks = [task for task in model.tasks if wanted is None or wanted[task].iloc[i]]
        # A joint prompt names every task, as it did in training, whichever of them are wanted.
        for prompt in builder.build(text, model.tasks if joint and tasks else tasks):
            for task in tasks if prompt.task == ALL else [prompt.task]:
                line = {"report_id": report, "patient_id": patient, "task": task, "mentioned": task in prompt.mentions}
                rows.append(line | {"input": len(inputs)})
            inputs.append(prompt.input_ids)
    with merged(model):
        outputs = _outputs(model, inputs, "logits", "predicting", progress)
    logits = split_logits(outputs, model.tasks) if rows else {}
    for row in rows:
        probabilities = torch.softmax(logits[row["task"]][row.pop("input")], dim=0)
        best = int(probabilities.argmax())
        row |= {
            "predicted": CLASSES[row["task"]][best],
            "probability": float(probabilities[best]),
            "probabilities": probabilities.tolist(),
        }
    return pd.DataFrame(rows, columns=_COLUMNS)


def wide(predictions: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """Long predictions as one row per report.

    Parameters
    ----------
    predictions
        As ``predict`` returns them.
    table
        The reports: column ``report_id``.

    Returns
    -------
    pandas.DataFrame
        One row per report of ``table``: report_id, a class per task, and the probability of each as ``p_TASK``; missing where
        nothing was predicted.
    """
    parts = [table[["report_id"]].reset_index(drop=True)]
    for column, prefix in (("predicted", ""), ("probability", "p_")):
        flat = predictions.pivot(index="report_id", columns="task", values=column).reindex(
            index=table["report_id"], columns=list(TASKS)
        )
        parts.append(flat.add_prefix(prefix).reset_index(drop=True))
    return pd.concat(parts, axis=1)
