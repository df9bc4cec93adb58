"""The sitemaps of an edition: an index, stories by language, pages, and news."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.demo.newsroom.edition import Edition
from crawler.demo.newsroom.events import StoryEventKind
from crawler.demo.newsroom.stories import StaticPage, Story
from crawler.demo.pages.listings import Listing
from crawler.demo.publisher import Publisher

INDEX = "/sitemap_index.xml"
NEWS = "/news-sitemap.xml"
NEWS_SITEMAP_AGE = timedelta(days=2)
"""Older stories are not news (Google, 'Create a News sitemap')."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """An entry of a sitemap; *story* is set in the news sitemap."""

    path: str
    lastmod: datetime
    story: Story | None = None


def sitemaps(
    publisher: Publisher,
    edition: Edition,
    lists: tuple[Listing, ...],
    pages: tuple[StaticPage, ...],
) -> Iterator[tuple[str, tuple[SitemapEntry, ...]]]:
    """Yield the path and the entries of each sitemap that has entries, except the index."""
    for code, language in publisher.languages.items():
        own = [story for story in edition.stories if story.language == code]
        name = f"/post-sitemap-{code}.xml" if language.prefix else "/post-sitemap.xml"
        if own:
            yield (
                f"{name}.gz" if code == "fr" else name,
                tuple(SitemapEntry(story.path, lastmod(edition, story)) for story in own),
            )
    first = [item for item in lists if item.number == 1]
    homes = tuple(SitemapEntry(item.path, item.modified) for item in first if item.kind == "home")
    about = tuple(
        SitemapEntry(page.path, page.date_modified) for page in pages if page.key == "about"
    )
    yield "/page-sitemap.xml", homes + about
    if categories := tuple(
        SitemapEntry(item.path, item.modified) for item in first if item.kind == "category"
    ):
        yield "/category-sitemap.xml", categories
    if news := tuple(
        SitemapEntry(story.path, story.date_published, story)
        for story in edition.stories
        if story.date_published > edition.moment - NEWS_SITEMAP_AGE
    ):
        yield NEWS, news


def lastmod(edition: Edition, story: Story) -> datetime:
    """Return when *story* changed according to the sitemap, which may be wrong."""
    standing = edition.standings.get(story.path)
    if standing and StoryEventKind.SITEMAP_LIE in standing.lies:
        return edition.moment - timedelta(hours=16)
    return story.date_modified
