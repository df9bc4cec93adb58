"""What things cost in an archive of 10,000, 100,000 and 1,000,000 articles, on both engines.

The archives are copies of a site of a thousand real articles: their rows are written in bulk, with
five years of captures of a front page and a feed (``benchmarks/scaling``). They are kept in a
folder for the next run, which adds some pages to them. Texts are cut to 1 kB in an archive of a
million.

Environment: ``PRESSMARK_BENCH_ARTICLES`` (such as ``10000,100000``), ``PRESSMARK_BENCH_ENGINES``
(``sqlite,postgresql``) and ``PRESSMARK_BENCH_FOLDER``, where the archives are kept.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from archive.extract.stamp import EXTRACTOR
from archive.model import Extraction
from archive.settle.stamp import SETTLING
from benchmarks.extraction.sets import PLAIN_SETS, WORDPRESS
from benchmarks.extraction.unseen import DANIEL
from benchmarks.scaling.base import make_base, prepared, real_pages
from benchmarks.scaling.copies import Copies
from benchmarks.scaling.costs import Subject, costs
from benchmarks.scaling.filling import fill
from benchmarks.scaling.meter import Meter
from benchmarks.scaling.site import PROFILE
from benchmarks.scaling.sizes import frontier_bytes, sizes, text_bytes
from tests.support.postgres import FOR_TESTS, Server, running_server

__all__ = ["lines", "needs", "run"]

ARTICLES = "10000,100000,1000000"
ENGINES = "sqlite,postgresql"
A_COPY = 1_000
"""Articles of the site that is copied."""
WHOLE_TEXTS = 100_000
"""An archive of more articles has only the beginnings of their texts."""
SERVER = (*FOR_TESTS, "shared_buffers=512MB", "max_wal_size=8GB")
GROWTH_BAR = 1.5
ONE_ARTICLE = ("page, alone", "page, of many", "front page", "lookup", "history", "due")
"""What touches one article, or one URL, and must not grow with the archive."""
SEARCHES = ("search, rare", "search, one in a hundred", "newest, one in three")
SEARCH_BARS = {"sqlite": 0.015, "postgresql": 0.060}
SEARCHED = 100_000
SECONDS_BARS = {"status": 1.0, "status, by extractor": 1.0, "start of a crawl": 2.0}
LOCK_BAR = 1.0
SHOWN_SIZES = 24

Report = dict[str, Any]


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads in *data*."""
    sets = [data / "extraction" / name for name in PLAIN_SETS]
    return [*sets, data / WORDPRESS / "truth.jsonl", data / DANIEL / "truth.jsonl"]


def run(data: Path) -> Report:
    """Make the archives that are not there yet, and return their costs and sizes."""
    folder = Path(
        os.environ.get("PRESSMARK_BENCH_FOLDER") or Path(tempfile.gettempdir()) / "pressmark-scale"
    )
    folder.mkdir(parents=True, exist_ok=True)
    numbers = [int(n) for n in os.environ.get("PRESSMARK_BENCH_ARTICLES", ARTICLES).split(",")]
    engines = os.environ.get("PRESSMARK_BENCH_ENGINES", ENGINES).split(",")
    pages = real_pages(data, folder)
    return measured(folder, pages[:A_COPY], numbers, engines)


def measured(
    folder: Path,
    pages: Sequence[Extraction],
    numbers: Sequence[int],
    engines: Sequence[str],
    share: float = 1.0,
) -> Report:
    """Return the report on archives of *numbers* of articles, made of *pages*, on *engines*.

    They have *share* of the captures that five years of sources are.
    """
    archives = []
    for engine in engines:
        for number in numbers:
            with _database(engine, folder) as (server, process):
                archives.append(_archive(folder, engine, number, pages, share, server, process))
    problems = list(_problems(archives))
    return {"archives": archives, "problems": problems, "reached": not problems}


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a person: milliseconds by the clock, of CPU, and of the write lock."""
    archives = report["archives"]
    heads = [f"{each['engine']} {each['articles']:,}" for each in archives]
    yield f"{'clock, CPU, lock in ms':24}" + "".join(f"{head:>26}" for head in heads)
    for name in archives[0]["costs"]:
        yield f"{name:24}" + "".join(f"{_shown(each['costs'][name]):>26}" for each in archives)
    for name in ("bytes_an_article", "view_over_text", "frontier_bytes_a_url", "made_in_seconds"):
        yield f"{name:24}" + "".join(f"{each[name]:>26,}" for each in archives)
    last = archives[-1]
    yield f"bytes an article by table and index, {heads[-1]}:"
    for name, size in list(last["sizes"].items())[:SHOWN_SIZES]:
        yield f"    {name:60} {size / last['articles']:8.0f}"
    yield from report["problems"] or ["all bars are reached"]


def _shown(cost: Mapping[str, float]) -> str:
    return ", ".join(f"{1000 * cost[name]:,.1f}" for name in ("wall", "cpu", "lock"))


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[tuple[Server | None, int | None]]:
    if engine == "sqlite":
        yield None, None
        return
    kept = folder / "postgresql"
    with running_server(SERVER, kept) as server:
        process = int((kept / "postmaster.pid").read_text().split()[0])
        yield server, process


def _archive(
    folder: Path,
    engine: str,
    number: int,
    pages: Sequence[Extraction],
    share: float,
    server: Server | None,
    process: int | None,
) -> Report:
    cut = number > WHOLE_TEXTS
    base = _base(folder, pages, cut=cut)
    copies = max(number // len(pages), 1)
    home = folder / f"{engine}-{number}"
    name = f"scale{number}"
    url = "sqlite:///archive.db" if server is None else server.url(name)
    began = perf_counter()
    _make(
        home,
        server,
        name,
        lambda: fill(url, home, str(base), Copies(str(base), copies, engine), share),
    )
    made = perf_counter() - began
    with prepared(home, url) as (archive, workers, ingest):
        subject = Subject(
            archive=archive,
            ingest=ingest,
            workers=workers,
            meter=Meter(archive.database.engine, process),
            pages=pages,
            copies=copies,
            base=base,
        )
        found = costs(subject)
        with archive.database.reading() as connection:
            by_name = sizes(connection)
            texts = text_bytes(connection)
            urls = connection.exec_driver_sql("SELECT count(*) FROM url").scalar_one()
    total, of_frontier = sum(by_name.values()), frontier_bytes(by_name)
    return {
        "engine": engine,
        "articles": number,
        "costs": {key: asdict(cost) for key, cost in found.items()},
        "bytes_an_article": round(total / number),
        "view_over_text": round((total - of_frontier) / texts, 2),
        "frontier_bytes_a_url": round(of_frontier / urls),
        "made_in_seconds": round(made),
        "sizes": dict(sorted(by_name.items(), key=lambda each: -each[1])),
    }


def _make(home: Path, server: Server | None, name: str, fill_it: Any) -> None:
    """Make the archive in *home* unless an earlier run has made it completely."""
    note = home / "made.json"
    if _is_current(note):
        return
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir()
    if server is not None:
        server.execute(f"DROP DATABASE IF EXISTS {name}")
        server.execute(f"CREATE DATABASE {name}")
    fill_it()
    note.write_text(_made_by())


def _made_by() -> str:
    """Return what archives are made with: under other code, they would first be settled again."""
    return json.dumps({"extractor": EXTRACTOR, "settling": SETTLING, "profile": PROFILE.name})


def _is_current(note: Path) -> bool:
    return note.exists() and note.read_text() == _made_by()


def _base(folder: Path, pages: Sequence[Extraction], *, cut: bool) -> Path:
    """Return the database of the site that is copied, made by an earlier run or now."""
    home = folder / ("base-cut" if cut else "base")
    note = home / "made.json"
    if not _is_current(note):
        shutil.rmtree(home, ignore_errors=True)
        make_base(home, pages, cut=cut)
        note.write_text(_made_by())
    return home / "archive.db"


def _problems(archives: Sequence[Report]) -> Iterator[str]:
    """Yield a sentence for each bar that is not reached."""
    for engine in {each["engine"]: None for each in archives}:
        of_engine = [each for each in archives if each["engine"] == engine]
        small, large = (f(of_engine, key=lambda each: each["articles"]) for f in (min, max))
        for name in ONE_ARTICLE:
            grown = large["costs"][name]["cpu"] / max(small["costs"][name]["cpu"], 1e-4)
            if grown > GROWTH_BAR:
                yield (
                    f"{engine}: {name}: {grown:.1f} times the CPU at {large['articles']:,} articles"
                    f" (bar: {GROWTH_BAR})"
                )
        for each in of_engine:
            yield from _of_archive(each)


def _of_archive(each: Report) -> Iterator[str]:
    where = f"{each['engine']}, {each['articles']:,} articles"
    bars = dict(SECONDS_BARS)
    if each["articles"] == SEARCHED:
        bars |= dict.fromkeys(SEARCHES, SEARCH_BARS[each["engine"]])
    for name, bar in bars.items():
        seconds = each["costs"][name]["wall"]
        if seconds > bar:
            yield f"{where}: {name}: {seconds:.3f} s (bar: {bar:g})"
    for name, cost in each["costs"].items():
        if cost["lock"] > LOCK_BAR:
            yield f"{where}: {name}: the write lock is held for {cost['lock']:.1f} s"
