"""Slow workers, or none that answer, must not fill the crawler's memory."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.support.archives import articles, captures
from tests.support.bad_pages import spans
from tests.support.command import Running, pressmark, started
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, listing, page, prose, write_profile, write_settings

PAGES = 3_000
MOST_MEGABYTES = 200
AHEAD, AT_ONCE = 16, 8
"""Captures that may wait for the one worker, and requests under way at once."""
INTERRUPTED = 7


class FlatSite:
    """A front page that lists *pages* articles, each with *body* behind its prose."""

    def __init__(self, pages: int, body: str = "") -> None:
        self._front = listing(*(f"/story-{number}/" for number in range(pages)))
        self._body = body

    def __call__(self, received: Received) -> Reply:
        if received.path == "/":
            return self._front
        if received.path.startswith("/story-"):
            name = received.path.strip("/")
            return page(name, body=prose(name) + self._body)
        return None


def peak_megabytes(crawl: Running) -> float:
    """The most memory that the crawl's main process has held (Linux: VmHWM)."""
    lines = Path(f"/proc/{crawl.pid}/status").read_text().splitlines()
    (line,) = (line for line in lines if line.startswith("VmHWM"))
    return int(line.split()[1]) / 1_000


@pytest.mark.slow
def test_a_crawl_waits_for_workers_that_are_stopped_and_can_still_be_ended(tmp_path: Path):
    write_profile(tmp_path, concurrent_requests=AT_ONCE)
    write_settings(tmp_path, workers=1, extract_timeout_seconds=300)
    with Server(FlatSite(PAGES)) as server:
        with started(tmp_path, "crawl", "tree", *connect_to(server)) as crawl:
            crawl.until(lambda: captures(tmp_path) > 50, "fifty captures")
            for worker in crawl.workers:
                worker.suspend()
            asked = len(server.received)
            time.sleep(3)  # long enough for hundreds of requests, if it did not wait
            ahead = len(server.received) - asked
            peak = peak_megabytes(crawl)
            seconds = crawl.terminate()
            done = crawl.result()
        asked = len(server.received)

        again = pressmark(
            tmp_path, "crawl", "tree", "--budget", "2", "--json", *connect_to(server), code=8
        )

    assert ahead <= AHEAD + AT_ONCE
    assert peak < MOST_MEGABYTES
    assert (done.code, seconds < 10, done.err) == (INTERRUPTED, True, "")
    assert again.counts["recovered"] > 0  # what the workers had not read was in the WARC file
    assert captures(tmp_path) == len(server.received) >= asked
    pressmark(tmp_path, "verify")


@pytest.mark.slow
@pytest.mark.timeout(1_400)
def test_three_thousand_pages_and_workers_that_take_a_fifth_of_a_second_for_each(tmp_path: Path):
    write_profile(tmp_path)
    with Server(FlatSite(PAGES, spans(3_500))) as server:
        with started(tmp_path, "crawl", "tree", *connect_to(server)) as crawl:
            while crawl.running and captures(tmp_path) < PAGES // 2:
                time.sleep(1)
            halfway = peak_megabytes(crawl)
            seconds = crawl.terminate()
            done = crawl.result()
        with started(tmp_path, "crawl", "tree", *connect_to(server)) as crawl:
            peaks = []
            while crawl.running and captures(tmp_path) < PAGES:
                peaks.append(peak_megabytes(crawl))
                time.sleep(0.5)
            whole = crawl.result(timeout=600)

    assert (done.code, seconds < 10, done.err) == (INTERRUPTED, True, "")
    assert max(halfway, *peaks) < MOST_MEGABYTES
    assert whole.code == 0
    assert len(articles(tmp_path)) == PAGES
