from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.warc.record import (
    Header,
    digest,
    encode_fields,
    field_text,
    format_date,
    parse_date,
    parse_fields,
    parse_header,
)

NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)


def test_a_header_block_comes_back_as_it_was_written() -> None:
    header = Header((("WARC-Type", "response"), ("X", "Đà Nẵng: 1"), ("x", "again"), ("E", "")))

    assert parse_header(header.encode()) == header
    assert header.all("X") == ("Đà Nẵng: 1", "again")


def test_an_old_header_with_brackets_folds_and_lone_line_feeds_is_read() -> None:
    block = (
        b"WARC/1.0\nwarc-TYPE: Response\nWARC-Target-URI: <http://a.test/>\n"
        b"WARC-Record-ID: <urn:uuid:1>\nContent-Type: Application/HTTP; msgtype=response\n"
        b"X-Long: one\n two\nContent-Length: 7\nWARC-Date: 2014-01-01T00:00:00Z\n\n"
    )

    header = parse_header(block)

    assert (header.version, header.type, header.content_length) == ("1.0", "response", 7)
    assert header.target_uri == "http://a.test/"
    assert header.record_id == "<urn:uuid:1>"
    assert header.content_type == "application/http"
    assert header.get("X-Long") == "one two"
    assert header.date == datetime(2014, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "block", [b"HTTP/1.1 200 OK\r\n\r\n", b"WARC/1.1\r\nno colon\r\n\r\n", b""]
)
def test_what_is_no_header_block_is_refused(block: bytes) -> None:
    with pytest.raises(ValueError, match=r"WARC version|names no field"):
        parse_header(block)


def test_a_header_that_would_break_its_line_is_not_written() -> None:
    with pytest.raises(ValueError, match="line break"):
        Header((("X", "a\r\nWARC-Type: warcinfo"),)).encode()


def test_a_header_too_long_to_be_read_is_not_written() -> None:
    with pytest.raises(ValueError, match="longer than"):
        Header((("WARC-Target-URI", "a" * 2_000_000),)).encode()


@given(st.dictionaries(NAMES, st.text(), max_size=5))
def test_warc_fields_come_back_with_their_line_breaks(fields: dict[str, str]) -> None:
    back = parse_fields(encode_fields(fields))

    assert back == {name: field_text(value) for name, value in fields.items()}


@given(st.binary(max_size=200))
def test_any_block_can_be_read_as_warc_fields(block: bytes) -> None:
    parse_fields(block)


def test_dates_are_utc_with_microseconds() -> None:
    moment = datetime(2026, 3, 1, 7, 0, 0, 5, tzinfo=timezone(timedelta(hours=7)))

    assert format_date(moment) == "2026-03-01T00:00:00.000005Z"
    assert parse_date(format_date(moment)) == moment


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2016", datetime(2016, 1, 1, tzinfo=UTC)),
        ("2016-05-31", datetime(2016, 5, 31, tzinfo=UTC)),
        ("2016-05-31T10:11Z", datetime(2016, 5, 31, 10, 11, tzinfo=UTC)),
        ("2016-05-31T10:11:12.5Z", datetime(2016, 5, 31, 10, 11, 12, 500_000, tzinfo=UTC)),
        ("2016-05-31T10:11:12.123456789Z", datetime(2016, 5, 31, 10, 11, 12, 123_456, tzinfo=UTC)),
    ],
)
def test_dates_of_every_precision_that_warc_allows_are_read(text: str, moment: datetime) -> None:
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2016-05-31T10:11:12",
        "2016-05-31t10:11:12z",
        "2016-05-31T10:11:12.0000000000Z",
        "2016-05-31T10:11:12,000Z",
        "2016-05-31T10:11:12+00:00",
        "2016-05-31T10:11:12+0000",
        "2016-05-31T12:11:12+02:00",
        "2016-05-31T06:41:12-0330",
        "2016-05-31 10:11:12",
        "2016-05-31 10:11:12 UTC",
        "20160531101112",
        "20160531101112000",
        "20160531T101112Z",
        "Tue, 31 May 2016 10:11:12 GMT",
        "Tue, 31 May 2016 12:11:12 +0200",
    ],
)
def test_dates_in_the_forms_of_other_writers_are_read(text: str) -> None:
    assert parse_date(text) == datetime(2016, 5, 31, 10, 11, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2016-13-01",
        "2016-02-30T00:00:00Z",
        "0001-01-01T00:00:00+09:00",
        "Fri, 31 Dec 9999 23:59:59 -2300",
        "Mon, 01 Jan 99999999999 00:00:00 GMT",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_date(text)


def test_a_digest_is_sha1_in_base32() -> None:
    # The SHA-1 of nothing, as RFC 3174 gives it, in the base32 of RFC 4648.
    assert digest(b"") == "sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ"
    assert digest(b"abcd", [(0, 1), (2, 4)]) == digest(b"acd")
