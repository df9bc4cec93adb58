"""WACZ and ARC files become WARC files of the archive, whose rows lead to their bytes."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import zipfile
from pathlib import Path

import pytest

from archive.errors import UsageError
from archive.maintenance import sources
from archive.warc.collection import Collection, hash_file
from tests.support import archives
from tests.support.arc import arc_page, arc_record, description, write_arc
from tests.support.foreign import info, record, response, write_members, write_plain
from tests.support.imports import (
    NEWS,
    OTHER,
    import_file,
    import_package,
    in_warc_folder,
    page,
    problems,
    rebuilt,
    remarks,
    view,
)
from tests.support.pages import story
from tests.support.view import assert_same_view

STORED, DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


def members_of(records: list[bytes]) -> bytes:
    return b"".join(map(gzip.compress, records))


def pack(
    path: Path, members: dict[str, bytes], *, how: int = STORED, described: bool = True
) -> Path:
    """Write a zip file as the tools that make WACZ files do."""
    resources = [
        {"path": name, "hash": "sha256:" + hashlib.sha256(data).hexdigest(), "bytes": len(data)}
        for name, data in members.items()
    ]
    with zipfile.ZipFile(path, "w", how) as package:
        for name, data in members.items():
            package.writestr(name, data)
        if described:
            content = {"profile": "data-package", "wacz_version": "1.1.1", "resources": resources}
            package.writestr("datapackage.json", json.dumps(content))
    return path


PAGES = b'{"format": "json-pages-1.0"}\n{"url": "http://news.test/nowhere/", "ts": "2026"}\n'


@pytest.mark.parametrize("how", [STORED, DEFLATED])
@pytest.mark.parametrize("plain", [True, False])
def test_the_warc_files_of_a_wacz_are_copied_out_and_read(home, elsewhere, tmp_path, how, plain):
    records = [info(), *map(page, NEWS)]
    data = b"".join(records) if plain else members_of(records)
    name = "data.warc" if plain else "data.warc.gz"
    contents = {
        f"archive/{name}": data,
        "archive/rec-2.warc.gz": members_of([page(OTHER)]),
        "pages/pages.jsonl": PAGES,
        "indexes/index.cdx.gz": gzip.compress(b"no index at all"),
    }
    path = pack(elsewhere / "crawl.wacz", contents, how=how)

    results = import_package(home, path)

    assert [done.captures for done in results] == [{"news": 2}, {"other": 1}]
    assert [(*done.problems, *done.remarks) for done in results] == [(), ()]
    assert set(archives.articles(home)) == {*NEWS, OTHER}
    assert in_warc_folder(home) == [f"crawl-{name}", "crawl-rec-2.warc.gz"]
    listed = Collection(home).contents().listed[f"crawl-{name}"]
    assert (listed.imported_from, listed.member) == (str(path), f"archive/{name}")
    assert listed.digest == listed.imported_digest == hash_file(home / "warc" / f"crawl-{name}")
    path.unlink()
    assert (problems(home), remarks(home)) == ([], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_a_wacz_that_is_imported_again_changes_nothing(home, elsewhere):
    path = pack(elsewhere / "a.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    import_package(home, path)
    before = Collection(home).file.read_bytes()

    [again] = import_package(home, path.rename(elsewhere / "moved.wacz"))

    assert not again.is_new
    assert again.known == 1
    assert Collection(home).file.read_bytes() == before
    assert in_warc_folder(home) == ["a.warc.gz"]


def test_a_member_that_is_one_gzip_stream_is_rewritten(home, elsewhere):
    data = gzip.compress(b"".join([info(), *map(page, NEWS)]))

    [done] = import_package(home, pack(elsewhere / "a.wacz", {"archive/a.warc.gz": data}))

    assert done.rewritten is not None
    assert set(archives.articles(home)) == set(NEWS)
    assert problems(home) == []


def test_records_that_only_browsers_make_are_kept_and_counted(home, elsewhere, tmp_path):
    records = [
        info("Browsertrix-Crawler 1.5 (with warcio.js 2.4)"),
        page(NEWS[0], payload_digest="sha256:" + hashlib.sha256(b"x").hexdigest()),
        record("resource", b"the text", "urn:text:" + NEWS[0], content_type="text/plain"),
        record("resource", b"\x89PNG", "urn:view:" + NEWS[0], content_type="image/png"),
        record("resource", b"{}", "urn:pageinfo:" + NEWS[0], content_type="application/json"),
        record("conversion", b"", "urn:thumbnail:x", content_type="image/jpeg"),
        record("metadata", b"{}", "urn:logs", content_type="application/json"),
    ]
    path = pack(elsewhere / "a.wacz", {"archive/a.warc.gz": members_of(records)})

    [done] = import_package(home, path)

    assert done.captures == {"news": 1}
    assert done.left_alone == {"resource": 3, "conversion": 1, "urn metadata": 1}
    assert done.remarks == {"the payload digest does not match the payload": 1}
    assert problems(home) == []
    assert "payload digest" in remarks(home)[0]
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_packages_in_a_package_are_read_and_those_elsewhere_are_named(home, elsewhere, tmp_path):
    inner = pack(tmp_path / "inner.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    path = elsewhere / "many.wacz"
    resources = [{"path": "inner.wacz"}, {"path": "https://elsewhere.test/other.wacz"}]
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("inner.wacz", inner.read_bytes())
        content = {"profile": "multi-wacz-package", "resources": resources}
        package.writestr("datapackage.json", json.dumps(content))
        package.writestr("archive/b.warc.gz", members_of([page(NEWS[1])]))

    results = import_package(home, path)

    assert [done.member for done in results] == [
        "inner.wacz/archive/a.warc.gz",
        "archive/b.warc.gz",
    ]
    [problem] = [problem for done in results for problem in done.problems]
    assert "https://elsewhere.test/other.wacz, which is not in it" in problem
    assert set(archives.articles(home)) == set(NEWS)


@pytest.mark.parametrize("name", ["../../evil.warc.gz", "/tmp/evil.warc.gz", "..\\evil.warc.gz"])
def test_a_path_that_leads_out_of_the_package_leads_nowhere(home, elsewhere, name):
    import_package(home, pack(elsewhere / "a.wacz", {name: members_of([page(NEWS[0])])}))

    assert in_warc_folder(home) == ["a-evil.warc.gz"]
    assert not list(elsewhere.parent.rglob("evil.warc.gz"))


def test_a_zip_file_without_a_description_is_read_with_a_remark(home, elsewhere):
    data = members_of([page(NEWS[0])])

    [done] = import_package(home, pack(elsewhere / "a.zip", {"x.warc.gz": data}, described=False))

    assert done.remarks == {sources.NO_DESCRIPTION: 1}
    assert done.captures == {"news": 1}


def test_another_digest_than_the_description_says_is_a_remark(home, elsewhere):
    path = pack(elsewhere / "a.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    changed = path.read_bytes().replace(b'"sha256:', b'"sha256:0')
    path.write_bytes(changed)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/a.warc.gz", members_of([page(NEWS[0])]))
        content = {"resources": [{"path": "archive/a.warc.gz", "hash": "sha256:" + "0" * 64}]}
        package.writestr("datapackage.json", json.dumps(content))

    [done] = import_package(home, path)

    assert done.remarks == {sources.OTHER_DIGEST: 1}


def test_a_damaged_member_gives_what_it_has_and_the_others_are_read(home, elsewhere):
    damaged = members_of([page(NEWS[0]), page(NEWS[1])])
    path = pack(
        elsewhere / "a.wacz",
        {"archive/a.warc.gz": damaged, "archive/b.warc.gz": members_of([page(OTHER)])},
    )
    data = bytearray(path.read_bytes())
    data[data.index(damaged) + len(damaged) - 100] ^= 0xFF
    path.write_bytes(data)

    first, second = import_package(home, path)

    assert first.captures == {"news": 1}
    assert any("have changed since it was packed" in problem for problem in first.problems)
    assert second.problems == ()
    assert set(archives.articles(home)) == {NEWS[0], OTHER}


def test_a_member_that_cannot_be_inflated_further_gives_what_it_has(home, elsewhere):
    noise = [response(url, random.Random(url).randbytes(200_000).hex()) for url in NEWS]
    path = pack(elsewhere / "a.wacz", {"archive/a.warc": b"".join(noise)}, how=DEFLATED)
    data = bytearray(path.read_bytes())
    # So much noise ends a block and begins a wrong one; less of it may be read as other text.
    data[300_000:360_000] = random.Random(1).randbytes(60_000)
    path.write_bytes(data)

    [done] = import_package(home, path)

    assert any("can be read only in part" in problem for problem in done.problems)
    assert done.captures == {"news": 2}
    assert archives.outcomes(home)[NEWS[1]][0]["truncated"] == "unspecified"


def encrypted(path: Path) -> Path:
    pack(path, {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    data = bytearray(path.read_bytes())
    for sign, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(sign) + flags] |= 1
    path.write_bytes(data)
    return path


def cut_off(path: Path) -> Path:
    pack(path, {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    path.write_bytes(path.read_bytes()[:-30])
    return path


def bomb(path: Path) -> Path:
    return pack(path, {"archive/a.warc": bytes(70_000_000)}, how=DEFLATED)


def empty(path: Path) -> Path:
    return pack(path, {})


def other_zip(path: Path) -> Path:
    return pack(path, {"word/document.xml": b"<x/>"}, described=False)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (encrypted, "is encrypted"),
        (cut_off, "may be cut off"),
        (bomb, "inflates to more than 200 times its size"),
        (empty, "holds no WARC file"),
        (other_zip, "holds no WARC file"),
    ],
)
def test_a_zip_file_that_cannot_be_imported_says_why_and_leaves_nothing(
    home, elsewhere, make, words
):
    with pytest.raises(UsageError, match=words):
        import_package(home, make(elsewhere / "a.wacz"))

    assert not Collection(home).file.exists()
    assert in_warc_folder(home) == []


def test_what_does_not_fit_on_the_disk_is_refused_before_it_is_unpacked(
    home, elsewhere, monkeypatch
):
    monkeypatch.setattr(sources, "_FREE_BYTES", 1 << 60)

    with pytest.raises(UsageError, match="free on the disk"):
        import_package(
            home, pack(elsewhere / "a.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
        )


@pytest.mark.parametrize("name", ["a.arc", "a.arc.gz"])
@pytest.mark.parametrize("version", [1, 2])
def test_an_arc_file_is_written_as_a_warc_file_of_the_archive(
    home, elsewhere, tmp_path, name, version
):
    pages = [arc_page(url, story(title=f"At {url[-6:]}"), version=version) for url in NEWS]
    dns = arc_record("dns:news.test", b"news.test. 1 IN A 192.0.2.7", kind="text/dns")
    path = write_arc(elsewhere / name, [description(version), dns, *pages])

    done, caught_up = import_file(home, path)

    assert (done.captures, caught_up.captures) == ({"news": 2}, 2)
    assert done.rewritten == sources.ARC_REASON
    assert done.left_alone == {"dns response": 1}
    assert (done.problems, done.remarks) == ((), {})
    assert archives.articles(home)[NEWS[0]]["seen_from"].year == 2008
    listed = Collection(home).contents().listed["a.warc.gz"]
    assert (listed.imported_from, listed.imported_digest) == (str(path), hash_file(path))
    assert not import_file(home, path)[0].is_new
    path.unlink()
    assert (problems(home), remarks(home)) == ([], [])
    assert_same_view(view(home), rebuilt(home, tmp_path))


def test_an_arc_file_in_a_wacz_is_read_too(home, elsewhere):
    arc = write_arc(elsewhere / "a.arc.gz", [description(), arc_page(NEWS[0], story())])

    [done] = import_package(
        home, pack(elsewhere / "b.wacz", {"archive/a.arc.gz": arc.read_bytes()})
    )

    assert (done.captures, done.member) == ({"news": 1}, "archive/a.arc.gz")


def test_a_file_without_captures_is_not_called_empty(home, elsewhere):
    done, _ = import_file(home, write_plain(elsewhere / "a.warc", [info()]))

    assert done.name is None
    assert done.records == {"warcinfo": 1}
    (elsewhere / "b.warc").write_bytes(b"")
    with pytest.raises(UsageError, match="it is empty"):
        import_file(home, elsewhere / "b.warc")
    (elsewhere / "c.warc.gz").write_bytes(gzip.compress(b""))
    with pytest.raises(UsageError, match="nothing in it begins a record"):
        import_file(home, elsewhere / "c.warc.gz")


def test_wrong_digests_are_counted_and_taken_in(home, elsewhere):
    wrong = {"payload_digest": "md5:" + "0" * 32, "block_digest": "sha1:" + "A" * 32}
    path = write_members(elsewhere / "a.warc.gz", [info(), response(NEWS[0], story(), **wrong)])

    done, _ = import_file(home, path)

    assert done.problems == ()
    assert done.remarks == {
        "the block digest does not match the block": 1,
        "the payload digest does not match the payload": 1,
    }
    assert set(archives.articles(home)) == {NEWS[0]}
    assert problems(home) == []
    assert len(remarks(home)) == 2


def test_a_package_that_cannot_be_read_in_another_does_not_hide_those_after_it(home, elsewhere):
    inner = pack(elsewhere / "x.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    contents = {
        "1.wacz": inner.read_bytes()[:200],
        "2.wacz": pack(elsewhere / "y.wacz", {"pages/pages.jsonl": PAGES}).read_bytes(),
        "3.wacz": inner.read_bytes(),
    }

    [done] = import_package(home, pack(elsewhere / "many.wacz", contents))

    assert done.captures == {"news": 1}
    assert ["1.wacz: is a zip file that cannot be read" in text for text in done.problems] == [
        True,
        False,
    ]
    assert "2.wacz: is no WACZ that can be read: it holds no WARC file" in done.problems[1]


def test_problems_after_the_last_file_of_a_package_are_told_at_its_end(home, elsewhere):
    inner = pack(elsewhere / "x.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    contents = {"1.wacz": inner.read_bytes(), "2.wacz": inner.read_bytes()[:200]}

    with pytest.raises(UsageError, match=r"2\.wacz: is a zip file that cannot be read"):
        import_package(home, pack(elsewhere / "many.wacz", contents))

    assert set(archives.articles(home)) == {NEWS[0]}


def test_a_package_of_packages_names_those_that_it_lacks(home, elsewhere):
    inner = pack(elsewhere / "x.wacz", {"archive/a.warc.gz": members_of([page(NEWS[0])])})
    path = elsewhere / "many.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("1.wacz", inner.read_bytes())
        content = {"resources": [{"path": "1.wacz"}, {"path": "lost.wacz"}]}
        package.writestr("datapackage.json", json.dumps(content))

    [done] = import_package(home, path)

    assert done.captures == {"news": 1}
    assert ["lost.wacz, which is not in it" in problem for problem in done.problems] == [True]


def test_a_member_that_zstd_compressed_is_named_and_the_others_are_read(home, elsewhere):
    contents = {
        "archive/a.warc.zst": b"\x28\xb5\x2f\xfd" + bytes(100),
        "archive/b.warc.gz": members_of([page(NEWS[0])]),
    }

    [done] = import_package(home, pack(elsewhere / "a.wacz", contents))

    assert done.captures == {"news": 1}
    [problem] = done.problems
    assert "archive/a.warc.zst: is compressed by zstd" in problem
