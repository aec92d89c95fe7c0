"""Controls read what they are named after and nothing else, and are runs like any other."""

import pandas as pd
import pytest

from pathmtl import cohort
from pathmtl.baselines import controls
from pathmtl.baselines.control_settings import READS, Control
from pathmtl.experiments import evidence_shares, recipes, runs, store
from pathmtl.experiments.data import bundled, bundled_test
from pathmtl.experiments.recipes import CONTROLS, TABLES, resolve
from pathmtl.experiments.results import table_result
from pathmtl.experiments.runner import find, get_or_train, predict, read_data
from pathmtl.experiments.verify import verify
from pathmtl.prompt import Slicing
from pathmtl.schema import CLASSES, TASKS


def reports(*texts):
    ids = [f"r{i}" for i in range(len(texts))]
    return pd.DataFrame({"report_id": ids, "patient_id": ids, "text": texts})


TAUGHT = reports(*["FINAL DIAGNOSIS\npT1c pN0. Small tumor."] * 6, *["FINAL DIAGNOSIS\npT2 pN1a. Large tumor."] * 7)
LABELS = pd.DataFrame(dict.fromkeys(TASKS, [None] * 13), dtype=object)
LABELS["T"] = ["T1"] * 6 + ["T2"] * 7
LABELS["N"] = ["N0"] * 13


@pytest.mark.parametrize(
    ("method", "kind", "stage_only", "words_only"),
    [
        ("constant", "none", "T2", "T2"),
        ("hint-linear", "oracle", "T1", "T2"),  # without a hint, it knows how common each class is
        ("tfidf", "none", "T2", "T1"),
        ("tfidf-hints", "oracle", "T1", "T1"),
    ],
)
def test_a_control_reads_what_its_name_says(method, kind, stage_only, words_only):
    models = controls.fit(method, TAUGHT, LABELS, kind)
    assert set(models) == {"T", "N"}, "a task without labels has no model"
    new = reports("FINAL DIAGNOSIS\npT1b", "Small.")
    found = controls.predict(models, new, kind).set_index(["task", "report_id"])
    if method != "tfidf":  # its words say nothing of "pT1b", so either class may come
        assert found.loc[("T", "r0"), "predicted"] == stage_only
    assert found.loc[("T", "r1"), "predicted"] == words_only or method == "hint-linear"
    assert set(found.loc["N", "predicted"]) == {"N0"}
    assert all(len(row) == len(CLASSES["T"]) and sum(row) == pytest.approx(1) for row in found.loc["T", "probabilities"])
    assert controls.predict({}, new).empty


def test_hints_of_another_kind_are_asked_for_by_name():
    one = reports("CLINICAL HISTORY: T stage: T1.\nFINAL DIAGNOSIS: carcinoma.\nPrimary Tumor (pT): pT2")
    kinds = ("oracle", "literal", "none")
    assert [controls.hint_table(one, kind).loc[0, "T"] for kind in kinds] == ["pT2", "T1 | pT2", "none"]


def test_an_unknown_control_is_named():
    with pytest.raises(ValueError, match="method='bayes' is not one of constant, hint-linear"):
        Control("bayes")
    assert set(READS) == set(CONTROLS)


@pytest.mark.parametrize("table", TABLES)
def test_every_table_has_the_controls_under_its_own_rows(table):
    assert tuple(TABLES[table])[-len(CONTROLS) :] == CONTROLS


def test_a_control_takes_the_reports_labels_and_hints_of_its_profile():
    one = resolve("quick", "hint-linear", hints="none", max_train_reports=7, seed=3, rank=4)
    assert (one.hints, one.max_train_reports, one.seed) == ("none", 7, 3)
    assert resolve("quick", "tfidf", hints="oracle") == resolve("quick", "tfidf", hints="none"), "it reads no hints"


@pytest.fixture
def few(tmp_path, monkeypatch):
    """A few bundled reports of each split as a file, and empty stores."""
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path / "results"))
    table = bundled()
    parts = [table[table["split"] == name].head(count) for name, count in (("train", 30), ("validation", 4), ("test", 12))]
    pd.concat(parts, ignore_index=True).to_parquet(tmp_path / "few.parquet")
    return str(tmp_path / "few.parquet")


def test_a_control_is_a_run_like_any_other(few):
    settings = resolve("quick", "tfidf-hints")
    data = read_data(few, few, settings)
    run = get_or_train(settings, data.train, progress=False)
    assert (run.kind, run.settings, find(settings, data.train).folder) == ("control", settings, run.folder)
    frame = predict(run, data.test)
    assert frame[["truth", "oracle"]].notna().any(axis=1).all() and set(frame["report_id"]) <= set(data.test["report_id"])
    assert verify(run, data.train, progress=False).outcome == "same"
    others = data.train.head(3).drop(columns="split")
    labeled = others[list(TASKS)].notna()
    with pytest.raises(store.RunError, match="give the reports that it was made on"):
        predict(run, others)
    answers = predict(run, others, trained_on=data.train)
    assert len(answers) == labeled.to_numpy().sum(), "it predicts on other reports, labeled pairs only"
    assert not answers.duplicated(["report_id", "task"]).any() and answers["truth"].notna().all()
    same = predict(run, data.test.head(3).drop(columns="split"), trained_on=data.train)
    both = same.merge(frame, on=["report_id", "task"])
    assert len(both) == len(same) and both["predicted_x"].eq(both["predicted_y"]).all(), "taught again, it answers the same"
    row = table_result("table1", "quick", data, {"tfidf-hints": frame}, {"tfidf-hints": run})["tfidf-hints"]
    assert (row.kind, row.method, row.hints, row.evidence) == ("control", "tfidf-hints", "oracle", {})
    assert row.cost["trainable_parameters"] > 0 and row.title == recipes.RECIPES["tfidf-hints"].title


def test_a_recorded_control_keeps_no_weights(few, monkeypatch):
    settings = resolve("standard", "constant")
    run = runs.make(settings, cohort.read_reports(few), store.live() / "one")
    run = store.label(run, name="constant-seed42", profile="standard", command="pathmtl experiment table1 --row constant")
    recorded = store.Run(store.record(run))
    assert not recorded.has_weights and len(recorded.predictions) == len(run.predictions)
    assert {path.name for path in run.folder.iterdir()} == {"run.json", "predictions.parquet"}, "nothing fitted is stored"


def test_the_share_of_evidence_is_measured_once_and_falls_with_the_window(few, monkeypatch):
    evidence_shares.evidence_shares.cache_clear()
    whole = bundled_test()
    monkeypatch.setattr("pathmtl.experiments.evidence_shares.bundled_test", lambda: whole.head(40))
    window, start = (evidence_shares.evidence_shares(Slicing(kind, 1, 128, "none")) for kind in ("window", "full"))
    assert min(window.values()) > 0.5 > max(start.values())
    evidence_shares.evidence_shares.cache_clear()
    monkeypatch.setattr(evidence_shares, "evidence_survival", None)
    assert evidence_shares.evidence_shares(Slicing("full", 1, 128, "none")) == start, "read from the store"
    assert evidence_shares.evidence_shares(Slicing(prompt_mode="joint")) == {}
    evidence_shares.evidence_shares.cache_clear()
