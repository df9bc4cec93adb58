"""Lines that are links alone."""

import pytest

from archive.extract.body.alignment import align
from archive.extract.body.link_lines import without_link_lines
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, STORY, paragraphs

OTHER = "The ferry takes its leave"


def kept(between: str, *blocks: Block) -> bool:
    """Whether *blocks*, which *between* makes, stay between two paragraphs."""
    return text_left(between, *blocks) == list(blocks)


def text_left(between: str, *blocks: Block) -> list[Block]:
    """Return which of *blocks*, which *between* makes, are left between two paragraphs."""
    html = f"<html><body>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</body></html>"
    lines = lines_of(parse_page(html.encode(), STORY).tree)
    text = [Block(BlockKind.PARAGRAPH, each) for each in PROSE[:2]]
    every = [text[0], *blocks, text[1]]
    found = [each.block for each in without_link_lines(align(every, lines), lines, STORY)]
    assert [found[0], found[-1]] == text
    return found[1:-1]


@pytest.mark.parametrize("href", ["/ferry/", "https://www.news.test/ferry", "//m.news.test/f"])
def test_a_paragraph_that_is_a_link_to_another_story_of_the_site_goes(href):
    markup = f'<p><a href="{href}">{OTHER}</a></p>'

    assert not kept(markup, Block(BlockKind.PARAGRAPH, OTHER))


@pytest.mark.parametrize(
    "markup",
    [
        f'<p>Read also: <a href="/ferry/">{OTHER}</a></p>',
        f'<p>À lire aussi : <a href="/ferry/">{OTHER}</a></p>',
        f'<p>(Related reading: <a href="/ferry/">{OTHER}</a>.)</p>',
        f'<p>RELATED: <a href="https://ferry.example/">{OTHER}</a></p>',
        f'<p>IT IS SAID: that the town would not, and yet <a href="/ferry/">{OTHER}</a></p>',
        '<p><a href="/bo">直方市</a>、<a href="/pr">飯塚</a>、<a href="/se">神埼白石町</a></p>',
        f'<p><a href="https://ferry.example/">{OTHER}</a></p>',
        f'<p><a href="#ferry">{OTHER}</a></p>',
        f'<p><a href="/ferry/">{OTHER}.</a></p>',
        f'<p>It is said: <a href="/ferry/">{OTHER}</a>, and not for the first time in years</p>',
        '<p><a href="/">www.a-long-address.test</a></p>',
    ],
)
def test_lines_with_a_label_sentences_and_links_elsewhere_stay(markup):
    text = parse_page(markup.encode(), STORY).tree.text_content()

    assert kept(markup, Block(BlockKind.PARAGRAPH, text))


def test_a_list_of_such_links_goes_unless_a_heading_of_the_text_stands_above_it():
    links = f'<ul><li><a href="/a">{OTHER}</a></li><li><a href="/b">A second {OTHER}</a></li></ul>'
    items = [Block(BlockKind.LIST_ITEM, text, 1) for text in (OTHER, f"A second {OTHER}")]

    assert not kept(links, *items)
    assert kept(
        f"<h2>Further reading</h2>{links}", Block(BlockKind.HEADING, "Further reading", 2), *items
    )


@pytest.mark.parametrize(
    "markup",
    [
        f'<p><a href="/ferry/">Read also: {OTHER}</a></p>',
        f'<p><b>ALSO READ: <a href="/ferry/">{OTHER}</a></b></p>',
        f'<p>FUNDA OLUNYE UDABA LAPHA | <a href="/ferry/">{OTHER}</a></p>',
        f'<p><strong>Related:</strong> <a href="/ferry/">{OTHER}</a></p>',
        f'<p>[Mehr zum Thema: <a href="/ferry/">{OTHER}</a>]</p>',
        f'<p>По теме: <a href="/ferry/">{OTHER}</a></p>',
        '<p><a href="/ferry/">橋が開通し長年の渡し船は六月末で運航を終える見通し</a></p>',
    ],
)
def test_what_a_newsroom_s_tools_put_between_paragraphs_goes_label_and_all(markup):
    text = parse_page(markup.encode(), STORY).tree.text_content()

    assert not kept(markup, Block(BlockKind.PARAGRAPH, text))


def test_a_heading_that_is_a_labelled_link_goes_and_one_that_only_is_a_link_stays():
    link = f'<a href="/ferry/">{OTHER}</a>'
    labelled = Block(BlockKind.HEADING, f"Related: {OTHER}", 5)
    plain = Block(BlockKind.HEADING, OTHER, 3)

    assert not kept(f"<h5>Related: {link}</h5>", labelled)
    assert kept(f"<h3>{link}</h3>", plain)


@pytest.mark.parametrize("label", ["[VIDEO]", "(INSIGHT)", "[BILDER] |"])
def test_a_link_with_a_signpost_in_capitals_behind_it_goes(label):
    markup = f'<p><a href="/ferry/">{OTHER}</a> {label}</p>'

    assert not kept(markup, Block(BlockKind.PARAGRAPH, f"{OTHER} {label}"))


def test_a_link_with_a_remark_behind_it_stays():
    markup = f'<p><a href="/ferry/">{OTHER}</a> (as always)</p>'

    assert kept(markup, Block(BlockKind.PARAGRAPH, f"{OTHER} (as always)"))


def test_a_list_of_labelled_links_goes():
    markup = (
        f'<ul><li><b>Riverton: </b><a href="/a">{OTHER}</a></li>'
        f'<li><b>Upper Valley: </b><a href="/b">A second {OTHER}</a></li></ul>'
    )
    said = (f"Riverton: {OTHER}", f"Upper Valley: A second {OTHER}")

    assert not kept(markup, *(Block(BlockKind.LIST_ITEM, text, 1) for text in said))


@pytest.mark.parametrize("heading", ["More Great NEWS Stories", "Don't miss", "Auch interessant"])
def test_a_list_below_a_heading_for_other_stories_goes_with_it(heading):
    said = (
        "The old ferry must rest, no matter what the captain says",
        "Bridges pay for themselves",
    )
    markup = (
        f"<h3>{heading}</h3><ul><li>The old ferry must rest, "
        '<a href="/a">no matter what the captain says</a></li>'
        '<li><a href="/b">Bridges pay for themselves</a></li></ul>'
    )
    items = [Block(BlockKind.LIST_ITEM, text, 1) for text in said]

    assert text_left(markup, Block(BlockKind.HEADING, heading, 3), *items) == []


def test_a_list_below_such_a_heading_goes_though_its_first_item_was_left_out():
    stories = ("Bridges pay for themselves", "The ferry needs a captain", "A toll nobody wanted")
    items = "".join(f'<li><a href="/{at}">{each}</a></li>' for at, each in enumerate(stories))
    odd = "And one, as a farewell, of all that was good about the old times"
    markup = f"<h3>Don't miss</h3><ul><li><a href='/x'>{OTHER}</a></li>{items}<li>{odd}</li></ul>"
    said = (*stories, odd)

    assert text_left(markup, *(Block(BlockKind.LIST_ITEM, text, 1) for text in said)) == []


def test_a_heading_for_other_stories_goes_where_they_were_left_out():
    head = Block(BlockKind.HEADING, "Auch interessant", 4)
    teaser = f'<div><a href="/ferry/">{OTHER}</a></div>'

    assert text_left(f"<h4>{head.text}</h4>{teaser}", head) == []
    assert text_left(f"<h4>{head.text}</h4>", head) == [head]


def test_a_list_of_prose_with_links_in_it_stays_below_such_a_heading():
    said = (
        f"The latest: the council met again on Friday, and {OTHER}, which nobody had expected it to"
    )
    markup = said.replace(OTHER, f'<a href="/a">{OTHER}</a>')
    item = Block(BlockKind.LIST_ITEM, said, 1)

    assert item in text_left(
        f"<h3>Latest news</h3><ul><li>{markup}</li></ul>",
        Block(BlockKind.HEADING, "Latest news", 3),
        item,
    )


@pytest.mark.parametrize("kind", [BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM])
def test_a_box_that_is_a_link_as_a_whole_goes_though_it_ends_as_a_sentence(kind):
    markup = f'<a href="/ferry/"><div><p>{OTHER}.</p></div></a>'

    assert not kept(markup, Block(kind, f"{OTHER}.", 1))


def test_the_name_of_a_thing_that_links_to_its_shop_stays():
    markup = f'<a href="https://shop.example/7"><h3>{OTHER}</h3></a>'

    assert kept(markup, Block(BlockKind.HEADING, OTHER, 3))
