"""Groups of translations, for showing them: their members, and which pages name which."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, and_, func, select

from archive.sql.schema.view_tables import (
    address,
    alternate,
    article,
    capture,
    publisher,
    version,
    warc_file,
)

GROUPS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMember:
    """An article of a group."""

    in_language: str | None
    headline: str
    canonical_url: str
    gone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationEvidence:
    """A page that names another as its translation: what a group rests on, with its record."""

    canonical_url: str
    language: str
    target_url: str
    url: str
    fetched_at: datetime
    warc_file: str
    warc_offset: int
    warc_record_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Articles that are translations of each other, by language, and the links between them."""

    publisher: str
    translation_group: str
    members: tuple[GroupMember, ...]
    evidence: tuple[TranslationEvidence, ...]


def translation_groups(
    connection: Connection, *, publisher_name: str | None = None, name: str | None = None
) -> Iterator[Group]:
    """Yield the groups of a publisher, or of all, or only the one called *name*, in order."""
    keys = (
        select(publisher.c.id, publisher.c.name, article.c.translation_group)
        .distinct()
        .select_from(publisher.join(article))
        .where(article.c.translation_group.is_not(None))
        .order_by(publisher.c.name, article.c.translation_group)
    )
    if publisher_name is not None:
        keys = keys.where(publisher.c.name == publisher_name)
    if name is not None:
        keys = keys.where(article.c.translation_group == name)
    found = connection.execute(keys).all()
    for at in range(0, len(found), GROUPS_AT_ONCE):
        some = found[at : at + GROUPS_AT_ONCE]
        names = {row.translation_group for row in some}
        members, evidence = _members(connection, names), _evidence(connection, names)
        for row in some:
            key = (row.id, row.translation_group)
            yield Group(
                publisher=row.name,
                translation_group=row.translation_group,
                members=tuple(members[key]),
                evidence=tuple(evidence[key]),
            )


def named_by(connection: Connection, article_id: int) -> list[TranslationEvidence]:
    """Return the translations that the latest page of an article names, answered or not."""
    own = select(address.c.url).where(address.c.article_id == article_id)
    statement = _NAMINGS.where(
        alternate.c.article_id == article_id,
        alternate.c.target_url.not_in(own),
        alternate.c.named_until.is_(None),
    )
    return [_naming(row) for row in connection.execute(statement).mappings()]


GroupKey = tuple[int, str]
"""Id of a publisher, and a group of its articles."""


def _members(connection: Connection, names: Collection[str]) -> dict[GroupKey, list[GroupMember]]:
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
    found: dict[GroupKey, list[GroupMember]] = defaultdict(list)
    for row in connection.execute(statement).mappings():
        member = GroupMember(**{name: row[name] for name in GroupMember.__dataclass_fields__})
        found[row["publisher_id"], row["translation_group"]].append(member)
    return found


def _evidence(
    connection: Connection, names: Collection[str]
) -> dict[GroupKey, list[TranslationEvidence]]:
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
    found: dict[GroupKey, list[TranslationEvidence]] = defaultdict(list)
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
