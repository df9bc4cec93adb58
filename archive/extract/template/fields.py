"""Which lines of a page say a field of its article, and the fields that only places tell.

Most pages of a publisher declare who wrote them and when. Where these have that line, the others
have it, too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from archive.extract.body.pipeline import Text
from archive.extract.dates.capture_moment import CaptureMoment
from archive.extract.dom.document import Page
from archive.extract.dom.lines import Line, letters_of
from archive.extract.metadata.byline_text import names_of_element
from archive.extract.metadata.person_names import could_be_name, is_organization
from archive.extract.metadata.reader import Metadata
from archive.extract.metadata.sources import Sources
from archive.model import Article
from archive.model.line_table import LineField
from archive.model.template import PageRoles

LABEL_WEIGHT = 80
"""A longer line is a sentence, which may have a name or a date in it, but no byline."""
_NAME_LETTERS = 4
_MOST_LINES = 3
"""More lines at places of a field are a list of other articles."""
_ZONES = timedelta(hours=14)
_NUMBER = re.compile(r"\d+")


def lacking_fields(data: Metadata) -> LineField:
    """Return the fields that reading a page alone did not find."""
    lacking = {
        LineField.HEADLINE: not data.headlines,
        LineField.AUTHOR: not data.author.names,
        LineField.DATE: data.published is None or data.published.instant is None,
        LineField.SECTION: not data.section,
        LineField.KEYWORD: not data.keywords,
    }
    found = LineField.NONE
    for field, is_lacking in lacking.items():
        found |= field if is_lacking else LineField.NONE
    return found


def fields_said(data: Metadata) -> Callable[[Line], LineField]:
    """Return the function that tells which fields in *data* a line says."""
    headlines = frozenset(map(letters_of, data.headlines)) - {""}
    names = {letters_of(name) for name in data.author.names}
    authors = [name for name in names if len(name) >= _NAME_LETTERS or not name.isascii()]
    sections = frozenset(map(letters_of, data.section)) - {""}
    keywords = frozenset(map(letters_of, data.keywords)) - {""}
    instant = data.published.instant if data.published else None
    days = () if instant is None else (instant - _ZONES, instant, instant + _ZONES)

    def said(line: Line) -> LineField:
        found = LineField.HEADLINE if line.letters in headlines else LineField.NONE
        if line.weight > LABEL_WEIGHT:
            return found
        if any(name and name in line.letters for name in authors):
            found |= LineField.AUTHOR
        if days and _names_day(line.text, days):
            found |= LineField.DATE
        found |= LineField.SECTION if line.letters in sections else LineField.NONE
        return found | (LineField.KEYWORD if line.letters in keywords else LineField.NONE)

    return said


def with_fields(
    article: Article,
    text: Text,
    roles: PageRoles,
    page: Page,
    captured_at: CaptureMoment,
) -> Article:
    """Return *article* with the fields it lacks, as the lines at places of *roles* say them.

    Dates are read as on any page: later ones than *captured_at* are not believed.
    """
    for field in roles.fields:
        lines = [
            line
            for line, place in zip(text.lines, text.places, strict=True)
            if place in roles.fields[field]
            and (line.weight <= LABEL_WEIGHT or field is LineField.HEADLINE)
        ]
        if 0 < len(lines) <= _MOST_LINES or field is LineField.KEYWORD:
            article = _FILL[field](article, lines, Sources(page, page.tree, captured_at))
    return article


def _names_day(line: str, days: tuple[datetime, ...]) -> bool:
    numbers = {int(number) for number in _NUMBER.findall(line) if len(number) <= 4}
    return any(day.day in numbers and day.year in numbers for day in days)


def _with_headline(article: Article, lines: list[Line], _: Sources) -> Article:
    return replace(article, headline=lines[0].text) if len(lines) == 1 else article


def _with_author(article: Article, lines: list[Line], sources: Sources) -> Article:
    names = dict.fromkeys(_names(lines, sources))
    organizations = tuple(name for name in names if is_organization(name))
    people = tuple(name for name in names if name not in organizations)
    return replace(article, author=(*people, *organizations), author_organization=organizations)


def _names(lines: list[Line], sources: Sources) -> Iterator[str]:
    for line in lines:
        for name in names_of_element(line.element, sources.language):
            if could_be_name(name) and not sources.is_site(name):
                yield name


def _with_date(article: Article, lines: list[Line], sources: Sources) -> Article:
    read = [sources.read_date(line.text, "words") for line in lines]
    found = [date for date in read if date.instant is not None and date.problem is None]
    if len({date.instant for date in found}) != 1:
        return article
    return replace(
        article,
        date_published=found[0].instant,
        date_published_raw=found[0].raw,
        date_source=found[0].source,
        date_precision=found[0].precision,
    )


def _with_section(article: Article, lines: list[Line], _: Sources) -> Article:
    return replace(article, article_section=tuple(dict.fromkeys(line.text for line in lines)))


def _with_keywords(article: Article, lines: list[Line], _: Sources) -> Article:
    return replace(article, keywords=tuple(dict.fromkeys(line.text for line in lines)))


_FILL = {
    LineField.HEADLINE: _with_headline,
    LineField.AUTHOR: _with_author,
    LineField.DATE: _with_date,
    LineField.SECTION: _with_section,
    LineField.KEYWORD: _with_keywords,
}
