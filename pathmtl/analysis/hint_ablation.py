"""Windows crossed with hints (Table IV), scored against the oracle and against the truth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from pathmtl.analysis.evaluate import scores
from pathmtl.analysis.oracle_agreement import REFERENCES, ratio_with_ci
from pathmtl.analysis.paired import with_references
from pathmtl.schema import OVERALL

#: Row of ``table4`` with hints -> title of its window; ``without_hints`` names the row without hints.
WINDOWS = {"window": "Window", "full": "Full text", "random": "Random window"}


def without_hints(row: str) -> str:
    """The row of ``table4`` that has the same window and no hints: ``without_hints("full") == "full-nohints"``."""
    return f"{row}-nohints"


def two_way_scores(
    frames: Mapping[str, pd.DataFrame], references: Sequence[str] = REFERENCES, *, resamples: int = 200
) -> dict[tuple[str, str, str], pd.Series]:
    """Overall scores of every window, with and without hints, against each reference.

    Parameters
    ----------
    frames
        Row of ``table4`` -> predictions in long form.
    references
        Columns of the frames to score against.
    resamples
        Bootstrap draws behind each interval.

    Returns
    -------
    dict
        (window, "on" or "off", reference) -> the overall row of ``evaluate.scores``; what cannot be scored is left out.
    """
    cells = {}
    for window in WINDOWS:
        for hints, row in (("on", window), ("off", without_hints(window))):
            for reference in references:
                table = scores(frames[row], truth=reference, resamples=resamples)
                if OVERALL in table.index:
                    cells[window, hints, reference] = table.loc[OVERALL]
    return cells


def agreement_from_hints(on: pd.DataFrame, off: pd.DataFrame, *, resamples: int = 200) -> dict[str, float]:
    """Share of the agreement with the oracle that is lost without hints: (agree on - agree off) / agree on.

    It needs no truth. It is negative where the model agrees more often without hints.

    Parameters
    ----------
    on, off
        Predictions in long form with hints and without, with the column ``oracle``; paired by report and task.
    resamples
        Bootstrap draws behind the interval, over patients.

    Returns
    -------
    dict
        As ``ratio_with_ci``.
    """
    on, off = with_references([on, off], ["oracle"])
    with_hints = (on["predicted"] == on["oracle"]).to_numpy().astype(float)
    without = (off["predicted"] == off["oracle"]).to_numpy().astype(float)
    return ratio_with_ci(with_hints - without, with_hints, on["patient_id"], resamples=resamples)
