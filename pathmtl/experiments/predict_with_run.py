"""Predicting with a finished run."""

from __future__ import annotations

import functools
import hashlib

import pandas as pd

from pathmtl import cohort
from pathmtl.experiments import store
from pathmtl.experiments.runs import load_model
from pathmtl.experiments.store import Run
from pathmtl.oracle import label_reports
from pathmtl.training.predict import predict, wide


def predict_with_run(run: Run, table: pd.DataFrame, wanted: pd.DataFrame | None = None, *, progress: bool = True) -> pd.DataFrame:
    """Load the run's model and predict.

    Parameters
    ----------
    run : Run
        A training run with its weights.
    table : pandas.DataFrame
        Reports with columns report_id, patient_id and text.
    wanted : pandas.DataFrame, optional
        Booleans, (reports, tasks): pairs that are False are not computed.

    Returns
    -------
    pandas.DataFrame
        One line per pair: report_id, patient_id, task, predicted, probability, probabilities, mentioned.

    Raises
    ------
    RunError
        The run has no weights.
    BackboneError
        The backbone that it was trained on is not here.
    """
    model, builder = load_model(run)
    return predict(model, builder, table, wanted, progress=progress)


def predicted_rows(folder: str, asked: str, table: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Predict a chunk of reports, for ``stream``: the model is loaded once in a process.

    Parameters
    ----------
    folder : str
        Folder of a training run with its weights.
    asked : {"stated", "mentioned", "every"}
        Which tasks of a report are answered: those whose value the rules find, those it speaks of, or all.
    table : pandas.DataFrame
        Reports with columns report_id and text.

    Returns
    -------
    rows : pandas.DataFrame
        As ``training.predict.wide`` returns it.
    answers : int
        Number of predicted values.
    """
    model, builder = _model(folder)
    wanted = label_reports(table).notna() if asked == "stated" else None
    long = predict(model, builder, table.assign(patient_id=table["report_id"]), wanted, progress=False)
    if asked == "mentioned":
        long = long[long["mentioned"]]
    return wide(long, table), len(long)


@functools.lru_cache(maxsize=1)
def _model(folder: str):
    return load_model(store.open_run(folder))


def predictions_on(run: Run, table: pd.DataFrame, wanted: pd.DataFrame | None = None, *, progress: bool = True) -> pd.DataFrame:
    """``predict_with_run``, stored with the run (ids and probabilities, never text) and read back for the same pairs."""
    pairs = "all" if wanted is None else hashlib.sha256(wanted.to_numpy(dtype=bool).tobytes()).hexdigest()[:8]
    # What a recorded run answers about other reports stays on this machine.
    folder = store.live() / f"recorded-{run.record['profile']}-{run.name}" if run.recorded else run.folder
    path = folder / f"predictions-{cohort.fingerprint(table)}-{pairs}.parquet"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        scratch = path.with_suffix(".partial")
        predict_with_run(run, table, wanted, progress=progress).to_parquet(scratch, index=False)
        scratch.replace(path)
    return pd.read_parquet(path)
