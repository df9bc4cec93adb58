"""Small publishers for acceptance tests: sites on loopback with as many pages as needed.

A site has a host of its own (``tree.test``), which ``connect_to`` maps to a free port, so two
crawls of it in different homes find equal URLs.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.support.server import Received, Reply, Server

_OPENINGS = (
    "The ferry to the north bank stayed at its berth until noon",
    "Three bakers of the old market have bought the mill together",
    "A school at the edge of the delta measures its rain by hand",
    "The library has lent out its last card catalogue to a museum",
    "Two villages share one doctor, and now one bicycle workshop",
)


def page(
    headline: str, *, body: str = "", links: tuple[str, ...] = (), head: str = "", lang: str = "en"
) -> str:
    """An article page with *headline*; only this page has its prose (or *body*)."""
    anchors = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8">
<title>{headline}</title><meta property="og:type" content="article">
<meta property="article:published_time" content="2026-02-03T07:30:00+07:00">{head}</head>
<body class="single single-post"><article><h1>{headline}</h1>{body or prose(headline)}</article>
<nav class="pages"><ul>{anchors}</ul></nav></body></html>"""


def prose(subject: str) -> str:
    """Three paragraphs about *subject* that are on no other page."""
    return "".join(
        f"<p>{opening}, as everybody who asks about {subject} is told before long."
        f" Nobody remembers {number} winters in a row in which {subject} was not on the agenda,"
        " and the minutes of the council fill four shelves.</p>"
        for number, opening in enumerate(_OPENINGS[:3], start=3)
    )


def listing(*links: str, title: str = "Latest news") -> str:
    """A page with only a list of *links*."""
    items = "".join(
        f'<article class="teaser"><h2><a href="{link}">About {link}</a></h2></article>'
        for link in links
    )
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title></head>'
        f'<body class="home blog">{items}</body></html>'
    )


def tree(pages: int, branches: int = 4) -> Callable[[Received], Reply]:
    """Routes of a site of *pages* articles; page N links to its *branches* children."""

    def reply(received: Received) -> Reply:
        if received.path == "/":
            return listing("/story-0/")
        name = received.path.removeprefix("/story-").removesuffix("/")
        if not name.isdecimal() or int(name) >= pages:
            return None
        number = int(name)
        first = number * branches + 1
        children = range(first, min(first + branches, pages))
        return page(f"Story number {number}", links=tuple(f"/story-{n}/" for n in children))

    return reply


def stories(pages: int) -> set[str]:
    """The URLs of the articles of ``tree(pages)``, as ``tree.test``."""
    return {f"http://tree.test/story-{number}/" for number in range(pages)}


def write_profile(home: Path, name: str = "tree", **values: object) -> None:
    """Write the profile of the site ``NAME.test`` into *home*: no delay, eight at once, deep."""
    given = {
        "home": f'"http://{name}.test/"',
        "delay_seconds": 0,
        "concurrent_requests": 8,
        "max_depth": 50,
        **values,
    }
    folder = home / "publishers"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {value}" for key, value in given.items()]
    (folder / f"{name}.toml").write_text("\n".join(lines) + "\n")


def write_settings(home: Path, **values: object) -> None:
    """Write ``archive.toml`` with *values* (numbers as they are) into *home*."""
    home.mkdir(parents=True, exist_ok=True)
    lines = [f"{key} = {value}" for key, value in values.items()]
    (home / "archive.toml").write_text("\n".join(lines) + "\n")


def allow(server: Server) -> tuple[str, str]:
    """The option of ``crawl`` that allows *server*, which is on loopback."""
    return "--allow-address", server.netloc


def connect_to(server: Server, name: str = "tree") -> tuple[str, str]:
    """The option of ``crawl`` that leads the site ``NAME.test`` to *server*."""
    return "--connect-to", f"{name}.test:80:127.0.0.1:{server.port}"
