"""One crawl of a site that does everything wrong: it ends by itself, and each thing is a row.

The crawl is Scrapy's own command, since that can be given a shorter time-out than sixty seconds.
"""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select

from archive.model import Outcome
from archive.sql.database import open_database
from archive.sql.schema import state_tables
from archive.urls import normalize
from tests.hostile.misdeed import FOREIGN, HOST, Misdeed
from tests.hostile.places import HOSTS, PORT
from tests.hostile.site import (
    GOOD,
    MISDEEDS,
    SITE,
    HostileSite,
    Inside,
    served_site,
    write_home,
)
from tests.hostile.traps import TRAPS, Trap
from tests.support.archives import Row, articles, frontier, outcomes, reading, rows
from tests.support.command import Running, pressmark, running
from tests.support.once import Once
from tests.support.sites import prose
from tests.support.view import View, assert_same_view, dump_view

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

TIMEOUT_SECONDS = 10
MOST_SECONDS = 300
MOST_BYTES = 400_000_000
PLAIN = {Outcome.ARTICLE, Outcome.LISTING, Outcome.PAGE, Outcome.FEED, Outcome.SITEMAP}
PLAIN |= {Outcome.ROBOTS, Outcome.API}
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True, slots=True)
class Crawled:
    """What is left of the crawl: the archive, and what was seen from outside."""

    home: Path
    seconds: float
    port: int
    code: int
    peak_bytes: int
    heard: list[str]
    inside: list[str]
    log: str
    captures: dict[str, list[Row]]
    frontier: dict[str, Row]
    articles: dict[str, Row]
    failing: dict[str, str]

    def of(self, misdeed: Misdeed) -> str:
        """The URL of *misdeed* in this crawl."""
        return normalize(misdeed.url.replace(str(PORT), str(self.port)))

    def why(self, url: str) -> str:
        """What the frontier says of *url*, or of its server, that keeps it from being fetched."""
        origin = url.partition("/story/")[0]
        return self.frontier[url]["skip_reason"] or self.failing.get(origin, "")


@pytest.fixture(scope="module")
def crawled(once: Once) -> Crawled:
    folder = once("hostile-site", _crawl)
    home, notes = folder / "home", json.loads((folder / "notes.json").read_text())
    log = (folder / "log.txt").read_text(errors="surrogateescape")
    servers = {row["origin"]: row["reason"] for row in rows(home, select(state_tables.host))}
    return Crawled(
        home, **notes, log=log, captures=outcomes(home), frontier=frontier(home),
        articles=articles(home),
        failing=servers,
    )  # fmt: skip


def _crawl(folder: Path) -> None:
    home = folder / "home"
    with Inside() as inside:
        write_home(home, inside.port)
        site = HostileSite(inside.port)
        with served_site(folder, site) as (server, mappings, authority):
            values = {
                "DOWNLOAD_TIMEOUT": TIMEOUT_SECONDS,
                "PRESSMARK_MAX_CRAWL_DELAY": 1,
                "PRESSMARK_CONNECT_TO": ",".join(mappings),
                "LOG_FILE": folder / "log.txt",
                "LOG_LEVEL": "INFO",
            }
            given = [part for name, value in values.items() for part in ("-s", f"{name}={value}")]
            env = {"PRESSMARK_HOME": str(home), "SSL_CERT_FILE": str(authority)}
            with running("scrapy", "crawl", "hostile", *given, env=env) as crawl:
                began = time.monotonic()
                peak = _peak_bytes(crawl)
                seconds = time.monotonic() - began
                done = crawl.result(timeout=60)
        heard = [_url(request.request, request.target) for request in server.all_heard]
        notes = {"port": inside.port, "code": done.code, "peak_bytes": peak, "seconds": seconds,
                 "heard": heard, "inside": inside.connections}  # fmt: skip
    (folder / "notes.json").write_text(json.dumps(notes))


def _peak_bytes(crawl: Running) -> int:
    """Wait for the crawl's end; return the most memory that its main process held."""
    deadline, peak = time.monotonic() + MOST_SECONDS, 0
    while crawl.running:
        assert time.monotonic() < deadline, "the crawl does not end"
        status = Path(f"/proc/{crawl.pid}/status").read_text()
        if line := re.search(r"VmHWM:\s+(\d+) kB", status):
            peak = int(line[1]) * 1024
        time.sleep(0.1)
    return peak


def _url(request: bytes, target: str) -> str:
    host = re.search(rb"\r\n[Hh]ost: *([^\r\n]+)", request)
    return f"{host[1].decode() if host else ''}{target}"


def first(crawled: Crawled, url: str) -> Row:
    """The first capture of *url*; an equal second reply is a mere revisit."""
    assert url in crawled.captures, crawled.frontier.get(url, "nowhere in the frontier")
    return crawled.captures[url][0]


@pytest.mark.parametrize("misdeed", MISDEEDS, ids=[misdeed.id for misdeed in MISDEEDS])
def test_a_misdeed_is_a_row_with_its_outcome_and_a_reason(crawled: Crawled, misdeed: Misdeed):
    url = crawled.of(misdeed)

    if misdeed.outcomes:
        row = first(crawled, misdeed.witness or url)
        assert row["outcome"] in misdeed.outcomes, (row["outcome"], row["reason"])
        assert row["reason"] or row["outcome"] in PLAIN
        assert re.search(misdeed.reason, row["reason"] or "")
        assert misdeed.truncated is None or row["truncated"] in misdeed.truncated
    if not misdeed.fetched:
        assert url not in crawled.captures
        assert url.partition("://")[2] not in crawled.heard
    if misdeed.skipped:
        assert re.search(misdeed.skipped, crawled.why(url))
    assert set(misdeed.leads_to) <= set(crawled.articles)
    if misdeed.says:
        assert misdeed.says in crawled.articles[url]["text"]
    if misdeed.hides:
        told = [*crawled.captures[url], crawled.articles.get(url), crawled.frontier.get(url)]
        assert misdeed.hides not in repr(told)


@pytest.mark.parametrize("path", GOOD)
def test_a_page_that_is_untouched_is_archived_as_it_is(crawled: Crawled, path: str):
    row = crawled.articles[SITE + path]

    headline = GOOD[path]
    paragraphs = re.findall(r"<p>(.*?)</p>", prose(headline))
    assert (row["headline"], row["text"]) == (headline, "\n".join(paragraphs))
    assert [capture["outcome"] for capture in crawled.captures[SITE + path]] == [Outcome.ARTICLE]


def test_the_crawl_ended_by_itself_and_said_so(crawled: Crawled):
    with reading(crawled.home) as connection:
        rows = connection.exec_driver_sql("SELECT ended_at, exit_state FROM crawl").all()

    ((ended, state),) = rows
    assert ended is not None
    assert state == "partly"


def test_nobody_inside_was_connected_to_and_no_other_publisher_asked(crawled: Crawled):
    assert crawled.inside == []
    assert not [url for url in crawled.captures if url.startswith(FOREIGN)]
    assert {url.partition("/")[0] for url in crawled.heard}.isdisjoint(
        host.replace(str(PORT), str(crawled.port)) for host in HOSTS
    )


def test_every_request_that_was_heard_has_a_capture_with_its_outcome(crawled: Crawled):
    captured = {url.partition("://")[2] for url in crawled.captures}
    lost = set(crawled.heard) - captured
    silent = [
        (url, row["outcome"])
        for url, rows in crawled.captures.items()
        for row in rows
        if not row["reason"] and row["outcome"] not in PLAIN | {Outcome.REVISIT}
    ]

    assert lost == set()
    assert silent == []


@pytest.mark.parametrize("trap", TRAPS, ids=[trap.name for trap in TRAPS])
def test_a_trap_takes_no_more_than_its_due(crawled: Crawled, trap: Trap):
    asked = [url for url in crawled.heard if url.startswith(HOST + trap.below)]

    assert HOST + trap.entrance in asked
    assert len(asked) <= trap.most


def test_memory_stayed_bounded(crawled: Crawled):
    assert crawled.peak_bytes < MOST_BYTES


def test_the_log_and_what_commands_print_command_no_terminal(crawled: Crawled):
    printed = {"the log": crawled.log}
    for command in (("status",), ("publishers",), ("search", "affair")):
        done = pressmark(crawled.home, *command)
        printed[command[0]] = done.out + done.err

    assert {name: CONTROL.findall(text) for name, text in printed.items()} == {
        name: [] for name in printed
    }
    assert "Traceback" not in crawled.log


def test_headlines_names_and_reasons_hold_no_control_characters(crawled: Crawled):
    said = [
        value
        for row in (
            *crawled.articles.values(),
            *(row for rows in crawled.captures.values() for row in rows),
        )
        for value in (row.get("headline"), row.get("author"), row.get("reason"), row.get("error"))
    ]

    assert not [value for value in said if CONTROL.search(json.dumps(value, ensure_ascii=False))]


def test_all_of_it_can_be_verified_and_a_rebuild_gives_the_same_view(crawled: Crawled):
    def view() -> View:
        database = open_database("sqlite:///archive.db", crawled.home)
        try:
            return dump_view(database)
        finally:
            database.close()

    before = view()

    pressmark(crawled.home, "verify", timeout=120)
    pressmark(crawled.home, "rebuild", timeout=240)

    assert_same_view(before, view())
