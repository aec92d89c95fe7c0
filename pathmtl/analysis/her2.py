"""HER2 by what decides it: the stain alone, or a second assay after an equivocal stain (2+)."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from pathmtl.analysis.confusion import of_task
from pathmtl.analysis.wording import phenomena_of

#: What decides -> the phenomenon that marks it in a generated report; whatever has none of them is decided by the stain.
DECIDED_BY = {
    "2+, then amplified": "her2_fish_amplified",
    "2+, then not amplified": "her2_fish_not_amplified",
    "2+, no second assay": "her2_fish_pending",
}
STAIN = "the stain alone"
SECOND_ASSAY = tuple(DECIDED_BY)[:2]


def decided_by(reports: pd.DataFrame) -> pd.Series:
    """What decides HER2 in each report, by report_id.

    Parameters
    ----------
    reports : pandas.DataFrame
        With the columns report_id and phenomena (names separated by semicolons).

    Returns
    -------
    pandas.Series
        A key of ``DECIDED_BY`` or ``STAIN``.
    """
    found = [next((what for what, name in DECIDED_BY.items() if name in names), STAIN) for names in phenomena_of(reports)]
    return pd.Series(found, index=pd.Index(reports["report_id"], name="report_id"))


def by_assay(reports: pd.DataFrame, frames: Mapping[str, pd.DataFrame], truth: str = "truth") -> pd.DataFrame:
    """How often each method is right about HER2, by what decides it.

    Parameters
    ----------
    reports : pandas.DataFrame
        The evaluated reports, as in ``decided_by``.
    frames : mapping
        Method -> its predictions in long form; of several seeds, the one to count.
    truth : str
        Column scored against.

    Returns
    -------
    pandas.DataFrame
        Indexed by (what decides, method); columns right and n (answers). Combinations without an answer are absent.
    """
    what = decided_by(reports)
    parts = []
    for method, frame in frames.items():
        own = of_task(frame, "HER2", truth)
        right = (own["predicted"] == own[truth]).groupby(own["report_id"].map(what)).agg(["sum", "size"])
        parts.append(right.rename(columns={"sum": "right", "size": "n"}).assign(method=method))
    table = pd.concat(parts).rename_axis("decided").set_index("method", append=True)
    order = [name for name in (*DECIDED_BY, STAIN) if name in table.index.get_level_values(0)]
    return table.loc[order]


def missed_positives(reports: pd.DataFrame, frame: pd.DataFrame, truth: str = "truth") -> pd.DataFrame:
    """Reports of a HER2-positive tumor that got another answer: columns report_id, decided (by what) and predicted."""
    own = of_task(frame, "HER2", truth)
    wrong = own[(own[truth] == "Positive") & (own["predicted"] != "Positive")]
    found = wrong[["report_id", "predicted"]].reset_index(drop=True)
    found.insert(1, "decided", found["report_id"].map(decided_by(reports)))
    return found
