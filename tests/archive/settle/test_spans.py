"""Two addresses that were seen beside each other: two articles by their texts, whatever they claim.

Each case is a small archive. All pages have one headline, and the second address names the first
as canonical, as a template may do.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from archive.model import DOUBTFUL, Address, Flag, Outcome, Removal
from archive.settle.stories import have_one_text
from tests.support.graphs import (
    HOST,
    TEXTS,
    Seen,
    amphtml,
    articles_of,
    canonical,
    missing,
    moved,
    url_of,
)

DAY = 24 * 60
A, B = "/briefing/", "/briefing-2/"
MOLE, WEIR, HARBOUR = TEXTS["mole"], TEXTS["weir"], TEXTS["harbour"]
STUB = frozenset({Flag.PAYWALL_STUB})


def page(path: str, day: float, text: str, headline: str = "Briefing", **fields: object) -> Seen:
    edges = () if path == A else (canonical(A),)
    values = {"edges": edges, "published": 0, **fields}
    return Seen(path, round(day * DAY), text=text, headline=headline, **values)


def twin(day: float, text: str) -> Seen:
    return page("/briefing/amp/", day, text, is_amp=True)


def name_of(address: Address) -> str:
    """The path of *address*, with its ordinal if another story was seen there first."""
    path = address.url.removeprefix(HOST)
    return f"{path} ({address.ordinal})" if address.ordinal > 1 else path


TWO = {
    "texts of a day under one headline": [page(A, 1, MOLE), page(B, 2, WEIR), page(A, 3, MOLE)],
    "only their spans overlap": [
        *(page(A, 1, MOLE), page(B, 2, WEIR)),
        *(page(A, 3, MOLE), page(B, 4, WEIR)),
    ],
    "one visit saw both": [page(A, 1, MOLE), page(B, 1.01, WEIR)],
    "one moment saw both": [page(A, 1, MOLE), page(B, 1, WEIR)],
    "one is edited beside the other": [
        *(page(A, 1, MOLE), page(B, 1, WEIR)),
        *(page(A, 2, MOLE + "\nIt has been seen again."), page(B, 2, WEIR)),
    ],
    "one instant of publication": [
        page(A, 1, MOLE, published=8),
        page(B, 2, WEIR, published=8),
        page(A, 3, MOLE, published=8),
    ],
    "both show the same error later": [
        *(page(A, 1, MOLE), page(B, 1, WEIR)),
        *(page(path, 2, HARBOUR, headline="Sorry", published=None) for path in (A, B)),
    ],
    "a page of the latest story, which was this one once": [
        *(page(A, 1, MOLE, published=None), page(B, 1, MOLE, published=None)),
        *(page(B, 2, WEIR, headline="The weir", published=None), page(A, 3, MOLE, published=None)),
    ],
    "a story that was deleted, and the other is shown in its place": [
        *(page(A, 1, MOLE), page(B, 1, WEIR, headline="The weir", published=None)),
        *(page(A, 2, MOLE), page(B, 2, MOLE)),
    ],
    "a redirect from one to the other came later": [
        *(page(A, 1, MOLE), page(B, 2, WEIR)),
        *(page(A, 3, MOLE), moved(A, 4 * DAY, B), page(B, 4, WEIR)),
    ],
    "pictures with a few words each": [
        page(A, 1, "Snow on the pass at noon."),
        page(B, 1, "The depot before dawn."),
    ],
    "the stubs of two texts": [
        page(A, 1, MOLE, flags=STUB),
        page(B, 1, WEIR, flags=STUB),
    ],
    "a page that shows a few words in place of the text": [
        page(A, 1, MOLE),
        page(B, 1, "Loading the rest of this page."),
    ],
}
ONE = {
    "the spans do not overlap: it was renamed and rewritten": [
        *(page(A, 1, MOLE), page(A, 2, MOLE)),
        *(page(B, 3, WEIR), page(B, 4, WEIR)),
    ],
    "it moved while a visit lasted": [
        *(page(A, 1, MOLE), moved(A, DAY + 5, B)),
        page(B, 1.01, WEIR),
    ],
    "it moved, and the old address was visited again": [
        *(page(A, 1, MOLE), moved(A, 2 * DAY, B), page(B, 2, MOLE)),
        *(moved(A, 3 * DAY, B), page(B, 3, MOLE)),
    ],
    "one text": [page(A, 1, MOLE), page(B, 2, MOLE), page(A, 3, MOLE)],
    "a live page, rewritten while both were visited": [
        *(page(A, 1, MOLE), page(B, 1.1, MOLE)),
        *(page(A, 2, WEIR), page(B, 2.1, WEIR)),
        *(page(A, 3, HARBOUR), page(B, 3.1, HARBOUR)),
    ],
    "a live page, rewritten between the visits to its two addresses": [
        *(page(A, 1, MOLE), page(B, 2, WEIR), page(A, 3, WEIR)),
        *(page(B, 4, HARBOUR), page(A, 5, HARBOUR)),
    ],
    "a page was read wrongly once": [
        *(page(A, 1, MOLE), page(B, 1, MOLE)),
        *(page(B, 2, HARBOUR, headline="Sorry", published=None), page(A, 3, MOLE)),
        page(B, 3, MOLE),
    ],
    "a twin of another template": [
        page(A, 1, MOLE, edges=(amphtml("/briefing/amp/"),)),
        twin(1, f"Open the site to read on.\n{MOLE}\nMore from the valley."),
        page(A, 2, MOLE),
    ],
    "a twin of a short text, with phrases of its own": [
        page(A, 1, "Watch what the mole did.", edges=(amphtml("/briefing/amp/"),)),
        twin(1, "This film needs a larger screen."),
    ],
    "a stub beside the whole text": [
        page(A, 1, f"{MOLE}\n{WEIR}"),
        page(B, 1, f"{MOLE.splitlines()[0]}\nSubscribe to read on.", flags=STUB),
        page(A, 2, f"{MOLE}\n{WEIR}"),
    ],
    "a stub without a word of the text": [
        page(A, 1, MOLE),
        page(B, 1, "This story is for subscribers. " * 8, flags=STUB),
    ],
    "a text that is the beginning of the other": [
        page(A, 1, f"{MOLE}\n{WEIR}"),
        page(B, 1, MOLE),
    ],
    "a page that broke off": [
        page(A, 1, f"{MOLE}\n{WEIR}"),
        page(B, 1, MOLE[:150], flags=DOUBTFUL - STUB),
    ],
    "no text at all": [page(A, 1, ""), page(B, 1, ""), page(A, 2, "")],
    "a few words more": [
        page(A, 1, "Snow on the pass at noon."),
        page(B, 1, "Snow on the pass at noon. Picture of the day."),
    ],
}


@pytest.mark.parametrize("seen", TWO.values(), ids=list(TWO))
def test_two_articles_although(seen):
    for some in (seen, seen[::-1]):
        found = articles_of(some)

        assert len(found) == 2
        assert {len({r.url for r in item.readings}) for item in found} == {1}


@pytest.mark.parametrize("seen", ONE.values(), ids=list(ONE))
def test_one_article_because(seen):
    assert len(articles_of(seen)) == len(articles_of(seen[::-1])) == 1


def test_an_address_that_redirects_to_what_stood_beside_it_has_lost_its_article():
    seen = TWO["a redirect from one to the other came later"]

    stays, gone = articles_of(seen)

    assert (gone.canonical.url, stays.canonical.url) == (url_of(A), url_of(B))
    assert [absence.reason for absence in gone.absences] == [Removal.REDIRECT_ELSEWHERE]
    assert stays.absences == ()


def test_stories_that_name_the_latest_of_their_section_as_canonical_stay_apart():
    paths, texts = ("/one/", "/two/", "/three/"), (MOLE, WEIR, HARBOUR)
    seen = [
        Seen(path, day * DAY + at, text=text, edges=(canonical(paths[min(day, 2)]),), published=0)
        for day in range(4)
        for at, (path, text) in enumerate(zip(paths, texts, strict=True))
    ]

    assert [len(item.roles) for item in articles_of(seen)] == [1, 1, 1]


@pytest.mark.parametrize("there", [[], [missing("/c/", 9)]], ids=["unseen", "missing"])
def test_neither_does_an_unread_address_that_both_name_join_them(there):
    seen = [
        Seen(path, day * DAY, text=text, edges=(canonical("/c/"),), published=0)
        for day in (1, 2)
        for path, text in ((A, MOLE), (B, WEIR))
    ]

    found = articles_of([*seen, *there])

    assert [sorted(name_of(place) for place in item.roles) for item in found] == [
        ["/briefing-2/", "/c/"],
        ["/briefing/", "/c/ (2)"],
    ]


def test_a_story_that_moved_is_not_beside_the_one_that_has_its_old_address():
    seen = [
        Seen(A, 1 * DAY, text=MOLE, headline="The mole", published=0),
        moved(A, 2 * DAY, B),
        Seen(B, 2 * DAY, text=MOLE, headline="The mole", published=0),
        Seen(A, 3 * DAY, text=WEIR, headline="The weir", published=2 * DAY),
        Seen(B, 4 * DAY, text=MOLE, headline="The mole", published=0),
    ]

    assert [sorted(name_of(place) for place in item.roles) for item in articles_of(seen)] == [
        ["/briefing-2/", "/briefing/"],
        ["/briefing/ (2)"],
    ]


# --- equal payloads -------------------------------------------------------------------------------


def shown(path: str, day: float, text: str = MOLE, **fields: object) -> Seen:
    values = {"edges": (), "published": None, "payload": f"sha1:{text[:9]}", **fields}
    return page(path, day, text, **values)


SAME = {
    "a parameter that changes nothing": ("/story?ref=x", "/story"),
    "http and https": ("http://news.test/story", "https://news.test/story"),
    "www and not": ("http://www.news.test/story", "http://news.test/story"),
    "all of these": ("http://www.news.test/story?a=1&b=2", "https://news.test/story"),
}


@pytest.mark.parametrize(("variant", "plain"), SAME.values(), ids=list(SAME))
@pytest.mark.parametrize("days", [(1, 9), (9, 1)])
@pytest.mark.parametrize("text", [MOLE, "A film.", ""], ids=["text", "short", "none"])
def test_an_equal_payload_at_two_addresses_of_one_path_is_one_article(variant, plain, days, text):
    one, other = shown(variant, days[0], text), shown(plain, days[1], text)

    (found,) = articles_of([one, other])

    assert len(found.roles) == 2
    assert found.canonical.url == other.url


def test_what_pages_name_as_canonical_counts_before_the_plainest_address():
    edges = (canonical("/story?id=4"),)
    seen = [shown("/story?id=4", 1, edges=edges), shown("/story", 2, edges=edges)]

    assert articles_of(seen)[0].canonical.url.endswith("?id=4")


def test_the_plainest_address_is_cited_though_no_payload_ties_the_newest_to_it():
    seen = [
        *(shown("/story", 1), shown("/story?ref=mail", 1)),
        *(shown("/story?ref=mail", 2, f"{MOLE}\nMore."), shown("/story?b=1", 2, f"{MOLE}\nMore.")),
    ]
    seen = [replace(item, payload=f"sha1:{len(item.text)}") for item in seen]

    (found,) = articles_of(seen)

    assert found.canonical.url == url_of("/story")
    assert len(found.roles) == 3


APART = {
    "another path": [shown("/story", 1), shown("/story/", 2)],
    "another payload": [shown("/story?id=1", 1), shown("/story?id=2", 2, payload="sha1:OTHER")],
    "no digest": [shown("/story?id=1", 1, payload=None), shown("/story?id=2", 2, payload=None)],
    "texts of their own, before an error that both show": [
        *(shown("/story?id=1", 1, MOLE, headline="Mole"), shown("/story?id=2", 1, WEIR)),
        *(shown(f"/story?id={n}", 2, HARBOUR, headline="Sorry") for n in (1, 2)),
    ],
}


@pytest.mark.parametrize("seen", APART.values(), ids=list(APART))
def test_two_addresses_are_two_articles_with(seen):
    assert len(articles_of(seen)) == 2


def test_a_page_that_is_no_article_is_none_though_its_payload_is_that_of_one():
    seen = [shown("/story", 1), shown("/story?ref=x", 1, outcome=Outcome.PAGE)]

    (found,) = articles_of(seen)

    assert len(found.roles) == 1


# --- two texts at one time ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (page(A, 1, MOLE), page(B, 1, MOLE), True),
        (page(A, 1, MOLE), page(B, 1, WEIR), False),
        (page(A, 1, MOLE), page(B, 1, f"{HARBOUR}\n{MOLE}"), True),
        (page(A, 1, "Snow on the pass."), page(B, 1, "Snow on the pass."), None),
        (page(A, 1, "Snow on the pass."), page(B, 1, "The depot before dawn."), False),
        (page(A, 1, ""), page(B, 1, MOLE), None),
        (page(A, 1, "Read on."), page(B, 1, MOLE), False),
        (page(A, 1, "Read on.", flags=STUB), page(B, 1, MOLE), None),
        (page(A, 1, WEIR, flags=STUB), page(B, 1, MOLE), None),
        (page(A, 1, WEIR, flags=STUB), page(B, 1, MOLE, flags=STUB), False),
    ],
)
def test_whether_two_pages_have_one_text(one, other, expected):
    readings = one.reading(), other.reading()

    assert have_one_text(*readings) is have_one_text(*reversed(readings)) is expected
