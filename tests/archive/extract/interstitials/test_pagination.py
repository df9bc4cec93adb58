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

    assert found.outcome is Outcome.PAGE
    assert found.article is not None
    assert found.article.text
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


OLD = "https://news.test/news.php?id=7"


@pytest.mark.parametrize(
    "numbers",
    [
        'Pages: <a href="{0}">1</a> <b>2</b>',
        '<td><a href="{0}&p=1&sid=4">1</a> [<font color=red>2</font>] <a href="{0}&p=3">3</a></td>',
    ],
)
def test_numbers_that_differ_in_nothing_else_need_no_telling_name(numbers):
    page = story(body=paragraphs() + f"<div class=x>{numbers.format(OLD)}</div>")

    found = read(page, url=f"{OLD}&p=2")

    assert (found.outcome, found.reason) == (Outcome.PAGE, "page 2 of an article")
    assert [edge.target.partition("&")[0] for edge in found.edges] == [OLD]


@pytest.mark.parametrize(
    "numbers",
    [
        '<a href="/other.php?id=1">1</a> <b>2</b>',
        '<a href="{0}&p=4">1</a> <b>2</b>',
        "<b>2</b> <i>of many</i>",
        '<a href="{0}">first</a> <b>2</b>',
    ],
)
def test_numbers_that_lead_elsewhere_make_no_part(numbers):
    page = story(body=paragraphs() + f"<div class=x>{numbers.format(OLD)}</div>")

    assert read(page, url=f"{OLD}&p=2").outcome is Outcome.ARTICLE
