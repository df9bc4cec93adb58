"""What a capture shows, judged by what the site showed before."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from itertools import permutations

import pytest

from archive.model import Flag, Outcome, Reading, Removal, Sighting
from archive.settle.memory import EarlierText, Shown, remembered, stands_for_stories
from tests.support.graphs import Seen

STORY = "\n".join(
    f"On day {n} the mole dug {n} more yards under the hill, and the well sank by {n + 2} inches."
    for n in range(8)
)
OTHER = "\n".join(
    f"In week {n} the weir at mill number {n} was mended by a crew of {n + 3} patient men."
    for n in range(8)
)
APOLOGY = "We are sorry. What you look for is not here.\nTry the search, or our front page."
WRITTEN = Seen("/a/", 1, text=STORY, headline="The mole", author=("Ann Lee",), published=0)
SORRY = Seen("/a/", 9, Outcome.PAGE, text=APOLOGY, headline="Oops")
BACK = replace(WRITTEN, minute=20)


def digest(item: Seen) -> str:
    return f"sha256 of {item.text}"


def judged(*seen: Seen, shared: Collection[str] = ()) -> list[tuple[Outcome, Removal | None, bool]]:
    """Outcome, removal and whether there is a reading, of each capture in order of time."""
    shown = [Shown(item.sighting(), reading_of(item), digest(item)) for item in seen]
    return [
        (sighting.outcome, sighting.removal, reading is not None and reading.is_article)
        for sighting, reading in remembered(shown, {}, {*shared})
    ]


def reading_of(item: Seen) -> Reading:
    reading = replace(item, outcome=Outcome.ARTICLE).reading()
    assert reading is not None
    return replace(reading, extraction_id=hash(item.text + item.headline))


READ = (Outcome.ARTICLE, None, True)
GONE = (Outcome.MISSING, Removal.SOFT_404, False)
REPLACED = (Outcome.MISSING, Removal.SHARED_TEXT, False)


@pytest.mark.parametrize("outcome", [Outcome.PAGE, Outcome.ARTICLE, Outcome.LISTING])
@pytest.mark.parametrize(
    "text",
    [APOLOGY, "申し訳ありません。お探しのページは見つかりません。", "عذرا، الصفحة غير موجودة"],
)
def test_a_story_is_gone_when_nothing_of_it_is_left_in_any_language(outcome, text):
    assert judged(WRITTEN, replace(SORRY, outcome=outcome, text=text)) == [READ, GONE]


def test_a_page_that_returns_is_read_again():
    assert judged(WRITTEN, SORRY, BACK) == [READ, GONE, READ]


KEPT = {
    "its headline": replace(SORRY, headline="The mole"),
    "an author": replace(SORRY, author=("Ann Lee",)),
    "a date": replace(SORRY, published=0),
    "its story": replace(SORRY, text=STORY.partition("\n")[0]),
    "a long text": replace(SORRY, text=OTHER),
    "a text as long as the story": replace(SORRY, text=OTHER[: len(STORY) - 40]),
}


@pytest.mark.parametrize("page", KEPT.values(), ids=list(KEPT))
def test_a_page_that_keeps_something_is_not_gone(page):
    found = judged(WRITTEN, replace(page, outcome=Outcome.ARTICLE))

    assert found == [READ, READ]


def test_a_story_that_never_had_author_or_date_does_not_lose_them():
    bare = replace(WRITTEN, author=(), published=None)

    assert judged(bare, replace(SORRY, outcome=Outcome.ARTICLE)) == [READ, READ]


def test_a_stub_says_nothing_of_a_removal():
    stub = replace(SORRY, outcome=Outcome.ARTICLE, flags=frozenset({Flag.PAYWALL_STUB}))

    assert judged(WRITTEN, stub) == [READ, READ]


def test_a_page_that_never_showed_a_story_has_none_to_lose():
    assert judged(SORRY) == [(Outcome.PAGE, None, False)]


def test_a_text_that_stands_for_several_stories_is_none_of_them_whatever_it_says():
    said = replace(WRITTEN, minute=9, headline="The news of today", text=OTHER, published=9)

    assert judged(WRITTEN, said) == [READ, READ]
    assert judged(WRITTEN, said, shared={digest(said)}) == [READ, REPLACED]


def test_under_the_story_s_own_headline_it_is_a_paywall_s():
    wall = replace(WRITTEN, minute=9, text="Take out a subscription to read on.")
    shown = [Shown(each.sighting(), reading_of(each), digest(each)) for each in (WRITTEN, wall)]

    (_, whole), (sighting, stub) = remembered(shown, {}, {digest(wall)})

    assert (sighting.outcome, sighting.removal) == (Outcome.ARTICLE, None)
    assert whole is not None
    assert whole.flags == frozenset()
    assert stub is not None
    assert stub.flags == {Flag.PAYWALL_STUB}


def test_the_story_to_which_a_shared_text_belongs_keeps_it():
    edited = replace(WRITTEN, minute=9, text=f"{STORY}\nIt rained.", headline="The mole, day 9")

    assert judged(WRITTEN, edited, shared={digest(edited)}) == [READ, READ]
    assert judged(edited, replace(SORRY, minute=12), shared={digest(edited)}) == [READ, GONE]


def test_captures_may_come_in_any_order():
    expected = judged(WRITTEN, SORRY, BACK)

    assert all(judged(*order) == expected for order in permutations((WRITTEN, SORRY, BACK)))


def text(url: str, headline: str, digest: str | None = None) -> EarlierText:
    return EarlierText(url, headline, digest or headline)


THREE = [text("/a", "The mole"), text("/b", "The weir"), text("/c", "The owl")]


def test_three_stories_are_several_and_two_are_not():
    assert stands_for_stories(THREE)
    assert not stands_for_stories(THREE[:2])


def test_addresses_of_one_story_count_once():
    edited = [
        text("/a", "A mole"),
        text("/b", "A mole"),
        text("/b", "A mole digs"),
        text("/c", "x"),
    ]

    assert not stands_for_stories(edited)
    assert not stands_for_stories([*THREE[:2], text("/c", "Owl", digest="The weir")])


def test_stories_without_headlines_are_told_by_their_texts():
    assert stands_for_stories([text(f"/{n}", "", digest=str(n)) for n in range(3)])


def test_what_shows_no_text_stays_as_it_was():
    missing = Sighting(
        url=WRITTEN.url, fetched_at=WRITTEN.at, record_id="<1>", outcome=Outcome.MISSING, status=404
    )

    assert list(remembered([Shown(missing, None, None)], {}, set())) == [(missing, None)]
