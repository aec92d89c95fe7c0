"""The document being written: its case, what it states, and the phenomena that fired in it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date

from pathmtl_synthetic.case import BREAST, Case
from pathmtl_synthetic.facts import Facts
from pathmtl_synthetic.grammar import expand
from pathmtl_synthetic.identities import Identity
from pathmtl_synthetic.markup import mark


@dataclass
class Page:
    """One document. ``kind``: resection, excision, biopsy, addendum or benign. ``stated``: the tasks the text must state."""

    rng: random.Random
    case: Case
    kind: str
    style: str
    stated: frozenset[str]
    rates: dict[str, float]
    identity: Identity
    when: date
    facts: Facts = field(init=False)  # settled once the phenomena that decide what was received have been drawn
    fired: dict[str, bool] = field(default_factory=dict)
    procedure: str = ""
    deferred: list[str] = field(default_factory=list)  # sentences that "see comment" sent to the comment

    def fires(self, name: str) -> bool:
        """Draw the phenomenon once per document; call it only where the phenomenon applies and will be written."""
        if name not in self.fired:
            self.fired[name] = self.rng.random() < self.rates[name]
        return self.fired[name]

    def note(self, name: str) -> None:
        """Record a phenomenon of the case itself: its rate was applied when the case was drawn."""
        self.fired[name] = True

    def has(self, name: str) -> bool:
        """Whether the phenomenon has fired already (without drawing it)."""
        return self.fired.get(name, False)

    def write(self, template: str | tuple[str, ...], **slots: object) -> str:
        return expand(self.rng, template, **slots)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def state(self, task: str, text: str, tumour: int = 0) -> str:
        """Mark ``text`` as evidence of ``task``, if it is about the index tumour."""
        return mark(task, text) if tumour == 0 and task in self.stated else text

    @property
    def breast(self) -> bool:
        return self.case.organ == BREAST

    @property
    def uk(self) -> bool:
        return self.style == "uk"

    @property
    def phenomena(self) -> list[str]:
        return sorted(name for name, fired in self.fired.items() if fired)
