"""What a pattern of URLs is worth: the rule alone, without a site or a database."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

import pytest

from archive.crawl_traps.patterns import FirstFetch, Tally, held_by, keys_of, note
from archive.model import Kind
from archive.sql.known_urls import fold

NEW, COPY, NOTHING = FirstFetch.NEW, FirstFetch.COPY, FirstFetch.NOTHING
SITE = "https://news.test"


def keys(path: str, *, is_twin: bool = False) -> tuple[str, ...]:
    return keys_of(SITE + path, Kind.PAGE, 1, is_twin=is_twin)


def learned(pages: Iterable[tuple[str, FirstFetch | None]]) -> tuple[dict[str, Tally], int]:
    """What is known after *pages* (paths and findings; None: failed), and how many were fetched."""
    tallies: dict[str, Tally] = {}
    fetched = 0
    for path, finding in pages:
        own = keys(path)
        if held_by(own, tallies) is not None:
            continue
        fetched += 1
        if finding is not None:
            note(own, tallies, finding)
    return tallies, fetched


def fetched_of(pages: Iterable[tuple[str, FirstFetch | None]]) -> int:
    return learned(pages)[1]


def articles(number: int) -> Iterator[str]:
    """As many paths, a third of each of the three commonest shapes."""
    for n in range(number):
        day = f"{2000 + n % 25}/{n % 12 + 1:02}/{n % 28 + 1:02}"
        yield (f"/the-story-of-{n}/", f"/{day}/story-{n}.html", f"/article.php?id={n}")[n % 3]


def some_fail(paths: Iterable[str]) -> Iterator[tuple[str, FirstFetch | None]]:
    """Put *paths* into random order, with new articles behind them and 5 % failures."""
    chance = random.Random(12)
    shuffled = list(paths)
    chance.shuffle(shuffled)
    return ((path, None if chance.random() < 0.05 else NEW) for path in shuffled)


def test_nothing_of_thirty_thousand_articles_is_held_back():
    assert fetched_of(some_fail(articles(30_000))) == 30_000


@pytest.mark.slow
def test_nothing_of_a_million_articles_is_held_back():
    tallies, fetched = learned(some_fail(articles(1_000_000)))

    assert fetched == 1_000_000
    assert not any(tally.is_held for tally in tallies.values())
    assert len(tallies) < 20


def test_articles_that_lie_between_lists_of_the_same_shape_are_not_held_back():
    chance = random.Random(12)
    pages = [(f"/page-{n}/", NEW if chance.random() < 0.3 else NOTHING) for n in range(20_000)]

    assert fetched_of(pages) == 20_000


@pytest.mark.parametrize(
    ("path", "finding", "most"),
    [
        ("/calendar/{0}/{1:02}/", NOTHING, 34),
        ("/events?month={1}&year={0}", NOTHING, 34),
        ("/s/{2}/story.html", COPY, 8),
        ("/{3}/{4}/", NOTHING, 34),
        ("/list?{3}=1&{4}=1&{5}=1", COPY, 8),
        ("/{2}/{3}/{1}/{4}", NOTHING, 34),
    ],
    ids=["calendar", "keys", "sessions", "any folder", "any filter", "all of it"],
)
def test_a_pattern_that_yields_nothing_costs_a_few_requests(
    path: str, finding: FirstFetch, most: int
):
    chance = random.Random(12)

    def word() -> str:
        return "".join(chance.choice("abcdefgh") for _ in range(8))

    pages = [
        (path.format(n, n % 12 + 1, f"a1{chance.getrandbits(40):010x}", word(), word(), word()), n)
        for n in range(5_000)
    ]

    assert fetched_of((path, finding) for path, _ in pages) == most


def test_pages_with_a_text_that_were_taken_for_no_articles_are_not_soon_held_back():
    assert fetched_of((f"/tale-{n}/", FirstFetch.TEXT) for n in range(600)) == 600
    assert fetched_of((f"/tale-{n}/", FirstFetch.TEXT) for n in range(5_000)) < 1_000


def test_a_pattern_that_dries_up_is_held_back_and_yields_again_after_one_that_is_new():
    tallies, fetched = learned((f"/tale-{n}/", NEW if n < 500 else NOTHING) for n in range(1_000))
    own = keys("/tale-1001/")

    assert fetched == 534
    assert held_by(own, tallies) == "news.test/<slug>/"
    note(own, tallies, NEW)
    assert held_by(own, tallies) is None


def test_what_yields_speaks_for_itself_though_what_is_above_it_is_held_back():
    traps = [(f"/{chr(97 + n // 26)}{chr(97 + n % 26)}/a-page", NOTHING) for n in range(50)]
    tallies, _ = learned([("/politics/a-story", NEW), ("/politics/more-of-it", NEW), *traps])

    assert held_by(keys("/zz/a-page"), tallies) == "news.test/<word>/<slug>"
    assert held_by(keys("/politics/the-next"), tallies) is None


def test_filters_that_are_held_back_leave_the_articles_of_the_same_path_alone():
    filters = [(f"/?p=1&{chr(97 + n)}{chr(97 + n)}=1", COPY) for n in range(26)]
    tallies, fetched = learned([("/?p=1", NEW), *filters])

    assert fetched == 1 + 8
    assert held_by(keys("/?p=5&zz=1"), tallies) == "news.test/?*"
    assert all(held_by(keys(f"/?p={number}"), tallies) is None for number in range(90))


def test_folders_beyond_many_are_counted_together():
    words = [f"{a}{b}" for a in "abcdefghij" for b in "abcdefghij"]
    tallies, _ = learned((f"/{word}/a-story", NEW) for word in words)

    assert len(tallies) == 64 + 2


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/A/Story", "/a/story"),
        ("/?b=2&a=1", "/?a=1&b=2"),
        ("//a/story/", "/a/story"),
        ("/?a=1&a=1", "/?a=1"),
    ],
)
def test_other_spellings_of_a_url_are_folded_into_one(one: str, other: str):
    assert fold(SITE + one) == fold(SITE + other)
    assert fold(SITE + one) != fold(SITE + one + "x")


def test_the_scheme_is_no_spelling_of_its_own():
    assert fold("http://news.test/a") == fold("https://news.test/a")


def test_a_sitemap_is_counted_by_how_deep_it_lies():
    first, second = (keys_of(f"{SITE}/map-1.xml", Kind.SITEMAP, depth) for depth in (0, 1))

    assert set(first).isdisjoint(second)


def test_no_key_is_too_long_for_an_index():
    long, other = (keys("/1" * 900 + f"/{word}/x/?" + "&a" * 99) for word in ("one", "two"))

    assert max(map(len, long)) < 600
    assert long[0] != other[0]
