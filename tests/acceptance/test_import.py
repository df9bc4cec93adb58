"""``pressmark import``: what a user sees who has WARC files from somewhere else."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.support.arc import arc_page, description, write_arc
from tests.support.archives import articles
from tests.support.command import pressmark
from tests.support.foreign import info, record, response, write_members, write_one_member
from tests.support.pages import story
from tests.support.server import Server
from tests.support.sites import stories, tree

URL = "http://news.test/one/"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A WARC file with a page of a site that no profile has, and a log."""
    page = response(URL, story())
    log = record("resource", b"log", "metadata://gnu.org/wget", content_type="text/plain")
    return write_members(tmp_path / "news.warc.gz", [info(), page, log])


def test_a_site_without_a_profile_is_left_out_with_the_command_that_takes_it_in(tmp_path, file):
    done = pressmark(tmp_path / "home", "import", str(file), code=1)

    assert "left out 1 captures of http://news.test/ (1)" in done.out
    command = done.out.partition("take in a site's with: pressmark ")[2].split()
    assert command == ["import", str(file), "--publisher", "http://news.test/"]
    again = pressmark(tmp_path / "home", *command)
    assert "1 captures ingested (news.test: 1), as news.warc.gz" in again.out
    assert "left alone, being no pages: 1 resource" in again.out
    assert set(articles(tmp_path / "home")) == {URL}


def test_what_was_imported_can_be_searched_verified_and_rebuilt(tmp_path, file):
    home = tmp_path / "home"
    pressmark(home, "import", str(file), "--publisher", "http://news.test/")

    assert URL in pressmark(home, "search", "bridge").out
    assert "all sound" in pressmark(home, "verify").out
    pressmark(home, "rebuild")
    assert "is in the archive already" in pressmark(home, "import", str(file)).out
    assert "all sound" in pressmark(home, "verify").out


def test_a_file_that_has_to_be_written_anew_is_said_to_be(tmp_path):
    file = write_one_member(tmp_path / "news.warc.gz", [info(), response(URL, story())])

    done = pressmark(tmp_path / "home", "import", str(file), "--publisher", "http://news.test/")

    assert "written anew into the archive, since" in done.out
    assert (tmp_path / "home" / "warc" / "news.warc.gz").exists()


def test_each_file_is_a_line_of_json(tmp_path, file):
    copy = shutil.copy(file, tmp_path / "copy.warc.gz")

    done = pressmark(
        tmp_path / "home",
        *("import", "--json", str(file), str(copy), "--copy", "--publisher", "http://news.test/"),
    )

    first, second = done.rows
    assert (first["name"], first["ingested"], first["is_new"]) == ("news.warc.gz", 1, True)
    assert first["captures"] == {"news.test": 1}
    assert first["left_alone"] == {"resource": 1}
    assert (second["name"], second["ingested"], second["is_new"]) == ("news.warc.gz", 0, False)


@pytest.mark.slow
def test_of_a_copy_only_what_was_not_there_counts(tmp_path):
    """Another file, with one page that is there, twice, and one that is not."""
    page, more = response(URL, story()), response(f"{URL}more/", story())
    file = write_members(tmp_path / "news.warc.gz", [info(), page])
    other = write_members(tmp_path / "other.warc.gz", [info(), page, page, more])
    news = ("--publisher", "http://news.test/")
    pressmark(tmp_path / "home", "import", str(file), *news)

    done = pressmark(tmp_path / "home", "import", str(other))

    assert "1 captures ingested (news.test: 3), as other.warc.gz; 2 were in the" in done.out


def test_flaws_are_remarks_of_import_and_verify_and_change_no_exit_code(tmp_path):
    home, wrong = tmp_path / "home", response(URL, story(), payload_digest="sha1:" + "A" * 32)
    write_members(tmp_path / "a.warc.gz", [info(), wrong[:-2]])

    done = pressmark(
        home, "import", str(tmp_path / "a.warc.gz"), "--publisher", "http://news.test/"
    )

    assert "remark: 1 records: the payload digest does not match the payload" in done.out
    assert "remark: 1 records: the record does not end in two empty lines" in done.out
    verified = pressmark(home, "verify").out
    assert "a.warc.gz: in 1 records: the payload digest does not match the payload" in verified
    assert "all sound" in verified


def test_a_wacz_and_an_arc_file_come_in_by_one_command(tmp_path):
    home, package = tmp_path / "home", tmp_path / "a.wacz"
    with zipfile.ZipFile(package, "w") as file:
        page = write_members(tmp_path / "x.warc.gz", [info(), response(URL, story())])
        file.write(page, "archive/x.warc.gz")
    arc = write_arc(tmp_path / "b.arc.gz", [description(), arc_page(f"{URL}more/", story())])

    done = pressmark(
        home, "import", str(package), str(arc), "--publisher", "http://news.test/", "--json"
    )

    assert [row["name"] for row in done.rows] == ["a-x.warc.gz", "b.warc.gz"]
    assert [row["member"] for row in done.rows] == ["archive/x.warc.gz", None]
    assert [row["ingested"] for row in done.rows] == [1, 1]
    assert "all sound" in pressmark(home, "verify").out


def test_a_file_that_is_no_archive_ends_with_one_clear_line(tmp_path):
    (tmp_path / "page.html").write_text("<html>no archive</html>")

    done = pressmark(tmp_path / "home", "import", str(tmp_path / "page.html"), code=2)

    [line] = done.err.splitlines()
    assert "no WARC record" in line


def test_a_file_that_is_no_archive_does_not_keep_the_others_from_being_taken_in(tmp_path):
    (tmp_path / "page.html").write_text("<html>no archive</html>")
    write_members(tmp_path / "z.warc.gz", [info(), response(URL, story())])
    (tmp_path / "empty.warc").write_bytes(b"")
    files = [str(tmp_path / name) for name in ("page.html", "z.warc.gz", "empty.warc")]

    done = pressmark(
        tmp_path / "home", "import", *files, "--publisher", "http://news.test/", code=2
    )

    assert "1 captures ingested" in done.out
    assert "page.html: no WARC record" in done.err
    assert "empty.warc: no WARC record" in done.err


@pytest.mark.skipif(shutil.which("wget") is None, reason="needs wget")
@pytest.mark.parametrize("options", [(), ("--no-warc-compression",)])
def test_a_site_that_wget_archived_comes_in_whole(tmp_path, options):
    with Server(tree(12)) as server:
        subprocess.run(
            [
                *("wget", "-q", "-r", "-l", "9", "-P", str(tmp_path / "files"), *options),
                *("--warc-file", str(tmp_path / "site"), f"http://127.0.0.1:{server.port}/"),
            ],
            check=False,  # wget calls a missing robots.txt an error
        )
    [file] = tmp_path.glob("site.warc*")
    home, site = tmp_path / "home", f"http://127.0.0.1:{server.port}"

    pressmark(home, "import", str(file), "--publisher", site)

    expected = {url.replace("http://tree.test", site) for url in stories(12)}
    assert set(articles(home)) == expected
    assert "all sound" in pressmark(home, "verify").out


@pytest.mark.parametrize("digest", [b"\xf8\xc2K\x14V", b"\xf8\r\n\xd5\x1a\x0cV", b"\n\x01"])
def test_a_page_comes_in_though_its_digest_is_rubbish(tmp_path, digest):
    """Wget 1.21.3 writes what lies in memory for digests that ``--no-warc-digests`` spares it."""
    page = response(URL, story(), block_digest="DIGEST").replace(b"DIGEST", digest)
    file = write_members(tmp_path / "site.warc.gz", [info(), page])
    home = tmp_path / "home"

    pressmark(home, "import", str(file), "--publisher", "http://news.test/")

    assert set(articles(home)) == {URL}
    assert "all sound" in pressmark(home, "verify").out
