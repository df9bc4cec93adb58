"""Subpages belong to their article, and whatever tells another story stays an article."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import EdgeKind, Outcome, Part, Role
from tests.support.graphs import Seen, articles_of, canonical, moved, url_of

TEXT = (
    "A mole dug a tunnel of forty yards under the hill behind the old mill last night.\n"
    "It took the gardeners the whole of a wet spring to find where the beast had gone.\n"
    "Nobody was hurt, but the bowling green will be closed until the end of the month."
)
OTHER = (
    "The weir at the mill gave way on Tuesday, when the flood was at its highest for years.\n"
    "Engineers of the county have been at work since dawn to keep the lower meadows dry.\n"
    "The ducks came back in the evening, and so did most of the people of Ropewalk."
)
REMARKS = (
    "I have seen this mole myself, and it was larger than any dog of the neighbourhood.\n"
    "Who is going to pay for the green now, and why does nobody ever ask the bowlers?"
)
HEADLINE = "A mole is found under the hill"
STORY, COMMENTS, PRINT = "/mole/", "/mole/binh-luan/2/", "/in/a-mole-was-found/"
NAMED = (EdgeKind.STORY, STORY)


def story(path: str = STORY, minute: int = 1, *links: str, **fields: Any) -> Seen:
    """A capture of the story, or of a page that says the same, with its links."""
    edges = tuple((EdgeKind.SUBPAGE, link) for link in links) + fields.pop("edges", ())
    return Seen(path, minute, edges=edges, **{"headline": HEADLINE, "text": TEXT, **fields})


def page(path: str, minute: int = 2, *links: str, **fields: Any) -> Seen:
    """Like ``story``, but read as no article."""
    return story(path, minute, *links, outcome=Outcome.PAGE, **fields)


def roles(*seen: Seen) -> list[dict[str, Role]]:
    """The addresses of each article, as paths, with their roles."""
    return [
        {address.url.removeprefix(url_of("")): role for address, role in found.roles.items()}
        for found in articles_of(seen)
    ]


JOINED = {
    "the whole text with comments below": story(COMMENTS, 2, text=f"{TEXT}\n{REMARKS}"),
    "the whole text in another form": story(COMMENTS, 2),
    "a piece of the text": story(COMMENTS, 2, text=TEXT.splitlines()[1]),
    "a picture, and hardly a word": story(COMMENTS, 2, text="The mole, as it was found."),
    "comments alone, on a page that is no article": page(COMMENTS, text=REMARKS),
    "a headline that names that of the article": story(COMMENTS, 2, headline=f"Print: {HEADLINE}"),
    "a page that links the article by its headline": page(
        COMMENTS, headline="Comments", text=f"{HEADLINE}\nWell done!"
    ),
}


@pytest.mark.parametrize("said", JOINED)
def test_a_page_below_the_article_that_says_the_same_is_its_subpage(said: str):
    assert roles(story(STORY, 1, COMMENTS), JOINED[said]) == [
        {STORY: Role.CANONICAL, COMMENTS: Role.SUBPAGE}
    ]


APART = {
    "another headline": story(COMMENTS, 2, headline="The weir gave way"),
    "a text of its own": story(COMMENTS, 2, text=OTHER),
    "comments alone that were read as an article": story(COMMENTS, 2, text=REMARKS),
    "a headline that goes on, and a text of its own": story(
        COMMENTS, 2, headline=f"{HEADLINE}, part 2", text=OTHER
    ),
    "a headline that goes on, and hardly any text": story(
        COMMENTS, 2, headline=f"{HEADLINE}, part 2", text="Our podcast, second episode."
    ),
}


@pytest.mark.parametrize("said", APART)
def test_a_page_with_something_of_its_own_to_say_is_an_article(said: str):
    found = roles(story(STORY, 1, COMMENTS), APART[said])

    assert found == [{STORY: Role.CANONICAL}, {COMMENTS: Role.CANONICAL}]


def test_the_same_text_at_two_addresses_that_do_not_link_each_other_is_two_articles():
    assert roles(story(STORY, 1), story(COMMENTS, 2)) == [
        {STORY: Role.CANONICAL},
        {COMMENTS: Role.CANONICAL},
    ]


@pytest.mark.parametrize("back", [(), ("/a-mole-was-found/",)])
def test_of_two_addresses_with_one_name_that_is_the_subpage_which_the_other_links(back: tuple):
    found = roles(story("/a-mole-was-found/", 1, PRINT), story(PRINT, 2, *back))

    assert found == [{"/a-mole-was-found/": Role.CANONICAL, PRINT: Role.SUBPAGE}]


def test_a_page_below_the_article_may_be_the_one_that_links():
    found = roles(story(STORY, 1), story(COMMENTS, 2, STORY))

    assert found == [{STORY: Role.CANONICAL, COMMENTS: Role.SUBPAGE}]


def test_a_page_with_the_same_text_that_links_the_article_by_its_headline_may_have_any_address():
    found = roles(story(STORY, 5), story("/in/77", 1, edges=(NAMED,)))

    assert found == [{STORY: Role.CANONICAL, "/in/77": Role.SUBPAGE}]


@pytest.mark.parametrize("text", [TEXT.splitlines()[0], f"{TEXT}\n{REMARKS}\n{OTHER}", "Mole!"])
def test_a_page_with_more_or_less_text_may_not(text: str):
    assert len(roles(story(STORY, 1), story("/in/77", 2, text=text, edges=(NAMED,)))) == 2


def test_an_article_whose_own_page_was_never_captured_stays_one():
    found = roles(story(PRINT, 1, "/a-mole-was-found/"), page(COMMENTS, 2, STORY))

    assert found == [{PRINT: Role.CANONICAL}]


def test_the_form_for_print_stays_an_article_as_long_as_only_a_stub_of_the_other_was_read():
    stub = story("/a-mole-was-found/", 1, PRINT, flags=frozenset({"paywall_stub"}))

    assert len(roles(stub, story(PRINT, 2))) == 2


def test_a_subpage_of_a_subpage_belongs_to_the_article():
    deep = "/mole/binh-luan/2/in/"
    found = roles(story(STORY, 1, COMMENTS), story(COMMENTS, 2, deep), story(deep, 3))

    assert found == [{STORY: Role.CANONICAL, COMMENTS: Role.SUBPAGE, deep: Role.SUBPAGE}]


def test_the_later_pages_of_comments_are_subpages_and_no_parts_of_the_article():
    later = "/mole/binh-luan/3/"
    part = Part(number=2, first=url_of(COMMENTS))
    (found,) = articles_of(
        [
            story(STORY, 1, COMMENTS),
            page(COMMENTS, 2, text=REMARKS),
            page(later, 3, text=REMARKS, part=part, edges=((EdgeKind.PART, COMMENTS),)),
        ]
    )

    assert set(found.roles.values()) == {Role.CANONICAL, Role.SUBPAGE}
    assert found.parts == ()


def test_a_page_that_is_no_article_may_name_it_in_its_title():
    seen = page(COMMENTS, 2, headline="Comments", text=REMARKS, edges=(NAMED,))

    assert roles(story(STORY, 1, COMMENTS), seen) == [
        {STORY: Role.CANONICAL, COMMENTS: Role.SUBPAGE}
    ]


def test_a_subpage_makes_no_version_and_does_not_end_one():
    found = articles_of(
        [
            story(STORY, 1, COMMENTS),
            story(COMMENTS, 2, text=f"{TEXT}\n{REMARKS}"),
            story(STORY, 60, COMMENTS),
            Seen(COMMENTS, 61, Outcome.MISSING, status=404),
        ]
    )

    assert [{r.url for r in one.readings} for one in found] == [{url_of(STORY)}]
    assert found[0].absences == ()


def test_a_subpage_that_names_the_article_as_canonical_makes_no_version_either():
    seen = story(COMMENTS, 2, text=f"{TEXT}\n{REMARKS}", edges=(canonical(STORY),))
    (found,) = articles_of([story(STORY, 1, COMMENTS), seen])

    assert {reading.url for reading in found.readings} == {url_of(STORY)}


def test_a_subpage_that_became_a_redirect_is_one():
    found = roles(story(STORY, 1, COMMENTS), story(COMMENTS, 2), moved(COMMENTS, 90, STORY))

    assert found == [{STORY: Role.CANONICAL, COMMENTS: Role.REDIRECT}]


def test_the_form_for_print_of_an_article_in_several_pages_has_the_text_of_all():
    whole = "/mole/in/"
    found = roles(
        story(STORY, 1, whole, part=Part(number=1)),
        page("/mole/2/", 2, text=OTHER, part=Part(number=2, first=url_of(STORY)),
             edges=((EdgeKind.PART, STORY),)),
        story(whole, 3, text=f"{TEXT.splitlines()[0]}\n{OTHER}"),
    )  # fmt: skip

    assert found == [{STORY: Role.CANONICAL, "/mole/2/": Role.PART, whole: Role.SUBPAGE}]


def test_the_page_itself_with_a_parameter_is_an_alias_if_the_article_does_not_link_it():
    variant = story("/mole/?from=mail", 2, STORY, edges=(canonical(STORY),))

    assert roles(story(STORY, 1), variant) == [
        {STORY: Role.CANONICAL, "/mole/?from=mail": Role.ALIAS}
    ]


def test_an_edited_article_keeps_its_subpages():
    found = roles(
        story(STORY, 1, COMMENTS, published=0),
        story(COMMENTS, 2, published=0),
        story(STORY, 60, COMMENTS, published=0, text=OTHER),
    )

    assert found == [{STORY: Role.CANONICAL, COMMENTS: Role.SUBPAGE}]


def test_the_news_of_a_day_are_no_subpage_of_the_page_that_has_those_of_today():
    monday, tuesday = "/briefing/monday/", "/briefing/tuesday/"
    found = roles(
        story("/briefing/", 1, monday, tuesday),
        story(monday, 2),
        story("/briefing/", 1441, monday, tuesday, text=OTHER),
        story(tuesday, 1442, text=OTHER),
    )

    assert found == [
        {"/briefing/": Role.CANONICAL},
        {monday: Role.CANONICAL},
        {tuesday: Role.CANONICAL},
    ]


def test_what_names_another_time_of_publication_is_no_subpage():
    found = roles(story(STORY, 1, COMMENTS, published=0), story(COMMENTS, 2, published=600))

    assert len(found) == 2


SEEN = [
    story(STORY, 1, COMMENTS, "/mole/?in=1"),
    story(COMMENTS, 2, STORY, text=f"{TEXT}\n{REMARKS}"),
    story("/mole/?in=1", 3, COMMENTS, edges=(canonical(STORY),)),
    page("/mole/?in=1", 4, text="Well done!"),
    story(STORY, 60, COMMENTS, text=f"{TEXT}\nThe green is open again."),
    moved(COMMENTS, 90, "/mole/?in=1"),
    story("/briefing/", 5, STORY, text=OTHER),
]


@settings(max_examples=50)
@given(st.permutations(SEEN))
def test_the_order_of_arrival_does_not_matter(seen: list[Seen]):
    assert articles_of(seen) == articles_of(SEEN)
