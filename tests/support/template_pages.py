"""Pages by the places of their lines, as templates are learned from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from archive.extract.dom.lines import letters_of, weight_of
from archive.extract.template.line_table import folded_digest
from archive.model.line_table import LineField, PlacedLines, SeenLine
from archive.template.learning import LearnedPlace
from archive.template.sample import SampledPage

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
BODY, TOP, SIDE = 1, 2, 3
WORDS = ("ferry", "tower", "mill", "bridge", "school", "market", "station", "harbour")
Role = tuple[str, str, datetime | None, datetime | None]


def line(text: str, **said: Any) -> SeenLine:
    """A line of *text*; *said* are the other fields of ``SeenLine``."""
    letters = letters_of(text)
    return SeenLine(folded_digest(letters), weight_of(letters), **said)


def kept(text: str) -> SeenLine:
    """A line that the text of its page has."""
    return line(text, is_kept=True)


def word(number: int) -> str:
    """A word without digits for *number*, since templates take all numbers for one."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


def sentence(story: int, number: int = 0) -> str:
    """A sentence that only one story has."""
    topic = WORDS[story % len(WORDS)]
    said = f"the council said for the {word(number)}th time that it stays as long as it stands"
    return f"Of the {topic} {word(story)} {said}."


def sentences(story: int, number: int = 3) -> list[SeenLine]:
    """The sentences of one story, as its text has them."""
    return [kept(sentence(story, each)) for each in range(number)]


def page(
    story: int,
    lines: dict[int, Sequence[SeenLine]],
    *,
    url: str | None = None,
    day: float | None = None,
    language: str = "en",
    lacks: LineField = LineField.NONE,
    links: dict[int, int] | None = None,
) -> SampledPage:
    """The page of a *story*, captured so many days after noon, with *lines* and *links* by place.

    By default it is captured on the day of its number.
    """
    links = links or {}
    moment = NOON + (story if day is None else day) * DAY
    url = url or f"https://news.test/{story}/"
    places = (
        PlacedLines(place, tuple(lines.get(place, ())), links.get(place, 0))
        for place in sorted(lines.keys() | links.keys())
    )
    return SampledPage(
        url=url,
        record_id=f"<urn:uuid:{url}:{moment.isoformat()}>",
        language=language,
        moment=moment,
        places=tuple(places),
        lacks=lacks,
    )


SHARE = kept("Share this story with all of your friends")


def roles(found: Sequence[LearnedPlace], place: int = BODY) -> list[Role]:
    """The roles of *place*: language, role, since, until."""
    rules = [each.rule for each in found if each.rule.place == place]
    return [(rule.language, str(rule.role), rule.since, rule.until) for rule in rules]


def everywhere(role: str) -> list[Role]:
    """What ``roles`` gives if a place has *role* on all pages."""
    return [("", role, None, None)]


def stories(first: int, number: int, language: str = "en") -> list[SampledPage]:
    """Pages that have their text at ``BODY``, and a line of the frame at ``TOP``."""
    return [
        page(story, {BODY: sentences(story), TOP: [SHARE]}, language=language)
        for story in range(first, first + number)
    ]


def framed(first: int, number: int, language: str = "en") -> list[SampledPage]:
    """Pages that have a line of the frame at ``BODY``, as all of them, and their text elsewhere."""
    return [
        page(story, {BODY: [SHARE], SIDE: sentences(story)}, language=language)
        for story in range(first, first + number)
    ]


def mixed(first: int, number: int, language: str = "en") -> list[SampledPage]:
    """Pages that do not agree: half of what is at ``BODY`` is in their texts."""
    return [
        page(story, {BODY: [*sentences(story, 2), *left_out(story)]}, language=language)
        for story in range(first, first + number)
    ]


def left_out(story: int) -> list[SeenLine]:
    """Sentences of one story that its text has not."""
    return [line(sentence(story, number)) for number in (7, 8)]


def moment(story: int) -> datetime:
    """When the page of *story* is captured."""
    return NOON + story * DAY
