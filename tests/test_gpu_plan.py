"""The plan of benchmarks/gpu.py as pure functions: which runs, in which order, at which learning rate, within which time."""

import argparse
import importlib.util
import json
import sys
from collections import Counter
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import ROOT

from pathmtl.experiments.recipes import SEED, resolve
from pathmtl.schema import PAPER_TASKS

RATES = {"lora": 1e-3, "frozen": 3e-3, "ia3": 1e-2, "prefix": 2e-2}


@pytest.fixture(scope="module")
def script():
    before = list(sys.path)
    spec = importlib.util.spec_from_file_location("gpu_script", ROOT / "benchmarks" / "gpu.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    yield module
    sys.path[:] = before


def options_of(**changes) -> argparse.Namespace:
    given = {"rows": None, "real": None, "seeds": [1, 2], "small": {}, "tiny": False, "train_reports": None, "jobs": 5}
    return argparse.Namespace(**{**given, "corpus": "corpus", "test": "fresh", "overrides": {}, "expected": {}, **changes})


def test_the_paper_s_model_comes_first_and_further_seeds_last(script):
    jobs = script.jobs_of(options_of(), RATES)
    assert [(job.row, job.seed) for job in jobs[:2]] == [("lora", SEED), ("window-nohints", SEED)]
    seeds = [job.seed for job in jobs]
    assert set(seeds) == {SEED, 1, 2} and seeds == sorted(seeds, key=lambda seed: (seed != SEED, seed))
    assert {job.data for job in jobs} == {"generated"}, "without --real, nothing is made of real reports"


def test_rows_of_real_reports_come_with_the_option_only_and_two_of_them_early(script):
    jobs = script.jobs_of(options_of(real="folder"), RATES)
    assert [job.data for job in jobs[:4]] == ["generated", "generated", "real", "real"]
    assert {dict(job.changes)["label_source"] for job in jobs if job.data == "real"} == {"given"}
    assert not any("label_source" in dict(job.changes) for job in jobs if job.data == "generated")


def test_no_two_runs_share_a_name_and_a_single_task_row_is_six_runs(script):
    jobs = script.jobs_of(options_of(real="folder"), RATES)
    assert max(Counter((job.data, job.name) for job in jobs).values()) == 1
    single = [job for job in jobs if job.row == "stl"]
    assert {job.task for job in single} == set(PAPER_TASKS) and single[0].task == "HER2"
    assert all(job.task is None for job in jobs if job.row != "stl")


@pytest.mark.parametrize(
    ("row", "rates", "expected"),
    [
        ("lora", RATES, 1e-3),
        ("ia3", RATES, 1e-2),
        ("ia3-nohints", RATES, 1e-2),
        ("window-nohints", RATES, 1e-3),
        ("prompt", RATES, 1e-3),
        ("frozen", {}, resolve("gpu", "lora").learning_rate),
    ],
)
def test_each_row_has_its_method_s_learning_rate(script, row, rates, expected):
    jobs = script.jobs_of(options_of(rows=[row]), rates)
    assert {job.row for job in jobs} == {row}
    assert {dict(job.changes)["learning_rate"] for job in jobs} == {expected}


@pytest.mark.parametrize(
    ("data", "row", "task", "expected"),
    [
        ("generated", "lora", None, 1),
        ("generated", "frozen", None, 0.5),
        ("generated", "frozen-nohints", None, 0.5),
        ("generated", "stl", "HER2", 1 / 6),
        ("real", "lora", None, 2.5),
    ],
)
def test_cost_of_a_run(script, data, row, task, expected):
    assert script.cost_of(script.Job(data, row, task, SEED, ())) == pytest.approx(expected)


@pytest.fixture
def schedule(script, tmp_path, monkeypatch):
    """``schedule`` at time 0 on 3,400 test reports after a sweep of 100 prompts per second: its options afterwards."""
    monkeypatch.setattr(script, "time", SimpleNamespace(monotonic=lambda: 0.0, strftime=lambda form: ""))
    monkeypatch.setattr(script, "table_of", lambda *where: pd.DataFrame({"split": ["test"] * 3400}))
    (tmp_path / "results").mkdir()

    def planned(minutes, *, again=False, **changes):
        if not again:
            (tmp_path / "results" / "reports.json").unlink(missing_ok=True)
        options = options_of(deadline=60 * minutes, **changes)
        script.schedule(options, script.jobs_of(options, RATES), {"examples": 6000, "seconds": 60.0}, tmp_path)
        written = json.loads((tmp_path / "results" / "reports.json").read_text())["train_reports"]
        assert options.overrides.get("max_train_reports", written) == written
        return options, written

    return planned


def test_the_time_decides_the_number_of_training_reports(schedule):
    reports = [schedule(minutes)[1] for minutes in (0, 25, 30, 35, 40, 6000)]
    assert reports == sorted(reports) and reports[0] == 2000 and reports[-1] == 8000, "between two bounds"
    assert len(set(reports)) > 2 and all(count % 500 == 0 for count in reports)


def test_a_number_given_or_planned_before_outranks_the_time(schedule):
    assert schedule(6000, train_reports=700)[1] == 700
    assert schedule(0, again=True)[1] == 700, "a resumed call trains on as many as the first"


def test_the_expected_time_follows_the_cost(script, schedule):
    options, _ = schedule(60)
    per_cost = {round(seconds / script.cost_of(job), 6) for job, seconds in options.expected.items()}
    assert len(per_cost) == 1 and per_cost.pop() > 0
    assert set(schedule(60, tiny=True)[0].expected.values()) == {0.0}


def test_a_run_that_would_not_end_in_time_is_not_started(script, monkeypatch):
    monkeypatch.setattr(script, "table_of", lambda *where: pytest.fail("reports were read"))
    job = script.Job("generated", "lora", None, SEED, ())
    result = script.make(job, options_of(expected={job: 1e12}, deadline=0.0))
    assert result["failed"].startswith("not started") and "scores" not in result


@pytest.mark.parametrize("given", [[], ["--corpus", "corpus"], ["--test", "fresh"]])
def test_reports_must_be_given(script, given, capsys):
    with pytest.raises(SystemExit):
        script.arguments(["--out", "out", *given])
    assert "--corpus and --test" in capsys.readouterr().err
    assert script.arguments(["--out", "out", "--tiny"]).tiny
