"""The paper's tables as named runs: every row has settings and a command, shared rows are one run, claims are judged."""

import ast
import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import pathmtl
from pathmtl import cohort, paper
from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.experiments import data as experiment_data
from pathmtl.experiments import evidence, recipes, results, runs, store
from pathmtl.experiments.data import bundled, read_data
from pathmtl.experiments.evidence import recorded_evidence, sources_of
from pathmtl.experiments.keys import source_hash
from pathmtl.experiments.recipes import RECIPES, TABLES, resolve, resolve_runs
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.experiments.runner import announced, get_or_train, predict, run_table
from pathmtl.experiments.store import Run
from pathmtl.model.adapters import PEFT_METHODS
from pathmtl.paper.claims import CLAIMS, Evidence, judge, on_page, printed, verdict_table
from pathmtl.schema import CLASSES, PAPER_TASKS
from pathmtl.training.settings import PROFILES, Settings
from pathmtl.viz import comparison_tables as comparison
from pathmtl.viz import cost_tables

ROWS = [(name, row, recipe) for name, rows in TABLES.items() for row, recipe in rows.items()]


def supported(recipe):
    """Whether this version of the library has the methods and settings of a recipe."""
    how = RECIPES[recipe]
    fields = {field.name for field in dataclasses.fields(Settings)}
    return how.kind != "train" or (set(how.settings) <= fields and how.settings.get("peft_method", "lora") in PEFT_METHODS)


@pytest.fixture(autouse=True)
def stores(tmp_path, monkeypatch, shared_runs):
    monkeypatch.setenv("PATHMTL_RUNS", str(shared_runs))
    monkeypatch.setenv("PATHMTL_RESULTS", str(tmp_path / "results"))


@pytest.fixture(scope="module")
def shared_runs(tmp_path_factory):
    """One store for the module, as one serves a whole book: what a test has trained, the next one reads."""
    return tmp_path_factory.mktemp("runs")


@pytest.fixture
def own_store(tmp_path, monkeypatch):
    monkeypatch.setenv("PATHMTL_RUNS", str(tmp_path / "runs"))


@pytest.fixture(scope="module")
def corpus_file(tmp_path_factory):
    """A few bundled reports of each split as a file of their own: enough to train on in seconds."""
    table = bundled()
    parts = [table[table["split"] == name].head(count) for name, count in (("train", 30), ("validation", 4), ("test", 12))]
    path = tmp_path_factory.mktemp("corpus") / "few.parquet"
    pd.concat(parts, ignore_index=True).to_parquet(path)
    return str(path)


@pytest.fixture
def tiny(tiny_backbone):
    return {"backbone": tiny_backbone, "layers": None, "precision": "fp32", "max_train_reports": None, "epochs": 0.5}


@pytest.mark.parametrize(("name", "row", "recipe"), ROWS, ids=[f"{name}/{row}" for name, row, _ in ROWS])
@pytest.mark.parametrize("profile", PROFILES)
def test_every_row_of_every_table_has_valid_settings_in_every_profile(name, row, recipe, profile):
    if not supported(recipe):
        pytest.skip(f"{recipe}: not in this version")
    chosen = resolve_runs(profile, row, seed=7)
    assert chosen == resolve_runs(profile, recipe, seed=7), "a row means the same in every table"
    assert len(chosen) == len(recipes.run_names(recipe, 7)) == {"stl": 6, "naive": 0, "oracle": 0}.get(recipe, 1)
    assert all(one.seed == 7 for one in chosen)
    if recipe == "stl":
        assert [one.tasks for one in chosen] == [(task,) for task in PAPER_TASKS]
    if RECIPES[recipe].kind == "train":
        # A row differs from the multi-task LLM in what its name says, and in nothing else.
        lora = resolve(profile, "lora", seed=7)
        differ = {
            field.name for field in dataclasses.fields(Settings) if getattr(chosen[0], field.name) != getattr(lora, field.name)
        }
        own = {name for name, value in RECIPES[recipe].settings.items() if value != getattr(lora, name)}
        # One prompt for all fields, or one that shares its report, does not fit into the length of one field's.
        longer = {"max_length"} if own == {"prompt_mode"} and chosen[0].max_length > lora.max_length else set()
        assert differ == own | longer | ({"tasks"} if recipe == "stl" else set())


def test_every_printed_row_of_the_papers_tables_is_a_row_here():
    assert set(paper.TABLE_1) <= set(TABLES["table1"])
    for name, printed_table in (("table2", paper.TABLE_2), ("table3", paper.TABLE_3), ("table4", paper.TABLE_4)):
        assert set(printed_table.index) <= set(TABLES[name])
        assert all(paper.scores_of(name, row) is not None for row in printed_table.index)
    assert paper.scores_of("table2", "prompt") is None and paper.scores_of("layouts", "joint") is None


def test_slicings_are_crossed_with_hints():
    crossed = {
        (RECIPES[r].settings.get("slicing", "window"), RECIPES[r].settings.get("hints", "oracle"))
        for r in TABLES["table4"].values()
    }
    assert crossed == {(slicing, hints) for slicing in ("window", "full", "random") for hints in ("oracle", "none")}


def test_unknown_tables_and_rows_are_named():
    with pytest.raises(recipes.ExperimentError, match="no table 'table5'; there are table1"):
        run_table("table5")
    with pytest.raises(recipes.ExperimentError, match="table3 has no row 'lora'; it has stl, mtl"):
        run_table("table3", rows=["lora"])
    with pytest.raises(recipes.ExperimentError, match="no row 'loora'; there are naive, lora"):
        resolve("quick", "loora")
    with pytest.raises(recipes.ExperimentError, match="rules have no settings"):
        resolve("quick", "oracle")


def test_rows_are_made_once_shared_between_tables_and_counted(own_store, tiny, corpus_file, capsys, monkeypatch):
    first = run_table("table4", "smoke", corpus_file, corpus_file, rows=["window", "full"], **tiny)
    printed = capsys.readouterr().err
    assert "2 of 2 runs are not in the store" in printed
    assert "run 1 of 2: Full text" in printed and "run 2 of 2: Window" in printed
    assert "everything left" in printed
    monkeypatch.setattr(runs, "execute", None)  # whatever is made from here on fails
    again = run_table("table3", "smoke", corpus_file, corpus_file, rows=["mtl"], **tiny)
    assert again["mtl"].runs[0].folder == first["window"].runs[0].folder
    assert "are not in the store" not in capsys.readouterr().err
    assert again["mtl"].runs[0].record.get("name") is None, "settings of one's own carry no row's name: they cannot be recorded"
    assert set(first["full"].predictions.columns) >= {"truth", "oracle", "predicted", "probabilities"}
    assert first.held_out and first.labeled and len(first.reports) == 12


def test_stopped_at_the_second_row_the_first_is_kept(own_store, tiny, corpus_file, monkeypatch):
    real, made = runs.execute, []

    def execute(settings, *arguments, **options):
        if made:
            raise KeyboardInterrupt
        made.append(settings)
        return real(settings, *arguments, **options)

    monkeypatch.setattr(runs, "execute", execute)
    with pytest.raises(KeyboardInterrupt):
        run_table("table4", "smoke", corpus_file, corpus_file, rows=["window", "full"], progress=False, **tiny)
    assert [run.settings.slicing for run in store.live_runs()] == ["full"]
    assert [path for path in store.live().iterdir() if path.name.startswith(".")] == []


def test_single_task_models_answer_their_own_task_and_their_costs_add_up(tiny, corpus_file):
    table = run_table("table3", "smoke", corpus_file, corpus_file, progress=False, **tiny)
    stl, mtl = table["stl"], table["mtl"]
    assert [run.tasks for run in stl.runs] == [(task,) for task in PAPER_TASKS]
    assert set(stl.predictions["task"]) == set(PAPER_TASKS) and not stl.predictions.duplicated(["report_id", "task"]).any()
    assert stl.cost["models"] == 6 and mtl.cost["models"] == 1
    assert stl.cost["trainable_parameters"] == sum(run.record["cost"]["trainable_parameters"] for run in stl.runs)
    ratio = judge(next(c for c in CLAIMS if c.what == "trainable_parameters"), Evidence({"table3": table}))
    assert ratio.word == HELD and ratio.measured.startswith("× 0.1")


def test_other_reports_are_evaluated_whole_with_or_without_labels(tiny, corpus_file, tmp_path):
    own = pd.DataFrame({"report_id": ["a", "b"], "text": ["Grade 2. pT2 pN0.", "ER positive. pT1c."], "T": ["T2", "T1"]})
    own.to_csv(tmp_path / "own.csv", index=False)
    own.drop(columns="T").to_csv(tmp_path / "bare.csv", index=False)
    table = run_table("table1", "smoke", str(tmp_path / "own.csv"), corpus_file, progress=False, **tiny)
    assert not table.held_out and table.labeled
    assert table["lora"].predictions[["report_id", "task", "truth"]].to_numpy().tolist() == [["a", "T", "T2"], ["b", "T", "T1"]]
    bare = run_table("table1", "smoke", str(tmp_path / "bare.csv"), corpus_file, progress=False, **tiny)
    assert not bare.labeled and comparison.score_tables(bare) == {}
    assert set(comparison.coverage(bare).loc["T Stage"]) == {"1.00"}
    assert len(comparison.coverage(bare).columns) == 3, "controls always answer, so they are left out"
    assert set(verdict_table(on_page("table1_baseline"), sources_of(bare))["Verdict, this run"]) == {UNTESTED}


def outcome(row, right, cost=None, tasks=PAPER_TASKS, tmp=None, reports=60):
    """A row that answers a share ``right`` of the reports correctly, always the same ones first."""
    rows = []
    for task in tasks:
        classes = CLASSES[task]
        for i in range(reports):
            truth = classes[i % 2]
            answer = truth if i < right * reports else classes[1 - i % 2]
            rows.append((f"SYN-{i}", f"p{i}", task, truth, truth, answer, [float(answer == c) for c in classes]))
    columns = ["report_id", "patient_id", "task", "truth", "oracle", "predicted", "probabilities"]
    made = ()
    if cost is not None:
        (tmp / row).mkdir(exist_ok=True)
        store.write_record(tmp / row, {"key": row, "cost": {"predict_seconds": 1, "examples_per_second": 1, **cost}})
        made = (Run(tmp / row),)
    return RowResult(row, row, 42, pd.DataFrame(rows, columns=columns), made)


def table_of(*outcomes, name="table2"):
    grouped = {}
    for one in outcomes:
        grouped.setdefault(one.row, []).append(one)
    return TableResult(name, "standard", pd.DataFrame(), True, True, grouped)


def judged(asked, table, resamples=100):
    """The claim on one table, under the name that it asks for."""
    return judge(asked, Evidence({asked.table: table}, resamples=resamples))


def claim(name, a, b, what="macro_f1"):
    return next(c for c in CLAIMS if (c.table, c.a, c.b, c.what) == (name, a, b, what))


@pytest.mark.parametrize(
    ("a", "b", "better", "alike"),
    [(1.0, 0.5, HELD, NOT_HELD), (0.5, 1.0, NOT_HELD, NOT_HELD), (0.9, 0.9, TIE, HELD), (1.0, 0.98, TIE, UNTESTED)],
)
def test_claims_about_scores(a, b, better, alike):
    table = table_of(outcome("lora", a), outcome("frozen", b), outcome("prefix", b), outcome("ia3", a))
    assert judged(claim("table2", "lora", "frozen"), table).word == better
    assert judged(claim("table2", "ia3", "frozen"), table).word == alike
    assert judged(claim("table2", "prefix", "lora"), table).word == alike
    assert judged(claim("table4", "window", "random"), table).word == UNTESTED, "rows that are not there test nothing"


def test_claims_about_costs(tmp_path):
    costs = {"lora": (100, 14), "ia3": (104, 12), "prefix": (200, 10), "frozen": (20, 5)}
    once = [
        outcome(row, 0.9, {"train_seconds": s, "peak_memory_mb": m, "trainable_parameters": 1}, tmp=tmp_path)
        for row, (s, m) in costs.items()
    ]
    table = table_of(*once * 3)
    memory = claim("table2", "prefix", "lora", "peak_memory_mb")
    times = [dataclasses.replace(memory, a="lora", b=other, what="train_seconds") for other in ("ia3", "prefix", "frozen")]
    assert [judged(each, table).word for each in times] == [TIE, HELD, NOT_HELD]
    assert {judged(each, table_of(*once)).word for each in times} == {UNTESTED}, "a single timing decides nothing"
    assert judged(memory, table).word == HELD


def test_other_settings_are_named_in_captions_and_commands(tmp_path, corpus_file):
    assert recipes.command("table2", "lora", "quick", 42, {"rank": 8}) == (
        "pathmtl experiment table2 --row lora --profile quick --set rank=8"
    )
    made = run_table("table1", "smoke", corpus_file, corpus_file, rows=["naive"], rank=8, dropout=0.0, progress=False)
    assert made.made_with == "smoke profile with rank=8" and table_of().made_with == "standard profile"


def test_a_model_that_learnt_nothing_tests_no_claim(tmp_path):
    cost = {"train_seconds": 1, "peak_memory_mb": 1, "trainable_parameters": 1}
    for share, word in ((0.5, UNTESTED), (0.8, NOT_HELD)):
        table = table_of(
            *(outcome(row, right, cost, tmp=tmp_path) for row, right in (("window", 1.0), ("window-nohints", share)))
        )
        found = judged(claim("table4", "window-nohints", "window"), table)
        assert found.word == word and found.measured.startswith(f"-{1 - share:.1f}"[:3])


def test_to_be_better_than_a_model_that_learnt_nothing_takes_one_that_did(tmp_path):
    cost = {"train_seconds": 1, "peak_memory_mb": 1, "trainable_parameters": 1}
    asked = claim("table4", "window-nohints", "random-nohints")
    for share, word in ((1.0, HELD), (0.5, UNTESTED)):
        rows = (("window-nohints", share), ("random-nohints", 0.5))
        table = table_of(*(outcome(row, right, cost, tmp=tmp_path) for row, right in rows))
        assert judged(asked, table).word == word


def test_what_learnt_nothing_in_the_recorded_runs_is_judged_on_those_trained_longer(tmp_path, monkeypatch):
    cost = {"train_seconds": 1, "peak_memory_mb": 1, "trainable_parameters": 1}

    def rows(right):
        both = (("window-nohints", right), ("random-nohints", 0.5))
        return [outcome(row, share, cost, tmp=tmp_path) for row, share in both]

    def longer(name, profile):
        assert (name, profile) == ("table4", "longer")
        return table_of(*longer.outcomes)

    def both(table):
        kept = recorded_evidence({"table4": table}, resamples=50)
        return judge(asked, kept), judged(asked, table, resamples=50)

    monkeypatch.setattr(evidence, "recorded", longer)
    asked = claim("table4", "window-nohints", "window")
    short = table_of(outcome("window", 1.0, cost, tmp=tmp_path), *rows(0.5))
    longer.outcomes = []
    found, alone = both(short)
    assert found == alone and found.word == UNTESTED
    longer.outcomes = [outcome("window", 1.0, cost, tmp=tmp_path), outcome("window-nohints", 0.8, cost, tmp=tmp_path)]
    found, _ = both(short)
    assert found.word == NOT_HELD and found.measured.endswith(", trained longer")
    found, alone = both(table_of(outcome("window", 1.0, cost, tmp=tmp_path), *rows(1.0)))
    assert found == alone, "no need to look further"


def test_the_model_beside_its_teacher_says_which_to_use():
    frame, note = comparison.beside_teacher(table_of(outcome("lora", 0.8), outcome("oracle", 1.0), name="table1"), resamples=50)
    assert set(frame["The model is"]) == {"worse"} and "T Stage" in frame.index and "use the rules" in note
    frame, note = comparison.beside_teacher(table_of(outcome("lora", 1.0), outcome("oracle", 0.8), name="table1"), resamples=50)
    assert set(frame["The model is"]) == {"better"} and "behind its teacher nowhere" in note and "use the rules" not in note


def test_windows_crossed_with_hints_show_what_is_there():
    one = table_of(outcome("window-nohints", 0.9), outcome("random-nohints", 0.5), outcome("window", 1.0), name="table4")
    found = comparison.window_by_hints(Evidence({"table4": one}, resamples=50).without_gate())
    assert found["Better (or alike)"].to_dict() == {"Hints, window": HELD, "Window against random, no hints": HELD}
    assert found.loc["Hints, window", "Macro-F1 difference"].startswith("+0.1")
    assert comparison.window_by_hints(Evidence({"table4": table_of(name="table4")})).empty


def test_no_comparison_of_collapsed_models_is_said_to_have_held(tmp_path):
    cost = {"train_seconds": 1, "peak_memory_mb": 1, "trainable_parameters": 1}
    rows = [outcome(row, 0.0, cost, tmp=tmp_path) for row in ("full-nohints", "window-nohints")]
    found = comparison.window_by_hints(Evidence({"table4": table_of(*rows, name="table4")}, resamples=50))
    assert found["Better (or alike)"].tolist() == [UNTESTED] and found["Why"].str.contains("not above").all()


def test_rows_that_learned_nothing_are_replaced_by_longer_training_or_named():
    def scored(low: float) -> pd.DataFrame:
        return pd.DataFrame({"auroc_low": [low]}, index=["Overall"])

    titles = {"window": "Window", "window-nohints": "Window, no hints", "full-nohints": "Full text, no hints"}
    tables = {"window": scored(0.9), "window-nohints": scored(0.5), "full-nohints": scored(0.5)}
    chosen, names, untrained = comparison.learned(tables, {"window-nohints": scored(0.8), "full-nohints": scored(0.4)}, titles)
    assert names == {"window": "Window", "window-nohints": "Window, no hints (trained longer)"}
    assert untrained == ["Full text, no hints"] and chosen["window-nohints"].iloc[0, 0] == 0.8


def test_costs_show_the_hardware_beside_every_time_and_the_range_over_seeds(tmp_path):
    rows = []
    for name, seconds in (("a", 30), ("b", 90), ("c", 40)):
        (tmp_path / name).mkdir()
        cost = {"train_seconds": seconds, "peak_memory_mb": 300, "trainable_parameters": 7}
        rows.append(outcome("lora", 1.0, cost, tmp=tmp_path / name))
        record = json.loads((rows[-1].runs[0].folder / "run.json").read_text())
        record["provenance"] = {"hardware": {"device": "A card"}}
        store.write_record(rows[-1].runs[0].folder, record)
    table = table_of(*[dataclasses.replace(one, runs=(Run(one.runs[0].folder),)) for one in rows])
    shown = cost_tables.costs("table2", table)
    assert shown.iloc[0]["Training, s", "this run, A card"] == "40 (30–90)"
    assert shown.iloc[0]["Trainable parameters", "this run"] == "7"
    points = cost_tables.cost_points("table2", table, comparison.score_tables(table, resamples=5))
    assert points[["cost", "source"]].values.tolist() == [[40, "here"], [paper.TABLE_2.loc["lora", "seconds"], "the paper"]]


def test_what_the_paper_prints_for_each_claim():
    assert printed(claim("table2", "lora", "frozen")) == f"{0.976 - 0.490:+.3f}"
    assert printed(claim("table2", "lora", "prefix", "train_seconds")) == f"× {3434 / 8517:.2f}"
    assert printed(claim("table3", "mtl", "stl")) == f"{0.976 - 0.914:+.3f}"
    her2 = next(c for c in CLAIMS if c.table == "table3" and c.task == "HER2")
    assert printed(her2) == f"{0.967 - 0.309:+.3f}"
    assert printed(claim("zero_shot", "lora", "generate")) == "–"
    assert all(c.table in TABLES and c.a in TABLES[c.table] and c.b in TABLES[c.table] for c in CLAIMS if c.table)


def test_paper_recorded_and_this_run_stand_side_by_side():
    live = table_of(outcome("lora", 0.9), outcome("frozen", 0.5))
    kept = table_of(outcome("lora", 1.0), outcome("lora", 0.95), outcome("lora", 1.0), outcome("frozen", 0.5))
    scored = [comparison.score_tables(table, resamples=20) for table in (live, kept)]
    shown = comparison.beside("table2", *scored, html=False)
    assert shown.loc["LoRA", ("Macro-F1", "paper")] == "0.976"
    assert shown.loc["LoRA", ("Macro-F1", "recorded")] == "0.983 ± 0.029 (3 seeds)"
    assert shown.loc["LoRA", ("Accuracy", "this run")].startswith("0.900 (0.")
    table = verdict_table(on_page("table2_peft"), sources_of(live, kept, resamples=50))
    row = table.loc["LoRA beats the frozen backbone"]
    assert row["Verdict, recorded"] == row["Verdict, this run"] == HELD and row["Paper"] == "+0.486"
    assert set(table.columns) >= {"Paper", "Recorded", "This run", "Verdict, recorded", "Verdict, this run"}


@pytest.fixture
def another_bundled_corpus():
    """Nothing remembered of the bundled reports, neither on the way in nor on the way out."""
    experiment_data.bundled.cache_clear()
    yield
    experiment_data.bundled.cache_clear()


def test_recorded_rows_come_back_by_seed_and_stand_in_only_for_the_same_settings(
    own_store, tiny_backbone, corpus_file, monkeypatch, another_bundled_corpus
):
    monkeypatch.setitem(
        PROFILES, "standard", dataclasses.replace(PROFILES["smoke"], backbone=tiny_backbone, layers=None, epochs=0.5)
    )
    monkeypatch.setattr(cohort, "BUNDLED_FILE", Path(corpus_file))
    for seed in (1, 2):
        made = run_table("table1", "standard", seeds=[seed], progress=False)
        for row in ("lora", *recipes.CONTROLS):
            store.record(made[row].runs[0])
    kept = results.recorded("table1")
    assert [one.seed for one in kept.outcomes["lora"]] == [1, 2] and kept["lora"].command.endswith("--seed 1")
    monkeypatch.setenv("PATHMTL_RUNS", str(store.live().with_name("empty")))
    monkeypatch.setattr(runs, "execute", None)
    stands_in = run_table("table1", "standard", seeds=[1], progress=False)
    assert stands_in["lora"].runs[0].recorded and stands_in.is_recorded and not made.is_recorded
    assert "These are the recorded runs" in stands_in.how_to_remake
    assert set(sources_of(stands_in, kept)) == {"Recorded"}, "one number is not shown twice"
    assert set(sources_of(made, kept)) == {"Recorded", "This run"}
    gap = stands_in["lora"].predictions["probability"] - made["lora"].predictions["probability"]
    assert np.isfinite(gap).all()
    monkeypatch.setenv("PATHMTL_TRAIN", "never")
    with pytest.raises(store.TrainingForbiddenError, match="standard/lora-seed1 is not recorded, and PATHMTL_TRAIN=never"):
        run_table("table1", "standard", corpus_file, cohort.BUNDLED, seeds=[1], progress=False)  # it has no weights
    store.record(made["lora"].runs[0], weights=True, note="Timed beside other work.")
    kept = results.recorded("table1")
    assert cost_tables.cost_notes(kept) == "", "the costs shown are the first seed's, which stands without a note"
    second = dataclasses.replace(kept, outcomes={"lora": kept.outcomes["lora"][1:]})
    assert cost_tables.cost_notes(second) == "Timed beside other work."
    others = run_table("table1", "standard", corpus_file, cohort.BUNDLED, seeds=[2], progress=False)
    assert others["lora"].runs[0].recorded and set(others["lora"].predictions["report_id"])
    left = sorted(path.name for path in store.recorded_run("standard", "lora-seed2").folder.iterdir())
    assert left == ["adapter_config.json", "adapter_model.safetensors", "history.csv", "predictions.parquet", "run.json"]
    monkeypatch.delenv("PATHMTL_TRAIN")
    with pytest.raises(TypeError):  # other settings, or a fresh start, are made: here that fails
        run_table("table1", "standard", seeds=[1], progress=False, rank=4)
    with pytest.raises(TypeError):
        run_table("table1", "standard", seeds=[1], progress=False, fresh=True)


def test_partly_is_for_a_small_but_real_difference():
    from pathmtl.analysis.compare import on_par

    assert on_par(0.005, 0.05) == PARTLY


def test_a_row_no_better_than_chance_is_called_so():
    def scored(low: float) -> pd.DataFrame:
        return pd.DataFrame({"auroc_low": [low]}, index=["Overall"])

    note = comparison.at_chance_note(
        "table4", {"window": scored(0.9), "full-nohints": scored(0.48)}, {"window-nohints": scored(0.5)}
    )
    assert "In the recorded runs: **Window, no hints**. In this run: **Full text, no hints**." in note
    assert comparison.at_chance_note("table4", {"window": scored(0.9)}, {}) == ""


def test_another_rank_changes_the_lora_rows_alone():
    assert resolve("smoke", "lora", rank=4).rank == 4 and {one.rank for one in resolve_runs("smoke", "stl", rank=4)} == {4}
    assert resolve("smoke", "frozen", rank=4) == resolve("smoke", "frozen"), "the same run: it is not made again"
    assert resolve("smoke", "stl", rank=4, tasks=("HER2",)) == resolve_runs("smoke", "stl", rank=4)[-1]


def test_settings_that_are_a_profiles_own_have_its_name():
    for profile in ("quick", "standard"):
        for row in ("lora", "ia3", "window-nohints", "joint", "likelihood"):
            known = recipes.identify(resolve(profile, row, seed=3))
            assert (known.profile, known.name) == (profile, f"{row}-seed3") and known.command.endswith("--seed 3")
    assert recipes.identify(resolve("quick", "stl", tasks=("N",))).name == "stl-N-seed42"
    assert recipes.identify(resolve("quick", "lora", rank=8)) is None


def test_spelled_out_or_in_one_call_a_row_is_the_same_run(tiny, corpus_file):
    reports = cohort.read_reports(corpus_file)
    table = run_table("table4", "smoke", corpus_file, corpus_file, rows=["window"], progress=False, rank=2, **tiny)
    settings = {"window": resolve("smoke", "window", rank=2, **tiny)}
    runs_by_row = {row: get_or_train(one, reports, progress=False) for row, one in announced(settings, reports)}
    assert runs_by_row["window"].folder == table["window"].runs[0].folder
    pd.testing.assert_frame_equal(predict(runs_by_row["window"], table.reports), table["window"].predictions)
    data = read_data(corpus_file, corpus_file, settings["window"])
    spelled = results.table_result("table4", "smoke", data, table.predictions(), runs_by_row, {"rank": 2, "seed": 42})
    assert spelled.changes == {"rank": 2} and spelled["window"].command.endswith("--profile smoke --set rank=2")
    assert spelled.labeled and not spelled.is_recorded and "--set rank=2" in spelled.how_to_remake


def copy_of_the_library(tmp_path):
    package = tmp_path / "pathmtl"
    shutil.copytree(Path(pathmtl.__file__).parent, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


@pytest.mark.parametrize("name", ["prompt.py", "oracle/segment.py", "model/adapters.py", "training/train.py", "cohort.py"])
def test_a_comment_or_a_docstring_leaves_the_key_and_code_changes_it(tmp_path, name):
    package = copy_of_the_library(tmp_path)
    path, before = package / name, source_hash(package=package)
    assert before == source_hash(), "where the library is does not matter"
    text = path.read_text(encoding="utf-8")
    first = next(node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and ast.get_docstring(node))
    said = ast.get_docstring(first, clean=False)
    path.write_text("# A comment.\n" + text.replace(said, "Another docstring.", 1), encoding="utf-8")
    assert source_hash(package=package) == before
    path.write_text(text + "\nAN_UNUSED_NAME = 1\n", encoding="utf-8")
    assert (source_hash(package=package) != before) == (name != "cohort.py"), "of the cohort, only the split and the draw count"


def test_of_the_cohort_the_split_counts_and_reading_does_not(tmp_path):
    package = copy_of_the_library(tmp_path)
    path, before = package / "cohort.py", source_hash(package=package)
    text = path.read_text(encoding="utf-8")
    for old, new, same in (
        ("def has_labels(", "def has_labels_(", True),
        ("_FOLDS = ", "_FOLDS = 1 + ", False),
        ("limit // 2", "limit // 3", False),
    ):
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        assert (source_hash(package=package) == before) == same, old
    path.write_text(text, encoding="utf-8")
    for name in ("documents/ocr.py", "analysis/metrics.py", "cli/commands.py"):
        (package / name).write_text("CHANGED = True\n", encoding="utf-8")
    assert source_hash(package=package) == before
