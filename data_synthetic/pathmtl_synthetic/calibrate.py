"""Calibration: move a few phenomenon rates until a labeller that anyone can rerun scores as the paper's naive row did.

Difficulty is one number a group of phenomena: the shift of the log-odds of their rates. Each group has the tasks it is measured
on; groups are moved in turn, the shift that brings the accuracy on the bundled test split closest to the paper's row is kept
(macro-F1 breaks ties), and a second sweep mends what later groups disturbed. A page draws each phenomenon with the same random
number whatever its rate, so two rates differ in the pages between them and in nothing else. The labeller is handed in: nothing
here knows the baselines, and nothing here ever sees a model.
"""

from __future__ import annotations

import hashlib
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence

from pathmtl_synthetic.generate import generate
from pathmtl_synthetic.measure import Labeller, naive_row, score
from pathmtl_synthetic.phenomena import PHENOMENA

#: Group -> the tasks it is measured on, and the phenomena whose log-odds it shifts. More of each makes the naive rules err more.
KNOBS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "T": (("T",), ("prior_stage_history",)),
    "N": (("N",), ("prior_names_node", "node_counts_without_code")),
    "grade": (("grade",), ("nuclear_grade_beside", "in_situ_grade_beside", "grade_in_words")),
    "receptors": (
        ("ER", "PR"),
        ("compact_receptors", "percentage_only_receptors", "allred_score", "h_score", "assay_conflict_addendum"),
    ),
    "HER2": (("HER2",), ("her2_before_result", "her2_score_only", "her2_equivocal_wording", "her2_ratio_only")),
}
_COARSE = (-2.4, -1.8, -1.2, -0.8, -0.4, 0.4, 0.8, 1.2, 1.8)
_FINE = (-0.2, -0.1, 0.1, 0.2)
#: Weight of macro-F1 beside accuracy, and of a shift's own size: of two rates that fit equally well the assumed one is kept.
_F1_WEIGHT, _SHIFT_WEIGHT = 0.1, 0.002
#: Evaluations: one to start, a coarse and a fine search of each group, a fine search of each again.
EVALUATIONS = 1 + len(KNOBS) * (len(_COARSE) + 2 * len(_FINE))


def shifted(shifts: Mapping[str, float]) -> dict[str, float]:
    """Rates of the knobs with each group's log-odds shifted; three decimals, from 0.002 to 0.98."""
    rates = {}
    for group, (_, names) in KNOBS.items():
        for name in names:
            p = PHENOMENA[name].rate
            odds = math.log(p / (1 - p)) + shifts.get(group, 0.0)
            rates[name] = min(0.98, max(0.002, round(1 / (1 + math.exp(-odds)), 3)))
    return rates


def distance(row: Sequence[Mapping[str, object]], tasks: Sequence[str], shift: float = 0.0) -> float:
    """How far the tasks of a naive row are from the paper's: accuracy first, then the nearer of the two macro-F1."""
    lines = [line for line in row if line["task"] in tasks]
    miss = [
        abs(line["difference"])
        + _F1_WEIGHT * min(abs(line[name] - line["paper_macro_f1"]) for name in ("macro_f1", "macro_f1_missing"))
        for line in lines
    ]
    return statistics.mean(miss) + _SHIFT_WEIGHT * abs(shift)


def calibrate(
    label: Labeller, reports: int, seed: int, *, fresh: int = 10, step: Callable[[], object] = lambda: None
) -> dict[str, object]:
    """Search the shifts on the test split of ``generate(reports, seed)``; return the record (the data card shows it).

    Args:
        label: text -> labels; the naive baseline for the paper's row.
        fresh: further seeds on which the row found is measured, to show how much of it is this split's luck.
        step: called after each of at most ``EVALUATIONS + fresh`` evaluations.

    Raises:
        ValueError: the test split states a task nowhere, because ``reports`` is too small.
    """
    shifts = dict.fromkeys(KNOBS, 0.0)
    known: dict[tuple, list[dict[str, object]]] = {}

    def row_of(trial: Mapping[str, float]) -> list[dict[str, object]]:
        key = tuple(trial.values())
        if key not in known:
            known[key] = naive_row(generate(reports, seed, shifted(trial), only="test"), label)
            step()
        return known[key]

    start = row_of(shifts)
    if empty := [line["task"] for line in start if not line["support"]]:
        raise ValueError(f"{reports} reports are too few to calibrate on: the test split states no {', '.join(empty)}")
    rounds = []
    for sweep, steps in enumerate(((_COARSE, _FINE), (_FINE,)), start=1):
        for group, (tasks, _) in KNOBS.items():
            before = shifts[group]
            for offsets in steps:
                trials = [shifts, *({**shifts, group: shifts[group] + offset} for offset in offsets)]
                shifts = min(trials, key=lambda t: distance(row_of(t), tasks, t[group]))
            row = known[tuple(shifts.values())]
            rounds.append(
                {
                    "sweep": sweep,
                    "group": group,
                    "shift_from": round(before, 3),
                    "shift_to": round(shifts[group], 3),
                    "accuracy": {line["task"]: round(line["accuracy"], 3) for line in row},
                }
            )
    return {
        "reports": reports,
        "seed": seed,
        "test_split": digest(generate(reports, seed, shifted(shifts), only="test")),
        "target": "Table I of the paper, naive row, accuracy by task",
        "start": {name: PHENOMENA[name].rate for _, names in KNOBS.values() for name in names},
        "rates": shifted(shifts),
        "start_row": _rounded(start),
        "rounds": rounds,
        "row": _rounded(known[tuple(shifts.values())]),
        "fresh": fresh_seeds(label, reports, range(seed + 1, seed + 1 + fresh), shifted(shifts), step),
    }


def fresh_seeds(
    label: Labeller,
    reports: int,
    seeds: Sequence[int],
    rates: Mapping[str, float] | None = None,
    step: Callable[[], object] = lambda: None,
) -> dict[str, dict[str, float]]:
    """Accuracy by task on the test splits of other seeds, which calibration never saw: mean, deviation, lowest, highest."""
    found: dict[str, list[float]] = {}
    for seed in seeds:
        for task, result in score(generate(reports, seed, dict(rates or {}), only="test"), label).items():
            found.setdefault(task, []).append(result.accuracy)
        step()
    return {
        task: {
            "seeds": len(values),
            "mean": round(statistics.mean(values), 3),
            "sd": round(statistics.stdev(values), 3) if len(values) > 1 else 0.0,
            "lowest": round(min(values), 3),
            "highest": round(max(values), 3),
        }
        for task, values in found.items()
    }


def digest(rows: Iterable[Mapping[str, str]]) -> str:
    """Digest of the reports' texts: which corpus, so which generator, a record is about."""
    hashed = hashlib.sha256()
    for row in rows:
        hashed.update(row["text"].encode() + b"\0")
    return hashed.hexdigest()[:16]


def _rounded(row: Sequence[Mapping[str, object]]) -> list[dict[str, object]]:
    return [{key: round(value, 3) if isinstance(value, float) else value for key, value in line.items()} for line in row]
