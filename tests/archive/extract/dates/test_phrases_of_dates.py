import pytest

from archive.extract.dates.folding import composed, folded_line
from archive.extract.dates.habits import habits_of
from archive.extract.dates.months import month_of
from archive.extract.dates.zone_names import database_zone
from archive.extract.phrases.loading import languages


@pytest.mark.parametrize("language", languages())
def test_each_phrase_of_a_zone_names_one_of_the_tz_database(language):
    names = [entry.rpartition(" = ") for entry in languages()[language].zone_name]

    assert [entry for entry in names if not entry[0] or database_zone(entry[2]) is None] == []


@pytest.mark.parametrize("language", languages())
def test_each_added_name_of_a_month_is_read_as_its_number(language):
    for entry in languages()[language].month_name:
        name, _, value = entry.rpartition(" = ")

        number, is_persian = month_of(folded_line(composed(name)), habits_of([language]))

        assert (number, is_persian) == (int(value.split()[-1]), value.startswith("persian"))
