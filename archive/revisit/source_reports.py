"""What sitemaps and feeds say about URLs: their dates, and which URLs they stopped to name."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, func, select, union_all

from archive.model import OF_SITEMAPS, Extraction, Flag, Outcome, RecordType
from archive.model.candidate_file import MAX_CANDIDATES
from archive.model.reason import Reason
from archive.revisit.inputs import UNTESTED, LastmodAccuracy
from archive.revisit.url_rows import frontier_rows
from archive.sql.captures.store import Ingestible
from archive.sql.chunks import batches
from archive.sql.frontier.store import Entry
from archive.sql.known_urls import ids_of
from archive.sql.schema.view_tables import capture, extraction, known_url, naming

NEWS_AGE = timedelta(days=2)
"""A sitemap of news drops what is older (Google, 'Create a News sitemap'): that proves nothing."""
_ONE_DAY = timedelta(days=1)
_UNREAD = frozenset({Flag.TRUNCATED, Flag.PARTIAL})
"""Flags of a sitemap that names more than was read."""


def instant(written: str | None, captured_at: datetime, *, end: bool = False) -> datetime | None:
    """Return what a source wrote at *captured_at* as an aware time; None when it is no date.

    A day without a time means its beginning, or with *end* its last second: a source that gives the
    day of a change may mean any time of that day.
    """
    if written is None:
        return None
    # The tables of calendars take a fifth of a second to load, and no crawl needs them to begin.
    from archive.extract.dates.capture_moment import CaptureMoment
    from archive.extract.dates.written import Written, read_date

    dated = read_date(Written(written, "source"), CaptureMoment(captured_at))
    if dated.instant is not None and end and dated.precision == "day":
        return dated.instant + _ONE_DAY - timedelta(seconds=1)
    return dated.instant


def reported_changes(
    connection: Connection, owner: int, entries: Collection[Entry]
) -> tuple[set[str], LastmodAccuracy]:
    """Return the URLs that *entries* report a change of, and how accurate such reports were.

    *entries* are not in the frontier yet. A report is a modification date after the latest capture,
    or that a sitemap names a URL again which had vanished from its sitemap.
    """
    by_url = {e.url: e for e in entries if e.modified_at is not None or e.via in OF_SITEMAPS}
    changed, vanished_before, accuracy = set(), set(), UNTESTED
    for url, row in frontier_rows(connection, owner, by_url).items():
        moved_at = by_url[url].modified_at
        if row.fetched_at is None:
            continue
        if (
            moved_at is not None
            and moved_at > row.fetched_at
            and (row.modified_at is None or moved_at > row.modified_at)
        ):
            changed.add(url)
            accuracy += row.accuracy
        elif row.due_reason is Reason.VANISHED:
            vanished_before.add(url)
    return changed.union(_still_named(connection, owner, vanished_before)), accuracy


def vanished(connection: Connection, owner: int, item: Ingestible) -> list[str]:
    """Return the URLs that a sitemap's capture, which is stored, does not name any more.

    A sitemap that is cut off, read in part, too long or empty proves nothing. Neither does an old
    story that is missing from a sitemap of news.
    """
    captured, found = item.capture, item.extraction
    if not _is_whole_sitemap(captured.record_type, found) or captured.truncated is not None:
        return []
    gone = _dropped(connection, owner, captured.url, captured.fetched_at)
    oldest_news = captured.fetched_at - NEWS_AGE
    return [
        url
        for url, published in gone
        if (instant(published, captured.fetched_at) or captured.fetched_at) >= oldest_news
    ]


def _dropped(
    connection: Connection, owner: int, sitemap: str, captured_at: datetime
) -> list[tuple[str, str | None]]:
    """Return the URLs that *sitemap* named before its capture of *captured_at*, and none does now.

    Each URL comes with the publication date that *sitemap* gave last. Another sitemap counts as
    naming a URL as long as the newest capture of that sitemap with a body names it.
    """
    before = _newest(connection, owner, sitemap, before=captured_at)
    if before is None:
        return []
    values = {"owner": owner, "sitemap": sitemap, "moment": before}
    gone = {row.url: row.published for row in connection.execute(_LAST_NAMED, values)}
    for url in _still_named(connection, owner, gone):
        del gone[url]
    return list(gone.items())


def _still_named(connection: Connection, owner: int, urls: Collection[str]) -> Iterator[str]:
    """Yield those of *urls* that the newest capture with a body of some sitemap names."""
    newest: dict[str, datetime | None] = {}
    for some in batches(ids_of(connection, owner, urls).values()):
        found = set()
        rows = connection.execute(_NAMED, {"ids": some}).all()
        for url, source, last_seen_at in rows:
            if source not in newest:
                newest[source] = _newest(connection, owner, source)
            if last_seen_at == newest[source]:
                found.add(url)
        yield from found


_BY_SITEMAP = select(known_url.c.url, naming.c.published).join(
    naming, naming.c.url_id == known_url.c.id
)
_SEEN_THEN = select(capture.c.id).where(
    capture.c.publisher_id == bindparam("owner"),
    capture.c.url == bindparam("sitemap"),
    capture.c.fetched_at == bindparam("moment"),
)
_IN_SITEMAPS = naming.c.via.in_(sorted(OF_SITEMAPS))
_LAST_NAMED = union_all(
    _BY_SITEMAP.where(naming.c.last_id.in_(_SEEN_THEN), _IN_SITEMAPS),
    _BY_SITEMAP.where(naming.c.first_id.in_(_SEEN_THEN), naming.c.last_id.is_(None), _IN_SITEMAPS),
)
"""What a sitemap named last in its capture of an instant."""
_SITEMAP = known_url.alias("sitemap")
_NAMED = (
    select(known_url.c.url, _SITEMAP.c.url, capture.c.fetched_at)
    .select_from(naming)
    .join(known_url, known_url.c.id == naming.c.url_id)
    .join(_SITEMAP, _SITEMAP.c.id == naming.c.source_id)
    .join(capture, capture.c.id == func.coalesce(naming.c.last_id, naming.c.first_id))
    .where(naming.c.url_id.in_(bindparam("ids", expanding=True)), _IN_SITEMAPS)
)
"""Which sitemaps name some URLs, and when they were last captured that did."""


def _newest(
    connection: Connection, owner: int, sitemap: str, before: datetime | None = None
) -> datetime | None:
    """Return when *sitemap* was last captured whole, with the body of a sitemap."""
    statement = (
        select(capture.c.fetched_at, extraction.c.flags)
        .join(extraction)
        .where(
            capture.c.publisher_id == owner,
            capture.c.url == sitemap,
            capture.c.record_type == RecordType.RESPONSE,
            capture.c.truncated.is_(None),
            extraction.c.outcome == Outcome.SITEMAP,
        )
        .order_by(capture.c.fetched_at.desc())
    )
    if before is not None:
        statement = statement.where(capture.c.fetched_at < before)
    for row in connection.execute(statement):
        if _UNREAD.isdisjoint(row.flags):
            moment: datetime = row.fetched_at
            return moment
    return None


def _is_whole_sitemap(record_type: RecordType, found: Extraction) -> bool:
    """Return whether an extraction names everything that its sitemap holds."""
    return (
        found.outcome is Outcome.SITEMAP
        and record_type is RecordType.RESPONSE
        and _UNREAD.isdisjoint(found.flags)
        and 0 < len(found.candidates) < MAX_CANDIDATES
    )
