"""Moving an archive to a better extractor: what a reprocess must leave, and what a crawl must not.

The older archives are made by the real spine with an extractor that has faults of all kinds (see
``tests.support.older``); which ones is drawn by a seed.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.library import Archive, open_archive
from archive.maintenance.rebuild import rebuild
from archive.model import Exchange
from archive.pipeline.reprocess import reprocess
from archive.pipeline.reprocess_account import Reprocessed, ReprocessProgress
from archive.profile import find_profile
from archive.sql import views
from archive.sql.database import Database, open_database
from archive.sql.schema import state_tables, view_tables
from tests.support.homes import crawl, make_home
from tests.support.later_scenarios import LATER
from tests.support.older import older
from tests.support.postgres import Server
from tests.support.scenarios import MORNING, SCENARIOS
from tests.support.view import View, assert_same_view, dump_view

EXCHANGES: list[Exchange] = sorted(
    (item for scenario in (*SCENARIOS, *LATER) for item in scenario.exchanges),
    key=lambda item: item.date,
)
NOON = MORNING + timedelta(minutes=65)
"""An instant with captures of many articles on both sides."""

Report = Callable[[ReprocessProgress], None]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that the current extractor made."""
    return make_home(tmp_path_factory.mktemp("made") / "home", EXCHANGES, workers=2)


@pytest.fixture(scope="module")
def current(home: Path) -> View:
    return view_of(home)


def view_of(home: Path, url: str = "sqlite:///archive.db") -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def everything(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, ids and all."""
    with database.reading() as connection:
        return {
            name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for name, table in state_tables.ALL_TABLES.tables.items()
        }


def make_older(home: Path, folder: Path, seed: int, *, until: datetime | None = None) -> Path:
    """The archive of *home* as an older extractor left it, or only the part before *until*."""
    here = Path(shutil.copytree(home, folder / "home"))
    for file in here.glob("archive.db*"):
        file.unlink()
    with older(here, seed) as archive:
        if until is None:
            archive.catch_up()
        else:
            ingest_before(archive, until)
    return here


def ingest_before(archive: Archive, until: datetime) -> None:
    profile = find_profile(archive.home, "demo")
    for file in archive.store.files():
        for item in archive.store.scan(file.name):
            if item.fetched_at < until:  # type: ignore[union-attr]
                archive.ingest.submit(item, profile).result()  # type: ignore[arg-type]
    archive.ingest.settle_all(profile)


def reprocessed(
    home: Path,
    url: str | None = None,
    *,
    since: datetime | None = None,
    dry_run: bool = False,
    report: Report = lambda _: None,
) -> Reprocessed:
    with open_archive(home, database=url, rehearsal=dry_run) as archive:
        return reprocess(
            archive.database,
            archive.ingest,
            archive.workers,
            [find_profile(home, "demo")],
            since,
            report,
        )


def slowly(seed: int) -> object:
    """A seed more, for `make test-all`."""
    return pytest.param(seed, marks=pytest.mark.slow)


class KilledError(Exception):
    """What ends a run in the middle."""


def killed_after(number: int) -> Report:
    def report(state: ReprocessProgress) -> None:
        if state.done >= number:
            raise KilledError

    return report


@pytest.mark.parametrize("seed", [1, slowly(2), slowly(3)])
def test_after_a_reprocess_the_view_is_that_of_a_rebuild(home, current, tmp_path, seed):
    here = make_older(home, tmp_path, seed)

    done = reprocessed(here)

    assert done.captures == done.updated == len(current["extraction"])
    assert done.problems == ()
    assert_same_view(view_of(here), current)


@pytest.mark.slow
def test_after_a_reprocess_on_postgresql_it_is_too(
    home, current, postgres: Server, postgres_template: str
):
    name = postgres.create(postgres_template)
    with older(home, 4, postgres.url(name)) as archive:
        archive.catch_up()

    reprocessed(home, postgres.url(name))

    assert_same_view(view_of(home, postgres.url(name)), current)
    postgres.drop(name)


def test_the_older_archives_differ_in_every_kind_of_change(home, tmp_path):
    here = make_older(home, tmp_path, 1)

    done = reprocessed(here, dry_run=True)

    assert all(done.changes.values())
    assert done.articles_come
    assert done.versions_come
    assert done.versions_gone
    assert {kind for sample in done.samples for kind in sample.kinds} == set(done.changes)


def test_a_second_reprocess_finds_nothing_to_do_and_writes_nothing(home, tmp_path):
    here = make_older(home, tmp_path, 1)
    reprocessed(here)
    with open_archive(here) as archive:
        before = everything(archive.database)

    done = reprocessed(here)

    assert (done.captures, done.changed) == (0, 0)
    with open_archive(here) as archive:
        assert everything(archive.database) == before


def test_what_comes_out_the_same_keeps_its_rows_but_for_the_stamp(home, tmp_path):
    here = Path(shutil.copytree(home, tmp_path / "home"))
    with open_archive(here) as archive:
        with archive.database.writing() as connection:
            connection.execute(view_tables.extraction.update().values(extractor="pressmark/0 same"))
        before = everything(archive.database)

    done = reprocessed(here)

    assert (done.updated, done.changed) == (len(before["extraction"]), 0)
    with open_archive(here) as archive:
        after = everything(archive.database)
    stamps = [(row[2], row[3]) for row in after["extraction"]]
    assert len(set(stamps)) == 1
    assert [(*row[:2], *row[4:]) for row in before["extraction"]] == [
        (*row[:2], *row[4:]) for row in after["extraction"]
    ]
    for name in before.keys() - {"extraction"}:
        assert after[name] == before[name], name


def test_killed_and_started_again_it_goes_on_where_it_was(home, current, tmp_path):
    here = make_older(home, tmp_path, 2)
    seen: list[ReprocessProgress] = []
    with pytest.raises(KilledError):
        reprocessed(here, report=killed_after(100))

    done = reprocessed(here, report=seen.append)

    assert seen[0].total <= len(current["extraction"]) - 64
    assert done.captures == seen[-1].done == seen[0].total
    assert_same_view(view_of(here), current)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [5, slowly(6)])
def test_the_latest_first_and_then_the_rest_gives_the_same(home, current, tmp_path, seed):
    here = make_older(home, tmp_path, seed)

    part = reprocessed(here, since=NOON)
    reprocessed(here)

    moments = [dict(row)["fetched_at"] for row in current["capture"]]
    assert part.captures == sum(moment >= NOON for moment in moments)
    assert_same_view(view_of(here), current)


@pytest.mark.parametrize("seed", [7, slowly(8)])
def test_a_crawl_before_the_reprocess_leaves_nothing_behind_either(home, current, tmp_path, seed):
    here = make_older(home, tmp_path, seed, until=NOON)
    with open_archive(here) as archive:
        archive.catch_up()

    reprocessed(here)

    assert_same_view(view_of(here), current)


def versions(view: View) -> Counter[tuple[object, ...]]:
    """How many versions each article has, by its address and ordinal."""
    return Counter(dict(row)["article_id"] for row in view["version"])


@pytest.mark.parametrize("seed", [9, slowly(10), slowly(11)])
def test_a_crawl_with_a_newer_extractor_invents_no_edits(home, current, tmp_path, seed):
    here = make_older(home, tmp_path, seed, until=NOON)
    before = versions(view_of(here))

    with open_archive(here) as archive:
        archive.catch_up()

    found, rightly = versions(view_of(here)), versions(current)
    # What nobody came upon has the versions still that the older extractor alone made; and a rule
    # of boilerplate is learned again only when most articles of its language are read as before.
    more = {key for key in found - rightly if found[key] > before[key]}
    assert not {key for key in more if "/de/" not in key[1]}
    assert found != before
    assert not mixed_articles(view_of(here))


def mixed_articles(view: View) -> set[object]:
    """The URLs of which some captures were read by one extractor and some by another."""
    makers: dict[object, set[object]] = {}
    urls = {dict(row)["warc_record_id"]: dict(row)["url"] for row in view["capture"]}
    for row in map(dict, view["extraction"]):
        if row["outcome"] == "article":
            makers.setdefault(urls[row["capture_id"][0]], set()).add(row["extractor"])
    return {url for url, by in makers.items() if len(by) > 1}


@pytest.mark.slow
def test_without_it_the_same_crawl_would_invent_them(home, current, tmp_path):
    here = make_older(home, tmp_path, 9, until=NOON)
    with older(here, 99) as archive:
        archive.catch_up()

    assert versions(view_of(here)) - versions(current)


@pytest.mark.parametrize("seed", [1, slowly(12)])
def test_a_dry_run_tells_what_then_happens_and_writes_nothing(home, tmp_path, seed):
    here = make_older(home, tmp_path, seed)
    with open_archive(here) as archive:
        before = everything(archive.database)
    files = {file.name: file.stat() for file in (here / "warc").iterdir()}

    told = reprocessed(here, dry_run=True)

    with open_archive(here) as archive:
        assert everything(archive.database) == before
    assert {file.name: file.stat() for file in (here / "warc").iterdir()} == files
    assert told == reprocessed(here)


@pytest.mark.slow
def test_what_a_dry_run_tells_are_the_differences_of_the_two_views(home, current, tmp_path):
    here = make_older(home, tmp_path, 1)
    before = view_of(here)

    told = reprocessed(here, dry_run=True)

    old, new = versions(before), versions(current)
    assert told.articles_come == len(new.keys() - old.keys())
    assert told.articles_gone == len(old.keys() - new.keys())
    assert told.versions_come == (new - old).total()
    assert told.versions_gone == (old - new).total()
    rows = [
        {dict(row)["capture_id"]: dict(row) for row in view["extraction"]}
        for view in (before, current)
    ]
    pairs = [(rows[0][key], rows[1][key]) for key in rows[0]]
    same = [(a, b) for a, b in pairs if a["outcome"] == b["outcome"]]
    assert told.changes["outcomes"] == len(pairs) - len(same)
    assert told.changes["texts"] == sum(a["text_sha256"] != b["text_sha256"] for a, b in same)


def test_a_page_that_failed_is_tried_again_by_the_same_extractor(home, current, tmp_path):
    here = Path(shutil.copytree(home, tmp_path / "home"))
    with open_archive(here) as archive, archive.database.writing() as connection:
        some = select(view_tables.extraction.c.id).where(
            view_tables.extraction.c.outcome == "article"
        )
        key = connection.scalars(some).first()
        lost = {"outcome": "failed", "fields": None, "block_list_id": None, "text_sha256": None}
        connection.execute(
            view_tables.extraction.update().where(view_tables.extraction.c.id == key).values(lost)
        )

    done = reprocessed(here)

    assert (done.captures, done.changes["outcomes"]) == (1, 1)
    assert_same_view(view_of(here), current)


def test_what_cannot_be_read_any_more_keeps_what_an_earlier_extractor_read(home, tmp_path):
    here = make_older(home, tmp_path, 1)
    gone = sorted((here / "warc").glob("*.warc.gz"))[1]
    gone.unlink()
    before = view_of(here)

    done = reprocessed(here)

    assert any(gone.name in problem for problem in done.problems)
    kept = [dict(row)["warc_record_id"] for row in before["capture"] if gone.name in repr(row)]
    after = {dict(row)["capture_id"][0]: dict(row) for row in view_of(here)["extraction"]}
    assert kept
    assert {after[name]["extractor"] for name in kept} == {"pressmark/0 older"}


@pytest.mark.slow
def test_a_url_that_the_better_extractor_finds_newly_is_fetched_by_the_next_crawl(home, tmp_path):
    here = make_older(home, tmp_path, 1)
    with open_archive(here) as archive, archive.database.writing() as connection:
        known = set(connection.scalars(select(views.discovery.c.url)))

    reprocessed(here)

    with open_archive(here) as archive, archive.database.reading() as connection:
        found = set(connection.scalars(select(views.discovery.c.url))) - known
        fetchable = set(connection.scalars(select(views.url.c.url)))
    assert found
    assert found <= fetchable


@pytest.mark.slow
def test_a_crawl_goes_on_as_ever_after_a_reprocess(home, tmp_path):
    here = make_older(home, tmp_path, 3)
    reprocessed(here)
    day = timedelta(days=3)
    later = [replace(item, date=item.date + day) for item in EXCHANGES[-40:]]

    with open_archive(here) as archive:
        crawl(archive, find_profile(here, "demo"), later)

    rebuild(here, f"sqlite:///{tmp_path / 'again.db'}")
    assert_same_view(view_of(here), view_of(here, f"sqlite:///{tmp_path / 'again.db'}"))


@pytest.mark.slow
def test_at_rest_nothing_is_left_to_be_read_again(home, tmp_path):
    here = make_older(home, tmp_path, 5)
    reprocessed(here, since=MORNING + timedelta(minutes=30))
    with open_archive(here) as archive, archive.database.reading() as connection:
        noted = connection.scalar(select(func.count()).select_from(state_tables.reread))

    reprocessed(here)

    with open_archive(here) as archive, archive.database.reading() as connection:
        left = connection.scalar(select(func.count()).select_from(state_tables.reread))
    assert noted
    assert not left
