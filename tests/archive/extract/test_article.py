from datetime import UTC, datetime

import pytest

from archive.extract.article import extract_page
from archive.model import Edge, EdgeKind, Outcome
from tests.support.pages import STORY, story


def test_a_page_can_be_read_by_its_bytes_and_address_alone():
    found = extract_page(story().encode(), STORY)

    assert found.article.headline == "The bridge over the river opens"
    assert (
        found.article.date_published == datetime(2026, 2, 1, tzinfo=UTC)
        or found.article.date_source is None
    )


def test_what_is_no_article_has_its_text_in_the_same_place():
    found = extract_page(b"<html><body><h1>Imprint</h1><p>Nothing here", STORY)

    assert found.outcome is Outcome.PAGE
    assert found.article is not None
    assert found.article.headline == "Imprint"
    assert "Nothing here" in found.article.text


def test_a_page_without_text_has_none():
    assert extract_page(b"<html><body><img src='a.png'>", STORY).article is None
    assert extract_page(b"", STORY).outcome is Outcome.EMPTY


def test_dates_are_held_against_the_capture():
    page = story(
        head='<meta property="article:published_time" content="2026-02-16T10:00:00Z">'
    ).encode()
    url = "https://news.test/bridge-opens-over-the-river"

    early = extract_page(page, url, captured_at=datetime(2026, 1, 1, tzinfo=UTC))

    assert early.article.date_published is None
    assert extract_page(page, url).article.date_published == datetime(2026, 2, 16, 10, tzinfo=UTC)


def test_the_content_types_charset_is_used():
    page = (
        story(title="Où est le pont ?")
        .replace('<meta charset="utf-8">', "")
        .encode("cp1258", "ignore")
    )

    assert (
        extract_page(page, STORY, "text/html; charset=windows-1258").article.headline
        == "Où est le pont ?"
    )


def test_canonical_and_twin_become_edges():
    head = '<link rel=canonical href="/bridge/"><link rel=amphtml href="/bridge/?amp=1">'

    assert extract_page(story(head=head).encode(), STORY).edges == (
        Edge(EdgeKind.CANONICAL, "https://news.test/bridge/"),
        Edge(EdgeKind.AMPHTML, "https://news.test/bridge/?amp=1"),
    )


@pytest.mark.parametrize("url", ["ftp://news.test/a", "not a url", ""])
def test_an_address_that_is_none_is_the_callers_error(url):
    with pytest.raises(ValueError, match="URL"):
        extract_page(b"<p>x", url)


def test_a_capture_date_without_a_zone_is_the_callers_error():
    with pytest.raises(ValueError, match="captured_at"):
        extract_page(b"<p>x", STORY, captured_at=datetime(2026, 1, 1))  # noqa: DTZ001 - the point
