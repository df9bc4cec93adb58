"""Text that attacks a reader in a terminal, in every place that a site can write to."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from archive.model import Exchange
from tests.support.followed import BRIDGE, ENGLISH, FOLLOW, FRENCH, HERON_IN_FRENCH, OPENED
from tests.support.pages import paragraphs, story
from tests.support.scenarios import exchange, http, url_of
from tests.support.server import Reply

TITLE = "\x1b]0;owned\x07"
"""Sets the title of the terminal's window; some terminals do more (OSC)."""
EVIL = f"{TITLE}\x1b[2J\x9b31m\x85\x7f\u202e\u2066 [bold]b[/bold] [link=http://evil.test]l :smile:"
LITERAL = "[bold]b[/bold] [link=http://evil.test]l :smile:"
"""What rich reads as markup and as the name of an emoji."""

_DIRECTION = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
_STYLE = re.compile(r"\x1b\[[0-9;]*m|\x1b\[\?25[hl]|\x1b\[[0-9]*[A-K]|\r")
"""What rich sends to a terminal: colours, and the cursor movements of a progress display."""


def commands_of(shown: str) -> list[str]:
    """Return the characters of *shown* that control a terminal or reverse its text."""
    return [
        char
        for char in shown
        if (unicodedata.category(char) in {"Cc", "Zl", "Zp", "Cs"} and char not in "\n\t")
        or unicodedata.bidirectional(char) in _DIRECTION
    ]


def without_styles(shown: str) -> str:
    """Return what a terminal was sent, without colours and cursor movements."""
    return _STYLE.sub("", shown)


def hostile() -> Iterator[Exchange]:
    """Exchanges of a site that writes ``EVIL`` wherever it can."""
    others = (f"/2026/03/{letter}/" for letter in "abcdefg")  # enough to learn what repeats
    paths = (BRIDGE, *others, ENGLISH)
    for minute, path in enumerate(paths):
        yield exchange(path, minute, _page(f"No {minute} {path}", *OPENED, path))
    yield exchange(FRENCH, 9, _page("Le héron", *HERON_IN_FRENCH, language="fr"))
    yield exchange(BRIDGE, 60, _page("The bridge closes", *OPENED[:2], "It closed again."))
    yield exchange("/moved", 61, http(301, location=f"foo:{TITLE}"))
    yield exchange("/2026/03/c/", 62, _reply(b"HTTP/1.1 410 " + EVIL.encode()))
    yield exchange("/odd", 63, http(200, EVIL * 20, content_type=f"text/x-{TITLE}"))
    yield exchange("/broken", 64, b"", error=f"the server said {EVIL}", ip=None)
    yield exchange("/feed/", 65, http(200, _FEED, content_type="application/rss+xml"))
    yield exchange("/sitemap.xml", 66, http(200, _SITEMAP, content_type="text/xml"))


def _reply(status_line: bytes) -> bytes:
    return status_line + b"\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n"


def _page(title: str, *texts: str, language: str = "en") -> bytes:
    other = ("fr", FRENCH) if language == "en" else ("en", ENGLISH)
    head = f"""<meta name="author" content="Ann {EVIL}"><meta name="keywords" content="a{EVIL},b">
    <meta property="og:site_name" content="{EVIL}"><meta name="description" content="{EVIL}">
    <meta property="article:section" content="{EVIL}">
    <meta property="og:image" content="http://demo.test/{TITLE}.jpg">
    <meta property="article:published_time" content="2026-03-01T10:00:00Z{TITLE}">
    <link rel="alternate" hreflang="{other[0]}" href="{url_of(other[1])}">
    <a href="http://demo.test/2026/#{EVIL}">x</a>"""
    body = paragraphs(*(f"{text} {EVIL}" for text in texts), FOLLOW.replace(",", EVIL))
    page = story(title=f"{title} {EVIL}", head=head, body=body)
    return http(200, page.replace('lang="en-GB"', f'lang="{language}"'))


_FEED = f"""<rss version="2.0"><channel><title>{EVIL}</title><item><title>{EVIL}</title>
<link>http://demo.test/2026/03/\u009b31m/</link><pubDate>{EVIL}</pubDate></item></channel></rss>"""
_SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url>
<loc>http://demo.test/2026/\u009b2J/</loc><lastmod>\u009b31m\u202e</lastmod></url></urlset>"""


def served(url: str) -> dict[str, Reply]:
    """Return the routes of such a server at *url*, for ``tests.support.server``."""
    wide = f"{TITLE}\x9b31m".encode("latin-1")
    return {
        "/": f"<title>{EVIL}</title>" + "".join(f'<a href="{path}">{EVIL}</a>' for path in _PATHS),
        "/robots.txt": f"User-agent: *\nDisallow: /no{TITLE}\nSitemap: {url}/s.xml#{TITLE}\n",
        "/s.xml": (200, {"Content-Type": "text/xml"}, _SITEMAP.replace("http://demo.test", url)),
        "/feed": (200, {"Content-Type": f"text/{TITLE}"}, _FEED),
        "/story": story(title=f"The bridge opens {EVIL}", body=paragraphs(*OPENED, EVIL)),
        "/elsewhere": b"HTTP/1.1 301 " + wide + b"\r\nLocation: foo:" + wide + b"\r\n\r\n",
        "/nowhere": b"HTTP/1.1 302 Found\r\nLocation: http://" + wide + b"/\r\n\r\n",
        "/broken": b"HTTP/1.1 200 OK\r\nContent-Length: " + wide + b"\r\n\r\nx",
        "/odd": b"HTTP/1.1 " + wide + b"\r\n" + wide + b"\r\n\r\n",
        "/coded": (200, {"Content-Encoding": f"gzip{TITLE}", "Etag": TITLE}, EVIL),
        "/refused": b"HTTP/1.1 503 " + wide + b"\r\nRetry-After: " + wide + b"\r\n\r\n",
    }


_PATHS = (
    *("/feed", "/story", "/elsewhere", "/nowhere", "/broken", "/odd", "/coded", "/refused"),
    f"/a?b={TITLE}#{TITLE}",
    f"foo:{TITLE}",
)
