"""The first copy of the site: an archive whose rows the pipeline itself has made."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import timedelta
from multiprocessing import Pool
from pathlib import Path

from sqlalchemy import Connection, select

from archive.extract.stamp import EXTRACTOR
from archive.library import Archive, open_archive
from archive.model import Candidate, Extraction, Outcome, Via
from archive.model.template import ALONE, Template
from archive.pipeline.extraction_pool import Workers
from archive.pipeline.ingest import Ingest
from archive.settings import Settings
from archive.sql.chunks import chunks
from archive.sql.schema.state_tables import frontier
from archive.warc.store import Store
from benchmarks.extraction.extractors import ours
from benchmarks.extraction.sets import load, pages_of
from benchmarks.extraction.unseen import DANIEL
from benchmarks.scaling.site import BEGINNING, HOME, PROFILE, YEARS, Site, Visit, cut_to

CUT_CHARACTERS = 1_000
"""How much of each text an archive of a million articles has."""


class Prepared(Workers):
    """Workers that have read every page already: what they are asked for costs nothing."""

    def __init__(self, store: Store, settings: Settings) -> None:
        super().__init__(store, settings)
        self._found: dict[int, Extraction] = {}

    def prepare(self, visits: Iterable[Visit]) -> None:
        """Have the extractions of *visits* ready, by the offsets of their records."""
        self._found.update((visit.capture.warc_offset, visit.found) for visit in visits)

    def extract(self, file: str, offset: int, template: Template = ALONE) -> Future[Extraction]:
        """Return the extraction that was prepared for the record at *offset*."""
        del file, template
        found: Future[Extraction] = Future()
        found.set_result(self._found[offset])
        return found


@contextmanager
def prepared(home: Path, database: str | None = None) -> Iterator[tuple[Archive, Prepared, Ingest]]:
    """Open the archive in *home* with an ingest whose workers are prepared."""
    with open_archive(home, database=database, create=True) as archive:
        workers = Prepared(archive.store, archive.settings)
        ingest = Ingest(archive.database, workers)
        try:
            yield archive, workers, ingest
        finally:
            ingest.close()
            workers.close(kill=True)


def real_pages(data: Path, folder: Path) -> list[Extraction]:
    """Return the extractions of the real pages in *data* that are articles, kept in *folder*."""
    kept = folder / "pages.pickle"
    if kept.exists():
        extractor, found = pickle.loads(kept.read_bytes())
        if extractor == EXTRACTOR:
            return list(found)
    pages = [page for some in load(data).values() for page in some] + pages_of(data / DANIEL)
    with Pool() as pool:
        found = [e for e in pool.map(ours, pages, chunksize=8) if e.outcome is Outcome.ARTICLE]
    kept.write_bytes(pickle.dumps((EXTRACTOR, found)))
    return found


def make_base(home: Path, pages: Sequence[Extraction], *, cut: bool) -> None:
    """Make an archive of the site of *pages* in folder *home*; with *cut*, of their beginnings."""
    wanted = [cut_to(page, CUT_CHARACTERS) for page in pages] if cut else pages
    site = Site(wanted)
    with prepared(home) as (_, workers, ingest):
        ingest.add(PROFILE, [Candidate(url=HOME, via=Via.SEED)]).result()
        for some in chunks(site.visits(), 50):
            workers.prepare(some)
            for future in [ingest.submit(visit.capture, PROFILE) for visit in some]:
                future.result()
        ingest.settle_all(PROFILE, learning=False)
        ingest.do(_rest).result()


def _rest(connection: Connection) -> None:
    """Leave one URL in fifty due at the end of the five years, as after a crawl."""
    end = BEGINNING + YEARS
    rows = connection.execute(
        select(frontier.c.id).where(frontier.c.next_due_at < end).order_by(frontier.c.id)
    ).scalars()
    for number, key in enumerate(rows.all()):
        if number % 50:
            later = end + timedelta(days=2 + number % 90)
            connection.execute(
                frontier.update().where(frontier.c.id == key).values(next_due_at=later)
            )
