"""One thing that a server does wrong, and what a sensible archive makes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from archive.model import Outcome
from tests.support.raw_server import Play
from tests.support.sites import page, prose

HOST = "hostile.test"
FOREIGN = "http://elsewhere.test"
"""Another publisher's; no connection may ever be made there."""
HTML = b"Content-Type: text/html; charset=utf-8"
XML = b"Content-Type: application/xml"

READ = frozenset({Outcome.ARTICLE})
LOST = frozenset({Outcome.ERROR})
REFUSED = frozenset({Outcome.BLOCKED})
MOVED = frozenset({Outcome.REDIRECT})
GIVEN_UP = frozenset({Outcome.FAILED})
EITHER = READ | LOST
"""Where browsers differ among themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Misdeed:
    """What is served at *url*, and what must come of it.

    The first capture of *witness* (*url*, if None) has one of *outcomes*, with a reason unless it
    is a plain success; *reason* and *skipped* are searched in that reason and in what the frontier
    says of *url*. *truncated* holds what WARC-Truncated may be; None leaves it open. The pages
    *leads_to* become articles; *says* stands in the article's text, *hides* on no row of the URL.
    With *fetched* False the URL is never asked for. *other* are replies at further targets.
    """

    kind: str
    name: str
    url: str
    play: Play | Callable[[], Play] | None = None
    outcomes: frozenset[Outcome] = frozenset()
    reason: str = ""
    skipped: str = ""
    truncated: frozenset[str | None] | None = None
    leads_to: tuple[str, ...] = ()
    says: str = ""
    hides: str = ""
    fetched: bool = True
    witness: str | None = None
    other: dict[str, Play] | None = None

    @property
    def id(self) -> str:
        """Kind and name, for people."""
        return f"{self.kind}: {self.name}"


def url_of(kind: str, name: str, host: str = HOST) -> str:
    """Return the URL at which a misdeed is found.

    All lie beside the good pages: no pattern of addresses tells them apart.
    """
    return f"http://{host}/{kind}-{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}/"


def served(kind: str, name: str, play: Play | Callable[[], Play], **facts: object) -> Misdeed:
    """Return a misdeed at an address of the usual form; it is to be an article if nothing else."""
    given = {"outcomes": READ, "url": url_of(kind, name), **facts}
    return Misdeed(kind=kind, name=name, play=play, **given)  # type: ignore[arg-type]


def story(name: str, *, body: str = "", head: str = "", lang: str = "en") -> str:
    """A page that can be read, with *body* behind its prose."""
    return page(f"The affair of {name}", body=prose(name) + body, head=head, lang=lang)


def sized(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    """A whole reply, with the length of *body* told truly."""
    lines = (b"HTTP/1.1 " + status, *headers, b"Content-Length: %d" % len(body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def html(text: str | bytes, *headers: bytes, status: bytes = b"200 OK") -> Play:
    """A whole page of HTML."""
    body = text.encode() if isinstance(text, str) else text
    return Play(sized(body, *(headers or (HTML,)), status=status))


def found_at(name: str) -> str:
    """The URL of a good page that only the misdeed *name* names."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return f"http://{HOST}/found-by-way-of-{slug}/"
