"""Print the visits of the tour one after the other: found, archived, changed, removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from rich import box
from rich.table import Table
from rich.text import Text

from archive.cli.output import Console
from archive.cli.stories import how
from archive.diff.text import diff
from crawler.cli.tour.findings import REMOVALS, ArticleFinding, What
from crawler.demo.newsroom.chronicle import Chronicle
from crawler.demo.newsroom.events import StoryEventKind
from crawler.process import Account

SOURCE_NAMES = {
    "link": "links on pages",
    "sitemap": "sitemaps",
    "news_sitemap": "sitemaps of news",
    "robots": "robots.txt",
    "hreflang": "pages in another language",
    "amphtml": "pages that have an AMP twin",
    "canonical": "pages that name their own address",
    "redirect": "redirects",
    "feed": "feeds",
    "feed_link": "pages that have a feed",
    "well_known": "well-known places",
}
_COLOURS = {
    What.REUSED: "cyan",
    What.CHANGED: "yellow",
    What.MOVED: "cyan",
    What.GONE: "red",
    What.BACK: "green",
    What.WITHHELD: "magenta",
}
"""The findings of one table, each with its colour."""


def print_visit(
    console: Console,
    number: int,
    day: int,
    before: int | None,
    found: Sequence[ArticleFinding],
    named: Counter[str],
    account: Account | None,
) -> None:
    """Print the visit of *day*, whose number is *number*, counted from 0.

    *before* is the day of the visit before. *account* is None if an earlier tour made the visit.
    """
    chronicle = Chronicle()
    moment = chronicle.publisher.moment(day)
    which = ("first", "second", "third")[number]
    console.rule(Text(f"Day {day}, {moment:%-d %B %Y}: the {which} visit", "bold"))
    console.print("made by an earlier tour" if account is None else account.sentence())
    if named:
        console.print(_named(named, is_first=before is None), soft_wrap=False)
    new = [each for each in found if each.what is What.NEW]
    if new:
        what = "were archived" if before is None else "are new"
        console.print(Text.assemble((f"{len(new)} articles", "bold"), f" {what}"))
        console.print(_archived(new))
    if other := [each for each in found if each.what in _COLOURS]:
        console.print(_events(other))
    if before is not None:
        console.print(_same(chronicle, day, before, found), soft_wrap=False)
    console.print()


def _named(named: Counter[str], *, is_first: bool) -> Table | str:
    """Return how many URLs each kind of source named; a URL may count several times."""
    if not is_first:
        sources = (
            f"{number} by {SOURCE_NAMES.get(via, via)}" for via, number in named.most_common()
        )
        return f"  new URLs: {', '.join(sources)}\n"
    table = Table(box=box.SIMPLE, show_header=False)
    for via, number in named.most_common():
        what = "URL" if number == 1 else "URLs"
        table.add_row(str(number), f"{what} named by {SOURCE_NAMES.get(via, via)}")
    return table


def _archived(new: Sequence[ArticleFinding]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False, expand=True)
    table.add_column("published", no_wrap=True, min_width=10)
    table.add_column("", no_wrap=True, min_width=2)
    table.add_column("headline", no_wrap=True, overflow="ellipsis", ratio=3)
    table.add_column("by", no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column("words", no_wrap=True, justify="right", min_width=5)
    for each in sorted(new, key=_published):
        row = each.row
        table.add_row(
            f"{row.date_published:%Y-%m-%d}" if row.date_published else "",
            row.in_language,
            row.headline,
            ", ".join(row.author),
            str(row.word_count),
        )
    return table


def _published(found: ArticleFinding) -> datetime:
    at: datetime = found.row.date_published or found.row.seen_from
    return at


def _events(found: Sequence[ArticleFinding]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False, expand=True, padding=(0, 2, 0, 1))
    table.add_column(no_wrap=True, min_width=8)
    table.add_column(no_wrap=True, min_width=2)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(overflow="fold", ratio=1)
    last = None
    for each in found:
        table.add_row(
            "" if each.what is last else Text(each.what, _COLOURS[each.what]),
            each.row.in_language,
            each.row.headline,
            _how(each),
        )
        last = each.what
    return table


def _how(found: ArticleFinding) -> str | Text:
    if found.before is not None:
        words = diff(found.before.text, found.row.text)
        line = Text(how(found.row.change_kind))
        if not words.is_same:
            line.append(": ").append(f"+{words.words_added}", "green")
            line.append(" ").append(f"-{words.words_removed}", "red").append(" words")
        if found.before.headline != found.row.headline:
            line.append(f", was “{found.before.headline}”")
        return line
    match found.what:
        case What.REUSED:
            return "at an address that another story had"
        case What.MOVED:
            return f"now at {urlsplit(found.how or '').path}"
        case What.GONE:
            return REMOVALS.get(found.how or "", found.how or "")
        case What.WITHHELD:
            return (found.how or "").replace("_", " ") + ": the version before stays"
        case _:
            return "the same article is still there"


def _same(chronicle: Chronicle, day: int, before: int, found: Sequence[ArticleFinding]) -> Text:
    same = sum(each.what is What.SAME for each in found)
    cosmetic = [
        event.why
        for event in chronicle.events
        if event.kind is StoryEventKind.COSMETIC and before < event.day <= day
    ]
    line = f"\n{same} articles say what they said"
    if cosmetic:
        line += ", and have no new version, though around them changed:"
    return Text.assemble(line, *[(f"\n  {why}", "dim") for why in cosmetic])
