from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.model import Exchange
from archive.warc.http import Framing, parse_head, parse_message, payload_of


def test_header_fields_keep_their_order_case_and_repetition() -> None:
    head, _ = parse_head(b"HTTP/1.1 200 OK\r\nB:2\r\na: 1\r\nb:  3 \r\n\r\n") or pytest.fail(
        "no message"
    )

    assert head.fields == (("B", "2"), ("a", "1"), ("b", "3"))
    assert head.get("b") == "2"


def test_folded_lines_are_joined_and_lines_without_a_colon_are_no_field() -> None:
    raw = (
        b"HTTP/1.1 200 OK\r\n x: y\r\nLong: one\r\n\t two\r\nnothing\r\n folded\r\nA: \xe9\r\n\r\n"
    )

    head, end = parse_head(raw) or pytest.fail("no message")

    assert head.fields == (("Long", "one two"), ("A", "é"))
    assert end == len(raw)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("line", [b" a\r\n", b"a:\n", b"x: y\r\n z\r\n"])
def test_a_head_of_very_many_lines_takes_no_more_than_its_share_of_time(line: bytes) -> None:
    raw = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nA: 1\r\n" + line * 1_000_000 + b"\r\nfour"

    message = parse_message(raw) or pytest.fail("no message")

    assert message.payload(raw) == b"four"
    assert len(message.head.fields) <= 10_000


def test_codings_are_named_in_order_over_repeated_fields() -> None:
    raw = (
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, BR\r\ncontent-encoding: zorp\r\n"
        b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"
    )

    message = parse_message(raw) or pytest.fail("no message")

    assert message.head.tokens("Content-Encoding") == ("gzip", "br", "zorp")
    assert message.head.tokens("Transfer-Encoding") == ("gzip", "chunked")


@pytest.mark.parametrize(
    ("head", "framing"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", Framing.LENGTH),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", Framing.CHUNKED),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", Framing.CLOSE),
        (b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", Framing.CLOSE),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", Framing.NONE),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Framing.NONE),
    ],
)
def test_what_frames_a_body_is_as_rfc_9112_says(head: bytes, framing: Framing) -> None:
    message = parse_message(head)

    assert message is not None
    assert message.framing is framing


def test_an_exchange_without_a_reply_has_no_status_and_an_error() -> None:
    moment = datetime(2026, 3, 1, tzinfo=UTC)

    payload = payload_of(Exchange(url="http://a.test/", date=moment))

    assert (payload.status, payload.body, payload.error) == (None, b"", "no reply")


@given(
    parts=st.lists(st.binary(min_size=1, max_size=40), max_size=6),
    extension=st.sampled_from([b"", b";a=b", b' ; q="x"']),
    line_end=st.sampled_from([b"\r\n", b"\n"]),
    after=st.binary(max_size=20),
)
def test_chunks_of_any_bytes_are_joined_and_their_end_is_found(
    parts: list[bytes], extension: bytes, line_end: bytes, after: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    chunks = b"".join(b"%x%b%b%b%b" % (len(p), extension, line_end, p, line_end) for p in parts)
    body = chunks + b"0" + line_end + b"X-Trailer: 1" + line_end + line_end

    message = parse_message(head + body + after) or pytest.fail("no message")

    assert message.complete
    assert message.payload(head + body + after) == b"".join(parts)
    assert message.payload_bytes == sum(map(len, parts))
    assert message.end == len(head + body)


@given(raw=st.binary(max_size=200), method=st.sampled_from(["GET", "HEAD"]))
def test_any_bytes_behind_a_status_line_are_cut_without_losing_one(raw: bytes, method: str) -> None:
    wire = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n" + raw

    message = parse_message(wire, method)

    if message is not None:
        assert 0 <= message.start <= message.body_start <= message.end <= message.total == len(wire)
        assert len(message.payload(wire)) == message.payload_bytes


@pytest.mark.parametrize("before", [b"\r\n", b"\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n\r\n"])
@pytest.mark.parametrize("framing", [b"Content-Length: 5\r\n\r\nprose", b"\r\nprose"])
def test_empty_lines_before_a_message_are_skipped_and_counted(
    before: bytes, framing: bytes
) -> None:
    wire = before + b"HTTP/1.1 200 OK\r\n" + framing

    message = parse_message(wire) or pytest.fail("no message")

    assert wire[: message.start] == before
    assert message.payload(wire) == b"prose"
    assert message.complete


@pytest.mark.parametrize(
    "wire", [b"\r\n", b"\r\n\r\n", b"\r\nno HTTP", b" HTTP/1.1 200 OK\r\n\r\n"]
)
def test_empty_lines_alone_are_no_message(wire: bytes) -> None:
    assert parse_message(wire) is None
