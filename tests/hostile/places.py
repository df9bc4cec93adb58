"""Redirects that lead nowhere or where nobody may go, and links to the crawler's own neighbours.

``PORT`` stands for the port of the listeners that must never see a connection.
"""

from __future__ import annotations

from typing import Any

from archive.model import Outcome
from tests.hostile.misdeed import (
    FOREIGN,
    HOST,
    HTML,
    LOST,
    MOVED,
    Misdeed,
    found_at,
    html,
    served,
    sized,
    url_of,
)
from tests.support.raw_server import Play

PORT = 49_999
"""Replaced by the listeners' port before anything is served."""
SITE = f"http://{HOST}"
NO_URL = "no http URL"
_NEVER_CONNECTED = r"not connected to|another host|no answer from"


def _to(location: bytes | None, *headers: bytes, status: bytes = b"302 Found") -> Play:
    lines = headers if location is None else (b"Location: " + location, *headers)
    return Play(sized(b"moved", HTML, *lines, status=status))


def _redirect(name: str, location: bytes | None, **facts: Any) -> Misdeed:
    return served("redirect", name, _to(location), **{"outcomes": MOVED, **facts})


def _leading(name: str, location: str, encoding: str = "utf-8", **facts: Any) -> Misdeed:
    return _redirect(name, location.encode(encoding), leads_to=(found_at(name),), **facts)


def _chain(length: int) -> dict[str, Play]:
    return {
        f"/hop-{n}-of-the-chain/": _to(b"/hop-%d-of-the-chain/" % (n + 1)) for n in range(length)
    }


def _refresh(name: str, content: str, **facts: Any) -> Misdeed:
    text = f'<html><head><meta http-equiv="refresh" content="{content}"></head><body></body></html>'
    return served("redirect", name, html(text), **{"outcomes": MOVED, **facts})


_RING = "/redirect-in-a-ring/"

REDIRECTS = (
    _redirect("to itself", url_of("redirect", "to itself").encode(), outcomes=MOVED | LOST,
              reason="itself"),
    _redirect("to itself with a fragment", b"#top", outcomes=MOVED | LOST, reason="itself"),
    _redirect("ring", _RING.encode(), other={_RING: _to(b"/redirect-ring/")}),
    _redirect("chain of a hundred", b"/hop-0-of-the-chain/", other=_chain(100)),
    _redirect("to a script", b"javascript:alert(1)", outcomes=LOST, reason=NO_URL),
    _redirect("to data", b"data:text/html,<p>x", outcomes=LOST, reason=NO_URL),
    _redirect("to a file", b"file:///etc/passwd", outcomes=LOST, reason=NO_URL),
    _redirect("to FTP", b"ftp://elsewhere.test/x", outcomes=LOST, reason=NO_URL),
    _redirect("to a mail", b"mailto:a@b.test", outcomes=LOST, reason=NO_URL),
    _redirect("to escapes", b"foo:\x1b]0;owned\x07\x9b31m", outcomes=LOST, reason=NO_URL),
    _redirect("to a broken address", b"http://[::1", outcomes=LOST, reason=NO_URL),
    _redirect("to a port that is none", b"http://hostile.test:99999/", outcomes=LOST,
              reason=NO_URL),
    _redirect("to NULs", b"/a\0b\0/"),
    _redirect("to control characters", b"/a\x1b[31m\x07/"),
    _redirect("to 10 kB", b"/" + b"x" * 10_000, outcomes=MOVED | LOST),
    _redirect("nowhere", None, outcomes=LOST, reason="without a Location"),
    _redirect("empty", b"", outcomes=MOVED | LOST),
    _redirect("to another publisher", FOREIGN.encode() + b"/story/"),
    _redirect("to many", b"/good-story-1/\r\nLocation: /good-story-2/"),
    _leading("without a scheme", f"//{HOST}{found_at('without a scheme').removeprefix(SITE)}"),
    _leading("relative", ".." + found_at("relative").removeprefix(SITE)),
    _leading("with spaces around", f"  \t{found_at('with spaces around')} \t "),
    _leading("with backslashes",
             SITE + found_at("with backslashes").removeprefix(SITE).replace("/", "\\")),
    _leading("with dots", SITE + "/a/../b/./.." + found_at("with dots").removeprefix(SITE)),
    _leading("in capitals", found_at("in capitals").replace("http://hostile", "HTTP://HOSTILE")),
    *(
        _redirect(f"to the house {n}", place.encode())
        for n, place in enumerate(
            (
                "http://169.254.169.254/latest/meta-data/", "http://127.0.0.1:22/",
                f"http://127.0.0.1:{PORT}/", f"http://[::1]:{PORT}/", f"http://2130706433:{PORT}/",
                f"http://0x7f000001:{PORT}/", f"http://017700000001:{PORT}/",
                f"http://127.1:{PORT}/", f"http://{HOST}@127.0.0.1:{PORT}/",
                f"http://127.0.0.1:{PORT}\\@{HOST}/", f"//127.0.0.1:{PORT}/",
                f"http://{HOST}:{PORT}/", f"http://localhost:{PORT}/",
            )
        )
    ),
    _refresh("refresh to itself", "0", outcomes=frozenset(Outcome) - {Outcome.ARTICLE}),
    _refresh("refresh to a script", "0; url=javascript:alert(1)",
             outcomes=frozenset(Outcome) - {Outcome.ARTICLE}),
    _refresh("refresh to the house", f"0;URL='http://127.0.0.1:{PORT}/'"),
    _refresh("refresh in a ring", f"0; url={url_of('redirect', 'refresh in a ring')}",
             outcomes=frozenset(Outcome) - {Outcome.ARTICLE}),
)  # fmt: skip

INSIDE = (
    "127.0.0.1", "127.0.0.2", "[::1]", "2130706433", "0x7f000001", "0x7f.1", "017700000001",
    "127.1", "127.0.1", "0177.0.0.1", "[::ffff:7f00:1]", "[::]", "0.0.0.0",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "localhost", "127.0.0.1.",
)  # fmt: skip
"""Ways to write an address of this machine."""
NEARBY = (
    "169.254.169.254", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "168.63.129.16",
    "[fe80::1]", "[fd00:ec2::254]", "224.0.0.1", "255.255.255.255",
)  # fmt: skip
"""Addresses that no page may make us fetch, on the usual port."""
HOSTS = (*(f"{name}:{PORT}" for name in INSIDE), "127.0.0.1:22", *NEARBY)
"""All of them are hosts of the publisher, by its profile: nothing but the guard stands between."""

ADDRESSES = tuple(
    Misdeed(
        kind="address",
        name=f"a link to {host}",
        url=f"http://{host}/story/",
        skipped=_NEVER_CONNECTED,
        fetched=False,
    )
    for host in HOSTS
)
