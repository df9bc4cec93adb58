"""Print an article of the tour next to what was removed from its page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lxml import html
from rich import box
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection, select

from archive.cli.output import Console
from archive.extract.charset import decode_text
from archive.extract.coding import decode_body
from archive.library import Archive
from archive.sql.views import articles
from crawler.demo.exact.holdings import DEMO

SHOWN_LANGUAGE = "fr"
"""The language of the article that is shown, which has AMP pages."""
LINES_SHOWN = 12
COLUMNS_SHOWN = 110
"""Largest number of lines, and of characters of a line, that are shown of a page."""


def print_page(console: Console, archive: Archive, connection: Connection) -> None:
    """Print an article and what was removed from its page; nothing if there is no article."""
    row = connection.execute(_AN_ARTICLE).mappings().first()
    if row is None:
        return
    console.rule(Text("An article, and what was cut away", "bold"))
    console.print(_side_by_side(archive, row))
    place = f"{row['warc_file']} at {row['warc_offset']}, {row['warc_record_id']}"
    console.print(Text(f"  its bytes: {place}\n", "dim"))


_AN_ARTICLE = (
    select(articles)
    .where(articles.c.publisher == DEMO, articles.c.in_language.startswith(SHOWN_LANGUAGE))
    .order_by(articles.c.text.contains("📌").desc(), articles.c.word_count)
    .limit(1)
)


def _side_by_side(archive: Archive, row: Any) -> Table:
    kept = row["text"].splitlines()
    words = {line.strip().removeprefix("• ") for line in kept}
    cut = [line for line in _visible_lines(archive, row) if line not in words]
    table = Table(f"kept: {row['headline']}", "cut away", box=box.SIMPLE_HEAD, expand=True)
    table.add_row(_shortened(kept), Text(_shortened(cut), "dim"))
    return table


def _shortened(lines: Sequence[str]) -> str:
    """Return the first and the last of *lines*, which say most about a page."""
    half = LINES_SHOWN // 2
    shown = list(lines)
    if len(lines) > LINES_SHOWN:
        shown[half:-half] = [f"… {len(lines) - 2 * half} more lines …"]
    return "\n".join(
        line if len(line) <= COLUMNS_SHOWN else line[:COLUMNS_SHOWN].rsplit(" ", 1)[0] + " …"
        for line in shown
    )


def _visible_lines(archive: Archive, row: Any) -> list[str]:
    """Return what a reader of the page sees, a line for each piece of text."""
    payload = archive.store.payload(row["warc_file"], row["warc_offset"])
    body, _ = decode_body(payload.body, payload.header("Content-Encoding"))
    text = decode_text(body, payload.header("Content-Type")).text
    tree = html.fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    found = []
    for element in tree.find("body").iter():
        hidden = element.tag in {"script", "style", "noscript", "template"}
        if isinstance(element.tag, str) and not hidden:
            found.append(element.text)
        found.append(element.tail)
    lines = (" ".join((line or "").split()) for line in found)
    return list(dict.fromkeys(line for line in lines if line))
