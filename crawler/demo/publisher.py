"""The demo publisher: its languages, categories, authors, and the words of its pages.

All of this is data (``publisher.toml``). This module imports nothing large, so a command can use
the publisher's host without loading its templates.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

DEMO_HOST = "demo.test"
"""The host of the demo's URLs in every run (RFC 2606 reserves ``.test``)."""
DEMO_FOLDER = Path(__file__).parent
"""The folder of the demo's stories, pages, templates and pictures."""


@dataclass(frozen=True, slots=True)
class Language:
    """One of the site's languages. Its paths begin with *prefix*: ``/fr``, or nothing.

    *feed* says what its feeds contain of each story: ``full`` or ``excerpt``.
    """

    code: str
    tag: str
    locale: str
    name: str
    feed: str
    prefix: str


@dataclass(frozen=True, slots=True)
class Category:
    """A section; *slug* and *name* by language code."""

    key: str
    id: int
    slug: Mapping[str, str]
    name: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Author:
    """A person who signs stories, or a news agency; *about* and *role* by language code."""

    slug: str
    name: str
    about: Mapping[str, str]
    role: Mapping[str, str]
    is_agency: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Everything about the site that is not a story.

    *year* is the year in the copyright line on day 0. *updated* is when the frame of the pages
    (templates, style, pictures) last changed before day 0. *day_zero* is the moment at which day 0
    is visited; every later visit is a whole number of days after it. *words* are by language code.
    """

    name: str
    email: str
    year: int
    posts_per_page: int
    posts_per_feed: int
    updated: datetime
    day_zero: datetime
    languages: Mapping[str, Language]
    categories: Mapping[str, Category]
    authors: Mapping[str, Author]
    words: Mapping[str, Mapping[str, Any]]

    @property
    def default_language(self) -> Language:
        """The language whose pages have no prefix."""
        return next(iter(self.languages.values()))

    def moment(self, day: int) -> datetime:
        """Return the moment at which *day* is visited, with the publisher's offset."""
        return self.day_zero + timedelta(days=day)

    def day_of(self, moment: datetime) -> int:
        """Return the first day on which an event at *moment* can be seen; at least 0."""
        return max(0, -(-(moment - self.day_zero) // timedelta(days=1)))

    def language_of(self, path: str) -> str:
        """Return the code of the language whose prefix *path* has."""
        return next(
            (
                code
                for code, language in self.languages.items()
                if language.prefix and path.startswith(f"{language.prefix}/")
            ),
            self.default_language.code,
        )


def read_publisher(file: Path = DEMO_FOLDER / "publisher.toml") -> Publisher:
    """Return the publisher in *file*. Raises ``KeyError`` if something is missing."""
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    languages = {
        item["code"]: Language(**item, prefix=f"/{item['code']}" if number else "")
        for number, item in enumerate(data["languages"])
    }
    return Publisher(
        name=data["name"],
        email=data["email"],
        year=data["year"],
        posts_per_page=data["posts_per_page"],
        posts_per_feed=data["posts_per_feed"],
        updated=datetime.fromisoformat(data["updated"]),
        day_zero=datetime.fromisoformat(data["day_zero"]),
        languages=languages,
        categories={key: Category(key, **item) for key, item in data["categories"].items()},
        authors={
            slug: Author(
                slug,
                item["name"],
                {code: item[code] for code in languages},
                item["role"],
                item.get("is_agency", False),
            )
            for slug, item in data["authors"].items()
        },
        words=data["words"],
    )
