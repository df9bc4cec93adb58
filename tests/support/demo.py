"""A demo server that records requests, and the phrases of its pages that are not articles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crawler.demo.publisher import Publisher, read_publisher
from crawler.demo.reply import Reply
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite
from tests.support.command import Done

_FRAME = (
    "tagline",
    "address",
    "share_this",
    "copy_link",
    "related",
    "newsletter",
    "newsletter_text",
    "newsletter_button",
    "comment_note",
    "comment_button",
    "highlight",
    "address_label",
    "to_mobile",
    "exit_mobile",
)
"""Keys of the publisher's words that are around every story and in none."""

SOME_STORY = """+++
post_id = 900
slug = "a-slug"
headline = "A headline"
description = "A description."
authors = ["tran-duc-huy"]
date_published = "2025-10-01T08:00:00+07:00"
date_modified = "2025-10-01T08:00:00+07:00"
section = "research"
keywords = ["one"]
image = "2025/12/la-lua.png"
image_alt = "A leaf"
template = "jsonld"
+++

A paragraph.
"""
"""A story's file: front matter and one paragraph; it has the slug in every language."""


@dataclass(frozen=True)
class DemoArchive:
    """A crawl of the demo that ended: its home, its output, and its requests."""

    home: Path
    done: Done
    targets: tuple[str, ...]


class RecordingSite(DemoSite):
    """The demo site; *targets* are the targets of its requests, in order of arrival."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        self.targets.append(target)
        return super().respond(method, target, headers)


def connect_to(server: DemoServer) -> tuple[str, str]:
    """The option of ``crawl`` that leads ``demo.test`` to *server*."""
    return "--connect-to", f"demo.test:80:127.0.0.1:{server.port}"


def frame_phrases(publisher: Publisher | None = None) -> set[str]:
    """The phrases of footer, share row, newsletter box and AMP switcher, in all languages."""
    publisher = publisher or read_publisher()
    phrases = {words[key] for words in publisher.words.values() for key in _FRAME}
    return phrases | {publisher.email, f"© {publisher.year}"}


def folded(text: str) -> list[str]:
    """The lines of *text* without the white space that no reader sees."""
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]
