"""Ask the schedule about URLs: after their captures, and when a sitemap or feed tells of them.

What it is asked with lies in the database, so the answer does not depend on which crawl asks.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from archive.extract.dates import Written, read_date
from archive.extract.discovery.links import MAX_CANDIDATES
from archive.model import Extraction, Flag, Outcome, RecordType, Via
from archive.model.schedule import NOTHING_CLAIMED, Evidence, LastmodAccuracy, Reason
from archive.profile import Profile
from archive.revisit import failing_hosts, observations, url_rows
from archive.revisit.failing_hosts import FailingHost
from archive.revisit.rule import due_again, failed, retry_after
from archive.revisit.url_rows import UrlRow
from archive.sql.captures.store import Ingestible
from archive.sql.chunks import batches
from archive.sql.frontier.store import Entry, Fetched
from archive.urls import amp_base

NEWS_AGE = timedelta(days=2)
"""A sitemap of news drops what is older (Google, 'Create a News sitemap'): that proves nothing."""
ONE_DAY = timedelta(days=1)


def instant(written: str | None, captured_at: datetime, *, end: bool = False) -> datetime | None:
    """Return what a source wrote at *captured_at* as an instant; None for what is no date.

    Of a day without a time, its beginning, or with *end* its last second: whoever says that a page
    was changed on a day may mean any moment of it.
    """
    if written is None:
        return None
    dated = read_date(Written(written, "source"), captured_at)
    if dated.instant is not None and end and dated.precision == "day":
        return dated.instant + ONE_DAY - timedelta(seconds=1)
    return dated.instant


def after_captures(
    connection: Connection,
    owner: int,
    profile: Profile,
    items: Collection[Ingestible],
    originals: Mapping[str, Outcome],
    without_visit: Callable[[str], str],
) -> list[Fetched]:
    """Return what the captures in *items*, which are stored, do to the rows of their URLs.

    *originals* says what the captures are that revisits among *items* refer to. Where a URL has no
    row, that of the URL *without_visit* is meant.
    """
    urls = {item.capture.url for item in items}
    rows = url_rows.frontier_rows(connection, owner, urls.union(map(without_visit, urls)))
    seen = observations.observations_of(connection, owner, urls)
    found = []
    for item in items:
        capture = item.capture
        url = capture.url if capture.url in rows else without_visit(capture.url)
        row = rows.get(url)
        if item.is_hidden:
            found.append(_of_hidden(item))
            continue
        outcome = originals.get(capture.refers_to or "", item.extraction.outcome)
        again = failed(outcome, capture.truncated)
        sights, published = seen.get(capture.url, (_NO_SIGHTS, None))
        known = Evidence(
            outcome=outcome,
            fetched_at=capture.fetched_at,
            fail_count=(row.fail_count if row else 0) + 1 if again else 0,
            depth=_depth(row) if row else 0,
            is_front=capture.url == profile.home,
            published_at=(row and row.published_at) or instant(published, capture.fetched_at),
            sights=tuple(s for s in sights if s.fetched_at <= capture.fetched_at),
            modified_at=row.modified_at if row else None,
        )
        claims = _claims(row, known) if row else NOTHING_CLAIMED
        if row is not None:
            known = replace(known, claims=row.claims + claims, modified_says=row.modified_says)
        found.append(
            Fetched(
                url=url,
                fetched_at=capture.fetched_at,
                due=due_again(known),
                failed=again,
                outcome=outcome,
                claims=claims,
                published_at=known.published_at,
            )
        )
    return found


def _of_hidden(item: Ingestible) -> Fetched:
    """Return that a URL was fetched that is not shown: nothing is to be learned of it."""
    return Fetched(
        url=item.capture.url,
        fetched_at=item.capture.fetched_at,
        due=None,
        failed=False,
        outcome=Outcome.HIDDEN,
        skip_reason=item.extraction.reason,
    )


_NO_SIGHTS: tuple[()] = ()


def _depth(row: UrlRow) -> int:
    """Return how deep a URL lies; an AMP listing names nothing that its own listing does not."""
    return row.depth + (amp_base(row.url) is not None)


def _claims(row: UrlRow, known: Evidence) -> LastmodAccuracy:
    """Return what the modification date of an article's source was worth at its latest capture."""
    comparable = (
        known.outcome is Outcome.ARTICLE
        and row.modified_at_fetched is not None
        and len(known.sights) > 1
        and known.sights[-1].fetched_at == known.fetched_at
    )
    if not comparable:
        return NOTHING_CLAIMED
    moved = row.modified_at != row.modified_at_fetched
    changed = known.sights[-2].said != known.sights[-1].said
    return LastmodAccuracy(
        kept=int(moved and changed),
        false_alarms=int(moved and not changed),
        missed=int(changed and not moved),
    )


def reported_changes(
    connection: Connection, owner: int, entries: Collection[Entry]
) -> tuple[set[str], LastmodAccuracy]:
    """Return which URLs *entries*, not yet added, tell news of, and what such news were worth.

    News are a modification date after the latest capture, and that a URL which had vanished from
    its sitemap stands in one again.
    """
    by_url = {e.url: e for e in entries if e.modified_at is not None or e.via is Via.SITEMAP}
    news, missed, worth = set(), set(), NOTHING_CLAIMED
    for url, row in url_rows.frontier_rows(connection, owner, by_url).items():
        moved_at = by_url[url].modified_at
        if row.fetched_at is None:
            continue
        if (
            moved_at is not None
            and moved_at > row.fetched_at
            and (row.modified_at is None or moved_at > row.modified_at)
        ):
            news.add(url)
            worth += row.claims
        elif row.due_reason is Reason.VANISHED:
            missed.add(url)
    return news.union(observations.still_named(connection, owner, missed)), worth


def reschedule(
    connection: Connection,
    owner: int,
    profile: Profile,
    urls: Collection[str],
    others_claims: LastmodAccuracy = NOTHING_CLAIMED,
    vanished_at: datetime | None = None,
) -> None:
    """Ask anew when *urls* are due, since a source told news of them."""
    for some in batches(urls):
        rows = url_rows.frontier_rows(connection, owner, some)
        seen = observations.observations_of(connection, owner, some)
        dues = {
            url: due_again(
                Evidence(
                    outcome=row.outcome or Outcome.ARTICLE,
                    fetched_at=row.fetched_at,
                    fail_count=row.fail_count,
                    depth=_depth(row),
                    is_front=url == profile.home,
                    published_at=row.published_at,
                    sights=seen[url].sights if url in seen else (),
                    modified_at=row.modified_at,
                    modified_says=row.modified_says,
                    claims=row.claims,
                    others_claims=others_claims,
                    vanished_at=vanished_at,
                )
            )
            for url, row in rows.items()
            if row.fetched_at is not None
        }
        url_rows.set_due(connection, owner, dues)


def host_failed(
    connection: Connection, owner: int, origin: str, reason: str, at: datetime
) -> FailingHost:
    """Note that the server at *origin* could not be asked *at* that instant, once; return it."""
    known = next(
        (host for host in failing_hosts.failing(connection, owner) if host.origin == origin), None
    )
    if known is not None and known.failed_at >= at:
        return known
    fail_count = 1 if known is None else known.fail_count + 1
    found = FailingHost(
        origin=origin,
        fail_count=fail_count,
        reason=reason,
        failed_at=at,
        retry_at=at + retry_after(fail_count),
    )
    failing_hosts.put_host(connection, owner, found)
    return found


def vanished(connection: Connection, owner: int, item: Ingestible) -> list[str]:
    """Return the URLs that a sitemap's capture, which is stored, does not name any more.

    A sitemap that is cut off, too long or empty proves nothing, nor does an old story that is
    missing from one of news.
    """
    capture, found = item.capture, item.extraction
    if not is_whole_sitemap(capture.record_type, found) or capture.truncated is not None:
        return []
    gone = observations.dropped(connection, owner, capture.url, capture.fetched_at)
    oldest_news = capture.fetched_at - NEWS_AGE
    return [
        url
        for url, published in gone
        if (instant(published, capture.fetched_at) or capture.fetched_at) >= oldest_news
    ]


def is_whole_sitemap(record_type: RecordType, found: Extraction) -> bool:
    """Return whether an extraction names all that its sitemap holds."""
    return (
        found.outcome is Outcome.SITEMAP
        and record_type is RecordType.RESPONSE
        and Flag.TRUNCATED not in found.flags
        and 0 < len(found.candidates) < MAX_CANDIDATES
    )
