"""How commands print: rows and JSON to stdout, progress and remarks to stderr.

Strangers wrote what is printed. ``sys.stdout`` and ``sys.stderr`` make it printable
(``archive.printable.mask``). A console of rich sends commands to terminals itself, so it makes text
printable here. It takes no string as markup: style is given in ``rich.text.Text``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

import click
from rich import console as rich_console
from rich.console import ConsoleOptions, RenderableType
from rich.file_proxy import FileProxy
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.segment import Segment
from rich.text import Text

from archive.printable import masked, printable, printable_json

if TYPE_CHECKING:  # `extract` prints without a database, and need not load SQLAlchemy
    from archive.library import IntakeProgress as TakenIn

LOG_SECONDS = 60.0
"""Seconds between two lines about progress when stderr is no terminal but a log."""

markdown_option = click.option(
    "--markdown", "as_markdown", is_flag=True, help="Headline and text as Markdown."
)


def in_one_form(*, as_json: bool, as_markdown: bool) -> None:
    """Raise ``UsageError`` when output is asked for in two forms."""
    if as_json and as_markdown:
        raise click.UsageError("--json and --markdown exclude one another.")


class Console(rich_console.Console):  # noqa: TID251 - this is what masks
    """A console that prints text as it is: it reads no markup, emoji names or commands in text.

    Only styles become commands of the terminal, and styles are ours.
    """

    def __init__(self, stream: TextIO, *, soft_wrap: bool = False) -> None:
        super().__init__(
            file=getattr(stream, "unmasked", stream),
            stderr=stream is sys.stderr,
            soft_wrap=soft_wrap,
            markup=False,
            emoji=False,
            highlight=False,
        )

    def render_str(self, text: str, **options: Any) -> Text:
        """Return *text* for layout by rich; masked before, since masking changes its width."""
        return super().render_str(printable(text), **options)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterable[Segment]:
        """Yield what is printed of *renderable*, masked."""
        for segment in super().render(renderable, options):
            if segment.control:
                yield segment
            else:
                yield Segment(printable(segment.text), segment.style)


class Display(Progress):
    """A display of progress on stderr; output of that time appears above it, masked as well."""

    def __init__(self, *columns: ProgressColumn, auto_refresh: bool = True) -> None:
        super().__init__(
            *columns, console=Console(sys.stderr), transient=True, auto_refresh=auto_refresh
        )

    def start(self) -> None:
        """Begin to show."""
        super().start()
        # rich has replaced both streams by its own, which read escape sequences as styles. It puts
        # the old streams back at the end.
        if isinstance(sys.stdout, FileProxy):
            sys.stdout = masked(cast("TextIO", sys.stdout))
        if isinstance(sys.stderr, FileProxy):
            sys.stderr = masked(cast("TextIO", sys.stderr))


def stdout() -> Console:
    """Return a console on stdout, in colour only when stdout is a terminal."""
    return Console(sys.stdout, soft_wrap=True)


def binary_stdout() -> IO[bytes]:
    """Return stdout for a table: exact bytes, or masked text when stdout is a terminal.

    Programs read pipes and files and need the data; a person reads a terminal.
    """
    return cast("IO[bytes]", _Terminal()) if sys.stdout.isatty() else sys.stdout.buffer


class _Terminal:
    """Bytes of UTF-8 for a person to read."""

    def write(self, data: bytes) -> int:
        """Write *data*, made printable."""
        sys.stdout.write(data.decode(errors="replace").replace("\r\n", "\n"))
        return len(data)

    def flush(self) -> None:
        """Write what is buffered."""
        sys.stdout.flush()


def print_json(value: Any) -> None:
    """Print *value* as one line of JSON; times as ISO 8601."""
    click.echo(printable_json(json.dumps(value, ensure_ascii=False, default=_plain)))


def print_json_lines(values: Iterable[Any]) -> None:
    """Print each of *values* as a line of JSON."""
    for value in values:
        print_json(value)


@contextmanager
def progress(description: str) -> Iterator[Display | None]:
    """Give a progress display on stderr; None when stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Display(*columns) as display:
        display.add_task(description, total=None)
        yield display


def taking_in(display: Display | None, verb: str) -> Callable[[TakenIn], None]:
    """Return a function that shows on *display*, if any, how much of the WARC files is ingested."""

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
