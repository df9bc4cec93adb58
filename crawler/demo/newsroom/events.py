"""Read from ``events.toml`` files what happens to the demo's stories and pages, and when.

``stories/KEY/events.toml`` lists the events of a story after its publication, which the story's own
``date_published`` gives. ``events.toml`` in the folder of the demo lists the changes of the frame
of all pages. The tables ``vi``, ``fr`` and ``en`` of an event say what it changes in each language.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any

from crawler.demo.newsroom.stories import STORIES
from crawler.demo.publisher import DEMO_FOLDER, Publisher, read_publisher

SITE_EVENTS = DEMO_FOLDER / "events.toml"


class StoryEventKind(StrEnum):
    """The kinds of events."""

    PUBLISH = "publish"
    EDIT_HEADLINE = "edit_headline"
    EDIT_BODY = "edit_body"
    CORRECTION = "correction"
    """A note is added at the end; the corrected passage may change too."""
    EDIT_FORMATTING = "edit_formatting"
    """The same words in other blocks; the text stays the same."""
    EDIT_METADATA = "edit_metadata"
    """Description, keywords or authors change; text and headline stay the same."""
    RENAME = "rename"
    """The story gets a new slug; the old address redirects until another story has it."""
    DELETE = "delete"
    RESTORE = "restore"
    COSMETIC = "cosmetic"
    """The frame of the pages changes, but no story."""
    ETAG_FROZEN = "etag_frozen"
    """Entity tag and Last-Modified stay the same, even if the page changes."""
    ETAG_RESTLESS = "etag_restless"
    """Entity tag and Last-Modified change every day, even if the page does not."""
    SITEMAP_LIE = "sitemap_lie"
    """The sitemap says every day that the page changed on that day."""
    CONSENT_WALL = "consent_wall"
    PAYWALL = "paywall"
    CHALLENGE = "challenge"
    TRUNCATED = "truncated"
    EMPTY = "empty"


class Gone(StrEnum):
    """What the address of a deleted story answers."""

    NOT_FOUND = "404"
    GONE = "410"
    REDIRECT_HOME = "redirect_home"
    SOFT_404 = "soft_404"
    """A page that says that nothing was found, with status 200."""


LIES = frozenset(
    {StoryEventKind.ETAG_FROZEN, StoryEventKind.ETAG_RESTLESS, StoryEventKind.SITEMAP_LIE}
)
"""They last from their day up to and including the day ``until``."""
DISTURBANCES = frozenset(
    {StoryEventKind.CONSENT_WALL, StoryEventKind.PAYWALL, StoryEventKind.CHALLENGE}
    | {StoryEventKind.TRUNCATED, StoryEventKind.EMPTY}
)
"""Something else is served in place of the page, on one day only."""
_EDITS: Mapping[StoryEventKind, frozenset[str]] = {
    StoryEventKind.EDIT_HEADLINE: frozenset({"headline", "replace"}),
    StoryEventKind.EDIT_BODY: frozenset({"replace"}),
    StoryEventKind.CORRECTION: frozenset({"note", "replace"}),
    StoryEventKind.EDIT_FORMATTING: frozenset({"replace"}),
    StoryEventKind.EDIT_METADATA: frozenset({"description", "keywords", "authors"}),
    StoryEventKind.RENAME: frozenset({"slug"}),
}
"""The keys that each kind of event may have in the table of a language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryEvent:
    """An event at *moment*, which can be seen from *day* on.

    *key* is the key of the story; None if the frame changes. *languages* are those of the affected
    translations, *edits* the changes in each. *until* is the last day of a lie. *answers_304* says
    whether frozen validators answer a conditional request with 304; otherwise the whole page is
    sent. *frame* has new values for fields of `Frame`.
    """

    day: int
    moment: datetime
    kind: StoryEventKind
    languages: tuple[str, ...]
    key: str | None = None
    why: str = ""
    edits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    frame: Mapping[str, Any] = field(default_factory=dict)
    how: Gone | None = None
    until: int | None = None
    answers_304: bool = False


def read_events(
    publisher: Publisher | None = None, folder: Path = STORIES, site: Path = SITE_EVENTS
) -> tuple[StoryEvent, ...]:
    """Return all events except publications, in order of time.

    Raises ``ValueError`` with the name of the file for an invalid event.
    """
    publisher = publisher or read_publisher()
    found = list(_events_in(site, None, publisher))
    for file in sorted(folder.glob("*/events.toml")):
        found.extend(_events_in(file, file.parent.name, publisher))
    return tuple(sorted(found, key=lambda event: event.moment))


def _events_in(file: Path, key: str | None, publisher: Publisher) -> Iterator[StoryEvent]:
    for number, item in enumerate(tomllib.loads(file.read_text(encoding="utf-8"))["event"], 1):
        try:
            yield parse_event(item, key, publisher)
        except (ValueError, KeyError, TypeError) as error:
            raise ValueError(f"{file}: event {number}: {error}") from error


def parse_event(item: Mapping[str, Any], key: str | None, publisher: Publisher) -> StoryEvent:
    """Return the event of the TOML table *item*; *key* is the key of the story.

    Raises ``ValueError`` for an invalid event, and ``KeyError`` if something is missing.
    """
    values = dict(item)
    kind = StoryEventKind(values.pop("kind"))
    day, clock = values.pop("day"), values.pop("time", time(9))
    edits = {code: values.pop(code) for code in publisher.languages if code in values}
    allowed = _EDITS.get(kind, frozenset())
    for code, edit in edits.items():
        if unknown := set(edit) - allowed:
            raise ValueError(f"{kind} knows no {sorted(unknown)} ({code})")
    languages = values.pop("languages", list(edits) or list(publisher.languages))
    event = StoryEvent(
        day=day,
        moment=datetime.combine(publisher.moment(day).date(), clock, publisher.day_zero.tzinfo),
        kind=kind,
        key=key,
        languages=tuple(languages),
        edits=edits,
        how=Gone(values.pop("how")) if kind is StoryEventKind.DELETE else None,
        until=values.pop("until") if kind in LIES else None,
        answers_304=values.pop("answers_304") if kind is StoryEventKind.ETAG_FROZEN else False,
        frame=values.pop("frame") if kind is StoryEventKind.COSMETIC else {},
        why=values.pop("why", ""),
    )
    if values:
        raise ValueError(f"{kind} knows no {sorted(values)}")
    _check(event, publisher)
    return event


def _check(event: StoryEvent, publisher: Publisher) -> None:
    if event.kind is StoryEventKind.PUBLISH:
        raise ValueError("a story's own date_published says when it is published")
    if event.day < 1 or publisher.day_of(event.moment) != event.day:
        raise ValueError(f"day {event.day} at {event.moment:%H:%M} is not seen on that day")
    if event.kind in _EDITS and not event.edits:
        raise ValueError(f"{event.kind} says in no language what it changes")
    if (event.key is None) != (event.kind is StoryEventKind.COSMETIC):
        raise ValueError(f"{event.kind} befalls {event.key or 'the whole site'}")
    if unknown := set(event.languages) - set(publisher.languages):
        raise ValueError(f"unknown languages {sorted(unknown)}")
    if event.until is not None and event.until < event.day:
        raise ValueError(f"ends on day {event.until}, before it begins")
