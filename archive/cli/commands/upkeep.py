"""``verify``, ``upgrade`` and ``rebuild``: check the archive, and bring its database up to date.

Modules that need SQLAlchemy are imported when a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import print_json, progress, taking_in
from archive.locks import ARCHIVE, lock

if TYPE_CHECKING:
    from archive.library import Archive
    from archive.maintenance.verify import FileReport


@click.command()
@click.option(
    "--repair", "mend", is_flag=True, help="Replace damaged files by their sound records."
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each WARC file.")
@click.pass_obj
def verify_command(home: Path, *, mend: bool, as_json: bool) -> None:
    """Read every record, check its digests, and check that every row leads to its record.

    Names each problem with its file and offset, and exits 1 when there is one. With --repair, all
    sound records of a damaged file are written to a new file, the old file stays beside it as
    NAME.damaged, and what is lost is listed; the exit code is 1 when a problem remains.
    """
    from archive.library import open_archive
    from archive.maintenance.verify import verify as verify_archive

    reports: list[FileReport] = []
    with open_archive(home, read_only=not mend) as archive:
        if mend:
            _repair(archive, as_json=as_json)
        for report in verify_archive(archive.database, archive.store, archive.find_owner):
            reports.append(report)
            if as_json:
                print_json(asdict(report))
                continue
            for sentence in (*report.remarks, *report.problems):
                click.echo(sentence)
    problems = sum(len(report.problems) for report in reports)
    if not as_json:
        records, rows = (sum(r.records for r in reports), sum(r.rows for r in reports))
        size = sum(report.size_bytes for report in reports)
        verdict = "all sound" if not problems else f"{problems} problems"
        click.echo(
            f"{len(reports)} files, {records} records, {size / 1e6:.1f} MB,"
            f" {rows} rows that lead to their records: {verdict}"
        )
        waiting = sum(report.waiting for report in reports)
        if waiting:
            click.echo(
                f"{waiting} captures are not in the database yet; the crawl that writes them, or"
                " the next one, takes them in"
            )
    if problems:
        raise SystemExit(1)


def _repair(archive: Archive, *, as_json: bool) -> None:
    from archive.maintenance.verify import repair_archive

    with lock(archive.home, ARCHIVE, busy="a crawl is running; repair when it has ended"):
        for done in repair_archive(archive.database, archive.store):
            if as_json:
                print_json({"repaired": asdict(done)})
                continue
            mended = f" (it repaired {done.mended} of them)" if done.mended else ""
            click.echo(
                f"{done.file}: damaged; its {done.records} sound records{mended} are in {done.new}"
                if done.new
                else f"{done.file}: damaged; none of its records is sound"
            )
            for loss in done.lost:
                click.echo(f"  lost: {loss}")
            for sentence in done.doubtful:
                click.echo(f"  doubtful, and kept: {sentence}")
        for problem in archive.catch_up().problems:
            click.echo(problem, err=True)


@click.command()
@click.pass_obj
def upgrade_command(home: Path) -> None:
    """Bring the database's schema up to that of this Pressmark.

    Commands that read change nothing, so they refuse a database which an older Pressmark made. A
    crawl upgrades the schema as well. Exits 1 when the database cannot be opened.
    """
    from archive.library import open_archive

    with open_archive(home):
        click.echo("the database has the schema of this Pressmark")


@click.command()
@click.option("--into", metavar="URL", help="An empty database to build in, instead.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_obj
def rebuild_command(home: Path, into: str | None, *, as_json: bool) -> None:
    """Make the database anew from the WARC files.

    Nothing of the archive is lost by deleting the database: the WARC files are the archive.
    """
    from archive.maintenance.rebuild import rebuild as rebuild_database

    with progress("rebuilding") as display:
        result = rebuild_database(home, into, taking_in(display, "rebuilding"))
    for problem in result.problems:
        click.echo(problem, err=True)
    if as_json:
        print_json(asdict(result))
    else:
        known = f", {result.read_before} with a payload read before" if result.read_before else ""
        click.echo(f"{result.captures} captures ingested{known}")
    if result.problems:
        raise SystemExit(1)
