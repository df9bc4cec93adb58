"""Scenarios of an archive, as named lists of exchanges: the cases of the rebuild test.

To add one, append to ``SCENARIOS``. Each scenario has a folder of its own on ``demo.test``, so all
of them fit into one archive. It says which articles must result, and with how many versions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from archive.model import Exchange, Truncation
from crawler.demo.newsroom.stories import Story, read_stories
from crawler.demo.publisher import DEMO_HOST
from crawler.demo.site import DemoSite
from tests.support.pages import story

MORNING = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
CHUNK_BYTES = 4_000
SHELL = """<!doctype html><title>App</title><div id="root"></div>
<noscript>Please switch JavaScript on.</noscript><script src="/app.js"></script>"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Exchanges in order of time, and the articles that must result.

    *articles* has the number of versions by the path and query of each canonical URL. A story that
    got the address of another has its ordinal added, as in "/a/ (2)". *gone* are those that must
    have ``gone_at``.
    """

    name: str
    exchanges: tuple[Exchange, ...]
    articles: Mapping[str, int]
    gone: frozenset[str] = frozenset()


def url_of(path: str, host: str = DEMO_HOST) -> str:
    """The URL of *path* on the demo publisher's host."""
    return f"http://{host}{path}"


def exchange(
    path: str, minute: float, reply: bytes, host: str = DEMO_HOST, **fields: object
) -> Exchange:
    """A GET of *path*, so many minutes into the morning, answered with *reply*."""
    values: dict[str, object] = {
        "url": url_of(path, host),
        "date": MORNING + timedelta(minutes=minute),
        "request": f"GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode(),
        "response": reply,
        "ip": "127.0.0.1",
    }
    return Exchange(**{**values, **fields})  # type: ignore[arg-type]


def http(status: int, body: bytes | str = b"", **headers: str) -> bytes:
    """A reply's bytes; headers are written as keywords (``location=...``)."""
    data = body.encode() if isinstance(body, str) else body
    named = {"content_type": "text/html; charset=utf-8", **headers}
    lines = "".join(f"{key.replace('_', '-').title()}: {value}\r\n" for key, value in named.items())
    head = f"HTTP/1.1 {status} Whatever\r\n{lines}Content-Length: {len(data)}\r\n\r\n"
    return head.encode() + data


def demo_reply(path: str, site: DemoSite, accept: str = "gzip, br") -> bytes:
    """What the demo publisher's server sends for *path*, framing and all."""
    reply = site.respond("GET", path, {"Host": DEMO_HOST, "Accept-Encoding": accept})
    head = f"HTTP/1.1 {reply.status} Whatever\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in reply.headers)
    body = reply.body
    if reply.header("Transfer-Encoding") == "chunked":
        pieces = [body[at : at + CHUNK_BYTES] for at in range(0, len(body), CHUNK_BYTES)]
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    return head.encode() + b"\r\n" + body


# --- the demo publisher, on two days --------------------------------------------------------------

STORIES = read_stories()
SITE = DemoSite(STORIES)


def _edited(told: Story) -> Story:
    first, *rest = told.blocks
    return replace(
        told,
        markdown=told.markdown.replace(first.text, first.text + " It was added later.", 1),
        blocks=(replace(first, text=first.text + " It was added later."), *rest),
    )


_ENGLISH = [told for told in STORIES if told.language == "en"]
_EDITED, _REMOVED = _ENGLISH[0], _ENGLISH[1]
SECOND_DAY = DemoSite(
    tuple(_edited(told) if told is _EDITED else told for told in STORIES if told is not _REMOVED)
)


def _demo() -> Scenario:
    listings = ("/robots.txt", "/sitemap_index.xml", "/post-sitemap.xml", "/", "/en/", "/fr/")
    paths = [
        *listings,
        *(path for told in STORIES for path in (told.path, told.amp_path)),
        "/post-sitemap-fr.xml.gz",
        "/wp-content/uploads/logo.svg",
        "/?p=999999",
    ]
    first = [exchange(path, n / 60, demo_reply(path, SITE)) for n, path in enumerate(paths)]
    again = (*listings, _EDITED.path, _REMOVED.path, _ENGLISH[2].path)
    second = [
        exchange(path, 1440 + n / 60, demo_reply(path, SECOND_DAY)) for n, path in enumerate(again)
    ]
    versions = {told.path: 2 if told is _EDITED else 1 for told in STORIES}
    return Scenario(
        name="demo",
        exchanges=(*first, *second),
        articles=versions,
        gone=frozenset({_REMOVED.path}),
    )


# --- cases made for the purpose -------------------------------------------------------------------


def page(slug: str, **parts: str) -> str:
    """A page with one article whose text contains *slug*, so all pages differ."""
    prose = f"""
        The reporters of the {slug} walked along the dyke and asked whoever they met what the water
        had done that year, and wrote down each answer.

        Nobody at the {slug} knew how the sluice would hold, but all of them said that it had been
        repaired twice since the spring, and by whom.

        In the evening the {slug} was quiet again, and the pumps were heard from the other side of
        the river until the rain began.
    """
    body = "".join(f"<p>{' '.join(part.split())}</p>" for part in prose.split("\n\n"))
    return story(title=f"What the {slug} saw", body=parts.pop("body", body), **parts)


def canonical_link(path: str, host: str = DEMO_HOST) -> str:
    """The element with which a page names *path* as its canonical address."""
    return f'<link rel="canonical" href="{url_of(path, host)}">'


def _amphtml(path: str) -> str:
    return f'<link rel="amphtml" href="{url_of(path)}">'


def _amp_page(slug: str, canonical: str) -> str:
    amp = page(slug, head=canonical_link(canonical)).replace("<html ", "<html amp ", 1)
    return amp.replace("</article>", "<p>Exit mobile version</p></article>")


def _listing(*paths: str) -> str:
    items = "".join(
        f'<article><h2><a href="{url_of(path)}">Headline of {path}</a></h2><p>Teaser.</p></article>'
        for path in paths
    )
    return (
        '<!doctype html><html lang="en"><head><title>News</title></head>'
        f'<body class="archive category"><main>{items}</main></body></html>'
    )


def _amp_first() -> Scenario:
    here = "/amp-first/the-heron-and-the-gate/"
    return Scenario(
        name="an AMP page captured before the page that it is a twin of",
        exchanges=(
            exchange(f"{here}?amp=1", 1, http(200, _amp_page("heron", here))),
            exchange(here, 5, http(200, page("heron", head=_amphtml(f"{here}?amp=1")))),
        ),
        articles={here: 1},
    )


def _amp_only() -> Scenario:
    here = "/amp-only/the-otter-and-the-weir/"
    return Scenario(
        name="an AMP page whose canonical page is never captured",
        exchanges=(exchange(f"{here}?amp=1", 1, http(200, _amp_page("otter", here))),),
        articles={here: 1},
    )


def _redirects() -> Scenario:
    short, middle, end = "/redirects/?p=7", "/redirects/kite", "/redirects/the-kite-and-the-mast/"
    return Scenario(
        name="a chain of redirects, read from its end",
        exchanges=(
            exchange(end, 1, http(200, page("kite", head=canonical_link(end)))),
            exchange(middle, 2, http(301, location=url_of(end))),
            exchange(short, 3, http(302, location="/redirects/kite")),
        ),
        articles={end: 1},
    )


def _renamed() -> Scenario:
    old, new = "/renamed/the-goat-on-the-roof/", "/renamed/the-goat-came-down/"
    goat = page("goat")
    return Scenario(
        name="an article that moved to another address",
        exchanges=(
            exchange(old, 1, http(200, goat)),
            exchange(old, 60, http(301, location=url_of(new))),
            exchange(new, 61, http(200, goat)),
        ),
        articles={new: 1},
    )


def _changed() -> Scenario:
    here, there = "/changed/the-crane-and-the-bell/", "/changed/the-crane-and-the-bell/?ref=home"
    first = page("crane", head=canonical_link(here))
    second = first.replace("was quiet again", "was loud again")
    return Scenario(
        name="a text that changes, comes back as it was, and is seen at an alias as well",
        exchanges=(
            exchange(here, 1, http(200, first, etag='"1"')),
            exchange(here, 60, http(200, first, etag='"1"')),
            exchange(here, 120, http(200, second, etag='"2"')),
            exchange(there, 121, http(200, second)),
            exchange(here, 180, http(200, first, etag='"3"')),
        ),
        articles={here: 3},
    )


def _gone() -> Scenario:
    gone, back = "/gone/the-mole-under-the-hill/", "/gone/the-vole-in-the-field/"
    return Scenario(
        name="articles that vanish, one of which comes back",
        exchanges=(
            exchange(gone, 1, http(200, page("mole"))),
            exchange(gone, 60, http(404, "<p>Not found</p>")),
            exchange(gone, 120, http(410, "<p>Gone</p>")),
            exchange(back, 1, http(200, page("vole"))),
            exchange(back, 60, http(404, "<p>Not found</p>")),
            exchange(back, 120, http(200, page("vole"))),
        ),
        articles={gone: 1, back: 1},
        gone=frozenset({gone}),
    )


def _unchanged() -> Scenario:
    here, amp = "/unchanged/the-owl-in-the-tower/", "/unchanged/the-owl-in-the-tower/?amp=1"
    first = page("owl", head=_amphtml(amp))
    second = first.replace("was quiet again", "was loud again")
    return Scenario(
        name="pages that are confirmed, by 304 or by the same bytes, before and after an edit",
        exchanges=(
            exchange(here, 1, http(200, first, etag='"1"')),
            exchange(here, 60, http(304, etag='"1"')),
            exchange(here, 120, http(200, first, etag='"1"')),
            exchange(here, 180, http(200, second, etag='"2"')),
            exchange(here, 240, http(304, etag='"2"')),
            exchange(amp, 1, http(200, _amp_page("owl", here), etag='"a"')),
            exchange(amp, 60, http(304, etag='"a"')),
            exchange("/unchanged/?p=3", 1, http(301, location=url_of(here))),
            exchange("/unchanged/?p=3", 60, http(301, location=url_of(here))),
            exchange("/unchanged/nothing/", 1, http(404, "<p>Nothing</p>")),
            exchange("/unchanged/nothing/", 60, http(404, "<p>Nothing</p>")),
            exchange("/unchanged/never-seen/", 60, http(304, etag='"?"')),
        ),
        articles={here: 2},
    )


def _troubles() -> Scenario:
    fine = "/troubles/the-swan-at-the-lock/"
    swan = http(200, page("swan"))
    cut = page("crow")
    return Scenario(
        name="replies that never came, came in part, or make no sense",
        exchanges=(
            exchange("/troubles/silent/", 1, b"", error="no reply within 30 s"),
            exchange("/troubles/refused/", 2, b"", request=b"", ip=None, error="refused"),
            exchange("/troubles/cut/", 3, http(200, cut)[:-300], truncated=Truncation.DISCONNECT),
            exchange("/troubles/long/", 4, http(200, cut)[:-300], truncated=Truncation.LENGTH),
            exchange("/troubles/gibberish/", 5, b"\x00\xff SSH-2.0 who is there\r\n"),
            exchange("/troubles/empty/", 6, http(200)),
            exchange("/troubles/busy/", 7, http(503, "<p>Later</p>", retry_after="60")),
            exchange("/troubles/picture/", 8, http(200, b"\x89PNG\r\n", content_type="image/png")),
            exchange("/troubles/api/", 8, http(200, '{"id": 1}', content_type="application/json")),
            exchange("/troubles/shell/", 8, http(200, SHELL)),
            exchange("/troubles/nul/", 9, http(200, "<p>a\x00b</p>", etag='"a\x00b"')),
            exchange(fine, 10, swan[:-20], truncated=Truncation.TIME),
            exchange(fine, 20, swan),
        ),
        articles={"/troubles/cut/": 1, "/troubles/long/": 1, fine: 1},
    )


def _hubs() -> Scenario:
    news = "/hubs/category/water/"
    first, second = "/hubs/the-eel-in-the-pipe/", "/hubs/the-ant-on-the-wall/"
    return Scenario(
        name="articles that name the front page or a listing as their canonical page",
        exchanges=(
            exchange(first, 1, http(200, page("eel", head=canonical_link(news)))),
            exchange(second, 2, http(200, page("ant", head=canonical_link(news)))),
            exchange(news, 3, http(200, _listing(first, second))),
            exchange("/hubs/old/", 4, http(301, location=url_of(news))),
            exchange("/hubs/older/", 5, http(301, location=url_of("/"))),
        ),
        articles={first: 1, second: 1},
    )


def _turned() -> Scenario:
    here = "/turned/the-fox-by-the-river/"
    alias = "/turned/the-fox-by-the-river-2/"
    return Scenario(
        name="an article whose address turns into a listing: its alias stands for itself then",
        exchanges=(
            exchange(here, 1, http(200, page("fox"))),
            exchange(alias, 2, http(200, page("fox", head=canonical_link(here)))),
            exchange(here, 60, http(200, _listing(alias, "/turned/another/"))),
        ),
        articles={alias: 1},
    )


def _sitemaps() -> Scenario:
    def sitemap(*entries: tuple[str, str]) -> bytes:
        urls = "".join(
            f"<url><loc>{url_of(path)}</loc><lastmod>{day}</lastmod></url>" for path, day in entries
        )
        body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
        return http(200, body, content_type="application/xml")

    feed = f"""<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><item>
        <title>The bat</title><link>{url_of("/sitemaps/the-bat-in-the-barn/")}</link>
        <pubDate>Sun, 01 Feb 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
    one, two = "/sitemaps/the-bat-in-the-barn/", "/sitemaps/the-rat-in-the-mill/"
    return Scenario(
        name="sources that name a URL, drop it, change its date, and name it twice",
        exchanges=(
            exchange("/sitemaps/feed/", 1, http(200, feed, content_type="application/rss+xml")),
            exchange("/sitemaps/1.xml", 1, sitemap((one, "2026-02-01"), (two, "2026-02-01"))),
            exchange("/sitemaps/2.xml", 1, sitemap((one, "2026-02-03"), (one, "2026-02-02"))),
            exchange("/sitemaps/1.xml", 60, sitemap((one, "2026-02-09"))),
            exchange(one, 61, http(200, page("bat"))),
        ),
        articles={one: 1},
    )


def _of_another_host() -> Scenario:
    here, there, host = "/elsewhere/the-newt/", "/elsewhere/the-eft/", "elsewhere.test"
    link = f'<a href="{url_of("/elsewhere/named-there/")}">More</a>'
    return Scenario(
        name="a page of another host is kept, and nothing of it is shown",
        exchanges=(
            exchange(there, 1, http(200, page("eft", head=link)), host),
            exchange(here, 2, http(200, page("newt", head=canonical_link(there, host)))),
            exchange(there, 3, http(200, page("eft anew", head=link)), host),
        ),
        articles={here: 1},
    )


SCENARIOS: tuple[Scenario, ...] = (
    _demo(),
    _amp_first(),
    _amp_only(),
    _redirects(),
    _renamed(),
    _changed(),
    _gone(),
    _unchanged(),
    _troubles(),
    _hubs(),
    _turned(),
    _sitemaps(),
    _of_another_host(),
)
