"""What is kept of the lines of a page that was read alone."""

from __future__ import annotations

import pytest

from archive.extract.template.line_table import folded_digest
from archive.model.line_table import LineField
from tests.support.pages import PROSE, paragraphs, read, story
from tests.support.placed import seen, seen_at, table_of

MENU = "".join(f'<li><a href="/{name}/">{name}</a></li>' for name in ("Town", "Sport", "Trade"))
SHARE = "Share this story with your friends"


def test_lines_of_the_text_are_kept_and_others_are_not():
    html = story(after='<div class="more"><p>Elsewhere a bridge was closed.</p></div>')

    assert all(seen(html, sentence).is_kept for sentence in PROSE)
    assert not seen(html, "The bridge over the river opens").is_kept


def test_a_line_has_its_weight_and_the_number_of_its_text():
    found = seen(story(), PROSE[0])

    assert found.weight == sum(map(str.isalnum, PROSE[0]))
    assert not found.is_linked
    assert not found.is_trimmed


def test_a_line_that_was_found_and_left_out_is_trimmed():
    invitation = "Subscribe to our newsletter to get all news by mail each morning."
    html = story(body=paragraphs(*PROSE, invitation))

    found = seen(html, invitation)

    assert (found.is_kept, found.is_trimmed) == (False, True)


def test_links_are_counted_and_not_listed():
    html = story(above=f'<ul class="topics">{MENU}</ul>')

    places = [each for each in table_of(html).places if each.links]

    assert [(each.links, each.lines) for each in places] == [(3, ())]


def test_a_line_of_which_half_is_linked_is_said_to_be():
    half = 'Read more of <a href="/a/">what the council of the town said</a>'
    html = story(body=f"{paragraphs()}<p>{half}</p>")

    found = seen(html, "Read more of what the council of the town said")

    assert found.is_linked


def test_a_line_right_behind_a_link_is_said_to_be():
    """As the teaser of another article is."""
    html = story(
        below='<div class="box"><a href="/b/">Another story of the town</a><p>Its first lines.</p>'
        "<p>Its second lines.</p></div>"
    )

    assert seen(html, "Its first lines.").is_after_link
    assert not seen(html, "Its second lines.").is_after_link


def test_numbers_do_not_tell_digests_apart():
    assert folded_digest("readby1024") == folded_digest("readby7")
    assert folded_digest("readby1024") != folded_digest("likedby1024")
    assert folded_digest("\ud800") <= 0xFFFFFF


def test_what_a_line_says_of_the_article_is_kept_with_it():
    html = story(
        head='<meta name="author" content="Ann Porter">',
        above='<div class="by">By Ann Porter</div>',
    )

    assert seen(html, "By Ann Porter").fields == LineField.AUTHOR
    assert seen(html, "The bridge over the river opens").fields == LineField.HEADLINE


def test_a_link_that_says_a_field_is_a_line():
    html = story(
        head='<meta name="author" content="Ann Porter">',
        above='<ul class="by"><li><a href="/ann/">Ann Porter</a></li>'
        '<li><a href="/all/">All of our reporters</a></li></ul>',
    )

    found = seen_at(html, "Ann Porter")

    assert [line.fields for line in found.lines] == [LineField.AUTHOR]
    assert found.links == 1


def test_fields_that_the_page_lacks_are_said():
    assert table_of(story()).lacks & LineField.AUTHOR
    assert not table_of(story()).lacks & LineField.HEADLINE
    declared = story(head='<meta name="author" content="Ann Porter">')
    assert not table_of(declared).lacks & LineField.AUTHOR


def test_a_table_has_no_text():
    lines = read(story()).lines

    assert lines is not None
    assert b"bridge" not in lines
    assert len(lines) < 200


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param({"body": "", "status": 404}, id="missing"),
        pytest.param({"body": "<html></html>"}, id="empty"),
        pytest.param({"body": "User-agent: *", "content_type": "text/plain"}, id="no page"),
    ],
)
def test_where_no_text_is_looked_for_there_is_no_table(reply):
    assert read(**reply).lines is None
