"""Which role a place has follows from a few numbers; the numbers follow from the lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from archive.model.line_table import LineField, SeenLine
from archive.model.template import PlaceRole
from archive.template.counts import (
    LEAST_PAGES,
    MOST_REPEATED,
    PlaceCounts,
    PlaceEntry,
    counts_of,
    repeated_lines,
    says_field,
)
from archive.template.sample import SampledPage
from tests.support.template_pages import BODY, kept, line, page, sentence, sentences, word

OWN_TEXT = PlaceCounts(pages=20, kept=1.0, repeated=0.0, linked=0.0, after_link=0.0, share=1.0)
"""A place where each page has sentences of its own, all of them in its text."""


@pytest.mark.parametrize(
    ("counts", "role"),
    [
        ({}, "text"),
        ({"kept": 0.7}, "text"),
        ({"kept": 0.69}, "none"),
        ({"repeated": 0.29}, "text"),
        ({"repeated": 0.3}, "none"),
        ({"linked": 0.49}, "text"),
        ({"linked": 0.5}, "none"),
        ({"after_link": 1.0}, "text"),
        ({"share": 0.01}, "text"),
        ({"kept": 0.19}, "frame"),
        ({"kept": 0.2}, "none"),
        ({"kept": 0.0, "repeated": 0.0}, "frame"),
        ({"kept": 0.49, "after_link": 0.6}, "frame"),
        ({"kept": 0.5, "after_link": 0.6}, "none"),
        ({"kept": 0.49, "after_link": 0.59}, "none"),
        ({"repeated": 0.9}, "frame"),
        ({"repeated": 0.89}, "none"),
        ({"repeated": 0.9, "kept": 0.8}, "frame"),
        ({"repeated": 0.9, "kept": 0.79}, "none"),
        ({"repeated": 0.9, "share": 0.3}, "frame"),
        ({"repeated": 0.9, "share": 0.29}, "none"),
    ],
)
def test_the_role_of_a_place(counts, role):
    assert replace(OWN_TEXT, **counts).role == role


@pytest.mark.parametrize("counts", [{}, {"kept": 0.0}, {"repeated": 1.0}])
def test_with_few_pages_a_place_has_no_role(counts):
    enough = replace(OWN_TEXT, pages=LEAST_PAGES, **counts)

    assert enough.role is not PlaceRole.NONE
    assert replace(enough, pages=LEAST_PAGES - 1).role is PlaceRole.NONE


# --- the counts -----------------------------------------------------------------------------------


def entries(
    *pages: Sequence[SeenLine], groups: Sequence[int] | None = None, links: int = 0
) -> list[PlaceEntry]:
    """The lines of *pages* at one place, which are in *groups*: each in one of its own."""
    found = []
    for number, lines in enumerate(pages):
        shown = page(number, {BODY: lines}, links={BODY: links})
        group = number if groups is None else groups[number]
        found.append(PlaceEntry(shown, group, shown.places[0]))
    return found


def counted(some: Sequence[PlaceEntry], running: Sequence[int] = ()) -> PlaceCounts:
    moments = {entry.group: entry.page.moment for entry in reversed(some)}
    return counts_of(some, running, sorted(moments.values()))


def test_shares_are_of_weight():
    short, long = line("a" * 20), kept("b" * 180)

    counts = counted(entries([short, long]))

    assert (counts.pages, counts.kept, counts.repeated) == (1, 0.9, 0.0)


def test_a_line_on_two_pages_repeats():
    counts = counted(entries([kept("a" * 100), line("b" * 50)], [kept("c" * 100), line("b" * 50)]))

    assert counts.repeated == round(100 / 300, 3)
    assert counts.kept == round(200 / 300, 3)


def test_digits_do_not_tell_lines_apart():
    assert counted(entries([line("1,024 readers")], [line("7 readers")])).repeated == 1.0


def test_a_line_that_runs_counts_as_one_that_repeats():
    running = line("read by many")

    assert counted(entries([running], [kept("Own")]), [running.digest]).repeated > 0.5


def test_copies_count_once():
    text = sentences(1)

    copies = counted(entries(text, text, sentences(2), groups=[0, 0, 2], links=4))

    assert copies == counted(entries(text, sentences(2), links=4))
    assert copies.pages == 2
    assert copies.repeated == 0.0


def test_links_are_counted_as_short_lines():
    counts = counted(entries([kept("a" * 60)], links=2))

    assert counts.linked == 0.4
    assert counts.kept == 0.6


def test_lines_behind_links_and_lines_in_links():
    counts = counted(entries([line("a" * 30, is_after_link=True), line("b" * 10, is_linked=True)]))

    assert counts.after_link == 0.75
    assert counts.linked == 0.25


def test_the_share_of_pages_is_of_those_in_the_time_of_the_place():
    """Of five pages, the second and the fourth have it; only these and the third count."""
    pages = [page(number, {BODY: sentences(number)}) for number in range(5)]
    some = [PlaceEntry(pages[number], number, pages[number].places[0]) for number in (1, 3)]

    assert counts_of(some, (), [each.moment for each in pages]).share == round(2 / 3, 3)


# --- lines that are not restored ------------------------------------------------------------------


def test_of_the_lines_that_several_pages_have_those_that_some_text_leaves_out():
    left_out, shared, once = line("Read by many"), kept("The end of each story"), line("Once")

    found = repeated_lines(entries([left_out, shared, once], [left_out, shared]), running=())

    assert found == (left_out.digest,)


def test_a_line_that_runs_is_not_restored():
    running = line("Read by many")

    assert repeated_lines(entries([running]), [running.digest]) == (running.digest,)


def test_copies_do_not_make_a_line_repeated():
    lacking = line(sentence(1))

    assert repeated_lines(entries([lacking], [lacking], groups=[0, 0]), running=()) == ()


def test_of_too_many_lines_those_on_the_most_pages_are_named_in_order():
    common = [line(f"common {word(number)}") for number in range(MOST_REPEATED)]
    rare = [line(f"rare {word(number)}") for number in range(50)]

    found = repeated_lines(entries([*common, *rare], [*common, *rare], common), running=())

    assert found == tuple(sorted(each.digest for each in common))


# --- fields ---------------------------------------------------------------------------------------

NAMED = LineField.AUTHOR


def bylines(number: int, *others: SeenLine, links: int = 0) -> list[PlaceEntry]:
    """So many pages, each with a line that names its author, and *others*."""
    pages = ([line(f"By {word(n)}", fields=NAMED), *others] for n in range(number))
    return entries(*pages, links=links)


def other_pages(first: int, number: int, lacks: LineField = LineField.NONE) -> list[PlaceEntry]:
    """So many pages that do not say their author at the place."""
    found = []
    for story in range(first, first + number):
        shown: SampledPage = page(story, {BODY: [line(word(story))]}, lacks=lacks)
        found.append(PlaceEntry(shown, story, shown.places[0]))
    return found


@pytest.mark.parametrize(("number", "expected"), [(LEAST_PAGES, True), (LEAST_PAGES - 1, False)])
def test_enough_pages_must_say_the_field(number, expected):
    assert says_field(bylines(number), NAMED) is expected


@pytest.mark.parametrize(("others", "expected"), [(2, True), (3, False)])
def test_most_pages_that_know_the_field_must_say_it_there(others, expected):
    assert says_field([*bylines(8), *other_pages(8, others)], NAMED) is expected


def test_pages_that_lack_the_field_say_nothing_against_it():
    assert says_field([*bylines(8), *other_pages(8, 50, lacks=NAMED)], NAMED)


@pytest.mark.parametrize(("others", "expected"), [(1, True), (2, False)])
def test_half_of_the_lines_there_must_say_it(others, expected):
    labels = [line(word(number)) for number in range(others)]

    assert says_field(bylines(10, *labels), NAMED) is expected


def test_a_menu_in_which_one_of_many_links_is_the_field_does_not_say_it():
    assert says_field(bylines(10, links=1), NAMED)
    assert not says_field(bylines(10, links=12), NAMED)


def test_another_field_is_another():
    assert not says_field(bylines(10), LineField.DATE)


def test_all_fields_of_a_line_count():
    both = LineField.AUTHOR | LineField.DATE
    some = entries(*([line(f"By {word(n)} on Tuesday", fields=both)] for n in range(10)))

    assert says_field(some, LineField.AUTHOR)
    assert says_field(some, LineField.DATE)
