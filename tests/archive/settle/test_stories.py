"""Whether two pages tell one story: what their texts, headlines and dates say of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.model import Article, Block, BlockKind
from archive.settle.stories import is_instant, same_story, tell_one_story
from tests.support.graphs import Seen, articles_of, canonical, moved

ORCHARD = (
    "Frost in the last week of April has killed most of the blossom in the orchards of the valley.",
    "Growers had lit candles between the rows, but the wind from the pass put many of them out.",
    "The council will decide in June whether to pay for nets, as it did for hail nine years ago.",
)
TRAMS = (
    "The number seven tram will run through the night on Fridays and Saturdays from October on.",
    "Drivers had asked for longer breaks at the depot, and the company agreed to build a kitchen.",
    "A ticket costs the same as by day, and dogs travel free when they fit under the seat.",
)
FRAME = (
    "You are reading the free edition of this paper, which lives on gifts of its readers.",
    "Write to the newsroom, call us in the morning, or come to the counter in the market hall.",
    "Our archive goes back a hundred and twelve years and is open to all schools of the district.",
)
DAY = datetime(2026, 4, 28, tzinfo=UTC)


def story(headline: str, *lines: str, at: datetime | None = DAY, precision: str = "day") -> Article:
    return Article(
        headline=headline,
        blocks=tuple(Block(BlockKind.PARAGRAPH, line) for line in lines),
        date_published=at,
        date_published_raw=at.isoformat() if at else None,
        date_precision=precision if at else None,
    )


ORCHARDS, NIGHT = story("Frost kills the blossom", *ORCHARD), story("Trams at night", *TRAMS)
EIGHT = datetime(2026, 4, 28, 8, tzinfo=UTC)
OTHERS = {
    "one day": (ORCHARDS, NIGHT),
    "one full hour, as stories are scheduled": tuple(
        replace(each, date_published=EIGHT, date_precision="minute") for each in (ORCHARDS, NIGHT)
    ),
    "the frame of one site": (
        replace(ORCHARDS, blocks=ORCHARDS.blocks + story("", *FRAME).blocks),
        replace(NIGHT, blocks=NIGHT.blocks + story("", *FRAME).blocks),
    ),
    "the frame before and behind": (
        story("Frost", FRAME[0], *ORCHARD, FRAME[1]),
        story("Trams", FRAME[0], *TRAMS, FRAME[1]),
    ),
    "the headline of a series on two days": (
        replace(ORCHARDS, headline="Morning briefing"),
        replace(
            NIGHT, headline="Morning briefing", date_published=datetime(2026, 4, 29, tzinfo=UTC)
        ),
    ),
    "the headline of a series, and no date": (
        replace(ORCHARDS, headline="Photo of the day", date_published=None),
        replace(NIGHT, headline="Photo of the day", date_published=None),
    ),
    "the headline of a series of pictures on two days": (
        story("Photo of the day", "Snow on the pass."),
        story("Photo of the day", "The depot.", at=datetime(2026, 4, 30, tzinfo=UTC)),
    ),
    "the stub of a paywall": (
        story("Frost kills the blossom", "This story is for subscribers. Log in to read on."),
        story("Trams at night", "This story is for subscribers. Log in to read on."),
    ),
    "no headline and few words": (
        story("", "A picture from the valley."),
        story("", "The depot before dawn."),
    ),
    "Chinese": (
        story("果园遭霜冻", "四月下旬的一场霜冻冻死了山谷果园里的大部分花朵，种植者说损失很大。"),
        story("夜间电车", "从十月开始，七路电车将在星期五和星期六通宵运行，票价与白天相同。"),
    ),
}
ONE = {
    "an edited text": (ORCHARDS, story("Blossom gone", ORCHARD[0], "Nobody slept.", ORCHARD[2])),
    "a live page that grew": (ORCHARDS, story("Frost, latest", "Snow now.", *ORCHARD, at=None)),
    "a new lead under another headline": (
        ORCHARDS,
        story("Valley loses its apples", "The valley will have hardly any apples.", *ORCHARD[1:]),
    ),
    "a rewritten text under one headline, of one day": (
        ORCHARDS,
        replace(ORCHARDS, blocks=NIGHT.blocks, date_published=EIGHT),
    ),
    "a short text under one headline": (
        ORCHARDS,
        story("Frost kills the blossom", "Subscribe to read on.", at=None),
    ),
    "a short text under two headlines, of one instant": (
        story("Frost", "The blossom is gone.", at=EIGHT, precision="minute"),
        story("Frost | The Kestrel", "The blossom is gone.", at=EIGHT, precision="minute"),
    ),
    "a Chinese text that was edited": (
        story("果园遭霜冻", "四月下旬的一场霜冻冻死了山谷果园里的大部分花朵，种植者说损失很大。"),
        story("霜冻毁花", "四月下旬的一场霜冻冻死了山谷果园里的大部分花朵。市政府将提供补助。"),
    ),
}


@pytest.mark.parametrize("pair", OTHERS.values(), ids=list(OTHERS))
def test_two_stories_are_not_one_for(pair):
    assert not tell_one_story(*pair)
    assert not tell_one_story(*reversed(pair))


@pytest.mark.parametrize("pair", ONE.values(), ids=list(ONE))
def test_two_pages_tell_one_story_by(pair):
    assert tell_one_story(*pair)
    assert tell_one_story(*reversed(pair))


def test_only_an_instant_is_evidence_of_the_same_story_at_one_url():
    minute = datetime(2026, 4, 28, 8, 41, tzinfo=UTC)

    def dated(article: Article, at: datetime, precision: str) -> Article:
        raw = at.isoformat()
        return replace(article, date_published=at, date_precision=precision, date_published_raw=raw)

    assert not same_story(ORCHARDS, NIGHT)
    assert not same_story(dated(ORCHARDS, DAY, "second"), dated(NIGHT, DAY, "second"))
    assert same_story(dated(ORCHARDS, minute, "minute"), dated(NIGHT, minute, "minute"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("2026-04-28T00:00:00+02:00", False),
        ("2026-04-28T00:00Z", False),
        ("2026-04-28 00:00:00.000", False),
        ("2026-04-28T00:00:07Z", True),
        ("2026-04-28T10:00:00Z", True),
    ],
)
def test_midnight_is_a_day_and_no_instant(raw, expected):
    assert (
        is_instant(replace(ORCHARDS, date_published_raw=raw, date_precision="second")) is expected
    )


FRONT, FIRST, SECTION = "/", "/first/", "/culture/"
WRONG = {
    "the front page": FRONT,
    "the front page of another host": "http://www.news.test/",
    "the first post": FIRST,
    "the first post under http": "http://www.news.test/first/",
    "the address of the template": "/%postname%/",
    "a section that was never fetched": SECTION,
    "an address that leads to the first post": "/latest/",
}


@pytest.mark.parametrize("target", WRONG.values(), ids=list(WRONG))
def test_a_canonical_link_of_every_page_to_one_address_joins_no_stories(target):
    first = Seen("/first/", 1, headline="Frost", text="\n".join(ORCHARD), published=0)
    second = Seen("/second/", 2, headline="Trams", text="\n".join(TRAMS), published=0)
    third = Seen("/third/", 3, headline="Archive", text="\n".join(FRAME), published=0)
    pages = [replace(page, edges=(canonical(target),)) for page in (first, second, third)]
    pages.append(moved("/latest/", 9, "/first/"))

    found = articles_of(pages)

    assert sorted(item.readings[0].article.headline for item in found) == [
        "Archive",
        "Frost",
        "Trams",
    ]
    assert all(len(item.readings) == 1 for item in found)


def test_two_stories_that_one_unread_address_leads_to_stay_two():
    first = Seen("/first/", 1, headline="Frost", text="\n".join(ORCHARD))
    second = Seen("/second/", 2, headline="Trams", text="\n".join(TRAMS))
    hops = [moved("/go/", 3, "/first/"), moved("/go/", 4, "/second/")]

    assert [len(item.readings) for item in articles_of([first, second, *hops])] == [1, 1]
