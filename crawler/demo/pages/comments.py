"""What readers say about the stories, and on which of its pages, as WordPress divides it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crawler.demo.newsroom.stories import Story

COMMENTS_ON_A_PAGE = 2


@dataclass(frozen=True, slots=True)
class Comment:
    """What a reader says, *who* it is, and how many days ago it was."""

    who: str
    text: str
    days_ago: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommentPage:
    """Page *number* of the *count* pages of comments on *story*, of which there are *total*.

    The last page has the newest ones and is below the story itself.
    """

    story: Story
    number: int
    count: int
    total: int
    comments: tuple[Comment, ...]

    def path_of(self, number: int) -> str:
        """Return the path of page *number*."""
        return f"{self.story.path}comment-page-{number}/"

    @property
    def path(self) -> str:
        """The path of this page."""
        return self.path_of(self.number)


def comment_pages(story: Story, said: Sequence[Any], day: int) -> tuple[CommentPage, ...]:
    """Return the pages of the comments on *story* on *day*; *said* are names and texts.

    Every second day another comment is there, until all of *said* are.
    """
    total = min(len(said), 2 + story.post_id % 2 + day // 2 % len(said))
    some = [Comment(who, text, day + 1 - at) for at, (who, text) in enumerate(said[:total])]
    starts = range(0, total, COMMENTS_ON_A_PAGE)
    return tuple(
        CommentPage(
            story=story,
            number=number,
            count=len(starts),
            total=total,
            comments=tuple(some[start : start + COMMENTS_ON_A_PAGE]),
        )
        for number, start in enumerate(starts, 1)
    )
