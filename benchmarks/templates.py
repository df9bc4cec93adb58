"""What it costs to learn a publisher's template: 100,000 captured articles, on SQLite.

The rows have the line tables of real pages of some sites: each of the many is one of these whose
sentences have other digests, so that texts differ and frames do not. They are spread over 60
months. Learning is what a crawl does at its end without the write lock: choosing the sample,
reading it, and counting. When rules change, all tables are looked through as well, for the pages to
read again.
"""

from __future__ import annotations

import tempfile
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from multiprocessing import Pool
from pathlib import Path
from statistics import fmean
from time import perf_counter
from typing import Any

from archive.library import open_archive
from archive.model import Outcome
from archive.model.line_table import LineTable, PlacedLines, SeenLine, pack, unpack
from archive.model.template import TEXT_WEIGHT, Template
from archive.profile import Profile
from archive.sql.captures import templates
from archive.sql.chunks import chunks
from archive.sql.database import Database
from archive.sql.schema import view_tables
from archive.template.learning import learn_template
from benchmarks.extraction.extractors import ours
from benchmarks.extraction.sets import WORDPRESS, Page, pages_of, wordpress_pages
from benchmarks.extraction.unseen import DANIEL

__all__ = ["lines", "needs", "run"]

CAPTURES = 100_000
MONTHS = 60
SECONDS_BAR, BYTES_BAR = 10.0, 1_500
_BEGINNING = datetime(2021, 1, 1, tzinfo=UTC)


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    return [data / DANIEL / "truth.jsonl", data / WORDPRESS / "truth.jsonl"]


def run(data: Path) -> dict[str, Any]:
    """Return the times of learning, and the size of the tables."""
    pages = [*pages_of(data / DANIEL), *wordpress_pages(data / WORDPRESS)]
    with Pool() as pool:
        tables = [each for each in pool.map(_table, pages, chunksize=8) if each is not None]
    mean = fmean(len(data) for _, data in tables)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_archive(Path(folder), create=True) as archive,
    ):
        owner = _fill(archive.database, archive.ingest, tables)
        times = _timed(archive.database, owner)
    learning = times["sample"] + times["learn"]
    return {
        "captures": CAPTURES,
        "bytes_a_page": round(mean),
        "largest_bytes": max(len(data) for _, data in tables),
        **{name: round(seconds, 2) for name, seconds in times.items()},
        "reached": learning <= SECONDS_BAR and mean <= BYTES_BAR,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report's lines for a person."""
    learning = report["sample"] + report["learn"]
    yield (
        f"{report['captures']:,} articles: the sample is read in {report['sample']} s, and learned"
        f" from in {report['learn']} s: {learning:.1f} s (bar: {SECONDS_BAR:g})"
    )
    yield f"after a change of rules, the pages they concern are found in {report['affected']} s"
    yield (
        f"table of lines: {report['bytes_a_page']} bytes a page in the mean (bar: {BYTES_BAR}),"
        f" {report['largest_bytes']} at most"
    )


def _table(page: Page) -> tuple[str, bytes] | None:
    """Return the language and the line table of *page*; None if it has none."""
    found = ours(page)
    return None if found.lines is None else (found.language or "", found.lines)


def _fill(database: Database, ingest: Any, tables: Sequence[tuple[str, bytes]]) -> int:
    """Store ``CAPTURES`` captures with such tables; return the id of their publisher."""
    profile = Profile(name="many", home="http://many.test/")
    owner: int = ingest.do(partial(ingest.publisher_id, profile=profile)).result()
    with database.writing() as connection:
        file = connection.execute(
            view_tables.warc_file.insert()
            .values(publisher_id=owner, name="many.warc.gz", complete=True)
            .returning(view_tables.warc_file.c.id)
        ).scalar_one()
        for numbers in chunks(range(CAPTURES), 5_000):
            connection.execute(
                view_tables.capture.insert(), [_capture(n, owner, file) for n in numbers]
            )
            connection.execute(
                view_tables.extraction.insert(),
                [_extraction(n, *tables[n % len(tables)]) for n in numbers],
            )
    return owner


def _capture(number: int, owner: int, file: int) -> dict[str, Any]:
    moment = _BEGINNING + timedelta(days=30.4 * MONTHS * number / CAPTURES)
    return {
        "id": number + 1,
        "publisher_id": owner,
        "url": f"http://many.test/{number}/",
        "fetched_at": moment,
        "record_type": "response",
        "warc_file_id": file,
        "warc_offset": number,
        "warc_length": 1,
        "warc_record_id": f"<urn:uuid:{number}>",
    }


def _extraction(number: int, language: str, table: bytes) -> dict[str, Any]:
    page = unpack(table)
    places = tuple(_varied(each, number) for each in page.places)
    return {
        "capture_id": number + 1,
        "extractor": "benchmark",
        "profile_digest": "",
        "outcome": Outcome.ARTICLE,
        "evidence": [],
        "flags": [],
        "alternates": [],
        "language": language,
        "lines": pack(LineTable(places, page.lacks)),
        "template": "",
    }


def _varied(each: PlacedLines, number: int) -> PlacedLines:
    return replace(each, lines=tuple(_other(line, number) for line in each.lines))


def _other(line: SeenLine, number: int) -> SeenLine:
    if not line.is_kept or line.weight < TEXT_WEIGHT:
        return line
    said = blake2b(f"{number} {line.digest}".encode(), digest_size=3).digest()
    return replace(line, digest=int.from_bytes(said, "big"))


def _timed(database: Database, owner: int) -> dict[str, float]:
    began = perf_counter()
    sample = database.read(partial(templates.sampled_pages, owner=owner))
    sampled = perf_counter()
    found = learn_template(sample)
    learned = perf_counter()
    template = Template(tuple(each.rule for each in found))
    changed = {rule.place for rule in template.rules}
    database.read(
        lambda connection: deque(templates.affected(connection, owner, template, changed), 0)
    )
    ended = perf_counter()
    return {"sample": sampled - began, "learn": learned - sampled, "affected": ended - learned}
