"""Measure the write path: CPU of the writer thread for each page that is stored and settled.

Real pages get addresses of one host and are taken in by the real pipeline, in three visits: new,
unchanged (revisit records), and edited. Extraction runs in the workers and is not counted; what it
costs here to hand a page to a worker and to take the answer is a figure of its own. Then one
page is visited again while its address has more and more captures, and while the archive has more
and more articles; neither number may change what a page costs.
"""

from __future__ import annotations

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, func, select

from archive.extract.stamp import EXTRACTOR
from archive.library import Archive, open_archive
from archive.model import Capture, Exchange, Extraction, Outcome, RecordType
from archive.profile import Profile, find_profile
from archive.sql.articles.store import touched
from archive.sql.captures.block_lists import with_block_lists
from archive.sql.captures.extraction_rows import extraction_row
from archive.sql.chunks import chunks
from archive.sql.schema.view_tables import (
    address,
    alternate,
    article,
    capture,
    extraction,
    version,
)
from benchmarks.extraction.sets import load

PAGES, ROUNDS, AHEAD = 250, 3, 16
"""Pages of a visit, visits of each kind that are measured, captures in the workers at once."""
SET = "fundus"
HOST = "bench.test"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
CAPTURES_OF_ONE = (10, 1_000, 50_000)
ARTICLES = (1_000, 10_000, 100_000)
REPEATS = 10
BARS = {"handed": 0.5, "stored": 1.5, "settled": 1.5}
"""Milliseconds of CPU for each new page."""
MOST_GROWTH = 1.5
"""How much more the same page may cost at the largest number than at the smallest."""
Milliseconds = dict[str, float]

_SEEDED = 100_000_000
"""Row ids and offsets of what is copied begin here."""


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads."""
    return [data / "extraction" / SET]


def run(data: Path) -> dict[str, Any]:
    """Return the milliseconds of the writer thread for each page: medians over the rounds."""
    bodies = [page.payload for page in load(data)[SET]]
    rounds = [_visits(bodies) for _ in range(ROUNDS)]
    visits = {
        name: {
            kind: round(statistics.median(each[name][kind] for each in rounds), 2)
            for kind in rounds[0][name]
        }
        for name in rounds[0]
    }
    growth = {"captures": _captures_grow(bodies), "articles": _articles_grow(bodies)}
    worst = max(max(some.values()) / min(some.values()) for some in growth.values())
    new = visits["new"]
    unchanged = sum(visits["unchanged"].values()) / sum(new.values())
    return {
        "pages": PAGES,
        "rounds": ROUNDS,
        "visits": visits,
        "growth": growth,
        "unchanged_share": round(unchanged, 2),
        "reached": all(new[kind] <= bar for kind, bar in BARS.items()) and worst <= MOST_GROWTH,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a reader."""
    size = f"{report['pages']} pages, {report['rounds']} rounds"
    yield f"CPU of the writer thread in ms a page ({size})"
    yield "              handed   stored   settled"
    for name, each in report["visits"].items():
        yield f"  {name:10}  " + "   ".join(f"{each[kind]:6.2f}" for kind in BARS)
    yield f"  (bars for new pages: {', '.join(map(str, BARS.values()))})"
    yield "  handed: to a worker and back, by the threads that wait for the workers"
    yield f"an unchanged page costs {report['unchanged_share']:.2f} of a new one"
    for name, some in report["growth"].items():
        costs = ", ".join(f"{number}: {cost:.2f} ms" for number, cost in some.items())
        yield f"one page more, by the number of {name}: {costs}"


def _visits(bodies: Sequence[bytes]) -> dict[str, Milliseconds]:
    found = {}
    with _opened() as (archive, profile):
        owner = archive.ingest.do(lambda c: archive.ingest.publisher_id(c, profile)).result()
        writer = archive.store.open_writer(profile.name, {}, archive.original_finder(owner))
        pages = list(enumerate(islice(cycle(bodies), PAGES)))
        _measured(archive, profile, [writer.write(_exchange(-1, -1, bodies[0]))])  # warms up
        for visit, name in enumerate(("new", "unchanged", "edited")):
            edit = _edited if name == "edited" else bytes
            captures = [writer.write(_exchange(visit, key, edit(body))) for key, body in pages]
            found[name] = _measured(archive, profile, captures)
        writer.close()
    return found


def _measured(archive: Archive, profile: Profile, captures: Sequence[Capture]) -> Milliseconds:
    """Store *captures*, then settle what they leave to settle, as many at once as a crawl does."""
    ingest = archive.ingest
    stored, handed = _cpu(lambda: _ahead(lambda item: ingest.submit(item, profile), captures))
    urls = ingest.do(lambda c: touched(c, ingest.publisher_id(c, profile), PAGES)).result()
    settled, _ = _cpu(lambda: _ahead(lambda url: ingest.settle(profile, [url]), urls))
    number = len(captures)
    seconds = {"handed": handed, "stored": stored, "settled": settled}
    return {name: 1000 * each / number for name, each in seconds.items()}


def _ahead(start: Callable[[Any], Future[Any]], items: Sequence[Any]) -> list[Any]:
    """Call *start* with each of *items*, while ``AHEAD`` are under way; return the results."""
    free = threading.Semaphore(AHEAD)
    futures = []
    for item in items:
        free.acquire()
        future = start(item)
        future.add_done_callback(lambda _: free.release())
        futures.append(future)
    return [future.result() for future in futures]


def _cpu(work: Callable[[], Any]) -> tuple[float, float]:
    """Return the CPU seconds of the writer thread during *work*, and those of all other threads.

    The calling thread does not count.
    """
    (writer,) = (each for each in threading.enumerate() if each.name == "ingest-writer")
    assert writer.ident is not None
    clock = time.pthread_getcpuclockid(writer.ident)
    before = time.clock_gettime(clock), time.thread_time(), time.process_time()
    work()
    after = time.clock_gettime(clock), time.thread_time(), time.process_time()
    wrote, own, whole = (end - start for start, end in zip(before, after, strict=True))
    return wrote, whole - own - wrote


# --- growth ---------------------------------------------------------------------------------------


def _captures_grow(bodies: Sequence[bytes]) -> dict[int, float]:
    """Return what one unchanged visit costs, by the number of captures that its address has."""
    with _opened() as (archive, profile):
        return dict(_one_more(archive, profile, bodies, CAPTURES_OF_ONE, _add_revisits))


def _articles_grow(bodies: Sequence[bytes]) -> dict[int, float]:
    """Return what one page more costs, by the number of articles in the archive."""
    with _opened() as (archive, profile):
        return dict(_one_more(archive, profile, bodies, ARTICLES, _add_articles))


def _one_more(
    archive: Archive,
    profile: Profile,
    bodies: Sequence[bytes],
    numbers: Sequence[int],
    grow: Callable[[Connection, int], None],
) -> Iterator[tuple[int, float]]:
    ingest = archive.ingest
    owner = ingest.do(lambda connection: ingest.publisher_id(connection, profile)).result()
    writer = archive.store.open_writer(profile.name, {}, archive.original_finder(owner))
    for key in range(2):
        _measured(archive, profile, [writer.write(_exchange(0, key, bodies[key]))])
    visit = 100
    for number in numbers:
        ingest.do(lambda connection, number=number: grow(connection, number)).result()
        ingest.settle(profile, [_url(0)]).result()
        costs = []
        for _ in range(REPEATS):
            visit += 1
            cost = _measured(archive, profile, [writer.write(_exchange(visit, 0, bodies[0]))])
            costs.append(sum(cost.values()))
        yield number, round(statistics.median(costs), 2)
    writer.close()


def _add_revisits(connection: Connection, number: int) -> None:
    """Give the first address *number* captures, all but the first of them unchanged revisits."""
    seen = select(capture).where(capture.c.url == _url(0)).order_by(capture.c.fetched_at)
    first, *others = connection.execute(seen).mappings().all()
    captures = [
        {
            **first,
            "id": _SEEDED + at,
            "fetched_at": first["fetched_at"] + timedelta(minutes=at),
            "record_type": RecordType.REVISIT,
            "refers_to": first["warc_record_id"],
            "warc_offset": _SEEDED + at,
            "warc_record_id": f"urn:uuid:seeded-{at}",
        }
        for at in range(len(others) + 1, number)
    ]
    blank = extraction_row(0, Extraction(outcome=Outcome.REVISIT, extractor=EXTRACTOR), "")
    found = with_block_lists(
        connection, first["publisher_id"], ({**blank, "capture_id": row["id"]} for row in captures)
    )
    _insert(connection, {capture: captures, extraction: found})


def _add_articles(connection: Connection, number: int) -> None:
    """Copy the rows of the second article until there are *number*, with other addresses."""
    there = connection.scalar(select(func.count()).select_from(article)) or 0
    numbers = range(there, number)
    one = select(article).where(article.c.canonical_url == _url(1))
    original = connection.execute(one).mappings().one()
    copies: dict[Table, list[dict[str, Any]]] = {
        article: [
            {**original, "id": _SEEDED + at, "canonical_url": f"{original['canonical_url']}{at}"}
            for at in numbers
        ]
    }
    for table, name in ((address, "url"), (version, None), (alternate, "target_url")):
        rows = connection.execute(select(table).where(table.c.article_id == original["id"]))
        copies[table] = [
            {
                **{key: value for key, value in row.items() if key != "id"},
                "article_id": _SEEDED + at,
                **({name: f"{row[name]}{at}"} if name else {}),
            }
            for row in rows.mappings()
            for at in numbers
        ]
    _insert(connection, copies)


def _insert(connection: Connection, rows: Mapping[Table, Sequence[Mapping[str, Any]]]) -> None:
    for table, some in rows.items():
        for part in chunks(some, 10_000):
            connection.execute(table.insert(), part)


# --- pages ----------------------------------------------------------------------------------------


@contextmanager
def _opened() -> Iterator[tuple[Archive, Profile]]:
    """Give a new archive with one publisher."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        (home / "archive.toml").write_text("workers = 2\n")
        (home / "publishers").mkdir()
        (home / "publishers" / "bench.toml").write_text(f'home = "https://{HOST}/"\n')
        with open_archive(home, create=True) as archive:
            yield archive, find_profile(home, "bench")


def _url(key: int) -> str:
    return f"https://{HOST}/news/story-number-{key}/"


def _exchange(visit: int, key: int, payload: bytes) -> Exchange:
    url = _url(key)
    payload += b"<!-- %d -->" % key  # a site has no page twice
    head = f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {len(payload)}\r\n\r\n"
    return Exchange(
        url=url,
        date=BEGINNING + timedelta(minutes=visit * 10_000 + key),
        request=f"GET {url} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
        response=head.encode() + payload,
        ip="127.0.0.1",
    )


def _edited(payload: bytes) -> bytes:
    return payload.replace(b"</p>", b" That was added later.</p>")
