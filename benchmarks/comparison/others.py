"""What our crawl is compared with, each as a program: ``python benchmarks/comparison/others.py``.

    naive URLS FOLDER       Scrapy with trafilatura in its callback, warcio, and a commit an item
    download URLS FOLDER    Scrapy, which only downloads
    webarchive URLS FOLDER  Scrapy with scrapy-webarchive, which writes WACZ
    newsplease URLS FOLDER  news-please, by its Python interface
    loop FILES FOLDER       trafilatura with metadata over HTML files
    fastwarc WARC FOLDER    trafilatura with metadata over the responses of WARC files

URLS and FILES are files with one on each line; WARC is a folder. It runs under the interpreter of
the environment that has the tool, so it imports nothing of ours.
"""

from __future__ import annotations

import sqlite3
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

AT_ONCE = 16
SETTINGS: dict[str, Any] = {
    "LOG_LEVEL": "ERROR",
    "CONCURRENT_REQUESTS": AT_ONCE,
    "CONCURRENT_REQUESTS_PER_DOMAIN": AT_ONCE,
    "DOWNLOAD_DELAY": 0,
    "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False,
}


def naive(urls: list[str], folder: Path) -> None:
    """Crawl as a spider does that is written in an afternoon."""
    import trafilatura
    from scrapy import Request, Spider
    from scrapy.http import HtmlResponse
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    database = sqlite3.connect(folder / "items.db")
    database.execute("CREATE TABLE item (url TEXT PRIMARY KEY, title, author, date, text)")
    file = (folder / "pages.warc.gz").open("wb")
    writer = WARCWriter(file, gzip=True)

    class Pages(Spider):
        name = "pages"

        async def start(self) -> Any:
            for url in urls:
                yield Request(url)

        def parse(self, response: Any) -> None:
            fields = [
                (key.decode(), value.decode("latin-1"))
                for key, values in response.headers.items()
                for value in values
            ]
            head = StatusAndHeaders(f"{response.status} OK", fields, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                response.url, "response", payload=BytesIO(response.body), http_headers=head
            )
            writer.write_record(record)
            if not isinstance(response, HtmlResponse):
                return
            found = trafilatura.bare_extraction(
                response.text, url=response.url, with_metadata=True, include_comments=False
            )
            if found is not None:
                row = (response.url, found.title, found.author, found.date, found.text)
                database.execute("INSERT INTO item VALUES (?, ?, ?, ?, ?)", row)
                database.commit()

    _crawl(Pages)
    file.close()
    database.close()


def download(urls: list[str], folder: Path) -> None:  # noqa: ARG001
    """Request every page and look at none."""
    from scrapy import Request, Spider

    class Pages(Spider):
        name = "pages"

        async def start(self) -> Any:
            for url in urls:
                yield Request(url)

        def parse(self, response: Any) -> None:
            pass

    _crawl(Pages)


def webarchive(urls: list[str], folder: Path) -> None:
    """Request every page, and write a WACZ file."""
    from scrapy import Request, Spider
    from scrapy.crawler import CrawlerProcess

    class Pages(Spider):
        name = "pages"

        def start_requests(self) -> Any:
            return map(Request, urls)

        def parse(self, response: Any) -> None:
            pass

    own = {
        "EXTENSIONS": {"scrapy_webarchive.extensions.WaczExporter": 500},
        "SW_EXPORT_URI": str(folder / "pages.wacz"),
    }
    process = CrawlerProcess({**SETTINGS, **own})
    process.crawl(Pages)
    process.start()


def newsplease(urls: list[str], folder: Path) -> None:
    """Download the pages and extract them, without their pictures."""
    from newsplease import NewsPlease

    found = NewsPlease.from_urls(urls, request_args={"timeout": 60}, fetch_images=False)
    with (folder / "texts.txt").open("w") as out:
        for article in found.values():
            if article:
                out.write(f"{article.title}\n{article.maintext}\n")


def loop(files: list[str], folder: Path) -> None:
    """Extract each file."""
    _extract_all((Path(file).read_bytes() for file in files), folder)


def fastwarc(warc: Path, folder: Path) -> None:
    """Extract the HTML of each response record in the files of *warc*."""
    from fastwarc.warc import ArchiveIterator, WarcRecordType

    def bodies() -> Any:
        for file in sorted(warc.glob("*.warc.gz")):
            with file.open("rb") as opened:
                for record in ArchiveIterator(
                    opened, record_types=WarcRecordType.response, auto_decode="all"
                ):
                    yield record.reader.read()

    _extract_all(bodies(), folder)


def _extract_all(pages: Any, folder: Path) -> None:
    import trafilatura

    with (folder / "texts.txt").open("w") as out:
        for page in pages:
            found = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False)
            if found is not None:
                out.write(f"{found.title}\n{found.text}\n")


def _crawl(spider: Any) -> None:
    from scrapy.crawler import AsyncCrawlerProcess

    process = AsyncCrawlerProcess(SETTINGS)
    process.crawl(spider)
    process.start()


def main() -> None:
    """Run one of the programs."""
    kind, given, folder = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
    if kind == "fastwarc":
        fastwarc(given, folder)
        return
    programs = (naive, download, webarchive, newsplease, loop)
    program = next(each for each in programs if each.__name__ == kind)
    program(given.read_text("utf-8").splitlines(), folder)


if __name__ == "__main__":
    main()
