"""Sentences that a page computes for its finding: a comparison in words, what counts, and where the numbers come from."""

from __future__ import annotations

import pandas as pd

from pathmtl.analysis.compare import HELD, NOT_HELD, verdict
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import of_task
from pathmtl.analysis.metrics import majority_macro_f1
from pathmtl.experiments.results import TableResult
from pathmtl.paper.claims import CLAIMS
from pathmtl.paper.evidence import Evidence, Measured
from pathmtl.paper.gate import counted, gate
from pathmtl.paper.measures import gap
from pathmtl.schema import PAPER_TASKS, task_title
from pathmtl.viz.page import listed


def difference(claim: str, evidence: Evidence) -> Measured | None:
    """What is measured for a claim on all of its tasks, whether it counts or not; None where the evidence lacks its runs.

    claim: id of a claim whose measurement is a difference.
    """
    one = next(each for each in CLAIMS if each.id == claim)
    return (one.measure or gap)(one, evidence.without_gate())


def compared(a: str, b: str, found: Measured | None, what: str = "macro-F1") -> str:
    """A difference in words, without a final period; empty for None.

    Parameters
    ----------
    a, b
        The two methods, as they stand in a sentence.
    found
        As ``difference`` returns it.
    what
        The score.

    Examples
    --------
    >>> compared("the LLM", "the rules", Measured("", 0.1, 0.05, 0.15))
    'the LLM scores **0.100 higher** in macro-F1 than the rules (95 % interval +0.050 to +0.150)'
    """
    if found is None:
        return ""
    interval = f"95 % interval {found.low:+.3f} to {found.high:+.3f}"
    word = verdict(found.low, found.high)
    if word in (HELD, NOT_HELD):
        direction = "higher" if word == HELD else "lower"
        return f"{a} scores **{abs(found.value):.3f} {direction}** in {what} than {b} ({interval})"
    return f"{a} and {b} **cannot be told apart** in {what} ({found.value:+.3f}, {interval})"


def sentence(text: str) -> str:
    """With a capital letter and a period; empty stays empty."""
    return f"{text[0].upper()}{text[1:]}." if text else ""


def what_counts(table: str, row: str, evidence: Evidence, name: str = "the model") -> str:
    """Whether the comparisons of a row count (``paper.gate``), as one sentence; empty for a row without a gate.

    Parameters
    ----------
    table, row
        Which row.
    evidence
        Where it and its control are.
    name
        The row, as it stands in a sentence.
    """
    found = gate(table, row, evidence)
    if found is None:
        return ""
    tasks = [task for task in PAPER_TASKS if task in found.reasons]
    passed, _ = counted([found], tasks)
    control = "always giving the commonest answer" if found.hints == "none" else "a linear model that sees only its hints"
    if not passed:
        return f"But {name} beats {control} on none of the tasks, so **no comparison with it counts**."
    if len(passed) == len(tasks):
        return f"{name[0].upper() + name[1:]} beats {control} on every task, so the comparison counts."
    titles = listed(task_title(task) for task in passed)
    return f"{name[0].upper() + name[1:]} beats {control} on {titles} only; **elsewhere no comparison with it counts**."


def source_note(table: TableResult, recorded: TableResult) -> str:
    """Which runs the numbers of a page come from, for captions: the recorded ones where there are any."""
    best = recorded if recorded.outcomes else table
    seeds = {outcome.seed for outcomes in best.outcomes.values() for outcome in outcomes if outcome.seed is not None}
    kind = "recorded runs" if recorded.outcomes else "this run"
    count = f", {len(seeds)} seeds" if len(seeds) > 1 else ""
    reports = "synthetic test reports" if recorded.outcomes else "evaluated reports"
    return f"{kind[0].upper() + kind[1:]} ({best.made_with}{count}) on {len(best.reports):,} {reports}"


def answers_most(predictions: pd.DataFrame, task: str, name: str, scored: pd.DataFrame | None = None) -> str:
    """What a method answers most often on the labeled reports of a task, and how that compares with a constant answer.

    Parameters
    ----------
    predictions
        In long form with ``truth``.
    task, name
        The task, and the method as it stands in a sentence.
    scored
        Its scores (``analysis.evaluate.scores``); a macro-F1 is named where there is one.
    """
    here = of_task(predictions, task, "truth")
    if here.empty:
        return ""
    counts = here["predicted"].value_counts()
    constant = majority_macro_f1(here["truth"].value_counts(normalize=True).iloc[0], here["truth"].nunique())
    score = "" if scored is None or task not in scored.index else f": macro-F1 {scored.loc[task, 'macro_f1']:.3f}, a"
    beside = f"{score} constant answer {constant:.3f}" if score else ""
    return f"On {task_title(task)}, {name} answers *{counts.index[0]}* for {counts.iloc[0]:,} of {len(here):,} reports{beside}."


def missed(counts: pd.DataFrame, label: str, name: str, printed: float | None = None) -> str:
    """How many reports of a class a method misses, with the interval of the share found, as one sentence.

    Parameters
    ----------
    counts
        A confusion matrix (``analysis.confusion.confusion``): true classes down, answers across.
    label, name
        The class, and the method as it stands in a sentence.
    printed
        The share that the paper prints as found.
    """
    total, found = int(counts.loc[label].sum()), int(counts.loc[label, label])
    if not total:
        return f"No evaluated report is {label.lower()}, so nothing says how many {name} would miss."
    low, high = wilson(found, total)
    beside = "" if printed is None else f"; the paper finds {printed:.1%}"
    return (
        f"{name[0].upper() + name[1:]} **misses {total - found:,} of {total:,} {label.lower()} reports** (it finds "
        f"{found / total:.0%}, 95 % interval {low:.0%} to {high:.0%}{beside})."
    )
