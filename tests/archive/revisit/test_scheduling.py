"""What sources tell of URLs, taken in from archived exchanges: dates, lies, what vanished."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from archive.library import open_archive
from archive.model import Exchange
from archive.model.reason import Reason
from archive.revisit import url_rows
from archive.revisit.inputs import LastmodAccuracy
from archive.revisit.source_reports import instant
from archive.revisit.url_rows import UrlRow
from tests.support.archives import reading
from tests.support.homes import make_home
from tests.support.sites import page

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SITE = "http://demo.test"
STORY, SITEMAP = f"{SITE}/a-story/", f"{SITE}/sitemap.xml"
NEWS = ' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'


def reply(url: str, at: datetime, body: str, kind: str = "text/html") -> Exchange:
    head = (
        f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body.encode())}\r\n\r\n"
    )
    return Exchange(
        url=url, date=at, request=b"GET / HTTP/1.1\r\n\r\n", response=(head + body).encode()
    )


def story(at: datetime, text: str = "A", url: str = STORY) -> Exchange:
    return reply(url, at, page(text))


def sitemap(at: datetime, entries: Mapping[str, str], url: str = SITEMAP) -> Exchange:
    named = "".join(f"<url><loc>{page}</loc>{date}</url>" for page, date in entries.items())
    return reply(url, at, f"<urlset{NEWS}>{named}</urlset>", "application/xml")


def lastmod(moment: datetime) -> str:
    return f"<lastmod>{moment.isoformat()}</lastmod>"


def published(moment: datetime) -> str:
    return f"<n:news><n:publication_date>{moment.isoformat()}</n:publication_date></n:news>"


def known(home: Path, *exchanges: Exchange) -> UrlRow:
    """What the row of the story tells when *exchanges* have been taken in."""
    make_home(home, exchanges)
    with open_archive(home), reading(home) as connection:
        return url_rows.frontier_rows(connection, 1, [STORY])[STORY]


def test_what_a_sitemap_dates_after_the_capture_is_due(tmp_path: Path):
    row = known(
        tmp_path,
        sitemap(NOON, {STORY: lastmod(NOON - DAY)}),
        story(NOON + HOUR),
        sitemap(NOON + DAY, {STORY: lastmod(NOON + 2 * HOUR)}),
    )

    assert row.due_reason is Reason.LASTMOD


def test_a_date_that_moves_and_a_text_that_does_not_is_counted_and_then_not_believed(
    tmp_path: Path,
):
    visits = [
        exchange
        for day in range(4)
        for exchange in (
            sitemap(NOON + day * DAY, {STORY: lastmod(NOON + day * DAY - HOUR)}),
            story(NOON + day * DAY + HOUR),
        )
    ]
    last = sitemap(NOON + 4 * DAY, {STORY: lastmod(NOON + 4 * DAY - HOUR)})

    row = known(tmp_path, *visits, last)

    assert row.accuracy == LastmodAccuracy(false_positives=3)
    assert row.due_reason is Reason.AGE


def test_a_text_that_changes_under_an_old_date_is_counted(tmp_path: Path):
    dated = {STORY: lastmod(NOON - DAY)}

    row = known(tmp_path, sitemap(NOON, dated), story(NOON + HOUR), story(NOON + DAY, "B"))

    assert row.accuracy == LastmodAccuracy(missed=1)


@pytest.mark.parametrize(
    ("date", "reason"),
    [(lastmod(NOON - 9 * DAY), Reason.VANISHED), (published(NOON - 9 * DAY), Reason.AGE)],
    ids=["of stories", "of news"],
)
def test_what_vanished_from_a_sitemap_is_due_but_for_news_that_grew_old(
    tmp_path: Path, date: str, reason: Reason
):
    other = {f"{SITE}/another/": ""}

    row = known(
        tmp_path,
        sitemap(NOON, {STORY: date, **other}),
        story(NOON + HOUR),
        sitemap(NOON + DAY, other),
    )

    assert row.due_reason is reason


@pytest.mark.parametrize(
    "fault",
    ["</url></urlset>", "<url><loc>http://demo.test/hal<url></urlset>", "<url><loc>http://demo"],
    ids=["whole", "lossy", "cut"],
)
def test_a_sitemap_that_was_read_in_part_proves_nothing(tmp_path: Path, fault: str):
    rest = f"<urlset><url><loc>{SITE}/another/</loc>" + fault.replace("<url>", "</url><url>", 1)

    row = known(
        tmp_path,
        sitemap(NOON, {STORY: lastmod(NOON - 9 * DAY), f"{SITE}/another/": ""}),
        story(NOON + HOUR),
        reply(SITEMAP, NOON + DAY, rest, "application/xml"),
    )

    assert row.due_reason is (Reason.VANISHED if fault.startswith("</url>") else Reason.AGE)


def test_what_another_sitemap_names_by_now_has_not_vanished(tmp_path: Path):
    both = {STORY: "", f"{SITE}/another/": ""}
    other = {f"{SITE}/another/": ""}

    row = known(
        tmp_path,
        sitemap(NOON, both),
        story(NOON + HOUR),
        sitemap(NOON + DAY, other),
        sitemap(NOON + DAY + HOUR, {STORY: ""}, f"{SITE}/sitemap-2.xml"),
    )

    assert row.due_reason is Reason.AGE


@pytest.mark.parametrize(
    ("written", "end", "expected"),
    [
        ("2026-03-01", True, datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC)),
        ("2026-03-01", False, datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T19:00:00+07:00", True, NOON),
        ("Sun, 01 Mar 2026 12:00:00 GMT", False, NOON),
        ("2126-03-01", True, None),
        ("soon", True, None),
        (None, True, None),
    ],
)
def test_a_day_means_any_moment_of_it(written: str | None, end: bool, expected: datetime | None):
    assert instant(written, NOON, end=end) == expected
