"""What prompts per field, prompts that share a report, and joint prompts cost to read, and how many a training makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl.model.packing import pack
from pathmtl.prompt import PromptBuilder, Slicing
from pathmtl.schema import PAPER_TASKS


def prompt_sizes(texts: Sequence[str], tokenizer, slicings: Mapping[str, Slicing], tasks: Sequence[str]) -> pd.DataFrame:
    """How much the model reads to answer every task of a report, for each way to build prompts.

    Parameters
    ----------
    texts
        Reports.
    tokenizer
        The backbone's tokenizer.
    slicings
        Title -> how prompts are built.
    tasks
        The tasks to answer.

    Returns
    -------
    pandas.DataFrame
        Indexed by title; columns prompts and tokens (means per report), computed (tokens per report that a packed batch
        computes: what prompts begin with in common counts once), each (mean tokens per prompt), limit (``max_length``), full
        (share of prompts that reach the limit, from most of which report text was cut).
    """
    rows = {}
    for title, slicing in slicings.items():
        builder = PromptBuilder(tokenizer, slicing)
        prompts = [[prompt.input_ids for prompt in builder.build(text, tasks)] for text in texts]
        lengths = [len(tokens) for report in prompts for tokens in report]
        rows[title] = {
            "prompts": len(lengths) / len(texts),
            "tokens": sum(lengths) / len(texts),
            "computed": sum(pack(report)["input_ids"].shape[1] for report in prompts) / len(texts),
            "each": sum(lengths) / len(lengths),
            "limit": slicing.max_length,
            "full": sum(length >= slicing.max_length for length in lengths) / len(lengths),
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def passes(labels: pd.DataFrame, tasks: Sequence[str] = PAPER_TASKS) -> pd.DataFrame:
    """Number of prompts that one epoch trains on, for one multi-task model and for one single-task model per task.

    Parameters
    ----------
    labels
        (reports, tasks) of classes or None. A prompt without any label is not made.
    tasks
        The tasks that are trained.

    Returns
    -------
    pandas.DataFrame
        Rows per_field (shared prompts are as many) and joint; columns mtl, stl (prompts), ratio (stl / mtl; NaN without labels).
    """
    stated = labels[list(tasks)].notna()
    fields, reports = int(stated.to_numpy().sum()), int(stated.any(axis=1).sum())
    rows = {"per_field": {"mtl": fields, "stl": fields}, "joint": {"mtl": reports, "stl": fields}}
    table = pd.DataFrame.from_dict(rows, orient="index")
    return table.assign(ratio=table["stl"] / table["mtl"].where(table["mtl"] > 0))
