"""What our own limits of size and time cut is kept up to the cut, and the record says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from tests.crawler.wire.conftest import reply
from tests.support.raw_server import Play, RawServer, Then
from tests.support.recorded import Recorded, by_url
from tests.support.sites import write_settings
from tests.support.wire_crawl import crawl

LIMIT = 200_000
SPOOLED = 50_000
ENDLESS = tuple(b"%08d" % number * 4096 for number in range(400))  # 13 MB, more than sockets hold
HEAD_BYTES = len(reply(b"e" * LIMIT)) - LIMIT

LONG = {
    "/sized": Play(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n", *ENDLESS),
    "/unsized": Play(b"HTTP/1.1 200 OK\r\n\r\n", *ENDLESS),
    "/chunked": Play(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        *(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in ENDLESS),
    ),
    "/head": Play(b"HTTP/1.1 200 OK\r\n", *(b"X-A: %b\r\n" % piece for piece in ENDLESS)),
    "/interim": Play(*(b"HTTP/1.1 103 Hints\r\nX: %b\r\n\r\n" % piece for piece in ENDLESS)),
    "/one-too-many": Play(reply(b"e" * (LIMIT - HEAD_BYTES + 1))),
}
WHOLE = {
    "/just-in-time": Play(reply(b"e" * (LIMIT - HEAD_BYTES))),
    "/spooled": Play(reply(b"s" * (SPOOLED * 2))),
}
LATE = {
    "/silent": Play(then=Then.WAIT),
    "/slow": Play(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n", b"begun", then=Then.WAIT),
    "/slow-spooled": Play(reply(b"t" * (SPOOLED * 3))[:-1], then=Then.WAIT),
    "/slow-chunk": Play(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nbegun\r\n9", then=Then.WAIT
    ),
    "/slow-head": Play(b"HTTP/1.1 200 OK\r\nContent-Len", then=Then.WAIT),
    "/never-closed": Play(b"HTTP/1.1 200 OK\r\n\r\n", b"all that there is", then=Then.WAIT),
}
HEADS = {
    "/head-sized": Play(b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\nX-A:1\r\n\r\n"),
    "/head-chunked": Play(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "/head-missing": Play(b"HTTP/1.1 404 Nope\r\n\r\n"),
    "/head-with-a-body": Play(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour"),
}


@dataclass(frozen=True, slots=True)
class Limited:
    """What one crawl under small limits recorded, and what its server heard and sent."""

    recorded: Mapping[str, Recorded]
    server: RawServer

    def sent(self, target: str) -> bytes:
        return self.server.heard(target)[0].answer


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Limited:
    home = tmp_path_factory.mktemp("limited")
    write_settings(home, page_bytes=LIMIT, spool_bytes=SPOOLED)
    plays = {**LONG, **WHOLE, **LATE, **HEADS}
    with RawServer(plays) as server:
        urls, heads = ([server.url + target for target in some] for some in (plays, HEADS))
        crawl(
            home,
            [url for url in urls if url not in heads],
            heads=heads,
            site=f"{server.url}/",
            allow=[server.netloc],
            settings={"DOWNLOAD_TIMEOUT": 3},
        )
    found = by_url(home)
    return Limited({target: found[server.url + target][0] for target in plays}, server)


each = pytest.mark.parametrize


@each("target", LONG)
def test_a_reply_past_the_limit_is_cut_at_exactly_that_byte(target: str, limited: Limited) -> None:
    exchange = limited.recorded[target]

    sent = limited.sent(target)
    truncated = exchange.get("WARC-Truncated") or exchange.notes["truncated"]
    assert truncated == "length"
    assert exchange.notes["error"] == f"longer than {LIMIT} bytes"
    if exchange.type == "response":
        assert exchange.received == sent[:LIMIT]
    else:  # a head without an end is no message: its beginning is kept, and its length
        assert exchange.notes["unparsed-reply-length"] == str(LIMIT)
        assert exchange.received == sent[:65_536]


@each("target", [target for target in LONG if target != "/one-too-many"])
def test_a_reply_is_cut_while_it_streams(target: str, limited: Limited) -> None:
    (heard,) = limited.server.heard(target)

    assert heard.cut
    assert heard.sent < len(heard.play.wire)


@each("target", WHOLE)
def test_a_reply_of_just_the_limit_is_whole(target: str, limited: Limited) -> None:
    exchange = limited.recorded[target]

    assert exchange.received == limited.sent(target)
    assert exchange.get("WARC-Truncated") is None
    assert "error" not in exchange.notes


@each("target", LATE)
def test_a_reply_that_takes_too_long_is_kept_as_far_as_it_came(
    target: str, limited: Limited
) -> None:
    exchange = limited.recorded[target]

    (heard,) = limited.server.heard(target)
    assert exchange.request == heard.request
    assert exchange.received == heard.answer == heard.play.wire
    assert "longer than 3" in exchange.notes["error"]
    assert heard.cut
    truncated = exchange.get("WARC-Truncated") or exchange.notes.get("truncated")
    assert truncated == (None if target == "/silent" else "time")


@each("target", HEADS)
def test_an_answer_to_head_is_whole_without_a_body(target: str, limited: Limited) -> None:
    exchange = limited.recorded[target]

    (heard,) = limited.server.heard(target)
    assert heard.request.startswith(b"HEAD ")
    assert exchange.request == heard.request
    assert exchange.received == heard.answer == heard.play.wire
    assert exchange.response == heard.answer.removesuffix(b"four")
    assert exchange.get("WARC-Truncated") is None
