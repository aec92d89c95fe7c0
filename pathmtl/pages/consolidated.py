"""Consolidation shown: what a patient's other reports add to one that is silent, by which rule, and how often that is right."""

from __future__ import annotations

import pandas as pd

from pathmtl.analysis.confidence import wilson
from pathmtl.consolidate import consolidate
from pathmtl.experiments.results import rule_answers
from pathmtl.schema import BIOMARKERS

#: What each rule of ``report.consolidate`` does, for a reader.
RULES = {
    "own": "the report says it itself",
    "addendum": "a later addendum says it",
    "earlier": "an earlier report said it (the biopsy)",
    "later": "a later report says it",
    "unanimous": "no dates, but all reports agree",
    "conflict": "reports of one day disagree: nothing is taken",
}


def several(table: pd.DataFrame, limit: int, seed: int) -> pd.DataFrame:
    """Reports of patients who have more than one, whole patients drawn at random, about ``limit`` reports in all."""
    sizes = table.groupby("patient_id").size()
    drawn = sizes[sizes > 1].sample(frac=1, random_state=seed).cumsum()
    return table[table["patient_id"].isin(drawn[drawn <= limit].index)].reset_index(drop=True)


def read_and_consolidated(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """The oracle's answers, the same consolidated (both with the reports' other columns), and the provenance."""
    stated = table.assign(**rule_answers("oracle", table))
    filled, provenance = consolidate(stated)
    return stated, filled, provenance


def gain(stated: pd.DataFrame, filled: pd.DataFrame) -> pd.DataFrame:
    """Reports with a value, by biomarker: before, after, and how many more that is."""
    before, after = (frame[list(BIOMARKERS)].notna().sum() for frame in (stated, filled))
    return pd.DataFrame({"before": before, "after": after, "more": after / before.where(before > 0) - 1})


def by_rule(table: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """Values by rule, and where reports are labelled how many of them the labels, consolidated alike, agree with.

    Returns columns values, known, accuracy, accuracy_low, accuracy_high (95 % Wilson intervals); NaN where nothing is known.
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
        right = int((known["value"] == known["truth"]).sum())
        low, high = wilson(right, len(known))
        accuracy = right / len(known) if len(known) else float("nan")
        rows[rule] = {"values": len(part), "known": len(known), "accuracy": accuracy, "accuracy_low": low, "accuracy_high": high}
    return pd.DataFrame.from_dict(rows, orient="index")


def timeline(stated: pd.DataFrame, filled: pd.DataFrame, provenance: pd.DataFrame) -> pd.DataFrame:
    """The patient whose reports fill each other's gaps by the most rules: a row a report, in time order; empty without dates."""
    used = provenance[provenance["rule"] != "own"].groupby("patient_id")["rule"].nunique()
    if used.empty or "date" not in filled:
        return pd.DataFrame()
    own = filled[filled["patient_id"] == used.idxmax()].sort_values("date")
    rules = provenance.set_index(["report_id", "task"])["rule"]
    rows = []
    for index, report in own.iterrows():
        row = {"Date": report["date"], "Document": report.get("kind", ""), "Side": report.get("side", "")}
        for task in BIOMARKERS:
            said, value = stated.loc[index, task], report[task]
            rule = rules.get((report["report_id"], task), "")
            row[task] = "–" if not value else value if said == value else f"{value} ({rule})"
        rows.append(row)
    return pd.DataFrame(rows)
