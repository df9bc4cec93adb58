"""What is really on the demo's site on each day, and what an archive of some days must have.

The site is made from the same chronicle, so the truth and the pages cannot differ. The tests of the
demo still compare them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from archive.model import Block, text_of
from crawler.demo.newsroom.chronicle import LAST_DAY, Chronicle
from crawler.demo.newsroom.edition import StoryState
from crawler.demo.newsroom.events import Gone, StoryEvent, StoryEventKind
from crawler.demo.newsroom.stories import Story
from crawler.demo.publisher import DEMO_HOST

Name = tuple[str, str]
"""A story's key and language, which identify it on every day, whatever its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One story in one language on *day*.

    *standing* is None before its publication. *changes* are the events of this day, including
    cosmetic changes of the frame.
    """

    key: str
    language: str
    day: int
    standing: StoryState | None
    changes: tuple[StoryEvent, ...]

    @property
    def story(self) -> Story | None:
        """The story as it is, or as it was before its deletion; None before publication."""
        return self.standing.story if self.standing else None

    @property
    def is_live(self) -> bool:
        """Whether the story is on the site, even if something else is served that day."""
        return self.standing is not None and self.standing.gone is None

    @property
    def is_shown(self) -> bool:
        """Whether a request for the story's address on this day gets the story."""
        return self.is_live and self.standing is not None and self.standing.disturbance is None

    @property
    def gone(self) -> Gone | None:
        """What the address of the deleted story answers; None if it is not deleted."""
        return self.standing.gone if self.standing else None

    def url(self, host: str = DEMO_HOST) -> str | None:
        """Return the current or last canonical address; None before publication."""
        return self.story.url(host) if self.story else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVersion:
    """What a story said from the visit on day *seen_from* to the visit on day *seen_until*."""

    seen_from: int
    seen_until: int
    headline: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """The plain text, made from the blocks as for an article of the archive."""
        return text_of(self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an archive must have of a story if all its addresses were requested on some days.

    Neighbouring *versions* differ in headline or text; the *blocks* of a version are those of its
    first visit. *path* is the last canonical path that showed the story, *old_paths* are those
    before. *gone_on* is the first visited day after which the story stayed deleted, and *gone* how
    that visit found it; both are None if the story was live at the last visit.
    """

    versions: tuple[StoryVersion, ...]
    path: str
    old_paths: tuple[str, ...]
    gone_on: int | None
    gone: Gone | None


def truth(day: int, chronicle: Chronicle | None = None) -> dict[Name, Truth]:
    """Return the truth about every story on *day*, including those not published yet."""
    told = chronicle or _chronicle()
    found = {}
    for story in told.stories(LAST_DAY):
        published = told.publisher.day_of(story.date_published)
        found[story.key, story.language] = Truth(
            key=story.key,
            language=story.language,
            day=day,
            standing=told.standing(story, day) if published <= day else None,
            changes=tuple(event for event in _history(told, story) if event.day == day),
        )
    return found


def expected(days: Iterable[int], chronicle: Chronicle | None = None) -> dict[Name, Expected]:
    """Return what an archive must have that visited the whole site on each of *days*.

    Stories that no visit found are left out. A page does not count as seen if something else is
    served in its place. Wrong validators are assumed to mislead nobody: a client that believes a
    frozen entity tag with 304 (``StoryEvent.answers_304``) sees an edit only after the tag changes
    again.
    """
    visits = [truth(day, chronicle) for day in sorted(set(days))]
    names = {name: None for visit in visits for name in visit}
    found = {name: _expected([visit[name] for visit in visits]) for name in names}
    return {name: item for name, item in found.items() if item is not None}


def _expected(visits: list[Truth]) -> Expected | None:
    versions: list[StoryVersion] = []
    paths: dict[str, None] = {}
    tombstone: Truth | None = None
    for visit in visits:
        story = visit.story
        if story is None:
            continue
        if visit.gone is not None:
            tombstone = tombstone or visit
        elif visit.is_shown:
            tombstone = None
            paths.pop(story.path, None)
            paths[story.path] = None
            _see(versions, story, visit.day)
    if not versions:
        return None
    *old, path = paths
    return Expected(
        versions=tuple(versions),
        path=path,
        old_paths=tuple(old),
        gone_on=tombstone.day if tombstone else None,
        gone=tombstone.gone if tombstone else None,
    )


def _see(versions: list[StoryVersion], story: Story, day: int) -> None:
    if versions and (versions[-1].headline, versions[-1].text) == (story.headline, story.text):
        versions[-1] = replace(versions[-1], seen_until=day)
    else:
        versions.append(
            StoryVersion(
                seen_from=day, seen_until=day, headline=story.headline, blocks=story.blocks
            )
        )


def _history(told: Chronicle, story: Story) -> tuple[StoryEvent, ...]:
    publication = StoryEvent(
        day=told.publisher.day_of(story.date_published),
        moment=story.date_published,
        kind=StoryEventKind.PUBLISH,
        key=story.key,
        languages=(story.language,),
    )
    frame = [event for event in told.events if event.key is None]
    later = [event for event in frame if event.moment > publication.moment]
    events = [*told.events_of(story), *later]
    return (publication, *sorted(events, key=lambda event: event.moment))


@cache
def _chronicle() -> Chronicle:
    return Chronicle()
