"""Small pages with one article, and what their heads say of it."""

from __future__ import annotations

import json
from typing import Any

from archive.model import Article
from tests.support.pages import read, story

TITLE = "The bridge over the river opens"


def article(head: str = "", **parts: Any) -> Article:
    """The article of a page with *head*; *parts* are those of ``story``."""
    found = read(story(head=head, **parts)).article
    assert found is not None
    return found


def json_ld(*nodes: Any, **fields: Any) -> str:
    """A script with an article of *fields*, and other *nodes*."""
    node = {"@type": "NewsArticle", "headline": TITLE, **fields}
    return f'<script type="application/ld+json">{json.dumps([node, *nodes])}</script>'


def meta(**contents: str) -> str:
    """Meta tags; a colon in a name is written as two underscores (``og__title=...``)."""
    return "".join(
        f'<meta property="{name.replace("__", ":")}" content="{content}">'
        for name, content in contents.items()
    )
