import pytest

from archive.model import Outcome
from tests.support.pages import read, story

FRAME = """<header><nav><a href="/">Home</a><a href="/town/">Town</a></nav></header>
{}<div class="newsletter-box"><p>Every Friday we send the best of the week to 11,000 readers.</p>
</div><footer><p>The News, Bridge Street 1. All rights reserved by the publisher.</p></footer>"""
DECLARED = (
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="2026-02-16T10:00:00Z">'
    '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "The bridge"}</script>'
)


def shell(inside="", *, head=""):
    return f"""<html lang="en"><head><title>The News</title>{head}</head>
    <body>{FRAME.format(inside)}</body></html>"""


@pytest.mark.parametrize("inside", ["", "<main></main>", "<main><h1>The bridge opens</h1></main>"])
@pytest.mark.parametrize("head", ["", DECLARED])
def test_header_and_footer_without_a_text_between_them_are_empty(inside, head):
    found = read(shell(inside, head=head))

    assert (found.outcome, found.article) == (Outcome.EMPTY, None)
    assert found.reason == "no text but the frame"


@pytest.mark.parametrize("body", ["", " \n\t ", "<p>&nbsp;</p>", "<div></div>"])
def test_an_article_whose_place_for_the_text_is_empty_is_no_article(body):
    found = read(story(head=DECLARED, body=body, after=FRAME.format("")))

    assert (found.outcome, found.article) == (Outcome.EMPTY, None)


@pytest.mark.parametrize(
    "medium",
    ['<img src="/bridge.jpg">', '<video src="/a.mp4"></video>', '<iframe src="/b"></iframe>'],
)
def test_a_page_of_a_picture_or_a_film_is_not_empty(medium):
    found = read(story(head=DECLARED, body=medium, after=FRAME.format("")))

    assert found.outcome is not Outcome.EMPTY


def test_a_page_of_two_words_and_no_frame_is_a_page():
    assert read("<p>All well</p>").outcome is Outcome.PAGE


@pytest.mark.parametrize("body", ["<html><body> \n </body></html>", "<html></html>", "  \n "])
def test_a_body_of_white_space_is_empty(body):
    assert read(body).outcome is Outcome.EMPTY
