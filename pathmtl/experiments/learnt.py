"""What a run was taught: the reports it drew for training, their labels, and the class weights that follow from them."""

from __future__ import annotations

import pandas as pd

from pathmtl import cohort
from pathmtl.schema import CLASSES
from pathmtl.training.settings import Settings


def training_reports(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """The reports that a run of ``settings`` on ``table`` trains on (as ``runs.execute`` draws them)."""
    return cohort.subsample(table[cohort.split(table) == "train"], settings.max_train_reports, settings.seed)


def training_labels(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """Their labels, (reports, tasks) of classes or None: the oracle's answers, or the given columns where the settings say so."""
    from pathmtl.training.examples import targets  # torch

    return targets(training_reports(settings, table), settings.label_source)


def class_weights(labels: pd.Series, task: str) -> dict[str, float]:
    """Eq. 7 on a column of labels: class -> weight."""
    import torch

    from pathmtl.model.multitask import inverse_frequency

    codes = [CLASSES[task].index(value) for value in labels if isinstance(value, str)]
    weights = inverse_frequency(torch.tensor(codes, dtype=torch.long), len(CLASSES[task]))
    return dict(zip(CLASSES[task], weights.tolist(), strict=True))
