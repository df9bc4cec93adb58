"""What ``pressmark demo`` shows of its archive: found, archived, kept and cut away, next."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lxml import html
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection, func, select

from archive.extract.coding import decode_body, decode_text
from archive.library import Archive
from archive.settings import DEFAULT_HOME
from archive.sql.schema import discovery, publisher
from archive.sql.views import articles
from archive.warc.http import payload_of
from crawler.process import Account

SHOWN = "fr"
"""The language of the article that the report shows: the one of the AMP pages we set out for."""
LINES_SHOWN = 12
COLUMNS_SHOWN = 110
"""Most lines and most characters of a line that the report shows of a page."""


def report(console: Console, archive: Archive, account: Account) -> None:
    """Print what the crawl of *account* found and what *archive* holds now."""
    with archive.database.reading() as connection:
        console.rule("[bold]What was found[/bold]")
        console.print(_found(connection))
        console.rule("[bold]What was archived[/bold]")
        console.print(account.sentence())
        console.print(_archived(connection))
        row = connection.execute(_an_article()).mappings().first()
    if row is not None:
        console.rule("[bold]An article, and what was cut away[/bold]")
        console.print(_side_by_side(archive, row))
        console.print(
            f"  [dim]its bytes: {row['warc_file']} at {row['warc_offset']},"
            f" {row['warc_record_id']}[/dim]"
        )
    console.rule("[bold]Three things to try[/bold]")
    at = "" if archive.home == DEFAULT_HOME else f" --home {archive.home}"
    for command in _next_commands(row["canonical_url"] if row is not None else None):
        console.print(f"  [green]{escape(_script())}{escape(at)} {escape(command)}[/green]")


def _script() -> str:
    """Return how this very script is called from here: by its name where that finds it."""
    called = Path(sys.argv[0])
    found = shutil.which(called.name)
    if found is not None and Path(found).resolve() == called.resolve():
        return called.name
    return os.path.relpath(called)


def _found(connection: Connection) -> Table:
    statement = (
        select(discovery.c.via, func.count(discovery.c.url.distinct()).label("urls"))
        .join(publisher)
        .where(publisher.c.name == "demo")
        .group_by(discovery.c.via)
        .order_by(func.count(discovery.c.url.distinct()).desc())
    )
    table = Table(box=box.SIMPLE, show_header=False)
    for row in connection.execute(statement):
        table.add_row(str(row.urls), f"URLs named by {_SOURCES.get(row.via, row.via)}")
    return table


_SOURCES = {
    "link": "links on pages",
    "sitemap": "sitemaps",
    "robots": "robots.txt",
    "hreflang": "pages in another language",
    "amphtml": "pages that have an AMP twin",
    "canonical": "pages that name their own address",
    "redirect": "redirects",
    "feed": "feeds",
    "well_known": "well-known places",
}


def _archived(connection: Connection) -> Table:
    rows = connection.execute(
        select(articles)
        .where(articles.c.publisher == "demo")
        .order_by(articles.c.date_published.desc(), articles.c.in_language)
    ).mappings()
    table = Table("published", "", "headline", "by", "words", box=box.SIMPLE, pad_edge=False)
    for row in rows:
        table.add_row(
            f"{row['date_published']:%Y-%m-%d %H:%M}" if row["date_published"] else "",
            row["in_language"],
            escape(row["headline"]),
            escape(", ".join(row["author"])),
            str(row["word_count"]),
        )
    return table


def _an_article() -> Any:
    return (
        select(articles)
        .where(articles.c.publisher == "demo", articles.c.in_language.startswith(SHOWN))
        .order_by(articles.c.text.contains("📌").desc(), articles.c.word_count)
        .limit(1)
    )


def _side_by_side(archive: Archive, row: Any) -> Table:
    kept = row["text"].splitlines()
    words = {line.strip().removeprefix("• ") for line in kept}
    cut = [line for line in _visible_lines(archive, row) if line not in words]
    table = Table(f"kept: {escape(row['headline'])}", "cut away", box=box.SIMPLE_HEAD, expand=True)
    table.add_row(escape(_shortened(kept)), f"[dim]{escape(_shortened(cut))}[/dim]")
    return table


def _shortened(lines: Sequence[str]) -> str:
    """Return the first and the last of *lines*: a page's most telling lines stand at its ends."""
    half = LINES_SHOWN // 2
    shown = list(lines)
    if len(lines) > LINES_SHOWN:
        shown[half:-half] = [f"… {len(lines) - 2 * half} more lines …"]
    return "\n".join(
        line if len(line) <= COLUMNS_SHOWN else line[:COLUMNS_SHOWN].rsplit(" ", 1)[0] + " …"
        for line in shown
    )


def _visible_lines(archive: Archive, row: Any) -> list[str]:
    """Return what a reader of the page sees, a line for each stretch of text."""
    payload = payload_of(archive.store.read(row["warc_file"], row["warc_offset"]))
    body, _ = decode_body(payload.body, payload.header("Content-Encoding"))
    text, _ = decode_text(body, payload.header("Content-Type"))
    tree = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    found = []
    for element in tree.find("body").iter():
        hidden = element.tag in {"script", "style", "noscript", "template"}
        if isinstance(element.tag, str) and not hidden:
            found.append(element.text)
        found.append(element.tail)
    lines = (" ".join((line or "").split()) for line in found)
    return list(dict.fromkeys(line for line in lines if line))


def _next_commands(url: str | None) -> list[str]:
    return ["search nguyen", f"show {url}" if url else "publishers", "verify"]
