"""Documents that no database can hold as they are: one of them must never stop an archive."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from archive.sql.database import open_database
from archive.urls import bounded
from tests.support.command import Done, pressmark
from tests.support.extractions import noise
from tests.support.foreign import info, record, response, write_members
from tests.support.pages import story
from tests.support.scenarios import http
from tests.support.server import Received, Reply, Server
from tests.support.sites import connect_to, page, stories, tree, write_profile, write_settings
from tests.support.view import View, assert_same_view, dump_view

SITEMAP = f"/sitemap-{noise(0, 1_880)}.xml"
LISTED = f"/story-{noise(1, 1_880)}/"
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Odd",
    "items": [
        {"id": "1", "url": "/story-1/", "date_modified": "\ud800"},
        {"id": "2", "url": "/story-2/", "date_modified": "\x00", "date_published": "2026\x00"},
        {"id": "3", "url": "/story-3/", "date_modified": "a\x00b\udfff"},
    ],
}
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
FRONT = '<link rel="alternate" type="application/feed+json" href="/feed.json">'


def odd(received: Received) -> Reply:
    """A site whose feed dates its stories by NULs and lone surrogates, with very long URLs."""
    host = received.header("Host")
    match received.path:
        case "/":
            return page("Odd news", head=FRONT)
        case "/feed.json":
            return 200, {"Content-Type": "application/feed+json"}, json.dumps(FEED)
        case path if path == SITEMAP:
            urlset = f"<urlset><url><loc>http://{host}{LISTED}</loc></url></urlset>"
            return 200, {"Content-Type": "application/xml"}, urlset
        case path if path.startswith("/story-"):
            return page(f"About {path[:20]}")
    return None


@pytest.fixture
def home(engine: str, new_url: Callable[[], str], tmp_path: Path) -> Path:
    """An archive on each engine, with two publishers."""
    folder = tmp_path / "home"
    write_settings(folder, database=f'"{new_url()}"')
    write_profile(folder, "odd")
    write_profile(folder, "tree")
    return folder


def view_of(home: Path) -> View:
    settings = (home / "archive.toml").read_text()
    database = open_database(settings.partition('"')[2].partition('"')[0], home)
    try:
        return dump_view(database)
    finally:
        database.close()


def rebuilt(home: Path, new_url: Callable[[], str]) -> View:
    url = new_url()
    pressmark(home, "rebuild", "--into", url)
    database = open_database(url, home)
    try:
        return dump_view(database)
    finally:
        database.close()


def crawl(home: Path, name: str, site: Server) -> Done:
    return pressmark(home, "crawl", name, "--json", *connect_to(site, name))


@pytest.mark.slow
def test_odd_dates_and_long_urls_stop_neither_their_crawl_nor_anybodys(home: Path, new_url):
    with Server(odd) as strange, Server(tree(3)) as usual:
        sitemap = f"http://odd.test{SITEMAP}"  # a crawl leaves out what is so long
        pressmark(home, "fetch", sitemap, *connect_to(strange, "odd"))
        first = crawl(home, "odd", strange)
        second = crawl(home, "tree", usual)

    assert [done.account["exit"] for done in (first, second)] == ["done"] * 2
    view = view_of(home)
    # A row refers to a URL by its publisher and its text.
    named = [dict(row) for row in view["naming"]]
    feed = {row["url_id"][-1]: row["lastmod"] for row in named if row["via"] == "feed"}
    assert {url[-2:]: lastmod for url, lastmod in feed.items()} == {
        "1/": "\ufffd",
        "2/": "",
        "3/": "ab\ufffd",
    }
    assert (f"http://odd.test{LISTED}", sitemap) in {
        (row["url_id"][-1], row["source_id"][-1]) for row in named
    }
    assert {dict(row)["canonical_url"] for row in view["article"]} >= stories(3)
    assert_same_view(view, rebuilt(home, new_url))
    pressmark(home, "verify", "--repair")


@pytest.mark.slow
@pytest.mark.parametrize("engine", ["postgresql"])  # an index of SQLite holds anything
def test_records_whose_names_fit_into_no_index_are_taken_in(home: Path, new_url, tmp_path: Path):
    url, name = f"http://odd.test/{noise(2, 8_000)}", f"<urn:long:{noise(3, 8_000)}>"
    later = {"date": "2026-03-02T06:00:00Z", "refers_to": name, "profile": IDENTICAL}
    records = [
        info(),
        response(url, story(), record_id=name),
        record("revisit", http(200, b""), url, **later),
        response("http://odd.test/\udcff\x00a/".encode("utf-8", "replace").decode(), story()),
        response("http://odd.test/last/", story(), date="9999-12-31T23:59:59Z"),
    ]
    file = write_members(tmp_path / "long.warc.gz", records)

    pressmark(home, "import", str(file), "--publisher", "odd")

    view = view_of(home)
    captures = [dict(row) for row in view["capture"]]
    long = [row for row in captures if row["url"] == bounded(url)]
    assert len(captures) == 4
    assert {row["refers_to"] for row in long} == {None, bounded(name)}
    assert_same_view(view, rebuilt(home, new_url))
    pressmark(home, "verify", "--repair")
