"""Revisits of other software say what they show, whichever way they name it and in any order."""

from __future__ import annotations

import base64
import hashlib

import pytest
from sqlalchemy import select

from archive.sql.schema import view_tables
from tests.support import archives
from tests.support.foreign import info, record, request, response, write_members
from tests.support.imports import NEWS, import_file, page, problems, rebuilt, remarks, view
from tests.support.pages import story
from tests.support.view import assert_same_view

PROFILES = "http://netpreserve.org/warc/1.0/revisit/"
SAME = {"profile": PROFILES + "identical-payload-digest"}
UNCHANGED = {"profile": PROFILES + "server-not-modified"}
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
NOT_MODIFIED = b"HTTP/1.1 304 Not Modified\r\n\r\n"


def body_of(url: str, edition: int = 1) -> bytes:
    return story(title=f"Edition {edition} of {url[-6:]}").encode()


def original(url: str, day: int, edition: int = 1, **fields: str) -> bytes:
    return response(url, body_of(url, edition), date=f"2026-03-{day:02}T06:00:00Z", **fields)


def again(url: str, day: int, block: bytes = OK, **fields: str) -> bytes:
    return record("revisit", block, url, date=f"2026-03-{day:02}T06:00:00Z", **fields)


def sha1_of(url: str, edition: int = 1) -> str:
    return hashlib.sha1(body_of(url, edition), usedforsecurity=False).hexdigest()


def seen_until(home, url: str = NEWS[0]) -> int:
    return int(archives.articles(home)[url]["seen_until"].day)


def by_day(home) -> dict[int, archives.Row]:
    rows = archives.rows(home, select(view_tables.capture))
    return {row["fetched_at"].day: row for row in rows}


@pytest.mark.parametrize(
    "digest", ["sha1:{}", "SHA-1:{}", "{}"], ids=["labelled", "otherwise labelled", "bare"]
)
def test_a_revisit_by_digest_alone_shows_what_has_this_digest(home, elsewhere, tmp_path, digest):
    revisit = again(NEWS[0], 9, payload_digest=digest.format(sha1_of(NEWS[0])), **SAME)
    path = write_members(elsewhere / "a.warc.gz", [info(), original(NEWS[0], 1), revisit])

    import_file(home, path)

    assert seen_until(home) == 9
    assert (problems(home), remarks(home)) == ([], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_a_revisit_may_name_its_payload_by_another_algorithm(home, elsewhere, tmp_path, algorithm):
    value = hashlib.new(algorithm, body_of(NEWS[0]), usedforsecurity=False).digest()
    promised = f"{algorithm}:{value.hex()}"
    spelled_otherwise = f"{algorithm.upper()}:{base64.b64encode(value).decode()}"
    records = [
        info(),
        original(NEWS[0], 1, payload_digest=promised),
        again(NEWS[0], 9, payload_digest=spelled_otherwise, **SAME),
    ]

    done, _ = import_file(home, write_members(elsewhere / "a.warc.gz", records))

    assert seen_until(home) == 9
    assert (done.remarks, problems(home), remarks(home)) == ({}, [], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_revisit_by_digest_may_show_the_capture_of_another_url(home, elsewhere, tmp_path):
    revisit = again(NEWS[1], 9, payload_digest="sha1:" + sha1_of(NEWS[0]), **SAME)

    import_file(
        home, write_members(elsewhere / "a.warc.gz", [info(), original(NEWS[0], 1), revisit])
    )

    assert problems(home) == remarks(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


@pytest.mark.parametrize("block", [NOT_MODIFIED, b"HTTP/1.1 304 Not Modified\r\nETag: x", b""])
def test_a_304_that_names_nothing_shows_the_latest_capture_before_it(
    home, elsewhere, tmp_path, block
):
    records = [
        info(),
        original(NEWS[0], 1, 1),
        original(NEWS[0], 3, 2),
        again(NEWS[0], 5, block, **UNCHANGED),
        original(NEWS[0], 7, 3),
    ]

    import_file(home, write_members(elsewhere / "a.warc.gz", records))

    captures = by_day(home)
    assert captures[5]["refers_to"] == captures[3]["warc_record_id"]
    assert (problems(home), remarks(home)) == ([], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


PARTS = {
    "a": [original(NEWS[0], 1, 1), original(NEWS[0], 3, 2)],
    "b": [again(NEWS[0], 5, payload_digest="sha1:" + sha1_of(NEWS[0], 1), **SAME)],
    "c": [
        again(NEWS[0], 9, NOT_MODIFIED, **UNCHANGED),
        # Heritrix writes the digest of the empty body of a 304.
        again(
            NEWS[0],
            11,
            NOT_MODIFIED,
            payload_digest="sha1:3I42H3S6NNFQ2MSVX7XZKYAYSCX5QBYJ",
            **UNCHANGED,
        ),
    ],
}


@pytest.mark.parametrize("order", ["abc", "cba", "bca"])
def test_a_304_after_a_revisit_shows_what_that_shows_in_any_order_of_the_files(
    home, elsewhere, tmp_path, order
):
    files = {name: write_members(elsewhere / f"{name}.warc.gz", PARTS[name]) for name in PARTS}

    for name in order:
        import_file(home, files[name])

    captures = by_day(home)
    first = captures[1]["warc_record_id"]
    assert [captures[day]["refers_to"] for day in (5, 9, 11)] == [first] * 3
    assert (problems(home), remarks(home)) == ([], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


@pytest.mark.parametrize(
    "fields",
    [
        {"refers_to_target_uri": NEWS[0]},
        {"refers_to_date": "20260301060000"},
        {"refers_to_target_uri": NEWS[0], "refers_to_date": "2026-02-20T00:00:00Z"},
    ],
    ids=["URL alone", "date alone", "a date that is not there"],
)
def test_a_revisit_with_half_a_reference_is_found_by_its_digest(home, elsewhere, fields):
    revisit = again(NEWS[0], 9, payload_digest="sha1:" + sha1_of(NEWS[0]), **fields, **SAME)

    import_file(
        home, write_members(elsewhere / "a.warc.gz", [info(), revisit, original(NEWS[0], 1)])
    )

    assert seen_until(home) == 9
    assert (problems(home), remarks(home)) == ([], [])


def test_a_revisit_of_what_was_left_alone_shows_nothing_and_is_remarked_on(
    home, elsewhere, tmp_path
):
    body = body_of(NEWS[1])
    records = [
        info(),
        original(NEWS[0], 1),
        request(NEWS[1], "POST", record_id="<urn:uuid:of-the-request>"),
        response(NEWS[1], body, concurrent_to="<urn:uuid:of-the-request>"),
        again(NEWS[1], 9, payload_digest="sha1:" + sha1_of(NEWS[1]), **SAME),
        again(NEWS[1], 10, refers_to="<urn:uuid:nowhere>", **SAME),
    ]

    done, _ = import_file(home, write_members(elsewhere / "a.warc.gz", records))

    assert done.left_alone == {"POST response": 1}
    assert set(archives.articles(home)) == {NEWS[0]}
    assert problems(home) == []
    assert len(remarks(home)) == 2
    assert all("which is not in the archive" in remark for remark in remarks(home))
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_revisit_with_another_digest_shows_no_capture(home, elsewhere):
    revisit = again(NEWS[0], 9, payload_digest="sha1:" + sha1_of(NEWS[0], 5), **SAME)

    import_file(
        home, write_members(elsewhere / "a.warc.gz", [info(), original(NEWS[0], 1), revisit])
    )

    assert seen_until(home) == 1


def test_a_bare_id_and_one_in_brackets_are_the_same(home, elsewhere, tmp_path):
    name = "urn:uuid:00000000-0000-4000-8000-000000000001"
    first = original(NEWS[0], 1, record_id=name)
    revisit = again(NEWS[0], 9, refers_to=f"<{name}>", **SAME)

    import_file(
        home, write_members(elsewhere / "a.warc.gz", [info(), first, revisit, page(NEWS[1])])
    )

    assert seen_until(home) == 9
    assert (problems(home), remarks(home)) == ([], [])
