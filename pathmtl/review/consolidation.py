"""What consolidation adds: values filled in from a patient's other reports, by which rule, and how often they are right."""

from __future__ import annotations

import pandas as pd

from pathmtl.analysis.confidence import shares_with_intervals
from pathmtl.consolidate import consolidate
from pathmtl.oracle.engine import label
from pathmtl.schema import BIOMARKERS, TASKS

#: What each rule of ``pathmtl.consolidate`` does, for a reader.
RULES = {
    "own": "the report states it itself",
    "addendum": "a later addendum states it",
    "earlier": "an earlier report stated it (the biopsy)",
    "later": "a later report states it",
    "unanimous": "no dates, but all reports agree",
    "conflict": "reports of the same day disagree, so nothing is filled in",
}


def several(table: pd.DataFrame, limit: int, seed: int) -> pd.DataFrame:
    """Draw patients who have more than one report.

    Parameters
    ----------
    table
        Reports; column ``patient_id``.
    limit
        The largest number of reports to return.
    seed
        Seed of the draw.

    Returns
    -------
    pandas.DataFrame
        All reports of the patients drawn.
    """
    sizes = table.groupby("patient_id").size()
    drawn = sizes[sizes > 1].sample(frac=1, random_state=seed).cumsum()
    return table[table["patient_id"].isin(drawn[drawn <= limit].index)].reset_index(drop=True)


def read_and_consolidated(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Label every report with the oracle and consolidate the answers.

    Parameters
    ----------
    table
        Reports (see ``consolidate.consolidate`` for the columns that it uses).

    Returns
    -------
    tuple
        The reports with the oracle's answers as labels, the same after consolidation, and the provenance of each value.
    """
    answers = pd.DataFrame([label(text) for text in table["text"]], index=table.index, columns=list(TASKS))
    stated = table.assign(**answers)
    filled, provenance = consolidate(stated)
    return stated, filled, provenance


def gain(stated: pd.DataFrame, filled: pd.DataFrame) -> pd.DataFrame:
    """How many more reports have a value after consolidation, by biomarker.

    Parameters
    ----------
    stated, filled
        As ``read_and_consolidated`` returns them.

    Returns
    -------
    pandas.DataFrame
        Indexed by biomarker; columns before, after (reports with a value), more (the increase as a share; NaN from 0).
    """
    before, after = (frame[list(BIOMARKERS)].notna().sum() for frame in (stated, filled))
    return pd.DataFrame({"before": before, "after": after, "more": after / before.where(before > 0) - 1})


def by_rule(table: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """How many values each rule filled in, and how often they agree with the labels, consolidated by the same rules.

    Parameters
    ----------
    table
        Reports with their labels.
    provenance
        As ``read_and_consolidated`` returns it.

    Returns
    -------
    pandas.DataFrame
        Indexed by rule; columns values, known (counts: all, and those with a label), accuracy, accuracy_low, accuracy_high (95 %,
        Wilson 1927; NaN if none is known).
    """
    keys = ["report_id", "task"]
    truth = consolidate(table)[1][[*keys, "value"]].dropna().rename(columns={"value": "truth"})
    joined = provenance.merge(truth, on=keys, how="left")
    rows = {}
    for rule in RULES:
        part = joined[joined["rule"] == rule]
        if part.empty:
            continue
        known = part[part["truth"].notna() & part["value"].notna()]
        accuracy = shares_with_intervals([(known["value"] == known["truth"]).sum()], [len(known)]).iloc[0]
        rows[rule] = {"values": len(part), "known": len(known), **accuracy}
    return pd.DataFrame.from_dict(rows, orient="index")


def timeline(stated: pd.DataFrame, filled: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """The reports of the patient to whom the most rules apply.

    Parameters
    ----------
    stated, filled, provenance
        As ``read_and_consolidated`` returns them.

    Returns
    -------
    pandas.DataFrame
        One row per report in time order; columns Date, Document, Side, and one per biomarker: its value, with the rule in
        parentheses where it was filled in. Empty if no rule applies or the reports have no dates.
    """
    used = provenance[provenance["rule"] != "own"].groupby("patient_id")["rule"].nunique()
    if used.empty or "date" not in filled:
        return pd.DataFrame()
    of_patient = filled[filled["patient_id"] == used.idxmax()].sort_values("date")
    rules = provenance.set_index(["report_id", "task"])["rule"]
    rows = []
    for index, report in of_patient.iterrows():
        row = {"Date": report["date"], "Document": report.get("kind", ""), "Side": report.get("side", "")}
        for task in BIOMARKERS:
            before, value = stated.loc[index, task], report[task]
            rule = rules.get((report["report_id"], task), "")
            row[task] = "–" if not value else value if before == value else f"{value} ({rule})"
        rows.append(row)
    return pd.DataFrame(rows)
