"""Groups of articles that are translations of each other, and the pages that say so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, RowMapping, and_, func, select

from archive.queries.paging import PAGE_SIZE, Keyset, ResultPage, scope_of
from archive.queries.stories import FoundArticle
from archive.sql.schema.view_tables import (
    address,
    alternate,
    article,
    capture,
    publisher,
    version,
    warc_file,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslatedArticle:
    """An article of a group."""

    in_language: str | None
    """A BCP 47 tag in lower case; None when the language is not known."""
    headline: str
    """The headline of the latest version."""
    canonical_url: str
    gone_at: datetime | None
    """When captures found the article removed, UTC; None while it is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationEvidence:
    """The latest capture in which a page names another page as its translation (hreflang)."""

    canonical_url: str
    """The article whose page was captured."""
    language: str
    """The language that the page gives for the other page."""
    target_url: str
    """The other page."""
    url: str
    """The address that was captured."""
    fetched_at: datetime
    """When it was captured, UTC."""
    warc_file: str
    warc_offset: int
    """Where the record begins in the WARC file, in bytes."""
    warc_record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationGroup:
    """Articles of a publisher that are translations of each other."""

    publisher: str
    translation_group: str
    """The name of the group: the canonical URL of one of the articles."""
    members: tuple[TranslatedArticle, ...]
    """By language and canonical URL."""
    evidence: tuple[TranslationEvidence, ...]
    """The links between members, by canonical URL and language."""


def translation_groups(
    connection: Connection,
    *,
    publisher_name: str | None = None,
    limit: int = PAGE_SIZE,
    cursor: str | None = None,
) -> ResultPage[TranslationGroup]:
    """Return the groups of a publisher, or of all publishers, by publisher and by name.

    *cursor* is the *next_cursor* of the page before. Raises ``CursorError`` and ``UsageError``.
    """
    order = Keyset(
        columns=(publisher.c.name, article.c.translation_group),
        scope=scope_of("translation_groups", publisher_name),
    )
    statement = _GROUP_NAMES
    if publisher_name is not None:
        statement = statement.where(publisher.c.name == publisher_name)
    rows, following = order.rows_after(connection, statement, cursor, limit)
    return ResultPage(items=tuple(_groups(connection, rows)), next_cursor=following)


def translation_group_of(connection: Connection, story: FoundArticle) -> TranslationGroup | None:
    """Return the group that *story* is in; None when it has no translation."""
    if story.translation_group is None:
        return None
    statement = _GROUP_NAMES.where(
        publisher.c.name == story.publisher,
        article.c.translation_group == story.translation_group,
    )
    return next(iter(_groups(connection, connection.execute(statement).all())), None)


def named_translations(connection: Connection, story: FoundArticle) -> list[TranslationEvidence]:
    """Return the translations that the latest page of *story* names.

    A page may name a translation that is not archived, or that does not name the page.
    """
    own = select(address.c.url).where(address.c.article_id == story.article_id)
    statement = _NAMINGS.where(
        alternate.c.article_id == story.article_id,
        alternate.c.target_url.not_in(own),
        alternate.c.named_until.is_(None),
    )
    return [_naming(row) for row in connection.execute(statement).mappings()]


def _groups(
    connection: Connection, rows: Sequence[Row[*tuple[Any, ...]]]
) -> list[TranslationGroup]:
    names = {row.translation_group for row in rows}
    members, evidence = _members(connection, names), _evidence(connection, names)
    return [
        TranslationGroup(
            publisher=row.name,
            translation_group=row.translation_group,
            members=tuple(members[row.id, row.translation_group]),
            evidence=tuple(evidence[row.id, row.translation_group]),
        )
        for row in rows
    ]


_GROUP_NAMES = (
    select(publisher.c.id, publisher.c.name, article.c.translation_group)
    .distinct()
    .select_from(publisher.join(article))
    .where(article.c.translation_group.is_not(None))
)

_GroupKey = tuple[int, str]
"""Id of a publisher, and a group of its articles."""


def _members(
    connection: Connection, names: Collection[str]
) -> dict[_GroupKey, list[TranslatedArticle]]:
    every = version.alias("every")
    latest = select(func.max(every.c.seq)).where(every.c.article_id == article.c.id)
    statement = (
        select(article, version.c.headline)
        .select_from(article)
        .join(
            version,
            and_(version.c.article_id == article.c.id, version.c.seq == latest.scalar_subquery()),
        )
        .where(article.c.translation_group.in_(names))
        .order_by(article.c.in_language, article.c.canonical_url, article.c.ordinal)
    )
    found: dict[_GroupKey, list[TranslatedArticle]] = defaultdict(list)
    for row in connection.execute(statement).mappings():
        member = TranslatedArticle(
            in_language=row["in_language"],
            headline=row["headline"],
            canonical_url=row["canonical_url"],
            gone_at=row["gone_at"],
        )
        found[row["publisher_id"], row["translation_group"]].append(member)
    return found


def _evidence(
    connection: Connection, names: Collection[str]
) -> dict[_GroupKey, list[TranslationEvidence]]:
    """Return the links between members of the groups called *names*."""
    target = article.alias("target")
    named = select(address.c.id).where(
        address.c.publisher_id == alternate.c.publisher_id,
        address.c.url == alternate.c.target_url,
        address.c.article_id == target.c.id,
        target.c.id != article.c.id,
        target.c.translation_group == article.c.translation_group,
    )
    statement = _NAMINGS.where(article.c.translation_group.in_(names), named.exists())
    found: dict[_GroupKey, list[TranslationEvidence]] = defaultdict(list)
    for row in connection.execute(statement).mappings():
        found[row["publisher_id"], row["translation_group"]].append(_naming(row))
    return found


_NAMINGS = (
    select(
        article.c.publisher_id,
        article.c.translation_group,
        article.c.canonical_url,
        alternate.c.language,
        alternate.c.target_url,
        capture.c.url,
        capture.c.fetched_at,
        warc_file.c.name.label("warc_file"),
        capture.c.warc_offset,
        capture.c.warc_record_id,
    )
    .select_from(alternate)
    .join(article, article.c.id == alternate.c.article_id)
    .join(capture, capture.c.id == alternate.c.capture_id)
    .join(warc_file, warc_file.c.id == capture.c.warc_file_id)
    .order_by(article.c.canonical_url, article.c.ordinal, alternate.c.language)
    .order_by(alternate.c.target_url)
)


def _naming(row: RowMapping) -> TranslationEvidence:
    return TranslationEvidence(
        **{name: row[name] for name in TranslationEvidence.__dataclass_fields__}
    )
