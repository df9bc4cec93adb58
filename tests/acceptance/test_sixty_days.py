"""Months of the demo publisher, crawled day by day and held against what stood there on each.

A few telling days are crawled for every run of the tests; all on which anything happens, on both
engines, for the slow ones. What is asserted of them is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.maintenance.rebuild import rebuild
from archive.model import Flag, Outcome, Role
from archive.sql.database import Database, open_database
from archive.sql.schema.view_tables import article, version
from crawler.demo.newsroom.chronicle import LAST_DAY
from crawler.demo.newsroom.events import StoryEventKind
from crawler.demo.site import DemoSite
from tests.support.days import (
    HOST,
    TOLD,
    crawl_days,
    differences,
    eventful_days,
    groups_expected,
    groups_held,
    held,
    must_hold,
    stand_ins,
)
from tests.support.homes import ingest_shuffled, make_home
from tests.support.once import Once
from tests.support.scenarios import demo_reply, exchange
from tests.support.view import assert_same_view, dump_view

EVENTFUL_DAYS = eventful_days()
TELLING_DAYS = (0, 13, 38, 60)
"""Edits, a rename and deletions by the second; another story at an old address, and paywalls, on
the third; restorations by the last."""
SQLITE = "sqlite:///archive.db"
NIGHT_BUS = "/fr/le-bus-de-nuit-qui-vous-attend/"
STAND_INS = {
    StoryEventKind.CONSENT_WALL: {Outcome.BLOCKED, Flag.CONSENT_WALL},
    StoryEventKind.CHALLENGE: {Outcome.BLOCKED, Flag.CHALLENGE},
    StoryEventKind.PAYWALL: {Outcome.ARTICLE, Flag.PAYWALL_STUB},
    StoryEventKind.TRUNCATED: {Outcome.ARTICLE, Flag.TRUNCATED},
    StoryEventKind.EMPTY: {Outcome.EMPTY},
}
"""What each is taken for."""
CLOSING = {
    "vi": "Bạn đọc góp ý cho bài này? Tòa soạn trả lời mọi thư, kể cả thư mắng.",
    "fr": "Une remarque sur cet article ? La rédaction répond à tout, même aux reproches.",
    "en": "A remark about this article? The editors answer every letter, scolding ones too.",
}
"""A footer that no rule of extraction names."""


@contextmanager
def opened(home: Path, url: str = SQLITE) -> Iterator[Database]:
    database = open_database(url, home)
    try:
        yield database
    finally:
        database.close()


@pytest.fixture(scope="module")
def telling(once: Once) -> Iterator[Database]:
    """The archive of the telling days."""
    folder = once("telling-days", lambda folder: ended_well(crawl_days(folder, TELLING_DAYS)))
    with opened(folder) as database:
        yield database


def ended_well(accounts: Sequence[dict[str, object]]) -> None:
    """Fail where a crawl did not come to its end; a wall makes it partly done."""
    assert [account["exit"] for account in accounts if account["error"]] == []
    assert {account["exit"] for account in accounts} <= {"done", "partly"}


def assert_each_story_is_an_article_as_it_stood(database: Database, days: tuple[int, ...]) -> None:
    """Versions, addresses and tombstones are those of the truth, and nothing else is an article."""
    expected = must_hold(days)
    here = {item.canonical: item for item in held(database)}

    assert set(here) == {item.canonical for item in expected.values()}
    complaints = [
        complaint
        for name, item in expected.items()
        for complaint in differences(name, here[item.canonical], item)
    ]
    assert complaints == []


def assert_stand_ins_are_flagged(database: Database, days: Sequence[int]) -> None:
    """What was served in place of a page is taken for that, and for nothing else."""
    found = list(stand_ins(database, days))

    assert found
    for event, taken_for in found:
        assert taken_for & {*Outcome, *Flag} == STAND_INS[event.kind], event


def test_each_story_is_an_article_as_it_stood_on_the_telling_days(telling: Database):
    assert_each_story_is_an_article_as_it_stood(telling, TELLING_DAYS)


def test_what_was_served_in_place_of_a_page_is_flagged(telling: Database):
    assert_stand_ins_are_flagged(telling, TELLING_DAYS)


def test_translation_groups_are_those_of_the_truth(telling: Database):
    assert groups_held(telling) == groups_expected(TELLING_DAYS)


def test_pages_of_comments_that_other_software_archived_are_addresses_of_their_story(
    tmp_path: Path,
):
    """A crawl leaves them out; here they are in the archive, each as it was on three days."""
    site, story = DemoSite(), next(s for s in TOLD.stories(LAST_DAY) if s.path == NIGHT_BUS)
    comments = f"{NIGHT_BUS}comment-page-1/"
    exchanges = []
    for day in (37, 38, 39):
        site.set_day(day)
        at = TOLD.publisher.moment(day)
        exchanges += [
            exchange(path, 0, demo_reply(path, site), date=at + timedelta(seconds=number))
            for number, path in enumerate((comments, NIGHT_BUS, story.print_path or ""))
        ]
    home = make_home(tmp_path, exchanges)

    with opened(home) as database:
        (item,) = held(database)
    assert {place.url.removeprefix(HOST): role for place, role in item.addresses.items()} == {
        NIGHT_BUS: Role.CANONICAL,
        f"{NIGHT_BUS}?amp=1": Role.AMP,
        story.print_path: Role.SUBPAGE,
        comments: Role.SUBPAGE,
    }
    assert len(item.versions) == 1


@pytest.mark.slow
@pytest.mark.timeout(1_400)
def test_sixty_days_leave_what_was_there_and_are_rebuilt_row_by_row(
    tmp_path: Path, engine: str, new_url: Callable[[], str]
):
    url = SQLITE if engine == "sqlite" else new_url()
    (tmp_path / "archive.toml").write_text(f'database = "{url}"\n')

    ended_well(crawl_days(tmp_path, EVENTFUL_DAYS))

    with opened(tmp_path, url) as database:
        assert_each_story_is_an_article_as_it_stood(database, EVENTFUL_DAYS)
        assert_stand_ins_are_flagged(database, EVENTFUL_DAYS)
        assert groups_held(database) == groups_expected(EVENTFUL_DAYS)
        view = dump_view(database)
    again = new_url()
    assert rebuild(tmp_path, again).problems == ()
    with opened(tmp_path, again) as database:
        assert_same_view(view, dump_view(database))
    if engine == "sqlite":
        shuffled = new_url()
        ingest_shuffled(tmp_path, shuffled, seed=60)
        with opened(tmp_path, shuffled) as database:
            assert_same_view(view, dump_view(database))


def test_a_footer_that_no_rule_names_is_gone_from_every_text_after_one_crawl(tmp_path: Path):
    day = 31

    ended_well(crawl_days(tmp_path, [day], frame={"closing": CLOSING}))

    statement = select(article.c.in_language, version.c.text, version.c.removed).join(version)
    with opened(tmp_path) as database, database.reading() as connection:
        rows = connection.execute(statement).all()
    assert len(rows) >= 30
    assert all(row.removed == [CLOSING[row.in_language]] for row in rows)
    with opened(tmp_path) as database:
        assert_each_story_is_an_article_as_it_stood(database, (day,))
