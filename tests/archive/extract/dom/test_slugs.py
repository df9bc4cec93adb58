"""Ids and classes that are slugs of headings name no frame."""

import pytest

from tests.support.pages import PROSE, paragraphs, read, story

BOARD = "The board will look at the figures again in June, and decide whether the boat should run."


def section(name: str, heading: str, *, attribute: str = "id", tag: str = "section") -> str:
    return f'<{tag} {attribute}="{name}"><h2>{heading}</h2><p>{BOARD}</p></{tag}>'


@pytest.mark.parametrize(
    ("name", "heading"),
    [
        ("social-housing", "Social housing"),
        ("share-price", "Share price"),
        ("the-share-price-falls", "The share price falls"),
        ("newsletter-of-the-guild", "Newsletter of the guild"),
        ("cookie-recipes", "Cookie recipes"),
        ("comments-on-the-budget", "Comments on the budget"),
        ("navEconomie", "Nav économie"),
        ("social_care", "Social care"),
    ],
)
@pytest.mark.parametrize("attribute", ["id", "class"])
def test_a_section_named_after_its_heading_is_text(name, heading, attribute):
    body = paragraphs() + section(name, heading, attribute=attribute)

    assert read(story(body=body)).article.text == "\n".join([*PROSE, heading, BOARD])


def test_a_section_of_one_word_is_text_among_other_sections_with_slugs():
    body = paragraphs() + section("costs", "Costs") + section("cookies", "Cookies")

    assert read(story(body=body)).article.text.endswith(f"Cookies\n{BOARD}")


@pytest.mark.parametrize(
    "box",
    [
        '<div id="related-articles"><h3>Related articles</h3><p>The ferry is gone.</p></div>',
        '<div class="newsletter-signup"><h3>Newsletter signup</h3><p>No spam, ever.</p></div>',
        '<div id="social-share"><h3>Share</h3><p>Tell your friends about the bridge now.</p></div>',
        '<div class="comments"><h3>Comments</h3><form></form><p>I was there on that day.</p></div>',
    ],
)
def test_a_box_of_the_frame_with_a_heading_of_its_own_goes(box):
    assert read(story(body=paragraphs(*PROSE * 2), below=box)).article.text == "\n".join(PROSE * 2)


def test_the_entries_of_a_live_blog_that_are_called_comments_are_text():
    entries = "".join(f"<p><b>{n}'</b> {PROSE[n % 4]} It is minute {n}.</p>" for n in range(40))
    blog = f'<div class="live-match-comments">{entries}</div>'
    page = story(body=f"<p>{PROSE[0]}</p>", below=blog)

    text = read(page).article.text

    assert "It is minute 0." in text
    assert "It is minute 39." in text


def test_what_readers_wrote_below_is_no_text():
    comments = "".join(
        '<div class="comment-body"><b class="comment-author">Ann</b>'
        f"<p>{PROSE[3]} I am {n}.</p></div>"
        for n in range(6)
    )
    page = story(body=paragraphs(), below=f'<div class="comments">{comments}</div>')

    assert "I am 3." not in read(page).article.text
