"""How commands that read open the archive: they tell when its database lags behind its WARC files.

What there is, is shown all the same; then the command ends with a line and a code of its own.
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
"""Key of the context's ``meta``: the error that the command is to end with."""


@contextmanager
def reading(home: Path, *, strictly: bool = False) -> Iterator[Archive]:
    """Open the archive in *home* for reading; its database is not made if it does not exist.

    Where the database lags, the command's end says so. Raises ``LaggingError`` at once where it
    holds nothing yet and, *strictly*, where it lacks anything (see ``archive.pipeline.lag``).
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
    """Raise ``LaggingError`` if the command has read a database that lags.

    *error* is what it ended with otherwise. What was not found may lie in what is lacking; any
    other error comes first.
    """
    lag: LaggingError | None = context.meta.get(_LAG)
    if lag is not None and (error is None or isinstance(error, NotFoundError)):
        raise lag from error
