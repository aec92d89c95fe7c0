"""The evidence that a page's claims are judged on: recorded runs, those trained longer, and this run's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from math import isnan, nan
from pathlib import Path

from pathmtl.experiments import store
from pathmtl.experiments.recipes import LONGER, TABLES
from pathmtl.experiments.results import RowResult, TableResult, recorded
from pathmtl.paper.evidence import Evidence, Measured

RECORDED_TITLE, LIVE_TITLE = "Recorded", "This run"
#: Decimals kept of what a page measured.
DECIMALS = 6


class Efficiency:
    """The recorded rows of profile ``efficiency``: the size of Llama-3-8B with random weights, for time and memory only."""

    @property
    def outcomes(self) -> dict[str, list[RowResult]]:
        runs = store.recorded_runs("efficiency")
        return {run.folder.name: [RowResult(run.folder.name, run.folder.name, None, None, (run,))] for run in runs}


def recorded_evidence(tables: Mapping[str, TableResult] | None = None, **options) -> Evidence:
    """Everything that is recorded, with the runs that were trained longer behind it.

    Parameters
    ----------
    tables : mapping, optional
        Table name -> its recorded rows; all recorded tables by default.
    **options
        Fields of ``Evidence``: labels, measured, truth, resamples, bins.

    Returns
    -------
    Evidence
        Empty tables are left out.
    """
    own = {name: recorded(name) for name in TABLES} if tables is None else dict(tables)
    longer = Evidence({name: recorded(name, LONGER) for name in own}, **{**options, "labels": None, "measured": {}})
    return Evidence({**own, "efficiency": Efficiency()}, longer=longer, **options)


def sources_of(
    live: TableResult,
    kept: TableResult | None = None,
    *,
    live_only: Mapping[str, object] | None = None,
    measured: Mapping[str, Mapping[str, Measured]] | None = None,
    **options,
) -> dict[str, Evidence]:
    """What stands beside the paper on a page, by the title of its column.

    Parameters
    ----------
    live : TableResult
        This run's rows.
    kept : TableResult, optional
        The recorded rows; without any there is no such column.
    live_only : mapping, optional
        Fields of ``Evidence`` for this run only, such as its labels.
    measured : mapping, optional
        Title of a column -> what the page measured for it, by claim id.
    **options
        Fields of ``Evidence`` for both: truth, resamples, bins.

    Returns
    -------
    dict of str to Evidence
        ``Recorded`` and ``This run``; only the first where this run's rows were themselves read from the record
        and nothing was measured for it.
    """
    sources = {LIVE_TITLE: Evidence({live.name: live}, **options, **(live_only or {}))}
    if kept is not None and kept.outcomes:
        recorded_runs = recorded_evidence({kept.name: kept}, **options)
        if live.is_recorded and LIVE_TITLE not in (measured or {}):
            sources = {RECORDED_TITLE: replace(recorded_runs, **(live_only or {}))}
        else:
            sources = {RECORDED_TITLE: recorded_runs, **sources}
    return {title: replace(each, measured=(measured or {}).get(title, {})) for title, each in sources.items()}


def measured_by(figures: Mapping[str, tuple]) -> dict[str, Measured]:
    """What an analysis measured, by claim id: (text, value, low, high, why) as ``Measured``."""
    return {name: Measured(*each) for name, each in figures.items()}


def keep_measured(page: str, measured: Mapping[str, Measured]) -> None:
    """Keep what a page measured for its claims, so that the ledger can judge them too: aggregates only.

    It is written to ``measured/PAGE.json`` in the live store; copied to ``book/results/measured/``, it is recorded.

    Parameters
    ----------
    page : str
        The notebook's name.
    measured : mapping
        Claim id -> what was measured.
    """
    path = store.live() / "measured" / f"{page}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{json.dumps(name)}: {json.dumps([each.text, *_known(each), each.why], ensure_ascii=False)}"
        for name, each in measured.items()
    ]
    path.write_text("{\n " + ",\n ".join(lines) + "\n}\n", encoding="utf-8")


def _known(measured: Measured) -> list[float | None]:
    ends = (measured.value, measured.low, measured.high)
    return [None if isnan(end) else round(float(end), DECIMALS) for end in ends]


def measured_on_pages(folder: Path) -> dict[str, Measured]:
    """Everything that pages kept in a store (``store.live()`` or ``store.results()``), by claim id."""
    found = {}
    for path in sorted((folder / "measured").glob("*.json")):
        for name, line in json.loads(path.read_text(encoding="utf-8")).items():
            text, *ends, why = line
            found[name] = Measured(text, *(nan if end is None else end for end in ends), why=why)
    return found
