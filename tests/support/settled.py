"""Store small graphs of captures in a database and settle them, without pages or workers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from archive.model import Alternate, Candidate, Capture, Edge, Extraction, Outcome, RecordType
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.profile import Profile
from archive.scope import why_url_hidden
from archive.settings import Settings
from archive.sql.captures import store as captures
from archive.sql.captures.store import Ingestible
from archive.sql.database import Database
from archive.warc.store import Store
from tests.support.graphs import HOST, HOSTS, Seen, url_of

_numbers = count(1)


@contextmanager
def spine(database: Database, folder: Path) -> Iterator[Ingest]:
    """The pipeline on *database*; nothing is submitted to its workers, so none is started."""
    workers = Workers(Store(folder / "warc", Settings()), Settings(workers=1))
    running = Ingest(database, workers)
    yield running
    running.close()
    workers.close(kill=True)


def new_profile() -> Profile:
    """A publisher of its own for each example, so that they may share a database."""
    return Profile(name=f"p{next(_numbers)}", home=f"{HOST}/", hosts=tuple(HOSTS))


def record_id(item: Seen, profile: Profile) -> str:
    """The record id of *item* in the database, which other publishers share."""
    return item.record_id.replace("urn:uuid:", f"urn:uuid:{profile.name}-")


def store(ingest: Ingest, profile: Profile, items: Sequence[tuple[int, Seen]]) -> None:
    """Store the captures *items*, each with its number, as ingest does."""

    def work(connection: captures.Connection) -> None:
        owner = ingest.publisher_id(connection, profile)
        name = f"{profile.name}.warc.gz"
        files = {name: captures.warc_file_id(connection, owner, name)}
        rows = [ingestible(item, profile, number) for number, item in items]
        captures.store(
            connection, owner, files, rows, {}, lambda url: why_url_hidden(url, profile) is None
        )

    ingest.do(work).result()


def settled(ingest: Ingest, *seen: Seen, profile: Profile | None = None) -> Profile:
    """Store *seen* and settle all of it, as a crawl does; by default for a new publisher."""
    profile = profile or new_profile()
    store(ingest, profile, list(enumerate(seen)))
    ingest.settle_all(profile)
    return profile


def ingestible(item: Seen, profile: Profile, offset: int) -> Ingestible:
    """The capture *item*, extracted, at *offset* of the publisher's WARC file."""
    capture = Capture(
        url=item.url,
        fetched_at=item.at,
        http_status=item.status,
        warc_file=f"{profile.name}.warc.gz",
        warc_offset=offset,
        warc_length=1,
        warc_record_id=record_id(item, profile),
        record_type=RecordType.RESPONSE if item.again is None else RecordType.REVISIT,
        payload_digest=item.payload,
        refers_to=None if item.again is None else record_id(item.again, profile),
    )
    if item.again is not None:
        return Ingestible(
            capture, Extraction(outcome=Outcome.REVISIT, extractor="test"), "sha256:0"
        )
    has_text = item.outcome in {Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE}
    return Ingestible(
        capture,
        Extraction(
            outcome=item.outcome,
            extractor="test",
            article=item.article() if has_text else None,
            candidates=tuple(Candidate(url=url_of(path), via=via) for via, path in item.names),
            edges=tuple(Edge(link.kind, link.target) for link in item.links()),
            alternates=tuple(Alternate(tag, url_of(path)) for tag, path in item.alternates),
            flags=(*sorted(item.flags), *(("amp",) if item.is_amp else ())),
            confidence=item.confidence,
            part=item.part,
        ),
        "sha256:0",
    )
