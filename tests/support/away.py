"""A way to a PostgreSQL server that can be shut: its database is away, and comes back."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.postgres import Server

SOCKET = ".s.PGSQL.5432"


class Gateway:
    """The way to the database *name*: its server's socket under another path."""

    def __init__(self, folder: Path, server: Server, name: str) -> None:
        self._folder, self._server, self._name = folder, server, name
        self.open()

    @property
    def url(self) -> str:
        """SQLAlchemy's URL of the database, by way of here."""
        return f"postgresql+psycopg://postgres@/{self._name}?host={self._folder}"

    def open(self) -> None:
        """Let connections be made."""
        (self._folder / SOCKET).symlink_to(self._server.folder / SOCKET)

    def shut(self) -> None:
        """Let no connection be made, and end those that there are, as a server's restart does."""
        (self._folder / SOCKET).unlink()
        self._server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            f" WHERE datname = '{self._name}' AND pid <> pg_backend_pid()"
        )


@contextmanager
def gateway(server: Server, template: str) -> Iterator[Gateway]:
    """Give the way to a database of its own on *server*, which is made from *template*."""
    name = server.create(template)
    with tempfile.TemporaryDirectory(prefix="pressmark-way-") as folder:  # a socket's path is short
        yield Gateway(Path(folder), server, name)
    server.drop(name)
