"""One run's settings: validated, hashable, and laid over a profile (paper, S2; which are assumed is said here)."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from pathmtl.model.adapters import STRATEGIES
from pathmtl.model.backbone import DEFAULT
from pathmtl.prompt import Slicing
from pathmtl.schema import TASKS

#: Settings that the paper's text lost or never gave; the book calls them assumed.
ASSUMED = ("alpha", "dropout", "learning_rate", "weight_decay", "lines")


@dataclass(frozen=True)
class Settings:
    """Everything that decides a training run.

    Lengths are tokens, the three limits are reports, ``epochs`` may be a fraction. ``labels`` says what the
    model is trained on: the ``oracle``'s answers (as the paper, S1-A) or the ``given`` label columns. ``precision="auto"`` is
    bf16 where the hardware has it.
    """

    backbone: str = DEFAULT
    layers: int | None = None
    quantize: str | None = None
    precision: str = "auto"
    strategy: str = "lora"
    rank: int = 16
    alpha: int = 16
    dropout: float = 0.05
    tasks: tuple[str, ...] = TASKS
    slicing: str = "window"
    lines: int = 10
    max_length: int = 512
    hints: bool = True
    labels: str = "oracle"
    limit: int | None = None
    validation_limit: int | None = None
    test_limit: int | None = None
    epochs: float = 3.0
    learning_rate: float = 3e-4
    weight_decay: float = 0.01
    warmup: float = 0.03
    batch_size: int = 2
    accumulate: int = 8
    optimizer: str = "adamw_torch"
    seed: int = 42

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.tasks))
        for name, known in (
            ("strategy", STRATEGIES),
            ("labels", ("oracle", "given")),
            ("precision", ("auto", "bf16", "fp32")),
            ("quantize", (None, "nf4")),
        ):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r} is not one of {', '.join(map(str, known))}")
        unknown = [task for task in self.tasks if task not in TASKS]
        if unknown or not self.tasks:
            raise ValueError(f"tasks={list(self.tasks)} must be some of {', '.join(TASKS)}")
        for name in ("rank", "alpha", "max_length", "epochs", "learning_rate", "batch_size", "accumulate"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name}={getattr(self, name)} must be above 0")
        if not 0 <= self.dropout < 1:
            raise ValueError(f"dropout={self.dropout} must be in [0, 1)")
        _ = self.input

    @property
    def input(self) -> Slicing:
        return Slicing(self.slicing, self.lines, self.max_length, self.hints)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Settings:
        return cls(**json.loads(text))


PROFILES: dict[str, Settings] = {
    # Proves the machine: real backbone cut to 8 layers, 400 reports, tight windows, one pass at a rate that suits it.
    "quick": Settings(
        layers=8,
        limit=400,
        validation_limit=12,
        lines=1,
        max_length=96,
        epochs=1.5,
        learning_rate=2e-3,
        batch_size=4,
        accumulate=1,
        dropout=0.0,
    ),
    # Recorded in book/results/.
    "standard": Settings(lines=5, max_length=256, epochs=2, learning_rate=1e-3, batch_size=8, accumulate=2),
    # The paper's own (S2), for one 48 GB GPU.
    "paper": Settings(backbone="meta-llama/Meta-Llama-3-8B-Instruct", quantize="nf4", optimizer="paged_adamw_8bit"),
    # For tests of the notebooks: does everything run? Its scores mean nothing.
    "smoke": Settings(
        layers=2,
        limit=24,
        validation_limit=8,
        test_limit=16,
        lines=1,
        max_length=96,
        epochs=1,
        learning_rate=2e-3,
        batch_size=8,
        accumulate=1,
        dropout=0.0,
    ),
}


def settings(profile: str = "quick", **overrides) -> Settings:
    """Settings of a profile with any field overridden.

    Raises:
        ValueError: unknown profile or field, or a value out of range; the message names both.
    """
    if profile not in PROFILES:
        raise ValueError(f"profile {profile!r} is not one of {', '.join(PROFILES)}")
    known = {field.name for field in dataclasses.fields(Settings)}
    unknown = sorted(set(overrides) - known)
    if unknown:
        raise ValueError(f"unknown setting {unknown[0]!r}; known: {', '.join(sorted(known))}")
    return dataclasses.replace(PROFILES[profile], **overrides)
