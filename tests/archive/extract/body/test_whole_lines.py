"""Each block of a text is one whole line of its page."""

import pytest

from archive.extract.body.alignment import Placed, align
from archive.extract.body.whole_lines import as_whole_lines
from archive.extract.dom.document import parse_page
from archive.extract.dom.lines import lines_of
from archive.model import Block, BlockKind
from tests.support.pages import PROSE, STORY, paragraphs


def mended(markup: str, *texts: str) -> list[str]:
    """The texts of a page with *markup*, of which an extractor returned the blocks *texts*."""
    lines = lines_of(parse_page(f"<body>{markup}</body>".encode(), STORY).tree)
    blocks = [Block(BlockKind.PARAGRAPH, text) for text in texts]
    placed: list[Placed] = align(blocks, lines)
    return [each.block.text for each in as_whole_lines(placed, lines)]


def test_a_block_that_swallowed_the_lines_of_a_page_is_taken_apart():
    assert mended(paragraphs(), " ".join(PROSE)) == list(PROSE)


def test_only_blocks_that_join_whole_lines_are_taken_apart():
    joined = f"{PROSE[0]} {PROSE[1][:30]}"

    assert mended(paragraphs(), joined) == [joined]


@pytest.mark.parametrize("cut", [PROSE[0].replace("since the flood ", ""), PROSE[0][1:]])
def test_a_block_with_words_missing_becomes_its_whole_line(cut):
    assert mended(paragraphs(), cut, PROSE[1]) == [PROSE[0], PROSE[1]]


def test_a_cut_block_beside_its_whole_line_is_left_out():
    cut = PROSE[1].replace("in the first hour", "")

    assert mended(paragraphs(), PROSE[0], cut, PROSE[1]) == [PROSE[0], PROSE[1]]


def test_a_short_part_of_a_line_stays_as_it_is():
    assert mended(paragraphs(), PROSE[0][:40]) == [PROSE[0][:40]]
