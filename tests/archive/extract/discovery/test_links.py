import pytest

from archive.extract.discovery.links import (
    WELL_KNOWN_FEEDS,
    page_candidates,
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


def test_a_front_page_without_a_feed_names_the_places_where_one_usually_is():
    bare, naming = "<html><body>x", '<link rel=alternate type="application/rss+xml" href="/f">'

    places = candidates(bare, "https://news.test/")

    assert [c.url for c in places if c.kind is Kind.FEED] == [
        f"https://news.test{place}" for place in WELL_KNOWN_FEEDS
    ]
    assert {c.via for c in places} == {Via.WELL_KNOWN}
    assert urls(candidates(naming, "https://news.test/")) == ["https://news.test/f"]
    assert urls(candidates(bare, "https://news.test/fr/")) == []


@pytest.mark.parametrize("body", ["urlset", "rss", "html"])
def test_no_address_is_asked_for_an_entity_or_a_dtd(body):
    with Server({"/": "words"}) as server:
        document = f"""<?xml version="1.0"?><!DOCTYPE {body} SYSTEM "{server.url}/dtd" [
        <!ENTITY e SYSTEM "{server.url}/entity"><!ENTITY % p SYSTEM "{server.url}/p"> %p;]>
        <{body}><url><loc>https://news.test/&e;</loc></url><item><link>&e;</link></item></{body}>"""
        read(document, content_type="text/html" if body == "html" else "text/xml")

    assert server.received == []
