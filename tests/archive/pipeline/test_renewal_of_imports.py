"""What rules hide of records that were imported: hosts gained and lost, revisits of hidden pages.

Whatever the order in which records come and rules change, it is what a rebuild gives.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.profile import Profile, write_profile
from crawler.cli.main import main
from tests.support.foreign import info, record, response, write_members
from tests.support.homes import ingest_shuffled
from tests.support.imports import NEWS, OTHER, import_file, view
from tests.support.pages import story
from tests.support.scenarios import http
from tests.support.view import View, assert_same_view

pytestmark = pytest.mark.slow

PROFILE = Profile(name="news", home="http://news.test/")
WITH_OTHER = replace(PROFILE, hosts=("other.test",))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """An archive with a file of which one page is of another host."""
    home = tmp_path / "home"
    pages = [response(url, story(title=f"A story at {url}")) for url in (*NEWS, OTHER)]
    write_profile(home, PROFILE)
    import_file(home, write_members(tmp_path / "wget.warc.gz", [info(), *pages]))
    return home


def run(home: Path, *args: str) -> str:
    done = CliRunner().invoke(main, ["--home", str(home), *args], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def assert_up_to_date(home: Path, urls: set[str]) -> None:
    """Reprocess, and hold what is there to *urls* and to a rebuild."""
    run(home, "reprocess")
    (state,) = map(json.loads, run(home, "status", "--json").splitlines())
    assert state["captures"] == len(urls)
    here = view(home)
    assert {dict(row)["canonical_url"] for row in here["article"]} == urls
    assert_same_view(here, rebuilt(home))


def rebuilt(home: Path) -> View:
    for file in home.glob("again.db*"):
        file.unlink()
    run(home, "rebuild", "--into", "sqlite:///again.db")
    return view(home, "sqlite:///again.db")


def test_a_host_that_is_added_takes_in_its_records_and_one_that_is_removed_leaves_them_out(home):
    write_profile(home, WITH_OTHER)
    assert_up_to_date(home, {*NEWS, OTHER})

    write_profile(home, PROFILE)
    assert_up_to_date(home, {*NEWS})


LIVE = "http://news.test/live/one/"
COPY, LIVE_COPY = "http://news.test/copy/", "http://news.test/live/copy/"
"""Addresses of which there are revisits only: of a page in ``/live/``, and there of a shown one."""
WITHOUT_LIVE = replace(PROFILE, exclude=("^/live/",))


def revisit(url: str, original: str) -> bytes:
    return record(
        "revisit",
        http(200),
        url,
        date="2026-03-20T00:00:00Z",
        profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        refers_to_target_uri=original,
        refers_to_date="2026-03-01T06:00:00Z",
    )


@pytest.fixture
def with_revisits(tmp_path: Path) -> Path:
    """An archive of two stories, one in ``/live/``, each with a revisit on the other side."""
    home = tmp_path / "home"
    write_profile(home, PROFILE)
    originals = [response(url, story(title=f"A story at {url}")) for url in (NEWS[0], LIVE)]
    revisits = [revisit(COPY, LIVE), revisit(LIVE_COPY, NEWS[0])]
    import_file(home, write_members(tmp_path / "revisits.warc.gz", [info(), *revisits]))
    import_file(home, write_members(tmp_path / "originals.warc.gz", [info(), *originals]))
    return home


def addresses(found: View) -> set[str]:
    return {dict(row)["url"] for row in found["address"]}


def test_neither_a_revisit_of_a_hidden_page_nor_one_at_a_hidden_address_shows_anything(
    with_revisits,
):
    home, before = with_revisits, view(with_revisits)
    assert addresses(before) == {NEWS[0], LIVE, COPY, LIVE_COPY}

    write_profile(home, WITHOUT_LIVE)
    run(home, "reprocess")

    assert addresses(view(home)) == {NEWS[0]}
    assert_same_view(view(home), rebuilt(home))
    for seed in (1, 2):
        ingest_shuffled(home, f"sqlite:///{seed}.db", seed)
        assert_same_view(view(home), view(home, f"sqlite:///{seed}.db"))

    write_profile(home, PROFILE)
    run(home, "reprocess")

    assert_same_view(view(home), before)
