"""What the WARC files of other software hold: revisits, records of every kind, damage, odd URLs."""

from __future__ import annotations

import random
from io import BytesIO

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.errors import StorageError, UsageError
from archive.warc.collection import Collection
from tests.support import archives
from tests.support.foreign import (
    info,
    new_id,
    record,
    request,
    response,
    write_members,
    write_one_member,
    write_plain,
)
from tests.support.imports import (
    NEWS,
    OTHER,
    import_file,
    in_warc_folder,
    page,
    problems,
    rebuilt,
    remarks,
    view,
)
from tests.support.limits import files_no_larger_than
from tests.support.pages import story
from tests.support.view import assert_same_view


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_revisit_by_url_and_date_finds_its_original_whichever_comes_first(
    home, elsewhere, tmp_path, order
):
    revisit = record(
        "revisit",
        b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
        NEWS[0],
        date="2026-03-09T06:00:00Z",
        profile="http://netpreserve.org/warc/1.0/revisit/identical-payload-digest",
        refers_to_target_uri=NEWS[0],
        refers_to_date="2026-03-01T06:00:00Z",
    )
    files = {
        "a": write_members(
            elsewhere / "a.warc.gz", [page(NEWS[0]), page(NEWS[0], date="2026-02-01T00:00:00Z")]
        ),
        "b": write_members(elsewhere / "b.warc.gz", [revisit]),
    }

    import_file(home, files[order[0]])
    if order[0] == "b":
        [remark] = remarks(home)
        assert NEWS[0] in remark
        assert "which is not in the archive" in remark
    import_file(home, files[order[1]])

    assert archives.articles(home)[NEWS[0]]["seen_until"].day == 9
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_revisit_whose_original_is_in_no_file_is_named_by_its_id(home, elsewhere):
    missing = new_id()
    revisit = record(
        "revisit",
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
        NEWS[0],
        profile="http://netpreserve.org/warc/1.1/revisit/server-not-modified",
        refers_to=missing,
    )

    import_file(home, write_members(elsewhere / "a.warc.gz", [revisit]))

    assert problems(home) == []
    [remark] = remarks(home)
    assert f"refers to {missing}, which is not in the archive" in remark


def test_requests_resources_and_names_of_other_schemes_are_no_pages(home, elsewhere, tmp_path):
    records = [
        info(),
        record("response", b"1.2.3.4", "dns:news.test", content_type="text/dns"),
        request(NEWS[0]),
        page(NEWS[0]),
        record("resource", b"log", "metadata://gnu.org/wget", content_type="text/plain"),
    ]

    done, _ = import_file(home, write_plain(elsewhere / "a.warc", records))

    assert done.left_alone == {"dns response": 1, "resource": 1}
    assert archives.outcomes(home).keys() == {NEWS[0]}
    assert problems(home) == []


def test_damage_in_an_imported_file_is_named_and_all_else_is_taken_in(home, elsewhere, tmp_path):
    path = write_members(elsewhere / "a.warc.gz", map(page, [*NEWS, OTHER]))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)

    done, caught_up = import_file(home, path)

    assert len(done.problems) == 1
    assert caught_up.captures == 2
    assert set(archives.articles(home)) == {NEWS[0], OTHER}
    assert problems(home) != []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_what_can_be_inflated_of_a_damaged_stream_is_taken_in_and_the_rest_is_named(
    home, elsewhere
):
    noise = [response(url, random.Random(url).randbytes(5_000).hex()) for url in NEWS]
    path = write_one_member(elsewhere / "a.warc.gz", noise)
    path.write_bytes(path.read_bytes()[:-200])

    done, caught_up = import_file(home, path)

    assert any("nothing can be inflated" in problem for problem in done.problems)
    assert caught_up.captures == 2  # the second one is cut, and says so
    assert archives.outcomes(home)[NEWS[1]][0]["truncated"] == "unspecified"
    assert problems(home) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no WARC record"),
        (b"<html>no archive</html>", "no WARC record"),
        (b"\x28\xb5\x2f\xfd rest", "zstd"),
    ],
)
def test_what_is_no_warc_file_is_refused_and_leaves_nothing(home, elsewhere, content, words):
    path = elsewhere / "a.warc.gz"
    path.write_bytes(content)

    with pytest.raises(UsageError, match=words):
        import_file(home, path)

    assert not Collection(home).file.exists()


def test_a_copy_that_does_not_fit_on_the_disk_leaves_nothing(home, elsewhere):
    path = write_plain(elsewhere / "a.warc", [page(NEWS[0]), response(NEWS[1], b"x" * 3_000_000)])
    import_file(home, write_plain(elsewhere / "b.warc", [page(OTHER)]))

    with files_no_larger_than(2_000_000), pytest.raises(StorageError, match=r"a\.warc"):
        import_file(home, path, copy=True)

    assert in_warc_folder(home) == []
    assert list(Collection(home).contents().listed) == ["b.warc"]


# warcio leaves the temporary files of the records that it writes open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize(("version", "gzipped"), [("1.0", True), ("1.1", False)])
def test_what_warcio_writes_comes_in_with_its_revisits(home, elsewhere, tmp_path, version, gzipped):
    path = elsewhere / ("a.warc.gz" if gzipped else "a.warc")
    body = story().encode()
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=gzipped, warc_version=version)
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "warcio"}))
        headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
        page = writer.create_warc_record(
            NEWS[0], "response", payload=BytesIO(body), http_headers=headers
        )
        page.rec_headers.replace_header("WARC-Date", "2026-03-01T06:00:00Z")
        digest = page.rec_headers.get_header("WARC-Payload-Digest") or "sha1:" + "A" * 32
        writer.write_record(page)
        again = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
        writer.write_record(
            writer.create_revisit_record(
                NEWS[0], digest, NEWS[0], "2026-03-01T06:00:00Z", http_headers=again
            )
        )

    done, _ = import_file(home, path)

    assert done.captures == {"news": 2}
    assert done.problems == ()
    found = archives.articles(home)[NEWS[0]]
    assert found["seen_until"] > found["seen_from"]
    assert problems(home) == []
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_url_in_another_spelling_is_the_same_page(home, elsewhere):
    written = "<HTTP://NEWS.test:80/one/?utm_source=mail#top>"

    import_file(home, write_members(elsewhere / "a.warc.gz", [page(written)]))

    assert set(archives.articles(home)) == {NEWS[0]}
