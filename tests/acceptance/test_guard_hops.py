"""No page, sitemap, feed, redirect or robots.txt of a publisher makes a crawl visit its neighbours.

Two servers on this machine: the publisher's, allowed by name, and a private one on another
loopback address, which the publisher's profile counts among its hosts, so that nothing but the
guard stands between them.
"""

from pathlib import Path

import pytest

from archive.profile import Profile, write_profile
from archive.sql.database import open_database
from tests.support.command import pressmark
from tests.support.server import Server
from tests.support.sites import listing, page

PRIVATE = "127.0.0.2"


def sitemap(*urls: str) -> tuple[int, dict[str, str], str]:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'
    return 200, {"Content-Type": "application/xml"}, body


def feed(url: str) -> tuple[int, dict[str, str], str]:
    body = (
        '<rss version="2.0"><channel><title>News</title><link>/</link><description>d</description>'
        f"<item><title>Story</title><link>{url}</link></item></channel></rss>"
    )
    return 200, {"Content-Type": "application/rss+xml"}, body


def leading_to(private: str) -> dict[str, object]:
    """A publisher whose every kind of source names the private server, beside a page of its own."""
    refresh = f'<meta http-equiv="refresh" content="0; url={private}/refreshed/">'
    head = '<link rel="alternate" type="application/rss+xml" href="/feed/">'
    head += f'<link rel="canonical" href="{private}/canonical/">'
    head += f'<link rel="amphtml" href="{private}/amp/">'
    head += f'<link rel="alternate" hreflang="fr" href="{private}/fr/">'
    return {
        "/robots.txt": f"User-agent: *\nAllow: /\nSitemap: {private}/sitemap.xml\n"
        "Sitemap: /sitemap.xml\n",
        "/": listing("/story/", "/moved/", "/refresh/", f"{private}/linked/"),
        "/story/": page("The ferry", head=head, links=(f"{private}/linked-too/",)),
        "/moved/": (302, {"Location": f"{private}/redirected/"}, b""),
        "/refresh/": f"<html><head>{refresh}</head><body></body></html>",
        "/sitemap.xml": sitemap(f"{private}/from-a-sitemap/"),
        "/feed/": feed(f"{private}/from-a-feed/"),
    }


@pytest.fixture
def private() -> Server:
    with Server(lambda _: page("Nothing for strangers"), host=PRIVATE) as server:
        yield server


@pytest.mark.slow
def test_no_source_leads_a_crawl_to_an_address_that_is_not_allowed(tmp_path: Path, private: Server):
    port = private.url.rpartition(":")[2]
    home = tmp_path / "home"
    with Server({}) as public:
        host = public.url.removeprefix("http://")
        public.routes = leading_to(f"http://{PRIVATE}:{port}")
        profile = Profile(
            name="news",
            home=f"{public.url}/",
            hosts=(f"{PRIVATE}:{port}",),
            amp="fetch",
            delay_seconds=0.0,
        )
        write_profile(home, profile)
        pressmark(home, "crawl", "news", "--allow-address", host, "--json", code=None)

    assert private.received == []
    database = open_database("sqlite:///archive.db", home)
    with database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT url, state, skip_reason FROM url WHERE url LIKE ?", (f"http://{PRIVATE}%",)
        ).all()
        captures = connection.exec_driver_sql(
            "SELECT error FROM capture WHERE url LIKE ?", (f"http://{PRIVATE}%",)
        ).all()
        articles = connection.exec_driver_sql("SELECT canonical_url FROM articles").all()
    database.close()
    named = {url.rpartition(port)[2] for url, _, _ in rows}
    assert {
        "/linked/",
        "/linked-too/",
        "/redirected/",
        "/refreshed/",
        "/from-a-sitemap/",
        "/from-a-feed/",
        "/canonical/",
        "/amp/",
        "/fr/",
        "/sitemap.xml",
    } <= named, "each hop was to be tried"
    told = [reason for _, _, reason in rows if reason] + [error for (error,) in captures]
    assert any("a loopback address" in reason for reason in told)
    assert [url for (url,) in articles] == [f"{public.url}/story/"]


def test_a_name_of_this_machine_is_refused_in_any_spelling(tmp_path: Path):
    with Server(lambda _: page("Nothing for strangers")) as server:
        port = server.url.rpartition(":")[2]
        spellings = (
            "2130706433",
            "[::ffff:7f00:1]",
        )  # tests/crawler/download/test_guard.py has them all
        urls = [f"http://{name}:{port}/story/" for name in spellings]

        done = pressmark(
            tmp_path / "home", "fetch", *urls, "--contact", "a@b.example", "--json", code=None
        )

    assert server.received == []
    assert done.code != 0
