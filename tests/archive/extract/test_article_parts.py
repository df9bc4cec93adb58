"""Articles in several pages: which part a page is, and which others it names."""

from __future__ import annotations

import pytest

from archive.model import Edge, EdgeKind, NamedPart, Outcome, Part, Via
from tests.support.pages import PROSE, STORY, paragraphs, read, story

NUMBERS = (
    '<div class="page-links">Pages: <a href="{first}" class="post-page-numbers">1</a> '
    '<span class="post-page-numbers current" aria-current="page">2</span> '
    '<a href="{first}3/" class="post-page-numbers">3</a></div>'
)


def page(numbers: str, *, head: str = "", body: str | None = None) -> str:
    text = paragraphs() if body is None else body
    return story(head=f'<meta property="og:type" content="article">{head}', body=text + numbers)


def part(number=2, *, numbers=NUMBERS):
    head = f'<link rel="canonical" href="{STORY}{number}/"><link rel="prev" href="{STORY}">'
    return page(numbers.format(first=STORY), head=head)


def test_a_later_page_of_an_article_is_no_article_but_has_its_text():
    found = read(part(), url=f"{STORY}2/")

    assert (found.outcome, found.reason) == (Outcome.PAGE, "page 2 of an article")
    assert found.part == Part(number=2, first=STORY, named=(NamedPart(3, f"{STORY}3/"),))
    assert found.edges == (Edge(EdgeKind.PART, STORY),)
    assert found.article is not None
    assert found.article.text.splitlines() == list(PROSE)


def test_the_first_page_is_the_article_and_names_the_others():
    numbers = (
        '<div class="page-links">Pages: <span class="post-page-numbers current">1</span>'
        f' <a class="post-page-numbers" href="{STORY}2/">2</a>'
        f' <a class="post-page-numbers" href="{STORY}3/">3</a></div>'
    )

    found = read(page(numbers), url=STORY)

    assert found.outcome is Outcome.ARTICLE
    assert found.part == Part(
        number=1, named=(NamedPart(2, f"{STORY}2/"), NamedPart(3, f"{STORY}3/"))
    )
    assert found.article is not None
    assert found.article.text.splitlines() == list(PROSE)
    assert [(c.url, c.via) for c in found.candidates[:2]] == [
        (f"{STORY}2/", Via.PART),
        (f"{STORY}3/", Via.PART),
    ]


SITE = "http://news.test"
SHAPES = {
    "a number in the path": ("/a/dam-on-the-river-holds/", "/a/dam-on-the-river-holds/{}/"),
    "no slash at the end": ("/a/dam-on-the-river-holds", "/a/dam-on-the-river-holds/{}"),
    "a word in the path": ("/a/dam-on-the-river-holds/", "/a/dam-on-the-river-holds/page/{}/"),
    "a German word": ("/a/der-damm-haelt", "/a/der-damm-haelt/seite-{}"),
    "a German word after a comma": ("/a/damm-a-7.html", "/a/damm-a-7,seite-{}.html"),
    "before the ending": ("/a/dam-holds.html", "/a/dam-holds-{}.html"),
    "after an underscore": ("/2026/0210/c1-77.html", "/2026/0210/c1-77_{}.html"),
    "a parameter": ("/story?id=4711", "/story?id=4711&page={}"),
    "the only parameter": ("/a/dam-holds", "/a/dam-holds?page={}"),
    "a parameter of another name": ("/a/dam-holds", "/a/dam-holds?pno={}"),
    "a first page with a number": ("/a/dam-holds-1.html", "/a/dam-holds-{}.html"),
    "between two parameters": ("/story?id=4711&v=a", "/story?id=4711&p={}&v=a"),
}
BOXES = {
    "numbers": '<p class="x">{links}</p>',
    "a list": '<nav class="pager"><ul><li>{links}</li></ul></nav>',
}


@pytest.mark.parametrize("box", BOXES.values(), ids=list(BOXES))
@pytest.mark.parametrize("shape", SHAPES.values(), ids=list(SHAPES))
def test_whatever_the_addresses_are_made_of(shape, box):
    first, later = SITE + shape[0], SITE + shape[1]
    urls = {1: first, 2: later.format(2), 3: later.format(3)}

    def shown(own: int) -> str:
        links = " ".join(
            f"<b>{n}</b>" if n == own else f'<a href="{url.replace("&", "&amp;")}">{n}</a>'
            for n, url in urls.items()
        )
        return page(box.format(links=links))

    one, two, three = (read(shown(n), url=urls[n]) for n in (1, 2, 3))

    assert one.outcome is Outcome.ARTICLE
    assert one.part == Part(number=1, named=(NamedPart(2, urls[2]), NamedPart(3, urls[3])))
    assert two.part == Part(number=2, first=first, named=(NamedPart(3, urls[3]),))
    assert three.part == Part(number=3, first=first, named=(NamedPart(2, urls[2]),))
    assert {two.outcome, three.outcome} == {Outcome.PAGE}


def test_numbers_that_are_counted_from_zero():
    base = f"{SITE}/a/the-dam-holds"
    links = f'<a href="{base}">1</a> <b>2</b> <a href="{base}?page=2">3</a>'

    found = read(page(f'<ul class="pager">{links}</ul>'), url=f"{base}?page=1")

    assert found.part == Part(number=2, first=base, named=(NamedPart(3, f"{base}?page=2"),))


@pytest.mark.parametrize("label", ["Page {}", "[{}]", "Seite {}", "Trang {}", "{}."])
def test_numbers_may_have_a_label(label):
    links = " ".join(f'<a href="{STORY}{n}/">{label.format(n)}</a>' for n in (2, 3))

    found = read(page(f"<p>{links}</p>"), url=STORY)

    assert found.part is not None
    assert [named.number for named in found.part.named] == [2, 3]


def test_without_numbers_the_next_and_the_previous_page_tell():
    head = f'<link rel="next" href="{STORY}2/">'

    first = read(page("", head=head), url=STORY)
    second = read(page("", head=f'<link rel="prev" href="{STORY}">'), url=f"{STORY}2/")
    third = read(page(f'<a rel="prev" href="{STORY}2/">back</a>'), url=f"{STORY}3/")

    assert first.part == Part(number=1, named=(NamedPart(2, f"{STORY}2/"),))
    assert second.part == Part(number=2, first=STORY)
    assert third.part == Part(number=3, first=STORY, named=(NamedPart(2, f"{STORY}2/"),))


@pytest.mark.parametrize(
    ("url", "head"),
    [
        (f"{SITE}/news/12", f'<link rel="prev" href="{SITE}/news/11">'),
        (f"{SITE}/news/2", f'<link rel="prev" href="{SITE}/news/">'),
        (STORY, f'<link rel="next" href="{SITE}/2026/02/another-story-of-the-day/">'),
        (f"{STORY}2/", f'<link rel="next" href="{SITE}/2026/02/another-story-of-the-day/">'),
    ],
)
def test_related_posts_are_no_parts(url, head):
    assert read(page("", head=head), url=url).part is None


@pytest.mark.parametrize(
    "numbers",
    [
        '<ul class="article-pages"><li><a href="/x/">&lt;</a></li><li class="active">2</li></ul>',
        '<nav class="post-pagination"><a aria-current="page" href="#">2</a></nav>',
    ],
)
def test_where_no_link_leads_to_the_first_page_its_address_is_that_without_the_number(numbers):
    found = read(part(numbers=numbers), url=f"{STORY}2/")

    assert found.part == Part(number=2, first=STORY)


ALL = [
    f"{STORY}all/",
    f"{STORY}?page=all",
    f"{STORY}?view=all",
    f"{STORY}?singlepage=1",
    f"{STORY}?showall=1",
    f"{STORY}full/",
]


@pytest.mark.parametrize("whole", ALL)
def test_the_first_page_leads_to_the_page_with_all_parts(whole):
    links = f'<a href="{STORY}2/">2</a> <a href="{whole}">All on one page</a>'

    found = read(page(f"<p><b>1</b> {links}</p>"), url=STORY)

    assert found.edges == (Edge(EdgeKind.PART, whole),)


@pytest.mark.parametrize("url", ALL)
def test_the_page_with_all_parts_is_no_part(url):
    links = f'<a href="{STORY}">1</a> <a href="{STORY}2/">2</a> <b>All</b>'

    found = read(page(f"<p>{links}</p>"), url=url)

    assert (found.outcome, found.part) == (Outcome.ARTICLE, None)


def test_a_later_part_whose_canonical_link_names_the_whole_page_says_both():
    head = f'<link rel="canonical" href="{STORY}all/">'

    found = read(page(NUMBERS.format(first=STORY), head=head), url=f"{STORY}2/")

    assert found.edges == (
        Edge(EdgeKind.PART, STORY),
        Edge(EdgeKind.CANONICAL, f"{STORY}all/"),
    )


@pytest.mark.parametrize(
    ("numbers", "url"),
    [
        ('<nav class="comment-navigation"><a href="{0}comment-page-2/">2</a></nav>', STORY),
        ('<div id="comments"><a href="{0}2/">2</a> <a href="{0}3/">3</a></div>', STORY),
        ('<p><a href="{0}">1</a> <b>2</b></p>', f"{STORY}comment-page-2/"),
        ('<p><a href="{0}?cpage=1">1</a> <b>2</b></p>', f"{STORY}?cpage=2"),
        ('<p><a href="#fn1">1</a> <a href="#fn2">2</a></p>', STORY),
        ('<p><a href="/2026/02/01/">1</a> <a href="/2026/02/02/">2</a></p>', STORY),
        ('<p><a href="/other/2/">2</a> <a href="/other/3/">3</a></p>', STORY),
        ('<p><a href="{0}2/">2,000 readers</a></p>', STORY),
        ('<p><a href="{0}2027/">2027</a></p>', STORY),
    ],
)
def test_other_numbers_make_no_parts(numbers, url):
    assert read(page(numbers.format(STORY)), url=url).part is None


@pytest.mark.parametrize(
    "day",
    [
        f"{SITE}/briefing/2024/5/{{}}",
        f"{SITE}/briefing/2024/05/{{:02}}/",
        f"{SITE}/briefing-2024-05-{{}}.html",
        f"{SITE}/briefing?date=2024-05-{{}}",
        f"{SITE}/briefing?year=2024&month=5&day={{}}",
    ],
)
def test_the_days_of_a_calendar_are_no_parts(day):
    days = " ".join(f'<a href="{day.format(n)}">{n}</a>' for n in range(1, 32) if n != 12)

    found = read(page(f'<div class="x">{days}</div>'), url=day.format(12))

    assert (found.outcome, found.part) == (Outcome.ARTICLE, None)


def test_an_issue_among_the_issues_before_and_after_it_is_no_part():
    issues = " ".join(f'<a href="{SITE}/newsletter/{n}">{n}</a>' for n in (10, 11, 13, 14))

    found = read(page(f"<p>Other issues: {issues}</p>"), url=f"{SITE}/newsletter/12")

    assert (found.outcome, found.part) == (Outcome.ARTICLE, None)


def test_a_page_that_links_only_the_parts_around_it_is_a_part():
    parts = " ".join(f'<a href="{STORY}{n}/">{n}</a>' for n in (4, 6))

    found = read(page(f"<p>{parts}</p>"), url=f"{STORY}5/")

    assert found.part == Part(
        number=5, first=STORY, named=(NamedPart(4, f"{STORY}4/"), NamedPart(6, f"{STORY}6/"))
    )


def test_a_slug_that_speaks_of_comments_hides_no_parts():
    base = f"{SITE}/a/mayor-replies-to-comments/"

    assert read(page(f'<p><b>1</b> <a href="{base}2/">2</a></p>'), url=base).part is not None


@pytest.mark.parametrize("url", [f"{SITE}/2026/2/", f"{SITE}/news/2"])
def test_an_address_that_ends_in_a_number_is_an_article_where_nothing_else_counts_pages(url):
    comments = '<nav class="comment-navigation"><span class="current">2</span></nav>'

    found = read(story(body=paragraphs() + comments), url=url)

    assert found.outcome is not Outcome.PAGE


@pytest.mark.parametrize("path", ["/category/sport/page/{}/", "/page/{}/", "/tag/dam/{}/"])
@pytest.mark.parametrize("number", [1, 2])
def test_the_pages_of_a_list_are_no_parts(path, number):
    teasers = "".join(
        f'<article><h2><a href="/a/story-number-{n}/">Story {n} of the long day</a></h2>'
        f"<p>What story {n} is about.</p></article>"
        for n in range(12)
    )
    base = SITE + path.partition("page/{}")[0].replace("{}/", "")
    links = " ".join(
        f'<a href="{base if n == 1 else SITE + path.format(n)}">{n}</a>' for n in (1, 2, 3)
    )
    body = f'<body class="archive">{teasers}<nav class="nav-links">{links}</nav>'
    html = f"<html><head><title>Sport</title></head>{body}</html>"

    found = read(html, url=base if number == 1 else SITE + path.format(2))

    assert (found.outcome, found.part) == (Outcome.LISTING, None)


OLD = "https://news.test/news.php?id=7"


@pytest.mark.parametrize(
    "numbers",
    [
        'Pages: <a href="{0}">1</a> <b>2</b>',
        '<td><a href="{0}&p=1&sid=4">1</a> [<font color=red>2</font>] <a href="{0}&p=3">3</a></td>',
    ],
)
def test_numbers_that_differ_in_nothing_else_need_no_telling_name(numbers):
    found = read(page(f"<div class=x>{numbers.format(OLD)}</div>"), url=f"{OLD}&p=2")

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
    found = read(page(f"<div class=x>{numbers.format(OLD)}</div>"), url=f"{OLD}&p=2")

    assert found.outcome is Outcome.ARTICLE


def test_links_that_show_addresses_are_no_numbers_of_pages():
    links = "".join(f'<li><a href="/news/{n}/">/news/{n}/</a></li>' for n in range(1, 5))

    found = read(page(f"<ul>{links}</ul>"), url="https://news.test/news/2/")

    assert found.outcome is Outcome.ARTICLE
    assert found.part is None


@pytest.mark.parametrize("number", [1, 2])
def test_a_parameter_that_all_links_have_and_the_page_has_not_names_a_visit(number):
    """Until the reader has a cookie, each link says who the reader is."""
    first = f"{SITE}/news.php?id=106"
    own, other = (first, f"{first}&p=2") if number == 1 else (f"{first}&p=2", first)
    links = [f"{SITE}/rubric.php?r={rubric}" for rubric in range(3)]
    numbers = f"<b>{number}</b> <a href='{other}&visitor=8a1f'>{3 - number}</a>" + "".join(
        f" <a href='{link}&visitor=8a1f'>City</a>" for link in links
    )

    found = read(page(numbers), url=own)

    if number == 1:
        assert found.part == Part(number=1, named=(NamedPart(2, f"{first}&p=2"),))
    else:
        assert found.part == Part(number=2, first=first)
