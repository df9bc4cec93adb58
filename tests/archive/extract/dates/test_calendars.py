from datetime import date

import pytest

from archive.extract.dates.calendars import gregorian_year, persian_day, year_of_era


@pytest.mark.parametrize(
    ("persian", "gregorian"),
    [
        ((1403, 1, 1), date(2024, 3, 20)),
        ((1402, 1, 1), date(2023, 3, 21)),
        ((1399, 12, 30), date(2021, 3, 20)),  # a leap year
        ((1400, 1, 1), date(2021, 3, 21)),
        ((1400, 11, 15), date(2022, 2, 4)),
        ((1404, 6, 31), date(2025, 9, 22)),
        ((1370, 7, 1), date(1991, 9, 23)),
    ],
)
def test_a_day_of_the_persian_calendar_is_one_of_the_gregorian(persian, gregorian):
    assert persian_day(*persian) == gregorian


@pytest.mark.parametrize("persian", [(1400, 12, 30), (1400, 7, 31), (1400, 13, 1), (2022, 2, 4)])
def test_a_day_that_the_persian_calendar_has_not_is_an_error(persian):
    with pytest.raises(ValueError, match="no day"):
        persian_day(*persian)


def test_years_of_buddha_of_emperors_and_of_the_republic_are_counted_from_their_beginning():
    assert gregorian_year(2565) == 2022
    assert gregorian_year(2022) == 2022
    assert year_of_era("令和", 1) == 2019
    assert year_of_era("平成", 31) == 2019
    assert year_of_era("民國", 111) == 2022
