"""``search``, ``show`` and ``publishers``: what is in the archive.

Modules that need SQLAlchemy are imported when a command runs, so that ``--help`` is quick.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.text import Text

from archive.cli.output import (
    in_one_form,
    markdown_option,
    print_json,
    print_json_lines,
    stdout,
)
from archive.cli.reading import reading
from archive.cli.stories import (
    address_of,
    find,
    reader_time,
    seen_between,
    story_option,
    version_of,
    what_it_is,
)
from archive.home import WARC
from archive.model.markdown import markdown_of
from archive.profile import read_profiles

if TYPE_CHECKING:
    from archive.queries import (
        ArchivedArticle,
        ArchivedPage,
        FoundArticle,
        ShownPart,
        VersionDetail,
    )


@click.command()
@click.argument("query", nargs=-1, required=True)
@click.option("--publisher", metavar="NAME", help="Only articles of this publisher.")
@click.option("--language", metavar="TAG", help="Only articles in this language, such as fr.")
@click.option("--newest", is_flag=True, help="By date, the newest first, and not the best.")
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
    newest: bool,
    as_json: bool,
) -> None:
    """Search headlines, authors and texts; diacritics and case do not matter.

    All words must occur; words in double quotes must follow each other. The best articles come
    first; with --newest, those that were published last (or first captured, if undated).
    """
    from archive.queries import json_object, search_articles
    from archive.queries.publishers import require_publisher

    with reading(home) as archive, archive.database.reading() as connection:
        if publisher is not None:
            require_publisher(connection, publisher)
        found = search_articles(
            connection,
            " ".join(query),
            publisher_name=publisher,
            language=language,
            newest=newest,
            limit=limit,
        ).items
    if as_json:
        print_json_lines(json_object(article) for article in found)
        return
    console = stdout()
    for article in found:
        console.print(_line(article))
    if not found:
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
    """Show the article at URL, as it was last seen; any of its addresses finds it.

    Where there is no article, but another page with a text, show that page.
    """
    in_one_form(as_json=as_json, as_markdown=as_markdown)
    from archive.queries import (
        ArticleVersion,
        article_versions,
        json_object,
        latest_article,
        pages_at,
        stories_at,
        version_blocks,
        version_parts,
    )

    with reading(home) as archive, archive.database.reading() as connection:
        address = address_of(url)
        is_plain = seq is None and number is None and not as_markdown
        pages = pages_at(connection, address) if is_plain else []
        if pages and not stories_at(connection, address):
            _print_pages(pages, as_json=as_json)
            return
        found = []
        for story in find(connection, url, number):
            versions = article_versions(connection, story)
            shown = versions[-1] if seq is None else version_of(versions, seq, url)
            blocks = version_blocks(connection, shown) if as_markdown else ()
            parts = version_parts(connection, shown)
            found.append((story, len(versions), shown, blocks, parts))
    for story, count, shown, blocks, parts in found:
        if as_markdown:
            click.echo(markdown_of(blocks, shown.headline))
        elif as_json and seq is None:
            print_json(json_object(latest_article(story, shown)))
        elif as_json:
            print_json(json_object(shown, ArticleVersion))
        else:
            _print_article(shown, story, count, parts)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="A line of JSON for each publisher.")
@click.pass_obj
def publishers_command(home: Path, *, as_json: bool) -> None:
    """List the publishers that have a profile, and what is archived of each."""
    from archive.queries import PublisherSummary, json_object, publisher_summaries

    profiles = read_profiles(home).values()
    if (home / WARC).is_dir():
        with reading(home) as archive, archive.database.reading() as connection:
            found = publisher_summaries(connection, profiles)
    else:
        found = [PublisherSummary(name=profile.name, home=profile.home) for profile in profiles]
    if as_json:
        print_json_lines(json_object(publisher) for publisher in found)
        return
    width = max((len(publisher.name) for publisher in found), default=0)
    for publisher in found:
        click.echo(
            f"{publisher.name:<{width}}  {publisher.articles:>7} articles"
            f"  {publisher.captures:>8} captures  {publisher.home}"
        )


def _line(article: ArchivedArticle) -> Text:
    published = article.date_published
    day = f"{published:%Y-%m-%d}" if published else "undated   "
    by = f" · {', '.join(article.author)}" if article.author else ""
    return Text.assemble(
        (article.headline, "bold"),
        f"\n  {day} · {article.in_language or '?'}{by} · {article.word_count} words\n  ",
        (article.canonical_url, "cyan"),
    )


def _print_pages(pages: Sequence[ArchivedPage], *, as_json: bool) -> None:
    from archive.queries import json_object

    for page in pages:
        if as_json:
            print_json(json_object(page))
            continue
        click.echo(f"no article: {what_it_is(page.outcome, page.reason)}", err=True)
        console = stdout()
        fetched = f"\n  {reader_time(page.fetched_at)} · {page.in_language or '?'}\n  "
        console.print(Text.assemble((page.headline, "bold"), fetched, (page.url, "cyan")))
        place = f"  {page.warc_file} at {page.warc_offset}, {page.warc_record_id}\n"
        console.print(Text(place, "dim"))
        console.print(page.text)


def _print_article(
    shown: VersionDetail, story: FoundArticle, versions: int, parts: Sequence[ShownPart]
) -> None:
    console = stdout()
    console.print(_line(shown))
    if versions > 1:
        when = seen_between(shown.seen_from, shown.seen_until)
        console.print(f"  version {shown.seq} of {versions}, {when}")
    if story.gone_at is not None:
        reason = f" ({story.gone_reason})" if story.gone_reason else ""
        console.print(Text(f"  gone since {reader_time(story.gone_at)}{reason}", "red"))
    if shown.confidence is not None:
        why = "".join(f"; {reason}" for reason in shown.confidence_reasons or ())
        console.print(f"  confidence {shown.confidence}{why}")
    places = [
        f"page {part.number}: {part.warc_file} at {part.warc_offset}, {part.warc_record_id}"
        for part in parts
    ]
    place = f"{shown.warc_file} at {shown.warc_offset}, {shown.warc_record_id}"
    for line in places or [place]:
        console.print(Text(f"  {line}", "dim"))
    if shown.missing_parts:
        missing = ", ".join(map(str, shown.missing_parts))
        console.print(Text(f"  not archived: page {missing}", "red"))
    console.print()
    console.print(shown.text)
