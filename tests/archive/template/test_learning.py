"""What the pages of a publisher teach about their places."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

import pytest

from archive.model.line_table import LineField
from archive.model.template import PlaceRole
from archive.template.counts import LEAST_PAGES
from archive.template.learning import LearnedPlace, learn_template
from archive.template.sample import SampledPage
from tests.support.template_pages import (
    BODY,
    SIDE,
    TOP,
    everywhere,
    framed,
    left_out,
    line,
    mixed,
    moment,
    page,
    roles,
    sentence,
    sentences,
    stories,
    word,
)

# --- one role -------------------------------------------------------------------------------------


def test_where_each_page_has_its_own_text_is_text_and_what_repeats_is_frame():
    found = learn_template(stories(0, 20))

    assert roles(found) == everywhere("text")
    assert roles(found, TOP) == everywhere("frame")


def test_what_no_text_has_is_frame():
    pages = [page(n, {BODY: sentences(n), SIDE: left_out(n)}) for n in range(20)]

    assert roles(learn_template(pages), SIDE) == everywhere("frame")


def test_a_place_on_few_pages_teaches_nothing():
    assert learn_template(stories(0, LEAST_PAGES - 1)) == []
    assert len(learn_template(stories(0, LEAST_PAGES))) == 2


def test_captures_of_few_urls_teach_nothing():
    pages = [replace(each, url="https://news.test/") for each in stories(0, 20)]

    assert learn_template(pages) == []


def test_where_pages_do_not_agree_there_is_no_rule():
    assert learn_template(mixed(0, 20)) == []


def test_a_rule_names_the_first_capture_that_has_the_place():
    pages = stories(3, 20)

    assert {each.record_id for each in learn_template(pages)} == {pages[0].record_id}


def test_no_pages_teach_nothing():
    assert learn_template([]) == []


def a_paper() -> list[SampledPage]:
    """Pages in two languages, with a redesign, copies, captures of one URL and a counter."""
    pages = [*stories(0, 20), *framed(20, 15), *mixed(35, 12, "vi")]
    pages += [replace(each, url=f"{each.url}amp/") for each in pages[::5]]
    pages += [
        page(story, {BODY: [*sentences(story), line("Read by many")]}, day=story + 0.5)
        for story in range(0, 20, 3)
    ]
    return [*pages, *(replace(each, record_id=f"{each.record_id}b") for each in pages[::7])]


@pytest.mark.parametrize("seed", range(8))
def test_the_order_of_pages_is_of_no_matter(seed):
    pages = a_paper()
    expected = learn_template(pages)

    Random(seed).shuffle(pages)

    assert learn_template(pages) == expected
    assert len(expected) >= 4


# --- languages ------------------------------------------------------------------------------------


def test_a_language_like_all_others_has_no_rule_of_its_own():
    found = learn_template([*stories(0, 20), *stories(20, 20, "vi")])

    assert roles(found) == everywhere("text")


@pytest.mark.parametrize(
    ("own", "role"), [(framed, "frame"), (mixed, "none")], ids=["frame", "none"]
)
def test_a_language_that_differs_has_a_role_of_its_own(own, role):
    """The pages of both languages come at the same time, so that there is no redesign."""
    english, others = stories(0, 60), own(60, 12, "vi")
    others = [replace(each, moment=moment(5 * n)) for n, each in enumerate(others)]

    found = learn_template([*english, *others])

    assert roles(found) == [*everywhere("text"), ("vi", role, None, None)]


def test_a_language_with_few_pages_has_the_role_of_all_pages():
    others = [replace(each, moment=moment(3)) for each in framed(60, LEAST_PAGES - 1, "vi")]

    assert roles(learn_template([*stories(0, 60), *others])) == everywhere("text")


def test_pages_whose_language_is_not_known_have_no_role_of_their_own():
    others = [replace(each, moment=moment(3)) for each in mixed(60, 12, "")]

    assert roles(learn_template([*stories(0, 60), *others])) == everywhere("text")


# --- lines that are not restored ------------------------------------------------------------------


def repeated(found: Sequence[LearnedPlace], place: int = BODY) -> list[tuple[int, ...]]:
    return [each.rule.repeated for each in found if each.rule.place == place]


def test_a_line_that_some_texts_leave_out_and_several_pages_have_is_noted():
    label = line("Photographs of our readers")
    pages = stories(0, 20)
    pages += [page(n, {BODY: [*sentences(n), label, line(sentence(n, 9))]}) for n in (20, 21)]

    assert repeated(learn_template(pages)) == [(label.digest,)]


def test_the_frame_has_no_lines_to_restore():
    assert repeated(learn_template(stories(0, 20)), TOP) == [()]


def test_lines_of_all_times_in_which_a_place_has_one_role_are_noted():
    one, other = line("Photographs of our readers"), line("What our readers say of it")
    early = [page(n, {BODY: [*sentences(n), one]}) for n in range(20)]
    late = [page(n, {BODY: [*sentences(n), other]}) for n in range(20, 40)]

    assert repeated(learn_template([*early, *late])) == [tuple(sorted((one.digest, other.digest)))]


def test_a_line_that_changes_while_the_text_does_not_runs():
    """A second capture of one page shows another line; no page shows one of both again."""
    running = line("Read by very many"), line("Read by a thousand")
    pages = stories(0, 20)
    for day, shown in enumerate(running):
        pages.append(page(30, {BODY: [*sentences(30), shown]}, day=30 + day))

    assert repeated(learn_template(pages)) == [tuple(sorted(each.digest for each in running))]


def test_a_line_that_comes_with_an_edit_of_the_text_does_not_run():
    pages = stories(0, 20)
    pages += [page(30, {BODY: sentences(30)}), page(30, {BODY: sentences(30, 4)}, day=31)]
    pages.append(page(30, {BODY: [*sentences(30, 5), line("Corrected")]}, day=32))

    assert repeated(learn_template(pages)) == [()]


def test_what_runs_at_one_place_does_not_at_another():
    pages = stories(0, 20)
    for day, shown in enumerate(("Read by very many", "Read by a thousand")):
        lines = {BODY: [*sentences(30), line("Read by very many")], SIDE: [line(shown)]}
        pages.append(page(30, lines, day=30 + day))

    assert repeated(learn_template(pages)) == [()]


# --- fields ---------------------------------------------------------------------------------------


def test_a_place_that_says_a_field_has_that_role_beside_another():
    author, both = LineField.AUTHOR, LineField.AUTHOR | LineField.DATE
    pages = [
        page(n, {BODY: sentences(n), TOP: [line(f"By {word(n)}", fields=both if n else author)]})
        for n in range(20)
    ]

    found = learn_template(pages)

    assert roles(found, TOP) == [
        *everywhere("frame"),
        *everywhere("author"),
        *everywhere("date"),
    ]
    assert roles(found) == everywhere("text")


def test_pages_that_do_not_know_a_field_say_nothing_of_it():
    pages = [page(n, {TOP: [line(f"By {word(n)}")]}, lacks=LineField.AUTHOR) for n in range(20)]

    assert roles(learn_template(pages), TOP) == everywhere("frame")


# --- roles that are given -------------------------------------------------------------------------


@pytest.mark.parametrize("role", [PlaceRole.TEXT, PlaceRole.FRAME, PlaceRole.NONE])
def test_a_role_that_is_given_holds_in_all_languages_and_times(role):
    pages = [*stories(0, 20), *framed(20, 20), *mixed(40, 20, "vi")]

    found = learn_template(pages, {BODY: role})

    assert roles(found) == everywhere(role)
    assert roles(found, SIDE) == everywhere("text")


def test_what_pages_show_of_a_place_whose_role_is_given_is_told():
    """However few they are, and whether or not they agree."""
    label = line("Photographs of our readers")
    pages = [page(n, {BODY: [*sentences(n, 1), label]}) for n in range(3)]

    (found,) = learn_template(pages, {BODY: PlaceRole.TEXT, SIDE: PlaceRole.FRAME})

    assert found.counts.pages == 3
    assert found.record_id == pages[0].record_id
    assert found.rule.repeated == (label.digest,)
