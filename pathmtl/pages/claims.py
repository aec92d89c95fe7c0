"""The paper's claims as tests: what is compared, what the paper printed, what was measured, and whether it held.

A claim of "better" rests on the paired bootstrap interval of the difference, one of "on par" on that interval lying within a
margin, one about cost on a ratio (a single measurement, without an interval). The words are those of ``compare``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pandas as pd

from pathmtl import paper
from pathmtl.analysis import compare
from pathmtl.analysis.compare import HELD, MARGIN, NOT_HELD, TIE, UNTESTED
from pathmtl.analysis.evaluate import above_chance, scores
from pathmtl.experiments.recipes import LONGER
from pathmtl.experiments.results import RowResult, TableResult
from pathmtl.experiments.results import recorded as recorded_table
from pathmtl.paper import OVERALL
from pathmtl.schema import TASK

#: Costs nearer than this share of each other are a tie: what the same run varies by on a shared machine.
COST_MARGIN = 0.1
#: The column of recorded runs.
RECORDED_TITLE = "Recorded"


@dataclass(frozen=True)
class Claim:
    """``a`` against ``b`` (rows of ``table``), on one task or ``Overall``; ``kind`` is better, alike, cheaper or as cheap.

    what: a metric, or a cost of ``RowResult.cost`` for the last two kinds. place: where the paper says so. quote: its words.
    """

    table: str
    says: str
    place: str
    kind: str
    a: str
    b: str
    what: str = "macro_f1"
    task: str = OVERALL
    quote: str = ""


#: Words that several claims rest on.
_PEFT = "both Prefix Tuning and LoRA achieved high performance, with accuracies of 0.978 and 0.981, respectively"
_TIME = "it achieves optimal convergence in a single epoch (3,434 seconds)"
_ZERO = "rule-based natural language processing (NLP) pipelines, zero-shot LLMs, and single-task LLM baselines"

CLAIMS: tuple[Claim, ...] = (
    *(
        Claim(
            "table1", f"{TASK[task].title}: the LLM beats naive rules", "V-A", "better", "lora", "naive", task=task, quote=quote
        )
        for task, quote in {
            "T": "a substantial gap compared to the Multi-Task LLM (0.994)",
            "N": "maintains high Macro F1 scores across all tasks",
            "grade": "resulting in an accuracy of only 0.543",
            "ER": "provides consistent improvements",
            "PR": "the Macro F1 score of the baseline for PR status is only 0.635",
            "HER2": "achieving a HER2 accuracy of 0.985 and a Macro F1 of 0.967",
        }.items()
    ),
    Claim(
        "table1",
        "Overall: the LLM beats naive rules",
        "VI",
        "better",
        "lora",
        "naive",
        quote="significantly outperforming legacy rule-based baselines",
    ),
    Claim("table2", "LoRA beats the frozen backbone", "V-B", "better", "lora", "frozen", quote=_PEFT),
    Claim("table2", "LoRA beats (IA)³", "V-B", "better", "lora", "ia3", quote=_PEFT),
    Claim(
        "table2",
        "(IA)³ is hardly better than the frozen backbone",
        "V-B",
        "alike",
        "ia3",
        "frozen",
        quote="failed to substantially outperform the Frozen baseline",
    ),
    Claim("table2", "Prefix tuning comes close to LoRA", "V-B", "alike", "prefix", "lora", quote=_PEFT),
    *(
        Claim("table2", f"LoRA trains faster than {title}", "V-B", "cheaper", "lora", row, "train_seconds", quote=_TIME)
        for row, title in {"ia3": "(IA)³", "prefix": "prefix tuning", "frozen": "the frozen backbone"}.items()
    ),
    Claim(
        "table2",
        "Prefix tuning takes less memory than LoRA",
        "V-B",
        "cheaper",
        "prefix",
        "lora",
        "peak_memory_mb",
        quote="Prefix Tuning proved more memory-efficient",
    ),
    Claim(
        "table3",
        "One multi-task model beats six single-task models",
        "V-C",
        "better",
        "mtl",
        "stl",
        quote="the unified model achieves superior aggregate metrics",
    ),
    Claim(
        "table3",
        "It beats the single-task model on HER2, the scarcest task",
        "V-C",
        "better",
        "mtl",
        "stl",
        task="HER2",
        quote="the STL baseline exhibits a performance collapse on HER2 status",
    ),
    Claim(
        "table3",
        "It has a sixth of their parameters",
        "V-C",
        "cheaper",
        "mtl",
        "stl",
        "trainable_parameters",
        quote="reducing the deployment footprint by a factor of six",
    ),
    Claim(
        "table3",
        "It trains in about the same time",
        "V-C",
        "as cheap",
        "mtl",
        "stl",
        "train_seconds",
        quote="while maintaining comparable training latency",
    ),
    Claim(
        "table4",
        "The full text is on par with the window",
        "V-D",
        "alike",
        "full",
        "window",
        quote="statistically on par with our Window Slicing approach",
    ),
    Claim(
        "table4",
        "The window beats a random one",
        "V-D",
        "better",
        "window",
        "random",
        quote="the validity of our slicing strategy is confirmed by comparing with the Random Window baseline",
    ),
    Claim(
        "table4",
        "It does so where no hint carries the answer",
        "V-D",
        "better",
        "window-nohints",
        "random-nohints",
        quote="the validity of our slicing strategy is confirmed by comparing with the Random Window baseline",
    ),
    Claim(
        "table4",
        "The rule engine is not needed at inference: without its hints the model is on par",
        "S1-A",
        "alike",
        "window-nohints",
        "window",
        quote="without requiring the deployment of a cumbersome rule-based engine in the final inference pipeline",
    ),
    Claim(
        "zero_shot",
        "The fine-tuned LLM beats the zero-shot LLM that writes",
        "abstract",
        "better",
        "lora",
        "generate",
        quote=_ZERO,
    ),
    Claim(
        "zero_shot", "It beats the zero-shot LLM scored by likelihood", "abstract", "better", "lora", "likelihood", quote=_ZERO
    ),
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


def sources_of(this_run: TableResult, recorded: TableResult | None = None) -> dict[str, TableResult]:
    """What stands beside the paper, by the title of its column.

    The recorded runs are there only where there are any; where this run is itself read from them, it has no column of its own.
    """
    if recorded is None or not recorded.outcomes:
        return {"This run": this_run}
    return {RECORDED_TITLE: recorded} if this_run.is_recorded else {RECORDED_TITLE: recorded, "This run": this_run}


def verdict_column(source: str) -> str:
    """The title of the column that holds the verdicts on ``source``."""
    return f"Verdict, {source.lower()}"


def judge(claim: Claim, table: TableResult, *, truth: str = "truth", resamples: int = 200) -> Judgement:
    """The claim on a table's outcomes, all seeds together.

    A row that is missing leaves it untested; so does one that learnt nothing in the training it got, unless the claim is that the
    other is better and that one did learn: the training was enough then, and what it was given was not.
    """
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
    measured = compare.gap_text(row["difference"], row["low"], row["high"])
    if not all(learnt(table[name], truth, resamples) for name in ((claim.a,) if claim.kind == "better" else (claim.a, claim.b))):
        return Judgement(measured, UNTESTED)
    word = compare.verdict(row["low"], row["high"]) if claim.kind == "better" else compare.on_par(row["low"], row["high"], MARGIN)
    return Judgement(measured, word)


def judge_recorded(claim: Claim, table: TableResult, *, truth: str = "truth", resamples: int = 200) -> Judgement:
    """``judge`` on recorded runs, or on those that were trained longer (``or_longer``)."""
    return or_longer(
        judge(claim, table, truth=truth, resamples=resamples),
        lambda: judge(claim, recorded_table(claim.table, LONGER, rows=(claim.a, claim.b)), truth=truth, resamples=resamples),
    )


def or_longer(first: Judgement, longer: Callable[[], Judgement]) -> Judgement:
    """Where recorded runs leave a claim untested: what those of profile longer say to it, if they test it, and it says so."""
    if first.verdict != UNTESTED:
        return first
    found = longer()
    return first if found.verdict == UNTESTED else replace(found, measured=f"{found.measured}, trained longer")


def cells(title: str, claim: Claim, table: TableResult, *, truth: str = "truth", resamples: int = 200) -> dict[str, str]:
    """What a claim's row shows of one source: what was measured, and the verdict."""
    judged = judge_recorded if title == RECORDED_TITLE else judge
    found = judged(claim, table, truth=truth, resamples=resamples)
    return {title: found.measured, verdict_column(title): found.verdict}


def learnt(outcome: RowResult, truth: str, resamples: int) -> bool:
    """Whether a row's model, where it was trained, tells classes apart better than chance."""
    if not outcome.runs or outcome.runs[0].kind != "train":
        return True
    frame = outcome.predictions[outcome.predictions[truth].notna()]
    return above_chance(scores(frame, truth=truth, resamples=resamples))


def _cost(claim: Claim, table: TableResult) -> Judgement:
    # The first seed's, as on the tables' pages: a seed changes no cost, and others may have been timed beside other work.
    costs = [table[row].cost for row in (claim.a, claim.b)]
    if not all(cost and cost[claim.what] for cost in costs):
        return Judgement("–", UNTESTED)
    a, b = (cost[claim.what] for cost in costs)
    ratio, near = a / b, 1 - COST_MARGIN <= a / b <= 1 / (1 - COST_MARGIN)
    if near:
        return Judgement(f"× {ratio:.2f}", HELD if claim.kind == "as cheap" else TIE)
    return Judgement(f"× {ratio:.2f}", HELD if claim.kind == "cheaper" and ratio < 1 else NOT_HELD)


def verdicts(name: str, live: TableResult, recorded: TableResult | None = None, *, resamples: int = 200) -> pd.DataFrame:
    """Every claim of a table: paper, recorded, this run, and the verdicts; the recorded columns only where runs are recorded."""
    rows = []
    for claim in claims_of(name):
        row = {"Claim": claim.says, "Section": claim.place, "Paper": printed(claim)}
        for title, table in sources_of(live, recorded).items():
            row |= cells(title, claim, table, resamples=resamples)
        rows.append(row)
    return pd.DataFrame(rows).set_index("Claim")
