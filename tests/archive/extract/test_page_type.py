import json

import pytest

from archive.model import Outcome
from tests.support.pages import PROSE, STORY, paragraphs, read, story

ARTICLE_HEAD = (
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2026-02-16T10:00:00Z">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The bridge"}</script>'
)


def listing(*, cards=8, head="", body_class="", heading="Town", lead="", tag="article"):
    """A page of teasers, each with a heading that is a link, a date and a sentence."""
    teasers = "".join(
        f'<{tag} class="post hentry"><h2><a href="/story-{n}/">Story number {n} of it</a></h2>'
        f'<time datetime="2026-02-0{n % 9 + 1}">then</time>'
        f"<p>What happened that day, told in one sentence of some length.</p></{tag}>"
        for n in range(cards)
    )
    return f"""<html lang=en><head><title>{heading} - The News</title>{head}</head>
    <body class="{body_class}"><h1>{heading}</h1>{lead}<div class="posts">{teasers}</div>
    </body></html>"""


def static(*, head="", body_class=""):
    return f"""<html lang=en><head><title>About us - The News</title>{head}</head>
    <body class="{body_class}"><main><h1>About us</h1>{paragraphs(*PROSE * 2)}</main>
    </body></html>"""


@pytest.mark.parametrize("head", ["", ARTICLE_HEAD])
@pytest.mark.parametrize("body_class", ["", "single single-post postid-7"])
@pytest.mark.parametrize("url", [STORY, "https://news.test/?p=7", "https://news.test/story/7.html"])
def test_a_story_is_an_article_whichever_of_its_signs_are_missing(head, body_class, url):
    above = (
        '<p class="meta">By Ann Lee, <time datetime="2026-02-16T10:00:00Z">16 February</time></p>'
    )

    assert (
        read(story(head=head, body_class=body_class, above=above), url=url).outcome
        is Outcome.ARTICLE
    )


def test_a_story_without_any_metadata_is_an_article():
    page = f"<html><body><h1>The bridge opens</h1><div>{paragraphs(*PROSE * 2)}</div></body></html>"

    assert (
        read(page, url="https://news.test/the-bridge-over-the-river-opens.html").outcome
        is Outcome.ARTICLE
    )


@pytest.mark.parametrize(
    "body_class",
    ["", "archive category category-town", "home blog", "archive author", "search search-results"],
)
@pytest.mark.parametrize("tag", ["article", "div"])
@pytest.mark.parametrize(
    "url",
    [
        "https://news.test/town/",
        "https://news.test/category/town/page/2/",
        "https://news.test/?s=bridge",
    ],
)
def test_a_page_of_teasers_is_a_listing(body_class, tag, url):
    assert read(listing(body_class=body_class, tag=tag), url=url).outcome is Outcome.LISTING


def test_a_listing_that_calls_itself_an_article_is_still_a_listing():
    head = '<meta property="og:type" content="article">'

    assert (
        read(
            listing(head=head, body_class="archive"), url="https://news.test/category/town/"
        ).outcome
        is Outcome.LISTING
    )


@pytest.mark.parametrize("kind", ["CollectionPage", "SearchResultsPage", "ProfilePage"])
def test_a_collection_with_a_long_introduction_is_a_listing(kind):
    head = f'<script type="application/ld+json">{json.dumps({"@type": kind})}</script>'

    assert (
        read(listing(head=head, lead=paragraphs()), url="https://news.test/town/").outcome
        is Outcome.LISTING
    )


@pytest.mark.parametrize(
    "url", ["https://news.test/", "https://news.test/fr/", "https://news.test/index.html"]
)
def test_a_front_page_is_no_article_even_with_an_articles_metadata(url):
    assert read(listing(head=ARTICLE_HEAD, body_class="home"), url=url).outcome is Outcome.LISTING
    assert read(story(head=ARTICLE_HEAD), url=url).outcome is Outcome.LISTING


@pytest.mark.parametrize(
    ("head", "body_class", "url"),
    [
        ("", "wp-singular page-template-default page page-id-2", "https://news.test/who-we-are/"),
        ("", "", "https://news.test/about/"),
        ("", "", "https://news.test/fr/mentions-legales/"),
        ("", "", "https://news.test/chinh-sach-bao-mat/"),
        (
            '<meta property="og:type" content="article">',
            "page page-id-2",
            "https://news.test/who-we-are/",
        ),
        (
            '<script type="application/ld+json">{"@type": "AboutPage"}</script>',
            "",
            "https://news.test/who/",
        ),
    ],
)
def test_a_static_page_is_neither_article_nor_listing(head, body_class, url):
    assert read(static(head=head, body_class=body_class), url=url).outcome is Outcome.PAGE


def test_a_story_with_a_row_of_other_stories_below_is_an_article():
    others = "".join(
        f'<article><h3><a href="/{n}/">Another story of the town, number {n}</a></h3></article>'
        for n in range(6)
    )

    assert read(story(body=paragraphs(*PROSE * 2), after=others)).outcome is Outcome.ARTICLE


def test_the_evidence_names_the_signs_and_their_weight():
    found = read(story(head=ARTICLE_HEAD))

    assert "json-ld article (article 2.5)" in found.evidence
    assert "body class single (article 3)" in found.evidence
    assert "date of publication (+2.6)" in found.evidence
    assert any(sign.startswith("layout (") for sign in found.evidence)
    assert found.evidence == read(story(head=ARTICLE_HEAD)).evidence


def test_a_story_whose_canonical_is_the_front_page_is_an_article():
    assert (
        read(story(head='<link rel="canonical" href="https://news.test/">')).outcome
        is Outcome.ARTICLE
    )
