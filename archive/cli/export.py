"""``export``: hand the archive on in a form that other tools read.

What is heavy is imported when the command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from archive.cli.output import print_json, progress


@click.command()
@click.option(
    "--format",
    "form",
    type=click.Choice(["wacz"]),
    required=True,
    help="wacz: WARC files, index and list of pages in one file, for replay.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    metavar="FILE",
    help="Where to write; a file that is there is replaced.",
)
@click.option("--publisher", metavar="NAME", help="Only what is archived of this publisher.")
@click.option("--json", "as_json", is_flag=True, help="What was written, as JSON.")
@click.pass_obj
def export(home: Path, form: str, output: Path, publisher: str | None, *, as_json: bool) -> None:  # noqa: ARG001 - the first of several forms
    """Write the archive, or a publisher's part of it, to FILE.

    Exits 1 when a record could not be indexed; it is named, and its WARC file is in FILE all the
    same.
    """
    from archive.export import export_wacz
    from archive.library import open_archive
    from archive.warc.index import CdxIndex

    with open_archive(home) as archive, progress("exporting") as display:

        def show(done: int, total: int) -> None:
            if display is not None:
                display.update(display.task_ids[0], completed=done, total=total)

        exported = export_wacz(
            output,
            database=archive.database,
            store=archive.store,
            index=CdxIndex(home, archive.store),
            publisher=publisher,
            report=show,
        )
    for problem in exported.problems:
        click.echo(problem, err=True)
    if as_json:
        print_json(asdict(exported))
    else:
        click.echo(
            f"{exported.file}: {exported.captures} captures in {exported.warc_files} WARC files,"
            f" {exported.pages} articles as pages, {exported.size_bytes / 1e6:.1f} MB"
        )
    if exported.problems:
        raise SystemExit(1)
