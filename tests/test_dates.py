"""Dates of a column: read, decided for the whole column, or refused; never guessed."""

from datetime import date

import pandas as pd
import pytest

from pathmtl.dates import days


@pytest.mark.parametrize(
    ("values", "read"),
    [
        (["2019-03-14", "2019-3-4", "2019/03/14", "2019.03.14"], ["2019-03-14", "2019-03-04", "2019-03-14", "2019-03-14"]),
        (
            ["2024-11-20 00:00:00", "2024-12-10T09:30:00Z", "2024-12-10T23:30:00-05:00"],
            ["2024-11-20", "2024-12-10", "2024-12-10"],
        ),
        (["20190314", "201903141530", "20190314153000+0100"], ["2019-03-14"] * 3),
        ([pd.Timestamp("2019-03-14 08:00"), date(2019, 3, 14), pd.NaT, None, float("nan"), " "], ["2019-03-14"] * 2 + [None] * 4),
        (["02/03/2019", "14/03/2019"], ["2019-03-02", "2019-03-14"]),
        (["02/03/2019", "03/14/2019"], ["2019-02-03", "2019-03-14"]),
        (["02/03/2019 10:15", "14/03/2019 10:15"], ["2019-03-02", "2019-03-14"]),
        (["02.03.2019"], ["2019-03-02"]),
        (["02/03/2019", "02.03.2019"], ["2019-03-02", "2019-03-02"]),
        (["03/03/2019"], ["2019-03-03"]),
        (["14 Mar 2019", "14-MAR-19", "14/Mar/2019", "March 14, 2019", "Mar 14 2019"], ["2019-03-14"] * 5),
    ],
)
def test_dates_that_have_one_reading(values, read):
    assert [day and date.fromordinal(day).isoformat() for day in days(values)] == read


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (["02/03/2019", "04/05/2019"], r"'02/03/2019' \(row 1\) can be read day first or month first"),
        (["14/03/2019", "03/14/2019"], r"'14/03/2019' \(row 1\) has the day first and '03/14/2019' \(row 2\) the month"),
        (["02.03.2019", "03/14/2019"], "has the day first"),
        (["2019-03-14", "soon"], r"'soon' \(row 2\) cannot be read"),
        (["2019"], "cannot be read"),
        (["2019-03"], "cannot be read"),
        (["43538"], "cannot be read"),
        (["14/03/19"], "cannot be read"),
        (["2019-02-30"], "cannot be read"),
        (["31/02/2019"], "cannot be read"),
        (["14 Mrz 2019"], "cannot be read"),
        (["2019-03-14 to 2019-03-20"], "cannot be read"),
    ],
)
def test_dates_that_would_be_guessed_are_refused_with_the_fix(values, says):
    with pytest.raises(ValueError, match=says) as error:
        days(values)
    assert "2019-03-14" in str(error.value)
