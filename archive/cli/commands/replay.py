"""``index`` and ``replay``: find each capture by its URL and date, and see it in a browser.

Heavy modules are imported when a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from archive.cli.output import binary_stdout, print_json, progress
from archive.errors import NotFoundError
from archive.home import require_archive
from archive.maintenance.replay import (
    ADDRESS,
    COLLECTION,
    ReplayError,
    find_pywb,
    free_port,
    running_pywb,
)

if TYPE_CHECKING:
    from archive.warc.upkeep.index import CdxIndex, Refreshed


@click.command()
@click.option(
    "--output",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Where to write the index instead of HOME/index.cdxj; - for stdout.",
)
@click.option("--json", "as_json", is_flag=True, help="What was done, as JSON.")
@click.pass_obj
def index_command(home: Path, output: Path | None, *, as_json: bool) -> None:
    """Make or extend the CDXJ index of the archive's WARC files, for replay and other tools.

    Only new WARC files are read. Exits 1 when a record cannot be read, and names the record.
    """
    from archive.library import open_archive
    from archive.warc.upkeep.index import CdxIndex

    with open_archive(home, read_only=True) as archive:
        cdx = CdxIndex(home, archive.store)
        refreshed = _refresh(cdx)
        if output == Path("-"):
            stdout = binary_stdout()
            for line in cdx.lines(refreshed.files):
                stdout.write(line)
        else:
            count = cdx.write(refreshed.files, output)
            place = output or cdx.file
            if as_json:
                print_json(
                    {
                        "index": str(place),
                        "lines": count,
                        "files": len(refreshed.files),
                        "read": refreshed.read,
                        "problems": refreshed.problems,
                    }
                )
            else:
                click.echo(
                    f"{place}: {count} captures in {len(refreshed.files)} WARC files;"
                    f" {refreshed.read} of them were read now"
                )
    if refreshed.problems:
        raise SystemExit(1)


@click.command()
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8080,
    show_default=True,
    help="Port to replay on; 0 takes a free one.",
)
@click.option(
    "--pywb",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="pywb's program `wayback`; by default that of the environment which `make replay` makes.",
)
@click.pass_obj
def replay_command(home: Path, port: int, pywb: Path | None) -> None:
    """Replay the archive's pages in your browser, on this machine only, until Ctrl-C.

    The address is printed when pywb answers there.
    """
    from archive.library import open_archive
    from archive.warc.upkeep.index import CdxIndex

    require_archive(home)
    wayback = find_pywb(pywb)
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, _interrupt)
    try:
        with open_archive(home, read_only=True) as archive:
            cdx = CdxIndex(home, archive.store)
            refreshed = _refresh(cdx)
            count = cdx.write(refreshed.files)
            files = {name: archive.store.path(name) for name in refreshed.files}
        if not count:
            raise NotFoundError(f"{home}: holds no capture yet that could be replayed")
        port = free_port(port)
        with running_pywb(wayback, cdx.file, files, port) as process:
            click.echo(
                f"http://{ADDRESS}:{port}/{COLLECTION}/ replays {count} captures; Ctrl-C ends it"
            )
            try:
                code = process.wait()
            finally:
                for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                    signal.signal(name, signal.SIG_IGN)  # what is left to do is short
        raise ReplayError(f"pywb ended by itself (exit {code}); see above for why")
    except KeyboardInterrupt:
        click.echo("replay ended", err=True)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _refresh(cdx: CdxIndex) -> Refreshed:
    """Bring the index up to date; name on stderr what is left out and what cannot be read."""
    with progress("indexing") as display:

        def show(done: int, total: int) -> None:
            if display is not None:
                display.update(display.task_ids[0], completed=done, total=total)

        refreshed = cdx.refresh(show)
    for name in refreshed.unfinished:
        click.echo(f"{name}: is being written, and indexed when it is finished", err=True)
    for problem in refreshed.problems:
        click.echo(problem, err=True)
    return refreshed
