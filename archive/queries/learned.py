"""What a publisher's pages have taught: what is repeated around its articles, and its template."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select

from archive.model import SiteReading
from archive.sql.articles.boilerplate import holds_block
from archive.sql.captures.extraction_rows import site_reading_of
from archive.sql.schema.view_tables import (
    article,
    boilerplate,
    capture,
    end_block,
    extraction,
    publisher,
    template_place,
    warc_file,
)

EXAMPLES = 2
"""How many articles a rule names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoilerplateRule:
    """A block that is cut out of a publisher's articles in one language, with the evidence."""

    publisher: str
    language: str
    """The language of the articles; empty when it is not known."""
    text: str
    """The block."""
    key: str
    """What is the same for all spellings of the block: hex of a hash."""
    articles: int
    """How many articles contain the block at one of their ends."""
    of_articles: int
    """How many articles were counted."""
    at_end: int
    """How many articles contain the block at the end; the others contain it at the beginning."""
    month: str | None
    """The month (``2026-07``, UTC) in which the counted articles were first seen; None when all
    articles were counted."""
    examples: tuple[str, ...]
    """Canonical URLs of some articles that contain the block."""


def boilerplate_rules(connection: Connection, publisher_name: str) -> list[BoilerplateRule]:
    """Return the rules of a publisher by language, those of the most articles first.

    There are at most some hundreds. The list is empty when nothing is archived of the publisher.
    """
    found = []
    statement = (
        select(boilerplate)
        .join(publisher)
        .where(publisher.c.name == publisher_name)
        .order_by(boilerplate.c.language, boilerplate.c.articles.desc(), boilerplate.c.key)
    )
    for row in connection.execute(statement).all():
        bearing = (
            select(article.c.canonical_url)
            .join(end_block, end_block.c.article_id == article.c.id)
            .where(holds_block(row.publisher_id, row.language, row.key))
            .order_by(article.c.canonical_url, article.c.ordinal)
            .limit(EXAMPLES)
        )
        rule = BoilerplateRule(
            publisher=publisher_name,
            language=row.language,
            text=row.text,
            key=row.key,
            articles=row.articles,
            of_articles=row.of_articles,
            at_end=row.at_end,
            month=row.month,
            examples=tuple(connection.execute(bearing).scalars()),
        )
        found.append(rule)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePlace:
    """A place on the pages of a publisher, and what is known to be there.

    *place* is eight hex digits. *language* is empty for all pages. The role holds from *since*
    until *until*, UTC; None has no limit. Shares are of the weight of the lines at the place.
    """

    publisher: str
    place: str
    language: str
    role: str
    """``text``, ``frame`` or ``none``; or the field of the article that lines there say."""
    since: datetime | None
    until: datetime | None
    pages: int
    """Pages of the sample that have the place, copies aside."""
    kept: float
    """Share of the lines that the texts have of the pages read alone."""
    repeated: float
    """Share of the lines that several pages have, or that change while a text does not."""
    linked: float
    """Share of links."""
    after_link: float
    """Share of the lines right behind a link."""
    share: float
    """Share of the pages that have the place, from the first that has it until the last."""
    by_profile: bool
    """Whether the publisher's profile gave the role."""
    first_seen: datetime | None
    """The first capture that has the place, UTC; None if the sample has none."""
    warc_file: str | None
    """The WARC file of the first capture that has the place; None if the sample has none."""
    warc_offset: int | None
    """Where its record begins in the WARC file, in bytes."""


def template_places(connection: Connection, publisher_name: str) -> list[TemplatePlace]:
    """Return the places of a publisher by role, those on the most pages first."""
    statement = (
        select(
            publisher.c.name.label("publisher"),
            template_place,
            capture.c.fetched_at.label("first_seen"),
            warc_file.c.name.label("warc_file"),
            capture.c.warc_offset,
        )
        .join(publisher, publisher.c.id == template_place.c.publisher_id)
        .outerjoin(capture, capture.c.id == template_place.c.capture_id)
        .outerjoin(warc_file, warc_file.c.id == capture.c.warc_file_id)
        .where(publisher.c.name == publisher_name)
        .order_by(
            template_place.c.role.desc(),
            template_place.c.pages.desc(),
            template_place.c.place,
            template_place.c.language,
            template_place.c.ordinal,
        )
    )
    names = TemplatePlace.__dataclass_fields__
    return [
        TemplatePlace(**{name: row[name] for name in names})
        for row in connection.execute(statement).mappings()
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedPage:
    """A capture whose text the template of its publisher changed."""

    url: str
    fetched_at: datetime
    """When it was captured, UTC."""
    warc_record_id: str
    by_site: SiteReading | None
    """What was cut and restored; None if only the verdict differs."""
    is_in_place: bool
    """Whether a page that is no article by its own verdict has its text where articles have it."""


def pages_changed_by_template(connection: Connection, publisher_name: str) -> Iterator[ChangedPage]:
    """Yield the captures of a publisher whose text its template changed, in order of time."""
    statement = (
        select(
            capture.c.url,
            capture.c.fetched_at,
            capture.c.warc_record_id,
            extraction.c.by_site,
            extraction.c.is_in_place,
        )
        .join(extraction)
        .join(publisher, publisher.c.id == capture.c.publisher_id)
        .where(
            publisher.c.name == publisher_name,
            or_(extraction.c.by_site.is_not(None), extraction.c.is_in_place),
        )
        .order_by(capture.c.fetched_at, capture.c.warc_record_id)
        .execution_options(yield_per=1_000)
    )
    for row in connection.execute(statement):
        yield ChangedPage(
            url=row.url,
            fetched_at=row.fetched_at,
            warc_record_id=row.warc_record_id,
            by_site=None if row.by_site is None else site_reading_of(row.by_site),
            is_in_place=row.is_in_place,
        )
