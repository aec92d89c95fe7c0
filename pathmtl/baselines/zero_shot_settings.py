"""The settings of a zero-shot run, importable without torch."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

from pathmtl.model.names import DEFAULT
from pathmtl.prompt import Slicing

METHODS = ("generate", "likelihood")


@dataclass(frozen=True)
class ZeroShot:
    """Everything that decides a zero-shot run.

    ``reports`` limits it to so many reports drawn at random (None: all of them); ``window_lines``, ``max_length`` and
    ``hints`` cut the report as ``prompt.Slicing`` does; ``normalise`` divides a class's log-probability by its number of tokens.
    """

    backbone: str = DEFAULT
    method: str = "generate"
    reports: int | None = None
    layers: int | None = None
    precision: str = "auto"
    window_lines: int = 5
    max_length: int = 256
    hints: str = "none"
    normalise: bool = False
    max_new_tokens: int = 12
    seed: int = 42

    def __post_init__(self) -> None:
        for name, known in (("method", METHODS), ("precision", ("auto", "bf16", "fp32"))):
            if getattr(self, name) not in known:
                raise ValueError(f"{name}={getattr(self, name)!r} is not one of {', '.join(known)}")
        for name in ("max_length", "max_new_tokens", "reports"):
            value = getattr(self, name)
            if value is not None and value <= 0:
                raise ValueError(f"{name}={value} must be above 0")

    @property
    def input(self) -> Slicing:
        return Slicing("window", self.window_lines, self.max_length, self.hints)

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)
