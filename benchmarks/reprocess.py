"""Move an archive of some thousand captures to another extractor, and rebuild it.

The pages are those of the extraction sets, with addresses of one host. Each is visited twice, so
each article has two captures. They differ in a comment, since equal ones would be read once. After
the rebuild, all extractions get the stamp of another extractor, and half of them another text, so
half of the captures change and are settled again. The bars: every capture ends with the current
stamp, the dry run predicts what then happens, and the main process stays below ``MOST_BYTES`` of
memory for any number of captures.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from archive.extract.stamp import EXTRACTOR
from archive.library import open_archive
from archive.model import Exchange
from archive.profile import find_profile
from benchmarks.extraction.sets import PLAIN_SETS, load
from benchmarks.measure import Measured, measure

CAPTURES = int(os.environ.get("PRESSMARK_BENCH_CAPTURES", "3000"))
"""How many captures the archive has; the environment can set another number."""
VISITS = 2
HOST = "bench.test"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
OTHER = "pressmark/0 benchmark"
MOST_BYTES = 250_000_000
Row = dict[str, Any]


def needs(data: Path) -> list[Path]:
    """Return the files that this benchmark reads."""
    return [data / "extraction" / PLAIN_SETS[0]]


def run(data: Path) -> dict[str, Any]:
    """Make the archive, and return the cost of each way to bring it up to date."""
    load_before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        _make(home, data)
        rebuild = _measured(home, "rebuild")
        _make_stale(home / "archive.db")
        stale = Path(folder) / "stale.db"
        shutil.copy(home / "archive.db", stale)
        size = stale.stat().st_size
        dry, told = _reprocessed(home, stale, "--workers", "2", "--dry-run")
        one, _ = _reprocessed(home, stale, "--workers", "1")
        two, done = _reprocessed(home, stale, "--workers", "2")
        left = _number(home, "SELECT count(*) FROM extraction WHERE extractor != ?", EXTRACTOR)
        unsettled = _number(home, "SELECT count(*) FROM unsettled")
    ways = {"rebuild": rebuild, "dry run": dry, "1 worker": one, "2 workers": two}
    peak = max(row["peak_rss_bytes"] for row in ways.values())
    return {
        "captures": CAPTURES,
        "database_bytes": size,
        "load_before": round(load_before, 2),
        "ways": ways,
        "changed": done["changed"],
        "told_is_done": {**told, "dry_run": False} == done,
        "of_another_extractor": left,
        "unsettled": unsettled,
        "reached": not left
        and not unsettled
        and {**told, "dry_run": False} == done
        and peak <= MOST_BYTES,
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a reader."""
    yield (
        f"{report['captures']} captures, {report['changed']} of which change;"
        f" a database of {report['database_bytes'] / 1e6:.0f} MB; load {report['load_before']}"
    )
    yield "            seconds  captures/s  CPU a capture: main, workers  peak of main"
    for name, row in report["ways"].items():
        yield (
            f"{name:10}  {row['seconds']:7.1f}  {row['per_second']:10.1f}"
            f"  {row['main_cpu_ms']:17.1f}, {row['workers_cpu_ms']:5.1f} ms"
            f"  {row['peak_rss_bytes'] / 1e6:10.0f} MB"
        )
    yield (
        f"the dry run told what then happened: {report['told_is_done']};"
        f" left of the other extractor: {report['of_another_extractor']}"
        f" (bars: True, 0, and at most {MOST_BYTES / 1e6:.0f} MB)"
    )


def _make(home: Path, data: Path) -> None:
    home.mkdir()
    (home / "archive.toml").write_text("workers = 2\n")
    (home / "publishers").mkdir()
    (home / "publishers" / "bench.toml").write_text(f'home = "https://{HOST}/"\n')
    with open_archive(home, create=True) as archive:
        profile = find_profile(home, "bench")
        writer = archive.store.open_writer(profile.name, {}, lambda *_: None)
        for exchange in _exchanges(data):
            writer.write(exchange)
        writer.close()


def _exchanges(data: Path) -> Iterator[Exchange]:
    pages = [
        page.payload for name, some in load(data).items() if name in PLAIN_SETS for page in some
    ]
    stories = list(enumerate(islice(cycle(pages), CAPTURES // VISITS)))
    for number, (key, page) in enumerate(stories * VISITS):
        payload = page + b"<!-- %d -->" % (number // len(stories))
        path = f"/news/story-number-{key}/"
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n"
            f"Content-Length: {len(payload)}\r\n\r\n"
        )
        yield Exchange(
            url=f"https://{HOST}{path}",
            date=BEGINNING + timedelta(minutes=number),
            request=f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode(),
            response=head.encode() + payload,
            ip="127.0.0.1",
        )


def _make_stale(database: Path) -> None:
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE extraction SET extractor = ?", (OTHER,))
        connection.execute(
            "UPDATE extraction SET text_sha256 = '' WHERE text_sha256 IS NOT NULL AND id % 2"
        )
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _reprocessed(home: Path, stale: Path, *options: str) -> tuple[Row, Row]:
    for file in home.glob("archive.db*"):
        file.unlink()
    shutil.copy(stale, home / "archive.db")
    row = _measured(home, "reprocess", "--json", *options)
    return row, json.loads(row.pop("stdout"))


def _measured(home: Path, *command: str) -> Row:
    script = str(Path(sys.executable).with_name("pressmark"))
    took = measure([script, "--home", str(home), *command], lambda: 0)
    if took.status != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {took.status}\n{took.stderr}")
    return _row(took) | ({"stdout": took.stdout} if "--json" in command else {})


def _row(took: Measured) -> Row:
    return {
        "seconds": round(took.seconds, 2),
        "per_second": round(CAPTURES / took.seconds, 1),
        "main_cpu_ms": round(1000 * took.main_cpu / CAPTURES, 2),
        "workers_cpu_ms": round(1000 * took.workers_cpu / CAPTURES, 2),
        "peak_rss_bytes": took.peak_rss_bytes,
    }


def _number(home: Path, statement: str, *values: str) -> int:
    with sqlite3.connect(home / "archive.db") as connection:
        return int(connection.execute(statement, values).fetchone()[0])
