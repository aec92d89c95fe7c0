"""One prompt a field against one prompt for all: what each costs to read, how many passes it takes, and how the two compare."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl import paper
from pathmtl.experiments.tables import TableResult
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.schema import PAPER_TASKS


def prompt_sizes(texts: Sequence[str], tokenizer, slicings: Mapping[str, Slicing], tasks: Sequence[str]) -> pd.DataFrame:
    """What answering every task of a report takes, by layout: prompts and tokens a report, tokens a prompt, how many are full.

    slicings: title -> input. ``full`` is the share of prompts that use all of ``max_length``: report text was left out of most.
    """
    rows = {}
    for title, slicing in slicings.items():
        builder = PromptBuilder(tokenizer, slicing)
        lengths = [len(prompt.input_ids) for text in texts for prompt in builder.build(text, tasks)]
        rows[title] = {
            "prompts": len(lengths) / len(texts),
            "tokens": sum(lengths) / len(texts),
            "each": sum(lengths) / len(lengths),
            "limit": slicing.max_length,
            "full": sum(length >= slicing.max_length for length in lengths) / len(lengths),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def passes(labels: pd.DataFrame, tasks: Sequence[str] = PAPER_TASKS) -> pd.DataFrame:
    """Prompts that one epoch trains on, by layout: of one multi-task model, of a single-task model for each task, their ratio.

    labels: (reports, tasks) of classes or None; a prompt without any label is not made.
    """
    stated = labels[list(tasks)].notna()
    fields, reports = int(stated.to_numpy().sum()), int(stated.any(axis=1).sum())
    rows = {"per_field": {"mtl": fields, "stl": fields}, "joint": {"mtl": reports, "stl": fields}}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.assign(ratio=table["stl"] / table["mtl"].where(table["mtl"] > 0))


def least_joint_ratio() -> float:
    """The least that six single-task models could cost over one multi-task model with joint prompts, from the paper's own counts.

    The multi-task model reads at most every training report once an epoch; the single-task ones read at least the labels
    that section V-C gives for three of the six tasks.
    """
    return sum(paper.TRAINING_LABELS.values()) / (paper.COHORT * paper.SPLIT[0])


def printed_ratio() -> float:
    """Table III's training time of six single-task models over that of one multi-task model."""
    return float(paper.TABLE_3.loc["stl", "seconds"] / paper.TABLE_3.loc["mtl", "seconds"])


def costs_of_layouts(table: TableResult) -> pd.DataFrame:
    """What the two runs cost, by layout: prompts, optimisation steps, seconds and memory, per report where that is fairer."""
    rows = {}
    for row, title in table.titles.items():
        run = table[row].runs[0]
        data, cost = run.record["data"], run.record["cost"]
        per_report = 1000 / data["test"] if data["test"] else float("nan")
        rows[title] = {
            "Training prompts": f"{data['examples']:,}",
            "a report": f"{data['examples'] / data['train']:.2f}",
            "Optimisation steps": f"{int(run.history['step'].max()):,}",
            "Training, s": f"{cost['train_seconds']:,.0f}",
            "Answering, ms a report": f"{cost['predict_seconds'] * per_report:,.0f}",
            "Peak memory, MB": f"{cost['peak_memory_mb']:,.0f}",
            "Trainable parameters": f"{cost['trainable_parameters']:,}",
        }
    return pd.DataFrame.from_dict(rows, orient="index")
