"""What a crawl can be asked to do through Scrapy's settings, as scrapyd and `-s` do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy.settings import Settings

from archive.errors import UsageError
from archive.profile import Profile
from crawler.demo.publisher import DEMO_HOST
from crawler.options import Options, read_options

NEWS = Profile(name="news", home="http://news.test/")
DEMO = Profile(name="demo", home=f"http://{DEMO_HOST}/")


def read(profile: Profile = NEWS, **values: object) -> Options:
    return read_options(
        Settings({f"PRESSMARK_{key}": value for key, value in values.items()}), profile
    )


def test_without_any_setting_a_crawl_fetches_what_is_due_however_much_that_is():
    assert read() == Options(
        clock=timedelta(0),
        budget=None,
        minutes=None,
        since=None,
        refresh=False,
        as_scheduled=False,
    )


def test_an_empty_text_is_no_setting():
    assert read(BUDGET="", MINUTES="", SINCE="", CLOCK="", REFRESH="", DUE="") == read()


def test_settings_may_be_texts_as_scrapyd_hands_them_over():
    asked = read(
        BUDGET="500", MINUTES="2.5", SINCE="2026-11-01T00:00:00+07:00", REFRESH="1", DUE="True"
    )

    assert (asked.budget, asked.minutes) == (500, 2.5)
    assert (asked.refresh, asked.as_scheduled) == (True, True)
    assert asked.since == datetime(2026, 10, 31, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("BUDGET", "many"),
        ("BUDGET", "0"),
        ("MINUTES", "soon"),
        ("MINUTES", "-1"),
        ("MINUTES", "nan"),
        ("MINUTES", "inf"),
        ("SINCE", "yesterday"),
        ("SINCE", "2026-11-01T00:00:00"),
        ("CLOCK", "noon"),
        ("REFRESH", "yes"),
        ("DUE", "soon"),
    ],
)
def test_what_makes_no_sense_is_refused_by_its_name_with_what_was_expected(setting, value):
    with pytest.raises(UsageError, match=rf"PRESSMARK_{setting} is '{value}'; expected"):
        read(DEMO, **{setting: value})


def test_only_the_demo_publishers_clock_can_be_moved():
    moment = datetime.now(UTC) - timedelta(days=30)

    moved = read(DEMO, CLOCK=moment.isoformat())

    assert timedelta(days=30) <= -moved.clock < timedelta(days=30, minutes=1)
    with pytest.raises(UsageError, match="demo publisher only"):
        read(NEWS, CLOCK=moment.isoformat())
