"""Read what an archive has of the recorded WordPress site."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from archive.library import open_archive
from archive.model import Block
from archive.queries import article_versions, stories_at, version_blocks
from archive.sql import views
from archive.sql.schema import view_tables


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What an archive has of the site."""

    articles: list[dict[str, Any]]
    """Rows of the view ``articles``, each with its ``addresses`` and the ``blocks`` of its text."""
    outcomes: dict[str, int]
    reasons: dict[str, str]
    """For each URL, its outcome in words."""


def read(home: Path) -> Found:
    """Return what the archive in *home* has."""
    with open_archive(home, read_only=True) as archive, archive.database.reading() as connection:
        return Found(
            articles=_articles(connection),
            outcomes=_outcomes(connection),
            reasons=_reasons(connection),
        )


def _articles(connection: Connection) -> list[dict[str, Any]]:
    addresses: dict[str, list[str]] = {}
    statement = select(view_tables.article.c.canonical_url, view_tables.address.c.url).join(
        view_tables.address, view_tables.address.c.article_id == view_tables.article.c.id
    )
    for canonical, url in connection.execute(statement):
        addresses.setdefault(canonical, []).append(url)
    rows = connection.execute(select(views.articles)).mappings()
    return [
        {
            **row,
            "addresses": addresses.get(row["canonical_url"], []),
            "blocks": _blocks(connection, row["canonical_url"]),
        }
        for row in rows
    ]


def _blocks(connection: Connection, url: str) -> tuple[Block, ...]:
    story = stories_at(connection, url)[0]
    return version_blocks(connection, article_versions(connection, story)[-1])


def _outcomes(connection: Connection) -> dict[str, int]:
    number = func.count().label("number")
    outcome = view_tables.extraction.c.outcome
    statement = select(outcome, number).group_by(outcome).order_by(number.desc())
    return {row.outcome: row.number for row in connection.execute(statement)}


def _reasons(connection: Connection) -> dict[str, str]:
    words = {
        row.url: f"{row.state}, {row.skip_reason}" if row.skip_reason else row.state
        for row in connection.execute(select(views.url))
    }
    statement = (
        select(
            view_tables.capture.c.url,
            view_tables.extraction.c.outcome,
            view_tables.extraction.c.reason,
            view_tables.extraction.c.evidence,
        )
        .join(
            view_tables.extraction, view_tables.extraction.c.capture_id == view_tables.capture.c.id
        )
        .order_by(view_tables.capture.c.fetched_at)
    )
    for url, outcome, reason, evidence in connection.execute(statement):
        words[url] = ", ".join([outcome, *([reason] if reason else []), *evidence])
    return words
