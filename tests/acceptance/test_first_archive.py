"""An archive that version 0.1 made, brought up to date by a crawl or a reprocess, on both engines.

``first_archive`` holds it. Version 0.1 showed whatever lay in its WARC files, and did not note by
which code its articles were settled.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.pipeline.reprocess import reprocess
from archive.sql.database import open_database
from tests.support.command import pressmark
from tests.support.gazette import PARTNERS, served, write_profile
from tests.support.hidden import assert_hidden
from tests.support.older_archive import FIRST
from tests.support.postgres import Server
from tests.support.view import View, assert_same_view, dump_view

pytestmark = pytest.mark.slow

HERE = "sqlite:///archive.db"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return FIRST.unpack(tmp_path / "home")


def view_of(home: Path, url: str = HERE) -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def rebuilt(home: Path) -> View:
    for file in home.glob("rebuilt.db*"):
        file.unlink()
    rebuild(home, "sqlite:///rebuilt.db")
    return view_of(home, "sqlite:///rebuilt.db")


def versions(view: View) -> Counter[tuple[object, ...]]:
    """How many versions each article has, by its address and ordinal."""
    return Counter(dict(row)["article_id"] for row in view["version"])


def is_partners(url: str) -> bool:
    return "gazette.test/partner/" in url


def reprocess_all(home: Path, url: str = HERE) -> None:
    with open_archive(home, database=url) as archive:
        profiles = [*archive.profiles.values()]
        reprocess(archive.database, archive.ingest, archive.workers, profiles)


def test_reprocessed_it_is_what_a_rebuild_gives_with_every_version_that_it_had(home):
    before = view_of(home)

    reprocess_all(home)

    after = view_of(home)
    assert_same_view(after, rebuilt(home))
    assert versions(after) == versions(before)


def test_crawled_again_it_is_what_a_rebuild_gives_before_anything_is_reprocessed(home):
    before = view_of(home)

    with served(again=True) as (_, options):
        pressmark(home, "crawl", "gazette", *options)

    after = view_of(home)
    assert_same_view(after, rebuilt(home))
    assert versions(after) == versions(before)


def test_rules_that_came_with_the_upgrade_hold_and_can_be_taken_back(home):
    write_profile(home, rules=PARTNERS)

    pressmark(home, "reprocess")

    hidden = view_of(home)
    assert_hidden(hidden, is_partners)
    assert_same_view(hidden, rebuilt(home))
    write_profile(home)
    pressmark(home, "reprocess")
    shown = view_of(home)
    assert_same_view(shown, rebuilt(home))
    assert any(is_partners(dict(row)["canonical_url"]) for row in shown["article"])


def test_on_postgresql_all_of_it_is_the_same(home, postgres: Server):
    name = postgres.create()
    url = postgres.url(name)
    FIRST.load(home, url)
    before = versions(view_of(home, url))

    reprocess_all(home, url)

    assert versions(view_of(home, url)) == before
    assert_same_view(view_of(home, url), rebuilt(home))
    write_profile(home, rules=PARTNERS, blog=False)
    reprocess_all(home, url)
    hidden = view_of(home, url)
    assert_hidden(hidden, lambda address: is_partners(address) or "//blog." in address)
    assert_same_view(hidden, rebuilt(home))
    write_profile(home)
    reprocess_all(home, url)
    assert versions(view_of(home, url)) == before
    assert_same_view(view_of(home, url), rebuilt(home))
    postgres.drop(name)
