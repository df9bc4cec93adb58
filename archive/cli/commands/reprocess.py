"""``reprocess``: bring an archive to the current extractor, or tell before what would change.

What needs SQLAlchemy is imported when the command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from archive.cli.commands.diff import print_changes
from archive.cli.output import LOG_SECONDS, Console, Display, print_json, progress, stdout
from archive.errors import LockedError, StorageError, UnknownPublisherError
from archive.locks import ARCHIVE, lock

if TYPE_CHECKING:
    from archive.library import Archive
    from archive.model import Article
    from archive.pipeline.reprocess_account import Reprocessed, ReprocessProgress, Sample
    from archive.profile import Profile

LOCKED, DISK_FULL = 4, 5
"""Exit codes of a crawl that finds the archive locked or no room on the disk, and so of this."""


@click.command()
@click.option("--publisher", metavar="NAME", help="Only the captures of this publisher.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]),
    help="Only captures from this day on (UTC).",
)
@click.option("--workers", type=click.IntRange(min=1), help="Extraction processes.")
@click.option("--dry-run", is_flag=True, help="Tell what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
@click.pass_obj
def reprocess_command(
    home: Path,
    publisher: str | None,
    since: datetime | None,
    workers: int | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Extract the archived captures again, where another extractor read them or they failed.

    The records are read from the WARC files, nothing is fetched. Whatever comes out as it was stays
    as it is, and a better text of an old capture is no edit. A run that is killed goes on where it
    was when it is started again. A dry run works on a copy, and may run beside a crawl.

    Exits 4 while a crawl is running, 5 when the disk is full, 1 when a record cannot be read.
    """
    from archive.library import open_archive
    from archive.pipeline.reprocess import reprocess as reprocess_archive

    busy = "a crawl is running; reprocess when it has ended"
    try:
        with (
            open_archive(home, rehearsal=dry_run) as archive,
            nullcontext() if dry_run else lock(home, ARCHIVE, busy=busy),
            progress("reprocessing") as display,
        ):
            if workers is not None:
                archive.settings = replace(archive.settings, workers=workers)
            done = reprocess_archive(
                archive.database,
                archive.ingest,
                archive.workers,
                _profiles(archive, publisher),
                since.replace(tzinfo=UTC) if since else None,
                _showing(display),
            )
            # Imported files may hold records of hosts that are the publisher's by now.
            caught_up = None if dry_run else archive.catch_up()
    except (LockedError, StorageError) as error:
        click.echo(f"pressmark: {error}", err=True)
        raise SystemExit(LOCKED if isinstance(error, LockedError) else DISK_FULL) from error
    problems = (*done.problems, *(caught_up.problems if caught_up else ()))
    _print_problems(problems, done.problems_left_out)
    _print_result(done, dry_run=dry_run, as_json=as_json)
    if problems:
        raise SystemExit(1)


def _print_result(done: Reprocessed, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        print_json({"dry_run": dry_run, **asdict(done)})
    else:
        _print(stdout(), done, dry_run=dry_run)


def _print_problems(problems: Iterable[str], left_out: int) -> None:
    for problem in problems:
        click.echo(problem, err=True)
    if left_out:
        click.echo(f"and {left_out} more that cannot be read", err=True)


def _profiles(archive: Archive, name: str | None) -> list[Profile]:
    if name is None:
        return list(archive.profiles.values())
    if name not in archive.profiles:
        raise UnknownPublisherError(
            f"--publisher {name}: there is no publisher of this name; `pressmark publishers` lists"
            " them"
        )
    return [archive.profiles[name]]


def _showing(display: Display | None) -> Callable[[ReprocessProgress], None]:
    """Return what shows how far it has come: on *display*, or else as a line a minute in a log."""
    log = Log()

    def show(state: ReprocessProgress) -> None:
        if display is None:
            if line := log.line(state.done, state.total, state.articles):
                click.echo(line, err=True)
            return
        what = f"settling: {state.articles} articles" if state.articles else "reprocessing"
        display.update(
            display.task_ids[0], total=state.total, completed=state.done, description=what
        )

    return show


class Log:
    """Says once in a while how far a long work has come, and how long it will still take."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._began = self._told = clock()

    def line(self, done: int, total: int, articles: int) -> str | None:
        """Return a line for a log, None where the last one is not long ago."""
        now = self._clock()
        if now - self._told < LOG_SECONDS:
            return None
        self._told = now
        line = f"reprocessing: {done} of {total} captures"
        if articles:
            return f"{line}, {articles} articles settled"
        if not done:
            return line
        left = (now - self._began) / done * (total - done)
        return f"{line}, some {left / 60:.0f} min left"


def _print(console: Console, done: Reprocessed, *, dry_run: bool) -> None:
    for line in _lines(done, dry_run=dry_run):
        console.print(Text(line))
    if not dry_run:
        return
    for sample in done.samples:
        console.print()
        _print_sample(console, sample)


def _lines(done: Reprocessed, *, dry_run: bool) -> Iterator[str]:
    would = "would change" if dry_run else "changed"
    known = f"; {done.read_before} show a payload read before" if done.read_before else ""
    yield f"{done.captures} captures extracted again, {done.updated} of another extractor{known}"
    kinds = ", ".join(f"{number} {kind}" for kind, number in done.changes.items())
    yield f"{done.changed} {would}: {kinds}"
    come, go = ("would come", "go") if dry_run else ("came", "went")
    yield (
        f"articles: {done.articles_come} {come}, {done.articles_gone} {go};"
        f" versions: {done.versions_come} {come}, {done.versions_gone} {go}"
    )
    for publisher, url, before, after in done.articles:
        yield f"  {publisher}  {url}: {before} versions, then {after}"
    if dry_run:
        yield "nothing was written; run it without --dry-run to have it so"


def _print_sample(console: Console, sample: Sample) -> None:
    console.print(Text(sample.url, style="cyan"))
    console.print(Text(f"captured {sample.fetched_at:%Y-%m-%d %H:%M}; {sample.warc_record_id}"))
    before, after = sample.outcomes
    if before != after:
        console.print(Text(f"outcome: {before}, then {after}"))
    if sample.before is not None and sample.after is not None:
        old, new = _fields(sample.before), _fields(sample.after)
        changed = {name: (old[name], new[name]) for name in old if old[name] != new[name]}
        if sample.before.text == sample.after.text and sample.before.blocks != sample.after.blocks:
            console.print(Text("the same text, but for what is a heading, a list or a quotation"))
        print_changes(console, changed, sample.before.text, sample.after.text)


def _fields(article: Article) -> dict[str, Any]:
    """Return all that *article* says but its text."""
    names = article.__dataclass_fields__.keys() - {"blocks"}
    return {name: getattr(article, name) for name in sorted(names)}
