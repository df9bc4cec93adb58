"""What tests of more than one folder need: databases on both engines."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import text

from archive.sql.database import Database, open_database
from tests.support.postgres import Server, running_server

ENGINES = ("sqlite", "postgresql")

# A busy machine is no failure: how long an example takes says nothing of what it shows.
settings.register_profile(
    "pressmark", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("pressmark")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server, one for each worker that needs it."""
    with running_server() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_template(postgres: Server) -> str:
    """The name of a database whose schema is up to date; others are made from it in 0.1 s."""
    name = postgres.create()
    open_database(postgres.url(name), Path("/")).close()
    return name


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> str:
    """The name of each engine that an archive's database may lie on."""
    return str(request.param)


@pytest.fixture
def new_url(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest
) -> Iterator[Callable[[], str]]:
    """Make the URL of an empty database on *engine*, and another at each call."""
    made: list[str] = []

    def on_sqlite() -> str:
        made.append(f"{len(made)}.db")
        return f"sqlite:///{tmp_path / made[-1]}"

    def on_postgresql() -> str:
        made.append(server.create())
        return server.url(made[-1])

    if engine == "sqlite":
        yield on_sqlite
        return
    server: Server = request.getfixturevalue("postgres")
    yield on_postgresql
    for name in made:
        server.drop(name)


@pytest.fixture(scope="session")
def shared_database(postgres: Server, postgres_template: str) -> Iterator[Database]:
    """A database on PostgreSQL that tests have in turn: to empty it is quicker than to make one."""
    name = postgres.create(postgres_template)
    opened = open_database(postgres.url(name), Path("/"))
    yield opened
    opened.close()


@pytest.fixture
def database(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Database]:
    """An archive's empty database on *engine*. Its tables must stay as they are."""
    if engine == "sqlite":
        opened = open_database("sqlite:///archive.db", tmp_path)
        yield opened
        opened.close()
        return
    shared: Database = request.getfixturevalue("shared_database")
    yield shared
    with shared.writing() as connection:
        connection.execute(text("TRUNCATE publisher, unsettled RESTART IDENTITY CASCADE"))
