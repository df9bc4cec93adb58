import pytest

from archive.model import Edge, EdgeKind, Outcome
from tests.support.pages import STORY, paragraphs, read, story

NUMBERS = (
    '<div class="page-links">Pages: <a href="{first}" class="post-page-numbers">1</a> '
    '<span class="post-page-numbers current" aria-current="page">2</span> '
    '<a href="{first}3/" class="post-page-numbers">3</a></div>'
)


def part(number=2, *, numbers=NUMBERS, body_class="single single-post postid-7"):
    head = (
        f'<link rel="canonical" href="{STORY}{number}/"><link rel="prev" href="{STORY}">'
        '<meta property="og:type" content="article">'
    )
    body = paragraphs() + numbers.format(first=STORY)
    return story(head=head, body=body, body_class=body_class)


def test_the_second_page_of_an_article_is_no_article_but_an_address_of_it():
    found = read(part(), url=f"{STORY}2/")

    assert (found.outcome, found.article) == (Outcome.PAGE, None)
    assert found.reason == "page 2 of an article"
    assert found.edges == (Edge(EdgeKind.CANONICAL, STORY),)


@pytest.mark.parametrize(
    "numbers",
    [
        '<ul class="article-pages"><li><a href="/x/">&lt;</a></li><li class="active">2</li></ul>',
        '<nav class="post-pagination"><a aria-current="page" href="#">2</a></nav>',
    ],
)
def test_where_no_link_leads_to_the_first_page_its_address_is_that_without_the_number(numbers):
    found = read(part(numbers=numbers), url=f"{STORY}2/")

    assert found.edges == (Edge(EdgeKind.CANONICAL, STORY),)


def test_pages_by_query_are_parts_as_well():
    found = read(part(), url=f"{STORY}?page=2")

    assert (found.outcome, found.edges) == (Outcome.PAGE, (Edge(EdgeKind.CANONICAL, STORY),))


def test_the_first_page_is_the_article():
    numbers = NUMBERS.replace("post-page-numbers current", "post-page-numbers")

    assert read(part(1, numbers=numbers), url=STORY).outcome is Outcome.ARTICLE


@pytest.mark.parametrize("url", ["https://news.test/2026/2/", "https://news.test/news/2"])
def test_an_address_that_ends_in_a_number_is_an_article_where_nothing_else_counts_pages(url):
    comments = '<nav class="comment-navigation"><span class="current">2</span></nav>'

    found = read(story(body=paragraphs() + comments), url=url)

    assert found.outcome is not Outcome.PAGE
