"""``translations`` and ``boilerplate``: what settling found out about a publisher, with evidence.

What needs SQLAlchemy is imported when a command runs, so that its ``--help`` is there at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import find, reader_time, require_publisher

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries.boilerplate import Learned
    from archive.queries.translations import Group, TranslationEvidence


@click.command()
@click.argument("what", metavar="[NAME|URL]", required=False)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each group.")
@click.pass_obj
def translations_command(home: Path, what: str | None, *, as_json: bool) -> None:
    """Show which articles are translations of each other: all, a publisher's, or those of URL.

    Two articles are translations when the latest page of each names the other (hreflang). Behind
    each group stand the pages that do so, each with its record.
    """
    from archive.queries.translations import translation_groups

    with reading(home) as archive, archive.database.reading() as connection:
        if what is not None and "://" in what:
            found: Iterable[Group] = _groups_of(connection, what)
        else:
            if what is not None:
                require_publisher(connection, what)
            found = translation_groups(connection, publisher_name=what)
        number = 0
        for number, group in enumerate(found, 1):  # noqa: B007 - how many there were
            if as_json:
                print_json(asdict(group))
            else:
                _print_group(stdout(), group)
    if number == 0:
        click.echo("no translations", err=True)


def _groups_of(connection: Connection, url: str) -> list[Group]:
    from archive.queries.translations import named_by, translation_groups

    found: list[Group] = []
    for story in find(connection, url, None):
        if story.translation_group is not None:
            found += translation_groups(
                connection, publisher_name=story.publisher, name=story.translation_group
            )
            continue
        for naming in named_by(connection, story.article_id):
            click.echo(
                f"{naming.canonical_url} names {naming.target_url} as {naming.language}, which is"
                " not archived as an article or does not name it back",
                err=True,
            )
    return found


@click.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each block.")
@click.pass_obj
def boilerplate_command(home: Path, name: str, *, as_json: bool) -> None:
    """Show what publisher NAME repeats around its articles, which is cut out of their texts.

    A block is listed with its evidence: how many of the articles in its language bear it, at which
    end, and where to look. What was cut out of a version is in its `removed`.
    """
    from archive.queries.boilerplate import learned

    with reading(home) as archive, archive.database.reading() as connection:
        require_publisher(connection, name)
        rules = list(learned(connection, name))
    for rule in rules:
        if as_json:
            print_json(asdict(rule))
        else:
            _print_rule(stdout(), rule)
    if not rules:
        click.echo(f"{name}: nothing is known to be repeated around its articles", err=True)


def _print_group(console: Console, group: Group) -> None:
    for member in group.members:
        gone = f" gone since {reader_time(member.gone_at)}" if member.gone_at else ""
        console.print(
            Text.assemble(
                (member.in_language or "?", "yellow"),
                "  ",
                (member.headline, "bold"),
                (gone, "red"),
                "\n    ",
                (member.canonical_url, "cyan"),
            )
        )
    for naming in group.evidence:
        console.print(Text(f"    {_told(naming)}", "dim"))
    console.print()


def _told(naming: TranslationEvidence) -> str:
    return (
        f"{naming.url} names {naming.target_url} as {naming.language}:"
        f" {naming.warc_file} at {naming.warc_offset}, {naming.warc_record_id}"
    )


def _print_rule(console: Console, rule: Learned) -> None:
    at_start = rule.articles - rule.at_end
    where = "at the end" if not at_start else f"at the end of {rule.at_end}"
    if not rule.at_end:
        where = "at the beginning"
    when = f" first seen in {rule.month}" if rule.month else ""
    console.print(Text(rule.text, "bold"))
    console.print(
        Text.assemble(
            f"  in {rule.articles} of {rule.of_articles} articles in ",
            (rule.language or "an unknown language", "yellow"),
            f"{when}, {where}",
        )
    )
    for url in rule.examples:
        console.print(Text(f"  {url}", "cyan"))
