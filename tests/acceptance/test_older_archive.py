"""An archive that an older commit made, moved to the extractor of today.

``older_archive`` holds it: what the code of the commit before this extractor crawled and stored,
under the schema of that time. So this holds the migrations as well, on a database with rows.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from archive.extract.stamp import EXTRACTOR
from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.pipeline.reprocess import reprocess
from archive.sql.database import open_database
from tests.support.command import pressmark
from tests.support.older_archive import OLDER
from tests.support.postgres import Server
from tests.support.view import View, assert_same_view, dump_view


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return OLDER.unpack(tmp_path / "home")


def view_of(home: Path, url: str = "sqlite:///archive.db") -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def rebuilt(home: Path) -> View:
    rebuild(home, "sqlite:///rebuilt.db")
    return view_of(home, "sqlite:///rebuilt.db")


def versions(view: View) -> Counter[tuple[object, ...]]:
    """How many versions each article has, by its address and ordinal."""
    return Counter(dict(row)["article_id"] for row in view["version"])


def by_capture(view: View) -> dict[Any, dict[str, Any]]:
    return {dict(row)["capture_id"]: dict(row) for row in view["extraction"]}


def test_the_older_archive_opens_under_the_schema_of_today_and_says_what_is_to_be_done(home):
    refused = pressmark(home, "status", code=1)
    pressmark(home, "upgrade")

    told = pressmark(home, "status", "--json").rows

    assert "run `pressmark upgrade` first" in refused.err

    assert {row["publisher"]: row["of_another_extractor"] for row in told} == {
        "demo": 48,
        "herald": 60,
    }
    stamps = {row["extractor"] for row in by_capture(view_of(home)).values()}
    assert len(stamps) == 1
    assert EXTRACTOR not in stamps


@pytest.mark.slow
def test_reprocessed_it_is_what_a_rebuild_gives_and_has_not_one_version_more(home):
    before = view_of(home)

    pressmark(home, "reprocess")

    after = view_of(home)
    assert_same_view(after, rebuilt(home))
    assert versions(after) == versions(before)
    assert {row["extractor"] for row in by_capture(after).values()} == {EXTRACTOR}
    assert "another extractor" not in pressmark(home, "status").out


@pytest.mark.slow
def test_the_dry_run_tells_what_then_happens_to_it(home):
    before = by_capture(view_of(home))

    told = json.loads(pressmark(home, "reprocess", "--dry-run", "--json").out)

    assert by_capture(view_of(home)) == before
    done = json.loads(pressmark(home, "reprocess", "--json").out)
    assert {**told, "dry_run": False} == done
    after = by_capture(view_of(home))
    same = [(before[key], after[key]) for key in before]
    texts = sum(a["text_sha256"] != b["text_sha256"] for a, b in same)
    assert told["changes"]["texts"] == texts > 0
    assert told["changes"]["outcomes"] == sum(a["outcome"] != b["outcome"] for a, b in same)
    fields = [tuple(json.loads(row["fields"] or "{}") for row in pair) for pair in same]
    for kind, name in (("headlines", "headline"), ("authors", "author")):
        assert told["changes"][kind] == sum(a.get(name) != b.get(name) for a, b in fields) > 0


@pytest.mark.slow
def test_on_postgresql_it_is_what_a_rebuild_gives_as_well(home, postgres: Server):
    name = postgres.create()
    url = postgres.url(name)
    OLDER.load(home, url)
    before = versions(view_of(home, url))

    with open_archive(home, database=url, rehearsal=True) as archive:
        told = reprocess(
            archive.database,
            archive.ingest,
            archive.workers,
            [*archive.profiles.values()],
        )
    with open_archive(home, database=url) as archive:
        done = reprocess(
            archive.database,
            archive.ingest,
            archive.workers,
            [*archive.profiles.values()],
        )

    assert told == done
    assert versions(view_of(home, url)) == before
    assert_same_view(view_of(home, url), rebuilt(home))
    postgres.drop(name)


@pytest.mark.slow
def test_one_publisher_and_then_the_other_comes_to_the_same(home):
    pressmark(home, "reprocess", "--publisher", "herald")
    between = by_capture(view_of(home))

    pressmark(home, "reprocess")

    assert Counter(row["extractor"] == EXTRACTOR for row in between.values()) == {
        True: sum("herald" in repr(row) for row in view_of(home)["capture"]),
        False: sum("demo" in repr(row) for row in view_of(home)["capture"]),
    }
    assert_same_view(view_of(home), rebuilt(home))
