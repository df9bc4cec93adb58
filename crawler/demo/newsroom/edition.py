"""The demo's site on one day: its content, and what its addresses answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crawler.demo.newsroom.events import Gone, StoryEvent, StoryEventKind
from crawler.demo.newsroom.stories import Story, newest_first
from crawler.demo.publisher import Publisher


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What surrounds the stories and changes without a change of any story.

    *related_from* is how many other stories are skipped before the row of related stories. *widget*
    is the number of the box in the sidebar; 0 means none. With *shows_comments*, what readers say
    is below every story, and more of it on pages of its own. With *has_blocks* the theme is
    another, whose elements have other names. *closing* is, by language, a line below every story,
    inside the element of its text.
    """

    year: int
    names_feeds: bool = False
    related_from: int = 0
    counts_views: bool = False
    shows_comments: bool = False
    widget: int = 0
    share_on_top: bool = False
    reversed_attributes: bool = False
    has_blocks: bool = False
    closing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryState:
    """The state of a story on a day: its current or last text, and what happened to it.

    *old_paths* are its former addresses, the oldest first. *disturbance* is what is served in its
    place on this day only. *lies* are the wrong signals of this day.
    """

    story: Story
    old_paths: tuple[str, ...] = ()
    gone: Gone | None = None
    disturbance: StoryEventKind | None = None
    lies: Mapping[StoryEventKind, StoryEvent] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """The site on *day*, as it is at *moment*.

    *stories* are those on the site as they are now, the newest first. *standings* are by path and
    include deleted stories. *moved* maps old paths to current ones. *changed* is when anything on
    the site was last saved; None if that was before day 0.
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

        All pages show the newest stories and the same frame. A cache that is emptied on every save
        gives the same times: sometimes too late, never too early.
        """
        return max(moment, self.changed) if self.changed else moment


def plain_edition(publisher: Publisher, stories: tuple[Story, ...], frame: Frame) -> Edition:
    """Return the site with only *stories*, to which nothing has happened."""
    return Edition(day=0, moment=publisher.day_zero, frame=frame, stories=newest_first(stories))
