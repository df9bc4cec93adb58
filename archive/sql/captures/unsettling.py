"""Which addresses have to be settled after new captures, and which plainly not.

Most captures of a long crawl show nothing new: a front page, a feed, a page that did not change.
Settling would load all captures of such an address to find that. What is told here of some captures
without settling is what settling comes to, whatever the order of arrival:

- A *source by its name*, a front page or a robots.txt, is no article and ties none.
- A capture without text and edges, such as a feed or a refusal, changes no article but that whose
  address it is.
- A list right after a list is another page of a section (``listed_again``).
- A revisit right after a capture of the same page moves the end of the article's last version and
  nothing else, if the article has no other address but AMP pages. Such a revisit of an AMP page
  beside the canonical one changes nothing at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, Row, bindparam, exists, func, or_, select, union

from archive.model import DOUBTFUL, Extraction, Outcome, RecordType, Role
from archive.settle.identity import READ, is_source
from archive.sql.captures.listed_again import listed_again
from archive.sql.captures.revisits import READ_AS, SHOWN_BY
from archive.sql.chunks import batches
from archive.sql.schema.state_tables import unsettled
from archive.sql.schema.view_tables import address, article, capture, edge, extraction, version

_OWNER: BindParameter[Any] = bindparam("owner")
_URLS: BindParameter[Any] = bindparam("urls", expanding=True)


@dataclass(frozen=True, slots=True)
class NewCapture:
    """What of a new capture decides whether its address has to be settled.

    *refers_to* is the record that it names by id, if it is a revisit.
    """

    url: str
    fetched_at: datetime
    record_id: str
    refers_to: str | None
    says_nothing: bool
    is_list: bool


def says_nothing(found: Extraction) -> bool:
    """Return whether *found* has no text and no edges, and is no kind of page that may have any."""
    return found.article is None and not found.edges and found.outcome not in READ


def to_be_settled(
    connection: Connection,
    owner: int,
    new: Iterable[NewCapture],
    others: Collection[str],
    is_shown: Callable[[str], bool],
) -> set[str]:
    """Return which URLs of captures, stored just now, and which *others* have to be settled.

    Articles that were seen once more, and are else as they were, are brought up to date.
    *is_shown* says which URLs may be addresses of articles.
    """
    changed = {url for url in others if not is_source(url)}
    by_url: dict[str, list[NewCapture]] = defaultdict(list)
    for item in new:
        if not is_source(item.url):
            by_url[item.url].append(item)
    named = {item.refers_to for some in by_url.values() for item in some if item.refers_to}
    originals = _originals(connection, owner, named)
    quiet, again, lists = set(), {}, {}
    for url, some in by_url.items():
        if url in changed:
            continue
        if all(_says_nothing(item, originals) for item in some):
            quiet.add(url)
        elif (original := _only_original(some, originals)) is not None:
            again[url] = original
        elif all(_is_list(item, originals) for item in some):
            lists[url] = {item.record_id: item.fetched_at for item in some}
    quiet -= _addresses(connection, owner, quiet)
    seen_again = _seen_again(connection, owner, again, by_url, is_shown)
    listed = listed_again(connection, owner, lists)
    return changed | (by_url.keys() - quiet - seen_again - listed)


@dataclass(frozen=True, slots=True)
class _Original:
    """What a revisit refers to."""

    url: str
    record_id: str
    outcome: Outcome
    is_whole_page: bool
    """Whether it shows an article, all of it on one page."""


def _originals(connection: Connection, owner: int, named: Collection[str]) -> dict[str, _Original]:
    found = {}
    for some in batches(named):
        for row in connection.execute(_ORIGINALS, {"owner": owner, "named": some}):
            is_doubtful = bool(DOUBTFUL.intersection(row.flags))
            found[row.warc_record_id] = _Original(
                url=row.url,
                record_id=row.warc_record_id,
                outcome=Outcome(row.outcome),
                is_whole_page=row.outcome == Outcome.ARTICLE
                and row.part is None
                and not is_doubtful,
            )
    return found


def _says_nothing(item: NewCapture, originals: Mapping[str, _Original]) -> bool:
    if item.refers_to is None:
        return item.says_nothing
    original = originals.get(item.refers_to)
    return original is not None and original.outcome not in READ


def _is_list(item: NewCapture, originals: Mapping[str, _Original]) -> bool:
    if item.refers_to is None:
        return item.is_list
    original = originals.get(item.refers_to)
    return original is not None and original.outcome is Outcome.LISTING


def _only_original(
    some: Sequence[NewCapture], originals: Mapping[str, _Original]
) -> _Original | None:
    """Return the article page that all of *some*, new captures of one URL, show once more."""
    shown = {item.refers_to for item in some}
    original = originals.get(shown.pop() or "")
    if shown or original is None or not original.is_whole_page or original.url != some[0].url:
        return None
    return original


def _addresses(connection: Connection, owner: int, urls: Collection[str]) -> set[str]:
    found: set[str] = set()
    for some in batches(urls):
        found |= set(connection.execute(_ADDRESSES, {"owner": owner, "urls": some}).scalars())
    return found


def _seen_again(
    connection: Connection,
    owner: int,
    again: Mapping[str, _Original],
    new: Mapping[str, Sequence[NewCapture]],
    is_shown: Callable[[str], bool],
) -> set[str]:
    """Return which of the URLs *again* show the state that their article had, and nothing else new.

    The articles of canonical addresses, and the last versions of them, are seen until the last of
    the *new* captures. An AMP page beside a canonical one does not say when its article was seen.
    """
    found: set[str] = set()
    ends = []
    for some in batches(again):
        homes = dict(row for row in connection.execute(_TWINS, {"owner": owner, "urls": some}))
        alone = _alone(connection, owner, {*some, *homes.values()}, is_shown)
        here = [url for url in some if url in alone]
        since: dict[str, list[tuple[datetime, str, str]]] = defaultdict(list)
        for row in connection.execute(_SINCE, {"owner": owner, "urls": here}) if here else ():
            since[row.url].append((row.fetched_at, row.warc_record_id, row.shown_by))
        same = {
            url for url in here if _goes_on(since[url], alone[url].seen_until, new[url], again[url])
        }
        same |= {
            url
            for url, home in homes.items()
            if home in alone and _twin_goes_on(connection, owner, new[url], again[url])
        }
        records = [again[url].record_id for url in same]
        if records:
            same -= set(connection.execute(_ELSEWHERE, {"records": records}).scalars())
        found |= same
        ends += [
            {
                "key": alone[url].id,
                "last": alone[url].seq,
                "until": max(item.fetched_at for item in new[url]),
            }
            for url in sorted(same.intersection(here))
        ]
    if ends:
        connection.execute(_EXTEND_VERSION, ends)
        articles = [{"key": end["key"], "until": end["until"]} for end in ends]
        connection.execute(_EXTEND_ARTICLE, articles)
    return found


def _alone(
    connection: Connection, owner: int, urls: Collection[str], is_shown: Callable[[str], bool]
) -> dict[str, Row[*tuple[Any, ...]]]:
    """Return the articles of the canonical addresses *urls* that nothing ties to another address.

    Those of AMP pages are their own.
    """
    values = {"owner": owner, "urls": [*urls]}
    alone = {row.url: row for row in connection.execute(_ALONE, values)}
    if not alone:
        return alone
    home_of = {url: url for url in alone}
    articles = {row.id: url for url, row in alone.items()}
    for article_id, twin in connection.execute(_TWINS_OF, {"articles": [*articles]}):
        home_of[twin] = articles[article_id]
    for source, target in connection.execute(_EDGES, {"owner": owner, "urls": [*home_of]}):
        home, other = home_of.get(source), home_of.get(target)
        if home == other or (home is not None and not is_shown(target)):
            continue  # it is within the article, or nobody believes it
        for each in (home, other):
            if each is not None:
                alone.pop(each, None)
    return alone


def _twin_goes_on(
    connection: Connection, owner: int, new: Sequence[NewCapture], original: _Original
) -> bool:
    """Return whether the *new* captures of an AMP page show what the last one before them shows."""
    values = {"owner": owner, "url": original.url, "first": min(item.fetched_at for item in new)}
    later = set(connection.execute(_FROM, values).scalars())
    before = connection.execute(_BEFORE, values).scalar()
    return later == {item.record_id for item in new} and before == original.record_id


def _goes_on(
    since: Sequence[tuple[datetime, str, str]],
    seen_until: datetime,
    new: Sequence[NewCapture],
    original: _Original,
) -> bool:
    """Return whether all captures *since* the last one that settling knows show what that shows."""
    records = {item.record_id for item in new}
    known = {record for moment, record, _ in since if moment == seen_until} - records
    later = {record for moment, record, _ in since if moment > seen_until}
    shown = {shown_by for *_, shown_by in since}
    return bool(known) and records == later and shown == {original.record_id}


# Statements are built once: SQLAlchemy takes longer to build one than SQLite takes to run it.

_ORIGINALS = (
    select(
        capture.c.url,
        capture.c.warc_record_id,
        extraction.c.outcome,
        extraction.c.flags,
        extraction.c.part,
    )
    .join(extraction)
    .where(
        capture.c.publisher_id == _OWNER,
        capture.c.warc_record_id.in_(bindparam("named", expanding=True)),
        capture.c.record_type != RecordType.REVISIT,
        capture.c.hidden.is_(None),
    )
)
_ADDRESSES = (
    select(address.c.url)
    .distinct()
    .where(address.c.publisher_id == _OWNER, address.c.url.in_(_URLS))
)
_OTHER, _SECOND = address.alias("other"), address.alias("second")
_LAST = select(func.max(version.c.seq)).where(version.c.article_id == article.c.id)
_ALONE = (
    select(address.c.url, article.c.id, article.c.seen_until, version.c.seq)
    .select_from(address.join(article).join(version).join(extraction).join(capture))
    .where(
        address.c.publisher_id == _OWNER,
        address.c.url.in_(_URLS),
        address.c.ordinal == 1,
        article.c.canonical_url == address.c.url,
        article.c.ordinal == 1,
        article.c.gone_at.is_(None),
        version.c.seq == _LAST.correlate(article).scalar_subquery(),
        version.c.seen_until == article.c.seen_until,
        capture.c.url == address.c.url,
        ~exists().where(
            _OTHER.c.article_id == article.c.id,
            _OTHER.c.id != address.c.id,
            or_(_OTHER.c.role != Role.AMP, _OTHER.c.ordinal > 1),
        ),
        ~exists().where(
            _OTHER.c.article_id == article.c.id,
            _SECOND.c.publisher_id == _OWNER,
            _SECOND.c.url == _OTHER.c.url,
            _SECOND.c.ordinal > 1,
        ),
        ~exists().where(
            _OTHER.c.article_id == article.c.id,
            unsettled.c.publisher_id == _OWNER,
            unsettled.c.url == _OTHER.c.url,
        ),
    )
)
"""Articles with one address beside AMP pages. They show one story at each, and are settled."""
_TWINS = (
    select(address.c.url, article.c.canonical_url)
    .join(article)
    .where(
        address.c.publisher_id == _OWNER,
        address.c.url.in_(_URLS),
        address.c.role == Role.AMP,
        address.c.url != article.c.canonical_url,
    )
)
_TWINS_OF = select(address.c.article_id, address.c.url).where(
    address.c.article_id.in_(bindparam("articles", expanding=True)), address.c.role == Role.AMP
)
_TO_OTHERS = select(edge.c.source_url, edge.c.target_url).where(
    edge.c.publisher_id == _OWNER, edge.c.source_url != edge.c.target_url
)
_EDGES = union(
    _TO_OTHERS.where(edge.c.source_url.in_(_URLS)), _TO_OTHERS.where(edge.c.target_url.in_(_URLS))
)
_SINCE = (
    select(
        capture.c.url, capture.c.fetched_at, capture.c.warc_record_id, SHOWN_BY.label("shown_by")
    )
    .select_from(
        READ_AS.join(
            article,
            (article.c.publisher_id == capture.c.publisher_id)
            & (article.c.canonical_url == capture.c.url)
            & (article.c.ordinal == 1),
        )
    )
    .where(
        capture.c.publisher_id == _OWNER,
        capture.c.url.in_(_URLS),
        capture.c.fetched_at >= article.c.seen_until,
    )
)
_AT_ONE = (capture.c.publisher_id == _OWNER) & (capture.c.url == bindparam("url"))
_FIRST: BindParameter[Any] = bindparam("first")
_FROM = (
    select(capture.c.warc_record_id)
    .select_from(READ_AS)
    .where(_AT_ONE, capture.c.fetched_at >= _FIRST)
)
_BEFORE = (
    select(SHOWN_BY)
    .select_from(READ_AS)
    .where(_AT_ONE, capture.c.fetched_at < _FIRST)
    .order_by(capture.c.fetched_at.desc(), capture.c.warc_record_id.desc())
    .limit(1)
)
_SAME = capture.alias("same")
_WITH_PAYLOAD = exists().where(
    _SAME.c.publisher_id == capture.c.publisher_id,
    _SAME.c.payload_digest == capture.c.payload_digest,
)
_ELSEWHERE = select(capture.c.url).where(
    capture.c.warc_record_id.in_(bindparam("records", expanding=True)),
    or_(
        capture.c.payload_digest.is_(None),
        _WITH_PAYLOAD.where(_SAME.c.url < capture.c.url),
        _WITH_PAYLOAD.where(_SAME.c.url > capture.c.url),
    ),
)
"""URLs of captures whose payload was captured at other URLs, too. Two ranges of one index say so,
however many captures of the payload there are."""
_EXTEND_VERSION = (
    version.update()
    .where(version.c.article_id == bindparam("key"), version.c.seq == bindparam("last"))
    .values(seen_until=bindparam("until"))
)
_EXTEND_ARTICLE = (
    article.update().where(article.c.id == bindparam("key")).values(seen_until=bindparam("until"))
)
