"""Read all fields of an article but its text.

An error in one field loses only that field: nobody can foresee what pages contain, and a wrong date
must never lose the text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from lxml.html import HtmlElement

from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dates.written import Dated
from archive.extract.dom.document import Page
from archive.extract.metadata import labels
from archive.extract.metadata.authors import Authors, authors
from archive.extract.metadata.headline import headlines
from archive.extract.metadata.moments import Moments
from archive.extract.metadata.picture import Picture, picture
from archive.extract.metadata.sources import Sources

_T = TypeVar("_T")
_MAX_LETTERS = 10_000
"""A longer field is the text itself, or an attack; no index stores it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """The fields of an Article but its blocks, all spellings of its headline, and flags."""

    headline: str
    headlines: tuple[str, ...]
    description: str | None
    author: Authors
    published: Dated | None
    modified: Dated | None
    section: tuple[str, ...]
    keywords: tuple[str, ...]
    picture: Picture | None
    publisher: str | None
    license: str | None
    is_accessible_for_free: bool | None
    flags: tuple[str, ...]


def read_metadata(page: Page, bare: HtmlElement, captured_at: CaptureMoment) -> Metadata:
    """Return the fields of the article on *page*.

    *bare* is its tree without the frame. Dates later than *captured_at*, which must have a time
    zone, are not believed. A date that is not believed is kept in ``raw`` and adds a flag.
    """
    flags: list[str] = []
    sources = Sources(page, bare, captured_at)
    moments = Moments(sources)

    def field(name: str, read: Callable[[Sources], _T], default: _T) -> _T:
        try:
            return read(sources)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - any error that a page causes in one field
            flags.append(f"{name}: {type(error).__name__}")
            return default

    nothing: tuple[str, ...] = ()
    found = field("headline", headlines, nothing)
    published = field("date_published", lambda _: moments.moment("published", flags), None)
    return Metadata(
        headline=found[0] if found else (page.title or ""),
        headlines=found,
        description=_bounded(field("description", labels.description, None)),
        author=field("author", authors, Authors()),
        published=published,
        modified=field("date_modified", lambda _: moments.moment("modified", flags), None),
        section=tuple(each[:_MAX_LETTERS] for each in field("section", labels.section, nothing)),
        keywords=tuple(each[:_MAX_LETTERS] for each in field("keywords", labels.keywords, nothing)),
        picture=field("image", picture, None),
        publisher=_bounded(field("publisher", labels.publisher_name, None)),
        license=_bounded(field("license", labels.licence, None)),
        is_accessible_for_free=field("is_accessible_for_free", labels.is_free, None),
        flags=tuple(flags),
    )


def _bounded(text: str | None) -> str | None:
    return None if text is None else text[:_MAX_LETTERS]
