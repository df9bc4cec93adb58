"""What a site publishes, edition after edition: stories edited, taken down and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

EDITIONS = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Story:
    """A story as one edition has it; *changed* is the edition in which that wording appeared."""

    key: str
    headline: str
    paragraphs: tuple[str, ...]
    changed: int = 1

    @property
    def text(self) -> str:
        """The text that an archive is to have of it."""
        return "\n".join(self.paragraphs)


Change = Mapping[str, str | tuple[str, ...]]
"""Fields of a story and what they become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chronicle:
    """All *stories* that a site ever has, and what becomes of some of them.

    *since* names the edition in which a story first appears, if not the first; *edits* are changes
    by edition and key; *absent* are the keys that an edition lacks.
    """

    stories: tuple[Story, ...]
    since: Mapping[str, int]
    edits: Mapping[int, Mapping[str, Change]]
    absent: Mapping[int, frozenset[str]]

    def edition(self, number: int) -> dict[str, Story]:
        """Return the stories of edition *number* by key, in the order of *stories*."""
        found = {}
        for story in self.stories:
            if self.since.get(story.key, 1) > number or story.key in self.absent.get(number, ()):
                continue
            for edition in range(1, number + 1):
                if change := self.edits.get(edition, {}).get(story.key):
                    story = replace(story, changed=edition, **change)  # noqa: PLW2901
            found[story.key] = story
        return found

    def versions(self, number: int) -> dict[str, int]:
        """Return how many wordings each story has had by edition *number*."""
        seen: dict[str, set[tuple[str, str]]] = {}
        for edition in range(1, number + 1):
            for key, story in self.edition(edition).items():
                seen.setdefault(key, set()).add((story.headline, story.text))
        return {key: len(wordings) for key, wordings in seen.items()}

    def gone(self, number: int) -> set[str]:
        """Return the keys of what was there before edition *number* and is not in it."""
        before = {key for edition in range(1, number) for key in self.edition(edition)}
        return before - set(self.edition(number))
