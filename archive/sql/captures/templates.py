"""Templates in the database: the pages they are learned from, their rules, and what these concern.

Learning reads the tables of lines of a sample, so that its time hardly grows with the archive: of
each language and month the articles whose URLs have the smallest hashes. Such a choice does not
depend on the order in which captures arrive.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, select

from archive.model import Outcome
from archive.model.line_table import places_in, unpack
from archive.model.template import (
    ALONE,
    PlaceRole,
    PlaceRule,
    Template,
    place_name,
    roles_on_page,
)
from archive.sql.captures.rereading import captures_with
from archive.sql.captures.store import touch, urls_that_show
from archive.sql.chunks import batches
from archive.sql.schema.view_tables import capture, extraction, template_place
from archive.template.learning import LearnedPlace
from archive.template.sample import SampledPage

URLS_A_MONTH = 64
"""Most URLs of a language and a month whose captures are read."""
LEAST_A_MONTH = 8
MOST_URLS = 4_000
"""URLs whose captures are read, of all languages and months, unless ``LEAST_A_MONTH`` are more."""
_ROWS_AT_ONCE = 2_000


def template_of(connection: Connection, owner: int) -> Template:
    """Return the template of publisher *owner*."""
    statement = (
        select(template_place)
        .where(template_place.c.publisher_id == owner)
        .order_by(template_place.c.place, template_place.c.language, template_place.c.ordinal)
    )
    rows = connection.execute(statement)
    return Template(
        tuple(
            PlaceRule(
                language=row.language,
                place=int(row.place, 16),
                role=PlaceRole(row.role),
                since=row.since,
                until=row.until,
                repeated=tuple(row.repeated_lines),
            )
            for row in rows
        )
    )


def template_of_record(connection: Connection, record_id: str) -> Template:
    """Return the template of the publisher that the record *record_id* was captured for."""
    statement = select(capture.c.publisher_id).where(capture.c.warc_record_id == record_id)
    owner = connection.scalar(statement)
    return ALONE if owner is None else template_of(connection, owner)


# --- the sample -----------------------------------------------------------------------------------


@dataclass(slots=True)
class _Seen:
    """The first and the last capture of a URL in a month: moment, record id, row id."""

    first: tuple[datetime, str, int]
    last: tuple[datetime, str, int]

    def add(self, moment: tuple[datetime, str, int]) -> None:
        self.first, self.last = min(self.first, moment), max(self.last, moment)


@dataclass(slots=True)
class _Month:
    """The URLs of a language and a month with the smallest hashes so far."""

    seen: dict[str, _Seen] = field(default_factory=dict)
    limit: bytes = b"\xff" * 9

    def add(self, url: str, moment: tuple[datetime, str, int]) -> None:
        known = self.seen.get(url)
        if known is not None:
            known.add(moment)
        elif _hash(url) <= self.limit:
            self.seen[url] = _Seen(moment, moment)
            if len(self.seen) > 2 * URLS_A_MONTH:
                self.choose(URLS_A_MONTH)

    def choose(self, number: int) -> None:
        """Keep the *number* URLs with the smallest hashes; no other is wanted any more."""
        kept = sorted(self.seen, key=_hash)[:number]
        self.seen = {url: self.seen[url] for url in kept}
        if len(kept) == number:
            self.limit = _hash(kept[-1])


def sampled_pages(connection: Connection, owner: int) -> list[SampledPage]:
    """Return the pages that the template of *owner* is learned from, in no order.

    They are articles by their own verdict: of each URL, language and month the first capture and
    the last.
    """
    months: dict[tuple[str, str], _Month] = defaultdict(_Month)
    statement = (
        select(
            capture.c.id,
            capture.c.url,
            capture.c.fetched_at,
            capture.c.warc_record_id,
            extraction.c.language,
        )
        .join(extraction)
        .where(
            capture.c.publisher_id == owner,
            extraction.c.outcome == Outcome.ARTICLE,
            extraction.c.lines.is_not(None),
        )
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for key, url, moment, record, language in connection.execute(statement):
        month = months[language or "", moment.strftime("%Y-%m")]
        month.add(url, (moment, record, key))
    keys = set()
    a_month = max(LEAST_A_MONTH, MOST_URLS // max(len(months), 1))
    for month in months.values():
        month.choose(min(a_month, URLS_A_MONTH))
        keys |= {each[2] for seen in month.seen.values() for each in (seen.first, seen.last)}
    return list(_pages(connection, keys))


def _pages(connection: Connection, keys: Collection[int]) -> Iterator[SampledPage]:
    statement = select(
        capture.c.url,
        capture.c.warc_record_id,
        capture.c.fetched_at,
        extraction.c.language,
        extraction.c.lines,
    ).join(extraction)
    for some in batches(keys):
        for row in connection.execute(statement.where(capture.c.id.in_(some))):
            table = unpack(row.lines)
            yield SampledPage(
                url=row.url,
                record_id=row.warc_record_id,
                language=row.language or "",
                moment=row.fetched_at,
                places=table.places,
                lacks=table.lacks,
            )


def _hash(url: str) -> bytes:
    return hashlib.blake2b(url.encode("utf-8", "surrogatepass"), digest_size=8).digest()


# --- the rules ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """What is stored of a place: what was learned, and whether the profile overrules it."""

    learned: LearnedPlace
    by_profile: bool = False


def store_template(connection: Connection, owner: int, found: Sequence[PlaceRow]) -> None:
    """Make *found* the template of publisher *owner*; rows that are equal stay."""
    rows = _rows(connection, owner, found)
    known = {
        (row["language"], row["place"], row["ordinal"]): row
        for row in connection.execute(
            select(template_place).where(template_place.c.publisher_id == owner)
        ).mappings()
    }
    for key in known.keys() - rows.keys():
        connection.execute(delete(template_place).where(template_place.c.id == known[key]["id"]))
    for key, values in rows.items():
        if key not in known:
            connection.execute(template_place.insert().values(values))
        elif any(known[key][name] != value for name, value in values.items()):
            connection.execute(
                template_place.update()
                .where(template_place.c.id == known[key]["id"])
                .values(values)
            )


def _rows(
    connection: Connection, owner: int, found: Sequence[PlaceRow]
) -> dict[tuple[str, str, int], dict[str, Any]]:
    records = {row.learned.record_id for row in found}
    ids: dict[str, int] = {}
    for some in batches(records):
        statement = select(capture.c.warc_record_id, capture.c.id).where(
            capture.c.warc_record_id.in_(some)
        )
        ids.update((row[0], row[1]) for row in connection.execute(statement))
    rows: dict[tuple[str, str, int], dict[str, Any]] = {}
    for row in found:
        rule, counts = row.learned.rule, row.learned.counts
        language, place, ordinal = rule.language, place_name(rule.place), 0
        while (language, place, ordinal) in rows:
            ordinal += 1
        rows[language, place, ordinal] = {
            "publisher_id": owner,
            "language": language,
            "place": place,
            "ordinal": ordinal,
            "role": str(rule.role),
            "since": rule.since,
            "until": rule.until,
            "pages": counts.pages,
            "kept": counts.kept,
            "repeated": counts.repeated,
            "linked": counts.linked,
            "after_link": counts.after_link,
            "share": counts.share,
            "repeated_lines": list(rule.repeated),
            "by_profile": row.by_profile,
            "capture_id": ids.get(row.learned.record_id),
        }
    return rows


# --- what new rules concern -----------------------------------------------------------------------


def affected(
    connection: Connection, owner: int, template: Template, changed: Collection[int]
) -> Iterator[int]:
    """Yield the row ids of the captures that *template* reads otherwise than they were read.

    *changed* are the places whose rules have changed.
    """
    wanted = frozenset(changed)
    statement = (
        select(
            capture.c.id,
            capture.c.fetched_at,
            extraction.c.language,
            extraction.c.outcome,
            extraction.c.lines,
            extraction.c.template,
        )
        .join(extraction)
        .where(capture.c.publisher_id == owner, extraction.c.lines.is_not(None))
        .execution_options(yield_per=_ROWS_AT_ONCE)
    )
    for row in connection.execute(statement):
        if wanted.isdisjoint(places_in(row.lines)):
            continue
        outcome = Outcome(row.outcome)
        roles = roles_on_page(template, row.lines, row.language, row.fetched_at, outcome)
        if row.template is not None and row.template != roles.digest:
            yield row.id


def note_unread(connection: Connection, owner: int, ids: Collection[int]) -> None:
    """Note that the captures *ids* have to be read again, by another template."""
    for some in batches(ids):
        connection.execute(
            extraction.update().where(extraction.c.capture_id.in_(some)).values(template=None)
        )
        captures = captures_with(connection, ids=some)
        touch(connection, owner, urls_that_show(connection, captures))


def unread(connection: Connection, owner: int) -> list[int]:
    """Return the row ids of the captures that have to be read again, in order of time."""
    statement = (
        select(capture.c.id)
        .join(extraction)
        .where(capture.c.publisher_id == owner, extraction.c.template.is_(None))
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
    )
    return list(connection.execute(statement).scalars())
