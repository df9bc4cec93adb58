"""``search``, ``show`` and ``publishers``: what is in the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from sqlalchemy import RowMapping, func, select

from archive.cli.output import plain, print_json, print_json_lines, stdout
from archive.errors import NotFoundError
from archive.library import open_archive
from archive.profile import read_profiles
from archive.sql import schema
from archive.sql.search import find_article
from archive.sql.search import search as search_articles
from archive.urls import normalize


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--publisher", metavar="NAME", help="Only articles of this publisher.")
@click.option("--language", metavar="TAG", help="Only articles in this language, such as fr.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each article.")
@click.pass_obj
def search(
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
    with open_archive(home) as archive, archive.database.reading() as connection:
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
        console.print(_line(row))
    if not rows:
        click.echo("nothing found", err=True)


@click.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="The article as JSON.")
@click.pass_obj
def show(home: Path, url: str, *, as_json: bool) -> None:
    """Show the article at URL; any of its addresses finds it."""
    with open_archive(home) as archive, archive.database.reading() as connection:
        try:
            rows = find_article(connection, normalize(url))
        except ValueError as error:
            raise click.BadParameter(str(error)) from error
    if not rows:
        raise NotFoundError(
            f"{url}: no article of the archive has this address; look for it with"
            " `pressmark search`"
        )
    for row in rows:
        if as_json:
            print_json(plain(row))
        else:
            _print_article(row)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each publisher.")
@click.pass_obj
def publishers(home: Path, *, as_json: bool) -> None:
    """List the publishers that have a profile, and what is archived of each."""
    counts: dict[str, tuple[int, int]] = {}
    if (home / "warc").is_dir():
        with open_archive(home) as archive, archive.database.reading() as connection:
            captures = dict(_count_by_publisher(connection, schema.capture))
            articles = dict(_count_by_publisher(connection, schema.article))
            counts = {name: (captures[name], articles.get(name, 0)) for name in captures}
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


def _count_by_publisher(connection: Any, table: Any) -> list[tuple[str, int]]:
    statement = (
        select(schema.publisher.c.name, func.count())
        .join(table, table.c.publisher_id == schema.publisher.c.id)
        .group_by(schema.publisher.c.name)
    )
    return [(name, number) for name, number in connection.execute(statement)]


def _line(row: RowMapping) -> str:
    day = f"{row['date_published']:%Y-%m-%d}" if row["date_published"] else "undated   "
    author = ", ".join(row["author"])
    by = f" · {escape(author)}" if author else ""
    return (
        f"[bold]{escape(row['headline'])}[/bold]\n"
        f"  {day} · {row['in_language'] or '?'}{by} · {row['word_count']} words\n"
        f"  [cyan]{escape(row['canonical_url'])}[/cyan]"
    )


def _print_article(row: RowMapping) -> None:
    console = stdout()
    console.print(_line(row))
    console.print(
        f"  [dim]{row['warc_file']} at {row['warc_offset']}, {row['warc_record_id']}[/dim]\n"
    )
    console.print(escape(row["text"]))
