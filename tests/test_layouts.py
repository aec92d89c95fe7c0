"""Layouts: what a prompt costs, passes counted, and the verdicts."""

import json

import pandas as pd
import pytest

from pathmtl import paper
from pathmtl.analysis.compare import HELD, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.layouts import passes, prompt_sizes
from pathmtl.experiments.evidence import sources_of
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.experiments.store import Run
from pathmtl.model.backbone import load_tokenizer
from pathmtl.paper.arithmetic import least_joint_ratio, printed_ratio
from pathmtl.paper.claims import CLAIMS, Evidence, judge, on_page, verdict_table
from pathmtl.paper.measures_of_labels import one_per_field
from pathmtl.prompt import Slicing
from pathmtl.schema import CLASSES, PAPER_TASKS, TASKS
from pathmtl.viz.cost_tables import costs_of_layouts


def labels(**columns):
    rows = max(len(values) for values in columns.values())
    return pd.DataFrame({task: columns.get(task, [None] * rows) for task in TASKS}, dtype=object)


def test_passes_are_labels_or_reports():
    stated = labels(T=["T1", "T2", None, None], ER=["Positive", None, "Negative", None], M=["M0", "M0", "M0", "M0"])
    found = passes(stated)
    assert found.loc["per_field"].tolist() == [4, 4, 1.0] and found.loc["joint"].tolist() == [3, 4, 4 / 3]
    assert passes(labels(M=["M0"]))["ratio"].isna().all(), "M is not among the paper's six"


def points_to_a_field(printed, joint):
    claim = next(claim for claim in CLAIMS if claim.id == "layout-times")
    return judge(claim, Evidence(), measured=one_per_field(printed, joint)).word


def test_the_papers_own_counts_and_times():
    assert printed_ratio() == pytest.approx(3473 / 3434)
    assert least_joint_ratio() == pytest.approx(11784 / 8541.6)
    assert points_to_a_field(printed_ratio(), least_joint_ratio()) == HELD


@pytest.mark.parametrize(
    ("printed", "joint", "word"),
    [(1.0, 3.0, HELD), (3.0, 3.0, NOT_HELD), (2.0, 3.0, NOT_HELD), (1.0, 1.05, UNTESTED), (1.0, float("nan"), UNTESTED)],
)
def test_what_a_ratio_of_times_points_to(printed, joint, word):
    assert points_to_a_field(printed, joint) == word


def test_prompts_and_tokens_of_both_layouts():
    tokenizer = load_tokenizer("smollm2-135m")
    text = "FINAL DIAGNOSIS\nInvasive carcinoma, pT2 pN0. ER positive."
    slicings = {
        "field": Slicing(window_lines=1, max_length=96),
        "shared": Slicing(window_lines=1, max_length=160, prompt_mode="shared"),
        "joint": Slicing(window_lines=1, max_length=400, prompt_mode="joint"),
    }
    sizes = prompt_sizes([text, text], tokenizer, slicings, TASKS)
    assert sizes.loc["field", "prompts"] == len(TASKS) and sizes.loc["joint", "prompts"] == 1
    assert sizes.loc["field", "tokens"] == pytest.approx(len(TASKS) * sizes.loc["field", "each"])
    assert sizes.loc["joint", "full"] == 0 and sizes.loc["joint", "computed"] == sizes.loc["joint", "tokens"]
    report = len(tokenizer(f"Report: {text}", add_special_tokens=False)["input_ids"])
    saved = sizes.loc["shared", "tokens"] - sizes.loc["shared", "computed"]
    assert sizes.loc["shared", "prompts"] == len(TASKS) and saved >= (len(TASKS) - 1) * report
    assert prompt_sizes([text], tokenizer, {"cut": Slicing(max_length=20, prompt_mode="joint")}, TASKS).loc["cut", "full"] == 1


def frame(right, truth=True):
    rows = []
    for i in range(60):
        for task in PAPER_TASKS:
            classes = CLASSES[task]
            label = classes[i % len(classes)]
            said = label if right else classes[0]
            rows.append((f"r{i}", f"p{i}", task, label if truth else None, said, [float(said == c) for c in classes]))
    columns = ["report_id", "patient_id", "task", "truth", "predicted", "probabilities"]
    return pd.DataFrame(rows, columns=columns)


@pytest.fixture
def table(tmp_path):
    def make(seeds=3, **rows):
        outcomes = {}
        for row, (predictions, train, answer, memory) in rows.items():
            folder = tmp_path / f"{row}-{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            cost = {"train_seconds": train, "predict_seconds": answer, "peak_memory_mb": memory}
            cost |= {"trainable_parameters": 1000, "examples_per_second": 1.0}
            data = {"examples": 300, "train": 100, "test": 50}
            (folder / "run.json").write_text(json.dumps({"cost": cost, "data": data}))
            pd.DataFrame({"step": [1, 2, 38], "epoch": [0.1, 0.2, 1.0]}).to_csv(folder / "history.csv", index=False)
            outcomes[row] = [RowResult(row, row.title(), seed, predictions, (Run(folder),)) for seed in range(seeds)]
        return TableResult("layouts", "quick", pd.DataFrame(), True, True, outcomes)

    return make


def test_costs_are_shown_a_report(table):
    shown = costs_of_layouts(table(joint=(frame(True), 90.0, 5.0, 1200.0)))
    row = shown.loc["Joint"]
    assert (row["per report"], row["Optimization steps"], row["Answering, ms per report"]) == ("3.00", "38", "100")


def layout_verdicts(live, recorded=None, labels=None, resamples=200):
    sources = sources_of(live, recorded, live_only={"labels": labels}, resamples=resamples)
    return verdict_table([claim for claim in on_page("layouts") if "shared" not in claim.id], sources)


def test_verdicts_where_joint_is_as_good_and_cheaper_and_where_it_is_neither(table):
    many = labels(**{task: [CLASSES[task][0]] * 5 for task in PAPER_TASKS})
    good = table(per_field=(frame(True), 100.0, 50.0, 1000.0), joint=(frame(True), 40.0, 48.0, 1010.0))
    found = layout_verdicts(good, table(), labels=many, resamples=20)
    assert found["Verdict, this run"].tolist() == [HELD, HELD, HELD, TIE, HELD] and "Recorded" not in found
    assert found["This run"].iloc[0] == "× 1.00 a field, × 6.00 jointly" and len(found) == 5
    bad = table(per_field=(frame(True), 100.0, 50.0, 1000.0), joint=(frame(False), 140.0, 80.0, 2000.0))
    found = layout_verdicts(bad, good, labels=many, resamples=20)
    # Nothing it says of scores counts, for it ranks the classes worse than chance; its costs do.
    assert found["Verdict, this run"].tolist() == [HELD, UNTESTED, NOT_HELD, NOT_HELD, NOT_HELD]
    assert found["Verdict, recorded"].tolist()[:2] == [UNTESTED, HELD]


def test_a_report_read_once_is_judged_like_the_joint_prompt(table):
    sources = sources_of(
        table(per_field=(frame(True), 100.0, 50.0, 1000.0), shared=(frame(True), 40.0, 48.0, 1000.0)), None, resamples=20
    )
    judged = verdict_table([claim for claim in on_page("layouts") if "shared" in claim.id], sources)
    assert judged["Verdict, this run"].tolist() == [HELD, HELD, TIE]


def test_without_labels_only_costs_are_judged(table):
    bare = frame(True, truth=False)
    once = layout_verdicts(table(seeds=1, per_field=(bare, 100.0, 50.0, 1000.0), joint=(bare, 40.0, 20.0, 1000.0)))
    assert once["Verdict, this run"].tolist()[2:] == [UNTESTED, UNTESTED, HELD], "a single timing decides nothing"
    found = layout_verdicts(table(per_field=(bare, 100.0, 50.0, 1000.0), joint=(bare, 40.0, 20.0, 1000.0)))
    assert found["Verdict, this run"].tolist() == [UNTESTED, UNTESTED, HELD, HELD, HELD]
    assert found["Paper"].iloc[0] == f"× {paper.TABLE_3.loc['stl', 'seconds'] / paper.TABLE_3.loc['mtl', 'seconds']:.2f}"
