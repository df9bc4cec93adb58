"""Which addresses are one article: cases that publishers make, and what holds for any of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Absence, Address, Outcome, Removal, Role
from archive.settle.identity import hubs
from tests.support.graphs import (
    DAWN,
    Seen,
    amphtml,
    articles_of,
    canonical,
    graphs,
    missing,
    mole,
    moved,
    url_of,
    weir,
)

CANONICAL, AMP, REDIRECT, ALIAS = Role.CANONICAL, Role.AMP, Role.REDIRECT, Role.ALIAS

CASES: dict[str, tuple[list[Seen], list[dict[str, Role]]]] = {
    "a page by itself is an article with one address": (
        [Seen("/a/", 1)],
        [{"/a/": CANONICAL}],
    ),
    "a chain of redirects leads to one article": (
        [moved("/?p=1", 1, "/old"), moved("/old", 2, "/a/"), Seen("/a/", 3)],
        [{"/a/": CANONICAL, "/old": REDIRECT, "/?p=1": REDIRECT}],
    ),
    "a redirect that leads nowhere yet is no article": (
        [moved("/?p=1", 1, "/a/")],
        [],
    ),
    "an AMP page and its canonical page are one": (
        [
            Seen("/a/", 1, edges=(amphtml("/a/?amp=1"),)),
            Seen("/a/?amp=1", 2, edges=(canonical("/a/"),), is_amp=True),
        ],
        [{"/a/": CANONICAL, "/a/?amp=1": AMP}],
    ),
    "a twin that was never captured is an address all the same": (
        [Seen("/a/", 1, edges=(amphtml("/a/amp/"),))],
        [{"/a/": CANONICAL, "/a/amp/": AMP}],
    ),
    "an AMP page alone cites the page that it names": (
        [Seen("/a/amp/", 1, edges=(canonical("/a/"),), is_amp=True)],
        [{"/a/": CANONICAL, "/a/amp/": AMP}],
    ),
    "an AMP page alone that names nothing stands for itself": (
        [Seen("/a/amp/", 1, is_amp=True)],
        [{"/a/amp/": CANONICAL}],
    ),
    "a page that was renamed is cited at its new address": (
        [
            Seen("/old/", 1),
            moved("/old/", 60, "/new/"),
            Seen("/new/", 61),
        ],
        [{"/new/": CANONICAL, "/old/": REDIRECT}],
    ),
    "a page that was renamed and back is cited at its old address": (
        [
            Seen("/old/", 1),
            moved("/old/", 60, "/new/"),
            Seen("/new/", 61),
            moved("/new/", 90, "/old/"),
            Seen("/old/", 91),
        ],
        [{"/old/": CANONICAL, "/new/": REDIRECT}],
    ),
    "variants with parameters are aliases of the page that they name": (
        [
            Seen("/a/?from=home", 1, edges=(canonical("/a/"),)),
            Seen("/a/?from=mail", 2, edges=(canonical("/a/"),)),
            Seen("/a/", 3, edges=(canonical("/a/"),)),
        ],
        [{"/a/": CANONICAL, "/a/?from=home": ALIAS, "/a/?from=mail": ALIAS}],
    ),
    "variants whose canonical page was never captured are one article": (
        [
            Seen("/a/?from=home", 1, edges=(canonical("/a/"),)),
            Seen("/a/?from=mail", 2, edges=(canonical("/a/"),)),
        ],
        [{"/a/?from=mail": CANONICAL, "/a/?from=home": ALIAS, "/a/": ALIAS}],
    ),
    "two articles that claim nothing of each other stay two": (
        [Seen("/a/", 1), Seen("/b/", 2)],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "a canonical that is the front page is not believed": (
        [Seen("/a/", 1, edges=(canonical("/"),)), Seen("/b/", 2, edges=(canonical("/"),))],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "a canonical that is the front page of a language is not believed": (
        [Seen("/a/", 1, edges=(canonical("/fr/"),)), Seen("/b/", 2, edges=(canonical("/fr/"),))],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "a canonical that is a listing is not believed": (
        [
            Seen("/a/", 1, edges=(canonical("/list/"),)),
            Seen("/b/", 2, edges=(canonical("/list/"),)),
            Seen("/list/", 3, Outcome.LISTING),
        ],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "old articles that are redirected to the front page stay the articles they were": (
        [
            Seen("/a/", 1),
            Seen("/b/", 2),
            moved("/a/", 60, "/"),
            moved("/b/", 61, "/"),
            Seen("/", 62, Outcome.LISTING),
        ],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "what a listing claims is not believed either": (
        [
            Seen("/list/", 1, Outcome.LISTING, (canonical("/a/"),)),
            Seen("/a/", 2),
        ],
        [{"/a/": CANONICAL}],
    ),
    "a listing counts as one as it was last read, not while it failed": (
        [
            Seen("/a/", 1, edges=(canonical("/list/"),)),
            Seen("/list/", 2, Outcome.LISTING),
            Seen("/list/", 3, Outcome.ERROR),
        ],
        [{"/a/": CANONICAL}],
    ),
    "a listing that has become an article is one": (
        [
            Seen("/a/", 1, edges=(canonical("/list/"),)),
            Seen("/list/", 2, Outcome.LISTING),
            Seen("/list/", 3),
        ],
        [{"/list/": CANONICAL, "/a/": ALIAS}],
    ),
    "a page of another host of the publisher may be the canonical one": (
        [
            Seen("http://www.news.test/a/", 1, edges=(canonical("/a/"),)),
            Seen("/a/", 2),
        ],
        [{"/a/": CANONICAL, "http://www.news.test/a/": ALIAS}],
    ),
    "a page of somebody else's host may not": (
        [
            Seen("/a/", 1, edges=(canonical("http://agency.test/wire/1"),)),
            Seen("/b/", 2, edges=(canonical("http://agency.test/wire/1"),)),
        ],
        [{"/a/": CANONICAL}, {"/b/": CANONICAL}],
    ),
    "a page that is no article makes none, whatever it claims": (
        [Seen("/about/", 1, Outcome.PAGE, (canonical("/about-us/"),))],
        [],
    ),
    "an article that is gone is still one": (
        [Seen("/a/", 1), Seen("/a/", 60, Outcome.MISSING)],
        [{"/a/": CANONICAL}],
    ),
    "redirects in a circle end": (
        [Seen("/a/", 1), moved("/a/", 60, "/b/"), moved("/b/", 61, "/a/")],
        [{"/a/": CANONICAL, "/b/": REDIRECT}],
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_components(case):
    seen, expected = case

    result = articles_of(seen)

    assert [dict(component.roles) for component in result] == [
        {Address(url_of(path)): role for path, role in roles.items()} for roles in expected
    ]
    for component in result:
        assert component.roles[component.canonical] is Role.CANONICAL


def test_a_front_page_is_a_hub_though_nobody_could_read_it():
    seen = [Seen("/", 1, Outcome.ERROR), Seen("/vi/", 2), Seen("/a/", 3)]

    assert hubs(item.sighting() for item in seen) == {url_of("/"), url_of("/vi/")}


# --- how an article is found gone -----------------------------------------------------------------

LEFT: dict[str, tuple[list[Seen], Removal]] = {
    "404": ([missing("/a/", 60, 404)], Removal.NOT_FOUND),
    "410": ([missing("/a/", 60, 410)], Removal.GONE),
    "451": ([missing("/a/", 60, 451)], Removal.LEGAL),
    "a page that says so": ([missing("/a/", 60, 200)], Removal.SOFT_404),
    "a redirect to the front page": ([moved("/a/", 60, "/")], Removal.REDIRECT_HOME),
    "a redirect to a language's front page": ([moved("/a/", 60, "/fr/")], Removal.REDIRECT_HOME),
    "a redirect to a list": (
        [moved("/a/", 60, "/list/"), Seen("/list/", 61, Outcome.LISTING)],
        Removal.REDIRECT_LISTING,
    ),
    "another story": ([weir("/a/", 60)], Removal.REPLACED),
}


@pytest.mark.parametrize(("later", "reason"), LEFT.values(), ids=list(LEFT))
def test_how_an_article_is_found_gone_is_told_apart(later, reason):
    article = articles_of([mole("/a/", 1), *later])[0]

    assert article.absences == (Absence(DAWN + timedelta(minutes=60), reason),)


@pytest.mark.parametrize(
    "later",
    [
        Seen("/a/", 60, Outcome.BLOCKED, status=403),
        Seen("/a/", 60, Outcome.ERROR, status=500),
        moved("/a/", 60, "http://consent.test/ask?for=news"),
    ],
    ids=["a refusal", "a failure", "a redirect to somebody who asks for consent"],
)
def test_what_says_nothing_of_the_article_makes_no_absence(later):
    assert articles_of([mole("/a/", 1), later])[0].absences == ()


# --- what holds for any captures ------------------------------------------------------------------


@given(graphs(), st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_order_of_captures_does_not_matter(seen, chance):
    expected = articles_of(seen)

    shuffled = [*seen, *chance.sample(seen, len(seen) // 2)]
    chance.shuffle(shuffled)

    assert articles_of(shuffled) == expected


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_an_address_has_one_article_and_an_article_one_canonical_address(seen):
    result = articles_of(seen)

    places = [place for component in result for place in component.roles]
    assert len(places) == len(set(places))
    for component in result:
        roles = list(component.roles.values())
        assert roles.count(Role.CANONICAL) == 1
        assert component.roles[component.canonical] is Role.CANONICAL


@given(graphs())
@settings(max_examples=150, deadline=None)
def test_every_article_page_that_is_no_hub_belongs_to_an_article(seen):
    sightings = [item.sighting() for item in seen]
    pages = {s.url for s in sightings if s.outcome is Outcome.ARTICLE} - hubs(sightings)

    result = articles_of(seen)

    assert pages <= {place.url for component in result for place in component.roles}
