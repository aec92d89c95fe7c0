"""What a document says that no label depends on, settled once, so that it does not contradict itself between sections.

Margins, vessels, nerves, Ki-67, the specimens received and their letters, how long the pathologist writes, the day of signing.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

from pathmtl_synthetic.case import Case
from pathmtl_synthetic.grammar import expand
from pathmtl_synthetic.wording import gross as W

#: How long the pathologist writes, brief to very long: the spread of lengths that the TCGA reports show (data card).
LENGTHS = (0, 1, 2, 3)
_LENGTH_WEIGHTS = {"resection": (14, 12, 27, 47), "excision": (16, 15, 30, 39), "biopsy": (40, 35, 25, 0)}
MARGINS = {
    "breast": ("posterior", "anterior", "superior", "inferior", "medial", "lateral", "deep"),
    "lung": ("bronchial", "parenchymal", "vascular"),
    "colon": ("proximal", "distal", "radial", "mesenteric"),
    "prostate": ("apical", "posterior", "bladder neck", "left lateral", "right lateral"),
}
_SHORT = (55, 40, 5, 0)


@dataclass(frozen=True, slots=True)
class Specimen:
    """One container: its mark (``A``, ``1``), the letter of its blocks, what it holds (tumour, nodes, extra), of which tumour."""

    mark: str
    block: str
    role: str
    tumour: int = 0
    name: str = ""  # extra specimens only
    form: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """``margin``: None where it is clear, else its name; ``distance``: millimetres to the closest one."""

    length: int
    order: tuple[int, ...]
    specimens: tuple[Specimen, ...]
    margin: str
    involved: bool
    distance: int
    lymphovascular: bool
    perineural: bool
    ki67: int
    signed: date


def settle(rng: random.Random, case: Case, kind: str, when: date, *, nodes: bool, extras: bool) -> Facts:
    """Draw the facts of a document. ``nodes``: nodes were received; ``extras``: further specimens without tumour were."""
    length = rng.choices(LENGTHS, _LENGTH_WEIGHTS.get(kind, _SHORT))[0]
    order = list(range(len(case.tumours)))
    rng.shuffle(order)
    received: list[tuple[str, int, str, str]] = []
    nodes_first = rng.random() < 0.4
    for i in order:
        pair = [("tumour", i, "", "")]
        if nodes and case.nodes[i]:
            pair.insert(0 if nodes_first else 1, ("nodes", i, "", ""))
        received += pair
    if extras:
        table = W.EXTRA[case.organ]
        fewest, most = ((1, 1), (1, 2), (1, 4), (2, 9))[length]
        for name, form in rng.sample(table, min(len(table), rng.randint(fewest, most))):
            at = len(received) if rng.random() < 0.75 else rng.randint(0, len(received))
            received.insert(at, ("extra", order[0], expand(rng, name), form))
    letters = "ABCDEFGHIJKLMNOP"
    marks = letters if rng.random() < 0.7 else [str(n) for n in range(1, 17)]
    advanced = case.tumour.size > 30 or (case.node is not None and case.node.positive > 0)
    return Facts(
        length,
        tuple(order),
        tuple(Specimen(mark, block, *rest) for mark, block, rest in zip(marks, letters, received, strict=False)),
        rng.choice(MARGINS[case.organ]),
        kind != "biopsy" and rng.random() < 0.1,
        rng.randint(1, 14),
        case.tumour.invasive and rng.random() < (0.55 if advanced else 0.15),
        case.tumour.invasive and rng.random() < 0.15,
        rng.choice((2, 5, 8, 10, 12, 15, 20, 25, 30, 45, 60, 70)),
        when + timedelta(days=rng.randint(1, 6)),
    )
