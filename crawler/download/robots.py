"""Fetch and obey each server's robots.txt before anything else is fetched (RFC 9309).

Of the requests that wait for robots.txt, Scrapy's own middleware applies the rules only to the
first (2.19: 6 of 8 disallowed URLs were fetched). It also treats any failure as permission. Here
all requests to a server wait for the same fetch. The fetch uses the downloader like any other
request, so that robots.txt is archived, too.
"""

from __future__ import annotations

import asyncio
import logging
import math
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import Self
from urllib.parse import quote

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive.errors import ArchiveError
from archive.extract.charset import decode_text
from archive.extract.coding import TooLargeError, decode_body
from archive.model import Kind
from archive.revisit.rule import rules_last
from archive.urls import absolute, host_of
from crawler.download.budget import OutOfBudget
from crawler.run import INGESTED, KIND, Run

logger = logging.getLogger(__name__)

MAX_CRAWL_DELAY = "PRESSMARK_MAX_CRAWL_DELAY"
"""Setting: the longest Crawl-delay that is obeyed, in seconds (60 by default)."""

ROBOT_NAME = "Pressmark"
"""Our product token in robots.txt (RFC 9309 2.2.1)."""

MAX_PARSED_BYTES = 500 * 1024  # RFC 9309 2.5: at least this much has to be parsed
MAX_UNPACKED_BYTES = 8_000_000
"""A robots.txt is decompressed in the crawl's own process; real rules are much shorter."""
MAX_REDIRECTS = 5  # RFC 9309 2.3.1.2
MAX_SERVERS = 1_000
"""Policies in memory; a publisher has a handful of hosts, a list of URLs may have many."""

_REDIRECTS = {301, 302, 303, 307, 308}
# "*WordPress*" is no "*", but Google reads "* and more" as one.
_TOKEN = re.compile(r"[A-Za-z_-]+|\*(?=\s|$)")
_NO_LINE_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


class Disallowed(IgnoreRequest):
    """The server's robots.txt forbids the URL."""


class RobotsUnreachable(IgnoreRequest):
    """The robots.txt is not available now, so the URL may be fetched later only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the robots.txt at *url* allows until *expires_at* (``time.monotonic``).

    Without *rules* everything is allowed; with a *failure* nothing is allowed.
    """

    url: str
    expires_at: float = math.inf
    rules: Protego | None = None
    failure: Exception | None = None

    @property
    def crawl_delay_seconds(self) -> float:
        """The Crawl-delay for us; 0 when there is none."""
        return (self.rules and self.rules.crawl_delay(ROBOT_NAME)) or 0.0

    @property
    def reason(self) -> str:
        """The *failure* as a sentence that names the file."""
        cause = str(self.failure) or type(self.failure).__name__
        return f"no answer from {self.url}: {cause}"

    def check(self, url: str) -> None:
        """Raise ``Disallowed`` or ``RobotsUnreachable`` when *url* may not be fetched."""
        if self.failure is not None:
            raise RobotsUnreachable(self.reason)
        if self.rules is not None and not self.rules.can_fetch(url, ROBOT_NAME):
            raise Disallowed(f"disallowed by {self.url}")


def parse(text: str) -> Protego:
    """Return the rules of *text* for ``ROBOT_NAME``.

    Protego reads one group, that of our product token or of "*" (RFC 9309 2.2.1): it compares
    names in other ways, and ends a group at any line between its names. Only a rule ends the names
    of a group (RFC 9309 2.2). A Crawl-delay, which is no rule, is for the names just above it.
    """
    # Parsers take a tenth of a second to load, and the first request need not wait for them.
    from archive.extract.discovery.robots import directives

    ours, everyones = _Group(), _Group()
    reader = _GroupReader({ROBOT_NAME.lower(): ours, "*": everyones})
    for name, value in directives(text):
        reader.read(name, value)
    group = ours if ours.is_named else everyones
    return Protego.parse("\n".join([f"User-agent: {ROBOT_NAME}", *group.lines]))


class _Group:
    """The lines of all groups with one name, and whether there is any."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.is_named = False


class _GroupReader:
    def __init__(self, groups: dict[str, _Group]) -> None:
        self._groups = groups
        self._named: list[_Group] = []
        self._delayed: list[_Group] = []
        self._has_rule = self._has_line = False

    def read(self, name: str, value: str) -> None:
        """Read a line whose field is *name*."""
        if name == "user-agent":
            self._agent(value)
        elif name in {"allow", "disallow"}:
            self._has_rule = self._has_line = True
            self._add(self._named, f"{name}: {value}")
        elif name == "crawl-delay":
            self._has_line = True
            self._add(self._delayed, f"{name}: {value}")

    def _agent(self, value: str) -> None:
        if self._has_rule:
            self._named = []
        if self._has_line:
            self._delayed = []
        self._has_rule = self._has_line = False
        token = _TOKEN.match(value)
        group = self._groups.get(token[0].strip().lower()) if token else None
        if group is not None:
            group.is_named = True
            self._named.append(group)
            self._delayed.append(group)

    @staticmethod
    def _add(groups: list[_Group], line: str) -> None:
        for group in dict.fromkeys(groups):
            # Protego takes more characters for line ends than RFC 9309 does.
            group.lines.append(_NO_LINE_END.sub(lambda match: quote(match[0]), line))


def policy_of(
    url: str, status: int, body: bytes, content_encoding: str | None, *, complete: bool = True
) -> Policy:
    """Return what a response for *url* means (RFC 9309 2.3.1); *body* is still compressed.

    A body that is not *complete*, and is not too long either, may lack the rule that forbids. So it
    is a failure. 429 is a failure like 5xx, since it says nothing about the file. A response that
    is neither rules nor a failure, such as one redirect too many, allows everything.
    """
    if status >= 500 or status == 429:
        return Policy(url=url, failure=OSError(f"status {status}"))
    if not 200 <= status < 300:
        return Policy(url=url)
    try:
        content, _ = decode_body(body, content_encoding, limit=MAX_UNPACKED_BYTES)
    except TooLargeError:
        megabytes = MAX_UNPACKED_BYTES // 1_000_000
        return Policy(url=url, failure=OSError(f"unpacks to more than {megabytes} MB"))
    if not complete and len(content) < MAX_PARSED_BYTES:
        return Policy(url=url, failure=OSError(f"cut off after {len(content)} bytes"))
    if len(content) > MAX_PARSED_BYTES:
        # A part of a line could forbid what the whole line allows.
        text = decode_text(content[:MAX_PARSED_BYTES], None).text
        return Policy(url=url, rules=parse(text[: max(text.rfind("\n"), text.rfind("\r"), 0)]))
    return Policy(url=url, rules=parse(decode_text(content, None).text))


class RobotsMiddleware:
    """Downloader middleware: lets a request pass when its server's robots.txt allows it.

    Requests for robots.txt itself have ``meta[KIND] == Kind.ROBOTS`` and pass. A Crawl-delay that
    is longer than the configured delay becomes the delay of the server's downloader slot.
    """

    def __init__(self, crawler: Crawler, *, max_crawl_delay_seconds: float) -> None:
        self._crawler = crawler
        self._max_crawl_delay_seconds = max_crawl_delay_seconds
        self._fetches: dict[str, asyncio.Future[Policy]] = {}
        self._paced: dict[str, float] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the middleware of *crawler*, with its ``MAX_CRAWL_DELAY`` or 60 s."""
        return cls(
            crawler, max_crawl_delay_seconds=crawler.settings.getfloat(MAX_CRAWL_DELAY, 60.0)
        )

    async def process_request(self, request: Request) -> None:
        """Let *request* pass, or raise what ``Policy.check`` raises."""
        scheme = request.url.partition(":")[0]
        if request.meta.get(KIND) == Kind.ROBOTS or scheme not in {"http", "https"}:
            return
        policy = await self._policy(f"{scheme}://{host_of(request.url)}")
        try:
            policy.check(request.url)
        except IgnoreRequest as error:
            self._count(f"robots/{'disallowed' if type(error) is Disallowed else 'unreachable'}")
            raise
        self._pace(request, policy)

    async def _policy(self, origin: str) -> Policy:
        fetch = self._fetches.get(origin)
        if fetch is None or _is_stale(fetch):
            previous = self._fetches.pop(origin, None)
            fetch = asyncio.ensure_future(self._fetch(origin, previous))
            self._make_room()
            self._fetches[origin] = fetch
        # A cancelled request must not cancel the fetch that other requests wait for.
        return await asyncio.shield(fetch)

    def _make_room(self) -> None:
        done = [origin for origin, fetch in self._fetches.items() if fetch.done()]
        for origin in done[: max(len(self._fetches) - MAX_SERVERS + 1, 0)]:
            del self._fetches[origin]

    async def _fetch(self, origin: str, previous: asyncio.Future[Policy] | None) -> Policy:
        url = f"{origin}/robots.txt"
        self._count("robots/fetched")
        try:
            response = await self._get(url)
            policy = policy_of(
                url,
                response.status,
                response.body,
                _header(response, "Content-Encoding"),
                complete="dataloss" not in response.flags,
            )
        except Exception as error:  # noqa: BLE001 - RFC 9309 2.3.1.4: whatever the failure was
            policy = Policy(url=url, failure=error)
        if policy.failure is None:
            await self._note(origin, policy)
            return _until(policy, rules_last(was_fetched=True))
        logger.warning("%s could not be fetched: %r", url, policy.failure)
        if previous is not None and _is_sound(previous):  # RFC 9309 2.4: an old one may be used
            return _until(previous.result(), rules_last(was_fetched=False))
        is_held = await self._note(origin, policy)
        return _until(policy, rules_last(was_fetched=False, is_host_held=is_held))

    async def _note(self, origin: str, policy: Policy) -> bool:
        """Store that *origin* answers or fails; return whether the scheduler makes its URLs wait.

        Then nothing requests them before the next attempt. If the crawl is ending (no budget is
        left, a signal arrived, the disk is full), that is no failure of the server.
        """
        run = self._crawler.get_extension(Run)
        if run is None or run.error is not None or run.draining:
            return False
        if isinstance(policy.failure, OutOfBudget):
            return False
        try:
            if policy.failure is None:
                await run.hosts.answered(origin)
            else:
                await run.hosts.failed(origin, policy.reason, run.now())
        except ArchiveError as error:
            run.stop_for(error)
        # URLs that the operator names do not wait, so that many of them need one robots.txt only.
        return getattr(self._crawler.spider, "only", None) is None

    async def _get(self, url: str) -> Response:
        """Return the response for *url*, after at most five redirects."""
        target: str | None = url
        for _ in range(MAX_REDIRECTS + 1):
            assert target is not None
            response = await self._exchange(target)
            if response.status not in _REDIRECTS:
                break
            location = _header(response, "Location")
            target = absolute(response.url, location) if location else None
            if target is None:
                break
        return response

    async def _exchange(self, url: str) -> Response:
        """Return the response for *url* once its rows are committed, as a page's callback does.

        So the sitemaps in it are known before the first page is fetched, and no crawl ends while
        the file is still being read.
        """
        assert self._crawler.engine is not None
        request = _robots_request(url)
        try:
            return await self._crawler.engine.download_async(request)
        finally:
            rows = request.meta.get(INGESTED)
            if rows is not None:
                with suppress(ArchiveError):  # the error ends the crawl and is reported there
                    await asyncio.wrap_future(rows)

    def _pace(self, request: Request, policy: Policy) -> None:
        seconds = min(policy.crawl_delay_seconds, self._max_crawl_delay_seconds)
        if seconds <= 0:
            return
        assert self._crawler.engine is not None
        downloader = self._crawler.engine.downloader
        key = downloader.get_slot_key(request)
        if seconds <= self._paced.get(key, 0.0):
            return
        self._paced[key] = seconds
        logger.info("%s asks for %g s between requests", policy.url, policy.crawl_delay_seconds)
        # Scrapy removes a slot that is idle for a minute, and creates it again from these settings.
        # A jitter would allow delays below the Crawl-delay.
        configured = downloader.per_slot_settings.get(key, {})
        usual = configured.get("delay", self._crawler.settings.getfloat("DOWNLOAD_DELAY"))
        delay = max(seconds, float(usual))
        downloader.per_slot_settings[key] = {**configured, "delay": delay, "jitter": 0.0}
        slot = downloader.slots.get(key)
        if slot is not None:
            slot.delay, slot.jitter = delay, 0.0

    def _count(self, name: str) -> None:
        assert self._crawler.stats is not None
        self._crawler.stats.inc_value(name)


def _robots_request(url: str) -> Request:
    return Request(
        url,
        callback=NO_CALLBACK,
        # A spider may use Scrapy's redirect and retry middlewares, which must not handle this.
        # The handler limits the size, and keeps what arrived before the limit.
        meta={
            KIND: Kind.ROBOTS,
            "dont_redirect": True,
            "dont_retry": True,
            "download_maxsize": 0,
            "download_warnsize": 0,
            "download_fail_on_dataloss": False,
        },
        dont_filter=True,
    )


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return None if value is None else value.decode("utf-8", "replace")


def _until(policy: Policy, rest: timedelta) -> Policy:
    return Policy(
        url=policy.url,
        rules=policy.rules,
        failure=policy.failure,
        expires_at=monotonic() + rest.total_seconds(),
    )


def _is_sound(fetch: asyncio.Future[Policy]) -> bool:
    return fetch.done() and not fetch.cancelled() and fetch.result().failure is None


def _is_stale(fetch: asyncio.Future[Policy]) -> bool:
    return fetch.done() and (fetch.cancelled() or fetch.result().expires_at <= monotonic())
