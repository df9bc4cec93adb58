"""``export``: write the archive in a form that other tools read.

Heavy modules are imported when the command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from archive.cli.output import binary_stdout, print_json, progress
from archive.cli.reading import reading
from archive.errors import UsageError

if TYPE_CHECKING:
    from archive.library import Archive

FORMS = ("jsonl", "csv", "wacz")
STDOUT = Path("-")


class Day(click.ParamType[datetime]):
    """A day, or an instant with its offset, in ISO 8601."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an aware datetime; for a day, its beginning in UTC."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date, such as 2026-03-31", param, ctx)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class LastDay(Day):
    """The same, but a day means its end."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return an aware datetime; for a day, the beginning of the next day in UTC."""
        found = super().convert(value, param, ctx)
        is_day = isinstance(value, str) and len(value) <= len("2026-03-31")
        return found + timedelta(days=1) if is_day else found


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    help="jsonl, csv: the articles as a table. wacz: WARC files, index and list of pages in one"
    " file, for replay. [default: by the ending of FILE]",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    metavar="FILE",
    help="Where to write; a file that is there is replaced. [default: - (stdout), for a table]",
)
@click.option("--publisher", metavar="NAME", help="Only what is archived of this publisher.")
@click.option("--language", metavar="TAG", help="Table: only articles in this language.")
@click.option("--since", type=Day(), help="Table: only articles published on this day or later.")
@click.option("--until", type=LastDay(), help="Table: only those published on it or earlier.")
@click.option("--history", is_flag=True, help="Table: every version of each article.")
@click.option("--excel", is_flag=True, help="CSV: for spreadsheets, whose formulas are disarmed.")
@click.option("--json", "as_json", is_flag=True, help="What was written to FILE, as JSON.")
@click.pass_obj
def export_command(
    home: Path,
    /,
    form: str | None,
    output: Path | None,
    publisher: str | None,
    *,
    as_json: bool,
    **table: Any,
) -> None:
    """Write the archive, or a publisher's part of it: a table of the articles, or a WACZ file.

    A table has the columns of the view `articles`, or with --history those of `article_history`;
    an article without a publication date counts by when it was first seen. A WACZ file holds the
    WARC files themselves. When a record cannot be indexed, it is named and the exit code is 1; FILE
    contains its WARC file nevertheless.
    """
    form = form or _form_of(output)
    if form == "wacz" and any(table.values()):
        given = next(name for name, value in table.items() if value)
        raise UsageError(f"--{given} goes with --format jsonl or csv; a WACZ file holds everything")
    if form != "csv" and table["excel"]:
        raise UsageError("--excel goes with --format csv")
    if output in {None, STDOUT} and (as_json or form == "wacz"):
        what = "a WACZ file cannot go" if form == "wacz" else "--json cannot go, like the rows,"
        raise UsageError(f"{what} to stdout; name a file with --output")
    with reading(home, strictly=True) as archive:
        if form == "wacz":
            assert output is not None, "checked above"
            _export_wacz(archive, output, publisher, as_json=as_json)
        else:
            _export_table(archive, output or STDOUT, form, publisher, table, as_json=as_json)


def _form_of(output: Path | None) -> str:
    form = output.suffix.lower().lstrip(".") if output is not None else ""
    if form not in FORMS:
        raise UsageError(
            "--format is missing, and the ending of --output is none of the known ones;"
            " expected jsonl, csv or wacz"
        )
    return form


def _export_table(
    archive: Archive,
    output: Path,
    form: str,
    publisher: str | None,
    table: dict[str, Any],
    *,
    as_json: bool,
) -> None:
    from archive.export.tables import Form, export_table
    from archive.queries import ExportFilter, json_object

    with progress("exporting") as display:

        def show(rows: int) -> None:
            if display is not None:
                display.update(display.task_ids[0], description=f"exporting: {rows} rows")

        exported = export_table(
            binary_stdout() if output == STDOUT else output,
            Form(form),
            database=archive.database,
            wanted=ExportFilter(
                publisher=publisher,
                language=table["language"],
                since=table["since"],
                before=table["until"],
                history=table["history"],
            ),
            for_spreadsheets=table["excel"],
            report=show,
        )
    if as_json:
        print_json(json_object(exported))
    elif output != STDOUT:
        click.echo(f"{exported.file}: {exported.rows} rows, {exported.size_bytes / 1e6:.1f} MB")


def _export_wacz(archive: Archive, output: Path, publisher: str | None, *, as_json: bool) -> None:
    from archive.export.wacz import export_wacz
    from archive.queries import json_object
    from archive.warc.upkeep.index import CdxIndex

    with progress("exporting") as display:

        def show(done: int, total: int) -> None:
            if display is not None:
                display.update(display.task_ids[0], completed=done, total=total)

        exported = export_wacz(
            output,
            database=archive.database,
            store=archive.store,
            index=CdxIndex(archive.home, archive.store),
            publisher=publisher,
            report=show,
        )
    for problem in exported.problems:
        click.echo(problem, err=True)
    if as_json:
        print_json(json_object(exported))
    else:
        click.echo(
            f"{exported.file}: {exported.captures} captures in {exported.warc_files} WARC files,"
            f" {exported.pages} articles as pages, {exported.size_bytes / 1e6:.1f} MB"
        )
    if exported.problems:
        raise SystemExit(1)
