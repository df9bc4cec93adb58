"""The demo's clock: compute the edition of a day from stories and events.

No state is kept between days, so the clock can also be turned back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from crawler.demo.newsroom.edition import Edition, Frame, StoryState
from crawler.demo.newsroom.events import DISTURBANCES, LIES, StoryEvent, StoryEventKind, read_events
from crawler.demo.newsroom.stories import Story, newest_first, read_stories
from crawler.demo.pages.markup import markdown_blocks
from crawler.demo.publisher import Publisher, read_publisher

LAST_DAY = 60
"""Nothing happens after this day; the site then stays as it is."""


class Chronicle:
    """Everything that is ever on the site, and what happens to it.

    *stories* are as first published; if none are given, they are read when they are needed. *frame*
    is what surrounds them on day 0.
    """

    def __init__(
        self,
        publisher: Publisher | None = None,
        stories: Iterable[Story] | None = None,
        events: Iterable[StoryEvent] | None = None,
        frame: Frame | None = None,
    ) -> None:
        self.publisher = publisher or read_publisher()
        self._frame = frame or Frame(year=self.publisher.year)
        self.events = tuple(read_events(self.publisher) if events is None else events)
        self._stories = tuple(stories or ())
        self._read_day = LAST_DAY if stories is not None else -1

    def stories(self, day: int) -> tuple[Story, ...]:
        """Return the stories published by *day*, deleted or not, as they were first published."""
        if day > self._read_day:
            self._stories = read_stories(publisher=self.publisher, day=day)
            self._read_day = day
        published = self.publisher.day_of
        return tuple(s for s in self._stories if published(s.date_published) <= day)

    def edition(self, day: int) -> Edition:
        """Return the site on *day*. Raises ``ValueError`` if two stories have the same address."""
        standings = [self.standing(story, day) for story in self.stories(day)]
        live = [item for item in standings if item.gone is None]
        stories = newest_first(item.story for item in live)
        shared = [path for path, count in Counter(s.path for s in stories).items() if count > 1]
        if shared:
            raise ValueError(f"day {day}: two stories have the address {shared[0]}")
        frame = self.frame(day)
        taken = {item.story.path for item in standings}
        return Edition(
            day=day,
            moment=self.publisher.moment(day),
            frame=frame,
            stories=stories,
            # A story that got the address of a deleted one comes last and replaces it.
            standings={
                item.story.path: item for item in sorted(standings, key=lambda i: i.gone is None)
            },
            moved={
                path: item.story.path
                for item in live
                for path in item.old_paths
                if path not in taken
            },
            changed=self._changed(day, frame),
        )

    def standing(self, story: Story, day: int) -> StoryState:
        """Return the state on *day* of *story*, a published story given as first published."""
        standing = StoryState(story=story)
        for event in self.events_of(story):
            if event.day <= day:
                standing = self._after(standing, event, day)
        return standing

    def events_of(self, story: Story) -> tuple[StoryEvent, ...]:
        """Return the events of *story* after its publication, in order of time."""
        return tuple(
            event
            for event in self.events
            if event.key == story.key and story.language in event.languages
        )

    def frame(self, day: int) -> Frame:
        """Return the frame of the pages on *day*."""
        frame = self._frame
        for event in self.events:
            if event.kind is StoryEventKind.COSMETIC and event.day <= day:
                frame = replace(frame, **event.frame)
        return frame

    def _after(self, standing: StoryState, event: StoryEvent, day: int) -> StoryState:
        """Return the state after *event*, as it is seen on *day*."""
        if event.kind in LIES:
            holds = event.until is not None and day <= event.until
            lies = {**standing.lies, event.kind: event} if holds else standing.lies
            return replace(standing, lies=lies)
        if event.kind in DISTURBANCES:
            return replace(standing, disturbance=event.kind if event.day == day else None)
        if (event.kind is StoryEventKind.RESTORE) == (standing.gone is None):
            raise ValueError(f"{event.key} on day {event.day}: {event.kind}: it is {standing.gone}")
        if event.kind is StoryEventKind.DELETE:
            return replace(standing, gone=event.how)
        story = _saved(standing.story, event.moment)
        if event.kind is StoryEventKind.RESTORE:
            return replace(standing, gone=None, story=story)
        story = self._edited(story, event.edits[story.language])
        old = () if story.path == standing.story.path else (standing.story.path,)
        return replace(standing, story=story, old_paths=(*standing.old_paths, *old))

    def _edited(self, story: Story, edit: Any) -> Story:
        markdown = story.markdown
        for old, new in edit.get("replace", ()):
            if markdown.count(old) != 1:
                raise ValueError(f"{story.key}/{story.language} does not hold {old!r} once")
            markdown = markdown.replace(old, new)
        if note := edit.get("note"):
            markdown = f"{markdown.rstrip()}\n\n*{note}*\n"
        slug = edit.get("slug", story.slug)
        authors = [self.publisher.authors[name] for name in edit.get("authors", story.author_slugs)]
        return replace(
            story,
            headline=edit.get("headline", story.headline),
            description=edit.get("description", story.description),
            keywords=tuple(edit.get("keywords", story.keywords)),
            author=tuple(author.name for author in authors),
            author_slugs=tuple(author.slug for author in authors),
            agencies=tuple(author.name for author in authors if author.is_agency),
            slug=slug,
            path=f"{self.publisher.languages[story.language].prefix}/{slug}/",
            markdown=markdown,
            blocks=markdown_blocks(markdown),
        )

    def _changed(self, day: int, frame: Frame) -> datetime | None:
        if (frame.counts_views or frame.shows_comments) and day:
            return self.publisher.moment(day)
        served = LIES | DISTURBANCES
        saved = [e.moment for e in self.events if e.day <= day and e.kind not in served]
        saved += [
            story.date_published
            for story in self.stories(day)
            if self.publisher.day_of(story.date_published) > 0
        ]
        return max(saved, default=None)


def _saved(story: Story, moment: datetime) -> Story:
    """Return *story* with the modification date that WordPress sets on each save."""
    return replace(story, date_modified=moment, date_modified_raw=moment.isoformat())
