"""What a run was taught: the labels of its training reports, and the class weights that follow from them."""

from __future__ import annotations

import pandas as pd
import torch

from pathmtl.experiments.data import training_reports
from pathmtl.model.multitask import inverse_frequency
from pathmtl.schema import CLASSES
from pathmtl.training.examples import targets
from pathmtl.training.settings import Settings


def training_labels(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """Their labels, (reports, tasks) of classes or None: the oracle's answers, or the given columns (``label_source``)."""
    return targets(training_reports(settings, table), settings.label_source)


def class_weights(labels: pd.Series, task: str) -> dict[str, float]:
    """Eq. 7 on a column of labels: class -> weight."""
    codes = [CLASSES[task].index(value) for value in labels if isinstance(value, str)]
    weights = inverse_frequency(torch.tensor(codes, dtype=torch.long), len(CLASSES[task]))
    return dict(zip(CLASSES[task], weights.tolist(), strict=True))
