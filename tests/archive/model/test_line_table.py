"""The table of a page's lines: what goes in comes back, it is small, and no bytes break it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model.line_table import (
    MOST_LINES,
    MOST_PLACES,
    MOST_WEIGHT,
    LineField,
    LineTable,
    PlacedLines,
    SeenLine,
    pack,
    unpack,
)

FIELDS = st.integers(0, 31).map(LineField)
LINES = st.builds(
    SeenLine,
    digest=st.integers(0, 0xFFFFFF),
    weight=st.integers(2, MOST_WEIGHT),
    is_kept=st.booleans(),
    is_trimmed=st.booleans(),
    is_after_link=st.booleans(),
    is_linked=st.booleans(),
    fields=FIELDS,
)
PLACES = st.builds(
    PlacedLines,
    place=st.integers(0, 0xFFFFFFFF),
    lines=st.lists(LINES, max_size=5, unique_by=lambda line: line.digest).map(tuple),
    links=st.integers(0, 0x3FFF),
    has_more_kept=st.booleans(),
    has_more_lacking=st.booleans(),
)
FEWER = settings(max_examples=40)
TABLES = st.builds(
    LineTable,
    places=st.lists(PLACES, max_size=6, unique_by=lambda each: each.place).map(tuple),
    lacks=FIELDS,
)


def line(digest: int, weight: int = 100) -> SeenLine:
    return SeenLine(digest, weight)


def in_order(table: LineTable) -> LineTable:
    """*table* with its places by number, and their lines by digest."""
    places = (
        replace(each, lines=tuple(sorted(each.lines, key=lambda one: one.digest)))
        for each in table.places
    )
    return LineTable(tuple(sorted(places, key=lambda each: each.place)), table.lacks)


@FEWER
@given(TABLES)
def test_what_is_packed_comes_back(table):
    assert unpack(pack(table)) == in_order(table)


@FEWER
@given(TABLES, st.randoms())
def test_the_order_of_places_is_of_no_matter(table, chance):
    places = list(table.places)
    chance.shuffle(places)

    assert pack(LineTable(tuple(places), table.lacks)) == pack(table)


def test_of_many_lines_at_a_place_those_with_the_smallest_digests_are_kept():
    lines = tuple(line(digest) for digest in range(100, 0, -1))

    (place,) = unpack(pack(LineTable((PlacedLines(7, lines),)))).places

    assert [each.digest for each in place.lines] == list(range(1, MOST_LINES + 1))


def test_a_table_says_of_lines_that_it_has_not_whether_the_text_has_or_lacks_one():
    some = tuple(SeenLine(digest, 100, is_trimmed=True) for digest in range(MOST_LINES))
    kept, lacking = SeenLine(100, 100, is_kept=True), SeenLine(101, 100)

    for more in ((), (kept,), (lacking,), (kept, lacking)):
        (place,) = unpack(pack(LineTable((PlacedLines(7, (*more, *some)),)))).places

        assert place.lines == some
        assert (place.has_more_kept, place.has_more_lacking) == (kept in more, lacking in more)


def test_of_many_places_the_heaviest_are_kept():
    places = tuple(PlacedLines(number, (line(1, 2 + number),)) for number in range(300))

    kept = unpack(pack(LineTable(places))).places

    assert [each.place for each in kept] == list(range(300 - MOST_PLACES, 300))


def test_a_weight_and_a_number_of_links_beyond_measure_are_bounded():
    table = LineTable((PlacedLines(7, (line(1, 10**9),), links=10**9),))

    (place,) = unpack(pack(table)).places

    assert place.lines[0] == line(1, MOST_WEIGHT)
    assert place.links == 0x3FFF


def test_a_table_of_a_page_of_real_length_is_small():
    """30 paragraphs, and 40 places around them with three lines each."""
    text = PlacedLines(0, tuple(line(n) for n in range(30)))
    frame = (PlacedLines(1 + n, tuple(line(each) for each in range(3))) for n in range(40))

    assert len(pack(LineTable((text, *frame)))) < 1_500


def test_the_largest_table_has_a_bound():
    lines = tuple(line(digest) for digest in range(1_000))
    places = tuple(PlacedLines(number, lines) for number in range(1_000))

    assert len(pack(LineTable(places))) < 16_000


@pytest.mark.parametrize("other", [0, 2, 255])
def test_a_table_of_another_format_is_empty(other):
    data = pack(LineTable((PlacedLines(7, (line(1),)),), LineField.DATE))

    assert unpack(bytes([other]) + data[1:]) == LineTable()


@FEWER
@given(TABLES, st.data())
def test_a_table_that_breaks_off_within_a_place_is_empty(table, data):
    packed = pack(table)
    ends = {2}
    for each in in_order(table).places:
        ends.add(max(ends) + 7 + 6 * len(each.lines))
    cut = data.draw(st.integers(0, len(packed)).filter(lambda at: at not in ends))

    assert unpack(packed[:cut]) == LineTable()


@FEWER
@given(st.binary(max_size=200), st.booleans())
def test_no_bytes_raise(data, has_format):
    found = unpack(b"\x01" + data if has_format else data)

    assert all(line.digest <= 0xFFFFFF for each in found.places for line in each.lines)
