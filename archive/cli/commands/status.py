"""``status``: how the archive stands, for whoever runs it.

What needs SQLAlchemy is imported when the command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive import last_crawl
from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import reader_time, require_publisher
from archive.locks import is_held, of_publisher
from archive.model import LOW_CONFIDENCE, Outcome
from archive.scope import skipped_text

if TYPE_CHECKING:
    from archive.queries.status import Crawl, Status

STATES = {"disk": "disk full or not writable"}
"""How a crawl ended, in more words than the name of its exit code."""
RUNNING, KILLED = "running", "killed"
"""States of a last crawl without an end: it holds its lock still, or it does not."""


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each publisher.")
@click.pass_obj
def status_command(home: Path, name: str | None, *, as_json: bool) -> None:
    """Show how the archive stands: of each publisher, or of NAME only.

    What is archived, how the last crawl went or that one is running, what is due now and when more
    will be, what fails, and what was served in place of pages. Times are UTC.
    """
    from archive.pipeline.extraction_jobs import made_by
    from archive.queries import status as queries

    now = datetime.now(UTC)
    with reading(home) as archive, archive.database.reading() as connection:
        known = queries.publisher_ids(connection)
        if name is not None:
            require_publisher(connection, name)
        profiles = archive.profiles
        found = [
            queries.publisher_status(
                connection,
                known[each],
                now,
                made_by(profiles[each]) if each in profiles else None,
            )
            for each in known
            if name is None or each == name
        ]
    for each in found:
        each = _as_noted(home, each)  # noqa: PLW2901 - the same, with its last crawl
        state = _state(home, each)
        if as_json:
            print_json({**asdict(each), "state": state})
        else:
            _print(stdout(), each, state)
    if not found:
        click.echo("nothing is archived yet", err=True)


def _as_noted(home: Path, found: Status) -> Status:
    """Return *found* with its last crawl as that noted it, where the database could not take it."""
    from archive.queries.status import Crawl

    last, note = found.last_crawl, last_crawl.read_last_crawl(home, found.publisher)
    if note is None or note.ended_at is None:
        return found
    if last is None or note.started_at > last.started_at:
        last = Crawl(
            command="",
            started_at=note.started_at,
            ended_at=note.ended_at,
            exit_state=note.exit_state,
            counts={},
        )
    elif last.ended_at is None and note.started_at == last.started_at:
        last = replace(last, ended_at=note.ended_at, exit_state=note.exit_state)
    return replace(found, last_crawl=last)


def _state(home: Path, found: Status) -> str | None:
    """Return how the last crawl ended, or that it is running or was killed; None without one."""
    last = found.last_crawl
    if last is None or last.ended_at is not None:
        return last.exit_state if last else None
    # Only a crawl whose end nobody noted is asked for: the lock is free but for that one.
    return RUNNING if is_held(home, of_publisher(found.publisher)) else KILLED


def _print(console: Console, found: Status, state: str | None) -> None:
    home = f"  {found.home}" if found.home else ""
    console.print(Text.assemble((found.publisher, "bold"), (home, "cyan")))
    for label, text in _lines(found, state):
        console.print(Text.assemble((f"  {label:<10}  ", "dim"), text))


def _lines(found: Status, state: str | None) -> Iterator[tuple[str, str | Text]]:
    gone = f", {found.gone} of them gone" if found.gone else ""
    yield "articles", f"{found.articles}{gone}; {_many(found.versions, 'version')}"
    if found.translated:
        groups = _many(found.translation_groups, "group")
        yield "translated", f"{found.translated} articles in {groups}"
    yield "captures", _captures(found)
    if found.hidden:
        yield "hidden", f"{_many(found.hidden, 'capture')}, by exclude and hosts of the profile"
    if found.last_crawl is not None:
        yield "last crawl", _last_crawl(found.last_crawl, state)
    total = sum(sum(reasons.values()) for reasons in found.due.values())
    by_kind = "; ".join(f"{kind}: {_counts(reasons)}" for kind, reasons in found.due.items())
    later = f"; more from {reader_time(found.next_due_at)}" if found.next_due_at else ""
    yield "due now", f"{_many(total, 'URL')}{f' ({by_kind})' if by_kind else ''}{later}"
    yield from _not_fetched(found)
    if found.doubts:
        yield "doubtful", f"captures: {_counts(found.doubts)}"
    if found.low_confidence:
        texts = _many(found.low_confidence, "article")
        yield "uncertain", f"the text of {texts} has a confidence below {LOW_CONFIDENCE}"
    lying = found.last_crawl.counts.get("lying_etags") if found.last_crawl else None
    if lying:
        yield "validators", f"{_many(lying, 'URL')} with an ETag that the last crawl distrusted"
    if found.of_another_extractor:
        others = _many(found.of_another_extractor, "extraction")
        yield "outdated", f"{others} by another extractor; `pressmark reprocess` mends that"
    if found.unsettled and state != RUNNING:
        yield "unsettled", f"{_many(found.unsettled, 'URL')}; the next crawl settles them"


def _not_fetched(found: Status) -> Iterator[tuple[str, str | Text]]:
    """Yield the lines on what fails, waits, is held back or is out of scope."""
    if found.failing:
        worst = ", ".join(
            f"{failing.url} ({failing.fail_count} in a row"
            f"{f', {failing.outcome}' if failing.outcome else ''})"
            for failing in found.failures
        )
        yield "failing", Text.assemble((_many(found.failing, "URL"), "yellow"), f": {worst}")
    for some in found.waiting:
        yield (
            "waiting",
            f"{_many(some.urls, 'URL')} until {reader_time(some.until)}: {some.reason}",
        )
    for held in found.held_back:
        copies = f", {held.copies} known under another URL" if held.copies else ""
        gave = f"{_many(held.fetched, 'page')} led to {_many(held.new, 'new article')}{copies}"
        yield "held back", f"{_many(held.urls, 'URL')} like {held.pattern}: {gave}"
    if found.skipped:
        yield "skipped", skipped_text(found.skipped)


def _captures(found: Status) -> str:
    size = found.warc_bytes
    shown = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    text = f"{found.captures} in {_many(found.warc_files, 'WARC file')}, {shown}"
    if found.first_capture_at is None or found.last_capture_at is None:
        return text
    return f"{text}, {reader_time(found.first_capture_at)} to {reader_time(found.last_capture_at)}"


def _last_crawl(last: Crawl, state: str | None) -> Text:
    colour = {"done": "green", RUNNING: "cyan", "partly": "yellow"}.get(state or "", "red")
    words = STATES.get(state or "", str(state))
    text = Text.assemble(f"{reader_time(last.started_at)}, ", (words, colour))
    if last.ended_at is not None:
        text.append(f" after {(last.ended_at - last.started_at).total_seconds():.0f} s")
    outcomes = {str(name): last.counts[name] for name in Outcome if name in last.counts}
    if last.counts.get("exchanges"):
        text.append(f", {_many(last.counts['exchanges'], 'exchange')} ({_counts(outcomes)})")
    if last.counts.get("articles"):
        text.append(f", {_many(last.counts['articles'], 'article')} new or changed")
    if failed := last.counts.get("failed_exchanges"):
        text.append(", ").append(f"{failed} failed", "yellow")
    return text


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in counts.items() if number)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
