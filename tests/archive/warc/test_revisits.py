"""What is written about an exchange beside its bytes: earlier bodies, reasons, secrets left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from archive.model import Exchange, Original, Provenance, RecordType, Via
from archive.settings import Settings
from archive.warc.exchange import NOT_MODIFIED, SAME_PAYLOAD
from archive.warc.reading.reader import RecordFile
from archive.warc.store import Store

URL = "http://news.test/story/"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
REQUEST = b"GET /story/ HTTP/1.1\r\nHost: news.test\r\n\r\n"
REPLY = b'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: "a"\r\n\r\nHello'
NOT_CHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'
EARLIER = Original(url=URL, fetched_at=NOON, warc_record_id="<urn:uuid:an-earlier-record>")


def exchange(response=REPLY, request=REQUEST, **more):
    moment = NOON + timedelta(days=1)
    return Exchange(url=URL, date=moment, request=request, response=response, **more)


def written(tmp_path, item, find_original=None, settings=None):
    """Write one exchange; its capture, and the records of the file behind the warcinfo."""
    store = Store(tmp_path / "warc", settings or Settings())
    writer = store.open_writer("news", {}, find_original)
    capture = writer.write(item)
    writer.close()
    records = []
    with RecordFile(store.path(capture.warc_file)) as file:
        for record in file.records():
            records.append((record.header, record.read()))
            record.drain()
    return store, capture, records[1:]


def test_an_unchanged_body_is_not_stored_again_but_referred_to(tmp_path):
    asked = []

    def find(url, head, digest):
        asked.append((url, head.status, digest))
        return EARLIER

    store, capture, records = written(tmp_path, exchange(), find)

    header, block = records[0]
    assert capture.record_type is RecordType.REVISIT
    assert capture.refers_to == EARLIER.warc_record_id
    assert asked == [(URL, 200, capture.payload_digest)]
    assert block == REPLY[: -len(b"Hello")]
    assert header.get("WARC-Profile") == SAME_PAYLOAD
    assert header.get("WARC-Refers-To-Target-URI") == URL
    assert header.get("WARC-Refers-To-Date").startswith("2026-11-24T12:00:00")
    assert list(store.scan(capture.warc_file)) == [capture]


def test_not_modified_refers_to_the_capture_that_it_confirms(tmp_path):
    _, capture, records = written(tmp_path, exchange(NOT_CHANGED), lambda *_: EARLIER)

    header, block = records[0]
    assert capture.http_status == 304
    assert capture.record_type is RecordType.REVISIT
    assert header.get("WARC-Profile") == NOT_MODIFIED
    assert block == NOT_CHANGED


@pytest.mark.parametrize("response", [REPLY, NOT_CHANGED])
def test_without_an_earlier_capture_the_reply_is_a_response_of_its_own(tmp_path, response):
    _, capture, records = written(tmp_path, exchange(response), lambda *_: None)

    assert capture.record_type is RecordType.RESPONSE
    assert records[0][1] == response


@pytest.mark.parametrize(
    "response",
    [REPLY[:-1], b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
    ids=["truncated", "empty"],
)
def test_a_reply_that_lacks_its_body_looks_for_no_earlier_one(tmp_path, response):
    def find(*_):
        raise AssertionError("nothing was to be looked for")

    _, capture, _ = written(tmp_path, exchange(response), find)

    assert capture.record_type is RecordType.RESPONSE


def test_the_record_says_why_its_url_was_fetched(tmp_path):
    why = Provenance(
        via=Via.SITEMAP, source_url="http://news.test/sitemap.xml", lastmod="2026-11-20"
    )

    store, capture, records = written(tmp_path, exchange(provenance=why))

    block = records[-1][1]
    assert records[-1][0].type == "metadata"
    assert b"discovered-by: sitemap\r\n" in block
    assert b"via: http://news.test/sitemap.xml\r\n" in block
    assert store.read(capture.warc_file, capture.warc_offset).provenance == why


SECRETS = (
    b"GET /story/ HTTP/1.1\r\nHost: news.test\r\nCookie: session=hunter2\r\n"
    b"AUTHORIZATION:Basic aHVudGVyMg==\r\nProxy-Authorization:  Basic\r\n aHVudGVyMg==\r\n"
    b"X-Cookie: kept\r\n\r\nCookie: a body"
)


def test_values_of_secret_headers_are_left_out_and_named(tmp_path):
    _, _, records = written(tmp_path, exchange(request=SECRETS))

    by_type = {header.type: block for header, block in records}
    assert by_type["request"] == (
        b"GET /story/ HTTP/1.1\r\nHost: news.test\r\nCookie: [redacted]\r\n"
        b"AUTHORIZATION:[redacted]\r\nProxy-Authorization:  [redacted]\r\n"
        b"X-Cookie: kept\r\n\r\nCookie: a body"
    )
    assert (
        b"redacted-request-headers: Cookie, AUTHORIZATION, Proxy-Authorization\r\n"
        in by_type["metadata"]
    )


def test_an_operator_may_keep_secrets(tmp_path):
    settings = replace(Settings(), keep_request_secrets=True)

    _, _, records = written(tmp_path, exchange(request=SECRETS), settings=settings)

    assert {header.type: block for header, block in records}["request"] == SECRETS


def test_a_file_is_closed_once_it_is_old_enough(tmp_path):
    settings = replace(Settings(), segment_seconds=0)
    store = Store(tmp_path / "warc", settings)
    writer = store.open_writer("news", {})

    captures = [writer.write(exchange()) for _ in range(3)]
    writer.close()

    assert len({capture.warc_file for capture in captures}) == 3
