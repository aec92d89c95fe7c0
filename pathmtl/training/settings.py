"""One run's settings: validated, hashable, and laid over a profile (paper, S2; which are assumed is said here)."""

from __future__ import annotations

import dataclasses
import difflib
import json
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from pathmtl.model.names import DEFAULT, PEFT_METHODS
from pathmtl.prompt import Slicing
from pathmtl.schema import TASKS

#: Settings that the paper's text lost or never gave; the book calls them assumed.
ASSUMED = (
    "alpha",
    "dropout",
    "learning_rate",
    "weight_decay",
    "window_lines",
    "prompt_mode",
    "n_evaluations",
    "patience",
    "max_grad_norm",
)

#: As transformers names them; the paged 8-bit one (S2) needs a GPU.
OPTIMIZERS = ("adamw_torch", "adamw_torch_fused", "paged_adamw_8bit")


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training run (paper, S2; ``ASSUMED`` names what the paper does not state).

    Attributes
    ----------
    backbone, layers, quantize, precision
        See ``model.backbone``. ``layers`` None: all of them. ``precision="auto"``: bf16 where the hardware multiplies it.
    peft_method, rank, alpha, dropout
        See ``model.adapters.adapter_config``; the last three matter to LoRA only.
    tasks
        Names from ``schema.TASKS``.
    prompt_mode, slicing, window_lines, max_length, hints
        See ``prompt.Slicing``; ``max_length`` in tokens.
    label_source
        What the model is trained on: the ``"oracle"``'s answers (S1-A) or the ``"given"`` label columns.
    max_train_reports, max_validation_reports, max_test_reports
        Reports to draw from each split; None: all.
    epochs
        Passes over the training reports; may be a fraction.
    batch_size, gradient_accumulation_steps
        Prompts (reports in the ``shared`` prompt mode) per forward pass, and passes per optimizer step. Their product is the
        effective batch, however many processes share it.
    learning_rate, weight_decay, warmup_ratio, max_grad_norm, optimizer
        As the Trainer takes them; ``warmup_ratio`` is a share of all steps.
    n_evaluations, patience
        The validation loss is computed ``n_evaluations`` times over the whole schedule. Training stops after ``patience``
        evaluations without a lower loss and restores the best weights; with 0 it never stops early and the last weights stay.
    seed
        Of the draw of reports, the initial weights, and their order in training.

    Raises
    ------
    ValueError
        A value is unknown or out of range.
    """

    backbone: str = DEFAULT
    layers: int | None = None
    quantize: str | None = None
    precision: str = "auto"
    peft_method: str = "lora"
    rank: int = 16
    alpha: int = 16
    dropout: float = 0.05
    tasks: tuple[str, ...] = TASKS
    prompt_mode: str = "per_field"
    slicing: str = "window"
    window_lines: int = 10
    max_length: int = 512
    hints: str = "literal"
    label_source: str = "oracle"
    max_train_reports: int | None = None
    max_validation_reports: int | None = None
    max_test_reports: int | None = None
    epochs: float = 3.0
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    warmup_ratio: float = 0.03
    batch_size: int = 2
    gradient_accumulation_steps: int = 8
    max_grad_norm: float = 1.0
    n_evaluations: int = 9
    patience: int = 3
    optimizer: str = "adamw_torch"
    seed: int = 42

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.tasks))
        for name, known in (
            ("peft_method", PEFT_METHODS),
            ("label_source", ("oracle", "given")),
            ("precision", ("auto", "bf16", "fp32")),
            ("quantize", (None, "nf4")),
            ("optimizer", OPTIMIZERS),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r} is not one of {', '.join(map(str, known))}")
        unknown = [task for task in self.tasks if task not in TASKS]
        if unknown or not self.tasks:
            raise ValueError(f"tasks={list(self.tasks)} must be some of {', '.join(TASKS)}")
        for name in (
            "rank",
            "alpha",
            "max_length",
            "epochs",
            "learning_rate",
            "batch_size",
            "gradient_accumulation_steps",
            "n_evaluations",
        ):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}={getattr(self, name)} must be above 0")
        for name in ("weight_decay", "max_grad_norm", "patience", "window_lines"):
            if getattr(self, name) < 0:
                raise ValueError(f"{name}={getattr(self, name)} must not be below 0")
        if not 0 <= self.warmup_ratio < 1:
            raise ValueError(f"warmup_ratio={self.warmup_ratio} must be in [0, 1)")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout={self.dropout} must be in [0, 1)")
        _ = self.input

    @property
    def input(self) -> Slicing:
        """The part that decides the prompt."""
        return Slicing(self.slicing, self.window_lines, self.max_length, self.hints, self.prompt_mode)

    def to_json(self) -> str:
        """Every setting by name, sorted: what a run's key is made of, and what ``run.json`` stores."""
        return json.dumps(dataclasses.asdict(self), sort_keys=True)


#: What the profiles of the bundled reports share: one pass over tight windows, with the oracle's answers as hints.
_SMALL = Settings(
    window_lines=1,
    hints="oracle",
    epochs=1,
    learning_rate=4e-3,
    batch_size=8,
    gradient_accumulation_steps=1,
    dropout=0.0,
)
PROFILES: dict[str, Settings] = {
    # Exercises the whole pipeline on any machine. Chosen on validation reports: 2 layers lose 0.14 macro-F1 on grade, a fourth
    # gains nothing at this many reports; 280 reports, or batches of 16, lose 0.08 to 0.13.
    "quick": dataclasses.replace(
        _SMALL, layers=3, max_train_reports=400, max_validation_reports=12, max_length=64, n_evaluations=3, patience=2
    ),
    # Recorded in book/results/ for every table. Twice quick's layers, half as many reports again, prompts twice as long.
    "standard": dataclasses.replace(
        _SMALL, layers=6, max_train_reports=600, max_validation_reports=24, max_length=128, n_evaluations=4
    ),
    # For one GPU (benchmarks/gpu.py): the whole small backbone at the paper's geometry, on generated reports. The learning rate
    # is LoRA's; every other method has its own, chosen from the same grid on validation reports.
    "gpu": Settings(
        max_train_reports=4000,
        max_validation_reports=600,
        epochs=1,
        learning_rate=1e-3,
        batch_size=16,
        gradient_accumulation_steps=1,
        dropout=0.0,
        n_evaluations=4,
    ),
    # The paper's own (S2), for one 48 GB GPU.
    "paper": Settings(backbone="meta-llama/Meta-Llama-3-8B-Instruct", quantize="nf4", optimizer="paged_adamw_8bit"),
    # For tests of the notebooks: does everything run? Its scores mean nothing.
    "smoke": dataclasses.replace(
        _SMALL,
        layers=2,
        max_train_reports=24,
        max_validation_reports=8,
        max_test_reports=16,
        max_length=96,
        learning_rate=2e-3,
        n_evaluations=2,
        patience=2,
    ),
}
# Standard's model without the oracle's answers in its prompts: the paper's literal hints, on every bundled training report,
# each read once for all its fields. Two CPU cores make a row in about a quarter of an hour.
PROFILES["longer"] = dataclasses.replace(
    PROFILES["standard"],
    hints="literal",
    prompt_mode="shared",
    window_lines=3,
    max_length=256,
    max_train_reports=None,
    max_validation_reports=100,
    epochs=2,
    learning_rate=1e-3,
    batch_size=3,
    n_evaluations=6,
)
#: Tokens of a prompt that asks for every task at once, or that shares its report with the other tasks' prompts: a small profile's
#: own length would leave such a prompt little of the report.
MODE_LENGTH = {
    "joint": {"quick": 224, "standard": 384, "longer": 384, "gpu": 512, "paper": 512, "smoke": 224},
    "shared": {"quick": 160, "standard": 256, "longer": 256, "gpu": 512, "paper": 512, "smoke": 160},
}

#: Settings that had another name in version 0.1: old name -> today's.
RENAMED = {
    "strategy": "peft_method",
    "layout": "prompt_mode",
    "lines": "window_lines",
    "labels": "label_source",
    "limit": "max_train_reports",
    "validation_limit": "max_validation_reports",
    "test_limit": "max_test_reports",
    "warmup": "warmup_ratio",
    "accumulate": "gradient_accumulation_steps",
    "evaluations": "n_evaluations",
}


def settings(profile: str = "quick", **overrides) -> Settings:
    """Settings of a profile with any field overridden.

    Parameters
    ----------
    profile
        A key of ``PROFILES``.
    overrides
        Fields of ``Settings``; a ``prompt_mode`` other than ``per_field`` sets ``max_length`` to the profile's ``MODE_LENGTH``
        unless it is given.

    Returns
    -------
    Settings

    Raises
    ------
    ValueError
        The profile or a field is unknown, or a value is out of range; the message names both.
    """
    if profile not in PROFILES:
        raise ValueError(f"profile {profile!r} is not one of {', '.join(PROFILES)}")
    known = {field.name for field in dataclasses.fields(Settings)}
    unknown = sorted(set(overrides) - known)
    if unknown and unknown[0] in RENAMED:
        raise ValueError(f"setting {unknown[0]!r} is now called {RENAMED[unknown[0]]!r}")
    if unknown:
        near = difflib.get_close_matches(unknown[0], known, 1)
        meant = f", did you mean {near[0]}?" if near else ";"
        raise ValueError(f"unknown setting {unknown[0]!r}{meant} known: {', '.join(sorted(known))}")
    if overrides.get("prompt_mode") in MODE_LENGTH:
        overrides = {"max_length": MODE_LENGTH[overrides["prompt_mode"]][profile], **overrides}
    return dataclasses.replace(PROFILES[profile], **overrides)


def parse_overrides(text: str | Sequence[str]) -> dict[str, object]:
    """Settings written as ``name=value``, with values as YAML reads them.

    Parameters
    ----------
    text : str or sequence of str
        Pairs separated by spaces (a notebook's ``changes`` parameter), or one pair per item (``--set``).

    Returns
    -------
    dict
        Name -> value. Whether such a setting exists is checked by ``settings``.

    Raises
    ------
    ValueError
        An item is not ``name=value``.

    Examples
    --------
    >>> parse_overrides("rank=8 hints=none epochs=0.5")
    {'rank': 8, 'hints': 'none', 'epochs': 0.5}
    """
    overrides = {}
    for item in text.split() if isinstance(text, str) else text:
        name, equals, value = item.partition("=")
        if not equals or not name:
            raise ValueError(f"{item!r} is not name=value")
        overrides[name.strip()] = yaml.safe_load(value)
    return overrides
