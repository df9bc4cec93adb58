"""``history``: the versions of one article, and what befell it in between.

What needs SQLAlchemy is imported when the command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from archive.cli.output import Console, print_json_lines, stdout
from archive.cli.reading import reading
from archive.cli.stories import (
    changed_fields,
    find,
    how,
    reader_time,
    seen_between,
    shown,
    story_option,
)
from archive.diff.text import diff

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries.history import FoundArticle

NOT_TOLD = frozenset({"text", "removed", "extraction_id"})
"""Columns of a version that are left out: the whole text, and what means nothing elsewhere."""
NAMED_ONLY = frozenset({"description", "keywords", "image"})
"""Fields of which a reader is told only that they changed; ``diff`` shows how."""

Told = dict[str, Any]
"""A version as ``--json`` prints it."""


@click.command()
@click.argument("url")
@story_option
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each version.")
@click.pass_obj
def history_command(home: Path, url: str, number: int | None, *, as_json: bool) -> None:
    """Show every version of the article at URL: when it was seen, and what it changed.

    Between the versions stands what was found in their place: the article gone and restored, a
    wall of consent, a page that broke off. Any address of the article finds it. Times are UTC.
    """
    with reading(home) as archive, archive.database.reading() as connection:
        found = [(story, _told(connection, story)) for story in find(connection, url, number)]
    for story, versions in found:
        if as_json:
            print_json_lines(versions)
        else:
            _print(stdout(), story, versions)


def _told(connection: Connection, story: FoundArticle) -> list[Told]:
    from archive.queries.events import events
    from archive.queries.history import addresses, versions

    rows = versions(connection, story)
    places = [dict(row) for row in addresses(connection, story)]
    told: list[Told] = []
    for before, row in pairwise([None, *rows]):
        assert row is not None, "only the first of the pairs has nothing before it"
        version: Told = {key: value for key, value in row.items() if key not in NOT_TOLD}
        words = diff(before["text"], row["text"]) if before is not None else None
        version |= {
            "words_removed": words.words_removed if words else 0,
            "words_added": words.words_added if words else 0,
            "changed": changed_fields(before, row) if before is not None else {},
            "boilerplate": row["removed"],
            "events": [],
            "addresses": places,
        }
        told.append(version)
    for event in events(connection, story):
        of = [version for version in told if version["seen_from"] <= event.at] or told[:1]
        of[-1]["events"].append(asdict(event))
    return told


def _print(console: Console, story: FoundArticle, versions: Sequence[Told]) -> None:
    last = versions[-1]
    number = "1 version" if len(versions) == 1 else f"{len(versions)} versions"
    console.print(Text(last["headline"], "bold"))
    console.print(Text(story.canonical_url, "cyan"))
    console.print(
        f"{story.publisher} · {last['in_language'] or '?'} · {number},"
        f" {seen_between(story.seen_from, story.seen_until)} (UTC)"
    )
    for place in last["addresses"][1:]:
        console.print(Text(f"also at {place['url']} ({place['role']})", "dim"))
    width = len(str(len(versions)))
    for version in versions:
        _print_version(console, version, width)
        for event in version["events"]:
            console.print(Text(" " * (width + 2) + _sentence(event, story), "magenta"))
    if story.gone_at is not None:
        reason = f" ({story.gone_reason})" if story.gone_reason else ""
        console.print(Text(f"\ngone since {reader_time(story.gone_at)}{reason}", "red"))


def _print_version(console: Console, version: Told, width: int) -> None:
    line = Text.assemble(
        (f"\n{version['seq']:>{width}}", "bold"),
        "  ",
        (how(version["change_kind"]), "yellow"),
        f", {seen_between(version['seen_from'], version['seen_until'])}",
        f", {version['word_count']} words",
    )
    if version["words_added"] or version["words_removed"]:
        line.append(", ").append(f"{version['words_added']} added", "green")
        line.append(", ").append(f"{version['words_removed']} removed", "red")
    console.print(line)
    indent = " " * (width + 2)
    for name, (before, after) in version["changed"].items():
        if name not in NAMED_ONLY:
            change = (shown(before), "red"), " → ", (shown(after), "green")
            console.print(Text.assemble(f"{indent}{name}: ", *change))
    others = [name for name in version["changed"] if name in NAMED_ONLY]
    if others:
        console.print(f"{indent}also changed: {', '.join(others)}")
    place = f"{version['warc_file']} at {version['warc_offset']}, {version['warc_record_id']}"
    console.print(Text(indent + place, "dim"))


def _sentence(event: dict[str, Any], story: FoundArticle) -> str:
    """Return *event* for a reader, with its address where that is not the one to cite."""
    where = "" if event["url"] == story.canonical_url else f" at {event['url']}"
    what = f": {event['what']}" if event["what"] else ""
    times = (
        f" ({event['captures']} captures until {reader_time(event['until'])})"
        if event["captures"] > 1
        else ""
    )
    return f"{reader_time(event['at'])}  {event['kind']}{where}{what}{times}"
