"""Archives of an older extractor: read by the current one, with faults added.

The real pipeline makes the rows, so they are what such an extractor would have stored: its texts
and outcomes, what it named first and last, and the resulting articles and versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from archive.extract.payload import extract
from archive.library import Archive, open_archive
from archive.model import Candidate, Extraction, Outcome, Via
from archive.model.template import ALONE, Template
from archive.pipeline.extraction_pool import Workers
from archive.sql.schema import view_tables
from archive.warc.http import payload_of

OLDER = "pressmark/0 older"


class OlderWorkers(Workers):
    """Extracts in this process like version *seed* of an older extractor."""

    seed = 0
    fails = True

    def extract(self, file: str, offset: int, template: Template = ALONE) -> Future[Extraction]:
        exchange = self._store.read(file, offset)
        found: Future[Extraction] = Future()
        moment = f"{exchange.date:%d%H%M}"
        found.set_result(
            faulty(extract(payload_of(exchange), template), exchange.url, moment, self)
        )
        return found


class OtherWorkers(Workers):
    """Extracts in this process; *change* modifies each of our extractions."""

    change: Callable[[Extraction, str], Extraction]

    def extract(self, file: str, offset: int, template: Template = ALONE) -> Future[Extraction]:
        exchange = self._store.read(file, offset)
        found: Future[Extraction] = Future()
        read = extract(payload_of(exchange), template)
        found.set_result(replace(self.change(read, exchange.url), extractor=OLDER))
        return found


def faulty(found: Extraction, url: str, moment: str, by: OlderWorkers) -> Extraction:
    """Return *found* with the faults of the older extractor, which depend on the page."""

    def happens(what: str, one_in: int) -> bool:
        return crc32(f"{by.seed} {what} {url}".encode()) % one_in == 0

    def happens_now(what: str, one_in: int) -> bool:
        return crc32(f"{by.seed} {what} {url} {moment}".encode()) % one_in == 0

    found = replace(found, extractor=OLDER)
    if by.fails and happens_now("failed", 15):
        return Extraction(outcome=Outcome.FAILED, extractor=OLDER, reason="it took too long")
    kept = [c for c in found.candidates if not happens_now(f"misses {c.url}", 6)]
    dated = [
        replace(c, lastmod="2026-02-27") if c.lastmod and happens_now(f"dates {c.url}", 4) else c
        for c in kept
    ]
    if found.candidates:
        dated += [
            Candidate(url=f"http://demo.test/imagined/{number}/", via=via)
            for number, via in enumerate((Via.LINK, Via.SITEMAP, Via.CANONICAL))
            if happens_now(f"imagines {number}", 3)
        ]
    found = replace(found, candidates=tuple(dated))
    if happens("edges", 4):
        found = replace(found, edges=())
    article = found.article
    if article is None:
        return found
    if happens("outcome", 6):
        return replace(found, outcome=Outcome.PAGE, article=None)
    if happens("headline", 3):
        article = replace(article, headline=f"{article.headline} - The Demo")
    if happens("text", 2) and article.blocks:
        article = replace(article, blocks=article.blocks[:-1])
    if happens("author", 4):
        article = replace(article, author=("admin",))
    if happens("date", 4):
        article = replace(article, date_published=None, date_published_raw=None)
    return replace(found, article=article)


@contextmanager
def reading_otherwise(
    home: Path, change: Callable[[Extraction, str], Extraction]
) -> Iterator[Archive]:
    """Open the archive in *home* with an extractor whose results *change* modifies."""
    with open_archive(home) as archive:
        workers = OtherWorkers(archive.store, archive.settings)
        workers.change = change
        vars(archive)["workers"] = workers
        yield archive


@contextmanager
def older(home: Path, seed: int, database: str | None = None) -> Iterator[Archive]:
    """Open the archive in *home* with the older extractor."""
    with open_archive(home, database=database) as archive:
        workers = OlderWorkers(archive.store, archive.settings)
        workers.seed = seed
        vars(archive)["workers"] = workers
        yield archive
        with archive.database.writing() as connection:
            # Revisits are not sent to a worker.
            connection.execute(
                view_tables.extraction.update()
                .where(view_tables.extraction.c.outcome == Outcome.REVISIT)
                .values(extractor=OLDER)
            )
