"""Hosts that a profile gains and loses, of records that were imported: as a rebuild has them."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from archive.profile import Profile, write_profile
from crawler.cli.main import main
from tests.support.foreign import info, response, write_members
from tests.support.imports import NEWS, OTHER, import_file, view
from tests.support.pages import story
from tests.support.view import assert_same_view

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
    for file in home.glob("again.db*"):
        file.unlink()
    run(home, "rebuild", "--into", "sqlite:///again.db")
    assert_same_view(here, view(home, "sqlite:///again.db"))


def test_a_host_that_is_added_takes_in_its_records_and_one_that_is_removed_leaves_them_out(home):
    write_profile(home, WITH_OTHER)
    assert_up_to_date(home, {*NEWS, OTHER})

    write_profile(home, PROFILE)
    assert_up_to_date(home, {*NEWS})
