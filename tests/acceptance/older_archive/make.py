"""Make the archive beside this file, with the code of an older commit: see README.md.

    python make.py HOME

Two publishers, each visited twice: six stories of the demo, on its days 26 and 44, and the Herald,
whose pages are written here. Each of these says something in a way that extractors are known to
read differently: a byline of two and an agency, a date in words, a site's name in the headline, a
note below the text, JSON-LD that is broken.
"""

from __future__ import annotations

import sys
from pathlib import Path

from archive.profile import find_profile, read_profiles
from crawler.demo.exact.truth import truth
from crawler.demo.publisher import read_publisher
from crawler.demo.server import DemoServer
from crawler.demo.site import DemoSite
from crawler.process import CrawlJob, run_crawls
from tests.support.server import Received, Reply, Server

DEMO_DAYS = (26, 44)
DEMO_LISTS = ("/", "/sitemap_index.xml", "/post-sitemap.xml", "/rss.xml", "/en/")
DEMO_STORIES = 6
HERALD = """home = "http://herald.test/"
delay_seconds = 0
"""
OPENINGS = (
    "The ferry to the north bank stayed at its berth until noon",
    "Three bakers of the old market have bought the mill together",
    "A school at the edge of the delta measures its rain by hand",
)
PAGES: dict[str, dict[str, str]] = {
    "plain": {},
    "byline": {"above": '<p class="byline">By Anna Berg and Tom Hale, Reuters</p>'},
    "author-tag": {"head": '<meta name="author" content="Anna Berg, Tom Hale and dpa">'},
    "author-links": {
        "above": '<div class="author"><a rel="author" href="/a/">Mia Sund</a>'
        ' <a rel="author" href="/b/">Tom Hale</a></div>'
    },
    "entities": {
        "h1": "",
        "title": "Herald",
        "head": '<script type="application/ld+json">{"@type":"NewsArticle",'
        '"headline":"Bread &amp;amp; rain - The Herald"}</script>',
    },
    "site-name": {"title": "The mill changes hands - The Herald", "h1": ""},
    "date-in-words": {"above": "<p>Published on 2 February 2026 at 18:40</p>", "time": ""},
    "broken-json": {
        "head": '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Rain",'
        '"datePublished":"2026-02-01T08:00:00+01:00","author":[{"@type":"Person",'
        '"name":"Mia Sund",}],}</script>'
    },
    "microdata": {
        "above": '<p>By <span itemprop="author" itemscope itemtype="https://schema.org/Person">'
        '<span itemprop="name">Mia Sund</span></span></p>'
    },
    "notes": {
        "below": '<p>The council met twice.<sup><a href="#fn1" id="r1">1</a></sup></p>'
        '<ol class="footnotes"><li id="fn1">Minutes of the council, January. '
        '<a href="#r1">↩</a></li></ol>'
    },
    "links": {
        "below": '<p><a href="/story/plain/">The story of the plain</a></p>'
        '<ul><li><a href="/story/byline/">Who wrote it</a></li></ul>'
    },
    "credit": {"below": "<p>Reporting by Anna Berg; editing by Tom Hale</p><p>© 2026 Herald</p>"},
    "quotation": {
        "below": "<figure><blockquote><p>We never asked for a bridge, and we will not pay for it."
        "</p></blockquote><figcaption>The ferryman</figcaption></figure>"
    },
    "lists": {
        "below": "<ul><li>The first thing<ul><li>and what hangs on it</li></ul></li>"
        "<li>The second thing that was said</li></ul><h3>What comes next</h3><p>Nobody knows.</p>"
    },
    "picture": {
        "head": '<meta property="og:image" content="http://herald.test/mill.jpg">',
        "above": '<figure><img src="/mill.jpg"><figcaption>The mill. Photo: Mia Sund/dpa'
        "</figcaption></figure>",
    },
    "language": {"lang": "de"},
}
EDITED = {"plain", "byline", "notes"}
"""Stories that have a paragraph more on the second visit."""


def page(name: str, *, again: bool) -> str:
    """The page of a story, as it is on the first visit or the second."""
    parts = PAGES[name]
    headline = f"The {name.replace('-', ' ')} of the delta"
    lines = [
        f"{opening}, as everybody who asks about the {name} is told before long."
        f" Nobody remembers {number} winters in a row in which it was not on the agenda, and the"
        " minutes of the council fill four shelves."
        for number, opening in enumerate(OPENINGS, 3)
    ]
    if again and name in EDITED:
        lines.append("On Monday the mayor said that she would ask for the minutes to be read out.")
    text = "".join(f"<p>{line}</p>" for line in lines)
    time = '<meta property="article:published_time" content="2026-02-01T07:30:00+07:00">'
    return (
        f'<!doctype html><html lang="{parts.get("lang", "en")}"><head><meta charset="utf-8">'
        f"<title>{parts.get('title', headline + ' | The Herald')}</title>"
        '<meta property="og:type" content="article">'
        '<meta property="og:site_name" content="The Herald">'
        f"{parts.get('time', time)}{parts.get('head', '')}</head>"
        '<body class="single single-post"><nav><a href="/">Home</a> <a href="/about/">About</a>'
        f"</nav><article>{parts.get('h1', f'<h1>{headline}</h1>')}{parts.get('above', '')}"
        f"{text}{parts.get('below', '')}</article><footer>© 2026 The Herald</footer></body></html>"
    )


class Herald:
    """The site of handwritten pages; *again* is whether this is the second visit."""

    again = False

    def __call__(self, received: Received) -> Reply:
        if received.path == "/":
            links = "".join(
                f'<article class="teaser"><h2><a href="/story/{name}/">About {name}</a></h2>'
                "</article>"
                for name in PAGES
            )
            return f'<!doctype html><html lang="en"><body class="home blog">{links}</body></html>'
        if received.path == "/short/" or (self.again and received.path == "/story/links/"):
            return 301, {"Location": "/story/plain/"}, b""
        if self.again and received.path == "/story/credit/":
            return 410, {"Content-Type": "text/html"}, b"<p>gone</p>"
        name = received.path.removeprefix("/story/").removesuffix("/")
        return page(name, again=self.again) if name in PAGES else None


def main() -> None:
    home = Path(sys.argv[1])
    (home / "publishers").mkdir(parents=True)
    (home / "publishers" / "herald.toml").write_text(HERALD)
    (home / "archive.toml").write_text("workers = 1\n")
    publisher, herald = read_publisher(), Herald()
    demo = find_profile(home, "demo")
    stories = {
        item.story.path: None
        for day in DEMO_DAYS
        for item in list(truth(day).values())
        if item.story is not None and item.is_live
    }
    chosen = list(stories)[: DEMO_STORIES * 3]
    urls = tuple(f"http://demo.test{path}" for path in (*DEMO_LISTS, *chosen))
    with DemoServer(DemoSite()) as demo_server, Server(herald) as herald_server:
        connect = [
            f"demo.test:80:127.0.0.1:{demo_server.port}",
            f"herald.test:80:127.0.0.1:{herald_server.port}",
        ]
        jobs = [
            CrawlJob(
                demo,
                only=urls,
                clock=publisher.moment(day),
                before=lambda day=day: demo_server.set_day(day),  # type: ignore[misc]
            )
            for day in DEMO_DAYS
        ]
        jobs += [
            CrawlJob(
                read_profiles(home)["herald"],
                before=lambda again=again: setattr(herald, "again", again),  # type: ignore[misc]
            )
            for again in (False, True)
        ]
        options = {"connect_to": connect, "refresh": True, "progress": False}
        for account in run_crawls(home, jobs, options):
            sys.stderr.write(f"{account.as_dict()}\n")


if __name__ == "__main__":
    main()
