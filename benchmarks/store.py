"""Measure how fast records are written to WARC files and read back, beside warcio.

The pages are real HTML. CPU is that of this process; rounds of both alternate.
"""

from __future__ import annotations

import gzip
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.model import Exchange
from archive.settings import Settings
from archive.warc.store import Store

ROUNDS = 5
BAR = 1.0
"""Least speed of writing, as a multiple of warcio's."""
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"


def needs(data: Path) -> list[Path]:
    """Return the folder of real news pages."""
    return [data / "extraction" / "fundus" / "pages"]


def run(data: Path) -> dict[str, Any]:
    """Return medians of the megabytes of HTML for each second of CPU."""
    files = sorted(needs(data)[0].glob("*.html.gz"))
    pages = [gzip.decompress(file.read_bytes()) for file in files]
    megabytes = sum(map(len, pages)) / 1e6
    rounds = [{**_ours(pages), **_warcio(pages)} for _ in range(ROUNDS)]
    speeds = {
        name: round(statistics.median(megabytes / each[name] for each in rounds))
        for name in rounds[0]
    }
    return {
        "pages": len(pages),
        "rounds": ROUNDS,
        "mb_s": speeds,
        "reached": speeds["write"] >= BAR * speeds["warcio_write"],
    }


def lines(report: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report for a reader."""
    speeds = report["mb_s"]
    yield (
        f"{report['pages']} pages, {report['rounds']} rounds, MB of HTML a second of CPU:"
        f" write {speeds['write']} (warcio {speeds['warcio_write']}, bar: {BAR} of it),"
        f" read {speeds['read']} (warcio {speeds['warcio_read']})"
    )


def _ours(pages: Sequence[bytes]) -> dict[str, float]:
    exchanges = [
        Exchange(
            url=f"http://bench.test/{number}",
            date=datetime.now(UTC),
            request=b"GET / HTTP/1.1\r\n\r\n",
            response=_HEAD % len(page) + page,
        )
        for number, page in enumerate(pages)
    ]
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), Settings())
        writer = store.open_writer("bench", {})
        captures = [writer.write(exchanges[0])]  # warms up

        def write() -> None:
            captures.extend(map(writer.write, exchanges))

        def read() -> None:
            for capture in captures:
                store.read(capture.warc_file, capture.warc_offset)

        spent = {"write": _cpu(write)}
        writer.close()
        return {**spent, "read": _cpu(read)}


def _warcio(pages: Sequence[bytes]) -> dict[str, float]:
    buffer = io.BytesIO()

    def write() -> None:
        writer = WARCWriter(buffer, gzip=True)
        for number, page in enumerate(pages):
            head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
            writer.write_record(
                writer.create_warc_record(
                    f"http://bench.test/{number}",
                    "response",
                    payload=io.BytesIO(page),
                    http_headers=head,
                )
            )

    def read() -> None:
        buffer.seek(0)
        for record in ArchiveIterator(buffer):
            record.raw_stream.read()

    return {"warcio_write": _cpu(write), "warcio_read": _cpu(read)}


def _cpu(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before
