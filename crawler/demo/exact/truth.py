"""What is really on the demo's site on each day, and what an archive of some days must hold.

The site itself is made of the same chronicle, so the truth and the pages cannot drift apart; the
tests of the demo hold one against the other all the same.
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
"""A story's key and language: what it is called on every day, whatever its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """One story in one language on *day*.

    *standing* is None before its publication; *changes* is what befell it on this very day, the
    frame's cosmetic changes included.
    """

    key: str
    language: str
    day: int
    standing: StoryState | None
    changes: tuple[StoryEvent, ...]

    @property
    def story(self) -> Story | None:
        """The story as it reads, or read last when it was deleted; None before publication."""
        return self.standing.story if self.standing else None

    @property
    def is_live(self) -> bool:
        """Whether the story is on the site; something else may be served in its place all day."""
        return self.standing is not None and self.standing.gone is None

    @property
    def is_shown(self) -> bool:
        """Whether who asks for the story's address on this day gets the story."""
        return self.is_live and self.standing is not None and self.standing.disturbance is None

    @property
    def gone(self) -> Gone | None:
        """What the address of the deleted story answers; None where it is not deleted."""
        return self.standing.gone if self.standing else None

    def url(self, host: str = DEMO_HOST) -> str | None:
        """Return the canonical address, or the last one; None before publication."""
        return self.story.url(host) if self.story else None

    def old_urls(self, host: str = DEMO_HOST) -> tuple[str, ...]:
        """Return the addresses that the story had before, the oldest first.

        They redirect to the present one while it is live, but for those that another story took.
        """
        return (
            tuple(f"http://{host}{path}" for path in self.standing.old_paths)
            if self.standing
            else ()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryVersion:
    """What a story said from the visit on day *seen_from* to that on day *seen_until*."""

    seen_from: int
    seen_until: int
    headline: str
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        """The plain text, made from the blocks as the archive makes an article's."""
        return text_of(self.blocks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an archive holds of a story whose every address was asked for on some days.

    *versions* differ from their neighbours in headline or text; *blocks* are those of the first
    sight of each. *path* is the last canonical path that showed the story, *old_paths* those that
    had shown it before. *gone_on* is the first visited day of those at the end on which it was
    deleted, and *gone* how that day's visit found it; both None where the story was live at last.
    """

    versions: tuple[StoryVersion, ...]
    path: str
    old_paths: tuple[str, ...]
    gone_on: int | None
    gone: Gone | None


def truth(day: int, chronicle: Chronicle | None = None) -> dict[Name, Truth]:
    """Return the truth about every story on *day*, those that are not out yet included."""
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


def story_history(
    key: str, language: str, chronicle: Chronicle | None = None
) -> tuple[StoryEvent, ...]:
    """Return all that befalls a story from its publication on, the frame's changes included.

    Raises ``KeyError`` where there is no such story.
    """
    told = chronicle or _chronicle()
    for story in told.stories(LAST_DAY):
        if (story.key, story.language) == (key, language):
            return _history(told, story)
    raise KeyError((key, language))


def expected(days: Iterable[int], chronicle: Chronicle | None = None) -> dict[Name, Expected]:
    """Return what an archive must hold that saw the site, whole, on each of *days*.

    Stories that no visit found are left out. A page in whose place something else is served is not
    seen. Validators are taken to have misled nobody: who believes a frozen entity tag that
    answers 304 (``Event.answers_304``) sees an edit only when the lie has ended.
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
