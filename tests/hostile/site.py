"""The hostile site: twenty good pages, and beside them everything that can be done wrong."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Self

from tests.hostile.coding import CHARSETS, CODINGS
from tests.hostile.markup import PARSERS, READERS
from tests.hostile.misdeed import HOST, Misdeed, html
from tests.hostile.places import ADDRESSES, HOSTS, PORT, REDIRECTS
from tests.hostile.servers import CUT_HOST, LOOPS, OVER_TLS, ROBOTS, TLS
from tests.hostile.sources import FEEDS, SITEMAPS
from tests.hostile.transport import PAGE_BYTES, TRANSPORT
from tests.hostile.traps import TRAPS
from tests.support.certificates import Authority
from tests.support.raw_server import Heard, Play, RawServer
from tests.support.sites import listing, page, write_profile, write_settings

MISDEEDS = (
    *TRANSPORT,
    *CODINGS,
    *CHARSETS,
    *PARSERS,
    *SITEMAPS,
    *FEEDS,
    *REDIRECTS,
    *ADDRESSES,
    *ROBOTS,
    *LOOPS,
    *OVER_TLS,
    *READERS,
)
GOOD = {f"/good-story-{number}/": f"The good story {number}" for number in range(20)}
"""Headlines of the untouched pages, by path."""
SITE = f"http://{HOST}"
_NOWHERE = Play(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
_PLAIN_HTTP = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"


class Inside:
    """Listeners on this machine that count who connects; nobody may. ``port`` is that of all."""

    def __init__(self) -> None:
        self.connections: list[str] = []
        first = socket.create_server(("127.0.0.1", 0))
        self.port = int(first.getsockname()[1])
        self._listeners = [first, socket.create_server(("127.0.0.2", self.port))]
        with suppress(OSError):  # a machine without IPv6
            self._listeners.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))

    def __enter__(self) -> Self:
        for listener in self._listeners:
            threading.Thread(target=self._count, args=(listener,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for listener in self._listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _count(self, listener: socket.socket) -> None:
        while True:
            try:
                connection, peer = listener.accept()
            except OSError:
                return
            self.connections.append(f"{listener.getsockname()} from {peer}")
            connection.close()


class Blunt:
    """Answers whatever comes first with *answer*, and hangs up."""

    def __init__(self, answer: bytes) -> None:
        self._answer, self._listener = answer, socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(65_536)
                connection.sendall(self._answer)


class HostileSite:
    """What the servers play; *inside* is the port that stands for ``PORT`` in whatever is said."""

    def __init__(self, inside: int, misdeeds: Iterable[Misdeed] = MISDEEDS) -> None:
        self.misdeeds, self._inside = tuple(misdeeds), inside
        self._large = {m.id: m.play() for m in self.misdeeds if callable(m.play)}
        self._plays: dict[str, Misdeed | Play] = {}
        for misdeed in self.misdeeds:
            self._plays[misdeed.url.partition("://")[2]] = misdeed
            for target, play in (misdeed.other or {}).items():
                self._plays[HOST + target if target.startswith("/") else target] = play
            for url in misdeed.leads_to:
                name = url.rstrip("/").rpartition("/")[2]
                self._plays[url.partition("://")[2]] = html(page(f"What was {name}"))
        self._plays |= {HOST + path: html(page(headline)) for path, headline in GOOD.items()}
        self._plays |= dict(self._contents())

    def __call__(self, heard: Heard) -> Play:
        """Return what is played for *heard*, by its host and target."""
        host = re.search(rb"\r\n[Hh]ost: *([^\r\n]+)", heard.request)
        where = (host[1].decode("latin-1") if host else HOST) + heard.target
        for trap in TRAPS:
            if where.startswith(HOST + trap.below):
                return trap.play(heard)
        found = self._plays.get(where, _NOWHERE)
        if isinstance(found, Misdeed):
            found = self._made(found)
        pieces = (
            piece.replace(b"%d" % PORT, b"%d" % self._inside) if isinstance(piece, bytes) else piece
            for piece in found.pieces
        )
        return Play(*pieces, then=found.then)

    def _made(self, misdeed: Misdeed) -> Play:
        """Return the play of *misdeed*; what is large was made before anybody asked."""
        play = misdeed.play
        return play if isinstance(play, Play) else self._large[misdeed.id]

    def _contents(self) -> Iterator[tuple[str, Play]]:
        """Yield what names all of it: the front page, a page of links for each kind, robots.txt."""
        kinds: dict[str, list[str]] = {"trap": [trap.entrance for trap in TRAPS]}
        for misdeed in self.misdeeds:
            kinds.setdefault(misdeed.kind, []).append(misdeed.url)
        maps, feeds = kinds.pop("sitemap", ()), kinds.pop("feed", ())
        rows = "".join(f"Sitemap: {url}\n" for url in maps)
        yield (
            HOST + "/robots.txt",
            html(f"User-agent: *\nAllow: /\n{rows}", b"Content-Type: text/plain"),
        )
        named = "".join(
            f'<link rel="alternate" type="application/rss+xml" href="{url}">' for url in feeds
        )
        front = listing(*GOOD, *(f"/all-of-{kind.lower()}/" for kind in kinds))
        yield HOST + "/", html(front.replace("</title>", f"</title>{named}"))
        for kind, urls in kinds.items():
            yield f"{HOST}/all-of-{kind.lower()}/", html(listing(*urls, title=f"All of {kind}"))


def write_home(home: Path, inside: int) -> None:
    """Write profile and settings of an archive of the site: its limits are those of a test."""
    hosts = [host.replace(str(PORT), str(inside)) for host in HOSTS]
    hosts += [misdeed.url.split("/")[2] for misdeed in MISDEEDS]
    ours = sorted({host for host in hosts if host not in {HOST, "elsewhere.test"}})
    listed = ", ".join(f'"{host}"' for host in ours)
    write_profile(home, "hostile", hosts=f"[{listed}]", concurrent_requests=16, max_depth=40)
    write_settings(
        home,
        extract_timeout_seconds=8,
        extract_memory_bytes=600_000_000,
        page_bytes=PAGE_BYTES,
        sitemap_bytes=8_000_000,
        workers=2,
    )


@contextmanager
def served_site(folder: Path, site: HostileSite) -> Iterator[tuple[RawServer, list[str], Path]]:
    """Serve *site*; give its server, the mappings for ``--connect-to`` and the authority's file."""
    (folder / "own").mkdir(parents=True)
    ours, own = Authority(folder), Authority(folder / "own")
    with ExitStack() as stack:
        server = stack.enter_context(RawServer(site))
        names = {m.url.split("/")[2] for m in site.misdeeds if m.url.startswith("http://")}
        plain = {name for name in names if name.endswith(".test")} | {HOST}
        mappings = [f"{name}:80:127.0.0.1:{server.port}" for name in sorted(plain)]
        for host, (context, _) in TLS.items():
            tls = context(ours, own)
            answer = b"" if host == CUT_HOST else _PLAIN_HTTP
            other = RawServer(site, tls=tls) if tls else Blunt(answer)
            stack.enter_context(other)
            mappings.append(f"{host}:443:127.0.0.1:{other.port}")
        yield server, mappings, ours.file
