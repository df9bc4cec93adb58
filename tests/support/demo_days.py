"""The demo's events as parameters of tests, and what its pages show."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest
from lxml.html import HtmlElement

from archive.model import Block
from crawler.demo.exact.truth import Truth, truth
from crawler.demo.newsroom.events import StoryEvent, StoryEventKind, read_events

EVENTS = read_events()


def happenings(*kinds: StoryEventKind) -> list[Any]:
    """A parameter (event, language) for each event of *kinds* in each of its languages."""
    return [
        pytest.param(event, language, id=f"{event.kind}-{event.key}-{language}-{event.day}")
        for event in EVENTS
        if event.kind in kinds
        for language in event.languages
    ]


def of_live_stories(parameters: list[Any]) -> list[Any]:
    """Those of *parameters* whose story was on the site on the day before the event."""
    return [
        parameter
        for parameter in parameters
        if told(parameter.values[0].day - 1, *parameter.values).is_live
    ]


def told(day: int, event: StoryEvent, language: str) -> Truth:
    """The truth on *day* about the story of *event*."""
    assert event.key is not None
    return truth(day)[event.key, language]


def one_line(text: str) -> str:
    """*text* with every white space, no-break spaces included, as one blank."""
    return " ".join(text.split())


CONTENT = "//div[@class='entry-content' or starts-with(@class, 'wp-block-post-content')]"
"""The element of a story's text, before the redesign and after it."""


def headline_of(page: HtmlElement) -> str:
    """The headline that *page* shows."""
    return one_line(
        page.xpath("string(//h1[@class='entry-title' or @class='wp-block-post-title'])")
    )


def body_of(page: HtmlElement) -> str:
    """All text in the story's element of *page*, without the marks of footnotes."""
    (content,) = page.xpath(CONTENT)
    for sign in content.xpath(".//sup[@class='fn']"):
        sign.drop_tree()
    return one_line(content.text_content())


def bodies_of(visit: Callable[..., Any], day: int, paths: Iterable[str]) -> str:
    """All text in the story's element of its pages, on *day* and at *paths*, in order."""
    return " ".join(body_of(visit(day, path).page) for path in paths)


def shown(block: Block) -> str:
    """The text of *block* as `body_of` gives it: nothing divides the cells of a row."""
    return one_line(block.text.replace(" | ", " "))
