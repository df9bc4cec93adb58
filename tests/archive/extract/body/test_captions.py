"""Captions, notes of tables and quotations with who is quoted."""

import pytest

from archive.model import Block, BlockKind, Outcome
from tests.support.pages import PROSE, paragraphs, read, story

QUOTE = "We built it with our own hands."
TABLE = "<table><tr><td>Cars</td><td>12</td></tr></table>"
ROW = Block(BlockKind.TABLE_ROW, "Cars | 12")


def between(markup: str) -> list[Block]:
    """Return the blocks that *markup* makes between the paragraphs of a story."""
    body = paragraphs(*PROSE[:2]) + markup + paragraphs(*PROSE[2:])
    return [block for block in read(story(body=body)).article.blocks if block.text not in PROSE]


@pytest.mark.parametrize(
    "markup",
    [
        '<figure><img src="a.jpg"><figcaption>The bridge<br>at noon</figcaption></figure>',
        '<div><img src="a.jpg"><p class="wp-caption-text">The bridge at noon</p></div>',
        '<p><a href="b.jpg"><img src="a.jpg"></a></p><p class="caption">The bridge at noon</p>',
        "<figure><amp-img></amp-img><figcaption>The bridge at noon</figcaption></figure>",
        '<span><div align="center"><img src="a.jpg"><br>The bridge at noon</div></span>',
        '<div><a href="b.jpg"><img src="a.jpg"></a><div>The bridge at noon</div></div>',
        '<center><img src="a.jpg"><br>The bridge at noon</center>',
    ],
)
def test_the_caption_of_a_picture_by_its_mark_or_its_place_is_a_block_of_its_kind(markup):
    assert between(markup) == [Block(BlockKind.CAPTION, "The bridge at noon")]


@pytest.mark.parametrize(
    "markup",
    [
        '<p><img src="a.jpg"> It rained at noon.</p>',
        '<div>It rained at noon.<br><img src="a.jpg"></div>',
        '<ul><li><img src="tick.png"> It rained at noon.</li></ul>',
        '<div><img src="a.jpg"><h3>It rained at noon.</h3></div>',
        '<div><img src="a.jpg"><p>It rained at noon.</p><p>It dried at one.</p></div>',
    ],
)
def test_other_lines_near_a_picture_are_no_captions(markup):
    found = between(markup)

    assert found[0].text == "It rained at noon."
    assert BlockKind.CAPTION not in {block.kind for block in found}


def test_the_captions_of_a_gallery_come_in_their_order():
    figure = '<figure><img src="1.jpg"><figcaption>{}</figcaption></figure>'
    inner = figure.format("One bridge") + figure.format("Two bridges")

    found = between(f"<figure>{inner}<figcaption>All bridges</figcaption></figure>")

    assert [block.text for block in found] == ["One bridge", "Two bridges", "All bridges"]
    assert {block.kind for block in found} == {BlockKind.CAPTION}


@pytest.mark.parametrize(
    ("markup", "note"),
    [
        (f"<figure>{TABLE}<figcaption>Tolls by year</figcaption></figure>", "Tolls by year"),
        (f"{TABLE}<p style='text-align: center'><em>Tolls by year</em></p>", "Tolls by year"),
        (f"<div class='wrap'>{TABLE}</div><p><small>Tolls by year</small></p>", "Tolls by year"),
        (f"{TABLE}<p>Source: the province</p>", "Source: the province"),
        (f"{TABLE}<p>Nguồn: tổng hợp của tòa soạn</p>", "Nguồn: tổng hợp của tòa soạn"),
    ],
)
def test_what_stands_below_a_table_and_explains_it_is_its_caption(markup, note):
    assert between(markup) == [ROW, Block(BlockKind.CAPTION, note)]


def test_a_sentence_below_a_table_is_text():
    found = between(f"{TABLE}<p>The <em>cars</em> are those that paid.</p>")

    assert found[1] == Block(BlockKind.PARAGRAPH, "The cars are those that paid.")


def test_the_title_of_a_table_is_no_row_of_it():
    table = TABLE.replace("<table>", "<table><caption>Tolls by year</caption>")

    assert between(table) == [Block(BlockKind.PARAGRAPH, "Tolls by year"), ROW]


@pytest.mark.parametrize(
    "markup",
    [
        f"<blockquote><p>{QUOTE}</p><cite>Ann Lee</cite></blockquote>",
        f"<blockquote><p>{QUOTE}</p><footer><cite>Ann Lee</cite></footer></blockquote>",
        f"<figure><blockquote><p>{QUOTE}</p></blockquote><figcaption>Ann Lee</figcaption></figure>",
        f"<figure><blockquote><p>{QUOTE}</p><cite>Ann Lee</cite></blockquote></figure>",
    ],
)
def test_who_is_quoted_stands_below_the_quotation(markup):
    assert between(markup) == [Block(BlockKind.QUOTE, QUOTE), Block(BlockKind.QUOTE, "Ann Lee")]


def test_a_quotation_beside_the_portrait_of_who_is_quoted_is_text_too():
    portrait = "<div class='avatar'><img src='lee.jpg' alt='Ann Lee'></div>"
    figure = (
        f"<figure class='quote'>{portrait}<div><blockquote><p>{QUOTE}</p></blockquote>"
        "<figcaption>Ann Lee</figcaption></div></figure>"
    )

    assert between(figure) == [Block(BlockKind.QUOTE, QUOTE), Block(BlockKind.QUOTE, "Ann Lee")]


def test_a_post_or_another_story_that_a_figure_shows_is_no_quotation_of_the_text():
    story = f"<blockquote><a href='https://other.test/'>{QUOTE}</a></blockquote>"
    shown = f"<figure><img src='a.jpg'>{story}</figure>"

    assert between(shown) == []


def test_a_quotation_in_a_sentence_does_not_end_it():
    assert [block.text for block in between("<p>She said <q>so be it</q>, and left.</p>")] == [
        "She said so be it, and left."
    ]


def test_lists_in_lists_and_what_is_said_of_terms_stand_deeper():
    lists = "<ul><li>Oak</li><ul><li>red</li></ul><li>Iron, which had to come from abroad</li></ul>"
    terms = "<dl><dt>Pier</dt><dd>What bears the deck.</dd></dl>"

    assert [(block.level, block.text) for block in between(lists + terms)] == [
        (1, "Oak"),
        (2, "red"),
        (1, "Iron, which had to come from abroad"),
        (1, "Pier"),
        (2, "What bears the deck."),
    ]


def test_the_caption_of_a_picture_at_the_end_stays():
    figure = '<figure><img src="a.jpg"><figcaption>The bridge at noon</figcaption></figure>'

    found = read(story(body=paragraphs() + figure, below="<p>Ann Lee, Riverton</p>"))

    assert Block(BlockKind.CAPTION, "The bridge at noon") in found.article.blocks


def test_a_gallery_of_pictures_with_captions_and_no_text_is_no_article():
    pictures = "".join(
        f'<figure><img src="{n}.jpg"><figcaption>The bridge number {n} in the morning light of May,'
        " seen from the old ferry.</figcaption></figure>"
        for n in range(20)
    )

    found = read(story(body=pictures))

    assert (found.outcome, found.reason) == (Outcome.PAGE, "pictures with captions, and no text")
    assert {block.kind for block in found.article.blocks} == {BlockKind.CAPTION}
