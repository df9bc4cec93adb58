"""A recorded body is judged by its bytes, whatever the headers beside it say."""

from __future__ import annotations

import gzip
import zlib

import brotli
import pytest

from archive.warc.bodies import decoded
from archive.warc.http import Framing, parse_message, payload_of
from tests.support.stores import exchange

PAGE = b"<!doctype html><html><body><p>The tide table hangs in the hall.</p></body></html>"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def recorded(headers: bytes, body: bytes) -> bytes:
    """Return what a foreign reply says its payload is."""
    raw = HEAD + headers + b"\r\n" + body
    message = parse_message(raw, is_foreign=True)
    assert message is not None
    assert message.complete
    return message.payload(raw)


def chunks(body: bytes, size: int = 30, eol: bytes = b"\r\n") -> bytes:
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    coded = b"".join(b"%x" % len(piece) + eol + piece + eol for piece in pieces)
    return coded + b"0" + eol + eol


@pytest.mark.parametrize(
    "body",
    [
        PAGE,
        b"\n" + PAGE,
        b"\r\n\r\n" + PAGE,
        b"2026\r\n" + PAGE,
        b"2026\n" + PAGE,
        b"ADD\n" + PAGE,
        b"beef prices rose again\n",
        b"ca\r\nfes are open until ten\r\n",
        b"a\nshort poem\nof five\nlines\nonly\n",
        b"0\n\nis the first line of this file, and more follows\n",
        b"f;g\r\nis no chunk extension here\r\n",
        b"7\r\n",
        b'{"page": 1}',
        b"\xef\xbb\xbf" + PAGE,
    ],
)
def test_a_body_without_its_chunks_is_taken_whole(body):
    assert recorded(b"Transfer-Encoding: chunked\r\n", body) == body


@pytest.mark.parametrize("eol", [b"\r\n", b"\n"])
@pytest.mark.parametrize("size", [1, 30, 1_000])
def test_a_body_with_its_chunks_is_taken_without_them(eol, size):
    assert recorded(b"Transfer-Encoding: chunked\r\n", chunks(PAGE, size, eol)) == PAGE
    followed = chunks(PAGE, size, eol) + b"\r\n"
    assert recorded(b"Transfer-Encoding: chunked\r\n", followed) == PAGE


@pytest.mark.parametrize(
    "body", [PAGE, b"\n" + PAGE, b"%PDF-1.4 \x00\x01", b"\x1f\x8b" + bytes(60)]
)
def test_chunks_that_break_off_are_still_chunks_and_incomplete(body):
    raw = HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"8000\r\n" + body[:60]
    message = parse_message(raw, is_foreign=True)

    assert message is not None
    assert (message.framing, message.complete) == (Framing.CHUNKED, False)
    assert message.payload(raw) == body[:60]


@pytest.mark.parametrize("coding", [b"gzip", b"x-gzip", b"br", b"deflate", b"zstd", b"unheard-of"])
@pytest.mark.parametrize("length", [7, 60, 5_000])
def test_a_decoded_body_is_whole_whatever_length_its_headers_name(coding, length):
    headers = b"Content-Encoding: %b\r\nContent-Length: %d\r\n" % (coding, length)

    assert recorded(headers, PAGE) == PAGE


@pytest.mark.parametrize(
    ("coding", "code"),
    [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"deflate", zlib.compress)],
)
def test_a_coded_body_that_is_too_short_is_incomplete(coding, code):
    coded = code(PAGE * 20)
    headers = b"Content-Encoding: %b\r\nContent-Length: %d\r\n\r\n" % (coding, len(coded) + 9)
    message = parse_message(HEAD + headers + coded, is_foreign=True)

    assert message is not None
    assert not message.complete


def test_a_body_longer_than_its_length_is_whole_but_for_a_line_end_behind_it():
    headers = b"Content-Length: %d\r\n" % len(PAGE)

    assert recorded(headers, PAGE + PAGE) == PAGE + PAGE
    assert recorded(headers, PAGE + b"\r\n") == PAGE


def test_a_head_without_an_empty_line_is_a_reply_without_a_body():
    message = parse_message(b"HTTP/1.1 304 Not Modified\r\nETag: x", is_foreign=True)

    assert message is not None
    assert (message.head.status, message.head.get("ETag")) == (304, "x")


def test_headers_that_are_not_true_of_a_body_are_not_shown_to_extraction():
    raw = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 5000\r\n\r\n" + PAGE
    foreign = payload_of(exchange(0, raw, is_foreign=True))
    ours = payload_of(exchange(0, raw))

    assert foreign.body == PAGE
    assert [name for name, _ in foreign.headers] == ["Content-Type", "Content-Encoding"]
    assert ours.header("Content-Length") == "5000"


@pytest.mark.parametrize(
    ("coding", "code"),
    [("gzip", gzip.compress), ("br", brotli.compress), ("deflate", zlib.compress)],
)
def test_a_body_is_decoded_in_pieces_however_it_arrives(coding, code):
    coded = code(PAGE * 5_000)
    pieces = [coded[start : start + 100] for start in range(0, len(coded), 100)]

    steps = list(decoded(pieces, coding))

    assert b"".join(steps) == PAGE * 5_000
    assert max(map(len, steps)) <= 1 << 17
    assert b"".join(decoded([coded[:-9]], coding)) != b""
    assert list(decoded([b"no such thing"], coding)) in ([], [b""])


@pytest.mark.parametrize("cut", range(1, 14))
def test_a_body_that_breaks_off_between_two_chunks_is_still_chunked_and_incomplete(cut):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    raw = head + b"e\r\n<p>One half.  \r\n00000e;a=b\r\n"[: -cut or None]

    message = parse_message(raw, is_foreign=True)

    assert message is not None
    assert (message.is_bare, message.complete) == (False, False)
    assert message.payload(raw) == b"<p>One half.  "
