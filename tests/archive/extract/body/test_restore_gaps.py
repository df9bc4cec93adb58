"""What trafilatura leaves out between what it keeps; each page here is one of which it does."""

import pytest

from archive.extract.body.alignment import align
from archive.extract.body.restore_gaps import filled
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, paragraphs

CHUNK = '<div class="cell"><div class="chunk">{}</div></div>'


def fill(html: str, *kept: str) -> list[Block]:
    """Return *kept*, paragraphs, with what is missing between them on the page *html*."""
    page = parse_page(f"<html><body>{html}</body></html>".encode(), "https://news.test/a")
    lines = lines_of(page.tree)
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in kept]
    found = filled(align(blocks, lines), lines, "https://news.test/a")
    return [each.block for each in found]


def texts(blocks: list[Block]) -> list[str]:
    return [block.text for block in blocks]


def test_a_list_and_its_heading_between_kept_paragraphs_come_back_as_what_they_are():
    between = "<h3>The piers</h3><ul><li>Oak</li><li>Iron<ul><li>cast</li></ul></li></ul>"

    found = fill(
        f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", PROSE[0], PROSE[1]
    )

    assert found[1:-1] == [
        Block(BlockKind.HEADING, "The piers", 3),
        Block(BlockKind.LIST_ITEM, "Oak", 1),
        Block(BlockKind.LIST_ITEM, "Iron", 1),
        Block(BlockKind.LIST_ITEM, "cast", 2),
    ]


def test_a_first_paragraph_that_stands_free_in_the_element_of_the_text_comes_back():
    html = (
        "<p>Elsewhere a new museum was opened in the old mill.</p>"
        '<div class="head"><p>Monday, 2 March 2026, by our own correspondent at the river bank'
        f'</p></div><div class="text">{PROSE[0]}<br>{PROSE[1]}<br>{PROSE[2]}</div>'
    )

    found = fill(html, "Elsewhere a new museum was opened in the old mill.", *PROSE[1:3])

    assert texts(found)[1:] == list(PROSE[:3])


def test_short_lines_above_the_text_and_prose_of_other_elements_do_not():
    html = (
        f'<div class="teaser">{paragraphs(PROSE[3])}</div>'
        f'<div class="text"><p>A report from Riverton.</p>{paragraphs(*PROSE[:3])}</div>'
    )

    assert texts(fill(html, *PROSE[:3])) == list(PROSE[:3])


def test_items_of_lists_in_each_other_without_end_are_no_deeper_than_others():
    between = "".join(f"<ul><li>Oak {number}" for number in range(300)) + "</li></ul>" * 300

    found = fill(f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", *PROSE[:2])

    assert max(block.level for block in found) <= 20


SOURCES = (
    '<ul><li><a href="https://x.example/a">A study</a></li>'
    '<li><a href="https://y.example/">Tables</a></li></ul>'
)
RELATED = '<ul><li><a href="/ferry/">The ferry</a></li><li><a href="/toll/">The toll</a></li></ul>'
SHARED = '<ul><li><a href="https://facebook.com/sharer?u=x">Facebook</a></li></ul>'


def test_a_list_of_links_to_other_sites_between_kept_paragraphs_comes_back():
    found = fill(f"<div>{paragraphs(PROSE[0])}{SOURCES}{paragraphs(PROSE[1])}</div>", *PROSE[:2])

    assert texts(found) == [PROSE[0], "A study", "Tables", PROSE[1]]


def test_a_list_of_sources_and_its_heading_at_the_end_come_back():
    found = fill(f"<div>{paragraphs(*PROSE)}<h3>Sources</h3>{SOURCES}</div>", *PROSE)

    assert texts(found) == [*PROSE, "Sources", "A study", "Tables"]


@pytest.mark.parametrize("links", [RELATED, SHARED, SOURCES.replace("</ul>", "") * 7 + "</ul>"])
def test_the_publishers_own_stories_buttons_and_directories_at_the_end_stay_out(links):
    found = fill(f"<div>{paragraphs(*PROSE)}<h3>See as well</h3>{links}</div>", *PROSE)

    assert texts(found) == list(PROSE)


@pytest.mark.parametrize(
    "markup",
    [
        '<div class="pf_subheadline">{}</div>',
        '<p class="story-crosshead">{}</p>',
        '<div class="text__Zwischentitel">{}</div>',
    ],
)
def test_a_heading_that_is_a_box_with_such_a_name_comes_back_as_one(markup):
    between = markup.format("Who pays?")

    found = fill(f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", *PROSE[:2])

    assert found[1:-1] == [Block(BlockKind.HEADING, "Who pays?", 3)]


POST = (
    '<blockquote class="twitter-tweet"><p>It opens at noon, and I shall be there.</p>'
    '— Bo Berg (@bo) <a href="https://twitter.com/bo/1">March 8, 2026</a></blockquote>'
)


def test_a_post_that_the_text_quotes_from_a_network_comes_back_as_a_quotation():
    between = f'<div class="social"><div>{POST}</div></div>'

    found = fill(f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", *PROSE[:2])

    assert found[1:-1] == [
        Block(BlockKind.QUOTE, "It opens at noon, and I shall be there."),
        Block(BlockKind.QUOTE, "— Bo Berg (@bo) March 8, 2026"),
    ]


def test_a_post_that_a_figure_shows_stays_out_as_a_picture_does():
    between = f"<figure>{POST}</figure>"

    found = fill(f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", *PROSE[:2])

    assert texts(found) == [*PROSE[:2]]


def test_a_post_beside_the_text_stays_out():
    box = "<div>" * 5 + POST + "</div>" * 5

    found = fill(f"<div>{paragraphs(*PROSE[:2])}</div>{box}", *PROSE[:2])

    assert texts(found) == [*PROSE[:2]]


def test_links_captions_and_advertisements_between_paragraphs_stay_out():
    between = """<p><a href="/b">The ferry that ran for years takes its leave</a></p>
    <p class="photo-credit">The ferry at its last landing, seen from the tower</p>
    <figure><img src="f.jpg"><figcaption>The ferry at its last landing</figcaption></figure>
    <aside><p>The ferry at its last landing is still to be seen.</p></aside>"""

    found = fill(
        f"<div>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</div>", PROSE[0], PROSE[1]
    )

    assert texts(found) == [PROSE[0], PROSE[1]]


def test_what_stands_twice_on_the_page_is_no_gap():
    again = "<p>Support the work that we do in Riverton.</p>"

    found = fill(
        f"<div>{paragraphs(PROSE[0])}{again}{paragraphs(PROSE[1])}</div>{again}",
        PROSE[0],
        PROSE[1],
    )

    assert texts(found) == [PROSE[0], PROSE[1]]


def test_a_text_in_several_elements_of_one_make_is_read_to_its_end():
    chunks = CHUNK.format(paragraphs(PROSE[0])) + "<hr>" + CHUNK.format(paragraphs(*PROSE[1:]))

    assert texts(fill(f"<article>{chunks}</article>", PROSE[0])) == list(PROSE)


def test_a_box_of_the_same_class_that_is_nested_otherwise_is_no_part_of_the_text():
    box = f'<section class="offer">{CHUNK.format(paragraphs(PROSE[1]))}</section>'
    text = f'<section class="text">{CHUNK.format(paragraphs(PROSE[0]))}</section>'

    assert texts(fill(text + box, PROSE[0])) == [PROSE[0]]


def test_a_page_nested_deeper_than_python_calls_can_be_is_read():
    depth = 1_500

    found = fill(f"{'<div>' * depth}{paragraphs(*PROSE)}", *PROSE)

    assert texts(found) == list(PROSE)


@pytest.mark.parametrize("called", ["pull-quote", "c-blockQuote-3", "callout", "wp-alert info"])
def test_prose_that_is_set_out_within_the_text_comes_back(called):
    box = f"<div class='{called}'><div><p>{PROSE[1]}</p></div></div>"

    found = fill(
        f"<div>{paragraphs(PROSE[0])}{box}{paragraphs(PROSE[2])}</div>", PROSE[0], PROSE[2]
    )

    assert texts(found) == list(PROSE[:3])


@pytest.mark.parametrize(
    "box",
    [
        f"<div class='teaser'><p>{PROSE[1]}</p></div>",
        "<div class='callout'><p>Subscribe to our newsletter, and read such news first.</p></div>",
        f"<div class='callout'><p><a href='/ferry/'>{PROSE[1]}</a></p></div>",
        "<div class='alert'><p>Read it here</p></div>",
    ],
)
def test_other_boxes_within_the_text_and_what_asks_for_readers_do_not(box):
    found = fill(
        f"<div>{paragraphs(PROSE[0])}{box}{paragraphs(PROSE[2])}</div>", PROSE[0], PROSE[2]
    )

    assert texts(found) == [PROSE[0], PROSE[2]]
