"""Executing runs: settings and reports in, a finished run folder out; and loading the model of one."""

from __future__ import annotations

import dataclasses
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from peft import PeftModel

from pathmtl import cohort
from pathmtl.analysis.evaluate import scores, with_labels
from pathmtl.analysis.metrics import METRICS
from pathmtl.baselines import controls, zero_shot
from pathmtl.baselines.control_settings import Control
from pathmtl.baselines.zero_shot_settings import ZeroShot
from pathmtl.experiments import store
from pathmtl.experiments.data import test_reports
from pathmtl.experiments.keys import run_key, source_hash
from pathmtl.experiments.provenance import Meter, provenance
from pathmtl.experiments.store import Run, RunError
from pathmtl.model import backbone
from pathmtl.oracle import label_reports
from pathmtl.paper import OVERALL
from pathmtl.prompt import PromptBuilder
from pathmtl.schema import TASKS
from pathmtl.training import checkpoint, train
from pathmtl.training.data import targets, training_reports
from pathmtl.training.predict import predict
from pathmtl.training.settings import ASSUMED, PROFILES, Settings


def make(settings: Settings | ZeroShot | Control, table: pd.DataFrame, folder: Path, *, progress: bool = True) -> Run:
    """``execute``, ``execute_zero_shot`` or ``execute_control``, as the settings ask."""
    if isinstance(settings, Settings):
        return execute(settings, table, folder, progress=progress)
    return (execute_zero_shot if isinstance(settings, ZeroShot) else execute_control)(settings, table, folder, progress=progress)


def execute(settings: Settings, table: pd.DataFrame, folder: Path, *, resume: bool | None = None, progress: bool = True) -> Run:
    """Train on the table's training split, predict its test split, and leave the run in ``folder``.

    The split does not follow the seed: runs of several seeds are compared on the same reports.
    Training resumes where an interrupted call stopped; ``resume`` says whether that is expected (see ``checkpoint.place``).
    Where several processes train, the first predicts and writes, and the others end here.

    Raises:
        RunError: ``folder`` exists already.
        ReportsError, TrainingError: the reports cannot be split, or hold no task that can be trained.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already; choose another folder or remove it")
    checkpoints = checkpoint.place(folder, run_key(settings, table), resume)
    training = training_reports(settings, table)
    watched = cohort.subsample(table[cohort.split(table) == "validation"], settings.max_validation_reports, settings.seed)
    test = test_reports(settings, table)
    started, meter = datetime.now(UTC), Meter()
    trained = train.train(settings, training, watched, checkpoints=checkpoints, progress=progress)
    if trained.process:
        sys.exit(0)
    seconds, peak = meter.seconds, meter.peak_memory_mb
    timer = Meter()
    predictions = _predict_test(settings, trained.model, test, progress)
    epochs = trained.history["epoch"].max() if "epoch" in trained.history else settings.epochs
    record = {
        "kind": "train",
        "key": run_key(settings, table),
        "settings": dataclasses.asdict(settings),
        "tasks": trained.tasks,
        "assumed": {name: getattr(settings, name) for name in ASSUMED},
        "departs_from_paper": departures(settings),
        "data": {
            "fingerprint": cohort.fingerprint(table),
            "train": len(training),
            "validation": len(watched),
            "test": len(test),
            "test_fingerprint": cohort.fingerprint(test),
            "examples": trained.examples,
        },
        "cost": {
            "train_seconds": round(seconds, 2),
            "predict_seconds": round(timer.seconds, 2),
            "examples_per_second": round(trained.examples * float(epochs) / seconds, 3),
            "peak_memory_mb": peak,
            "peak_memory_of": meter.of,
            "trainable_parameters": trained.model.get_nb_trainable_parameters()[0],
        },
        "scores": overall_scores(predictions),
        "provenance": _provenance(started, settings),
    }
    with store.atomic_directory(folder) as scratch:
        _save(scratch, trained, predictions, record)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return Run(folder)


def execute_zero_shot(settings: ZeroShot, table: pd.DataFrame, folder: Path, *, progress: bool = True) -> Run:
    """Ask the language model about the labeled fields of ``table``, of its test split where it has one: the run in ``folder``.

    Raises:
        RunError: ``folder`` exists already.
        BackboneError: the backbone is not here.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already; choose another folder or remove it")
    asked = zero_shot_reports(settings, table)
    oracle = label_reports(asked)
    started, meter = datetime.now(UTC), Meter()
    wanted = asked[list(TASKS)].notna() | oracle.notna()
    answers = zero_shot.ask(zero_shot.Questioner(settings), asked, wanted, progress=progress)
    seconds = meter.seconds
    predictions = with_labels(answers, asked, oracle)
    record = {
        "kind": "zero_shot",
        "key": run_key(settings, table),
        "settings": dataclasses.asdict(settings),
        "tasks": list(dict.fromkeys(predictions["task"])),
        "assumed": {
            "prompt": "ours: the paper prints none",
            "window_lines": settings.window_lines,
            "max_new_tokens": settings.max_new_tokens,
        },
        "data": {"fingerprint": cohort.fingerprint(table), "test": len(asked), "examples": len(predictions)},
        "cost": {
            "train_seconds": 0.0,
            "predict_seconds": round(seconds, 2),
            "examples_per_second": round(len(predictions) / seconds, 3),
            "peak_memory_mb": meter.peak_memory_mb,
            "peak_memory_of": meter.of,
            "trainable_parameters": 0,
        },
        "violations": zero_shot.violations(predictions).to_dict(orient="index"),
        "scores": overall_scores(predictions),
        "provenance": _provenance(started, settings),
    }
    with store.atomic_directory(folder) as scratch:
        predictions.to_parquet(scratch / "predictions.parquet", index=False)
        store.write_record(scratch, record)
    return Run(folder)


def control_predictions(settings: Control, table: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Teach a control again, which takes seconds, and predict: fitted classifiers are never stored.

    Parameters
    ----------
    settings : Control
        The control's.
    table : pandas.DataFrame
        The reports whose training split it is taught on.
    reports : pandas.DataFrame
        Those to predict.

    Returns
    -------
    pandas.DataFrame
        One line per (report, task), without ``truth`` and ``oracle``.
    """
    training = training_reports(settings, table)
    models = controls.fit(settings.method, training, targets(training, settings.label_source), settings.hints)
    return controls.predict(models, reports, settings.hints)


def execute_control(settings: Control, table: pd.DataFrame, folder: Path, *, progress: bool = True) -> Run:
    """Teach a control on the reports that a language model with these settings trains on; predict what it predicts.

    Raises:
        RunError: ``folder`` exists already.
        ReportsError: the reports cannot be split.
    """
    if folder.exists():
        raise RunError(f"{folder} exists already; choose another folder or remove it")
    training, test = training_reports(settings, table), test_reports(settings, table)
    started, meter = datetime.now(UTC), Meter()
    labels = targets(training, settings.label_source)
    models = controls.fit(settings.method, training, labels, settings.hints)
    seconds, timer = meter.seconds, Meter()
    predictions = with_labels(controls.predict(models, test, settings.hints), test, label_reports(test))
    predictions = predictions[predictions[["truth", "oracle"]].notna().any(axis=1)].reset_index(drop=True)
    examples = int(labels.notna().to_numpy().sum())
    record = {
        "kind": "control",
        "key": run_key(settings, table),
        "settings": dataclasses.asdict(settings),
        "tasks": list(models),
        "data": {
            "fingerprint": cohort.fingerprint(table),
            "train": len(training),
            "test": len(test),
            "test_fingerprint": cohort.fingerprint(test),
            "examples": examples,
        },
        "cost": {
            "train_seconds": round(seconds, 2),
            "predict_seconds": round(timer.seconds, 2),
            "examples_per_second": round(examples / seconds, 3),
            "peak_memory_mb": meter.peak_memory_mb,
            "peak_memory_of": meter.of,
            "trainable_parameters": controls.parameters(models),
        },
        "scores": overall_scores(predictions),
        "provenance": _provenance(started, settings),
    }
    with store.atomic_directory(folder) as scratch:
        predictions.to_parquet(scratch / "predictions.parquet", index=False)
        store.write_record(scratch, record)
    return Run(folder)


def zero_shot_reports(settings: ZeroShot, table: pd.DataFrame) -> pd.DataFrame:
    """The reports a zero-shot run asks about: the test split where there is one, as many as the settings allow, at random."""
    pool = table[table["split"] == "test"] if "split" in table else table
    if settings.reports is not None and settings.reports < len(pool):
        pool = pool.sample(n=settings.reports, random_state=settings.seed).sort_index()
    return pool.reset_index(drop=True)


def departures(settings: Settings) -> dict[str, list]:
    """Where these settings leave the paper's profile: name -> [here, paper's]."""
    paper = dataclasses.asdict(PROFILES["paper"])
    here = dataclasses.asdict(settings)
    return {name: [here[name], paper[name]] for name in here if here[name] != paper[name]}


def overall_scores(predictions: pd.DataFrame) -> dict[str, dict[str, float | None]]:
    """The unweighted overall metrics against the truth and against the oracle, without intervals; unlabeled pairs left out."""
    found = {}
    for truth in ("truth", "oracle"):
        frame = predictions[predictions[truth].notna()]
        table = scores(frame, truth=truth, resamples=1) if len(frame) else pd.DataFrame()
        if OVERALL in table.index:
            found[truth] = {m: None if np.isnan(v := table.loc[OVERALL, m]) else round(float(v), 4) for m in METRICS}
    return found


def _predict_test(settings: Settings, model: PeftModel, test: pd.DataFrame, progress: bool) -> pd.DataFrame:
    """Only labeled pairs are computed: nothing can be scored elsewhere."""
    oracle = label_reports(test)
    wanted = test[list(TASKS)].notna() | oracle.notna()
    builder = PromptBuilder(backbone.load_tokenizer(settings.backbone), settings.input)
    return with_labels(predict(model, builder, test, wanted, progress=progress), test, oracle)


def _provenance(started: datetime, settings: Settings | ZeroShot | Control) -> dict:
    return {
        "started": started.isoformat(timespec="seconds"),
        **provenance(),
        "precision": str(backbone.dtype_of(settings.precision)),
        "source": source_hash(type(settings)),
    }


def _save(folder: Path, trained: train.Trained, predictions: pd.DataFrame, record: dict) -> None:
    """A run folder: what ``PeftModel.save_pretrained`` writes, less its empty model card, and the run's own files."""
    # Without this PEFT asks the hub whether the embeddings were resized.
    trained.model.save_pretrained(folder, save_embedding_layers=False)
    (folder / "README.md").unlink(missing_ok=True)
    trained.history.to_csv(folder / "history.csv", index=False)
    predictions.to_parquet(folder / "predictions.parquet", index=False)
    store.write_record(folder, record)


def load_model(run: Run) -> tuple[PeftModel, PromptBuilder]:
    """The trained model of a run, and the builder of its prompts.

    Raises:
        RunError: it is a recorded run without weights, or no training run.
        BackboneError: the backbone the run was trained on is not here.
    """
    if run.kind != "train" or not run.has_weights:
        raise RunError(
            f"{run.name}: has no weights to predict with (of the recorded ones few keep theirs); train it: {_remake(run)}"
        )
    model = PeftModel.from_pretrained(train.load_base(run.settings, run.tasks), run.folder)
    builder = PromptBuilder(backbone.load_tokenizer(run.settings.backbone), run.settings.input)
    return model.to(backbone.auto_device()).eval(), builder


def _remake(run: Run) -> str:
    return run.record.get("command") or "pathmtl train … --out FOLDER"
