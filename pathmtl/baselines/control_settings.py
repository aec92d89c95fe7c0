"""The settings of a control, importable without scikit-learn."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass

#: Control -> what it reads of a report: nothing, the field's hint, the text, or both.
READS: dict[str, tuple[str, ...]] = {
    "constant": (),
    "hint-linear": ("hint",),
    "tfidf": ("report",),
    "tfidf-hints": ("report", "hint"),
}


@dataclass(frozen=True)
class Control:
    """Everything that decides a control: a simple model, taught on the same reports and labels as the language model.

    Attributes
    ----------
    method : str
        A key of ``READS``.
    hints : str
        Kind of hints that it reads (``prompt.HINTS``); ``none`` for a method that reads none.
    label_source, max_train_reports, max_test_reports, seed
        As in ``training.settings.Settings``.
    """

    method: str
    hints: str = "none"
    label_source: str = "oracle"
    max_train_reports: int | None = None
    max_test_reports: int | None = None
    seed: int = 42

    def __post_init__(self) -> None:
        if self.method not in READS:
            raise ValueError(f"method={self.method!r} is not one of {', '.join(READS)}")

    @property
    def precision(self) -> str:
        """Controls compute on the processor, whatever the machine has."""
        return "fp32"

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self), sort_keys=True)
