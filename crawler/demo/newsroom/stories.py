"""Read the demo's stories from Markdown files: what each really says in each language.

A file is ``stories/KEY/LANGUAGE.md``: TOML between two ``+++`` lines, then the body. Stories with
the same key are translations of each other. A file has a story as it was first published;
``events.toml`` in the same folder has its later changes (see ``chronicle.py``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.model import Block, text_of
from crawler.demo.pages.markup import markdown_blocks, pages_of
from crawler.demo.pages.pictures import Image, read_image
from crawler.demo.publisher import DEMO_FOLDER, DEMO_HOST, Publisher, read_publisher

STORIES = DEMO_FOLDER / "stories"
TEMPLATES = ("jsonld", "meta")
AUTHOR_BOXES = ("", "byline", "end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One story in one language, and the truth about it.

    *path* is its canonical path (``/fr/slug/``). *author* are the names in the byline; those that
    are not people are also in *agencies*. *author_box* says where a box with the name and the role
    of each author is: in place of the byline, at the end, or nowhere (""). A page with a box names
    its authors nowhere else. *date_published* and *date_modified* are aware and keep
    the publisher's offset; the ``_raw`` fields are as the page writes them. *section* is the
    category's name in the story's language, *category* its key. *html_lang* is the value of
    ``html@lang`` (``fr-FR``), *language* its first subtag.
    """

    key: str
    language: str
    html_lang: str
    post_id: int
    slug: str
    path: str
    headline: str
    description: str
    author: tuple[str, ...]
    author_slugs: tuple[str, ...]
    date_published: datetime
    date_published_raw: str
    date_modified: datetime
    date_modified_raw: str
    category: str
    section: str
    keywords: tuple[str, ...]
    image: Image
    template: str
    markdown: str
    blocks: tuple[Block, ...]
    agencies: tuple[str, ...] = ()
    author_box: str = ""

    @property
    def text(self) -> str:
        """The story's plain text, made from its blocks as for an article of the archive."""
        return text_of(self.blocks)

    @property
    def page_paths(self) -> tuple[str, ...]:
        """The path of each page of the story; the first is *path*."""
        later = range(2, len(pages_of(self.markdown)) + 1)
        return (self.path, *(f"{self.path}{number}/" for number in later))

    @property
    def print_path(self) -> str | None:
        """The path of the story's form for print; None if its template has none."""
        return f"/print/{self.post_id}/" if self.template == "meta" else None

    @property
    def amp_path(self) -> str:
        """The path and query of the story's AMP twin."""
        return f"{self.path}?amp=1"

    def url(self, host: str = DEMO_HOST) -> str:
        """Return the canonical URL of the story on *host* (with its port, if any)."""
        return f"http://{host}{self.path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticPage:
    """A page that is not a story (about, contact, the disallowed page), in one language."""

    key: str
    language: str
    post_id: int
    path: str
    title: str
    description: str
    date_modified: datetime
    markdown: str


def read_stories(
    folder: Path = STORIES, publisher: Publisher | None = None, day: int = 0
) -> tuple[Story, ...]:
    """Return the stories published by *day*, the newest first, as they were first published.

    Raises the same errors as `parse_story`.
    """
    publisher = publisher or read_publisher()
    found = []
    for file in sorted(folder.glob("*/*.md")):
        text = file.read_text(encoding="utf-8")
        if publisher.day_of(_moment(_front_matter(text)[0]["date_published"])) <= day:
            found.append(parse_story(file.parent.name, file.stem, text, publisher))
    return newest_first(found)


def newest_first(stories: Iterable[Story]) -> tuple[Story, ...]:
    """Return *stories* in the order in which the site lists them."""
    return tuple(sorted(stories, key=lambda story: (story.date_published, story.key), reverse=True))


def parse_story(key: str, language: str, text: str, publisher: Publisher | None = None) -> Story:
    """Return the story in *text*, which is front matter and Markdown.

    Raises ``KeyError`` for a missing key or an unknown author, category or language, and
    ``ValueError`` for an invalid value.
    """
    publisher = publisher or read_publisher()
    data, markdown = _front_matter(text)
    tongue = publisher.languages[language]
    published, modified = (_moment(data[name]) for name in ("date_published", "date_modified"))
    if data["template"] not in TEMPLATES:
        raise ValueError(
            f"{key}/{language}: template {data['template']!r} is not one of {TEMPLATES}"
        )
    if data.get("author_box", "") not in AUTHOR_BOXES:
        raise ValueError(
            f"{key}/{language}: author_box {data['author_box']!r} is not one of {AUTHOR_BOXES}"
        )
    authors = [publisher.authors[slug] for slug in data["authors"]]
    return Story(
        key=key,
        language=language,
        html_lang=tongue.tag,
        post_id=data["post_id"],
        slug=data["slug"],
        path=f"{tongue.prefix}/{data['slug']}/",
        headline=data["headline"],
        description=data["description"],
        author=tuple(author.name for author in authors),
        author_slugs=tuple(author.slug for author in authors),
        date_published=published,
        date_published_raw=data["date_published"],
        date_modified=modified,
        date_modified_raw=data["date_modified"],
        category=data["section"],
        section=publisher.categories[data["section"]].name[language],
        keywords=tuple(data["keywords"]),
        image=read_image(data["image"], data["image_alt"]),
        template=data["template"],
        markdown=markdown,
        blocks=markdown_blocks(markdown),
        agencies=tuple(author.name for author in authors if author.is_agency),
        author_box=data.get("author_box", ""),
    )


def read_pages(
    folder: Path = DEMO_FOLDER / "pages", publisher: Publisher | None = None
) -> tuple[StaticPage, ...]:
    """Return the pages that are not stories. Raises the same errors as `parse_story`."""
    publisher = publisher or read_publisher()
    pages = []
    for file in sorted(folder.glob("*/*.md")):
        data, markdown = _front_matter(file.read_text(encoding="utf-8"))
        pages.append(
            StaticPage(
                key=file.parent.name,
                language=file.stem,
                post_id=data["post_id"],
                path=f"{publisher.languages[file.stem].prefix}/{data['slug']}/",
                title=data["title"],
                description=data["description"],
                date_modified=_moment(data["date_modified"]),
                markdown=markdown,
            )
        )
    return tuple(pages)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    opening, separator, rest = text.partition("+++\n")
    front, closing, body = rest.partition("\n+++\n")
    if opening.strip() or not separator or not closing:
        raise ValueError("a story begins with TOML between two lines of +++")
    return tomllib.loads(front), body.strip() + "\n"


def _moment(raw: str) -> datetime:
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        raise ValueError(f"{raw} bears no offset; a story's date does, such as +07:00")
    return moment
