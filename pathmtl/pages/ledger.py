"""The ledger: every claim of the paper in one table, with its words, what was measured here and a verdict.

Three kinds of claim: those that a table of runs can test (``claims``), those that the paper's own printed numbers can test
(``paper_checks``), and those that nobody outside the authors' hospital can test, which are listed with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from pathmtl.analysis.compare import HELD, NOT_HELD, PARTLY, TIE, UNTESTED
from pathmtl.experiments.tables import TableResult
from pathmtl.pages.claims import CLAIMS, RECORDED_TITLE, cells, printed, verdict_column
from pathmtl.paper import arithmetic

#: Table of runs -> the notebook that shows its evidence.
NOTEBOOKS = {
    "table1": "table1_baseline",
    "table2": "table2_peft",
    "table3": "table3_mtl_vs_stl",
    "table4": "table4_slicing",
    "zero_shot": "zero_shot",
}
_AUDIT = "paper_audit"


@dataclass(frozen=True)
class OutOfReach:
    """A claim that cannot be tested without what only the authors have; ``why`` says what is missing."""

    says: str
    quote: str
    place: str
    why: str


OUT_OF_REACH: tuple[OutOfReach, ...] = (
    OutOfReach(
        "Experts audited seven reports in ten",
        "a comprehensive manual audit of 7,481 pathology reports",
        "S1-A",
        "the reports and the audit are private; `pathmtl audit` does the same for yours",
    ),
    OutOfReach(
        "The labelling engine agrees with clinicians",
        "demonstrating near-perfect alignment with human clinical judgment",
        "S1-A",
        "no agreement is printed, and test labels come from the same engine",
    ),
    OutOfReach(
        "It finds 92.6 % of the HER2-positive reports",
        "correctly identified 92.6% of positive cases",
        "S3",
        "their test reports are private",
    ),
    OutOfReach(
        "4-bit weights cost no accuracy",
        "without degrading predictive performance",
        "S2",
        "takes Llama-3-8B in 4 and in 16 bits on a GPU; the paper shows no such pair either",
    ),
    OutOfReach(
        "The window is faster at inference",
        "which directly lowers inference latency",
        "V-D",
        "with a 512-token limit on both, the saving depends on their reports' length; no time is printed",
    ),
    OutOfReach(
        "The method carries over to other clinical fields",
        "broadly applicable to other clinical domains",
        "VI",
        "nothing was tried there",
    ),
)


def ledger(
    live: Mapping[str, TableResult],
    recorded: Mapping[str, TableResult] | None = None,
    *,
    truth: str = "truth",
    resamples: int = 200,
) -> pd.DataFrame:
    """One row a claim: Claim, Paper's words, Place, Paper, (Recorded,) This build, (Verdict recorded,) Verdict, Evidence.

    live, recorded: table name -> its runs; a table that is not there leaves its claims untested. Evidence is the name of the
    notebook that shows it. Recorded columns only where any run is recorded.
    """
    kept = {name: table for name, table in (recorded or {}).items() if table.outcomes}
    rows = []
    for claim in CLAIMS:
        row = {"Claim": claim.says, "Paper's words": claim.quote, "Place": claim.place, "Paper": printed(claim)}
        for title, tables in {RECORDED_TITLE: kept, "This build": live}.items():
            if title == RECORDED_TITLE and not kept:
                continue
            table = tables.get(claim.table)
            if table is None or not table.labelled:
                row |= {title: "–", verdict_column(title): UNTESTED}
                continue
            row |= cells(title, claim, table, truth=truth, resamples=resamples)
        rows.append({**row, "Evidence": NOTEBOOKS[claim.table]})
    return pd.DataFrame(rows)


def printed_claims() -> pd.DataFrame:
    """Claims that the printed numbers test by themselves: Claim, Place, Printed, Recomputed, Verdict, Evidence."""
    rows = []
    for each in arithmetic.quoted().itertuples():
        rows.append(
            {
                "Claim": each.claim,
                "Place": each.place,
                "Printed": f"{each.quoted:g}",
                "Recomputed": f"{each.computed:.4g}",
                "Verdict": HELD if each.agrees else NOT_HELD,
            }
        )
    overall = arithmetic.overall_rows()
    fits = int(overall["mean_fits"].sum())
    rows.append(
        {
            "Claim": "“Overall Average” is the mean of the tasks",
            "Place": "Tables I and III",
            "Printed": f"{len(overall)} rows",
            "Recomputed": f"{fits} are",
            "Verdict": HELD if fits == len(overall) else PARTLY if fits else NOT_HELD,
        }
    )
    return pd.DataFrame(rows).assign(Evidence=_AUDIT)


def out_of_reach() -> pd.DataFrame:
    """Claims that cannot be tested here: Claim, Paper's words, Place, Why not."""
    return pd.DataFrame([{"Claim": c.says, "Paper's words": c.quote, "Place": c.place, "Why not": c.why} for c in OUT_OF_REACH])


def tally(verdicts: pd.Series) -> pd.Series:
    """How many claims got each verdict, in the order held, partly, tie, not held, untested."""
    order = (HELD, PARTLY, TIE, NOT_HELD, UNTESTED)
    return verdicts.value_counts().reindex([word for word in order if word in set(verdicts)])


def linked(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with its Evidence as links to the pages of the built book."""
    return frame.assign(Evidence=[f'<a href="{name}.html">{name}</a>' for name in frame["Evidence"]])
