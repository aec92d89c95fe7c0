"""What is measured for a claim, from the rows of a table: differences, costs, curves, HER2 and hints.

Each function takes (claim, evidence) and returns ``Measured``, or None where the evidence does not hold what it needs.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pathmtl.analysis.compare import gap_text
from pathmtl.analysis.confidence import wilson
from pathmtl.analysis.confusion import commonest, confusion, constant_predictions, of_task
from pathmtl.analysis.convergence import Convergence, convergence
from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.oracle_agreement import both_known
from pathmtl.analysis.paired import contrast, paired_difference
from pathmtl.paper.evidence import Claim, Evidence, Measured, Row
from pathmtl.paper.gate import counted, enough, gate
from pathmtl.schema import CLASSES, OVERALL, PAPER_TASKS

Measure = Callable[[Claim, Evidence], Measured | None]
#: Timings that a ratio of times needs on each side.
TIMINGS = 3
_ONE_RUN = "time until each one's loss is within a tenth of its lowest, taking steps as equally long"


def share_text(count: int, total: int) -> str:
    """A share with its Wilson interval, as the book writes it; a dash of nothing."""
    if not total:
        return "–"
    low, high = wilson(int(count), int(total))
    return f"{count / total:.3f} ({low:.3f} to {high:.3f})"


def judged_tasks(claim: Claim, frame: pd.DataFrame, truth: str) -> list[str]:
    """The tasks that a claim is about: its own, or those of the paper that the predictions hold labels for."""
    if claim.task != OVERALL:
        return [claim.task]
    return [task for task in PAPER_TASKS if len(of_task(frame, task, truth))]


def through_gate(
    claim: Claim, evidence: Evidence, rows: Sequence[tuple[str, str]], measure: Callable[[Sequence[str], bool], Measured | None]
) -> Measured | None:
    """Measure on the tasks where all ``rows`` (table, row) count; too few of them decide nothing (see ``gate``).

    ``measure`` is given those tasks and True, or all of them and False where too few count: then what it finds is only shown,
    with the reason.
    """
    frame = evidence.rows(*rows[0])[0].predictions
    if not evidence.gated:
        return measure(judged_tasks(claim, frame, evidence.truth), True)
    tasks = judged_tasks(claim, frame, evidence.truth)
    passed, why = counted([gate(*row, evidence) for row in rows], tasks)
    if not enough(passed, tasks):
        found = measure(tasks, False)
        return found and replace(found, why="; ".join(filter(None, [why, found.why])))
    found = measure(passed, True)
    return found and replace(found, note="; ".join(filter(None, [found.note, why and f"on {', '.join(passed)} only: {why}"])))


def of_tasks(frame: pd.DataFrame, tasks: Sequence[str]) -> pd.DataFrame:
    """The rows of ``tasks``."""
    return frame[frame["task"].isin(tasks)]


def _measured(row: pd.Series) -> Measured:
    """A difference with its interval, and a p-value where there is one."""
    note = "one seed, so its own spread is unknown" if row["seeds"] == 1 else ""
    text = gap_text(row["difference"], row["low"], row["high"])
    return Measured(text, row["difference"], row["low"], row["high"], note=note, p=row.get("p", np.nan))


def gap(claim: Claim, evidence: Evidence) -> Measured | None:
    """``claim.what`` of row a minus row b, all seeds together, paired by patient, on the tasks where the claimed winner counts.

    Where two rows are said to be alike, both must count.
    """
    a, b = evidence.rows(claim.table, claim.a), evidence.rows(claim.table, claim.b)
    frames = [[row.predictions for row in side] for side in (a, b)]
    if not a or not b or any(frame[evidence.truth].notna().sum() == 0 for side in frames for frame in side):
        return None
    rows = [claim.a] if claim.kind == "better" else [claim.a, claim.b]

    def measure(tasks: Sequence[str], tested: bool) -> Measured | None:
        every = claim.task != OVERALL or list(tasks) == judged_tasks(claim, frames[0][0], evidence.truth)
        wanted = tuple(CLASSES if every else tasks)
        sides = [[of_tasks(frame, wanted) for frame in side] for side in frames]
        options = {"truth": evidence.truth, "resamples": evidence.resamples, "seed": evidence.seed}
        found = evidence.once(
            ("gap", claim.table, claim.a, claim.b, claim.what, wanted, tested),
            lambda: paired_difference(*sides, claim.what, permutations=evidence.resamples * tested, **options),
        )
        if claim.task not in found.index:
            return None
        measured = _measured(found.loc[claim.task])
        return measured if any(row.kind == "train" for row in (a[0], b[0])) else replace(measured, note="")

    return through_gate(claim, evidence, [(claim.table, row) for row in (*rows, *claim.fair)], measure)


def ratio(claim: Claim, evidence: Evidence) -> Measured | None:
    """Cost of row a over that of row b: parameters and memory of the first seed, times of all seeds (``ratio_of_times``)."""
    rows = [evidence.rows(claim.table, name) for name in (claim.a, claim.b)]
    if not all(rows):
        return None
    costs = [[row.cost for row in side] for side in rows]
    if not all(side[0] and side[0][claim.what] for side in costs):
        return None
    if claim.what.endswith("seconds"):
        return ratio_of_times(*([cost[claim.what] for cost in side if cost] for side in costs), devices=devices(*rows))
    a, b = (side[0][claim.what] for side in costs)
    return Measured(f"× {a / b:.2f}", a / b)


def devices(*sides: Sequence[Row]) -> set[str]:
    """The machines on which the runs behind some rows were timed."""
    hardware = [run.record.get("provenance", {}).get("hardware", {}) for side in sides for row in side for run in row.runs]
    return {str(each["device"]) for each in hardware if each.get("device")}


def ratio_of_times(a: Sequence[float], b: Sequence[float], devices: set[str], note: str = "") -> Measured:
    """Seconds of one row over those of another: medians over the seeds, and the least and the largest ratio of any two seeds.

    A single timing decides nothing, since the same run varies by much on a shared machine; nor do timings on different ones.
    """
    ends = min(a) / max(b), max(a) / min(b)
    value = float(np.median(a) / np.median(b))
    where = f", {', '.join(sorted(devices))}" if devices else ""
    if len(devices) > 1:
        return Measured(f"× {value:.2f}{where}", value, *ends, why="timed on different hardware")
    if min(len(a), len(b)) < TIMINGS:
        return Measured(f"× {value:.2f}{where}", value, *ends, why=f"fewer than {TIMINGS} timings each; one varies too much")
    return Measured(
        f"× {value:.2f} ({ends[0]:.2f} to {ends[1]:.2f} over {len(a)} × {len(b)} runs{where})", value, *ends, note=note
    )


def score(table: str, row: str, reference: str = "") -> Measure:
    """The macro-F1 of a row's first seed with its interval, against the evidence's reference or a given one."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        rows, truth = evidence.rows(table, row), reference or evidence.truth
        if not rows or truth not in rows[0].predictions or not rows[0].predictions[truth].notna().any():
            return None

        def on(tasks: Sequence[str], tested: bool) -> Measured | None:
            options = {"truth": truth, "resamples": evidence.resamples, "seed": evidence.seed}
            found = evidence.once(
                ("scores", table, row, truth, *tasks), lambda: scores(of_tasks(rows[0].predictions, tasks), **options)
            )
            if claim.task not in found.index:
                return None
            value, low, high = found.loc[claim.task, ["macro_f1", "macro_f1_low", "macro_f1_high"]]
            return Measured(f"{value:.3f} ({low:.3f} to {high:.3f})", value, low, high)

        return through_gate(claim, evidence, [(table, row)], on)

    return measure


# Hints and windows (S1-B, V-D)


def hints(*terms: tuple[int, str, str], needs: Sequence[str]) -> Measure:
    """A weighted sum of scores of Table IV's rows, on the pairs whose truth and oracle's answer are both known.

    terms: (weight, row, reference). needs: rows that must count for the sum to say anything.
    """

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        outcomes = evidence.tables["table4"].outcomes if "table4" in evidence.tables else {}
        if any(row not in outcomes for _, row, _ in terms):
            return None
        used = {row: each for row, each in outcomes.items() if row in {row for _, row, _ in terms}}
        names = [(row, i) for row, each in used.items() for i in range(len(each))]
        frames = both_known({name: used[name[0]][name[1]].predictions for name in names})
        if any(frame.empty for frame in frames.values()):
            return None

        def on(tasks: Sequence[str], tested: bool) -> Measured | None:
            sides = [
                (weight, [of_tasks(frames[name], tasks) for name in names if name[0] == row], reference)
                for weight, row, reference in terms
            ]
            found = contrast(sides, resamples=evidence.resamples, seed=evidence.seed)
            return _measured(found.loc[OVERALL]) if OVERALL in found.index else None

        return through_gate(claim, evidence, [("table4", row) for row in needs], on)

    return measure


# Convergence (V-B, S2, S3)


def time_to_plateau(claim: Claim, evidence: Evidence) -> Measured | None:
    """Seconds of row a until its validation loss is within a tenth of its lowest, over those of row b (``ratio_of_times``).

    Each keeps its own schedule. It takes several epochs, or the lowest loss is wherever training ended; and both rows must
    count (see ``gate``), because a loss that never falls reaches its lowest at once.
    """
    rows = [evidence.rows(claim.table, name) for name in (claim.a, claim.b)]
    if not all(rows) or not all(row.runs and row.cost for side in rows for row in side):
        return None
    seconds = []
    for side in rows:
        runs = [run for row in side for run in row.runs]
        found = [(convergence(run.history, run.record["settings"]["epochs"]), run) for run in runs]
        known = [(curve, run) for curve, run in found if curve is not None and curve.planned > 1]
        if not known:
            return Measured("–", why=f"{side[0].title} is not trained for several epochs")
        seconds.append([run.record["cost"]["train_seconds"] * curve.plateau / curve.end for curve, run in known])
    found = ratio_of_times(*seconds, devices=devices(*rows), note=_ONE_RUN)
    return through_gate(claim, evidence, [(claim.table, claim.a), (claim.table, claim.b)], lambda *_: found)


def curve(row: str, test: Callable[[Sequence[Convergence]], Measured | None]) -> Measure:
    """A test of the validation curves of a row of Table II, one per seed."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        runs = [run for outcome in evidence.rows("table2", row) for run in outcome.runs]
        each = [convergence(run.history, run.record["settings"]["epochs"]) for run in runs]
        known = [one for one in each if one is not None]
        return test(known) if known else None

    return measure


def plateau(each: Sequence[Convergence]) -> Measured | None:
    """The epoch of the first loss within a tenth of the lowest, of runs of several epochs: the latest of the seeds."""
    each = [one for one in each if one.planned > 1]
    if not each:
        return None
    epochs = [one.plateau for one in each]
    lowest = np.mean([one.lowest for one in each])
    return Measured(f"{lowest:.4f}, from epoch {np.mean(epochs):.2f}", max(epochs))


def gain(each: Sequence[Convergence]) -> Measured:
    """The share by which epochs after the first lowered the loss, over the seeds that had any."""
    gains = [one.gain for one in each if not np.isnan(one.gain)]
    if not gains:
        return Measured("–", why="no run goes beyond its first epoch")
    spread = f" ({min(gains):.0%} to {max(gains):.0%})" if len(gains) > 1 else ""
    return Measured(f"gain {np.mean(gains):.0%}{spread}", float(np.mean(gains)), min(gains), max(gains))


def rise(each: Sequence[Convergence]) -> Measured | None:
    """How far the last loss lies above the lowest: the largest of the seeds."""
    rises = [one.rise for one in each]
    return Measured(f"{np.mean(rises):+.0%}", max(rises))


def late_rise(each: Sequence[Convergence]) -> Measured | None:
    """``rise`` of runs of several epochs only."""
    each = [one for one in each if one.planned > 1]
    return rise(each) if each else None


# HER2 (S3, V-A, III-B2)


def found_share(task: str, name: str) -> Measure:
    """Recall of a class by the LLM's first seed: seeds answer the same reports, and pooled they would look like more of them."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        rows = evidence.rows("table1", "lora")
        if not rows:
            return None
        counts = confusion(rows[0].predictions, task, evidence.truth).loc[name]
        right, total = int(counts[name]), int(counts.sum())
        if not total:
            return None
        found = Measured(share_text(right, total), right / total, *wilson(right, total))
        return through_gate(replace(claim, task=task), evidence, [("table1", "lora")], lambda *_: found)

    return measure


def lowest_of_minorities(recall: bool) -> Measure:
    """The least recall (or specificity) of the LLM among the classes rarer than an even share, with its Wilson interval."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        rows = evidence.rows("table1", "lora")
        if not rows:
            return None
        return through_gate(claim, evidence, [("table1", "lora")], lambda tasks, _: lowest(rows[0], tasks, evidence))

    def lowest(row: Row, tasks: Sequence[str], evidence: Evidence) -> Measured | None:
        least = None
        for task in tasks:
            counts = confusion(row.predictions, task, evidence.truth)
            every = int(counts.to_numpy().sum())
            for name in counts.index:
                own = int(counts.loc[name].sum())
                if not 0 < own < every / len(CLASSES[task]):
                    continue
                wrong = int(counts[name].sum() - counts.loc[name, name])
                right, total = (int(counts.loc[name, name]), own) if recall else (every - own - wrong, every - own)
                if total and (least is None or right / total < least[0] / least[1]):
                    least = right, total, f"{task} {name}"
        if least is None:
            return None
        right, total, title = least
        return Measured(f"{title}: {share_text(right, total)}", right / total, *wilson(right, total))

    return measure


def against_constant(table: str, row: str, task: str = "HER2") -> Measure:
    """Macro-F1 of a row on one task minus that of always answering the commonest class."""

    def measure(claim: Claim, evidence: Evidence) -> Measured | None:
        rows = evidence.rows(table, row)
        if not rows or not len(of_task(rows[0].predictions, task, evidence.truth)):
            return None
        frame = rows[0].predictions
        constant = constant_predictions(frame, task, commonest(frame, task, evidence.truth))
        frames = [of_task(each.predictions, task, evidence.truth) for each in rows]
        options = {"truth": evidence.truth, "resamples": evidence.resamples, "seed": evidence.seed}
        found = _measured(paired_difference(frames, constant, permutations=evidence.resamples, **options).loc[task])
        if rows[0].kind == "rules" or claim.kind != "better":  # a model that is said to have collapsed need not count
            return replace(found, note="") if rows[0].kind == "rules" else found
        return through_gate(replace(claim, task=task), evidence, [(table, row)], lambda *_: found)

    return measure


def valid_answers(claim: Claim, evidence: Evidence) -> Measured | None:
    """The share of the LLM's answers that are a class of their task."""
    rows = evidence.rows("table1", "lora")
    if not rows or rows[0].predictions.empty:
        return None
    pairs = rows[0].predictions[["task", "predicted"]].itertuples(index=False)
    valid = [value in CLASSES[task] for task, value in pairs]
    return Measured(f"{sum(valid):,} of {len(valid):,}", sum(valid) / len(valid))


# Memory (V-B)


def recorded_memory(claim: Claim, evidence: Evidence) -> Measured | None:
    """Peak memory of LoRA's training at the size of Llama-3-8B (profile ``efficiency``), GB."""
    rows = evidence.rows("efficiency", "lora")
    if not rows or not rows[0].cost or not rows[0].cost["peak_memory_mb"]:
        return None
    gigabytes = rows[0].cost["peak_memory_mb"] / 1e3
    return Measured(f"{gigabytes:.1f} GB", gigabytes)


def memory_order(claim: Claim, evidence: Evidence) -> Measured | None:
    """The share of neighbors in the paper's order of memory (LoRA > (IA)³ > prefix > frozen) that stand in it here too."""
    order = ("lora", "ia3", "prefix", "frozen")
    rows = [evidence.rows("table2", row) for row in order]
    if not all(rows) or not all(row[0].cost and row[0].cost["peak_memory_mb"] for row in rows):
        return None
    memory = [row[0].cost["peak_memory_mb"] for row in rows]
    pairs = [above > below for above, below in itertools.pairwise(memory)]
    return Measured(" > ".join(f"{value:,.0f}" for value in memory) + " MB, as listed", sum(pairs) / len(pairs))
