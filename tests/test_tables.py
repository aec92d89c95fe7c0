"""One renderer for every table: the cell of a score with its interval, dashes for what is missing, and stable ids."""

import numpy as np
import pandas as pd
import pytest

from pathmtl import paper
from pathmtl.schema import OVERALL
from pathmtl.viz.tables import interval_cell, plain_table, score_table, share, table_cell

MEASURED = pd.DataFrame({"macro_f1": [0.9121], "macro_f1_low": [0.88], "macro_f1_high": [0.9405]}, index=["T"])


@pytest.mark.parametrize(
    ("scores", "html", "text"),
    [
        (
            {"macro_f1": 0.9121, "macro_f1_low": 0.88, "macro_f1_high": 0.9405},
            "0.912<br><small>0.880–0.941</small>",
            "0.912 (0.880–0.941)",
        ),
        (
            {"macro_f1": 0.9, "macro_f1_low": 0.8, "macro_f1_high": 1.0, "macro_f1_sd": 0.01, "seeds": 3},
            "0.900<br><small>± 0.010 (3 seeds)</small>",
            "0.900 ± 0.010 (3 seeds)",
        ),
        ({"macro_f1": 0.976}, "0.976", "0.976"),
        ({"macro_f1": np.nan, "macro_f1_low": np.nan, "macro_f1_high": np.nan}, "–", "–"),
    ],
)
def test_a_score_is_shown_with_what_surrounds_it(scores, html, text):
    assert interval_cell(pd.Series(scores), "macro_f1") == html
    assert interval_cell(pd.Series(scores), "macro_f1", html=False) == text


def test_missing_tables_rows_and_values_are_dashes():
    assert table_cell(None, "T", "macro_f1") == table_cell(MEASURED, "N", "macro_f1") == share(float("nan")) == "–"
    assert table_cell(MEASURED, "T", "macro_f1", html=False) == "0.912 (0.880–0.941)" and share(0.5) == "0.500"


def test_printed_and_measured_scores_are_side_by_side_in_the_order_of_the_schema():
    table = score_table({"paper": paper.TABLE_1["lora"], "this run": MEASURED}, "macro_f1", "Both.")
    assert table.data.index[0] == "T Stage" and table.data.index[-1] == OVERALL
    assert table.data.loc["T Stage"].tolist() == ["0.993", "0.912<br><small>0.880–0.941</small>"]
    assert table.data.loc[OVERALL, "this run"] == "–"


def test_the_same_table_has_the_same_html_and_another_one_other_ids():
    one, same, other = (plain_table(MEASURED, caption).to_html() for caption in ("A.", "A.", "B."))
    assert one == same and one != other and "A.</caption>" in one and 'class="pathmtl-table"' in one
    hidden = plain_table(MEASURED, "A.", index=False).to_html()
    assert ">T</th>" in one and ">T</th>" not in hidden
