import pytest

from archive.extract.discovery.links import (
    WELL_KNOWN_FEEDS,
    is_cut_off,
    page_candidates,
    sitemap_candidates,
    text_sitemap_candidates,
)
from archive.extract.dom.document import parse_page
from archive.model import Candidate, Kind, Via
from tests.support.pages import STORY, read, story
from tests.support.server import Server


def candidates(markup, url=STORY, **options):
    return page_candidates(parse_page(markup.encode(), url), **options)


def urls(found):
    return [candidate.url for candidate in found]


def test_links_come_in_document_order_once_each_and_never_the_page_itself():
    body = f"""<p><a href="/b#c">b</a> <a href="/a">a</a> <a href="/b">b again</a>
    <a href="{STORY}">this</a> <a rel=nofollow href="//other.test/x">other</a></p>"""

    assert urls(candidates(f"<html><body>{body}")) == [
        "https://news.test/b",
        "https://news.test/a",
        "https://other.test/x",
    ]


@pytest.mark.parametrize(
    "href",
    ["#top", "", " ", "mailto:a@news.test", "javascript:void(0)", "tel:+33123", "data:text/html,x", "ftp://news.test/a",
     "/photo.JPG", "/a.zip", "/film.mp4?x=1", "/style.css", "/doc.pdf", "/feed.xml", "http://[broken"],
)  # fmt: skip
def test_what_can_never_be_a_page_is_no_candidate(href):
    assert candidates(f'<html><body><p><a href="{href}">x</a>') == ()


@pytest.mark.parametrize("href", ["/a.html", "/v1.2/notes", "/index.php", "/story.2026", "/a.b/"])
def test_a_dot_in_a_path_does_not_make_a_file(href):
    assert urls(candidates(f'<html><body><p><a href="{href}">x</a>')) == [
        f"https://news.test{href}"
    ]


def test_an_amp_link_names_its_article_first():
    found = candidates('<html><body><p><a href="/a/?amp=1">x</a>')

    assert [(candidate.url, candidate.kind) for candidate in found] == [
        ("https://news.test/a/", Kind.PAGE),
        ("https://news.test/a/?amp=1", Kind.AMP),
    ]


def test_the_head_names_canonical_twin_translations_and_the_sites_feed():
    head = f"""<link rel=canonical href="/canonical/"><link rel=amphtml href="{STORY}?amp=1">
    <link rel=alternate hreflang=fr href="/fr/pont/"><link rel=next href="/page/2/">
    <link rel=alternate type=application/rss+xml href="/feed/">
    <link rel=alternate type=application/rss+xml href="/comments/feed/">
    <link rel=alternate type=application/rss+xml href="/canonical/feed/">"""

    assert candidates(story(head=head), article=True) == (
        Candidate(url="https://news.test/canonical/", via=Via.CANONICAL),
        Candidate(url=f"{STORY}?amp=1", via=Via.AMPHTML, kind=Kind.AMP),
        Candidate(url="https://news.test/fr/pont/", via=Via.HREFLANG),
        Candidate(url="https://news.test/feed/", via=Via.LINK, kind=Kind.FEED),
        Candidate(url="https://news.test/page/2/", via=Via.LINK),
    )


def test_a_listing_names_the_feed_under_its_own_address():
    head = '<link rel=alternate type=application/atom+xml href="/news/feed/">'

    assert urls(candidates(f"<html><head>{head}", url="https://news.test/news/")) == [
        "https://news.test/news/feed/"
    ]


SITEMAP = b"""<?xml version="1.0"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"
 xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
<url><loc> https://news.test/a </loc><lastmod>2026-02-01T10:00:00+07:00</lastmod>
 <image:image><image:loc>https://news.test/a.jpg</image:loc></image:image>
 <xhtml:link rel="alternate" hreflang="fr" href="https://news.test/fr/a"/>
 <xhtml:link rel="alternate" hreflang="x-default" href="https://news.test/x"/></url>
<url><loc>/b?amp=1</loc><news:news><news:publication_date>2026-02-02</news:publication_date></news:news></url>
<url><loc>mailto:nobody</loc></url>
</urlset>"""


def test_a_sitemap_gives_pages_dates_and_translations():
    assert sitemap_candidates(SITEMAP, "https://news.test/sitemap.xml") == (
        Candidate(url="https://news.test/a", via=Via.SITEMAP, lastmod="2026-02-01T10:00:00+07:00"),
        Candidate(url="https://news.test/fr/a", via=Via.HREFLANG),
        Candidate(
            url="https://news.test/b?amp=1", via=Via.SITEMAP, kind=Kind.AMP, published="2026-02-02"
        ),
    )


def test_a_torn_sitemap_gives_what_comes_before_the_tear():
    torn = SITEMAP[: SITEMAP.index(b"/b?amp")]

    assert urls(sitemap_candidates(torn, STORY))[0] == "https://news.test/a"


def test_a_sitemap_of_news_tells_when_a_story_was_published_and_not_that_it_was_modified():
    news = b"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
    xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"><url><loc>https://news.test/a</loc>
    <n:news><n:publication_date>2026-02-01</n:publication_date></n:news></url></urlset>"""

    assert sitemap_candidates(news, STORY) == (
        Candidate(url="https://news.test/a", via=Via.SITEMAP, published="2026-02-01"),
    )


@pytest.mark.parametrize("end", ["</urlset>", "</ns:urlset>\n<!-- cached -->", "</SITEMAPINDEX >"])
def test_a_sitemap_with_its_end_is_whole(end):
    assert not is_cut_off(f"<urlset><url><loc>x</loc></url>{end}".encode())


@pytest.mark.parametrize("end", ["", "</url>", "<url><loc>https://news.test/urlset>"])
def test_a_sitemap_without_its_end_breaks_off(end):
    assert is_cut_off(f"<urlset><url><loc>x</loc></url>{end}".encode())


def test_a_front_page_without_a_feed_names_the_places_where_one_usually_is():
    bare, naming = "<html><body>x", '<link rel=alternate type="application/rss+xml" href="/f">'

    places = candidates(bare, "https://news.test/")

    assert [c.url for c in places if c.kind is Kind.FEED] == [
        f"https://news.test{place}" for place in WELL_KNOWN_FEEDS
    ]
    assert {c.via for c in places} == {Via.WELL_KNOWN}
    assert urls(candidates(naming, "https://news.test/")) == ["https://news.test/f"]
    assert urls(candidates(bare, "https://news.test/fr/")) == []


def test_an_index_names_sitemaps():
    index = b"""<sitemapindex><sitemap><loc>https://news.test/1.xml.gz</loc><lastmod>2026</lastmod></sitemap>
    </sitemapindex>"""

    assert sitemap_candidates(index, STORY) == (
        Candidate(
            url="https://news.test/1.xml.gz", via=Via.SITEMAP, kind=Kind.SITEMAP, lastmod="2026"
        ),
    )


def test_an_entity_bomb_is_not_expanded():
    bomb = b"""<!DOCTYPE x [<!ENTITY a "lollol"><!ENTITY b "&a;&a;&a;">
    <!ENTITY c "&b;&b;&b;">]>
    <urlset><url><loc>https://news.test/&c;</loc></url><url><loc>https://news.test/b</loc></url></urlset>"""

    found = urls(sitemap_candidates(bomb, STORY))

    assert "https://news.test/b" in found
    assert not any("lol" in url for url in found)


def test_a_file_of_the_disk_is_not_read_into_a_sitemap(tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("secret-words")
    body = f"""<!DOCTYPE x [<!ENTITY f SYSTEM "file://{secret}">]>
    <urlset><url><loc>https://news.test/&f;</loc></url></urlset>"""

    assert not any("secret-words" in url for url in urls(sitemap_candidates(body.encode(), STORY)))


@pytest.mark.parametrize("body", ["urlset", "rss", "html"])
def test_no_address_is_asked_for_an_entity_or_a_dtd(body):
    with Server({"/": "words"}) as server:
        document = f"""<?xml version="1.0"?><!DOCTYPE {body} SYSTEM "{server.url}/dtd" [
        <!ENTITY e SYSTEM "{server.url}/entity"><!ENTITY % p SYSTEM "{server.url}/p"> %p;]>
        <{body}><url><loc>https://news.test/&e;</loc></url><item><link>&e;</link></item></{body}>"""
        read(document, content_type="text/html" if body == "html" else "text/xml")

    assert server.received == []


def test_a_text_sitemap_names_a_page_a_line():
    assert urls(
        text_sitemap_candidates("https://news.test/a\r\n\r\nhttps://news.test/b\n", STORY)
    ) == [
        "https://news.test/a",
        "https://news.test/b",
    ]
