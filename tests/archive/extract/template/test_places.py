"""Where a line is on its page: equal on all pages of one template, whatever these say."""

from __future__ import annotations

import pytest

from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.extract.template.places import path_of, places_of_lines
from tests.support.pages import STORY, paragraphs, story
from tests.support.placed import places_on


def places(html: str, *, root: str = "<html><body>") -> list[int]:
    """The places of the lines of *html*, the content of body."""
    page = parse_page(f"{root}{html}</body></html>".encode(), STORY)
    return places_of_lines(lines_of(page.tree))


def paths(html: str) -> list[str]:
    page = parse_page(f"<html><body>{html}</body></html>".encode(), STORY)
    return [path_of(line.element) for line in lines_of(page.tree)]


SAME = {
    "another text": ("<p>One line</p>", "<p>Another line</p>"),
    "paragraphs side by side": ("<p>One</p>", "<div>Else</div><p>One</p>"),
    "numbers in classes": ('<p class="post-17 a">One</p>', '<p class="post-2026 a">One</p>'),
    "numbers in ids": ('<p id="p17">One</p>', '<p id="p3">One</p>'),
    "further classes": ('<p class="a b c d">One</p>', '<p class="a b c tag-rain">One</p>'),
    "spaces between classes": ('<p class="a  b">One</p>', '<p class=" a b ">One</p>'),
    "capital letters": ('<p class="Post">One</p>', '<p class="post">One</p>'),
    "other attributes": ('<p lang="en">One</p>', '<p style="color: red">One</p>'),
    "words in bold": ("<p>One line</p>", "<p><b>One</b> line</p>"),
}
OTHER = {
    "another tag": ("<p>One</p>", "<div>One</div>"),
    "another class": ('<p class="a">One</p>', '<p class="b">One</p>'),
    "another id": ('<p id="a">One</p>', '<p id="b">One</p>'),
    "a class that is an id": ('<p class="a">One</p>', '<p id="a">One</p>'),
    "another element around it": ("<main><p>One</p></main>", "<div><p>One</p></div>"),
    "one more element around it": ("<div><p>One</p></div>", "<div><div><p>One</p></div></div>"),
    "the third class": ('<p class="a b c">One</p>', '<p class="a b d">One</p>'),
}


@pytest.mark.parametrize(("one", "other"), SAME.values(), ids=list(SAME))
def test_one_place(one, other):
    assert places(one)[-1] == places(other)[-1]


@pytest.mark.parametrize(("one", "other"), OTHER.values(), ids=list(OTHER))
def test_two_places(one, other):
    assert places(one) != places(other)


def test_what_html_and_body_are_called_names_the_page_and_not_the_place():
    named = places("<p>One</p>", root='<html class="js" id="x"><body class="single" id="post-7">')

    assert named == places("<p>One</p>")


def test_lines_that_a_break_divides_have_one_place():
    one, other = places("<div>One<br>Other</div>")

    assert one == other


def test_the_lines_of_an_article_have_the_place_of_its_paragraphs_on_each_page():
    one, other = story(), story(body=paragraphs("A text of its own."), body_class="single postid-8")

    assert places_on(other)["A text of its own."] in places_on(one).values()


@pytest.mark.parametrize("name", ["layout-footer", "comments-open", "newsletter-page"])
def test_a_place_has_the_names_of_the_frame_that_are_around_the_text(name):
    """So it is the same on a page whose text is looked for in all of its lines."""
    html = story().replace('class="post"', f'class="{name}"')

    whole = places_of_lines(lines_of(parse_page(html.encode(), STORY).tree))

    assert set(places_on(html).values()) <= set(whole)


def test_a_page_that_is_nested_without_end_has_places():
    depth = 3_000

    assert len(places("<div>" * depth + "<p>One</p><p>Other</p>" + "</div>" * depth)) == 2


@pytest.mark.parametrize("name", ["Đèn đỏ", "a#b/c.d > e", "\ufffd", "x" * 100_000, "١٢"])
def test_any_name_makes_a_place(name):
    (place,) = places(f'<p class="{name}" id="{name}">One</p>')

    assert 0 <= place <= 0xFFFFFFFF


def test_people_read_a_place_as_the_path_from_body():
    html = '<main id="m7"><div class="Entry Content post-17 x"><p>One</p>Two</div></main>'

    assert paths(html) == [
        "main#m0 > div.entry content post-0 > p",
        "main#m0 > div.entry content post-0",
    ]
