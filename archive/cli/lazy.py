"""A group of commands that imports a command when it runs, so that ``--help`` is quick."""

from __future__ import annotations

import gc
from importlib import import_module
from traceback import format_exception
from typing import Any

import click

from archive.cli.namesakes import namesakes
from archive.cli.reading import tell_lag
from archive.errors import UNFORESEEN, ArchiveError, described
from archive.printable import mask

OBJECTS_BETWEEN_COLLECTIONS = 50_000
"""Python's own number is 700 to 2,000."""


class LazyGroup(click.Group):
    """A click group from a table: command name to ("module:object", one line of help).

    After an ``ArchiveError``, the process ends with one line on stderr and the error's exit code.
    After an error that nobody foresaw, it ends with a traceback, a line, and exit code 9.
    """

    def __init__(
        self, *args: Any, commands_at: dict[str, tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._at = commands_at or {}

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run from the command line; mask the output from here to the end of the process."""
        mask()
        # What is imported stays, and Python would look through it again and again for what does
        # not: a tenth of the time until a crawl's first request.
        gc.set_threshold(OBJECTS_BETWEEN_COLLECTIONS)
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table, in which a newcomer needs the commands."""
        return list(self._at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a command and return the command; None for an unknown name."""
        if cmd_name not in self._at:
            return None
        module, _, name = self._at[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write names and help lines from the table, without an import."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self._at.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; turn an error of the archive into one line and an exit code."""
        try:
            return self._invoke(ctx)
        except ArchiveError as error:
            click.echo(f"pressmark: {error}", err=True)
            ctx.exit(error.exit_code)
        except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
            raise  # click ends this way, and so does ``pressmark … | head``
        except Exception as error:  # noqa: BLE001 - nothing is above this to report it
            click.echo("".join(format_exception(error)), err=True, nl=False)
            for line in (*namesakes(), described(error)):
                click.echo(f"pressmark: {line}", err=True)
            ctx.exit(UNFORESEEN)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
        except ArchiveError as error:
            tell_lag(ctx, error)
            raise
        tell_lag(ctx)
        return result
