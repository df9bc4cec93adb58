"""``diff``: what changed between two versions of an article, word by word.

Modules that need SQLAlchemy are imported when the command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import find, how, seen_between, shown, story_option, version_of
from archive.diff.text import Diff, DiffBlock, DiffSegment, Op, diff
from archive.model import ChangeKind

if TYPE_CHECKING:
    from archive.queries import VersionDetail, VersionDiff

CONTEXT = 50
"""How many characters of unchanged text are shown on each side of a change."""
SLACK = 20
"""Text that is longer by no more than this is not cut."""
PROSE = frozenset({"headline", "description"})
STYLES = {Op.SAME: "", Op.REMOVED: "red strike", Op.ADDED: "green"}
MARKS = {Op.SAME: ("", ""), Op.REMOVED: ("[-", "-]"), Op.ADDED: ("{+", "+}")}
"""The marks of ``git diff --word-diff=plain``, for output without colour."""


@click.command("diff")
@click.argument("url")
@click.option("--from", "first", type=click.IntRange(min=1), metavar="N", help="The older version.")
@click.option("--to", "last", type=click.IntRange(min=1), metavar="N", help="The newer version.")
@story_option
@click.option("--full", is_flag=True, help="Show unchanged text as well, in full.")
@click.option("--json", "as_json", is_flag=True, help="The changes as JSON.")
@click.pass_obj
def diff_command(
    home: Path,
    url: str,
    first: int | None,
    last: int | None,
    number: int | None,
    *,
    full: bool,
    as_json: bool,
) -> None:
    """Show what changed between two versions of the article at URL, word by word.

    Without --from and --to, the latest version is compared with the one before it. On a terminal
    what was removed is red and struck through, what was added green; elsewhere they are marked as
    [-removed-] and {+added+}. Unchanged text is cut to a few words around each change.
    """
    from archive.queries import article_versions, compare_versions, diff_object

    with reading(home) as archive, archive.database.reading() as connection:
        found = [article_versions(connection, story) for story in find(connection, url, number)]
    for versions in found:
        newer = version_of(versions, last or len(versions), url)
        older = version_of(versions, first or max(newer.seq - 1, 1), url)
        if older is newer and first is None:
            click.echo(f"{url}: nothing to compare with version {newer.seq}, the first", err=True)
        elif as_json:
            print_json(diff_object(compare_versions(older, newer), full=full))
        else:
            print_diff(stdout(), compare_versions(older, newer), full=full)


def print_diff(console: Console, found: VersionDiff, *, full: bool = False) -> None:
    """Print what changed between two versions."""
    console.print(Text(found.newer.headline, style="bold"))
    console.print(Text(found.newer.canonical_url, style="cyan"))
    for sign, version in (("-", found.older), ("+", found.newer)):
        when = seen_between(version.seen_from, version.seen_until)
        line = f"{sign} version {version.seq}: {when} ({how(version.change_kind)})"
        console.print(Text(line, style="dim"))
    _print_fields_and_words(console, found.changed, found.words, full=full)
    console.print(Text(_sum(found.words, found.older, found.newer), style="dim"))


def print_changes(
    console: Console,
    fields: Mapping[str, Sequence[Any]],
    before_text: str,
    after_text: str,
    *,
    full: bool = False,
) -> None:
    """Print *fields* (values before and after), and what changed in a text."""
    _print_fields_and_words(console, fields, diff(before_text, after_text), full=full)


def _print_fields_and_words(
    console: Console, fields: Mapping[str, Sequence[Any]], words: Diff, *, full: bool
) -> None:
    marked = console.color_system is None or console.no_color
    if fields:
        console.print()
    for name, (before, after) in fields.items():
        line = Text(f"{name}: ", style="yellow")
        for segment in _field(name, before, after):
            _append(line, segment, marked=marked)
        console.print(line)
    console.print()
    for line in _lines(words, full=full, marked=marked):
        console.print(line)


def _field(name: str, before: Any, after: Any) -> Iterable[DiffSegment]:
    """Return what changed in a field: the words of prose, and the whole value of other fields."""
    if name in PROSE and before and after:
        return [segment for block in diff(before, after).blocks for segment in block.segments]
    return DiffSegment(Op.REMOVED, shown(before)), DiffSegment(Op.ADDED, shown(after))


def _lines(words: Diff, *, full: bool, marked: bool) -> Iterator[Text]:
    """Yield a line for each block, or one for all unchanged blocks between two others."""
    for is_same, some in groupby(words.blocks, key=lambda block: block.is_same):
        blocks = list(some)
        if is_same and not full:
            last = _shortened(_text(blocks[-1]), head=True, tail=False)
            many = (
                f"{len(blocks)} unchanged blocks, the last" if blocks[1:] else "1 unchanged block"
            )
            yield Text(f"({many}: {last})", style="dim")
            continue
        for block in blocks:
            line = Text()
            for number, segment in enumerate(block.segments):
                if segment.op is Op.SAME and not full:
                    is_last = number == len(block.segments) - 1
                    text = _shortened(segment.text, head=number > 0, tail=not is_last)
                    segment = DiffSegment(Op.SAME, text)  # noqa: PLW2901
                _append(line, segment, marked=marked)
            yield line


def _append(line: Text, segment: DiffSegment, *, marked: bool) -> None:
    text = segment.text.rstrip()
    before, behind = MARKS[segment.op] if marked else ("", "")
    if segment.op is Op.ADDED and line.plain[-1:] not in {"", " "} and not marked:
        line.append(" ")  # so that the two words are apart when the line is copied
    line.append(f"{before}{text}{behind}", style=None if marked else STYLES[segment.op])
    line.append(segment.text[len(text) :])


def _shortened(text: str, *, head: bool, tail: bool) -> str:
    """Return the beginning (*head*) or the end (*tail*) of *text*, or both, with "…" between."""
    if len(text) <= CONTEXT * (head + tail) + SLACK:
        return text
    first = text[:CONTEXT].rsplit(" ", 1)[0] + " …" if head else "…"
    last = " " + text[-CONTEXT:].split(" ", 1)[-1] if tail else ""
    return first + last


def _text(block: DiffBlock) -> str:
    return "".join(segment.text for segment in block.segments)


def _sum(words: Diff, older: VersionDetail, newer: VersionDetail) -> str:
    if not words.is_same:
        noun = "word" if words.words_removed == 1 else "words"
        return f"\n{words.words_removed} {noun} removed, {words.words_added} added"
    is_formatted = newer.change_kind == ChangeKind.FORMATTING
    if is_formatted and older.seq == newer.seq - 1:
        return "the same text, but for what is a heading, a list or a quotation"
    return "the same text"
