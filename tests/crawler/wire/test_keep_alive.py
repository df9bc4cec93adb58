"""Many exchanges over few connections: none gets a byte of another."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.raw_server import Heard, Play, RawServer
from tests.support.recorded import by_url
from tests.support.wire_crawl import crawl

EXCHANGES = 2_500
AT_ONCE = 16


def unique(heard: Heard) -> Play:
    """A reply that only this request gets, in one of four framings, often in two pieces."""
    name = heard.target.encode()
    body = b" ".join(
        sha256(name + b"%d" % n).hexdigest().encode() for n in range(1 + len(name) % 7)
    )
    number = int(heard.target.removeprefix("/x-"))
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Name: %b\r\n" % name
    if number % 2:
        framed = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)
    else:
        framed = b"Content-Length: %d\r\n\r\n%b" % (len(body), body)
    if number % 4 < 2:
        return Play(head + framed)
    return Play(head[: number % 40 + 10], 0.001, head[number % 40 + 10 :] + framed)


@pytest.mark.slow
def test_2500_exchanges_over_16_connections_are_not_mixed_up(tmp_path: Path) -> None:
    targets = [f"/x-{number}" for number in range(EXCHANGES)]

    with RawServer(
        lambda heard: Play(_MISSING) if "robots" in heard.target else unique(heard)
    ) as server:
        ended = crawl(
            tmp_path,
            [server.url + target for target in targets],
            site=f"{server.url}/",
            allow=[server.netloc],
            concurrent=AT_ONCE,
        )
        found = by_url(tmp_path)

    heard = {one.target: one for one in server.all_heard if one.target != "/robots.txt"}
    assert Counter(one.target for one in server.all_heard) == Counter([*targets, "/robots.txt"])
    mixed_up = [
        target
        for target in targets
        for exchange in found[server.url + target]
        if (exchange.request, exchange.received) != (heard[target].request, heard[target].answer)
    ]
    assert mixed_up == []
    assert sum(len(exchanges) for exchanges in found.values()) == EXCHANGES + 1
    assert AT_ONCE // 2 < server.connections <= AT_ONCE
    assert ended.exit == "done"


_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
