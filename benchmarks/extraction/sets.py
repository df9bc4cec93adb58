"""The sets of pages with their truth.

Captions are not part of the text of a truth that marks them (wordpress), because we keep them as
blocks of their kind and leave them out of the text. The truths of the other sets are plain text,
and captions in them stay.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from archive.urls import host_of
from archive.warc.http import parse_message
from benchmarks.replay import read_replies

PLAIN_SETS = ("scrapinghub", "fundus", "wcxb")
WORDPRESS = "wordpress"
_OTHER_SETS = ("daniel", "wcxb-types")
_APART = frozenset({"caption", "embed"})
"""Blocks of the wordpress truth that are not text: captions, and addresses of embeds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a set. *truth* is the whole entry; *text* is the article's text in it."""

    id: str
    url: str
    payload: bytes
    text: str
    truth: Mapping[str, Any] = field(default_factory=dict)

    @property
    def html(self) -> str:
        """The decoded page: all sets are UTF-8, whatever a page says."""
        return self.payload.decode("utf-8", "replace")


def load(data: Path) -> dict[str, list[Page]]:
    """Return the sets in *data* by name, each in the order of its truth."""
    sets = {
        name: pages_of(folder)
        for name in PLAIN_SETS
        if (folder := data / "extraction" / name).is_dir()
    }
    if (folder := data / WORDPRESS).is_dir():
        sets[WORDPRESS] = wordpress_pages(folder)
    return sets


def every_page(data: Path) -> Iterator[tuple[str, Page]]:
    """Yield the pages of all sets in *data*, each with the name of its set."""
    folders = [*(f"extraction/{name}" for name in PLAIN_SETS), *_OTHER_SETS]
    for name in folders:
        if (data / name).is_dir():
            yield from ((name, page) for page in pages_of(data / name))
    if (data / WORDPRESS).is_dir():
        yield from ((WORDPRESS, page) for page in wordpress_pages(data / WORDPRESS))


def block_text(blocks: list[dict[str, Any]]) -> str:
    """Return the text of typed truth *blocks*, a line for each block, with cells separated."""
    return "\n".join(
        " | ".join(block["cells"]) if "cells" in block else block["text"]
        for block in blocks
        if block["t"] not in _APART
    )


def _truth(folder: Path) -> list[dict[str, Any]]:
    # Texts contain U+2028, at which splitlines() would divide a line of JSON.
    lines = (folder / "truth.jsonl").read_text("utf-8").rstrip("\n").split("\n")
    return [json.loads(line) for line in lines]


def pages_of(folder: Path) -> list[Page]:
    """Return the pages of the set in *folder*, in the order of its truth.

    A page that has no URL there gets one of its host, or of example.org.
    """
    return [
        Page(
            id=truth["id"],
            url=truth.get("url") or f"http://{truth.get('host', 'example.org')}/{truth['id']}",
            payload=gzip.decompress((folder / "pages" / f"{truth['id']}.html.gz").read_bytes()),
            text=truth["text"],
            truth=truth,
        )
        for truth in _truth(folder)
    ]


def wordpress_pages(folder: Path) -> list[Page]:
    """Return the pages of the 60 posts of the recorded WordPress site in *folder*."""
    replies = read_replies(folder / "wordpress-sample.warc.gz")
    pages = []
    for truth in _truth(folder):
        url = truth["url"]
        reply = replies[host_of(url), urlsplit(url).path].reply
        message = parse_message(reply)
        assert message is not None, url
        pages.append(
            Page(
                id=url,
                url=url,
                payload=bytes(message.payload(reply)),
                text=block_text(truth["blocks"]),
                truth=truth,
            )
        )
    return pages
