from datetime import timedelta

import pytest

from archive.extract.payload import extract
from archive.model import Payload
from tests.support.pages import CAPTURED, payload, story

HOUR = timedelta(hours=1)
NAMES = ("article:published_time", "article:modified_time")


def captured(moment, *dates):
    head = "".join(
        f'<meta property="{name}" content="{date.isoformat()}">'
        for name, date in zip(NAMES, dates, strict=True)
    )
    page = payload(story(head=head))
    return extract(Payload(url=page.url, captured_at=moment, headers=page.headers, body=page.body))


def test_what_is_read_holds_for_ever_if_no_date_lies_in_the_future():
    assert captured(CAPTURED, CAPTURED - HOUR, CAPTURED).holds_until is None


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=3)])
def test_what_is_read_holds_until_the_first_date_of_the_future_is_believed(ahead):
    dates = CAPTURED + 2 * ahead, CAPTURED + ahead
    now = captured(CAPTURED, *dates)

    assert now.holds_until is not None
    before = captured(now.holds_until - timedelta(microseconds=1), *dates)
    after = captured(now.holds_until, *dates)

    assert before == now
    assert after.article.date_modified == dates[1] != now.article.date_modified
