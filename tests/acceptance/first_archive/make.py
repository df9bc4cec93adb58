"""Make the archive beside this file, with the code of version 0.1: see README.md.

    python make.py HOME

The Gazette lies on two hosts and is visited twice. It has what rules about what is shown can meet:
a section that may be hidden, pages of it that name shown ones as their canonical address and the
other way round, redirects into it and out of it, translations across its border, a story that is
edited, one that is removed, a footer that is boilerplate, and answers that have not changed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from zlib import crc32

from archive.profile import read_profiles
from crawler.process import CrawlJob, run_crawls
from tests.support.server import Received, Reply, Server

PROFILE = """home = "http://gazette.test/"
hosts = ["blog.gazette.test"]
delay_seconds = 0
"""
SECTIONS = {"news": 5, "partner": 4, "archive": 3}
CLOCK = "The clock above the harbour office struck nine while all of this was put down."
"""Stands below every story."""
PEN = "A pen that was mended twice lay beside the paper on which all of this was put down."
WITHOUT_PEN = ("/news/1/", "/news/2/", "/news/3/")
"""The other stories bear ``PEN``; where the partners' are left out, too few for boilerplate."""
SUBJECTS = (
    "ferry bakery harbour chimney orchard lantern violin anchor quarry bellows gallery",
    "meadow beacon cellar turbine granary saddle compass loom kiln pulpit furrow",
    "timber ledger barge pasture vault cistern mill tower lock reed garden",
)
"""Words of which every story has three of its own."""
HEADS = {
    "/news/2/": '<link rel="canonical" href="http://gazette.test/partner/2/">',
    "/partner/3/": '<link rel="canonical" href="http://gazette.test/news/3/">',
    "/news/4/": '<link rel="alternate" hreflang="vi" href="http://gazette.test/vi/4/">'
    '<link rel="alternate" hreflang="de" href="http://gazette.test/partner/4/">',
    "/vi/4/": '<link rel="alternate" hreflang="en" href="http://gazette.test/news/4/">',
    "/partner/4/": '<link rel="alternate" hreflang="en" href="http://gazette.test/news/4/">',
}
LANGUAGES = {"/vi/4/": "vi", "/partner/4/": "de"}
SAME = {"/partner/3/": "/news/3/", "/partner/2/": "/news/2/"}
"""Pages that tell the same story as another."""
MOVED = {
    "/short/1/": "/news/1/",
    "/short/2/": "/partner/1/",
    "/partner/moved/": "/news/5/",
}
ON_BLOG = ("/", "/post/1/", "/post/2/")


def page(host: str, path: str, *, again: bool) -> str:
    """The page of a story, as it is on the first visit or the second."""
    told = host + SAME.get(path, path)
    words = [line.split() for line in SUBJECTS]
    first, second, third = (line[crc32(told.encode()) % len(line)] for line in words)
    one, two = words[0][len(told) % 11], words[1][sum(told.encode()) % 11]
    lines = [
        f"The {first} of the {second} stayed shut until noon, for the {third} had to be seen to.",
        f"Whoever had come for the {one} was asked to come again in the week of the {two}.",
        f"Nobody who knows the {third} is surprised: a {two} was mended in a day in those years.",
        f"The council will talk of the {second} and of the {one} before it talks of the {first}.",
    ]
    if again and path in {"/news/1/", "/partner/1/", "/post/1/"}:
        lines.append("On Monday the mayor said that she would ask for the minutes to be read out.")
    below = (CLOCK,) if path in WITHOUT_PEN else (PEN, CLOCK)
    number = path.strip("/").rpartition("/")[2]
    links = {"/news/1/", "/archive/3/", f"/partner/{number}/", f"/archive/{number}/", *MOVED}
    links = {link for link in links if link in {*STORIES, *MOVED}}
    text = "".join(f"<p>{line}</p>" for line in (*lines, *below))
    anchors = "".join(
        f'<li><a href="http://gazette.test{link}">{link}</a></li>' for link in sorted(links)
    )
    return (
        f'<!doctype html><html lang="{LANGUAGES.get(path, "en")}"><head><meta charset="utf-8">'
        f"<title>The {first} of the {second}</title>"
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2026-02-01T07:30:00+07:00">'
        f'{HEADS.get(path, "")}</head><body class="single single-post"><article>'
        f"<h1>The {first} of the {second}</h1>{text}</article>"
        f"<nav><ul>{anchors}</ul></nav></body></html>"
    )


def listing(paths: tuple[str, ...]) -> str:
    """The front page of a host."""
    teasers = "".join(
        f'<article class="teaser"><h2><a href="{path}">About {path}</a></h2></article>'
        for path in paths
    )
    return f'<!doctype html><html lang="en"><body class="home blog">{teasers}</body></html>'


STORIES = tuple(
    f"/{section}/{number}/" for section, last in SECTIONS.items() for number in range(1, last + 1)
)


class Gazette:
    """The site; *again* is whether this is the second visit."""

    again = False

    def __call__(self, received: Received) -> Reply:
        host, path = (received.header("Host") or "").partition(":")[0], received.path
        if host == "blog.gazette.test":
            if path == "/":
                return listing(ON_BLOG[1:])
            return page(host, path, again=self.again) if path in ON_BLOG else None
        if path == "/":
            return listing((*STORIES[:5], "/partner/", "http://blog.gazette.test/", *MOVED))
        if path == "/partner/":
            return listing((*STORIES[5:], "/vi/4/"))
        if path == "/sitemap.xml":
            return self._sitemap()
        if path in MOVED:
            return 301, {"Location": MOVED[path]}, b""
        if self.again and path in {"/archive/1/", "/partner/4/"}:
            return 410, {"Content-Type": "text/html"}, b"<p>gone</p>"
        if path == "/archive/2/":
            return self._unless_known(received, page(host, path, again=self.again))
        return page(host, path, again=self.again) if path in {*STORIES, "/vi/4/"} else None

    def _sitemap(self) -> Reply:
        paths = ("/news/1/", "/partner/1/", "/archive/3/")
        urls = "".join(f"<url><loc>http://gazette.test{path}</loc></url>" for path in paths)
        head = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        return 200, {"Content-Type": "application/xml"}, f"{head}{urls}</urlset>"

    def _unless_known(self, received: Received, body: str) -> Reply:
        headers = {"Content-Type": "text/html; charset=utf-8", "ETag": '"one"'}
        if received.header("If-None-Match") == '"one"':
            return 304, headers, b""
        return 200, headers, body


def main() -> None:
    home = Path(sys.argv[1])
    (home / "publishers").mkdir(parents=True)
    (home / "publishers" / "gazette.toml").write_text(PROFILE)
    (home / "archive.toml").write_text('workers = 1\ncontact = "editor@gazette.test"\n')
    gazette = Gazette()
    with Server(gazette) as server:
        names = ("gazette.test", "blog.gazette.test")
        connect = [f"{name}:80:127.0.0.1:{server.port}" for name in names]
        profile = read_profiles(home)["gazette"]
        jobs = [
            CrawlJob(profile, before=lambda again=again: setattr(gazette, "again", again))  # type: ignore[misc]
            for again in (False, True)
        ]
        options = {"connect_to": connect, "refresh": True, "progress": False}
        for account in run_crawls(home, jobs, options):
            sys.stderr.write(f"{account.as_dict()}\n")


if __name__ == "__main__":
    main()
