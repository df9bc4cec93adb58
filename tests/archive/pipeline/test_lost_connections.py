"""A database server that loses connections while it is worked with: nothing is done twice."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from time import monotonic

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError

from archive.errors import DatabaseAwayError
from archive.library import open_archive
from archive.maintenance.rebuild import rebuild
from archive.model import Kind, Via
from archive.profile import find_profile
from archive.revisit import url_updates
from archive.revisit.rule import RETRY_AFTER
from archive.sql import crawls, views
from archive.sql.database import Database, open_database
from archive.sql.frontier import store as frontier
from archive.sql.frontier.store import State
from archive.sql.schema import state_tables, view_tables
from tests.support.homes import crawl
from tests.support.lossy import losing
from tests.support.postgres import Server
from tests.support.scenarios import SCENARIOS
from tests.support.stores import NOON
from tests.support.view import View, assert_same_view, dump_view

END_OF_OTHERS = text(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@pytest.fixture
def name(postgres: Server, postgres_template: str) -> Iterator[str]:
    """A database of this test's own."""
    made = postgres.create(postgres_template)
    yield made
    postgres.drop(made)


@pytest.fixture
def opened(postgres: Server, name: str) -> Iterator[Database]:
    opened = open_database(postgres.url(name), Path("/"))
    yield opened
    opened.close()


@pytest.fixture
def other(postgres: Server, name: str) -> Iterator[Database]:
    """Another's connections to the same database."""
    other = open_database(postgres.url(name), Path("/"))
    yield other
    other.close()


def end_connections_but_of(database: Database) -> None:
    with database.reading() as connection:
        connection.execute(END_OF_OTHERS)


def view_of(url: str, home: Path) -> View:
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def test_a_crawl_that_does_not_hear_of_a_third_of_its_commits_stores_nothing_twice(
    tmp_path: Path, postgres: Server, name: str
):
    profile = find_profile(tmp_path, "demo")
    exchanges = [item for scenario in SCENARIOS for item in scenario.exchanges]
    exchanges = sorted(exchanges, key=lambda item: item.date)[:50]
    home = tmp_path / "home"

    with losing(postgres, every=3) as lossy:
        with open_archive(home, database=lossy.url(name), create=True) as archive:
            written = crawl(archive, profile, exchanges)
        assert lossy.lost > 10

    view = view_of(postgres.url(name), home)
    assert len(view["capture"]) == len(written)
    rebuild(home, f"sqlite:///{tmp_path / 'again.db'}")
    assert_same_view(view, view_of(f"sqlite:///{tmp_path / 'again.db'}", home))


def test_a_job_whose_connection_ends_under_it_is_done_once_more(
    tmp_path: Path, postgres: Server, name: str, other: Database
):
    began = []

    def add_publisher(connection):
        began.append(connection)
        connection.execute(view_tables.publisher.insert().values(name=f"p{len(began)}", home="x"))
        if len(began) == 1:
            end_connections_but_of(other)

    with open_archive(tmp_path / "home", database=postgres.url(name), create=True) as archive:
        archive.ingest.do(add_publisher).result()
        names = archive.database.read(
            lambda connection: (
                connection.execute(select(view_tables.publisher.c.name)).scalars().all()
            )
        )

    assert names == ["p2"]


def test_an_error_of_ours_is_not_tried_again(tmp_path: Path, postgres: Server, name: str):
    tries = []

    def add_twice(connection):
        tries.append(connection)
        for _ in range(2):
            connection.execute(view_tables.publisher.insert().values(name="same", home="x"))

    with open_archive(tmp_path / "home", database=postgres.url(name), create=True) as archive:
        with pytest.raises(IntegrityError):
            archive.ingest.do(add_twice).result()
        count = select(func.count()).select_from(view_tables.publisher)
        added = archive.database.read(lambda connection: connection.scalar(count))

    assert (len(tries), added) == (1, 0)


def test_a_read_whose_connection_ends_is_done_once_more(opened: Database, other: Database):
    tries = []

    def read(connection):
        tries.append(connection)
        if len(tries) == 1:
            end_connections_but_of(other)
        return connection.scalar(select(1))

    assert opened.read(read) == 1
    assert (len(tries), opened.losses) == (2, 1)


def test_a_reader_who_cannot_wait_is_told_that_the_server_is_away(
    opened: Database, other: Database
):
    with opened.reading() as connection:
        connection.scalar(select(1))
    end_connections_but_of(other)

    with pytest.raises(DatabaseAwayError) as raised, opened.reading() as connection:
        connection.scalar(select(1))

    assert opened.comes_back(raised.value, monotonic())
    with opened.reading() as connection:
        assert connection.scalar(select(1)) == 1


def test_a_server_that_was_waited_for_in_vain_is_not_waited_for_again(
    postgres: Server, name: str, opened: Database
):
    postgres.execute(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
    opened.close()
    opened.patience_seconds = 0.5

    with pytest.raises(DatabaseAwayError):
        opened.read(lambda connection: connection.scalar(select(1)))

    assert opened.patience_seconds == 0


def test_what_a_crawl_does_to_the_frontier_and_its_row_can_be_done_twice(opened: Database):
    entry = frontier.Entry(url="http://x.test/", kind=Kind.PAGE, via=Via.SEED, priority=0, depth=0)
    account = {"command": "crawl", "profile_digest": "sha256:0", "software": {}}
    ids = []
    with opened.writing() as connection:
        owner = connection.execute(
            view_tables.publisher.insert()
            .values(name="x", home="x")
            .returning(view_tables.publisher.c.id)
        ).scalar_one()
        for _ in range(2):
            ids.append(crawls.begin(connection, owner, NOON, **account))
            frontier.add(connection, owner, [entry])
            url_updates.postpone(connection, owner, entry.url, "not now", NOON, 0)
            crawls.end(connection, ids[-1], NOON, {"exchanges": 1}, "done")

    with opened.reading() as connection:
        (row,) = connection.execute(select(views.url)).all()
        (account_row,) = connection.execute(select(state_tables.crawl)).all()
    assert (row.state, row.fail_count, row.next_due_at) == (State.RETRY, 1, NOON + RETRY_AFTER[0])
    assert (ids[0] == ids[1], account_row.exit_state) == (True, "done")
