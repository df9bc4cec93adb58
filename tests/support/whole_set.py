"""What settling comes to: as the database has it, and as the whole set of captures amounts to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from archive.model import NAMES_ARTICLES, Component, Outcome, Reading
from archive.profile import Profile
from archive.settle.identity import components
from archive.settle.memory import EarlierText, Shown, remembered, stands_for_stories
from archive.settle.site_verdict import SiteEvidence
from archive.settle.versions import history_of
from archive.sql.database import Database
from archive.sql.schema import view_tables
from archive.urls import host_of
from tests.support.graphs import HOSTS, Seen, url_of
from tests.support.settled import record_id

_TEXT = frozenset({Outcome.ARTICLE, Outcome.PAGE, Outcome.LISTING})

Name = tuple[str, int]
"""URL and ordinal of an address."""
Told = dict[Name, tuple[dict[Name, str], list[tuple[str, str]], str | None]]
"""By canonical address: the addresses with their roles, the versions' first records and texts, and
how the article was found gone."""


def in_database(database: Database, profile: Profile) -> Told:
    """What the database has of *profile*."""
    article, address, version = view_tables.article, view_tables.address, view_tables.version
    found: Told = {}
    with database.reading() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id).filter_by(name=profile.name))
        for row in connection.execute(select(article).filter_by(publisher_id=owner)):
            roles = connection.execute(select(address).filter_by(article_id=row.id))
            versions = connection.execute(
                select(view_tables.capture.c.warc_record_id, version.c.text)
                .select_from(version)
                .join(view_tables.extraction)
                .join(view_tables.capture)
                .where(version.c.article_id == row.id)
                .order_by(version.c.seq)
            )
            found[row.canonical_url, row.ordinal] = (
                {(place.url, place.ordinal): place.role for place in roles},
                [(record, text) for record, text in versions],
                row.gone_reason,
            )
    return found


def by_the_whole_set(seen: Sequence[Seen], profile: Profile) -> Told:
    """What settling all of *seen* at once amounts to, without a database."""
    named = {url_of(path) for item in seen for via, path in item.names if via in NAMES_ARTICLES}
    shown = [Shown(item.sighting(), _reading(item), item.text) for item in seen]
    judged = list(
        remembered(shown, {url: SiteEvidence(is_named=True) for url in named}, _shared(seen))
    )
    removed = {sighting.record_id for sighting, _ in judged if sighting.removal is not None}
    links = [link for item in seen for link in item.links() if link.record_id not in removed]
    found = components(
        [sighting for sighting, _ in judged],
        [reading for _, reading in judged if reading is not None],
        links,
        lambda url: host_of(url) in HOSTS,
    )
    ids = {item.record_id: record_id(item, profile) for item in seen}

    def told(component: Component):
        history = history_of(component, {})
        return (
            {(place.url, place.ordinal): str(role) for place, role in component.roles.items()},
            [(ids[span.reading.record_id], span.article.text) for span in history.spans],
            str(history.gone.reason) if history.gone else None,
        )

    return {(item.canonical.url, item.canonical.ordinal): told(item) for item in found}


def _reading(item: Seen) -> Reading | None:
    return replace(item, outcome=Outcome.ARTICLE).reading() if item.outcome in _TEXT else None


def _shared(seen: Sequence[Seen]) -> set[str]:
    """The texts that stand in place of several stories."""
    earlier: dict[str, list[EarlierText]] = defaultdict(list)
    for item in seen:
        for before in seen:
            if (
                item.outcome in _TEXT
                and before.outcome is Outcome.ARTICLE
                and before.url == item.url
                and before.at < item.at
                and before.text != item.text
            ):
                earlier[item.text].append(EarlierText(item.url, before.headline, before.text))
    return {text for text, some in earlier.items() if stands_for_stories(some)}
