"""Content codings and conditional requests, as RFC 9110 has them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.demo.reply import Resource, reply_to

NOON = datetime(2025, 11, 3, 12, 0, 0, tzinfo=UTC)
PAGE = Resource(
    body=b"body " * 100, content_type="text/html", modified=NOON, codings=("br", "gzip")
)


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("identity", None),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("GZIP, BR;q=0.0", "gzip"),
        ("br;q=0.1, gzip;q=1.0", "br"),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("zstd", None),
    ],
)
def test_brotli_is_preferred_where_it_is_accepted(accepted, coding):
    reply = reply_to("GET", {"accept-encoding": accepted}, PAGE)

    assert reply.header("Content-Encoding") == coding


def test_a_coded_body_has_a_weak_tag_of_the_same_value():
    plain = reply_to("GET", {}, PAGE).header("ETag")
    coded = reply_to("GET", {"accept-encoding": "br"}, PAGE).header("ETag")

    assert coded == f"W/{plain}"


@pytest.mark.parametrize(
    "headers",
    [
        {"if-none-match": "{tag}"},
        {"if-none-match": "W/{tag}"},
        {"if-none-match": '"other", {tag}'},
        {"if-none-match": "*"},
        {"if-modified-since": "Mon, 03 Nov 2025 12:00:00 GMT"},
        {"if-modified-since": "Mon, 03 Nov 2025 12:00:00 -0000"},
        {"if-none-match": "{tag}", "if-modified-since": "Sun, 02 Nov 2025 12:00:00 GMT"},
    ],
)
def test_a_current_copy_is_answered_with_304_and_no_body(headers):
    tag = str(reply_to("GET", {}, PAGE).header("ETag"))
    sent = {name: value.replace("{tag}", tag) for name, value in headers.items()}

    reply = reply_to("GET", sent, PAGE)

    assert (reply.status, reply.body) == (304, b"")
    assert reply.header("ETag") == tag
    assert reply.header("Content-Length") is None


@pytest.mark.parametrize(
    "headers",
    [
        {"if-none-match": '"other"'},
        {"if-modified-since": "Mon, 03 Nov 2025 11:59:59 GMT"},
        {"if-modified-since": "yesterday"},
        {"if-none-match": '"other"', "if-modified-since": "Mon, 03 Nov 2025 12:00:00 GMT"},
    ],
)
def test_a_stale_copy_is_answered_with_the_page(headers):
    reply = reply_to("GET", headers, PAGE)

    assert (reply.status, reply.body) == (200, PAGE.body)


def test_head_has_the_headers_of_get_and_no_body():
    got, headed = (
        reply_to(method, {"accept-encoding": "gzip"}, PAGE) for method in ("GET", "HEAD")
    )

    assert headed.headers == got.headers
    assert headed.body == b""
