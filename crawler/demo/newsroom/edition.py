"""The demo's site on one day: what stands in it, and what its addresses answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.demo.newsroom.events import Gone, StoryEvent, StoryEventKind
from crawler.demo.newsroom.stories import Story, newest_first
from crawler.demo.publisher import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the stories and changes without any story's changing.

    *related_from* is how many of the other stories are passed over before the row of related ones
    begins. *widget* is which box stands in the sidebar, 0 for none. *closing* is a line under
    every story by language, inside the element that holds its text.
    """

    year: int
    names_feeds: bool = False
    related_from: int = 0
    counts_views: bool = False
    widget: int = 0
    share_on_top: bool = False
    reversed_attributes: bool = False
    closing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryState:
    """How a story stands on a day: as it reads, or read last, and what became of it.

    *old_paths* are addresses that it had, the oldest first. *disturbance* is what is served in its
    place on this day only. *lies* are those that hold.
    """

    story: Story
    old_paths: tuple[str, ...] = ()
    gone: Gone | None = None
    disturbance: StoryEventKind | None = None
    lies: Mapping[StoryEventKind, StoryEvent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The site on *day*, as it is at *moment*.

    *stories* are those that are on the site, the newest first, as they read now; *standings* are
    by path, deleted ones included. *moved* leads from old paths to present ones. *changed* is when
    anything on the site was last saved; None where that was before day 0.
    """

    day: int
    moment: datetime
    frame: Frame
    stories: tuple[Story, ...]
    standings: Mapping[str, StoryState] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)
    changed: datetime | None = None

    def since(self, moment: datetime) -> datetime:
        """Return when a page last changed whose own content is of *moment*.

        All pages show the newest stories and the same frame. A cache that is emptied whenever
        something is saved says the same: too late at times, never too early.
        """
        return max(moment, self.changed) if self.changed else moment


def plain_edition(publisher: Publisher, stories: tuple[Story, ...], frame: Frame) -> Edition:
    """Return the site with just *stories*, to which nothing ever happened."""
    return Edition(day=0, moment=publisher.day_zero, frame=frame, stories=newest_first(stories))
