"""The rows of the paper's tables: how each is made, what it is called, and the settings it runs with. Needs no torch.

profile  <-  overrides (rank=8, seed=1, ...)  <-  what defines the row (peft_method="ia3")   ==   resolve(profile, row, ...)
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pathmtl.baselines.control_settings import Control
from pathmtl.baselines.zero_shot_settings import ZeroShot
from pathmtl.schema import PAPER_TASKS
from pathmtl.training.settings import PROFILES, Settings, settings

SEED = 42
#: Profiles whose runs are made on this machine every time; in the others, a recorded run is used where it fits.
LIVE_PROFILES = ("quick", "smoke")
#: The profile whose recorded runs stand beside every build.
RECORDED = "standard"
#: Recorded too, for the rows that learn nothing in that one.
LONGER = "longer"
#: Settings that a zero-shot run shares with a training run.
_SHARED = ("backbone", "precision")
#: Settings that a control shares with a training run, beside the hints.
_CONTROL = ("label_source", "max_train_reports", "max_test_reports", "seed")
#: Settings that change nothing in a row of another method, so such a row is not made again for them.
_LORA_ONLY = ("rank", "alpha")


class ExperimentError(ValueError):
    """No such table or row; the message lists those there are."""


@dataclass(frozen=True)
class Recipe:
    """How a row is made.

    Attributes
    ----------
    title : str
        The row's name on a page.
    kind : str
        ``train``, ``rules``, ``zero_shot`` or ``control``.
    settings : mapping
        What defines the row, over the profile's settings.
    single_task : bool
        One run for each of the paper's six tasks instead of one for all.
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
    "oracle-hints": Recipe("Window, the oracle's hints", settings={"hints": "oracle"}),
    "frozen-nohints": Recipe("Frozen, no hints", settings={"peft_method": "linear_probe", "hints": "none"}),
    "ia3-nohints": Recipe("(IA)³, no hints", settings={"peft_method": "ia3", "hints": "none"}),
    "prefix-nohints": Recipe("Prefix tuning, no hints", settings={"peft_method": "prefix", "hints": "none"}),
    "per_field": Recipe("One prompt per field", settings={"prompt_mode": "per_field"}),
    "shared": Recipe("One report, a suffix per field", settings={"prompt_mode": "shared"}),
    "joint": Recipe("One joint prompt", settings={"prompt_mode": "joint"}),
    "generate": Recipe("Zero-shot LLM, writing", "zero_shot", {"method": "generate"}),
    "likelihood": Recipe("Zero-shot LLM, class likelihood", "zero_shot", {"method": "likelihood"}),
    "constant": Recipe("Control: commonest class", "control", {"method": "constant", "hints": "none"}),
    "hint-linear": Recipe("Control: hints only, linear", "control", {"method": "hint-linear"}),
    "tfidf": Recipe("Control: TF-IDF of the report", "control", {"method": "tfidf", "hints": "none"}),
    "tfidf-hints": Recipe("Control: TF-IDF and hints", "control", {"method": "tfidf-hints"}),
}
#: The rows under the paper's in each of its tables: what can be scored without a language model.
CONTROLS = tuple(name for name, recipe in RECIPES.items() if recipe.kind == "control")
_UNDER = {name: name for name in CONTROLS}
#: Table -> its rows in the paper's order, then the controls -> the recipe of each. Rows that share a recipe share a run.
TABLES: dict[str, dict[str, str]] = {
    "table1": {"naive": "naive", "lora": "lora", "oracle": "oracle", **_UNDER},
    "table2": {"frozen": "frozen", "ia3": "ia3", "prefix": "prefix", "prompt": "prompt", "lora": "lora", **_UNDER},
    "table3": {"stl": "stl", "mtl": "lora", **_UNDER},
    "table4": {
        "full": "full",
        "random": "random",
        "window": "lora",
        "full-nohints": "full-nohints",
        "random-nohints": "random-nohints",
        "window-nohints": "window-nohints",
        **_UNDER,
    },
    "layouts": {"per_field": "per_field", "shared": "shared", "joint": "joint", **_UNDER},
    "zero_shot": {
        "generate": "generate",
        "likelihood": "likelihood",
        "naive": "naive",
        "lora": "lora",
        "oracle": "oracle",
        **_UNDER,
    },
}
#: Titles of shared rows that a table calls by another name.
TITLES = {
    ("table2", "lora"): "LoRA",
    ("table3", "mtl"): "Multi-task LLM (one model)",
    ("table3", "stl"): "Single-task LLMs (six models)",
    ("table4", "window"): "Window",
}
#: How many reports the zero-shot model is asked about, and how much of each it sees: it writes one token per pass.
ZERO_SHOT: dict[str, dict[str, object]] = {
    "smoke": {"reports": 3, "layers": 2, "window_lines": 1, "max_length": 96},
    "quick": {"reports": 12, "window_lines": 1, "max_length": 160},
    "standard": {"reports": 40, "window_lines": 5, "max_length": 256},
    "paper": {"window_lines": 10, "max_length": 512},
}
ZERO_SHOT[LONGER] = ZERO_SHOT["gpu"] = ZERO_SHOT["standard"]
#: Row -> recipe, over all tables: a row's name means the same in each.
_RECIPE_OF = {row: recipe for rows in TABLES.values() for row, recipe in rows.items()} | {name: name for name in RECIPES}


def recipe_of(row: str) -> Recipe:
    """The recipe behind a row of any table.

    Raises
    ------
    ExperimentError
        No table has such a row.
    """
    if row not in _RECIPE_OF:
        raise ExperimentError(f"no row {row!r}; there are {', '.join(dict.fromkeys(_RECIPE_OF))}")
    return RECIPES[_RECIPE_OF[row]]


def resolve(profile: str, row: str, **overrides) -> Settings | ZeroShot | Control:
    """The settings of one run: the profile's, then ``overrides``, then what defines the row. All merging happens here, once.

    Parameters
    ----------
    profile : str
        A key of ``training.settings.PROFILES``.
    row : str
        A row of a table (``TABLES``), such as ``"ia3"`` or ``"window"``.
    **overrides
        Any field of ``Settings``. ``rank`` and ``alpha`` are ignored for rows without LoRA, and zero-shot rows only take
        ``backbone``, ``precision`` and ``seed``; controls only what
        concerns reports, labels, hints and seed. A single-task model is ``resolve(profile, "stl", tasks=("HER2",))``.

    Returns
    -------
    Settings, ZeroShot or Control
        What ``runner.get_or_train`` takes.

    Raises
    ------
    ExperimentError
        No such row, or a row of rules, which have no settings.
    ValueError
        Unknown profile or setting, or a value out of range.

    Examples
    --------
    >>> resolve("quick", "lora", rank=8).rank
    8
    >>> resolve("quick", "ia3").peft_method
    'ia3'
    """
    recipe = recipe_of(row)
    if recipe.kind == "rules":
        raise ExperimentError(f"{row}: rules have no settings; see results.rule_predictions")
    if recipe.kind == "zero_shot":
        base = settings(profile, **overrides)
        shared = {name: getattr(base, name) for name in (*_SHARED, "seed")}
        return ZeroShot(**{**ZERO_SHOT[profile], **recipe.settings, **shared})
    if recipe.kind == "control":
        base = settings(profile, **overrides)
        return Control(**{"hints": base.hints, **{name: getattr(base, name) for name in _CONTROL}, **recipe.settings})
    merged = {**overrides, **recipe.settings}
    if merged.get("peft_method", "lora") != "lora":
        merged = {name: value for name, value in merged.items() if name not in _LORA_ONLY}
    return settings(profile, **merged)


def controls(profile: str, **overrides) -> dict[str, Control]:
    """The controls that go with a profile and ``overrides``: row -> its settings."""
    return {row: resolve(profile, row, **overrides) for row in CONTROLS}


def resolve_runs(profile: str, row: str, **overrides) -> list[Settings | ZeroShot | Control]:
    """``resolve`` for each run behind a row: six for single-task models, none for rules, else one."""
    recipe = recipe_of(row)
    if recipe.kind == "rules":
        return []
    if recipe.single_task:
        return [resolve(profile, row, **{**overrides, "tasks": (task,)}) for task in PAPER_TASKS]
    return [resolve(profile, row, **overrides)]


def changed(profile: str, overrides: Mapping[str, object]) -> dict[str, object]:
    """The overrides that differ from the profile's own values; the seed is not counted."""
    own = PROFILES[profile]
    return {name: value for name, value in overrides.items() if name != "seed" and value != getattr(own, name, None)}


@dataclass(frozen=True)
class Named:
    """What a run is called when its settings are exactly those of a row in a profile, and the command that makes it."""

    profile: str
    name: str
    command: str


def identify(chosen: Settings | ZeroShot | Control) -> Named | None:
    """The name of a run with these settings; None where they are no profile's own."""
    return _named(chosen.seed).get(chosen)


@functools.cache
def _named(seed: int) -> Mapping[Settings | ZeroShot | Control, Named]:
    """The settings of every row in every profile -> what their run is called; of rows with equal settings, the first."""
    known: dict[Settings | ZeroShot | Control, Named] = {}
    for profile in PROFILES:
        for recipe in RECIPES:
            where = [(table, row) for table, rows in TABLES.items() for row, which in rows.items() if which == recipe]
            for name, own in zip(run_names(recipe, seed), resolve_runs(profile, recipe, seed=seed), strict=True):
                if where:
                    known.setdefault(own, Named(profile, name, command(*where[0], profile, seed)))
    return known


def rows_of(name: str, rows: Sequence[str] | None = None) -> dict[str, str]:
    """Row -> recipe of table ``name``, or only of the given ``rows``.

    Raises
    ------
    ExperimentError
        There is no such table or row.
    """
    if name not in TABLES:
        raise ExperimentError(f"no table {name!r}; there are {', '.join(TABLES)}")
    unknown = [row for row in rows or () if row not in TABLES[name]]
    if unknown:
        raise ExperimentError(f"{name} has no row {unknown[0]!r}; it has {', '.join(TABLES[name])}")
    return {row: recipe for row, recipe in TABLES[name].items() if not rows or row in rows}


def title_of(name: str, row: str) -> str:
    """The title of a row in a table."""
    return TITLES.get((name, row), RECIPES[TABLES[name][row]].title)


def command(name: str, row: str, profile: str, seed: int = SEED, changes: Mapping[str, object] | None = None) -> str:
    """The command line that makes a row."""
    other = f" --seed {seed}" if seed != SEED else ""
    other += "".join(f" --set {setting}={value}" for setting, value in (changes or {}).items())
    return f"pathmtl experiment {name} --row {row} --profile {profile}{other}"


def run_names(recipe: str, seed: int = SEED) -> list[str]:
    """Readable names of the runs behind a recipe: ``lora-seed42``; six for single-task learning; none for rules."""
    if RECIPES[recipe].kind == "rules":
        return []
    parts = [f"-{task}" for task in PAPER_TASKS] if RECIPES[recipe].single_task else [""]
    return [f"{recipe}{part}-seed{seed}" for part in parts]


def recorded_names(profile: str, recipe: str, seed: int = SEED) -> list[str]:
    """Names of the runs behind a recipe in a profile; where its settings are an earlier recipe's, that one's run serves both."""
    known = (identify(chosen) for chosen in resolve_runs(profile, recipe, seed=seed))
    return [one.name for one in known if one is not None]
