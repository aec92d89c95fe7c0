"""What stands in book/results/: runs of the bundled reports, made with today's profile, and one adapter that predicts."""

import dataclasses

import pandas as pd
import pytest

from pathmtl import cohort
from pathmtl.experiments import store
from pathmtl.experiments.predict_with_run import predict_with_run
from pathmtl.experiments.recipes import RECIPES, RECORDED
from pathmtl.experiments.results import bundled_test
from pathmtl.training.settings import Settings, settings

RUNS = store.recorded_runs(RECORDED)
CASES = [
    (
        "FINAL DIAGNOSIS: Invasive ductal carcinoma, Nottingham grade 3. Tumor 3.1 cm. pT2 pN1a. ER positive (95%). PR negative.",
        {"T": "T2", "N": "N1", "grade": "G3", "ER": "Positive", "PR": "Negative"},
    ),
    (
        "Lung, right upper lobe: adenocarcinoma, moderately differentiated, 1.2 cm. Stage: pT1b pN0.",
        {"T": "T1", "N": "N0", "grade": "G2"},
    ),
]


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_recorded_run_is_one_of_the_bundled_reports_and_of_todays_profile(run):
    assert run.record["data"]["fingerprint"] == cohort.fingerprint(
        cohort.read_reports(cohort.BUNDLED) if run.kind == "train" else bundled_test()
    ), "the bundled reports have changed since: make the run again and record it"
    assert run.predictions["report_id"].isin(bundled_test()["report_id"]).all()
    assert "changes" not in run.record["provenance"]["commit"], "a run of code that no commit holds cannot be made again"
    if run.kind == "train":
        recipe, _, seed = run.name.rpartition("-seed")
        how = RECIPES.get(recipe) or RECIPES[recipe.rpartition("-")[0]]
        todays = settings(RECORDED, **how.settings, seed=int(seed))
        changed = {f.name for f in dataclasses.fields(Settings) if getattr(todays, f.name) != getattr(run.settings, f.name)}
        assert changed <= ({"tasks"} if how.single_task else set()), "the profile has changed since: make the run again"


def test_the_recorded_adapter_reads_plain_reports_without_any_training():
    run = store.open_run("standard/lora-seed42")
    table = pd.DataFrame({"report_id": ["a", "b"], "patient_id": ["a", "b"], "text": [text for text, _ in CASES]})
    found = predict_with_run(run, table, progress=False).set_index(["report_id", "task"])["predicted"]
    for name, (_, expected) in zip("ab", CASES, strict=True):
        assert {task: found[name, task] for task in expected} == expected
