"""``import``: take in web archives made elsewhere.

Modules that need SQLAlchemy are imported when the command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from archive.cli.output import print_json, progress, taking_in
from archive.errors import UsageError
from archive.locks import ARCHIVE, IMPORT, lock
from archive.printable import printable
from archive.profile import Profile, find_profile, make_profile, owner_of

if TYPE_CHECKING:
    from archive.library import Archive
    from archive.maintenance.import_warc import Imported, Importer

SITES_SHOWN = 5


@click.command("import")
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option(
    "--publisher",
    "wanted",
    multiple=True,
    metavar="NAME|URL",
    help="Only pages of this publisher; a URL makes one of its site. May be repeated.",
)
@click.option("--copy", is_flag=True, help="Copy the files into the archive.")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each file.")
@click.pass_obj
def import_command(
    home: Path, files: tuple[Path, ...], wanted: tuple[str, ...], *, copy: bool, as_json: bool
) -> None:
    """Take in web archives made elsewhere: WARC where it is or by copy, WACZ and ARC by copy.

    A page belongs to the publisher whose profile has its host. Pages of other hosts are left out
    and counted. Flaws that do not keep a record from being read (wrong digests, lengths, missing
    fields) are counted as remarks. A file that is no web archive does not keep the others from
    being taken in. Exits 1 when anything cannot be read.
    """
    from archive.library import open_archive

    failed = False
    with (
        open_archive(home, create=True) as archive,
        lock(
            home,
            ARCHIVE,
            shared=True,
            busy="it is being rebuilt or reprocessed; import when that has ended",
        ),
        lock(home, IMPORT, busy="another import is running; wait for it"),
        progress("importing") as display,
    ):
        importer = _importer(archive, wanted)
        refused: list[UsageError] = []
        for done in _each_taken_in(importer, files, refused, copy=copy):
            archive.__dict__.pop("profiles", None)  # one may have been made
            caught_up = archive.catch_up(taking_in(display, "importing"))
            problems = tuple(dict.fromkeys((*done.problems, *caught_up.problems)))
            failed = failed or bool(problems) or done.name is None
            for problem in problems:
                click.echo(problem, err=True)
            _report(done, problems, caught_up.read_before, as_json=as_json)
        if refused:
            raise refused[-1]
        if failed:
            raise SystemExit(1)


def _each_taken_in(
    importer: Importer, files: tuple[Path, ...], refused: list[UsageError], *, copy: bool
) -> Iterator[Imported]:
    """Yield what is taken in of each of *files*; why some are not is added to *refused*.

    All reasons but the last, which the caller raises, are printed.
    """
    for path in files:
        try:
            yield from importer.take_in(path, copy=copy)
        except UsageError as error:
            if refused:
                click.echo(str(refused[-1]), err=True)
            refused.append(error)


def _importer(archive: Archive, wanted: tuple[str, ...]) -> Importer:
    from archive.maintenance.import_warc import Importer

    if not wanted:
        return Importer(archive.store, archive.database, archive.profiles)
    chosen = [_profile(archive, text) for text in wanted]
    return Importer(
        archive.store,
        archive.database,
        {profile.name: profile for profile in chosen},
        {profile.name: profile for profile in chosen if profile.name not in archive.profiles},
    )


def _profile(archive: Archive, text: str) -> Profile:
    if "://" not in text:
        return find_profile(archive.home, text)
    try:
        known = owner_of(text, archive.profiles)
        made = make_profile(text)
    except ValueError as error:
        raise UsageError(f"--publisher: {error}") from error
    if known is not None:
        return known
    if made.name in archive.profiles:
        raise UsageError(
            f"a profile of the name {made.name!r} exists already, and {text} is not among its"
            f" hosts; add it to hosts in {archive.home / 'publishers' / f'{made.name}.toml'}"
        )
    return made


def _new(done: Imported) -> int:
    """Return how many captures of the file are in the database that were not there before."""
    return 0 if done.name is None else sum(done.captures.values()) - done.known


def _report(done: Imported, problems: tuple[str, ...], read_before: int, *, as_json: bool) -> None:
    if as_json:
        counts = {"ingested": _new(done), "read_before": read_before}
        print_json({**asdict(done), "problems": problems, **counts})
        return
    _tell(done)
    if read_before:
        click.echo(f"  {read_before} captures show what was read in an equal payload before")


def _tell(done: Imported) -> None:
    file = whole = printable(str(done.file), one_line=True)
    if done.member is not None:
        file = f"{file}: {printable(done.member, one_line=True)}"
    if not done.records:
        return  # its problems are told
    if done.name is None and not done.left_out:
        held = ", ".join(f"{count} {kind}" for kind, count in done.records.items())
        click.echo(f"{file}: holds no page, only these records: {held}; nothing is new")
    elif done.name is None:
        click.echo(f"{file}: holds no page of a publisher that was asked for; nothing is new")
    elif not done.is_new and not _new(done):
        click.echo(f"{file}: is in the archive already, as {done.name}")
    else:
        whose = ", ".join(f"{name}: {count}" for name, count in done.captures.items())
        known = f"; {done.known} were in the archive already" if done.known else ""
        click.echo(f"{file}: {_new(done)} captures ingested ({whose}), as {done.name}{known}")
    if done.rewritten is not None:
        click.echo(f"  written anew into the archive, since {done.rewritten}")
    for flaw, count in done.remarks.items():
        click.echo(f"  taken in with a remark: {count} records: {flaw}")
    if done.left_alone:
        kinds = ", ".join(f"{count} {kind}" for kind, count in done.left_alone.items())
        click.echo(f"  left alone, being no pages: {kinds}")
    if done.left_out:
        sites = list(done.left_out.items())
        named = ", ".join(f"{site} ({count})" for site, count in sites[:SITES_SHOWN])
        more = f" and {len(sites) - SITES_SHOWN} more sites" if len(sites) > SITES_SHOWN else ""
        click.echo(
            f"  left out {sum(done.left_out.values())} captures of {named}{more}; take in a site's"
            f" with: pressmark import {whole} --publisher {sites[0][0]}"
        )
