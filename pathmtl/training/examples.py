"""What the model is trained on: prompts with labels, as batches of packed tokens or of features computed before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import torch

from pathmtl import oracle
from pathmtl.model.multitask import MISSING
from pathmtl.model.packing import pack
from pathmtl.progress import Progress
from pathmtl.prompt import ALL, PromptBuilder
from pathmtl.schema import CLASSES


@dataclass
class Examples(torch.utils.data.Dataset):
    """Encoder inputs with one row of labels each, a class index per task or ``MISSING``.

    features: (examples, hidden) states of a frozen encoder, once they are computed.
    """

    input_ids: list[list[int]]
    labels: list[list[int]]
    features: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.input_ids)

    def __getitem__(self, index: int) -> dict:
        line = {"labels": self.labels[index]}
        return line | ({"input_ids": self.input_ids[index]} if self.features is None else {"features": self.features[index]})

    def label_count(self) -> int:
        return sum(value != MISSING for line in self.labels for value in line)


def oracle_labels(table: pd.DataFrame) -> pd.DataFrame:
    """The oracle's stated answers for each report, (reports, tasks): the paper's supervision targets (S1-A)."""
    return oracle.label_reports(table)


def targets(table: pd.DataFrame, labels: str) -> pd.DataFrame:
    """Labels to train on: the oracle's answers, or the table's own columns."""
    return oracle_labels(table) if labels == "oracle" else table[list(CLASSES)]


def examples(
    table: pd.DataFrame, labels: pd.DataFrame, builder: PromptBuilder, tasks: Sequence[str], *, progress: bool = False
) -> Examples:
    """The prompts of each report that bear a label: a field without one teaches nothing, so its prompt is never made.

    One example per report and stated task, or one per report in the ``joint`` prompt mode.
    """
    found = Examples([], [])
    with Progress("reading", len(table), unit="report", visible=progress) as bar:
        for text, row in zip(table["text"], labels[list(tasks)].itertuples(index=False), strict=True):
            stated = {task: CLASSES[task].index(value) for task, value in zip(tasks, row, strict=True) if isinstance(value, str)}
            asked = list(tasks) if builder.slicing.prompt_mode == "joint" and stated else list(stated)
            for prompt in builder.build(text, asked):
                known = stated if prompt.task == ALL else {prompt.task: stated[prompt.task]}
                found.input_ids.append(prompt.input_ids)
                found.labels.append([known.get(task, MISSING) for task in tasks])
            bar.step()
    return found


def collate(lines: Sequence[dict]) -> dict[str, torch.Tensor]:
    """A batch for ``MultiTaskEncoder.forward``; the labels stand first, because the Trainer counts examples there."""
    labels = {"labels": torch.tensor([line["labels"] for line in lines])}
    if "features" in lines[0]:
        return labels | {"features": torch.stack([line["features"] for line in lines])}
    return labels | pack([line["input_ids"] for line in lines])
