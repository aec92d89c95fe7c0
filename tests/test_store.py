"""The run store on disk: finding, listing and recording runs, and what may not be recorded. No torch, no training."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from conftest import ROOT

from pathmtl.experiments import store
from pathmtl.schema import CLASSES, TASKS


@pytest.fixture(autouse=True)
def stores(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path / "results"))
    return tmp_path


def predictions(reports=4, prefix="SYN-", answer="T1"):
    rows = [
        {
            "report_id": f"{prefix}{i:06d}-1",
            "patient_id": f"{prefix}{i:06d}",
            "task": task,
            "truth": CLASSES[task][0],
            "oracle": None,
            "predicted": answer if task == "T" else CLASSES[task][0],
            "probability": 0.123456789 + i / 7919,
            "probabilities": [1 / 3] * len(CLASSES[task]),
            "mentioned": True,
        }
        for i in range(reports)
        for task in TASKS
    ]
    return pd.DataFrame(rows)


def finished(key, name="lora-seed42", profile="standard", started="2026-01-01T00:00:00+00:00", frame=None):
    folder = store.live() / key
    with store.whole_or_nothing(folder) as scratch:
        (predictions() if frame is None else frame).to_parquet(scratch / "predictions.parquet", index=False)
        (scratch / "history.csv").write_text("step,loss\n1,0.5\n")
        (scratch / "adapter_model.safetensors").write_bytes(b"weights")
        labels = {"name": name, "profile": profile} if name else {}
        cost = {"train_seconds": 1.0, "predict_seconds": 1.0, "trainable_parameters": 7}
        store.write_record(scratch, {"key": key, "cost": cost, "provenance": {"started": started}, **labels})
    return store.Run(folder)


def test_an_interrupted_run_leaves_nothing_and_a_finished_one_is_whole(stores):
    with pytest.raises(KeyboardInterrupt), store.whole_or_nothing(store.live() / "half") as scratch:
        (scratch / "run.json").write_text("{}")
        raise KeyboardInterrupt
    assert list(store.live().iterdir()) == [] and store.live_runs() == []
    run = finished("abc123")
    assert [each.folder for each in store.live_runs()] == [run.folder] and not run.recorded


def test_a_run_is_found_by_folder_key_beginning_name_and_profile():
    run, later = finished("abc123"), finished("def456", started="2026-02-01T00:00:00+00:00")
    for where in (run.folder, str(run.folder), "abc123", "abc"):
        assert store.open_run(where).folder == run.folder
    for where in ("lora-seed42", "standard/lora-seed42"):
        assert store.open_run(where).folder == later.folder, "of one name, the latest"
    quick = finished("999999", profile="quick")
    assert store.open_run("quick/lora-seed42").folder == quick.folder
    with pytest.raises(store.RunError, match="several runs are called so; say which profile's: quick/lora-seed42, standard"):
        store.open_run("lora-seed42")


def test_a_recorded_run_is_small_rounded_and_without_weights():
    frame = predictions(reports=1068)
    run = finished("abc123", frame=frame)
    folder = store.record(run)
    assert folder == store.results() / "standard" / "lora-seed42"
    assert sorted(path.name for path in folder.iterdir()) == ["history.csv", "predictions.parquet", "run.json"]
    kept = store.open_run("standard/lora-seed42")
    assert kept.recorded and kept.folder == folder and store.open_run("standard/lora-seed42", recorded=False).folder == run.folder
    assert (folder / "predictions.parquet").stat().st_size < store.RECORD_LIMIT
    assert abs(kept.predictions["probability"] - frame["probability"]).max() <= 0.51 * 10**-store.RECORD_DECIMALS
    assert (kept.predictions["predicted"] == frame["predicted"]).all() and kept.history["loss"].tolist() == [0.5]
    assert [each.name for each in store.recorded_runs("standard")] == ["lora-seed42"] and store.recorded_runs("quick") == []


def test_recording_again_replaces_and_a_failure_keeps_what_was_there(monkeypatch):
    store.record(finished("abc123"))
    store.record(finished("def456", frame=predictions(answer="T2")))
    assert "T2" in set(store.recorded_run("standard", "lora-seed42").predictions["predicted"])
    monkeypatch.setattr(store, "RECORD_LIMIT", 1_000)
    with pytest.raises(store.RunError, match="limit is 1,000"):
        store.record(finished("aaa111"))
    assert store.recorded_run("standard", "lora-seed42").record["key"] == "def456"


@pytest.mark.parametrize(
    ("about", "says"),
    [
        ({"name": None}, "only runs that pathmtl experiment made"),
        ({"profile": "smoke"}, "profile smoke"),
        ({"frame": predictions(prefix="MRN")}, "not synthetic"),
    ],
)
def test_what_may_not_be_recorded(about, says):
    with pytest.raises(store.RunError, match=says):
        store.record(finished("abc123", **about))
    assert not store.results().exists() or not list(store.results().rglob("run.json"))


def test_labels_fill_gaps_and_change_nothing_else():
    run = finished("abc123", name=None)
    named = store.label(run, name="lora-seed42", profile="quick")
    assert named.name == "lora-seed42" and store.label(named, name="other").name == "lora-seed42"
    assert json.loads((run.folder / "run.json").read_text())["key"] == "abc123"


def test_recorded_runs_are_read_and_scored_without_torch():
    store.record(finished("abc123"))
    code = (
        "import sys\n"
        "from pathmtl.experiments import tables\n"
        "from pathmtl.viz import comparison_tables\n"
        "table = tables.recorded('table1')\n"
        "scored = comparison_tables.score_tables(table, resamples=5)\n"
        "assert set(scored) == {'naive', 'lora', 'oracle'}, scored\n"
        "print(comparison_tables.beside('table1', scored, html=False).to_string())\n"
        "assert not {'torch', 'transformers'} & set(sys.modules), 'torch was imported'\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "Multi-task LLM" in done.stdout and "0.976" in done.stdout
