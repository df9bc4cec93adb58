"""The feeds of an edition at the addresses of WordPress: RSS and Atom, of site and categories.

There are also feeds of comments, which are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from crawler.demo.newsroom.edition import Edition
from crawler.demo.newsroom.stories import Story
from crawler.demo.pages.listings import Listing
from crawler.demo.publisher import Publisher

RSS = "application/rss+xml; charset=UTF-8"
ATOM = "application/atom+xml; charset=UTF-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed: *page* is the path of its page, *title* its title."""

    path: str
    page: str
    title: str
    language: str
    stories: tuple[Story, ...]

    @property
    def is_atom(self) -> bool:
        """Whether the feed is Atom (RFC 4287); otherwise it is RSS 2.0."""
        return self.path.endswith("/atom/")


def feeds(publisher: Publisher, edition: Edition, lists: tuple[Listing, ...]) -> Iterator[Feed]:
    """Yield every feed of the site, the newest stories first in each."""
    for code, language in publisher.languages.items():
        words, home = publisher.words[code], f"{language.prefix}/"
        own = tuple(story for story in edition.stories if story.language == code)
        newest = own[: publisher.posts_per_feed]
        for path in (f"{home}feed/", f"{home}feed/atom/"):
            yield Feed(path=path, page=home, title=publisher.name, language=code, stories=newest)
        comments = [(home, f"{words['comments_on']} {publisher.name}", f"{home}comments/feed/")]
        comments += [
            (story.path, f"{words['comments_on']} {story.headline}", f"{story.path}feed/")
            for story in own
        ]
        for page, title, path in comments:
            yield Feed(path=path, page=page, title=title, language=code, stories=())
    for item in lists:
        if item.kind == "category" and item.number == 1:
            own = tuple(
                story
                for story in edition.stories
                if story.language == item.language and story.category == item.key
            )
            for path in (f"{item.base}feed/", f"{item.base}feed/atom/"):
                yield Feed(
                    path=path,
                    page=item.base,
                    title=f"{item.heading} - {publisher.name}",
                    language=item.language,
                    stories=own[: publisher.posts_per_feed],
                )
