"""What the model is trained on: which reports, their labels, and prompts with labels as batches."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd
import torch

from pathmtl import cohort, oracle
from pathmtl.model.multitask import MISSING, inverse_frequency
from pathmtl.progress import Progress
from pathmtl.prompt import ALL, PromptBuilder
from pathmtl.schema import CLASSES
from pathmtl.training.settings import Settings


def training_reports(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """The reports that a run trains on: the training split, or a sample of it in which rare classes are represented.

    Parameters
    ----------
    settings
        ``max_train_reports`` and ``seed`` are used.
    table
        Reports, as ``cohort.read_reports`` returns them.

    Returns
    -------
    pandas.DataFrame
        Rows of ``table``.
    """
    return cohort.subsample(table[cohort.split(table) == "train"], settings.max_train_reports, settings.seed)


def training_labels(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """The labels of ``training_reports``, (reports, tasks) of classes or None."""
    return targets(training_reports(settings, table), settings.label_source)


def class_weights(labels: pd.Series, task: str) -> dict[str, float]:
    """Class weights for a column of labels (paper, Eq. 7; see ``model.multitask.inverse_frequency``).

    Parameters
    ----------
    labels
        Classes of ``task``, or None where a report does not state it.
    task
        One of ``schema.TASKS``.

    Returns
    -------
    dict
        Class -> weight.
    """
    codes = [CLASSES[task].index(value) for value in labels if isinstance(value, str)]
    weights = inverse_frequency(torch.tensor(codes, dtype=torch.long), len(CLASSES[task]))
    return dict(zip(CLASSES[task], weights.tolist(), strict=True))


def targets(table: pd.DataFrame, label_source: str) -> pd.DataFrame:
    """Labels to train on, (reports, tasks) of classes or None.

    Parameters
    ----------
    table
        Reports, with a column ``text``, and a column per task where ``label_source`` is ``"given"``.
    label_source
        ``"oracle"``: the oracle's answers (paper, S1-A); ``"given"``: the table's own columns.
    """
    return oracle.label_reports(table) if label_source == "oracle" else table[list(CLASSES)]


@dataclass
class Examples(torch.utils.data.Dataset):
    """Encoder inputs and their labels; an item is what a batch never splits.

    Attributes
    ----------
    input_ids
        Tokens of each prompt.
    labels
        ``(prompts, tasks)``: a class index, or ``MISSING``.
    items
        The prompts of each item: one, or all of a report's in the ``shared`` prompt mode.
    features
        ``(prompts, hidden)`` pooled states of a frozen encoder, once they are computed.
    """

    input_ids: list[list[int]]
    labels: list[list[int]]
    items: list[range]
    features: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.items)

    def __getitem__(self, index: int) -> dict:
        own = self.items[index]
        inputs = (
            {"input_ids": [self.input_ids[i] for i in own]}
            if self.features is None
            else {"features": self.features[own.start : own.stop]}
        )
        return {"labels": [self.labels[i] for i in own]} | inputs


def examples(
    table: pd.DataFrame, labels: pd.DataFrame, builder: PromptBuilder, tasks: Sequence[str], *, progress: bool = False
) -> Examples:
    """The prompts of each report that have a label: a field without one teaches nothing, so its prompt is never made.

    Parameters
    ----------
    table
        Reports, with a column ``text``.
    labels
        ``(reports, tasks)`` of classes or None, from ``targets``.
    builder
        Makes the prompts.
    tasks
        The columns of the labels, in this order.

    Returns
    -------
    Examples
        One prompt per report and stated task, or one per report in the ``joint`` prompt mode.
    """
    made = Examples([], [], [])
    mode = builder.slicing.prompt_mode
    with Progress("reading", len(table), unit="report", visible=progress) as bar:
        for text, row in zip(table["text"], labels[list(tasks)].itertuples(index=False), strict=True):
            stated = {task: CLASSES[task].index(value) for task, value in zip(tasks, row, strict=True) if isinstance(value, str)}
            asked = list(tasks) if mode == "joint" and stated else list(stated)
            first = len(made.input_ids)
            for prompt in builder.build(text, asked):
                known = stated if prompt.task == ALL else {prompt.task: stated[prompt.task]}
                made.input_ids.append(prompt.input_ids)
                made.labels.append([known.get(task, MISSING) for task in tasks])
            new = range(first, len(made.input_ids))
            made.items += [new] if mode == "shared" and new else [range(i, i + 1) for i in new]
            bar.step()
    return made


def collate(
    lines: Sequence[dict], batch: Callable[[Sequence[Sequence[int]]], dict[str, torch.Tensor]]
) -> dict[str, torch.Tensor]:
    """A batch for ``MultiTaskModel.forward``.

    Parameters
    ----------
    lines
        Items of ``Examples``.
    batch
        Lays out the token sequences (``MultiTaskModel.batch``).

    Returns
    -------
    dict
        ``labels``, ``(batch, tasks)``, first, because the Trainer counts examples there; then ``features``,
        ``(batch, hidden)``, where they were computed, or the tensors of ``batch``.
    """
    labels = {"labels": torch.tensor([row for line in lines for row in line["labels"]])}
    if "features" in lines[0]:
        return labels | {"features": torch.cat([line["features"] for line in lines])}
    return labels | batch([sequence for line in lines for sequence in line["input_ids"]])
