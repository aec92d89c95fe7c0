"""A comparison counts where the model is above what its hints, or nothing, would give, and where its input holds the evidence."""

import dataclasses

import pandas as pd
import pytest
from test_experiments import table_of

from pathmtl.analysis.compare import HELD, NOT_HELD, UNTESTED
from pathmtl.experiments import store
from pathmtl.experiments.results import RowResult
from pathmtl.paper.claims import CLAIMS, Claim, Evidence, judge
from pathmtl.paper.gate import LEAST_EVIDENCE, counted, enough, gate, gate_table
from pathmtl.schema import CLASSES, PAPER_TASKS

REPORTS = 60
SHARES: dict[str, dict[str, float]] = {}


@pytest.fixture(autouse=True)
def shares(monkeypatch):
    """The evidence in a row's input, by the row's name."""
    SHARES.clear()
    monkeypatch.setattr(RowResult, "evidence", property(lambda row: SHARES.get(row.row, {})))


@pytest.fixture
def made(tmp_path):
    """A row of a kind, with hints or none, that answers a share of each task's reports correctly."""

    def row(name, right, kind="train", hints="none", method="", seed=42):
        shares = right if isinstance(right, dict) else dict.fromkeys(PAPER_TASKS, right)
        lines = []
        for task, share in shares.items():
            first, second = CLASSES[task][:2]
            for i in range(REPORTS):
                truth = first if i % 3 else second
                other = second if truth == first else first
                answer = share if isinstance(share, str) else truth if (i * 7 + seed) % REPORTS < share * REPORTS else other
                probabilities = [float(answer == name) for name in CLASSES[task]]
                lines.append((f"SYN-{i}", f"p{i}", task, truth, truth, answer, probabilities))
        columns = ["report_id", "patient_id", "task", "truth", "oracle", "predicted", "probabilities"]
        folder = tmp_path / f"{name}{seed}"
        folder.mkdir(exist_ok=True)
        settings = {"hints": hints, "method": method, "epochs": 1}
        store.write_record(folder, {"key": name, "kind": kind, "settings": settings, "cost": {}})
        runs = () if kind == "rules" else (store.Run(folder),)
        return RowResult(name, name, seed, pd.DataFrame(lines, columns=columns), runs)

    return row


def hint_control(made, right, hints="oracle"):
    return made(f"hint-linear-{hints}", right, "control", hints, "hint-linear")


CLAIM = Claim("x", "A beats B", "words", "V", "better", table="table4", a="window", b="random")
ALIKE = dataclasses.replace(CLAIM, kind="alike")


def judged(claim, *rows):
    return judge(claim, Evidence({"table4": table_of(*rows, name="table4")}, resamples=200))


@pytest.mark.parametrize(
    ("hints", "control", "word", "reason"),
    [
        ("oracle", 0.6, HELD, ""),
        ("oracle", 1.0, UNTESTED, "window: not above a linear model of its hints alone"),
        ("literal", 0.6, UNTESTED, "window: no linear model of its hints alone answers the same reports"),
        ("none", 1.0, HELD, ""),
    ],
)
def test_a_winner_must_be_above_the_control_of_its_own_input(made, hints, control, word, reason):
    rows = made("window", 0.95, hints=hints), made("random", 0.6, hints=hints), hint_control(made, control)
    found = judged(CLAIM, *rows)
    assert found.word == word and reason in found.reason and found.measured.startswith("+0.")


def test_without_hints_the_commonest_answer_and_a_coin_are_not_enough(made):
    constant = {task: CLASSES[task][0] for task in PAPER_TASKS}
    for right in (constant, 0.5):
        found = judged(CLAIM, made("window", right), made("random", {t: CLASSES[t][1] for t in PAPER_TASKS}))
        assert found.word == UNTESTED and "window: not above always giving the commonest answer" in found.reason


def test_the_loser_need_not_count_but_both_of_two_alike_must(made):
    rows = made("window", 0.95, hints="oracle"), made("random", 0.6, hints="oracle"), hint_control(made, 0.6)
    assert judged(CLAIM, *rows).word == HELD
    open_gate = Evidence({"table4": table_of(*rows, name="table4")}, resamples=200).without_gate()
    assert judge(ALIKE, open_gate).word == NOT_HELD
    found = judged(ALIKE, *rows)
    assert found.word == UNTESTED and found.reason == "random: not above a linear model of its hints alone"
    fair = dataclasses.replace(CLAIM, fair=("random",))
    assert judged(fair, *rows).word == UNTESTED
    assert judged(ALIKE, rows[0], made("random", 0.8, hints="oracle"), rows[2]).word == NOT_HELD


def test_an_input_without_half_of_the_evidence_tests_nothing(made):
    rows = made("window", 0.95), made("random", 0.6)
    SHARES["window"] = dict.fromkeys(PAPER_TASKS, LEAST_EVIDENCE)
    assert judged(CLAIM, *rows).word == HELD
    SHARES["window"] = dict.fromkeys(PAPER_TASKS, LEAST_EVIDENCE - 0.01)
    found = judged(CLAIM, *rows)
    assert found.word == UNTESTED and found.reason == "window: less than half of the evidence is in its input"


def test_tasks_count_one_by_one(made):
    weak = {"ER": 0.6, "PR": 0.6}
    window = made("window", {**dict.fromkeys(PAPER_TASKS, 0.95), **weak}, hints="oracle")
    rows = window, made("random", 0.6, hints="oracle"), hint_control(made, 0.6)
    assert judged(dataclasses.replace(CLAIM, task="T"), *rows).word == HELD
    assert judged(dataclasses.replace(CLAIM, task="ER"), *rows).word == UNTESTED
    overall = judged(CLAIM, *rows)
    assert overall.word == HELD
    assert "on T, N, grade, HER2 only: window: not above a linear model of its hints alone (ER, PR)" in overall.reason
    full = judged(CLAIM, made("window", 0.95, hints="oracle"), *rows[1:])
    assert overall.measured == full.measured, "the same four tasks, the same difference"
    found = judged(CLAIM, made("window", {**dict.fromkeys(PAPER_TASKS, 0.6), "T": 0.95}, hints="oracle"), *rows[1:])
    assert found.word == UNTESTED, "one task of six is no overall comparison"


@pytest.mark.parametrize(("passed", "tasks", "yes"), [(0, 0, False), (0, 1, False), (1, 1, True), (3, 6, True), (2, 6, False)])
def test_half_of_the_tasks_are_enough(passed, tasks, yes):
    assert enough(["T"] * passed, ["T"] * tasks) == yes


def test_reports_that_the_control_does_not_answer_test_nothing(made):
    rows = made("window", 0.95, hints="oracle"), made("random", 0.6, hints="oracle")
    control = hint_control(made, 0.6)
    fresh = [
        dataclasses.replace(row, predictions=row.predictions.assign(report_id="F" + row.predictions["report_id"])) for row in rows
    ]
    assert judged(CLAIM, *rows, control).word == HELD
    found = judged(CLAIM, *fresh, control)
    assert found.word == UNTESTED and "answers the same reports" in found.reason
    again = dataclasses.replace(control, predictions=control.predictions.assign(report_id="F" + control.predictions["report_id"]))
    assert judged(CLAIM, *fresh, again).word == HELD, "whatever reports the runs were tested on"
    assert judged(CLAIM, fresh[0], rows[1], again).word == UNTESTED, "rows on other reports cannot be compared"


def test_rules_and_controls_have_no_gate(made):
    evidence = Evidence({"table4": table_of(made("naive", 0.5, "rules"), hint_control(made, 0.5), name="table4")}, resamples=20)
    assert gate("table4", "naive", evidence) is None and gate("table4", "hint-linear-oracle", evidence) is None
    assert gate("table4", "nothing", evidence) is None and counted([None], ["T"]) == (["T"], "")


def test_the_gates_are_listed_with_their_reasons(made):
    SHARES["random"] = {"T": 0.1, **dict.fromkeys(PAPER_TASKS[1:], 0.9)}
    table = table_of(made("window", 0.6, hints="oracle"), made("random", 0.95), hint_control(made, 0.6), name="table4")
    found = gate_table(Evidence({"table4": table}, resamples=100))
    assert found.loc[("table4", "window"), ["Hints", "Evidence", "Counts on"]].tolist() == ["oracle", "–", "nothing"]
    row = found.loc[("table4", "random")]
    assert (row["Evidence"], row["Counts on"]) == ("10% to 90%", "N, grade, ER, PR, HER2")
    assert row["Why not elsewhere"] == "less than half of the evidence is in its input (T)"
    assert gate_table(Evidence()).empty


def test_seeds_that_disagree_make_a_tie_of_what_one_seed_would_call_held(made):
    def rows(*shares):
        return [made("window", share, seed=seed) for seed, share in enumerate(shares)]

    claim = dataclasses.replace(CLAIM, b="constant")
    control = made("constant", 0.7, "control", method="constant")
    assert judged(claim, *rows(0.95), control).word == HELD
    assert "one seed" in judged(claim, *rows(0.95), control).reason
    spread = judged(claim, *rows(1.0, 0.72, 0.98), control)
    assert spread.word != HELD and "one seed" not in spread.reason


def curves(made, tmp_path, row, losses, seconds, epochs=3):
    """A row that trained for some epochs, with one validation loss each."""
    one = made(row, 0.95)
    folder = one.runs[0].folder
    history = {"step": range(len(losses)), "epoch": [(i + 1) * epochs / len(losses) for i in range(len(losses))]}
    pd.DataFrame({**history, "loss": losses, "eval_loss": losses}).to_csv(folder / "history.csv", index=False)
    cost = {
        **dict.fromkeys(("predict_seconds", "examples_per_second", "peak_memory_mb", "trainable_parameters"), 1),
        "train_seconds": seconds,
    }
    store.write_record(folder, {"key": row, "kind": "train", "settings": {"epochs": epochs, "hints": "none"}, "cost": cost})
    return dataclasses.replace(one, runs=(store.Run(folder),))


@pytest.mark.parametrize(
    ("lora", "other", "word", "measured"),
    [
        # LoRA is there after a third of its time, the other at its end: 30 s against 60 s.
        (([0.1, 0.1, 0.1], 90), ([0.9, 0.5, 0.1], 60), HELD, "× 0.50"),
        (([0.9, 0.5, 0.1], 90), ([0.1, 0.1, 0.1], 90), NOT_HELD, "× 3.00"),
    ],
)
def test_faster_is_the_time_to_a_loss_within_a_tenth_of_the_lowest(made, tmp_path, lora, other, word, measured):
    claim = next(claim for claim in CLAIMS if claim.id == "table2-faster-ia3")
    rows = curves(made, tmp_path, "lora", *lora), curves(made, tmp_path, "ia3", *other)
    found = judge(claim, Evidence({"table2": table_of(*rows * 3)}, resamples=50))
    assert found.word == word and found.measured.startswith(measured)
    once = judge(claim, Evidence({"table2": table_of(*rows)}, resamples=50))
    assert once.word == UNTESTED and "fewer than 3 timings" in once.reason
    short = curves(made, tmp_path, "lora", *lora, epochs=1), rows[1]
    assert "not trained for several epochs" in judge(claim, Evidence({"table2": table_of(*short)}, resamples=50)).reason


def test_faster_than_a_loss_that_never_fell_says_nothing(made, tmp_path):
    claim = next(claim for claim in CLAIMS if claim.id == "table2-faster-ia3")
    idle = dataclasses.replace(curves(made, tmp_path, "ia3", [0.9, 0.9, 0.9], 60), predictions=made("x", 0.5).predictions)
    found = judge(claim, Evidence({"table2": table_of(curves(made, tmp_path, "lora", [0.1] * 3, 30), idle)}, resamples=50))
    assert found.word == UNTESTED and "ia3: not above" in found.reason
