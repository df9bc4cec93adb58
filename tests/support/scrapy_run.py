"""Run a small Scrapy crawl in a process of its own, because a reactor starts only once.

The spider requests ``urls`` and records the result of each.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


def run(
    urls: Sequence[str], settings: Mapping[str, Any], *, setup: str = "", timeout: float = 60
) -> list[dict[str, Any]]:
    """Crawl *urls*, all at the same time, and return the results in the order of their ends.

    A result has the keys url, status, body, error (the name of the class) and message. *setup* is
    Python code that runs when the spider starts.
    """
    job = json.dumps({"urls": list(urls), "settings": dict(settings), "setup": setup})
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.scrapy_run"],
        input=job,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=_ROOT,
        check=False,
    )
    if done.returncode != 0 or not done.stdout:
        raise AssertionError(f"the crawl exited with {done.returncode}:\n{done.stderr}")
    notes: list[dict[str, Any]] = json.loads(done.stdout)
    return notes


def _main() -> None:
    import scrapy
    from scrapy.crawler import CrawlerProcess

    job = json.load(sys.stdin)
    notes: list[dict[str, Any]] = []

    class NotingSpider(scrapy.Spider):
        name = "noting"

        async def start(self):  # type: ignore[no-untyped-def]
            exec(job["setup"], {"crawler": self.crawler})
            for url in job["urls"]:
                yield scrapy.Request(
                    url,
                    callback=self.note,
                    errback=self.fault,
                    dont_filter=True,
                    meta={"handle_httpstatus_all": True},
                )

        def note(self, response):  # type: ignore[no-untyped-def]
            notes.append(
                {
                    "url": response.request.url,
                    "status": response.status,
                    "body": response.body.decode("latin-1"),
                    "error": None,
                    "message": None,
                }
            )

        def fault(self, failure):  # type: ignore[no-untyped-def]
            notes.append(
                {
                    "url": failure.request.url,
                    "status": None,
                    "body": None,
                    "error": failure.type.__name__,
                    "message": str(failure.value),
                }
            )

    process = CrawlerProcess(
        {
            "TELNETCONSOLE_ENABLED": False,
            "RETRY_ENABLED": False,
            "REDIRECT_ENABLED": False,
            "COOKIES_ENABLED": False,
            "LOG_LEVEL": "INFO",
            **job["settings"],
        }
    )
    process.crawl(NotingSpider)
    process.start()
    json.dump(notes, sys.stdout)


if __name__ == "__main__":
    _main()
