"""Open the archive for commands that read, and say when its database lags behind its WARC files.

A command shows what the database holds, and then ends with a line and an exit code of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.errors import LaggingError, NotFoundError

if TYPE_CHECKING:
    from archive.library import Archive

_LAG = "archive.cli.reading"
"""The key in the context's ``meta`` of the error that the command ends with."""


@contextmanager
def reading(home: Path, *, strictly: bool = False) -> Iterator[Archive]:
    """Open the archive in *home* for reading only.

    When the database lags, the end of the command says so. Raises ``LaggingError`` at once when the
    database holds nothing yet or, with *strictly*, when it lacks anything (see
    ``archive.pipeline.lag``).
    """
    from archive.library import open_archive

    with open_archive(home, read_only=True) as archive:
        found = archive.lag(strictly=strictly)
        if found is not None:
            is_sqlite = archive.settings.database.startswith("sqlite")
            error = LaggingError(found.sentence(home, rebuilds=is_sqlite))
            if found.is_all or strictly:
                raise error
            click.get_current_context().meta[_LAG] = error
        yield archive


def tell_lag(context: click.Context, error: Exception | None = None) -> None:
    """Raise ``LaggingError`` when the command has read a database that lags.

    *error* is the error that the command has raised. A ``NotFoundError`` gives way, since what was
    not found may be in what the database lacks; any other error is raised instead.
    """
    lag: LaggingError | None = context.meta.get(_LAG)
    if lag is not None and (error is None or isinstance(error, NotFoundError)):
        raise lag from error
