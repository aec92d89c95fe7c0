"""The paper's tables as named sets of runs: one line a row, one command a row, each run made once and shared by every table.

``table`` makes what is missing and returns a table's rows with their predictions and costs; ``recorded`` reads the rows kept in
``book/results/`` and needs neither torch nor a backbone.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from pathmtl import cohort, oracle
from pathmtl.analysis.evaluate import hard_predictions, with_labels
from pathmtl.baselines.naive import naive_labels
from pathmtl.experiments import store
from pathmtl.experiments.store import Run
from pathmtl.schema import PAPER_TASKS

SEED = 42
#: Profiles whose runs are made on this machine every time; of the others, a recorded run serves where it fits.
LIVE_PROFILES = ("quick", "smoke")
#: The profile whose recorded runs stand beside every build.
RECORDED = "standard"
#: Recorded too, for the rows that learn nothing in that one.
LONGER = "longer"
#: What the refusal to train says where ``$PATHMTL_TRAIN`` is ``never``.
UNTRAINED = "PATHMTL_TRAIN=never forbids to train"


class ExperimentError(ValueError):
    """No such table or row; the message lists those there are."""


@dataclass(frozen=True)
class Recipe:
    """How a row is made.

    kind: ``train`` (``settings`` over the profile's; one run for each task if ``single_task``), ``rules`` or ``zero_shot``.
    """

    title: str
    kind: str = "train"
    settings: Mapping[str, object] = field(default_factory=dict)
    single_task: bool = False


RECIPES: dict[str, Recipe] = {
    "naive": Recipe("Naive rules", "rules"),
    "oracle": Recipe("Regex oracle", "rules"),
    "lora": Recipe("Multi-task LLM"),
    "frozen": Recipe("Frozen (heads only)", settings={"peft_method": "linear_probe"}),
    "ia3": Recipe("(IA)³", settings={"peft_method": "ia3"}),
    "prefix": Recipe("Prefix tuning, 2 tokens a layer", settings={"peft_method": "prefix"}),
    "prompt": Recipe("Prompt tuning, 32 tokens", settings={"peft_method": "prompt"}),
    "stl": Recipe("Single-task LLMs", single_task=True),
    "full": Recipe("Full text", settings={"slicing": "full"}),
    "random": Recipe("Random window", settings={"slicing": "random"}),
    "window-nohints": Recipe("Window, no hints", settings={"hints": "none"}),
    "full-nohints": Recipe("Full text, no hints", settings={"slicing": "full", "hints": "none"}),
    "random-nohints": Recipe("Random window, no hints", settings={"slicing": "random", "hints": "none"}),
    "joint": Recipe("One joint prompt", settings={"prompt_mode": "joint"}),
    "generate": Recipe("Zero-shot LLM, writing", "zero_shot", {"method": "generate"}),
    "likelihood": Recipe("Zero-shot LLM, class likelihood", "zero_shot", {"method": "likelihood"}),
}
#: Table -> its rows in the paper's order -> the recipe of each. Rows of one recipe are one run.
TABLES: dict[str, dict[str, str]] = {
    "table1": {"naive": "naive", "lora": "lora", "oracle": "oracle"},
    "table2": {"frozen": "frozen", "ia3": "ia3", "prefix": "prefix", "prompt": "prompt", "lora": "lora"},
    "table3": {"stl": "stl", "mtl": "lora"},
    "table4": {
        "full": "full",
        "random": "random",
        "window": "lora",
        "full-nohints": "full-nohints",
        "random-nohints": "random-nohints",
        "window-nohints": "window-nohints",
    },
    "layouts": {"per_field": "lora", "joint": "joint"},
    "zero_shot": {"generate": "generate", "likelihood": "likelihood", "naive": "naive", "lora": "lora", "oracle": "oracle"},
}
#: Where a table calls a shared row by another title.
TITLES = {
    ("table2", "lora"): "LoRA",
    ("table3", "mtl"): "Multi-task LLM (one model)",
    ("table3", "stl"): "Single-task LLMs (six models)",
    ("table4", "window"): "Window",
    ("layouts", "per_field"): "One prompt a field",
}
#: How many reports, and how much of each, the language model is asked about in each profile; it writes a token a pass.
ZERO_SHOT: dict[str, dict[str, object]] = {
    "smoke": {"reports": 3, "layers": 2, "window_lines": 1, "max_length": 96},
    "quick": {"reports": 12, "window_lines": 1, "max_length": 160},
    "standard": {"reports": 40, "window_lines": 5, "max_length": 256},
    "paper": {"window_lines": 10, "max_length": 512},
}
ZERO_SHOT[LONGER] = ZERO_SHOT["standard"]


@dataclass(frozen=True)
class RowResult:
    """One row with one seed.

    predictions: long form with ``truth`` and ``oracle`` where known (see ``evaluate``). runs: those behind it, none for rules.
    """

    row: str
    title: str
    seed: int | None
    predictions: pd.DataFrame
    runs: tuple[Run, ...] = ()
    command: str = ""

    @property
    def cost(self) -> dict[str, float] | None:
        """models, trainable_parameters and train_seconds (sums over the runs), peak_memory_mb (their largest); None for rules."""
        if not self.runs:
            return None
        costs = [run.record["cost"] for run in self.runs]
        examples = sum(c["examples_per_second"] * c["train_seconds"] for c in costs)
        seconds = sum(c["train_seconds"] for c in costs)
        return {
            "models": len(costs),
            "trainable_parameters": sum(c["trainable_parameters"] for c in costs),
            "train_seconds": seconds,
            "predict_seconds": sum(c["predict_seconds"] for c in costs),
            "peak_memory_mb": max(c["peak_memory_mb"] for c in costs),
            "examples_per_second": examples / seconds if seconds else costs[0]["examples_per_second"],
        }


@dataclass(frozen=True)
class TableResult:
    """A table's rows side by side on one set of reports.

    reports: those evaluated. labelled: whether they carry labels. held_out: whether they are the test split of the training
    reports. outcomes: row -> one outcome a seed (one in all for rules). changes: settings other than the profile's.
    """

    name: str
    profile: str
    reports: pd.DataFrame
    labelled: bool
    held_out: bool
    outcomes: dict[str, list[RowResult]]
    changes: Mapping[str, object] = field(default_factory=dict)

    @property
    def made_with(self) -> str:
        """What the rows were made with, for a caption: ``quick profile``, or ``quick profile with rank=8``."""
        changed = ", ".join(f"{name}={value}" for name, value in self.changes.items())
        return f"{self.profile} profile" + (f" with {changed}" if changed else "")

    def __getitem__(self, row: str) -> RowResult:
        """The outcome of the row's first seed."""
        return self.outcomes[row][0]

    def __contains__(self, row: str) -> bool:
        return row in self.outcomes

    @property
    def titles(self) -> dict[str, str]:
        return {row: outcomes[0].title for row, outcomes in self.outcomes.items()}

    def predictions(self) -> dict[str, pd.DataFrame]:
        """Row -> labelled predictions of its first seed."""
        return {row: _labelled(outcomes[0].predictions) for row, outcomes in self.outcomes.items()}


def _labelled(predictions: pd.DataFrame) -> pd.DataFrame:
    return predictions[predictions["truth"].notna()]


def rows_of(name: str, rows: Sequence[str] | None = None) -> dict[str, str]:
    """Row -> recipe of table ``name``, or of those ``rows`` only.

    Raises:
        ExperimentError: there is no such table or row.
    """
    if name not in TABLES:
        raise ExperimentError(f"no table {name!r}; there are {', '.join(TABLES)}")
    unknown = [row for row in rows or () if row not in TABLES[name]]
    if unknown:
        raise ExperimentError(f"{name} has no row {unknown[0]!r}; it has {', '.join(TABLES[name])}")
    return {row: recipe for row, recipe in TABLES[name].items() if not rows or row in rows}


def title_of(name: str, row: str) -> str:
    return TITLES.get((name, row), RECIPES[TABLES[name][row]].title)


def command(name: str, row: str, profile: str, seed: int = SEED, changes: Mapping[str, object] | None = None) -> str:
    """The one line that makes a row."""
    other = f" --seed {seed}" if seed != SEED else ""
    other += "".join(f" --set {setting}={value}" for setting, value in (changes or {}).items())
    return f"pathmtl experiment {name} --row {row} --profile {profile}{other}"


def run_names(recipe: str, seed: int = SEED) -> list[str]:
    """Readable names of the runs behind a recipe: ``lora-seed42``; six for single-task learning; none for rules."""
    if RECIPES[recipe].kind == "rules":
        return []
    return [f"{recipe}-{part}-seed{seed}" if part else f"{recipe}-seed{seed}" for part in _parts(recipe)]


def _parts(recipe: str) -> tuple[str, ...]:
    return PAPER_TASKS if RECIPES[recipe].single_task else ("",)


def table(
    name: str,
    profile: str = "quick",
    reports: str = cohort.BUNDLED,
    train_reports: str = cohort.BUNDLED,
    *,
    rows: Sequence[str] | None = None,
    seeds: Sequence[int] = (SEED,),
    fresh: bool = False,
    progress: bool = True,
    **overrides,
) -> TableResult:
    """The rows of a table of the paper: what the store has is read, what it has not is made, one row after the other.

    Models are trained on the training split of ``train_reports`` with ``profile`` and any setting overridden, and evaluated on
    the test split where ``reports`` are the same, else on all of ``reports``. In a profile whose runs are recorded, a recorded
    run of the same settings and data stands in for one not made here (``fresh`` makes it all the same). Interrupted, it keeps
    the rows that are finished.

    Raises:
        ExperimentError, ReportsError, ValueError, BackboneError: see ``rows_of``, ``cohort.read_reports``, ``settings.settings``
            and ``model.backbone.locate``.
    """
    from pathmtl.experiments.making import Maker  # torch and the backbone are needed from here on
    from pathmtl.training.settings import settings

    wanted = rows_of(name, rows)
    changes = {setting: value for setting, value in overrides.items() if value != getattr(settings(profile), setting, None)}
    maker = Maker(profile, reports, train_reports, overrides, fresh=fresh, progress=progress)
    jobs = [(row, recipe, seed) for row, recipe in wanted.items() for seed in seeds]
    maker.plan(name, [(title_of(name, row), recipe, seed) for row, recipe, seed in jobs])
    outcomes: dict[str, list[RowResult]] = {}
    for row, recipe, seed in jobs:
        rules = RECIPES[recipe].kind == "rules"
        if rules and row in outcomes:
            continue
        line = command(name, row, profile, seed, changes)
        made = maker.make(recipe, seed, title_of(name, row), line)
        outcome = RowResult(row, title_of(name, row), None if rules else seed, *made, line)
        outcomes.setdefault(row, []).append(outcome)
    return TableResult(name, profile, maker.evaluated, maker.labelled, maker.held_out, outcomes, changes)


def recorded(name: str, profile: str = RECORDED, *, rows: Sequence[str] | None = None) -> TableResult:
    """The recorded rows of a table, on the bundled test split; rows without a recorded run are absent. Reads files only.

    Several seeds of a row stand side by side: the default one first, whose costs are shown, then by number.
    """
    outcomes: dict[str, list[RowResult]] = {}
    wanted = rows_of(name, rows)
    found = {run.folder.name: run for run in store.recorded_runs(profile)}
    for row, recipe in wanted.items():
        seeds = {int(folder.rpartition("-seed")[2]) for folder in found if "-seed" in folder}
        for seed in sorted(seeds, key=lambda seed: (seed != SEED, seed)):
            names = run_names(recipe, seed)
            if names and all(each in found for each in names):
                made = tuple(found[each] for each in names)
                predictions = combined(recipe, [run.predictions for run in made])
                line = made[0].record.get("command", "")
                outcomes.setdefault(row, []).append(RowResult(row, title_of(name, row), seed, predictions, made, line))
    bundled = bundled_test()
    if outcomes:
        rules = {row: recipe for row, recipe in wanted.items() if RECIPES[recipe].kind == "rules"}
        for row, recipe in rules.items():
            outcomes[row] = [RowResult(row, title_of(name, row), None, rule_predictions(recipe, bundled))]
    ordered = {row: outcomes[row] for row in wanted if row in outcomes}
    return TableResult(name, profile, bundled, True, True, ordered)


@functools.cache
def bundled_test() -> pd.DataFrame:
    bundled = cohort.read_reports(cohort.BUNDLED)
    return bundled[cohort.split(bundled) == "test"].reset_index(drop=True)


def combined(recipe: str, frames: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """The predictions of a recipe's runs as one frame: of single-task models, each answers its own task."""
    if not RECIPES[recipe].single_task:
        return frames[0]
    own = [frame[frame["task"] == task] for task, frame in zip(PAPER_TASKS, frames, strict=True)]
    return pd.concat(own, ignore_index=True)


def rule_answers(recipe: str, reports: pd.DataFrame) -> pd.DataFrame:
    """The naive rules' or the oracle's answers, (reports, tasks) of classes or None."""
    return oracle.label_reports(reports, naive_labels if recipe == "naive" else oracle.label)


def rule_predictions(recipe: str, reports: pd.DataFrame) -> pd.DataFrame:
    """The same in long form, with ``truth`` and ``oracle``."""
    answers = rule_answers(recipe, reports)
    stated = answers if recipe == "oracle" else rule_answers("oracle", reports)
    return with_labels(hard_predictions(reports, answers), reports, stated)


def on_same_reports(table: TableResult) -> TableResult:
    """The table with every row cut to the reports that all rows answer: where a slow method was asked about a few only."""
    frames = [outcome.predictions for outcomes in table.outcomes.values() for outcome in outcomes]
    common = set.intersection(*(set(frame["report_id"]) for frame in frames)) if frames else set()
    outcomes = {
        row: [replace(one, predictions=one.predictions[one.predictions["report_id"].isin(common)]) for one in each]
        for row, each in table.outcomes.items()
    }
    return replace(table, outcomes=outcomes)
