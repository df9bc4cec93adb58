"""Measure the cost of capture: CPU compared with stock Scrapy, speed compared with warcio.

The same gzip-encoded pages are crawled from loopback, by stock Scrapy and with capture in turn,
each in a process of its own, so a machine that slows down slows both. CPU is that of the crawling
process, from the first request to the last callback. No page is extracted.
"""

from __future__ import annotations

import gzip
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing import get_context
from pathlib import Path
from typing import Any

PAGES, ROUNDS, AT_ONCE = 1_500, 5, 16
BAR = 1.35
"""Largest CPU time of a captured page, as a multiple of that of stock Scrapy."""


def needs(data: Path) -> list[Path]:
    """Return the folder of real news pages."""
    return [data / "extraction" / "fundus" / "pages"]


def run(data: Path) -> dict[str, Any]:
    """Return medians: milliseconds of CPU a page, their ratio, and MB/s of both stores."""
    bodies = list(_bodies(data))
    times: dict[str, list[float]] = {"stock": [], "still_packed": [], "capture": []}
    ratios = []
    context = get_context("spawn")
    port, ready = context.Value("i", 0), context.Event()
    server = context.Process(target=_serve, args=(bodies, port, ready), daemon=True)
    server.start()
    ready.wait(30)
    try:
        for number in range(ROUNDS + 1):
            pair = {kind: _crawl(kind, port.value) for kind in times}
            if number:  # the first round warms the caches
                for kind, milliseconds in pair.items():
                    times[kind].append(milliseconds)
                ratios.append(pair["capture"] / pair["stock"])
    finally:
        server.terminate()
        server.join()
    ratio = statistics.median(ratios)
    return {
        "pages": PAGES,
        "rounds": ROUNDS,
        "mean_page_bytes": round(statistics.mean(map(len, bodies))),
        "stock_cpu_ms": round(statistics.median(times["stock"]), 3),
        "still_packed_cpu_ms": round(statistics.median(times["still_packed"]), 3),
        "capture_cpu_ms": round(statistics.median(times["capture"]), 3),
        "ratio": round(ratio, 3),
        "ratios": [round(value, 3) for value in ratios],
        "bar": BAR,
        **_store_speeds(bodies),
        "reached": ratio <= BAR,
    }


def lines(report: dict[str, Any]) -> list[str]:
    """Return the report for a reader."""
    return [
        (
            f"{report['rounds']} pairs of crawls of {report['pages']} pages"
            f" ({report['mean_page_bytes'] / 1000:.0f} kB gzipped in the mean):"
        ),
        f"  stock Scrapy      {report['stock_cpu_ms']:6.2f} ms of CPU a page",
        (
            f"  without unpacking {report['still_packed_cpu_ms']:6.2f} ms, stock but for its"
            " HttpCompressionMiddleware, as in our crawls"
        ),
        (
            f"  capture and store {report['capture_cpu_ms']:6.2f} ms, {report['ratio']:.2f} times"
            f" (bar {report['bar']}; pairs: {', '.join(map(str, report['ratios']))})"
        ),
        (
            f"  write {report['write_mb_s']} MB/s, warcio {report['warcio_write_mb_s']};"
            f" read {report['read_mb_s']} MB/s, warcio {report['warcio_read_mb_s']}"
            " (plain HTML, uncompressed size)"
        ),
    ]


def _bodies(data: Path) -> Iterator[bytes]:
    for file in sorted(needs(data)[0].glob("*.html.gz")):
        yield gzip.compress(gzip.decompress(file.read_bytes()), 6, mtime=0)


def _serve(bodies: list[bytes], port: Any, ready: Any) -> None:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = bodies[int(self.path.rpartition("/")[2]) % len(bodies)]
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port.value = server.server_address[1]
    ready.set()
    server.serve_forever()


def _crawl(kind: str, port: int) -> float:
    """Return the milliseconds of CPU for each page of one crawl."""
    command = [sys.executable, "-m", "benchmarks.capture", kind, str(port)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return float(json.loads(done.stdout)["cpu_seconds"]) * 1000 / PAGES


def _store_speeds(bodies: list[bytes]) -> dict[str, Any]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    from archive.model import Exchange
    from archive.settings import Settings
    from archive.warc.store import Store

    pages = [gzip.decompress(body) for body in bodies]
    size = sum(map(len, pages)) / 1e6
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n"
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), Settings())
        writer = store.open_writer("bench", {})
        exchanges = [
            Exchange(
                url=f"http://bench.test/{number}",
                date=datetime.now(UTC),
                request=b"GET / HTTP/1.1\r\n\r\n",
                response=head % len(page) + page,
            )
            for number, page in enumerate(pages)
        ]
        began = time.process_time()
        captures = [writer.write(exchange) for exchange in exchanges]
        write = time.process_time() - began
        writer.close()
        began = time.process_time()
        for capture in captures:
            store.read(capture.warc_file, capture.warc_offset)
        read = time.process_time() - began
    buffer = io.BytesIO()
    other = WARCWriter(buffer, gzip=True)
    began = time.process_time()
    for number, page in enumerate(pages):
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        record = other.create_warc_record(
            f"http://bench.test/{number}",
            "response",
            payload=io.BytesIO(page),
            http_headers=headers,
        )
        other.write_record(record)
    warcio_write = time.process_time() - began
    buffer.seek(0)
    began = time.process_time()
    for record in ArchiveIterator(buffer):
        record.raw_stream.read()
    warcio_read = time.process_time() - began
    return {
        "write_mb_s": round(size / write),
        "warcio_write_mb_s": round(size / warcio_write),
        "read_mb_s": round(size / read),
        "warcio_read_mb_s": round(size / warcio_read),
    }


# --- in the crawling process ----------------------------------------------------------------------


# As in PublisherSpider: bodies are read from their records.
STILL_PACKED = {
    "DOWNLOADER_MIDDLEWARES": {
        "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None
    },
    "DEFAULT_REQUEST_HEADERS": {"Accept-Encoding": "gzip, br"},
}


def _child(kind: str, port: int) -> None:
    from scrapy import Request, Spider
    from scrapy.crawler import AsyncCrawlerProcess

    cpu = {}

    class Pages(Spider):
        name = "pages"

        async def start(self) -> Any:
            cpu["began"] = time.process_time()
            for number in range(PAGES):
                yield Request(f"http://127.0.0.1:{port}/{number}", callback=self.seen)

        def seen(self, _: Any) -> None:
            cpu["ended"] = time.process_time()

    settings: dict[str, Any] = {
        "LOG_LEVEL": "ERROR",
        "CONCURRENT_REQUESTS": AT_ONCE,
        "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
        "DOWNLOAD_DELAY": 0,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }
    with tempfile.TemporaryDirectory() as folder:
        if kind != "stock":
            settings |= STILL_PACKED
        if kind == "capture":
            settings |= _capturing(Path(folder))
        process = AsyncCrawlerProcess(settings)
        process.crawl(Pages)
        process.start()
    print(json.dumps({"cpu_seconds": cpu["ended"] - cpu["began"]}))


def _capturing(folder: Path) -> dict[str, Any]:
    """Return the settings of a crawl that only captures and stores."""
    from types import SimpleNamespace

    from scrapy.crawler import Crawler

    from archive.settings import Settings
    from archive.warc.store import Store
    from crawler.run import Run

    class CaptureOnly(Run):
        """A run without database and workers, which only writes each exchange."""

        def __init__(self) -> None:
            store = Store(folder, Settings())
            self.archive = SimpleNamespace(settings=Settings(), store=store, home=folder)  # type: ignore[assignment]
            self.writer = store.open_writer("bench", {})
            self.downloads = set()
            self._drain_deadline = None

        @classmethod
        def from_crawler(cls, crawler: Crawler) -> CaptureOnly:  # noqa: ARG003
            return cls()

        def capture(self, exchange: Any) -> Any:
            return self.writer.write(exchange)

    return {
        "EXTENSIONS": {CaptureOnly: 0},
        "DOWNLOAD_HANDLERS": {"http": "crawler.download.wire.WireHandler"},
    }


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]))
