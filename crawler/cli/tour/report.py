"""Print the report of the tour: visits, a change, a page, exactness, and what to try next."""

from __future__ import annotations

import os
import shutil
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection

from archive.cli.commands.diff import print_diff
from archive.cli.output import Console
from archive.library import Archive
from archive.queries import (
    TranslationGroup,
    boilerplate_rules,
    compare_versions,
    every,
    translation_groups,
)
from archive.settings import DEFAULT_HOME
from crawler.cli.tour.exact import as_dict, print_exactness
from crawler.cli.tour.findings import (
    ArticleFinding,
    What,
    findings,
    most_telling_change,
    new_urls_by_source,
)
from crawler.cli.tour.page import print_page
from crawler.cli.tour.visits import print_visit
from crawler.demo.exact.exactness import Exactness, exactness
from crawler.demo.exact.holdings import DEMO, holdings
from crawler.demo.publisher import Publisher
from crawler.process import Account

Accounts = Mapping[int, Account | None]
"""The visits in the archive by day, in order; None for a visit of an earlier tour."""


@dataclass(frozen=True, slots=True)
class _Told:
    """The content of the report, read at one moment."""

    found: list[ArticleFinding]
    named: Mapping[int, Counter[str]]
    groups: list[TranslationGroup]
    exact: Exactness


def report(console: Console, archive: Archive, accounts: Accounts, demo: Publisher) -> None:
    """Print what the visits found, what *archive* has of it, and how exact it is."""
    with archive.database.reading() as connection:
        found = _tell(connection, accounts, demo)
        before = None
        for number, (day, account) in enumerate(accounts.items()):
            of_day = [each for each in found.found if each.day == day]
            news = found.named.get(day, Counter())
            print_visit(console, number, day, before, of_day, news, account)
            before = day
        change = most_telling_change(found.found)
        if change is not None and change.before is not None:
            console.rule(Text("One change, word by word", "bold"))
            print_diff(console, compare_versions(change.before, change.row))
            console.print()
        print_page(console, archive, connection)
        _print_learned(console, connection)
        _print_translations(console, found.groups)
        print_exactness(console, found.exact)
    console.rule(Text("Three things to try", "bold"))
    at = "" if archive.home == DEFAULT_HOME else f" --home {archive.home}"
    for command in _next_commands(found.found):
        console.print(Text(f"  {_script()}{at} {command}", "green"))


def summary(archive: Archive, accounts: Accounts, demo: Publisher) -> dict[str, Any]:
    """Return the report for JSON."""
    with archive.database.reading() as connection:
        found = _tell(connection, accounts, demo)
    return {
        "visits": [
            {
                "day": day,
                "at": demo.moment(day),
                "crawl": None if account is None else account.as_dict(),
                "found": {
                    what: sum((each.day, each.what) == (day, what) for each in found.found)
                    for what in What
                },
            }
            for day, account in accounts.items()
        ],
        "translation_groups": len(found.groups),
        "exactness": as_dict(found.exact),
    }


def _tell(connection: Connection, accounts: Accounts, demo: Publisher) -> _Told:
    days = list(accounts)
    return _Told(
        found=findings(connection, days, demo),
        named=new_urls_by_source(connection, demo),
        groups=list(
            every(lambda cursor: translation_groups(connection, publisher_name=DEMO, cursor=cursor))
        ),
        exact=exactness(holdings(connection), days),
    )


def _print_learned(console: Console, connection: Connection) -> None:
    rules = boilerplate_rules(connection, DEMO)
    if not rules:
        return
    console.rule(Text("What the site repeats, learned by counting", "bold"))
    for rule in rules:
        evidence = f"  {rule.articles} of {rule.of_articles} articles in {rule.language}"
        console.print(Text.assemble(f"  {rule.text}", (evidence, "dim")))
    console.print()


def _print_translations(console: Console, found: Sequence[TranslationGroup]) -> None:
    console.rule(Text("The same story in other languages", "bold"))
    languages = sorted({m.in_language or "" for group in found for m in group.members})
    table = Table(box=box.SIMPLE, pad_edge=False, expand=True)
    for language in languages:
        table.add_column(language, no_wrap=True, overflow="ellipsis", ratio=1)
    for group in found:
        row = {member.in_language or "": member.headline for member in group.members}
        table.add_row(*[row.get(language, "") for language in languages])
    console.print(table)
    console.print()


def _next_commands(found: Sequence[ArticleFinding]) -> list[str]:
    back = [each for each in found if each.what is What.BACK]
    shown = (back or found)[:1]
    urls = [each.row.canonical_url for each in shown]
    return [*[f"history {url}" for url in urls], f"translations {DEMO}", f"status {DEMO}"]


def _script() -> str:
    """Return how to call this script: its name if the shell finds it, or else its path."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    if found is not None and Path(found).resolve() == called.resolve():
        return called.name
    return os.path.relpath(called)
