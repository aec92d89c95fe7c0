"""Score methods against what reports really state, read by hand: recall, precision and needless answers (``GOLD`` says how)."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from pathmtl.experiments import store
from pathmtl.schema import TASKS

#: The annotated values in ``book/results/real/``: ids, values and basis (code, words, counts or size), no text.
FILE = "stated_gold.csv"


def gold() -> pd.DataFrame:
    """The annotated values, one row per report: report_id, cancer_type, and for each task a value and ``TASK_basis``.

    Returns
    -------
    pandas.DataFrame
        Strings; "" where a report does not state a task.
    """
    return pd.read_csv(Path(store.results()) / "real" / FILE, dtype=str, keep_default_na=False)


def gold_scores(answers: pd.DataFrame, annotated: pd.DataFrame) -> pd.DataFrame:
    """Recall and precision of answers against the annotated values, by task and by basis.

    Parameters
    ----------
    answers
        Columns report_id and one per task: a class, or empty where there is no answer.
    annotated
        As ``gold`` returns it; the reports that ``answers`` lacks are left out.

    Returns
    -------
    pandas.DataFrame
        Columns task, basis (or "all"), stated (values), right, wrong, missed, needless (answers where nothing is stated; for
        "all" only), recall = right / stated, precision = right / answers given, needless ones included (for "all" only).
    """
    joined = annotated.merge(answers, on="report_id", suffixes=("", "_given"), validate="one_to_one")
    rows = []
    for task in TASKS:
        truth, given = joined[task], joined[f"{task}_given"].fillna("")
        for basis in ("all", *sorted(set(joined[f"{task}_basis"]) - {""})):
            chosen = truth.ne("") if basis == "all" else joined[f"{task}_basis"].eq(basis)
            right, missed = int((chosen & given.eq(truth)).sum()), int((chosen & given.eq("")).sum())
            stated = int(chosen.sum())
            row = {"task": task, "basis": basis, "stated": stated, "right": right, "wrong": stated - right - missed}
            row |= {"missed": missed, "recall": right / stated if stated else float("nan")}
            if basis == "all":
                answered = int(given.ne("").sum())
                row |= {
                    "needless": int((truth.eq("") & given.ne("")).sum()),
                    "precision": right / answered if answered else float("nan"),
                }
            rows.append(row)
    return pd.DataFrame(rows)
