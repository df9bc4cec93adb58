"""The links of an article to what may be its subpages."""

from __future__ import annotations

import pytest

from archive.extract.discovery.subpages import MOST_SUBPAGES, subpage_edges
from archive.extract.dom.document import parse_page
from archive.model import Edge, EdgeKind, Outcome
from tests.support.pages import STORY, read, story

SITE = "https://news.test"
ARTICLE = f"{SITE}/2026/a-mole-was-found/"


def edges(markup, url=ARTICLE, others=()):
    page = parse_page(f"<html><body>{markup}".encode(), url)
    return subpage_edges(page, "A mole is found under the hill", others)


def links(markup, url=ARTICLE, others=()):
    return [edge.target for edge in edges(markup, url, others) if edge.kind is EdgeKind.SUBPAGE]


def test_links_that_have_the_name_of_the_article_in_them_come_once_in_document_order():
    found = links(
        """<a href="comment-page-2/#comments">2</a> <a href="/">home</a> <a href="#comments">7</a>
        <a href="/druck/a-mole-was-found">Drucken</a> <a href="/2026/the-weir-gave-way/">more</a>
        <a href="?slide=3">3</a> <a href="comment-page-2/">again</a> <a href="/2026/">all</a>"""
    )

    assert found == [
        f"{ARTICLE}comment-page-2/",
        f"{SITE}/druck/a-mole-was-found",
        f"{ARTICLE}?slide=3",
    ]


@pytest.mark.parametrize(
    "href",
    ["amp/", "?amp=1", "form.pdf", "https://other.test/2026/a-mole-was-found/print/",
     f"{ARTICLE}2/", "//[broken", "?sessionid=abc"],
)  # fmt: skip
def test_what_is_something_else_is_no_subpage(href):
    assert links(f'<a href="{href}">x</a>', others={f"{ARTICLE}2/"}) == []


def test_the_name_of_a_visit_is_no_part_of_an_address():
    found = links('<a href="/pechat.php?id=7&amp;PHPSESSID=1">x</a>', f"{SITE}/news.php?id=7")

    assert found == [f"{SITE}/pechat.php?id=7"]


def test_a_page_is_also_called_by_the_number_in_its_short_link():
    short = '<link rel="shortlink" href="/?p=1423">'

    assert links(f'{short}<a href="/print/1423/">x</a> <a href="/print/1424/">x</a>') == [
        f"{SITE}/print/1423/"
    ]


def test_a_page_claims_to_be_of_the_story_that_it_links_by_its_own_headline():
    found = edges(
        """<a href="/2026/a-mole-was-found/">A mole is found under the hill</a>
        <a href="/2026/other/">A mole is found</a>""",
        url=f"{SITE}/in/77",
    )

    assert found == (Edge(EdgeKind.STORY, ARTICLE),)


@pytest.mark.parametrize("address", ["?replytocom={}", "?filter{}=1"])
def test_a_page_that_links_each_comment_or_filter_claims_none_of_these(address):
    few, many = (
        "".join(f'<a href="{address.format(n)}">x</a>' for n in range(number))
        for number in (MOST_SUBPAGES, MOST_SUBPAGES + 1)
    )

    assert len(links(few)) == MOST_SUBPAGES
    assert links(many) == []


def test_an_article_has_an_edge_to_each_and_a_page_that_is_none_has_not():
    link = f'<a href="{STORY}?print=1">print</a>'
    found = read(story().replace("</body>", f"{link}</body>"))
    other = read(f"<html><body><h1>About us</h1><p>We print on Fridays.</p>{link}")

    assert Edge(EdgeKind.SUBPAGE, f"{STORY}?print=1") in found.edges
    assert other.outcome is Outcome.PAGE
    assert other.edges == ()


def test_a_page_that_is_no_article_names_the_story_that_is_in_its_title():
    markup = f"""<html><head><title>The bridge opens at last: comments</title></head><body>
    <h1>Comments</h1><a href="{STORY}">The bridge opens at last</a> <a href="/">News</a>
    <a href="/a">The bridge opens</a><p>Well done!</p>"""

    assert read(markup, f"{STORY}talk/").edges == (Edge(EdgeKind.STORY, STORY),)
    assert read(markup, f"{SITE}/talk/77").edges == ()
