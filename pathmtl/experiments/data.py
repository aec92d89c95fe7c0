"""The reports of an experiment: which models train on, and which they are tested on. Needs no torch."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import pandas as pd

from pathmtl import cohort
from pathmtl.training.settings import Settings


@dataclass(frozen=True)
class Reports:
    """The two sets of reports of an experiment.

    Attributes
    ----------
    train : pandas.DataFrame
        Those the models are trained on, all splits together (``runs.execute`` splits them).
    test : pandas.DataFrame
        Those the models are evaluated on.
    held_out : bool
        Whether ``test`` is the test split of ``train``.
    """

    train: pd.DataFrame
    test: pd.DataFrame
    held_out: bool

    @property
    def labeled(self) -> bool:
        """Whether the evaluated reports carry labels."""
        return cohort.has_labels(self.test)

    @property
    def needs_weights(self) -> bool:
        """Whether a run must still have its weights: its stored predictions are on its own test split only."""
        return not self.held_out

    @property
    def summary(self) -> str:
        """How many reports are evaluated, in Markdown."""
        which = "the held-out test split" if self.held_out else "none of them used for training"
        labels = "" if self.labeled else " They carry **no labels**, so nothing can be scored."
        return f"Evaluated on **{len(self.test):,} reports** of {self.test['patient_id'].nunique():,} patients ({which}).{labels}"


def read_data(reports: str, train_reports: str, settings: Settings) -> Reports:
    """Read what a page evaluates and what its models are trained on.

    Parameters
    ----------
    reports, train_reports : str
        ``"bundled"``, a folder or a table file. Where both are the same, the models are evaluated on the test split, else on
        all of ``reports``.
    settings : Settings
        Its ``max_test_reports`` limits the test split.

    Raises
    ------
    ReportsError
        See ``cohort.read_reports``.
    """
    held_out = str(reports) == str(train_reports)
    train = cohort.read_reports(train_reports)
    return Reports(train, test_reports(settings, train) if held_out else cohort.read_reports(reports), held_out)


def test_reports(settings: Settings, table: pd.DataFrame) -> pd.DataFrame:
    """The test split, or ``max_test_reports`` of its reports: the same ones for every seed, so that seeds can be compared."""
    return cohort.subsample(table[cohort.split(table) == "test"], settings.max_test_reports).reset_index(drop=True)


@functools.cache
def bundled() -> pd.DataFrame:
    """The bundled reports; read once."""
    return cohort.read_reports(cohort.BUNDLED)


def bundled_test() -> pd.DataFrame:
    """The test split of the bundled reports."""
    return bundled()[cohort.split(bundled()) == "test"].reset_index(drop=True)
