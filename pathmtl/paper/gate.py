"""Which comparisons count: those of a model that reads more than its hints, from an input that holds the evidence.

A model whose prompt holds the answer as a hint can score well by copying it. A row therefore counts on a task only where

- with hints, its macro-F1 is above that of a linear model of the same hints alone; without hints, above that of always
  answering the commonest class, and its AUROC above one half (a coin has a better macro-F1 than the commonest class);
- its input still contains at least half of the findings' wording.

"Above" means that the 95 % interval of the paired difference, over patients and seeds, lies above zero. A comparison is made on
the tasks where the claimed winner counts. Rules and controls have no gate.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pathmtl.analysis.confusion import commonest, constant_predictions
from pathmtl.analysis.paired import contrast, paired_difference
from pathmtl.paper.evidence import Evidence, Row
from pathmtl.schema import CLASSES, PAPER_TASKS

#: The least share of the evidence that an input must contain.
LEAST_EVIDENCE = 0.5
_HINTS, _CONSTANT = "not above a linear model of its hints alone", "not above always giving the commonest answer"
_LITTLE = "less than half of the evidence is in its input"
_NO_CONTROL = "no linear model of its hints alone answers the same reports"


@dataclass(frozen=True)
class Gate:
    """What a row is above, by task.

    Attributes
    ----------
    title : str
        The row's.
    hints : str
        The kind of hints in its input.
    lead : pandas.DataFrame
        Indexed by task; macro-F1 minus that of its control, with low and high. Empty without a control.
    evidence : mapping
        Task -> share of the evidence in its input; a task that is not in it is not held against the row.
    reasons : mapping
        Task -> why it does not count there; empty where it does.
    """

    title: str
    hints: str
    lead: pd.DataFrame
    evidence: Mapping[str, float]
    reasons: Mapping[str, str]


def gate(table: str, row: str, evidence: Evidence) -> Gate | None:
    """The gate of a row.

    Parameters
    ----------
    table, row : str
        Which row.
    evidence : Evidence
        Where it and its control are.

    Returns
    -------
    Gate or None
        None for a row without a gate, or that cannot be scored.
    """
    seeds = evidence.rows(table, row)
    if not seeds or seeds[0].kind not in ("train", "zero_shot"):
        return None
    return evidence.once(("gate", table, row), lambda: _gate(seeds, evidence))


def _gate(seeds: Sequence[Row], evidence: Evidence) -> Gate | None:
    first, truth = seeds[0], evidence.truth
    frames = [row.predictions[row.predictions[truth].notna()] for row in seeds]
    tasks = [task for task in CLASSES if (frames[0]["task"] == task).any()]
    if not tasks:
        return None
    options = {"resamples": evidence.resamples, "seed": evidence.seed}
    control = _control(first, frames[0], evidence)
    reasons = dict.fromkeys(tasks, _NO_CONTROL)
    lead = pd.DataFrame() if control is None else paired_difference(frames, control, truth=truth, **options)
    if len(lead):
        ranks = None if first.hints != "none" else contrast([(1, frames, truth)], "auroc", **options)
        for task in tasks:
            above = task in lead.index and lead.loc[task, "low"] > 0 and (ranks is None or ranks.loc[task, "low"] > 0.5)
            reasons[task] = "" if above else _CONSTANT if first.hints == "none" else _HINTS
    shares = first.evidence
    for task in tasks:
        if shares.get(task, 1) < LEAST_EVIDENCE:
            reasons[task] = f"{reasons[task]}, and {_LITTLE}" if reasons[task] else _LITTLE
    return Gate(first.title, first.hints, lead, shares, reasons)


def _control(row: Row, frame: pd.DataFrame, evidence: Evidence) -> pd.DataFrame | None:
    """What a row must be above: predictions of its control on the same reports; None where there is none."""
    if row.hints == "none":
        each = [
            constant_predictions(frame, task, answer)
            for task in CLASSES
            if (answer := commonest(frame, task, evidence.truth)) is not None
        ]
        return pd.concat(each, ignore_index=True)
    for table in evidence.tables.values():
        for seeds in table.outcomes.values():
            if seeds[0].kind == "control" and (seeds[0].method, seeds[0].hints) == ("hint-linear", row.hints):
                return seeds[0].predictions
    return None


def counted(gates: Sequence[Gate | None], tasks: Sequence[str]) -> tuple[list[str], str]:
    """The tasks on which every gate lets its row count, and in words why the others do not.

    gates: from ``gate``; None lets everything pass. tasks: those that a claim is about.
    """
    known = [one for one in gates if one is not None]
    passed = [task for task in tasks if all(not one.reasons.get(task, "") for one in known)]
    titles: dict[str, list[str]] = {}
    for one in known:
        out: dict[str, list[str]] = {}
        for task in tasks:
            if why := one.reasons.get(task, ""):
                out.setdefault(why, []).append(task)
        if out:
            each = (why if of == list(tasks) else f"{why} ({', '.join(of)})" for why, of in out.items())
            titles.setdefault("; ".join(each), []).append(one.title)
    return passed, "; ".join(f"{' and '.join(who)}: {why}" for why, who in titles.items())


def enough(passed: Sequence[str], tasks: Sequence[str]) -> bool:
    """Whether an overall comparison may be made on ``passed``: at least half of the tasks."""
    return bool(passed) and 2 * len(passed) >= len(tasks)


def gate_table(evidence: Evidence) -> pd.DataFrame:
    """One line per trained row: its hints, the evidence in its input, its lead over the control, and where it counts.

    Returns
    -------
    pandas.DataFrame
        Indexed by (table, row's title), as text: Hints, Evidence, Control's lead by task, Counts on, Why not elsewhere. Rows
        that several tables share are listed once.
    """
    lines, seen = {}, set()
    for table, result in evidence.tables.items():
        for row, seeds in result.outcomes.items():
            runs = tuple(str(run.folder) for run in seeds[0].runs)
            found = gate(table, row, evidence) if seeds[0].predictions is not None and runs not in seen else None
            if found is None:
                continue
            seen.add(runs)
            tasks = [task for task in PAPER_TASKS if task in found.reasons]
            passed, why = counted([found], tasks)
            shares = [found.evidence[task] for task in tasks if task in found.evidence]
            lines[table, found.title] = {
                "Hints": found.hints,
                "Evidence": f"{min(shares):.0%} to {max(shares):.0%}" if shares else "–",
                "Above its control by": ", ".join(
                    f"{t} {found.lead.loc[t, 'difference']:+.2f}" for t in tasks if t in found.lead.index
                ),
                "Counts on": ", ".join(passed) or "nothing",
                "Why not elsewhere": why.removeprefix(f"{found.title}: "),
            }
    table = pd.DataFrame.from_dict(lines, orient="index")
    table.index.names = ["Table", "Row"] if len(table) else [None]
    return table
