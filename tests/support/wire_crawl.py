"""Crawl URLs into an archive in a process of its own, with settings that no command has.

All settings of ``scrapy crawl -s`` are possible (a short ``DOWNLOAD_TIMEOUT``), and so are requests
that the frontier never makes (HEAD). The crawl is a real one: handler, robots.txt, frontier,
workers, database. Its result includes its cost.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a crawl ended; *peak_bytes* is the peak memory (RSS) of its main process."""

    exit: str
    counts: Mapping[str, int]
    peak_bytes: int
    log: str


def crawl(
    home: Path,
    urls: Sequence[str] = (),
    *,
    site: str,
    heads: Sequence[str] = (),
    allow: Sequence[str] = (),
    connect_to: Sequence[str] = (),
    concurrent: int = 16,
    unverified: Sequence[str] = (),
    settings: Mapping[str, Any] | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float = 100,
) -> Ended:
    """Fetch *urls* by GET and *heads* by HEAD, *concurrent* at once, for the publisher at *site*.

    *allow* and *connect_to* are like the options of ``pressmark crawl``. The profile does not check
    the certificates of the *unverified* hosts.
    """
    job = {
        "home": str(home),
        "site": site,
        "urls": list(urls),
        "heads": list(heads),
        "concurrent": concurrent,
        "unverified": list(unverified),
        "settings": {
            "PRESSMARK_HOME": str(home),
            "PRESSMARK_CONTACT": "tests@example.org",
            "PRESSMARK_PROGRESS": False,
            "PRESSMARK_ALLOW_ADDRESS": list(allow),
            "PRESSMARK_CONNECT_TO": list(connect_to),
            "LOG_LEVEL": "WARNING",
            **(settings or {}),
        },
    }
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PRESSMARK_") and not name.lower().endswith("_proxy")
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.wire_crawl"],
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=_ROOT,
        env={**kept, **(env or {})},
        check=False,
    )
    if done.returncode != 0 or not done.stdout:
        raise AssertionError(f"the crawl exited with {done.returncode}:\n{done.stderr}")
    return Ended(**json.loads(done.stdout), log=done.stderr)


def _main() -> None:
    import asyncio
    import re

    from scrapy import Request
    from scrapy.crawler import AsyncCrawlerProcess
    from scrapy.http.request import NO_CALLBACK
    from scrapy.settings import Settings

    from archive.profile import Profile
    from archive.urls import host_of
    from crawler.run import Run
    from crawler.spiders.publisher import spider_for

    job = json.load(sys.stdin)
    profile = Profile(
        name="wire",
        home=job["site"],
        hosts=tuple({host_of(url) for url in (*job["urls"], *job["heads"])}),
        delay_seconds=0.0,
        concurrent_requests=job["concurrent"],
        unverified_hosts=tuple(job["unverified"]),
    )

    class WireSpider(spider_for(profile)):  # type: ignore[misc]
        async def start(self):  # type: ignore[no-untyped-def]
            asked = [Request(url, NO_CALLBACK, method="HEAD") for url in heads]
            await asyncio.gather(*map(self.crawler.engine.download_async, asked))
            async for item in super().start():
                yield item

    heads = job["heads"]
    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    settings.setdict(job["settings"], priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    crawler = process.create_crawler(WireSpider)
    ended = process.crawl(crawler, only=tuple(job["urls"]))
    process.start()
    ended.result()
    run = crawler.get_extension(Run)
    assert run is not None
    # Not ru_maxrss, which begins with the memory of the parent process.
    (line,) = re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())
    peak = int(line) * 1024
    how = run.exit.name.lower() if run.exit is not None else "none"
    json.dump({"exit": how, "counts": dict(run.counts), "peak_bytes": peak}, sys.stdout)


if __name__ == "__main__":
    _main()
