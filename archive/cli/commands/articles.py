"""``search``, ``show`` and ``publishers``: what is in the archive.

What needs SQLAlchemy is imported when a command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.text import Text

from archive.cli.output import (
    in_one_form,
    markdown_option,
    plain,
    print_json,
    print_json_lines,
    stdout,
)
from archive.cli.reading import reading
from archive.cli.stories import (
    find,
    reader_time,
    require_publisher,
    seen_between,
    story_option,
    version_of,
)
from archive.model.markdown import markdown_of
from archive.profile import read_profiles

if TYPE_CHECKING:
    from sqlalchemy import Table

    from archive.queries.history import FoundArticle, Row


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--publisher", metavar="NAME", help="Only articles of this publisher.")
@click.option("--language", metavar="TAG", help="Only articles in this language, such as fr.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=20,
    show_default=True,
    help="Show at most so many articles.",
)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each article.")
@click.pass_obj
def search_command(
    home: Path,
    query: tuple[str, ...],
    publisher: str | None,
    language: str | None,
    limit: int,
    *,
    as_json: bool,
) -> None:
    """Search headlines, authors and texts; diacritics and case do not matter.

    All words must occur; words in double quotes must follow each other.
    """
    from archive.queries.search import search as search_articles

    with reading(home) as archive, archive.database.reading() as connection:
        if publisher is not None:
            require_publisher(connection, publisher)
        rows = search_articles(
            connection,
            " ".join(query),
            publisher_name=publisher,
            language=language,
            limit=limit,
        )
    if as_json:
        print_json_lines(plain(row) for row in rows)
        return
    console = stdout()
    for row in rows:
        console.print(_line({**row}))
    if not rows:
        click.echo("nothing found", err=True)


@click.command()
@click.argument("url")
@click.option("--version", "seq", type=click.IntRange(min=1), metavar="N", help="Its N-th version.")
@story_option
@click.option("--json", "as_json", is_flag=True, help="The article as JSON.")
@markdown_option
@click.pass_obj
def show_command(
    home: Path,
    url: str,
    seq: int | None,
    number: int | None,
    *,
    as_json: bool,
    as_markdown: bool,
) -> None:
    """Show the article at URL, as it was last seen; any of its addresses finds it."""
    in_one_form(as_json=as_json, as_markdown=as_markdown)
    from archive.queries.history import as_version, current, version_blocks, versions

    with reading(home) as archive, archive.database.reading() as connection:
        found = []
        for story in find(connection, url, number):
            rows = versions(connection, story)
            row = rows[-1] if seq is None else version_of(rows, seq, url)
            found.append((story, rows, row, version_blocks(connection, row) if as_markdown else ()))
    for story, rows, row, blocks in found:
        if as_markdown:
            click.echo(markdown_of(blocks, row["headline"]))
        elif as_json:
            print_json(current(row, story) if seq is None else as_version(row))
        else:
            _print_article(row, story, len(rows))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each publisher.")
@click.pass_obj
def publishers_command(home: Path, *, as_json: bool) -> None:
    """List the publishers that have a profile, and what is archived of each."""
    counts = _counts(home) if (home / "warc").is_dir() else {}
    rows = [
        {
            "name": profile.name,
            "home": profile.home,
            "captures": counts.get(profile.name, (0, 0))[0],
            "articles": counts.get(profile.name, (0, 0))[1],
        }
        for profile in read_profiles(home).values()
    ]
    if as_json:
        print_json_lines(rows)
        return
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        click.echo(
            f"{row['name']:<{width}}  {row['articles']:>7} articles  {row['captures']:>8} captures"
            f"  {row['home']}"
        )


def _counts(home: Path) -> dict[str, tuple[int, int]]:
    """Return how many captures and articles the archive has of each publisher."""
    from sqlalchemy import func, select

    from archive.sql.schema.view_tables import article, capture, publisher

    def by_publisher(table: Table) -> dict[str, int]:
        statement = (
            select(publisher.c.name, func.count())
            .join(table, table.c.publisher_id == publisher.c.id)
            .group_by(publisher.c.name)
        )
        return {name: number for name, number in connection.execute(statement)}  # noqa: C416 - rows, not pairs

    with reading(home) as archive, archive.database.reading() as connection:
        captures, articles = by_publisher(capture), by_publisher(article)
    return {name: (captures[name], articles.get(name, 0)) for name in captures}


def _line(row: Mapping[str, Any]) -> Text:
    day = f"{row['date_published']:%Y-%m-%d}" if row["date_published"] else "undated   "
    author = ", ".join(row["author"])
    by = f" · {author}" if author else ""
    return Text.assemble(
        (row["headline"], "bold"),
        f"\n  {day} · {row['in_language'] or '?'}{by} · {row['word_count']} words\n  ",
        (row["canonical_url"], "cyan"),
    )


def _print_article(row: Row, story: FoundArticle, versions: int) -> None:
    console = stdout()
    console.print(_line(row))
    if versions > 1:
        when = seen_between(row["seen_from"], row["seen_until"])
        console.print(f"  version {row['seq']} of {versions}, {when}")
    if story.gone_at is not None:
        reason = f" ({story.gone_reason})" if story.gone_reason else ""
        console.print(Text(f"  gone since {reader_time(story.gone_at)}{reason}", "red"))
    if row["confidence"] is not None:
        why = "".join(f"; {reason}" for reason in row["confidence_reasons"])
        console.print(f"  confidence {row['confidence']}{why}")
    place = f"  {row['warc_file']} at {row['warc_offset']}, {row['warc_record_id']}\n"
    console.print(Text(place, "dim"))
    console.print(row["text"])
