"""Serve the Courier: http and the bare name lead to https and www, where files lie ready.

python -m tests.sites.courier FOLDER     # FOLDER/authority.pem is who to trust
"""

from __future__ import annotations

import hashlib
import sys
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from tests.sites.courier.content import (
    CHRONICLE,
    HOST,
    LETTERS,
    LETTERS_ON_A_PAGE,
    ORIGIN,
    STORIES,
    address_of,
    letters_paths,
    paper_path,
)
from tests.sites.editions import Story
from tests.sites.running import serve
from tests.support.certificates import Authority
from tests.support.server import Received, Reply, Server

_HTML = "text/html; charset=utf-8"
_ABOUT_STORIES = {
    path: story.key
    for story in STORIES
    for path in (paper_path(story.key), *letters_paths(story.key))
}
_turned: dict[int, datetime] = {1: datetime(2026, 3, 2, 8, 30, tzinfo=UTC)}
"""When each edition came out; the first long ago."""


def main() -> None:
    """Serve three doors until stdin ends."""
    authority = Authority(Path(sys.argv[1]))
    tls = authority.context(HOST, f"www.{HOST}")
    serve(
        {
            "http": (Server({}), _to_https),
            "bare": (Server({}, tls=tls), _to_www),
            "www": (Server({}, tls=tls), _answer),
        }
    )


def _to_https(_: int, received: Received) -> Reply:
    host = (received.header("Host") or HOST).partition(":")[0]
    return 301, {"Location": f"https://{host}{received.target}"}, "moved"


def _to_www(_: int, received: Received) -> Reply:
    return 301, {"Location": f"{ORIGIN}{received.target}"}, "moved"


def _answer(edition: int, received: Received) -> Reply:
    """Return a file as a static server does: with validators, and 304 for whoever has it."""
    _turned.setdefault(edition, datetime.now(UTC))
    stories = CHRONICLE.edition(edition)
    found = _file(received.path, edition, stories)
    if found is None:
        return 404, {"Content-Type": _HTML}, _frame("Not found", "<h1>Not found</h1>")
    media, body = found
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    if received.header("If-None-Match") == etag:
        return 304, {"ETag": etag}, ""
    return 200, {"Content-Type": media, "ETag": etag}, body


def _file(path: str, edition: int, stories: dict[str, Story]) -> tuple[str, str] | None:
    key = path.removeprefix("/news/").removesuffix(".html")
    if path == f"/news/{key}.html" and key in stories:
        return _HTML, _story(stories[key])
    if path in _ABOUT_STORIES and _ABOUT_STORIES[path] in stories:
        return _HTML, _about(path, stories[_ABOUT_STORIES[path]])
    pages = {
        "/": lambda: _list("The Courier", list(stories.values())[:8]),
        "/news/": lambda: _list("All news", list(stories.values())),
        "/about.html": lambda: _frame("About us", "<h1>About us</h1><p>We print on Fridays.</p>"),
    }
    if path in pages:
        return _HTML, pages[path]()
    if path == "/robots.txt":
        return "text/plain", f"User-agent: *\nDisallow: /cgi/\nSitemap: {ORIGIN}/sitemap.xml\n"
    if path == "/sitemap.xml":
        return "application/xml", _sitemap(edition, stories)
    return ("application/rss+xml", _feed(stories)) if path == "/feed.xml" else None


def _about(path: str, story: Story) -> str:
    """Return a page about *story*: on paper, or some of the letters that readers wrote on it."""
    text = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
    if path == paper_path(story.key):
        body = f"<h1>{story.headline}</h1>{text}<p>{address_of(story.key)}</p>"
        return f"<html><head><title>{story.headline}</title></head><body>{body}</body></html>"
    part = letters_paths(story.key).index(path)
    letters = "".join(
        f"<li><b>{who}</b> wrote:<p>{said}</p></li>"
        for who, said in LETTERS[part * LETTERS_ON_A_PAGE :][:LETTERS_ON_A_PAGE]
    )
    return _frame(
        f"Letters on: {story.headline} | The Courier",
        f'<h1>Letters on: {story.headline}</h1><p><a href="/news/{story.key}.html">The story</a>'
        f"</p><ol>{letters}</ol>{_letter_links(story)}",
    )


def _letter_links(story: Story) -> str:
    return "".join(
        f'<a href="{path}">{number}</a> ' for number, path in enumerate(letters_paths(story.key), 1)
    )


def _moment(story: Story, edition: int) -> datetime:
    """Return when the file of *story* was last written; one that was put back, with its return."""
    returned = [n for n in range(2, edition + 1) if story.key in CHRONICLE.gone(n - 1)]
    return _turned[max([story.changed, CHRONICLE.since.get(story.key, 1), *returned])]


def _frame(title: str, body: str, head: str = "") -> str:
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<link rel="alternate" type="application/rss+xml" href="/feed.xml">{head}</head><body>
<header><a href="/">The Courier</a> <nav><a href="/news/">News</a> <a href="/about.html">About</a>
</nav></header><main>{body}</main>
<footer><p>The Courier, Ropewalk 7. Printed on recycled paper since 1871.</p></footer>
</body></html>"""


def _story(story: Story) -> str:
    published = _turned[1].isoformat()
    head = (
        f'<link rel="canonical" href="{address_of(story.key)}">'
        '<meta property="og:type" content="article">'
        f'<meta property="article:published_time" content="{published}">'
    )
    text = "".join(f"<p>{paragraph}</p>" for paragraph in story.paragraphs)
    return _frame(
        f"{story.headline} | The Courier",
        f'<article><h1>{story.headline}</h1><time datetime="{published}">2 March 2026</time>'
        f'{text}<p class="tools"><a href="{paper_path(story.key)}">On paper</a></p></article>'
        f"<section><h2>{len(LETTERS)} letters</h2>{_letter_links(story)}</section>",
        head,
    )


def _list(title: str, stories: list[Story]) -> str:
    items = "".join(
        f'<li><h2><a href="/news/{story.key}.html">{story.headline}</a></h2></li>'
        for story in stories
    )
    return _frame(title, f"<h1>{title}</h1><ul>{items}</ul>")


def _sitemap(edition: int, stories: dict[str, Story]) -> str:
    rows = "".join(
        f"<url><loc>{address_of(key)}</loc>"
        f"<lastmod>{_moment(story, edition).isoformat()}</lastmod></url>"
        for key, story in stories.items()
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'


def _feed(stories: dict[str, Story]) -> str:
    items = "".join(
        f"<item><title>{story.headline}</title><link>{address_of(key)}</link>"
        f"<pubDate>{format_datetime(_turned[1])}</pubDate></item>"
        for key, story in list(stories.items())[-6:]
    )
    return f'<rss version="2.0"><channel><title>The Courier</title>{items}</channel></rss>'


if __name__ == "__main__":
    main()
