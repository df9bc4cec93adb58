"""When a redesign gives a place another role, its time is divided, and old pages keep theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random
from time import process_time

import pytest

from archive.template.counts import LEAST_PAGES
from archive.template.learning import learn_template
from archive.template.sample import SampledPage
from tests.support.template_pages import (
    BODY,
    DAY,
    NOON,
    SHARE,
    SIDE,
    TOP,
    everywhere,
    framed,
    left_out,
    mixed,
    moment,
    page,
    roles,
    sentences,
    stories,
)

MINUTE = timedelta(minutes=1)


def test_a_redesign_that_gives_a_place_another_role_divides_its_time():
    found = learn_template([*stories(0, 20), *framed(20, 20)])

    assert roles(found) == [
        ("", "text", None, moment(20)),
        ("", "frame", moment(20), None),
    ]
    assert roles(found, SIDE) == everywhere("text")


def test_a_redesign_after_which_nothing_is_known_leaves_old_pages_their_role():
    after = [page(n, {BODY: [SHARE, *left_out(n), *sentences(n, 1)]}) for n in range(20, 40)]

    found = learn_template([*stories(0, 20), *after])

    assert roles(found) == [("", "text", None, moment(20))]


@pytest.mark.parametrize("number", [LEAST_PAGES - 1, 1])
def test_too_few_pages_of_a_redesign_leave_the_role_as_it_is(number):
    found = learn_template([*stories(0, 40), *framed(40, number)])

    assert roles(found) == everywhere("text")


def test_captures_of_one_url_are_no_redesign():
    """One page is captured each day, and its text is no longer found."""
    one = [
        page(99, {BODY: left_out(99)}, day=30 + day, url="https://news.test/99/")
        for day in range(20)
    ]

    assert roles(learn_template([*stories(0, 20), *one])) == everywhere("text")


def test_a_place_may_change_its_role_more_than_once():
    found = learn_template([*stories(0, 20), *framed(20, 20), *stories(40, 20)])

    assert roles(found) == [
        ("", "text", None, moment(20)),
        ("", "frame", moment(20), moment(40)),
        ("", "text", moment(40), None),
    ]


def test_pages_that_come_by_section_on_one_day_show_no_redesign():
    """A crawl may take the pages of one section first, and another section has other pages."""
    pages = [
        replace(each, moment=NOON + n * MINUTE)
        for n, each in enumerate([*stories(0, 40), *framed(40, 20)])
    ]

    assert roles(learn_template(pages)) == everywhere("text")


def test_a_redesign_in_the_middle_of_a_day_divides_the_days():
    """Two pages are captured each hour; the redesign is seen on the first whole day."""
    pages = [
        replace(each, moment=moment(0) + n * 30 * MINUTE)
        for n, each in enumerate([*stories(0, 150), *framed(150, 150)])
    ]

    (early, late) = roles(learn_template(pages))

    assert (early[1], late[1]) == ("text", "frame")
    assert early[3] == late[2]
    assert abs(late[2] - pages[150].moment) < DAY


def test_sections_that_take_turns_are_told_in_no_time():
    """Each day has eight pages of one of two sections."""
    pages = [
        page(n, {BODY: [SHARE] if n // 8 % 2 else sentences(n)}, day=n // 8) for n in range(6_000)
    ]
    began = process_time()

    found = learn_template(pages)

    assert len(roles(found)) < 40
    assert process_time() - began < 10


def test_a_page_at_the_moment_of_a_redesign_belongs_to_the_later_time():
    (_, later) = [
        each.rule
        for each in learn_template([*stories(0, 20), *framed(20, 20)])
        if each.rule.place == BODY
    ]

    assert later.holds_at(moment(20))
    assert not later.holds_at(moment(19))


# --- whatever pages are like ----------------------------------------------------------------------


def random_pages(seed: int) -> list[SampledPage]:
    """Pages in three languages, of which designs, sections and fields change without a rule."""
    chance = Random(seed)
    designs = [stories, framed, mixed]
    pages: list[SampledPage] = []
    while len(pages) < 150:
        some = chance.choice(designs)(
            len(pages), chance.randint(1, 30), chance.choice(["en", "vi", ""])
        )
        pages += [replace(each, moment=NOON + chance.random() * 90 * DAY) for each in some]
    again = chance.sample(pages, 20)
    return pages + [replace(each, moment=each.moment + DAY) for each in again]


@pytest.mark.parametrize("seed", range(12))
def test_on_each_page_a_place_has_one_role_at_most(seed):
    pages = random_pages(seed)

    rules = [each.rule for each in learn_template(pages)]

    for each in pages:
        for place in (BODY, TOP, SIDE):
            for language in ("", each.language):
                its = [r for r in rules if (r.place, r.language) == (place, language)]
                assert sum(r.holds_at(each.moment) for r in its) <= 1


@pytest.mark.parametrize("seed", range(12))
def test_neighbouring_times_have_other_roles(seed):
    rules = [each.rule for each in learn_template(random_pages(seed))]

    for before, after in pairwise(rules):
        if after.since and (before.place, before.language) == (after.place, after.language):
            assert before.role is not after.role or before.until != after.since
