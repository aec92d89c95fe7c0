"""What this book found, in sentences: each is computed from the ledger and the runs, so it changes when they do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

import numpy as np
import pandas as pd

from pathmtl import paper
from pathmtl.analysis import registry
from pathmtl.analysis.compare import HELD, MARGIN, NOT_HELD, UNTESTED
from pathmtl.analysis.confusion import confusion, of_task
from pathmtl.paper.evidence import Evidence
from pathmtl.paper.final import Final, count_words
from pathmtl.schema import OVERALL
from pathmtl.viz.cost_tables import cheapest_row
from pathmtl.viz.overview import PRINTED_ROWS
from pathmtl.viz.verdict_cards import badge

_TITLES = PRINTED_ROWS["table2"][1]


@dataclass(frozen=True)
class Finding:
    """One finding: a title, one or two sentences (HTML), and the page with the evidence, named from ``notebooks/``."""

    title: str
    text: str
    page: str


def f1(value: float) -> str:
    """A score as the paper writes it: ``.976``."""
    return f"{value:.3f}".removeprefix("0")


def findings(
    finals: Sequence[Final], overview: pd.DataFrame, evidence: Evidence, real: Mapping | None, phenomena: pd.DataFrame | None
) -> list[Finding]:
    """The findings that the evidence supports, in the order of the landing page.

    Parameters
    ----------
    finals : sequence of Final
        ``paper.final.final_verdicts``.
    overview : pandas.DataFrame
        ``viz.overview.overview_scores``.
    evidence : Evidence
        The runs behind both.
    real : mapping or None
        The recorded aggregates on real reports (``analysis.registry.recorded``).
    phenomena : pandas.DataFrame or None
        Accuracy on HER2 2+ that a second assay decided: index method (``lora``, ``oracle``), columns right and n.

    Returns
    -------
    list of Finding
        A finding whose runs are missing is left out.
    """
    by_id = {final.claim.id: final for final in finals}
    each = (
        _printed(finals),
        _score(overview),
        _cheapest(overview, evidence),
        _one_model(by_id, overview),
        _window(by_id, overview),
        _her2(evidence, phenomena),
        _real(by_id, real),
        _use_it(real),
    )
    return [one for one in each if one is not None]


def _printed(finals: Sequence[Final]) -> Finding:
    mine = [final for final in finals if final.part == "The printed numbers by themselves"]
    counts = count_words(mine)
    wrong = next((final for final in mine if final.claim.id == "audit-verified"), None)
    text = f"{counts[HELD]} of {len(mine)} checks that need only the printed numbers hold."
    if wrong is not None and wrong.word == NOT_HELD:
        share = paper.AUDITED / paper.COHORT
        text += f" The “expert-verified” reports are {100 * share:.0f} % audited: {paper.AUDITED:,} of {paper.COHORT:,}."
    title = "The arithmetic mostly holds" if 2 * counts[HELD] > len(mine) else "Much of the arithmetic does not hold"
    return Finding(title, text, "paper_audit")


def _score(overview: pd.DataFrame) -> Finding | None:
    ours, naive = overview.loc[("table1", "lora")], overview.loc[("table1", "naive")]
    alone = overview.attrs["hints_only"]
    if np.isnan(ours["ours"]) or np.isnan(alone):
        return None
    above = ours["low"] > alone
    title = f"A score like {f1(ours['paper'])} " + ("is more than copying here" if above else "does not show that a model reads")
    text = (
        f"Printed: macro-F1 {f1(ours['paper'])} against {f1(naive['paper'])} for naive rules. On our synthetic reports a small "
        f"model gets {f1(ours['ours'])} against {f1(naive['ours'])}; a linear model that sees only its hints, and no report, "
        f"gets {f1(alone)}."
    )
    return Finding(title, text, "why_976")


def _cheapest(overview: pd.DataFrame, evidence: Evidence) -> Finding | None:
    table = overview.loc["table2"].dropna(subset="ours")
    outcomes = {row: evidence.rows("table2", row) for row in table.index}
    costs = {row: seeds[0].cost for row, seeds in outcomes.items() if seeds}
    if len(table) < 2 or len(costs) < len(table) or not all(costs.values()):
        return None
    best = table["ours"].idxmax()
    weights = {row: cost["trainable_parameters"] for row, cost in costs.items()}
    cheapest = cheapest_row(table["ours"].to_dict(), weights)
    text = f"{_TITLES[best]} scores best ({f1(table.loc[best, 'ours'])}) of the paper's {len(table)} ways to train. "
    if cheapest == best:
        text += f"None of the cheaper ones comes within {f1(MARGIN)} of it."
    else:
        text += (
            f"{_TITLES[cheapest]} comes within {f1(MARGIN)} ({f1(table.loc[cheapest, 'ours'])}) with "
            f"{weights[cheapest] / weights[best]:.0%} of the trained numbers.".replace("%", " %")
        )
    text += f" The paper prints {f1(table.loc['lora', 'paper'])} for LoRA and {f1(table.loc['ia3', 'paper'])} for (IA)³."
    return Finding(f"The cheapest strategy here is {_TITLES[cheapest]}", text, "table2_peft")


def _one_model(by_id: Mapping[str, Final], overview: pd.DataFrame) -> Finding | None:
    ours = overview.loc["table3"]["ours"]
    parameters, collapse = (by_id[name] for name in ("table3-parameters", "table3-collapse"))
    if ours.isna().any() or UNTESTED in (parameters.word, collapse.word):
        return None
    alike = ours["mtl"] >= ours["stl"] - MARGIN
    text = (
        f"One model for six tasks scores {f1(ours['mtl'])}, six models {f1(ours['stl'])}; of trained numbers it takes "
        f"{escape(parameters.measured)}. The claim that the single-task HER2 model falls back to one answer: {collapse.word}."
    )
    title = "One model is as good as six" if alike else "Six models score better than one"
    return Finding(title, text, "table3_mtl_vs_stl")


def _window(by_id: Mapping[str, Final], overview: pd.DataFrame) -> Finding | None:
    ours = overview.loc["table4"]["ours"]
    without = by_id["hints-random-off"]
    if ours.isna().any():
        return None
    gap = ours["window"] - ours["random"]
    text = f"With hints in the prompt, a window cut at random scores {f1(ours['random'])} and the proper one {f1(ours['window'])}"
    text += ": the hints hide what the window is worth." if gap < 0.1 else "."
    if without.word != UNTESTED:
        text += f" Without hints the difference is {escape(without.measured.split(' (')[0])} ({without.word})."
    return Finding(
        "Windows matter where no hint gives the answer away" if without.word == HELD else "What a window is worth is open",
        text,
        "table4_slicing",
    )


def _her2(evidence: Evidence, phenomena: pd.DataFrame | None) -> Finding | None:
    rows = evidence.rows("table1", "lora")
    if not rows or not len(of_task(rows[0].predictions, "HER2", evidence.truth)):
        return None
    positives = confusion(rows[0].predictions, "HER2", evidence.truth).loc["Positive"]
    missed, total = int(positives.sum() - positives["Positive"]), int(positives.sum())
    printed = f"{paper.HER2_POSITIVES_FOUND:.1%}".replace("%", " %")
    text = f"The recorded model misses {missed} of {total} HER2-positive reports (the paper finds {printed})."
    if phenomena is not None and len(phenomena):
        each = {method: f"{row['right']:.0f} of {row['n']:.0f}" for method, row in phenomena.iterrows()}
        text += (
            f" Where the stain is 2+ and a second assay decides, it is right on {each['lora']}, the rules on {each['oracle']}."
        )
    return Finding("HER2 is where errors cost most", text, "her2")


def _real(by_id: Mapping[str, Final], real: Mapping | None) -> Finding | None:
    tables = registry.score_tables(real, "stated") if real else {}
    if not {"lora", "naive", "oracle"} <= set(tables):
        return None
    scores = {row: tables[row]["macro_f1"] for row in ("naive", "lora", "oracle")}
    titles = {
        HELD: "On real reports the model beats the naive rules on T",
        NOT_HELD: "On real reports the model loses to naive rules on T",
    }
    title = titles.get(by_id["real-T"].word, "On real reports it is open whether the model beats naive rules on T")
    text = (
        f"On {real['about']['reports']:,} TCGA reports, T: model {f1(scores['lora']['T'])}, naive rules "
        f"{f1(scores['naive']['T'])}. All tasks: model {f1(scores['lora'][OVERALL])}, naive {f1(scores['naive'][OVERALL])}, the "
        f"rules that taught the model {f1(scores['oracle'][OVERALL])}."
    )
    return Finding(title, text, "real_reports")


def _use_it(real: Mapping | None) -> Finding | None:
    tables = registry.score_tables(real, "stated") if real else {}
    if not {"lora", "oracle"} <= set(tables):
        return None
    rules, model = (tables[row]["accuracy"] for row in ("oracle", "lora"))
    better = "rules" if rules[OVERALL] > model[OVERALL] else "model"
    title = f"Should I use this? The {better}, with an audit; not for a patient's care"
    text = (
        f"On real reports that state the field, the rules get {rules[OVERALL]:.0%} right "
        f"and the small model {model[OVERALL]:.0%}. "
    ).replace("%", " %")
    advice = "Label with the rules, let the model give a second opinion" if better == "rules" else "Label with the model"
    return Finding(title, text + f"{advice}, and have people check a sample.", "your_reports")


def scoreboard_html(finals: Sequence[Final]) -> str:
    """How many claims ended with each verdict, as a row of boxes that a phone stacks."""
    counts = count_words(finals)
    boxes = "".join(f"<li><strong>{count}</strong> {badge(word)}</li>" for word, count in counts.items())
    return f'<ul class="scoreboard" aria-label="{len(finals)} claims by verdict">{boxes}</ul>'


def findings_html(found: Sequence[Finding], prefix: str = "../notebooks/") -> str:
    """The findings as a list of cards, each with a link to its page."""
    cards = "".join(f'<li><a href="{prefix}{one.page}.html">{escape(one.title)}</a><span>{one.text}</span></li>' for one in found)
    return f'<ol class="findings">{cards}</ol>'
