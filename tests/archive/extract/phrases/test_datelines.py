"""Lines that are only a date, a change or the time to read."""

import pytest

from archive.extract.phrases.datelines import is_dateline, tells_of_change


@pytest.mark.parametrize(
    "text",
    [
        "Published on Monday, 3 March 2025 at 14:30 GMT",
        "den 3. März 2025, 14:30 Uhr",
        "Publié le 3 mars 2025 à 14h30, mis à jour le 4 mars 2025",
        "sexta-feira, 22 de outubro de 2010 às 20:13",
        "Thứ Hai, 03 tháng 3 2025, 14:30",
        "3 min read",
        "Lesezeit: ca. 5 Minuten",
        "Thứ ba, 22/7/2025, 05:30 (GMT+7)",
    ],
)
def test_a_date_with_what_is_written_around_one_is_a_dateline(text: str):
    assert is_dateline(text)


@pytest.mark.parametrize(
    "text", ["On 3 March 2025 the bridge fell.", "3 per 100", "March", "Chapter 3", ""]
)
def test_other_lines_are_none(text: str):
    assert not is_dateline(text)


def test_only_a_date_with_a_label_is_that_of_the_page():
    assert tells_of_change("Updated 3 March 2025")
    assert not tells_of_change("3 March 2025")
