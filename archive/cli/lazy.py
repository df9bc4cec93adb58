"""A group of commands that are imported when one of them runs, so that ``--help`` stays quick."""

from __future__ import annotations

from importlib import import_module
from traceback import format_exception
from typing import Any

import click

from archive.cli.reading import tell_lag
from archive.errors import UNFORESEEN, ArchiveError, described
from archive.printable import mask


class LazyGroup(click.Group):
    """A click group from a table: command name to ("module:object", one line of help).

    An ``ArchiveError`` of any command ends the process with its message on one line of stderr, and
    an error that nobody foresaw with its traceback, a line and a code of its own.
    """

    def __init__(
        self, *args: Any, commands_at: dict[str, tuple[str, str]] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._at = commands_at or {}

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run from the command line, whose output is masked from here to the process's end."""
        mask()
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the names in the order of the table, which is that of a newcomer's way."""
        return list(self._at)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the module of a command and return it; None for an unknown name."""
        if cmd_name not in self._at:
            return None
        module, _, name = self._at[cmd_name][0].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write names and help lines from the table, importing nothing."""
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
            raise  # click's own way to end, and that of ``pressmark … | head``
        except Exception as error:  # noqa: BLE001 - the last door: whatever it is, it is told
            click.echo("".join(format_exception(error)), err=True, nl=False)
            click.echo(f"pressmark: {described(error)}", err=True)
            ctx.exit(UNFORESEEN)

    def _invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
        except ArchiveError as error:
            tell_lag(ctx, error)
            raise
        tell_lag(ctx)
        return result
