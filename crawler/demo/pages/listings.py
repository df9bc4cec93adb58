"""The site's lists of stories, page by page: home, categories and authors, in each language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crawler.demo.newsroom.stories import Story
from crawler.demo.publisher import Author, Category, Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list. *base* is the path of its first page; *number* counts from 1 to *count*.

    *translations* are the paths of the same list in other languages, *modified* is the time of its
    newest change. *kind* is ``home``, ``category`` or ``author``, *key* the key of the category or
    author.
    """

    kind: str
    key: str
    language: str
    base: str
    number: int
    count: int
    stories: tuple[Story, ...]
    heading: str
    about: str
    body_class: str
    translations: Mapping[str, str]
    modified: datetime

    @property
    def path(self) -> str:
        """The path of this page of the list."""
        return self.page_path(self.number)

    def page_path(self, number: int) -> str:
        """Return the path of page *number* of the list."""
        return self.base if number == 1 else f"{self.base}page/{number}/"


def category_path(publisher: Publisher, category: Category, language: str) -> str:
    """Return the path of the first page of *category* in *language*."""
    return f"{publisher.languages[language].prefix}/category/{category.slug[language]}/"


def author_path(publisher: Publisher, author: Author, language: str) -> str:
    """Return the path of the first page of *author* in *language*."""
    return f"{publisher.languages[language].prefix}/author/{author.slug}/"


def listings(publisher: Publisher, stories: tuple[Story, ...]) -> Iterator[Listing]:
    """Yield every page of every list of *stories*; empty lists are left out."""
    for code in publisher.languages:
        words = publisher.words[code]
        own = tuple(story for story in stories if story.language == code)
        yield from _pages(
            publisher,
            own,
            kind="home",
            key="",
            language=code,
            heading=publisher.name,
            about=words["tagline"],
            body_class="home blog",
            translations={other.code: f"{other.prefix}/" for other in publisher.languages.values()},
        )
        for category in publisher.categories.values():
            yield from _pages(
                publisher,
                tuple(story for story in own if story.category == category.key),
                kind="category",
                key=category.key,
                language=code,
                heading=f"{words['category_title']} {category.name[code]}",
                about="",
                body_class=f"archive category category-{category.slug[code]}",
                translations={
                    other: category_path(publisher, category, other)
                    for other in publisher.languages
                    if any(s.language == other and s.category == category.key for s in stories)
                },
            )
        for author in publisher.authors.values():
            yield from _pages(
                publisher,
                tuple(story for story in own if author.slug in story.author_slugs),
                kind="author",
                key=author.slug,
                language=code,
                heading=f"{words['author_title']} {author.name}",
                about=author.about[code],
                body_class=f"archive author author-{author.slug}",
                translations={
                    other: author_path(publisher, author, other)
                    for other in publisher.languages
                    if any(s.language == other and author.slug in s.author_slugs for s in stories)
                },
            )


def _pages(
    publisher: Publisher,
    stories: tuple[Story, ...],
    *,
    kind: str,
    key: str,
    language: str,
    heading: str,
    about: str,
    body_class: str,
    translations: Mapping[str, str],
) -> Iterator[Listing]:
    if not stories and kind != "home":
        return
    size = publisher.posts_per_page
    count = max(1, -(-len(stories) // size))
    for number in range(1, count + 1):
        yield Listing(
            kind=kind,
            key=key,
            language=language,
            base=translations[language],
            number=number,
            count=count,
            stories=stories[(number - 1) * size : number * size],
            heading=heading,
            about=about,
            body_class=body_class,
            translations=translations,
            modified=max([publisher.updated, *(story.date_modified for story in stories)]),
        )
