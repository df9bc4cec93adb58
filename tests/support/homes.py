"""Archives made with the library itself: exchanges into WARC, records into rows."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from pathlib import Path

from archive.library import Archive, open_archive
from archive.model import Capture, Exchange, Outcome
from archive.profile import Profile, find_profile
from archive.warc.reading.reader import Damage

SEGMENT_BYTES = 60_000
"""Small, so that a few dozen pages fill several WARC files."""


def make_home(
    home: Path, exchanges: Iterable[Exchange], *, publisher: str = "demo", workers: int = 1
) -> Path:
    """Archive *exchanges*, in their order, as a crawl does, and return *home*."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "archive.toml").write_text(f"workers = {workers}\nsegment_bytes = {SEGMENT_BYTES}\n")
    with open_archive(home, create=True) as archive:
        crawl(archive, find_profile(home, publisher), exchanges)
    return home


def crawl(archive: Archive, profile: Profile, exchanges: Iterable[Exchange]) -> list[Capture]:
    """Do what a crawl does: catch up, write, ingest, settle each article, settle all, complete."""
    archive.catch_up()
    ingest = archive.ingest
    owner = ingest.do(lambda connection: ingest.publisher_id(connection, profile)).result()
    writer = archive.store.open_writer(profile.name, {}, archive.original_finder(owner))
    archive.ingest.sync = writer.sync
    written, settled = [], []
    for exchange in exchanges:
        capture = writer.write(exchange)
        written.append(capture)
        ingested = archive.ingest.submit(capture, profile).result()
        if ingested.extraction.outcome is Outcome.ARTICLE:
            settled.append(archive.ingest.settle(profile, [capture.url]))
    _wait(settled)
    writer.close()
    archive.ingest.drain()
    archive.ingest.settle_all(profile)
    archive.complete(profile)
    return written


def ingest_shuffled(home: Path, database: str, seed: int) -> None:
    """Ingest every record of *home* into *database* in random order, and settle now and then.

    Some records are submitted twice. Afterwards the archive catches up, as at the next start.
    """
    chance = random.Random(seed)
    with open_archive(home, database=database) as archive:
        found = [
            (item, owner)
            for file in archive.store.files()
            for item in archive.store.scan(file.name)
            if not isinstance(item, Damage)
            and (owner := archive.find_owner(file.name)(item)) is not None
        ]
        twice = found + chance.sample(found, len(found) // 4)
        chance.shuffle(twice)
        _submit(archive, twice, chance)
        archive.catch_up()
        for profile in {profile.name: profile for _, profile in found}.values():
            archive.ingest.settle_all(profile)


def _submit(
    archive: Archive, found: Sequence[tuple[Capture, Profile]], chance: random.Random
) -> None:
    ingested: list[Future[object]] = []
    for capture, profile in found:
        ingested.append(archive.ingest.submit(capture, profile))  # type: ignore[arg-type]
        if chance.random() < 0.2:
            archive.ingest.settle(profile, [capture.url])
        if chance.random() < 0.1:
            ingested.pop(0).result()
    _wait(ingested)


def _wait(futures: Iterable[Future[object]] | Iterable[Future[None]]) -> None:
    for future in futures:
        future.result()
