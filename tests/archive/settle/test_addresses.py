"""Which story an address bore, and when: stories that take over the address of another."""

from __future__ import annotations

import pytest

from archive.model import DOUBTFUL, Component, Removal, Role
from tests.support.graphs import (
    HOST,
    MOLE,
    WEIR,
    Seen,
    amphtml,
    articles_of,
    canonical,
    missing,
    mole,
    moved,
    url_of,
    weir,
)

CANONICAL, AMP, REDIRECT = Role.CANONICAL, Role.AMP, Role.REDIRECT


def addresses(result: list[Component]) -> list[dict[tuple[str, int], Role]]:
    """The roles of each article's addresses, by path and ordinal."""
    return [
        {(place.url.removeprefix(HOST), place.ordinal): role for place, role in item.roles.items()}
        for item in result
    ]


REUSED: dict[str, list[Seen]] = {
    "after it was deleted": [mole("/a/", 1), missing("/a/", 30), weir("/a/", 60)],
    "without anybody having seen it deleted": [mole("/a/", 1), weir("/a/", 60)],
}


@pytest.mark.parametrize("seen", REUSED.values(), ids=list(REUSED))
def test_a_story_that_takes_the_address_of_another_is_another_article(seen):
    result = articles_of(seen)

    assert addresses(result) == [{("/a/", 1): CANONICAL}, {("/a/", 2): CANONICAL}]
    assert [[r.article.headline for r in item.readings] for item in result] == [
        ["The mole"],
        ["The weir"],
    ]


def test_a_story_without_a_date_is_another_only_where_the_first_was_removed():
    undated = Seen("/a/", 60, headline="The weir", text=WEIR)

    assert len(articles_of([mole("/a/", 1), undated])) == 1
    assert len(articles_of([mole("/a/", 1), missing("/a/", 30), undated])) == 2


def test_a_story_that_was_renamed_keeps_its_old_address_when_another_takes_that_over():
    seen = [
        mole("/a/", 1),
        moved("/a/", 20, "/mole/"),
        mole("/mole/", 21),
        weir("/a/", 60),
        mole("/mole/", 61),
    ]

    assert addresses(articles_of(seen)) == [
        {("/a/", 2): CANONICAL},
        {("/a/", 1): REDIRECT, ("/mole/", 1): CANONICAL},
    ]


def test_a_story_that_comes_back_to_its_address_is_the_first_one_again():
    seen = [mole("/a/", 1), missing("/a/", 30), weir("/a/", 60), mole("/a/", 90)]

    mole_again, other = articles_of(seen)

    assert [r.fetched_at for r in mole_again.readings] == [seen[0].at, seen[3].at]
    assert [r.fetched_at for r in other.readings] == [seen[2].at]


def test_an_amp_twin_goes_with_the_story_that_it_shows():
    seen = [
        mole("/a/", 1, edges=(amphtml("/a/?amp=1"),)),
        mole("/a/?amp=1", 2, edges=(canonical("/a/"),), is_amp=True),
        weir("/a/", 60, edges=(amphtml("/a/?amp=1"),)),
        weir("/a/?amp=1", 61, edges=(canonical("/a/"),), is_amp=True),
    ]

    assert addresses(articles_of(seen)) == [
        {("/a/", 1): CANONICAL, ("/a/?amp=1", 1): AMP},
        {("/a/", 2): CANONICAL, ("/a/?amp=1", 2): AMP},
    ]


def test_a_twin_that_was_last_seen_with_the_story_before_does_not_join_the_two():
    seen = [
        mole("/a/", 1, edges=(amphtml("/a/?amp=1"),)),
        mole("/a/?amp=1", 2, edges=(canonical("/a/"),), is_amp=True),
        weir("/a/", 60, edges=(amphtml("/a/?amp=1"),)),
    ]

    assert addresses(articles_of(seen)) == [
        {("/a/", 1): CANONICAL, ("/a/?amp=1", 1): AMP},
        {("/a/", 2): CANONICAL},
    ]


def test_a_twin_that_was_never_seen_is_one_of_each_story_that_named_it():
    twin = (amphtml("/a/?amp=1"),)
    seen = [
        mole("/a/", 1, edges=twin),
        moved("/a/", 30, "/mole/"),
        mole("/mole/", 31),
        weir("/a/", 60, edges=twin),
        weir("/a/", 90, edges=twin),
    ]

    assert addresses(articles_of(seen)) == [
        {("/a/", 2): CANONICAL, ("/a/?amp=1", 2): AMP},
        {("/a/", 1): REDIRECT, ("/a/?amp=1", 1): AMP, ("/mole/", 1): CANONICAL},
    ]


@pytest.mark.parametrize(
    "there", [[], [missing("/c/", 9)], [moved("/c/", 9, "/")]], ids=["unseen", "missing", "moved"]
)
def test_pages_that_name_an_address_without_a_story_are_one_article_if_they_tell_one(there):
    named = (canonical("/c/"),)
    pages = [
        mole("/a/", 1, edges=named),
        weir("/b/", 2, edges=named),
        mole("/m/", 3, edges=named),
    ]

    one, other = addresses(articles_of([*pages, *there]))

    assert one.keys() == {("/b/", 1), ("/c/", 2)}
    assert other.keys() == {("/a/", 1), ("/c/", 1), ("/m/", 1)}


def test_what_every_page_names_by_mistake_makes_no_article_of_them_all():
    seen = [
        Seen(f"/{n}/", n, headline=f"Story {n}", text=f"It was {n}", edges=(canonical("/c/"),))
        for n in range(1, 60)
    ]

    assert len(articles_of(seen)) == 59


def test_a_redirect_to_another_story_makes_no_article_of_the_two():
    seen = [mole("/a/", 1), weir("/b/", 2), moved("/a/", 60, "/b/"), weir("/b/", 61)]

    gone, stays = articles_of(seen)

    assert (gone.canonical.url, stays.canonical.url) == (url_of("/a/"), url_of("/b/"))
    assert [absence.reason for absence in gone.absences] == [Removal.REDIRECT_ELSEWHERE]


def test_a_rewritten_story_is_the_same_while_its_date_its_headline_or_a_passage_stays():
    rewritten = Seen("/a/", 60, headline="The weir", text=WEIR, published=0)
    renamed = Seen("/a/", 60, headline="The weir", text=f"{MOLE}\n{WEIR}", published=50)
    retold = Seen("/a/", 60, headline="The mole", text=WEIR, published=50)

    for other in (rewritten, renamed, retold):
        assert len(articles_of([mole("/a/", 1), missing("/a/", 30), other])) == 1


def test_a_stub_says_nothing_of_which_story_stands_there():
    stub = Seen("/a/", 60, headline="Subscribe", text="Read on for 1 €.", flags=DOUBTFUL)

    assert len(articles_of([mole("/a/", 1), missing("/a/", 30), stub, mole("/a/", 90)])) == 1
