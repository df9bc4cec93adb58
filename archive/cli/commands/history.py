"""``history``: the versions of one article, and what was found between them.

Modules that need SQLAlchemy are imported when the command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import Console, print_json_lines, stdout
from archive.cli.reading import reading
from archive.cli.stories import find, how, reader_time, seen_between, shown, story_option

if TYPE_CHECKING:
    from archive.queries import ArticleHistory, Event, FoundArticle, HistoryEntry

NAMED_ONLY = frozenset({"description", "keywords", "image"})
"""Fields whose change is named only; ``diff`` shows the values."""


@click.command()
@click.argument("url")
@story_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each version.")
@click.pass_obj
def history_command(home: Path, url: str, number: int | None, *, as_json: bool) -> None:
    """Show every version of the article at URL: when it was seen, and what it changed.

    Events are listed between the versions: the article was gone or restored, or a consent wall or
    a broken page was found in its place. Any address of the article finds it. Times are UTC.
    """
    from archive.queries import article_histories, history_objects

    with reading(home) as archive, archive.database.reading() as connection:
        found = article_histories(connection, find(connection, url, number))
    for history in found:
        if as_json:
            print_json_lines(history_objects(history))
        else:
            _print(stdout(), history)


def _print(console: Console, history: ArticleHistory) -> None:
    story, entries = history.story, history.entries
    last = entries[-1].version
    number = "1 version" if len(entries) == 1 else f"{len(entries)} versions"
    console.print(Text(last.headline, "bold"))
    console.print(Text(story.canonical_url, "cyan"))
    console.print(
        f"{story.publisher} · {last.in_language or '?'} · {number},"
        f" {seen_between(story.seen_from, story.seen_until)} (UTC)"
    )
    for place in history.addresses[1:]:
        console.print(Text(f"also at {place.url} ({place.role})", "dim"))
    width = len(str(len(entries)))
    for entry in entries:
        _print_entry(console, entry, width)
        for event in entry.events:
            console.print(Text(" " * (width + 2) + _sentence(event, story), "magenta"))
    if story.gone_at is not None:
        reason = f" ({story.gone_reason})" if story.gone_reason else ""
        console.print(Text(f"\ngone since {reader_time(story.gone_at)}{reason}", "red"))


def _print_entry(console: Console, entry: HistoryEntry, width: int) -> None:
    version = entry.version
    line = Text.assemble(
        (f"\n{version.seq:>{width}}", "bold"),
        "  ",
        (how(version.change_kind), "yellow"),
        f", {seen_between(version.seen_from, version.seen_until)}",
        f", {version.word_count} words",
    )
    if entry.words_added or entry.words_removed:
        line.append(", ").append(f"{entry.words_added} added", "green")
        line.append(", ").append(f"{entry.words_removed} removed", "red")
    console.print(line)
    indent = " " * (width + 2)
    for name, (before, after) in entry.changed.items():
        if name not in NAMED_ONLY:
            change = (shown(before), "red"), " → ", (shown(after), "green")
            console.print(Text.assemble(f"{indent}{name}: ", *change))
    others = [name for name in entry.changed if name in NAMED_ONLY]
    if others:
        console.print(f"{indent}also changed: {', '.join(others)}")
    place = f"{version.warc_file} at {version.warc_offset}, {version.warc_record_id}"
    console.print(Text(indent + place, "dim"))


def _sentence(event: Event, story: FoundArticle) -> str:
    """Return *event* for a reader; its address is left out when it is the canonical one."""
    where = "" if event.url == story.canonical_url else f" at {event.url}"
    what = f": {event.what}" if event.what else ""
    times = (
        f" ({event.captures} captures until {reader_time(event.until)})"
        if event.captures > 1
        else ""
    )
    return f"{reader_time(event.at)}  {event.kind}{where}{what}{times}"
