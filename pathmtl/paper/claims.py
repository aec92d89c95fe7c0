"""The judge and the one table of verdicts: every page's verdicts, and the ledger's, come from here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.paper import numbers
from pathmtl.paper.claim_list import CLAIMS, PARTS
from pathmtl.paper.evidence import Claim, Evidence, Measured, Verdict
from pathmtl.paper.kinds import holm, p_value, word
from pathmtl.paper.measures import gap, ratio
from pathmtl.schema import OVERALL

__all__ = ["CLAIMS", "PARTS", "Claim", "Evidence", "Measured", "Verdict", "judge", "on_page", "tally", "verdict_table"]

#: Why a claim is untested: nothing to measure it on, no measurement by its page, or an interval that decides nothing.
MISSING, ON_PAGE = "no run or label here tests it", "its page has not measured it"
TOO_WIDE = "the interval is too wide to tell alike from unlike"
#: Costs under the paper's column names.
_PRINTED = {"train_seconds": "seconds", "peak_memory_mb": "memory_mb"}


def judge(claim: Claim, evidence: Evidence, *, measured: Measured | None = None) -> Verdict:
    """Judge one claim on one source of evidence.

    Parameters
    ----------
    claim : Claim
        What is claimed.
    evidence : Evidence
        Recorded runs, this build's, or labels.
    measured : Measured, optional
        What a page measured for this claim; it is judged instead of the evidence.

    Returns
    -------
    Verdict
        Where the evidence leaves the claim untested, ``evidence.longer`` is asked; what it says is marked "trained longer".
    """
    found = measured or evidence.measured.get(claim.id) or _measure(claim, evidence)
    if found is None:
        verdict = Verdict(UNTESTED, reason=claim.reason or _absent(claim))
    else:
        outcome = word(claim.kind, found, claim.bound)
        wide = TOO_WIDE if outcome == UNTESTED and claim.kind == "alike" else ""
        reason = found.why or "; ".join(filter(None, [found.note, claim.reason or wide]))
        verdict = Verdict(outcome, found.text or "–", reason, p=p_value(claim.kind, found, claim.bound))
    if verdict.word == UNTESTED and evidence.longer is not None:
        later = judge(claim, evidence.longer)
        if later.word != UNTESTED:
            return replace(later, measured=f"{later.measured}, trained longer", data="longer")
    return verdict


def _absent(claim: Claim) -> str:
    return MISSING if claim.measure is not None or claim.table else ON_PAGE


def _measure(claim: Claim, evidence: Evidence) -> Measured | None:
    if claim.measure is not None:
        return claim.measure(claim, evidence)
    if not claim.table:
        return None
    return ratio(claim, evidence) if claim.kind in ("cheaper", "as cheap", "no dearer") else gap(claim, evidence)


def printed(claim: Claim) -> str:
    """What the paper's numbers say to a claim: its own text, a difference of scores, a ratio (×) of costs, or a dash."""
    if claim.printed or not claim.table:
        return claim.printed or "–"
    if claim.table == "table1" and claim.task != OVERALL:
        a, b = (numbers.TABLE_1[row].loc[claim.task] for row in (claim.a, claim.b))
    else:
        a, b = (numbers.scores_of(claim.table, row) for row in (claim.a, claim.b))
    column = claim.task if claim.table == "table3" and claim.task != OVERALL else _PRINTED.get(claim.what, claim.what)
    if a is None or b is None or column not in a:
        return "–"
    return f"{a[column] - b[column]:+.3f}" if claim.kind in ("better", "alike") else f"× {a[column] / b[column]:.2f}"


def on_page(notebook: str) -> list[Claim]:
    """The claims that a notebook judges, in the list's order."""
    return [claim for claim in CLAIMS if notebook in claim.pages]


def verdicts_on(claims: Sequence[Claim], evidence: Evidence) -> list[Verdict]:
    """``judge`` for each claim, once for each source of evidence."""
    return [evidence.once(("verdict", claim.id, evidence.gated), lambda claim=claim: judge(claim, evidence)) for claim in claims]


def corrected(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The same verdicts after Holm's correction for making so many tests: what no longer stands out from chance is a tie.

    It concerns the claims that something is better (``kinds.p_value``); ties and untested claims stay what they are.
    """
    adjusted = holm([verdict.p for verdict in verdicts])
    found = []
    for verdict, p in zip(verdicts, adjusted, strict=True):
        if verdict.word in (HELD, NOT_HELD) and p > 0.05:
            note = (
                f"{verdict.word} by itself, a tie among {np.isfinite(adjusted).sum()} tests (p = {verdict.p:.3f}, Holm {p:.2f})"
            )
            verdict = replace(verdict, word=TIE, reason="; ".join(filter(None, [note, verdict.reason])))
        found.append(verdict)
    return found


def verdict_column(source: str) -> str:
    """The title of the column that holds the verdicts on ``source``."""
    return f"Verdict, {source[0].lower()}{source[1:]}"


def verdict_table(
    claims: Sequence[Claim],
    sources: Mapping[str, Evidence],
    *,
    quotes: bool = False,
    links: bool = False,
    family: Sequence[Claim] = (),
) -> pd.DataFrame:
    """One row per claim: what the paper prints, what each source measured, and the verdicts.

    Parameters
    ----------
    claims : sequence of Claim
        Such as ``on_page("table1_baseline")``.
    sources : mapping
        Title of a column -> its evidence, such as ``{"Recorded": …, "This run": …}``.
    quotes : bool
        Add the paper's own words.
    links : bool
        Add a link to the page that holds the evidence.
    family : sequence of Claim
        All claims that are tested together, these included: verdicts are then corrected for their number (``corrected``).

    Returns
    -------
    pandas.DataFrame
        Indexed by Claim; columns (Paper's words,) Section, Paper, and for each source its title and its verdict; Why, where
        a verdict needs a word more; (Evidence).
    """
    by_source = {}
    for title, evidence in sources.items():
        found = corrected(verdicts_on(family, evidence)) if family else verdicts_on(claims, evidence)
        by_source[title] = dict(zip([claim.id for claim in family or claims], found, strict=True))
    rows = []
    for claim in claims:
        row = {"Claim": claim.says}
        if quotes:
            row["Paper's words"] = claim.quote or "–"
        row |= {"Section": claim.place, "Paper": printed(claim)}
        verdicts = {title: found[claim.id] for title, found in by_source.items()}
        for title, verdict in verdicts.items():
            row |= {title: verdict.measured, verdict_column(title): verdict.word}
        row["Why"] = _reasons(list(verdicts.values()))
        if links:
            row["Evidence"] = f'<a href="{claim.evidence}.html">{claim.evidence}</a>' if claim.evidence else "–"
        rows.append(row)
    table = pd.DataFrame(rows).set_index("Claim")
    return table if table["Why"].any() else table.drop(columns="Why")


def _reasons(verdicts: Sequence[Verdict]) -> str:
    """The reasons, each once; what one source lacks needs none where another one decides."""
    decided = any(verdict.word != UNTESTED for verdict in verdicts)
    skipped = ("", MISSING, ON_PAGE) if decided else ("",)
    return "; ".join(dict.fromkeys(verdict.reason for verdict in verdicts if verdict.reason not in skipped))


def tally(verdicts: pd.Series) -> pd.Series:
    """How many claims got each verdict, in the order held, partly, tie, not held, untested."""
    order = (HELD, PARTLY, TIE, NOT_HELD, UNTESTED)
    return verdicts.value_counts().reindex([each for each in order if each in set(verdicts)])
