"""The standing rebuild test: the view is a function of the files in HOME, and of nothing else.

However an archive came about (a crawl that settled as it went, records in another order or twice,
several WARC files, another engine), rebuilding it gives every row again, column by column.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.model import Outcome, RecordType
from archive.sql.database import open_database
from archive.sql.schema import state_tables, view_tables
from tests.support.command import pressmark
from tests.support.foreign import (
    DATE,
    info,
    record,
    request,
    response,
    write_members,
    write_one_member,
    write_plain,
)
from tests.support.homes import ingest_shuffled, make_home
from tests.support.imports import import_file, make_profiles
from tests.support.later_scenarios import LATER
from tests.support.pages import story
from tests.support.postgres import Server
from tests.support.scenarios import SCENARIOS, Scenario, http, url_of
from tests.support.view import View, assert_same_view, dump_view

ALL = (*SCENARIOS, *LATER)
HARD_TO_COME_BY = {Outcome.FAILED, Outcome.HIDDEN}
"""Outcomes that no scenario has, or that no row has."""

Articles = dict[str, tuple[int, bool]]
"""By canonical address: how many versions there are, and whether the article is gone.

The address of a story that took over a URL bears its ordinal, as in "http://demo.test/a/ (2)"."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive that all scenarios were crawled into, in order of time."""
    exchanges = [item for scenario in ALL for item in scenario.exchanges]
    exchanges.sort(key=lambda item: item.date)
    return make_home(tmp_path_factory.mktemp("live"), exchanges, workers=2)


@pytest.fixture(scope="module")
def live(home: Path) -> View:
    """The view as the crawl left it."""
    return view_of("sqlite:///archive.db", home)


def view_of(url: str, home: Path) -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def articles_of(view: View) -> Articles:
    versions = Counter(dict(row)["article_id"] for row in view["version"])
    found: Articles = {}
    for row in map(dict, view["article"]):
        key = (row["publisher_id"], row["canonical_url"], row["ordinal"])
        name = row["canonical_url"] + (f" ({row['ordinal']})" if row["ordinal"] > 1 else "")
        found[name] = (versions[key], row["gone_at"] is not None)
    return found


def in_scenario(scenario: Scenario, articles: Articles) -> Articles:
    urls = {item.url for item in scenario.exchanges} | {url_of(path) for path in scenario.articles}
    return {url: found for url, found in articles.items() if url in urls}


@pytest.mark.parametrize("scenario", ALL, ids=lambda scenario: scenario.name)
def test_the_crawl_finds_the_articles_that_a_scenario_tells_of(scenario, live):
    expected = {
        url_of(path): (versions, path in scenario.gone)
        for path, versions in scenario.articles.items()
    }

    assert in_scenario(scenario, articles_of(live)) == expected


def test_the_scenarios_fill_several_files_and_every_view_table(home, live):
    assert len(list((home / "warc").glob("*.warc.gz"))) > 2
    assert all(live[table.name] for table in view_tables.VIEW_TABLES)


def test_the_scenarios_hold_every_kind_of_record_and_of_outcome(live):
    kinds = {dict(row)["record_type"] for row in live["capture"]}
    outcomes = {dict(row)["outcome"] for row in live["extraction"]}

    assert kinds == set(RecordType)
    assert outcomes >= set(Outcome) - HARD_TO_COME_BY
    assert any(dict(row)["hidden"] for row in live["capture"])


def test_a_rebuild_gives_every_row_of_the_view_again(home, live, tmp_path):
    result = rebuild(home, f"sqlite:///{tmp_path / 'again.db'}")

    assert result.problems == ()
    assert result.captures == len(live["capture"])
    assert_same_view(live, view_of(f"sqlite:///{tmp_path / 'again.db'}", home))


def test_a_rebuild_on_postgresql_gives_the_same_view(home, live, postgres: Server):
    name = postgres.create()
    url = postgres.url(name)

    rebuild(home, url)

    assert_same_view(live, view_of(url, home))
    postgres.drop(name)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_in_which_records_are_ingested_does_not_matter(home, live, tmp_path, seed):
    url = f"sqlite:///{tmp_path / 'shuffled.db'}"

    ingest_shuffled(home, url, seed)

    assert_same_view(live, view_of(url, home))


def test_the_order_does_not_matter_on_postgresql_either(
    home, live, postgres: Server, postgres_template: str
):
    name = postgres.create(postgres_template)
    url = postgres.url(name)

    ingest_shuffled(home, url, 3)

    assert_same_view(live, view_of(url, home))
    postgres.drop(name)


@pytest.fixture(scope="module")
def imported(home: Path, live: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same archive with files of other software, and with copies of what it has already.

    The copies' names come before and after those of the originals; a revisit comes before its
    original, and another names one of our own captures by its URL and date.
    """
    folder = tmp_path_factory.mktemp("imported")
    here = Path(shutil.copytree(home, folder / "home"))
    make_profiles(here, "news")
    first, *_, last = sorted((here / "warc").glob("*.warc.gz"))
    ours = next(
        dict(row)
        for row in live["capture"]
        if dict(row)["url"] == url_of("/gone/the-mole-under-the-hill/")
    )
    page = response("<http://news.test/one/?utm_source=x>", story(title="One at the mill"))
    files = [
        Path(shutil.copy(first, folder / "0-copy.warc.gz")),
        write_members(folder / "later.warc.gz", [info(), revisit(url_of("/"), ours), page]),
        write_members(
            folder / "revisits.warc.gz",
            [
                revisit("http://news.test/two/"),
                revisit("http://news.test/two/?ref=x", {"url": "http://news.test/two/"}),
            ],
        ),
        write_one_member(
            folder / "stream.warc.gz",
            [response("http://news.test/two/", story(title="Two at the weir"))],
        ),
        write_plain(
            folder / "plain.warc", [page, request("http://news.test/one/"), *odd(url_of("/odd/"))]
        ),
        Path(shutil.copy(last, folder / "z-copy.warc.gz")),
    ]
    for file in files:
        import_file(here, file)
    return here


def revisit(url: str, original: Mapping[str, object] | None = None) -> bytes:
    """A revisit that names *original*, or one of its own URL or of the usual date, by both."""
    target = original["url"] if original else url
    moment = original.get("fetched_at") if original else None
    date = f"{moment.isoformat()[:19]}Z" if isinstance(moment, datetime) else DATE
    return record(
        "revisit",
        http(200),
        url,
        date="2026-03-20T00:00:00Z",
        profile="http://netpreserve.org/warc/1.1/revisit/identical-payload-digest",
        refers_to_target_uri=str(target),
        refers_to_date=date,
    )


def odd(url: str) -> list[bytes]:
    """Records that are cut, empty, no HTTP, and of other kinds."""
    return [
        record("response", http(200, "<p>cut</p>" * 9)[:-20], f"{url}cut"),
        record("response", b"", f"{url}empty"),
        record("response", b"220 no http", f"{url}none"),
        record("response", http(200, "<p>time</p>"), f"{url}time", truncated="time"),
        record("response", b"1.2.3.4", "dns:demo.test", content_type="text/dns"),
        record("resource", b"log", url, content_type="text/plain"),
    ]


def test_a_revisit_at_another_address_of_a_path_belongs_to_the_article_of_its_original(imported):
    view = view_of("sqlite:///archive.db", imported)
    roles = {dict(row)["url"]: dict(row)["role"] for row in view["address"]}

    assert roles["http://news.test/two/"] == "canonical"
    assert roles["http://news.test/two/?ref=x"] == "alias"
    assert articles_of(view)["http://news.test/two/"] == (1, False)


def test_an_archive_with_imported_files_is_rebuilt_row_by_row(imported, tmp_path):
    url = f"sqlite:///{tmp_path / 'again.db'}"

    result = rebuild(imported, url)

    there = view_of("sqlite:///archive.db", imported)
    assert result.problems == ()
    assert {"http://news.test/one/", "http://news.test/two/"} <= articles_of(there).keys()
    assert_same_view(there, view_of(url, imported))


@pytest.mark.parametrize("seed", [4, 5])
def test_neither_does_the_order_matter_with_imported_files(imported, tmp_path, seed):
    url = f"sqlite:///{tmp_path / 'shuffled.db'}"

    ingest_shuffled(imported, url, seed)

    assert_same_view(view_of("sqlite:///archive.db", imported), view_of(url, imported))


@pytest.fixture
def own(home: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the archive, for a test that changes it."""
    yield Path(shutil.copytree(home, tmp_path / "own"))
    shutil.rmtree(tmp_path / "own")


def test_a_rebuild_in_place_gives_the_same_view_and_keeps_the_account_of_crawls(own, live):
    with open_archive(own) as archive, archive.database.writing() as connection:
        owner = connection.scalar(select(view_tables.publisher.c.id))
        row = {"command": "crawl demo", "profile_digest": "", "software": {}, "counts": {"n": 1}}
        started = dict(live["article"][0])["seen_from"]
        connection.execute(
            state_tables.crawl.insert().values(publisher_id=owner, started_at=started, **row)
        )

    rebuild(own)

    assert_same_view(live, view_of("sqlite:///archive.db", own))
    with open_archive(own) as archive, archive.database.reading() as connection:
        assert connection.scalar(select(state_tables.crawl.c.counts)) == {"n": 1}
        assert connection.scalar(select(func.count()).select_from(state_tables.unsettled)) == 0


def test_catching_up_with_a_deleted_database_gives_the_same_view(own, live):
    for file in own.glob("archive.db*"):
        file.unlink()

    with open_archive(own) as archive:
        caught_up = archive.catch_up()

    assert caught_up.captures == len(live["capture"])
    assert_same_view(live, view_of("sqlite:///archive.db", own))


def test_catching_up_a_second_time_changes_nothing(own, live):
    with open_archive(own) as archive, archive.database.writing() as connection:
        connection.execute(view_tables.warc_file.update().values(complete=False, size_bytes=None))

    with open_archive(own) as archive:
        caught_up = archive.catch_up()

    assert caught_up.captures == 0
    assert_same_view(live, view_of("sqlite:///archive.db", own))


def test_a_crawl_of_the_demo_in_a_process_of_its_own_is_rebuilt_row_by_row(tmp_path):
    crawled = pressmark(tmp_path / "home", "crawl", "demo", "--json")

    rebuild(tmp_path / "home", f"sqlite:///{tmp_path / 'again.db'}")

    live = view_of("sqlite:///archive.db", tmp_path / "home")
    assert len(live["capture"]) == crawled.counts["exchanges"]
    assert_same_view(live, view_of(f"sqlite:///{tmp_path / 'again.db'}", tmp_path / "home"))
