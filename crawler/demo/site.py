"""The demo site as a pure function of a request and a day.

Links begin with the host of the request, so the same site serves a crawl of ``http://demo.test/``
and a browser on loopback.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

from crawler.demo.newsroom.chronicle import Chronicle
from crawler.demo.newsroom.edition import Edition, Frame, plain_edition
from crawler.demo.newsroom.stories import StaticPage, Story, read_pages
from crawler.demo.publisher import DEMO_HOST, Publisher, read_publisher
from crawler.demo.reply import Reply, Resource, reply_to
from crawler.demo.routes import Routes

_HOST = re.compile(r"[A-Za-z0-9.-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")


class DemoSite:
    """Answers requests for the demo publisher as it is on *day*; `set_day` moves its clock.

    If *stories* are given, the site has no clock and shows only these stories. *frame* is what
    surrounds the stories at first.
    """

    def __init__(
        self,
        stories: tuple[Story, ...] | None = None,
        publisher: Publisher | None = None,
        pages: tuple[StaticPage, ...] | None = None,
        *,
        day: int = 0,
        frame: Frame | None = None,
    ) -> None:
        self._publisher = publisher or read_publisher()
        self._pages = read_pages(publisher=self._publisher) if pages is None else pages
        self._chronicle = Chronicle(self._publisher, frame=frame) if stories is None else None
        if stories is None:
            self.set_day(day)
        else:
            frame = frame or Frame(year=self._publisher.year)
            self._open(plain_edition(self._publisher, stories, frame))

    @property
    def day(self) -> int:
        """The day that requests see."""
        return self._routes.edition.day

    def set_day(self, day: int) -> None:
        """Move the clock to *day*, forward or back; a request sees either the old or the new day.

        Raises ``ValueError`` for a *day* before day 0, and if the site has no clock.
        """
        if self._chronicle is None:
            raise ValueError("a site of given stories has no clock")
        if day < 0:
            raise ValueError(f"day {day}: the demo's clock begins on day 0")
        self._open(self._chronicle.edition(day))

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        """Return the reply to a request for *target*, a path or an absolute URL.

        Methods other than GET and HEAD are refused with 405, an invalid Host with 400.
        """
        sent = {name.lower(): value for name, value in headers.items()}
        parts = urlsplit(target) if not target.startswith("//") else urlsplit("http:" + target)
        host = parts.netloc or sent.get("host", DEMO_HOST)
        if not _HOST.fullmatch(host):
            return reply_to(method, sent, _plain(400, "Bad Request"))
        if method not in {"GET", "HEAD"}:
            return reply_to(method, sent, _plain(405, "Method Not Allowed", ("Allow", "GET, HEAD")))
        path = unquote(parts.path) or "/"
        return reply_to(method, sent, self._routes.resource(host, path, parts.query))

    def _open(self, edition: Edition) -> None:
        # A single assignment, so a request that has begun keeps its edition.
        self._routes = Routes(self._publisher, edition, self._pages)


def _plain(status: int, text: str, *headers: tuple[str, str]) -> Resource:
    return Resource(
        body=f"{text}\n".encode(),
        content_type="text/plain; charset=UTF-8",
        status=status,
        headers=headers,
    )
