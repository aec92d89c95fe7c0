"""The paper's claims as tests: what is compared, what the paper printed, what was measured, and whether it held.

A claim of "better" rests on the paired bootstrap interval of the difference, one of "on par" on that interval lying within a
margin, one about cost on a ratio (a single measurement, without an interval). The words are those of ``compare``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from pathmtl import paper
from pathmtl.evaluation import compare
from pathmtl.evaluation.compare import HELD, MARGIN, NOT_HELD, TIE, UNTESTED
from pathmtl.experiments.tables import Table
from pathmtl.paper import OVERALL
from pathmtl.schema import PAPER_TASKS, TASK

#: Costs nearer than this share of each other are a tie: what the same run varies by on a shared machine.
COST_MARGIN = 0.1


@dataclass(frozen=True)
class Claim:
    """``a`` against ``b`` (rows of ``table``), on one task or ``Overall``; ``kind`` is better, alike, cheaper or as cheap.

    what: a metric, or a cost of ``Outcome.cost`` for the last two kinds. place: where the paper says so.
    """

    table: str
    says: str
    place: str
    kind: str
    a: str
    b: str
    what: str = "macro_f1"
    task: str = OVERALL


CLAIMS: tuple[Claim, ...] = (
    *(
        Claim("table1", f"{TASK[task].title}: the LLM beats naive rules", "V-A", "better", "lora", "naive", task=task)
        for task in PAPER_TASKS
    ),
    Claim("table1", "Overall: the LLM beats naive rules", "V-A", "better", "lora", "naive"),
    Claim("table2", "LoRA beats the frozen backbone", "V-B", "better", "lora", "frozen"),
    Claim("table2", "LoRA beats (IA)³", "V-B", "better", "lora", "ia3"),
    Claim("table2", "(IA)³ is hardly better than the frozen backbone", "V-B", "alike", "ia3", "frozen"),
    Claim("table2", "Prefix tuning comes close to LoRA", "V-B", "alike", "prefix", "lora"),
    Claim("table2", "LoRA trains faster than (IA)³", "V-B", "cheaper", "lora", "ia3", "train_seconds"),
    Claim("table2", "LoRA trains faster than prefix tuning", "V-B", "cheaper", "lora", "prefix", "train_seconds"),
    Claim("table2", "LoRA trains faster than the frozen backbone", "V-B", "cheaper", "lora", "frozen", "train_seconds"),
    Claim("table2", "Prefix tuning takes less memory than LoRA", "V-B", "cheaper", "prefix", "lora", "peak_memory_mb"),
    Claim("table3", "One multi-task model beats six single-task models", "V-C", "better", "mtl", "stl"),
    Claim("table3", "It beats the single-task model on HER2, the scarcest task", "V-C", "better", "mtl", "stl", task="HER2"),
    Claim("table3", "It has a sixth of their parameters", "V-C", "cheaper", "mtl", "stl", "trainable_parameters"),
    Claim("table3", "It trains in about the same time", "V-C", "as cheap", "mtl", "stl", "train_seconds"),
    Claim("table4", "The full text is on par with the window", "V-D", "alike", "full", "window"),
    Claim("table4", "The window beats a random one", "V-D", "better", "window", "random"),
    Claim("zero_shot", "The fine-tuned LLM beats the zero-shot LLM that writes", "abstract", "better", "lora", "generate"),
    Claim("zero_shot", "It beats the zero-shot LLM scored by likelihood", "abstract", "better", "lora", "likelihood"),
)


@dataclass(frozen=True)
class Judgement:
    """A claim measured: ``measured`` as text with its interval, and the verdict."""

    measured: str
    verdict: str


def claims_of(name: str) -> list[Claim]:
    return [claim for claim in CLAIMS if claim.table == name]


def printed(claim: Claim) -> str:
    """What the paper's own numbers say to the claim: a difference of scores, a ratio of costs, or a dash."""
    if claim.table == "table1" and claim.task != OVERALL:
        a, b = (paper.TABLE_1[row].loc[claim.task] for row in (claim.a, claim.b))
    else:
        a, b = (paper.scores_of(claim.table, row) for row in (claim.a, claim.b))
    column = claim.task if claim.table == "table3" and claim.task != OVERALL else _PRINTED.get(claim.what, claim.what)
    if a is None or b is None or column not in a:
        return "–"
    return f"{a[column] - b[column]:+.3f}" if claim.kind in ("better", "alike") else f"× {a[column] / b[column]:.2f}"


#: Costs under the paper's column names.
_PRINTED = {"train_seconds": "seconds", "peak_memory_mb": "memory_mb"}


def judge(claim: Claim, table: Table, *, truth: str = "truth", resamples: int = 200) -> Judgement:
    """The claim on a table's outcomes, all seeds together; a row that is missing leaves it untested."""
    if claim.a not in table or claim.b not in table:
        return Judgement("–", UNTESTED)
    if claim.kind in ("cheaper", "as cheap"):
        return _cost(claim, table)
    frames = [[outcome.predictions for outcome in table.outcomes[row]] for row in (claim.a, claim.b)]
    if any(frame[truth].notna().sum() == 0 for side in frames for frame in side):
        return Judgement("–", UNTESTED)
    found = compare.paired_difference(*frames, claim.what, truth=truth, resamples=resamples)
    if claim.task not in found.index:
        return Judgement("–", UNTESTED)
    row = found.loc[claim.task]
    word = compare.verdict(row["low"], row["high"]) if claim.kind == "better" else compare.on_par(row["low"], row["high"], MARGIN)
    return Judgement(f"{row['difference']:+.3f} ({row['low']:+.3f} to {row['high']:+.3f})", word)


def _cost(claim: Claim, table: Table) -> Judgement:
    costs = [[outcome.cost for outcome in table.outcomes[row]] for row in (claim.a, claim.b)]
    if any(cost is None for side in costs for cost in side):
        return Judgement("–", UNTESTED)
    a, b = (sum(cost[claim.what] for cost in side) / len(side) for side in costs)
    if not a or not b:
        return Judgement("–", UNTESTED)
    ratio, near = a / b, 1 - COST_MARGIN <= a / b <= 1 / (1 - COST_MARGIN)
    if near:
        return Judgement(f"× {ratio:.2f}", HELD if claim.kind == "as cheap" else TIE)
    return Judgement(f"× {ratio:.2f}", HELD if claim.kind == "cheaper" and ratio < 1 else NOT_HELD)


def verdicts(name: str, live: Table, recorded: Table | None = None, *, resamples: int = 200) -> pd.DataFrame:
    """Every claim of a table: paper, recorded, this run, and the verdicts; the recorded columns only where runs are recorded."""
    shown = {"Recorded": recorded} if recorded is not None and recorded.outcomes else {}
    rows = []
    for claim in claims_of(name):
        row = {"Claim": claim.says, "Section": claim.place, "Paper": printed(claim)}
        for title, table in {**shown, "This run": live}.items():
            judgement = judge(claim, table, resamples=resamples)
            row |= {title: judgement.measured, f"Verdict, {title.lower()}": judgement.verdict}
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")
