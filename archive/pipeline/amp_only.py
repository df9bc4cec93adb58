"""AMP pages that the profile skips, but which are the only pages of their article."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from archive.model import EdgeKind, Kind, Outcome, Via
from archive.revisit import url_rows
from archive.sql.chunks import batches
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import Entry, State
from archive.sql.known_urls import ids_of
from archive.sql.schema.state_tables import FRONTIER_URLS
from archive.sql.schema.state_tables import frontier as table
from archive.sql.schema.view_tables import edge, known_url
from archive.urls import amp_base

_QUERIES = ("amp", "amp=1", "amp=true", "outputType=amp", "noamp=mobile")


def without_twin(connection: Connection, owner: int, skipped: Sequence[Entry]) -> None:
    """Have those *skipped* AMP pages fetched whose other address is known to be missing.

    The pages were skipped because they are AMP twins, and for no other reason.
    """
    bases = {base: entry for entry in skipped if (base := amp_base(entry.url)) is not None}
    rows = url_rows.frontier_rows(connection, owner, bases)
    _fetch(
        connection,
        owner,
        [bases[url] for url, row in rows.items() if row.outcome is Outcome.MISSING],
    )


def twins_of_missing(
    connection: Connection, owner: int, missing: Collection[str], reason: str
) -> None:
    """Have the AMP pages of *missing* URLs fetched that were skipped for *reason*."""
    for some in batches(missing):
        claims = select(edge.c.target_url).where(
            edge.c.publisher_id == owner,
            edge.c.kind == EdgeKind.AMPHTML,
            edge.c.source_url.in_(some),
        )
        guessed = {form for url in some for form in forms(url)}
        guessed.update(connection.execute(claims).scalars())
        for urls in batches(guessed):
            _fetch(connection, owner, _skipped(connection, owner, urls, reason))


def forms(url: str) -> list[str]:
    """Return the addresses that an AMP page of *url* may have; see ``amp_base``."""
    head, _, query = url.partition("?")
    tail = f"?{query}" if query else ""
    stem, dot, ending = head.rpartition(".")
    guessed = [f"{head}amp/{tail}" if head.endswith("/") else f"{head}/amp{tail}"]
    guessed += [f"{head}.amp{tail}", f"{head}.amp.html{tail}"]
    guessed += [f"{stem}.amp.{ending}{tail}" if dot else f"{head}/amp/{tail}"]
    guessed += [f"{url}{'&' if query else '?'}{parameter}" for parameter in _QUERIES]
    return [form for form in guessed if amp_base(form) == url]


def _skipped(connection: Connection, owner: int, urls: Sequence[str], reason: str) -> list[Entry]:
    statement = (
        select(known_url.c.url, *table.c)
        .select_from(FRONTIER_URLS)
        .where(
            table.c.id.in_(ids_of(connection, owner, urls).values()),
            table.c.state == State.SKIPPED,
            table.c.skip_reason == reason,
        )
    )
    return [
        Entry(
            url=row.url,
            kind=Kind(row.kind),
            via=Via(row.via),
            priority=row.priority,
            depth=row.depth,
            redirects=row.redirects,
        )
        for row in connection.execute(statement)
    ]


def _fetch(connection: Connection, owner: int, entries: Sequence[Entry]) -> None:
    frontier.add(connection, owner, [replace(entry, skip_reason=None) for entry in entries])
