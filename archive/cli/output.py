"""How commands print: rows and JSON to stdout, progress and remarks to stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

if TYPE_CHECKING:  # `extract` prints without a database, and need not load SQLAlchemy
    from sqlalchemy import RowMapping

    from archive.library import Progress as TakenIn


markdown_option = click.option(
    "--markdown", "as_markdown", is_flag=True, help="Headline and text as Markdown."
)


def in_one_form(*, as_json: bool, as_markdown: bool) -> None:
    """Raise ``UsageError`` where output is asked for in two forms."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude one another.")


def stdout() -> Console:
    """Return a console on stdout, in colour only where that is a terminal."""
    return Console(highlight=False, soft_wrap=True)


def print_json(value: Any) -> None:
    """Print *value* as one line of JSON; times as ISO 8601."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def print_json_lines(values: Iterable[Any]) -> None:
    """Print each of *values* as a line of JSON."""
    for value in values:
        print_json(value)


def plain(row: RowMapping) -> dict[str, Any]:
    """Return *row* as JSON can hold it: times as ISO 8601 with their offset."""
    return {
        key: value.isoformat() if isinstance(value, datetime) else value
        for key, value in row.items()
    }


@contextmanager
def progress(description: str) -> Iterator[Progress | None]:
    """Give a progress display on stderr; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        display.add_task(description, total=None)
        yield display


def taking_in(display: Progress | None, verb: str) -> Callable[[TakenIn], None]:
    """Return what shows on *display*, if there is one, how far taking in WARC files has come."""

    def show(state: TakenIn) -> None:
        if display is not None:
            display.update(
                display.task_ids[0],
                total=state.total_bytes,
                completed=state.done_bytes,
                description=f"{verb}: {state.captures} captures",
            )

    return show


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no place in JSON")
