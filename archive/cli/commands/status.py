"""``status``: the state of the archive, for the person who runs it.

Modules that need SQLAlchemy are imported when the command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import reader_time
from archive.model import LOW_CONFIDENCE, Outcome
from archive.scope import skipped_text

if TYPE_CHECKING:
    from archive.queries import LastCrawlStatus, PublisherStatus

STATES = {"disk": "disk full or not writable"}
"""How a crawl ended, in more words than the name of its exit code."""
RUNNING = "running"


@click.command()
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each publisher.")
@click.pass_obj
def status_command(home: Path, name: str | None, *, as_json: bool) -> None:
    """Show the state of the archive: of each publisher, or of NAME only.

    What is archived, how the last crawl went or that one is running, what is due now and when more
    will be, what fails, and what was served in place of pages. Times are UTC.
    """
    from archive.pipeline.extraction_jobs import made_by
    from archive.queries import json_object, publisher_status
    from archive.sql.captures.lookups import publisher_ids

    now = datetime.now(UTC)
    with reading(home) as archive, archive.database.reading() as connection:
        stamps = {each: made_by(profile) for each, profile in archive.profiles.items()}
        found = [
            publisher_status(connection, each, now, home=home, made_by=stamps.get(each))
            for each in ([name] if name is not None else publisher_ids(connection))
        ]
    for status in found:
        if as_json:
            print_json(json_object(status))
        else:
            _print(stdout(), status)
    if not found:
        click.echo("nothing is archived yet", err=True)


def _print(console: Console, found: PublisherStatus) -> None:
    home = f"  {found.home}" if found.home else ""
    console.print(Text.assemble((found.publisher, "bold"), (home, "cyan")))
    for label, text in _lines(found):
        console.print(Text.assemble((f"  {label:<10}  ", "dim"), text))


def _lines(found: PublisherStatus) -> Iterator[tuple[str, str | Text]]:
    gone = f", {found.gone} of them gone" if found.gone else ""
    yield "articles", f"{found.articles}{gone}; {_many(found.versions, 'version')}"
    if found.translated:
        groups = _many(found.translation_groups, "group")
        yield "translated", f"{found.translated} articles in {groups}"
    yield "captures", _captures(found)
    if found.hidden:
        yield "hidden", f"{_many(found.hidden, 'capture')}, by exclude and hosts of the profile"
    if found.last_crawl is not None:
        yield "last crawl", _last_crawl(found.last_crawl, found.state)
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
        yield "outdated", f"{others} by another extractor; `pressmark reprocess` reads them again"
    if found.unsettled and found.state != RUNNING:
        yield "unsettled", f"{_many(found.unsettled, 'URL')}; the next crawl settles them"


def _not_fetched(found: PublisherStatus) -> Iterator[tuple[str, str | Text]]:
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


def _captures(found: PublisherStatus) -> str:
    size = found.warc_bytes
    shown = f"{size / 1e6:.1f} MB" if size >= 1e5 else f"{size / 1e3:.1f} kB"
    text = f"{found.captures} in {_many(found.warc_files, 'WARC file')}, {shown}"
    if found.first_capture_at is None or found.last_capture_at is None:
        return text
    return f"{text}, {reader_time(found.first_capture_at)} to {reader_time(found.last_capture_at)}"


def _last_crawl(last: LastCrawlStatus, state: str | None) -> Text:
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
