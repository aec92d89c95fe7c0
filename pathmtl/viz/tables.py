"""One renderer for every table of the book, and the one cell that shows a score with its interval."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from pathmtl.analysis.compare import spread_text
from pathmtl.schema import CLASSES, OVERALL, OVERALL_WEIGHTED, task_title


def plain_table(frame: pd.DataFrame, caption: str, index: bool = True) -> Styler:
    """Render any frame in the book's table style; the cells are shown as they are.

    Parameters
    ----------
    frame
        Cells of text (which may hold HTML) or numbers.
    caption
        One sentence above the table.
    index
        Whether to show the frame's index.
    """
    # The id depends on the content: a random one would change every build, a fixed one would repeat within a page.
    uuid = hashlib.sha256(f"{caption}{frame.to_csv()}".encode()).hexdigest()[:8]
    styler = frame.style.set_caption(caption).set_uuid(uuid).set_table_attributes('class="pathmtl-table"')
    return styler if index else styler.hide(axis="index")


def score_table(columns: Mapping[str, pd.DataFrame], metric: str, caption: str) -> Styler:
    """Show one metric of several score tables side by side, with one column per table.

    Parameters
    ----------
    columns
        Column heading -> scores as ``analysis.evaluate.scores`` returns them, indexed by task. Tables without interval columns,
        such as the paper's, show the value alone.
    metric
        ``accuracy``, ``macro_f1`` or ``auroc``.
    caption
        One sentence above the table.
    """
    order = [task for task in (*CLASSES, OVERALL, OVERALL_WEIGHTED) if any(task in table.index for table in columns.values())]
    cells = {heading: [table_cell(table, task, metric) for task in order] for heading, table in columns.items()}
    return plain_table(pd.DataFrame(cells, index=pd.Index([task_title(task) for task in order])), caption)


def interval_cell(scores: pd.Series, metric: str, *, html: bool = True) -> str:
    """A score with what surrounds it: its 95 % interval, or, for several seeds, their standard deviation.

    Parameters
    ----------
    scores
        One row of a score table: ``metric``, and perhaps ``metric_low`` with ``metric_high``, or ``metric_sd`` with ``seeds``.
    metric
        Name of the score, between 0 and 1.
    html
        Put the interval below the score in small print; otherwise in parentheses behind it.

    Returns
    -------
    str
        ``0.912<br><small>0.880–0.941</small>``, or with ``html=False`` ``0.912 (0.880–0.941)``; a dash if undefined.
    """
    if pd.isna(scores[metric]):
        return "–"
    value = f"{scores[metric]:.3f}"
    if f"{metric}_low" not in scores:
        return value
    around = spread_text(scores, metric)
    if html:
        return f"{value}<br><small>{around}</small>"
    return f"{value} {around if around.startswith('±') else f'({around})'}"


def table_cell(table: pd.DataFrame | None, row: str, metric: str, *, html: bool = True) -> str:
    """``interval_cell`` of one row of a score table; a dash where there is no table or no such row."""
    return "–" if table is None or row not in table.index else interval_cell(table.loc[row], metric, html=html)


def share(value: float) -> str:
    """A share between 0 and 1 with three digits; a dash for NaN."""
    return "–" if np.isnan(value) else f"{value:.3f}"
