"""What the captures of a site say about its URLs beside the captures of each URL itself.

Two things: which URLs a sitemap of news or a feed of articles names, and which texts several
addresses show in place of their stories. When a capture changes either, the URLs that it concerns
are noted as unsettled, so that settling comes to the same in any order of arrival.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    FromClause,
    Join,
    Select,
    Subquery,
    bindparam,
    func,
    or_,
    select,
    union,
)

from archive.model import NAMES_ARTICLES, Outcome
from archive.settle.identity import is_source
from archive.settle.memory import LEAST_STORIES, EarlierText, stands_for_stories
from archive.sql.captures.revisits import READ_AS
from archive.sql.chunks import batches
from archive.sql.known_urls import IS_WANTED, lookups_of
from archive.sql.schema.view_tables import capture, extraction, known_url, naming

MOST_ADDRESSES = 100
"""Addresses with one text that are looked at, the first by URL: a site may show it at thousands."""

_TEXTS = (Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING)
_OWNER: BindParameter[Any] = bindparam("owner")
_URLS: BindParameter[Any] = bindparam("urls", expanding=True)
_DIGESTS: BindParameter[Any] = bindparam("digests", expanding=True)


def named_urls(connection: Connection, owner: int, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* that some capture of a source of articles names."""
    found: set[str] = set()
    for some in lookups_of(owner, urls):
        found |= set(connection.execute(_NAMED, some).scalars())
    return found


def shared_texts(connection: Connection, owner: int, digests: Iterable[str]) -> set[str]:
    """Return those of *digests*, SHA-256 of texts, that stand in place of several stories."""

    def may_be_shared(urls: Collection[str]) -> bool:
        return len(urls) >= LEAST_STORIES  # those at one address are one story

    return {
        digest
        for digest, earlier in _earlier(connection, owner, digests, may_be_shared).items()
        if stands_for_stories(_first(earlier))
    }


def digests_of(connection: Connection, captures: Sequence[int]) -> set[str]:
    """Return the digests of the texts of *captures*, row ids, as many as fit into an IN list."""
    statement = select(extraction.c.text_sha256).where(
        extraction.c.capture_id.in_(captures), extraction.c.text_sha256.is_not(None)
    )
    return set(connection.execute(statement).scalars())


def digests_at(connection: Connection, owner: int, urls: Iterable[str]) -> set[str]:
    """Return the digests of the texts that *urls* show or showed, where one showed an article."""
    found: set[str] = set()
    for some in batches(urls):
        values = {"owner": owner, "urls": some}
        # Asked for each capture, whether its address was read takes their square for a section.
        read = set(connection.execute(_READ_AT, values).scalars())
        read |= named_urls(connection, owner, [url for url in some if url not in read])
        if read:
            values = {"owner": owner, "urls": sorted(read)}
            found |= set(connection.execute(_DIGESTS_AT, values).scalars())
    return found


def with_concerned(
    connection: Connection, owner: int, urls: Iterable[str], before: Iterable[str] = ()
) -> set[str]:
    """Return *urls*, whose captures have changed, and those that are to be settled for that.

    These are the other URLs that show a text that *urls* show, or one of the digests *before* that
    they showed, unless that text stands in place of several stories without *urls*. No
    source by its name is among them.
    """
    changed = {url for url in urls if not is_source(url)}
    digests = digests_at(connection, owner, changed).union(before)
    found = set(changed)

    def is_elsewhere(urls: Collection[str]) -> bool:
        return not changed.issuperset(urls)

    for earlier in _earlier(connection, owner, digests, is_elsewhere).values():
        others = [each for each in earlier if each[0].url not in changed]
        if not stands_for_stories(_first(others)):
            found |= {each.url for each, _ in others}
    return found


def captured(connection: Connection, owner: int, urls: Iterable[str]) -> set[str]:
    """Return those of *urls* that have a capture."""
    found: set[str] = set()
    for some in batches(urls):
        found |= set(connection.execute(_CAPTURED, {"owner": owner, "urls": some}).scalars())
    return found


_Earlier = tuple[EarlierText, bool]
"""What an address showed before, and whether its page was an article by its own signs."""


def _first(earlier: Iterable[_Earlier]) -> list[EarlierText]:
    stories = [each for each, is_article in earlier if is_article]
    urls = {*sorted({each.url for each in stories})[:MOST_ADDRESSES]}
    return [each for each in stories if each.url in urls]


def _earlier(
    connection: Connection,
    owner: int,
    digests: Iterable[str],
    matters: Callable[[Collection[str]], bool],
) -> dict[str, list[_Earlier]]:
    """Return, for each digest, what the addresses that show it showed before.

    *matters* says whether this is asked for, given the addresses. An address that shows another
    text each time is mostly the only one with them, and what it showed before each of them is the
    square of its captures.
    """
    found: dict[str, list[_Earlier]] = defaultdict(list)
    for some in batches(digests):
        urls: dict[str, set[str]] = defaultdict(set)
        for digest, url in connection.execute(_SHOWN_AT, {"owner": owner, "digests": some}):
            urls[digest].add(url)
        wanted = [digest for digest, at in urls.items() if matters(at)]
        if not wanted:
            continue
        rows = connection.execute(_EARLIER, {"owner": owner, "digests": wanted}).all()
        named = named_urls(connection, owner, {row.url for row in rows if not row.was_read})
        for row in rows:
            if is_source(row.url):
                continue  # it never shows a story
            if not (row.was_read or row.url in named):
                continue
            text = EarlierText(row.url, row.headline or "", row.before)
            found[row.digest].append((text, row.outcome == Outcome.ARTICLE))
    return found


def _read_as(seen: FromClause, its: FromClause) -> Join:
    """Join captures, as *seen*, with what they say, as *its*; like ``READ_AS``."""
    original = capture.alias()
    return seen.outerjoin(original, original.c.warc_record_id == seen.c.refers_to).join(
        its, its.c.capture_id == func.coalesce(original.c.id, seen.c.id)
    )


_CAPTURED = (
    select(capture.c.url)
    .distinct()
    .where(capture.c.publisher_id == _OWNER, capture.c.url.in_(_URLS))
)
_NAMED = (
    select(known_url.c.url)
    .distinct()
    .join(naming, naming.c.url_id == known_url.c.id)
    .where(IS_WANTED, naming.c.via.in_(sorted(NAMES_ARTICLES)))
)


_READ_AT = (
    select(capture.c.url)
    .distinct()
    .select_from(READ_AS)
    .where(
        capture.c.publisher_id == _OWNER,
        capture.c.url.in_(_URLS),
        or_(extraction.c.outcome == Outcome.ARTICLE, extraction.c.is_in_place),
    )
)
_DIGESTS_AT = (
    select(extraction.c.text_sha256)
    .distinct()
    .select_from(READ_AS)
    .where(
        capture.c.publisher_id == _OWNER,
        capture.c.url.in_(_URLS),
        extraction.c.text_sha256.is_not(None),
    )
)


def _showing() -> Subquery:
    """Select the captures that show one of some texts: digest, URL and instant."""
    own, revisit = capture.alias(), capture.alias()
    columns = (extraction.c.text_sha256.label("digest"),)
    has_text = extraction.c.text_sha256.in_(_DIGESTS)
    # As a sum, the publisher keeps SQLite from reading all captures of one to find a text.
    own_publisher, its_publisher = own.c.publisher_id + 0, revisit.c.publisher_id + 0
    return union(
        select(*columns, own.c.url, own.c.fetched_at)
        .select_from(extraction.join(own, own.c.id == extraction.c.capture_id))
        .where(own_publisher == _OWNER, has_text, extraction.c.outcome.in_(_TEXTS)),
        select(*columns, revisit.c.url, revisit.c.fetched_at)
        .select_from(
            extraction.join(own, own.c.id == extraction.c.capture_id).join(
                revisit, revisit.c.refers_to == own.c.warc_record_id
            )
        )
        .where(
            its_publisher == _OWNER,
            revisit.c.hidden.is_(None),
            has_text,
            extraction.c.outcome.in_(_TEXTS),
        ),
    ).subquery()


def _earlier_texts() -> Select[Any]:
    """Select what was shown before at each address that shows one of some texts."""
    shown = _showing()
    last = (
        select(shown.c.digest, shown.c.url, func.max(shown.c.fetched_at).label("fetched_at"))
        .group_by(shown.c.digest, shown.c.url)
        .subquery()
    )
    before, its = capture.alias(), extraction.alias()
    # Else it counts if a source of articles names the URL.
    was_read = or_(its.c.outcome == Outcome.ARTICLE, its.c.is_in_place)
    return (
        select(
            last.c.digest,
            last.c.url,
            was_read.label("was_read"),
            its.c.outcome,
            its.c.text_sha256.label("before"),
            its.c.fields["headline"].as_string().label("headline"),
        )
        .distinct()
        .select_from(
            last.join(
                _read_as(before, its),
                (before.c.url == last.c.url) & (before.c.fetched_at < last.c.fetched_at),
            )
        )
        .where(
            before.c.publisher_id == _OWNER,
            before.c.hidden.is_(None),
            its.c.text_sha256 != last.c.digest,
            its.c.outcome.in_(_TEXTS),
        )
    )


def _shown_at() -> Select[Any]:
    """Select the addresses that show some texts."""
    shown = _showing()
    return select(shown.c.digest, shown.c.url).distinct()


_SHOWN_AT = _shown_at()
_EARLIER = _earlier_texts()
