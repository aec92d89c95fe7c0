"""Teach the model of silent reports from tables with a registry's labels, and where the book's own is stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from pathmtl import cohort
from pathmtl.experiments import store
from pathmtl.real.answers import oracle_answers
from pathmtl.real.silent import Silent, fit
from pathmtl.schema import TASKS

#: Folder in ``book/results/`` of the model and of its figures.
FOLDER = "real"


def recorded_model() -> Path:
    """Folder of the model that the book shows, taught on public TCGA reports."""
    return store.results() / FOLDER


def labeled(sources: Sequence[str], *, progress: bool = False) -> pd.DataFrame:
    """The labeled reports of several tables as one.

    Raises
    ------
    ReportsError
        If a table cannot be read, or two of them share a report.
    """
    table = pd.concat([cohort.read_reports(source, progress=progress) for source in sources], ignore_index=True)
    if table["report_id"].duplicated().any():
        raise cohort.ReportsError("reports: the tables share reports; give each report once")
    return table[table[list(TASKS)].notna().any(axis=1)].reset_index(drop=True)


def teach(sources: Sequence[str], *, seed: int = 42, progress: bool = False) -> tuple[Silent, dict]:
    """Fit the model on labeled reports.

    Parameters
    ----------
    sources
        Tables as ``cohort.read_reports`` takes them.
    seed
        As for ``silent.fit``.
    progress
        Show a progress bar.

    Returns
    -------
    tuple
        The model, and what to say about it: reports, patients, labels by task, the target and the seed; names of files, no path.
    """
    reports = labeled(sources, progress=progress)
    model = fit(reports, oracle_answers(reports, progress=progress), seed=seed)
    about = {
        "target": "registry labels",
        "sources": [Path(source).name for source in sources],
        "reports": len(reports),
        "patients": int(reports["patient_id"].nunique()),
        "labels": {task: int(reports[task].notna().sum()) for task in model.classes},
        "seed": seed,
    }
    return model, about
