"""What stands in book/results/: runs of the bundled reports, made with today's profile, and one adapter that predicts."""

import dataclasses
import json
import re
import subprocess
import sys

import pandas as pd
import pytest
import torch
from conftest import ROOT

from pathmtl import cohort
from pathmtl.experiments import store
from pathmtl.experiments.data import bundled, bundled_test
from pathmtl.experiments.predict_with_run import predict_with_run
from pathmtl.experiments.recipes import RECIPES, RECORDED
from pathmtl.experiments.runs import load_model
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


@pytest.fixture(scope="module")
def held_out():
    return bundled_test()


@pytest.fixture(scope="module")
def fingerprints(held_out):
    """Of all bundled reports and of their test split."""
    return cohort.fingerprint(bundled()), cohort.fingerprint(held_out)


@pytest.mark.parametrize("run", RUNS, ids=lambda run: run.name)
def test_a_recorded_run_is_one_of_the_bundled_reports_and_of_todays_profile(run, held_out, fingerprints):
    assert run.record["data"]["fingerprint"] == fingerprints[run.kind == "zero_shot"], (
        "the bundled reports have changed since: make the run again and record it"
    )
    assert run.predictions["report_id"].isin(held_out["report_id"]).all()
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


def test_the_lines_of_the_readme_load_it_with_plain_peft_in_a_fresh_process():
    lines = re.search(
        r"((?:    .*\n)*    model = PeftModel.from_pretrained.*\n)", (ROOT / "README.md").read_text(encoding="utf-8")
    )
    run = store.open_run("standard/lora-seed42")
    model, builder = load_model(run)
    prompts = [prompt.input_ids for text, _ in CASES for prompt in builder.build(text, ["T", "N", "grade"])]
    code = (
        re.sub("^    ", "", lines[1], flags=re.MULTILINE)
        + "import json, sys\n"
        + "print(json.dumps([model(**model.batch([ids])).logits[0].tolist() for ids in json.load(sys.stdin)]))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=json.dumps(prompts), capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    with torch.no_grad():
        ours = torch.cat([model(**model.batch([ids])).logits for ids in prompts])
    torch.testing.assert_close(torch.tensor(json.loads(done.stdout)), ours, atol=1e-3, rtol=1e-3)


def test_the_recorded_adapter_names_no_folder_of_the_machine_that_made_it():
    config = json.loads((store.open_run("standard/lora-seed42").folder / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] is None and config["modules_to_save"][0] == "heads.T"
