"""Lines that are links alone."""

import pytest

from archive.extract.leaves import align, leaves_of
from archive.extract.links import without_link_lines
from archive.extract.page import parse_page
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, STORY, paragraphs

OTHER = "The ferry takes its leave"


def kept(between: str, *blocks: Block) -> bool:
    """Whether *blocks*, which *between* makes, stay between two paragraphs."""
    html = f"<html><body>{paragraphs(PROSE[0])}{between}{paragraphs(PROSE[1])}</body></html>"
    leaves = leaves_of(parse_page(html.encode(), STORY).tree)
    text = [Block(BlockKind.PARAGRAPH, each) for each in PROSE[:2]]
    every = [text[0], *blocks, text[1]]
    found, where = without_link_lines(every, leaves, align(every, leaves), STORY)
    assert len(found) == len(where)
    return found == every


@pytest.mark.parametrize("href", ["/ferry/", "https://www.news.test/ferry", "//m.news.test/f"])
def test_a_paragraph_that_is_a_link_to_another_story_of_the_site_goes(href):
    markup = f'<p><a href="{href}">{OTHER}</a></p>'

    assert not kept(markup, Block(BlockKind.PARAGRAPH, OTHER))


@pytest.mark.parametrize(
    "markup",
    [
        f'<p>Read also: <a href="/ferry/">{OTHER}</a></p>',
        f'<p><a href="/ferry/">Read also: {OTHER}</a></p>',
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
