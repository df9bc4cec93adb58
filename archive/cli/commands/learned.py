"""``translations`` and ``boilerplate``: what settling has learned about a publisher, with evidence.

Modules that need SQLAlchemy are imported when a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import Console, print_json, stdout
from archive.cli.reading import reading
from archive.cli.stories import find, reader_time

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries import BoilerplateRule, TranslationEvidence, TranslationGroup


GROUPS_AT_ONCE = 200
"""How many groups are in memory."""


@click.command()
@click.argument("what", metavar="[NAME|URL]", required=False)
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each group.")
@click.pass_obj
def translations_command(home: Path, what: str | None, *, as_json: bool) -> None:
    """Show which articles are translations of each other: all, a publisher's, or those of URL.

    Two articles are translations when the latest page of each names the other (hreflang). Each
    group is shown with the pages that do so and with their records.
    """
    from archive.queries import every, json_object, translation_groups
    from archive.queries.publishers import require_publisher

    with reading(home) as archive, archive.database.reading() as connection:
        if what is not None and "://" in what:
            found: Iterable[TranslationGroup] = _groups_of(connection, what)
        else:
            if what is not None:
                require_publisher(connection, what)
            page = partial(
                translation_groups, connection, publisher_name=what, limit=GROUPS_AT_ONCE
            )
            found = every(lambda cursor: page(cursor=cursor))
        number = 0
        for number, group in enumerate(found, 1):  # noqa: B007 - how many there were
            if as_json:
                print_json(json_object(group))
            else:
                _print_group(stdout(), group)
    if number == 0:
        click.echo("no translations", err=True)


def _groups_of(connection: Connection, url: str) -> list[TranslationGroup]:
    from archive.queries import named_translations, translation_group_of

    found: list[TranslationGroup] = []
    for story in find(connection, url, None):
        group = translation_group_of(connection, story)
        if group is not None:
            found.append(group)
            continue
        for naming in named_translations(connection, story):
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

    A block is listed with its evidence: how many of the articles in its language contain it, at
    which end, and some of these articles. `history --json` has what was cut out of each version.
    """
    from archive.queries import boilerplate_rules, json_object
    from archive.queries.publishers import require_publisher

    with reading(home) as archive, archive.database.reading() as connection:
        require_publisher(connection, name)
        rules = boilerplate_rules(connection, name)
    for rule in rules:
        if as_json:
            print_json(json_object(rule))
        else:
            _print_rule(stdout(), rule)
    if not rules:
        click.echo(f"{name}: nothing is known to be repeated around its articles", err=True)


def _print_group(console: Console, group: TranslationGroup) -> None:
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
        console.print(Text(f"    {_sentence(naming)}", "dim"))
    console.print()


def _sentence(naming: TranslationEvidence) -> str:
    return (
        f"{naming.url} names {naming.target_url} as {naming.language}:"
        f" {naming.warc_file} at {naming.warc_offset}, {naming.warc_record_id}"
    )


def _print_rule(console: Console, rule: BoilerplateRule) -> None:
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
