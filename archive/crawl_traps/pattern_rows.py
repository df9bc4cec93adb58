"""Patterns of URLs: their tallies, what a page turned out to be, and which URLs they hold back."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, exists, func, select

from archive.crawl_traps.patterns import LIMIT, SOURCE_KINDS, Tallies, Tally
from archive.model import Kind, Outcome
from archive.model.reason import Reason
from archive.revisit.rule import next_probe
from archive.sql.chunks import batches
from archive.sql.database import upsert_on
from archive.sql.frontier.store import State
from archive.sql.known_urls import IS_WANTED, fold, fold_number, ids_of, lookups_of
from archive.sql.schema.state_tables import FRONTIER_SOURCES, FRONTIER_URLS, SOURCE, pattern
from archive.sql.schema.state_tables import frontier as table
from archive.sql.schema.view_tables import capture, extraction, known_url

RELEASED_AT_ONCE = 1_000
"""URLs that one new article frees; a pattern may hold back a million, and yields again and again
if it is worth them."""
MOST_SHOWN = 20

_TALLY = ("fetched", "new", "copies", "score", "children", "turned_away")


@dataclass(frozen=True, slots=True, kw_only=True)
class PatternedUrl:
    """What the frontier knows of a URL that its patterns follow from."""

    url: str
    kind: Kind
    depth: int
    is_twin: bool
    source_url: str | None
    is_known: bool
    """Whether it was fetched before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """A pattern that holds back *urls*, and why: what its *fetched* pages gave."""

    pattern: str
    urls: int
    fetched: int
    new: int
    copies: int


def tallies(connection: Connection, owner: int, keys: Collection[str]) -> dict[str, Tally]:
    """Return the tallies of the patterns *keys*; patterns without one are absent."""
    found: dict[str, Tally] = {}
    for some in batches(keys):
        statement = select(pattern.c.key, *(pattern.c[name] for name in _TALLY)).where(
            pattern.c.publisher_id == owner, pattern.c.key.in_(some)
        )
        found.update((row.key, Tally(*row[1:])) for row in connection.execute(statement))
    return found


def put_tallies(connection: Connection, owner: int, changed: Tallies, at: datetime) -> None:
    """Store *changed* tallies; those held back may be tested from *at* on, when pages came."""
    rows = [
        {
            "publisher_id": owner,
            "key": key,
            **{name: getattr(tally, name) for name in _TALLY},
            "probe_at": at if tally.is_held else None,
        }
        for key, tally in changed.items()
    ]
    if not rows:
        return
    statement = upsert_on(connection.dialect.name, pattern)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[pattern.c.publisher_id, pattern.c.key],
            set_={
                **{name: new[name] for name in _TALLY},
                "probe_at": func.coalesce(pattern.c.probe_at, new.probe_at),
            },
        ),
        rows,
    )


def turn_away(connection: Connection, owner: int, numbers: Mapping[str, int]) -> None:
    """Note how many URLs patterns have held back since they last yielded."""
    rows = [{"owner": owner, "wanted": key, "number": n} for key, n in numbers.items()]
    if rows:
        connection.execute(_TURNING_AWAY, rows)


_TURNING_AWAY = (
    pattern.update()
    .where(pattern.c.publisher_id == bindparam("owner"), pattern.c.key == bindparam("wanted"))
    .values(turned_away=bindparam("number"))
)


def patterned_urls(
    connection: Connection, owner: int, urls: Collection[str]
) -> dict[str, PatternedUrl]:
    """Return the rows of *urls*, by URL; a URL without a row is absent."""
    found: dict[str, PatternedUrl] = {}
    for some in lookups_of(owner, urls):
        for row in connection.execute(_PATTERNED, some):
            found[row.url] = PatternedUrl(
                url=row.url,
                kind=Kind(row.kind),
                depth=row.depth,
                is_twin=row.is_twin,
                source_url=row.source_url,
                is_known=row.fetched_at is not None,
            )
    return found


_PATTERNED = (
    select(
        known_url.c.url,
        table.c.kind,
        table.c.depth,
        table.c.is_twin,
        SOURCE.c.url.label("source_url"),
        table.c.fetched_at,
    )
    .select_from(FRONTIER_SOURCES)
    .where(IS_WANTED)
)


def folds(connection: Connection, owner: int, folded: Collection[str]) -> set[str]:
    """Return those of the *folded* spellings under which the frontier has a page in scope.

    See ``sql.known_urls.fold``.
    """
    found: set[str] = set()
    for some in batches({fold_number(each) for each in folded}):
        rows = connection.scalars(_SPELLED, {"owner": owner, "folds": some})
        found.update(map(fold, rows))
    return found.intersection(folded)


_SPELLED = (
    select(known_url.c.url)
    .select_from(FRONTIER_URLS)
    .where(
        known_url.c.publisher_id == bindparam("owner"),
        known_url.c.fold.in_(bindparam("folds", expanding=True)),
        table.c.kind.not_in(sorted(SOURCE_KINDS)),
        table.c.state != State.SKIPPED,
    )
)


def count_of(connection: Connection, owner: int, kind: Kind, priority: int) -> int:
    """Return how many URLs of *kind* the frontier has to fetch at *priority*, or has fetched."""
    statement = select(func.count()).where(
        table.c.publisher_id == owner,
        table.c.state.in_([State.PENDING, State.FETCHED, State.RETRY]),
        table.c.priority == priority,
        table.c.kind == kind,
    )
    return int(connection.scalar(statement) or 0)


def copies(connection: Connection, record_ids: Collection[str]) -> set[str]:
    """Return those of the captures *record_ids* whose payload or text another URL gave before."""
    found: set[str] = set()
    for some in batches(record_ids):
        for statement in (_SAME_PAYLOAD, _SAME_TEXT):
            found.update(connection.scalars(statement, {"records": some}))
    return found


_other, _its = capture.alias(), extraction.alias()
_EARLIER = and_(
    _other.c.publisher_id == capture.c.publisher_id,
    _other.c.id < capture.c.id,
    _other.c.url != capture.c.url,
    _other.c.hidden.is_(None),
)
_CAPTURES = capture.c.warc_record_id.in_(bindparam("records", expanding=True))
_SAME_PAYLOAD: Select[tuple[Any]] = select(capture.c.warc_record_id).where(
    _CAPTURES, exists().where(_EARLIER, _other.c.payload_digest == capture.c.payload_digest)
)
# Paywalls and players put the same few words under many headlines: those are no copies.
_SAME_TEXT: Select[tuple[Any]] = (
    select(capture.c.warc_record_id)
    .select_from(capture.join(extraction))
    .where(
        _CAPTURES,
        exists().where(
            _EARLIER,
            extraction.c.outcome == Outcome.ARTICLE,
            _its.c.outcome == Outcome.ARTICLE,
            _its.c.capture_id == _other.c.id,
            _its.c.text_sha256 == extraction.c.text_sha256,
            _its.c.fields["headline"].as_string() == extraction.c.fields["headline"].as_string(),
        ),
    )
)


def articles_among(connection: Connection, owner: int, urls: Collection[str]) -> set[str]:
    """Return those of *urls* whose latest capture was an article."""
    found: set[str] = set()
    for some in lookups_of(owner, urls):
        found.update(connection.scalars(_ARTICLES, some))
    return found


_ARTICLES = (
    select(known_url.c.url)
    .select_from(FRONTIER_URLS)
    .where(IS_WANTED, table.c.outcome == Outcome.ARTICLE)
)


def hold_back_rows(connection: Connection, owner: int, held: Mapping[str, str]) -> None:
    """Hold back the pending URLs in *held*, each for the pattern that it names."""
    ids = ids_of(connection, owner, held)
    rows = [{"wanted": ids[url], "key": key} for url, key in held.items() if url in ids]
    if rows:
        connection.execute(_HOLDING, rows)


_HOLDING = (
    table.update()
    .where(table.c.id == bindparam("wanted"), table.c.state == State.PENDING)
    .values(state=State.HELD_BACK, held_by=bindparam("key"))
)


def release(connection: Connection, owner: int, key: str) -> bool:
    """Make pending what pattern *key* holds back, most urgent first; return if that was all."""
    some = (
        select(table.c.id)
        .where(_held(owner), table.c.held_by == key)
        .order_by(table.c.priority, table.c.id)
        .limit(RELEASED_AT_ONCE)
    )
    freed = connection.execute(
        table.update().where(table.c.id.in_(some)).values(state=State.PENDING, held_by=None)
    )
    connection.execute(
        pattern.update()
        .where(pattern.c.publisher_id == owner, pattern.c.key == key)
        .values(probes=0, probe_at=None)
    )
    return freed.rowcount < RELEASED_AT_ONCE


def release_rest(connection: Connection, owner: int) -> None:
    """Make pending what is still held back by patterns that yield again."""
    statement = select(pattern.c.key).where(
        pattern.c.publisher_id == owner, pattern.c.turned_away > 0, pattern.c.score < LIMIT
    )
    for key in connection.scalars(statement).all():
        while not release(connection, owner, key):
            pass
        turn_away(connection, owner, {key: 0})


def probe(connection: Connection, owner: int, now: datetime) -> int:
    """Make one URL pending for each pattern whose test is due *now*; return how many.

    It is the URL that was found last.
    """
    due = select(pattern.c.key, pattern.c.probes).where(
        pattern.c.publisher_id == owner, pattern.c.turned_away > 0, pattern.c.probe_at <= now
    )
    tested = 0
    for key, probes in connection.execute(due).all():
        newest = select(func.max(table.c.id)).where(_held(owner), table.c.held_by == key)
        tested += connection.execute(
            table.update().where(table.c.id == newest.scalar_subquery()).values(_AS_A_TEST)
        ).rowcount
        connection.execute(
            pattern.update()
            .where(pattern.c.publisher_id == owner, pattern.c.key == key)
            .values(probes=probes + 1, probe_at=next_probe(now, probes))
        )
    return tested


_AS_A_TEST = {"state": State.PENDING, "held_by": None, "due_reason": Reason.PROBE}


def let_through(connection: Connection, owner: int, urls: Iterable[str]) -> None:
    """Mark pending *urls* as tests, which are fetched although their pattern is held back."""
    for some in batches(ids_of(connection, owner, urls).values()):
        connection.execute(
            table.update()
            .where(
                table.c.id.in_(some),
                table.c.state.in_([State.PENDING, State.HELD_BACK]),
            )
            .values(_AS_A_TEST)
        )


def make_pending(connection: Connection, owner: int, urls: Iterable[str]) -> None:
    """Make *urls* pending that were held back."""
    for some in batches(ids_of(connection, owner, urls).values()):
        connection.execute(
            table.update()
            .where(_held(owner), table.c.id.in_(some))
            .values(state=State.PENDING, held_by=None)
        )


def held_urls(connection: Connection, owner: int) -> Iterator[str]:
    """Yield every URL that is held back."""
    statement = select(known_url.c.url).select_from(FRONTIER_URLS).where(_held(owner))
    yield from connection.scalars(statement).all()


def held_back(connection: Connection, owner: int) -> tuple[HeldBack, ...]:
    """Return the patterns that hold URLs back, those with the most URLs first, at most SHOWN."""
    number = func.count().label("urls")
    held = (
        select(table.c.held_by, number)
        .where(_held(owner), table.c.held_by.is_not(None))
        .group_by(table.c.held_by)
        .order_by(number.desc(), table.c.held_by)
        .limit(MOST_SHOWN)
        .subquery()
    )
    statement = (
        select(held.c.held_by.label("pattern"), held.c.urls, *_COUNTS)
        .join(pattern, and_(pattern.c.publisher_id == owner, pattern.c.key == held.c.held_by))
        .order_by(held.c.urls.desc(), held.c.held_by)
    )
    return tuple(HeldBack(**row) for row in connection.execute(statement).mappings())


_COUNTS = (pattern.c.fetched, pattern.c.new, pattern.c.copies)


def _held(owner: int) -> Any:
    return and_(table.c.publisher_id == owner, table.c.state == State.HELD_BACK)
