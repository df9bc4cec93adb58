"""What settling reads of the database: some addresses, and all that is tied to them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, select, union

from archive.model import Alternate, Article, EdgeKind, Link, Outcome, Reading, Sighting
from archive.settle.identity import believable, hubs, is_source
from archive.settle.memory import Shown, remembered
from archive.settle.site_verdict import SiteEvidence
from archive.sql.articles.payloads import urls_with_payload
from archive.sql.captures import evidence
from archive.sql.captures.extraction_rows import article_of, part_of_row
from archive.sql.captures.revisits import READ_AS, SHOWN_BY, SHOWN_DIGEST
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import address, block_list, capture, edge, extraction

_AnyRow = Row[*tuple[Any, ...]]

# Statements that every settlement runs are built once: SQLAlchemy takes longer to build one than
# SQLite takes to run it.
_URLS: BindParameter[Any] = bindparam("urls", expanding=True)
_OWNER: BindParameter[Any] = bindparam("owner")
_SIGHTINGS = (
    select(
        capture.c.url,
        capture.c.fetched_at,
        capture.c.warc_record_id,
        capture.c.http_status,
        SHOWN_BY.label("shown_by"),
        SHOWN_DIGEST.label("payload_digest"),
        extraction.c.extractor,
        extraction.c.profile_digest,
        extraction.c.outcome,
        extraction.c.flags,
        extraction.c.alternates,
        extraction.c.capture_id,
        extraction.c.id.label("extraction_id"),
        extraction.c.part,
        extraction.c.text_sha256,
        extraction.c.template,
        extraction.c.is_in_place,
    )
    .select_from(READ_AS)
    .where(capture.c.publisher_id == _OWNER, capture.c.url.in_(_URLS))
)
_TEXTS = (
    select(extraction.c.id, extraction.c.fields, block_list.c.blocks)
    .join(block_list)
    .where(extraction.c.id.in_(bindparam("ids", expanding=True)))
)
_FROM, _TO = edge.c.source_url.in_(_URLS), edge.c.target_url.in_(_URLS)
# Of two conditions with OR, SQLite uses the index of neither.
_EDGES = (
    select(edge.c.source_url, edge.c.kind, edge.c.target_url, capture.c.warc_record_id)
    .join(capture)
    .where(edge.c.publisher_id == _OWNER)
)
_LINKS = union(_EDGES.where(_FROM), _EDGES.where(_TO))
_NAMING = select(edge.c.source_url, edge.c.target_url).where(
    edge.c.publisher_id == _OWNER, edge.c.kind.in_([EdgeKind.SUBPAGE, EdgeKind.STORY])
)
_BESIDE = union(_NAMING.where(_FROM), _NAMING.where(_TO))
_OF_ADDRESSES = select(address.c.article_id).where(
    address.c.publisher_id == _OWNER, address.c.url.in_(_URLS)
)
_JOINED = select(address.c.url).where(address.c.article_id.in_(_OF_ADDRESSES))


@dataclass(slots=True)
class Neighbourhood:
    """What the database has about some addresses and about those that edges connect them with.

    *made_by* gives the extractor and the profile digest of each record that shows a sighting.
    *unread* are the records among them that have to be read with another template.
    """

    sightings: list[Sighting] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    readings: list[Reading] = field(default_factory=list)
    urls: set[str] = field(default_factory=set)
    made_by: dict[str, tuple[str, str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)

    @property
    def removed(self) -> set[str]:
        """The records that show no article by the site's memory; their links do not count."""
        return {seen.record_id for seen in self.sightings if seen.removal is not None}


def neighbourhood(
    connection: Connection,
    owner: int,
    urls: Iterable[str],
    is_shown: Callable[[str], bool],
) -> Neighbourhood:
    """Return what is known of *urls* and of all addresses that they are, or were, one article with.

    It spreads along links that ``settle.identity`` believes (given the hubs so far and *is_shown*),
    so not through hubs: a front page is tied to half the site. It spreads to the addresses of the
    same path where an equal payload was captured, too. It also spreads to the other
    addresses of the articles that are stored, since a link that held them together may not be
    believed any more.
    """
    found = Neighbourhood()
    links: set[Link] = set()
    new = set(urls)
    while new:
        new |= _joined_before(connection, owner, new) - found.urls
        found.urls |= new
        new = {url for url in new if not is_source(url)}  # a front page has captures without end
        known = len(found.readings)
        for some in batches(new):
            _load_sightings(connection, owner, some, found)
        hub_urls = hubs(found.sightings)
        read = [r for r in found.readings[known:] if r.is_article and r.url not in hub_urls]
        ends = urls_with_payload(connection, owner, read)
        for some in batches(new - hub_urls):
            for link in _links(connection, owner, some):
                links.add(link)
                if believable(link, hub_urls, is_shown):
                    ends |= {link.source, link.target}
        new = ends - found.urls
    removed = found.removed
    found.links = sorted(link for link in links if link.record_id not in removed)
    return found


def judged_captures(connection: Connection, owner: int, urls: Iterable[str]) -> Neighbourhood:
    """Return the captures of *urls* as settling judges them, without what they are tied to."""
    found = Neighbourhood(urls=set(urls))
    for some in batches(found.urls):
        _load_sightings(connection, owner, some, found)
    return found


def _load_sightings(
    connection: Connection, owner: int, urls: list[str], found: Neighbourhood
) -> None:
    rows = connection.execute(_SIGHTINGS, {"owner": owner, "urls": urls}).all()
    found.made_by |= {row.shown_by: (row.extractor, row.profile_digest) for row in rows}
    found.unread |= {row.shown_by for row in rows if row.template is None}
    named = evidence.named_urls(connection, owner, urls)
    # A front page is captured every hour: only texts of what may be an article are read.
    likely = named | {row.url for row in rows if row.outcome == Outcome.ARTICLE or row.is_in_place}
    beside = {
        url for row in connection.execute(_BESIDE, {"owner": owner, "urls": urls}) for url in row
    }
    telling = [
        row
        for row in rows
        if row.part is not None
        or row.url in likely
        or (row.url in beside and row.outcome == Outcome.PAGE)
    ]
    articles = _articles(connection, {row.extraction_id for row in telling})
    judged = remembered(
        (_shown(row, articles.get(row.extraction_id)) for row in rows),
        {url: SiteEvidence(is_named=True) for url in named},
        evidence.shared_texts(connection, owner, _later_texts(telling)),
    )
    for sighting, reading in judged:
        found.sightings.append(sighting)
        if reading is not None:
            found.readings.append(reading)


def _articles(connection: Connection, ids: Iterable[int]) -> dict[int, Article]:
    """Return the texts and fields that the extractions *ids* have."""
    found: dict[int, Article] = {}
    for some in batches(ids):
        for row in connection.execute(_TEXTS, {"ids": some}):
            found[row.id] = article_of(row.fields, row.blocks)
    return found


def _later_texts(rows: Iterable[_AnyRow]) -> set[str]:
    """Return the digests of the texts of addresses that showed more than one."""
    by_url: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.text_sha256 is not None:
            by_url[row.url].add(row.text_sha256)
    return {digest for digests in by_url.values() if len(digests) > 1 for digest in digests}


def _shown(row: _AnyRow, article: Article | None) -> Shown:
    sighting = Sighting(
        url=row.url,
        fetched_at=row.fetched_at,
        record_id=row.warc_record_id,
        outcome=Outcome(row.outcome),
        shown_by=row.shown_by,
        status=row.http_status,
        is_amp="amp" in row.flags,
    )
    if article is None:
        return Shown(sighting, None, None)
    reading = Reading(
        url=row.url,
        fetched_at=row.fetched_at,
        record_id=row.warc_record_id,
        article=article,
        extraction_id=row.extraction_id,
        capture_id=row.capture_id,
        alternates=tuple(Alternate(*pair) for pair in row.alternates),
        flags=frozenset(row.flags),
        part=part_of_row(row.part),
        payload_digest=row.payload_digest,
        is_in_place=row.is_in_place,
    )
    return Shown(sighting, reading, row.text_sha256)


def _links(connection: Connection, owner: int, urls: list[str]) -> Iterable[Link]:
    for source, kind, target, key in connection.execute(_LINKS, {"owner": owner, "urls": urls}):
        yield Link(source, EdgeKind(kind), target, key)


def _joined_before(connection: Connection, owner: int, urls: set[str]) -> set[str]:
    """Return all addresses of the articles that have an address among *urls*."""
    found: set[str] = set()
    for some in batches(urls):
        found |= set(connection.execute(_JOINED, {"owner": owner, "urls": some}).scalars())
    return found
